//! `cargo xtask test`: unit and documentation tests, the evaluation cases that must pass, recurrence rules beside other
//! implementations, then the product itself: what it costs, in workerd, and in a browser.
//!
//! Each runner's own output and closing lines are passed through as they are; this adds only a line per group. The
//! groups run even when one before failed, and the task fails when any did.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};

use crate::build::{DEPLOYED, LOCAL_WORKER, SUITE};
use crate::process::side_by_side;
use crate::progress::{cross, say, tick};
use crate::setup::{self, Toolbox, WRANGLER, WRANGLER_ENVIRONMENT};
use crate::workspace::Workspace;
use crate::{budget, build, eval, process, progress, rules, structure};

/// What to run.
#[derive(Args)]
pub struct Options {
    /// Run one group only
    #[arg(long, value_enum)]
    only: Option<Group>,
    /// How many random recurrence rules are compared with each other implementation
    #[arg(long, default_value = "500", value_parser = clap::value_parser!(u32).range(1..))]
    rules: u32,
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
    /// Random recurrence rules in other implementations: timeline/differential
    Rules,
    /// What operations cost, compared with bench/budget.json; and the tests of bench
    Budget,
    /// The built Worker in workerd: e2e/workerd
    Workerd,
    /// The built page in Chromium: e2e/browser
    Browser,
}

impl Group {
    const ALL: [Self; 6] = [Self::Unit, Self::Evals, Self::Rules, Self::Budget, Self::Workerd, Self::Browser];

    fn name(self) -> &'static str {
        match self {
            Self::Unit => "unit",
            Self::Evals => "evals",
            Self::Rules => "rules",
            Self::Budget => "budget",
            Self::Workerd => "workerd",
            Self::Browser => "browser",
        }
    }
}

/// The task. An error is a group that could not be run; the exit code says whether a test failed.
pub fn run(workspace: &Workspace, options: &Options) -> Result<ExitCode> {
    structure::check(workspace)?;
    let groups: Vec<Group> =
        Group::ALL.into_iter().filter(|group| options.only.is_none_or(|only| only == *group)).collect();
    let filter = options.filter.as_deref();
    // Built before any test runs: what does not compile should not be found out after minutes of testing.
    let starts_the_product =
        groups.iter().any(|group| matches!(group, Group::Budget | Group::Workerd | Group::Browser));
    let product = || if starts_the_product { prepare(workspace, &groups).map(Some) } else { Ok(None) };
    let native = || {
        if groups.iter().any(|group| matches!(group, Group::Unit | Group::Evals)) { compile(workspace) } else { Ok(()) }
    };
    let ((), toolbox) = side_by_side(native, product)?;
    let mut results = Vec::new();
    for group in groups {
        let passed = match (group, &toolbox) {
            (Group::Workerd | Group::Browser, Some(toolbox)) => end_to_end(workspace, toolbox, group, filter)?,
            (Group::Evals, _) => eval::check(workspace)?,
            (Group::Rules, toolbox) => rules::check(workspace, toolbox.as_ref(), options.rules)?,
            (Group::Budget, Some(toolbox)) => {
                let mut files = test_files(&workspace.path("bench/driver"))?;
                files.extend(test_files(&workspace.path("bench/driver/report"))?);
                budget::test_bench(workspace, toolbox, &files)? && budget::check(workspace, toolbox)?
            }
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
    let (toolbox, ()) = Toolbox::prepare_beside(workspace, |wasm| DEPLOYED.compile(workspace, wasm))?;
    let variants = match groups {
        [Group::Budget] => &[][..],
        groups if groups.contains(&Group::Workerd) => &[LOCAL_WORKER, SUITE],
        _ => &[LOCAL_WORKER],
    };
    let variants = || {
        variants.iter().try_for_each(|variant| {
            variant.compile(workspace, &toolbox.wasm)?;
            variant.finish(workspace, &toolbox)
        })
    };
    side_by_side(|| DEPLOYED.finish(workspace, &toolbox), variants)?;
    build::size::check(workspace)?;
    Ok(toolbox)
}

/// All tests of the workspace. Always in this form, because another choice of packages or targets gives dependencies other
/// features, and cargo then compiles them again. It also makes the program of the evaluations.
fn cargo_test(workspace: &Workspace) -> Command {
    let mut cargo = Command::new("cargo");
    cargo.args(["test", "--workspace", "--no-fail-fast"]).current_dir(workspace.root());
    cargo
}

fn compile(workspace: &Workspace) -> Result<()> {
    progress::step("Compiling tests", || process::run_quiet(cargo_test(workspace).args(["--no-run", "--quiet"])))
}

/// Rust's tests, documentation examples included.
fn unit(workspace: &Workspace, filter: Option<&str>) -> Result<bool> {
    Ok(process::status(cargo_test(workspace).args(filter))?.success())
}

/// Tests that start the product: files `e2e/<group>/*.test.mjs`, run by Node's own runner.
fn end_to_end(workspace: &Workspace, toolbox: &Toolbox, group: Group, filter: Option<&str>) -> Result<bool> {
    let folder = format!("e2e/{}", group.name());
    let files = test_files(&workspace.path(&folder))?;
    if files.is_empty() {
        say(&format!("· no tests in {folder}"));
        return Ok(true);
    }
    let mut node = runner(workspace, toolbox);
    if let Some(filter) = filter {
        node.arg("--test-name-pattern").arg(filter);
    }
    node.args(&files);
    if group == Group::Browser {
        let moment = moment(workspace, toolbox)?;
        say(&format!("· the browser tests begin at the moment {moment}; {MOMENT}={moment} repeats it"));
        node.env("FLUX_CHROMIUM", setup::browser::prepare(workspace)?).env(MOMENT, moment);
    }
    Ok(process::status(&mut node)?.success())
}

/// Node's test runner for files that start the product. The files are still to be named.
pub fn runner(workspace: &Workspace, toolbox: &Toolbox) -> Command {
    let mut node = toolbox.node.command();
    // One file at a time: each starts servers, and timing on a busy machine proves nothing. A file that leaves a server
    // or a browser open after a failure must not keep the run from ending.
    node.args(["--test", "--test-reporter=spec", "--test-concurrency=1", "--test-force-exit", TEST_LIMIT]);
    node.current_dir(workspace.root()).envs(WRANGLER_ENVIRONMENT);
    node.env("FLUX_ROOT", workspace.root()).env("FLUX_NODE", toolbox.node.program());
    node.env("FLUX_WRANGLER", toolbox.script(WRANGLER));
    node
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
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        options: Options,
    }

    #[test]
    fn the_number_of_rules_is_small_unless_told_otherwise() {
        let rules =
            |arguments: &[&str]| Cli::try_parse_from([&["test"], arguments].concat()).map(|cli| cli.options.rules);
        assert_eq!(rules(&[]).unwrap(), 500);
        assert_eq!(rules(&["--only", "rules", "--rules", "100000"]).unwrap(), 100_000);
        for wrong in ["0", "-1", "many"] {
            assert!(rules(&["--rules", wrong]).is_err(), "{wrong}");
        }
    }

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
