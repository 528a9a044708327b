//! Everything the page knows, as signals, and the one place where they are changed. The rules are in the pure reducers; here
//! they are joined with the socket, the clock and each other.
//!
//! | module | what lives there |
//! | --- | --- |
//! | `receive` | what comes from the service |
//! | `act` | what the person does |
//! | `browse` | what of the timeline the person looks at |
//! | `compose` | what the person writes |
//! | `command` | what a command does |

mod act;
mod browse;
mod command;
mod compose;
mod receive;

use chrono::{DateTime, Utc};
use dioxus::prelude::*;
use flux_protocol::ClientFrame;
use flux_protocol::frame::{Counts, PastSnapshot};
use flux_timeline::EventId;

use crate::calls::Calls;
use crate::chat::conversation::Conversation;
use crate::chat::draft::Change;
use crate::connection::{Socket, Status};
use crate::history::Log;
use crate::platform;
use crate::settings::Preferences;
use crate::timeline::filter::Filter;
use crate::timeline::form::Form;
use crate::timeline::projection::Projection;
use crate::timeline::{Jump, Mode};
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
    /// The log, as far as it was looked at.
    pub log: Signal<Log>,
    /// The moment of the past that the timeline shows; none is now.
    pub past: Signal<Option<PastSnapshot>>,
    /// Direct edits on their way.
    pub calls: Signal<Calls>,
    /// Notes.
    pub toasts: Signal<Toasts>,
    /// The present moment, to the minute or, while something is counted, to the second.
    pub now: Signal<DateTime<Utc>>,
    /// What is being written.
    pub draft: Signal<String>,
    /// Why what is written was not sent.
    pub draft_note: Signal<Option<String>>,
    /// The message that is being changed, where what is written is none of its own.
    pub change: Signal<Option<Change>>,
    /// Whether the timeline is an agenda or a week.
    pub mode: Signal<Mode>,
    /// Which blocks of it are shown.
    pub filter: Signal<Filter>,
    /// Whether the fields of the filter are shown where there is little room.
    pub search_open: Signal<bool>,
    /// The moment around which it is shown; none is now.
    pub anchor: Signal<Option<DateTime<Utc>>>,
    /// Whether an agenda shows the days before today.
    pub with_earlier: Signal<bool>,
    /// What is to come into view.
    pub jump: Signal<Option<Jump>>,
    /// The block that is being written.
    pub editing: Signal<Option<Form>>,
    /// How much there is, as it was asked for last.
    pub counts: Signal<Counts>,
    /// Blocks that were asked for could not be had; not asked for again until there is another connection.
    pub cannot_load: Signal<bool>,
    /// Whether a file is being taken in.
    pub is_importing: Signal<bool>,
    /// Whether the rest of the program could not be loaded, and is tried again.
    pub lacks_extras: Signal<bool>,
    /// Whether the rest of the program is there.
    pub has_extras: Signal<bool>,
    /// Whether the menu of plans is open.
    pub plans_open: Signal<bool>,
    /// Whether the settings are open.
    pub settings_open: Signal<bool>,
    /// Why the service has not taken the settings that are being changed.
    pub settings_problem: Signal<Option<String>>,
    /// A dialog that was asked for, perhaps before the part of the program that has it was there.
    pub asked_dialog: Signal<Option<&'static str>>,
    /// How this browser shows the page.
    pub preferences: Signal<Preferences>,
    /// Which view a small screen shows.
    pub view: Signal<View>,
    /// Whether there is room for one view only.
    pub is_narrow: Signal<bool>,
    /// The service speaks of things that this page does not know: it is older than the service.
    pub is_outdated: Signal<bool>,
    socket: Signal<Option<Socket>>,
    /// Where the browser keeps the edits of this page.
    edits_key: Signal<String>,
    wants_to_reconnect: Signal<bool>,
    /// The log for which the service was told the zone.
    told_zone: Signal<Option<EventId>>,
    unreadable: Signal<u32>,
}

/// What is shown beside the timeline, and on a small screen instead of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// The conversation.
    Chat,
    /// The timeline.
    Timeline,
    /// The log; on a large screen in the place of the conversation.
    History,
}

impl Store {
    /// The store of the page; once, in the outermost component.
    pub fn provide() -> Self {
        use_context_provider(|| Self {
            status: Signal::new(Status::Connecting),
            conversation: Signal::new(Conversation::default()),
            projection: Signal::new(Projection::default()),
            log: Signal::new(Log::default()),
            past: Signal::new(None),
            calls: Signal::new(Calls::default()),
            toasts: Signal::new(Toasts::default()),
            now: Signal::new(platform::now()),
            draft: Signal::new(String::new()),
            draft_note: Signal::new(None),
            change: Signal::new(None),
            mode: Signal::new(Mode::default()),
            filter: Signal::new(Filter::default()),
            search_open: Signal::new(false),
            anchor: Signal::new(None),
            with_earlier: Signal::new(false),
            jump: Signal::new(None),
            editing: Signal::new(None),
            counts: Signal::new(Counts::default()),
            cannot_load: Signal::new(false),
            is_importing: Signal::new(false),
            lacks_extras: Signal::new(false),
            has_extras: Signal::new(false),
            plans_open: Signal::new(false),
            settings_open: Signal::new(false),
            settings_problem: Signal::new(None),
            asked_dialog: Signal::new(None),
            preferences: Signal::new(Preferences::default()),
            view: Signal::new(View::Chat),
            is_narrow: Signal::new(platform::is_narrow()),
            is_outdated: Signal::new(false),
            socket: Signal::new(None),
            edits_key: Signal::new(format!("{}{}", act::EDITS_KEY, platform::short_id())),
            wants_to_reconnect: Signal::new(false),
            told_zone: Signal::new(None),
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
