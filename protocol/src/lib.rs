//! The protocol between the service and its clients.
//!
//! It is the protocol of Cloudflare's `agents` and `@cloudflare/ai-chat` packages, with the chunks and messages of the AI
//! SDK's UI message stream, so the published JavaScript clients work unchanged. Two extensions are our own:
//! [`frame::Snapshot`] and [`frame::EventFrame`], for clients that connect with `?sync=events`; and the field `traceparent` of calls and
//! chat requests.
//!
//! | module | contents |
//! | --- | --- |
//! | [`account`] | who a person is to the service, and how they sign in |
//! | [`close`] | codes with which a socket is closed |
//! | [`frame`] | every frame, in both directions, and the results of calls |
//! | [`chunk`] | the chunks of a streamed answer, and how a message is built from them |
//! | [`message`] | messages of a conversation |
//! | [`state`] | the contents of the state frame, as `cf_ai_temporal-flux` defines them |
//! | [`trace`] | trace ids, which lead from a frame to what the log says about it |

pub mod account;
pub mod chunk;
pub mod close;
pub mod frame;
pub mod message;
pub mod state;
pub mod trace;

pub use chunk::{Chunk, FinishReason};
pub use frame::{ClientFrame, ServerFrame};
pub use message::{Message, Part, Role, ToolPart, ToolState};
pub use trace::Trace;

/// Largest frame that a client may send, in bytes. A chat request of the published clients has the whole conversation.
pub const MAX_FRAME_BYTES: usize = 4 << 20;
/// Largest message of a conversation, in bytes of JSON. Larger ones of a person are refused, and all others are shortened.
pub const MAX_MESSAGE_BYTES: usize = 256 << 10;
