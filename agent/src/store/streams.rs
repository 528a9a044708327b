//! Requests and their streamed chunks, so that a client that reconnects during a stream gets all of it. Kept until the next
//! request begins.

use chrono::{DateTime, Utc};
use flux_protocol::frame::TurnOutcome;

use super::{Row, Sql, Store, StoreError, json, millis, parse};

/// A request that streams, or has streamed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamRecord {
    /// Id of the request.
    pub id: String,
    /// Id of the message that it writes.
    pub message: String,
    /// Whether it extends a message that was there.
    pub continuation: bool,
    /// The version of the system prompt; `None` if an earlier version of the service began the stream.
    pub prompt: Option<String>,
    /// How it ended; `None` while it is under way, or if the process died during the stream.
    pub end: Option<StreamEnd>,
}

/// How a stream ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamEnd {
    /// The outcome.
    pub outcome: TurnOutcome,
    /// The message for the person, if it is an error.
    pub error: Option<String>,
}

impl<S: Sql> Store<S> {
    /// Begins a stream and deletes earlier ones.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn begin_stream(
        &self,
        id: &str,
        message: &str,
        continuation: bool,
        prompt: &str,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.sql.query("DELETE FROM chunks", &[])?;
        self.sql.query("DELETE FROM streams", &[])?;
        self.sql.query(
            "INSERT INTO streams (id, message, continuation, prompt, at_ms) VALUES (?, ?, ?, ?, ?)",
            &[id.into(), message.into(), i64::from(continuation).into(), prompt.into(), millis(at)],
        )?;
        Ok(())
    }

    /// Adds chunks to a stream as one row. `first` is the number of the first chunk.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn add_chunks(&self, stream: &str, first: u64, chunks: &[String]) -> Result<(), StoreError> {
        let row = [stream.into(), first.into(), json("chunks", &chunks)?];
        self.sql.query("INSERT INTO chunks (stream, first, json) VALUES (?, ?, ?)", &row)?;
        Ok(())
    }

    /// Ends a stream.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn end_stream(&self, id: &str, end: &StreamEnd) -> Result<(), StoreError> {
        let row = [json("streams", &end.outcome)?, end.error.clone().into(), id.into()];
        self.sql.query("UPDATE streams SET outcome = ?, error = ? WHERE id = ?", &row)?;
        Ok(())
    }

    /// The newest stream.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn last_stream(&self) -> Result<Option<StreamRecord>, StoreError> {
        let rows = self.sql.query("SELECT id, message, continuation, outcome, error, prompt FROM streams", &[])?;
        rows.first().map(record).transpose()
    }

    /// All stored chunks of a stream, in order.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn chunks(&self, stream: &str) -> Result<Vec<String>, StoreError> {
        let rows = self.sql.query("SELECT json FROM chunks WHERE stream = ? ORDER BY first", &[stream.into()])?;
        let mut chunks = Vec::new();
        for row in rows {
            let batch: Vec<String> = parse("chunks", &row.text(0)?)?;
            chunks.extend(batch);
        }
        Ok(chunks)
    }
}

fn record(row: &Row) -> Result<StreamRecord, StoreError> {
    let end = match row.optional_text(3)? {
        Some(outcome) => Some(StreamEnd { outcome: parse("streams", &outcome)?, error: row.optional_text(4)? }),
        None => None,
    };
    let (continuation, prompt) = (row.integer(2)? != 0, row.optional_text(5)?);
    Ok(StreamRecord { id: row.text(0)?, message: row.text(1)?, continuation, prompt, end })
}
