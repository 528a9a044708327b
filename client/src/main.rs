//! The web client of Temporal Flux: a conversation beside the timeline that it edits.
//!
//! What is shown is a function of what the service has told: pure reducers turn frames into state, and components turn
//! state into elements. The timeline is the domain's own reducer, fed with the domain's own events.
//!
//! | module | what lives there |
//! | --- | --- |
//! | [`connection`] | the one WebSocket, and its reconnects |
//! | [`store`] | everything the page knows, as signals; what comes in, what the person does |
//! | [`chat`] | the conversation: its reducer and its components |
//! | [`timeline`] | the timeline of the active plan: its projection and its components |
//! | [`goals`] | what the architect works on, and a new goal |
//! | [`history`] | the log, and the timeline as it was |
//! | [`plans`] | the menu of plans |
//! | [`calls`] | direct edits, from the click to the answer |
//! | [`markdown`] | what models write, as elements that cannot run |
//! | [`copy`] | the button that copies a text |
//! | [`toast`] | notes about what was done |
//! | [`voice`] | what the person says aloud, as text |
//! | [`wire`] | reading what comes over the socket |
//! | [`settings`] | the person's settings, this browser's, and everything as a file |
//! | [`extras`] | what is loaded after the first picture |
//! | [`shell`] | header, panes, notices, icons |
//! | [`platform`] | what only a browser has |

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
