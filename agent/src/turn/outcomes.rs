//! How turns and runs went: counted for the person, and told to the service's log, where they can be added up over all people.
//! By the version of the prompt that answered, so that two can be compared. Nothing that a person said is in it.

use flux_protocol::frame::TurnOutcome;
use flux_timeline::{Event, EventKind, Run};
use serde_json::json;

use super::ChatAgent;
use crate::host::Host;
use crate::json::value;
use crate::turn::Cost;

impl<H: Host> ChatAgent<H> {
    /// Takes in that a turn has ended. The line in the log always has the same fields; prompts/README.md asks for them.
    pub(super) fn turn_ended(&self, prompt: &str, outcome: TurnOutcome, cost: &Cost) {
        let mut line = value(cost);
        line["log"] = "turn".into();
        line["prompt"] = prompt.into();
        line["model"] = self.model().name.into();
        line["outcome"] = value(&outcome);
        self.log(&line.to_string());
        if let Err(error) = self.0.store.count_turn(prompt, outcome, cost) {
            self.log(&format!("counts: {error}"));
        }
    }

    /// Takes in that a run has come to its end, with so many tasks, and whether the model's words were used for its report.
    pub(super) fn run_ended(&self, run: &Run, tasks: usize, has_words: bool) {
        let prompts = self.0.options.prompts;
        let line = json!({
            "log": "run",
            "prompt": prompts.architect.to_string(),
            "report": has_words.then(|| prompts.report.to_string()),
            "model": self.model().name,
            "outcome": run.state.status.as_str(),
            "tries": run.state.tries,
            "tasks": tasks,
            "leftOut": run.state.left_out.len(),
        });
        self.log(&line.to_string());
    }

    /// Takes in that a turn was undone, if that is what happened: an undo takes back one transaction, event by event. What
    /// follows of it for the counts is in the history.
    pub(super) fn undone(&self, events: &[Event]) {
        let Some(EventKind::Undone { txn, .. }) = events.first().map(|event| &event.kind) else { return };
        match self.0.store.prompt_of(*txn) {
            Ok(Some(prompt)) => self.log(&format!("{{\"log\":\"undone\",\"prompt\":\"{prompt}\"}}")),
            Ok(None) => {}
            Err(error) => self.log(&format!("counts: {error}")),
        }
    }
}
