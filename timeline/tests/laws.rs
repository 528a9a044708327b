//! Laws that hold for any sequence of commands.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use chrono::{DateTime, TimeDelta, Utc};
use flux_timeline::command::{BlockUpdate, Command, NewBlock, NewRun, SettingsUpdate};
use flux_timeline::event::EventKind;
use flux_timeline::place::Task;
use flux_timeline::reference::{BlockRef, PlanRef, RunRef};
use flux_timeline::timeline::Content;
use flux_timeline::{
    Actor, BlockId, DecideError, Event, EventId, Goal, HourFormat, PlanId, Priority, RunId, RunStep, Session, Source,
    Span, Timeline, Title, TxnId, Zone, decide,
};
use proptest::prelude::*;
use uuid::Uuid;

const UNDO: Command = Command::Undo { txn: None };

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

    /// What comes of these, where they can be granted.
    fn after(wishes: &[Wish]) -> Self {
        let mut world = Self::new();
        for wish in wishes {
            if let Some(command) = command(&mut world, wish) {
                world.run(&command);
            }
        }
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

    /// What a person sees, but for the settings: not the blocks of deleted plans.
    fn seen(&self) -> String {
        seen(self.content())
    }

    /// One of the events so far.
    fn event(&self, number: u8) -> Option<&Event> {
        let log = self.session.log();
        log.get(usize::from(number) % log.len().max(1))
    }

    /// One of the plans, the first one and archived ones included.
    fn plan(&self, number: u8) -> Option<PlanRef> {
        let plans = self.content().plans;
        plans.get(usize::from(number) % plans.len().max(1)).map(|plan| PlanRef::Id(plan.id))
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
    ArchivePlan { number: u8 },
    UnarchivePlan { number: u8 },
    Shift { after: i64, by: i64 },
    StartRun { goal: u8 },
    CancelRun { run: u8 },
    RetryRun { run: u8 },
    BeginStep { run: u8, step: RunStep },
    NoteTrouble { run: u8 },
    NameRun { run: u8 },
    FailRun { run: u8 },
    CommitRun { run: u8, minutes: Vec<u32> },
    Undo,
    UndoOne { event: u8 },
    Redo,
    Restore { event: u8 },
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
        2 => (0u8..5).prop_map(|number| Wish::ArchivePlan { number }),
        1 => (0u8..5).prop_map(|number| Wish::UnarchivePlan { number }),
        1 => (minutes, -600_000i64..600_000).prop_map(|(after, by)| Wish::Shift { after, by }),
        2 => (0u8..6).prop_map(|goal| Wish::StartRun { goal }),
        1 => (0u8..6).prop_map(|run| Wish::CancelRun { run }),
        1 => (0u8..6).prop_map(|run| Wish::RetryRun { run }),
        1 => (0u8..6, prop_oneof![Just(RunStep::Brainstorm), Just(RunStep::Place)])
            .prop_map(|(run, step)| Wish::BeginStep { run, step }),
        1 => (0u8..6).prop_map(|run| Wish::NoteTrouble { run }),
        1 => (0u8..6).prop_map(|run| Wish::NameRun { run }),
        1 => (0u8..6).prop_map(|run| Wish::FailRun { run }),
        2 => (0u8..6, prop::collection::vec(5u32..700, 0..5)).prop_map(|(run, minutes)| Wish::CommitRun { run, minutes }),
        3 => Just(Wish::Undo),
        2 => any::<u8>().prop_map(|event| Wish::UndoOne { event }),
        3 => Just(Wish::Redo),
        1 => any::<u8>().prop_map(|event| Wish::Restore { event }),
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
        Wish::ArchivePlan { number } => Command::ArchivePlan { plan: world.plan(*number)? },
        Wish::UnarchivePlan { number } => Command::UnarchivePlan { plan: world.plan(*number)? },
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
        Wish::NameRun { run } => Command::NameRun { run: world.run_id(*run)?, title: Title::new("Name").unwrap() },
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
            Command::CommitRun { run, tasks, left_out: Vec::new(), not_before: world.now() }
        }
        Wish::Undo => UNDO,
        Wish::UndoOne { event } => Command::Undo { txn: Some(world.event(*event)?.txn) },
        Wish::Restore { event } => Command::Restore { seq: world.event(*event)?.seq },
        Wish::Redo => Command::Redo,
        Wish::Zone(oslo) => Command::ChangeSettings(SettingsUpdate {
            time_zone: Zone::new(if *oslo { "Europe/Oslo" } else { "Asia/Tokyo" }).ok(),
            hour_format: (!oslo).then_some(HourFormat::Hours12),
            ..SettingsUpdate::default()
        }),
    })
}

fn seen(mut content: Content) -> String {
    content.blocks.retain(|block| content.plans.iter().any(|plan| plan.id == block.plan));
    json(&(content.plans, content.active_plan, content.blocks))
}

fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap()
}

/// A plan that was made in between is taken back on its own; then the last one is, and only an archived one is left.
#[test]
fn everything_can_be_undone_also_where_only_archived_plans_would_be_left() {
    let mut world = World::new();
    let first = json(&world.undoable_content());
    for wish in [Wish::CreatePlan { title: 0 }, Wish::ArchivePlan { number: 2 }, Wish::CreatePlan { title: 0 }] {
        let command = command(&mut world, &wish).unwrap();
        assert!(world.run(&command) > 0);
    }
    let is_made = |event: &&Event| matches!(event.kind, EventKind::PlanCreated { .. });
    let in_between = world.session.log().iter().filter(is_made).nth(1).unwrap().txn;
    assert!(world.run(&Command::Undo { txn: Some(in_between) }) > 0);
    while world.run(&UNDO) > 0 {}
    assert_eq!(json(&world.undoable_content()), first);
    assert!(world.run(&Command::Redo) > 0);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2 * ProptestConfig::default().cases, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn replaying_the_log_gives_the_projection_byte_for_byte(wishes in prop::collection::vec(wish(), 0..60)) {
        let world = World::after(&wishes);
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
        let mut world = World::after(&wishes);
        if matches!(last, Wish::Undo | Wish::UndoOne { .. } | Wish::Redo | Wish::Zone(_)) {
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
        prop_assert!(world.run(&UNDO) > 0);
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
        while world.run(&UNDO) > 0 {}
        prop_assert_eq!(json(&world.undoable_content()), json(&first));
        while world.run(&Command::Redo) > 0 {}
        prop_assert_eq!(json(&world.undoable_content()), json(&last));
    }

    #[test]
    fn what_is_undone_is_as_if_it_had_never_been(
        wishes in prop::collection::vec(wish(), 1..40), event: u8
    ) {
        let mut world = World::after(&wishes);
        let Some(txn) = world.event(event).map(|event| event.txn) else { return Ok(()) };
        let before = world.seen();
        if world.run(&Command::Undo { txn: Some(txn) }) == 0 {
            return Ok(());
        }
        let stands = |event: &&Event| {
            !matches!(event.kind, EventKind::Undone { .. } | EventKind::Redone { .. })
                && world.session.timeline().undone_by(event.txn).is_none()
        };
        let mut without = Timeline::default();
        world.session.log().iter().filter(stands).for_each(|event| without.apply(event));
        // Which plan is active is the person's last choice, and stays.
        let blind = |content: Content| seen(Content { active_plan: None, ..content });
        prop_assert_eq!(blind(world.content()), blind(without.content()));
        prop_assert!(world.content().plans.iter().any(|plan| Some(plan.id) == world.content().active_plan));
        prop_assert!(world.run(&Command::Redo) > 0);
        prop_assert_eq!(world.seen(), before);
    }

    #[test]
    fn the_active_plan_is_in_use_after_every_event(wishes in prop::collection::vec(wish(), 0..60)) {
        let world = World::after(&wishes);
        let mut timeline = Timeline::default();
        for (index, event) in world.session.log().iter().enumerate() {
            timeline.apply(event);
            // Before the second event, the first plan is not the active one yet.
            prop_assert!(index == 0 || timeline.active_plan().is_some_and(flux_timeline::Plan::is_in_use));
        }
    }

    #[test]
    fn archived_plans_take_up_no_time(wishes in prop::collection::vec(wish(), 0..60)) {
        let world = World::after(&wishes);
        let content = world.content();
        let in_use = |block: &&flux_timeline::Block| {
            content.plans.iter().any(|plan| plan.id == block.plan && plan.is_in_use())
        };
        let (from, to) = (DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
        let expected: Vec<Span> =
            content.blocks.iter().filter(in_use).filter(|block| block.is_open()).map(|block| block.span).collect();
        prop_assert_eq!(world.session.timeline().busy(from, to), expected);
    }

    #[test]
    fn any_moment_can_be_restored_and_the_restoration_undone(
        wishes in prop::collection::vec(wish(), 1..40), event: u8
    ) {
        let mut world = World::after(&wishes);
        // The first event makes the first plan, the second makes it the active one: before, there is no timeline.
        let seq = world.event(event).map_or(2, |event| event.seq.max(2));
        let (then, before) = (seen(world.session.content_at(seq)), world.seen());
        let events = world.run(&Command::Restore { seq });
        prop_assert_eq!(world.seen(), then.clone());
        prop_assert_eq!(events == 0, then == before);
        if events > 0 {
            prop_assert!(world.run(&UNDO) > 0);
            prop_assert_eq!(world.seen(), before);
        }
    }

    #[test]
    fn handles_are_never_given_twice(wishes in prop::collection::vec(wish(), 0..80)) {
        let world = World::after(&wishes);
        let mut given: Vec<_> = world.session.log().iter().filter_map(|event| match &event.kind {
            EventKind::BlockScheduled { block } => Some((block.handle, block.id)),
            _ => None,
        }).collect();
        // A block that is brought back is the same block.
        given.sort();
        given.dedup();
        prop_assert!(given.windows(2).all(|pair| matches!(pair, [one, other] if one.0 != other.0)));
    }

    #[test]
    fn an_event_followed_by_its_inverse_changes_nothing(wishes in prop::collection::vec(wish(), 0..40)) {
        let world = World::after(&wishes);
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
        let world = World::after(&wishes);
        let mut part = Timeline::default();
        for event in world.session.log().iter().skip(skipped) {
            part.apply(event);
        }
        prop_assert_eq!(part.seq(), if skipped < world.session.log().len() { world.session.log().len() as u64 } else { 0 });
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2 * ProptestConfig::default().cases, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_run_adds_its_tasks_at_most_once_and_never_after_its_end(wishes in prop::collection::vec(wish(), 0..80)) {
        let mut world = World::new();
        for wish in &wishes {
            if let Some(command) = command(&mut world, wish) {
                world.run(&command);
            }
            prop_assert!(world.session.timeline().running().len() <= flux_timeline::limits::RUNS_AT_ONCE);
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
