//! What may be asked of a timeline, wherever it is stored.
//!
//! [`decide`](crate::decide()) and the queries are written against this trait, so that the store answers from indexed
//! SQL rows and the client and tests from memory, by the same rules. Blocks of deleted plans are never seen through it.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::block::{Block, Priority};
use crate::event::Event;
use crate::id::{BlockId, Handle, PlanId, RunId, TxnId};
use crate::plan::Plan;
use crate::run::Run;
use crate::settings::Settings;
use crate::span::{Span, to_millis};
use crate::text::title_key;

/// A timeline that can be read.
pub trait TimelineView {
    /// What can go wrong while reading; [`std::convert::Infallible`] in memory.
    type Error;

    /// The person's settings.
    fn settings(&self) -> Result<Settings, Self::Error>;
    /// The active plan; `None` only before the first plan is made.
    fn active_plan(&self) -> Result<Option<Plan>, Self::Error>;
    /// All plans, oldest first.
    fn plans(&self) -> Result<Vec<Plan>, Self::Error>;
    /// How many blocks of a plan are open and done.
    fn plan_counts(&self, plan: PlanId) -> Result<PlanCounts, Self::Error>;
    /// The block with this id.
    fn block(&self, id: BlockId) -> Result<Option<Block>, Self::Error>;
    /// The block with this handle.
    fn block_by_handle(&self, handle: Handle) -> Result<Option<Block>, Self::Error>;
    /// Blocks that fit, by start and then by handle, at most `query.limit`: the first ones, or the last.
    fn blocks(&self, query: &BlockQuery) -> Result<Vec<Block>, Self::Error>;
    /// When the open blocks of plans in use lie that share a moment with `from..to`, in no stated order.
    fn busy(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<Vec<Span>, Self::Error>;
    /// The run with this id.
    fn run(&self, id: RunId) -> Result<Option<Run>, Self::Error>;
    /// Runs of the architect, newest first, at most `limit`.
    fn runs(&self, limit: usize) -> Result<Vec<Run>, Self::Error>;
    /// Runs that are under way, newest first.
    fn running(&self) -> Result<Vec<Run>, Self::Error>;
    /// How many blocks are stored, those of deleted plans included.
    fn stored_blocks(&self) -> Result<u64, Self::Error>;
    /// The handle that the next block gets.
    fn next_handle(&self) -> Result<Handle, Self::Error>;
    /// The transaction that undo takes back next.
    fn undoable(&self) -> Result<Option<TxnId>, Self::Error>;
    /// The transaction that redo applies next.
    fn redoable(&self) -> Result<Option<TxnId>, Self::Error>;
    /// The events of a transaction, in order. Empty where there is none.
    fn transaction(&self, txn: TxnId) -> Result<Vec<Event>, Self::Error>;
    /// The transaction that took this one back; none where it stands.
    fn undone_by(&self, txn: TxnId) -> Result<Option<TxnId>, Self::Error>;
    /// The newest event after `seq` that is about a plan, block or run, has one of these names, and stands: its
    /// transaction is not undone.
    fn last_edit(&self, subject: Uuid, seq: u64, names: &[&'static str]) -> Result<Option<Event>, Self::Error>;
    /// The number of the newest event; 0 where there is none.
    fn last_seq(&self) -> Result<u64, Self::Error>;
    /// Plans and settings as they were after an event.
    fn frame_at(&self, seq: u64) -> Result<Frame, Self::Error>;
    /// The blocks that are not what they were after an event, those of deleted plans included, in the order of their ids.
    fn differences(&self, seq: u64) -> Result<Vec<BlockDifference>, Self::Error>;
}

/// A timeline without its blocks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Frame {
    /// The person's settings.
    pub settings: Settings,
    /// All plans, oldest first.
    pub plans: Vec<Plan>,
    /// The active one.
    pub active_plan: Option<PlanId>,
}

/// A block that is not what it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlockDifference {
    /// It was not there.
    Added(Block),
    /// It is no longer there.
    Removed(Block),
    /// It was another.
    Changed {
        /// What it was.
        then: Block,
        /// What it is.
        now: Block,
    },
}

impl BlockDifference {
    /// The difference, if there is one.
    pub fn new(then: Option<Block>, now: Option<Block>) -> Option<Self> {
        match (then, now) {
            (None, Some(block)) => Some(Self::Added(block)),
            (Some(block), None) => Some(Self::Removed(block)),
            (Some(then), Some(now)) if then != now => Some(Self::Changed { then, now }),
            _ => None,
        }
    }

    /// The plan of the block, which never changes.
    pub fn plan(&self) -> PlanId {
        match self {
            Self::Added(block) | Self::Removed(block) | Self::Changed { now: block, .. } => block.plan,
        }
    }
}

/// How many blocks a plan has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PlanCounts {
    /// Not completed.
    pub open: u64,
    /// Completed.
    pub done: u64,
}

/// Which blocks are asked for. The default is: all of them, in all plans that are in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockQuery {
    /// Only of this plan, also an archived one; none is all plans that are in use.
    pub plan: Option<PlanId>,
    /// Only those whose title fits.
    pub title: Option<TitleMatch>,
    /// Only those that say each of these somewhere: in the title, the handle, a tag or the description. As
    /// [`TitleMatch::words`] gives them.
    pub words: Vec<String>,
    /// Only of this priority.
    pub priority: Option<Priority>,
    /// Only those that end after this.
    pub ends_after: Option<DateTime<Utc>>,
    /// Only those that end at or before this.
    pub ends_by: Option<DateTime<Utc>>,
    /// Only those that start at or after this.
    pub starts_from: Option<DateTime<Utc>>,
    /// Only those that start before this.
    pub starts_before: Option<DateTime<Utc>>,
    /// Only open or only completed ones.
    pub state: BlockState,
    /// Not this one.
    pub except: Option<BlockId>,
    /// Only those that come after this place.
    pub after: Option<BlockPlace>,
    /// Only those that come before this place.
    pub before: Option<BlockPlace>,
    /// At most this many.
    pub limit: usize,
    /// Whether it is the last ones that are given where more than `limit` fit, and not the first.
    pub last: bool,
}

/// A place in the order of blocks, which is by start and then by handle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct BlockPlace {
    start: DateTime<Utc>,
    handle: Handle,
}

impl BlockPlace {
    /// The place of a block that starts then, to the millisecond, and has this handle.
    pub fn new(start: DateTime<Utc>, handle: Handle) -> Self {
        Self { start: to_millis(start), handle }
    }

    /// When the block starts.
    pub const fn start(self) -> DateTime<Utc> {
        self.start
    }

    /// Its handle.
    pub const fn handle(self) -> Handle {
        self.handle
    }
}

/// How a title fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TitleMatch {
    /// It is this [`title_key`](crate::text::title_key).
    Is(String),
    /// Its key contains each of these, in any order.
    Contains(Vec<String>),
}

/// Open, completed, or both.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum BlockState {
    /// Both.
    #[default]
    Any,
    /// Not completed.
    Open,
    /// Completed.
    Done,
}

impl BlockState {
    /// `open`, `done` or nothing, as part of a sentence.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Any => "",
            Self::Open => "open",
            Self::Done => "done",
        }
    }
}

impl Default for BlockQuery {
    fn default() -> Self {
        Self {
            plan: None,
            title: None,
            words: Vec::new(),
            priority: None,
            ends_after: None,
            ends_by: None,
            starts_from: None,
            starts_before: None,
            state: BlockState::Any,
            except: None,
            after: None,
            before: None,
            limit: usize::MAX,
            last: false,
        }
    }
}

impl BlockQuery {
    /// What shares a moment with `start..end`.
    pub fn overlapping(start: DateTime<Utc>, end: DateTime<Utc>) -> Self {
        Self { ends_after: Some(start), starts_before: Some(end), ..Self::default() }
    }

    /// The earliest start that a block which fits can have, from the bounds on its place and on its end and the longest block
    /// there is: what lets an index on the start answer a question about the end.
    pub fn earliest_start(&self) -> Option<DateTime<Utc>> {
        let by_end = self
            .ends_after
            .and_then(|end| end.checked_sub_signed(crate::limits::LONGEST_BLOCK + TimeDelta::milliseconds(1)));
        self.starts_from.max(by_end).max(self.after.map(BlockPlace::start))
    }

    /// Whether a block fits, `limit` and whether its plan is in use apart.
    pub fn matches(&self, block: &Block) -> bool {
        let (start, end) = (block.span.start(), block.span.end());
        self.plan.is_none_or(|plan| block.plan == plan)
            && self.except.is_none_or(|id| block.id != id)
            && self.after.is_none_or(|place| BlockPlace::new(start, block.handle) > place)
            && self.before.is_none_or(|place| BlockPlace::new(start, block.handle) < place)
            && self.ends_after.is_none_or(|bound| end > bound)
            && self.ends_by.is_none_or(|bound| end <= bound)
            && self.starts_from.is_none_or(|bound| start >= bound)
            && self.starts_before.is_none_or(|bound| start < bound)
            && match self.state {
                BlockState::Any => true,
                BlockState::Open => block.is_open(),
                BlockState::Done => !block.is_open(),
            }
            && self.priority.is_none_or(|priority| block.priority == priority)
            && self.title.as_ref().is_none_or(|title| title.matches(&block.title.key()))
            && self.has_words(block)
    }

    fn has_words(&self, block: &Block) -> bool {
        if self.words.is_empty() {
            return true;
        }
        let text = [block.title.key(), block.details_key()].join(" ");
        self.words.iter().all(|word| text.contains(word.as_str()))
    }
}

impl TitleMatch {
    /// The words of a search, as they are looked for.
    pub fn words(text: &str) -> Vec<String> {
        title_key(text).split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()
    }

    /// Whether a title key fits.
    pub fn matches(&self, key: &str) -> bool {
        match self {
            Self::Is(wanted) => key == wanted,
            Self::Contains(words) => words.iter().all(|word| key.contains(word.as_str())),
        }
    }
}
