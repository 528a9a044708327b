//! After the object is opened: turns go on as their rows say. What a process that died left under way ends as interrupted, an
//! approved call is carried out, and queued requests begin.

use flux_protocol::frame::TurnOutcome;
use flux_protocol::{Chunk, Message, Role};
use serde_json::json as object;

use super::Cost;
use super::consent::close_calls;
use crate::agent::ChatAgent;
use crate::host::Host;
use crate::json;
use crate::store::{RequestEnd, StoreError, TurnRecord, TurnState};

/// Why a call of an interrupted turn has no result.
const INTERRUPTED: &str =
    "The service was restarted before this was carried out. Nothing was changed by it; ask again.";
/// How many of the newest messages are searched for open calls.
const MESSAGES: u64 = 50;

impl<H: Host> ChatAgent<H> {
    /// Settles the turns that a process that died left under way. Returns whether a turn was not over.
    pub(crate) fn settle_turns(&self) -> Result<bool, StoreError> {
        let open = self.0.store.open_turns(None)?;
        for turn in open.iter().filter(|turn| turn.state == TurnState::Streaming) {
            match self.0.store.question_of(&turn.id)? {
                // The approved call comes first, so nothing of this request was seen. It begins again.
                Some(question) if question.approved == Some(true) => {
                    self.0.store.set_turn_state(&turn.id, TurnState::Queued)?;
                }
                Some(_) => self.end_interrupted(turn, TurnState::AwaitingConsent)?,
                None => self.end_interrupted(turn, TurnState::Ended)?,
            }
        }
        Ok(!open.is_empty())
    }

    /// Ends a request that was interrupted. The chunks that were stored become the message.
    fn end_interrupted(&self, turn: &TurnRecord, state: TurnState) -> Result<(), StoreError> {
        let store = &self.0.store;
        let before = if turn.request.continuation { store.message(&turn.id)? } else { None };
        let mut message = before.unwrap_or_else(|| Message::new(turn.id.clone(), Role::Assistant));
        for chunk in store.chunks(&turn.request.id)? {
            if let Ok(chunk) = json::read(&chunk) {
                message.add(&chunk);
            }
        }
        message.close_text();
        let mut end = RequestEnd { outcome: TurnOutcome::Completed, error: None };
        if state == TurnState::Ended {
            close_calls(&mut message, INTERRUPTED);
            message.add(&Chunk::MessageMetadata { message_metadata: object!({"stopped": true, "interrupted": true}) });
            end.outcome = TurnOutcome::Aborted;
            if let Some(prompt) = &turn.prompt {
                // The cost was in the memory of the process.
                self.turn_ended(turn, prompt, TurnOutcome::Error, &Cost::default());
            }
        }
        let now = self.0.host.now();
        store.sql_transaction(|store| {
            store.put_message(&message, now)?;
            store.end_request(&turn.id, state, &end, now)?;
            store.put_retention_job(now)?;
            store.delete_turns_job_if_idle()?;
            Ok(())
        })
    }

    /// Closes calls that an earlier version of the service left open, so that nothing waits for them for ever.
    pub(crate) fn close_old_calls(&self) -> Result<(), StoreError> {
        let (store, now) = (&self.0.store, self.0.host.now());
        store.sql_transaction(|store| {
            for mut message in store.messages(MESSAGES)? {
                if close_calls(&mut message, INTERRUPTED) {
                    store.put_message(&message, now)?;
                }
            }
            Ok(())
        })
    }
}
