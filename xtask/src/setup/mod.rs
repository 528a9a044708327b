//! What building and running need from the machine: found, or installed, or built.
//!
//! Each step looks first and is quick when there is nothing to do. What is built is kept in the person's cache folder by
//! version, so a second checkout and CI do not build it again. Apart from packages of the system (apt) and a target of
//! the active Rust toolchain (rustup), nothing outside the checkout and the cache is changed.

pub mod bindings;
pub mod browser;
mod debian;
mod debian_rust;
pub mod node;
mod packages;
pub mod python;
pub mod rust;
pub mod valgrind;

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, iter};

use anyhow::{Context, Result};

use crate::process::side_by_side;
use crate::workspace::Workspace;
use node::Node;
use rust::WasmToolchain;

/// The target of Worker and client.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// All tools of a build, ready for use.
pub struct Toolbox {
    /// The compiler for wasm32.
    pub wasm: WasmToolchain,
    /// Node, new enough for wrangler.
    pub node: Node,
    /// Makes bindings for wasm.
    pub bindings: PathBuf,
    modules: PathBuf,
}

impl Toolbox {
    /// Finds, installs or builds every tool.
    pub fn prepare(workspace: &Workspace) -> Result<Self> {
        Self::prepare_beside(workspace, |_| Ok(())).map(|(toolbox, ())| toolbox)
    }

    /// Like [`prepare`](Self::prepare), and does `work`, which needs only the compiler, while other tools are set up.
    pub fn prepare_beside<T: Send>(
        workspace: &Workspace,
        work: impl FnOnce(&WasmToolchain) -> Result<T> + Send,
    ) -> Result<(Self, T)> {
        // First what may fail on this machine, or ask for a password: that should not come after minutes of compiling.
        let node = Node::prepare(workspace)?;
        let wasm = WasmToolchain::prepare(workspace)?;
        let packages = || packages::prepare(workspace, &node);
        let tools = || side_by_side(packages, || bindings::prepare(workspace));
        let ((modules, bindings), done) = side_by_side(tools, || work(&wasm))?;
        Ok((Self { wasm, node, bindings, modules }, done))
    }

    /// The program that an npm package of the root `package.json` brings, as a file to be run by Node.
    pub fn script(&self, path: &str) -> PathBuf {
        self.modules.join(path)
    }

    /// The command of an npm package: `wasm-opt`, `esbuild`.
    pub fn npm_command(&self, name: &str) -> Command {
        let mut command = Command::new(self.modules.join(".bin").join(name));
        self.node.lead(&mut command);
        command
    }

    /// `wrangler` without telemetry, hints and prompts.
    pub fn wrangler(&self, workspace: &Workspace) -> Command {
        let mut command = self.node.command();
        command.arg(self.script(WRANGLER)).current_dir(workspace.root()).envs(WRANGLER_ENVIRONMENT);
        command
    }
}

/// Node and the npm packages, for what needs nothing else of a [`Toolbox`].
pub fn node_with_packages(workspace: &Workspace) -> Result<Node> {
    let node = Node::prepare(workspace)?;
    packages::prepare(workspace, &node)?;
    Ok(node)
}

/// wrangler's program inside `node_modules`.
pub const WRANGLER: &str = "wrangler/bin/wrangler.js";

/// Variables for every process that runs wrangler or Miniflare.
pub const WRANGLER_ENVIRONMENT: [(&str, &str); 4] = [
    ("WRANGLER_SEND_METRICS", "false"),
    ("WRANGLER_SEND_ERROR_REPORTS", "false"),
    ("WRANGLER_HIDE_BANNER", "true"),
    // Without it Miniflare asks the internet where this machine is, and complains at length when nobody answers.
    ("CLOUDFLARE_CF_FETCH_ENABLED", "false"),
];

/// Puts `folder` in front of the PATH that `command` will see.
fn lead_path(command: &mut Command, folder: &Path) {
    let own = command.get_envs().find(|(name, _)| *name == "PATH").and_then(|(_, value)| value.map(OsStr::to_owned));
    let rest = own.or_else(|| env::var_os("PATH")).unwrap_or_default();
    // Fails only for a folder with a colon in its name, which no PATH can hold anyway.
    if let Ok(path) = env::join_paths(iter::once(folder.to_owned()).chain(env::split_paths(&rest))) {
        command.env("PATH", path);
    }
}

/// The first program of that name in PATH.
fn find_program(name: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(name)).find(|path| path.is_file())
}

/// Makes a folder of the cache that is either whole or not there: `fill` works in a folder beside it, which is renamed
/// when it succeeded. An interrupted set-up so never passes for a finished one.
fn whole_folder(target: &Path, fill: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    // By process, so that two checkouts that set up at the same time do not work in one folder.
    let draft = target.with_file_name(format!("{name}.part-{}", std::process::id()));
    remove_folder(&draft)?;
    fs::create_dir_all(&draft).with_context(|| format!("cannot create {}", draft.display()))?;
    let result = fill(&draft).and_then(|()| {
        remove_folder(target)?;
        fs::rename(&draft, target).with_context(|| format!("cannot create {}", target.display()))
    });
    if result.is_err() {
        let _ = remove_folder(&draft);
    }
    result
}

/// Removes a folder and all that is in it, if it is there.
pub fn remove_folder(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", folder.display()))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_folders_lead_the_path() {
        let mut command = Command::new("x");
        command.env("PATH", "/usr/bin");
        lead_path(&mut command, Path::new("/one"));
        lead_path(&mut command, Path::new("/two"));
        let path = command.get_envs().find(|(name, _)| *name == "PATH").and_then(|(_, value)| value).unwrap();
        assert_eq!(path, "/two:/one:/usr/bin");
    }

    #[test]
    fn a_folder_that_could_not_be_filled_is_not_there() {
        let target = env::temp_dir().join(format!("flux-xtask-whole-{}", std::process::id()));
        let failed = whole_folder(&target, |draft| {
            fs::write(draft.join("half"), "x")?;
            anyhow::bail!("no space")
        });
        assert!(failed.is_err() && !target.exists());

        whole_folder(&target, |draft| Ok(fs::write(draft.join("all"), "x")?)).unwrap();
        assert!(target.join("all").is_file());
        remove_folder(&target).unwrap();
    }
}
