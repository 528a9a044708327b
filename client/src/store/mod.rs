//! Everything the page knows, as signals, and the one place where they are changed. The rules are in the pure reducers; here
//! they are joined with the socket, the clock and each other.
//!
//! | module | what lives there |
//! | --- | --- |
//! | `receive` | what comes from the service |
//! | `act` | what the person does |

mod act;
mod receive;

use chrono::{DateTime, Utc};
use dioxus::prelude::*;
use flux_protocol::ClientFrame;

use crate::calls::Calls;
use crate::chat::conversation::Conversation;
use crate::connection::{Socket, Status};
use crate::platform;
use crate::timeline::projection::Projection;
use crate::toast::toasts::{Kind, Toasts};

/// Everything the page knows. Copies are the same store.
#[derive(Clone, Copy)]
pub struct Store {
    /// What the connection is doing.
    pub status: Signal<Status>,
    /// The conversation.
    pub conversation: Signal<Conversation>,
    /// The timeline.
    pub projection: Signal<Projection>,
    /// Direct edits on their way.
    pub calls: Signal<Calls>,
    /// Notes.
    pub toasts: Signal<Toasts>,
    /// The present moment, to the minute or, while something is counted, to the second.
    pub now: Signal<DateTime<Utc>>,
    /// What is being written.
    pub draft: Signal<String>,
    /// Why what is written was not sent.
    pub draft_note: Signal<Option<&'static str>>,
    /// Which view a small screen shows.
    pub view: Signal<View>,
    /// The service speaks of things that this page does not know: it is older than the service.
    pub is_outdated: Signal<bool>,
    socket: Signal<Option<Socket>>,
    wants_to_reconnect: Signal<bool>,
    told_zone: Signal<bool>,
    unreadable: Signal<u32>,
}

/// A view of a small screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// The conversation.
    Chat,
    /// The timeline.
    Timeline,
}

impl Store {
    /// The store of the page; once, in the outermost component.
    pub fn provide() -> Self {
        use_context_provider(|| Self {
            status: Signal::new(Status::Connecting),
            conversation: Signal::new(Conversation::default()),
            projection: Signal::new(Projection::default()),
            calls: Signal::new(Calls::default()),
            toasts: Signal::new(Toasts::default()),
            now: Signal::new(platform::now()),
            draft: Signal::new(String::new()),
            draft_note: Signal::new(None),
            view: Signal::new(View::Chat),
            is_outdated: Signal::new(false),
            socket: Signal::new(None),
            wants_to_reconnect: Signal::new(false),
            told_zone: Signal::new(false),
            unreadable: Signal::new(0),
        })
    }

    /// Looks at the clock: what is shown changes with the minute, with a countdown, and when a note has been there long
    /// enough.
    pub fn tick(&mut self) {
        let now = platform::now();
        let counts = matches!(*self.status.peek(), Status::Waiting { .. });
        if counts || now.timestamp() / 60 != self.now.peek().timestamp() / 60 {
            self.now.set(now);
        }
        if self.toasts.peek().has_expired(now) {
            self.toasts.write().expire(now);
        }
        self.give_up_on_late_calls(now);
    }

    /// Shows a note.
    pub fn toast(&mut self, text: impl Into<String>, kind: Kind) {
        self.toasts.write().show(text, kind, platform::now());
    }

    /// Sends a frame. False where there is no connection.
    fn send(&self, frame: &ClientFrame) -> bool {
        let Ok(text) = serde_json::to_string(frame) else { return false };
        self.socket.peek().as_ref().is_some_and(|socket| socket.send(&text))
    }
}

/// The store of the page.
pub fn use_store() -> Store {
    use_context()
}
