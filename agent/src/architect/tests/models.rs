//! Whole runs with models that behave in different ways: how often the model is asked, how the run ends, and what the person is report.

use flux_timeline::{RunId, RunStatus, RunStep};
use serde_json::{Value, json};

use super::stage::{Stage, Stream, good, says};
use crate::architect::Request;
use flux_model::{FinishReason, ModelError, ModelEvent};

/// A model's behaviour and the expected result.
struct Case {
    /// The behaviour in words.
    name: &'static str,
    /// Its streams, in order. A good answer follows them.
    streams: Vec<Stream>,
    /// How often it is asked.
    asked: usize,
    /// How many tasks are added. 0 if the run fails.
    tasks: usize,
    /// A part of the report.
    report: &'static str,
}

/// A model's list of numbered tasks.
fn list(count: usize, change: impl Fn(usize, &mut Value)) -> String {
    let task = |number: usize| {
        let mut task = json!({
            "title": format!("Task {number}"), "description": "So.", "minutes": 30, "priority": "medium",
            "depends_on": [], "why": "It helps.",
        });
        change(number, &mut task);
        task
    };
    json!({ "tasks": (1..=count).map(task).collect::<Vec<_>>() }).to_string()
}

/// A text that the token limit cuts off within the task with this number.
fn limited(text: &str, number: usize) -> Stream {
    let cut = text.find(&format!("Task {number}")).unwrap() + 6;
    vec![Ok(ModelEvent::Text(text[..cut].to_owned())), Ok(ModelEvent::Finished(FinishReason::Length))]
}

fn failing(error: ModelError, times: usize) -> Vec<Stream> {
    vec![vec![Err(error)]; times]
}

fn broken_streams() -> Vec<Case> {
    let five = list(5, |_, _| {});
    let cut = vec![Ok(ModelEvent::Text(good()[..80].to_owned())), Err(ModelError::Cut)];
    let lost = vec![Ok(ModelEvent::Text(good())), Ok(ModelEvent::Finished(FinishReason::Error))];
    vec![
        Case {
            name: "good",
            streams: vec![says(good())],
            asked: 1,
            tasks: 3,
            report: "One undo takes all of it back.",
        },
        Case {
            name: "truncated at the token limit",
            streams: vec![limited(&five, 5)],
            asked: 1,
            tasks: 4,
            report: "These were left out:\n\n- Task 5: The model's answer was cut off within this task.",
        },
        Case { name: "truncated too early", streams: vec![limited(&five, 2)], asked: 2, tasks: 3, report: "3 tasks" },
        Case {
            name: "truncated too early, always",
            streams: vec![limited(&five, 1), limited(&five, 1), limited(&five, 1)],
            asked: 3,
            tasks: 0,
            report: "Its answer was cut off before the first task was complete.",
        },
        Case { name: "cut in mid-stream", streams: vec![cut], asked: 2, tasks: 3, report: "3 tasks" },
        Case { name: "failed in mid-stream", streams: vec![lost], asked: 2, tasks: 3, report: "3 tasks" },
        Case { name: "empty", streams: vec![says("")], asked: 2, tasks: 3, report: "3 tasks" },
        Case {
            name: "empty for good",
            streams: vec![says(" "); 6],
            asked: 6,
            tasks: 0,
            report: "The model gave an empty answer.",
        },
    ]
}

fn odd_answers() -> Vec<Case> {
    let loose = list(3, |number, task| {
        task["minutes"] = json!(format!("{number} hours"));
        task["priority"] = json!(1);
        task["depends_on"] = json!("1");
    });
    let unusable = || says(list(3, |_, task| task["minutes"] = json!(true)));
    let prose = format!("Here is your plan:\n```json\n{}\n```\nGood luck!", good());
    let many = || says(list(15, |_, _| {}));
    let cycle = list(3, |number, task| task["depends_on"] = json!([number % 3 + 1]));
    let no = || says("I'm sorry, but I can't help with that.");
    vec![
        Case {
            name: "wrong types with a clear meaning",
            streams: vec![says(loose)],
            asked: 1,
            tasks: 3,
            report: "3 tasks",
        },
        Case { name: "wrong types, then good", streams: vec![unusable()], asked: 2, tasks: 3, report: "3 tasks" },
        Case {
            name: "wrong types for good",
            streams: vec![unusable(), unusable(), unusable()],
            asked: 3,
            tasks: 0,
            report: "The model did not name usable tasks. The length of one is unusable: “true”. Describe",
        },
        Case { name: "prose around the tasks", streams: vec![says(prose)], asked: 1, tasks: 3, report: "3 tasks" },
        Case {
            name: "no tasks",
            streams: vec![says("{\"tasks\": []}"); 3],
            asked: 3,
            tasks: 0,
            report: "The model did not name usable tasks. It named none. Describe the goal in other words",
        },
        Case {
            name: "too many tasks",
            streams: vec![many(), many(), many()],
            asked: 3,
            tasks: 12,
            report: "- Task 13: A plan has at most 12 tasks.\n- Task 14: A plan has at most 12 tasks.\n- Task 15: ",
        },
        Case { name: "tasks in a cycle", streams: vec![says(cycle)], asked: 1, tasks: 3, report: "3 tasks" },
        Case { name: "a refusal, then good", streams: vec![no()], asked: 2, tasks: 3, report: "3 tasks" },
        Case {
            name: "a refusal for good",
            streams: vec![no(), no(), no()],
            asked: 3,
            tasks: 0,
            report: "It named none, and said: “I'm sorry, but I can't help with that.” Describe the goal in other words",
        },
    ]
}

fn failures() -> Vec<Case> {
    let busy = ModelError::RateLimited { retry_after_ms: None };
    let refused = ModelError::Refused { status: 401, message: "Incorrect API key.".to_owned() };
    vec![
        Case { name: "429, then good", streams: failing(busy, 1), asked: 2, tasks: 3, report: "3 tasks" },
        Case {
            name: "down for good",
            streams: failing(ModelError::Overloaded, 6),
            asked: 6,
            tasks: 0,
            report: "The model is over capacity.\n",
        },
        Case {
            name: "too slow for good",
            streams: failing(ModelError::TimedOut { seconds: 120 }, 6),
            asked: 6,
            tasks: 0,
            report: "The model did not answer within 120 seconds.\n",
        },
        Case {
            name: "a wrong key",
            // Once with the schema and once without it, in case the schema is refused.
            streams: failing(refused, 2),
            asked: 2,
            tasks: 0,
            report: "The model's provider refused the request (401): Incorrect API key.\n",
        },
    ]
}

#[test]
fn with_any_model_a_run_ends_with_tasks_or_a_reason() {
    for Case { name, streams, asked, tasks, report } in
        [broken_streams(), odd_answers(), failures()].into_iter().flatten()
    {
        let stage = Stage::new().streams(streams);
        let workflow = stage.start("Learn German");
        assert!(stage.drive(workflow), "{name}");
        let state = stage.run(workflow.0).state;
        let ended = if tasks > 0 { RunStatus::Completed } else { RunStatus::Failed };
        assert_eq!((state.status, stage.blocks().len()), (ended, tasks), "{name}: {state:?}");
        assert_eq!(stage.thought(), asked, "{name}");
        let said = stage.said();
        assert_eq!(said.len(), 1, "{name}");
        assert!(said[0].contains(report), "{name}: {}", said[0]);
        check_wording(&stage, workflow.0, name);
    }
}

/// Checks that no text for the person mentions fields, JSON pointers, or how answers are stored.
fn check_wording(stage: &Stage, run: RunId, name: &str) {
    let error = stage.run(run).state.error.unwrap_or_default();
    for text in stage.said().into_iter().chain([error]) {
        for word in ["/tasks", "expected", "arguments", "JSON", "was kept", "twice"] {
            assert!(!text.contains(word), "{name}: {text}");
        }
    }
}

#[test]
fn a_model_that_asks_for_a_pause_gets_it() {
    let limited = |seconds: u64| Err(ModelError::RateLimited { retry_after_ms: Some(seconds * 1_000) });
    let stage = Stage::new().answers([limited(7), limited(86_400), Ok(good())]);
    let workflow = stage.start("Learn German");
    stage.drive(workflow);
    assert_eq!(stage.run(workflow.0).state.status, RunStatus::Completed);
    let rests: Vec<u64> = stage.slept.borrow().iter().copied().filter(|ms| *ms != 15_000).collect();
    assert_eq!(
        rests,
        [7_000, 180_000, 20_000],
        "at most three minutes; then the limit for the report; without signs of life"
    );
    assert_eq!(*stage.engine.pauses.borrow(), [("brainstorm", 1_000), ("brainstorm", 2_000)]);
}

#[test]
fn a_cancel_ends_the_pause_that_a_model_asked_for() {
    let stage = Stage::new().answers([Err(ModelError::RateLimited { retry_after_ms: Some(1_000) })]);
    let workflow = stage.start("Learn German");
    let mut begun = 0;
    *stage.on_request.borrow_mut() = Box::new(move |request, world| {
        begun += usize::from(*request == Request::Begin(RunStep::Brainstorm));
        if begun == 2 {
            begun += 1;
            world.agent.change_for_test(&flux_timeline::Command::CancelRun { run: None });
        }
    });
    assert!(stage.drive(workflow));
    assert_eq!(stage.run(workflow.0).state.status, RunStatus::Cancelled);
    assert_eq!(stage.blocks(), []);
}
