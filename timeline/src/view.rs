//! Traits for reading a timeline, wherever it is stored.
//!
//! The rules of [`decide`](crate::decide()) and the queries use these traits. The same rules therefore run on the store, which
//! reads indexed SQL rows, and in memory, where the client and the tests use them. Each rule names only the parts that it reads,
//! so a source may implement some of the traits: the page has plans, blocks and runs, but no history.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::block::{Block, Kind, Priority};
use crate::days::WIDENED;
use crate::event::Event;
use crate::goal::Goal;
use crate::id::{BlockId, Handle, PlanId, RunId, SeriesId, TxnId};
use crate::plan::Plan;
use crate::run::Run;
use crate::series::Series;
use crate::settings::Settings;
pub use crate::snapshot::PlanSnapshot;
use crate::span::{Span, to_millis};
use crate::text::title_key;
use crate::zone::Zone;

/// The source of a timeline. It says how reading fails; the traits that follow say what can be read.
pub trait View {
    /// Why a read failed; [`std::convert::Infallible`] in memory.
    type Error;
}

/// Reads the settings and the plans.
pub trait ReadPlans: View {
    /// Returns the person's settings.
    ///
    /// # Errors
    /// If the source cannot be read.
    fn settings(&self) -> Result<Settings, Self::Error>;

    /// Returns the active plan. It is `None` only until the first plan is created.
    ///
    /// # Errors
    /// If the source cannot be read.
    fn active_plan(&self) -> Result<Option<Plan>, Self::Error>;

    /// Returns all plans, oldest first.
    ///
    /// # Errors
    /// If the source cannot be read.
    fn plans(&self) -> Result<Vec<Plan>, Self::Error>;

    /// Returns the plan with this id.
    ///
    /// # Errors
    /// If the source cannot be read.
    fn plan(&self, id: PlanId) -> Result<Option<Plan>, Self::Error>;

    /// Counts the blocks of a plan.
    ///
    /// # Errors
    /// If the source cannot be read.
    fn plan_counts(&self, plan: PlanId) -> Result<PlanCounts, Self::Error>;
}

/// Reads blocks. Blocks of deleted plans are hidden, except from [`stored_blocks`](ReadBlocks::stored_blocks).
pub trait ReadBlocks: View {
    /// Returns the block with this id.
    ///
    /// # Errors
    /// If the source cannot be read.
    fn block(&self, id: BlockId) -> Result<Option<Block>, Self::Error>;

    /// Returns the block with this handle.
    ///
    /// # Errors
    /// If the source cannot be read.
    fn block_by_handle(&self, handle: Handle) -> Result<Option<Block>, Self::Error>;

    /// Returns the first or the last `query.limit` blocks that match, sorted by the start of their [bounds](crate::When::bounds) and then
    /// by handle. Those without a time come first.
    ///
    /// # Errors
    /// If the source cannot be read.
    fn blocks(&self, query: &BlockQuery) -> Result<Vec<Block>, Self::Error>;

    /// Counts the blocks that match, up to `query.limit`.
    ///
    /// # Errors
    /// If the source cannot be read.
    fn count_blocks(&self, query: &BlockQuery) -> Result<u64, Self::Error>;

    /// Returns the spans of all open blocks that overlap `from..to` and belong to plans in use, in any order. All-day blocks take up no
    /// time.
    ///
    /// # Errors
    /// If the source cannot be read.
    fn busy(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<Vec<Span>, Self::Error>;

    /// Returns the block with this id, even if its plan is deleted.
    ///
    /// # Errors
    /// If the source cannot be read.
    fn stored_block(&self, id: BlockId) -> Result<Option<Block>, Self::Error>;

    /// Returns whether a block has this handle, including blocks of deleted plans.
    ///
    /// # Errors
    /// If the source cannot be read.
    fn is_handle_used(&self, handle: Handle) -> Result<bool, Self::Error>;

    /// Counts all stored blocks, including those of deleted plans.
    ///
    /// # Errors
    /// If the source cannot be read.
    fn stored_blocks(&self) -> Result<u64, Self::Error>;

    /// Returns the handle for the next new block.
    ///
    /// # Errors
    /// If the source cannot be read.
    fn next_handle(&self) -> Result<Handle, Self::Error>;
}

/// Reads what repeats.
pub trait ReadSeries: View {
    /// Returns all series by id, including those of deleted plans.
    ///
    /// # Errors
    /// If the source cannot be read.
    fn all_series(&self) -> Result<Vec<Series>, Self::Error>;

    /// Returns the series with this id, even if its plan is deleted.
    ///
    /// # Errors
    /// If the source cannot be read.
    fn series(&self, id: SeriesId) -> Result<Option<Series>, Self::Error>;
}

/// Reads goals.
pub trait ReadGoals: View {
    /// Returns all goals by id, including those of deleted plans.
    ///
    /// # Errors
    /// If the source cannot be read.
    fn goals(&self) -> Result<Vec<Goal>, Self::Error>;

    /// Returns the goal with this id, even if its plan is deleted.
    ///
    /// # Errors
    /// If the source cannot be read.
    fn goal(&self, id: RunId) -> Result<Option<Goal>, Self::Error>;
}

/// Reads the runs of the architect.
pub trait ReadRuns: View {
    /// Returns the run with this id.
    ///
    /// # Errors
    /// If the source cannot be read.
    fn run(&self, id: RunId) -> Result<Option<Run>, Self::Error>;

    /// Returns at most `limit` runs, newest first.
    ///
    /// # Errors
    /// If the source cannot be read.
    fn runs(&self, limit: usize) -> Result<Vec<Run>, Self::Error>;

    /// Returns all runs that have not ended, newest first.
    ///
    /// # Errors
    /// If the source cannot be read.
    fn running(&self) -> Result<Vec<Run>, Self::Error>;
}

/// Reads the log and past versions of the timeline.
pub trait ReadHistory: View {
    /// Returns the transaction that the next undo reverts.
    ///
    /// # Errors
    /// If the source cannot be read.
    fn undoable(&self) -> Result<Option<TxnId>, Self::Error>;

    /// Returns the transaction that the next redo applies again.
    ///
    /// # Errors
    /// If the source cannot be read.
    fn redoable(&self) -> Result<Option<TxnId>, Self::Error>;

    /// Returns the events of a transaction in order. The list is empty if there is no such transaction.
    ///
    /// # Errors
    /// If the source cannot be read.
    fn transaction(&self, txn: TxnId) -> Result<Vec<Event>, Self::Error>;

    /// Returns whether there is such a transaction.
    ///
    /// # Errors
    /// If the source cannot be read.
    fn has_transaction(&self, txn: TxnId) -> Result<bool, Self::Error>;

    /// Returns whether this transaction can be undone, later edits apart: it has events that undo reverts, and is not undone.
    ///
    /// # Errors
    /// If the source cannot be read.
    fn is_in_effect(&self, txn: TxnId) -> Result<bool, Self::Error>;

    /// Returns the transaction that undid this one, or `None` if it is in effect.
    ///
    /// # Errors
    /// If the source cannot be read.
    fn undone_by(&self, txn: TxnId) -> Result<Option<TxnId>, Self::Error>;

    /// Returns the newest event after `seq` that is about `subject` (a plan, block, series, goal or run), has one of these
    /// [names](crate::EventKind::name), [can be undone](Event::is_undoable), and belongs to a transaction that is not undone.
    ///
    /// # Errors
    /// If the source cannot be read.
    fn last_edit(&self, subject: Uuid, seq: u64, names: &[&'static str]) -> Result<Option<Event>, Self::Error>;

    /// Returns the number of the newest event, or 0 if the log is empty.
    ///
    /// # Errors
    /// If the source cannot be read.
    fn last_seq(&self) -> Result<u64, Self::Error>;

    /// Returns the settings and plans as they were after event `seq`.
    ///
    /// # Errors
    /// If the source cannot be read.
    fn plans_at(&self, seq: u64) -> Result<PlanSnapshot, Self::Error>;

    /// Returns the series as they were after event `seq`, by id, including those of deleted plans.
    ///
    /// # Errors
    /// If the source cannot be read.
    fn series_at(&self, seq: u64) -> Result<Vec<Series>, Self::Error>;

    /// Returns the goals as they were after event `seq`, by id, including those of deleted plans.
    ///
    /// # Errors
    /// If the source cannot be read.
    fn goals_at(&self, seq: u64) -> Result<Vec<Goal>, Self::Error>;

    /// Returns every block that has changed since event `seq`, sorted by id. Includes the blocks of deleted plans.
    ///
    /// # Errors
    /// If the source cannot be read.
    fn differences(&self, seq: u64) -> Result<Vec<BlockDifference>, Self::Error>;
}

/// A timeline of which every part can be read, as [`decide`](crate::decide()) needs it.
pub trait TimelineView: ReadPlans + ReadBlocks + ReadSeries + ReadGoals + ReadRuns + ReadHistory {}

impl<V: ReadPlans + ReadBlocks + ReadSeries + ReadGoals + ReadRuns + ReadHistory> TimelineView for V {}

/// A block that is not what it was.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(
    clippy::large_enum_variant,
    reason = "most are changes, so a box would be one more allocation; on wasm32 it is small enough"
)]
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
    /// Tasks that are not completed.
    pub open: u64,
    /// Completed blocks.
    pub done: u64,
    /// Appointments that are not completed: those to come, those that are over, and those that were missed.
    pub appointments: u64,
}

impl PlanCounts {
    /// The count that includes this block.
    pub fn of(&mut self, block: &Block) -> &mut u64 {
        match (block.completed_at, block.kind) {
            (Some(_), _) => &mut self.done,
            (None, Kind::Task) => &mut self.open,
            (None, Kind::Appointment) => &mut self.appointments,
        }
    }

    /// All blocks.
    pub const fn all(self) -> u64 {
        self.open + self.done + self.appointments
    }
}

/// The blocks of these plans that match, as [`ReadBlocks::blocks`] would find them, by one query for each plan: the index of tasks to be
/// done begins with the plan.
///
/// # Errors
/// If the source cannot be read.
pub fn blocks_of_each<V: ReadBlocks>(view: &V, plans: &[PlanId], query: &BlockQuery) -> Result<Vec<Block>, V::Error> {
    let mut blocks = Vec::new();
    for plan in plans {
        blocks.extend(view.blocks(&BlockQuery { plan: Some(*plan), ..query.clone() })?);
    }
    blocks.sort_unstable_by_key(|block| (BlockPlace::of(block), block.handle));
    if query.last {
        blocks.drain(..blocks.len().saturating_sub(query.limit));
    }
    blocks.truncate(query.limit);
    Ok(blocks)
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
    /// Only those with a time or with days, or only those without.
    pub has_time: Option<bool>,
    /// Only all-day blocks, or only the others.
    pub all_day: Option<bool>,
    /// Only those that end after this. This and the bounds and places that follow leave out blocks without a time. An all-day block
    /// begins and ends with its days in the person's zone.
    pub ends_after: Option<DateTime<Utc>>,
    /// Only those that end at or before this.
    pub ends_by: Option<DateTime<Utc>>,
    /// Only those that start at or after this.
    pub starts_from: Option<DateTime<Utc>>,
    /// Only those that start before this.
    pub starts_before: Option<DateTime<Utc>>,
    /// Only those in this state.
    pub state: BlockState,
    /// Only those of this series.
    pub series: Option<SeriesId>,
    /// Only those of this goal.
    pub goal: Option<RunId>,
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

/// A place in the order of blocks, which is by the start of their [bounds](crate::When::bounds) and then by handle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct BlockPlace {
    start: DateTime<Utc>,
    handle: Handle,
}

impl BlockPlace {
    /// The place of a block; `None` if it has no time.
    pub fn of(block: &Block) -> Option<Self> {
        block.when().map(|when| Self::new(when.bounds().0, block.handle))
    }

    /// The place of a block whose bounds start then, to the millisecond, and that has this handle.
    pub fn new(start: DateTime<Utc>, handle: Handle) -> Self {
        Self { start: to_millis(start), handle }
    }

    /// When the bounds of the block start.
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

/// The state of a block.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum BlockState {
    /// Any.
    #[default]
    Any,
    /// Neither completed nor missed.
    Open,
    /// A task that is not completed.
    ToDo,
    /// Completed.
    Done,
}

impl BlockState {
    /// `open`, `done` or nothing, as part of a sentence.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Any => "",
            Self::Open | Self::ToDo => "open",
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
            has_time: None,
            all_day: None,
            ends_after: None,
            ends_by: None,
            starts_from: None,
            starts_before: None,
            state: BlockState::Any,
            series: None,
            goal: None,
            except: None,
            after: None,
            before: None,
            limit: usize::MAX,
            last: false,
        }
    }
}

impl BlockQuery {
    /// The tasks of a plan, or of all plans in use, that have no time yet and are not completed.
    pub fn inbox(plan: Option<PlanId>) -> Self {
        Self { plan, has_time: Some(false), state: BlockState::ToDo, ..Self::default() }
    }

    /// What shares a moment with `start..end`.
    pub fn overlapping(start: DateTime<Utc>, end: DateTime<Utc>) -> Self {
        Self { ends_after: Some(start), starts_before: Some(end), ..Self::default() }
    }

    /// The earliest start that the bounds of a block which fits can have, if those of no block are further apart than `longest`. This lets
    /// an index on the start answer a question about the end.
    pub fn earliest_start(&self, longest: TimeDelta) -> Option<DateTime<Utc>> {
        let earlier = |bound: DateTime<Utc>, by: TimeDelta| bound.checked_sub_signed(by);
        let by_end = self.ends_after.and_then(|end| earlier(end, longest + TimeDelta::milliseconds(1)));
        let by_start = self.starts_from.and_then(|start| earlier(start, WIDENED));
        by_start.max(by_end).max(self.after.map(BlockPlace::start))
    }

    /// Whether a block fits, `limit` and whether its plan is in use apart. `zone` is that of the person.
    pub fn matches(&self, block: &Block, zone: Zone) -> bool {
        self.plan.is_none_or(|plan| block.plan == plan)
            && self.series.is_none_or(|id| block.series.is_some_and(|place| place.series == id))
            && self.goal.is_none_or(|id| block.goal.is_some_and(|part| part.goal == id))
            && self.except.is_none_or(|id| block.id != id)
            && self.has_time.is_none_or(|wanted| block.when().is_some() == wanted)
            && self.all_day.is_none_or(|wanted| block.days.is_some() == wanted)
            && self.is_within(block, zone)
            && match self.state {
                BlockState::Any => true,
                BlockState::Open => block.is_open(),
                BlockState::ToDo => block.is_to_do(),
                BlockState::Done => block.completed_at.is_some(),
            }
            && self.priority.is_none_or(|priority| block.priority == priority)
            && self.title.as_ref().is_none_or(|title| title.matches(&block.title.key()))
            && self.has_words(block)
    }

    /// Whether it asks for a stretch of time, in which a block without a time is not.
    fn is_bounded(&self) -> bool {
        let bounds = [self.ends_after, self.ends_by, self.starts_from, self.starts_before];
        bounds.iter().any(Option::is_some) || self.after.is_some() || self.before.is_some()
    }

    fn is_within(&self, block: &Block, zone: Zone) -> bool {
        if !self.is_bounded() {
            return true;
        }
        let Some((start, end)) = block.in_zone(zone) else { return false };
        let place = BlockPlace::of(block);
        self.after.is_none_or(|after| place > Some(after))
            && self.before.is_none_or(|before| place < Some(before))
            && self.ends_after.is_none_or(|bound| end > bound)
            && self.ends_by.is_none_or(|bound| end <= bound)
            && self.starts_from.is_none_or(|bound| start >= bound)
            && self.starts_before.is_none_or(|bound| start < bound)
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
