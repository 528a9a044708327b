//! The conversation.
//!
//! | module | what lives there |
//! | --- | --- |
//! | [`conversation`] | messages, requests and questions: a reducer (pure) |
//! | `stream`, `resume` | the answer that is being written; finding it again after a reconnect (pure) |
//! | [`tool_words`], [`metadata`] | tool calls in words; what an answer tells about itself (pure) |
//! | [`pane`], [`message`], [`tool_card`], [`composer`], [`model_note`] | what is shown |

pub mod composer;
pub mod conversation;
pub mod message;
pub mod metadata;
pub mod model_note;
pub mod pane;
mod resume;
mod stream;
#[cfg(test)]
mod tests;
pub mod tool_card;
pub mod tool_words;
