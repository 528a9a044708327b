//! Debian's Rust, with a standard library for wasm32 compiled from its sources.
//!
//! The library goes into a folder of the cache, which the compiler is given as its *sysroot* for that target. Nothing is
//! written under `/usr` but by apt.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::TARGET;
use super::{debian, whole_folder};
use crate::version::{Version, minimum_rust};
use crate::workspace::Workspace;
use crate::{process, progress};

/// Debian has a recent Rust under these names, because its browsers need one.
const PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "rust-web-clippy"];

const RUSTC: &str = "/usr/bin/rustc";
const CARGO: &str = "/usr/bin/cargo";
const CARGO_CLIPPY: &str = "/usr/bin/cargo-clippy";
const SOURCES: &str = "/usr/lib/rustlib/src/rust/library/std/Cargo.toml";

/// Compiling this crate compiles the standard library.
const EMPTY_CRATE: &str = "[package]\nname = \"empty\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n";

/// Debian's Rust, ready for wasm32.
pub struct DebianRust {
    sysroot: PathBuf,
    linker: PathBuf,
}

/// What `rustc -vV` tells.
#[derive(Debug, PartialEq, Eq)]
struct Compiler {
    version: Version,
    /// The first digits of the commit it was made from. Libraries work only with the compiler that made them.
    commit: String,
    /// The major version of its LLVM.
    llvm: String,
}

impl DebianRust {
    /// What an earlier [`prepare`](Self::prepare) has left, if all of it is there.
    pub fn find(workspace: &Workspace) -> Option<Self> {
        let found = Self::of(workspace, &Compiler::installed()?);
        (found.sysroot.is_dir() && found.linker.is_file()).then_some(found)
    }

    /// Installs the packages and compiles the standard library, as far as they are missing.
    pub fn prepare(workspace: &Workspace) -> Result<Self> {
        if Compiler::installed().is_none() {
            progress::step("Debian's Rust", || debian::install(workspace, &PACKAGES))?;
        }
        let compiler = Compiler::installed().with_context(|| format!("{PACKAGES:?} are installed but incomplete"))?;
        let minimum = minimum_rust(&workspace.read("Cargo.toml")?).context("Cargo.toml has no rust-version")?;
        if compiler.version < minimum {
            bail!("{RUSTC} is {}, and {minimum} or newer is needed", compiler.version);
        }
        let rust = Self::of(workspace, &compiler);
        if !rust.linker.is_file() {
            let package = format!("lld-{}", compiler.llvm);
            progress::step("LLVM's linker", || debian::install(workspace, &[&package]))?;
        }
        if !rust.sysroot.is_dir() {
            let label = format!("Standard library of Rust {} for wasm32", compiler.version);
            progress::step(&label, || whole_folder(&rust.sysroot, |draft| compile_std(workspace, draft)))?;
        }
        Ok(rust)
    }

    fn of(workspace: &Workspace, compiler: &Compiler) -> Self {
        Self {
            sysroot: workspace.cache().join(format!("rust-std-{}-{}", compiler.version, compiler.commit)),
            // Debian's Rust comes without a linker for wasm. LLVM's of the same version reads all that it writes.
            linker: PathBuf::from(format!("/usr/bin/wasm-ld-{}", compiler.llvm)),
        }
    }

    /// `cargo <verb>` of Debian's.
    pub fn cargo(&self, verb: &str) -> Command {
        // cargo looks for subcommands in the person's own cargo folder first, and would find the clippy of rustup there.
        let mut cargo = Command::new(if verb == "clippy" { CARGO_CLIPPY } else { CARGO });
        clean(&mut cargo).arg(verb).env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", &self.linker);
        cargo
    }

    /// The flags with which the compiler finds the standard library.
    pub fn sysroot_flag(&self) -> String {
        format!("--sysroot={}", self.sysroot.display())
    }
}

impl Compiler {
    /// Debian's, if it is there with all that is needed of it.
    fn installed() -> Option<Self> {
        if ![RUSTC, CARGO, CARGO_CLIPPY, SOURCES].iter().all(|file| Path::new(file).is_file()) {
            return None;
        }
        Self::parse(&process::answer(clean(&mut Command::new(RUSTC)).arg("-vV"))?)
    }

    fn parse(description: &str) -> Option<Self> {
        let field = |name: &str| description.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        Some(Self {
            version: Version::find(field("release:")?)?,
            commit: field("commit-hash:")?.chars().take(9).collect(),
            llvm: field("LLVM version:")?.split('.').next()?.to_owned(),
        })
    }
}

/// Replaces what rustup and `cargo run` have set for the other toolchain.
fn clean(command: &mut Command) -> &mut Command {
    command.env("CARGO", CARGO).env("RUSTC", RUSTC).env_remove("RUSTUP_TOOLCHAIN").env_remove("LD_LIBRARY_PATH")
}

fn compile_std(workspace: &Workspace, sysroot: &Path) -> Result<()> {
    let folder = sysroot.join("build");
    fs::create_dir_all(folder.join("src")).context("cannot create the build folder")?;
    fs::write(folder.join("Cargo.toml"), EMPTY_CRATE).context("cannot write the build folder")?;
    fs::write(folder.join("src/lib.rs"), "#![no_std]\n").context("cannot write the build folder")?;
    let mut build = Command::new(CARGO);
    clean(&mut build).args(["build", "--release", "--target", TARGET, "-Zbuild-std=std,panic_abort"]);
    build.current_dir(&folder).env("CARGO_TARGET_DIR", folder.join("target"));
    // Building std is an unstable feature of cargo. With this variable a stable compiler allows it.
    build.env("RUSTC_BOOTSTRAP", "1");
    // Link-time optimisation needs the bitcode of every library, which cargo leaves out where LTO is off.
    build.env("CARGO_ENCODED_RUSTFLAGS", "-Cembed-bitcode=yes");
    process::run_logged(&mut build, &workspace.logs().join("wasm-std.log"))?;
    let built = folder.join("target").join(TARGET).join("release/deps");
    copy_libraries(&built, &sysroot.join("lib/rustlib").join(TARGET).join("lib"))?;
    fs::remove_dir_all(&folder).context("cannot remove the build folder")
}

fn copy_libraries(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("cannot create {}", to.display()))?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let path = entry.context("cannot read a folder")?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        if name.ends_with(".rlib") && !name.starts_with("libempty") {
            fs::copy(&path, to.join(name)).with_context(|| format!("cannot copy {}", path.display()))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_compiler_says_about_itself() {
        let description = "rustc 1.96.0 (ac68faa20 2026-05-25) (built from a source tarball)\nbinary: rustc\n\
                           commit-hash: ac68faa20c58cbccd01ee7208bf3b6e93a7d7f96\ncommit-date: 2026-05-25\n\
                           host: x86_64-unknown-linux-gnu\nrelease: 1.96.0\nLLVM version: 22.1.8\n";
        let expected = Compiler { version: Version::new(1, 96, 0), commit: "ac68faa20".into(), llvm: "22".into() };
        assert_eq!(Compiler::parse(description), Some(expected));
        assert_eq!(Compiler::parse("rustc 1.96.0"), None);
    }
}
