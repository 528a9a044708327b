//! What becomes of a goal that was worked out: it is proposed, accepted or not, and looked after.

use chrono::{DateTime, TimeDelta, Utc};
use flux_timeline::{GoalStatus, ReadGoals, RunId, RunStatus};
use serde_json::{Value, json};

use super::stage::{Stage, deaths, good};

/// The answer of a model: two sessions of an hour a week for four weeks, and three tasks.
fn answer() -> String {
    let mut answer: Value = serde_json::from_str(&good()).unwrap();
    answer["activity"] = json!("study");
    answer["sessions"] = json!([{
        "title": "Lesson", "description": "Speak.", "minutes": 60, "per_week": 2, "weeks": 4, "milestone": "Order a coffee",
    }]);
    answer.to_string()
}

/// A goal that was worked out on Monday, 2 March 2026, at 09:00 UTC.
fn proposed() -> (Stage, RunId) {
    let stage = Stage::asking().answers([Ok(answer())]);
    let workflow = stage.start("Learn German");
    assert!(stage.drive(workflow));
    (stage, workflow.0)
}

fn done(stage: &Stage, method: &str, argument: Value) -> Value {
    let mut answer = stage.call(method, argument);
    assert_eq!(answer["success"], true, "{answer}");
    answer["result"].take()
}

fn status(stage: &Stage, id: RunId) -> GoalStatus {
    stage.world.borrow().agent.store().goal(id).unwrap().unwrap().state.status
}

/// The goals in the last such frame since the tab was last asked.
fn shown(stage: &Stage) -> Option<Vec<Value>> {
    let frames = stage.tab.received();
    let frame = frames.iter().rfind(|frame| frame["type"] == "flux_goals")?;
    frame["goals"].as_array().cloned()
}

fn starts(preview: &Value) -> Vec<DateTime<Utc>> {
    let parts = preview["parts"].as_array().unwrap().iter();
    parts.map(|part| part["span"]["start"].as_str().unwrap().parse().unwrap()).collect()
}

#[test]
fn what_is_worked_out_is_proposed_with_the_hours_that_were_assumed() {
    let (stage, id) = proposed();
    assert_eq!(stage.blocks(), []);
    let state = stage.run(id).state;
    assert_eq!(state.status, RunStatus::Completed);
    assert!(state.message.starts_with("Proposed 6 sessions and 3 tasks, "), "{}", state.message);
    assert!(state.message.ends_with("Nothing is on the timeline yet."), "{}", state.message);
    let report = &stage.said()[0];
    for part in [
        "“Learn German” is worked out: 6 sessions and 3 tasks, ",
        "so these are times in the evening and at weekends. Is that right?",
        "Accept it, or change the hours, the days or the deadline first.",
    ] {
        assert!(report.contains(part), "{part}: {report}");
    }
    assert!(!report.contains("(B1)"), "it has no handles yet: {report}");
    let goals = shown(&stage).unwrap();
    assert_eq!((goals.len(), &goals[0]["state"]["status"]), (1, &json!("proposed")));
    assert_eq!(goals[0]["activity"], "study");
    let newcomer = stage.world.borrow().connect_as(true, None);
    assert!(newcomer.received().iter().any(|frame| frame["type"] == "flux_goals"));
}

#[test]
fn a_preview_follows_wishes_and_settings_and_what_is_accepted_is_what_was_shown() {
    let (stage, id) = proposed();
    let preview = done(&stage, "previewGoal", json!({"goal": id}));
    assert_eq!((starts(&preview).len(), &preview["replaced"]), (9, &json!(0)));
    let mornings = done(&stage, "previewGoal", json!({"goal": id, "times": ["morning"], "hoursPerWeek": 1}));
    assert!(starts(&mornings).iter().all(|start| start.format("%H").to_string().as_str() < "09"), "{mornings}");
    assert_eq!(starts(&done(&stage, "previewGoal", json!({"goal": id}))), starts(&preview), "a preview keeps nothing");

    done(&stage, "setSettings", json!({"activityHours": {"study": {"parts": ["work"]}}}));
    let by_day = done(&stage, "previewGoal", json!({"goal": id}));
    assert_ne!(starts(&by_day), starts(&preview));
    let old = stage.call("acceptGoal", json!({"goal": id, "starts": starts(&preview)}));
    assert!(old.to_string().contains("look at the proposal again"), "{old}");
    assert_eq!(stage.blocks(), []);

    let some = &starts(&by_day)[..4];
    let answer = done(&stage, "acceptGoal", json!({"goal": id, "starts": some}));
    assert_eq!((answer["ok"].as_bool(), stage.blocks().len()), (Some(true), 4), "{answer}");
    assert_eq!(status(&stage, id), GoalStatus::Active);
    done(&stage, "undo", json!({}));
    assert_eq!((status(&stage, id), stage.blocks().len()), (GoalStatus::Proposed, 0));
}

#[test]
fn wherever_a_process_dies_a_goal_is_proposed_once() {
    for death in deaths() {
        let stage = Stage::asking().answers([Ok(answer()), Ok(answer())]);
        let workflow = stage.start("Learn German");
        stage.engine.death.set(Some(death));
        assert!(!stage.drive(workflow), "{death:?} did not happen");
        stage.engine.death.set(None);
        assert!(stage.drive(workflow), "{death:?}");
        let goals = stage.world.borrow().agent.store().goals().unwrap().len();
        assert_eq!((goals, stage.blocks().len(), stage.said().len()), (1, 0, 1), "{death:?}");
    }
}

#[test]
fn a_goal_that_is_accepted_before_it_is_reported_is_reported_as_it_is() {
    let stage = Stage::asking().answers([Ok(answer())]);
    *stage.on_request.borrow_mut() = Box::new(|request, world| {
        if matches!(request, crate::architect::Request::Commit { .. }) {
            world.agent.call_for_test("updateGoal", &json!({"request": "accept"}));
        }
    });
    let workflow = stage.start("Learn German");
    assert!(stage.drive(workflow));
    assert_eq!(stage.blocks().len(), 9);
    let report = &stage.said()[0];
    assert!(report.contains("“Learn German” is planned: 6 sessions and 3 tasks, "), "{report}");
}

#[test]
fn after_everything_was_deleted_nobody_is_shown_a_goal() {
    let (stage, _) = proposed();
    assert_eq!(shown(&stage).map(|goals| goals.len()), Some(1));
    done(&stage, "deleteEverything", json!({"confirm": "everything"}));
    assert_eq!(shown(&stage), Some(vec![]));
}

#[test]
fn goals_that_cannot_be_read_change_nothing() {
    let (stage, id) = proposed();
    for (method, argument, why) in [
        ("previewGoal", json!({"goal": id, "from": "18:00"}), "both from and to"),
        ("previewGoal", json!({"goal": id, "hoursPerWeek": -1}), "/hoursPerWeek"),
        ("previewGoal", json!({"goal": id, "from": "20:00", "to": "18:00"}), "20:00"),
        ("previewGoal", json!({"goal": id, "deadline": "2020-01-01"}), "This deadline is over already."),
        ("previewGoal", json!({"goal": "French"}), "There is no goal “French”"),
        ("acceptGoal", json!({"goal": id, "starts": []}), "a list of 1 to 200 moments"),
        ("acceptGoal", json!({"goal": "German"}), "a UUID"),
        ("updateGoal", json!({"request": "pause"}), "No goal is under way."),
        ("updateGoal", json!({"request": "accept", "hoursPerWeek": 2}), "change, because how it is planned changes"),
        ("setSettings", json!({"activityHours": {"sport": null}}), "training, study, work, other"),
        ("setSettings", json!({"activityHours": {"study": {"parts": []}}}), "activityHours/study"),
    ] {
        let answer = stage.call(method, argument.clone()).to_string();
        assert!(answer.contains(why), "{method} {argument}: {answer}");
    }
    assert_eq!((status(&stage, id), stage.blocks().len()), (GoalStatus::Proposed, 0));
}

#[test]
fn missed_sessions_are_made_up_for_each_morning_and_the_person_is_told_once_that_a_goal_is_behind() {
    let (stage, id) = proposed();
    done(&stage, "acceptGoal", json!({"goal": id}));
    let due = || {
        let jobs = stage.world.borrow().agent.store().jobs().unwrap();
        jobs.into_iter().find(|job| job.kind == "goals").map(|job| job.due)
    };
    assert_eq!(due(), Some("2026-03-03T05:00:00Z".parse().unwrap()));
    let second: DateTime<Utc> = "2026-03-17T06:00:00Z".parse().unwrap();
    while due().is_some_and(|due| due < second) {
        stage.world.borrow().ring();
    }
    let told = |stage: &Stage| stage.said().iter().filter(|text| text.contains("is behind by about a week")).count();
    assert_eq!(told(&stage), 1, "{:?}", stage.said());
    let messages = stage.world.borrow().agent.store().messages(100).unwrap();
    let metadata = messages.last().and_then(|message| message.metadata.clone()).unwrap();
    assert_eq!((&metadata["goal"], &metadata["behind"]), (&json!(id), &json!(true)));
    assert!(shown(&stage).unwrap()[0]["state"]["behindSince"].is_string());

    done(&stage, "updateGoal", json!({"request": "change"}));
    let now = stage.world.borrow().now();
    let open = stage.blocks().into_iter().filter(|block| block.is_open() && block.goal.is_some());
    assert!(open.map(|block| block.span.unwrap().start()).all(|start| start > now), "all of it lies ahead again");
    assert!(shown(&stage).unwrap()[0]["state"]["behindSince"].is_null());
    done(&stage, "updateGoal", json!({"request": "pause"}));
    assert_eq!(due(), None, "nobody is woken for a goal that is paused");
    done(&stage, "updateGoal", json!({"request": "resume"}));
    assert!(due().is_some_and(|due| due - now < TimeDelta::days(1)));
}

#[test]
fn the_model_knows_open_goals_and_how_far_they_are() {
    let (stage, id) = proposed();
    let context = || {
        let world = stage.world.borrow();
        let context = flux_tools::context::timeline(world.agent.store(), world.now()).unwrap();
        crate::prompt::describe(&context)
    };
    assert!(
        context().contains("Goals (title | details):\n- Learn German | proposed, not accepted yet"),
        "{}",
        context()
    );
    done(&stage, "acceptGoal", json!({"goal": id}));
    done(&stage, "completeBlock", json!({"id": "B1"}));
    assert!(context().contains("- Learn German | active, 1 of 9 done, 30 min spent, next "), "{}", context());
    done(&stage, "updateGoal", json!({"request": "end", "goal": "german"}));
    assert!(!context().contains("Goals"), "{}", context());
}
