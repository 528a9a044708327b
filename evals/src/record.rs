//! What is written down of an attempt at a case: one line of a run's journal, and everything that reports are made of.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::world::Change;

/// Which attempt: at which case, by which model, with which prompts, for the how manieth time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AttemptId {
    /// The case.
    pub case: String,
    /// The model, as it was named to the harness.
    pub model: String,
    /// The prompt versions in place of the current ones, `name@version`, joined by commas; empty where there are none.
    #[serde(default)]
    pub prompts: String,
    /// From 1 on.
    pub repeat: u32,
}

/// An attempt at a case, and how it went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Which.
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
    /// Why it could not be tried: the fault of the harness or the case, not of the model.
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
    /// Why the turn broke off, as the person was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The calls, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<CallRecord>,
    /// What is different on the timeline.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
    /// What was checked.
    pub verdicts: Vec<Verdict>,
    /// What it took.
    pub cost: Cost,
}

/// A call, and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CallRecord {
    /// The tool, or the model's word for it.
    pub tool: String,
    /// The arguments, as they were understood.
    pub arguments: Value,
    /// How it ended.
    pub outcome: CallOutcome,
    /// What the model was told.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub result: Value,
    /// Whether the arguments had to be repaired, or the name resolved, to be understood.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub repaired: bool,
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CallOutcome {
    /// It was carried out.
    Done,
    /// It was understood and not carried out, for a reason of the timeline's.
    Rejected,
    /// It did not fit its schema, or there is no such tool.
    Invalid,
    /// The person was asked and said no.
    Denied,
    /// It was never answered.
    Open,
}

/// A check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Its kind, e.g. `added`.
    pub check: String,
    /// Whether it passed.
    pub passed: bool,
    /// What was compared: what was expected, and what there was.
    pub compared: String,
}

/// What a turn took. Times are in ms of the real world.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// How often the model was asked, by the agent.
    pub steps: u32,
    /// How often it was asked by the architect.
    #[serde(default)]
    pub goal_steps: u32,
    /// Until the first piece of text or the first call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_ms: Option<u64>,
    /// Until the end of the turn.
    pub total_ms: u64,
    /// Tokens of the prompts, where the provider told them.
    pub input_tokens: u64,
    /// Tokens of the answers, where the provider told them.
    pub output_tokens: u64,
    /// Attempts after the first one of each request.
    pub retries: u32,
    /// Events of the streams that could not be read.
    pub skipped: u32,
}

impl Record {
    /// Every check that did not pass, with the number of its turn from 1 on.
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
