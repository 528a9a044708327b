//! What may be asked of a timeline, wherever it is stored.
//!
//! [`decide`](crate::decide()) and the queries are written against this trait, so that the store answers from indexed
//! SQL rows and the client and tests from memory, by the same rules. Blocks of deleted plans are never seen through it.

use chrono::{DateTime, TimeDelta, Utc};

use crate::block::Block;
use crate::event::Event;
use crate::id::{BlockId, Handle, PlanId, RunId, TxnId};
use crate::plan::Plan;
use crate::run::Run;
use crate::settings::Settings;
use crate::span::Span;

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
    /// Blocks that fit, by start and then by handle, at most `query.limit`.
    fn blocks(&self, query: &BlockQuery) -> Result<Vec<Block>, Self::Error>;
    /// When the open blocks lie that share a moment with `from..to`, in no stated order.
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
}

/// How many blocks a plan has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PlanCounts {
    /// Not completed.
    pub open: u64,
    /// Completed.
    pub done: u64,
}

/// Which blocks are asked for. The default is: all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockQuery {
    /// Only of this plan.
    pub plan: Option<PlanId>,
    /// Only those whose title fits.
    pub title: Option<TitleMatch>,
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
    /// At most this many.
    pub limit: usize,
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

impl Default for BlockQuery {
    fn default() -> Self {
        Self {
            plan: None,
            title: None,
            ends_after: None,
            ends_by: None,
            starts_from: None,
            starts_before: None,
            state: BlockState::Any,
            except: None,
            limit: usize::MAX,
        }
    }
}

impl BlockQuery {
    /// What shares a moment with `start..end`.
    pub fn overlapping(start: DateTime<Utc>, end: DateTime<Utc>) -> Self {
        Self { ends_after: Some(start), starts_before: Some(end), ..Self::default() }
    }

    /// The earliest start that a block which fits can have, from the bound on its end and the longest block there is:
    /// what lets an index on the start answer a question about the end.
    pub fn earliest_start(&self) -> Option<DateTime<Utc>> {
        let by_end = self
            .ends_after
            .and_then(|end| end.checked_sub_signed(crate::limits::LONGEST_BLOCK + TimeDelta::milliseconds(1)));
        self.starts_from.max(by_end)
    }

    /// Whether a block fits, `limit` apart.
    pub fn matches(&self, block: &Block) -> bool {
        let (start, end) = (block.span.start(), block.span.end());
        self.plan.is_none_or(|plan| block.plan == plan)
            && self.except.is_none_or(|id| block.id != id)
            && self.ends_after.is_none_or(|bound| end > bound)
            && self.ends_by.is_none_or(|bound| end <= bound)
            && self.starts_from.is_none_or(|bound| start >= bound)
            && self.starts_before.is_none_or(|bound| start < bound)
            && match self.state {
                BlockState::Any => true,
                BlockState::Open => block.is_open(),
                BlockState::Done => !block.is_open(),
            }
            && self.title.as_ref().is_none_or(|title| title.matches(&block.title.key()))
    }
}

impl TitleMatch {
    /// Whether a title key fits.
    pub fn matches(&self, key: &str) -> bool {
        match self {
            Self::Is(wanted) => key == wanted,
            Self::Contains(words) => words.iter().all(|word| key.contains(word.as_str())),
        }
    }
}
