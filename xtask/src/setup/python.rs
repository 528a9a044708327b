//! Python with the packages of a requirements file, in a virtual environment of the cache. Only the comparison of recurrence rules
//! needs it.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::{debian, find_program, whole_folder};
use crate::build::stamp::short_hash;
use crate::version::Version;
use crate::workspace::Workspace;
use crate::{process, progress};

/// What icalendar 7 asks for (`Requires-Python`).
const MINIMUM: Version = Version::new(3, 10, 0);

/// Finds or makes the environment for the packages that the file `requirements` names with their hashes; gives its Python.
pub fn prepare(workspace: &Workspace, requirements: &str) -> Result<PathBuf> {
    let (python, version) = find_or_install(workspace)?;
    let name = name(&python, version, &workspace.read(requirements)?);
    let label = format!("Python {version} with packages");
    let folder = workspace.cache().join(name);
    let program = folder.join("bin/python");
    // A link to the Python that it was made with, so this is also false where that one was removed.
    if program.is_file() {
        progress::skipped(&label, "cached");
        return Ok(program);
    }
    progress::step(&label, || {
        whole_folder(&folder, |draft| {
            let log = |step: &str| workspace.logs().join(format!("python-{step}.log"));
            process::run_logged(Command::new(&python).args(["-m", "venv"]).arg(draft), &log("venv"))?;
            // Not `bin/pip`: such scripts name the folder that they were installed in, which is about to be renamed.
            let mut pip = Command::new(draft.join("bin/python"));
            pip.args(["-m", "pip", "install", "--disable-pip-version-check"]);
            // Wheels alone, so that no package runs a program of its own here.
            pip.args(["--require-hashes", "--only-binary", ":all:", "--requirement"]).arg(workspace.path(requirements));
            process::run_logged(&mut pip, &log("pip"))
        })
    })?;
    Ok(program)
}

/// Another Python needs another environment, since its packages lie in a folder with its version.
fn name(python: &Path, version: Version, requirements: &str) -> String {
    let text = format!("{} {version}\n{requirements}", python.display());
    format!("python-{}", short_hash(text.as_bytes()))
}

fn find_or_install(workspace: &Workspace) -> Result<(PathBuf, Version)> {
    if !find_program("python3").is_some_and(|python| makes_environments(&python)) && debian::is_here() {
        progress::step("Python", || debian::install(workspace, &["python3", "python3-venv"]))?;
    }
    let python = find_program("python3").with_context(|| missing("none was found"))?;
    let version = process::answer(Command::new(&python).arg("--version")).as_deref().and_then(Version::find);
    match version {
        Some(version) if version < MINIMUM => bail!(missing(&format!("this one is {version}"))),
        Some(version) if makes_environments(&python) => Ok((python, version)),
        _ => bail!(missing(&format!("{} lacks them", python.display()))),
    }
}

/// Whether it has both modules that `python3 -m venv` uses. Debian has the second one in a package of its own.
fn makes_environments(python: &Path) -> bool {
    process::answer(Command::new(python).args(["-c", "import venv, ensurepip"])).is_some()
}

fn missing(why: &str) -> String {
    format!(
        "Python {MINIMUM} or newer with the modules venv and ensurepip is needed and {why}. Install it, then run this again"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_python_or_another_package_has_an_environment_of_its_own() {
        let usual = name(Path::new("/usr/bin/python3"), Version::new(3, 11, 2), "six==1.17.0");
        assert_eq!(usual, name(Path::new("/usr/bin/python3"), Version::new(3, 11, 2), "six==1.17.0"));
        for other in [
            name(Path::new("/opt/bin/python3"), Version::new(3, 11, 2), "six==1.17.0"),
            name(Path::new("/usr/bin/python3"), Version::new(3, 13, 0), "six==1.17.0"),
            name(Path::new("/usr/bin/python3"), Version::new(3, 11, 2), "six==1.17.1"),
        ] {
            assert_ne!(usual, other);
        }
    }
}
