//! Language models behind one trait.
//!
//! Every provider ends in the same pipeline: an endpoint opens a byte stream, the parser turns it into [`ModelEvent`]s,
//! and time-outs and retries are added around both. What a turn does with the events is not known here.
//!
//! | module | what lives there |
//! | --- | --- |
//! | `types` | what a turn asks and gets; the trait [`ChatModel`] |
//! | `endpoint` | [`Model`]: an [`Endpoint`] with timeouts and retries |
//! | `openai`, `workers_ai` | the two kinds of endpoint; each asks the edge for one thing, bytes |
//! | `stream` | bytes to events: server-sent events, chunks, calls, thoughts |
//! | `unconnected` | what answers where no model is connected: an error |
//! | `failure`, `retry`, `limits`, `clock` | what failed, whether to try again, for how long |
//! | `repair`, `coerce`, `schema`, `tool_name` | what a model meant by a call that it wrote badly |

mod clock;
mod coerce;
mod endpoint;
mod failure;
mod limits;
mod messages;
mod openai;
mod repair;
mod retry;
mod schema;
mod stream;
mod tool_name;
mod types;
mod unconnected;
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
pub use openai::{HttpResponse, HttpTransport, OpenAi, request_body};
pub use repair::{RepairError, is_cut_off, json_within, repair_arguments};
pub use stream::{Assembler, CallPiece, Chunk, StreamParser};
pub use tool_name::resolve_tool_name;
pub use types::*;
pub use unconnected::Unconnected;
pub use workers_ai::{AiBinding, AiOutput, WorkersAi, run_input};
