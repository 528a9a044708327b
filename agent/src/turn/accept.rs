//! Accepting chat requests: what a client sends becomes messages and a turn in the queue, in one transaction.

use std::borrow::Cow;
use std::fmt::Display;

use chrono::{DateTime, Utc};
use flux_protocol::frame::Trigger;
use flux_protocol::{MAX_MESSAGE_BYTES, Message, Role, Trace};
use flux_timeline::{Event, Zone};

use super::allowance::Refusal;
use super::frames::refused;
use crate::agent::ChatAgent;
use crate::api::action;
use crate::connections::push::To;
use crate::host::{Connection, ConnectionInfo, Host};
use crate::jobs::turns_due;
use crate::json;
use crate::json::pieces::{items, members};
use crate::store::{Known, Listed, RequestRecord, StoreError, TurnRecord, TurnState, bytes};

/// Longest id of a request or message, in bytes. The published clients make 8 and 16 characters.
const ID_BYTES: usize = 64;
/// Most turns that may wait.
const QUEUED: usize = 16;
/// Longest text of a person's message, in characters.
const TEXT_CHARS: usize = 32_000;

impl<H: Host> ChatAgent<H> {
    /// Accepts a request, as a part of a trace if the client has one. If that is not possible, the final frame is sent at once, and
    /// only to the sender.
    pub(crate) fn chat_request(&self, connection: &H::Connection, id: &str, body: &str, trace: Option<Trace>) {
        match self.accept(connection, id, body, trace) {
            Ok(None) => {}
            Ok(Some(open)) => self.start(open),
            Err(refusal) => connection.send(&refused(id, refusal).to_text()),
        }
    }

    /// Returns the turns that are not over; `None` for a request that was accepted before.
    ///
    /// # Errors
    /// A sentence for the person. Nothing was changed then.
    fn accept(
        &self,
        connection: &H::Connection,
        id: &str,
        body: &str,
        trace: Option<Trace>,
    ) -> Result<Option<Vec<TurnRecord>>, Refusal> {
        let not_saved = |error: StoreError| {
            self.fault("chat-request", &error);
            format!("Your message could not be saved. Nothing of it was kept; try again. ({error})")
        };
        if id.is_empty() || id.len() > ID_BYTES {
            return Err("The request has no usable id. Nothing was changed.".to_owned().into());
        }
        let mut open = self.0.store.open_turns(Some(id)).map_err(not_saved)?;
        let is_open = |turn: &TurnRecord| matches!(turn.state, TurnState::Queued | TurnState::Streaming);
        if open.iter().any(|turn| turn.request.id == id && is_open(turn)) {
            // Sent twice. Its final frame is still to come, and another one would end it for the sender.
            return Ok(None);
        }
        if open.iter().filter(|turn| turn.state == TurnState::Queued).count() >= QUEUED {
            let error = "Too many requests are waiting. Nothing was changed; wait for an answer first.";
            return Err(error.to_owned().into());
        }
        let body = read(body)?;
        let known = self.0.store.known(body.list.iter().map(|listed| listed.id.as_ref())).map_err(not_saved)?;
        let changed = changed(&body.list, &known)?;
        self.take_turn(&connection.info().principal, "Your message was not sent").map_err(not_saved)??;
        let now = self.0.host.now();
        let (turn, events) = self.keep(connection, (id, trace), (&body, &known, &changed), now).map_err(not_saved)?;
        open.push(turn);
        self.publish(&events);
        self.wake_by(turns_due(now));
        if let Err(error) = self.send_conversation(To::Chat, Some(connection.info().id)) {
            self.fault("conversation", &error);
        }
        Ok(Some(open))
    }

    /// Stores a request. Returns its turn, and the events that it led to.
    fn keep(
        &self,
        connection: &H::Connection,
        (id, trace): (&str, Option<Trace>),
        (body, known, changed): (&Body<'_>, &Known, &[Message]),
        now: DateTime<Utc>,
    ) -> Result<(TurnRecord, Vec<Event>), StoreError> {
        let trailing = body.list.iter().rev().take_while(|message| message.role == Role::User);
        let mut message_ids: Vec<String> = trailing.map(|message| message.id.clone().into_owned()).collect();
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
            trace,
        };
        let events = self.0.store.sql_transaction(|store| {
            store.merge_messages(&body.list, known, changed, now)?;
            let events = match zone {
                Some(zone) => action::learn_within(store, zone.into(), now, &|| self.0.host.uuid())?.events,
                None => Vec::new(),
            };
            store.queue_turn(&turn.id, &turn.request, trace)?;
            store.put_turns_job(now)?;
            Ok(events)
        })?;
        Ok((turn, events))
    }
}

/// The body of a request: [`flux_protocol::frame::ChatRequestBody`] with messages of which only id and role are read. A client
/// sends the whole conversation each time, and nearly all of it is stored.
#[derive(Default)]
struct Body<'a> {
    list: Vec<Listed<'a>>,
    trigger: Trigger,
    time_zone: Option<String>,
}

/// Reads a request.
///
/// # Errors
/// A sentence about what is wrong with it.
fn read(text: &str) -> Result<Body<'_>, String> {
    let (mut body, mut has_list) = (Body::default(), false);
    for (name, value) in parts(members(text), text)? {
        match name {
            r#""messages""# => {
                has_list = true;
                body.list = parts(items(value), value)?.into_iter().map(listed).collect::<Result<_, _>>()?;
            }
            r#""trigger""# => body.trigger = json::read(value).map_err(unreadable)?,
            r#""timeZone""# => body.time_zone = json::read(value).map_err(unreadable)?,
            _ => {}
        }
    }
    if !has_list {
        return Err(unreadable("“messages” is missing"));
    }
    let Some(last) = body.list.last() else {
        return Err("The request has no message. Nothing was changed.".to_owned());
    };
    let last: Message = json::read(last.json).map_err(unreadable)?;
    let text = last.text();
    if body.trigger == Trigger::SubmitMessage && last.role == Role::User && text.trim().is_empty() {
        return Err("The message is empty. Nothing was changed; say what you want.".to_owned());
    }
    if text.chars().count() > TEXT_CHARS {
        return Err(format!("The message is longer than {TEXT_CHARS} characters. Nothing was changed; shorten it."));
    }
    Ok(body)
}

/// Reads id and role of a message.
fn listed(json: &str) -> Result<Listed<'_>, String> {
    let (mut id, mut role) = (None, None);
    for (name, value) in parts(members(json), json)? {
        match name {
            r#""id""# => id = Some(string(value)?),
            r#""role""# => role = Some(json::read(value).map_err(unreadable)?),
            _ => {}
        }
    }
    let (Some(id), Some(role)) = (id, role) else { return Err(unreadable("a message without id or role")) };
    check_id(&id)?;
    Ok(Listed { id, role, json })
}

/// Reads a string, which is mostly as it is written.
fn string(json: &str) -> Result<Cow<'_, str>, String> {
    match json.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).filter(|text| !text.contains('\\')) {
        Some(text) => Ok(Cow::Borrowed(text)),
        None => json::read(json).map(Cow::Owned).map_err(unreadable),
    }
}

/// The parts of a text, or why it has none.
fn parts<T>(parts: Option<Vec<T>>, text: &str) -> Result<Vec<T>, String> {
    parts.ok_or_else(|| match json::read::<serde_json::Value>(text) {
        Ok(_) => unreadable("it has another form"),
        Err(error) => unreadable(error),
    })
}

/// The messages of the person that are to be stored.
///
/// # Errors
/// A sentence about the first message that cannot be stored.
fn changed(list: &[Listed<'_>], known: &Known) -> Result<Vec<Message>, String> {
    let changed = list.iter().filter(|listed| !known.settles(listed));
    let changed: Vec<Message> =
        changed.map(|listed| json::read(listed.json).map_err(unreadable)).collect::<Result<_, _>>()?;
    check_messages(&changed)?;
    Ok(changed)
}

fn unreadable(error: impl Display) -> String {
    format!("The request cannot be read ({error}). Nothing was changed.")
}

fn check_id(id: &str) -> Result<(), String> {
    if id.is_empty() || id.len() > ID_BYTES {
        return Err("A message has no usable id. Nothing was changed.".to_owned());
    }
    Ok(())
}

/// Checks the messages of a person in a list from a client. Other messages in it are not stored.
///
/// # Errors
/// A sentence about the first message that cannot be stored.
pub(crate) fn check_messages(list: &[Message]) -> Result<(), String> {
    list.iter().try_for_each(|message| check_id(&message.id))?;
    if list.iter().any(|message| message.role == Role::User && bytes(message) > MAX_MESSAGE_BYTES) {
        return Err(format!(
            "A message is larger than {} kB. Nothing was changed; send it in smaller parts.",
            MAX_MESSAGE_BYTES / 1_024
        ));
    }
    Ok(())
}
