//! The conversation.
//!
//! | module | what lives there |
//! | --- | --- |
//! | [`conversation`] | messages, requests and questions: a reducer (pure) |
//! | `stream`, `resume` | the answer that is being written; finding it again after a reconnect (pure) |
//! | [`tool_words`], [`metadata`], [`when`] | tool calls in words; what a message tells about itself, and when it was said (pure) |
//! | [`commands`], [`draft`] | what begins with `/`; what is being written, as the browser keeps it (pure) |
//! | [`pane`], [`messages`], [`message`], [`tool_card`], [`composer`], [`command_menu`], [`help`], [`model_note`] | what is shown |

pub mod command_menu;
pub mod commands;
pub mod composer;
pub mod conversation;
pub mod draft;
pub mod help;
pub mod message;
pub mod messages;
pub mod metadata;
pub mod model_note;
pub mod pane;
mod respond;
mod resume;
mod stream;
#[cfg(test)]
mod tests;
pub mod tool_card;
pub mod tool_words;
pub mod when;
