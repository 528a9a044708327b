//! `evals run`.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use anyhow::{Context, Result, bail};
use chrono::{DateTime, Utc};
use clap::Args;
use flux_agent::prompt::{self, Prompts};
use flux_evals::models::{ModelName, ModelSource, Price, Recording, price_of};
use flux_evals::record::Record;
use flux_evals::run::{Contender, Ended, Journal, Manifest, Plan, manifest, records, run as run_plan};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tokio::sync::watch;

use super::{Cases, results, tell};

/// The exit code of a command that was ended with Ctrl-C.
const EXIT_INTERRUPTED: u8 = 130;

/// The name of the current prompts.
const CURRENT: &str = "current";

/// Arguments of `evals run`.
#[derive(Args)]
pub(crate) struct Options {
    #[command(flatten)]
    cases: Cases,
    /// A model: offline, openai:NAME, workers-ai:NAME, replay:FILE, reference, empty; can be repeated
    #[arg(long = "model", value_name = "MODEL", default_value = "offline")]
    models: Vec<ModelName>,
    /// Prompt versions that replace the current ones, NAME@VERSION joined by commas, or `current`; each one is a contender
    #[arg(long = "prompt", value_name = "NAME@VERSION", default_value = "current")]
    prompts: Vec<String>,
    /// Attempts at each case
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100))]
    repeat: u32,
    /// Attempts in parallel; by default the number of processors
    #[arg(long, value_name = "N")]
    jobs: Option<NonZero<usize>>,
    /// Record the model's answers in this file, to replay them; a resumed run continues it
    #[arg(long, value_name = "FILE", conflicts_with = "resume")]
    record: Option<PathBuf>,
    /// Let this model judge the statements of cases that have one
    #[arg(long, value_name = "MODEL")]
    judge: Option<ModelName>,
    /// Fail if a pass rate is below a threshold in this file
    #[arg(long, value_name = "FILE")]
    threshold: Option<PathBuf>,
    /// Price in US dollars per million tokens of prompts and answers, if it is not known
    #[arg(long, value_name = "IN/OUT", value_parser = price)]
    price: Option<Price>,
    /// Resume an interrupted run: this one, or the newest
    #[arg(long, value_name = "RUN", num_args = 0..=1, default_missing_value = "newest")]
    resume: Option<String>,
}

fn price(text: &str) -> Result<Price, String> {
    let parsed = text.split_once('/').and_then(|(input, output)| {
        Some(Price { input: input.trim().parse().ok()?, output: output.trim().parse().ok()? })
    });
    parsed.ok_or_else(|| "write it as 0.29/2.25".to_owned())
}

pub(super) fn run(options: &Options) -> Result<ExitCode> {
    let results = options.cases.folder.join("results");
    let Begun { manifest, plan, journal, recording } = match &options.resume {
        Some(name) => resumed(options, &results, name)?,
        None => begun(options, &results)?,
    };
    let (stopper, stop) = watch::channel(false);
    ctrlc::set_handler(move || {
        let _ = stopper.send(true);
    })?;
    let jobs = options.jobs.or_else(|| thread::available_parallelism().ok()).map_or(1, NonZero::get);
    let meter = Meter::new(plan.jobs().count(), manifest.price);
    for record in records(journal.folder())?.iter().filter(|record| journal.has(&record.id)) {
        meter.count(record);
    }
    let ended = run_plan(&plan, &journal, jobs, &stop, &|record| meter.note(record));
    meter.bar.finish_and_clear();
    let ended = ended?;
    if let Some(recording) = recording {
        recording.finish()?;
    }
    let code = results::conclude(journal.folder(), &plan.suites, options.threshold.as_deref())?;
    match ended {
        Ended::Complete => Ok(code),
        Ended::Interrupted => {
            tell(format_args!("Interrupted. The attempts that had ended are stored; `--resume` continues."));
            Ok(ExitCode::from(EXIT_INTERRUPTED))
        }
    }
}

/// A run that can be continued.
struct Begun {
    manifest: Manifest,
    plan: Plan,
    journal: Journal,
    recording: Option<Arc<Recording>>,
}

fn begun(options: &Options, results: &Path) -> Result<Begun> {
    let mut manifest = Manifest {
        models: options.models.iter().map(ToString::to_string).collect(),
        prompts: options
            .prompts
            .iter()
            .map(|names| if names == CURRENT { String::new() } else { names.clone() })
            .collect(),
        repeat: options.repeat,
        suites: options.cases.suites.clone(),
        filter: options.cases.filter.clone(),
        tags: options.cases.tags.clone(),
        judge: options.judge.as_ref().map(ToString::to_string),
        price: options.price,
        record: options.record.clone(),
        cases: BTreeMap::new(),
        agent: Manifest::agent(),
        current: Manifest::current(),
    };
    let recording = options.record.as_deref().map(Recording::create).transpose()?.map(Arc::new);
    let plan = plan(&options.cases, &manifest, recording.clone())?;
    manifest.cases = Manifest::digests(&plan.suites);
    let now: DateTime<Utc> = std::time::SystemTime::now().into();
    let journal = Journal::create(results, &now.format("%Y-%m-%dT%H-%M-%S").to_string(), &manifest)?;
    Ok(Begun { manifest, plan, journal, recording })
}

/// Opens an interrupted run with its original options. The cases, prompts and tools must be the same.
fn resumed(options: &Options, results: &Path, name: &str) -> Result<Begun> {
    let folder = if name == "newest" { Journal::newest(results)? } else { results::folder(results, name) };
    let manifest = manifest(&folder)?;
    let cases = Cases::of(&options.cases.folder, &manifest);
    let recording = manifest.record.as_deref().map(Recording::append).transpose()?.map(Arc::new);
    let plan = plan(&cases, &manifest, recording.clone())?;
    let changed = match () {
        () if Manifest::digests(&plan.suites) != manifest.cases => "the cases have changed",
        () if Manifest::agent() != manifest.agent => "prompts or tools have changed",
        () => return Ok(Begun { journal: Journal::open(&folder)?, manifest, plan, recording }),
    };
    bail!("{changed} since {} began, so it cannot be resumed. Start a new run.", folder.display())
}

/// The plan that a manifest describes.
fn plan(cases: &Cases, manifest: &Manifest, recording: Option<Arc<Recording>>) -> Result<Plan> {
    let source = |name: &ModelName, recording| {
        ModelSource::new(name, |variable| std::env::var(variable).ok(), recording)
            .with_context(|| format!("the model {name} cannot be used"))
    };
    let mut contenders = Vec::new();
    for name in &manifest.models {
        let model: ModelName = name.parse()?;
        for prompts in &manifest.prompts {
            contenders.push(Contender {
                source: source(&model, recording.clone())?,
                model: model.clone(),
                prompts: versions(prompts)?,
                versions: prompts.clone(),
            });
        }
    }
    let judge = manifest.judge.as_ref().map(|name| source(&name.parse()?, None)).transpose()?;
    Ok(Plan { suites: cases.load()?, contenders, repeat: manifest.repeat, judge })
}

/// The current prompts, replaced by these versions.
pub(super) fn versions(names: &str) -> Result<Prompts> {
    let mut prompts = Prompts::current();
    for name in names.split(',').filter(|name| !name.is_empty()) {
        let version = name.split_once('@').and_then(|(name, version)| prompt::find(name, version.parse().ok()?));
        let Some(version) = version else {
            let known: Vec<String> = prompt::all().iter().map(ToString::to_string).collect();
            bail!("there is no prompt {name:?}; there are {}", known.join(", "));
        };
        prompts = prompts.with(version);
    }
    Ok(prompts)
}

/// Progress: counts and cost.
struct Meter {
    bar: ProgressBar,
    passed: AtomicU64,
    failed: AtomicU64,
    faults: AtomicU64,
    spent: Mutex<f64>,
    price: Option<Price>,
    is_seen: bool,
}

impl Meter {
    fn new(all: usize, price: Option<Price>) -> Self {
        let is_seen = std::io::stderr().is_terminal();
        let target = if is_seen { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(all as u64), target);
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg} {elapsed} left {eta}") {
            bar.set_style(style);
        }
        let [passed, failed, faults] = [(); 3].map(|()| AtomicU64::new(0));
        Self { bar, passed, failed, faults, spent: Mutex::new(0.0), price, is_seen }
    }

    /// Counts an attempt.
    fn count(&self, record: &Record) {
        let counter = match record {
            Record { fault: Some(_), .. } => &self.faults,
            Record { passed: true, .. } => &self.passed,
            _ => &self.failed,
        };
        counter.fetch_add(1, Ordering::Relaxed);
        let price = self.price.or_else(|| price_of(&record.id.model));
        let mut spent = self.spent.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(price) = price {
            let cost = record.turns.iter().map(|turn| price.of(turn.cost.input_tokens, turn.cost.output_tokens));
            *spent += cost.sum::<f64>();
        }
        let [passed, failed, faults] =
            [&self.passed, &self.failed, &self.faults].map(|count| count.load(Ordering::Relaxed));
        let not_made = if faults > 0 { format!(", not made {faults}") } else { String::new() };
        self.bar.set_message(format!("passed {passed}, failed {failed}{not_made}, ${:.4}", *spent));
        self.bar.inc(1);
    }

    /// Counts an attempt that has just ended, and prints a line if no progress bar is shown.
    fn note(&self, record: &Record) {
        self.count(record);
        if self.is_seen {
            return;
        }
        if let Some(fault) = &record.fault {
            tell(format_args!("not made {}: {fault}", record.id.case));
        } else if let Some((turn, failure)) = record.failures().next() {
            tell(format_args!("failed {} turn {turn}, {}: {}", record.id.case, failure.check, failure.compared));
        }
    }
}
