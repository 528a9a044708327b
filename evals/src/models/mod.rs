//! The models that can be asked.
//!
//! | named | asks |
//! | --- | --- |
//! | `offline` | the built-in interpreter |
//! | `openai:NAME` | an OpenAI-compatible server: `EVALS_BASE_URL`, `EVALS_API_KEY` |
//! | `workers-ai:NAME` | Workers AI by its REST API: `CLOUDFLARE_ACCOUNT_ID`, `CLOUDFLARE_API_TOKEN` |
//! | `replay:FILE` | answers recorded with `--record` |
//! | `reference` | each case's own reference answer |
//! | `empty` | nobody: it says and does nothing |
//!
//! How long they may take and how often they are asked again is read from the environment as the service reads it from its
//! variables: `MODEL_FIRST_BYTE_TIMEOUT_MS` and so on ([`ModelLimits::from_lookup`]).

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
use crate::world::EvalClock;
use http::Client;
use rest::Rest;

pub use price::{Price, price_of};
pub use recording::{Recorder, Recording, RecordingError, Replay};
pub use reference::{Empty, Reference};

/// So often the model is asked in a turn, at most, and some more: consent begins a turn anew.
const STEPS: u64 = 16;
/// What a stream may take that goes on and on.
const SHORTEST_PATIENCE: Duration = Duration::from_secs(600);

/// A model, as it is named to the harness.
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
    /// Nobody.
    Empty,
}

/// Why a model cannot be asked.
#[derive(Debug, thiserror::Error)]
pub enum ModelNameError {
    /// The name is none.
    #[error(
        "there is no model {0:?}: name `offline`, `openai:NAME`, `workers-ai:NAME`, `replay:FILE`, `reference` or `empty`"
    )]
    Unknown(String),
    /// A variable of the environment is missing.
    #[error("{model} needs {variable} in the environment: {what}")]
    Missing {
        /// The model.
        model: String,
        /// The variable.
        variable: &'static str,
        /// What it holds.
        what: &'static str,
    },
    /// A limit in the environment is none.
    #[error(transparent)]
    Limit(#[from] LimitError),
    /// The recording cannot be used.
    #[error(transparent)]
    Recording(#[from] RecordingError),
    /// The HTTP client cannot be made.
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

/// A model at one attempt, as the agent of production has it.
#[derive(Clone)]
pub struct Asked {
    /// It, as the person speaks with it.
    pub chat: Rc<dyn Assistant>,
    /// It, as the architect asks it, whose steps are tried again by themselves.
    pub goals: Rc<dyn Assistant>,
    /// Why the attempt says nothing about the model, should that come to light.
    pub fault: Fault,
    /// No turn can take longer, whatever the model does within its limits.
    pub patience: Duration,
}

impl Asked {
    /// This model, whoever asks it.
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
    /// Notes it; the first one counts.
    fn note(&self, why: &str) {
        self.0.borrow_mut().get_or_insert_with(|| why.to_owned());
    }

    /// It, if there was one.
    pub fn take(&self) -> Option<String> {
        self.0.take()
    }
}

/// The built-in interpreter at one attempt.
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

/// An endpoint that two models ask.
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

/// More than all that a turn can wait for: each of its steps, each time that it is tried, to the last of its limits. A
/// stream that goes on has no other bound.
fn patience(limits: ModelLimits) -> Duration {
    let once = limits.first_byte_timeout_ms.max(limits.whole_timeout_ms) + limits.between_bytes_timeout_ms;
    let pause = limits.retry_cap_ms.max(limits.retry_after_cap_ms);
    Duration::from_millis((once + pause) * (limits.retries + 1) * STEPS).max(SHORTEST_PATIENCE)
}

/// A model that is ready to be asked, from any thread.
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
    /// The model of this name. `lookup` gives variables of the environment. What it answers is added to `recording`, if there
    /// is one.
    ///
    /// # Errors
    /// Where something that it needs is missing.
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
        // As the service reads them: a model on one's own computer may need longer.
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
                // The variable by which Cloudflare's own tools are sent elsewhere.
                base_url: lookup("CLOUDFLARE_API_BASE_URL").unwrap_or_else(|| rest::API.to_owned()),
                account: needed("CLOUDFLARE_ACCOUNT_ID", "the id of the account")?,
                token: needed("CLOUDFLARE_API_TOKEN", "a token that may run Workers AI")?,
                model: model.clone(),
            },
            ModelName::Replay { file } => Kind::Replay(Arc::new(Recording::read(file)?)),
            ModelName::Reference => Kind::Reference,
            ModelName::Empty => Kind::Empty,
        };
        // Nothing but the network gets better by being tried again.
        if !matches!(kind, Kind::OpenAi { .. } | Kind::WorkersAi { .. }) {
            limits.retries = 0;
        }
        Ok(Self { kind: Arc::new(kind), limits, recording })
    }

    /// Whether what it answers is recorded.
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
                self.asked(Replay { recording: Arc::clone(recording), fault: fault.clone() }, case, fault)
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
