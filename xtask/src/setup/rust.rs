//! The compiler for wasm32: the person's own where it has a standard library for that target, or can get one from
//! rustup; else Debian's, with a standard library that is built here.
//!
//! Native code is always compiled by the person's own toolchain.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::debian::{self, command_line};
use super::{find_program, lead_path, system_rust};
use crate::version::{Version, minimum_rust};
use crate::workspace::Workspace;
use crate::{process, progress};

/// The target of Worker and client.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// Enough to fetch 20 MB on a slow line. Where rustup's server cannot be reached it mostly says so at once, but a network
/// that drops packets would keep it trying.
const RUSTUP_LIMIT: Duration = Duration::from_secs(180);

/// A compiler that can build for wasm32.
pub struct WasmToolchain {
    /// The folder with its programs and libraries; `None` for the person's own.
    folder: Option<PathBuf>,
}

impl WasmToolchain {
    /// Finds, installs or builds what wasm32 needs.
    pub fn prepare(workspace: &Workspace) -> Result<Self> {
        // A way to test, on a machine that has rustup, what happens on one that has not.
        let own_allowed = env::var("FLUX_RUST").as_deref() != Ok("system");
        if own_allowed && own_has_target() {
            progress::skipped("wasm std", "your Rust toolchain");
            return Ok(Self { folder: None });
        }
        let minimum = minimum_rust(&workspace.read("Cargo.toml")?).unwrap_or(Version::new(1, 0, 0));
        if let Some(system) = system_rust::find(minimum)
            && let Some(folder) = system.built(workspace)?
        {
            progress::skipped(&format!("wasm std {}", system.version), "cached");
            return Ok(Self { folder: Some(folder) });
        }
        if own_allowed && add_by_rustup(workspace) {
            return Ok(Self { folder: None });
        }
        if !debian::is_here() {
            bail!("your Rust toolchain has no standard library for {TARGET}. Run\n\n  rustup target add {TARGET}\n");
        }
        Self::from_debian(workspace, minimum).with_context(|| {
            format!(
                "could not set up a compiler for {TARGET}; `rustup target add {TARGET}` would do, if it can be reached"
            )
        })
    }

    fn from_debian(workspace: &Workspace, minimum: Version) -> Result<Self> {
        let system = match system_rust::find(minimum) {
            Some(system) => system,
            None => {
                let packages = &system_rust::PACKAGES;
                progress::step("Debian's Rust", || debian::install(workspace, packages))?;
                system_rust::find(minimum).with_context(|| {
                    format!("Debian's Rust is older than {minimum} or incomplete after {}", command_line(packages))
                })?
            }
        };
        let label = format!("wasm std {}", system.version);
        let folder = progress::step(&label, || system.build(workspace))?;
        Ok(Self { folder: Some(folder) })
    }

    /// `cargo <verb>` with this compiler and the output folder of wasm builds.
    pub fn cargo(&self, workspace: &Workspace, verb: &str) -> Command {
        let mut command = match (&self.folder, verb) {
            // cargo would look for its subcommand in the person's own cargo folder first, and find that of rustup.
            (Some(_), "clippy") => Command::new(system_rust::CARGO_CLIPPY),
            _ => Command::new("cargo"),
        };
        command.arg(verb).current_dir(workspace.root());
        self.lead(workspace, &mut command);
        command
    }

    /// Makes `command`, something that starts cargo, use this compiler.
    pub fn lead(&self, workspace: &Workspace, command: &mut Command) {
        command.env("CARGO_TARGET_DIR", workspace.wasm_target());
        if let Some(flags) = remap_flags() {
            command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", flags);
        }
        let Some(folder) = &self.folder else { return };
        let programs = folder.join("bin");
        lead_path(command, &programs);
        command.env("CARGO", programs.join("cargo")).env("RUSTC", programs.join("rustc"));
        // clippy-driver asks no rustc where the libraries are.
        command.env("SYSROOT", folder);
        // Both were set for the other toolchain, by rustup and by `cargo run`.
        command.env_remove("RUSTUP_TOOLCHAIN").env_remove("LD_LIBRARY_PATH");
    }

    /// Installs what clippy needs where it does not come with the compiler.
    pub fn prepare_clippy(&self, workspace: &Workspace) -> Result<()> {
        if self.folder.is_none() || Path::new(system_rust::CARGO_CLIPPY).is_file() {
            return Ok(());
        }
        progress::step("Debian's clippy", || debian::install(workspace, &["rust-web-clippy"]))
    }
}

/// Keeps the person's folders out of the panic messages of what is deployed, and makes them the same for everyone.
fn remap_flags() -> Option<String> {
    let home = env::var("CARGO_HOME").or_else(|_| env::var("HOME").map(|home| format!("{home}/.cargo"))).ok()?;
    // The variable is split at blanks.
    (!home.contains(char::is_whitespace)).then(|| format!("--remap-path-prefix={home}=cargo"))
}

fn own_has_target() -> bool {
    let libraries = process::answer(Command::new("rustc").args(["--print", "target-libdir", "--target", TARGET]));
    libraries.is_some_and(|folder| has_std(Path::new(&folder)))
}

/// Whether the folder holds a compiled standard library: rustc names a folder for every target it knows.
fn has_std(libraries: &Path) -> bool {
    let Ok(files) = fs::read_dir(libraries) else { return false };
    files.flatten().any(|file| file.file_name().to_string_lossy().starts_with("libstd-"))
}

fn add_by_rustup(workspace: &Workspace) -> bool {
    if find_program("rustup").is_none() {
        return false;
    }
    let mut rustup = Command::new("rustup");
    rustup.args(["target", "add", TARGET]);
    let log = workspace.logs().join("rustup.log");
    let added = progress::step("wasm std by rustup", || process::run_logged_within(&mut rustup, &log, RUSTUP_LIMIT));
    added.is_ok() && own_has_target()
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
