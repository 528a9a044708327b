//! Random commands and queries, the same on every engine.

use chrono::{NaiveDate, TimeDelta};
use flux_timeline::command::{
    BlockUpdate, GoalRequest, NewBlock, NewRun, OverdueTasks, Repeat, Scope, SettingsUpdate, WishesUpdate,
};
use flux_timeline::free_time::Activity;
use flux_timeline::outline::{Outline, Phase};
use flux_timeline::place::Task;
use flux_timeline::reference::{BlockRef, PlanRef, RunRef};
use flux_timeline::view::{BlockState, TitleMatch};
use flux_timeline::{
    Actor, BlockId, BlockPlace, BlockQuery, Command, Days, Description, Distance, GoalText, Handle, Kind, PlanColor,
    PlanId, Priority, ReadGoals, ReadPlans, ReadRuns, Recurrence, Reminders, RunId, RunStep, SeriesId, Span, Tag,
    Title, Zone,
};

use super::{Sql, Twins, moment, said};

/// A generator of commands, the same on every engine: xorshift64, Marsaglia 2003.
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }

    pub(super) fn minutes(&mut self) -> i64 {
        i64::try_from(self.below(40_000)).unwrap_or_default() - 20_000
    }
}

pub(super) fn step<S: Sql + Clone>(twins: &mut Twins<S>, chance: &mut Chance) -> Result<usize, String> {
    let block = BlockRef::from(format!("B{}", chance.below(40)).as_str());
    let title = format!("Thing {}", chance.below(12));
    let plan = PlanRef::Title(format!("Plan {}", chance.below(4)));
    let command = match chance.below(46) {
        0..=4 => {
            let (minutes, length) = (chance.minutes(), 1 + chance.minutes().abs());
            let kind = if chance.below(2) == 0 { Kind::Task } else { Kind::Appointment };
            return twins.schedule(&title, kind, minutes, length.min(20_000));
        }
        5 => Command::UpdateBlock {
            block,
            changes: BlockUpdate { start: Some(moment(chance.minutes())), ..BlockUpdate::default() },
        },
        6 => Command::UpdateBlock { block, changes: other_words(&title, chance.below(2) == 0) },
        7 => Command::CompleteBlock { block },
        8 => Command::ReopenBlock { block: BlockRef::Title(title) },
        9 => Command::DeleteBlock { block, scope: scope(twins, chance) },
        10 => {
            let title = Title::new(&format!("Plan {}", chance.below(4))).map_err(|why| why.to_string())?;
            Command::CreatePlan { id: PlanId::new(twins.id()), title }
        }
        11 => Command::SwitchPlan { plan },
        12 => Command::DeletePlan { plan },
        13 => Command::ShiftTimeline {
            plan: None,
            after: moment(chance.minutes()),
            before: (chance.below(2) == 0).then(|| moment(chance.minutes())),
            by: Distance { days: chance.minutes() % 20, minutes: chance.minutes() },
        },
        14 => Command::Undo { txn: None },
        15 => Command::Redo,
        16..=18 => {
            let number = usize::try_from(chance.below(twins.session.log().len() as u64)).unwrap_or_default();
            Command::Undo { txn: twins.session.log().get(number).map(|event| event.txn) }
        }
        19 => Command::Restore { seq: chance.below(twins.session.log().len() as u64 + 2) },
        20 => Command::ArchivePlan { plan },
        21 => Command::UnarchivePlan { plan },
        22 => Command::UpdateBlock {
            block,
            changes: BlockUpdate { missed: Some(chance.below(3) > 0), ..BlockUpdate::default() },
        },
        23 => Command::UpdateBlock {
            block,
            changes: BlockUpdate {
                kind: Some(Kind::Task).filter(|_| chance.below(2) == 0),
                ..other_words(&title, true)
            },
        },
        24 => Command::RescheduleOverdue {
            until: date(chance),
            tasks: match chance.below(3) {
                0 => OverdueTasks::All,
                1 => OverdueTasks::OfPlan(plan),
                _ => OverdueTasks::Named(vec![block]),
            },
        },
        25 => Command::UpdateBlock {
            block,
            changes: BlockUpdate {
                working: Some(chance.below(3) > 0),
                worked: (chance.below(3) == 0).then(|| TimeDelta::minutes(chance.minutes())),
                completed: (chance.below(4) == 0).then(|| chance.below(2) == 0),
                ..BlockUpdate::default()
            },
        },
        26 => {
            let title = Title::new(&title).map_err(|why| why.to_string())?;
            let (not_before, due) = (date(chance), date(chance));
            let reminders = reminders(chance);
            Command::ScheduleBlock(NewBlock {
                not_before,
                due,
                reminders,
                ..NewBlock::new(BlockId::new(twins.id()), title)
            })
        }
        27 => Command::UpdateBlock {
            block,
            changes: BlockUpdate {
                unschedule: chance.below(3) > 0,
                length: (chance.below(3) == 0)
                    .then(|| Some(TimeDelta::minutes(chance.minutes())).filter(|_| chance.below(3) > 0)),
                due: (chance.below(3) == 0).then(|| date(chance)),
                reminders: (chance.below(2) == 0).then(|| reminders(chance)),
                ..BlockUpdate::default()
            },
        },
        29 => {
            let block = twins.session.timeline().content().blocks.into_iter().nth(chance.below(10) as usize);
            Command::PlaceTasks(block.map(|block| (block.id, moment(chance.minutes()))).into_iter().collect())
        }
        28 => {
            let color = chance.below(8);
            let color = PlanColor::ALL.get(usize::try_from(color).unwrap_or_default()).copied();
            Command::RecolorPlan { plan, color: color.unwrap_or(PlanColor::Blue) }
        }
        30 | 31 => {
            let title = Title::new(&title).map_err(|why| why.to_string())?;
            let span = Span::starting(moment(chance.minutes()), TimeDelta::minutes(40)).ok();
            let repeat = Some(repeat(twins, chance)?);
            Command::ScheduleBlock(NewBlock { span, repeat, ..NewBlock::new(BlockId::new(twins.id()), title) })
        }
        32 | 33 => Command::UpdateBlock {
            block,
            changes: BlockUpdate {
                scope: scope(twins, chance),
                start: (chance.below(2) == 0).then(|| moment(chance.minutes())),
                repeat: if chance.below(3) == 0 { Some(repeat(twins, chance)?) } else { None },
                title: Title::new(&title).ok().filter(|_| chance.below(2) == 0),
                ..BlockUpdate::default()
            },
        },
        34..=36 => {
            let days = days(chance);
            let title = Title::new(&title).map_err(|why| why.to_string())?;
            let kind = if chance.below(2) == 0 { Kind::Task } else { Kind::Appointment };
            let repeat = if chance.below(3) == 0 { Some(repeat(twins, chance)?) } else { None };
            let reminders = reminders(chance);
            Command::ScheduleBlock(NewBlock {
                days,
                kind,
                repeat,
                reminders,
                ..NewBlock::new(BlockId::new(twins.id()), title)
            })
        }
        37 => Command::UpdateBlock {
            block,
            changes: BlockUpdate { first_day: date(chance), last_day: date(chance), ..BlockUpdate::default() },
        },
        38 => {
            let zones = ["UTC", "Europe/Oslo", "Pacific/Kiritimati", "Pacific/Pago_Pago", "America/Sao_Paulo"];
            let name = zones.get(usize::try_from(chance.below(5)).unwrap_or_default());
            let time_zone = name.and_then(|name| Zone::new(name).ok());
            Command::ChangeSettings(SettingsUpdate { time_zone, ..SettingsUpdate::default() })
        }
        _ => run_step(twins, chance)?,
    };
    twins.run(&command, &Actor::User)
}

fn reminders(chance: &mut Chance) -> Option<Reminders> {
    let all: [&[u32]; 4] = [&[], &[0], &[10], &[60, 10]];
    let some = all.get(usize::try_from(chance.below(6)).unwrap_or_default());
    some.and_then(|minutes| Reminders::new(minutes).ok())
}

/// A rule with few blocks.
fn repeat<S: Sql + Clone>(twins: &Twins<S>, chance: &mut Chance) -> Result<Repeat, String> {
    let (rule, after_done) = match chance.below(4) {
        0 => ("FREQ=DAILY;COUNT=4", false),
        1 => ("FREQ=WEEKLY;INTERVAL=3", false),
        2 => ("FREQ=DAILY;INTERVAL=2", true),
        _ => ("FREQ=MONTHLY;BYDAY=-1FR", false),
    };
    let rule = Recurrence::read(rule).map_err(|why| why.to_string())?;
    Ok(Repeat { id: SeriesId::new(twins.id()), rule, after_done })
}

fn scope<S: Sql + Clone>(twins: &Twins<S>, chance: &mut Chance) -> Scope {
    match chance.below(3) {
        0 => Scope::One,
        1 => Scope::Following(SeriesId::new(twins.id())),
        _ => Scope::All,
    }
}

/// Mostly few days, sometimes more than a block with a time can last.
fn days(chance: &mut Chance) -> Option<Days> {
    let most = if chance.below(4) == 0 { 60 } else { 5 };
    let count = i64::try_from(chance.below(most)).unwrap_or_default();
    Days::starting(moment(chance.minutes()).date_naive(), count).ok()
}

fn date(chance: &mut Chance) -> Option<NaiveDate> {
    (chance.below(2) == 0).then(|| moment(chance.minutes()).date_naive())
}

/// Words to search for, in all places that have some.
fn other_words(title: &str, odd: bool) -> BlockUpdate {
    BlockUpdate {
        title: Title::new(title).ok(),
        description: Description::optional(if odd { "Soft  Shoes\nand a towel" } else { "" }).ok(),
        tags: Tag::list(if odd { &["Odd", "sport"] } else { &["even", "sport"] }).ok(),
        priority: Some(if odd { Priority::High } else { Priority::Low }),
        ..BlockUpdate::default()
    }
}

/// Something about a run of the architect, with few goals and few tasks, so that they meet each other.
fn run_step<S: Sql + Clone>(twins: &mut Twins<S>, chance: &mut Chance) -> Result<Command, String> {
    let runs = said(twins.store.runs(5))?;
    let some = usize::try_from(chance.below(5)).unwrap_or_default();
    let goal = GoalText::new(&format!("Goal {}", chance.below(5))).map_err(|why| why.to_string())?;
    let id = RunId::new(twins.id());
    let start = NewRun { id, goal, plan: None, deadline: None, minutes_per_week: None };
    let Some(run) = runs.get(some).map(|run| run.id) else { return Ok(Command::StartRun(start)) };
    let reference = Some(RunRef::Id(run));
    Ok(match chance.below(15) {
        9 | 10 => Command::AcceptGoal { goal: reference, starts: None },
        11 => Command::ChangeGoal {
            goal: reference,
            wishes: WishesUpdate { minutes_per_week: Some(Some(120)), ..WishesUpdate::default() },
        },
        12 => Command::SetGoal { goal: reference, request: GoalRequest::Pause },
        13 => Command::SetGoal { goal: reference, request: GoalRequest::Resume },
        14 => Command::SetGoal { goal: reference, request: GoalRequest::End },
        0 => Command::StartRun(start),
        1 => Command::CancelRun { run: Some(RunRef::Id(run)) },
        2 => Command::RetryRun { run: Some(RunRef::Id(run)) },
        3 => Command::NoteTrouble { run, error: "Busy.".to_owned() },
        4 => Command::FailRun { run, error: "Down.".to_owned() },
        5 => Command::BeginStep { run, step: RunStep::Place },
        6 => Command::NameRun { run, title: Title::new("Name").map_err(|why| why.to_string())? },
        _ => {
            let title = Title::new("Task").map_err(|why| why.to_string())?;
            let task = |minutes| Task {
                title: title.clone(),
                description: None,
                minutes,
                priority: Priority::Medium,
                depends_on: Vec::new(),
                after_sessions: false,
            };
            let phase = Phase {
                title: title.clone(),
                description: None,
                minutes: 45,
                per_week: 2,
                weeks: Some(2),
                milestone: None,
            };
            let tasks = [30, 500, 60].map(task).to_vec();
            let outline = Outline { tasks, phases: vec![phase], activity: Activity::Study };
            Command::CommitRun { run, outline, left_out: Vec::new(), not_before: moment(chance.minutes()) }
        }
    })
}

pub(super) fn query<S: Sql + Clone>(chance: &mut Chance, twins: &Twins<S>) -> Result<BlockQuery, String> {
    let bound = |chance: &mut Chance| (chance.below(3) == 0).then(|| moment(chance.minutes()));
    let plans = said(twins.store.plans())?;
    let some_plan = usize::try_from(chance.below(6)).unwrap_or_default();
    Ok(BlockQuery {
        plan: plans.get(some_plan).map(|plan| plan.id),
        title: match chance.below(4) {
            0 => Some(TitleMatch::Is(format!("thing {}", chance.below(12)))),
            1 => Some(TitleMatch::Contains(vec!["1".to_owned(), "thing".to_owned()])),
            _ => None,
        },
        words: match chance.below(6) {
            0 => TitleMatch::words("SOFT thing"),
            1 => TitleMatch::words("#odd"),
            2 => vec![format!("b{}", chance.below(20)), "thing".to_owned()],
            _ => Vec::new(),
        },
        priority: (chance.below(6) == 0).then_some(Priority::High),
        has_time: match chance.below(6) {
            0 => Some(true),
            1 => Some(false),
            _ => None,
        },
        all_day: match chance.below(6) {
            0 => Some(true),
            1 => Some(false),
            _ => None,
        },
        ends_after: bound(chance),
        ends_by: bound(chance),
        starts_from: bound(chance),
        starts_before: bound(chance),
        state: match chance.below(4) {
            0 => BlockState::Open,
            1 => BlockState::Done,
            2 => BlockState::ToDo,
            _ => BlockState::Any,
        },
        series: None,
        goal: said(twins.store.goals())?.first().filter(|_| chance.below(6) == 0).map(|goal| goal.id),
        except: None,
        after: place(chance, twins),
        before: place(chance, twins),
        limit: 1 + usize::try_from(chance.below(30)).unwrap_or_default(),
        last: chance.below(2) == 0,
    })
}

/// Mostly none, sometimes that of a block, sometimes one where no block is.
fn place<S: Sql + Clone>(chance: &mut Chance, twins: &Twins<S>) -> Option<BlockPlace> {
    let handle = Handle::new(u32::try_from(chance.below(40)).unwrap_or_default());
    match chance.below(6) {
        0 => {
            let block = twins.session.timeline().block_by_handle(handle);
            block.and_then(BlockPlace::of)
        }
        1 => Some(BlockPlace::new(moment(chance.minutes()), handle)),
        _ => None,
    }
}
