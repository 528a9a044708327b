//! The message that led to each chat request. The log names chat requests only, so this connects changes to messages.

use std::collections::BTreeMap;

use flux_protocol::Message;
use flux_protocol::frame::Cause;
use serde::Deserialize;

use super::{Sql, Store, StoreError, json, parse};

/// Longest part of a message that is returned, in characters.
const WORDS_CHARS: usize = 200;

/// A request as it is stored and exported.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct CauseRecord {
    /// Id of the request.
    pub request: String,
    /// Id of the person's message.
    pub question: String,
    /// Id of the answer.
    pub answer: String,
    /// The text of the message at that time, if it has changed since.
    #[serde(default)]
    pub words: Option<String>,
}

impl<S: Sql> Store<S> {
    /// Records which message a request answers. A request without a message of the person, such as a continuation, belongs to the
    /// last message before the answer. Returns the id of the message, if there is one.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn note_cause(
        &self,
        request: &str,
        question: Option<&str>,
        answer: &str,
    ) -> Result<Option<String>, StoreError> {
        let rows = self.query(
            "INSERT OR REPLACE INTO [causes] (request, question, answer)
             SELECT ?1, question, ?3 FROM (SELECT coalesce(?2, (
                SELECT id FROM [messages]
                WHERE role = 'user' AND position < coalesce((SELECT position FROM [messages] WHERE id = ?3), 1 << 53)
                ORDER BY position DESC LIMIT 1
             )) AS question) WHERE question IS NOT NULL RETURNING question",
            &[request.into(), question.into(), answer.into()],
        )?;
        Ok(rows.first().map(|row| row.text(0)).transpose()?)
    }

    /// The messages that led to these requests, as far as they are still in the conversation.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn causes(&self, requests: &[&str]) -> Result<BTreeMap<String, Cause>, StoreError> {
        let sql = "SELECT c.request, c.question, c.answer, m.json, c.words
                   FROM [causes] c JOIN [messages] m ON m.id = c.question
                   WHERE c.request IN (SELECT value FROM json_each(?))";
        let mut causes = BTreeMap::new();
        for row in self.query(sql, &[json("causes", &requests)?])? {
            let words = match row.optional_text(4)? {
                Some(words) => words,
                None => words_of(&parse("messages", &row.text(3)?)?),
            };
            causes.insert(row.text(0)?, Cause { question: row.text(1)?, answer: row.text(2)?, words });
        }
        Ok(causes)
    }

    /// Stores the old text of a message for the requests that it led to, before the text changes.
    pub(super) fn keep_words(&self, before: &Message, message: &Message) -> Result<(), StoreError> {
        if before.text() != message.text() {
            let row = [words_of(before).into(), before.id.as_str().into()];
            self.query("UPDATE [causes] SET words = ? WHERE question = ? AND words IS NULL", &row)?;
        }
        Ok(())
    }

    /// Imports a request.
    pub(super) fn take_cause(&self, cause: &CauseRecord) -> Result<(), StoreError> {
        self.note_cause(&cause.request, Some(&cause.question), &cause.answer)?;
        let row = [cause.words.as_deref().into(), cause.request.as_str().into()];
        self.execute("UPDATE [causes] SET words = ? WHERE request = ?", &row)
    }

    /// Deletes the requests whose message is no longer in the conversation.
    pub(super) fn forget_causes(&self) -> Result<(), StoreError> {
        self.execute("DELETE FROM [causes] WHERE question NOT IN (SELECT id FROM [messages])", &[])
    }
}

/// The part of a message that is returned.
fn words_of(message: &Message) -> String {
    message.text().trim().chars().take(WORDS_CHARS).collect()
}
