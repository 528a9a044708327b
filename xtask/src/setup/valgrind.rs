//! Valgrind, which counts instructions. Only the gate of bench/budget.json needs it.

use std::path::PathBuf;

use anyhow::{Result, anyhow};

use super::{debian, find_program};
use crate::progress;
use crate::workspace::Workspace;

/// Finds or installs Valgrind, with the symbols of the C library, which it needs on Debian.
pub fn prepare(workspace: &Workspace) -> Result<PathBuf> {
    if let Some(found) = find_program("valgrind") {
        return Ok(found);
    }
    if debian::is_here() {
        progress::step("Valgrind", || debian::install(workspace, &["valgrind", "libc6-dbg"]))?;
    }
    find_program("valgrind").ok_or_else(|| anyhow!("Valgrind is missing, which counts instructions. Install valgrind"))
}
