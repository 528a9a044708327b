//! The journal of a run: a folder with its options (`run.json`) and a line for each attempt that has ended (`records.jsonl`). An
//! interrupted run is resumed from it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use flux_agent::prompt::{self, Prompts};
use flux_tools::tool::definitions;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::held;
use crate::case::Suite;
use crate::models::Price;
use crate::record::{AttemptId, Record};

const MANIFEST: &str = "run.json";
const RECORDS: &str = "records.jsonl";

/// The options of a run, and what it depends on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// The names of the models on the command line.
    pub models: Vec<String>,
    /// The choices of prompts: the versions that replace the current ones. An empty choice means the current ones.
    pub prompts: Vec<String>,
    /// The number of attempts at each case.
    pub repeat: u32,
    /// Names of suites. Empty means all.
    pub suites: Vec<String>,
    /// A part of the case's id or category.
    pub filter: Option<String>,
    /// Tags, of which a case must have at least one.
    pub tags: Vec<String>,
    /// The name of the judge's model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judge: Option<String>,
    /// The given price, for models whose price is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Price>,
    /// The file in which the model's answers are recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<PathBuf>,
    /// A hash of each case by id, to detect changes.
    #[serde(default)]
    pub cases: BTreeMap<String, String>,
    /// A hash of all prompts and tools, to detect changes.
    #[serde(default)]
    pub agent: String,
    /// The prompts that were current, `name@version`.
    #[serde(default)]
    pub current: Vec<String>,
}

/// A hash of a value.
fn digest(value: &impl Serialize) -> String {
    let text = serde_json::to_vec(value).unwrap_or_default();
    Sha256::digest(text).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

impl Manifest {
    /// A hash of each case.
    pub fn digests(suites: &[Suite]) -> BTreeMap<String, String> {
        let all = suites.iter().flat_map(|suite| suite.cases.iter().map(move |case| (suite, case)));
        all.map(|(suite, case)| (case.id.clone(), digest(&(&suite.suite, case)))).collect()
    }

    /// A hash of the agent's prompts and tools. Its code is not included, because it changes with every build.
    pub fn agent() -> String {
        let prompts: Vec<(String, &str, &str)> =
            prompt::all().iter().map(|prompt| (prompt.to_string(), prompt.body, prompt.context)).collect();
        let tools: Vec<(&str, &str, &Value)> =
            definitions().iter().map(|tool| (tool.name, tool.description, &tool.schema)).collect();
        digest(&(prompts, tools))
    }

    /// The cases that are in both runs but differ.
    pub fn changed_cases<'a>(&'a self, other: &Self) -> BTreeSet<&'a str> {
        let both = self.cases.iter().filter(|(id, digest)| other.cases.get(*id).is_some_and(|other| other != *digest));
        both.map(|(id, _)| id.as_str()).collect()
    }

    /// The current prompts.
    pub fn current() -> Vec<String> {
        let Prompts { system, architect, repair, report, title } = Prompts::current();
        [system, architect, repair, report, title].map(ToString::to_string).to_vec()
    }

    /// The records in the order of the plan: by contender, then by case, then by repeat. Records that are not in the plan are left
    /// out.
    pub fn in_order(&self, suites: &[Suite], mut records: Vec<Record>) -> Vec<Record> {
        let cases: HashMap<&str, usize> =
            suites.iter().flat_map(|suite| &suite.cases).enumerate().map(|(at, case)| (case.id.as_str(), at)).collect();
        let place = |AttemptId { case, model, prompts, repeat }: &AttemptId| {
            let model = self.models.iter().position(|name| name == model)?;
            let prompts = self.prompts.iter().position(|versions| versions == prompts)?;
            Some((model, prompts, *cases.get(case.as_str())?, *repeat))
        };
        records.retain(|record| place(&record.id).is_some());
        records.sort_by_key(|record| place(&record.id));
        records
    }
}

/// Why a journal cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// A file cannot be read or written.
    #[error("{} cannot be used: {error}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// A line other than the last one is invalid.
    #[error("{}, line {line}: {error}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The number of the line, starting at 1.
        line: usize,
        /// What is wrong with it.
        error: serde_json::Error,
    },
    /// There is no run to resume.
    #[error("there is no run in {}", .0.display())]
    None(PathBuf),
    /// A thread cannot be set up.
    #[error("no runtime for a thread: {error}")]
    Thread {
        /// Why.
        error: io::Error,
    },
}

/// The journal of a run.
pub struct Journal {
    folder: PathBuf,
    file: Mutex<File>,
    done: HashSet<AttemptId>,
}

impl Journal {
    /// Starts a journal in a new folder in `runs`, with this name, followed by a number if the name is taken.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn create(runs: &Path, name: &str, manifest: &Manifest) -> Result<Self, JournalError> {
        fs::create_dir_all(runs).map_err(|error| JournalError::File { path: runs.to_owned(), error })?;
        let mut folder = runs.join(name);
        for number in 2.. {
            match fs::create_dir(&folder) {
                Ok(()) => break,
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    folder = runs.join(format!("{name}-{number}"))
                }
                Err(error) => return Err(JournalError::File { path: folder, error }),
            }
        }
        let folder = folder.as_path();
        let path = folder.join(MANIFEST);
        let text = serde_json::to_string_pretty(manifest).unwrap_or_default() + "\n";
        fs::write(&path, text).map_err(|error| JournalError::File { path, error })?;
        Self::open(folder)
    }

    /// Opens a journal to continue it. An incomplete last line, left by a process that died, is removed.
    ///
    /// # Errors
    /// If it cannot be read or written.
    pub fn open(folder: &Path) -> Result<Self, JournalError> {
        let path = folder.join(RECORDS);
        let fail = |error| JournalError::File { path: path.clone(), error };
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(fail(error)),
        };
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        // Attempts that could not be made may be possible now.
        let ended = parse(&path, &text[..whole])?.into_iter().filter(|record| record.fault.is_none());
        let done = ended.map(|record| record.id).collect();
        let file = OpenOptions::new().create(true).append(true).open(&path).map_err(fail)?;
        file.set_len(whole as u64).map_err(fail)?;
        Ok(Self { folder: folder.to_owned(), file: Mutex::new(file), done })
    }

    /// The newest run in a folder of runs, which are named by the time of their beginning.
    ///
    /// # Errors
    /// If there is none.
    pub fn newest(runs: &Path) -> Result<PathBuf, JournalError> {
        let none = || JournalError::None(runs.to_owned());
        let folders = fs::read_dir(runs).map_err(|_| none())?.flatten().map(|entry| entry.path());
        folders.filter(|folder| folder.join(MANIFEST).is_file()).max().ok_or_else(none)
    }

    /// Whether an attempt has already ended and need not be repeated.
    pub fn has(&self, id: &AttemptId) -> bool {
        self.done.contains(id)
    }

    /// How many attempts had ended when it was opened.
    pub fn done(&self) -> usize {
        self.done.len()
    }

    /// The folder of the journal.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Appends the record of an attempt.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn keep(&self, record: &Record) -> Result<(), JournalError> {
        let fail = |error| JournalError::File { path: self.folder.join(RECORDS), error };
        let line = serde_json::to_string(record).map_err(|error| fail(error.into()))? + "\n";
        // One write, so that a process that dies leaves at most one incomplete line, at the end.
        held(&self.file).write_all(line.as_bytes()).map_err(fail)
    }
}

/// Reads the options of a run.
///
/// # Errors
/// If there is none, or it cannot be read.
pub fn manifest(folder: &Path) -> Result<Manifest, JournalError> {
    let path = folder.join(MANIFEST);
    let text = fs::read_to_string(&path).map_err(|error| JournalError::File { path: path.clone(), error })?;
    serde_json::from_str(&text).map_err(|error| JournalError::Line { path, line: error.line(), error })
}

/// The records of all attempts that have ended, in the order in which they ended. If an attempt could not be made at first, only the
/// later record is returned.
///
/// # Errors
/// If there is none, or it cannot be read.
pub fn records(folder: &Path) -> Result<Vec<Record>, JournalError> {
    let path = folder.join(RECORDS);
    let text = fs::read_to_string(&path).map_err(|error| JournalError::File { path: path.clone(), error })?;
    let whole = text.rfind('\n').map_or(0, |end| end + 1);
    let all = parse(&path, &text[..whole])?;
    let last: HashMap<AttemptId, usize> = all.iter().enumerate().map(|(at, record)| (record.id.clone(), at)).collect();
    Ok(all
        .into_iter()
        .enumerate()
        .filter(|(at, record)| last.get(&record.id) == Some(at))
        .map(|(_, record)| record)
        .collect())
}

fn parse(path: &Path, text: &str) -> Result<Vec<Record>, JournalError> {
    let read = |(index, line): (usize, &str)| {
        serde_json::from_str(line).map_err(|error| JournalError::Line { path: path.to_owned(), line: index + 1, error })
    };
    text.lines().enumerate().map(read).collect()
}
