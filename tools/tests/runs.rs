//! The rules for runs of the architect: how they start, are cancelled, are tried again, and add their tasks.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use flux_timeline::Moment;
use flux_timeline::command::{NewBlock, SettingsUpdate};
use flux_timeline::decide::{Context, Did, Outcome};
use flux_timeline::outline::Outline;
use flux_timeline::place::Task;
use flux_timeline::{
    Actor, Block, BlockId, BlockQuery, Command, DecideError, Event, EventId, EventKind, Kind, PlanId, Priority,
    ReadBlocks, ReadPlans, Run, RunId, RunStatus, RunStep, Session, Settings, Source, Span, Title, TxnId, Zone, decide,
};
use flux_tools::report::{Report, run_report};
use flux_tools::tool::{Action, ToolCall, ToolContext};
use serde_json::{Value, json};
use uuid::Uuid;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// A person on Tuesday, 24 November 2026, 07:00 UTC.
struct Person {
    session: Session,
    now: DateTime<Utc>,
    ids: u128,
}

impl Person {
    fn new() -> Self {
        let mut person = Self { session: Session::default(), now: at("2026-11-24T07:00:00Z"), ids: 0 };
        let id = PlanId::new(person.id());
        person.done(&Command::OpenTimeline { id, title: Title::new("My plan").unwrap() });
        let by_itself = SettingsUpdate { accept_goals: Some(true), ..SettingsUpdate::default() };
        person.done(&Command::ChangeSettings(by_itself));
        person
    }

    fn id(&mut self) -> Uuid {
        self.ids += 1;
        Uuid::from_u128(self.ids)
    }

    fn run(&mut self, command: &Command) -> Result<Outcome, String> {
        let txn = match command {
            Command::CommitRun { run, .. } => run.txn(),
            _ => TxnId::new(self.id()),
        };
        let decision = match decide(&self.session, command, &Context { now: self.now, source: Source::User }) {
            Ok(decision) => decision,
            Err(DecideError::Rejected(rejection)) => return Err(rejection.to_string()),
            Err(DecideError::View(never)) => match never {},
        };
        let (ids, now) = (&mut self.ids, self.now);
        let actor = match command {
            Command::CommitRun { run, .. } => Actor::Workflow { run: *run },
            _ => Actor::User,
        };
        self.session.append(decision.events, now, &actor, txn, || {
            *ids += 1;
            EventId::new(Uuid::from_u128(*ids))
        });
        Ok(decision.outcome)
    }

    fn done(&mut self, command: &Command) -> Outcome {
        self.run(command).unwrap()
    }

    /// Calls a tool, as a model or a button does.
    fn call(&mut self, name: &str, arguments: Value) -> Result<Outcome, String> {
        let call = ToolCall::parse(name, &arguments).map_err(|error| error.to_string())?;
        let context = ToolContext { now: self.now, zone: Zone::UTC, new_id: self.id() };
        match call.action(&context).map_err(|error| error.to_string())? {
            Action::Command(command) => self.run(&command),
            Action::Query(_) | Action::Snooze { .. } => Err("no command".to_owned()),
        }
    }

    fn start(&mut self, goal: &str) -> Run {
        run_of(self.call("useArchitect", json!({"goal": goal})).unwrap())
    }

    fn tasks(&self, minutes: &[u32]) -> Vec<Task> {
        let task = |(index, minutes): (usize, &u32)| Task {
            title: Title::new(&format!("Task {}", index + 1)).unwrap(),
            description: None,
            minutes: *minutes,
            priority: Priority::Medium,
            depends_on: index.checked_sub(1).into_iter().collect(),
            after_sessions: false,
        };
        minutes.iter().enumerate().map(task).collect()
    }

    fn commit(&mut self, run: RunId, minutes: &[u32]) -> Result<Outcome, String> {
        self.run(&self.committing(run, self.tasks(minutes)))
    }

    /// The command that adds these tasks.
    fn committing(&self, run: RunId, tasks: Vec<Task>) -> Command {
        let outline = Outline { tasks, ..Outline::default() };
        Command::CommitRun { run, outline, left_out: Vec::new(), not_before: self.now }
    }

    fn blocks(&self) -> Vec<Block> {
        self.session.timeline().content().blocks
    }

    fn run_of(&self, id: RunId) -> Run {
        self.session.timeline().run(id).unwrap().clone()
    }
}

fn run_of(outcome: Outcome) -> Run {
    match outcome {
        Outcome::Run { run, .. } => *run,
        other => panic!("{other:?}"),
    }
}

fn did(outcome: &Outcome) -> Did {
    match outcome {
        Outcome::Run { did, .. } => *did,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_goal_starts_with_everything_that_was_said_about_it() {
    let mut person = Person::new();
    let arguments =
        json!({"goal": " Learn  German ", "deadline": "2026-12-24", "hours_per_week": 2.5, "plan": "my plan"});
    let run = run_of(person.call("useArchitect", arguments).unwrap());
    assert_eq!(run.goal.as_str(), "Learn German");
    assert_eq!(run.deadline, Some(at("2026-12-25T00:00:00Z")), "a date is meant with its whole day");
    assert_eq!(run.minutes_per_week, Some(150));
    assert_eq!((run.state.status, run.state.percent), (RunStatus::Running, 0));
    assert!(matches!(person.session.log().last().unwrap().kind, EventKind::WorkflowStarted { .. }));
}

#[test]
fn a_goal_is_not_started_twice_by_a_double_click() {
    let mut person = Person::new();
    let run = person.start("Learn German");
    let events = person.session.log().len();
    let again = person.call("useArchitect", json!({"goal": "learn german."})).unwrap();
    assert_eq!(did(&again), Did::Nothing);
    assert_eq!(run_of(again).id, run.id);
    assert_eq!(person.session.log().len(), events, "nothing was written");

    person.commit(run.id, &[30]).unwrap();
    assert_eq!(did(&person.call("useArchitect", json!({"goal": "Learn German"})).unwrap()), Did::Nothing);
    person.now += TimeDelta::seconds(61);
    assert_eq!(did(&person.call("useArchitect", json!({"goal": "Learn German"})).unwrap()), Did::Started);
}

#[test]
fn a_goal_whose_tasks_were_taken_back_is_started_again_at_once() {
    let mut person = Person::new();
    let run = person.start("Learn German");
    person.commit(run.id, &[30, 30]).unwrap();
    person.call("deleteBlock", json!({"id": "B1"})).unwrap();
    assert_eq!(did(&person.call("useArchitect", json!({"goal": "Learn German"})).unwrap()), Did::Nothing);
    person.call("deleteBlock", json!({"id": "B2"})).unwrap();
    assert_ne!(person.start("Learn German").id, run.id);

    let mut person = Person::new();
    let run = person.start("Learn German");
    person.commit(run.id, &[30]).unwrap();
    person.done(&Command::Undo { txn: None });
    assert_eq!(person.start("Learn German").id, run.id, "it is a proposal again");
    person.call("updateGoal", json!({"request": "end"})).unwrap();
    assert_ne!(person.start("Learn German").id, run.id);
}

#[test]
fn trying_an_old_run_again_does_not_plan_a_goal_twice() {
    let mut person = Person::new();
    let old = person.start("Learn German").id;
    person.done(&Command::FailRun { run: old, error: "Down.".to_owned() });
    person.now += TimeDelta::hours(1);
    let new = person.start("learn german!").id;
    let again = json!({"id": old.to_string()});
    let why = person.call("retryRun", again.clone()).unwrap_err();
    assert_eq!(why, "“Learn German” was started anew since, and is being worked on. Nothing was started.");

    person.commit(new, &[30]).unwrap();
    person.now += TimeDelta::days(2);
    let why = person.call("retryRun", again.clone()).unwrap_err();
    assert!(why.contains("is planned: its tasks are proposed or on the timeline. End that goal first"), "{why}");

    person.call("updateGoal", json!({"request": "end"})).unwrap();
    assert_eq!(did(&person.call("retryRun", again).unwrap()), Did::Retried);
}

#[test]
fn what_was_cancelled_or_failed_can_be_started_at_once() {
    let mut person = Person::new();
    let run = person.start("Learn German");
    person.done(&Command::CancelRun { run: None });
    let second = person.start("Learn German");
    assert_ne!(second.id, run.id);
    person.done(&Command::FailRun { run: second.id, error: "Down.".to_owned() });
    assert_ne!(person.start("Learn German").id, second.id);
}

#[test]
fn a_fourth_goal_is_told_to_wait() {
    let mut person = Person::new();
    for goal in ["One", "Two", "Three"] {
        person.start(goal);
    }
    let why = person.call("useArchitect", json!({"goal": "Four"})).unwrap_err();
    assert!(why.starts_with("3 goals are being worked on already"), "{why}");
    assert!(why.contains("“One”") && why.contains("“Three”"), "{why}");
    person.call("cancelRun", json!({"id": "two"})).unwrap();
    person.start("Four");
}

#[test]
fn wrong_goals_and_deadlines_change_nothing() {
    let mut person = Person::new();
    for (arguments, says) in [
        (json!({"goal": " "}), "A goal is missing"),
        (json!({"goal": "x".repeat(501)}), "at most 500 characters"),
        (json!({"goal": "x", "deadline": "2026-11-23"}), "The deadline is over already"),
        (json!({"goal": "x", "deadline": "soon-ish, please"}), "a local date and time"),
        (json!({"goal": "x", "hoursPerWeek": 0}), "at least 0.25"),
        (json!({"goal": "x", "plan": "Nowhere"}), "There is no plan “Nowhere”"),
        (json!({}), "/goal"),
    ] {
        let why = person.call("useArchitect", arguments.clone()).unwrap_err();
        assert!(why.contains(says), "{arguments}: {why}");
    }
    assert_eq!(person.session.timeline().runs(9), []);
}

#[test]
fn an_ambiguous_run_is_asked_about() {
    let mut person = Person::new();
    assert_eq!(person.call("cancelRun", json!({})).unwrap_err(), "No goal is being worked on. Nothing was changed.");
    person.start("Learn German");
    person.start("Learn Spanish");
    let why = person.call("cancelRun", json!({})).unwrap_err();
    assert!(why.starts_with("Several goals could be meant: "), "{why}");
    let run = run_of(person.call("cancelRun", json!({"id": "german"})).unwrap());
    assert_eq!(run.goal.as_str(), "Learn German");
    assert_eq!(run_of(person.call("cancelRun", json!({})).unwrap()).goal.as_str(), "Learn Spanish");
    assert_eq!(did(&person.call("cancelRun", json!({"id": "german"})).unwrap()), Did::Nothing);
    let why = person.call("cancelRun", json!({"id": "French"})).unwrap_err();
    assert_eq!(why, "There is no goal “French” that is being worked on. Nothing was changed.");
}

#[test]
fn steps_count_their_attempts_and_keep_the_last_trouble_until_they_succeed() {
    let mut person = Person::new();
    let id = person.start("Learn German").id;
    let step = |person: &mut Person, step| {
        person.done(&Command::BeginStep { run: id, step });
        let state = person.run_of(id).state;
        (state.step, state.attempts, state.percent, state.error)
    };
    assert_eq!(step(&mut person, RunStep::Brainstorm), (RunStep::Brainstorm, 1, 5, None));
    person.done(&Command::NoteTrouble { run: id, error: "Busy.".to_owned() });
    let busy = Some("Busy.".to_owned());
    assert_eq!(person.run_of(id).state.error, busy);
    assert_eq!(step(&mut person, RunStep::Brainstorm), (RunStep::Brainstorm, 2, 5, busy));
    assert!(person.run_of(id).state.message.ends_with("Attempt 2."));
    assert_eq!(step(&mut person, RunStep::Check), (RunStep::Check, 1, 60, None));
}

#[test]
fn a_run_is_called_by_its_first_title_also_when_it_is_tried_again() {
    let mut person = Person::new();
    let id = person.start("Learn German").id;
    assert_eq!(person.run_of(id).name(), "Learn German");
    let name = |title| Command::NameRun { run: id, title: Title::new(title).unwrap() };
    assert_eq!(did(&person.done(&name("German"))), Did::Progressed);
    assert_eq!(did(&person.done(&name("Deutsch"))), Did::Nothing);
    person.done(&Command::FailRun { run: id, error: "Down.".to_owned() });
    person.call("retryRun", json!({})).unwrap();
    let run = person.run_of(id);
    assert_eq!((run.name(), run.goal.as_str()), ("German", "Learn German"));
}

#[test]
fn a_failed_run_goes_on_where_it_failed() {
    let mut person = Person::new();
    let id = person.start("Learn German").id;
    let why = person.call("retryRun", json!({})).unwrap_err();
    assert_eq!(why, "No goal has failed. Nothing was started.");
    person.done(&Command::BeginStep { run: id, step: RunStep::Check });
    person.done(&Command::FailRun { run: id, error: "The model is down.".to_owned() });
    let failed = person.run_of(id).state;
    assert_eq!((failed.status, failed.step), (RunStatus::Failed, RunStep::Check));
    let retried = run_of(person.call("retryRun", json!({})).unwrap()).state;
    assert_eq!(
        (retried.status, retried.step, retried.tries, retried.error),
        (RunStatus::Running, RunStep::Check, 2, None)
    );
    let why = person.call("retryRun", json!({"id": "german"})).unwrap_err();
    assert_eq!(why, "“Learn German” is being worked on. Nothing was started.");
}

#[test]
fn tasks_are_added_in_one_transaction_that_one_undo_takes_back() {
    let mut person = Person::new();
    let id = person.start("Learn German").id;
    person.commit(id, &[60, 30]).unwrap();
    let blocks = person.blocks();
    let starts: Vec<_> = blocks.iter().map(|block| block.span.unwrap().start()).collect();
    assert_eq!(starts, [at("2026-11-24T09:00:00Z"), at("2026-11-24T10:05:00Z")]);
    assert_eq!(blocks[1].depends_on, [blocks[0].id]);
    assert!(blocks.iter().all(|block| block.source == Source::Architect && block.tags[0].as_str() == "architect"));
    assert_eq!(person.run_of(id).state.message, "Added 2 tasks, Tue 24 Nov.");
    person.done(&Command::Undo { txn: None });
    assert_eq!(person.blocks(), []);
    assert_eq!(person.run_of(id).state.status, RunStatus::Completed);
    person.done(&Command::Redo);
    assert_eq!(person.blocks(), blocks);
}

#[test]
fn tasks_are_spread_over_the_days_unless_the_deadline_leaves_no_time_for_that() {
    let days =
        |person: &Person| -> Vec<u32> { person.blocks().iter().map(|b| b.span.unwrap().start().day()).collect() };
    let mut person = Person::new();
    let id = person.start("Learn German").id;
    person.commit(id, &[60, 60, 60, 90]).unwrap();
    assert_eq!(days(&person), [24, 24, 25, 26]);

    let mut person = Person::new();
    let arguments = json!({"goal": "Learn German", "deadline": "2026-11-24"});
    let id = run_of(person.call("useArchitect", arguments).unwrap()).id;
    person.commit(id, &[60, 60, 60, 90]).unwrap();
    assert_eq!(days(&person), [24, 24, 24, 24]);
}

#[test]
fn a_task_that_can_never_begin_does_not_crowd_the_others() {
    let mut person = Person::new();
    let id = person.start("Learn German").id;
    let mut tasks = person.tasks(&[60, 60, 60, 60]);
    tasks.iter_mut().for_each(|task| task.depends_on.clear());
    tasks[3].depends_on.push(3);
    let commit = person.committing(id, tasks);
    person.done(&commit);
    let days: Vec<u32> = person.blocks().iter().map(|block| block.span.unwrap().start().day()).collect();
    assert_eq!(days, [24, 24, 25]);
    assert!(person.run_of(id).state.left_out[0].why.starts_with("It can never begin"));
}

#[test]
fn a_task_that_is_longer_than_a_day_is_split() {
    let mut person = Person::new();
    let id = person.start("Learn German").id;
    let commit = person.committing(id, person.tasks(&[60, 600]));
    person.done(&commit);
    let blocks = person.blocks();
    let shown: Vec<(u32, i64, usize)> = blocks
        .iter()
        .map(|block| {
            (block.span.unwrap().start().day(), block.span.unwrap().length().num_minutes(), block.depends_on.len())
        })
        .collect();
    assert_eq!(shown, [(24, 60, 0), (25, 300, 1), (26, 300, 1)], "each part waits for the one before");
    assert!(blocks[1].title.as_str().ends_with(" (1/2)") && blocks[2].title.as_str().ends_with(" (2/2)"));
    assert_eq!(person.run_of(id).state.left_out, []);
}

#[test]
fn tasks_are_not_spread_if_one_of_them_would_lose_its_time() {
    let mut person = Person::new();
    let arguments = json!({"goal": "Move house", "deadline": "2026-11-24"});
    let id = run_of(person.call("useArchitect", arguments).unwrap()).id;
    let mut tasks = person.tasks(&[60, 400, 75]);
    for (task, priority) in tasks.iter_mut().zip([Priority::High, Priority::High, Priority::Low]) {
        task.depends_on.clear();
        task.priority = priority;
    }
    let commit = person.committing(id, tasks);
    person.done(&commit);
    let minutes: Vec<i64> = person.blocks().iter().map(|block| block.span.unwrap().length().num_minutes()).collect();
    assert_eq!(minutes, [60, 400], "with fewer minutes a day the short one would have taken the place of the long one");
}

#[test]
fn a_run_knows_when_it_changed_last() {
    let mut person = Person::new();
    let id = person.start("Learn German").id;
    assert_eq!(person.run_of(id).changed_at(), person.now);
    for command in [
        Command::BeginStep { run: id, step: RunStep::Brainstorm },
        Command::FailRun { run: id, error: "Down.".to_owned() },
        Command::RetryRun { run: None },
    ] {
        person.now += TimeDelta::hours(1);
        person.done(&command);
        assert_eq!(person.run_of(id).changed_at(), person.now);
    }
    person.now += TimeDelta::hours(1);
    person.commit(id, &[60]).unwrap();
    assert_eq!(person.run_of(id).changed_at(), person.now);
    assert_eq!(person.run_of(id).started_at, at("2026-11-24T07:00:00Z"));
}

#[test]
fn a_second_delivery_adds_nothing_and_has_the_same_outcome() {
    let mut person = Person::new();
    let id = person.start("Learn German").id;
    let first = person.commit(id, &[60, 30]).unwrap();
    let events = person.session.log().len();
    let second = person.commit(id, &[60, 30]).unwrap();
    assert_eq!(person.session.log().len(), events);
    let (Outcome::Run { blocks: first, .. }, Outcome::Run { blocks: second, did: Did::Nothing, .. }) = (first, second)
    else {
        panic!("not a run");
    };
    assert_eq!(first, second);
    person.done(&Command::Undo { txn: None });
    person.commit(id, &[60, 30]).unwrap();
    assert_eq!(person.blocks(), [], "what was undone is not added again");
}

#[test]
fn nothing_is_added_after_a_cancel() {
    let mut person = Person::new();
    let id = person.start("Learn German").id;
    person.call("cancelRun", json!({})).unwrap();
    assert_eq!(did(&person.commit(id, &[60]).unwrap()), Did::Nothing);
    assert_eq!(person.blocks(), []);
    for command in [
        Command::BeginStep { run: id, step: RunStep::Place },
        Command::NoteTrouble { run: id, error: "Busy.".to_owned() },
        Command::NameRun { run: id, title: Title::new("German").unwrap() },
        Command::FailRun { run: id, error: "Down.".to_owned() },
    ] {
        assert_eq!(did(&person.done(&command)), Did::Nothing);
    }
    assert_eq!(person.run_of(id).state.status, RunStatus::Cancelled);
}

#[test]
fn a_run_that_is_planned_cannot_be_cancelled_any_more() {
    let mut person = Person::new();
    let id = person.start("Learn German").id;
    person.commit(id, &[60]).unwrap();
    let why = person.call("cancelRun", json!({"id": "german"})).unwrap_err();
    assert!(why.starts_with("“Learn German” is planned already; its tasks are on the timeline, and undo"), "{why}");
}

#[test]
fn tasks_are_placed_around_blocks_that_were_added_meanwhile() {
    let mut person = Person::new();
    let id = person.start("Learn German").id;
    let commit = person.committing(id, person.tasks(&[60]));
    let span = Span::new(at("2026-11-24T09:30:00Z"), at("2026-11-24T10:00:00Z")).unwrap();
    let meeting = NewBlock {
        kind: Kind::Appointment,
        span: Some(span),
        ..NewBlock::new(BlockId::new(person.id()), Title::new("Meeting").unwrap())
    };
    person.done(&Command::ScheduleBlock(meeting));
    person.done(&commit);
    assert_eq!(person.blocks()[1].span.unwrap().start(), at("2026-11-24T10:05:00Z"));
}

#[test]
fn a_commit_that_comes_late_places_nothing_in_the_past() {
    let mut person = Person::new();
    let id = person.start("Learn German").id;
    let commit = person.committing(id, person.tasks(&[60]));
    person.now = at("2026-11-24T12:02:00Z");
    person.done(&commit);
    assert_eq!(person.blocks()[0].span.unwrap().start(), at("2026-11-24T12:05:00Z"));
}

#[test]
fn tasks_without_a_time_are_reported_and_the_run_fails_if_none_has_one() {
    let mut person = Person::new();
    let arguments = json!({"goal": "Learn German", "deadline": "2026-11-24T11:00"});
    let id = run_of(person.call("useArchitect", arguments.clone()).unwrap()).id;
    person.commit(id, &[60, 90]).unwrap();
    let state = person.run_of(id).state;
    assert_eq!(state.message, "Added 1 task, Tue 24 Nov. 1 was left out.");
    assert_eq!(state.left_out[0].why, "There is no room for it before the deadline.");

    person.now = at("2026-11-24T09:00:00Z");
    let id = run_of(person.call("useArchitect", arguments).unwrap()).id;
    person.commit(id, &[400]).unwrap();
    let run = person.run_of(id);
    assert_eq!(run.state.status, RunStatus::Failed);
    let report = run_report(&Moment::new(person.now, &Settings::default()), &run, &[], None, None);
    assert!(report.starts_with("I could not plan “Learn German”. No task found a time."), "{report}");
    assert!(report.ends_with("Nothing was added to the timeline."), "{report}");
}

#[test]
fn a_report_lists_what_was_placed_and_what_was_not() {
    let mut person = Person::new();
    let id =
        run_of(person.call("useArchitect", json!({"goal": "Learn German", "deadline": "2026-11-24T11:00"})).unwrap())
            .id;
    person.commit(id, &[60, 90]).unwrap();
    let plan = person.session.active_plan().unwrap();
    let moment = Moment::new(person.now, &Settings::default());
    let report = run_report(&moment, &person.run_of(id), &person.blocks(), plan.as_ref(), None);
    assert_eq!(
        report,
        "“Learn German” is planned: 1 task, Tue 24 Nov.\n\n- Tue 24 Nov, 09:00–10:00: Task 1 (B1)\n\nThese were left \
         out:\n\n- Task 2: There is no room for it before the deadline.\n\nOne undo takes all of it back."
    );
}

#[test]
fn the_persons_hours_and_breaks_count() {
    let mut person = Person::new();
    let hours = serde_json::from_value(json!({"days": ["Wed"], "from": "18:00", "to": "20:00"})).unwrap();
    let update = SettingsUpdate { working_hours: Some(hours), break_minutes: Some(15), ..SettingsUpdate::default() };
    person.done(&Command::ChangeSettings(update));
    let id = person.start("Learn German").id;
    person.commit(id, &[30, 30]).unwrap();
    let starts: Vec<_> = person.blocks().iter().map(|block| block.span.unwrap().start()).collect();
    assert_eq!(starts, [at("2026-11-25T18:00:00Z"), at("2026-11-25T18:45:00Z")]);
    let too_long = SettingsUpdate { break_minutes: Some(241), ..SettingsUpdate::default() };
    assert!(person.run(&Command::ChangeSettings(too_long)).is_err());
}

#[test]
fn tasks_of_a_plan_that_is_deleted_meanwhile_come_to_the_active_one() {
    let mut person = Person::new();
    person.call("createPlan", json!({"title": "Languages"})).unwrap();
    let id = person.start("Learn German").id;
    person.call("deletePlan", json!({"id": "Languages"})).unwrap();
    person.commit(id, &[30]).unwrap();
    let active = person.session.active_plan().unwrap().unwrap();
    assert_eq!(active.title.as_str(), "My plan");
    assert_eq!(person.blocks()[0].plan, active.id);
    assert_eq!(person.run_of(id).state.message, "Added 1 task, Tue 24 Nov.");
}

#[test]
fn tasks_of_a_plan_that_is_archived_meanwhile_go_there_and_the_report_says_so() {
    let mut person = Person::new();
    person.call("createPlan", json!({"title": "Languages"})).unwrap();
    let languages = person.session.active_plan().unwrap().unwrap().id;
    let id = person.start("Learn German").id;
    person.call("archivePlan", json!({"id": "Languages"})).unwrap();
    person.commit(id, &[30]).unwrap();
    let seen = |person: &Person| person.session.blocks(&BlockQuery::default()).unwrap();
    assert_eq!(seen(&person), [], "nothing among what the person sees");
    let plans = person.session.plans().unwrap();
    let plan = plans.iter().find(|plan| plan.id == languages).unwrap();
    assert!(!plan.is_in_use(), "it was not asked for");
    let of_plan = BlockQuery { plan: Some(languages), ..BlockQuery::default() };
    let blocks = person.session.blocks(&of_plan).unwrap();
    assert_eq!(blocks.len(), 1);
    let where_they_are = "“Languages” was archived meanwhile, and they are in it; switch to it to see them.";
    let run = person.run_of(id);
    assert_eq!(run.state.message, format!("Added 1 task, Tue 24 Nov. {where_they_are}"));
    let report = run_report(&Moment::new(person.now, &Settings::default()), &run, &blocks, Some(plan), None);
    assert!(report.contains(where_they_are), "{report}");
    person.call("switchPlan", json!({"id": "Languages"})).unwrap();
    assert_eq!(seen(&person), blocks);
}

#[test]
fn the_events_of_a_run_are_read_as_they_are_written() {
    let mut person = Person::new();
    let id = person.start("Learn German").id;
    person.done(&Command::BeginStep { run: id, step: RunStep::Brainstorm });
    person.commit(id, &[60]).unwrap();
    for event in person.session.log() {
        let text = serde_json::to_string(event).unwrap();
        assert_eq!(&serde_json::from_str::<Event>(&text).unwrap(), event, "{text}");
    }
    let actor = Actor::Workflow { run: id };
    let text = serde_json::to_string(&actor).unwrap();
    assert_eq!(text, format!(r#"{{"by":"workflow","run":"{id}"}}"#));
    assert_eq!(serde_json::from_str::<Actor>(&text).unwrap(), actor);
}

#[test]
fn runs_are_listed_newest_first() {
    let mut person = Person::new();
    person.start("Learn German");
    person.now += TimeDelta::seconds(1);
    person.start("Learn Spanish");
    let answer = flux_timeline::query::answer(&person.session, &flux_timeline::query::Query::Runs).unwrap();
    let report = Report::of_answer(&answer, &Moment::new(person.now, &Settings::default()));
    assert_eq!(report.summary.as_deref(), Some("2 goals are being worked on."));
    let goals: Vec<String> = report.runs.unwrap().into_iter().map(|run| run.goal).collect();
    assert_eq!(goals, ["Learn Spanish", "Learn German"]);
}
