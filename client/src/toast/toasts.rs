//! Short notes about the result of an action. They disappear by themselves. Pure.

use chrono::{DateTime, TimeDelta, Utc};
use flux_timeline::TxnId;

/// How long a note stays.
const SHOWN: TimeDelta = TimeDelta::seconds(8);
/// How long a note about a failure stays.
const PROBLEM_SHOWN: TimeDelta = TimeDelta::seconds(15);
/// The maximum number of notes; older ones are removed.
const MOST: usize = 3;

/// A note.
#[derive(Debug, Clone, PartialEq)]
pub struct Toast {
    /// Unique on this page.
    pub id: u64,
    /// A sentence.
    pub text: String,
    /// What kind it is.
    pub kind: Kind,
    until: DateTime<Utc>,
}

/// What kind of note it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Something was done.
    Done,
    /// Something was done and can be taken back by undoing this transaction.
    Undoable(TxnId),
    /// Something did not work.
    Problem,
}

/// The notes that are shown, oldest first.
#[derive(Debug, Default)]
pub struct Toasts {
    list: Vec<Toast>,
    last_id: u64,
}

impl Toasts {
    /// Shows a note. It replaces a note with the same text, and what was done last replaces what was done before.
    pub fn show(&mut self, text: impl Into<String>, kind: Kind, now: DateTime<Utc>) {
        let text = text.into();
        let is_of_past = |toast: &Toast| kind != Kind::Problem && toast.kind != Kind::Problem;
        self.list.retain(|toast| toast.text != text && !is_of_past(toast));
        self.last_id += 1;
        let until = now + if kind == Kind::Problem { PROBLEM_SHOWN } else { SHOWN };
        self.list.push(Toast { id: self.last_id, text, kind, until });
        let too_many = self.list.len().saturating_sub(MOST);
        self.list.drain(..too_many);
    }

    /// Removes a note.
    pub fn dismiss(&mut self, id: u64) {
        self.list.retain(|toast| toast.id != id);
    }

    /// Removes the notes about what was done. Problems stay.
    pub fn dismiss_done(&mut self) {
        self.list.retain(|toast| toast.kind == Kind::Problem);
    }

    /// Whether some have been shown long enough.
    pub fn has_expired(&self, now: DateTime<Utc>) -> bool {
        self.list.iter().any(|toast| toast.until <= now)
    }

    /// Removes the notes that have been shown long enough.
    pub fn expire(&mut self, now: DateTime<Utc>) {
        self.list.retain(|toast| toast.until > now);
    }

    /// The notes, oldest first.
    pub fn list(&self) -> &[Toast] {
        &self.list
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_go_away_and_do_not_pile_up() {
        let now = DateTime::UNIX_EPOCH;
        let mut toasts = Toasts::default();
        for text in ["a", "b", "a", "c", "d"] {
            toasts.show(text, Kind::Done, now);
        }
        toasts.show("e", Kind::Problem, now);
        assert_eq!(toasts.list().iter().map(|toast| toast.text.as_str()).collect::<Vec<_>>(), ["d", "e"]);
        assert!(!toasts.has_expired(now + TimeDelta::seconds(7)));
        assert!(toasts.has_expired(now + TimeDelta::seconds(8)));
        toasts.expire(now + TimeDelta::seconds(8));
        assert_eq!(toasts.list().len(), 1, "a problem stays longer");
        toasts.dismiss(6);
        assert_eq!(toasts.list(), []);
    }

    #[test]
    fn problems_stay_when_what_was_done_is_out_of_date() {
        let mut toasts = Toasts::default();
        for (text, kind) in
            [("a", Kind::Done), ("b", Kind::Problem), ("c", Kind::Undoable(TxnId::new(uuid::Uuid::nil())))]
        {
            toasts.show(text, kind, DateTime::UNIX_EPOCH);
        }
        toasts.dismiss_done();
        assert_eq!(toasts.list().iter().map(|toast| toast.text.as_str()).collect::<Vec<_>>(), ["b"]);
    }
}
