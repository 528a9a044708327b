//! `cargo xtask eval`: measures prompts and models. Everything after it goes to `evals run`, whose `--help` tells more.

use std::env;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};
use clap::Args;

use crate::process;
use crate::workspace::Workspace;

/// What the built-in interpreter is meant to pass, and what was recorded: what every change has to pass, as far as
/// `evals/thresholds.yaml` asks for.
const CHECKED: [&[&str]; 3] = [
    &["--model", "offline", "--tag", "offline"],
    &["--model", "replay:evals/recordings/formats.jsonl", "--suite", "formats"],
    &["--model", "replay:evals/recordings/qwen2.5-coder-1.5b.jsonl", "--tag", "recorded"],
];
const THRESHOLD: [&str; 2] = ["--threshold", "evals/thresholds.yaml"];

/// What to measure.
#[derive(Args)]
#[command(disable_help_flag = true)]
pub struct Options {
    /// As for `evals run`: --suite, --model, --prompt, --repeat, --jobs, --filter, --resume …
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

/// The task. The exit code is that of the harness: 1 where a threshold was missed, 130 where it was interrupted.
pub fn run(workspace: &Workspace, options: &Options) -> Result<ExitCode> {
    let mut cargo = Command::new("cargo");
    cargo.args(["run", "--quiet", "--package", "flux-evals", "--bin", "evals", "--", "run"]).args(&options.arguments);
    let status = process::status(cargo.current_dir(workspace.root()))?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}

/// Whether everything passes that must. For the program that was compiled with the tests: it lies beside this one.
pub fn check(workspace: &Workspace) -> Result<bool> {
    let program = env::current_exe().context("cannot tell where this program is")?.with_file_name("evals");
    for arguments in CHECKED {
        let mut evals = Command::new(&program);
        evals.arg("run").args(arguments).args(THRESHOLD).current_dir(workspace.root());
        if !process::status(&mut evals)?.success() {
            return Ok(false);
        }
    }
    Ok(true)
}
