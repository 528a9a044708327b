//! The conversation, with one row per message. It has no bound, but each message has, and it is sent in pages.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use flux_protocol::{MAX_MESSAGE_BYTES, Message, Role};

use super::fit::{bytes, fit};
use super::{Row, Sql, Store, StoreError, Value, json, millis, parse, text};

/// A message in a client's list.
#[derive(Debug)]
pub struct Listed<'a> {
    /// Its id.
    pub id: Cow<'a, str>,
    /// Who speaks.
    pub role: Role,
    /// All of it, as the client sent it.
    pub json: &'a str,
}

/// The messages of a list that are stored, in the order of their ids.
#[derive(Debug)]
pub struct Known(Vec<(String, Place)>);

/// The place of a stored message, and if it is the person's, its JSON.
#[derive(Debug)]
struct Place {
    position: i64,
    json: Option<String>,
}

impl Known {
    /// Whether nothing is to be done for a message of the list: it is stored as it is, or clients cannot write it. Clients mostly
    /// send what they received, so its JSON is compared before it is read.
    pub fn settles(&self, listed: &Listed<'_>) -> bool {
        let is_stored = |place: &Place| place.json.as_ref().is_none_or(|json| json == listed.json);
        listed.role != Role::User || self.place(listed.id.as_ref()).is_some_and(is_stored)
    }

    fn place(&self, id: &str) -> Option<&Place> {
        let index = self.0.binary_search_by(|(known, _)| known.as_str().cmp(id)).ok()?;
        self.0.get(index).map(|(_, place)| place)
    }
}

/// A page of the conversation.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MessagePage {
    /// Messages that follow each other, oldest first.
    pub messages: Vec<Message>,
    /// Whether there are older ones.
    pub has_earlier: bool,
}

impl<S: Sql> Store<S> {
    /// The newest messages, or the ones just before the message `before`: at most `limit` messages, and as many as have at most
    /// `size` bytes of JSON together. `None` if there is no message `before`.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn message_page(
        &self,
        before: Option<&str>,
        limit: u64,
        size: usize,
    ) -> Result<Option<MessagePage>, StoreError> {
        let end = match before {
            None => i64::MAX >> 10,
            Some(id) => {
                let rows = self.query("SELECT position FROM [messages] WHERE id = ?", &[id.into()])?;
                let Some(row) = rows.first() else { return Ok(None) };
                row.integer(0)?
            }
        };
        let rows = self.newest_before(end, "1", (limit, size))?;
        let has_earlier = match rows.first() {
            Some(oldest) => oldest.integer(1)? != 0,
            // Not even one fits.
            None => !self.query("SELECT 1 FROM [messages] WHERE position < ? LIMIT 1", &[end.into()])?.is_empty(),
        };
        let messages = rows.iter().map(message).collect::<Result<_, _>>()?;
        Ok(Some(MessagePage { messages, has_earlier }))
    }

    /// The rows of the newest messages before a position that fulfil a condition, oldest first: each with whether there are older
    /// ones, and its position.
    fn newest_before(&self, end: i64, condition: &str, (limit, size): (u64, usize)) -> Result<Vec<Row>, StoreError> {
        // Rows from before there was a bound can be larger. They are shortened when they are read.
        let sql = format!(
            "SELECT json, EXISTS (SELECT 1 FROM [messages] o WHERE o.position < m.position), m.position
             FROM (
                SELECT position AS place, sum(min(size, ?3)) OVER (ORDER BY position DESC) AS total
                FROM (
                    SELECT position, octet_length(json) AS size FROM [messages]
                    WHERE position < ?1 AND {condition} ORDER BY position DESC LIMIT ?2
                )
             ) CROSS JOIN [messages] m ON m.position = place
             WHERE total <= ?4 ORDER BY m.position"
        );
        let most = (MAX_MESSAGE_BYTES as u64).into();
        Ok(self.query(&sql, &[end.into(), limit.into(), most, (size as u64).into()])?)
    }

    /// The newest messages, oldest first, at most `limit`.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn messages(&self, limit: u64) -> Result<Vec<Message>, StoreError> {
        let sql = "SELECT json FROM [messages] ORDER BY position DESC LIMIT ?";
        let rows = self.query(sql, &[limit.into()])?;
        rows.iter().rev().map(|row| parse("messages", &row.text(0)?)).collect()
    }

    /// The newest messages as in [`Self::message_page`], oldest first, without those whose request is queued: at least half of `most`
    /// if there are as many, and never more than `most`.
    ///
    /// The first one stays the same while messages are added, until a block of up to `most / 2` messages is left out at once. So
    /// the prompts of successive turns begin with the same messages.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn messages_to_answer(&self, most: u64, size: usize) -> Result<Vec<Message>, StoreError> {
        let rows = self.newest_before(
            i64::MAX >> 10,
            "id NOT IN (SELECT json_extract(message_ids, '$[#-1]') FROM turns
                        WHERE state = 'queued' AND message_ids <> '[]')",
            (most + 1, size),
        )?;
        let has_earlier = rows.first().map_or(Ok(0), |oldest| oldest.integer(1))? != 0;
        let mut first = 0;
        if has_earlier || rows.len() as u64 > most {
            let length = i64::try_from(most / 2).unwrap_or(i64::MAX).max(1);
            let blocks: Vec<i64> =
                rows.iter().map(|row| Ok(row.integer(2)? / length)).collect::<Result<_, StoreError>>()?;
            // Of two neighbours in different blocks, the second begins one. Deleted messages only make blocks smaller.
            first = 1 + blocks.windows(2).position(|pair| pair[0] != pair[1]).unwrap_or(0);
        }
        rows.iter().skip(first).map(message).collect()
    }

    /// The message with this id.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn message(&self, id: &str) -> Result<Option<Message>, StoreError> {
        let rows = self.query("SELECT json FROM [messages] WHERE id = ?", &[id.into()])?;
        rows.first().map(|row| parse("messages", &row.text(0)?)).transpose()
    }

    /// The message with the tool call of this id, if it is among the newest 50 messages.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn message_with_call(&self, tool_call_id: &str) -> Result<Option<Message>, StoreError> {
        let newest = self.messages(50)?;
        Ok(newest.into_iter().rev().find(|message| message.tools().any(|tool| tool.call.tool_call_id == tool_call_id)))
    }

    /// Appends a message, or replaces the message with the same id in place. One that is larger than [`MAX_MESSAGE_BYTES`] is
    /// shortened.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn put_message(&self, message: &Message, at: DateTime<Utc>) -> Result<(), StoreError> {
        let mut text = text("messages", message)?;
        if let Some(shortened) = fit(message, text.len()) {
            text = self::text("messages", &shortened)?;
        }
        self.execute(
            "INSERT INTO [messages] (id, role, at_ms, json) VALUES (?, ?, ?, ?)
             ON CONFLICT (id) DO UPDATE SET json = excluded.json, role = excluded.role",
            &[message.id.as_str().into(), message.role.as_str().into(), millis(at), text.into()],
        )
    }

    /// Merges the list of a client: new messages of the person are appended, and known ones replaced if they have changed. Other
    /// messages only say how far the client's list goes; clients cannot write them. `changed` are those that `known` does not settle.
    ///
    /// If every message of the list is known, the client has shortened the conversation, for an edit or another answer. Messages
    /// after the first message of the list that are not in the list are then deleted. A list with a new message never deletes, so
    /// an outdated tab cannot delete history. Nothing before the first message of the list is deleted, because clients hold only
    /// the newest part.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn merge_messages(
        &self,
        list: &[Listed<'_>],
        known: &Known,
        changed: &[Message],
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        if let Some(first) = known.0.iter().map(|(_, place)| place.position).min()
            && list.iter().all(|message| known.place(message.id.as_ref()).is_some())
        {
            let ids = ids(list.iter().map(|message| message.id.as_ref()))?;
            let deleted = self.query(
                "DELETE FROM [messages] WHERE position > ? AND id NOT IN (SELECT value FROM json_each(?)) RETURNING id",
                &[first.into(), ids],
            )?;
            if !deleted.is_empty() {
                self.forget_causes()?;
            }
        }
        self.offer(changed, known, at)
    }

    /// Stores messages of the person that a client has set itself. Nothing is deleted.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn offer_messages(&self, list: &[Message], at: DateTime<Utc>) -> Result<(), StoreError> {
        self.offer(list, &self.known(list.iter().map(|message| message.id.as_str()))?, at)
    }

    fn offer(&self, list: &[Message], known: &Known, at: DateTime<Utc>) -> Result<(), StoreError> {
        for message in list.iter().filter(|message| message.role == Role::User) {
            match known.place(&message.id) {
                // The id of an answer.
                Some(Place { json: None, .. }) => {}
                Some(Place { json: Some(before), .. }) => {
                    // It may be the same in another order.
                    if *before != text("messages", message)? {
                        self.keep_words(&parse("messages", before)?, message)?;
                        self.put_message(message, at)?;
                    }
                }
                None => self.put_message(message, at)?,
            }
        }
        Ok(())
    }

    /// The messages with these ids that are stored.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn known<'a>(&self, list: impl Iterator<Item = &'a str>) -> Result<Known, StoreError> {
        let sql = "SELECT id, position, CASE role WHEN 'user' THEN json END FROM [messages]
                   WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id";
        let known = |row: &Row| {
            Ok::<_, StoreError>((row.text(0)?, Place { position: row.integer(1)?, json: row.optional_text(2)? }))
        };
        Ok(Known(self.query(sql, &[ids(list)?])?.iter().map(known).collect::<Result<_, _>>()?))
    }

    /// Deletes the conversation, its turns, and its connections to the log.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn clear_messages(&self) -> Result<(), StoreError> {
        for table in ["[messages]", "[causes]", "chunks", "turns", "questions"] {
            self.query(&format!("DELETE FROM {table}"), &[])?;
        }
        Ok(())
    }
}

/// Reads a message from a row whose first column is the message as JSON.
fn message(row: &Row) -> Result<Message, StoreError> {
    let json = row.text(0)?;
    let message: Message = parse("messages", &json)?;
    Ok(if json.len() > MAX_MESSAGE_BYTES { fit(&message, bytes(&message)).unwrap_or(message) } else { message })
}

/// Ids as a JSON array.
fn ids<'a>(list: impl Iterator<Item = &'a str>) -> Result<Value, StoreError> {
    json("messages", &list.collect::<Vec<_>>())
}
