//! How turns and runs ended. Both the person's counts and the service's log record it, by the version of the prompt that
//! answered, so that two versions can be compared. Neither contains anything that a person wrote.

use flux_protocol::frame::TurnOutcome;
use flux_protocol::trace::span_id;
use flux_timeline::{Event, EventKind, Run};
use uuid::Uuid;

use super::Cost;
use crate::agent::ChatAgent;
use crate::host::Host;
use crate::store::{TurnRecord, digest};
use crate::telemetry::{Label, LogRecord, Span};

impl<H: Host> ChatAgent<H> {
    /// Records that a turn has ended. prompts/README.md lists the fields of the line in the log.
    pub(super) fn turn_ended(&self, turn: &TurnRecord, prompt: &str, outcome: TurnOutcome, cost: &Cost) {
        let model = self.model().name;
        let (label, model) = (Label::new(prompt), Label::new(&model));
        self.0.host.log(&LogRecord::Turn { prompt: label, model, outcome, cost }, Some(span_of(turn)));
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
        self.log_of_run(
            run.id,
            &LogRecord::Run {
                run: run.id,
                prompt: Label::new(&prompt),
                report: has_words.then(|| Label::new(&report)),
                model: Label::new(&model),
                outcome: run.state.status.as_str(),
                tries: run.state.tries,
                tasks,
                left_out: run.state.left_out.len(),
            },
        );
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

/// The span of a turn's request. A continuation is a span within that of the turn, whatever has become of the process meanwhile: the ids
/// follow from those of the row.
pub(super) fn span_of(turn: &TurnRecord) -> Span {
    // An earlier version of the service named some turns otherwise.
    let id = |text: &str| Uuid::parse_str(text).unwrap_or_else(|_| Uuid::from_u128(digest(text).unsigned_abs().into()));
    let trace = id(&turn.id);
    let begun = Span::within(turn.trace, trace, span_id(trace));
    if turn.request.continuation { begun.child(span_id(id(&turn.request.id))) } else { begun }
}
