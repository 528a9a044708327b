//! The gate that no noise can break: what operations take, in numbers that are the same each time.
//!
//! | kind | what is counted |
//! | --- | --- |
//! | `statements`, `rowsRead`, `rowsWritten` | SQL of the deployed Worker in workerd, as it is billed (`bench/driver/counts.mjs`) |
//! | `characters` | prompts, on average over ten turns (`bench/driver/scenarios/turns.mjs`) |
//! | `bytes` | gzipped sizes of Worker and client |
//! | `instructions` | the native programs of `bench/src`, counted by callgrind |
//!
//! The committed figures are in `bench/budget.json`; none may be more than [`figures::TOLERANCE_PERCENT`] higher.

mod figures;
mod instructions;

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::build::size;
use crate::process;
use crate::progress::{cross, say, step, tick};
use crate::setup::{Toolbox, WRANGLER_ENVIRONMENT};
use crate::workspace::Workspace;
use figures::{Budget, Figures};

/// The variable that makes the measured figures the committed ones. It says why any of them is higher.
const UPDATE: &str = "UPDATE_BUDGET";

/// Counts, and compares with the committed figures. `false` says that one is too high, after telling which.
///
/// # Errors
/// If something cannot be counted.
pub fn check(workspace: &Workspace, toolbox: &Toolbox) -> Result<bool> {
    if env::consts::OS != "linux" {
        say("· what operations cost is counted on Linux only");
        return Ok(true);
    }
    let mut measured = Figures::default();
    let (counts, prompt) = step("Counting statements and rows", || count(workspace, toolbox))?;
    for (kind, field) in [("statements", "statements"), ("rowsRead", "read"), ("rowsWritten", "written")] {
        measured
            .insert(kind, counts.iter().map(|(name, count)| (name.clone(), count[field].as_u64().unwrap_or_default())));
    }
    measured.insert("characters", [("prompt".to_owned(), prompt)]);
    measured.insert("bytes", size::weights(workspace)?);
    let toolchain = instructions::toolchain()?;
    measured.insert("instructions", step("Counting instructions", || instructions::count(workspace))?);
    let budget = Budget::read(workspace)?;
    match env::var(UPDATE).ok().filter(|reason| !reason.is_empty()) {
        Some(reason) => update(workspace, budget, measured, toolchain, &reason),
        None => Ok(compare(&budget, &measured, &toolchain, &counts)),
    }
}

/// The operations by name, each as `bench/driver/counts.mjs` describes it, and the characters of a prompt.
fn count(workspace: &Workspace, toolbox: &Toolbox) -> Result<(BTreeMap<String, Value>, u64)> {
    let mut node = toolbox.node.command();
    node.arg("bench/driver/count.mjs").arg(workspace.root()).current_dir(workspace.root());
    node.envs(WRANGLER_ENVIRONMENT).env("WRANGLER_LOG", "error").stderr(Stdio::inherit());
    let output = node.stdin(Stdio::null()).output().context("cannot start Node")?;
    if !output.status.success() {
        bail!("bench/driver/count.mjs failed ({})", output.status);
    }
    let all: Value = serde_json::from_slice(&output.stdout).context("bench/driver/count.mjs did not write JSON")?;
    let operations = all["operations"].as_object().cloned().unwrap_or_default();
    Ok((operations.into_iter().collect(), all["prompt"].as_u64().unwrap_or_default()))
}

fn update(workspace: &Workspace, budget: Budget, measured: Figures, toolchain: String, reason: &str) -> Result<bool> {
    let mut higher = budget.raised(&measured, &toolchain);
    higher.retain(|figure| figure.from.is_some());
    if reason == "1" && !higher.is_empty() {
        bail!(
            "{UPDATE}=1 is enough only if nothing is higher. Say why this is worth it, {UPDATE}=\"…\":\n  {}",
            higher.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n  ")
        );
    }
    budget.replaced(measured, toolchain, &higher, reason).write(workspace)?;
    say(&format!("{} bench/budget.json has the figures of now; {} are higher than before", tick(), higher.len()));
    Ok(true)
}

fn compare(budget: &Budget, measured: &Figures, toolchain: &str, counts: &BTreeMap<String, Value>) -> bool {
    if let Some(other) = budget.other_toolchain(toolchain) {
        say(&format!(
            "· sizes and instructions are not compared: they were counted with {other}, and this is {toolchain}"
        ));
    }
    let raised = budget.raised(measured, toolchain);
    let lower = budget.lowered(measured, toolchain);
    if !lower.is_empty() {
        say(&format!(
            "· lower than committed ({UPDATE}=1 cargo xtask test --only budget keeps it): {}",
            lower.join(", ")
        ));
    }
    if raised.is_empty() {
        say(&format!("{} no figure of bench/budget.json is exceeded", tick()));
        return true;
    }
    for figure in &raised {
        say(&format!("{} {figure}", cross()));
    }
    let operations: BTreeSet<&str> =
        raised.iter().filter(|figure| figure.from.is_some()).map(|figure| figure.name.as_str()).collect();
    for (name, count) in operations.into_iter().filter_map(|name| Some((name, counts.get(name)?))) {
        say(&format!("Statements of “{name}”:\n{}", statements(count)));
    }
    say(&format!(
        "To accept this, say why it is worth it: {UPDATE}=\"…\" cargo xtask test --only budget\n\
         The reason is kept in bench/budget.json. See bench/README.md."
    ));
    false
}

/// The most of a statement that is shown, in characters.
const SHOWN: usize = 160;

/// The statements of an operation, with how often each ran and the rows that it read and wrote.
fn statements(count: &Value) -> String {
    let lines = count["lines"].as_object();
    lines.into_iter().flatten().fold(String::from("    times  read written"), |mut text, (statement, line)| {
        let number = |field: &str| line[field].as_u64().unwrap_or_default();
        let statement: String = statement.chars().take(SHOWN).collect();
        let _ =
            write!(text, "\n    {:>5} {:>5} {:>7}  {statement}", number("times"), number("read"), number("written"));
        text
    })
}

/// The bench's own tests.
///
/// # Errors
/// If Node cannot be started.
pub fn test_bench(workspace: &Workspace, toolbox: &Toolbox, files: &[PathBuf]) -> Result<bool> {
    let mut node = toolbox.node.command();
    node.args(["--test", "--test-reporter=spec"]).args(files).current_dir(workspace.root());
    Ok(process::status(&mut node)?.success())
}
