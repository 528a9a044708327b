//! The Worker: `agent/` compiled, and wrapped by worker-build so that workerd can run it.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use super::stamp::Stamp;
use super::{PROFILE, Profile, compile, optimize, tool_versions, write_changed};
use crate::process;
use crate::progress::Freshness;
use crate::setup::Toolbox;
use crate::workspace::Workspace;

/// The crate that is the Worker.
pub const PACKAGE: &str = "flux-agent";

/// What worker-build makes for the entry to import. The script comes last: wrangler reloads when it changes.
const OUTPUT: [&str; 2] = ["index_bg.wasm", "index.js"];

/// worker-build sets this for its own call of cargo: async functions of the bindings go by js-sys. Set for every wasm
/// build, or cargo would compile for the one and find it compiled for the other.
pub const BINDINGS: [(&str, &str); 1] = [("WASM_BINDGEN_USE_JS_SYS", "1")];

/// A Worker that is made of `agent/`.
#[derive(Clone, Copy)]
pub struct Variant {
    /// Names its stamp and its drafts.
    name: &'static str,
    profile: Profile,
    /// What cargo gets besides, and worker-build passes on to cargo.
    features: &'static [&'static str],
    /// Where it goes, below the workspace.
    output: &'static str,
}

/// What is deployed, where a model is connected. `agent/entry.mjs` imports it.
pub const DEPLOYED: Variant =
    Variant { name: "worker", profile: Profile::Small, features: &["--no-default-features"], output: "agent/build" };

/// The same with the offline interpreter, for this computer. `agent/entry-local.mjs` imports it.
pub const LOCAL: Variant =
    Variant { name: "local", profile: Profile::Small, features: &[], output: "agent/build-local" };

/// The store's own test-suite on a Durable Object. Never deployed, so quick to build and not small.
pub const SUITE: Variant = Variant {
    name: "suite",
    profile: Profile::Quick,
    features: &["--features", "store-suite"],
    output: "agent/build-suite",
};

impl Variant {
    /// The folder with the module and its script.
    pub fn output(self, workspace: &Workspace) -> PathBuf {
        workspace.path(self.output)
    }
}

/// Brings a Worker up to date.
pub fn build(workspace: &Workspace, toolbox: &Toolbox, variant: Variant) -> Result<Freshness> {
    let Variant { name, profile, features, .. } = variant;
    let module = compile(workspace, toolbox, profile, PACKAGE, &[&["--lib"], features].concat())?;
    let content = fs::read(&module).with_context(|| format!("cannot read {}", module.display()))?;
    let key = Stamp::key([content.as_slice(), tool_versions(workspace, toolbox)?.as_bytes()]);
    let stamp = Stamp::at(workspace.wasm_target().join(format!("{name}.stamp")));
    let output = variant.output(workspace);
    if stamp.matches(&key) && OUTPUT.iter().all(|file| output.join(file).is_file()) {
        return Ok(Freshness::Unchanged);
    }
    let draft = workspace.wasm_target().join(name);
    let mut command = Command::new(&toolbox.worker_build);
    match profile {
        // The optimiser is called below, with the same options as for the client; worker-build's own keeps all names.
        Profile::Small => command.args(["--profile", PROFILE, "--no-opt"]),
        Profile::Quick => command.arg("--dev"),
    };
    command.arg("--out-dir").arg(&draft);
    if !features.is_empty() {
        // What comes after the path goes to cargo.
        command.arg(".").args(features);
    }
    command.current_dir(workspace.path("agent"));
    // It would download these, from where it cannot be pinned by our lock files.
    command.env("WASM_BINDGEN_BIN", &toolbox.wasm_bindgen).env("ESBUILD_BIN", toolbox.script(".bin/esbuild"));
    toolbox.node.lead(&mut command);
    toolbox.wasm.lead(workspace, &mut command);
    process::run_logged(command.envs(BINDINGS), &workspace.logs().join(format!("{name}.log")))?;
    if profile == Profile::Small {
        optimize(toolbox, &draft.join("index_bg.wasm"))?;
    }
    // Generated, and so not for version control, wherever the checkout's own list stands.
    write_changed(&output.join(".gitignore"), b"*\n")?;
    for file in OUTPUT {
        let path = draft.join(file);
        let content = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        write_changed(&output.join(file), &content)?;
    }
    stamp.write(&key)?;
    Ok(Freshness::Made)
}
