//! `cargo xtask lint`: the structure of the workspace, format, and lints for both platforms that the code runs on.

use std::process::Command;

use anyhow::Result;

use crate::process::side_by_side;
use crate::setup::TARGET;
use crate::setup::rust::WasmToolchain;
use crate::workspace::Workspace;
use crate::{build, process, progress, structure};

/// What makes a warning an error.
const DENY: [&str; 3] = ["--", "-D", "warnings"];

/// The task.
pub fn run(workspace: &Workspace) -> Result<()> {
    progress::step("Structure", || structure::check(workspace))?;
    let cargo = |arguments: &[&str]| {
        let mut cargo = Command::new("cargo");
        cargo.args(arguments).current_dir(workspace.root());
        cargo
    };
    progress::step("Format", || process::run(&mut cargo(&["fmt", "--all", "--check"])))?;
    let toolchain = WasmToolchain::prepare(workspace)?;
    let native = || {
        let mut clippy = cargo(&["clippy", "--quiet", "--workspace", "--all-targets"]);
        progress::step("Lints, native", || process::run_quiet(clippy.args(DENY)))
    };
    let wasm = || {
        // What is deployed has no features; the tests have all.
        ["--no-default-features", "--all-features"].iter().try_for_each(|features| {
            let mut clippy = toolchain.cargo(workspace, "clippy", &[]);
            // In the profile of the build, so that macros and build scripts are compiled once for both.
            clippy.args(["--quiet", features, "--profile", build::PROFILE, "--target", TARGET]);
            clippy.args(build::PACKAGES.iter().flat_map(|package| ["--package", package]));
            let label = format!("Lints, wasm32 {features}");
            progress::step(&label, || process::run_quiet(clippy.args(DENY).envs(build::ENVIRONMENT)))
        })
    };
    side_by_side(native, wasm).map(drop)
}
