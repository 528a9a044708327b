//! After the object is opened: turns go on as their rows say. What a process that died left under way ends as interrupted, an
//! approved call is carried out, and queued requests begin.

use flux_model::{ModelMessage, Usage};
use flux_protocol::frame::TurnOutcome;
use flux_protocol::{Chunk, Message, Role};
use serde_json::json as object;

use super::consent::{close_calls, not_carried_out};
use super::{Cost, PROMPT_BYTES, frames, specs};
use crate::agent::ChatAgent;
use crate::connections::push::To;
use crate::host::Host;
use crate::json;
use crate::prompt;
use crate::store::{RequestEnd, StoreError, TurnRecord, TurnState};

/// Why a call of an interrupted turn has no result.
const INTERRUPTED: &str =
    "The service was restarted before this was carried out. Nothing was changed by it; ask again.";
/// How many of the newest messages are searched for open calls.
const MESSAGES: u64 = 50;

/// What became of the turns that were under way.
pub(crate) struct Settled {
    /// Whether any turn was under way or waited.
    had_open: bool,
    /// Those that ended.
    ended: Vec<Interrupted>,
}

/// A turn that ended because it was interrupted.
struct Interrupted {
    turn: TurnRecord,
    end: RequestEnd,
    /// The number of the first of the chunks that were added, and those chunks.
    added: (u64, Vec<String>),
}

impl<H: Host> ChatAgent<H> {
    /// Settles the turns that a program that died left under way, and tells the connections that are still open: a panic ends the
    /// program, but not its connections (agent/shim.mjs). They are told a second time if the end could not be stored before the panic.
    /// Returns whether a turn was not over.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn recover_turns(&self) -> Result<bool, StoreError> {
        let Settled { had_open, ended } = self.settle_turns()?;
        for Interrupted { turn, end, added: (first, chunks) } in ended {
            for (seq, body) in (first..).zip(chunks) {
                self.broadcast(&frames::chunk(&turn.request, seq, body, false), To::Chat, None);
            }
            // The end is told once, so a fault must not keep it.
            if let Err(error) = self.send_conversation(To::All, None) {
                self.fault("recover", &error);
            }
            self.finish(&turn, &end);
        }
        Ok(had_open)
    }

    /// Settles the turns that are under way according to their rows, and tells nobody.
    pub(crate) fn settle_turns(&self) -> Result<Settled, StoreError> {
        let open = self.0.store.open_turns(None)?;
        let mut settled = Settled { had_open: !open.is_empty(), ended: Vec::new() };
        for turn in open.into_iter().filter(|turn| turn.state == TurnState::Streaming) {
            let state = match self.0.store.question_of(&turn.id)? {
                // The approved call comes first, so nothing of this request was seen. It begins again.
                Some(question) if question.approved == Some(true) => {
                    self.0.store.set_turn_state(&turn.id, TurnState::Queued)?;
                    continue;
                }
                Some(_) => TurnState::AwaitingConsent,
                None => TurnState::Ended,
            };
            settled.ended.push(self.end_interrupted(turn, state)?);
        }
        Ok(settled)
    }

    /// Ends a request that was interrupted. The chunks that were stored become the message.
    fn end_interrupted(&self, turn: TurnRecord, state: TurnState) -> Result<Interrupted, StoreError> {
        let store = &self.0.store;
        let before = if turn.request.continuation { store.message(&turn.id)? } else { None };
        let mut message = before.unwrap_or_else(|| Message::new(turn.id.clone(), Role::Assistant));
        let chunks = store.chunks(&turn.request.id)?;
        let shown: Vec<Chunk> = chunks.iter().filter_map(|chunk| json::read(chunk).ok()).collect();
        shown.iter().for_each(|chunk| message.add(chunk));
        message.close_text();
        let mut end = RequestEnd { outcome: TurnOutcome::Completed, error: None };
        let mut added = Vec::new();
        if state == TurnState::Ended {
            added = not_carried_out(&message, INTERRUPTED);
            let message_metadata = object!({"stopped": true, "interrupted": true});
            added.extend([Chunk::MessageMetadata { message_metadata }, Chunk::Abort]);
            added.iter().for_each(|chunk| message.add(chunk));
            end.outcome = TurnOutcome::Aborted;
        }
        let first = chunks.len() as u64;
        let added: Vec<String> = added.iter().map(|chunk| json::value(chunk).to_string()).collect();
        let usage = self.estimated(&shown)?;
        let now = self.0.host.now();
        store.sql_transaction(|store| {
            store.put_message(&message, now)?;
            if !added.is_empty() {
                store.add_chunks(&turn.request.id, first, &added)?;
            }
            store.end_request(&turn.id, state, &end, now)?;
            store.put_retention_job(now)?;
            store.delete_turns_job_if_idle()?;
            Ok(())
        })?;
        // Once it has ended, so that it is counted once.
        if let Some(prompt) = &turn.prompt {
            let outcome = if state == TurnState::Ended { TurnOutcome::Error } else { TurnOutcome::Completed };
            // The rest of the cost was in the memory of the process.
            let cost = Cost { usage, is_estimated: usage != Usage::default(), ..Cost::default() };
            self.turn_ended(&turn, prompt, outcome, &cost);
        }
        Ok(Interrupted { turn, end, added: (first, added) })
    }

    /// The tokens of a request that was interrupted, as far as what is stored tells: a prompt for each step that has begun, without what it
    /// stated about the timeline, and what was shown.
    fn estimated(&self, chunks: &[Chunk]) -> Result<Usage, StoreError> {
        let steps = chunks.iter().filter(|chunk| matches!(chunk, Chunk::StartStep)).count();
        if steps == 0 || !self.0.model.uses_tokens() {
            return Ok(Usage::default());
        }
        let (limits, system) = (self.0.options.turn, self.0.options.prompts.system);
        let messages = self.0.store.messages_to_answer(limits.messages, PROMPT_BYTES)?;
        let conversation = prompt::conversation(&messages, limits.conversation_tokens);
        let prompt = system.body.len() + specs::bytes() + conversation.iter().map(ModelMessage::bytes).sum::<usize>();
        let shown = chunks.iter().map(|chunk| match chunk {
            Chunk::TextDelta { delta, .. } | Chunk::ReasoningDelta { delta, .. } => delta.len(),
            Chunk::ToolInputDelta { input_text_delta, .. } => input_text_delta.len(),
            _ => 0,
        });
        Ok(Usage::estimated(steps * prompt, shown.sum()))
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
