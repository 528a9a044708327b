//! Accepting chat requests: what a client sends becomes messages and a turn in the queue, in one transaction.

use chrono::{DateTime, Utc};
use flux_protocol::frame::{ChatRequestBody, Trigger};
use flux_protocol::{MAX_MESSAGE_BYTES, Message, Role};
use flux_timeline::{Event, Zone};

use super::frames::failed;
use crate::agent::ChatAgent;
use crate::api::action;
use crate::connections::push::To;
use crate::host::{Connection, ConnectionInfo, Host};
use crate::jobs::turns_due;
use crate::json;
use crate::store::{RequestRecord, StoreError, TurnRecord, TurnState, bytes};

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
            Ok(None) => {}
            Ok(Some(open)) => self.start(open),
            Err(error) => connection.send(&failed(id, error, None).to_text()),
        }
    }

    /// Returns the turns that are not over; `None` for a request that was accepted before.
    ///
    /// # Errors
    /// A sentence for the person. Nothing was changed then.
    fn accept(&self, connection: &H::Connection, id: &str, body: &str) -> Result<Option<Vec<TurnRecord>>, String> {
        let not_saved = |error: StoreError| {
            self.log(&format!("chat request: {error}"));
            format!("Your message could not be saved. Nothing of it was kept; try again. ({error})")
        };
        if id.is_empty() || id.len() > ID_BYTES {
            return Err("The request has no usable id. Nothing was changed.".to_owned());
        }
        let mut open = self.0.store.open_turns(Some(id)).map_err(not_saved)?;
        let is_open = |turn: &TurnRecord| matches!(turn.state, TurnState::Queued | TurnState::Streaming);
        if open.iter().any(|turn| turn.request.id == id && is_open(turn)) {
            // Sent twice. Its final frame is still to come, and another one would end it for the sender.
            return Ok(None);
        }
        if open.iter().filter(|turn| turn.state == TurnState::Queued).count() >= QUEUED {
            return Err("Too many requests are waiting. Nothing was changed; wait for an answer first.".to_owned());
        }
        let body = read(body)?;
        let now = self.0.host.now();
        let (turn, events) = self.keep(connection, id, &body, now).map_err(not_saved)?;
        open.push(turn);
        self.publish(&events);
        self.wake_by(turns_due(now));
        if let Err(error) = self.send_conversation(To::Chat, Some(connection.info().id)) {
            self.log(&format!("conversation: {error}"));
        }
        Ok(Some(open))
    }

    /// Stores a request. Returns its turn, and the events that it led to.
    fn keep(
        &self,
        connection: &H::Connection,
        id: &str,
        body: &ChatRequestBody,
        now: DateTime<Utc>,
    ) -> Result<(TurnRecord, Vec<Event>), StoreError> {
        let trailing = body.messages.iter().rev().take_while(|message| message.role == Role::User);
        let mut message_ids: Vec<String> = trailing.map(|message| message.id.clone()).collect();
        message_ids.reverse();
        let ConnectionInfo { id: sender, principal, .. } = ConnectionInfo::clone(&connection.info());
        let request = RequestRecord { id: id.to_owned(), continuation: false, sender, principal, message_ids };
        let zone = body.time_zone.as_deref().and_then(|name| Zone::new(name).ok());
        // The page reports it again with the next message.
        let zone = zone.filter(|_| !self.0.store.is_rebuilding());
        let turn = TurnRecord {
            id: self.0.host.uuid().to_string(),
            state: TurnState::Queued,
            request,
            prompt: None,
            txn: None,
            end: None,
        };
        let events = self.0.store.sql_transaction(|store| {
            store.merge_messages(&body.messages, now)?;
            let events = match zone {
                Some(zone) => action::learn_zone_within(store, zone, now, &|| self.0.host.uuid())?.events,
                None => Vec::new(),
            };
            store.queue_turn(&turn.id, &turn.request)?;
            store.put_turns_job(now)?;
            Ok(events)
        })?;
        Ok((turn, events))
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
