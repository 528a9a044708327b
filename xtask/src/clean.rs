//! `cargo xtask clean`: back to what a checkout is, but for the tools in the cache.

use anyhow::Result;

use crate::progress;
use crate::setup::remove_folder;
use crate::workspace::Workspace;

/// Build output and local data. `target/` goes last, with this program in it.
const FOLDERS: [&str; 10] = [
    "agent/build",
    "agent/build-local",
    "agent/build-suite",
    "dist",
    "dist-local",
    "target-wasm",
    ".flux",
    ".wrangler",
    "node_modules",
    "target",
];

/// The task.
pub fn run(workspace: &Workspace) -> Result<()> {
    for folder in FOLDERS {
        let path = workspace.path(folder);
        if path.is_dir() {
            progress::step(&format!("removing {folder}"), || remove_folder(&path))?;
        }
    }
    progress::say(&format!("Kept: tools in {}, and .dev.vars", workspace.cache().display()));
    Ok(())
}
