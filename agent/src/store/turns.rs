//! Turns: queued, streaming, waiting for consent, or ended. A turn writes one message, by which it is identified, and has one
//! request at a time. Its row is the only place that holds its state.
//!
//! The turn that ended last is kept with its chunks, so that a client that reconnects gets its end: until the next one begins,
//! or for a day.

use chrono::{DateTime, Utc};
use flux_protocol::Trace;
use flux_protocol::frame::TurnOutcome;
use flux_timeline::TxnId;
use uuid::Uuid;

use super::{Row, Sql, Store, StoreError, json, millis, parse};
use flux_identity::Principal;

/// The state of a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TurnState {
    /// Its request is accepted and waits.
    Queued,
    /// Its request is being answered.
    Streaming,
    /// A call waits for the person's consent. Its request has ended.
    AwaitingConsent,
    /// It is over.
    Ended,
}

impl TurnState {
    const ALL: [(Self, &'static str); 4] = [
        (Self::Queued, "queued"),
        (Self::Streaming, "streaming"),
        (Self::AwaitingConsent, "awaiting-consent"),
        (Self::Ended, "ended"),
    ];

    /// As it is stored.
    fn name(self) -> &'static str {
        Self::ALL.into_iter().find(|(state, _)| *state == self).map_or("", |(_, name)| name)
    }
}

/// A turn and its request.
#[derive(Debug, Clone, PartialEq)]
pub struct TurnRecord {
    /// The id of the message that it writes.
    pub id: String,
    /// Its state.
    pub state: TurnState,
    /// Its request.
    pub request: RequestRecord,
    /// The version of the system prompt; `None` until it has begun.
    pub prompt: Option<String>,
    /// The transaction of its changes so far.
    pub txn: Option<TxnId>,
    /// How its request ended.
    pub end: Option<RequestEnd>,
    /// The span of the client in which it was asked for, if the client has said so. A continuation belongs to it, too.
    pub trace: Option<Trace>,
}

/// A chat request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestRecord {
    /// Its id, chosen by the client, or by the service for a continuation.
    pub id: String,
    /// Whether it continues a message that was there.
    pub continuation: bool,
    /// The connection that sent it.
    pub sender: Uuid,
    /// Who sent it. The assistant may do what this principal may do.
    pub principal: Principal,
    /// The ids of the person's newest messages in it.
    pub message_ids: Vec<String>,
}

/// How a request ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestEnd {
    /// The outcome.
    pub outcome: TurnOutcome,
    /// The message for the person, if it is an error.
    pub error: Option<String>,
}

const COLUMNS: &str =
    "id, state, request, continuation, sender, principal, message_ids, prompt, txn, outcome, error, trace";

impl<S: Sql> Store<S> {
    /// Puts a turn into the queue: a new one at its end, and one that awaited consent, which `request` continues, in its old
    /// place before requests that were accepted later. One that is continued keeps its trace.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn queue_turn(&self, id: &str, request: &RequestRecord, trace: Option<Trace>) -> Result<(), StoreError> {
        let row = [
            id.into(),
            TurnState::Queued.name().into(),
            request.id.as_str().into(),
            i64::from(request.continuation).into(),
            request.sender.to_string().into(),
            json("turns", &request.principal)?,
            json("turns", &request.message_ids)?,
            trace.map(|trace| trace.to_string()).into(),
        ];
        self.execute(
            "INSERT INTO turns (id, position, state, request, continuation, sender, principal, message_ids, trace)
             VALUES (?, (SELECT coalesce(max(position), 0) + 1 FROM turns), ?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT (id) DO UPDATE SET state = excluded.state, request = excluded.request,
                continuation = excluded.continuation, sender = excluded.sender, principal = excluded.principal,
                message_ids = excluded.message_ids, outcome = NULL, error = NULL",
            &row,
        )
    }

    /// Marks a turn as streaming, and deletes the turn that ended before it and all chunks.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn begin_turn(&self, id: &str, prompt: &str) -> Result<(), StoreError> {
        self.query("DELETE FROM chunks", &[])?;
        self.query("DELETE FROM turns WHERE state = 'ended'", &[])?;
        let row = [TurnState::Streaming.name().into(), prompt.into(), id.into()];
        self.execute("UPDATE turns SET state = ?, prompt = ? WHERE id = ?", &row)
    }

    /// Records the transaction to which the changes of a turn belong.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn set_turn_txn(&self, id: &str, txn: TxnId) -> Result<(), StoreError> {
        self.execute("UPDATE turns SET txn = ? WHERE id = ?", &[txn.to_string().into(), id.into()])
    }

    /// Ends the request of a turn. The turn is then in `state`.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn end_request(
        &self,
        id: &str,
        state: TurnState,
        end: &RequestEnd,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let row = [state.name().into(), json("turns", &end.outcome)?, end.error.clone().into(), millis(at), id.into()];
        self.execute("UPDATE turns SET state = ?, outcome = ?, error = ?, ended_ms = ? WHERE id = ?", &row)
    }

    /// Sets the state of a turn.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn set_turn_state(&self, id: &str, state: TurnState) -> Result<(), StoreError> {
        self.execute("UPDATE turns SET state = ? WHERE id = ?", &[state.name().into(), id.into()])
    }

    /// All turns in a state, the first accepted first.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn turns(&self, state: TurnState) -> Result<Vec<TurnRecord>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM turns WHERE state = ? ORDER BY position");
        self.query(&sql, &[state.name().into()])?.iter().map(record).collect()
    }

    /// All turns that are not over, and the one with this request, the first accepted first.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn open_turns(&self, request: Option<&str>) -> Result<Vec<TurnRecord>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM turns WHERE state <> 'ended' OR request = ? ORDER BY position");
        self.query(&sql, &[request.into()])?.iter().map(record).collect()
    }

    /// The turn with this request.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn turn_of_request(&self, request: &str) -> Result<Option<TurnRecord>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM turns WHERE request = ?");
        self.query(&sql, &[request.into()])?.first().map(record).transpose()
    }

    /// The turn whose request ended last, if it is kept.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn last_ended(&self) -> Result<Option<TurnRecord>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM turns WHERE outcome IS NOT NULL ORDER BY position DESC LIMIT 1");
        self.query(&sql, &[])?.first().map(record).transpose()
    }

    /// Adds chunks to the stream of a request, as one row. `first` is the number of the first chunk.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn add_chunks(&self, request: &str, first: u64, chunks: &[String]) -> Result<(), StoreError> {
        let row = [request.into(), first.into(), json("chunks", &chunks)?];
        self.execute("INSERT INTO chunks (stream, first, json) VALUES (?, ?, ?)", &row)
    }

    /// All stored chunks of a request, in order.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn chunks(&self, request: &str) -> Result<Vec<String>, StoreError> {
        let rows = self.query("SELECT json FROM chunks WHERE stream = ? ORDER BY first", &[request.into()])?;
        let mut chunks = Vec::new();
        for row in rows {
            let batch: Vec<String> = parse("chunks", &row.text(0)?)?;
            chunks.extend(batch);
        }
        Ok(chunks)
    }
}

fn record(row: &Row) -> Result<TurnRecord, StoreError> {
    let corrupt = |cause: String| StoreError::Corrupt { table: "turns", cause };
    let name = row.text(1)?;
    let state = TurnState::ALL.into_iter().find(|(_, known)| *known == name).map(|(state, _)| state);
    let txn = row.optional_text(8)?.map(|txn| txn.parse::<TxnId>()).transpose();
    let end = match row.optional_text(9)? {
        Some(outcome) => Some(RequestEnd { outcome: parse("turns", &outcome)?, error: row.optional_text(10)? }),
        None => None,
    };
    Ok(TurnRecord {
        id: row.text(0)?,
        state: state.ok_or_else(|| corrupt(format!("there is no state “{name}”")))?,
        request: RequestRecord {
            id: row.text(2)?,
            continuation: row.integer(3)? != 0,
            sender: Uuid::parse_str(&row.text(4)?).map_err(|error| corrupt(error.to_string()))?,
            principal: parse("turns", &row.text(5)?)?,
            message_ids: parse("turns", &row.text(6)?)?,
        },
        prompt: row.optional_text(7)?,
        txn: txn.map_err(|error| corrupt(error.to_string()))?,
        end,
        trace: row.optional_text(11)?.and_then(|trace| Trace::read(&trace)),
    })
}
