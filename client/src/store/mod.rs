//! The state of the page, as signals, and the only place that changes them. The rules are in pure reducers; this module
//! connects them with the socket, the clock and each other.
//!
//! | module | what lives there |
//! | --- | --- |
//! | `receive` | handling frames from the service |
//! | `outcome` | what follows from the response to a call |
//! | `act` | the user's actions |
//! | `ask` | calls about the account, and questions |
//! | `browse` | which part of the timeline is shown |
//! | `compose` | the draft message |
//! | `kept` | what the browser keeps until it can be sent, and for whom |
//! | `command` | carrying out commands |

mod act;
mod ask;
mod browse;
mod command;
mod compose;
mod kept;
mod outcome;
mod receive;

use chrono::{DateTime, Utc};
use dioxus::prelude::*;
use flux_protocol::frame::{Counts, GoalSummary, PastSnapshot, Reminder, RpcResponse, SuggestedTime};
use flux_protocol::trace::span_id;
use flux_protocol::{ClientFrame, Trace};
use flux_timeline::{BlockId, EventId, PlanId};

use crate::calls::{Call, Calls, PastMoment};
use crate::chat::conversation::Conversation;
use crate::chat::draft::Change;
use crate::connection::{Socket, Status};
use crate::goals::look::Looking;
use crate::history::Log;
use crate::platform;
use crate::settings::Preferences;
use crate::settings::import::Step as ImportStep;
use crate::timeline::filter::Filter;
use crate::timeline::form::Form;
use crate::timeline::projection::Projection;
use crate::timeline::{Jump, Mode};
use crate::toast::toasts::{Kind, Toasts};

/// The state of the page. Copies refer to the same store.
#[derive(Clone, Copy)]
pub struct Store {
    /// The status of the connection.
    pub status: Signal<Status>,
    /// The conversation.
    pub conversation: Signal<Conversation>,
    /// How far the conversation was scrolled from its end before earlier messages were added, in CSS pixels. It is scrolled
    /// there again once they are drawn.
    pub kept_distance: Signal<Option<i32>>,
    /// The timeline.
    pub projection: Signal<Projection>,
    /// The part of the log that has been loaded.
    pub log: Signal<Log>,
    /// The past state that the timeline shows. `None` is the present.
    pub past: Signal<Option<PastSnapshot>>,
    /// The moment that the service is preparing, to be shown as soon as it is ready.
    pub preparing: Signal<Option<PastMoment>>,
    /// Pending direct edits.
    pub calls: Signal<Calls>,
    /// The reminders that have come, as the service sent them.
    pub reminders: Signal<Vec<Reminder>>,
    /// The goals, as the service sent them.
    pub goals: Signal<Vec<GoalSummary>>,
    /// The goal that the person looks at, and how it would be planned.
    pub looking: Signal<Option<Looking>>,
    /// Whether a call that changes a goal is under way.
    pub is_goal_busy: Signal<bool>,
    /// Whether that will be asked for again in a moment.
    pub is_preview_due: Signal<bool>,
    /// Notes.
    pub toasts: Signal<Toasts>,
    /// The current time. Updated once a minute, or once a second during a countdown.
    pub now: Signal<DateTime<Utc>>,
    /// The text in the message box.
    pub draft: Signal<String>,
    /// Why the draft was not sent.
    pub draft_note: Signal<Option<String>>,
    /// The message that the draft replaces. `None` if the draft is a new message.
    pub change: Signal<Option<Change>>,
    /// Whether the timeline is shown as an agenda or as a week.
    pub mode: Signal<Mode>,
    /// The filter on the blocks of the timeline.
    pub filter: Signal<Filter>,
    /// The plans that this tab does not show.
    pub hidden: Signal<Vec<PlanId>>,
    /// Whether a small screen shows the fields of the filter.
    pub search_open: Signal<bool>,
    /// The moment around which the timeline is shown. `None` is now.
    pub anchor: Signal<Option<DateTime<Utc>>>,
    /// Whether the agenda shows the days before today.
    pub with_earlier: Signal<bool>,
    /// Whether all tasks without a time are shown.
    pub with_inbox: Signal<bool>,
    /// Times that the service suggested for tasks without one.
    pub suggested: Signal<Vec<SuggestedTime>>,
    /// What to scroll into view.
    pub jump: Signal<Option<Jump>>,
    /// The form of the block that is being edited.
    pub editing: Signal<Option<Form>>,
    /// The block of a series that is to be deleted, while the page asks how much of the series is.
    pub deleting: Signal<Option<BlockId>>,
    /// The number of records, as last loaded.
    pub counts: Signal<Counts>,
    /// Whether loading blocks failed. They are not requested again until the page reconnects.
    pub cannot_load: Signal<bool>,
    /// How far the import of a file is, while there is one.
    pub import: Signal<Option<ImportStep>>,
    /// Whether the rest of the program failed to load and is being retried.
    pub lacks_extras: Signal<bool>,
    /// Whether the rest of the program is loaded.
    pub has_extras: Signal<bool>,
    /// Whether the menu of plans is open.
    pub plans_open: Signal<bool>,
    /// Whether the settings are open.
    pub settings_open: Signal<bool>,
    /// What the settings were opened for.
    pub settings_for: Signal<SettingsFor>,
    /// Why the service refused the changed settings.
    pub settings_problem: Signal<Option<String>>,
    /// A dialog to open as soon as the part of the program that contains it is loaded.
    pub asked_dialog: Signal<Option<&'static str>>,
    /// This browser's display preferences.
    pub preferences: Signal<Preferences>,
    /// Which view a small screen shows.
    pub view: Signal<View>,
    /// Whether the screen has room for only one view.
    pub is_narrow: Signal<bool>,
    /// Whether the page is older than the service and cannot read some of its frames.
    pub is_outdated: Signal<bool>,
    socket: Signal<Option<Socket>>,
    /// A random id of this page.
    page: Signal<String>,
    /// The log of the timeline to which the draft and the pending edits belong. `None` until one is shown.
    owner: Signal<Option<EventId>>,
    wants_to_reconnect: Signal<bool>,
    /// The calls about the account that have no response so far.
    asked: Signal<ask::Asked>,
    /// The log for which the page has reported the time zone.
    reported_zone: Signal<Option<EventId>>,
    unreadable: Signal<u32>,
    /// Responses that wait for the rest of the program.
    unread: Signal<Vec<(Call, RpcResponse)>>,
}

/// The view beside the timeline, or instead of it on a small screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// The conversation.
    Chat,
    /// The timeline.
    Timeline,
    /// The log. On a large screen it replaces the conversation.
    History,
}

/// What the settings are opened for: it decides which part of them is in view.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SettingsFor {
    /// Nothing in particular.
    #[default]
    Anything,
    /// The account.
    Account,
    /// The choice between the timelines of the account.
    Choice,
}

impl Store {
    /// Creates the store of the page. Call it once, in the outermost component.
    pub fn provide() -> Self {
        use_context_provider(|| Self {
            status: Signal::new(Status::Connecting),
            conversation: Signal::new(Conversation::default()),
            kept_distance: Signal::new(None),
            projection: Signal::new(Projection::default()),
            log: Signal::new(Log::default()),
            past: Signal::new(None),
            preparing: Signal::new(None),
            calls: Signal::new(Calls::default()),
            reminders: Signal::new(Vec::new()),
            goals: Signal::new(Vec::new()),
            looking: Signal::new(None),
            is_goal_busy: Signal::new(false),
            is_preview_due: Signal::new(false),
            toasts: Signal::new(Toasts::default()),
            now: Signal::new(platform::now()),
            draft: Signal::new(String::new()),
            draft_note: Signal::new(None),
            change: Signal::new(None),
            mode: Signal::new(Mode::default()),
            filter: Signal::new(Filter::default()),
            hidden: Signal::new(Vec::new()),
            search_open: Signal::new(false),
            anchor: Signal::new(None),
            with_earlier: Signal::new(false),
            with_inbox: Signal::new(false),
            suggested: Signal::new(Vec::new()),
            jump: Signal::new(None),
            editing: Signal::new(None),
            deleting: Signal::new(None),
            counts: Signal::new(Counts::default()),
            cannot_load: Signal::new(false),
            import: Signal::new(None),
            lacks_extras: Signal::new(false),
            has_extras: Signal::new(false),
            plans_open: Signal::new(false),
            settings_open: Signal::new(false),
            settings_for: Signal::new(SettingsFor::default()),
            settings_problem: Signal::new(None),
            asked_dialog: Signal::new(None),
            preferences: Signal::new(Preferences::default()),
            view: Signal::new(View::Chat),
            is_narrow: Signal::new(platform::is_narrow()),
            is_outdated: Signal::new(false),
            socket: Signal::new(None),
            page: Signal::new(platform::short_id()),
            owner: Signal::new(None),
            wants_to_reconnect: Signal::new(false),
            asked: Signal::new(Vec::new()),
            reported_zone: Signal::new(None),
            unreadable: Signal::new(0),
            unread: Signal::new(Vec::new()),
        })
    }

    /// Updates what depends on the clock: the minute, a countdown, the expiry of notes, and timeouts of calls.
    pub fn tick(&mut self) {
        let now = platform::now();
        let is_counting_down = matches!(*self.status.peek(), Status::Waiting { .. });
        if is_counting_down || now.timestamp() / 60 != self.now.peek().timestamp() / 60 {
            self.now.set(now);
        }
        if self.toasts.peek().has_expired(now) {
            self.toasts.write().expire(now);
        }
        self.expire_late_calls(now);
    }

    /// Whether there is nothing to see before the person signs in. What was loaded before they were signed out stays visible.
    pub fn is_shut(&self) -> bool {
        self.status.read().is_signed_out() && !self.projection.read().is_loaded()
    }

    /// Shows a note.
    pub fn toast(&mut self, text: impl Into<String>, kind: Kind) {
        self.toasts.write().show(text, kind, platform::now());
    }

    /// Sends a frame, as a trace of its own: the log of the service says under its id what came of it. Returns false if there is no
    /// connection.
    fn send(&self, frame: ClientFrame) -> bool {
        let frame = frame.traced(|| Trace::new(platform::uuid(), span_id(platform::uuid())));
        let Ok(text) = serde_json::to_string(&frame) else { return false };
        self.socket.peek().as_ref().is_some_and(|socket| socket.send(&text))
    }
}

/// The store of the page.
pub fn use_store() -> Store {
    use_context()
}
