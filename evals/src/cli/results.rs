//! Earlier runs: `report`, `compare`, and the reports at the end of every run.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Args;
use console::Term;
use flux_evals::case::Suite;
use flux_evals::compare::{self, Comparison};
use flux_evals::models::price_of;
use flux_evals::record::Record;
use flux_evals::report::{Who, contenders, html, junit, summary, terminal};
use flux_evals::run::{Manifest, manifest, records};
use flux_evals::threshold;

use super::{Cases, tell};

/// The width of lines in characters if the output is not a terminal.
const LOG_WIDTH: usize = 140;
/// Separates a run from its contender in an argument.
const SEPARATOR: char = '#';

/// Arguments of `evals report`.
#[derive(Args)]
pub(crate) struct ReportOptions {
    /// The folder of the run, or its name among the results
    run: String,
    /// The folder with `suites`, `starts` and `results`
    #[arg(long, value_name = "FOLDER", default_value = "evals")]
    folder: PathBuf,
}

/// Arguments of `evals compare`.
#[derive(Args)]
pub(crate) struct CompareOptions {
    /// A run, or one contender of it: RUN#MODEL or RUN#MODEL#PROMPTS
    a: String,
    /// What to compare it with; if missing, the contenders of the run are compared with each other
    b: Option<String>,
    /// The folder with `suites`, `starts` and `results`
    #[arg(long, value_name = "FOLDER", default_value = "evals")]
    folder: PathBuf,
}

/// A run by its folder, or by its name among the results.
pub(super) fn folder(results: &Path, name: &str) -> PathBuf {
    let folder = PathBuf::from(name);
    if folder.is_dir() { folder } else { results.join(name) }
}

pub(super) fn report(options: &ReportOptions) -> Result<ExitCode> {
    let run = folder(&options.folder.join("results"), &options.run);
    let manifest = manifest(&run)?;
    let records = ordered(&options.folder, &manifest, records(&run)?);
    write(&run, &manifest, &records)?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn compare(options: &CompareOptions) -> Result<ExitCode> {
    let results = options.folder.join("results");
    let a = named(&results, &options.a)?;
    let comparisons: Vec<Comparison> = match &options.b {
        Some(b) => {
            let b = named(&results, b)?;
            let changed = a.manifest.changed_cases(&b.manifest);
            tell_apart(&a.manifest, &b.manifest, &changed);
            let same = |run: &Named| -> Vec<Record> {
                let kept = run.records.iter().filter(|record| !changed.contains(record.id.case.as_str()));
                kept.cloned().collect()
            };
            compare::runs(&same(&a), &same(&b))
        }
        None => compare::within(&a.records),
    };
    if comparisons.is_empty() {
        bail!(
            "there is nothing to compare: the two have no contender in common. Name one of each: RUN{SEPARATOR}MODEL"
        );
    }
    let (width, colour) = screen();
    for comparison in &comparisons {
        tell(compare::terminal(comparison, width, colour).trim_end());
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes the reports of a run and prints its results. Fails if a threshold was missed.
pub(super) fn conclude(run: &Path, suites: &[Suite], thresholds: Option<&Path>) -> Result<ExitCode> {
    let manifest = manifest(run)?;
    let records = manifest.in_order(suites, records(run)?);
    write(run, &manifest, &records)?;
    let Some(file) = thresholds else { return Ok(ExitCode::SUCCESS) };
    let misses = threshold::misses(&threshold::load(file)?, &records);
    for miss in &misses {
        tell(format_args!("missed: {miss}"));
    }
    Ok(if misses.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn write(run: &Path, manifest: &Manifest, records: &[Record]) -> Result<()> {
    let summary = summary(records, |model| manifest.price.or_else(|| price_of(model)));
    let page = run.join("report.html");
    for (path, text) in [(&page, html(manifest, &summary, records)), (&run.join("junit.xml"), junit(records))] {
        fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    let (width, colour) = screen();
    tell(terminal(&summary, width, colour));
    tell(format_args!("current prompts: {}", manifest.current.join(", ")));
    tell(page.display());
    Ok(())
}

/// The records in the order of the plan, if the cases are still the same; otherwise in the order in which the attempts ended.
fn ordered(folder: &Path, manifest: &Manifest, records: Vec<Record>) -> Vec<Record> {
    match Cases::of(folder, manifest).load() {
        Ok(suites) if Manifest::digests(&suites) == manifest.cases => manifest.in_order(&suites, records),
        _ => records,
    }
}

/// A run, or one contender of it.
struct Named {
    manifest: Manifest,
    records: Vec<Record>,
}

/// Prints what differs between the two runs besides the results.
fn tell_apart(a: &Manifest, b: &Manifest, changed: &BTreeSet<&str>) {
    if a.current != b.current {
        tell(format_args!("The current prompts were {}; then {}.", a.current.join(", "), b.current.join(", ")));
    } else if a.agent != b.agent {
        tell("Prompts or tools have changed between the two under the same versions.");
    }
    if !changed.is_empty() {
        let list: Vec<&str> = changed.iter().copied().collect();
        tell(format_args!("Not compared, because the cases have changed: {}.", list.join(", ")));
    }
}

fn named(results: &Path, name: &str) -> Result<Named> {
    let mut parts = name.split(SEPARATOR);
    let run = folder(results, parts.next().unwrap_or_default());
    let (manifest, records) = (manifest(&run)?, records(&run)?);
    let Some(model) = parts.next() else { return Ok(Named { manifest, records }) };
    let prompts = parts.next();
    let known = contenders(&records);
    let is_meant = |who: &&Who| who.model == model && prompts.is_none_or(|prompts| who.prompts == prompts);
    let meant: Vec<&Who> = known.iter().filter(is_meant).collect();
    match meant.as_slice() {
        [who] => Ok(Named { records: compare::of(&records, who), manifest }),
        _ => {
            let known: Vec<String> = known.iter().map(ToString::to_string).collect();
            bail!("{name} names {} contenders; {} has {}", meant.len(), run.display(), known.join(", "))
        }
    }
}

/// How wide the terminal is, and whether it shows colours.
fn screen() -> (usize, bool) {
    let screen = Term::stdout();
    if screen.is_term() { (usize::from(screen.size().1), console::colors_enabled()) } else { (LOG_WIDTH, false) }
}
