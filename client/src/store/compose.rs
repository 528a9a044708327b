//! The draft message: storing it in the browser, and sending it.

use dioxus::prelude::*;

use super::Store;
use crate::chat::commands;
use crate::chat::conversation::NewIds;
use crate::chat::draft::{self, Change, Kept};
use crate::connection::Status;
use crate::platform;

/// Storage key of the draft of a new message.
const DRAFT_KEY: &str = "flux.draft";
/// Storage key of the draft of a changed message.
const CHANGE_KEY: &str = "flux.change";

/// Shown when the user sends a message without a connection.
const OFFLINE: &str = "You are offline. Your message is kept here; send it when you reconnect.";
/// Shown when the user sends a new wording of a message before the conversation has arrived.
const LOADING: &str = "The conversation is still on its way. What you wrote is kept; send it again in a moment.";
/// Shown when another message has followed the one that the user was changing.
const NOT_LAST: &str = "The message you were changing is not your last one any more, and stays as it is. What you wrote is kept; send it as a new one.";

impl Store {
    /// Restores a draft that belongs to no timeline. A draft of a timeline is restored when that is shown.
    pub fn restore_draft(&mut self) {
        let (text, change) = draft::restore(self.kept_draft());
        self.draft.set(text);
        self.change.set(change);
    }

    /// The draft that is stored for the timeline that is shown.
    pub(super) fn kept_draft(&self) -> Kept {
        Kept { draft: self.kept(DRAFT_KEY), change: self.kept(CHANGE_KEY) }
    }

    /// Removes a draft that belongs to no timeline.
    pub(super) fn drop_unowned_draft(&self) {
        platform::store(DRAFT_KEY, None);
        platform::store(CHANGE_KEY, None);
    }

    /// Replaces the draft.
    pub fn write(&mut self, text: impl Into<String>) {
        self.draft.set(text.into());
        self.draft_note.set(None);
        self.store_draft();
    }

    /// Appends a line to the draft.
    pub fn add_to_draft(&mut self, text: &str) {
        let before = self.draft.peek().trim_end().to_owned();
        self.write(if before.is_empty() || before == text { text.to_owned() } else { format!("{before}\n{text}") });
    }

    pub(super) fn store_draft(&self) {
        let kept = draft::keep(&self.draft.peek(), self.change.peek().as_ref());
        self.keep(DRAFT_KEY, kept.draft.as_deref());
        self.keep(CHANGE_KEY, kept.change.as_deref());
    }

    /// Sends the draft, or carries it out if it is a command. Without a connection, a message stays in the box.
    pub fn send_draft(&mut self) {
        let text = self.draft.peek().trim().to_owned();
        match commands::parse(&text) {
            Some(Ok(command)) => {
                self.leave_change();
                self.command(command);
            }
            Some(Err(sentence)) => self.draft_note.set(Some(sentence)),
            None => self.send_message(commands::unescaped(&text)),
        }
    }

    fn send_message(&mut self, text: &str) {
        if text.is_empty() || self.conversation.peek().is_busy() {
            return;
        }
        let change = self.change.peek().clone();
        let is_sent = match change {
            Some(Change { id, .. }) => self.send_changed(&id, text),
            None => self.send_new(text),
        };
        if is_sent {
            self.leave_change();
        }
    }

    /// Sends a new message. Without a connection, keeps the text as a draft and returns false.
    pub fn send_new(&mut self, text: &str) -> bool {
        if !self.can_send(text) {
            return false;
        }
        let ids = NewIds { request: platform::short_id(), message: platform::uuid().to_string() };
        let frame = self.conversation.write().submit(ids, text, platform::now(), platform::time_zone());
        self.send(frame);
        self.draft_note.set(None);
        true
    }

    /// Sends a new wording of the last message. If that is not possible, keeps the text as a draft and returns false.
    fn send_changed(&mut self, id: &str, text: &str) -> bool {
        if !self.can_send(text) {
            return false;
        }
        if !self.conversation.peek().is_loaded() {
            self.draft_note.set(Some(LOADING.to_owned()));
            return false;
        }
        let request = platform::short_id();
        let frame = self.conversation.write().change(request, id, text, platform::now(), platform::time_zone());
        match frame {
            Some(frame) => self.send(frame),
            None => {
                self.change.set(None);
                self.store_draft();
                self.draft_note.set(Some(NOT_LAST.to_owned()));
                false
            }
        }
    }

    fn can_send(&mut self, text: &str) -> bool {
        // The messages may be still to come: the service sends them in a frame of their own, and they are merged with this one.
        let can = *self.status.peek() == Status::Connected;
        if !can {
            self.add_to_draft(&commands::escaped(text));
            self.draft_note.set(Some(OFFLINE.to_owned()));
        }
        can
    }

    /// Puts the user's last message into the box, to change it.
    pub fn change_last(&mut self) {
        let last = self.conversation.peek().changeable().map(|last| (last.id.clone(), last.text()));
        let Some((id, text)) = last else { return };
        let before = match self.change.take() {
            Some(change) => change.before,
            None => self.draft.peek().clone(),
        };
        self.change.set(Some(Change { id, before }));
        self.write(commands::escaped(&text));
    }

    /// Stops changing the message and restores the draft from before.
    pub fn leave_change(&mut self) {
        let before = self.change.take().map(|change| change.before);
        self.write(before.unwrap_or_default());
    }
}
