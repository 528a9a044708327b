//! Commands about the cases: `list`, `validate`, `schema`.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Args;
use flux_evals::case::{Suite, load};
use flux_evals::run::{Manifest, Selection};
use flux_evals::validate::flaws;
use tokio::task::LocalSet;

use super::{Cases, tell};

/// Arguments of `evals list`.
#[derive(Args)]
pub(crate) struct Options {
    #[command(flatten)]
    cases: Cases,
}

/// Arguments of `evals validate`.
#[derive(Args)]
pub(crate) struct ValidateOptions {
    #[command(flatten)]
    cases: Cases,
}

impl Cases {
    /// Those of a run.
    pub(super) fn of(folder: &Path, manifest: &Manifest) -> Self {
        Self {
            folder: folder.to_owned(),
            suites: manifest.suites.clone(),
            filter: manifest.filter.clone(),
            tags: manifest.tags.clone(),
        }
    }

    /// The selected cases.
    pub(super) fn load(&self) -> Result<Vec<Suite>> {
        let suites = load(&self.folder).context("the cases cannot be read")?;
        for name in &self.suites {
            if !suites.iter().any(|suite| suite.suite == *name) {
                let known: Vec<&str> = suites.iter().map(|suite| suite.suite.as_str()).collect();
                bail!("there is no suite {name:?}; there are {}", known.join(", "));
            }
        }
        let chosen = self.selection().of(suites);
        if chosen.is_empty() {
            bail!("no case is selected; `evals list` lists all of them");
        }
        Ok(chosen)
    }

    pub(super) fn selection(&self) -> Selection {
        Selection { suites: self.suites.clone(), filter: self.filter.clone(), tags: self.tags.clone() }
    }
}

pub(super) fn list(options: &Options) -> Result<ExitCode> {
    let suites = options.cases.load()?;
    let mut tags: BTreeMap<&str, usize> = BTreeMap::new();
    for suite in &suites {
        tell(format_args!("{} ({}): {}", suite.suite, suite.cases.len(), suite.about.trim()));
        for case in &suite.cases {
            let said: Vec<&str> = case.turns.iter().map(|turn| turn.say.trim()).collect();
            tell(format_args!("  {:<44} {}", case.id, shortened(&said.join(" | "), 80)));
            for tag in &case.tags {
                *tags.entry(tag).or_default() += 1;
            }
        }
    }
    let cases: usize = suites.iter().map(|suite| suite.cases.len()).sum();
    let tags: Vec<String> = tags.iter().map(|(tag, count)| format!("{tag} {count}")).collect();
    tell(format_args!("\n{cases} cases in {} suites. Tags: {}", suites.len(), tags.join(", ")));
    Ok(ExitCode::SUCCESS)
}

pub(super) fn validate(options: &ValidateOptions) -> Result<ExitCode> {
    let suites = options.cases.load()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (mut cases, mut flawed) = (0, 0);
    for case in suites.iter().flat_map(|suite| &suite.cases) {
        let found = LocalSet::new().block_on(&runtime, flaws(case));
        cases += 1;
        flawed += usize::from(!found.is_empty());
        for flaw in found {
            tell(format_args!("{}: {flaw}", case.id));
        }
    }
    tell(format_args!("{cases} cases, {flawed} with a flaw"));
    Ok(if flawed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

pub(super) fn schema() -> Result<ExitCode> {
    tell(serde_json::to_string_pretty(&flux_evals::case::schema())?);
    Ok(ExitCode::SUCCESS)
}

fn shortened(text: &str, most: usize) -> String {
    let line = text.replace('\n', " ");
    if line.chars().count() <= most {
        return line;
    }
    line.chars().take(most - 1).chain(['…']).collect()
}
