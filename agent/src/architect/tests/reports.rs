//! The report to the person: in the model's words if they are acceptable, otherwise in ours. Also titles of goals.

use serde_json::{Value, json};

use super::stage::{Stage, good, says};
use crate::architect::Request;
use crate::prompt::Prompts;
use crate::telemetry::LogRecord;
use flux_model::{ModelError, ModelMessage};
use flux_tools::context::Facts;

const FIXED: &str = "“Deutsch lernen” is planned: 3 tasks, Mon 2 Mar – Tue 3 Mar.";
const WORDS: &str =
    "„Deutsch lernen“ ist geplant: 3 Aufgaben, Mo 2. März bis Di 3. März. Ein Rückgängig nimmt alles zurück.";

/// Whether the report has the model's words if it gives these answers, and how often the model was asked for them.
fn uses_words(said: impl IntoIterator<Item = Result<String, ModelError>>) -> (bool, usize) {
    let stage = Stage::new().answers([Ok(good())].into_iter().chain(said));
    stage.drive(stage.start("Deutsch lernen"));
    let messages = stage.said();
    assert_eq!(messages.len(), 1, "{messages:?}");
    assert!(messages[0] == WORDS || messages[0].starts_with(FIXED), "{messages:?}");
    (messages[0] == WORDS, stage.model.asked.borrow().len() - 1)
}

fn words() -> Result<String, ModelError> {
    Ok(WORDS.to_owned())
}

#[test]
fn the_report_has_the_words_of_the_model_which_gets_the_facts() {
    let stage = Stage::new().answers([Ok(good()), words()]);
    let workflow = stage.start("Deutsch lernen");
    assert!(stage.drive(workflow));
    assert_eq!(stage.said(), [WORDS]);
    let asked = &stage.model.asked.borrow()[1];
    let prompt = Prompts::current().report;
    assert_eq!((asked.system.as_str(), asked.max_output_tokens), (prompt.body, prompt.max_output_tokens));
    let [ModelMessage::User { text }] = &asked.messages[..] else { panic!("{:?}", asked.messages) };
    assert!(text.starts_with(FIXED) && text.contains("09:05–09:35: Choose a course (B1)"), "{text}");
    assert_eq!(asked.facts, Facts::Words(text.clone()), "without a model this text is the report");
    let messages = stage.world.borrow().agent.store().messages(10).unwrap();
    let metadata: &Value = messages[0].metadata.as_ref().unwrap();
    assert_eq!((&metadata["prompt"], &metadata["run"]), (&json!(prompt.to_string()), &json!(workflow.0)));
    let span = |line: Value| {
        let mut line = line;
        for (name, value) in LogRecord::Skipped.json(stage.world.borrow().launched_in()).as_object().unwrap() {
            if name != "log" {
                line[name] = value.clone();
            }
        }
        line
    };
    let line = json!({
        "log": "run", "name": "invoke_workflow architect", "gen_ai.operation.name": "invoke_workflow", "run": workflow.0, "prompt": Prompts::current().architect.to_string(), "report": prompt.to_string(), "model": "puppet",
        "outcome": "completed", "tries": 1, "tasks": 3, "leftOut": 0,
    });
    let placed = json!({"log": "placed", "run": workflow.0, "placed": 3, "unplaced": 0});
    assert_eq!(stage.world.borrow().logged(), [span(placed), span(line)]);
}

#[test]
fn unacceptable_words_are_not_used() {
    assert_eq!(uses_words([words()]), (true, 1));
    assert_eq!(uses_words([Ok("„Deutsch lernen“ ist geplant.".to_owned())]), (false, 1));
    assert_eq!(uses_words([Ok(format!("{WORDS} Beginn: 7:30."))]), (false, 1));
}

#[test]
fn the_model_is_asked_at_most_twice_for_a_report_and_once_if_a_retry_cannot_help() {
    let busy = || Err(ModelError::Overloaded);
    assert_eq!(uses_words([busy(), words()]), (true, 2));
    assert_eq!(uses_words([busy(), busy(), words()]), (false, 2));
    assert_eq!(uses_words([Err(ModelError::Malformed { what: "a page".to_owned() }), words()]), (false, 1));
}

#[test]
fn the_report_does_not_wait_for_a_slow_model() {
    let stage = Stage::new();
    let workflow = stage.start("Deutsch lernen");
    let mute = stage.model.is_mute.clone();
    *stage.on_request.borrow_mut() = Box::new(move |request, _| mute.set(matches!(request, Request::Commit { .. })));
    assert!(stage.drive(workflow));
    assert!(stage.said()[0].starts_with(FIXED), "{:?}", stage.said());
    assert_eq!(stage.world.borrow().logged()[0]["report"], Value::Null);
    assert_eq!(stage.slept.borrow().last(), Some(&20_000));
}

#[test]
fn a_report_without_the_tasks_that_were_left_out_is_not_used() {
    let task = |title: &str, minutes: u32| json!({"title": title, "minutes": minutes, "priority": "medium"});
    let tasks: Vec<Value> =
        (1..=13).map(|number| task(&format!("Task {}", ["A", "B"][number % 2].repeat(number)), 30)).collect();
    for (names, title) in [(true, "Task BBBBBBBBBBBBB"), (false, "the last")] {
        let words = format!("12 Aufgaben ab Mo 2. März. Ohne „{title}“.");
        let answer = || Ok(json!({ "tasks": tasks }).to_string());
        let stage = Stage::new().answers([answer(), answer(), answer(), Ok(words.clone())]);
        stage.drive(stage.start("Deutsch lernen"));
        assert_eq!(stage.said()[0] == words, names, "{:?}", stage.said());
    }
}

#[test]
fn a_repeated_commit_does_not_send_the_report_early() {
    let stage = Stage::new().answers([Ok(good()), words()]);
    let workflow = stage.start("Deutsch lernen");
    *stage.on_request.borrow_mut() = Box::new(move |request, world| {
        if matches!(request, Request::Commit { .. }) {
            let again = world.agent.hear_for_test(workflow, request.clone());
            assert!(!again.is_over && again.report.starts_with(FIXED), "{again:?}");
        }
    });
    assert!(stage.drive(workflow));
    assert_eq!(stage.said(), [WORDS]);
}

#[test]
fn a_long_goal_has_a_short_title_from_the_first_step() {
    let goal = "I want to learn German until June so that I can talk to my grandparents";
    let stage = Stage::new();
    *stage.model.titles.borrow_mut() = says("“German for my grandparents.”");
    let workflow = stage.start(goal);
    assert!(stage.drive(workflow));
    let run = stage.run(workflow.0);
    assert_eq!((run.goal.as_str(), run.name()), (goal, "German for my grandparents"));
    assert!(stage.said()[0].starts_with("“German for my grandparents” is planned: 3 tasks"), "{:?}", stage.said());
    let facts = stage.call("listRuns", json!({}))["result"]["runs"][0].clone();
    assert_eq!((&facts["goal"], &facts["title"]), (&json!(goal), &json!("German for my grandparents")));
    let events = stage.world.borrow().agent.store().events_after(2, 100).unwrap();
    let named = events.iter().filter(|event| event.kind.name() == "WORKFLOW_PROGRESSED").count();
    assert_eq!(named, 5, "one more than there are steps");
    assert_eq!(
        stage.requests()[..5],
        ["begin brainstorm", "count", "keep", "count", "keep"],
        "the answer is stored before the title is asked for"
    );
}

#[test]
fn a_busy_model_is_not_asked_for_a_title() {
    let goal = "I want to learn German until June so that I can talk to my grandparents";
    let busy = || ModelError::RateLimited { retry_after_ms: Some(30_000) };
    let stage = Stage::new().answers([Err(busy()), Err(busy())]);
    *stage.model.titles.borrow_mut() = vec![Err(busy())];
    let workflow = stage.start(goal);
    assert!(stage.drive(workflow));
    let asked: Vec<bool> =
        stage.model.asked.borrow().iter().map(|asked| asked.facts == Facts::Words(goal.to_owned())).collect();
    assert_eq!(asked, [false, false, false, true, false], "once, and only after the tasks were named");
}

#[test]
fn a_run_works_without_a_title() {
    let goal = "I want to learn German until June so that I can talk to my grandparents";
    let stage = Stage::new();
    let workflow = stage.start(goal);
    assert!(stage.drive(workflow));
    let titles =
        || stage.model.asked.borrow().iter().filter(|asked| asked.facts == Facts::Words(goal.to_owned())).count();
    assert_eq!((stage.run(workflow.0).name(), titles()), (goal, 2));

    let stage = Stage::new();
    stage.drive(stage.start("Learn German"));
    assert_eq!(stage.thought() + 1, stage.model.asked.borrow().len(), "a short goal is its own title");
}
