//! `cargo xtask lint`: the structure of the workspace, format, and lints for both platforms that the code runs on.

use std::process::Command;

use anyhow::Result;
use clap::Args;

use crate::build::PROFILE;
use crate::setup::rust::{TARGET, WasmToolchain};
use crate::workspace::Workspace;
use crate::{build, process, progress, structure};

/// What to look at.
#[derive(Args, Clone, Copy)]
pub struct Options {
    /// Only what is compiled to wasm32
    #[arg(long)]
    wasm_only: bool,
}

/// The task.
pub fn run(workspace: &Workspace, options: Options) -> Result<()> {
    progress::step("Structure", || structure::check(workspace))?;
    if !options.wasm_only {
        let cargo =
            |arguments: &[&str]| process::run(Command::new("cargo").args(arguments).current_dir(workspace.root()));
        progress::step("Format", || cargo(&["fmt", "--all", "--check"]))?;
        progress::step("Lints, native", || {
            cargo(&["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"])
        })?;
    }
    let toolchain = WasmToolchain::prepare(workspace)?;
    toolchain.prepare_clippy(workspace)?;
    for package in build::WASM_PACKAGES {
        // What is deployed has no features; the tests have all.
        for features in ["--no-default-features", "--all-features"] {
            progress::step(&format!("Lints, wasm32, {package} {features}"), || {
                let mut clippy = toolchain.cargo(workspace, "clippy");
                // In the profile of the build, so that macros and build scripts are compiled once for both.
                clippy.args(["--quiet", features, "--profile", PROFILE, "--target", TARGET, "--package", package]);
                process::run(clippy.args(["--", "-D", "warnings"]).envs(build::BINDINGS))
            })?;
        }
    }
    Ok(())
}
