//! A timeline that any sequence of commands can change.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use flux_timeline::Distance;
use flux_timeline::command::{
    BlockUpdate, Command, NewBlock, NewRun, OverdueTasks, Repeat, Scope, SettingsUpdate, WishesUpdate,
};
use flux_timeline::draft::draft;
use flux_timeline::free_time::{Activity, DayTime};
use flux_timeline::outline::{Outline, Phase};
use flux_timeline::place::Task;
use flux_timeline::reference::{BlockRef, PlanRef, RunRef};
use flux_timeline::timeline::Content;
use flux_timeline::{
    Actor, BlockId, Days, DecideError, Event, EventId, Goal, GoalStatus, GoalText, Handle, HourFormat, PlanColor,
    PlanId, Priority, QuietHours, Recurrence, Reminders, RunId, SeriesId, Session, Source, Span, Title, TxnId, Zone,
    decide,
};
use uuid::Uuid;

use super::request::{AFTER_DONE, RULES, Request};

pub const UNDO: Command = Command::Undo { txn: None };

pub const START: i64 = 1_772_000_000_000;

/// A session with a clock and ids that count.
pub struct World {
    pub session: Session,
    pub ticks: u128,
    /// How many days have passed besides.
    pub days: i64,
}

impl World {
    pub fn new() -> Self {
        let mut world = Self { session: Session::default(), ticks: 0, days: 0 };
        let open = Command::OpenTimeline { id: PlanId::new(world.id()), title: Title::new("My plan").unwrap() };
        world.run_as(&open, &Actor::System);
        world
    }

    /// The world after these requests. Those that are rejected change nothing.
    pub fn after(requests: &[Request]) -> Self {
        let mut world = Self::new();
        for request in requests {
            if let Some(command) = command(&mut world, request) {
                world.run(&command);
            }
        }
        world
    }

    pub fn id(&mut self) -> Uuid {
        self.ticks += 1;
        Uuid::from_u128(self.ticks)
    }

    pub fn now(&self) -> DateTime<Utc> {
        let now = DateTime::from_timestamp_millis(START + i64::try_from(self.ticks).unwrap() * 1_000).unwrap();
        now + TimeDelta::days(self.days)
    }

    pub fn run(&mut self, command: &Command) -> usize {
        let actor = match command {
            Command::ExtendSeries | Command::TendGoals => Actor::System,
            Command::CommitRun { run, .. } => Actor::Workflow { run: *run },
            _ => Actor::User,
        };
        self.run_as(command, &actor)
    }

    pub fn run_as(&mut self, command: &Command, actor: &Actor) -> usize {
        let txn = match command {
            Command::CommitRun { run, .. } => run.txn(),
            _ => TxnId::new(self.id()),
        };
        self.run_in(txn, command, actor)
    }

    /// Runs a command as a part of a transaction, as the calls of an answer are.
    pub fn run_in(&mut self, txn: TxnId, command: &Command, actor: &Actor) -> usize {
        let context = decide::Context {
            now: self.now(),
            source: match command {
                Command::CommitRun { .. } => Source::Architect,
                _ => Source::User,
            },
        };
        let decision = match decide(&self.session, command, &context) {
            Ok(decision) => decision,
            Err(DecideError::Rejected(rejection)) => {
                assert!(!rejection.to_string().is_empty());
                return 0;
            }
            Err(DecideError::View(never)) => match never {},
        };
        let now = self.now();
        let ticks = &mut self.ticks;
        let events = self.session.append(decision.events, now, actor, txn, || {
            *ticks += 1;
            EventId::new(Uuid::from_u128(*ticks))
        });
        events.len()
    }

    pub fn content(&self) -> Content {
        self.session.timeline().content()
    }

    /// The content that undo and redo change. They do not change runs. A proposal of a run stays, and so does what the service notes.
    pub fn undoable_content(&self) -> Content {
        let mut content = Content { runs: Vec::new(), ..self.content() };
        content.goals.retain(|goal| goal.state.status != GoalStatus::Proposed);
        content.goals.iter_mut().for_each(|goal| goal.state.behind_since = None);
        content
    }

    /// What a person sees, without the settings. Blocks of deleted plans are not seen.
    pub fn seen(&self) -> String {
        seen(self.content())
    }

    /// One of the events so far.
    pub fn event(&self, number: u8) -> Option<&Event> {
        let log = self.session.log();
        log.get(usize::from(number) % log.len().max(1))
    }

    /// The id of the block with this handle.
    pub fn block(&self, number: u8) -> Option<BlockId> {
        let handle = Handle::new(number.into());
        let blocks = self.session.timeline().content().blocks;
        blocks.into_iter().find(|block| block.handle == handle).map(|block| block.id)
    }

    /// One of the plans, including the first one and archived ones.
    pub fn plan(&self, number: u8) -> Option<PlanRef> {
        let plans = self.content().plans;
        plans.get(usize::from(number) % plans.len().max(1)).map(|plan| PlanRef::Id(plan.id))
    }

    /// One of the goals.
    pub fn goal(&self, number: u8) -> Option<Goal> {
        let goals = self.session.timeline().goals();
        goals.get(usize::from(number) % goals.len().max(1)).cloned()
    }

    /// One of the runs so far.
    pub fn run_id(&self, number: u8) -> Option<RunId> {
        let runs = self.session.timeline().runs(usize::MAX);
        runs.get(usize::from(number) % runs.len().max(1)).map(|run| run.id)
    }
}

fn repeat(world: &mut World, index: usize) -> Option<Repeat> {
    let rule = Recurrence::read(RULES.get(index)?).unwrap();
    Some(Repeat { id: SeriesId::new(world.id()), rule, after_done: index >= AFTER_DONE })
}

fn scope(world: &mut World, number: u8) -> Scope {
    match number {
        0 => Scope::One,
        1 => Scope::Following(SeriesId::new(world.id())),
        _ => Scope::All,
    }
}

pub fn title(number: u8) -> Title {
    Title::new(&format!("Thing {number}")).unwrap()
}

/// A day within the weeks in which blocks are.
fn day(number: u64) -> Option<NaiveDate> {
    DateTime::from_timestamp_millis(START)?.date_naive().checked_add_days(chrono::Days::new(number))
}

pub fn handle(number: u8) -> BlockRef {
    BlockRef::from(format!("B{number}").as_str())
}

pub fn plan(number: u8) -> PlanRef {
    PlanRef::Title(title(number).to_string())
}

pub fn command(world: &mut World, request: &Request) -> Option<Command> {
    let at = |minutes: i64| DateTime::from_timestamp_millis(START + minutes * 60_000).unwrap();
    Some(match request {
        Request::Schedule { title: number, kind, minutes, length } => Command::ScheduleBlock(NewBlock {
            kind: *kind,
            span: Some(Span::starting(at(*minutes), TimeDelta::minutes(*length)).ok()?),
            ..NewBlock::new(BlockId::new(world.id()), title(*number))
        }),
        Request::AllDay { title: number, kind, first, count } => Command::ScheduleBlock(NewBlock {
            kind: *kind,
            days: Some(Days::starting(day(*first)?, *count).ok()?),
            ..NewBlock::new(BlockId::new(world.id()), title(*number))
        }),
        Request::SetDays { block, first, last } => Command::UpdateBlock {
            block: handle(*block),
            changes: BlockUpdate {
                first_day: first.and_then(day),
                last_day: last.and_then(day),
                ..BlockUpdate::default()
            },
        },
        Request::Note { title: number, minutes, first, due } => Command::ScheduleBlock(NewBlock {
            minutes: *minutes,
            due: due.and_then(day),
            not_before: first.and_then(day),
            ..NewBlock::new(BlockId::new(world.id()), title(*number))
        }),
        Request::Plan { block, unschedule, length, first, due } => Command::UpdateBlock {
            block: handle(*block),
            changes: BlockUpdate {
                unschedule: *unschedule,
                length: length.map(|length| Some(TimeDelta::minutes(length)).filter(|_| length % 3 > 0)),
                due: due.map(|due| day(due).filter(|_| due % 3 > 0)),
                not_before: first.map(|first| day(first).filter(|_| first % 3 > 0)),
                ..BlockUpdate::default()
            },
        },
        Request::Move { block, minutes } => Command::UpdateBlock {
            block: handle(*block),
            changes: BlockUpdate { start: Some(at(*minutes)), ..BlockUpdate::default() },
        },
        Request::Retitle { block, title: number, priority } => Command::UpdateBlock {
            block: handle(*block),
            changes: BlockUpdate {
                title: Some(title(*number)),
                priority: priority.then_some(Priority::High),
                // Every other title leaves the reminders to the settings.
                reminders: priority.then(|| Reminders::new(&[u32::from(*number), 0]).ok().filter(|_| number % 2 == 0)),
                ..BlockUpdate::default()
            },
        },
        Request::Turn { block, kind } => Command::UpdateBlock {
            block: handle(*block),
            changes: BlockUpdate { kind: Some(*kind), ..BlockUpdate::default() },
        },
        Request::Miss { block, missed } => Command::UpdateBlock {
            block: handle(*block),
            changes: BlockUpdate { missed: Some(*missed), ..BlockUpdate::default() },
        },
        Request::Time { block, working, worked } => Command::UpdateBlock {
            block: handle(*block),
            changes: BlockUpdate {
                working: *working,
                worked: worked.map(TimeDelta::minutes),
                ..BlockUpdate::default()
            },
        },
        Request::Toggle { block, done: true } => Command::CompleteBlock { block: handle(*block) },
        Request::Toggle { block, done: false } => Command::ReopenBlock { block: handle(*block) },
        Request::ToggleByTitle { title: number, done } => {
            let block = BlockRef::Title(title(*number).to_string());
            if *done { Command::CompleteBlock { block } } else { Command::ReopenBlock { block } }
        }
        Request::Delete { block } => Command::DeleteBlock { block: handle(*block), scope: Scope::One },
        Request::Repeat { title: number, kind, minutes, days, rule } => Command::ScheduleBlock(NewBlock {
            kind: *kind,
            // Only what comes again after it was done can be without a time.
            span: Span::starting(at(*minutes), TimeDelta::minutes(45))
                .ok()
                .filter(|_| days.is_none() && (*rule < AFTER_DONE || minutes % 2 == 0)),
            days: days.and_then(|count| Days::starting(at(*minutes).date_naive(), count).ok()),
            repeat: repeat(world, *rule),
            ..NewBlock::new(BlockId::new(world.id()), title(*number))
        }),
        Request::ChangeSeries { block, scope: number, title: to, minutes, days, rule } => {
            let when = world.block(*block).and_then(|id| world.session.timeline().block(id)?.when());
            let begin = minutes.and_then(|minutes| Some(when?.in_zone(Zone::UTC).0 + TimeDelta::minutes(minutes)));
            let days = days.and_then(|count| Days::starting(begin?.date_naive(), count).ok());
            let start = begin.filter(|_| days.is_none());
            let (first_day, last_day) = (days.map(Days::first), days.map(Days::last));
            let repeat = rule.and_then(|rule| repeat(world, rule));
            let scope = scope(world, *number);
            let reminders = to.map(|to| Reminders::new(&[to.into()]).ok().filter(|_| to % 2 == 0));
            let changes = BlockUpdate {
                title: to.map(title),
                start,
                first_day,
                last_day,
                reminders,
                repeat,
                scope,
                ..BlockUpdate::default()
            };
            Command::UpdateBlock { block: handle(*block), changes }
        }
        Request::DeleteSeries { block, scope: number } => {
            Command::DeleteBlock { block: handle(*block), scope: scope(world, *number) }
        }
        Request::Extend { days } => {
            world.days += days;
            Command::ExtendSeries
        }
        Request::CreatePlan { title: number } => {
            Command::CreatePlan { id: PlanId::new(world.id()), title: title(*number) }
        }
        Request::SwitchPlan { title } => Command::SwitchPlan { plan: plan(*title) },
        Request::RenamePlan { title: number, to } => Command::RenamePlan { plan: plan(*number), title: title(*to) },
        Request::RecolorPlan { title, color } => {
            Command::RecolorPlan { plan: plan(*title), color: *PlanColor::ALL.get(*color)? }
        }
        Request::DeletePlan { title } => Command::DeletePlan { plan: plan(*title) },
        Request::ArchivePlan { number } => Command::ArchivePlan { plan: world.plan(*number)? },
        Request::UnarchivePlan { number } => Command::UnarchivePlan { plan: world.plan(*number)? },
        Request::Shift { after, days, minutes } => {
            let by = Distance { days: *days, minutes: *minutes };
            let plan = if world.ticks.is_multiple_of(3) { world.plan(1) } else { None };
            Command::ShiftTimeline { plan, after: at(*after), before: None, by }
        }
        Request::Reschedule { block } => {
            let all = if world.ticks.is_multiple_of(2) { OverdueTasks::All } else { OverdueTasks::OfPlan(plan(1)) };
            let tasks = block.map_or(all, |block| OverdueTasks::Named(vec![handle(block)]));
            let until = world.now().date_naive().checked_add_days(chrono::Days::new(3));
            Command::RescheduleOverdue { tasks, until: until.filter(|_| world.ticks.is_multiple_of(5)) }
        }
        Request::Place { blocks } => {
            let named = blocks.iter().filter_map(|(block, minutes)| Some((world.block(*block)?, at(*minutes))));
            Command::PlaceTasks(named.collect())
        }
        Request::StartRun { goal } => Command::StartRun(NewRun {
            id: RunId::new(world.id()),
            goal: GoalText::new(&format!("Goal {goal}")).unwrap(),
            plan: None,
            deadline: None,
            minutes_per_week: None,
        }),
        Request::CancelRun { run } => Command::CancelRun { run: Some(RunRef::Id(world.run_id(*run)?)) },
        Request::RetryRun { run } => Command::RetryRun { run: Some(RunRef::Id(world.run_id(*run)?)) },
        Request::BeginStep { run, step } => Command::BeginStep { run: world.run_id(*run)?, step: *step },
        Request::NoteTrouble { run } => Command::NoteTrouble { run: world.run_id(*run)?, error: "Busy.".to_owned() },
        Request::NameRun { run } => Command::NameRun { run: world.run_id(*run)?, title: Title::new("Name").unwrap() },
        Request::FailRun { run } => Command::FailRun { run: world.run_id(*run)?, error: "Down.".to_owned() },
        Request::CommitRun { run, minutes, sessions } => {
            let run = world.run_id(*run)?;
            let task = |(index, minutes): (usize, &u32)| Task {
                title: Title::new("Task").unwrap(),
                description: None,
                minutes: *minutes,
                priority: Priority::Medium,
                depends_on: (0..index).collect(),
                after_sessions: false,
            };
            let tasks: Vec<Task> = minutes.iter().enumerate().map(task).collect();
            let phase = Phase {
                title: Title::new("Lesson").unwrap(),
                description: None,
                minutes: 60,
                per_week: *sessions,
                weeks: Some(2),
                milestone: Title::new("Done").ok(),
            };
            let phases = if *sessions > 0 { vec![phase] } else { Vec::new() };
            let outline = Outline { activity: Activity::Study, tasks, phases };
            Command::CommitRun { run, outline, left_out: Vec::new(), not_before: world.now() }
        }
        Request::AcceptGoal { goal, some } => {
            let goal = world.goal(*goal)?;
            let draft = draft(&world.session, &goal, world.now()).unwrap();
            let starts = draft.blocks(Handle::FIRST).into_iter().filter_map(|block| block.span).map(Span::start);
            let starts = some.then(|| starts.step_by(2).collect());
            Command::AcceptGoal { goal: Some(RunRef::Id(goal.id)), starts }
        }
        Request::ChangeGoal { goal, minutes, days } => {
            let wishes = WishesUpdate {
                minutes_per_week: minutes.map(Some),
                deadline: days.map(|days| Some(world.now() + TimeDelta::days(days))),
                ..WishesUpdate::default()
            };
            Command::ChangeGoal { goal: Some(RunRef::Id(world.goal(*goal)?.id)), wishes }
        }
        Request::SetGoal { goal, request } => {
            Command::SetGoal { goal: Some(RunRef::Id(world.goal(*goal)?.id)), request: *request }
        }
        Request::TendGoals { days } => {
            world.days += days;
            Command::TendGoals
        }
        Request::Undo => UNDO,
        Request::UndoOne { event } => Command::Undo { txn: Some(world.event(*event)?.txn) },
        Request::Restore { event } => Command::Restore { seq: world.event(*event)?.seq },
        Request::Redo => Command::Redo,
        Request::Zone(oslo) => Command::ChangeSettings(SettingsUpdate {
            time_zone: Zone::new(if *oslo { "Europe/Oslo" } else { "Asia/Tokyo" }).ok(),
            hour_format: (!oslo).then_some(HourFormat::Hours12),
            remind_minutes: Some(oslo.then_some(10)),
            quiet_hours: Some(oslo.then(night)),
            accept_goals: Some(*oslo),
            ..SettingsUpdate::default()
        }),
    })
}

fn night() -> QuietHours {
    let [from, to] = ["22:00", "07:00"].map(|time| DayTime::read(time).unwrap());
    QuietHours::new(from, to).unwrap()
}

pub fn seen(mut content: Content) -> String {
    content.blocks.retain(|block| content.plans.iter().any(|plan| plan.id == block.plan));
    content.series.retain(|series| content.plans.iter().any(|plan| plan.id == series.plan));
    content.goals.retain(|goal| content.plans.iter().any(|plan| plan.id == goal.plan));
    json(&(content.plans, content.active_plan, content.blocks, content.series, content.goals))
}

pub fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap()
}
