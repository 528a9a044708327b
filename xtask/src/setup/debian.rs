//! Packages of Debian and its children, by apt.

use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use nix::unistd::geteuid;

use super::find_program;
use crate::process;
use crate::workspace::Workspace;

/// Enough for a slow mirror; a mirror that never answers must not hang the set-up.
const LIMIT: Duration = Duration::from_secs(15 * 60);

/// Whether apt can be asked at all.
pub fn is_here() -> bool {
    find_program("apt-get").is_some()
}

/// Installs packages, as root or through sudo. Nothing that is installed is ever removed for them.
pub fn install(workspace: &Workspace, packages: &[&str]) -> Result<()> {
    let command = command_line(packages);
    let sudo = match (geteuid().is_root(), find_program("sudo")) {
        (true, _) => false,
        (false, Some(_)) => true,
        (false, None) => bail!("packages are missing and only root can install them; as root, run\n\n  {command}\n"),
    };
    if sudo {
        // In the foreground and first, because it may ask for a password on the terminal.
        let asked = Command::new("sudo").arg("--validate").stdout(Stdio::null()).status();
        if !asked.is_ok_and(|status| status.success()) {
            bail!("packages are missing and sudo does not let you install them; run\n\n  sudo {command}\n");
        }
    }
    let apt = |arguments: &[&str]| {
        let mut apt = Command::new(if sudo { "sudo" } else { "env" });
        apt.args(sudo.then_some("env")).args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]).args(arguments);
        process::run_logged_within(&mut apt, &workspace.logs().join("apt.log"), LIMIT)
    };
    // One source that does not answer fails the update but not the install; the install tells what matters.
    let _ = apt(&["update"]);
    let mut arguments = vec!["install", "-y", "--no-install-recommends", "--no-remove"];
    arguments.extend(packages);
    apt(&arguments).with_context(|| format!("could not install packages; try it by hand:\n\n  {command}\n"))
}

/// What a person would type.
pub fn command_line(packages: &[&str]) -> String {
    format!("apt-get update && apt-get install -y {}", packages.join(" "))
}
