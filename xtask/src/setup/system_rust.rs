//! The compiler of the system's packages, and a standard library for wasm32 built from its sources.
//!
//! Debian compiles no standard library for `wasm32-unknown-unknown`. It is built once (half a minute) and put, with links
//! to what else a compiler looks for, into a folder of the cache that then serves as its *sysroot*. Nothing is written
//! under `/usr`.

use std::fs;
use std::io;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::rust::TARGET;
use super::{debian, find_program, whole_folder};
use crate::process;
use crate::version::Version;
use crate::workspace::Workspace;

/// Debian carries a recent Rust under these names, because its browsers need one.
pub const PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "rust-web-clippy"];

/// clippy of the same version.
pub const CARGO_CLIPPY: &str = "/usr/bin/cargo-clippy";

const RUSTC: &str = "/usr/bin/rustc";
const CARGO: &str = "/usr/bin/cargo";
const LIBRARIES: &str = "/usr/lib/rustlib";

/// A stand-in for `rustc` that looks for libraries in our folder. It finds that folder from its own path, so that the
/// folder can be moved.
const RUSTC_SCRIPT: &str = "#!/bin/sh\nexec /usr/bin/rustc --sysroot \"${0%/bin/rustc}\" \"$@\"\n";

/// The crate whose build brings the standard library into being.
const EMPTY_CRATE: &str = "[package]\nname = \"empty\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n";

/// The system's compiler.
pub struct SystemRust {
    /// Its release.
    pub version: Version,
    /// The commit it was made from: libraries fit only a compiler of the same.
    commit: String,
    /// The platform it runs on.
    host: String,
}

/// The system's compiler, if it is there with its sources and not older than `minimum`.
pub fn find(minimum: Version) -> Option<SystemRust> {
    let sources = Path::new(LIBRARIES).join("src/rust/library/std/Cargo.toml");
    if !sources.is_file() || !Path::new(CARGO).is_file() {
        return None;
    }
    let description = process::answer(Command::new(RUSTC).arg("-vV").env_remove("LD_LIBRARY_PATH"))?;
    SystemRust::parse(&description).filter(|system| system.version >= minimum)
}

impl SystemRust {
    fn parse(description: &str) -> Option<Self> {
        let field = |name: &str| description.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        Some(Self {
            version: Version::find(field("release:")?)?,
            commit: field("commit-hash:")?.chars().take(9).collect(),
            host: field("host:")?.to_owned(),
        })
    }

    fn folder(&self, workspace: &Workspace) -> PathBuf {
        workspace.cache().join(format!("rust-{}-{}", self.version, self.commit))
    }

    /// The folder of an earlier [`build`](Self::build).
    pub fn built(&self, workspace: &Workspace) -> Result<Option<PathBuf>> {
        let folder = self.folder(workspace);
        if !folder.is_dir() {
            return Ok(None);
        }
        self.link_linker(workspace, &folder)?;
        Ok(Some(folder))
    }

    /// Builds the standard library and the folder around it.
    pub fn build(&self, workspace: &Workspace) -> Result<PathBuf> {
        let folder = self.folder(workspace);
        whole_folder(&folder, |draft| {
            let build = draft.join("build");
            let libraries = draft.join("lib/rustlib").join(TARGET).join("lib");
            compile_std(workspace, &build)?;
            copy_libraries(&build.join("target").join(TARGET).join("release/deps"), &libraries)?;
            fs::remove_dir_all(&build).context("cannot remove the build folder")?;
            self.link_host(draft).context("cannot link the system's Rust")
        })?;
        self.link_linker(workspace, &folder)?;
        Ok(folder)
    }

    /// What a build needs besides the target's libraries: the programs, and the host's libraries for build scripts and
    /// macros.
    fn link_host(&self, folder: &Path) -> io::Result<()> {
        let (programs, host) = (folder.join("bin"), folder.join("lib/rustlib").join(&self.host));
        fs::create_dir_all(&programs)?;
        fs::create_dir_all(host.join("bin"))?;
        symlink(Path::new(LIBRARIES).join(&self.host).join("lib"), host.join("lib"))?;
        symlink(CARGO, programs.join("cargo"))?;
        let rustc = programs.join("rustc");
        fs::write(&rustc, RUSTC_SCRIPT)?;
        fs::set_permissions(&rustc, fs::Permissions::from_mode(0o755))
    }

    /// Debian's compiler comes without the linker for wasm. The link is checked each time: it may point into a rustup
    /// toolchain that has been removed since.
    fn link_linker(&self, workspace: &Workspace, folder: &Path) -> Result<()> {
        let link = folder.join("lib/rustlib").join(&self.host).join("bin/rust-lld");
        if link.exists() {
            return Ok(());
        }
        let linker = match self.find_linker() {
            Some(linker) => linker,
            None => {
                debian::install(workspace, &["lld"])?;
                self.find_linker().context("no linker for wasm: neither rust-lld nor lld was found")?
            }
        };
        let _ = fs::remove_file(&link);
        symlink(&linker, &link).with_context(|| format!("cannot link {}", linker.display()))
    }

    fn find_linker(&self) -> Option<PathBuf> {
        let own = process::answer(Command::new("rustc").args(["--print", "sysroot"]))?;
        let own = Path::new(&own).join("lib/rustlib").join(&self.host).join("bin/rust-lld");
        // lld is told by its first argument what to be; `-flavor wasm` is what rustc says to either.
        if own.is_file() { Some(own) } else { find_program("lld") }
    }
}

fn compile_std(workspace: &Workspace, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder.join("src")).context("cannot create the build folder")?;
    fs::write(folder.join("Cargo.toml"), EMPTY_CRATE).context("cannot write the build folder")?;
    fs::write(folder.join("src/lib.rs"), "#![no_std]\n").context("cannot write the build folder")?;
    let mut build = Command::new(CARGO);
    build.args(["build", "--release", "--target", TARGET, "-Zbuild-std=std,panic_abort"]);
    build.current_dir(folder).env("CARGO_TARGET_DIR", folder.join("target"));
    // Building std is an unstable feature of cargo; this is the documented way to have it from a stable compiler.
    build.env("RUSTC_BOOTSTRAP", "1").env("RUSTC", RUSTC);
    // Link-time optimisation needs the bitcode of every library, which cargo leaves out where LTO is off.
    build.env("RUSTFLAGS", "-Cembed-bitcode=yes");
    build.env_remove("RUSTUP_TOOLCHAIN").env_remove("LD_LIBRARY_PATH");
    process::run_logged(&mut build, &workspace.logs().join("wasm-std.log"))
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
    fn the_cache_key_is_release_and_commit() {
        let description = "rustc 1.96.0 (ac68faa20 2026-05-25) (built from a source tarball)\nbinary: rustc\n\
                           commit-hash: ac68faa20c58cbccd01ee7208bf3b6e93a7d7f96\ncommit-date: 2026-05-25\n\
                           host: x86_64-unknown-linux-gnu\nrelease: 1.96.0\nLLVM version: 22.1.8\n";
        let system = SystemRust::parse(description).unwrap();
        assert_eq!(system.version, Version::new(1, 96, 0));
        assert_eq!((system.commit.as_str(), system.host.as_str()), ("ac68faa20", "x86_64-unknown-linux-gnu"));
    }

    #[test]
    fn a_compiler_that_does_not_describe_itself_is_none() {
        assert!(SystemRust::parse("rustc 1.96.0").is_none());
    }
}
