//! Reading suites and starts from their files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{Defaults, Expect, Start, StartChoice, Suite};

/// Why suites or starts cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A file or folder cannot be read.
    #[error("{} cannot be read: {error}", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// A file is not valid YAML, or does not fit the schema.
    #[error("{}: {error}", path.display())]
    Yaml {
        /// The file or folder.
        path: PathBuf,
        /// What is wrong, and where.
        error: serde_yaml_ng::Error,
    },
    /// A file fits the schema but is inconsistent.
    #[error("{}: {what}", path.display())]
    Wrong {
        /// The file.
        path: PathBuf,
        /// What is wrong, in a sentence.
        what: String,
    },
}

/// Loads all suites of a folder (`suites/*.yaml`). The starts that they name (`starts/*.yaml`) are inserted.
///
/// # Errors
/// The first file that cannot be loaded, or the first case with the id of another one.
pub fn load(folder: &Path) -> Result<Vec<Suite>, LoadError> {
    let starts = starts(&folder.join("starts"))?;
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    let mut suites = Vec::new();
    for path in yaml_files(&folder.join("suites"))? {
        let suite = load_suite(&path, &starts)?;
        for case in &suite.cases {
            if let Some(other) = seen.insert(case.id.clone(), suite.suite.clone()) {
                let what = format!("the case {} is already in the suite {other}", case.id);
                return Err(LoadError::Wrong { path, what });
            }
        }
        suites.push(suite);
    }
    Ok(suites)
}

/// Loads one suite, and applies its defaults to the cases.
///
/// # Errors
/// Why it cannot be loaded.
pub fn load_suite(path: &Path, starts: &BTreeMap<String, Start>) -> Result<Suite, LoadError> {
    let mut suite: Suite = read(path)?;
    let wrong = |what: String| LoadError::Wrong { path: path.to_owned(), what };
    if path.file_stem().is_none_or(|stem| stem != suite.suite.as_str()) {
        return Err(wrong(format!("the suite is named {:?}, which is not the name of its file", suite.suite)));
    }
    let Defaults { now, zone, start, category, tags } = suite.defaults.clone();
    for case in &mut suite.cases {
        case.now = case.now.or(now);
        case.zone = case.zone.take().or_else(|| zone.clone());
        case.category = case.category.take().or_else(|| category.clone());
        case.tags.splice(0..0, tags.iter().cloned());
        case.start = match case.start.take().or_else(|| start.clone()) {
            Some(StartChoice::Named(name)) => {
                let start = starts.get(&name).cloned();
                let start = start.ok_or_else(|| {
                    wrong(format!("the case {} starts from {name:?}, but there is no such start", case.id))
                })?;
                Some(StartChoice::Here(Box::new(start)))
            }
            here => here,
        };
        if case.turns.is_empty() {
            return Err(wrong(format!("the case {} has no turns", case.id)));
        }
        if case.turns.iter().any(|turn| turn.expect.either.iter().any(asks_judge)) {
            return Err(wrong(format!("the case {} has a `judge` within `either`, where it is not used", case.id)));
        }
        for (name, is_missing) in [("now", case.now.is_none()), ("zone", case.zone.is_none())] {
            if is_missing {
                return Err(wrong(format!("neither the case {} nor its suite sets `{name}`", case.id)));
            }
        }
    }
    Ok(suite)
}

fn asks_judge(expect: &Expect) -> bool {
    expect.judge.is_some() || expect.either.iter().any(asks_judge)
}

fn starts(folder: &Path) -> Result<BTreeMap<String, Start>, LoadError> {
    let named = |path: PathBuf| {
        let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        read(&path).map(|start| (name, start))
    };
    yaml_files(folder)?.into_iter().map(named).collect()
}

fn read<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, LoadError> {
    let text = std::fs::read_to_string(path).map_err(|error| LoadError::File { path: path.to_owned(), error })?;
    serde_yaml_ng::from_str(&text).map_err(|error| LoadError::Yaml { path: path.to_owned(), error })
}

fn yaml_files(folder: &Path) -> Result<Vec<PathBuf>, LoadError> {
    let fail = |error| LoadError::File { path: folder.to_owned(), error };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(fail)? {
        let path = entry.map_err(fail)?.path();
        if path.extension().is_some_and(|extension| extension == "yaml") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
