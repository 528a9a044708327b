//! What a turn asks of a model and what comes back: plain types, and the trait that every model implements.

use futures::stream::LocalBoxStream;
use serde::{Deserialize, Serialize};

/// One request to a model: everything it needs for one step of a turn.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChatRequest {
    /// The system prompt, rendered, with the timeline context in words.
    pub system: String,
    /// The conversation that fits the token budget, oldest first; ends with what the model is to answer.
    pub messages: Vec<ModelMessage>,
    /// The tools that it may call.
    pub tools: Vec<ToolSpec>,
    /// JSON Schema of the answer, where it is to be JSON. Providers that cannot be held to one are told in `system`.
    pub response_schema: Option<serde_json::Value>,
    /// Upper bound of the answer, in tokens.
    pub max_output_tokens: u32,
    /// Sampling temperature, 0.0–2.0.
    pub temperature: f32,
}

/// A tool as a model is told of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ToolSpec {
    /// Its name, e.g. `scheduleBlock`.
    pub name: String,
    /// When to call it and what it does, written for a model.
    pub description: String,
    /// JSON Schema of its arguments: the very one that a call is checked against.
    pub parameters: serde_json::Value,
}

/// One message of the conversation as a model sees it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "role", rename_all = "lowercase")]
pub enum ModelMessage {
    /// What the person said.
    User {
        /// Plain text.
        text: String,
    },
    /// What the model said and called in one step.
    Assistant {
        /// Text of the step; may be empty.
        text: String,
        /// Calls of the step, in order. Each is answered by a `Tool` message further on.
        calls: Vec<ModelCall>,
    },
    /// The result of one call.
    Tool {
        /// Id of the call that this answers.
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
    /// As the model wrote it; not necessarily the name of a tool.
    pub name: String,
    /// JSON text as the model wrote it; not necessarily valid.
    pub arguments: String,
}

/// One part of a model's streamed answer, in the order of the stream.
///
/// For one call: `CallStarted`, any number of `CallArguments`, exactly one `CallFinished`. `Finished` comes once, last;
/// a stream that ends without it was cut and yields an error instead.
#[derive(Debug, Clone, PartialEq)]
pub enum ModelEvent {
    /// A piece of the answer; never empty.
    Text(String),
    /// A piece of the model's reasoning, kept apart from the answer.
    Reasoning(String),
    /// A call begins.
    CallStarted {
        /// Unique within the conversation: the parser makes one where the model gave none or repeats one.
        id: String,
        /// As the model wrote it, trimmed.
        name: String,
    },
    /// The next piece of a call's arguments, raw JSON text.
    CallArguments {
        /// Of the call.
        id: String,
        /// The piece.
        delta: String,
    },
    /// A call is complete.
    CallFinished(ModelCall),
    /// What the answer cost; the last one counts.
    Usage(Usage),
    /// An event of the stream could not be read and was left out; for the log.
    Skipped {
        /// What came instead, shortened to 200 characters.
        what: String,
    },
    /// The attempt failed before any text or call was shown, and another begins after a pause. Reasoning that came
    /// before this event belongs to the failed attempt.
    Retried {
        /// Number of the attempt that begins: 2 for the first retry.
        attempt: u32,
        /// The pause before it, in ms.
        after_ms: u64,
        /// Why the last one failed.
        reason: ModelError,
    },
    /// The end, and why.
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
    /// It said all it had to say.
    Stop,
    /// The token limit cut it.
    Length,
    /// It waits for the results of its calls.
    ToolCalls,
    /// The provider withheld the rest.
    ContentFilter,
    /// The provider failed in mid-stream but closed it in order.
    Error,
    /// A reason that is not known here.
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

/// Why a model gave no whole answer. `Display` is what a person is told who waits for it in the chat: the [cause], and what
/// became of the answer.
///
/// [cause]: ModelError::cause
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// Too many requests, by this person or by all.
    #[error("{} Nothing was lost; try again in a moment.", self.cause())]
    RateLimited {
        /// What the provider asked for (`Retry-After`), in ms.
        retry_after_ms: Option<u64>,
    },
    /// The provider has no capacity (HTTP 5xx, Workers AI 3040).
    #[error("{} Nothing was lost; try again in a moment.", self.cause())]
    Overloaded,
    /// Nothing came for too long.
    #[error("{} What it said until then was kept; try again.", self.cause())]
    TimedOut {
        /// The limit that ran out.
        seconds: u64,
    },
    /// The stream ended in the middle.
    #[error("{} What it said until then was kept; try again.", self.cause())]
    Cut,
    /// The model answered with nothing at all.
    #[error("{} Try again, or say it in other words.", self.cause())]
    Empty,
    /// The provider refused the request: a wrong key, an unknown model, a request that is too long.
    #[error("{}", self.cause())]
    Refused {
        /// HTTP status, 0 where the provider gave none.
        status: u16,
        /// Its own words, at most 500 characters.
        message: String,
    },
    /// What came is not an answer: HTML, no JSON, an unknown format.
    #[error("{}", self.cause())]
    Malformed {
        /// What came instead, shortened to 200 characters.
        what: String,
    },
    /// There is no model to ask.
    #[error("{}", self.cause())]
    Unconnected,
    /// The provider could not be reached.
    #[error("{}", self.cause())]
    Unreachable {
        /// The cause, as the network layer says it.
        message: String,
    },
}

impl ModelError {
    /// What happened, in a sentence, whatever the answer was for.
    pub fn cause(&self) -> String {
        match self {
            Self::RateLimited { .. } => "The model takes no more requests right now.".to_owned(),
            Self::Overloaded => "The model is over capacity.".to_owned(),
            Self::TimedOut { seconds } => format!("The model did not answer within {seconds} seconds."),
            Self::Cut => "The model's answer was cut off.".to_owned(),
            Self::Empty => "The model gave an empty answer.".to_owned(),
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

    /// Whether the same request can succeed at another time. Where a person waits, [`super::ModelLimits`] bounds how
    /// often that is tried; where nobody does, it is worth a longer pause.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::RateLimited { .. }
            | Self::Overloaded
            | Self::TimedOut { .. }
            | Self::Cut
            | Self::Empty
            | Self::Unreachable { .. } => true,
            Self::Refused { .. } | Self::Malformed { .. } | Self::Unconnected => false,
        }
    }
}
