//! References of people and models to blocks, plans and runs, and the search for the item that is meant.

use chrono::{DateTime, TimeDelta, Utc};

use crate::block::Block;
use crate::draft::visible_goals;
use crate::error::{DecideError, read};
use crate::goal::{Goal, GoalStatus};
use crate::id::{BlockId, Handle, PlanId, RunId};
use crate::moment::Moment;
use crate::plan::Plan;
use crate::rejection::{Candidate, GoalRequest, Rejection, RunRequest};
use crate::run::{Run, RunStatus};
use crate::text::{Title, title_key};
use crate::view::{BlockQuery, BlockState, ReadBlocks, ReadGoals, ReadPlans, ReadRuns, TitleMatch};
use crate::zone::Zone;

/// Most candidates that a rejection lists.
const CANDIDATES: usize = 10;
/// How long after it began a block of a series is the one that was done.
const A_DAY: TimeDelta = TimeDelta::days(1);
/// Most plan titles that a rejection lists.
const PLANS: usize = 20;
/// The number of runs, newest first, in which a goal is searched.
const RUNS: usize = 50;
/// Longest reference that a rejection repeats, in characters.
const SHOWN_CHARS: usize = 80;

/// Which one is meant where several blocks have the same title.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preferred {
    /// The one that is open, unless it is an appointment that is over.
    Ahead,
    /// The one that is open.
    Open,
    /// The one that is completed, missed, or over.
    Behind,
    /// The task that is overdue or has no time yet.
    Unplaced,
    /// The one whose timer runs.
    Running,
}

/// A reference to a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlockRef {
    /// By its id.
    Id(BlockId),
    /// By its handle, or by a title that looks like a handle (“B12” is also a vitamin).
    Handle(Handle, String),
    /// By its title or words of it.
    Title(String),
}

impl From<&str> for BlockRef {
    fn from(text: &str) -> Self {
        let text = text.trim();
        if let Ok(handle) = text.parse() {
            return Self::Handle(handle, text.to_owned());
        }
        text.parse().map_or_else(|_| Self::Title(text.to_owned()), Self::Id)
    }
}

impl BlockRef {
    /// Whether it can mean this block, for a search among a few: by its id, its handle, or words of its title.
    pub fn fits(&self, block: &Block) -> bool {
        match self {
            Self::Id(id) => block.id == *id,
            Self::Handle(handle, _) => block.handle == *handle,
            Self::Title(text) => {
                let words = TitleMatch::words(text);
                !words.is_empty() && TitleMatch::Contains(words).matches(&block.title.key())
            }
        }
    }
}

/// A reference to a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlanRef {
    /// By its id.
    Id(PlanId),
    /// By its title or words of it.
    Title(String),
}

impl From<&str> for PlanRef {
    fn from(text: &str) -> Self {
        let text = text.trim();
        text.parse().map_or_else(|_| Self::Title(text.to_owned()), Self::Id)
    }
}

/// A reference to a run of the architect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunRef {
    /// By its id.
    Id(RunId),
    /// By its goal or words of it.
    Goal(String),
}

impl From<&str> for RunRef {
    fn from(text: &str) -> Self {
        let text = text.trim();
        text.parse().map_or_else(|_| Self::Goal(text.to_owned()), Self::Id)
    }
}

/// Finds the block that is meant.
///
/// A title is searched in the active plan first and then in all plans in use. Whole titles win over parts of a title. If several
/// blocks match and exactly one of them is `preferred`, that one is meant. If all open ones are of series, the one is meant that is
/// nearest to now.
///
/// # Errors
/// [`Rejection::NoSuchBlock`], [`Rejection::AmbiguousBlock`], and what the view can fail with.
pub fn find_block<V: ReadPlans + ReadBlocks>(
    view: &V,
    reference: &BlockRef,
    preferred: Preferred,
    now: DateTime<Utc>,
) -> Result<Block, DecideError<V::Error>> {
    let (found, text) = match reference {
        BlockRef::Id(id) => (read(view.block(*id))?, id.to_string()),
        BlockRef::Handle(handle, text) => (read(view.block_by_handle(*handle))?, text.clone()),
        BlockRef::Title(text) => (None, text.clone()),
    };
    if let Some(block) = found {
        return Ok(block);
    }
    if matches!(reference, BlockRef::Id(_)) {
        return Err(Rejection::NoSuchBlock { reference: shortened(&text) }.into());
    }
    find_by_title(view, &text, preferred, now)
}

fn find_by_title<V: ReadPlans + ReadBlocks>(
    view: &V,
    text: &str,
    preferred: Preferred,
    now: DateTime<Utc>,
) -> Result<Block, DecideError<V::Error>> {
    let key = title_key(text);
    let words: Vec<String> = key.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
    let missing = Rejection::NoSuchBlock { reference: shortened(text) };
    if words.is_empty() {
        return Err(missing.into());
    }
    let settings = read(view.settings())?;
    let active = read(view.active_plan())?.map(|plan| plan.id);
    for title in [TitleMatch::Is(key), TitleMatch::Contains(words)] {
        for plan in [active, None] {
            let query = BlockQuery { plan, title: Some(title.clone()), limit: CANDIDATES + 1, ..BlockQuery::default() };
            let found = read(view.blocks(&query))?;
            if let Some(block) = the_one(&found, preferred, now, settings.zone()) {
                return Ok(block.clone());
            }
            if let Some(block) = nearest_of_series(view, &found, (plan, &title), preferred, now)? {
                return Ok(block);
            }
            if !found.is_empty() {
                let moment = Moment::new(now, &settings);
                return Err(ambiguous(text, found, &moment).into());
            }
        }
    }
    Err(missing.into())
}

/// The only block, or the only preferred one.
fn the_one(found: &[Block], preferred: Preferred, now: DateTime<Utc>, zone: Zone) -> Option<&Block> {
    if let [only] = found {
        return Some(only);
    }
    if found.len() > CANDIDATES {
        return None;
    }
    let lies_ahead = |block: &Block| block.is_open() && !block.is_over(now, zone);
    let mut fitting = found.iter().filter(|block| match preferred {
        Preferred::Ahead => lies_ahead(block),
        Preferred::Open => block.is_open(),
        Preferred::Behind => !lies_ahead(block),
        Preferred::Unplaced => block.is_unplaced(now, zone),
        Preferred::Running => block.worked.is_running(),
    });
    let first = fitting.next();
    if fitting.next().is_some() { None } else { first }
}

/// The block that is meant if all open ones that were found are of series: what is completed or corrected is the last that has begun, if
/// that was within a day; anything else is about the next that is not over.
fn nearest_of_series<V: ReadBlocks>(
    view: &V,
    found: &[Block],
    (plan, title): (Option<PlanId>, &TitleMatch),
    preferred: Preferred,
    now: DateTime<Utc>,
) -> Result<Option<Block>, DecideError<V::Error>> {
    let is_of_series = |block: &Block| block.series.is_some();
    if !found.iter().any(is_of_series) || !found.iter().all(|block| is_of_series(block) || !block.is_open()) {
        return Ok(None);
    }
    let titled = BlockQuery { plan, title: Some(title.clone()), limit: 1, ..BlockQuery::default() };
    let begun = BlockQuery { starts_before: Some(now), last: true, ..titled.clone() };
    let since = now - A_DAY;
    let behind = match preferred {
        Preferred::Ahead => None,
        Preferred::Open => Some(BlockQuery { state: BlockState::Open, starts_from: Some(since), ..begun }),
        Preferred::Unplaced => Some(BlockQuery { state: BlockState::ToDo, ends_by: Some(now), ..begun }),
        Preferred::Behind | Preferred::Running => Some(begun),
    };
    let ahead = BlockQuery { state: BlockState::Open, ends_after: Some(now), ..titled };
    for query in behind.into_iter().chain([ahead]) {
        if let Some(block) = read(view.blocks(&query))?.pop() {
            return Ok(Some(block));
        }
    }
    Ok(None)
}

fn ambiguous(text: &str, found: Vec<Block>, moment: &Moment) -> Rejection {
    let more = found.len() > CANDIDATES;
    let candidates =
        found.into_iter().take(CANDIDATES).map(|block| Candidate { when: moment.start_of(&block), block }).collect();
    Rejection::AmbiguousBlock { reference: shortened(text), candidates, more }
}

/// Finds the plan that is meant: by id, by its whole title, or by words that only one title contains. If several titles
/// contain the words, the plan that is not archived is meant.
///
/// # Errors
/// [`Rejection::NoSuchPlan`], [`Rejection::AmbiguousPlan`], and what the view can fail with.
pub fn find_plan<V: ReadPlans>(view: &V, reference: &PlanRef) -> Result<Plan, DecideError<V::Error>> {
    find_preferred(view, reference, Plan::is_in_use)
}

/// As [`find_plan`], but prefers an archived plan.
///
/// # Errors
/// [`Rejection::NoSuchPlan`], [`Rejection::AmbiguousPlan`], and what the view can fail with.
pub fn find_archived_plan<V: ReadPlans>(view: &V, reference: &PlanRef) -> Result<Plan, DecideError<V::Error>> {
    find_preferred(view, reference, |plan| !plan.is_in_use())
}

fn find_preferred<V: ReadPlans>(
    view: &V,
    reference: &PlanRef,
    preferred: impl Fn(&Plan) -> bool,
) -> Result<Plan, DecideError<V::Error>> {
    let plans = read(view.plans())?;
    let (mut found, text): (Vec<&Plan>, _) = match reference {
        PlanRef::Id(id) => (plans.iter().filter(|plan| plan.id == *id).collect(), id.to_string()),
        PlanRef::Title(text) => (titled(&plans, text), text.clone()),
    };
    if found.iter().any(|plan| preferred(plan)) {
        found.retain(|plan| preferred(plan));
    }
    match found.as_slice() {
        [plan] => Ok((*plan).clone()),
        [] => Err(Rejection::NoSuchPlan { reference: shortened(&text), plans: titles(plans.iter()) }.into()),
        several => {
            let plans = titles(several.iter().copied());
            Err(Rejection::AmbiguousPlan { reference: shortened(&text), plans }.into())
        }
    }
}

fn titled<'a>(plans: &'a [Plan], text: &str) -> Vec<&'a Plan> {
    let key = title_key(text);
    let whole: Vec<&Plan> = plans.iter().filter(|plan| plan.title.key() == key).collect();
    if !whole.is_empty() || key.is_empty() {
        return whole;
    }
    let words: Vec<String> = key.split(' ').map(str::to_owned).collect();
    let part = TitleMatch::Contains(words);
    plans.iter().filter(|plan| part.matches(&plan.title.key())).collect()
}

fn titles<'a>(plans: impl Iterator<Item = &'a Plan>) -> Vec<Title> {
    plans.take(PLANS).map(|plan| plan.title.clone()).collect()
}

/// Finds the run that is meant: by id, by words of its goal, or, without a reference, the only one that the request fits.
/// If several goals contain the words, the run that the request fits is meant, or the newest if it fits none.
///
/// # Errors
/// [`Rejection::NoSuchRun`], [`Rejection::AmbiguousRun`], and what the view can fail with.
pub fn find_run<V: ReadRuns>(
    view: &V,
    reference: Option<&RunRef>,
    request: RunRequest,
) -> Result<Run, DecideError<V::Error>> {
    let missing = |text: Option<&str>| Rejection::NoSuchRun { request, reference: text.map(shortened) };
    let wanted = match request {
        RunRequest::Cancel => RunStatus::Running,
        RunRequest::Retry => RunStatus::Failed,
    };
    let (mut runs, text) = match reference {
        Some(RunRef::Id(id)) => {
            return read(view.run(*id))?.ok_or_else(|| missing(Some(&id.to_string())).into());
        }
        Some(RunRef::Goal(text)) => {
            let mut runs = read(view.runs(RUNS))?;
            let words = title_key(text).split(' ').map(str::to_owned).collect();
            let part = TitleMatch::Contains(words);
            runs.retain(|run| part.matches(&run.goal.key()));
            (runs, Some(text.as_str()))
        }
        None => {
            let mut runs = read(view.runs(RUNS))?;
            runs.retain(|run| run.state.status == wanted);
            (runs, None)
        }
    };
    if runs.iter().any(|run| run.state.status == wanted) {
        runs.retain(|run| run.state.status == wanted);
    } else {
        runs.truncate(1);
    }
    match runs.as_slice() {
        [run] => Ok(run.clone()),
        [] => Err(missing(text).into()),
        several => {
            let goals = several.iter().take(CANDIDATES).map(|run| run.goal.clone()).collect();
            Err(Rejection::AmbiguousRun { goals }.into())
        }
    }
}

/// Finds the goal that is meant: by id, by words of it or of its title, or, without a reference, the only one that the request fits. Goals of
/// deleted plans are hidden. If several contain the words, the one that the request fits is meant, or the newest if it fits none.
///
/// # Errors
/// [`Rejection::NoSuchGoal`], [`Rejection::AmbiguousRun`], and what the view can fail with.
pub fn find_goal<V: ReadPlans + ReadGoals>(
    view: &V,
    reference: Option<&RunRef>,
    request: GoalRequest,
) -> Result<Goal, DecideError<V::Error>> {
    use GoalStatus::{Active, Ended, Paused, Proposed};
    let fits = |goal: &Goal| match request {
        GoalRequest::Accept => goal.state.status == Proposed,
        GoalRequest::Change => matches!(goal.state.status, Proposed | Active | Paused),
        GoalRequest::Pause => goal.state.status == Active,
        GoalRequest::Resume => matches!(goal.state.status, Paused | Ended),
        GoalRequest::End => goal.state.status != Ended,
        GoalRequest::Dismiss => matches!(goal.state.status, Proposed | Ended),
    };
    let mut goals = read(visible_goals(view))?;
    let text = match reference {
        Some(RunRef::Id(id)) => {
            goals.retain(|goal| goal.id == *id);
            Some(id.to_string())
        }
        Some(RunRef::Goal(text)) => {
            let part = TitleMatch::Contains(title_key(text).split(' ').map(str::to_owned).collect());
            goals.retain(|goal| part.matches(&goal.text.key()) || part.matches(&title_key(goal.name())));
            Some(text.clone())
        }
        None => {
            goals.retain(&fits);
            None
        }
    };
    if goals.iter().any(&fits) {
        goals.retain(&fits);
    } else if let Some(newest) = goals.iter().max_by_key(|goal| goal.proposed_at).cloned() {
        goals = vec![newest];
    }
    match goals.as_slice() {
        [goal] => Ok(goal.clone()),
        [] => Err(Rejection::NoSuchGoal { request, reference: text.as_deref().map(shortened) }.into()),
        several => {
            let goals = several.iter().take(CANDIDATES).map(|goal| goal.text.clone()).collect();
            Err(Rejection::AmbiguousRun { goals }.into())
        }
    }
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= SHOWN_CHARS {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(SHOWN_CHARS).collect();
    short.push('…');
    short
}
