//! The program that makes bindings (`xtask/bindings`), compiled once for each version of it.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use super::whole_folder;
use crate::build::stamp::short_hash;
use crate::workspace::Workspace;
use crate::{process, progress};

const FOLDER: &str = "xtask/bindings";
const NAME: &str = "flux-bindings";

/// Names a version of the program after its sources.
pub fn version(workspace: &Workspace) -> Result<String> {
    let read = |file| workspace.read(&format!("{FOLDER}/{file}"));
    let sources = [read("Cargo.lock")?, read("Cargo.toml")?, read("src/main.rs")?].concat();
    Ok(format!("bindings-{}", short_hash(sources.as_bytes())))
}

/// Finds or builds the program.
pub fn prepare(workspace: &Workspace) -> Result<PathBuf> {
    let folder = workspace.cache().join(version(workspace)?);
    let program = folder.join(NAME);
    if program.is_file() {
        progress::skipped("Tool for bindings", "cached");
        return Ok(program);
    }
    progress::step("Tool for bindings", || {
        let target = workspace.path("target/bindings");
        let mut cargo = Command::new("cargo");
        cargo.args(["build", "--release", "--locked"]).current_dir(workspace.path(FOLDER));
        // Flags that the caller set for the crates of the main workspace do not apply here.
        cargo.env("CARGO_TARGET_DIR", &target).env_remove("RUSTFLAGS");
        process::run_logged(&mut cargo, &workspace.logs().join("bindings.log"))?;
        whole_folder(&folder, |draft| {
            let built = target.join("release").join(NAME);
            fs::copy(&built, draft.join(NAME)).with_context(|| format!("cannot copy {}", built.display()))?;
            Ok(())
        })
    })?;
    Ok(program)
}
