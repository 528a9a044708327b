//! Language models behind one trait, [`ChatModel`].
//!
//! An [`Endpoint`] opens a stream of bytes, the [`StreamParser`] turns it into [`ModelEvent`]s, and [`Model`] adds timeouts
//! and retries. Every provider uses this pipeline. The crate does no I/O: the transport is a trait ([`HttpTransport`],
//! [`AiBinding`]), and so is the source of time and randomness ([`Clock`]). It does not know the timeline or what a turn
//! does with the events, and depends on no other crate of the workspace.
//!
//! ```
//! use flux_model::{ChatRequest, FinishReason, ModelEvent, StreamParser};
//!
//! let request = ChatRequest {
//!     system: "You plan days.".to_owned(),
//!     context: String::new(),
//!     messages: Vec::new(),
//!     tools: Vec::new(),
//!     response_schema: None,
//!     max_output_tokens: 1024,
//!     temperature: 0.3,
//!     traceparent: None,
//! };
//! let mut parser = StreamParser::new(&request, 1);
//! let mut events = Vec::new();
//! let delta = r#"data: {"choices": [{"delta": {"content": "Hello"}, "finish_reason": "stop"}]}"#;
//! parser.push(format!("{delta}\n\ndata: [DONE]\n\n").as_bytes(), &mut events)?;
//! parser.finish(&mut events)?;
//! assert_eq!(events, [ModelEvent::Text("Hello".to_owned()), ModelEvent::Finished(FinishReason::Stop)]);
//! # Ok::<(), flux_model::ModelError>(())
//! ```
//!
//! | module | what lives there |
//! | --- | --- |
//! | `types` | requests, events and errors; the trait [`ChatModel`] |
//! | `endpoint` | [`Model`]: an [`Endpoint`] with timeouts and retries |
//! | `openai`, `workers_ai` | the two kinds of endpoints |
//! | `messages`, `tool_texts` | a request as JSON, in the form that both endpoints share |
//! | `marks` | what a text in a message must not contain: the markers of chat templates |
//! | `stream` | from bytes to events: server-sent events, chunks, calls, thoughts |
//! | `usage` | the tokens of an answer, reported or estimated |
//! | `unconnected` | the model that stands in if none is connected |
//! | `failure`, `retry`, `limits`, `clock` | what failed, whether to retry, and time limits |
//! | `repair`, `coerce`, `schema`, `tool_name` | what a model meant by a call that it wrote badly |

mod clock;
mod coerce;
mod endpoint;
mod failure;
mod limits;
mod marks;
mod messages;
mod openai;
mod repair;
mod retry;
mod schema;
mod stream;
mod tool_name;
mod tool_texts;
mod types;
mod unconnected;
mod usage;
mod workers_ai;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use clock::Clock;
pub use coerce::coerce;
pub use endpoint::{ByteStream, Endpoint, Model};
pub use failure::{binding_failure, http_failure};
pub use limits::{LimitError, ModelLimits};
pub use marks::unmarked;
pub use openai::{HttpResponse, HttpTransport, OpenAi, request_body};
pub use repair::{RepairError, is_cut_off, json_within, repair_arguments};
pub use stream::{Assembler, CallPiece, Chunk, StreamParser};
pub use tool_name::resolve_tool_name;
pub use types::*;
pub use unconnected::Unconnected;
pub use usage::{TokenCount, estimated_tokens};
pub use workers_ai::{AiBinding, AiOutput, WorkersAi, run_input};
