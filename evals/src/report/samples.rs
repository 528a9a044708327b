//! Small records for the tests of reports.

use serde_json::json;

use crate::record::{AttemptId, CallOutcome, CallRecord, Cost, Record, TurnRecord, Verdict};

/// A turn without failures.
pub fn turn() -> TurnRecord {
    TurnRecord {
        said: "Schedule workout".to_owned(),
        reply: "Workout is on.".to_owned(),
        verdicts: vec![verdict("added", true, "it was added"), verdict("ended", true, "the turn came to its end")],
        cost: Cost {
            steps: 2,
            first_ms: Some(100),
            total_ms: 1_000,
            input_tokens: 900,
            output_tokens: 40,
            ..Cost::default()
        },
        calls: vec![call("scheduleBlock", CallOutcome::Done)],
        ..TurnRecord::default()
    }
}

/// A check.
pub fn verdict(check: &str, passed: bool, compared: &str) -> Verdict {
    Verdict { check: check.to_owned(), passed, compared: compared.to_owned() }
}

/// A call.
pub fn call(tool: &str, outcome: CallOutcome) -> CallRecord {
    let arguments = json!({"title": "Workout"});
    CallRecord { tool: tool.to_owned(), arguments, outcome, result: json!({"ok": true}), repaired: false }
}

/// An attempt of the model `m` that passed, of the suite `s` and the category `c`.
pub fn passed(case: &str, repeat: u32) -> Record {
    Record {
        id: AttemptId { case: case.to_owned(), model: "m".to_owned(), prompts: String::new(), repeat },
        suite: "s".to_owned(),
        category: "c".to_owned(),
        tags: Vec::new(),
        passed: true,
        turns: vec![turn()],
        fault: None,
    }
}

/// The same, but with one failed check.
pub fn failed(case: &str, repeat: u32, check: &str, compared: &str) -> Record {
    let mut record = passed(case, repeat);
    record.passed = false;
    record.turns[0].verdicts.insert(1, verdict(check, false, compared));
    record
}

/// An attempt that could not be made.
pub fn fault(case: &str, repeat: u32, why: &str) -> Record {
    Record { passed: false, turns: Vec::new(), fault: Some(why.to_owned()), ..passed(case, repeat) }
}

/// The record with another model.
pub fn by(model: &str, mut record: Record) -> Record {
    record.id.model = model.to_owned();
    record
}

/// The record with this suite, category and tags.
pub fn of(suite: &str, category: &str, tags: &[&str], record: Record) -> Record {
    let tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
    Record { suite: suite.to_owned(), category: category.to_owned(), tags, ..record }
}
