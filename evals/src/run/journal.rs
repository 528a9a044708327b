//! The journal of a run: a folder with what was asked for (`run.json`), and a line for each attempt that has ended
//! (`records.jsonl`). A run that was interrupted goes on from it.

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

/// What a run was asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// The models, as they were named.
    pub models: Vec<String>,
    /// The prompt versions in place of the current ones, one choice each; an empty one is the current ones.
    pub prompts: Vec<String>,
    /// How often each case is tried.
    pub repeat: u32,
    /// Names of suites; all where empty.
    pub suites: Vec<String>,
    /// A part of the case's id or category.
    pub filter: Option<String>,
    /// Tags, of which a case has one at least.
    pub tags: Vec<String>,
    /// Who was asked what no rule can check.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judge: Option<String>,
    /// The price that was told, for models whose price is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Price>,
    /// The file in which the model's answers are kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<PathBuf>,
    /// What the cases were, by id, to tell which have changed since.
    #[serde(default)]
    pub cases: BTreeMap<String, String>,
    /// What the agent was told, to tell whether that has changed since: all prompts, and the tools.
    #[serde(default)]
    pub agent: String,
    /// The prompts that were current, `name@version`.
    #[serde(default)]
    pub current: Vec<String>,
}

/// What tells something from others of its kind.
fn digest(value: &impl Serialize) -> String {
    let text = serde_json::to_vec(value).unwrap_or_default();
    Sha256::digest(text).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

impl Manifest {
    /// What tells each of these cases from what it was or will be.
    pub fn digests(suites: &[Suite]) -> BTreeMap<String, String> {
        let all = suites.iter().flat_map(|suite| suite.cases.iter().map(move |case| (suite, case)));
        all.map(|(suite, case)| (case.id.clone(), digest(&(&suite.suite, case)))).collect()
    }

    /// What tells this agent from one with other prompts or tools. Its code is not told: it changes with every build.
    pub fn agent() -> String {
        let prompts: Vec<(String, &str)> =
            prompt::all().iter().map(|prompt| (prompt.to_string(), prompt.body)).collect();
        let tools: Vec<(&str, &str, &Value)> =
            definitions().iter().map(|tool| (tool.name, tool.description, &tool.schema)).collect();
        digest(&(prompts, tools))
    }

    /// The cases that both runs have, and that were not the same in the two.
    pub fn changed_cases<'a>(&'a self, other: &Self) -> BTreeSet<&'a str> {
        let both = self.cases.iter().filter(|(id, digest)| other.cases.get(*id).is_some_and(|other| other != *digest));
        both.map(|(id, _)| id.as_str()).collect()
    }

    /// The prompts that are current.
    pub fn current() -> Vec<String> {
        let Prompts { system, architect, mend, report, title } = Prompts::current();
        [system, architect, mend, report, title].map(ToString::to_string).to_vec()
    }

    /// Records in the order of what was asked for: by contender, then by case, then by repeat. Those that are none of it are left
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

/// What cannot be done with a journal.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// A file of it.
    #[error("{} cannot be used: {error}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// A line that cannot be read, and is not the last one.
    #[error("{}, line {line}: {error}", path.display())]
    Line {
        /// Of which file.
        path: PathBuf,
        /// From 1 on.
        line: usize,
        /// What is wrong with it.
        error: serde_json::Error,
    },
    /// There is no run to go on with.
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
    /// Begins one in a folder of its own among `runs`: of this name, or with a number after it where that is taken.
    ///
    /// # Errors
    /// Where it cannot be written.
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

    /// Goes on with one. A last line that was only half written, because the process died, is taken off.
    ///
    /// # Errors
    /// Where it cannot be read or written.
    pub fn open(folder: &Path) -> Result<Self, JournalError> {
        let path = folder.join(RECORDS);
        let fail = |error| JournalError::File { path: path.clone(), error };
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(fail(error)),
        };
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        // What could not be tried may be possible now.
        let ended = parse(&path, &text[..whole])?.into_iter().filter(|record| record.fault.is_none());
        let done = ended.map(|record| record.id).collect();
        let file = OpenOptions::new().create(true).append(true).open(&path).map_err(fail)?;
        file.set_len(whole as u64).map_err(fail)?;
        Ok(Self { folder: folder.to_owned(), file: Mutex::new(file), done })
    }

    /// The newest run in a folder of runs, which are named by the time of their beginning.
    ///
    /// # Errors
    /// Where there is none.
    pub fn newest(runs: &Path) -> Result<PathBuf, JournalError> {
        let none = || JournalError::None(runs.to_owned());
        let folders = fs::read_dir(runs).map_err(|_| none())?.flatten().map(|entry| entry.path());
        folders.filter(|folder| folder.join(MANIFEST).is_file()).max().ok_or_else(none)
    }

    /// Whether an attempt has ended already, and need not be made again.
    pub fn has(&self, id: &AttemptId) -> bool {
        self.done.contains(id)
    }

    /// How many attempts had ended when it was opened.
    pub fn done(&self) -> usize {
        self.done.len()
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Writes an attempt down.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn keep(&self, record: &Record) -> Result<(), JournalError> {
        let fail = |error| JournalError::File { path: self.folder.join(RECORDS), error };
        let line = serde_json::to_string(record).map_err(|error| fail(error.into()))? + "\n";
        // One write, so that a process that dies leaves half a line at most, and at the end.
        held(&self.file).write_all(line.as_bytes()).map_err(fail)
    }
}

/// What a run was asked for.
///
/// # Errors
/// Where there is none, or it cannot be read.
pub fn manifest(folder: &Path) -> Result<Manifest, JournalError> {
    let path = folder.join(MANIFEST);
    let text = fs::read_to_string(&path).map_err(|error| JournalError::File { path: path.clone(), error })?;
    serde_json::from_str(&text).map_err(|error| JournalError::Line { path, line: error.line(), error })
}

/// All attempts of a run that have ended, in the order in which they did. Of one that could not be made and was made later,
/// the later.
///
/// # Errors
/// Where there is none, or it cannot be read.
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
