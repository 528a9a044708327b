//! What the service reports about itself: a line of JSON for each [`LogRecord`], and [`Metric`]s that add up what records say.
//!
//! No report has a field for text. It has numbers, ids that the service made, names that the code knows, and [`Label`]s: names from the
//! configuration, which are checked. So no line can contain what a person or a model wrote, not even by way of an error: errors
//! become [`Fault`]s, which keep their kind and drop their words.

mod fault;
mod metric;
mod tally;

use std::fmt;

use flux_protocol::frame::TurnOutcome;
use flux_timeline::RunId;
use serde_json::{Value, json};

use crate::json::value;
use crate::turn::Cost;

pub use fault::Fault;
pub use metric::{Kind, METRICS, Metric, Sample};
pub use tally::{Sum, TEXT_TYPE, Tally, gauge};

/// A name that the code knows.
pub type Name = &'static str;

/// Longest label, in characters.
const LABEL_CHARS: usize = 100;

/// A name from the configuration: a model, or a version of a prompt. Anything that does not look like one is reported as “other”.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Label<'a>(&'a str);

impl<'a> Label<'a> {
    /// A label.
    pub fn new(name: &'a str) -> Self {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"@/._:-+".contains(&byte);
        let is_name = (1..=LABEL_CHARS).contains(&name.len()) && name.bytes().all(fits);
        Self(if is_name { name } else { "other" })
    }
}

impl fmt::Display for Label<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// Something that happened. prompts/README.md lists the fields of `turn`, `undone` and `run`.
#[derive(Debug, Clone, Copy)]
pub enum LogRecord<'a> {
    /// Something failed.
    Fault {
        /// What failed.
        at: Name,
        /// Why.
        fault: Fault,
    },
    /// Something failed that has to do with a run of the architect.
    RunFault {
        /// What failed.
        at: Name,
        /// The run.
        run: RunId,
        /// Why.
        fault: Fault,
    },
    /// A variable of the deployment cannot be used. What a client is sent says why.
    Misconfigured {
        /// The variable.
        setting: Label<'a>,
    },
    /// A turn has ended.
    Turn {
        /// The version of its system prompt.
        prompt: Label<'a>,
        /// The model.
        model: Label<'a>,
        /// How it ended.
        outcome: TurnOutcome,
        /// What it cost.
        cost: &'a Cost,
    },
    /// A turn was undone.
    Undone {
        /// The version of its system prompt.
        prompt: Label<'a>,
    },
    /// A call of the model was not carried out because it does not fit.
    InvalidCall {
        /// The tool; `None` for one that does not exist.
        tool: Option<Name>,
    },
    /// A call of the model came in the last step, which has no tools.
    LateCall {
        /// The tool; `None` for one that does not exist.
        tool: Option<Name>,
    },
    /// An attempt to ask the model failed, and another one follows.
    Retry {
        /// The number of the one that follows.
        attempt: u32,
        /// The pause before it, in ms.
        after_ms: u64,
        /// Why the last one failed.
        fault: Fault,
    },
    /// A part of a model's stream could not be read and was skipped.
    Skipped,
    /// An answer was too long and was cut off.
    CutOff,
    /// Somebody exceeded a limit.
    Limited {
        /// The limit.
        limit: Name,
    },
    /// Somebody signed in, or could not.
    SignIn {
        /// The provider.
        provider: Name,
        /// `done`, or why not.
        outcome: Name,
    },
    /// A run of the architect has ended.
    Run {
        /// The run.
        run: RunId,
        /// The version of the prompt that planned it.
        prompt: Label<'a>,
        /// The version of the prompt that worded its report, if the model did.
        report: Option<Label<'a>>,
        /// The model.
        model: Label<'a>,
        /// How it ended.
        outcome: Name,
        /// How often it was tried.
        tries: u32,
        /// The number of its tasks.
        tasks: usize,
        /// The number of tasks that were left out.
        left_out: usize,
    },
    /// The tasks of a run were placed.
    Placed {
        /// The run.
        run: RunId,
        /// How many find time.
        placed: usize,
        /// How many do not.
        unplaced: usize,
    },
    /// The workflow of a run is silent, and another one is started.
    SilentRun {
        /// The run.
        run: RunId,
    },
    /// Workflows could not be deleted, and remain until their lifetime ends.
    KeptWorkflows {
        /// How many.
        number: usize,
    },
}

impl LogRecord<'_> {
    /// The report as JSON, with its name in `log`.
    pub fn json(&self) -> Value {
        match self {
            Self::Fault { at, fault } => with_fault(json!({ "log": "fault", "at": at }), *fault),
            Self::RunFault { at, run, fault } => with_fault(json!({ "log": "fault", "at": at, "run": run }), *fault),
            Self::Misconfigured { setting } => json!({ "log": "misconfigured", "setting": setting.0 }),
            Self::Turn { prompt, model, outcome, cost } => {
                let mut line = value(cost);
                line["log"] = "turn".into();
                line["prompt"] = prompt.0.into();
                line["model"] = model.0.into();
                line["outcome"] = value(outcome);
                line
            }
            Self::Undone { prompt } => json!({ "log": "undone", "prompt": prompt.0 }),
            Self::InvalidCall { tool } => json!({ "log": "invalid-call", "tool": tool }),
            Self::LateCall { tool } => json!({ "log": "late-call", "tool": tool }),
            Self::Retry { attempt, after_ms, fault } => {
                with_fault(json!({ "log": "retry", "attempt": attempt, "afterMs": after_ms }), *fault)
            }
            Self::Skipped => json!({ "log": "skipped" }),
            Self::CutOff => json!({ "log": "cut-off" }),
            Self::SignIn { provider, outcome } => json!({ "log": "sign-in", "provider": provider, "outcome": outcome }),
            Self::Limited { limit } => json!({ "log": "limited", "limit": limit }),
            Self::Run { run, prompt, report, model, outcome, tries, tasks, left_out } => json!({
                "log": "run",
                "run": run,
                "prompt": prompt.0,
                "report": report.map(|report| report.0),
                "model": model.0,
                "outcome": outcome,
                "tries": tries,
                "tasks": tasks,
                "leftOut": left_out,
            }),
            Self::Placed { run, placed, unplaced } => {
                json!({ "log": "placed", "run": run, "placed": placed, "unplaced": unplaced })
            }
            Self::SilentRun { run } => json!({ "log": "silent-run", "run": run }),
            Self::KeptWorkflows { number } => json!({ "log": "kept-workflows", "number": number }),
        }
    }
}

fn with_fault(mut line: Value, fault: Fault) -> Value {
    line["fault"] = fault.kind.into();
    if let Some(table) = fault.table {
        line["table"] = table.into();
    }
    if let Some(status) = fault.status {
        line["status"] = status.into();
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_a_name_or_other() {
        for name in ["system@5", "@cf/meta/llama-3.3-70b-instruct-fp8-fast", "llama3.3:70b"] {
            assert_eq!(Label::new(name).to_string(), name);
        }
        for text in ["", "Call Anna at 5", "a\nb", "ü", &"x".repeat(101)] {
            assert_eq!(Label::new(text).to_string(), "other");
        }
    }
}
