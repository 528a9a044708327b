//! Makes what is deployed, the Worker in `agent/build` and the client in `dist`, and its variants for this computer.
//!
//! Whether Rust code is up to date is cargo's business, and asking it is quick. What comes after (bindings, optimiser,
//! bundler) knows nothing of freshness, and is skipped by a [stamp](stamp) when what goes in is what went in last time.

mod client;
mod page;
pub mod size;
mod split;
pub mod stamp;
mod worker;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::setup::Toolbox;
use crate::setup::rust::TARGET;
use crate::workspace::Workspace;
use crate::{process, progress};

/// The cargo profile of everything that runs as wasm.
pub const PROFILE: &str = "wasm";

/// How a crate is compiled to wasm.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// As it is deployed: small, with minutes of work.
    Small,
    /// For tests alone.
    Quick,
}

/// The crates that run as wasm.
pub const WASM_PACKAGES: [&str; 2] = [worker::PACKAGE, client::PACKAGE];

pub use worker::BINDINGS;

/// What the compiler may use of wasm beyond its first version: rustc's own defaults for this target, and exceptions, which
/// wasm-bindgen's wrappers use. Named one by one so that a newer optimiser cannot write what workerd or an older browser
/// does not read.
const WASM_FEATURES: [&str; 7] = [
    "--enable-mutable-globals",
    "--enable-sign-ext",
    "--enable-nontrapping-float-to-int",
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-reference-types",
    "--enable-exception-handling",
];

/// Small once it is compressed, which is how it is sent and counted. Putting a function into its only caller makes the
/// module smaller and the compressed module a tenth larger: what is alike is torn apart. Functions in the order of their
/// names put what is alike side by side, where a compressor finds it.
const OPTIMIZATION: [&str; 3] = ["-Os", "--one-caller-inline-max-function-size=0", "--reorder-functions-by-name"];

/// The task: set up, build, tell the sizes.
pub fn run(workspace: &Workspace) -> Result<()> {
    let toolbox = Toolbox::prepare(workspace)?;
    deployed(workspace, &toolbox)
}

/// Brings what is deployed up to date.
///
/// # Errors
/// Also where it is too heavy.
pub fn deployed(workspace: &Workspace, toolbox: &Toolbox) -> Result<()> {
    progress::update("Worker", || worker::build(workspace, toolbox, worker::DEPLOYED))?;
    progress::update("Client", || client::build(workspace, toolbox))?;
    size::check(workspace)
}

/// Brings up to date what runs on this computer: the Worker with the offline interpreter, and the client.
pub fn local(workspace: &Workspace, toolbox: &Toolbox) -> Result<()> {
    progress::update("Worker for this computer", || worker::build(workspace, toolbox, worker::LOCAL))?;
    progress::update("Client", || client::build(workspace, toolbox))
}

/// Brings the Worker up to date that runs the store's test-suite.
pub fn suite(workspace: &Workspace, toolbox: &Toolbox) -> Result<()> {
    progress::update("Worker for the store's tests", || worker::build(workspace, toolbox, worker::SUITE))
}

/// Compiles one crate to wasm32; gives the module's path. `target` names what of it: `--lib`, or `--bin` and a name.
fn compile(
    workspace: &Workspace,
    toolbox: &Toolbox,
    profile: Profile,
    package: &str,
    target: &[&str],
) -> Result<PathBuf> {
    let (name, folder) = match profile {
        Profile::Small => (PROFILE, PROFILE),
        Profile::Quick => ("dev", "debug"),
    };
    let mut cargo = toolbox.wasm.cargo(workspace, "build");
    cargo.args(["--quiet", "--profile", name, "--target", TARGET, "--package", package]).args(target);
    process::run_quiet(cargo.envs(BINDINGS))?;
    let folder = workspace.wasm_target().join(TARGET).join(folder);
    // cargo writes libraries with underscores, programs with their own name.
    let name = if target.contains(&"--lib") { package.replace('-', "_") } else { package.to_owned() };
    Ok(folder.join(name).with_extension("wasm"))
}

/// Optimises a module for size, in place. Names of functions are dropped: they would be a third of it.
fn optimize(toolbox: &Toolbox, module: &Path) -> Result<()> {
    let optimized = module.with_extension("opt");
    let mut command = toolbox.npm_command("wasm-opt");
    command.args(OPTIMIZATION).args(WASM_FEATURES).arg(module).arg("-o").arg(&optimized);
    process::run_quiet(&mut command)?;
    fs::rename(&optimized, module).with_context(|| format!("cannot write {}", module.display()))
}

/// Runs esbuild, which minifies as browsers and workerd of today read it.
fn esbuild(toolbox: &Toolbox, folder: &Path, arguments: &[&str]) -> Result<()> {
    let mut command = toolbox.npm_command("esbuild");
    command.args(arguments).args(["--minify", "--log-level=warning"]).current_dir(folder);
    process::run_quiet(&mut command)
}

/// The tools that make bindings and bundles, with what they are told, for a [stamp](stamp): a new tool makes new output.
fn tool_versions(workspace: &Workspace, toolbox: &Toolbox) -> Result<String> {
    let (bindgen, worker) = (toolbox.wasm_bindgen.display(), toolbox.worker_build.display());
    let split = toolbox.wasm_split.display();
    Ok(format!("{bindgen}\n{split}\n{worker}\n{OPTIMIZATION:?}\n{}", workspace.read("package.json")?))
}

/// Writes a file unless it has that content already, so that who watches it is not woken for nothing.
fn write_changed(path: &Path, content: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|old| old == content) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    }
    // Whole or not at all: the local server may read it at any moment.
    let draft = path.with_extension("part");
    fs::write(&draft, content).with_context(|| format!("cannot write {}", draft.display()))?;
    fs::rename(&draft, path).with_context(|| format!("cannot write {}", path.display()))
}

/// wasm-bindgen's command. Names and sections stay as they are, for [`split`] to find its way.
fn wasm_bindgen(toolbox: &Toolbox, module: &Path, folder: &Path) -> Command {
    let mut command = Command::new(&toolbox.wasm_bindgen);
    command
        .arg(module)
        .args([
            "--target",
            "web",
            "--no-typescript",
            "--no-demangle",
            "--keep-debug",
            "--keep-lld-exports",
            "--out-name",
            "app",
            "--out-dir",
        ])
        .arg(folder);
    command
}
