//! What the person writes: the draft, which the browser keeps, and what becomes of it.

use dioxus::prelude::*;

use super::Store;
use crate::chat::commands;
use crate::chat::conversation::NewIds;
use crate::chat::draft::{self, Change, Kept};
use crate::connection::Status;
use crate::platform;

/// Where the browser keeps a new message.
const DRAFT_KEY: &str = "flux.draft";
/// Where it keeps a message that is being changed.
const CHANGE_KEY: &str = "flux.change";

/// What is said where something was written and there is no connection.
const NOT_CONNECTED: &str = "Not connected. Your message is kept here; send it when the connection is back.";
/// What is said where a message was being changed and another one has followed it.
const NOT_LAST: &str = "The message you were changing is not your last one any more, and stays as it is. What you wrote is kept; send it as a new one.";

impl Store {
    /// Puts into the box what was being written when the page was left.
    pub fn restore_draft(&mut self) {
        let kept = Kept { draft: platform::stored(DRAFT_KEY), change: platform::stored(CHANGE_KEY) };
        let (text, change) = draft::restore(kept);
        self.draft.set(text);
        self.change.set(change);
    }

    /// Writes into the box, in the place of what is there.
    pub fn write(&mut self, text: impl Into<String>) {
        self.draft.set(text.into());
        self.draft_note.set(None);
        self.keep_draft();
    }

    /// Writes into the box, below what is there.
    pub fn add_to_draft(&mut self, text: &str) {
        let before = self.draft.peek().trim_end().to_owned();
        self.write(if before.is_empty() || before == text { text.to_owned() } else { format!("{before}\n{text}") });
    }

    fn keep_draft(&self) {
        let kept = draft::keep(&self.draft.peek(), self.change.peek().as_ref());
        platform::store(DRAFT_KEY, kept.draft.as_deref());
        platform::store(CHANGE_KEY, kept.change.as_deref());
    }

    /// Sends what is written, or does what it commands. Without a connection it stays where it is.
    pub fn send_draft(&mut self) {
        let text = self.draft.peek().trim().to_owned();
        match commands::parse(&text) {
            Some(Ok(command)) => {
                self.leave_change();
                self.command(command);
            }
            Some(Err(sentence)) => self.draft_note.set(Some(sentence)),
            None => self.send_message(commands::spoken(&text)),
        }
    }

    fn send_message(&mut self, text: &str) {
        if text.is_empty() || self.conversation.peek().is_busy() {
            return;
        }
        let change = self.change.peek().clone();
        let is_sent = match change {
            Some(Change { id, .. }) => self.say_anew(&id, text),
            None => self.say(text),
        };
        if is_sent {
            self.leave_change();
        }
    }

    /// Says something. False where there is no connection; then it is kept as a draft.
    pub fn say(&mut self, text: &str) -> bool {
        if !self.can_say(text) {
            return false;
        }
        let ids = NewIds { request: platform::short_id(), message: platform::uuid().to_string() };
        let frame = self.conversation.write().submit(ids, text, platform::now(), platform::time_zone());
        self.send(&frame);
        self.draft_note.set(None);
        true
    }

    /// Says the last thing in other words. False where that cannot be; then they are kept.
    fn say_anew(&mut self, id: &str, text: &str) -> bool {
        if !self.can_say(text) {
            return false;
        }
        let request = platform::short_id();
        let frame = self.conversation.write().change(request, id, text, platform::now(), platform::time_zone());
        match frame {
            Some(frame) => self.send(&frame),
            None => {
                self.change.set(None);
                self.keep_draft();
                self.draft_note.set(Some(NOT_LAST.to_owned()));
                false
            }
        }
    }

    fn can_say(&mut self, text: &str) -> bool {
        let can = *self.status.peek() == Status::Connected && self.conversation.peek().is_loaded();
        if !can {
            self.add_to_draft(&commands::escaped(text));
            self.draft_note.set(Some(NOT_CONNECTED.to_owned()));
        }
        can
    }

    /// Begins to change the last thing that the person said.
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

    /// Ends changing it: what was being written before is there again.
    pub fn leave_change(&mut self) {
        let before = self.change.take().map(|change| change.before);
        self.write(before.unwrap_or_default());
    }
}
