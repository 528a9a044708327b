//! `cargo xtask test`: unit and documentation tests, the evaluation cases that must pass, then the product itself in workerd and in
//! a browser.
//!
//! Each runner's own output and closing lines are passed through as they are; this adds only a line per group. The
//! groups run even when one before failed, and the task fails when any did.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, ExitStatus};

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};

use crate::progress::{cross, say, tick};
use crate::setup::{self, Toolbox, WRANGLER, WRANGLER_ENVIRONMENT};
use crate::workspace::Workspace;
use crate::{build, eval, process, structure};

/// What to run.
#[derive(Args)]
pub struct Options {
    /// Run one group only
    #[arg(long, value_enum)]
    only: Option<Group>,
    /// Run only tests whose name contains this
    filter: Option<String>,
}

/// The longest that one end-to-end test may take, in ms: it waits for answers that may never come.
const TEST_LIMIT: &str = "--test-timeout=300000";

/// The variable that names the moment at which the end-to-end tests begin: one of e2e/lib/moments.mjs.
const MOMENT: &str = "FLUX_MOMENT";

/// Tests that need the same things.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Group {
    /// Rust tests on this machine, documentation examples included
    Unit,
    /// The agent on cases that it must pass: evals
    Evals,
    /// The built Worker in workerd: e2e/workerd
    Workerd,
    /// The built page in Chromium: e2e/browser
    Browser,
}

impl Group {
    const ALL: [Self; 4] = [Self::Unit, Self::Evals, Self::Workerd, Self::Browser];

    fn name(self) -> &'static str {
        match self {
            Self::Unit => "unit",
            Self::Evals => "evals",
            Self::Workerd => "workerd",
            Self::Browser => "browser",
        }
    }
}

/// The task. An error is a group that could not be run; a failed test is told by the exit code.
pub fn run(workspace: &Workspace, options: &Options) -> Result<ExitCode> {
    structure::check(workspace)?;
    let groups: Vec<Group> =
        Group::ALL.into_iter().filter(|group| options.only.is_none_or(|only| only == *group)).collect();
    let filter = options.filter.as_deref();
    // Built before any test runs: what does not compile should not be found out after minutes of testing.
    let starts_the_product = groups.iter().any(|group| matches!(group, Group::Workerd | Group::Browser));
    let toolbox = if starts_the_product { Some(prepare(workspace, &groups)?) } else { None };
    let mut results = Vec::new();
    for group in groups {
        let passed = match (group, &toolbox) {
            (Group::Workerd | Group::Browser, Some(toolbox)) => end_to_end(workspace, toolbox, group, filter)?,
            (Group::Evals, _) => eval::check(workspace)?,
            _ => unit(workspace, filter)?,
        };
        if process::interrupted() {
            return Ok(ExitCode::from(process::EXIT_INTERRUPTED));
        }
        results.push((group, passed));
    }
    say("");
    for (group, passed) in &results {
        let (mark, outcome) = if *passed { (tick(), "passed") } else { (cross(), "failed") };
        say(&format!("{mark} {} tests {outcome}", group.name()));
    }
    Ok(if results.iter().all(|(_, passed)| *passed) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Builds what the end-to-end tests start: what is deployed, which must not be too heavy, and its variants.
fn prepare(workspace: &Workspace, groups: &[Group]) -> Result<Toolbox> {
    let toolbox = Toolbox::prepare(workspace)?;
    build::deployed(workspace, &toolbox)?;
    build::local(workspace, &toolbox)?;
    if groups.contains(&Group::Workerd) {
        build::suite(workspace, &toolbox)?;
    }
    Ok(toolbox)
}

/// Rust's tests, by nextest where it is installed; documentation examples always by cargo, which alone can run them.
fn unit(workspace: &Workspace, filter: Option<&str>) -> Result<bool> {
    let cargo = |arguments: &[&str]| -> Result<ExitStatus> {
        process::status(Command::new("cargo").args(arguments).args(filter).current_dir(workspace.root()))
    };
    let nextest = process::answer(Command::new("cargo").args(["nextest", "--version"])).is_some();
    let tests = if nextest {
        // With a filter it is no error that no test is of that name: it may be one of another group.
        cargo(&["nextest", "run", "--workspace", "--no-tests=pass"])?
    } else {
        cargo(&["test", "--workspace", "--lib", "--bins", "--tests"])?
    };
    let examples = cargo(&["test", "--workspace", "--doc"])?;
    Ok(tests.success() && examples.success())
}

/// Tests that start the product: files `e2e/<group>/*.test.mjs`, run by Node's own runner.
fn end_to_end(workspace: &Workspace, toolbox: &Toolbox, group: Group, filter: Option<&str>) -> Result<bool> {
    let folder = format!("e2e/{}", group.name());
    let files = test_files(&workspace.path(&folder))?;
    if files.is_empty() {
        say(&format!("· no tests in {folder}"));
        return Ok(true);
    }
    let mut node = toolbox.node.command();
    // One file at a time: each starts servers, and timing on a busy machine proves nothing. A file that leaves a server
    // or a browser open after a failure must not keep the run from ending.
    node.args(["--test", "--test-reporter=spec", "--test-concurrency=1", "--test-force-exit", TEST_LIMIT]);
    if let Some(filter) = filter {
        node.arg("--test-name-pattern").arg(filter);
    }
    node.args(&files).current_dir(workspace.root()).envs(WRANGLER_ENVIRONMENT);
    node.env("FLUX_ROOT", workspace.root()).env("FLUX_NODE", toolbox.node.program());
    node.env("FLUX_WRANGLER", toolbox.script(WRANGLER));
    if group == Group::Browser {
        let moment = moment(workspace, toolbox)?;
        say(&format!("· the browser tests begin at the moment {moment}; {MOMENT}={moment} repeats it"));
        node.env("FLUX_CHROMIUM", setup::browser::prepare(workspace)?).env(MOMENT, moment);
    }
    Ok(process::status(&mut node)?.success())
}

/// The moment at which the browser tests begin: the one that was asked for, or one that depends on the commit, so that over
/// time every moment gets its turn.
fn moment(workspace: &Workspace, toolbox: &Toolbox) -> Result<String> {
    if let Some(name) = env::var(MOMENT).ok().filter(|name| !name.is_empty()) {
        return Ok(name);
    }
    let mut git = Command::new("git");
    git.args(["rev-parse", "HEAD"]).current_dir(workspace.root());
    let mut node = toolbox.node.command();
    // Outside of a repository there is no commit, and the script names the ordinary moment.
    node.arg("e2e/lib/choose-moment.mjs").args(process::answer(&mut git)).current_dir(workspace.root());
    process::answer(&mut node).context("e2e/lib/choose-moment.mjs names no moment")
}

fn test_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(Vec::new()) };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.with_context(|| format!("cannot read {}", folder.display()))?.path();
        if path.to_string_lossy().ends_with(".test.mjs") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_test_files_are_run_in_the_order_of_their_names() {
        let folder = std::env::temp_dir().join(format!("flux-xtask-e2e-{}", std::process::id()));
        assert!(test_files(&folder).unwrap().is_empty());
        fs::create_dir_all(&folder).unwrap();
        for name in ["b.test.mjs", "a.test.mjs", "server.mjs", "notes.md"] {
            fs::write(folder.join(name), "").unwrap();
        }
        assert_eq!(test_files(&folder).unwrap(), [folder.join("a.test.mjs"), folder.join("b.test.mjs")]);
        fs::remove_dir_all(folder).unwrap();
    }
}
