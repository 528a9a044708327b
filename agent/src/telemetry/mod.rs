//! What the service reports about itself: a line of JSON for each [`LogRecord`], and [`Metric`]s that add up what records say.
//!
//! No report has a field for text. It has numbers, ids that the service made, names that the code knows, and [`Label`]s: names from the
//! configuration, which are checked. So no line can contain what a person or a model wrote, not even by way of an error: errors
//! become [`Fault`]s, which keep their kind and drop their words.
//!
//! A report belongs to a [`Span`]. The names of spans and their attributes are those of OpenTelemetry for generative AI
//! (<https://opentelemetry.io/docs/specs/semconv/gen-ai/>).

mod asking;
mod fault;
mod metric;
mod span;
mod tally;

use std::fmt;

use flux_model::Usage;
use flux_protocol::frame::TurnOutcome;
use flux_timeline::RunId;
use serde_json::{Value, json};

use crate::json::value;
use crate::turn::Cost;

pub(crate) use asking::Asking;
pub use fault::Fault;
pub use metric::{Kind, METRICS, Metric, Sample};
pub use span::Span;
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
    /// The model was asked once, in a turn or by the architect. Attempts that were repeated are part of it.
    Chat {
        /// The model.
        model: Label<'a>,
        /// Who runs it.
        provider: Label<'a>,
        /// How it ended: `completed`, `error`, or `aborted` if nobody waits for it any more.
        outcome: Name,
        /// Why it failed.
        fault: Option<Fault>,
        /// Tokens, as far as the provider reported them.
        usage: Usage,
        /// How long it took, in ms.
        ms: i64,
    },
    /// A call of the model was carried out, or the person was asked about it.
    Call {
        /// The tool.
        tool: Name,
        /// What came of it: `accepted`, `rejected`, `error`, or `asked`.
        outcome: Name,
        /// How long it took, in ms.
        ms: i64,
    },
    /// An attempt at a step of a run has ended, in its workflow.
    Step {
        /// The step.
        step: Name,
        /// How it ended: `completed`, `error`, or `retry` if another attempt can follow.
        outcome: Name,
        /// How long it took, in ms.
        ms: i64,
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
    /// The arguments of a call were not as its schema wants them, and could be repaired.
    RepairedCall {
        /// The tool.
        tool: Name,
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
    /// Events were appended to the log of a timeline.
    Events {
        /// Their name, such as `BLOCK_MOVED`.
        kind: Name,
        /// Who made them.
        by: Name,
        /// How many.
        number: u64,
    },
    /// A connection was opened or closed.
    Socket {
        /// Which of the two.
        outcome: Name,
    },
    /// Something that was due was done, or could not be.
    Job {
        /// What.
        kind: Name,
        /// `done` or `failed`.
        outcome: Name,
    },
    /// Workflows could not be deleted, and remain until their lifetime ends.
    KeptWorkflows {
        /// How many.
        number: usize,
    },
}

impl LogRecord<'_> {
    /// The report as JSON, with its name in `log`, and the ids of the span to which it belongs.
    pub fn json(&self, span: Option<Span>) -> Value {
        let mut line = self.fields();
        if let Some(span) = span {
            span.add_to(&mut line);
        }
        line
    }

    fn fields(&self) -> Value {
        match self {
            Self::Fault { at, fault } => with_fault(json!({ "log": "fault", "at": at }), *fault),
            Self::RunFault { at, run, fault } => with_fault(json!({ "log": "fault", "at": at, "run": run }), *fault),
            Self::Misconfigured { setting } => json!({ "log": "misconfigured", "setting": setting.0 }),
            Self::Turn { prompt, model, outcome, cost } => {
                let mut line = value(cost);
                put(&mut line, "log", "turn".into());
                put(&mut line, "prompt", prompt.0.into());
                put(&mut line, "model", model.0.into());
                put(&mut line, "outcome", value(outcome));
                as_span(&mut line, "invoke_agent", "");
                asked(&mut line, *model, cost.usage);
                line
            }
            Self::Chat { model, provider, outcome, fault, usage, ms } => {
                let mut line = json!({ "log": "chat", "outcome": outcome, "ms": ms });
                as_span(&mut line, "chat", model.0);
                asked(&mut line, *model, *usage);
                put(&mut line, "gen_ai.provider.name", provider.0.into());
                if let Some(fault) = fault {
                    put(&mut line, "error.type", fault.kind.into());
                }
                line
            }
            Self::Call { tool, outcome, ms } => {
                let mut line = called("call", Some(tool));
                put(&mut line, "outcome", (*outcome).into());
                put(&mut line, "ms", (*ms).into());
                line
            }
            Self::Step { step, outcome, ms } => json!({ "log": "step", "name": step, "outcome": outcome, "ms": ms }),
            Self::Undone { prompt } => json!({ "log": "undone", "prompt": prompt.0 }),
            Self::InvalidCall { tool } => called("invalid-call", *tool),
            Self::RepairedCall { tool } => called("repaired-call", Some(tool)),
            Self::LateCall { tool } => called("late-call", *tool),
            Self::Retry { attempt, after_ms, fault } => {
                with_fault(json!({ "log": "retry", "attempt": attempt, "afterMs": after_ms }), *fault)
            }
            Self::Skipped => json!({ "log": "skipped" }),
            Self::CutOff => json!({ "log": "cut-off" }),
            Self::SignIn { provider, outcome } => json!({ "log": "sign-in", "provider": provider, "outcome": outcome }),
            Self::Limited { limit } => json!({ "log": "limited", "limit": limit }),
            Self::Run { run, prompt, report, model, outcome, tries, tasks, left_out } => {
                let mut line = json!({
                    "log": "run",
                    "run": run,
                    "prompt": prompt.0,
                    "report": report.map(|report| report.0),
                    "model": model.0,
                    "outcome": outcome,
                    "tries": tries,
                    "tasks": tasks,
                    "leftOut": left_out,
                });
                as_span(&mut line, "invoke_workflow", "architect");
                line
            }
            Self::Placed { run, placed, unplaced } => {
                json!({ "log": "placed", "run": run, "placed": placed, "unplaced": unplaced })
            }
            Self::SilentRun { run } => json!({ "log": "silent-run", "run": run }),
            Self::Events { kind, by, number } => json!({ "log": "events", "type": kind, "by": by, "number": number }),
            Self::Socket { outcome } => json!({ "log": "socket", "outcome": outcome }),
            Self::Job { kind, outcome } => json!({ "log": "job", "kind": kind, "outcome": outcome }),
            Self::KeptWorkflows { number } => json!({ "log": "kept-workflows", "number": number }),
        }
    }
}

/// Names a line as a span of an operation on something.
fn as_span(line: &mut Value, operation: Name, subject: &str) {
    let name = if subject.is_empty() { operation.to_owned() } else { [operation, subject].join(" ") };
    put(line, "name", name.into());
    put(line, "gen_ai.operation.name", operation.into());
}

/// Adds what was asked of a model.
fn asked(line: &mut Value, model: Label<'_>, usage: Usage) {
    put(line, "gen_ai.request.model", model.0.into());
    put(line, "gen_ai.usage.input_tokens", usage.input_tokens.into());
    put(line, "gen_ai.usage.output_tokens", usage.output_tokens.into());
}

/// A line about a call of the model. `tool` is `None` for one that does not exist.
fn called(log: Name, tool: Option<Name>) -> Value {
    let mut line = json!({ "log": log, "tool": tool });
    as_span(&mut line, "execute_tool", tool.unwrap_or_default());
    put(&mut line, "gen_ai.tool.name", tool.into());
    line
}

fn with_fault(mut line: Value, fault: Fault) -> Value {
    put(&mut line, "fault", fault.kind.into());
    if let Some(table) = fault.table {
        put(&mut line, "table", table.into());
    }
    if let Some(status) = fault.status {
        put(&mut line, "status", status.into());
    }
    line
}

/// Sets a field. Each assignment through an index would be a call of its own code, and there are many.
#[inline(never)]
fn put(line: &mut Value, name: &str, value: Value) {
    if let Some(fields) = line.as_object_mut() {
        fields.insert(name.to_owned(), value);
    }
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
