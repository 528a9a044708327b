//! Laws that hold for any sequence of commands.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use chrono::{DateTime, TimeDelta, Utc};
use flux_tools::command::{BlockUpdate, Command, NewBlock, NewRun, SettingsUpdate};
use flux_tools::event::EventKind;
use flux_tools::place::Task;
use flux_tools::reference::{BlockRef, PlanRef, RunRef};
use flux_tools::timeline::Content;
use flux_tools::{
    Actor, BlockId, DecideError, Event, EventId, Goal, PlanId, Priority, RunId, RunStep, Session, Source, Span,
    Timeline, Title, TxnId, Zone, decide,
};
use proptest::prelude::*;
use uuid::Uuid;

const START: i64 = 1_772_000_000_000;

/// A session with a clock and ids that count.
struct World {
    session: Session,
    ticks: u128,
}

impl World {
    fn new() -> Self {
        let mut world = Self { session: Session::default(), ticks: 0 };
        let open = Command::OpenTimeline { id: PlanId::new(world.id()), title: Title::new("My plan").unwrap() };
        world.run_as(&open, &Actor::System);
        world
    }

    fn id(&mut self) -> Uuid {
        self.ticks += 1;
        Uuid::from_u128(self.ticks)
    }

    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(START + i64::try_from(self.ticks).unwrap() * 1_000).unwrap()
    }

    fn run(&mut self, command: &Command) -> usize {
        self.run_as(command, &Actor::User)
    }

    fn run_as(&mut self, command: &Command, actor: &Actor) -> usize {
        let txn = match command {
            Command::CommitRun { run, .. } => run.txn(),
            _ => TxnId::new(self.id()),
        };
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

    fn content(&self) -> Content {
        self.session.timeline().content()
    }

    /// What undo and redo are about: not the runs, which stay as they were told.
    fn undoable_content(&self) -> Content {
        Content { runs: Vec::new(), ..self.content() }
    }

    /// One of the runs so far.
    fn run_id(&self, number: u8) -> Option<RunId> {
        let runs = self.session.timeline().runs(usize::MAX);
        runs.get(usize::from(number) % runs.len().max(1)).map(|run| run.id)
    }
}

/// A command with small numbers instead of ids, so that generated commands meet each other's blocks.
#[derive(Debug, Clone)]
enum Wish {
    Schedule { title: u8, minutes: i64, length: i64 },
    Move { block: u8, minutes: i64 },
    Retitle { block: u8, title: u8, priority: bool },
    Toggle { block: u8, done: bool },
    ToggleByTitle { title: u8, done: bool },
    Delete { block: u8 },
    CreatePlan { title: u8 },
    SwitchPlan { title: u8 },
    RenamePlan { title: u8, to: u8 },
    DeletePlan { title: u8 },
    Shift { after: i64, by: i64 },
    StartRun { goal: u8 },
    CancelRun { run: u8 },
    RetryRun { run: u8 },
    BeginStep { run: u8, step: RunStep },
    NoteTrouble { run: u8 },
    FailRun { run: u8 },
    CommitRun { run: u8, minutes: Vec<u32> },
    Undo,
    Redo,
    Zone(bool),
}

fn wish() -> impl Strategy<Value = Wish> {
    let minutes = -50_000i64..50_000;
    prop_oneof![
        4 => (0u8..6, minutes.clone(), 1i64..30_000).prop_map(|(title, minutes, length)| Wish::Schedule { title, minutes, length }),
        2 => (1u8..12, minutes.clone()).prop_map(|(block, minutes)| Wish::Move { block, minutes }),
        2 => (1u8..12, 0u8..6, any::<bool>()).prop_map(|(block, title, priority)| Wish::Retitle { block, title, priority }),
        2 => (1u8..12, any::<bool>()).prop_map(|(block, done)| Wish::Toggle { block, done }),
        1 => (0u8..6, any::<bool>()).prop_map(|(title, done)| Wish::ToggleByTitle { title, done }),
        1 => (1u8..12).prop_map(|block| Wish::Delete { block }),
        1 => (0u8..4).prop_map(|title| Wish::CreatePlan { title }),
        1 => (0u8..4).prop_map(|title| Wish::SwitchPlan { title }),
        1 => (0u8..4, 0u8..4).prop_map(|(title, to)| Wish::RenamePlan { title, to }),
        1 => (0u8..4).prop_map(|title| Wish::DeletePlan { title }),
        1 => (minutes, -600_000i64..600_000).prop_map(|(after, by)| Wish::Shift { after, by }),
        2 => (0u8..6).prop_map(|goal| Wish::StartRun { goal }),
        1 => (0u8..6).prop_map(|run| Wish::CancelRun { run }),
        1 => (0u8..6).prop_map(|run| Wish::RetryRun { run }),
        1 => (0u8..6, prop_oneof![Just(RunStep::Brainstorm), Just(RunStep::Place)])
            .prop_map(|(run, step)| Wish::BeginStep { run, step }),
        1 => (0u8..6).prop_map(|run| Wish::NoteTrouble { run }),
        1 => (0u8..6).prop_map(|run| Wish::FailRun { run }),
        2 => (0u8..6, prop::collection::vec(5u32..700, 0..5)).prop_map(|(run, minutes)| Wish::CommitRun { run, minutes }),
        3 => Just(Wish::Undo),
        3 => Just(Wish::Redo),
        1 => any::<bool>().prop_map(Wish::Zone),
    ]
}

fn title(number: u8) -> Title {
    Title::new(&format!("Thing {number}")).unwrap()
}

fn handle(number: u8) -> BlockRef {
    BlockRef::from(format!("B{number}").as_str())
}

fn plan(number: u8) -> PlanRef {
    PlanRef::Title(title(number).to_string())
}

fn command(world: &mut World, wish: &Wish) -> Option<Command> {
    let at = |minutes: i64| DateTime::from_timestamp_millis(START + minutes * 60_000).unwrap();
    Some(match wish {
        Wish::Schedule { title: number, minutes, length } => Command::ScheduleBlock(NewBlock {
            id: BlockId::new(world.id()),
            plan: None,
            title: title(*number),
            description: None,
            span: Span::starting(at(*minutes), TimeDelta::minutes(*length)).ok()?,
            priority: Priority::Medium,
            tags: Vec::new(),
            depends_on: Vec::new(),
        }),
        Wish::Move { block, minutes } => Command::UpdateBlock {
            block: handle(*block),
            changes: BlockUpdate { start: Some(at(*minutes)), ..BlockUpdate::default() },
        },
        Wish::Retitle { block, title: number, priority } => Command::UpdateBlock {
            block: handle(*block),
            changes: BlockUpdate {
                title: Some(title(*number)),
                priority: priority.then_some(Priority::High),
                ..BlockUpdate::default()
            },
        },
        Wish::Toggle { block, done: true } => Command::CompleteBlock { block: handle(*block) },
        Wish::Toggle { block, done: false } => Command::ReopenBlock { block: handle(*block) },
        Wish::ToggleByTitle { title: number, done } => {
            let block = BlockRef::Title(title(*number).to_string());
            if *done { Command::CompleteBlock { block } } else { Command::ReopenBlock { block } }
        }
        Wish::Delete { block } => Command::DeleteBlock { block: handle(*block) },
        Wish::CreatePlan { title: number } => {
            Command::CreatePlan { id: PlanId::new(world.id()), title: title(*number) }
        }
        Wish::SwitchPlan { title } => Command::SwitchPlan { plan: plan(*title) },
        Wish::RenamePlan { title: number, to } => Command::RenamePlan { plan: plan(*number), title: title(*to) },
        Wish::DeletePlan { title } => Command::DeletePlan { plan: plan(*title) },
        Wish::Shift { after, by } => {
            Command::ShiftTimeline { plan: None, after: at(*after), before: None, by: TimeDelta::minutes(*by) }
        }
        Wish::StartRun { goal } => Command::StartRun(NewRun {
            id: RunId::new(world.id()),
            goal: Goal::new(&format!("Goal {goal}")).unwrap(),
            plan: None,
            deadline: None,
            minutes_per_week: None,
        }),
        Wish::CancelRun { run } => Command::CancelRun { run: Some(RunRef::Id(world.run_id(*run)?)) },
        Wish::RetryRun { run } => Command::RetryRun { run: Some(RunRef::Id(world.run_id(*run)?)) },
        Wish::BeginStep { run, step } => Command::BeginStep { run: world.run_id(*run)?, step: *step },
        Wish::NoteTrouble { run } => Command::NoteTrouble { run: world.run_id(*run)?, error: "Busy.".to_owned() },
        Wish::FailRun { run } => Command::FailRun { run: world.run_id(*run)?, error: "Down.".to_owned() },
        Wish::CommitRun { run, minutes } => {
            let run = world.run_id(*run)?;
            let task = |(index, minutes): (usize, &u32)| Task {
                title: Title::new("Task").unwrap(),
                description: None,
                minutes: *minutes,
                priority: Priority::Medium,
                depends_on: (0..index).collect(),
            };
            let tasks: Vec<Task> = minutes.iter().enumerate().map(task).collect();
            let tasks = tasks.into_iter().map(|task| (BlockId::new(world.id()), task)).collect();
            Command::CommitRun { run, tasks, not_before: world.now() }
        }
        Wish::Undo => Command::Undo,
        Wish::Redo => Command::Redo,
        Wish::Zone(oslo) => Command::ChangeSettings(SettingsUpdate {
            time_zone: Zone::new(if *oslo { "Europe/Oslo" } else { "Asia/Tokyo" }).ok(),
            ..SettingsUpdate::default()
        }),
    })
}

fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn replaying_the_log_gives_the_projection_byte_for_byte(wishes in prop::collection::vec(wish(), 0..60)) {
        let mut world = World::new();
        for wish in &wishes {
            if let Some(command) = command(&mut world, wish) {
                world.run(&command);
            }
        }
        let mut replayed = Timeline::default();
        for (index, event) in world.session.log().iter().enumerate() {
            prop_assert_eq!(event.seq, index as u64 + 1);
            let read: Event = serde_json::from_str(&json(event)).unwrap();
            prop_assert_eq!(&read, event);
            replayed.apply(&read);
        }
        prop_assert_eq!(json(&replayed.content()), json(&world.content()));
        prop_assert_eq!(replayed.undoable(), world.session.timeline().undoable());
        prop_assert_eq!(replayed.redoable(), world.session.timeline().redoable());
    }

    #[test]
    fn undo_takes_back_exactly_the_last_transaction_and_redo_brings_it_back(
        wishes in prop::collection::vec(wish(), 1..40), last in wish()
    ) {
        let mut world = World::new();
        for wish in &wishes {
            if let Some(command) = command(&mut world, wish) {
                world.run(&command);
            }
        }
        if matches!(last, Wish::Undo | Wish::Redo | Wish::Zone(_)) {
            return Ok(());
        }
        let before = world.undoable_content();
        let Some(command) = command(&mut world, &last) else { return Ok(()) };
        if world.run(&command) == 0 {
            return Ok(());
        }
        let after = world.undoable_content();
        if json(&after) == json(&before) {
            // Only a run came further.
            return Ok(());
        }
        prop_assert!(world.run(&Command::Undo) > 0);
        prop_assert_eq!(json(&world.undoable_content()), json(&before));
        prop_assert!(world.run(&Command::Redo) > 0);
        prop_assert_eq!(json(&world.undoable_content()), json(&after));
    }

    #[test]
    fn undoing_everything_gives_the_first_timeline_and_redoing_everything_the_last(
        wishes in prop::collection::vec(wish(), 1..40)
    ) {
        let mut world = World::new();
        let first = world.undoable_content();
        for wish in wishes.iter().filter(|wish| !matches!(wish, Wish::Zone(_))) {
            if let Some(command) = command(&mut world, wish) {
                world.run(&command);
            }
        }
        while world.run(&Command::Redo) > 0 {}
        let last = world.undoable_content();
        while world.run(&Command::Undo) > 0 {}
        prop_assert_eq!(json(&world.undoable_content()), json(&first));
        while world.run(&Command::Redo) > 0 {}
        prop_assert_eq!(json(&world.undoable_content()), json(&last));
    }

    #[test]
    fn handles_are_never_given_twice(wishes in prop::collection::vec(wish(), 0..80)) {
        let mut world = World::new();
        for wish in &wishes {
            if let Some(command) = command(&mut world, wish) {
                world.run(&command);
            }
        }
        let mut given: Vec<_> = world.session.log().iter().filter_map(|event| match &event.kind {
            EventKind::BlockScheduled { block } => Some(block.handle),
            _ => None,
        }).collect();
        let count = given.len();
        given.sort();
        given.dedup();
        prop_assert_eq!(given.len(), count);
    }

    #[test]
    fn an_event_followed_by_its_inverse_changes_nothing(wishes in prop::collection::vec(wish(), 0..40)) {
        let mut world = World::new();
        for wish in &wishes {
            if let Some(command) = command(&mut world, wish) {
                world.run(&command);
            }
        }
        let mut timeline = Timeline::default();
        for event in world.session.log() {
            let before = timeline.content();
            timeline.apply(event);
            if let Some(inverse) = event.kind.inverse() {
                let after = timeline.content();
                timeline.apply(&Event { kind: inverse, ..event.clone() });
                prop_assert_eq!(json(&timeline.content()), json(&before));
                timeline.apply(event);
                prop_assert_eq!(json(&timeline.content()), json(&after));
            }
        }
    }

    #[test]
    fn a_part_of_a_timeline_takes_any_event_without_panic(
        wishes in prop::collection::vec(wish(), 0..40), skipped in 0usize..40
    ) {
        let mut world = World::new();
        for wish in &wishes {
            if let Some(command) = command(&mut world, wish) {
                world.run(&command);
            }
        }
        let mut part = Timeline::default();
        for event in world.session.log().iter().skip(skipped) {
            part.apply(event);
        }
        prop_assert_eq!(part.seq(), if skipped < world.session.log().len() { world.session.log().len() as u64 } else { 0 });
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_run_adds_its_tasks_at_most_once_and_never_after_its_end(wishes in prop::collection::vec(wish(), 0..80)) {
        let mut world = World::new();
        for wish in &wishes {
            if let Some(command) = command(&mut world, wish) {
                world.run(&command);
            }
            prop_assert!(world.session.timeline().running().len() <= flux_tools::limits::RUNS_AT_ONCE);
        }
        let mut over = std::collections::BTreeSet::new();
        for event in world.session.log() {
            match &event.kind {
                EventKind::BlockScheduled { block } if block.source == Source::Architect => {
                    prop_assert!(!over.contains(&event.txn), "added after the end");
                }
                EventKind::WorkflowCompleted(change) | EventKind::WorkflowCancelled(change) => {
                    prop_assert!(over.insert(change.run.txn()), "two ends");
                }
                _ => {}
            }
        }
    }
}
