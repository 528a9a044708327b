//! What the person does.

use dioxus::prelude::*;
use flux_protocol::ClientFrame;
use uuid::Uuid;

use super::{Store, View};
use crate::calls::{Mutation, PastMoment};
use crate::history::LogQuery;
use crate::platform;
use crate::settings::Preferences;
use crate::toast::toasts::Kind;

/// Where the browser keeps the edits of a page that are not answered: under this and the page's own name.
pub(super) const EDITS_KEY: &str = "flux.edits.";
/// Where the browser keeps how it shows the page. `early.js` reads it, too, before this program is there.
const PREFERENCES_KEY: &str = "flux.preferences";

impl Store {
    /// Asks for another answer to what was said last.
    pub fn retry(&mut self) {
        if !self.needs_connection() {
            return;
        }
        let frame = self.conversation.write().retry(platform::short_id(), platform::time_zone());
        if let Some(frame) = frame {
            self.send(&frame);
        }
    }

    /// Stops the answer.
    pub fn stop(&mut self) {
        if let Some(frame) = self.conversation.peek().stop() {
            self.send(&frame);
        }
    }

    /// Begins a new conversation.
    pub fn clear_conversation(&mut self) {
        if self.needs_connection() {
            let frame = self.conversation.write().clear();
            self.send(&frame);
        }
    }

    /// Changes settings. Their dialog waits for the answer, where one can come now.
    pub fn change_settings(&mut self, changes: serde_json::Map<String, serde_json::Value>) {
        self.submit(Mutation::ChangeSettings(changes));
        if !self.status.peek().is_connected() {
            self.settings_open.set(false);
        }
    }

    /// Deletes everything. Only while there is a connection: it must not come late, over what was made since.
    pub fn delete_everything(&mut self) {
        if self.needs_connection() {
            self.submit(Mutation::DeleteEverything);
        }
    }

    /// Says yes or no to a call of the model.
    pub fn answer_question(&mut self, tool_call_id: &str, approved: bool) {
        if self.needs_connection() {
            let frame = self.conversation.write().answer(tool_call_id, approved);
            self.send(&frame);
        }
    }

    /// A direct edit. Without a connection it is sent as soon as there is one.
    pub fn submit(&mut self, mutation: Mutation) {
        self.submit_as(platform::uuid(), mutation);
    }

    /// The same, by a call with this id.
    pub fn submit_as(&mut self, id: Uuid, mutation: Mutation) {
        let is_edit = mutation.is_edit();
        let frame = self.calls.write().begin(id, mutation, platform::now());
        if is_edit {
            self.predict();
            self.keep_edits();
        }
        self.send(&frame);
    }

    /// Takes back the last change. What is on its way is meant before what has come; without a connection nobody knows what
    /// has come last.
    pub fn undo(&mut self) {
        let last = self.calls.peek().last_change();
        match last {
            Some(txn) => self.submit(Mutation::UndoOne(txn)),
            None if self.needs_connection() => self.submit(Mutation::Undo),
            None => {}
        }
    }

    /// Applies again what was taken back last.
    pub fn redo(&mut self) {
        if self.needs_connection() {
            self.submit(Mutation::Redo);
        }
    }

    /// Asks for something small, to see whether the service is there. Nobody waits for what it says.
    pub fn knock(&self) {
        let id = platform::short_id();
        self.send(&ClientFrame::Rpc { id, method: "getSettings".to_owned(), args: Vec::new() });
    }

    /// Loads what comes next of the log: the newest changes, or what is older than those that are loaded.
    pub fn load_log(&mut self) {
        let (before, query) = (self.log.peek().oldest(), self.log.peek().query().clone());
        self.submit(Mutation::LoadLog { before, query });
    }

    /// Shows other events of the log.
    pub fn show_log(&mut self, query: LogQuery) {
        self.log.write().begin(query);
        self.load_log();
    }

    /// Shows the timeline as it was after an event.
    pub fn look_at(&mut self, seq: u64) {
        self.submit(Mutation::LoadPast(PastMoment::After(seq)));
    }

    /// Shows what edits on their way will come to, as far as that can be told.
    pub(super) fn predict(&mut self) {
        let has_edits = self.calls.peek().expected().any(Mutation::is_edit);
        // Not written without need: who writes wakes everyone who reads.
        if has_edits || self.projection.peek().is_predicted() {
            self.projection.write().predict(self.calls.peek().expected(), platform::now());
        }
    }

    /// Has the browser keep the edits that are not answered, should this page be left before they are.
    pub(super) fn keep_edits(&self) {
        platform::store(&self.edits_key.peek(), self.calls.peek().kept().as_deref());
    }

    /// Goes on with the edits that were not answered when pages were left. Those of a page that is still open may be among
    /// them: each edit has its id, so none is done twice.
    pub fn restore_edits(&mut self) {
        for key in platform::stored_keys(EDITS_KEY) {
            self.calls.write().restore(&platform::stored(&key).unwrap_or_default(), platform::now());
            platform::store(&key, None);
        }
        self.keep_edits();
    }

    /// Changes how this browser shows the page.
    pub fn prefer(&mut self, change: impl FnOnce(&mut Preferences)) {
        change(&mut self.preferences.write());
        let preferences = *self.preferences.peek();
        platform::store(PREFERENCES_KEY, Some(&preferences.text()));
        platform::set_appearance(preferences.theme.name(), preferences.motion.name(), preferences.split);
    }

    /// Shows the page as this browser has shown it.
    pub fn restore_preferences(&mut self) {
        let kept = Preferences::read(&platform::stored(PREFERENCES_KEY).unwrap_or_default());
        self.preferences.set(kept);
        platform::set_appearance(kept.theme.name(), kept.motion.name(), kept.split);
    }

    /// Shows the other view of a small screen.
    pub fn show(&mut self, view: View) {
        self.view.set(view);
    }

    fn needs_connection(&mut self) -> bool {
        let is_connected = self.status.peek().is_connected();
        if !is_connected {
            self.toast("Not connected. Nothing was changed; try again when the connection is back.", Kind::Problem);
        }
        is_connected
    }
}
