//! Goals, from their proposal to their end.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod desk;

use chrono::{DateTime, TimeDelta, Utc, Weekday};
use desk::{Desk, at};
use flux_timeline::block::Part;
use flux_timeline::command::{GoalRequest, HoursUpdate, NewRun, SettingsUpdate, WishesUpdate};
use flux_timeline::decide::{Did, Outcome};
use flux_timeline::draft::{blocks_of, draft};
use flux_timeline::free_time::{Activity, ActivityHours, PartOfDay};
use flux_timeline::outline::{Outline, Phase};
use flux_timeline::place::Task;
use flux_timeline::progress::progress;
use flux_timeline::reference::BlockRef;
use flux_timeline::text::GoalText;
use flux_timeline::{
    Actor, Block, Command, EventKind, Goal, GoalStatus, Priority, ReadGoals, RunId, Session, Span, Title,
};

/// One task, and two sessions of 90 minutes a week for four weeks. The second half has another title.
fn outline() -> Outline {
    let phase = |text: &str, milestone: &str| Phase {
        title: Title::new(text).unwrap(),
        description: None,
        minutes: 90,
        per_week: 2,
        weeks: Some(2),
        milestone: Title::new(milestone).ok(),
    };
    let task = Task {
        title: Title::new("Buy a book").unwrap(),
        description: None,
        minutes: 30,
        priority: Priority::Medium,
        depends_on: Vec::new(),
        after_sessions: false,
    };
    let phases = vec![phase("Lesson", "Order a coffee"), phase("Talk", "Talk for ten minutes")];
    Outline { activity: Activity::Study, tasks: vec![task], phases }
}

/// A desk on which German is proposed.
fn proposed() -> (Desk, RunId) {
    let mut desk = Desk::new();
    let id = propose(&mut desk, "Learn German");
    (desk, id)
}

fn propose(desk: &mut Desk, goal: &str) -> RunId {
    let id = RunId::new(desk.id());
    let new = NewRun { id, goal: GoalText::new(goal).unwrap(), plan: None, deadline: None, minutes_per_week: None };
    desk.run(&Command::StartRun(new)).unwrap();
    let commit = Command::CommitRun { run: id, outline: outline(), left_out: Vec::new(), not_before: desk.now };
    desk.run_as(&commit, &Actor::Workflow { run: id }).unwrap();
    id
}

fn goal(desk: &Desk, id: RunId) -> Goal {
    desk.session.goal(id).unwrap().unwrap()
}

fn status(desk: &Desk, id: RunId) -> GoalStatus {
    goal(desk, id).state.status
}

fn blocks(desk: &Desk, id: RunId) -> Vec<Block> {
    blocks_of(&desk.session, &goal(desk, id)).unwrap()
}

/// The times of what is proposed.
fn starts(desk: &Desk, id: RunId) -> Vec<DateTime<Utc>> {
    let draft = draft(&desk.session, &goal(desk, id), desk.now).unwrap();
    draft.blocks(flux_timeline::Handle::FIRST).iter().filter_map(|block| block.span).map(Span::start).collect()
}

fn accept(desk: &mut Desk, starts: Option<Vec<DateTime<Utc>>>) -> Result<(Did, Vec<Block>), String> {
    match desk.run(&Command::AcceptGoal { goal: None, starts })?.1 {
        Outcome::Goal { did, blocks, .. } => Ok((did, blocks)),
        other => panic!("{other:?}"),
    }
}

fn set(desk: &mut Desk, request: GoalRequest) -> Result<Did, String> {
    match desk.run(&Command::SetGoal { goal: None, request })?.1 {
        Outcome::Goal { did, .. } => Ok(did),
        other => panic!("{other:?}"),
    }
}

fn change(desk: &mut Desk, wishes: WishesUpdate) -> Result<Did, String> {
    match desk.run(&Command::ChangeGoal { goal: None, wishes })?.1 {
        Outcome::Goal { did, .. } => Ok(did),
        other => panic!("{other:?}"),
    }
}

fn times(blocks: &[Block]) -> Vec<String> {
    let when = |block: &Block| block.span.unwrap().start().format("%a %-d %b %H:%M").to_string();
    blocks.iter().map(|block| format!("{} {}", when(block), block.title)).collect()
}

#[test]
fn a_proposal_is_not_on_the_timeline_until_it_is_accepted_and_one_undo_makes_it_a_proposal_again() {
    let (mut desk, id) = proposed();
    assert_eq!(desk.session.timeline().content().blocks, []);
    assert!(desk.run(&Command::Undo { txn: None }).is_err(), "a proposal changes nothing that could be undone");
    let shown = starts(&desk, id);
    let (did, added) = accept(&mut desk, None).unwrap();
    assert_eq!((did, status(&desk, id)), (Did::Accepted, GoalStatus::Active));
    assert_eq!(added.iter().map(|block| block.span.unwrap().start()).collect::<Vec<_>>(), shown);
    assert_eq!(
        times(&added)[..3],
        ["Mon 2 Mar 18:30 Buy a book", "Mon 2 Mar 19:30 Lesson (1/4)", "Thu 5 Mar 18:30 Lesson (2/4)"]
    );
    assert_eq!(added.iter().filter(|block| block.is_session()).count(), 8);
    assert_eq!(accept(&mut desk, None).unwrap_err(), "No goal waits to be accepted. Nothing was changed.");
    desk.undo();
    assert_eq!((status(&desk, id), desk.session.timeline().content().blocks.len()), (GoalStatus::Proposed, 0));
    desk.run(&Command::Redo).unwrap();
    assert_eq!((status(&desk, id), blocks(&desk, id)), (GoalStatus::Active, added));
}

#[test]
fn a_proposal_can_be_accepted_in_part_but_not_if_it_has_changed() {
    let (mut desk, id) = proposed();
    let shown = starts(&desk, id);
    let some = vec![shown[1], shown[3]];
    desk.task("Dinner", "03-02T18:00", 240);
    let why = accept(&mut desk, Some(some.clone())).unwrap_err();
    assert!(why.contains("Nothing was changed; look at the proposal again."), "{why}");
    desk.undo();
    let (_, added) = accept(&mut desk, Some(some)).unwrap();
    assert_eq!(times(&added), ["Mon 2 Mar 19:30 Lesson (1/2)", "Mon 9 Mar 19:30 Lesson (2/2)"]);
}

#[test]
fn a_proposal_moves_on_when_its_first_times_have_passed() {
    let (mut desk, id) = proposed();
    desk.now = at("03-04T12:00");
    let first = starts(&desk, id)[0];
    assert!(first >= desk.now, "{first}");
    accept(&mut desk, None).unwrap();
    assert_eq!(blocks(&desk, id)[0].span.unwrap().start(), first);
}

#[test]
fn wishes_change_a_proposal_without_a_model_and_a_dismissed_one_is_gone() {
    let (mut desk, id) = proposed();
    let hours = HoursUpdate { parts: Some(vec![PartOfDay::Morning]), ..HoursUpdate::default() };
    let wishes = WishesUpdate {
        minutes_per_week: Some(Some(60)),
        deadline: Some(Some(at("03-22T23:00"))),
        hours,
        ..WishesUpdate::default()
    };
    assert_eq!(change(&mut desk, wishes.clone()), Ok(Did::Updated));
    assert_eq!(change(&mut desk, wishes), Ok(Did::Nothing));
    assert_eq!(desk.session.timeline().content().blocks, []);
    let starts = starts(&desk, id);
    assert!(starts.iter().all(|start| start.format("%H").to_string().as_str() < "09"), "{starts:?}");
    assert!(starts.iter().all(|start| *start < at("03-22T23:00")), "{starts:?}");
    let over = WishesUpdate { deadline: Some(Some(at("03-01T10:00"))), ..WishesUpdate::default() };
    assert!(change(&mut desk, over).unwrap_err().starts_with("This deadline is over already."));
    assert_eq!(set(&mut desk, GoalRequest::Dismiss), Ok(Did::Deleted));
    assert_eq!(desk.session.goals().unwrap(), []);
    desk.undo();
    assert_eq!(status(&desk, id), GoalStatus::Proposed);
}

#[test]
fn wishes_are_taken_away_one_by_one() {
    let (mut desk, id) = proposed();
    let study = ActivityHours::new(&[PartOfDay::Evening], Some(&[Weekday::Mon, Weekday::Tue]), None).unwrap();
    let update = SettingsUpdate { activity_hours: vec![(Activity::Study, Some(study))], ..SettingsUpdate::default() };
    desk.run(&Command::ChangeSettings(update)).unwrap();
    let (parts, days) = (Some(vec![PartOfDay::Work]), Some(vec![Weekday::Fri]));
    let all = WishesUpdate {
        deadline: Some(Some(at("03-22T23:00"))),
        minutes_per_week: Some(Some(60)),
        session_minutes: Some(Some(30)),
        hours: HoursUpdate { parts, days, between: None },
    };
    change(&mut desk, all).unwrap();
    let wishes = |desk: &Desk| goal(desk, id).state.wishes;
    let hours = |hours: HoursUpdate| WishesUpdate { hours, ..WishesUpdate::default() };
    change(&mut desk, hours(HoursUpdate { parts: Some(Vec::new()), ..HoursUpdate::default() })).unwrap();
    let fridays = ActivityHours::new(&[PartOfDay::Evening], Some(&[Weekday::Fri]), None).ok();
    assert_eq!(wishes(&desk).hours, fridays, "the days stay");
    change(&mut desk, hours(HoursUpdate { days: Some(Vec::new()), ..HoursUpdate::default() })).unwrap();
    assert_eq!(wishes(&desk).hours, None, "it has those of all that is studied again");
    let without = |update: WishesUpdate, desk: &mut Desk| {
        assert_eq!(change(desk, update.clone()), Ok(Did::Updated));
        assert_eq!(change(desk, update), Ok(Did::Nothing));
    };
    without(WishesUpdate { deadline: Some(None), ..WishesUpdate::default() }, &mut desk);
    without(WishesUpdate { minutes_per_week: Some(None), ..WishesUpdate::default() }, &mut desk);
    without(WishesUpdate { session_minutes: Some(None), ..WishesUpdate::default() }, &mut desk);
    assert_eq!(wishes(&desk), flux_timeline::goal::Wishes::default());
}

#[test]
fn the_hours_that_a_person_has_for_study_hold_for_all_that_is_studied() {
    let (mut desk, id) = proposed();
    let hours = ActivityHours::new(&[PartOfDay::Work], None, None).ok();
    let update = SettingsUpdate { activity_hours: vec![(Activity::Study, hours)], ..SettingsUpdate::default() };
    desk.run(&Command::ChangeSettings(update)).unwrap();
    assert!(starts(&desk, id).iter().all(|start| ("09".."18").contains(&start.format("%H").to_string().as_str())));
}

#[test]
fn a_goal_is_paused_resumed_and_ended_and_what_is_done_stays() {
    let (mut desk, id) = proposed();
    accept(&mut desk, None).unwrap();
    desk.now = at("03-07T10:00");
    desk.complete("Buy a book");
    desk.complete("Lesson (1/4)");
    let before = desk.session.timeline().content();
    assert_eq!(set(&mut desk, GoalRequest::Pause), Ok(Did::Paused));
    assert_eq!(times(&blocks(&desk, id)), ["Mon 2 Mar 18:30 Buy a book", "Mon 2 Mar 19:30 Lesson (1/4)"]);
    desk.undo();
    assert_eq!(desk.session.timeline().content(), before, "one undo brings all of it back");
    set(&mut desk, GoalRequest::Pause).unwrap();
    desk.now = at("03-20T10:00");
    assert_eq!(set(&mut desk, GoalRequest::Resume), Ok(Did::Resumed));
    let open: Vec<Block> = blocks(&desk, id).into_iter().filter(Block::is_open).collect();
    assert!(open.iter().all(|block| block.span.unwrap().start() >= desk.now), "{:?}", times(&open));
    assert_eq!(open[0].title.as_str(), "Lesson (2/5)", "the numbers go on");
    assert_eq!(open.iter().filter(|block| block.goal.unwrap().part == Part::Session(1)).count(), 4);
    assert!(open.iter().all(|block| block.title.as_str() != "Buy a book"), "what is done is not planned again");
    assert_eq!(set(&mut desk, GoalRequest::End), Ok(Did::Ended));
    assert_eq!((status(&desk, id), blocks(&desk, id).len()), (GoalStatus::Ended, 2));
    let named =
        Command::ChangeGoal { goal: Some(flux_timeline::reference::RunRef::Id(id)), wishes: WishesUpdate::default() };
    assert!(desk.run(&named).unwrap_err().contains("has ended; resume it first."));
    assert_eq!(set(&mut desk, GoalRequest::Dismiss), Ok(Did::Deleted));
    assert_eq!(desk.session.goals().unwrap(), []);
    assert_eq!(desk.session.timeline().content().blocks.len(), 2);
}

#[test]
fn what_is_left_of_a_task_in_parts_is_planned_again() {
    let mut desk = Desk::new();
    let id = RunId::new(desk.id());
    let new = NewRun { id, goal: GoalText::new("Write").unwrap(), plan: None, deadline: None, minutes_per_week: None };
    desk.run(&Command::StartRun(new)).unwrap();
    let mut outline = Outline { phases: Vec::new(), ..outline() };
    outline.tasks[0].minutes = 300;
    let hours = ActivityHours::new(&[PartOfDay::Evening], None, None).ok();
    let update = SettingsUpdate { activity_hours: vec![(Activity::Study, hours)], ..SettingsUpdate::default() };
    desk.run(&Command::ChangeSettings(update)).unwrap();
    let commit = Command::CommitRun { run: id, outline, left_out: Vec::new(), not_before: desk.now };
    desk.run_as(&commit, &Actor::Workflow { run: id }).unwrap();
    let (_, added) = accept(&mut desk, None).unwrap();
    assert_eq!(
        added.iter().map(|block| block.title.as_str()).collect::<Vec<_>>(),
        ["Buy a book (1/2)", "Buy a book (2/2)"]
    );
    set_done(&mut desk, "Buy a book (1/2)");
    set(&mut desk, GoalRequest::Pause).unwrap();
    set(&mut desk, GoalRequest::Resume).unwrap();
    let open: Vec<Block> = blocks(&desk, id).into_iter().filter(Block::is_open).collect();
    assert_eq!(open.iter().map(|block| block.span.unwrap().length().num_minutes()).collect::<Vec<_>>(), [150]);
}

#[test]
fn what_remains_is_planned_again_with_other_wishes_as_one_change() {
    let (mut desk, id) = proposed();
    accept(&mut desk, None).unwrap();
    desk.now = at("03-07T10:00");
    desk.complete("Lesson (1/4)");
    let before = desk.session.timeline().content();
    let wishes = WishesUpdate { minutes_per_week: Some(Some(90)), ..WishesUpdate::default() };
    assert_eq!(change(&mut desk, wishes), Ok(Did::Replanned));
    let weekly = |from: &str, to: &str| -> i64 {
        let within = |block: &&Block| (at(from)..at(to)).contains(&block.span.unwrap().start());
        blocks(&desk, id).iter().filter(within).map(|block| block.span.unwrap().length().num_minutes()).sum()
    };
    assert_eq!(weekly("03-16T00:00", "03-23T00:00"), 90);
    desk.undo();
    assert_eq!(desk.session.timeline().content(), before);
}

/// Nobody has done anything for days.
fn tend(desk: &mut Desk) -> Vec<EventKind> {
    desk.run_as(&Command::TendGoals, &Actor::System).unwrap().0
}

#[test]
fn missed_sessions_get_new_times_in_their_week_and_a_goal_that_is_behind_is_noted_once() {
    let (mut desk, id) = proposed();
    accept(&mut desk, None).unwrap();
    desk.complete("Buy a book");
    desk.now = at("03-03T05:00");
    let events = tend(&mut desk);
    let [EventKind::BlockMoved(change)] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!(change.before.title.as_str(), "Lesson (1/4)");
    let (moved, other) = (change.after.span.unwrap(), at("03-05T18:30"));
    assert!(moved.start() > desk.now && moved.end() < at("03-09T00:00"), "{moved:?}");
    assert_ne!(moved.start().date_naive(), other.date_naive(), "a day of its own");
    assert_eq!(tend(&mut desk), [], "once");
    desk.undo();
    assert_eq!(blocks(&desk, id)[1].span.unwrap().start(), at("03-02T19:30"));

    desk.now = at("03-09T05:00");
    let events = tend(&mut desk);
    let [EventKind::GoalChanged(change)] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!(change.after.behind_since, Some(desk.now), "the week is over, and both of its sessions were missed");
    desk.now += TimeDelta::days(1);
    assert!(tend(&mut desk).iter().all(|event| matches!(event, EventKind::BlockMoved(_))), "it is noted once");
    set_done(&mut desk, "Lesson (1/4)");
    let events = tend(&mut desk);
    assert!(matches!(events.as_slice(), [EventKind::GoalChanged(change)] if change.after.behind_since.is_none()));
}

fn set_done(desk: &mut Desk, title: &str) {
    desk.run(&Command::CompleteBlock { block: BlockRef::from(title) }).unwrap();
}

#[test]
fn progress_is_counted_from_the_blocks_on_the_timeline() {
    let (mut desk, id) = proposed();
    let counted = |desk: &Desk| progress(&goal(desk, id), &blocks(desk, id), desk.now);
    assert_eq!(counted(&desk).sessions, 0);
    accept(&mut desk, None).unwrap();
    desk.now = at("03-07T10:00");
    set_done(&mut desk, "Lesson (1/4)");
    set_done(&mut desk, "Buy a book");
    let now = counted(&desk);
    assert_eq!((now.sessions_done, now.sessions, now.sessions_missed), (1, 8, 1));
    assert_eq!((now.tasks_done, now.tasks, now.minutes_done, now.minutes_missed), (1, 1, 105, 75));
    assert_eq!(now.next.as_ref().unwrap().title.as_str(), "Lesson (3/4)");
    let reached: Vec<bool> = now.milestones.iter().map(|milestone| milestone.reached).collect();
    assert_eq!(reached, [false, false]);
    for number in 2..=4 {
        set_done(&mut desk, &format!("Lesson ({number}/4)"));
    }
    assert!(counted(&desk).milestones[0].reached);
}

#[test]
fn goals_are_found_by_their_words_and_hidden_with_their_plan() {
    let (mut desk, german) = proposed();
    let spanish = propose(&mut desk, "Learn Spanish");
    let why = accept(&mut desk, None).unwrap_err();
    assert!(why.contains("Several goals could be meant"), "{why}");
    let named = |text: &str| Command::AcceptGoal { goal: Some(text.into()), starts: None };
    desk.run(&named("spanish")).unwrap();
    assert_eq!((status(&desk, german), status(&desk, spanish)), (GoalStatus::Proposed, GoalStatus::Active));
    assert!(desk.run(&named("French")).unwrap_err().contains("There is no goal “French”"));
    assert_eq!(set(&mut desk, GoalRequest::Pause), Ok(Did::Paused), "the only one that can be");
    let session: &Session = &desk.session;
    assert_eq!(session.goals().unwrap().len(), 2);
}

#[test]
fn the_past_is_restored_with_its_goals() {
    let (mut desk, id) = proposed();
    let then = desk.session.timeline().seq();
    accept(&mut desk, None).unwrap();
    desk.run(&Command::Restore { seq: then }).unwrap();
    assert_eq!((status(&desk, id), blocks(&desk, id).len()), (GoalStatus::Proposed, 0));
    desk.undo();
    assert_eq!((status(&desk, id), blocks(&desk, id).len()), (GoalStatus::Active, 9));
}
