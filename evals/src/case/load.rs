//! Reading suites and starts from their files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{Defaults, Expect, Start, StartChoice, Suite};

/// What cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A file or folder.
    #[error("{} cannot be read: {error}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// What is written in a file.
    #[error("{}: {error}", path.display())]
    Yaml {
        /// Which.
        path: PathBuf,
        /// Where and why.
        error: serde_yaml_ng::Error,
    },
    /// What is written can be read and cannot be meant.
    #[error("{}: {what}", path.display())]
    Wrong {
        /// Which file.
        path: PathBuf,
        /// What is wrong, in a sentence.
        what: String,
    },
}

/// All suites of a folder (`suites/*.yaml`), with the starts they name (`starts/*.yaml`) in their place.
///
/// # Errors
/// The first file that cannot be read, or the first case that has the id of another.
pub fn load(folder: &Path) -> Result<Vec<Suite>, LoadError> {
    let starts = starts(&folder.join("starts"))?;
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    let mut suites = Vec::new();
    for path in yaml_files(&folder.join("suites"))? {
        let suite = load_suite(&path, &starts)?;
        for case in &suite.cases {
            if let Some(other) = seen.insert(case.id.clone(), suite.suite.clone()) {
                let what = format!("the case {} is in the suite {other} already", case.id);
                return Err(LoadError::Wrong { path, what });
            }
        }
        suites.push(suite);
    }
    Ok(suites)
}

/// One suite. The cases get what the suite's defaults say and they do not.
///
/// # Errors
/// What cannot be read, or is not there.
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
                let start = start
                    .ok_or_else(|| wrong(format!("the case {} starts from {name:?}, which is no start", case.id)))?;
                Some(StartChoice::Here(Box::new(start)))
            }
            here => here,
        };
        if case.turns.is_empty() {
            return Err(wrong(format!("the case {} has no turns", case.id)));
        }
        if case.turns.iter().any(|turn| turn.expect.either.iter().any(asks_judge)) {
            return Err(wrong(format!("the case {} has a `judge` within `either`, where none is asked", case.id)));
        }
        for (name, is_missing) in [("now", case.now.is_none()), ("zone", case.zone.is_none())] {
            if is_missing {
                return Err(wrong(format!("neither the case {} nor the suite says `{name}`", case.id)));
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
