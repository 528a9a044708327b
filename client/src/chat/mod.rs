//! The conversation.
//!
//! | module | what lives there |
//! | --- | --- |
//! | [`conversation`] | messages, requests and approvals: a reducer (pure) |
//! | `stream`, `respond`, `resume` | the answer that is streaming; resuming it after a reconnect (pure) |
//! | `waiting` | messages that wait until they can be sent (pure) |
//! | [`tool_words`], `pieces`, [`metadata`], [`when`] | tool calls in words; what of an answer is shown; metadata; formatting of times (pure) |
//! | [`commands`], [`draft`] | commands that begin with `/`; storing the draft (pure) |
//! | [`pane`], [`messages`], [`message`], [`tool_card`], [`done`], [`cost`], [`composer`], [`command_menu`], [`help`], [`model_note`], [`waiting_note`] | components |

pub mod command_menu;
pub mod commands;
pub mod composer;
pub mod conversation;
pub mod cost;
pub mod done;
pub mod draft;
pub mod help;
pub mod message;
pub mod messages;
pub mod metadata;
pub mod model_note;
pub mod pane;
mod pieces;
mod respond;
mod resume;
mod stream;
#[cfg(test)]
mod tests;
pub mod tool_card;
pub mod tool_words;
mod waiting;
pub mod waiting_note;
pub mod when;
