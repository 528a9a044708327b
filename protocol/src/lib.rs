//! The wire between the service and its clients.
//!
//! It is the protocol of Cloudflare's `agents` and `@cloudflare/ai-chat` packages, with chunks and messages of the AI
//! SDK's UI message stream, so that their published JavaScript clients work unchanged; and one extension of our own,
//! [`frame::Snapshot`] and [`frame::ServerFrame::FluxEvents`], for clients that connect with `?sync=events`.
//!
//! | module | what lives there |
//! | --- | --- |
//! | [`frame`] | every frame, in both directions |
//! | [`chunk`] | the parts of a streamed answer, and how they add up to a message |
//! | [`message`] | messages of a conversation |
//! | [`state`] | the state frame's shape, that of the system which Flux follows |

pub mod chunk;
pub mod frame;
pub mod message;
pub mod state;

pub use chunk::{Chunk, FinishReason};
pub use frame::{ClientFrame, ServerFrame};
pub use message::{Message, Part, Role, ToolPart, ToolState};

/// Largest frame that a client may send, in bytes.
pub const MAX_FRAME_BYTES: usize = 256 * 1024;
