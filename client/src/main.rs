//! The web client of Temporal Flux: a conversation beside the timeline that it edits.
//!
//! The page is a function of the frames from the service: pure reducers turn frames into state, and components turn
//! state into elements. The timeline uses the domain's own reducer and the domain's own events.
//!
//! | module | what lives there |
//! | --- | --- |
//! | [`connection`] | the WebSocket and its reconnects |
//! | [`store`] | the state of the page, as signals; incoming frames and the user's actions |
//! | [`chat`] | the conversation: its reducer and its components |
//! | [`timeline`] | the timeline: its projection and its components |
//! | [`goals`] | the architect's goals, and the dialog for a new one |
//! | [`history`] | the log, and past states of the timeline |
//! | [`plans`] | the menu of plans |
//! | [`calls`] | direct edits, from the click to the response |
//! | [`markdown`] | Markdown from models, as elements that cannot run code |
//! | [`copy`] | the copy button |
//! | [`toast`] | notes about changes and problems |
//! | [`voice`] | dictation |
//! | [`wire`] | parsing frames from the socket |
//! | [`settings`] | the user's settings, this browser's preferences; exporting, importing and deleting all data |
//! | [`account`] | signing in and out, the sessions and the access tokens of the user |
//! | [`extras`] | the part of the program that is loaded after the first render |
//! | [`shell`] | header, panes, notices, icons |
//! | [`platform`] | browser APIs |

pub mod account;
pub mod calls;
pub mod chat;
pub mod connection;
pub mod copy;
pub mod extras;
pub mod goals;
pub mod history;
pub mod markdown;
pub mod plans;
pub mod platform;
mod reminders;
pub mod settings;
pub mod shell;
pub mod store;
pub mod timeline;
pub mod toast;
pub mod voice;
pub mod wire;

fn main() {
    std::panic::set_hook(Box::new(|info| platform::show_failure(&info.to_string())));
    platform::remove_static_shell();
    dioxus::launch(shell::App);
}
