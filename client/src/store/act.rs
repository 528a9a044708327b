//! The user's actions.

use dioxus::prelude::*;
use flux_protocol::ClientFrame;
use flux_timeline::BlockId;
use flux_timeline::command::BlockUpdate;
use uuid::Uuid;

use super::{Store, View};
use crate::calls::{Mutation, PastMoment};
use crate::history::LogQuery;
use crate::platform;
use crate::settings::Preferences;
use crate::toast::toasts::Kind;

/// The longest time until the page asks again for a past moment that is being prepared, in seconds.
const LONGEST_WAIT_S: u32 = 5;
/// Storage key of this browser's display preferences. `early.js` also reads it, before this program is loaded.
const PREFERENCES_KEY: &str = "flux.preferences";

impl Store {
    /// Asks for another answer to the last message.
    pub fn retry(&mut self) {
        if !self.require_connection() {
            return;
        }
        let frame = self.conversation.write().retry(platform::short_id(), platform::time_zone());
        if let Some(frame) = frame {
            self.send(frame);
        }
    }

    /// Stops the answer.
    pub fn stop(&mut self) {
        if let Some(frame) = self.conversation.peek().stop() {
            self.send(frame);
        }
    }

    /// Loads the messages before the first one that is shown.
    pub fn load_earlier_messages(&mut self) {
        let is_loading = self.calls.peek().any(|mutation| matches!(mutation, Mutation::LoadMessages(_)));
        if is_loading || !self.conversation.peek().has_earlier() || !self.status.peek().is_connected() {
            return;
        }
        let first = self.conversation.peek().messages().first().map(|first| first.id.clone());
        self.submit(Mutation::LoadMessages(first));
    }

    /// Starts a new conversation.
    pub fn clear_conversation(&mut self) {
        if self.require_connection() {
            let frame = self.conversation.write().clear();
            self.send(frame);
        }
    }

    /// Changes settings. The dialog stays open until the response arrives; without a connection it closes at once.
    pub fn change_settings(&mut self, changes: serde_json::Map<String, serde_json::Value>) {
        self.submit(Mutation::ChangeSettings(changes));
        if !self.status.peek().is_connected() {
            self.settings_open.set(false);
        }
    }

    /// Deletes everything. Requires a connection: sent later, it would also delete what was added in the meantime.
    pub fn delete_everything(&mut self) {
        if self.require_connection() {
            self.submit(Mutation::DeleteEverything);
        }
    }

    /// Approves or denies a tool call of the model.
    pub fn answer_question(&mut self, tool_call_id: &str, approved: bool) {
        if self.require_connection() {
            let frame = self.conversation.write().answer(tool_call_id, approved);
            self.send(frame);
        }
    }

    /// Sends a request. Without a connection it is sent after the next reconnect, if the same timeline is shown then.
    pub fn submit(&mut self, mutation: Mutation) {
        self.submit_as(platform::uuid(), mutation);
    }

    /// Snoozes a reminder for so many minutes, or dismisses it.
    pub fn remind(&mut self, block: BlockId, after_minutes: Option<u32>) {
        if self.require_connection() {
            self.drop_reminder(block);
            self.submit(Mutation::Remind(block, after_minutes));
        }
    }

    /// Takes a reminder off the page. The service sends those that are left.
    pub fn drop_reminder(&mut self, block: BlockId) {
        self.reminders.write().retain(|reminder| reminder.block.id != block);
    }

    /// Sends a request as a call with this id.
    pub fn submit_as(&mut self, id: Uuid, mutation: Mutation) {
        let is_edit = mutation.is_edit();
        let frame = self.calls.write().begin(id, mutation, platform::now());
        if is_edit {
            self.predict();
            self.store_edits();
        }
        // A socket may be open before it is known whose timeline is at its other end.
        if self.status.peek().is_connected() {
            self.send(frame);
        }
    }

    /// Undoes the last change. A pending change counts as newer than any that the service has confirmed. If there is
    /// none, undo requires a connection, because the page cannot know which change is the last one.
    pub fn undo(&mut self) {
        let last = self.calls.peek().last_change();
        match last {
            Some(txn) => self.submit(Mutation::UndoOne(txn)),
            None if self.require_connection() => self.submit(Mutation::Undo),
            None => {}
        }
    }

    /// Redoes the last undone change.
    pub fn redo(&mut self) {
        if self.require_connection() {
            self.submit(Mutation::Redo);
        }
    }

    /// Sends a small request to check that the service still responds. The content of the response is ignored.
    pub fn check_alive(&self) {
        let id = platform::short_id();
        self.send(ClientFrame::Rpc { id, method: "getSettings".to_owned(), args: Vec::new(), trace: None });
    }

    /// Loads the next page of the log: the newest events, or those before the oldest loaded one.
    pub fn load_log(&mut self) {
        let (before, query) = (self.log.peek().oldest(), self.log.peek().query().clone());
        self.submit(Mutation::LoadLog { before, query });
    }

    /// Shows the events of the log that match a query.
    pub fn show_log(&mut self, query: LogQuery) {
        self.log.write().begin(query);
        self.load_log();
    }

    /// Shows the timeline as it was.
    pub fn look_at(&mut self, moment: PastMoment) {
        self.preparing.set(None);
        self.submit(Mutation::LoadPast(moment));
    }

    /// Asks for a past moment again, which the service is preparing, unless the user wants something else by then.
    pub(super) fn look_again(&mut self, moment: PastMoment, seconds: u64) {
        self.preparing.set(Some(moment));
        self.show_past_if_narrow();
        let ms = u32::try_from(seconds).unwrap_or(u32::MAX).clamp(1, LONGEST_WAIT_S) * 1_000;
        let mut store = *self;
        dioxus::core::spawn_forever(async move {
            platform::sleep_ms(ms).await;
            while *store.preparing.peek() == Some(moment) {
                if store.status.peek().is_connected() {
                    return store.submit(Mutation::LoadPast(moment));
                }
                platform::sleep_ms(ms).await;
            }
        });
    }

    /// Shows the expected result of pending edits, as far as it can be predicted.
    pub(super) fn predict(&mut self) {
        let has_edits = self.calls.peek().expected().any(Mutation::is_edit);
        // Avoid unnecessary writes: each write wakes every reader of the signal.
        if has_edits || self.projection.peek().is_predicted() {
            self.projection.write().predict(self.calls.peek().expected(), platform::now());
        }
    }

    /// Changes this browser's display preferences.
    pub fn prefer(&mut self, change: impl FnOnce(&mut Preferences)) {
        change(&mut self.preferences.write());
        let preferences = *self.preferences.peek();
        platform::store(PREFERENCES_KEY, Some(&preferences.text()));
        apply(preferences);
    }

    /// Applies this browser's stored display preferences.
    pub fn restore_preferences(&mut self) {
        let stored = Preferences::read(&platform::stored(PREFERENCES_KEY).unwrap_or_default());
        self.preferences.set(stored);
        apply(stored);
        if platform::query().split(['?', '&']).any(|parameter| parameter == "debug") {
            self.prefer(|preferences| preferences.debug = true);
        }
    }

    /// Selects the view that a small screen shows.
    pub fn show(&mut self, view: View) {
        self.view.set(view);
    }

    /// Starts or pauses the timer of a task. The service's clock counts, so this is not kept for later while the browser is offline.
    pub fn work_on(&mut self, block: BlockId, starts: bool) {
        if !self.require_connection() {
            return;
        }
        let changes = BlockUpdate { working: Some(starts), ..BlockUpdate::default() };
        self.submit(Mutation::Update(block, Box::new(changes)));
    }

    fn require_connection(&mut self) -> bool {
        let is_connected = self.status.peek().is_connected();
        if !is_connected {
            self.toast("You are offline, so nothing was changed. Try again when you reconnect.", Kind::Problem);
        }
        is_connected
    }
}

fn apply(preferences: Preferences) {
    let Preferences { theme, motion, split, debug, .. } = preferences;
    platform::set_appearance(theme.name(), motion.name(), split, debug);
}
