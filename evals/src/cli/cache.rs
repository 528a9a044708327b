//! `evals cache`: how much of its prompt a server evaluates anew in the next turn of a conversation.
//!
//! The conversation is [`FIXTURE`]. The agent of production answers it on an in-memory platform. The reference answers make up the
//! history, and the server answers the last two messages, with some minutes between them. The figures are those of llama.cpp's server
//! (`timings` in the last event of a stream): `prompt_n` tokens were evaluated, `cache_n` were reused.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::rc::Rc;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use chrono::TimeDelta;
use clap::Args;
use flux_agent::assistant::Assistant;
use flux_evals::case::{Case, load_suite};
use flux_evals::models::{Asked, ModelName, ModelSource, Recording};
use flux_evals::world::World;
use flux_model::{ChatRequest, ModelError, ModelEvent, ModelId, ModelMessage};
use flux_tools::context::Facts;
use futures::stream::LocalBoxStream;
use serde::Deserialize;
use serde_json::Value;
use tokio::task::LocalSet;

use super::{run::versions, tell};

/// The conversation, within the folder of evaluations.
const FIXTURE: &str = "bench/prompt-cache.yaml";
/// The turns that the server answers. Those before are history.
const MEASURED: usize = 2;
/// The time between two turns, in minutes. It changes the moment that the prompt states.
const BETWEEN_MINUTES: i64 = 7;
/// The largest share of its prompt that the second turn may evaluate anew.
const GOAL: f64 = 0.25;

/// Arguments of `evals cache`.
#[derive(Args)]
pub(crate) struct Options {
    /// The server
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080/v1")]
    base_url: String,
    /// The server's name of the model; llama.cpp ignores it
    #[arg(long, value_name = "NAME", default_value = "default")]
    model: String,
    /// A prompt version instead of the current one, NAME@VERSION
    #[arg(long, value_name = "NAME@VERSION", default_value = "")]
    prompt: String,
    /// The folder with `bench` and `results`
    #[arg(long, value_name = "FOLDER", default_value = "evals")]
    folder: PathBuf,
}

/// What llama.cpp reports of one request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
struct Timings {
    /// Tokens of the prompt that were evaluated.
    prompt_n: u64,
    /// Tokens of the prompt that were reused.
    cache_n: u64,
    /// The time for that, in ms.
    prompt_ms: f64,
}

impl Timings {
    /// The share of the prompt that was evaluated, 0–1.
    fn share(self) -> f64 {
        #[allow(clippy::cast_precision_loss)]
        let [new, all] = [self.prompt_n, self.prompt_n + self.cache_n].map(|tokens| tokens as f64);
        if all > 0.0 { new / all } else { 1.0 }
    }

    fn and(self, other: Self) -> Self {
        Self {
            prompt_n: self.prompt_n + other.prompt_n,
            cache_n: self.cache_n + other.cache_n,
            prompt_ms: self.prompt_ms + other.prompt_ms,
        }
    }

    fn line(self) -> String {
        let Self { prompt_n, cache_n, prompt_ms } = self;
        format!("{prompt_n} tokens evaluated, {cache_n} reused ({:.1} % anew), {prompt_ms:.0} ms", self.share() * 100.0)
    }
}

/// The command. It fails if the second turn misses [`GOAL`].
pub(super) fn run(options: &Options) -> Result<ExitCode> {
    let suite = load_suite(&options.folder.join(FIXTURE), &std::collections::BTreeMap::new())?;
    let case = suite.cases.first().context("the fixture has no case")?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let turns = LocalSet::new().block_on(&runtime, measure(options, case))?;
    let Some(last) = turns.last() else { bail!("no turn was measured") };
    let met = last.share() <= GOAL;
    let word = if met { "at most" } else { "more than" };
    tell(format_args!("The last turn evaluated {word} {:.0} % of its prompt anew.", GOAL * 100.0));
    Ok(if met { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The sum of each measured turn.
async fn measure(options: &Options, case: &Case) -> Result<Vec<Timings>> {
    let file = options.folder.join("results/prompt-cache.jsonl");
    let recording = Arc::new(Recording::create(&file)?);
    let variable = |name: &str| match name {
        "EVALS_BASE_URL" => Some(options.base_url.clone()),
        // A computer without a graphics card needs minutes for the first prompt.
        "MODEL_FIRST_BYTE_TIMEOUT_MS" | "MODEL_BETWEEN_BYTES_TIMEOUT_MS" | "MODEL_WHOLE_TIMEOUT_MS" => {
            Some("300000".to_owned())
        }
        name => std::env::var(name).ok(),
    };
    let server = ModelSource::new(&ModelName::OpenAi { model: options.model.clone() }, variable, Some(recording))?;
    let reference = ModelSource::new(&ModelName::Reference, |_| None, None)?;
    let history = case.turns.len().saturating_sub(MEASURED);
    let asked = server.open(case);
    let chat = Rc::new(Late { first: reference.open(case).chat, then: Rc::clone(&asked.chat), history });
    let mut world = World::open(case, Asked { chat, ..asked }, versions(&options.prompt)?)?;
    let (mut turns, mut seen) = (Vec::new(), 0);
    for (index, turn) in case.turns.iter().enumerate() {
        world.pass(TimeDelta::minutes(BETWEEN_MINUTES));
        let observed = world.say(turn).await?;
        if index < history {
            continue;
        }
        if let Some(error) = observed.error {
            bail!("the server's answer broke off: {error}");
        }
        let text = fs::read_to_string(&file)?;
        let requests: Vec<Timings> = text.lines().skip(seen).map(timings).collect::<Result<_>>()?;
        seen += requests.len();
        for (step, request) in requests.iter().enumerate() {
            tell(format_args!("turn {}, step {}: {}", index + 1, step + 1, request.line()));
        }
        let sum = requests.into_iter().fold(Timings::default(), Timings::and);
        tell(format_args!("turn {}: {}", index + 1, sum.line()));
        turns.push(sum);
    }
    Ok(turns)
}

/// The figures in a recorded answer.
fn timings(line: &str) -> Result<Timings> {
    let recorded: Value = serde_json::from_str(line)?;
    let events = recorded["body"].as_str().unwrap_or_default().lines();
    let found = events.filter_map(|event| serde_json::from_str::<Value>(event.strip_prefix("data: ")?).ok());
    let timings = found.filter_map(|mut event| Some(event.get_mut("timings")?.take())).next_back();
    Ok(serde_json::from_value(timings.context("the server does not report `timings`; llama.cpp's does")?)?)
}

/// One model for the first turns, and another for those after.
struct Late {
    first: Rc<dyn Assistant>,
    then: Rc<dyn Assistant>,
    /// The number of the first turns.
    history: usize,
}

impl Assistant for Late {
    fn answer(&self, request: ChatRequest, facts: Facts) -> LocalBoxStream<'static, Result<ModelEvent, ModelError>> {
        let said = request.messages.iter().filter(|message| matches!(message, ModelMessage::User { .. })).count();
        let model = if said <= self.history { &self.first } else { &self.then };
        model.answer(request, facts)
    }

    fn id(&self) -> ModelId {
        self.then.id()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_figures_are_those_of_the_last_event() {
        let body = "data: {\"choices\":[]}\n\ndata: {\"timings\":{\"cache_n\":90,\"prompt_n\":10,\"prompt_ms\":7.5}}\n\ndata: [DONE]\n\n";
        let timings = timings(&json!({"case": "a", "body": body}).to_string()).unwrap();
        assert_eq!(timings, Timings { prompt_n: 10, cache_n: 90, prompt_ms: 7.5 });
        assert_eq!(timings.line(), "10 tokens evaluated, 90 reused (10.0 % anew), 8 ms");
        assert!(super::timings(&json!({"body": "data: [DONE]\n\n"}).to_string()).is_err());
    }

    #[test]
    fn the_fixture_has_twenty_blocks_and_ten_messages() {
        let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(FIXTURE);
        let suite = load_suite(&file, &std::collections::BTreeMap::new()).unwrap();
        let case = serde_json::to_value(&suite.cases[0]).unwrap();
        assert_eq!(case["start"]["blocks"].as_array().unwrap().len(), 20);
        assert_eq!((suite.cases[0].turns.len() - MEASURED) * 2, 10);
    }
}
