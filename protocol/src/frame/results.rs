//! Results of calls, and the snapshot that a client gets when it connects.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use flux_timeline::run::LeftOut;
use flux_timeline::timeline::Content;
use flux_timeline::{Block, BlockId, Event, EventId, PlanId};
use serde::{Deserialize, Serialize};

use super::is_false;

/// The timeline at the moment when a client connects.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    /// The number of the last event that it contains.
    pub seq: u64,
    /// Identifies the log: the id of its first event. It changes when everything is deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log: Option<EventId>,
    /// Settings, plans, and the blocks that matter now; see `complete`.
    pub timeline: Content,
    /// Whether all blocks of the plans in use are included. If not, `getBlocks` returns the others.
    pub complete: bool,
    /// If blocks with a time are left out: those that are included begin here, apart from overdue ones.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "flux_timeline::clock::optional_instant"
    )]
    pub since: Option<DateTime<Utc>>,
    /// Whether there are blocks after the last included one.
    #[serde(default, skip_serializing_if = "is_false")]
    pub has_more: bool,
    /// Which model answers.
    pub model: ModelInfo,
}

/// A reminder that has come. It is known by its block: one of the same block replaces it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reminder {
    /// The block.
    pub block: Block,
    /// When it came.
    #[serde(deserialize_with = "flux_timeline::clock::instant")]
    pub at: DateTime<Utc>,
}

/// The timeline at an earlier moment: the result of `getTimelineAt`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PastSnapshot {
    /// The number of the event after which the timeline was like this.
    pub seq: u64,
    /// When that event was written. `None` before the first event.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "flux_timeline::clock::optional_instant"
    )]
    pub at: Option<DateTime<Utc>>,
    /// Settings, plans, and the blocks that mattered then; no runs.
    pub timeline: Content,
    /// Whether all blocks with a time of the plans that were in use are included. Of the tasks without a time, the 200 newest that were
    /// open are included.
    pub complete: bool,
    /// How the present differs from it.
    pub differences: Differences,
}

/// What changed between then and now, in all visible plans.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Differences {
    /// Number of blocks that were added.
    pub added: u64,
    /// Number of blocks that were removed.
    pub removed: u64,
    /// Number of blocks that changed.
    pub changed: u64,
    /// The first of these blocks: removed and changed ones come before added ones.
    pub blocks: Vec<BlockPair>,
}

/// A block then and now. At least one of the two is present.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BlockPair {
    /// The block then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub then: Option<Block>,
    /// The block now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<Block>,
}

/// A page of the log, with the causes of its events: the result of `getEvents`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EventPage {
    /// The events.
    pub events: Vec<Event>,
    /// The number of the last event in the log.
    pub last: u64,
    /// Causes of the assistant's turns among them, by request. Empty if the conversation was cleared.
    #[serde(default)]
    pub causes: BTreeMap<String, Cause>,
    /// Goals of the architect's runs among them, by run.
    #[serde(default)]
    pub goals: BTreeMap<String, String>,
}

/// The message that led to a turn of the assistant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// Id of the person's message.
    pub question: String,
    /// Id of the answer. The answer no longer exists if the person asked for another one.
    pub answer: String,
    /// What the person said: the first 200 characters.
    pub words: String,
}

/// Numbers of events, blocks, plans and messages: the result of `getCounts`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// Events of the log.
    pub events: u64,
    /// The same by type, e.g. `BLOCK_MOVED`.
    pub by_type: BTreeMap<String, u64>,
    /// The same by actor: `user`, `assistant`, `workflow` or `system`.
    pub by_actor: BTreeMap<String, u64>,
    /// Blocks of all plans, including archived ones.
    pub blocks: BlockCounts,
    /// Plans in use.
    pub plans: u64,
    /// Plans that are archived.
    pub archived_plans: u64,
    /// Messages of the conversation.
    pub messages: u64,
    /// Outcomes of turns, by version of the system prompt.
    #[serde(default)]
    pub prompts: Vec<PromptCounts>,
}

/// Outcomes of the turns with one version of the system prompt. The continuation after the person's consent counts as another
/// turn.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PromptCounts {
    /// The version, e.g. `system@2`.
    pub prompt: String,
    /// All turns.
    pub turns: u64,
    /// Turns with a complete answer.
    pub completed: u64,
    /// Turns that failed, or whose process died.
    pub failed: u64,
    /// Turns that the person stopped.
    pub stopped: u64,
    /// Calls of tools.
    pub calls: u64,
    /// Calls that did not match their schema.
    pub invalid_calls: u64,
    /// Calls that matched their schema and were rejected.
    pub rejected_calls: u64,
    /// Number of attempts to reach the model that failed and were repeated.
    pub retries: u64,
    /// Transactions that are undone now.
    pub undone: u64,
    /// Tokens of prompts, if the provider reported them.
    pub input_tokens: u64,
    /// Tokens of answers.
    pub output_tokens: u64,
    /// Total duration of the turns, in ms.
    pub total_ms: u64,
}

/// How many blocks there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockCounts {
    /// Tasks that are not completed.
    pub open: u64,
    /// Completed blocks.
    pub done: u64,
    /// Appointments that are not completed.
    #[serde(default)]
    pub appointments: u64,
}

impl BlockCounts {
    /// All blocks.
    pub const fn all(self) -> u64 {
        self.open + self.done + self.appointments
    }
}

/// Times for tasks that are overdue or have none: the result of `suggestTimes`. Nothing is changed by it; `placeTasks` takes the times.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SuggestedTimes {
    /// The times that were found, by start.
    pub times: Vec<SuggestedTime>,
    /// The tasks for which none was found.
    pub left_out: Vec<LeftOut>,
    /// How many overdue tasks were not tried, because only so many get new times at once.
    pub more: u64,
}

/// A time for a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuggestedTime {
    /// The task.
    pub id: BlockId,
    /// When it would start.
    #[serde(deserialize_with = "flux_timeline::clock::instant")]
    pub start: DateTime<Utc>,
    /// When it would end.
    #[serde(deserialize_with = "flux_timeline::clock::instant")]
    pub end: DateTime<Utc>,
}

/// A page of blocks: the result of `getBlocks`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BlockPage {
    /// The plan that was asked about. `None` means all plans in use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<PlanId>,
    /// Ordered by start, then by handle.
    pub blocks: Vec<Block>,
    /// Whether there are no more blocks in the requested direction.
    pub complete: bool,
}

/// Which model answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelInfo {
    /// `workers-ai`, `openai` or `offline`.
    pub provider: String,
    /// The provider's name of the model.
    pub name: String,
}

/// How far the import of a file is: the answer to each part of it, and to the question about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportProgress {
    /// What is being done.
    pub state: ImportState,
    /// The number of bytes that arrived.
    pub bytes: u64,
    /// The number of bytes that were checked.
    pub checked: u64,
    /// The number of events that were checked.
    pub events: u64,
    /// The number of messages that were checked.
    pub messages: u64,
    /// What is wrong with the file, if the import has failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// The states of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ImportState {
    /// Parts of the file are still to arrive.
    Receiving,
    /// The file is being checked.
    Checking,
    /// The object has the timeline and the conversation of the file.
    Done,
    /// Something is wrong with the file, and nothing was changed.
    Failed,
}

impl ImportState {
    /// `receiving`, `checking`, `done` or `failed`, as on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Receiving => "receiving",
            Self::Checking => "checking",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
}
