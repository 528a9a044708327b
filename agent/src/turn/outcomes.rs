//! How turns and runs ended. Both the person's counts and the service's log record it, by the version of the prompt that
//! answered, so that two versions can be compared. Neither contains anything that a person wrote.

use flux_protocol::frame::TurnOutcome;
use flux_timeline::{Event, EventKind, Run};
use serde_json::json;

use super::Cost;
use crate::agent::ChatAgent;
use crate::host::Host;
use crate::json::value;

impl<H: Host> ChatAgent<H> {
    /// Records that a turn has ended. prompts/README.md lists the fields of the line in the log.
    pub(super) fn turn_ended(&self, prompt: &str, outcome: TurnOutcome, cost: &Cost) {
        let mut line = value(cost);
        line["log"] = "turn".into();
        line["prompt"] = prompt.into();
        line["model"] = self.model().name.into();
        line["outcome"] = value(&outcome);
        self.log(&line.to_string());
        let now = self.0.host.now();
        let counted = self.0.store.sql_transaction(|store| {
            store.count_turn(prompt, outcome, cost, now)?;
            store.count_tokens(cost.usage, now)
        });
        if let Err(error) = counted {
            self.log(&format!("counts: {error}"));
        }
    }

    /// Records that a run has ended, with how many tasks, and whether the model's words became its report.
    pub(crate) fn run_ended(&self, run: &Run, tasks: usize, has_words: bool) {
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

    /// Records that a turn was undone, if the events are an undo. An undo takes back one transaction; the counts follow from
    /// the history.
    pub(crate) fn note_undone(&self, events: &[Event]) {
        let Some(EventKind::Undone { txn, .. }) = events.first().map(|event| &event.kind) else { return };
        match self.0.store.prompt_of(*txn) {
            Ok(Some(prompt)) => self.log(&format!("{{\"log\":\"undone\",\"prompt\":\"{prompt}\"}}")),
            Ok(None) => {}
            Err(error) => self.log(&format!("counts: {error}")),
        }
    }
}
