//! Requests with small numbers instead of ids, of any kind.

use flux_timeline::command::GoalRequest;
use flux_timeline::{Kind, RunStep};
use proptest::prelude::*;

/// Rules with few blocks, so that requests often name one of them.
pub const RULES: [&str; 8] = [
    "FREQ=DAILY;COUNT=4",
    "FREQ=WEEKLY;BYDAY=TU",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH",
    "FREQ=MONTHLY",
    "FREQ=MONTHLY;BYDAY=-1FR",
    "FREQ=YEARLY;UNTIL=20280101",
    "FREQ=DAILY;INTERVAL=3",
    "FREQ=MONTHLY",
];
/// From this one on, the rules are counted from the day on which a task was done.
pub const AFTER_DONE: usize = 6;

/// A command with small numbers instead of ids, so that generated commands often refer to the same blocks.
#[derive(Debug, Clone)]
pub enum Request {
    Schedule {
        title: u8,
        kind: Kind,
        minutes: i64,
        length: i64,
    },
    AllDay {
        title: u8,
        kind: Kind,
        first: u64,
        count: i64,
    },
    SetDays {
        block: u8,
        first: Option<u64>,
        last: Option<u64>,
    },
    Note {
        title: u8,
        minutes: Option<u32>,
        first: Option<u64>,
        due: Option<u64>,
    },
    Plan {
        block: u8,
        unschedule: bool,
        length: Option<i64>,
        first: Option<u64>,
        due: Option<u64>,
    },
    Move {
        block: u8,
        minutes: i64,
    },
    Retitle {
        block: u8,
        title: u8,
        priority: bool,
    },
    Turn {
        block: u8,
        kind: Kind,
    },
    Miss {
        block: u8,
        missed: bool,
    },
    Time {
        block: u8,
        working: Option<bool>,
        worked: Option<i64>,
    },
    Toggle {
        block: u8,
        done: bool,
    },
    ToggleByTitle {
        title: u8,
        done: bool,
    },
    Delete {
        block: u8,
    },
    Repeat {
        title: u8,
        kind: Kind,
        minutes: i64,
        days: Option<i64>,
        rule: usize,
    },
    ChangeSeries {
        block: u8,
        scope: u8,
        title: Option<u8>,
        minutes: Option<i64>,
        days: Option<i64>,
        rule: Option<usize>,
    },
    DeleteSeries {
        block: u8,
        scope: u8,
    },
    Extend {
        days: i64,
    },
    CreatePlan {
        title: u8,
    },
    SwitchPlan {
        title: u8,
    },
    RenamePlan {
        title: u8,
        to: u8,
    },
    RecolorPlan {
        title: u8,
        color: usize,
    },
    DeletePlan {
        title: u8,
    },
    ArchivePlan {
        number: u8,
    },
    UnarchivePlan {
        number: u8,
    },
    Shift {
        after: i64,
        days: i64,
        minutes: i64,
    },
    Reschedule {
        block: Option<u8>,
    },
    Place {
        blocks: Vec<(u8, i64)>,
    },
    StartRun {
        goal: u8,
    },
    CancelRun {
        run: u8,
    },
    RetryRun {
        run: u8,
    },
    BeginStep {
        run: u8,
        step: RunStep,
    },
    NoteTrouble {
        run: u8,
    },
    NameRun {
        run: u8,
    },
    FailRun {
        run: u8,
    },
    CommitRun {
        run: u8,
        minutes: Vec<u32>,
        sessions: u32,
    },
    AcceptGoal {
        goal: u8,
        some: bool,
    },
    ChangeGoal {
        goal: u8,
        minutes: Option<u32>,
        days: Option<i64>,
    },
    SetGoal {
        goal: u8,
        request: GoalRequest,
    },
    TendGoals {
        days: i64,
    },
    Undo,
    UndoOne {
        event: u8,
    },
    Redo,
    Restore {
        event: u8,
    },
    Zone(bool),
}

pub fn request() -> impl Strategy<Value = Request> {
    let minutes = -50_000i64..50_000;
    prop_oneof![
        4 => (0u8..6, kind(), minutes.clone(), 1i64..30_000)
            .prop_map(|(title, kind, minutes, length)| Request::Schedule { title, kind, minutes, length }),
        2 => (0u8..6, kind(), 0u64..40, 1i64..400)
            .prop_map(|(title, kind, first, count)| Request::AllDay { title, kind, first, count }),
        2 => (1u8..30, days(), days()).prop_map(|(block, first, last)| Request::SetDays { block, first, last }),
        2 => (0u8..6, prop::option::of(0u32..30_000), days(), days())
            .prop_map(|(title, minutes, first, due)| Request::Note { title, minutes, first, due }),
        2 => (1u8..12, any::<bool>(), prop::option::of(0i64..30_000), days(), days())
            .prop_map(|(block, unschedule, length, first, due)| Request::Plan { block, unschedule, length, first, due }),
        1 => (1u8..12, kind()).prop_map(|(block, kind)| Request::Turn { block, kind }),
        3 => (1u8..12, any::<bool>()).prop_map(|(block, missed)| Request::Miss { block, missed }),
        3 => (1u8..12, prop::option::of(any::<bool>()), prop::option::of(-5i64..100))
            .prop_map(|(block, working, worked)| Request::Time { block, working, worked }),
        2 => (1u8..12, minutes.clone()).prop_map(|(block, minutes)| Request::Move { block, minutes }),
        2 => (1u8..12, 0u8..6, any::<bool>()).prop_map(|(block, title, priority)| Request::Retitle { block, title, priority }),
        2 => (1u8..12, any::<bool>()).prop_map(|(block, done)| Request::Toggle { block, done }),
        1 => (0u8..6, any::<bool>()).prop_map(|(title, done)| Request::ToggleByTitle { title, done }),
        1 => (1u8..12).prop_map(|block| Request::Delete { block }),
        3 => (0u8..6, kind(), -30_000i64..50_000, prop::option::weighted(0.3, 1i64..16), 0..RULES.len())
            .prop_map(|(title, kind, minutes, days, rule)| Request::Repeat { title, kind, minutes, days, rule }),
        3 => (1u8..30, 0u8..3, prop::option::of(0u8..6), prop::option::of(-5_000i64..5_000), prop::option::weighted(0.2, 1i64..4), prop::option::of(0..RULES.len()))
            .prop_map(|(block, scope, title, minutes, days, rule)| Request::ChangeSeries { block, scope, title, minutes, days, rule }),
        2 => (1u8..30, 0u8..3).prop_map(|(block, scope)| Request::DeleteSeries { block, scope }),
        1 => (0i64..70).prop_map(|days| Request::Extend { days }),
        1 => (0u8..4).prop_map(|title| Request::CreatePlan { title }),
        1 => (0u8..4).prop_map(|title| Request::SwitchPlan { title }),
        1 => (0u8..4, 0u8..4).prop_map(|(title, to)| Request::RenamePlan { title, to }),
        1 => (0u8..4, 0usize..8).prop_map(|(title, color)| Request::RecolorPlan { title, color }),
        1 => (0u8..4).prop_map(|title| Request::DeletePlan { title }),
        2 => (0u8..5).prop_map(|number| Request::ArchivePlan { number }),
        1 => (0u8..5).prop_map(|number| Request::UnarchivePlan { number }),
        1 => (minutes, -400i64..400, -600_000i64..600_000)
            .prop_map(|(after, days, minutes)| Request::Shift { after, days, minutes }),
        2 => prop::option::of(1u8..12).prop_map(|block| Request::Reschedule { block }),
        2 => prop::collection::vec((1u8..12, -50_000i64..50_000), 0..4).prop_map(|blocks| Request::Place { blocks }),
        2 => (0u8..6).prop_map(|goal| Request::StartRun { goal }),
        1 => (0u8..6).prop_map(|run| Request::CancelRun { run }),
        1 => (0u8..6).prop_map(|run| Request::RetryRun { run }),
        1 => (0u8..6, prop_oneof![Just(RunStep::Brainstorm), Just(RunStep::Place)])
            .prop_map(|(run, step)| Request::BeginStep { run, step }),
        1 => (0u8..6).prop_map(|run| Request::NoteTrouble { run }),
        1 => (0u8..6).prop_map(|run| Request::NameRun { run }),
        1 => (0u8..6).prop_map(|run| Request::FailRun { run }),
        3 => (0u8..6, prop::collection::vec(5u32..700, 0..4), 0u32..4)
            .prop_map(|(run, minutes, sessions)| Request::CommitRun { run, minutes, sessions }),
        3 => (0u8..4, any::<bool>()).prop_map(|(goal, some)| Request::AcceptGoal { goal, some }),
        2 => (0u8..4, prop::option::of(30u32..300), prop::option::of(-3i64..60))
            .prop_map(|(goal, minutes, days)| Request::ChangeGoal { goal, minutes, days }),
        2 => (0u8..4, goal_request()).prop_map(|(goal, request)| Request::SetGoal { goal, request }),
        1 => (0i64..9).prop_map(|days| Request::TendGoals { days }),
        3 => Just(Request::Undo),
        2 => any::<u8>().prop_map(|event| Request::UndoOne { event }),
        3 => Just(Request::Redo),
        1 => any::<u8>().prop_map(|event| Request::Restore { event }),
        1 => any::<bool>().prop_map(Request::Zone),
    ]
}

fn goal_request() -> impl Strategy<Value = GoalRequest> {
    prop_oneof![Just(GoalRequest::Pause), Just(GoalRequest::Resume), Just(GoalRequest::End), Just(GoalRequest::Dismiss)]
}

fn days() -> impl Strategy<Value = Option<u64>> {
    prop::option::of(0u64..40)
}

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![Just(Kind::Task), Just(Kind::Appointment)]
}
