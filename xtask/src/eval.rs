//! `cargo xtask eval`: measures prompts and models. Everything after it goes to `evals run`, whose `--help` tells more.

use std::process::{Command, ExitCode};

use anyhow::Result;
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
    let status = process::status(evals(workspace).arg("run").args(&options.arguments))?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}

/// Whether everything passes that must.
pub fn check(workspace: &Workspace) -> Result<bool> {
    for arguments in CHECKED {
        if !process::status(evals(workspace).arg("run").args(arguments).args(THRESHOLD))?.success() {
            return Ok(false);
        }
    }
    Ok(true)
}

fn evals(workspace: &Workspace) -> Command {
    let mut cargo = Command::new("cargo");
    cargo.args(["run", "--quiet", "--package", "flux-evals", "--bin", "evals", "--"]).current_dir(workspace.root());
    cargo
}
