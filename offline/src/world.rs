//! What the interpreter knows: the timeline in the context, what was looked up since, and the conversation.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use flux_timeline::{Zone, clock};
use serde_json::{Value, json};

use super::memory::{self, Memory};
use super::phrase::{TimeFormat, is_on};
use flux_phrases::time::Today;
use flux_tools::context::{BlockLine, InboxLine, PlanLine, TimelineContext};

/// A tool call: name and arguments.
pub(super) type Call = (String, Value);

/// How many days the context covers, including today.
const CONTEXT_DAYS: i64 = 7;
/// The most blocks that it lists.
const CONTEXT_BLOCKS: usize = 60;

/// The zones in which people write the month first: those of the United States.
const MONTH_FIRST: &[&str] = &[
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Phoenix",
    "America/Anchorage",
    "America/Detroit",
    "America/Boise",
    "America/Juneau",
    "America/Indiana/",
    "America/Kentucky/",
    "America/North_Dakota/",
    "Pacific/Honolulu",
    "US/",
];

/// Everything that is known when a request is read.
#[derive(Debug, Clone)]
pub(super) struct World<'a> {
    /// The timeline in the context.
    pub context: &'a TimelineContext,
    /// The person's zone.
    pub zone: Zone,
    /// The present, and how the person writes dates.
    pub today: Today,
    /// What the conversation was about.
    pub memory: Memory,
    /// The handles that the person chose in answer to a question.
    pub chosen: Vec<String>,
    /// The blocks that an earlier part of the same message schedules. They have no handle yet, so their title is used
    /// instead.
    pub fresh: Vec<BlockLine>,
    /// The known blocks of plans in use other than the active one: those in the context, and those that were looked up in this turn.
    pub elsewhere: Vec<BlockLine>,
    /// The tasks without a time in the context.
    inbox: Vec<BlockLine>,
    /// The blocks that were looked up in this turn.
    found: Vec<BlockLine>,
    /// The look-ups of this turn.
    asked: Vec<Call>,
}

impl<'a> World<'a> {
    /// What is known at the beginning of a turn.
    pub fn new(context: &'a TimelineContext, memory: Memory) -> Self {
        let month_first = MONTH_FIRST.iter().any(|zone| context.zone.starts_with(zone));
        Self {
            context,
            zone: Zone::new(&context.zone).unwrap_or_default(),
            today: Today { now: context.now, month_first },
            memory,
            chosen: Vec::new(),
            fresh: Vec::new(),
            elsewhere: context.elsewhere.clone(),
            inbox: context.inbox.iter().map(waiting).collect(),
            found: Vec::new(),
            asked: Vec::new(),
        }
    }

    /// Adds a look-up and its result.
    pub fn learn(&mut self, call: Call, result: &Value) {
        // A block that does not say its plan belongs to the active one.
        for block in memory::blocks_of(result) {
            if self.known(&block.handle) {
                continue;
            }
            if block.plan.is_some() {
                self.elsewhere.push(block);
            } else {
                self.found.push(block);
            }
        }
        self.asked.push(call);
    }

    /// Notes the blocks that this message is about so far. "It" in the next part of it means them.
    pub fn speaks_of(&mut self, handles: Vec<String>) {
        if !handles.is_empty() {
            self.memory.mentioned = handles;
        }
    }

    /// The present moment.
    pub fn now(&self) -> NaiveDateTime {
        self.context.now
    }

    /// Today.
    pub fn date(&self) -> NaiveDate {
        self.context.now.date()
    }

    /// All known tasks without a time.
    pub fn inbox(&self) -> impl Iterator<Item = &BlockLine> {
        self.inbox.iter().chain(self.found.iter().filter(|block| block.untimed))
    }

    /// All known blocks of the active plan with a time, by start.
    pub fn blocks(&self) -> Vec<&BlockLine> {
        by_start(self.context.blocks.iter().chain(&self.found))
    }

    /// All known blocks of the plans in use with a time, by start.
    pub fn everywhere(&self) -> Vec<&BlockLine> {
        by_start(self.context.blocks.iter().chain(&self.found).chain(&self.elsewhere))
    }

    fn known(&self, handle: &str) -> bool {
        let mut all = self.context.blocks.iter().chain(&self.inbox).chain(&self.found).chain(&self.elsewhere);
        all.any(|block| block.handle.eq_ignore_ascii_case(handle))
    }

    /// A block by its handle, including blocks from earlier in the conversation.
    pub fn block(&self, handle: &str) -> Option<&BlockLine> {
        let all = self.context.blocks.iter().chain(&self.inbox).chain(&self.found).chain(&self.elsewhere);
        all.chain(&self.memory.blocks).find(|block| block.handle.eq_ignore_ascii_case(handle))
    }

    /// The known blocks of the plans in use on a day.
    pub fn on(&self, day: NaiveDate) -> Vec<&BlockLine> {
        self.everywhere().into_iter().filter(|block| is_on(block, day)).collect()
    }

    /// Whether all blocks of the days from `from` to before `to` are known.
    pub fn covers(&self, from: NaiveDate, to: NaiveDate) -> bool {
        let today = self.date();
        // Where a list is full, it ends with the day of its last block.
        let lists = [
            (&self.context.blocks, self.context.blocks.len() >= CONTEXT_BLOCKS),
            (&self.context.elsewhere, self.context.more_elsewhere),
        ];
        let full = lists.into_iter().filter(|(_, is_full)| *is_full);
        let ends = full.filter_map(|(list, _)| list.iter().map(|block| block.start.date()).max());
        let context_end = ends.fold(today + TimeDelta::days(CONTEXT_DAYS), NaiveDate::min);
        let in_context = from >= today && to <= context_end;
        in_context
            || self.asked.iter().any(|(name, arguments)| {
                let day = |field: &str| {
                    let text = arguments.get(field).and_then(Value::as_str)?;
                    clock::read_date(text.get(..10)?)
                };
                let whole = arguments.get("text").is_none() && arguments.get("plan").is_none() && name == "findBlocks";
                whole && day("from").is_some_and(|day| day <= from) && day("to").is_some_and(|day| day >= to)
            })
    }

    /// A look-up, unless it was already made in this turn.
    pub fn look_up(&self, call: Call) -> Option<Call> {
        (!self.asked.contains(&call)).then_some(call)
    }

    /// The look-up of days, unless they are known.
    pub fn look_up_days(&self, from: NaiveDate, to: NaiveDate) -> Option<Call> {
        if self.covers(from, to) {
            return None;
        }
        self.look_up(days_call(from, to))
    }

    /// The look-up of a title, unless it was already made.
    pub fn look_up_text(&self, text: &str) -> Option<Call> {
        self.look_up(("findBlocks".to_owned(), json!({"text": super::clipped(text, 200)})))
    }

    /// The first time on `day`, not before `from`, at which `minutes` are free before `to`. It is a multiple of five
    /// minutes. What is all day takes up no time.
    pub fn free(&self, day: NaiveDate, from: NaiveTime, to: NaiveTime, minutes: i64) -> Option<NaiveDateTime> {
        let end = day.and_time(to);
        let mut start = day.and_time(from);
        for block in self.everywhere().into_iter().filter(|block| block.is_open() && !block.all_day) {
            if block.start < start + TimeDelta::minutes(minutes) && block.end > start {
                start = on_grid(block.end);
            }
        }
        (start.date() == day && start + TimeDelta::minutes(minutes) <= end).then_some(start)
    }

    /// The plan that `name` means: the one with this title, otherwise the only one whose title has all these words. A
    /// plan in use comes before an archived one.
    pub fn plan(&self, name: &str) -> Option<&PlanLine> {
        let in_use = self.plan_among(name, |plan| !plan.archived);
        in_use.or_else(|| self.archived_plan(name))
    }

    /// The archived plan that `name` means.
    pub fn archived_plan(&self, name: &str) -> Option<&PlanLine> {
        self.plan_among(name, |plan| plan.archived)
    }

    fn plan_among(&self, name: &str, counts: impl Fn(&PlanLine) -> bool) -> Option<&PlanLine> {
        match self.plans_among(name, counts).as_slice() {
            [plan] => Some(*plan),
            _ => None,
        }
    }

    /// The plans in use that `name` can mean.
    pub fn plans_in_use(&self, name: &str) -> Vec<&PlanLine> {
        self.plans_among(name, |plan| !plan.archived)
    }

    fn plans_among(&self, name: &str, counts: impl Fn(&PlanLine) -> bool) -> Vec<&PlanLine> {
        let name = flux_phrases::words::tokens(name);
        let wanted: Vec<&str> = name.iter().map(|token| token.norm.as_str()).collect();
        let words = |plan: &PlanLine| -> Vec<String> {
            flux_phrases::words::tokens(&plan.title).into_iter().map(|token| token.norm).collect()
        };
        let plans = || self.context.plans.iter().filter(|plan| counts(plan));
        if wanted.is_empty() {
            return Vec::new();
        }
        if let Some(exact) = plans().find(|plan| words(plan) == wanted) {
            return vec![exact];
        }
        let fits = |plan: &&PlanLine| {
            let words = words(plan);
            wanted.iter().all(|word| words.iter().any(|own| own == word))
        };
        plans().filter(fits).collect()
    }

    /// How days and times are written.
    pub fn time_format(&self) -> TimeFormat {
        TimeFormat::new(self.context)
    }

    /// The active plan.
    pub fn active_plan(&self) -> Option<&PlanLine> {
        self.context.plans.iter().find(|plan| plan.active)
    }
}

/// A task of the inbox as a block.
fn waiting(task: &InboxLine) -> BlockLine {
    BlockLine {
        handle: task.handle.clone(),
        title: task.title.clone(),
        priority: task.priority.clone(),
        tags: task.tags.clone(),
        working: task.working,
        untimed: true,
        plan: task.plan.clone(),
        ..BlockLine::default()
    }
}

/// Those that have a time, by start.
fn by_start<'a>(blocks: impl Iterator<Item = &'a BlockLine>) -> Vec<&'a BlockLine> {
    let mut all: Vec<&BlockLine> = Vec::new();
    for block in blocks.filter(|block| !block.untimed) {
        let at = all.partition_point(|other| (other.start, other.end) <= (block.start, block.end));
        all.insert(at, block);
    }
    all
}

/// The call that looks up days.
pub(super) fn days_call(from: NaiveDate, to: NaiveDate) -> Call {
    let at = |date: NaiveDate| clock::wall(date.and_time(NaiveTime::MIN));
    ("findBlocks".to_owned(), json!({"from": at(from), "to": at(to), "limit": 100}))
}

/// The next multiple of five minutes.
fn on_grid(time: NaiveDateTime) -> NaiveDateTime {
    use chrono::Timelike;
    let over = i64::from(time.minute() % 5) * 60 + i64::from(time.second());
    if over == 0 { time } else { time + TimeDelta::seconds(300 - over) }
}
