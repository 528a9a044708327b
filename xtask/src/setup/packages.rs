//! The npm packages of the root `package.json`: wrangler, esbuild, binaryen, what the end-to-end tests drive, and other
//! implementations of recurrence rules.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::find_program;
use super::node::Node;
use crate::build::stamp::Stamp;
use crate::workspace::Workspace;
use crate::{process, progress};

/// Installs the packages where `package.json` or its lock file changed; gives the folder they are in.
pub fn prepare(workspace: &Workspace, node: &Node) -> Result<PathBuf> {
    let modules = workspace.path("node_modules");
    let lock = workspace.path("package-lock.json");
    // Its text, to put it back; none before the first lock file is made.
    let locked = fs::read_to_string(&lock).ok();
    let key = Stamp::key([workspace.read("package.json")?.as_str(), locked.as_deref().unwrap_or_default()]);
    let stamp = Stamp::at(modules.join(".flux-stamp"));
    if stamp.matches(&key) {
        progress::skipped("npm packages", "unchanged");
        return Ok(modules);
    }
    let Some(npm) = find_program("npm") else {
        bail!("npm was not found. It comes with Node: https://nodejs.org/en/download");
    };
    let npm = |verb: &str| {
        let mut command = Command::new(&npm);
        // npm picks versions by the `engines` of packages: an old Node would get an old wrangler.
        node.lead(&mut command);
        command.args([verb, "--no-audit", "--no-fund"]).current_dir(workspace.root());
        let log = workspace.logs().join(format!("npm-{verb}.log"));
        process::run_logged(&mut command, &log)
    };
    progress::step("npm packages", || {
        if locked.is_some() && npm("ci").is_ok() {
            return Ok(());
        }
        // `npm ci` wants the lock file to name the packages of every platform, also of those it will not install. A
        // lock file made against a registry that carries only some platforms lacks them, and `npm ci` then refuses
        // at once. `npm install` takes the locked versions all the same.
        npm("install")?;
        // It also writes what it would have liked to find. Set-up changes no file that is under version control; who
        // wants a new lock file runs `npm install` by hand.
        match &locked {
            Some(text) => fs::write(&lock, text).with_context(|| format!("cannot restore {}", lock.display())),
            None => Ok(()),
        }
    })?;
    stamp.write(&key)?;
    Ok(modules)
}
