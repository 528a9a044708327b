//! Whole runs with a person's object.

use flux_timeline::{RunStatus, RunStep, Source};
use serde_json::json;

use super::stage::{Stage, good};
use crate::architect::{Request, RunLimits};
use flux_model::ModelError;
use flux_tools::context::Facts;

#[test]
fn a_goal_becomes_tasks_in_free_time_and_the_person_is_told() {
    let stage = Stage::new();
    let workflow = stage.start("Learn German");
    assert!(stage.drive(workflow));
    let run = stage.run(workflow.0);
    assert_eq!(run.state.status, RunStatus::Completed);
    let blocks = stage.blocks();
    assert_eq!(blocks.len(), 3);
    assert!(blocks.iter().all(|block| block.source == Source::Architect));
    assert_eq!(
        stage.requests(),
        ["begin brainstorm", "count", "keep", "begin check", "keep", "place", "commit", "count", "report"],
        "each thing is said once"
    );
    assert_eq!(
        stage.said(),
        [
            "“Learn German” is planned: 3 tasks, Mon 2 Mar – Tue 3 Mar.\n\n- Mon 2 Mar, 09:05–09:35: Choose a course (B1)\n- \
             Mon 2 Mar, 09:40–10:40: First lesson (B2)\n- Tue 3 Mar, 09:00–10:00: Second lesson (B3)\n\nOne undo takes all \
             of it back."
        ]
    );
    let kinds: Vec<String> = stage
        .world
        .borrow()
        .agent
        .store()
        .events_after(3, 100)
        .unwrap()
        .iter()
        .map(|e| e.kind.name().to_owned())
        .collect();
    assert_eq!(
        kinds,
        [
            "WORKFLOW_STARTED",
            "WORKFLOW_PROGRESSED",
            "WORKFLOW_PROGRESSED",
            "WORKFLOW_PROGRESSED",
            "WORKFLOW_PROGRESSED",
            "GOAL_CREATED",
            "GOAL_CHANGED",
            "BLOCK_SCHEDULED",
            "BLOCK_SCHEDULED",
            "BLOCK_SCHEDULED",
            "WORKFLOW_COMPLETED",
        ]
    );
    stage.call("undo", json!({}));
    assert_eq!(stage.blocks(), [], "one undo takes back the whole");
}

#[test]
fn the_model_gets_the_goal_and_the_schema() {
    let stage = Stage::new();
    let answer = stage
        .call("useArchitect", json!({"goal": "Learn {{now}} German", "deadline": "2026-06-01", "hoursPerWeek": 2}));
    assert_eq!(answer["success"], true);
    let workflow = stage.world.borrow().launched()[0];
    stage.drive(workflow);
    let asked = &stage.model.asked.borrow()[0];
    assert!(
        asked
            .system
            .contains("Now it is Monday 2 March 2026, 09:00. Everything should be done by Tuesday 2 June 2026, 00:00.")
    );
    assert!(asked.system.contains("The person has at most 2 h a week for it."), "{}", asked.system);
    assert!(asked.system.contains("Nothing longer than 120 minutes fits into one day."));
    let schema = asked.response_schema.as_ref().unwrap();
    assert_eq!(schema["required"], json!(["activity", "sessions", "tasks"]));
    assert_eq!(schema["properties"]["tasks"]["maxItems"], 12);
    let Facts::Goal(goal) = &asked.facts else { panic!("no goal") };
    assert_eq!(goal.goal, "Learn {{now}} German");
}

#[test]
fn temporary_errors_are_retried_with_growing_pauses_and_others_are_not() {
    let busy = || Err(ModelError::Overloaded);
    let limited = || Err(ModelError::RateLimited { retry_after_ms: None });
    let stage = Stage::new().answers([limited(), busy(), busy(), Ok(good())]);
    let workflow = stage.start("Learn German");
    stage.drive(workflow);
    assert_eq!(stage.run(workflow.0).state.status, RunStatus::Completed);
    assert_eq!(*stage.engine.pauses.borrow(), [("brainstorm", 1_000), ("brainstorm", 2_000), ("brainstorm", 4_000)]);
    let attempts = stage.requests().iter().filter(|request| *request == "begin brainstorm").count();
    assert_eq!(attempts, 4, "only this step is done again");

    let stage = Stage::new().answers([Err(ModelError::Malformed { what: "a page".to_owned() })]);
    let workflow = stage.start("Learn German");
    stage.drive(workflow);
    assert_eq!(stage.run(workflow.0).state.status, RunStatus::Failed);
    assert_eq!(*stage.engine.pauses.borrow(), []);
}

#[test]
fn a_run_shows_that_it_is_retrying() {
    let stage = Stage::new().answers([Err(ModelError::Overloaded), Ok(good())]);
    let workflow = stage.start("Learn German");
    stage.tab.received();
    stage.drive(workflow);
    let states: Vec<_> = stage
        .tab
        .received()
        .iter()
        .flat_map(|frame| frame["events"].as_array().cloned().unwrap_or_default())
        .filter_map(|event| event["payload"].get("state").cloned())
        .map(|state| (state["attempts"].clone(), state["percent"].clone(), state["error"].is_string()))
        .collect();
    let expected = [
        (json!(1), json!(5), false),
        (json!(1), json!(5), true),
        (json!(2), json!(5), true),
        (json!(1), json!(60), false),
        (json!(1), json!(75), false),
        (json!(1), json!(85), false),
        (json!(0), json!(100), false),
    ];
    assert_eq!(states, expected);
}

#[test]
fn a_model_that_stays_down_fails_the_run_with_its_reason_and_a_retry_continues() {
    let down = || Err(ModelError::Overloaded);
    let mut stage = Stage::new().answers([down(), down(), down(), down(), down(), down()]);
    let (run, launch) = stage.start("Learn German");
    assert!(stage.drive((run, launch)));
    let state = stage.run(run).state;
    assert_eq!((state.status, state.step, state.attempts), (RunStatus::Failed, RunStep::Brainstorm, 6));
    assert_eq!(state.error.as_deref(), Some("The model is over capacity."));
    assert!(stage.said()[0].starts_with("I could not plan “Learn German”. The model is over capacity."));
    assert_eq!(stage.blocks(), []);

    let answer = stage.call("retryRun", json!({}));
    assert_eq!(answer["result"]["summary"], "Trying “Learn German” again, from where it failed.");
    stage.forget();
    let launched = stage.world.borrow().launched();
    assert_eq!(launched, [(run, 2)]);
    assert!(stage.drive(launched[0]));
    assert_eq!((stage.run(run).state.status, stage.blocks().len()), (RunStatus::Completed, 3));
    assert_eq!(stage.said().len(), 2, "the failure and the success are reported");
}

#[test]
fn a_retry_does_not_ask_for_a_stored_answer_again() {
    let mut stage = Stage::new();
    // There is no free time before the deadline.
    let answer = stage.call("useArchitect", json!({"goal": "Learn German", "deadline": "2026-03-02T09:20"}));
    assert_eq!(answer["success"], true);
    let (run, launch) = stage.world.borrow().launched()[0];
    stage.drive((run, launch));
    let state = stage.run(run).state;
    assert_eq!((state.status, state.left_out.len()), (RunStatus::Failed, 3));
    assert!(
        state.error.unwrap().starts_with("No task found a time. “Choose a course”: There is no room for it before")
    );
    let hours = json!({"days": ["Mon"], "from": "00:00", "to": "24:00"});
    stage.call("setSettings", json!({ "workingHours": hours }));
    stage.call("retryRun", json!({}));
    stage.forget();
    let second = stage.world.borrow().launched()[0];
    stage.drive(second);
    assert_eq!(stage.model.asked.borrow().len(), 1, "the tasks of the first try are used");
    assert_eq!(stage.run(run).state.tries, 2);
}

#[test]
fn unusable_answers_go_back_with_the_reasons_at_most_twice() {
    let broken = || Ok("{\"tasks\": [{\"title\": \"A\"}]}".to_owned());
    let stage = Stage::new().answers([broken(), broken(), Ok(good())]);
    let workflow = stage.start("Learn German");
    stage.drive(workflow);
    assert_eq!(stage.run(workflow.0).state.status, RunStatus::Completed);
    assert_eq!(stage.thought(), 3);
    let asked = stage.model.asked.borrow();
    let last = serde_json::to_value(&asked[1].messages).unwrap();
    assert_eq!(last[1]["text"], "{\"tasks\": [{\"title\": \"A\"}]}");
    let words = last[2]["text"].as_str().unwrap();
    assert!(words.contains("- /tasks/0/minutes: expected a number from 5 to 480, got nothing"), "{words}");
    drop(asked);

    let stage = Stage::new().answers([broken(), broken(), broken()]);
    let (run, launch) = stage.start("Learn German");
    stage.drive((run, launch));
    let state = stage.run(run).state;
    assert_eq!((state.status, state.step), (RunStatus::Failed, RunStep::Check));
    assert!(
        state
            .error
            .unwrap()
            .starts_with("The model did not name usable tasks. It did not say how long one takes. Describe")
    );
    stage.call("retryRun", json!({}));
    let launched = stage.world.borrow().launched();
    let mut stage = stage;
    stage.forget();
    stage.drive(launched[0]);
    assert_eq!(stage.run(run).state.status, RunStatus::Completed, "what could not be used is asked for again");
}

#[test]
fn a_model_without_support_for_schemas_is_asked_without_one() {
    let refused = ModelError::Refused { status: 400, message: "response_format is not supported".to_owned() };
    let stage = Stage::new().answers([Err(refused), Ok(good())]);
    let workflow = stage.start("Learn German");
    stage.drive(workflow);
    assert_eq!(stage.run(workflow.0).state.status, RunStatus::Completed);
    assert_eq!(stage.model.asked.borrow()[1].response_schema, None);
    assert_eq!(*stage.engine.pauses.borrow(), [], "at once, within the same try");
}

#[test]
fn a_cancel_stops_the_model_in_the_middle_and_nothing_is_added() {
    let stage = Stage::new();
    stage.model.is_mute.set(true);
    let workflow = stage.start("Learn German");
    let mut signs = 0;
    *stage.on_request.borrow_mut() = Box::new(move |request, world| {
        signs += usize::from(*request == Request::Alive);
        if signs == 3 {
            let cancel = flux_timeline::Command::CancelRun { run: None };
            world.agent.change_for_test(&cancel);
        }
    });
    assert!(stage.drive(workflow), "the workflow ends by itself");
    assert_eq!(stage.run(workflow.0).state.status, RunStatus::Cancelled);
    assert_eq!(stage.world.borrow().called_off(), [workflow]);
    assert_eq!((stage.blocks(), stage.said()), (vec![], vec![]));
}

#[test]
fn a_cancel_in_any_step_ends_the_run_there() {
    let mut cancelled = 0;
    for number in 1..=7 {
        let stage = Stage::new();
        let workflow = stage.start("Learn German");
        let mut heard = 0;
        *stage.on_request.borrow_mut() = Box::new(move |_, world| {
            heard += 1;
            if heard == number {
                let cancel = flux_timeline::Command::CancelRun { run: None };
                world.agent.change_for_test(&cancel);
            }
        });
        assert!(stage.drive(workflow), "{number}");
        let (status, blocks) = (stage.run(workflow.0).state.status, stage.blocks().len());
        match status {
            RunStatus::Cancelled => assert_eq!(blocks, 0, "{number}"),
            RunStatus::Completed => assert_eq!(blocks, 3, "{number}"),
            other => panic!("{number}: {other:?}"),
        }
        cancelled += usize::from(status == RunStatus::Cancelled);
    }
    assert_eq!(cancelled, 6, "all requests but the commit and the report leave time to cancel");
}

#[test]
fn three_goals_are_planned_at_the_same_time() {
    let mut stage = Stage::new();
    let workflows: Vec<_> = ["One", "Two", "Three"].iter().map(|goal| stage.start(goal)).collect();
    let refused = stage.call("useArchitect", json!({"goal": "Four"}));
    assert_eq!(refused["success"], false);
    for workflow in workflows.into_iter().rev() {
        stage.forget();
        assert!(stage.drive(workflow));
    }
    let mut blocks = stage.blocks();
    assert_eq!(blocks.len(), 9);
    blocks.sort_by_key(|block| block.span);
    assert!(
        blocks.windows(2).all(|pair| pair[0].span.unwrap().end() < pair[1].span.unwrap().start()),
        "none overlaps another"
    );
}

#[test]
fn the_commit_avoids_blocks_added_since_the_tasks_were_placed() {
    let stage = Stage::new();
    let workflow = stage.start("Learn German");
    *stage.on_request.borrow_mut() = Box::new(|request, world| {
        if matches!(request, Request::Place(_)) {
            let call = json!({"title": "Meeting", "startTime": "2026-03-02T09:10", "endTime": "2026-03-02T12:00"});
            world.agent.call_for_test("scheduleBlock", &call);
        }
    });
    assert!(stage.drive(workflow));
    let blocks = stage.blocks();
    assert_eq!(blocks[0].title.as_str(), "Meeting");
    assert_eq!(
        blocks[1].span.unwrap().start(),
        "2026-03-02T12:05:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap()
    );
}

#[test]
fn the_report_comes_after_the_answer_that_is_under_way() {
    let stage = Stage::new();
    let workflow = stage.start("Learn German");
    stage.world.borrow_mut().say(&stage.tab, "r1", "Hello");
    stage.tab.received();
    stage.drive(workflow);
    assert!(!stage.tab.frame_words().contains(&"chat_messages".to_owned()), "not in the middle of an answer");
    stage.world.borrow_mut().model_answers("Hi.");
    let frames = stage.tab.received();
    let list = frames.iter().find(|frame| frame["type"] == "cf_agent_chat_messages").unwrap();
    let texts: Vec<_> = list["messages"].as_array().unwrap().iter().map(|m| m["parts"].clone().to_string()).collect();
    assert!(texts.iter().any(|text| text.contains("is planned")), "{texts:?}");
    assert!(texts.iter().any(|text| text.contains("Hi.")), "{texts:?}");
}

#[test]
fn a_repair_with_a_busy_model_does_not_restart_the_repairs() {
    let broken = |title: &str| Ok(format!("{{\"tasks\": [{{\"title\": \"{title}\"}}]}}"));
    let busy = || Err(ModelError::Overloaded);
    let stage = Stage::new().answers([broken("A"), broken("B"), busy(), broken("C")]);
    let (run, launch) = stage.start("Learn German");
    stage.drive((run, launch));
    assert_eq!(stage.run(run).state.status, RunStatus::Failed);
    let asked = stage.model.asked.borrow();
    let sent_back: Vec<_> = asked.iter().map(|request| serde_json::to_value(&request.messages).unwrap()).collect();
    let titles: Vec<_> = sent_back.iter().map(|messages| messages[1]["text"].as_str().unwrap_or("-")).collect();
    let words = |title| format!("{{\"tasks\": [{{\"title\": \"{title}\"}}]}}");
    assert_eq!(titles, ["-", &words("A"), &words("B"), &words("B")], "two repairs, one of them asked for twice");
    assert_eq!(*stage.engine.pauses.borrow(), [("check", 1_000)]);
}

#[test]
fn an_unreachable_object_is_retried_and_the_reason_is_plain() {
    for (failures, ended) in [(5, RunStatus::Completed), (6, RunStatus::Failed)] {
        for step in ["place", "commit"] {
            let stage = Stage::new();
            let workflow = stage.start("Learn German");
            stage.engine.unreachable.set(Some((step, failures)));
            assert!(stage.drive(workflow), "{step}");
            let state = stage.run(workflow.0).state;
            assert_eq!(state.status, ended, "{step}: {failures} times");
            let error = (ended == RunStatus::Failed).then_some("The timeline could not be reached.");
            assert_eq!(state.error.as_deref(), error, "{step}: {failures} times");
        }
    }
}

#[test]
fn the_report_names_what_the_check_left_out_and_what_found_no_time() {
    let many: Vec<_> = (1..=14).map(|number| json!({"title": format!("Task {number}"), "minutes": 30})).collect();
    let answer = || Ok(json!({ "tasks": many }).to_string());
    let stage = Stage::new().answers([answer(), answer(), answer()]);
    let workflow = stage.start("Learn German");
    stage.drive(workflow);
    let state = stage.run(workflow.0).state;
    assert_eq!((state.status, stage.blocks().len()), (RunStatus::Completed, 12));
    assert!(state.message.ends_with("2 were left out."), "{}", state.message);
    let report = &stage.said()[0];
    assert!(
        report.contains("These were left out:\n\n- Task 13: A plan has at most 12 tasks.\n- Task 14: "),
        "{report}"
    );
}

#[test]
fn a_pause_cannot_be_mistaken_for_silence() {
    let read = |base: &str, silence: &str| {
        RunLimits::from_lookup(&|name| match name {
            "ARCHITECT_RETRY_BASE_MS" => Some(base.to_owned()),
            "ARCHITECT_SILENCE_MS" => Some(silence.to_owned()),
            _ => None,
        })
    };
    assert_eq!(RunLimits::from_lookup(&|_| None), Ok(RunLimits::default()));
    assert_eq!(read("1000", "16001"), Ok(RunLimits { retry_base_ms: 1_000, silence_ms: 16_001 }));
    let error = read("1000", "16000").unwrap_err();
    assert!(error.starts_with("ARCHITECT_SILENCE_MS is 16000; it must be more than 16000"), "{error}");
    assert!(read("10001", "600000").unwrap_err().starts_with("ARCHITECT_RETRY_BASE_MS is \"10001\""));
}
