//! Random recurrence rules: what is compared is in `timeline/differential/recurrence.py`, and this gives it what it needs.

use std::env;
use std::process::Command;

use anyhow::{Context, Result};

use crate::setup::{self, Toolbox, node::Node, python};
use crate::workspace::Workspace;
use crate::{process, progress};

/// The comparison, and the packages of Python that it needs.
const SCRIPT: &str = "timeline/differential/recurrence.py";
const REQUIREMENTS: &str = "timeline/differential/requirements.txt";

/// The program that has our occurrences.
const OURS: &str = "occurrences";

/// Whether `count` random rules, for each other implementation, have the same occurrences there.
pub fn check(workspace: &Workspace, toolbox: Option<&Toolbox>, count: u32) -> Result<bool> {
    let python = python::prepare(workspace, REQUIREMENTS)?;
    let prepared: Node;
    let node = if let Some(toolbox) = toolbox {
        &toolbox.node
    } else {
        prepared = setup::node_with_packages(workspace)?;
        &prepared
    };
    progress::step("Compiling our rules", || process::run_quiet(&mut compiler(workspace)))?;
    let program = env::current_exe().context("cannot tell where this program is")?;
    let ours = program.with_file_name("examples").join(OURS);
    let mut script = Command::new(python);
    script.arg(workspace.path(SCRIPT)).arg(ours).args(["--rules", &count.to_string()]);
    script.arg("--node").arg(node.program()).arg("--npm").arg(workspace.root());
    Ok(process::status(&mut script)?.success())
}

/// Of all crates, so that dependencies have the features that they have in all other tests and are not compiled again.
fn compiler(workspace: &Workspace) -> Command {
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--quiet", "--workspace", "--example", OURS]).current_dir(workspace.root());
    cargo
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_it_starts_exists() {
        let workspace = Workspace::find().unwrap();
        for file in [SCRIPT, REQUIREMENTS, &format!("timeline/examples/{OURS}.rs")] {
            assert!(workspace.path(file).is_file(), "{file}");
        }
    }

    #[test]
    fn each_package_is_pinned_with_its_hash() {
        let requirements = Workspace::find().unwrap().read(REQUIREMENTS).unwrap();
        for line in requirements.lines().filter(|line| !line.starts_with('#')) {
            assert!(line.contains("==") && line.contains(" --hash=sha256:"), "{line}");
        }
    }
}
