//! The compiler for wasm32. There are two ways to get one, tried in this order:
//!
//! 1. The Rust toolchain in use, if it has the target's standard library or rustup can add it (2 s).
//! 2. Debian's Rust, where rustup is not installed or cannot reach its servers. Debian has no standard library for this target,
//!    so it is compiled here from Debian's sources (half a minute) and kept in the cache.
//!
//! `FLUX_RUST=system` skips the first way, to test the second. Native code is always compiled by the toolchain in use.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use super::debian_rust::DebianRust;
use super::{TARGET, find_program};
use crate::workspace::Workspace;
use crate::{process, progress};

/// Enough to fetch 20 MB on a slow line. Where its servers cannot be reached rustup usually says so at once, but on a network
/// that drops packets it keeps trying.
const RUSTUP_LIMIT: Duration = Duration::from_secs(180);

/// How large a function may be, in LLVM's measure, to be copied into its callers because it is marked `#[inline]`. By default 325, as
/// in code that has to be fast, even in crates that are compiled to be small. Where a crate is compiled to be fast (`opt-level = 3`) or
/// as small as possible (`"z"`) the limits are others, which stay as they are.
const INLINING: &str = "-Cllvm-args=-inlinehint-threshold=60";

/// A compiler that can build for wasm32.
pub enum WasmToolchain {
    /// The Rust toolchain in use.
    InUse,
    /// Debian's.
    Debian(DebianRust),
}

impl WasmToolchain {
    /// Finds, installs or builds what wasm32 needs.
    pub fn prepare(workspace: &Workspace) -> Result<Self> {
        if env::var("FLUX_RUST").as_deref() != Ok("system") {
            if has_target() {
                progress::skipped("Rust for wasm32", "your toolchain");
                return Ok(Self::InUse);
            }
            // Before rustup, which may take minutes to fail.
            if let Some(debian) = DebianRust::find(workspace) {
                progress::skipped("Rust for wasm32", "Debian's");
                return Ok(Self::Debian(debian));
            }
            if add_target(workspace) {
                return Ok(Self::InUse);
            }
        }
        DebianRust::prepare(workspace).map(Self::Debian).with_context(|| {
            format!("your Rust toolchain cannot compile for {TARGET}, `rustup target add {TARGET}` failed, and so did Debian's Rust")
        })
    }

    /// `cargo <verb>` with this compiler, the output folder of wasm builds, and these flags for rustc besides those of all wasm builds.
    pub fn cargo(&self, workspace: &Workspace, verb: &str, more_flags: &[&str]) -> Command {
        let mut flags: Vec<String> = remap_flag().into_iter().collect();
        flags.push(INLINING.to_owned());
        flags.extend(more_flags.iter().map(|flag| (*flag).to_owned()));
        let mut cargo = match self {
            Self::InUse => {
                let mut cargo = Command::new("cargo");
                cargo.arg(verb);
                cargo
            }
            Self::Debian(rust) => {
                flags.push(rust.sysroot_flag());
                rust.cargo(verb)
            }
        };
        cargo.current_dir(workspace.root()).env("CARGO_TARGET_DIR", workspace.wasm_target());
        // This variable is split at U+001F and not at spaces, which paths may have.
        cargo.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"));
        cargo
    }
}

/// Keeps the person's folders out of the panic messages of what is deployed, and makes them the same for everyone.
fn remap_flag() -> Option<String> {
    let home = env::var("CARGO_HOME").or_else(|_| env::var("HOME").map(|home| format!("{home}/.cargo"))).ok()?;
    Some(format!("--remap-path-prefix={home}=cargo"))
}

/// Whether the toolchain in use has a standard library for the target.
fn has_target() -> bool {
    let folder = process::answer(Command::new("rustc").args(["--print", "target-libdir", "--target", TARGET]));
    folder.is_some_and(|folder| has_std(Path::new(&folder)))
}

/// Whether the folder holds a compiled standard library: rustc names a folder for every target it knows.
fn has_std(libraries: &Path) -> bool {
    let Ok(files) = fs::read_dir(libraries) else { return false };
    files.flatten().any(|file| file.file_name().to_string_lossy().starts_with("libstd-"))
}

/// Lets rustup add the target to the toolchain of this folder, which `rust-toolchain.toml` names.
fn add_target(workspace: &Workspace) -> bool {
    if find_program("rustup").is_none() {
        return false;
    }
    let mut rustup = Command::new("rustup");
    rustup.args(["target", "add", TARGET]).current_dir(workspace.root());
    let log = workspace.logs().join("rustup.log");
    let added =
        progress::step("Rust for wasm32, by rustup", || process::run_logged_within(&mut rustup, &log, RUSTUP_LIMIT));
    added.is_ok() && has_target()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_library_folder_without_std_does_not_count() {
        let folder = env::temp_dir().join(format!("flux-xtask-std-{}", std::process::id()));
        assert!(!has_std(&folder));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("libcore-1.rlib"), "").unwrap();
        assert!(!has_std(&folder));
        fs::write(folder.join("libstd-1.rlib"), "").unwrap();
        assert!(has_std(&folder));
        fs::remove_dir_all(folder).unwrap();
    }
}
