//! The timer of a task, which counts the time that is spent on it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod desk;

use chrono::TimeDelta;
use desk::{Desk, span};
use flux_timeline::command::BlockUpdate;
use flux_timeline::decide::Did;
use flux_timeline::{Block, BlockQuery, EventKind, Kind, limits};

/// The desk with the task “Report” and the appointment “Lunch”.
struct Work(Desk);

impl Work {
    fn new() -> Self {
        let mut work = Self(Desk::new());
        work.0.add("Report", |new| new.span = span("03-02T10:00", 60)).unwrap();
        work.0.add("Lunch", |new| (new.kind, new.span) = (Kind::Appointment, span("03-02T10:00", 60))).unwrap();
        work
    }

    fn update(&mut self, title: &str, changes: BlockUpdate) -> Result<Did, String> {
        self.0.update(title, changes).map(|(did, _)| did)
    }

    fn work(&mut self, title: &str, working: bool) -> Result<Did, String> {
        self.update(title, BlockUpdate { working: Some(working), ..BlockUpdate::default() })
    }

    fn pass(&mut self, minutes: i64) {
        self.0.now += TimeDelta::minutes(minutes);
    }

    fn report(&self) -> Block {
        self.0.blocks(&BlockQuery::default()).remove(0)
    }

    /// The minutes that were spent on the report, and whether its timer runs.
    fn worked(&self) -> (i64, bool) {
        let worked = self.report().worked;
        (worked.total(self.0.now).num_minutes(), worked.is_running())
    }
}

#[test]
fn time_counts_between_start_and_pause() {
    let mut desk = Work::new();
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
    let mut desk = Work::new();
    desk.work("Report", true).unwrap();
    desk.0.add("Report", |new| new.span = span("03-02T10:00", 60)).unwrap();
    desk.pass(10);
    assert!(desk.work("Report", true).unwrap_err().contains("Report"), "it is not clear which one to start");
    assert_eq!(desk.work("Report", false), Ok(Did::TimerPaused));
    assert!(desk.work("Report", false).is_err(), "none runs");
}

#[test]
fn a_task_that_is_done_is_no_longer_worked_on() {
    let mut desk = Work::new();
    desk.work("Report", true).unwrap();
    desk.pass(40);
    let events = desk.0.complete("Report");
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
    let mut desk = Work::new();
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
    let mut desk = Work::new();
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
    let mut desk = Work::new();
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
    let mut desk = Work::new();
    desk.work("Report", true).unwrap();
    desk.pass(10);
    desk.work("Report", false).unwrap();
    desk.pass(10);
    desk.0.undo();
    assert_eq!(desk.worked(), (20, true));
    desk.0.undo();
    assert!(desk.report().worked.is_nothing());
}
