//! Calls about the account, and questions. Their results are read by code that is loaded after the first render; here they are
//! only sent, and their responses handed over.

use dioxus::prelude::*;
use flux_protocol::ClientFrame;
use flux_protocol::frame::RpcResponse;
use futures::channel::oneshot::{self, Sender};
use futures::future::{Either, select};
use futures::pin_mut;
use serde_json::Value;

use super::Store;
use crate::calls::answer;
use crate::connection::Status;
use crate::platform;

/// How long to wait for a response, in ms.
const ANSWER_MS: u32 = 30_000;
const OFFLINE: &str = "You are offline. Nothing was changed; try again when you reconnect.";
const LOST: &str =
    "The service did not answer. If you asked for a change, check whether it was made before you try again.";
const UNSAVED: &str = "A change in this browser is not saved yet. Wait a moment, and then try again.";

/// The ids of calls without a response so far, with who waits for each.
pub(super) type Asked = Vec<(String, Sender<RpcResponse>)>;

impl Store {
    /// Calls a method of the service and waits for the result. A call that was under way when the connection was lost is
    /// not sent again: it might be carried out twice.
    ///
    /// # Errors
    /// A sentence for the user.
    pub async fn ask(mut self, method: &str, argument: Value) -> Result<Value, String> {
        let id = platform::uuid().to_string();
        let (sender, receiver) = oneshot::channel();
        {
            let mut asked = self.asked.write();
            asked.retain(|(_, sender)| !sender.is_canceled());
            asked.push((id.clone(), sender));
        }
        if !self.send(ClientFrame::Rpc { id, method: method.to_owned(), args: vec![argument], trace: None }) {
            return Err(OFFLINE.to_owned());
        }
        let deadline = platform::sleep_ms(ANSWER_MS);
        pin_mut!(deadline);
        match select(receiver, deadline).await {
            Either::Left((Ok(response), _)) => answer::result(response),
            Either::Left((Err(_), _)) | Either::Right(_) => Err(LOST.to_owned()),
        }
    }

    /// Gives a response to whoever waits for it. Returns a response that nobody here waits for.
    pub(super) fn hand_over(&mut self, response: RpcResponse) -> Option<RpcResponse> {
        let place = self.asked.peek().iter().position(|(id, _)| *id == response.id);
        let Some(place) = place else { return Some(response) };
        let (_, sender) = self.asked.write().swap_remove(place);
        let _ = sender.send(response);
        None
    }

    /// Checks that no page of this browser has an edit of the timeline that is shown and that the service has not confirmed.
    /// After the browser has changed to another timeline, the edit would wait until this one is shown again, which may be
    /// never: a guest cannot come back.
    ///
    /// # Errors
    /// A sentence for the user.
    pub fn require_saved(&self) -> Result<(), String> {
        // Somebody who is signed out can save nothing before they sign in. Whoever signs in, the edits are kept for the
        // timeline for which they were made, and sent only there.
        let is_signed_out = matches!(*self.status.peek(), Status::Refused { .. });
        let is_saved = is_signed_out || self.calls.peek().edits() == 0 && !self.has_kept_edits();
        if is_saved { Ok(()) } else { Err(UNSAVED.to_owned()) }
    }
}
