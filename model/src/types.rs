//! Requests to a model and its answers as plain types, and the trait that every model implements.

use std::rc::Rc;

use futures::stream::LocalBoxStream;
use serde::{Deserialize, Serialize, Serializer};

/// One request to a model, with everything that it needs for one step of a turn.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChatRequest {
    /// The system prompt. Providers reuse their work for a prompt that begins with the same bytes as an earlier one, so what
    /// changes from turn to turn belongs in `context`.
    pub system: String,
    /// What holds at the moment, as data. It stands in front of the newest message of the person. Empty if there is nothing
    /// to state.
    pub context: String,
    /// The part of the conversation that fits the token budget, oldest message first. The last message is the one to
    /// answer.
    pub messages: Vec<ModelMessage>,
    /// The tools that it may call.
    pub tools: Vec<ToolSpec>,
    /// The JSON Schema of the answer, if the answer must be JSON. For providers that cannot enforce a schema, `system`
    /// says the same.
    pub response_schema: Option<serde_json::Value>,
    /// Upper bound of the answer, in tokens.
    pub max_output_tokens: u32,
    /// Sampling temperature, 0.0–2.0.
    pub temperature: f32,
    /// The header `traceparent` (W3C Trace Context) of the request to a server. `None` sends none.
    #[serde(skip)]
    pub traceparent: Option<String>,
}

/// The description of a tool for a model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ToolSpec {
    /// Its name, e.g. `scheduleBlock`.
    pub name: String,
    /// When to call it and what it does, written for a model.
    pub description: String,
    /// The JSON Schema of its arguments. Calls are checked against the same schema.
    #[serde(serialize_with = "shared")]
    pub parameters: Rc<serde_json::Value>,
}

fn shared<S: Serializer>(value: &Rc<serde_json::Value>, serializer: S) -> Result<S::Ok, S::Error> {
    value.serialize(serializer)
}

/// One message of the conversation as a model sees it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "role", rename_all = "lowercase")]
pub enum ModelMessage {
    /// A message of the person.
    User {
        /// Plain text.
        text: String,
    },
    /// The text and calls of the model in one step.
    Assistant {
        /// The text of the step, possibly empty.
        text: String,
        /// The calls of the step, in order. A later `Tool` message has the result of each.
        calls: Vec<ModelCall>,
    },
    /// The result of one call.
    Tool {
        /// The id of the call.
        call_id: String,
        /// Name of the tool.
        name: String,
        /// The result, JSON text, possibly shortened.
        content: String,
    },
}

/// A complete tool call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelCall {
    /// Unique within the conversation.
    pub id: String,
    /// The name as the model wrote it, which may not be the name of a tool.
    pub name: String,
    /// The arguments as the model wrote them, which may not be valid JSON.
    pub arguments: String,
}

/// One part of a model's streamed answer, in the order of the stream.
///
/// For one call: `CallStarted`, any number of `CallArguments`, exactly one `CallFinished`. `Finished` comes once, at
/// the end. A stream that ends without it was cut off and ends with an error instead.
#[derive(Debug, Clone, PartialEq)]
pub enum ModelEvent {
    /// A piece of the answer, never empty.
    Text(String),
    /// A piece of the model's reasoning, separate from the answer.
    Reasoning(String),
    /// A call begins.
    CallStarted {
        /// Unique within the conversation. The parser makes one if the model gives none or repeats one.
        id: String,
        /// As the model wrote it, trimmed.
        name: String,
    },
    /// The next piece of a call's arguments, raw JSON text.
    CallArguments {
        /// The id of the call.
        id: String,
        /// The piece.
        delta: String,
    },
    /// A call is complete.
    CallFinished(ModelCall),
    /// The tokens used so far. The last event counts.
    Usage(Usage),
    /// An event of the stream could not be read and was skipped. This is for the log.
    Skipped {
        /// The unreadable data, shortened to 200 characters.
        what: String,
    },
    /// The attempt failed before any text or call was shown, and another begins after a pause. Reasoning that came
    /// before this event belongs to the failed attempt.
    Retried {
        /// The number of the attempt that begins: 2 for the first retry.
        attempt: u32,
        /// The pause before it, in ms.
        after_ms: u64,
        /// Why the last attempt failed.
        reason: ModelError,
    },
    /// The end, with the reason.
    Finished(FinishReason),
}

/// Tokens as the provider counts them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Usage {
    /// Tokens of the prompt.
    pub input_tokens: u64,
    /// Tokens of the answer.
    pub output_tokens: u64,
}

/// Why a model stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FinishReason {
    /// The answer is complete.
    Stop,
    /// The token limit was reached.
    Length,
    /// The model waits for the results of its calls.
    ToolCalls,
    /// The provider withheld the rest.
    ContentFilter,
    /// The provider failed during the stream but closed it properly.
    Error,
    /// An unknown reason.
    Other,
}

/// A model that can be asked.
pub trait ChatModel {
    /// Starts an answer. Dropping the stream stops the request.
    fn stream(&self, request: ChatRequest) -> LocalBoxStream<'static, Result<ModelEvent, ModelError>>;

    /// Provider and name, as shown to people and written to logs.
    fn id(&self) -> ModelId;
}

/// Which model answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelId {
    /// `workers-ai`, `openai`, `offline` or `none`.
    pub provider: String,
    /// The provider's name of it, e.g. `@cf/meta/llama-3.3-70b-instruct-fp8-fast`.
    pub name: String,
}

/// Why a model gave no complete answer. `Display` is the message for a person who waits in the chat: the [cause], and
/// what happened to the answer.
///
/// [cause]: ModelError::cause
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// Too many requests, by this person or in total.
    #[error("{} Nothing was lost; try again in a moment.", self.cause())]
    RateLimited {
        /// The pause that the provider asks for (`Retry-After`), in ms.
        retry_after_ms: Option<u64>,
    },
    /// The provider has no capacity (HTTP 5xx, Workers AI 3040).
    #[error("{} Nothing was lost; try again in a moment.", self.cause())]
    Overloaded,
    /// No data arrived for too long.
    #[error("{} What it said until then was kept; try again.", self.cause())]
    TimedOut {
        /// The time limit, in seconds.
        seconds: u64,
    },
    /// The stream ended in the middle.
    #[error("{} What it said until then was kept; try again.", self.cause())]
    Cut,
    /// The answer is empty.
    #[error("{} Try again, or say it in other words.", self.cause())]
    Empty,
    /// The provider does not have the model, or no longer.
    #[error("{} What was done before is kept.", self.cause())]
    NoSuchModel {
        /// The provider's message, at most 500 characters. It usually names the model.
        message: String,
    },
    /// The provider refused the request: a wrong key, a request that is too long.
    #[error("{}", self.cause())]
    Refused {
        /// The HTTP status, or 0 if the provider gave none.
        status: u16,
        /// The provider's message, at most 500 characters.
        message: String,
    },
    /// The data is not an answer: HTML, invalid JSON, or an unknown format.
    #[error("{}", self.cause())]
    Malformed {
        /// The unreadable data, shortened to 200 characters.
        what: String,
    },
    /// No model is connected.
    #[error("{}", self.cause())]
    Unconnected,
    /// The provider could not be reached.
    #[error("{}", self.cause())]
    Unreachable {
        /// The cause, as the network layer reports it.
        message: String,
    },
}

impl ModelError {
    /// What happened, in one sentence that does not depend on the purpose of the request.
    pub fn cause(&self) -> String {
        match self {
            Self::RateLimited { .. } => "The model takes no more requests right now.".to_owned(),
            Self::Overloaded => "The model is over capacity.".to_owned(),
            Self::TimedOut { seconds } => format!("The model did not answer within {seconds} seconds."),
            Self::Cut => "The model's answer was cut off.".to_owned(),
            Self::Empty => "The model gave an empty answer.".to_owned(),
            Self::NoSuchModel { message } => format!(
                "The model's provider does not have the model: {} Set MODEL_NAME in wrangler.toml to a model that it has, or leave \
                 it empty for the default.",
                sentence(message)
            ),
            Self::Refused { status: 0, message } => format!("The model's provider refused the request: {message}"),
            Self::Refused { status, message } => {
                format!("The model's provider refused the request ({status}): {message}")
            }
            Self::Malformed { what } => format!("The model's provider sent something that is not an answer: {what}"),
            Self::Unconnected => {
                "No model is connected. Nothing was changed. Bind Workers AI in wrangler.toml, or set \
                                  MODEL_BASE_URL to a server."
                    .to_owned()
            }
            Self::Unreachable { message } => format!("The model could not be reached: {message}"),
        }
    }

    /// Whether the same request can succeed later. [`super::ModelLimits`] limits how often it is retried while a person
    /// waits. If nobody waits, a retry after a longer pause makes sense.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::RateLimited { .. }
            | Self::Overloaded
            | Self::TimedOut { .. }
            | Self::Cut
            | Self::Empty
            | Self::Unreachable { .. } => true,
            Self::NoSuchModel { .. } | Self::Refused { .. } | Self::Malformed { .. } | Self::Unconnected => false,
        }
    }
}

/// The text with a full stop at its end, unless it has one.
fn sentence(text: &str) -> String {
    let text = text.trim_end();
    if text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}
