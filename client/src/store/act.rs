//! What the person does.

use dioxus::prelude::*;
use flux_protocol::ClientFrame;
use flux_tools::TxnId;

use super::{Store, View};
use crate::calls::Wish;
use crate::chat::conversation::NewIds;
use crate::connection::Status;
use crate::platform;
use crate::toast::toasts::Kind;

/// What is said where something was written and there is no connection.
const NOT_CONNECTED: &str = "Not connected. Your message is kept here; send it when the connection is back.";

impl Store {
    /// Sends what is written. Without a connection it stays where it is.
    pub fn send_draft(&mut self) {
        let text = self.draft.peek().trim().to_owned();
        if text.is_empty() || self.conversation.peek().is_busy() {
            return;
        }
        if self.say(&text) {
            self.draft.set(String::new());
        }
    }

    /// Says something. False where there is no connection; then it is kept as a draft.
    pub fn say(&mut self, text: &str) -> bool {
        if *self.status.peek() != Status::Connected || !self.conversation.peek().is_loaded() {
            self.draft.set(text.to_owned());
            self.draft_note.set(Some(NOT_CONNECTED));
            return false;
        }
        let ids = NewIds { request: platform::short_id(), message: platform::uuid().to_string() };
        let frame = self.conversation.write().submit(ids, text, platform::time_zone());
        self.send(&frame);
        self.draft_note.set(None);
        true
    }

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

    /// Says yes or no to a call of the model.
    pub fn answer_question(&mut self, tool_call_id: &str, approved: bool) {
        if self.needs_connection() {
            let frame = self.conversation.write().answer(tool_call_id, approved);
            self.send(&frame);
        }
    }

    /// A direct edit. Without a connection it is sent as soon as there is one.
    pub fn wish(&mut self, wish: Wish) {
        let frame = self.calls.write().begin(platform::uuid(), wish, platform::now());
        self.send(&frame);
    }

    /// Asks for something small, to see whether the service is there. Nobody waits for what it says.
    pub fn knock(&self) {
        let id = platform::short_id();
        self.send(&ClientFrame::Rpc { id, method: "getSettings".to_owned(), args: Vec::new() });
    }

    /// Takes back the change that a note tells of, if nothing was changed since.
    pub fn undo_change(&mut self, txn: TxnId) {
        if self.projection.peek().is_last_change(txn) {
            self.wish(Wish::Undo);
        } else {
            self.toast(
                "Something else was changed since. Use Undo to take back one change after the other.",
                Kind::Problem,
            );
        }
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
