//! The steps of a run and its requests to the model are spans of the trace in which it was asked for.

use flux_model::ModelError;
use serde_json::{Value, json};

use super::stage::{Death, Stage, good};
use crate::telemetry::LogRecord;

/// The lines of the workflow, each with the name and, within a step, that of the step.
fn names(lines: &[Value]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let name = line["name"].as_str().unwrap();
        // A step is logged when it has ended.
        let step = lines[index..].iter().find(|step| step["log"] == "step" && step["span"] == line["parent"]);
        names.push(match step {
            Some(step) => format!("{} > {name}", step["name"].as_str().unwrap()),
            None => format!("{name} {}", line["outcome"].as_str().unwrap()),
        });
    }
    names
}

#[test]
fn the_steps_are_spans_of_the_run_and_the_model_is_asked_within_them() {
    let stage = Stage::new().answers([Err(ModelError::Overloaded), Ok(good())]);
    let workflow = stage.start("Learn German");
    let run = LogRecord::Skipped.json(stage.world.borrow().launched_in());
    stage.engine.death.set(Some(Death::After("check")));
    assert!(!stage.drive(workflow));
    stage.engine.death.set(None);
    assert!(stage.drive(workflow));

    let lines = stage.logged.borrow();
    let expected = [
        "brainstorm > chat script",
        "brainstorm retry",
        "brainstorm > chat script",
        "brainstorm completed",
        "check completed",
        "check completed",
        "place completed",
        "commit completed",
        "words > chat script",
        "words completed",
        "report completed",
    ];
    assert_eq!(names(&lines), expected, "{lines:#?}");
    for line in lines.iter() {
        assert_eq!(line["trace"], run["trace"]);
        assert!(line["log"] != "step" || line["parent"] == run["span"], "{line}");
    }
    let ended = stage.world.borrow().logged();
    let ended = ended.iter().find(|line| line["log"] == "run").unwrap();
    assert_eq!((&ended["trace"], &ended["span"]), (&run["trace"], &run["span"]));
    assert_eq!(ended["gen_ai.operation.name"], json!("invoke_workflow"));

    let chats = lines.iter().filter(|line| line["log"] == "chat");
    let sent: Vec<Value> = chats
        .map(|chat| json!(format!("00-{}-{}-01", chat["trace"].as_str().unwrap(), chat["span"].as_str().unwrap())))
        .collect();
    let asked: Vec<Value> = stage.model.asked.borrow().iter().map(|asked| json!(asked.traceparent)).collect();
    assert_eq!(asked, sent);
}
