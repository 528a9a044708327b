//! Accepting chat requests: what a client sends becomes messages and a turn in the queue, in one transaction.

use flux_protocol::frame::{ChatRequestBody, Trigger};
use flux_protocol::{MAX_MESSAGE_BYTES, Message, Role};
use flux_timeline::{Event, Zone};

use super::frames::failed;
use crate::agent::ChatAgent;
use crate::api::action;
use crate::connections::push::To;
use crate::host::{Connection, ConnectionInfo, Host};
use crate::json;
use crate::store::{RequestRecord, StoreError, TurnState, bytes};

/// Longest id of a request or message, in bytes. The published clients make 8 and 16 characters.
const ID_BYTES: usize = 64;
/// Most turns that may wait.
const QUEUED: usize = 16;
/// Longest text of a person's message, in characters.
const TEXT_CHARS: usize = 32_000;

impl<H: Host> ChatAgent<H> {
    /// Accepts a request. If that is not possible, the final frame is sent at once, and only to the sender.
    pub(crate) fn chat_request(&self, connection: &H::Connection, id: &str, body: &str) {
        match self.accept(connection, id, body) {
            Ok(()) => self.start_next(),
            Err(error) => connection.send(&failed(id, error, None).to_text()),
        }
    }

    /// # Errors
    /// A sentence for the person. Nothing was changed then.
    fn accept(&self, connection: &H::Connection, id: &str, body: &str) -> Result<(), String> {
        let not_saved = |error: StoreError| {
            self.log(&format!("chat request: {error}"));
            format!("Your message could not be saved. Nothing of it was kept; try again. ({error})")
        };
        if id.is_empty() || id.len() > ID_BYTES {
            return Err("The request has no usable id. Nothing was changed.".to_owned());
        }
        let known = self.0.store.turn_of_request(id).map_err(not_saved)?;
        if known.is_some_and(|turn| matches!(turn.state, TurnState::Queued | TurnState::Streaming)) {
            // Sent twice. Its final frame is still to come, and another one would end it for the sender.
            return Ok(());
        }
        if self.0.store.turns(TurnState::Queued).map_err(not_saved)?.len() >= QUEUED {
            return Err("Too many requests are waiting. Nothing was changed; wait for an answer first.".to_owned());
        }
        let body = read(body)?;
        let events = self.keep(connection, id, &body).map_err(not_saved)?;
        self.publish(&events);
        self.set_alarm();
        if let Err(error) = self.send_conversation(To::Chat, Some(connection.info().id)) {
            self.log(&format!("conversation: {error}"));
        }
        Ok(())
    }

    /// Stores a request. Returns the events that it led to.
    fn keep(&self, connection: &H::Connection, id: &str, body: &ChatRequestBody) -> Result<Vec<Event>, StoreError> {
        let now = self.0.host.now();
        let trailing = body.messages.iter().rev().take_while(|message| message.role == Role::User);
        let mut message_ids: Vec<String> = trailing.map(|message| message.id.clone()).collect();
        message_ids.reverse();
        let ConnectionInfo { id: sender, principal, .. } = ConnectionInfo::clone(&connection.info());
        let request = RequestRecord { id: id.to_owned(), continuation: false, sender, principal, message_ids };
        let zone = body.time_zone.as_deref().and_then(|name| Zone::new(name).ok());
        // The page reports it again with the next message.
        let zone = zone.filter(|_| !self.0.store.is_rebuilding());
        self.0.store.sql_transaction(|store| {
            store.merge_messages(&body.messages, now)?;
            let events = match zone {
                Some(zone) => action::learn_zone_within(store, zone, now, &|| self.0.host.uuid())?.events,
                None => Vec::new(),
            };
            store.queue_turn(&self.0.host.uuid().to_string(), &request)?;
            store.put_turns_job(now)?;
            Ok(events)
        })
    }
}

/// Reads a request.
///
/// # Errors
/// A sentence about what is wrong with it.
fn read(body: &str) -> Result<ChatRequestBody, String> {
    let body: ChatRequestBody =
        json::read(body).map_err(|error| format!("The request cannot be read ({error}). Nothing was changed."))?;
    let Some(last) = body.messages.last() else {
        return Err("The request has no message. Nothing was changed.".to_owned());
    };
    if body.trigger == Trigger::SubmitMessage && last.role == Role::User && last.text().trim().is_empty() {
        return Err("The message is empty. Nothing was changed; say what you want.".to_owned());
    }
    if last.text().chars().count() > TEXT_CHARS {
        return Err(format!("The message is longer than {TEXT_CHARS} characters. Nothing was changed; shorten it."));
    }
    check_messages(&body.messages)?;
    Ok(body)
}

/// Checks the messages of a person in a list from a client. Other messages in it are not stored.
///
/// # Errors
/// A sentence about the first message that cannot be stored.
pub(crate) fn check_messages(list: &[Message]) -> Result<(), String> {
    if list.iter().any(|message| message.id.is_empty() || message.id.len() > ID_BYTES) {
        return Err("A message has no usable id. Nothing was changed.".to_owned());
    }
    if list.iter().any(|message| message.role == Role::User && bytes(message) > MAX_MESSAGE_BYTES) {
        return Err(format!(
            "A message is larger than {} kB. Nothing was changed; send it in smaller parts.",
            MAX_MESSAGE_BYTES / 1_024
        ));
    }
    Ok(())
}
