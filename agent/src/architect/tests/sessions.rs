//! Goals with regular sessions: how answers that name them are read, and what a run with them adds and reports.

use flux_timeline::RunStatus;
use flux_timeline::free_time::Activity;
use flux_timeline::outline::Phase;
use serde_json::{Value, json};

use super::stage::{Stage, deaths, good};
use crate::architect::check::outline;

fn session(change: impl Fn(&mut Value)) -> Value {
    let mut session = json!({
        "title": "Easy run", "description": "Slowly.", "minutes": 45, "per_week": 3, "weeks": 4, "milestone": "Run 5 km",
    });
    change(&mut session);
    session
}

/// A good answer with these sessions.
fn with(sessions: &[Value]) -> String {
    let mut answer: Value = serde_json::from_str(&good()).unwrap();
    answer["activity"] = json!("training");
    answer["sessions"] = json!(sessions);
    answer["tasks"][2]["after_sessions"] = json!(true);
    answer.to_string()
}

/// The only phase of an answer with this session.
fn phase(change: impl Fn(&mut Value)) -> Phase {
    let checked = outline(&with(&[session(change)]), 480);
    assert_eq!((checked.plan.phases.len(), checked.flaws, checked.plan.left_out), (1, vec![], vec![]));
    checked.plan.phases[0].clone()
}

#[test]
fn sessions_are_read_as_they_are_written() {
    let phase = phase(|_| {});
    assert_eq!((phase.title.as_str(), phase.minutes, phase.per_week, phase.weeks), ("Easy run", 45, 3, Some(4)));
    assert_eq!(phase.milestone.unwrap().as_str(), "Run 5 km");
    let plan = outline(&with(&[session(|_| {})]), 480).plan;
    assert_eq!(plan.activity, Activity::Training);
    assert_eq!(plan.tasks.iter().map(|task| task.after_sessions).collect::<Vec<_>>(), [false, false, true]);
}

#[test]
fn what_is_plainly_meant_is_accepted() {
    for (field, value, meant) in [
        ("minutes", json!("1h 30m"), (90, 3, Some(4))),
        ("minutes", json!(null), (60, 3, Some(4))),
        ("minutes", json!(9_000), (480, 3, Some(4))),
        ("per_week", json!("2"), (45, 2, Some(4))),
        ("per_week", json!("3 times"), (45, 3, Some(4))),
        ("per_week", json!("daily"), (45, 7, Some(4))),
        ("per_week", json!(null), (45, 2, Some(4))),
        ("per_week", json!(40), (45, 7, Some(4))),
        ("weeks", json!("6 weeks"), (45, 3, Some(6))),
        ("weeks", json!(0), (45, 3, None)),
        ("weeks", json!(1e12), (45, 3, Some(208))),
        ("weeks", json!("some"), (45, 3, None)),
    ] {
        let phase = phase(|session| session[field] = value.clone());
        assert_eq!((phase.minutes, phase.per_week, phase.weeks), meant, "{field}: {value}");
    }
    for said in [
        with(&[session(|_| {})]).replace("\"sessions\"", "\"phases\"").replace("per_week", "perWeek"),
        format!("Sure!\n```json\n{{\"plan\": {}}}\n```", with(&[session(|_| {})])),
        json!({"sessions": [session(|_| {})]}).to_string(),
        json!({"sessions": [session(|_| {})], "tasks": []}).to_string(),
    ] {
        let checked = outline(&said, 480);
        assert_eq!((checked.plan.phases.len(), checked.flaws), (1, vec![]), "{said}");
    }
}

#[test]
fn an_answer_without_sessions_means_what_it_did() {
    let plan = outline(&good(), 480).plan;
    assert_eq!((plan.activity, plan.phases), (Activity::Work, vec![]));
    let unknown = outline(&with(&[]).replace("training", "fun"), 480).plan;
    assert_eq!(unknown.activity, Activity::Work);
    assert!(unknown.tasks.iter().all(|task| !task.after_sessions), "there is nothing that they come after");
    let no_activity = outline(&with(&[session(|_| {})]).replace("activity", "kind"), 480).plan;
    assert_eq!(no_activity.activity, Activity::Other);
}

#[test]
fn sessions_that_cannot_be_used_are_named() {
    let many: Vec<Value> =
        (1..=6).map(|number| session(|session| session["title"] = json!(format!("Run {number}")))).collect();
    let plan = outline(&with(&many), 480).plan;
    let left: Vec<_> = plan.left_out.iter().map(|left| (left.title.as_str(), left.why.as_str())).collect();
    let why = "A plan has at most 4 kinds of sessions.";
    assert_eq!((plan.phases.len(), left), (4, vec![("Run 5", why), ("Run 6", why)]));
    let plan = outline(&with(&[session(|session| session["title"] = json!(" "))]), 480).plan;
    assert_eq!((plan.phases.len(), plan.left_out[0].why.as_str()), (0, "The model gave it no title."));
}

#[test]
fn an_answer_that_is_cut_off_lacks_what_it_ends_with() {
    let (sessions, tasks) = (json!([session(|_| {}), session(|_| {})]).to_string(), good());
    let tasks = tasks.trim_matches(['{', '}']);
    let in_sessions = format!("{{{tasks},\"sessions\":{}", &sessions[..sessions.len() - 20]);
    let plan = outline(&in_sessions, 480).plan;
    assert_eq!((plan.phases.len(), plan.tasks.len(), plan.left_out.len()), (1, 3, 1));
    let in_tasks = format!("{{\"sessions\":{sessions},{}", &tasks[..tasks.len() - 20]);
    let plan = outline(&in_tasks, 480).plan;
    assert_eq!((plan.phases.len(), plan.tasks.len(), plan.left_out.len()), (2, 2, 1));
}

#[test]
fn a_task_that_depends_on_a_session_comes_after_all_of_them() {
    let said = with(&[session(|_| {})]).replace("\"depends_on\":[1]", "\"depends_on\":[\"easy  RUN\"]");
    let plan = outline(&said, 480).plan;
    assert_eq!(plan.tasks.iter().map(|task| task.after_sessions).collect::<Vec<_>>(), [false, true, true]);
}

/// A run with two phases until the deadline, from Monday, 2 March 2026, 09:00 UTC on.
fn stage() -> (Stage, (flux_timeline::RunId, u64)) {
    let build = session(|session| {
        session["title"] = json!("Long run");
        session["milestone"] = json!("Run 10 km");
    });
    let said = with(&[session(|_| {}), build]);
    // Twice, in case the first answer is lost. As the words of the report it is not used.
    let stage = Stage::new().answers([Ok(said.clone()), Ok(said)]);
    let call = json!({"goal": "Run 10 km", "deadline": "2026-04-26", "hoursPerWeek": 2});
    assert_eq!(stage.call("useArchitect", call)["success"], true);
    let workflow = stage.world.borrow().launched()[0];
    (stage, workflow)
}

#[test]
fn a_run_adds_sessions_to_the_deadline_and_reports_its_milestones() {
    let (stage, workflow) = stage();
    assert!(stage.drive(workflow));
    let mut blocks = stage.blocks();
    blocks.sort_by_key(|block| block.span);
    let is_session = |block: &&flux_timeline::Block| block.tags.iter().any(|tag| tag.as_str() == "session");
    let sessions: Vec<_> = blocks.iter().filter(is_session).collect();
    assert_eq!((sessions.len(), blocks.len() - sessions.len()), (21, 3));
    assert_eq!(sessions[0].title.as_str(), "Easy run (1/10)");
    assert_eq!(sessions[20].title.as_str(), "Long run (11/11)");
    assert_eq!(sessions[0].description.as_ref().unwrap().as_str(), "Slowly.\n\nMilestone, Fri 27 Mar: Run 5 km");
    assert_eq!(blocks.last().unwrap().title.as_str(), "Second lesson", "it comes after all sessions");
    let state = stage.run(workflow.0).state;
    assert_eq!(state.status, RunStatus::Completed);
    assert_eq!(state.message, "Added 21 sessions and 3 tasks, Mon 2 Mar – Sun 26 Apr.");
    let report = &stage.said()[0];
    for part in [
        "“Run 10 km” is planned: 21 sessions and 3 tasks, Mon 2 Mar – Sun 26 Apr.",
        "A full week has 2 h of it.",
        "Milestones:\n\n- Fri 27 Mar: Run 5 km\n- Fri 24 Apr: Run 10 km",
        "One undo takes all of it back.",
    ] {
        assert!(report.contains(part), "{part}: {report}");
    }
    stage.call("undo", json!({}));
    assert_eq!(stage.blocks(), []);
}

#[test]
fn wherever_a_process_dies_the_sessions_are_added_once() {
    for death in deaths() {
        let (stage, workflow) = stage();
        stage.engine.death.set(Some(death));
        assert!(!stage.drive(workflow), "{death:?} did not happen");
        stage.engine.death.set(None);
        assert!(stage.drive(workflow), "{death:?}");
        assert_eq!((stage.blocks().len(), stage.said().len()), (24, 1), "{death:?}");
    }
}

#[test]
fn the_plan_of_an_earlier_version_can_be_placed() {
    let old = r#"{"place":{"tasks":[{"title":"Choose a course","minutes":30,"priority":"medium"}]}}"#;
    let request: crate::architect::Request = crate::json::read_value(serde_json::from_str(old).unwrap()).unwrap();
    let crate::architect::Request::Place(plan) = request else { panic!("{request:?}") };
    assert_eq!((plan.activity, plan.tasks.len(), plan.phases.len()), (Activity::Work, 1, 0));
}
