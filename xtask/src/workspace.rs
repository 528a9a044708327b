//! Where things are: the checkout, what is built in it, and the cache that all checkouts share.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// The checkout and the person's cache folder.
pub struct Workspace {
    root: PathBuf,
    cache: PathBuf,
}

impl Workspace {
    /// Finds the checkout that this program belongs to.
    ///
    /// Cargo tells it at run time; the path from compile time is only for a program started without cargo, and
    /// would be wrong after the checkout was moved.
    pub fn find() -> Result<Self> {
        let manifest =
            env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = manifest.parent().map(Path::to_path_buf).unwrap_or_default();
        if !root.join("Cargo.toml").is_file() {
            bail!("no Cargo.toml in {}; start this with `cargo xtask` inside a checkout", root.display());
        }
        Ok(Self { root, cache: cache_folder(|name| env::var(name).ok())? })
    }

    /// A path inside the checkout.
    pub fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// The top of the checkout.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Built tools, by name and version. Shared by all checkouts of a person, kept by `clean`.
    pub fn cache(&self) -> &Path {
        &self.cache
    }

    /// Cargo's output for wasm32. Not `target/`: another compiler may be at work there, and the two would rebuild
    /// each other's crates for ever.
    pub fn wasm_target(&self) -> PathBuf {
        self.path("target-wasm")
    }

    /// Databases and other state of the local server.
    pub fn state(&self) -> PathBuf {
        self.path(".flux/state")
    }

    /// The full output of steps that show only one line.
    pub fn logs(&self) -> PathBuf {
        self.path(".flux/logs")
    }

    /// Reads a text file of the checkout.
    pub fn read(&self, relative: &str) -> Result<String> {
        let path = self.path(relative);
        fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
    }
}

/// `FLUX_CACHE`, or the folder that the XDG Base Directory Specification gives.
fn cache_folder(variable: impl Fn(&str) -> Option<String>) -> Result<PathBuf> {
    let variable = |name| variable(name).filter(|value| !value.is_empty());
    if let Some(folder) = variable("FLUX_CACHE") {
        return Ok(PathBuf::from(folder));
    }
    // The specification: a relative path in XDG_CACHE_HOME is invalid and to be ignored.
    if let Some(base) = variable("XDG_CACHE_HOME").map(PathBuf::from).filter(|base| base.is_absolute()) {
        return Ok(base.join("temporal-flux"));
    }
    match variable("HOME") {
        Some(home) => Ok(Path::new(&home).join(".cache/temporal-flux")),
        None => bail!("HOME is not set; name a folder for built tools in FLUX_CACHE"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder_with(variables: &[(&str, &str)]) -> Option<PathBuf> {
        let lookup = |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        cache_folder(lookup).ok()
    }

    #[test]
    fn own_variable_wins_then_xdg_then_home() {
        let all = [("FLUX_CACHE", "/f"), ("XDG_CACHE_HOME", "/x"), ("HOME", "/h")];
        assert_eq!(folder_with(&all), Some("/f".into()));
        assert_eq!(folder_with(&all[1..]), Some("/x/temporal-flux".into()));
        assert_eq!(folder_with(&all[2..]), Some("/h/.cache/temporal-flux".into()));
        assert_eq!(folder_with(&[]), None);
    }

    #[test]
    fn empty_and_relative_values_count_as_unset() {
        let variables = [("FLUX_CACHE", ""), ("XDG_CACHE_HOME", "rel"), ("HOME", "/h")];
        assert_eq!(folder_with(&variables), Some("/h/.cache/temporal-flux".into()));
    }
}
