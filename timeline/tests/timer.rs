//! The timer of a task, which counts the time that is spent on it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use chrono::{DateTime, TimeDelta, Utc};
use flux_timeline::command::{BlockUpdate, NewBlock};
use flux_timeline::decide::{Context, Did, Outcome};
use flux_timeline::reference::BlockRef;
use flux_timeline::{
    Actor, Block, BlockId, Command, DecideError, EventId, EventKind, Kind, PlanId, Priority, ReadBlocks, Session,
    Source, Span, Title, TxnId, decide, limits,
};
use uuid::Uuid;

/// A timeline with the task “Report” and the appointment “Lunch”, and a clock that goes on when a test says so.
struct Desk {
    session: Session,
    ids: u128,
    now: DateTime<Utc>,
}

impl Desk {
    fn new() -> Self {
        let now = "2026-03-02T10:00:00Z".parse().unwrap();
        let mut desk = Self { session: Session::default(), ids: 0, now };
        let id = PlanId::new(desk.id());
        desk.run(&Command::OpenTimeline { id, title: Title::new("My plan").unwrap() }).unwrap();
        desk.schedule("Report", Kind::Task);
        desk.schedule("Lunch", Kind::Appointment);
        desk
    }

    fn schedule(&mut self, title: &str, kind: Kind) {
        let new = NewBlock {
            id: BlockId::new(self.id()),
            plan: None,
            title: Title::new(title).unwrap(),
            kind,
            description: None,
            span: Span::starting(self.now, TimeDelta::hours(1)).unwrap(),
            priority: Priority::Medium,
            tags: Vec::new(),
            depends_on: Vec::new(),
        };
        self.run(&Command::ScheduleBlock(new)).unwrap();
    }

    fn id(&mut self) -> Uuid {
        self.ids += 1;
        Uuid::from_u128(self.ids)
    }

    fn run(&mut self, command: &Command) -> Result<(Vec<EventKind>, Outcome), String> {
        let txn = TxnId::new(self.id());
        let decision = match decide(&self.session, command, &Context { now: self.now, source: Source::User }) {
            Ok(decision) => decision,
            Err(DecideError::Rejected(rejection)) => return Err(rejection.to_string()),
            Err(DecideError::View(never)) => match never {},
        };
        let ids = &mut self.ids;
        self.session.append(decision.events.clone(), self.now, &Actor::User, txn, || {
            *ids += 1;
            EventId::new(Uuid::from_u128(*ids))
        });
        Ok((decision.events, decision.outcome))
    }

    /// Changes a block, and returns what was done.
    fn update(&mut self, title: &str, changes: BlockUpdate) -> Result<Did, String> {
        match self.run(&Command::UpdateBlock { block: BlockRef::from(title), changes })?.1 {
            Outcome::Block { did, .. } => Ok(did),
            other => panic!("{other:?}"),
        }
    }

    fn work(&mut self, title: &str, working: bool) -> Result<Did, String> {
        self.update(title, BlockUpdate { working: Some(working), ..BlockUpdate::default() })
    }

    fn pass(&mut self, minutes: i64) {
        self.now += TimeDelta::minutes(minutes);
    }

    fn report(&self) -> Block {
        self.session.blocks(&flux_timeline::BlockQuery::default()).unwrap().remove(0)
    }

    /// The minutes that were spent on the report, and whether its timer runs.
    fn worked(&self) -> (i64, bool) {
        let worked = self.report().worked;
        (worked.total(self.now).num_minutes(), worked.is_running())
    }
}

#[test]
fn time_counts_between_start_and_pause() {
    let mut desk = Desk::new();
    assert_eq!(desk.work("Report", true), Ok(Did::TimerStarted));
    desk.pass(25);
    assert_eq!(desk.worked(), (25, true));
    assert_eq!(desk.work("Report", true), Ok(Did::Nothing), "it runs");
    assert_eq!(desk.work("Report", false), Ok(Did::TimerPaused));
    desk.pass(60);
    assert_eq!((desk.worked(), desk.work("Report", false)), ((25, false), Ok(Did::Nothing)));
    desk.work("Report", true).unwrap();
    desk.pass(10);
    assert_eq!(desk.worked(), (35, true));
}

#[test]
fn of_several_tasks_with_a_title_the_one_whose_timer_runs_is_stopped() {
    let mut desk = Desk::new();
    desk.work("Report", true).unwrap();
    desk.schedule("Report", Kind::Task);
    desk.pass(10);
    assert!(desk.work("Report", true).unwrap_err().contains("Report"), "it is not clear which one to start");
    assert_eq!(desk.work("Report", false), Ok(Did::TimerPaused));
    assert!(desk.work("Report", false).is_err(), "none runs");
}

#[test]
fn a_task_that_is_done_is_no_longer_worked_on() {
    let mut desk = Desk::new();
    desk.work("Report", true).unwrap();
    desk.pass(40);
    let (events, _) = desk.run(&Command::CompleteBlock { block: BlockRef::from("Report") }).unwrap();
    assert!(matches!(events.as_slice(), [EventKind::BlockCompleted(_)]), "one event: {events:?}");
    desk.pass(60);
    assert_eq!(desk.worked(), (40, false));
    let refused = desk.work("Report", true).unwrap_err();
    assert!(refused.contains("is done") && refused.contains("Nothing was changed"), "{refused}");
    let again = BlockUpdate { completed: Some(false), working: Some(true), ..BlockUpdate::default() };
    desk.update("Report", again).unwrap();
    desk.pass(5);
    assert_eq!(desk.worked(), (45, true));
    let both = BlockUpdate { completed: Some(true), working: Some(true), ..BlockUpdate::default() };
    assert!(desk.update("Report", both).unwrap_err().contains("both done and worked on"));
}

#[test]
fn an_appointment_has_no_timer() {
    let mut desk = Desk::new();
    let refused = desk.work("Lunch", true).unwrap_err();
    assert!(refused.contains("is an appointment") && refused.contains("Nothing was changed"), "{refused}");
    let spent = BlockUpdate { worked: Some(TimeDelta::minutes(5)), ..BlockUpdate::default() };
    assert!(desk.update("Lunch", spent).is_err());
    desk.work("Report", true).unwrap();
    desk.pass(15);
    desk.update("Report", BlockUpdate { kind: Some(Kind::Appointment), ..BlockUpdate::default() }).unwrap();
    desk.pass(15);
    assert_eq!(desk.worked(), (15, false), "it keeps what was spent");
}

#[test]
fn the_time_can_be_corrected_and_is_bounded() {
    let mut desk = Desk::new();
    desk.work("Report", true).unwrap();
    desk.pass(90);
    let spent = |total| BlockUpdate { worked: Some(total), ..BlockUpdate::default() };
    assert_eq!(desk.update("Report", spent(TimeDelta::minutes(30))), Ok(Did::TimeCorrected));
    desk.pass(5);
    assert_eq!(desk.worked(), (35, true), "it goes on from there");
    desk.update("Report", spent(TimeDelta::minutes(-30))).unwrap();
    assert_eq!(desk.worked(), (0, true));
    desk.pass(limits::WORKED.num_minutes() * 2);
    assert_eq!(desk.worked().0, limits::WORKED.num_minutes());
    desk.work("Report", false).unwrap();
    assert_eq!(desk.worked(), (limits::WORKED.num_minutes(), false));
}

#[test]
fn a_clock_that_is_set_back_takes_no_time_away() {
    let mut desk = Desk::new();
    desk.work("Report", true).unwrap();
    desk.pass(20);
    desk.work("Report", false).unwrap();
    desk.work("Report", true).unwrap();
    desk.pass(-600);
    assert_eq!(desk.worked(), (20, true));
    desk.work("Report", false).unwrap();
    assert_eq!(desk.worked(), (20, false));
}

#[test]
fn undo_of_a_pause_lets_the_timer_run_on_as_if_it_had_never_been_paused() {
    let mut desk = Desk::new();
    desk.work("Report", true).unwrap();
    desk.pass(10);
    desk.work("Report", false).unwrap();
    desk.pass(10);
    desk.run(&Command::Undo { txn: None }).unwrap();
    assert_eq!(desk.worked(), (20, true));
    desk.run(&Command::Undo { txn: None }).unwrap();
    assert!(desk.report().worked.is_nothing());
}
