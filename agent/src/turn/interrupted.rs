//! A stream that ended with its process.

use flux_protocol::frame::TurnOutcome;
use flux_protocol::{Chunk, Message, Role};
use serde_json::json as object;

use super::Cost;
use crate::agent::ChatAgent;
use crate::host::Host;
use crate::json;
use crate::store::{StoreError, StreamEnd};

impl<H: Host> ChatAgent<H> {
    /// Ends a stream that a dead process left under way. The chunks that it stored become the message.
    pub(crate) fn end_interrupted_stream(&self) -> Result<(), StoreError> {
        let store = &self.0.store;
        let Some(stream) = store.last_stream()?.filter(|stream| stream.end.is_none()) else { return Ok(()) };
        let before = if stream.continuation { store.message(&stream.message)? } else { None };
        let mut message = before.unwrap_or_else(|| Message::new(stream.message.clone(), Role::Assistant));
        for chunk in store.chunks(&stream.id)? {
            if let Ok(chunk) = json::read(&chunk) {
                message.add(&chunk);
            }
        }
        if let Some(prompt) = &stream.prompt {
            // The cost was in the memory of the process.
            self.turn_ended(prompt, TurnOutcome::Error, &Cost::default());
        }
        message.add(&Chunk::MessageMetadata { message_metadata: object!({"stopped": true, "interrupted": true}) });
        message.close_text();
        let now = self.0.host.now();
        store.sql_transaction(|store| {
            store.put_message(&message, now)?;
            store.end_stream(&stream.id, &StreamEnd { outcome: TurnOutcome::Aborted, error: None })
        })
    }
}
