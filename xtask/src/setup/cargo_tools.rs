//! Tools from crates.io, built once per version into the cache.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::whole_folder;
use crate::version::locked;
use crate::workspace::Workspace;
use crate::{process, progress};

/// The release of worker-build that fits the `worker` crate in use: they are published together.
const WORKER_BUILD: &str = "0.8.7";

/// The release of wasm-split. It knows nothing of Dioxus, with which it is published.
const WASM_SPLIT: &str = "0.7.10";

/// A program that `cargo install` builds.
struct Tool<'a> {
    name: &'a str,
    package: &'a str,
    version: &'a str,
    /// How well it is compiled. These run for a second at most, so compile time counts for more than theirs.
    opt_level: &'a str,
    flags: &'a [&'a str],
    /// What building it needs besides Rust, said when that fails.
    needs: &'a str,
}

/// wasm-bindgen's command. It works only on output of the library's very version, so that of `Cargo.lock` is taken.
pub fn wasm_bindgen(workspace: &Workspace) -> Result<PathBuf> {
    let lock = workspace.read("Cargo.lock")?;
    let version = locked(&lock, "wasm-bindgen").context("wasm-bindgen is not in Cargo.lock")?;
    Tool {
        name: "wasm-bindgen",
        package: "wasm-bindgen-cli",
        version,
        // Without, it takes four times as long for a module of 3 MB, at each build.
        opt_level: "1",
        // TLS is for its test runner, which drives browsers; nothing here does.
        flags: &["--no-default-features"],
        needs: "a C compiler",
    }
    .prepare(workspace)
}

/// wasm-split's command, which takes the client apart.
pub fn wasm_split(workspace: &Workspace) -> Result<PathBuf> {
    Tool {
        name: "wasm-split-cli",
        package: "wasm-split-cli",
        version: WASM_SPLIT,
        opt_level: "1",
        flags: &[],
        needs: "nothing but Rust",
    }
    .prepare(workspace)
}

/// worker-build: wraps a wasm module so that workerd can run it, with panics that do not end the Worker for good.
pub fn worker_build(workspace: &Workspace) -> Result<PathBuf> {
    Tool {
        name: "worker-build",
        package: "worker-build",
        version: WORKER_BUILD,
        // It only calls others.
        opt_level: "0",
        flags: &[],
        needs: "a C compiler and OpenSSL (on Debian: apt-get install -y gcc pkg-config libssl-dev)",
    }
    .prepare(workspace)
}

impl Tool<'_> {
    fn prepare(&self, workspace: &Workspace) -> Result<PathBuf> {
        let label = format!("{} {}", self.name, self.version);
        let folder = workspace.cache().join(format!("{}-{}", self.name, self.version));
        let program = folder.join("bin").join(self.name);
        if program.is_file() {
            progress::skipped(&label, "cached");
            return Ok(program);
        }
        progress::step(&label, || {
            whole_folder(&folder, |draft| {
                let locked = self.install(workspace, draft, true);
                // A published lock file may name what has been withdrawn since, or what this cargo cannot resolve.
                locked
                    .or_else(|_| self.install(workspace, draft, false))
                    .with_context(|| format!("could not build {}, which needs {}", self.name, self.needs))
            })
        })?;
        Ok(program)
    }

    fn install(&self, workspace: &Workspace, root: &Path, locked: bool) -> Result<()> {
        let mut install = Command::new("cargo");
        install.args(["install", self.package, "--version", self.version, "--bin", self.name, "--root"]).arg(root);
        install.args(self.flags).args(locked.then_some("--locked"));
        install.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", self.opt_level).env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
        // Set for the crates of this workspace by who calls us, and no business of these.
        install.env_remove("CARGO_TARGET_DIR").env_remove("RUSTFLAGS");
        process::run_logged(&mut install, &workspace.logs().join(format!("{}.log", self.name)))
    }
}
