//! Checks licences, sources and advisories of all dependencies with cargo-deny.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};
use clap::Args;

use crate::process;
use crate::progress::step;
use crate::workspace::Workspace;

/// The version that is installed.
const VERSION: &str = "0.20.2";

/// What is checked.
#[derive(Args)]
pub struct Options {
    /// Also look for known vulnerabilities, in a database that is downloaded from GitHub
    #[arg(long)]
    advisories: bool,
}

/// Checks by the rules of `deny.toml`.
pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let mut deny = Command::new(prepare(workspace)?);
    deny.current_dir(workspace.root()).args([
        "--locked",
        "check",
        "--hide-inclusion-graph",
        "licenses",
        "bans",
        "sources",
    ]);
    if options.advisories {
        deny.arg("advisories");
    }
    if !process::status(&mut deny)?.success() {
        bail!("a dependency breaks a rule of deny.toml");
    }
    Ok(())
}

/// Installs cargo-deny into the cache, unless it is there.
fn prepare(workspace: &Workspace) -> Result<PathBuf> {
    let root = workspace.cache().join(format!("cargo-deny-{VERSION}"));
    let program = root.join("bin/cargo-deny");
    if !program.exists() {
        let mut install = Command::new("cargo");
        install.args(["install", "--quiet", "--locked", "cargo-deny", "--version", VERSION, "--root"]).arg(&root);
        // It is compiled once, apart from the target folder of the workspace.
        install.env_remove("CARGO_TARGET_DIR").current_dir(workspace.cache());
        step(&format!("cargo-deny {VERSION}"), || process::run_quiet(&mut install))?;
    }
    Ok(program)
}
