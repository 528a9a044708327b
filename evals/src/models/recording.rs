//! Recording answers byte for byte as the provider sent them, and replaying them: real streams without a network.
//!
//! A recording is a file of JSON Lines, one answer per line. The answers to a case are given in their order, whatever is asked. So a
//! recording outlives changes of prompts and tools: it shows what the agent does with a model's answers, and only a new one shows what the
//! model says to the prompts of now.

use std::cell::Cell;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use flux_model::{ByteStream, ChatRequest, Endpoint, ModelError, ModelId, ModelMessage, request_body};
use futures::StreamExt;
use futures::future::LocalBoxFuture;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Fault;
use super::reference::body;

/// Why a recording cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// The file cannot be read or written.
    #[error("the recording {} cannot be used: {error}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// A line is invalid.
    #[error("the recording {}, line {line}: {error}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The number of the line, starting at 1.
        line: usize,
        /// What is wrong with it.
        error: serde_json::Error,
    },
}

/// A recorded answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    /// Identifies the request. An interrupted attempt asks twice, and the later answer counts.
    key: String,
    /// The model. Only for readers.
    model: String,
    /// The case.
    case: String,
    /// The person's last message. Only for readers.
    said: String,
    /// The body of the response.
    body: String,
}

/// Recorded answers.
pub struct Recording {
    path: PathBuf,
    /// The answers to each case, in the order in which the model gave them.
    answers: BTreeMap<String, Vec<String>>,
    file: Option<Mutex<File>>,
}

impl Recording {
    /// Opens a recording to replay.
    ///
    /// # Errors
    /// If the file or a line cannot be read.
    pub fn read(path: &Path) -> Result<Self, RecordingError> {
        let fail = |error| RecordingError::File { path: path.to_owned(), error };
        let mut answers: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (index, line) in BufReader::new(File::open(path).map_err(fail)?).lines().enumerate() {
            let line = line.map_err(fail)?;
            let kept: Kept = serde_json::from_str(&line).map_err(|error| RecordingError::Line {
                path: path.to_owned(),
                line: index + 1,
                error,
            })?;
            answers.entry(kept.case).or_default().push(kept.body);
        }
        Ok(Self { path: path.to_owned(), answers, file: None })
    }

    /// Creates a recording, replacing the file.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn create(path: &Path) -> Result<Self, RecordingError> {
        let fail = |error| RecordingError::File { path: path.to_owned(), error };
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(fail)?;
        }
        fs::write(path, "").map_err(fail)?;
        Self::append(path)
    }

    /// Opens a recording to continue it. An incomplete last line, left by a process that died, is removed.
    ///
    /// # Errors
    /// If the file cannot be read or written.
    pub fn append(path: &Path) -> Result<Self, RecordingError> {
        let fail = |error| RecordingError::File { path: path.to_owned(), error };
        let text = fs::read_to_string(path).map_err(fail)?;
        let file = OpenOptions::new().append(true).open(path).map_err(fail)?;
        file.set_len(text.rfind('\n').map_or(0, |end| end as u64 + 1)).map_err(fail)?;
        Ok(Self { path: path.to_owned(), answers: BTreeMap::new(), file: Some(Mutex::new(file)) })
    }

    /// Sorts the answers by case, so that the file in Git changes only where an answer does and not with the order of threads. Of two
    /// answers to the same request of a case, the later one is kept, because the first attempt was interrupted.
    ///
    /// # Errors
    /// If the file cannot be read or written.
    pub fn finish(&self) -> Result<(), RecordingError> {
        let fail = |error| RecordingError::File { path: self.path.clone(), error };
        let text = fs::read_to_string(&self.path).map_err(fail)?;
        let mut lines: Vec<(String, &str)> = Vec::new();
        let mut places: HashMap<(String, String), usize> = HashMap::new();
        for (index, line) in text.lines().enumerate() {
            let kept: Kept = serde_json::from_str(line).map_err(|error| RecordingError::Line {
                path: self.path.clone(),
                line: index + 1,
                error,
            })?;
            match places.entry((kept.case.clone(), kept.key)) {
                Entry::Occupied(place) => lines[*place.get()] = (kept.case, line),
                Entry::Vacant(place) => {
                    place.insert(lines.len());
                    lines.push((kept.case, line));
                }
            }
        }
        lines.sort_by(|(one, _), (other, _)| one.cmp(other));
        let text: String = lines.iter().flat_map(|(_, line)| [line, "\n"]).collect();
        fs::write(&self.path, text).map_err(fail)
    }

    fn keep(&self, kept: &Kept) -> io::Result<()> {
        let Some(file) = &self.file else { return Ok(()) };
        let line = serde_json::to_string(kept)? + "\n";
        let mut file = file.lock().map_err(|_| io::Error::other("another thread failed while it wrote"))?;
        file.write_all(line.as_bytes())
    }
}

/// Identifies a request: a hash of everything that is sent to the model, except the model's name.
fn key(request: &ChatRequest) -> String {
    let digest = Sha256::digest(request_body("", request).to_string());
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// A model that replays the answers to a case. After the last one it gives that again, because the agent may ask more often than when
/// it was recorded. A case without answers says nothing about the model.
pub struct Replay {
    recording: Arc<Recording>,
    case: String,
    given: Cell<usize>,
    fault: Fault,
}

impl Replay {
    /// A model for one attempt at a case. Sets `fault` if the recording has no answer to it.
    pub fn new(recording: Arc<Recording>, case: &str, fault: Fault) -> Self {
        Self { recording, case: case.to_owned(), given: Cell::new(0), fault }
    }

    fn next(&self) -> Option<&String> {
        let answers = self.recording.answers.get(&self.case)?;
        let at = self.given.replace(self.given.get() + 1);
        answers.get(at).or_else(|| answers.last())
    }
}

impl Endpoint for Replay {
    fn open(&self, _: &ChatRequest) -> LocalBoxFuture<'static, Result<ByteStream, ModelError>> {
        match self.next() {
            Some(text) => body(text.clone()),
            None => {
                let message = format!(
                    "{} has no answer to the case {}. Record it with --record.",
                    self.recording.path.display(),
                    self.case
                );
                self.fault.note(&message);
                Box::pin(async move { Err(ModelError::Refused { status: 0, message }) })
            }
        }
    }

    fn id(&self) -> ModelId {
        ModelId { provider: "replay".to_owned(), name: self.recording.path.display().to_string() }
    }
}

/// An endpoint that records its answers.
pub struct Recorder<E> {
    endpoint: E,
    recording: Arc<Recording>,
    case: String,
    fault: Fault,
}

impl<E: Endpoint> Recorder<E> {
    /// Records the answers of `endpoint` for a case. Sets `fault` if they cannot be written.
    pub fn new(endpoint: E, recording: Arc<Recording>, case: &str, fault: Fault) -> Self {
        Self { endpoint, recording, case: case.to_owned(), fault }
    }
}

impl<E: Endpoint> Endpoint for Recorder<E> {
    fn open(&self, request: &ChatRequest) -> LocalBoxFuture<'static, Result<ByteStream, ModelError>> {
        let opening = self.endpoint.open(request);
        let (recording, fault) = (Arc::clone(&self.recording), self.fault.clone());
        let mut kept = Kept {
            key: key(request),
            model: self.endpoint.id().name,
            case: self.case.clone(),
            said: said(request),
            body: String::new(),
        };
        Box::pin(async move {
            let mut answer = opening.await?;
            // Only complete answers are recorded, so the answer is read to its end. A stream that breaks off stays an error.
            let mut bytes = Vec::new();
            while let Some(piece) = answer.next().await {
                bytes.extend(piece?);
            }
            kept.body = String::from_utf8_lossy(&bytes).into_owned();
            recording.keep(&kept).map_err(|error| {
                let message = format!("The answer could not be recorded in {}: {error}", recording.path.display());
                fault.note(&message);
                ModelError::Refused { status: 0, message }
            })?;
            body(kept.body).await
        })
    }

    fn answers_whole(&self, _: &ChatRequest) -> bool {
        // Nothing is passed on before the answer is complete.
        true
    }

    fn id(&self) -> ModelId {
        self.endpoint.id()
    }
}

fn said(request: &ChatRequest) -> String {
    let said = request.messages.iter().rev().find_map(|message| match message {
        ModelMessage::User { text } => Some(text.as_str()),
        _ => None,
    });
    said.unwrap_or_default().chars().take(120).collect()
}
