//! The metrics of the service, and what each record of the log adds to them.
//!
//! As in the log, nothing here has a field for text: the values of labels are [`Name`](super::Name)s and [`Label`](super::Label)s.

use flux_protocol::frame::TurnOutcome;

use super::LogRecord;

/// Something that is counted or measured.
#[derive(Debug)]
pub struct Metric {
    /// Its name, as Prometheus writes it.
    pub name: &'static str,
    /// What it is, in one line.
    pub help: &'static str,
    /// The names of its labels.
    pub labels: &'static [&'static str],
    /// How its values are added up.
    pub kind: Kind,
}

/// How the values of a metric are added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// They are summed.
    Counter,
    /// They are durations in ms, which are counted by the first of these bounds that they do not exceed. Prometheus gets seconds.
    Histogram(&'static [u64]),
}

/// A value of a metric, with the values of its labels in the order of [`Metric::labels`].
#[derive(Debug)]
pub struct Sample<'a> {
    /// The metric.
    pub metric: &'static Metric,
    /// The values of its labels.
    pub labels: &'a [&'a str],
    /// The value; durations in ms.
    pub value: u64,
}

const fn counter(name: &'static str, labels: &'static [&'static str], help: &'static str) -> Metric {
    Metric { name, help, labels, kind: Kind::Counter }
}

static TURNS: Metric = counter("flux_turns_total", &["outcome", "model"], "Turns that have ended.");
static FIRST_TOKEN: Metric = Metric {
    name: "flux_turn_first_token_seconds",
    help: "Time from the beginning of a turn to its first text or tool call.",
    labels: &[],
    kind: Kind::Histogram(&[250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000]),
};
static DURATION: Metric = Metric {
    name: "flux_turn_seconds",
    help: "Time from the beginning of a turn to its end.",
    labels: &[],
    kind: Kind::Histogram(&[1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 128_000]),
};
static STEPS: Metric = counter("flux_turn_steps_total", &[], "Requests to the model that were part of a turn.");
static TOKENS: Metric =
    counter("flux_tokens_total", &["direction", "model"], "Tokens that the model has read and written in turns.");
static CALLS: Metric =
    counter("flux_tool_calls_total", &["tool", "outcome"], "Tool calls of the model in turns, by tool and outcome.");
static REPAIRED_CALLS: Metric =
    counter("flux_repaired_calls_total", &["tool"], "Tool calls whose arguments were repaired, by tool.");
static LATE_CALLS: Metric =
    counter("flux_late_calls_total", &["tool"], "Tool calls in the last step of a turn, which has no tools.");
static UNDONE: Metric = counter("flux_turns_undone_total", &["prompt"], "Turns that were undone.");
static RETRIES: Metric =
    counter("flux_model_retries_total", &["fault"], "Requests to the model that failed and were repeated.");
static SKIPPED: Metric = counter("flux_stream_skipped_total", &[], "Parts of a model's stream that could not be read.");
static CUT_OFF: Metric = counter("flux_answers_cut_off_total", &[], "Answers that were too long.");
static FAULTS: Metric = counter("flux_faults_total", &["at", "fault"], "Failures, by place and kind.");
static MISCONFIGURED: Metric =
    counter("flux_misconfigured_total", &["setting"], "Attempts to use a setting that cannot be used.");
static LIMITED: Metric = counter("flux_limited_total", &["limit"], "Requests that exceeded a limit.");
static SIGN_INS: Metric =
    counter("flux_sign_ins_total", &["provider", "outcome"], "Attempts to sign in, by provider and outcome.");
static RUNS: Metric = counter("flux_runs_total", &["outcome", "model"], "Runs of the architect that have ended.");
static RUN_TASKS: Metric =
    counter("flux_run_tasks_total", &["outcome"], "Tasks of the architect's runs that were added or left out.");
static SILENT_RUNS: Metric =
    counter("flux_silent_runs_total", &[], "Workflows of runs that were silent for too long and were replaced.");
static EVENTS: Metric = counter("flux_events_total", &["type", "by"], "Events of timelines, by type and actor.");
static SOCKETS: Metric = counter("flux_sockets_total", &["outcome"], "Connections that were opened or closed.");
static JOBS: Metric = counter("flux_jobs_total", &["kind", "outcome"], "Jobs that were run, by kind and outcome.");

/// All metrics, in the order in which they are written.
pub static METRICS: [&Metric; 22] = [
    &TURNS,
    &FIRST_TOKEN,
    &DURATION,
    &STEPS,
    &TOKENS,
    &CALLS,
    &REPAIRED_CALLS,
    &LATE_CALLS,
    &UNDONE,
    &RETRIES,
    &SKIPPED,
    &CUT_OFF,
    &FAULTS,
    &MISCONFIGURED,
    &LIMITED,
    &SIGN_INS,
    &RUNS,
    &RUN_TASKS,
    &SILENT_RUNS,
    &EVENTS,
    &SOCKETS,
    &JOBS,
];

impl LogRecord<'_> {
    /// Passes on what the record adds to the metrics. Zeros add nothing and are left out.
    pub fn samples(&self, add: &mut dyn FnMut(Sample<'_>)) {
        let mut count = |metric: &'static Metric, labels: &[&str], value: u64| {
            if value > 0 || metric.kind != Kind::Counter {
                add(Sample { metric, labels, value });
            }
        };
        match self {
            Self::Fault { at, fault } | Self::RunFault { at, fault, .. } => count(&FAULTS, &[at, fault.kind], 1),
            Self::Misconfigured { setting } => count(&MISCONFIGURED, &[setting.0], 1),
            Self::Turn { model, outcome, cost, .. } => {
                count(&TURNS, &[outcome_name(*outcome), model.0], 1);
                if let Some(ms) = cost.first_ms {
                    count(&FIRST_TOKEN, &[], ms.try_into().unwrap_or_default());
                }
                count(&DURATION, &[], cost.total_ms.try_into().unwrap_or_default());
                count(&STEPS, &[], cost.steps.into());
                count(&TOKENS, &["input", model.0], cost.usage.input_tokens);
                count(&TOKENS, &["output", model.0], cost.usage.output_tokens);
            }
            Self::Undone { prompt } => count(&UNDONE, &[prompt.0], 1),
            Self::Call { tool, outcome, .. } => count(&CALLS, &[tool, outcome], 1),
            Self::InvalidCall { tool } => count(&CALLS, &[tool.unwrap_or("unknown"), "invalid"], 1),
            Self::RepairedCall { tool } => count(&REPAIRED_CALLS, &[tool], 1),
            Self::LateCall { tool } => count(&LATE_CALLS, &[tool.unwrap_or("unknown")], 1),
            Self::Retry { fault, .. } => count(&RETRIES, &[fault.kind], 1),
            Self::Skipped => count(&SKIPPED, &[], 1),
            Self::CutOff => count(&CUT_OFF, &[], 1),
            Self::Limited { limit } => count(&LIMITED, &[limit], 1),
            Self::SignIn { provider, outcome } => count(&SIGN_INS, &[provider, outcome], 1),
            Self::Run { model, outcome, tasks, left_out, .. } => {
                count(&RUNS, &[outcome, model.0], 1);
                count(&RUN_TASKS, &["added"], *tasks as u64);
                count(&RUN_TASKS, &["left-out"], *left_out as u64);
            }
            Self::SilentRun { .. } => count(&SILENT_RUNS, &[], 1),
            Self::Events { kind, by, number } => count(&EVENTS, &[kind, by], *number),
            Self::Socket { outcome } => count(&SOCKETS, &[outcome], 1),
            Self::Job { kind, outcome } => count(&JOBS, &[kind, outcome], 1),
            // What they say is about one run or deletion, or also counted with the whole turn or run.
            Self::Placed { .. } | Self::KeptWorkflows { .. } | Self::Chat { .. } | Self::Step { .. } => {}
        }
    }
}

fn outcome_name(outcome: TurnOutcome) -> &'static str {
    match outcome {
        TurnOutcome::Completed => "completed",
        TurnOutcome::Error => "error",
        TurnOutcome::Aborted => "aborted",
        TurnOutcome::Skipped => "skipped",
    }
}

#[cfg(test)]
mod tests {
    use flux_model::Usage;

    use super::super::{Fault, Label};
    use super::*;
    use crate::turn::Cost;

    fn samples(record: &LogRecord<'_>) -> Vec<String> {
        let mut all = Vec::new();
        record.samples(&mut |sample| {
            assert_eq!(sample.labels.len(), sample.metric.labels.len(), "{}", sample.metric.name);
            assert!(METRICS.iter().any(|metric| metric.name == sample.metric.name), "{}", sample.metric.name);
            all.push(format!("{} {} {}", sample.metric.name, sample.labels.join(","), sample.value));
        });
        all
    }

    #[test]
    fn a_turn_adds_its_outcome_times_and_tokens() {
        let cost = Cost {
            usage: Usage { input_tokens: 100, output_tokens: 20 },
            steps: 2,
            calls: 3,
            invalid_calls: 1,
            rejected_calls: 1,
            first_ms: Some(0),
            total_ms: 1_500,
            ..Cost::default()
        };
        let turn = LogRecord::Turn {
            prompt: Label::new("system@5"),
            model: Label::new("llama"),
            outcome: TurnOutcome::Completed,
            cost: &cost,
        };
        let expected = [
            "flux_turns_total completed,llama 1",
            "flux_turn_first_token_seconds  0",
            "flux_turn_seconds  1500",
            "flux_turn_steps_total  2",
            "flux_tokens_total input,llama 100",
            "flux_tokens_total output,llama 20",
        ];
        assert_eq!(samples(&turn), expected);
    }

    #[test]
    fn other_records_add_one() {
        let fault = Fault::new("sql-full");
        let cases = [
            (LogRecord::Fault { at: "turn", fault }, "flux_faults_total turn,sql-full 1"),
            (LogRecord::Retry { attempt: 2, after_ms: 5, fault }, "flux_model_retries_total sql-full 1"),
            (LogRecord::InvalidCall { tool: None }, "flux_tool_calls_total unknown,invalid 1"),
            (LogRecord::Call { tool: "undo", outcome: "accepted", ms: 3 }, "flux_tool_calls_total undo,accepted 1"),
            (LogRecord::RepairedCall { tool: "undo" }, "flux_repaired_calls_total undo 1"),
            (LogRecord::Events { kind: "BLOCK_MOVED", by: "user", number: 3 }, "flux_events_total BLOCK_MOVED,user 3"),
            (LogRecord::Socket { outcome: "opened" }, "flux_sockets_total opened 1"),
            (LogRecord::Job { kind: "retention", outcome: "done" }, "flux_jobs_total retention,done 1"),
            (LogRecord::Limited { limit: "budget" }, "flux_limited_total budget 1"),
            (LogRecord::SignIn { provider: "oidc", outcome: "done" }, "flux_sign_ins_total oidc,done 1"),
            (LogRecord::Skipped, "flux_stream_skipped_total  1"),
        ];
        for (record, expected) in cases {
            assert_eq!(samples(&record), [expected]);
        }
    }

    #[test]
    fn names_are_those_of_prometheus() {
        for metric in METRICS {
            let ending = if metric.kind == Kind::Counter { "_total" } else { "_seconds" };
            assert!(metric.name.starts_with("flux_") && metric.name.ends_with(ending), "{}", metric.name);
            assert!(metric.name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{}", metric.name);
        }
    }
}
