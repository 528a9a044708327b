//! Calls that wait for the person's consent. A row exists from the question until the call is carried out or refused.

use flux_model::ModelCall;
use serde_json::Value as Json;

use super::{Row, Sql, Store, StoreError, json, parse};

/// A call that waits for the person's consent, or has it and is not carried out yet.
#[derive(Debug, Clone, PartialEq)]
pub struct QuestionRecord {
    /// The id of the model's tool call.
    pub tool_call: String,
    /// The turn that asks.
    pub turn: String,
    /// The question, as the person sees it.
    pub question: String,
    /// The tool.
    pub tool: String,
    /// The arguments with everything resolved, as they are carried out.
    pub arguments: Json,
    /// A digest of what the call would affect when the person was asked.
    pub touches: i64,
    /// The calls of the same step that come after it.
    pub rest: Vec<ModelCall>,
    /// The person's answer.
    pub approved: Option<bool>,
}

const COLUMNS: &str = "tool_call, turn, question, tool, arguments, touches, rest, approved";

impl<S: Sql> Store<S> {
    /// Stores a question, or replaces the one about the same call.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn put_question(&self, question: &QuestionRecord) -> Result<(), StoreError> {
        let row = [
            question.tool_call.as_str().into(),
            question.turn.as_str().into(),
            question.question.as_str().into(),
            question.tool.as_str().into(),
            json("questions", &question.arguments)?,
            question.touches.into(),
            json("questions", &question.rest)?,
            question.approved.map(i64::from).into(),
        ];
        self.execute(&format!("INSERT OR REPLACE INTO questions ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"), &row)
    }

    /// The question about a call.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn question(&self, tool_call: &str) -> Result<Option<QuestionRecord>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM questions WHERE tool_call = ?");
        self.query(&sql, &[tool_call.into()])?.first().map(record).transpose()
    }

    /// The question that a turn has asked. A turn asks one at a time.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn question_of(&self, turn: &str) -> Result<Option<QuestionRecord>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM questions WHERE turn = ?");
        self.query(&sql, &[turn.into()])?.first().map(record).transpose()
    }

    /// Deletes the question about a call.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn delete_question(&self, tool_call: &str) -> Result<(), StoreError> {
        self.execute("DELETE FROM questions WHERE tool_call = ?", &[tool_call.into()])
    }
}

fn record(row: &Row) -> Result<QuestionRecord, StoreError> {
    Ok(QuestionRecord {
        tool_call: row.text(0)?,
        turn: row.text(1)?,
        question: row.text(2)?,
        tool: row.text(3)?,
        arguments: parse("questions", &row.text(4)?)?,
        touches: row.integer(5)?,
        rest: parse("questions", &row.text(6)?)?,
        approved: row.optional_integer(7)?.map(|approved| approved != 0),
    })
}
