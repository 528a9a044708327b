//! Frames from clients.

use flux_protocol::frame::{CLIENT_FRAME_TYPES, RpcResponse};
use flux_protocol::{ClientFrame, MAX_FRAME_BYTES, ServerFrame, close};
use serde_json::Value;

use super::failure;
use super::push::{ENDED, To};
use crate::agent::ChatAgent;
use crate::api::permit;
use crate::host::{Connection, Host};
use crate::json;
use crate::store::StoreError;
use crate::telemetry::{LogRecord, Span};
use crate::turn::{check_messages, frames::failed};
use flux_identity::Scope;

impl<H: Host> ChatAgent<H> {
    /// Handles a frame. A frame that cannot be read, or that the principal may not send, is answered with an error and changes
    /// nothing.
    pub fn receive(&self, connection: &H::Connection, text: &str) {
        let done = match read(text) {
            Ok(frame) => self.within(frame.trace().map(Span::of), || self.handle(connection, frame)),
            Err(error) => {
                connection.send(&failure(text, &error).to_text());
                Ok(())
            }
        };
        if let Err(error) = done {
            self.fault("receive", &error);
            let error = format!("Something could not be saved. Nothing of it was kept; try again. ({error})");
            connection.send(&failure(text, &error).to_text());
        }
    }

    /// Answers a binary frame with an error, because the protocol has none.
    pub fn receive_binary(&self, connection: &H::Connection) {
        let error = "Binary frames are not supported. Nothing was changed; send JSON text.".to_owned();
        connection.send(&ServerFrame::FluxError { error, retry_after_ms: None }.to_text());
    }

    /// Drops what was kept for a closed connection.
    pub fn disconnected(&self, connection: &H::Connection) {
        self.0.resuming.borrow_mut().retain(|id| *id != connection.info().id);
        self.log(&LogRecord::Socket { outcome: "closed" });
    }

    fn handle(&self, connection: &H::Connection, frame: ClientFrame) -> Result<(), StoreError> {
        if connection.info().principal.has_ended(self.0.host.now()) {
            Self::refuse(connection, &frame, ENDED.to_owned());
            connection.close(close::SIGNED_OUT, ENDED);
            return Ok(());
        }
        if let Some(scope) = scope(&frame)
            && let Err(error) = permit(&connection.info().principal, scope)
        {
            Self::refuse(connection, &frame, error.to_string());
            return Ok(());
        }
        match frame {
            ClientFrame::Rpc { id, method, args, .. } => {
                self.rpc(connection, &id, &method, &args);
                Ok(())
            }
            ClientFrame::CfAgentState { .. } => self.refuse_state(connection),
            ClientFrame::CfAgentUseChatRequest { id, init, trace } => {
                self.chat_request(connection, &id, &init.body, trace);
                Ok(())
            }
            ClientFrame::CfAgentChatRequestCancel { id } => self.cancel(&id, connection),
            ClientFrame::CfAgentChatClear => self.clear(connection),
            ClientFrame::CfAgentChatMessages { messages } => {
                if let Err(error) = check_messages(&messages) {
                    connection.send(&ServerFrame::FluxError { error, retry_after_ms: None }.to_text());
                    return Ok(());
                }
                let now = self.0.host.now();
                self.0.store.sql_transaction(|store| store.offer_messages(&messages, now))?;
                self.send_conversation(To::Chat, Some(connection.info().id))
            }
            ClientFrame::CfAgentStreamResumeRequest { probe_id } => self.resume_request(connection, probe_id),
            ClientFrame::CfAgentStreamResumeAck { id } => self.resume_ack(connection, &id),
            // All tools run in the service, so no call waits for a result from a browser.
            ClientFrame::CfAgentToolResult { .. } => Ok(()),
            ClientFrame::CfAgentToolApproval { tool_call_id, approved, auto_continue } => {
                self.answer_question(connection, &tool_call_id, approved, auto_continue)
            }
        }
    }

    /// Refuses a frame. A chat request gets its final frame and a call its answer, for which their senders wait.
    fn refuse(connection: &H::Connection, frame: &ClientFrame, error: String) {
        let answer = match frame {
            ClientFrame::CfAgentUseChatRequest { id, .. } => failed(id, error, None),
            ClientFrame::Rpc { id, .. } => ServerFrame::Rpc(RpcResponse::failed(id, error)),
            _ => ServerFrame::FluxError { error, retry_after_ms: None },
        };
        connection.send(&answer.to_text());
    }

    /// Rejects a state that a client sets, because only commands change the state. The client has already applied its own,
    /// so the server's state is sent to replace it.
    fn refuse_state(&self, connection: &H::Connection) -> Result<(), StoreError> {
        let error = "State update rejected".to_owned();
        connection.send(&ServerFrame::CfAgentStateError { error }.to_text());
        connection.send(&self.state_frame()?.to_text());
        Ok(())
    }
}

/// The scope that a frame needs. A call states its own.
fn scope(frame: &ClientFrame) -> Option<Scope> {
    match frame {
        ClientFrame::Rpc { .. } | ClientFrame::CfAgentState { .. } => None,
        ClientFrame::CfAgentStreamResumeRequest { .. } | ClientFrame::CfAgentStreamResumeAck { .. } => {
            Some(Scope::Read)
        }
        ClientFrame::CfAgentUseChatRequest { .. }
        | ClientFrame::CfAgentChatRequestCancel { .. }
        | ClientFrame::CfAgentChatClear
        | ClientFrame::CfAgentChatMessages { .. }
        | ClientFrame::CfAgentToolResult { .. }
        | ClientFrame::CfAgentToolApproval { .. } => Some(Scope::Chat),
    }
}

/// Reads a frame.
///
/// # Errors
/// A sentence about what is wrong with it.
fn read(text: &str) -> Result<ClientFrame, String> {
    if text.len() > MAX_FRAME_BYTES {
        return Err(format!(
            "The frame has {} bytes; at most {MAX_FRAME_BYTES} are allowed. Nothing was changed; send less at once.",
            text.len()
        ));
    }
    let value: Value =
        serde_json::from_str(text).map_err(|error| format!("The frame is not JSON ({error}). Nothing was changed."))?;
    let kind = value.get("type").and_then(Value::as_str).unwrap_or_default();
    if !CLIENT_FRAME_TYPES.contains(&kind) {
        let kind: String = kind.chars().take(80).collect();
        return Err(format!("There is no frame type “{kind}”. Nothing was changed."));
    }
    let kind = kind.to_owned();
    json::read_value(value).map_err(|error| format!("The frame {kind} cannot be read: {error}. Nothing was changed."))
}
