//! The models that can be evaluated.
//!
//! | name | model |
//! | --- | --- |
//! | `offline` | the built-in interpreter |
//! | `openai:NAME` | an OpenAI-compatible server: `EVALS_BASE_URL`, `EVALS_API_KEY` |
//! | `workers-ai:NAME` | Workers AI through its REST API: `CLOUDFLARE_ACCOUNT_ID`, `CLOUDFLARE_API_TOKEN` |
//! | `replay:FILE` | answers recorded with `--record` |
//! | `reference` | each case's own reference answer |
//! | `empty` | a model that says and does nothing |
//!
//! Time limits and retries are read from the environment, with the same variables as in the service:
//! `MODEL_FIRST_BYTE_TIMEOUT_MS` and so on ([`ModelLimits::from_lookup`]).

mod http;
mod price;
mod recording;
mod reference;
mod rest;

use std::cell::RefCell;
use std::fmt;
use std::path::PathBuf;
use std::rc::Rc;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use flux_agent::assistant::Assistant;
use flux_model::ModelEvent;
use flux_model::{
    ByteStream, ChatModel, ChatRequest, Endpoint, LimitError, Model, ModelError, ModelId, ModelLimits, OpenAi,
    WorkersAi,
};
use flux_offline::Offline;
use flux_tools::context::Facts;
use futures::future::LocalBoxFuture;
use futures::stream::LocalBoxStream;

use crate::case::Case;
use crate::clock::EvalClock;
use http::Client;
use rest::Rest;

pub use price::{Price, price_of};
pub use recording::{Recorder, Recording, RecordingError, Replay};
pub use reference::{Empty, Reference};

/// More steps than a turn can have, including continuations after consent.
const STEPS: u64 = 16;
/// The time that any turn gets at least, for streams that take long.
const SHORTEST_PATIENCE: Duration = Duration::from_secs(600);

/// The name of a model on the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModelName {
    /// The built-in interpreter.
    Offline,
    /// An OpenAI-compatible server.
    OpenAi {
        /// The server's name of the model.
        model: String,
    },
    /// Workers AI.
    WorkersAi {
        /// Cloudflare's name of the model, e.g. `@cf/meta/llama-3.3-70b-instruct-fp8-fast`.
        model: String,
    },
    /// Recorded answers.
    Replay {
        /// The file.
        file: PathBuf,
    },
    /// Each case's own reference answer.
    Reference,
    /// A model that says and does nothing.
    Empty,
}

/// Why a model cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ModelNameError {
    /// The name is invalid.
    #[error(
        "there is no model {0:?}; use `offline`, `openai:NAME`, `workers-ai:NAME`, `replay:FILE`, `reference` or `empty`"
    )]
    Unknown(String),
    /// A variable of the environment is missing.
    #[error("{model} needs {variable} in the environment: {what}")]
    Missing {
        /// The model.
        model: String,
        /// The variable.
        variable: &'static str,
        /// What it must contain.
        what: &'static str,
    },
    /// A limit in the environment is invalid.
    #[error(transparent)]
    Limit(#[from] LimitError),
    /// The recording cannot be used.
    #[error(transparent)]
    Recording(#[from] RecordingError),
    /// The HTTP client cannot be created.
    #[error("no HTTP client: {0}")]
    Http(#[from] reqwest::Error),
}

impl FromStr for ModelName {
    type Err = ModelNameError;

    fn from_str(name: &str) -> Result<Self, ModelNameError> {
        let (kind, rest) = name.split_once(':').unwrap_or((name, ""));
        match (kind, rest) {
            ("offline", "") => Ok(Self::Offline),
            ("reference", "") => Ok(Self::Reference),
            ("empty", "") => Ok(Self::Empty),
            ("openai", model) if !model.is_empty() => Ok(Self::OpenAi { model: model.to_owned() }),
            ("workers-ai", model) if !model.is_empty() => Ok(Self::WorkersAi { model: model.to_owned() }),
            ("replay", file) if !file.is_empty() => Ok(Self::Replay { file: file.into() }),
            _ => Err(ModelNameError::Unknown(name.to_owned())),
        }
    }
}

impl fmt::Display for ModelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Offline => write!(f, "offline"),
            Self::OpenAi { model } => write!(f, "openai:{model}"),
            Self::WorkersAi { model } => write!(f, "workers-ai:{model}"),
            Self::Replay { file } => write!(f, "replay:{}", file.display()),
            Self::Reference => write!(f, "reference"),
            Self::Empty => write!(f, "empty"),
        }
    }
}

/// A model for one attempt, in the form that the production agent uses.
#[derive(Clone)]
pub struct Asked {
    /// The model for the chat.
    pub chat: Rc<dyn Assistant>,
    /// The model for the architect, without retries, because its steps are retried.
    pub goals: Rc<dyn Assistant>,
    /// Set if the attempt says nothing about the model.
    pub fault: Fault,
    /// Longer than any turn can take if the model keeps its limits.
    pub patience: Duration,
}

impl Asked {
    /// The same model for the chat and the architect.
    pub fn new(model: Rc<dyn Assistant>) -> Self {
        Self {
            chat: Rc::clone(&model),
            goals: model,
            fault: Fault::default(),
            patience: patience(ModelLimits::default()),
        }
    }
}

/// Why an attempt says nothing about the model: a recording has no answer, or cannot be written. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Fault(Rc<RefCell<Option<String>>>);

impl Fault {
    /// Sets the fault, unless one is already set.
    fn note(&self, why: &str) {
        self.0.borrow_mut().get_or_insert_with(|| why.to_owned());
    }

    /// Removes and returns the fault.
    pub fn take(&self) -> Option<String> {
        self.0.take()
    }
}

/// The built-in interpreter for one attempt.
struct Interpreter {
    source: ModelSource,
    case: Case,
    fault: Fault,
}

impl Assistant for Interpreter {
    fn answer(&self, request: ChatRequest, facts: Facts) -> LocalBoxStream<'static, Result<ModelEvent, ModelError>> {
        let endpoint: Rc<dyn Endpoint> = match &self.source.recording {
            Some(recording) => {
                let recording = Arc::clone(recording);
                Rc::new(Recorder::new(Offline::new(facts), recording, &self.case.id, self.fault.clone()))
            }
            None => Rc::new(Offline::new(facts)),
        };
        Model::new(Shared(endpoint), EvalClock, self.source.limits).stream(request)
    }

    fn id(&self) -> ModelId {
        flux_offline::model_id()
    }
}

/// An endpoint that two models share.
struct Shared(Rc<dyn Endpoint>);

impl Endpoint for Shared {
    fn open(&self, request: &ChatRequest) -> LocalBoxFuture<'static, Result<ByteStream, ModelError>> {
        self.0.open(request)
    }

    fn answers_whole(&self, request: &ChatRequest) -> bool {
        self.0.answers_whole(request)
    }

    fn id(&self) -> ModelId {
        self.0.id()
    }
}

/// More than a turn can take if every attempt at every step uses its time limits fully. This also bounds a stream that never ends.
fn patience(limits: ModelLimits) -> Duration {
    let once = limits.first_byte_timeout_ms.max(limits.whole_timeout_ms) + limits.between_bytes_timeout_ms;
    let pause = limits.retry_cap_ms.max(limits.retry_after_cap_ms);
    Duration::from_millis((once + pause) * (limits.retries + 1) * STEPS).max(SHORTEST_PATIENCE)
}

/// A model that is ready for use from any thread.
#[derive(Clone)]
pub struct ModelSource {
    kind: Arc<Kind>,
    limits: ModelLimits,
    recording: Option<Arc<Recording>>,
}

enum Kind {
    Offline,
    OpenAi { client: Client, base_url: String, model: String, api_key: Option<String> },
    WorkersAi { client: Client, base_url: String, account: String, token: String, model: String },
    Replay(Arc<Recording>),
    Reference,
    Empty,
}

impl ModelSource {
    /// The model with this name. `lookup` returns environment variables. Its answers are added to `recording`, if there is one.
    ///
    /// # Errors
    /// If a required variable or file is missing or invalid.
    pub fn new(
        name: &ModelName,
        lookup: impl Fn(&str) -> Option<String>,
        recording: Option<Arc<Recording>>,
    ) -> Result<Self, ModelNameError> {
        let needed = |variable: &'static str, what: &'static str| {
            lookup(variable).filter(|value| !value.trim().is_empty()).ok_or_else(|| ModelNameError::Missing {
                model: name.to_string(),
                variable,
                what,
            })
        };
        // The same variables as in the service. A local model may need more time than the defaults.
        let mut limits = ModelLimits::from_lookup(&lookup)?;
        let kind = match name {
            ModelName::Offline => Kind::Offline,
            ModelName::OpenAi { model } => Kind::OpenAi {
                client: Client::new()?,
                base_url: needed("EVALS_BASE_URL", "the server, e.g. http://localhost:11434/v1")?,
                model: model.clone(),
                api_key: lookup("EVALS_API_KEY"),
            },
            ModelName::WorkersAi { model } => Kind::WorkersAi {
                client: Client::new()?,
                // The variable that Cloudflare's own tools use for another address.
                base_url: lookup("CLOUDFLARE_API_BASE_URL").unwrap_or_else(|| rest::API.to_owned()),
                account: needed("CLOUDFLARE_ACCOUNT_ID", "the id of the account")?,
                token: needed("CLOUDFLARE_API_TOKEN", "a token that may run Workers AI")?,
                model: model.clone(),
            },
            ModelName::Replay { file } => Kind::Replay(Arc::new(Recording::read(file)?)),
            ModelName::Reference => Kind::Reference,
            ModelName::Empty => Kind::Empty,
        };
        // Only network requests can succeed on a retry.
        if !matches!(kind, Kind::OpenAi { .. } | Kind::WorkersAi { .. }) {
            limits.retries = 0;
        }
        Ok(Self { kind: Arc::new(kind), limits, recording })
    }

    /// Whether its answers are recorded.
    pub fn is_recorded(&self) -> bool {
        self.recording.is_some()
    }

    /// The model for one attempt at a case.
    pub fn open(&self, case: &Case) -> Asked {
        let fault = Fault::default();
        match self.kind.as_ref() {
            Kind::Offline => self.interpreter(case, fault),
            Kind::OpenAi { client, base_url, model, api_key } => {
                self.asked(OpenAi::new(client.clone(), base_url, model, api_key.clone()), case, fault)
            }
            Kind::WorkersAi { client, base_url, account, token, model } => {
                self.asked(WorkersAi::new(Rest::new(client.clone(), base_url, account, token), model), case, fault)
            }
            Kind::Replay(recording) => {
                self.asked(Replay::new(Arc::clone(recording), &case.id, fault.clone()), case, fault)
            }
            Kind::Reference => self.asked(Reference::new(case), case, fault),
            Kind::Empty => self.asked(Empty, case, fault),
        }
    }

    fn interpreter(&self, case: &Case, fault: Fault) -> Asked {
        let interpreter = Interpreter { source: self.clone(), case: case.clone(), fault: fault.clone() };
        Asked { fault, patience: patience(self.limits), ..Asked::new(Rc::new(interpreter)) }
    }

    fn asked(&self, endpoint: impl Endpoint + 'static, case: &Case, fault: Fault) -> Asked {
        match &self.recording {
            Some(recording) => {
                let recorder = Recorder::new(endpoint, Arc::clone(recording), &case.id, fault.clone());
                self.limited(recorder, fault)
            }
            None => self.limited(endpoint, fault),
        }
    }

    fn limited(&self, endpoint: impl Endpoint + 'static, fault: Fault) -> Asked {
        let endpoint: Rc<dyn Endpoint> = Rc::new(endpoint);
        let model = |limits| Rc::new(Model::new(Shared(Rc::clone(&endpoint)), EvalClock, limits));
        Asked {
            chat: model(self.limits),
            goals: model(ModelLimits { retries: 0, ..self.limits }),
            fault,
            patience: patience(self.limits),
        }
    }
}
