//! A Chromium for the end-to-end tests. Nothing else needs one.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use super::{debian, find_program};
use crate::progress;
use crate::workspace::Workspace;

/// Names under which Chromium and its children are installed.
const NAMES: [&str; 5] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/// Where macOS keeps it.
const APPLICATION: &str = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

/// Finds or installs a Chromium.
pub fn prepare(workspace: &Workspace) -> Result<PathBuf> {
    if let Some(chosen) = env::var_os("CHROMIUM").filter(|value| !value.is_empty()).map(PathBuf::from) {
        if !chosen.is_file() {
            bail!("CHROMIUM names {}, which is not there", chosen.display());
        }
        progress::skipped("Chromium", "yours, by CHROMIUM");
        return Ok(chosen);
    }
    if let Some(found) = find() {
        progress::skipped("Chromium", "installed");
        return Ok(found);
    }
    if debian::is_here() {
        progress::step("Chromium", || debian::install(workspace, &["chromium"]))?;
    }
    find().ok_or_else(|| {
        anyhow::anyhow!(
            "no Chromium was found for the browser tests. Install Chromium or Chrome, or name one in CHROMIUM"
        )
    })
}

fn find() -> Option<PathBuf> {
    NAMES.into_iter().find_map(find_program).or_else(|| {
        let application = Path::new(APPLICATION);
        application.is_file().then(|| application.to_owned())
    })
}
