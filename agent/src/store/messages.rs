//! The conversation, with one row per message.

use chrono::{DateTime, Utc};
use flux_protocol::{Message, Role};

use super::{Sql, Store, StoreError, json, millis, parse};

impl<S: Sql> Store<S> {
    /// The newest messages, oldest first, at most `limit`.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn messages(&self, limit: u64) -> Result<Vec<Message>, StoreError> {
        let sql = "SELECT json FROM messages ORDER BY position DESC LIMIT ?";
        let rows = self.sql.query(sql, &[limit.into()])?;
        rows.iter().rev().map(|row| parse("messages", &row.text(0)?)).collect()
    }

    /// The message with this id.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn message(&self, id: &str) -> Result<Option<Message>, StoreError> {
        let rows = self.sql.query("SELECT json FROM messages WHERE id = ?", &[id.into()])?;
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

    /// Appends a message, or replaces the message with the same id in place.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn put_message(&self, message: &Message, at: DateTime<Utc>) -> Result<(), StoreError> {
        self.sql.query(
            "INSERT INTO messages (id, role, at_ms, json) VALUES (?, ?, ?, ?)
             ON CONFLICT (id) DO UPDATE SET json = excluded.json, role = excluded.role",
            &[message.id.as_str().into(), message.role.as_str().into(), millis(at), json("messages", message)?],
        )?;
        Ok(())
    }

    /// Merges the list of a client: new messages are appended, and known messages of the person are replaced.
    ///
    /// If every message of the list is known, the client has shortened the conversation, for an edit or another answer. Messages
    /// after the first message of the list that are not in the list are then deleted. A list with a new message never deletes, so
    /// an outdated tab cannot delete history. Nothing before the first message of the list is deleted, because clients hold only
    /// the newest part.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn merge_messages(&self, list: &[Message], at: DateTime<Utc>) -> Result<(), StoreError> {
        let mut first = None;
        let mut all_known = !list.is_empty();
        for message in list {
            let rows = self.sql.query("SELECT position FROM messages WHERE id = ?", &[message.id.as_str().into()])?;
            match rows.first() {
                Some(row) => {
                    let position = row.integer(0)?;
                    first = Some(first.map_or(position, |first: i64| first.min(position)));
                }
                None => all_known = false,
            }
        }
        if let (true, Some(first)) = (all_known, first) {
            let mut deleted = false;
            let rows = self.sql.query("SELECT id FROM messages WHERE position > ?", &[first.into()])?;
            for row in rows {
                let id = row.text(0)?;
                if !list.iter().any(|message| message.id == id) {
                    self.sql.query("DELETE FROM messages WHERE id = ?", &[id.into()])?;
                    deleted = true;
                }
            }
            if deleted {
                self.forget_causes()?;
            }
        }
        list.iter().try_for_each(|message| self.offer_message(message, at))
    }

    /// Stores a message of a client. A stored answer is not replaced, because the client may have received only a part
    /// of it.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn offer_message(&self, message: &Message, at: DateTime<Utc>) -> Result<(), StoreError> {
        if message.role != Role::User && self.message(&message.id)?.is_some() {
            return Ok(());
        }
        self.keep_words(message)?;
        self.put_message(message, at)
    }

    /// Deletes the conversation, its streams, and its connections to the log.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn clear_messages(&self) -> Result<(), StoreError> {
        for table in ["messages", "causes", "chunks", "streams"] {
            self.sql.query(&format!("DELETE FROM {table}"), &[])?;
        }
        Ok(())
    }
}
