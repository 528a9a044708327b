//! How turns and runs ended. Both the person's counts and the service's log record it, by the version of the prompt that
//! answered, so that two versions can be compared. Neither contains anything that a person wrote.

use flux_protocol::frame::TurnOutcome;
use flux_timeline::{Event, EventKind, Run};

use super::Cost;
use crate::agent::ChatAgent;
use crate::host::Host;
use crate::telemetry::{Label, LogRecord};

impl<H: Host> ChatAgent<H> {
    /// Records that a turn has ended. prompts/README.md lists the fields of the line in the log.
    pub(super) fn turn_ended(&self, prompt: &str, outcome: TurnOutcome, cost: &Cost) {
        let model = self.model().name;
        let (label, model) = (Label::new(prompt), Label::new(&model));
        self.log(&LogRecord::Turn { prompt: label, model, outcome, cost });
        self.0.host.spent(cost.usage.total());
        let now = self.0.host.now();
        let counted = self.0.store.sql_transaction(|store| {
            store.count_turn(prompt, outcome, cost, now)?;
            store.count_tokens(cost.usage, now)
        });
        if let Err(error) = counted {
            self.fault("counts", &error);
        }
    }

    /// Records that a run has ended, with how many tasks, and whether the model's words became its report.
    pub(crate) fn run_ended(&self, run: &Run, tasks: usize, has_words: bool) {
        let prompts = self.0.options.prompts;
        let (prompt, report) = (prompts.architect.to_string(), prompts.report.to_string());
        let model = self.model().name;
        self.log(&LogRecord::Run {
            run: run.id,
            prompt: Label::new(&prompt),
            report: has_words.then(|| Label::new(&report)),
            model: Label::new(&model),
            outcome: run.state.status.as_str(),
            tries: run.state.tries,
            tasks,
            left_out: run.state.left_out.len(),
        });
    }

    /// Records that a turn was undone, if the events are an undo. An undo takes back one transaction; the counts follow from
    /// the history.
    pub(crate) fn note_undone(&self, events: &[Event]) {
        let Some(EventKind::Undone { txn, .. }) = events.first().map(|event| &event.kind) else { return };
        match self.0.store.prompt_of(*txn) {
            Ok(Some(prompt)) => self.log(&LogRecord::Undone { prompt: Label::new(&prompt) }),
            Ok(None) => {}
            Err(error) => self.fault("counts", &error),
        }
    }
}
