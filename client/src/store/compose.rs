//! The draft message: storing it in the browser, and sending it, at once or as soon as the page is connected.

use dioxus::prelude::*;

use super::Store;
use crate::chat::draft::{self, Change, Kept};
use crate::chat::{commands, metadata};
use crate::platform;

/// Storage key of the draft of a new message.
const DRAFT_KEY: &str = "flux.draft";
/// Storage key of the draft of a changed message.
const CHANGE_KEY: &str = "flux.change";

/// Shown when the user sends a new wording of a message without a connection.
const OFFLINE: &str = "You are offline. What you wrote is kept here; send it when you reconnect.";
/// Shown when messages that waited were written on another day.
const ANOTHER_DAY: &str = "This was written on another day, and was not sent. Send it if it still says what you mean.";
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
        let waiting: Vec<String> =
            self.conversation.peek().waiting().iter().map(|message| commands::escaped(&message.text())).collect();
        let kept = draft::keep(&self.draft.peek(), self.change.peek().as_ref(), &waiting);
        self.keep(DRAFT_KEY, kept.draft.as_deref());
        self.keep(CHANGE_KEY, kept.change.as_deref());
    }

    /// Sends the draft, or carries it out if it is a command. Without a connection, a new message waits.
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
        if text.is_empty() || self.status.peek().is_connected() && self.conversation.peek().is_busy() {
            return;
        }
        let change = self.change.peek().clone();
        match change {
            Some(Change { id, .. }) => {
                if self.send_changed(&id, text) {
                    self.leave_change();
                }
            }
            None => {
                // What cannot be sent is put back into the box, so that is emptied before.
                self.write("");
                self.send_new(text);
            }
        }
    }

    /// Sends a new message, after those that wait.
    pub fn send_new(&mut self, text: &str) {
        self.conversation.write().wait(platform::uuid().to_string(), text, platform::now());
        self.draft_note.set(None);
        self.store_draft();
        self.send_waiting(true);
    }

    /// Sends the next of the messages that wait, if it can be sent now: see [`Conversation::can_send_next`]. Not on another day than the one
    /// on which it was written, because “tomorrow” would be another day.
    ///
    /// [`Conversation::can_send_next`]: crate::chat::conversation::Conversation::can_send_next
    pub(super) fn send_waiting(&mut self, is_sent_now: bool) {
        if !self.status.peek().is_connected() || !self.conversation.peek().can_send_next(is_sent_now) {
            return;
        }
        let now = platform::now();
        let times = self.projection.peek().times();
        let written_at = self.conversation.peek().waiting().first().and_then(|message| metadata::sent_at(message));
        if written_at.is_some_and(|at| times.date(at) != times.date(now)) {
            self.take_back_messages(None);
            self.draft_note.set(Some(ANOTHER_DAY.to_owned()));
            return;
        }
        let frame = self.conversation.write().send_next(platform::short_id(), now, platform::time_zone());
        if let Some(frame) = frame {
            self.send(frame);
        }
        self.store_draft();
    }

    /// Makes a message that waits part of the draft again, or all of them. While the last message is being changed, the draft is not in the
    /// box.
    pub fn take_back_messages(&mut self, id: Option<&str>) {
        let texts = self.conversation.write().take_back(id);
        let waited: Vec<String> = texts.iter().map(|text| commands::escaped(text)).collect();
        let joined = |draft: &str| draft::keep(draft, None, &waited).draft.unwrap_or_default();
        match self.change.write().as_mut() {
            Some(change) => change.before = joined(&change.before),
            None => {
                let draft = joined(&self.draft.peek());
                self.draft.set(draft);
            }
        }
        self.store_draft();
    }

    /// Sends a new wording of the last message. If that is not possible, keeps the text as a draft and returns false.
    fn send_changed(&mut self, id: &str, text: &str) -> bool {
        if !self.status.peek().is_connected() {
            self.draft_note.set(Some(OFFLINE.to_owned()));
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
