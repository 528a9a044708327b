//! What the browser keeps until it can be sent: edits without a response, and the draft.
//!
//! It belongs to the timeline for which it was made, and is shown and sent only there, because the next person who signs in
//! in this browser may be somebody else. The service names a timeline by its log, in its first frames. Until then nothing
//! is known about whose timeline it is: what is made before belongs to the first one that is shown.

use chrono::{DateTime, Utc};
use dioxus::prelude::*;
use flux_timeline::EventId;
use uuid::Uuid;

use super::Store;
use crate::chat::draft;
use crate::platform;
use crate::toast::toasts::Kind;

/// Prefix of all storage keys.
const PREFIX: &str = "flux.";
/// Prefix of the storage key for a page's pending edits. The page's own id follows.
pub(super) const EDITS_KEY: &str = "flux.edits.";
/// How long something is kept for a timeline that is not shown, in ms: 30 days.
const LIFETIME_MS: i64 = 30 * 24 * 60 * 60 * 1_000;

const SET_ASIDE: &str = "Changes that were not saved belong to the timeline from before. They are kept in this browser, and sent when it is shown again.";
const MESSAGE_SET_ASIDE: &str = "What you wrote and was not sent belongs to the timeline from before. It is kept in this browser, and in the message box again when that is shown.";
const DROPPED: &str = "Changes that were not saved were dropped, because the whole timeline was replaced.";

impl Store {
    /// Stores a text for the timeline that is shown, or removes it.
    pub(super) fn keep(&self, name: &str, text: Option<&str>) {
        let log = *self.owner.peek();
        let text = text.map(|text| match log {
            Some(_) => stamped(text, platform::now()),
            None => text.to_owned(),
        });
        platform::store(&key_of(name, log), text.as_deref());
    }

    /// The text that is stored for the timeline that is shown.
    pub(super) fn kept(&self, name: &str) -> Option<String> {
        let log = *self.owner.peek();
        Some(text_of(log, &platform::stored(&key_of(name, log))?).to_owned())
    }

    /// Whether edits are stored for the timeline that is shown, by this page or another.
    pub(super) fn has_kept_edits(&self) -> bool {
        self.kept_edits().next().is_some()
    }

    /// Whether this browser keeps edits for any timeline.
    pub fn has_edits_of_anyone(&self) -> bool {
        !platform::stored_keys(EDITS_KEY).is_empty()
    }

    fn kept_edits(&self) -> impl Iterator<Item = String> + use<> {
        let log = *self.owner.peek();
        platform::stored_keys(EDITS_KEY).into_iter().filter(move |key| log_of(key).is_none_or(|of| Some(of) == log))
    }

    /// Drops the draft and the edits of the timeline that is shown. What belongs to other timelines stays.
    pub fn forget_unsent(&mut self) {
        self.conversation.write().take_back(None);
        self.change.set(None);
        self.write("");
        for key in self.kept_edits() {
            platform::store(&key, None);
        }
    }

    /// Stores the pending edits in the browser, in case the user leaves this page before the responses arrive.
    pub(super) fn store_edits(&self) {
        let name = format!("{EDITS_KEY}{}", self.page.peek());
        self.keep(&name, self.calls.peek().to_stored().as_deref());
    }

    /// Handles that the timeline of this log is shown. `is_fresh` is whether nobody has changed it so far.
    pub(super) fn belong_to(&mut self, log: Option<EventId>, is_fresh: bool) {
        let before = *self.owner.peek();
        if before == log {
            return;
        }
        // On the same socket the person is the same: everything was deleted, or a file was imported. Otherwise the browser shows
        // another timeline, perhaps somebody else's, and what belongs to the one before stays stored.
        let is_replaced = self.status.peek().is_connected();
        if before.is_some() {
            if self.calls.peek().edits() > 0 {
                self.toast(if is_replaced { DROPPED } else { SET_ASIDE }, Kind::Problem);
            }
            self.calls.write().retain(|mutation| is_replaced && !mutation.is_edit());
            // What was asked for is of the timeline before.
            self.unread.write().retain(|(call, _)| call.mutation.is_edit());
            let is_waiting = !self.conversation.peek().waiting().is_empty();
            if is_replaced {
                self.take_back_messages(None);
            } else {
                if is_waiting {
                    self.toast(MESSAGE_SET_ASIDE, Kind::Problem);
                }
                self.conversation.write().leave();
                self.toasts.write().dismiss_done();
                self.unread.set(Vec::new());
            }
            // The draft stays if a user without data imports a file.
            if is_fresh || !is_replaced {
                self.change.set(None);
                self.draft.set(String::new());
            }
        }
        self.owner.set(log);
        self.take_over(before.filter(|_| is_replaced));
    }

    /// Takes over what the browser keeps for the timeline that is shown. Edits may belong to a page that is still open. Each
    /// keeps its id, so the service carries out none of them twice. Removes what has been kept long enough, and what belongs
    /// to a log that is `gone`.
    fn take_over(&mut self, gone: Option<EventId>) {
        let now = platform::now();
        let owner = *self.owner.peek();
        for key in platform::stored_keys(PREFIX) {
            let (log, stored) = (log_of(&key), platform::stored(&key).unwrap_or_default());
            let is_over = log.is_some() && (log == gone || is_over(&stored, now));
            let is_edits = key.starts_with(EDITS_KEY) && (log.is_none() || log == owner);
            if is_edits && !is_over {
                self.calls.write().restore(text_of(log, &stored), now);
            }
            if is_edits || is_over {
                platform::store(&key, None);
            }
        }
        self.store_edits();
        let written = (self.draft.peek().clone(), self.change.peek().clone());
        let (text, change) = draft::join(draft::restore(self.kept_draft()), written);
        self.draft.set(text);
        self.change.set(change);
        self.drop_unowned_draft();
        self.store_draft();
    }
}

/// The storage key of what belongs to the timeline of this log.
fn key_of(name: &str, log: Option<EventId>) -> String {
    log.map_or_else(|| name.to_owned(), |log| format!("{name}.{log}"))
}

/// The log of the timeline to which the text under this key belongs. `None` if it was not known, or the page had an earlier
/// version.
fn log_of(key: &str) -> Option<EventId> {
    let (_, last) = key.rsplit_once('.')?;
    last.parse::<Uuid>().ok().map(EventId::new)
}

/// The text with the time at which it is stored. Texts without a log have none.
fn stamped(text: &str, now: DateTime<Utc>) -> String {
    format!("{}\n{text}", now.timestamp_millis())
}

/// The text without its time.
fn text_of(log: Option<EventId>, stored: &str) -> &str {
    match (log, stored.split_once('\n')) {
        (Some(_), Some((_, text))) => text,
        _ => stored,
    }
}

/// Whether a text with its time has been kept long enough. One whose time cannot be read is over, too.
fn is_over(stored: &str, now: DateTime<Utc>) -> bool {
    let stored_at = stored.split_once('\n').and_then(|(at, _)| at.parse::<i64>().ok());
    stored_at.is_none_or(|at| now.timestamp_millis().saturating_sub(at) > LIFETIME_MS)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn log(id: u128) -> Option<EventId> {
        Some(EventId::new(Uuid::from_u128(id)))
    }

    #[test]
    fn a_key_names_the_timeline_to_which_its_text_belongs() {
        for name in ["flux.draft", "flux.edits.aB3-_xY9"] {
            for log in [None, log(1), log(2)] {
                assert_eq!(log_of(&key_of(name, log)), log, "{name}");
            }
            assert_ne!(key_of(name, log(1)), key_of(name, log(2)));
        }
    }

    #[test]
    fn texts_are_kept_for_a_month() {
        let now: DateTime<Utc> = "2026-11-23T10:00:00Z".parse().unwrap();
        for text in ["", "a\nb", "7\n8"] {
            let stored = stamped(text, now);
            assert_eq!(text_of(log(1), &stored), text);
            assert!(!is_over(&stored, now + TimeDelta::days(30)));
            assert!(is_over(&stored, now + TimeDelta::days(30) + TimeDelta::seconds(1)));
        }
        for odd in ["", "no time", "x\ny"] {
            assert!(is_over(odd, now), "{odd}");
        }
    }

    #[test]
    fn texts_of_an_earlier_version_are_read_unchanged() {
        for (key, text) in [("flux.draft", "1\n2"), ("flux.edits.aB3-_xY9", "[]")] {
            assert_eq!(text_of(log_of(key), text), text);
        }
    }
}
