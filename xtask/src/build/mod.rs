//! Makes what is deployed, the Worker in `agent/build` and the client in `dist`, and the same for this computer.
//!
//! First cargo compiles Rust to wasm ([`Products::compile`]); it knows itself what is up to date, and asking it is quick. The
//! steps after it (bindings, optimiser, bundler; [`Products::finish`]) do not know, so they are skipped by a [stamp](stamp) when
//! their input is the same as last time.

mod backtraces;
mod client;
mod names;
mod order;
mod page;
mod segments;
pub mod size;
pub mod stamp;
mod unreachable;
mod worker;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::process::side_by_side;
use crate::setup::TARGET;
use crate::setup::rust::WasmToolchain;
use crate::setup::{self, Toolbox};
use crate::workspace::Workspace;
use crate::{process, progress};
use stamp::Stamp;

/// The cargo profile of the client that is deployed, which is small.
pub const PROFILE: &str = "wasm";
/// The cargo profile of the Worker that is deployed, which is fast.
const WORKER_PROFILE: &str = "wasm-worker";

/// A Worker, and a client with it.
pub struct Products {
    /// Names the folder of its drafts.
    name: &'static str,
    /// What is shown while it is made.
    label: &'static str,
    /// The cargo profiles of the Worker and of the client.
    profiles: [&'static str; 2],
    /// Which features of the Worker's crate are compiled in.
    features: &'static [&'static str],
    /// Whether modules are made smaller after cargo has made them.
    optimized: bool,
    /// The folder of the Worker.
    worker: &'static str,
    /// The folder of the client: static assets that the Worker serves.
    client: Option<&'static str>,
}

/// What is deployed, where a model is connected. `agent/entry.mjs` imports its Worker.
pub const DEPLOYED: Products = Products {
    name: "deployed",
    label: "as deployed",
    profiles: [WORKER_PROFILE, PROFILE],
    features: &["--no-default-features"],
    optimized: true,
    worker: "agent/build",
    client: Some("dist"),
};

/// What runs on this computer, where the built-in interpreter answers without a model. `agent/entry-local.mjs` imports its
/// Worker.
pub const LOCAL: Products = Products {
    name: "local",
    label: "for this computer",
    profiles: ["wasm-local"; 2],
    features: &[],
    optimized: false,
    worker: "agent/build-local",
    client: Some(LOCAL_CLIENT),
};

/// The client of [`LOCAL`].
pub const LOCAL_CLIENT: &str = "dist-local";

/// The Worker of [`LOCAL`] for tests, beside the client that is deployed. In the same profile as that: nearly all crates are
/// then compiled already.
pub const LOCAL_WORKER: Products =
    Products { name: "local-worker", profiles: [WORKER_PROFILE, PROFILE], client: None, ..LOCAL };

/// The Worker that runs the store's own tests in a Durable Object.
pub const SUITE: Products = Products {
    name: "suite",
    label: "for the store's tests",
    features: &["--features", "flux-agent/store-suite"],
    worker: "agent/build-suite",
    ..LOCAL_WORKER
};

/// The crates that are compiled to wasm.
pub const PACKAGES: [&str; 2] = [worker::PACKAGE, client::PACKAGE];

/// For every call of cargo that compiles to wasm: async functions of the bindings go by js-sys, as the `worker` crate expects.
pub const ENVIRONMENT: [(&str, &str); 1] = [("WASM_BINDGEN_USE_JS_SYS", "1")];

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
/// module smaller and the compressed module a tenth larger: what is alike is torn apart. The order of names is where [`order`]
/// begins.
const OPTIMIZATION: [&str; 3] = ["-Os", "--one-caller-inline-max-function-size=0", "--reorder-functions-by-name"];

/// How large a function may be, in LLVM's measure, to be copied into its callers in the Worker, whatever its crate is compiled for: as for
/// code that has to be small. By default, 225 where it has to be fast. The client has lower limits of its own.
const WORKER_INLINING: &str = "-Cllvm-args=-inline-threshold=25";

/// The task: set up, build, tell the sizes.
pub fn run(workspace: &Workspace) -> Result<()> {
    make(workspace, &DEPLOYED)?;
    size::check(workspace)
}

/// Sets up, and makes these products of the sources as they are. What does not need each other runs side by side.
pub fn make(workspace: &Workspace, products: &Products) -> Result<Toolbox> {
    let (toolbox, ()) = Toolbox::prepare_beside(workspace, |wasm| products.compile(workspace, wasm))?;
    products.finish(workspace, &toolbox)?;
    Ok(toolbox)
}

impl Products {
    /// Compiles the crates to wasm.
    pub fn compile(&self, workspace: &Workspace, wasm: &WasmToolchain) -> Result<()> {
        progress::step(&format!("Compiling {}", self.label), || {
            let [worker, client] = self.profiles;
            if worker == client {
                // In one call of cargo: they share most dependencies, and the last step of a crate, in which only one core is busy,
                // runs beside that of the other.
                return self.compile_packages(workspace, wasm, &PACKAGES, worker);
            }
            self.compile_packages(workspace, wasm, &[worker::PACKAGE], worker)?;
            if self.client.is_none() {
                return Ok(());
            }
            self.compile_packages(workspace, wasm, &[client::PACKAGE], client)
        })
    }

    fn compile_packages(
        &self,
        workspace: &Workspace,
        wasm: &WasmToolchain,
        packages: &[&str],
        profile: &str,
    ) -> Result<()> {
        let flags: &[&str] = if profile == WORKER_PROFILE { &[WORKER_INLINING] } else { &[] };
        let mut cargo = wasm.cargo(workspace, "build", flags);
        cargo.args(["--quiet", "--profile", profile, "--target", TARGET]).args(self.features);
        for package in packages {
            cargo.args(["--package", package]);
        }
        process::run_quiet(cargo.envs(ENVIRONMENT))?;
        // The next products may be written to the same place.
        for package in packages {
            // cargo writes libraries with underscores, programs with their own name.
            let file = if *package == worker::PACKAGE { package.replace('-', "_") } else { (*package).to_owned() };
            let folder = workspace.wasm_target().join(TARGET).join(profile);
            let module = self.module(workspace, package);
            fs::create_dir_all(self.draft(workspace, "")).context("cannot create a folder for drafts")?;
            fs::copy(folder.join(file).with_extension("wasm"), &module)
                .with_context(|| format!("cannot write {}", module.display()))?;
        }
        Ok(())
    }

    /// Makes Worker and client of what was compiled.
    pub fn finish(&self, workspace: &Workspace, toolbox: &Toolbox) -> Result<()> {
        let worker = || {
            let label = format!("Worker {}", self.label);
            progress::update(&label, || worker::build(workspace, toolbox, self))
        };
        let client = || {
            let Some(output) = self.client else { return Ok(()) };
            let label = format!("Client {}", self.label);
            progress::update(&label, || client::build(workspace, toolbox, self, output))
        };
        side_by_side(worker, client).map(drop)
    }

    /// What cargo has compiled of a package.
    fn module(&self, workspace: &Workspace, package: &str) -> PathBuf {
        self.draft(workspace, package).with_extension("wasm")
    }

    /// What is remembered of the last time that a folder was made. Products may share a folder, and then share this.
    fn stamp(workspace: &Workspace, output: &str) -> Stamp {
        Stamp::at(workspace.wasm_target().join("drafts").join(output.replace('/', "-")).with_extension("stamp"))
    }

    /// A file or folder for what is between cargo and the output.
    fn draft(&self, workspace: &Workspace, name: &str) -> PathBuf {
        workspace.wasm_target().join("drafts").join(self.name).join(name)
    }
}

/// Optimises a module for size, in place, and orders its functions. Their names are dropped: they would be a third of it.
fn optimize(toolbox: &Toolbox, module: &Path) -> Result<()> {
    let optimized = module.with_extension("opt");
    let mut command = toolbox.npm_command("wasm-opt");
    command.args(OPTIMIZATION).args(WASM_FEATURES).arg(module).arg("-o").arg(&optimized);
    process::run_quiet(&mut command)?;
    let content = fs::read(&optimized).with_context(|| format!("cannot read {}", optimized.display()))?;
    let ordered = order::by_similarity(&content)?;
    fs::write(module, ordered).with_context(|| format!("cannot write {}", module.display()))
}

/// Runs esbuild, which minifies as browsers and workerd of today read it.
fn esbuild(toolbox: &Toolbox, folder: &Path, arguments: &[&str]) -> Result<()> {
    let mut command = toolbox.npm_command("esbuild");
    command.args(arguments).args(["--minify", "--log-level=warning"]).current_dir(folder);
    process::run_quiet(&mut command)
}

/// The tools that make bindings and bundles, for a [stamp](stamp): a new tool makes new output.
fn tool_versions(workspace: &Workspace) -> Result<String> {
    let bindings = setup::bindings::version(workspace)?;
    Ok(format!("{bindings}\n{OPTIMIZATION:?}{:?}\n{}", names::arguments(true), workspace.read("package.json")?))
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
