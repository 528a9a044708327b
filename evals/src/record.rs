//! The record of an attempt at a case: one line of a run's journal, with everything that reports need.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::picture::Change;

/// Identifies an attempt: the case, the model, the prompts and the attempt number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AttemptId {
    /// The case.
    pub case: String,
    /// The name of the model on the command line.
    pub model: String,
    /// The prompt versions that replace the current ones, `name@version`, joined by commas. Empty if there are none.
    #[serde(default)]
    pub prompts: String,
    /// The attempt number, starting at 1.
    pub repeat: u32,
}

/// An attempt at a case, and its result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Identifies the attempt.
    #[serde(flatten)]
    pub id: AttemptId,
    /// The suite of the case.
    pub suite: String,
    /// Its category.
    pub category: String,
    /// Its tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Whether every check of every turn passed.
    pub passed: bool,
    /// The turns, in order.
    pub turns: Vec<TurnRecord>,
    /// Why the attempt could not be made: a fault of the harness or the case, not of the model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
}

/// A turn.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TurnRecord {
    /// What the person said.
    pub said: String,
    /// What the agent answered.
    pub reply: String,
    /// Why the turn broke off, in the words for the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The calls, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<CallRecord>,
    /// The changes of the timeline.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
    /// The results of the checks.
    pub verdicts: Vec<Verdict>,
    /// The cost of the turn.
    pub cost: Cost,
}

/// A call and its result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CallRecord {
    /// The tool, or the name that the model used.
    pub tool: String,
    /// The arguments after repair.
    pub arguments: Value,
    /// How it ended.
    pub outcome: CallOutcome,
    /// The result that the model got.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub result: Value,
    /// Whether the arguments had to be repaired or the name resolved.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub repaired: bool,
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CallOutcome {
    /// It was carried out.
    Done,
    /// It was valid, but the timeline rejected it.
    Rejected,
    /// It did not match its schema, or there is no such tool.
    Invalid,
    /// The person was asked and refused.
    Denied,
    /// It was never answered.
    Open,
}

/// The result of a check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Its kind, e.g. `added`.
    pub check: String,
    /// Whether it passed.
    pub passed: bool,
    /// The comparison in words: what was expected, and what was found.
    pub compared: String,
}

/// The cost of a turn. Times are in ms of real time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// How often the agent asked the model.
    pub steps: u32,
    /// How often the architect asked the model.
    #[serde(default)]
    pub goal_steps: u32,
    /// Time until the first text or call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_ms: Option<u64>,
    /// Time until the end of the turn.
    pub total_ms: u64,
    /// Tokens of the prompts, if the provider reported them.
    pub input_tokens: u64,
    /// Tokens of the answers, if the provider reported them.
    pub output_tokens: u64,
    /// Retries of requests.
    pub retries: u32,
    /// Events of the streams that could not be read.
    pub skipped: u32,
}

impl Record {
    /// Whether an order in data was followed (the check `order`). `None` if there was none, or if a turn broke off before it was.
    pub fn followed(&self) -> Option<bool> {
        let verdicts = self.turns.iter().flat_map(|turn| &turn.verdicts);
        let is_followed = verdicts.filter(|verdict| verdict.check == "order").map(|verdict| !verdict.passed).max()?;
        let is_whole = self.turns.iter().all(|turn| turn.error.is_none());
        (is_followed || is_whole).then_some(is_followed)
    }

    /// All failed checks, each with the number of its turn, starting at 1.
    pub fn failures(&self) -> impl Iterator<Item = (usize, &Verdict)> {
        self.turns
            .iter()
            .enumerate()
            .flat_map(|(index, turn)| turn.verdicts.iter().map(move |verdict| (index + 1, verdict)))
            .filter(|(_, verdict)| !verdict.passed)
    }

    /// All calls of all turns.
    pub fn calls(&self) -> impl Iterator<Item = &CallRecord> {
        self.turns.iter().flat_map(|turn| &turn.calls)
    }
}
