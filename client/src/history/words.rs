//! The past in words. Pure.

use chrono::{DateTime, Utc};
use flux_protocol::frame::{BlockPair, Differences};
use flux_timeline::Moment;
use flux_timeline::{Actor, Settings};

/// Who did something.
pub fn actor(actor: &Actor) -> &'static str {
    match actor {
        Actor::User => "You",
        Actor::Assistant { .. } => "Flux",
        Actor::Workflow { .. } => "Architect",
        Actor::System => "By itself",
    }
}

/// `Tue 24 Nov, 10:12`.
pub fn when(at: DateTime<Utc>, now: DateTime<Utc>, settings: &Settings) -> String {
    Moment::new(now, settings).at(at)
}

/// The name of an event in words: `BLOCK_MOVED` is `Block moved`.
pub fn event_name(name: &str) -> String {
    let mut words = name.replace('_', " ").to_ascii_lowercase();
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    words
}

/// What is different now.
pub fn differences(differences: &Differences) -> String {
    let parts: Vec<String> =
        [(differences.added, "added"), (differences.removed, "removed"), (differences.changed, "changed")]
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, done)| format!("{count} {done}"))
            .collect();
    if parts.is_empty() {
        "No block has changed since.".to_owned()
    } else {
        format!("Since then: {}.", parts.join(", "))
    }
}

/// A difference: what happened to a block.
pub fn difference(pair: &BlockPair) -> String {
    match (&pair.then, &pair.now) {
        (Some(then), None) => format!("{} “{}” was removed", then.handle, then.title),
        (None, Some(now)) => format!("{} “{}” was added", now.handle, now.title),
        (Some(then), Some(now)) if then.title != now.title => {
            format!("{} “{}” is “{}” now", then.handle, then.title, now.title)
        }
        (Some(then), Some(now)) if then.when() != now.when() => format!("{} “{}” was moved", then.handle, now.title),
        (Some(then), Some(_)) => format!("{} “{}” was changed", then.handle, then.title),
        (None, None) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_have_names_in_words() {
        assert_eq!(event_name("BLOCK_MOVED"), "Block moved");
        assert_eq!(event_name(""), "");
    }

    #[test]
    fn differences_are_counted_in_a_sentence() {
        let counts = |added, removed, changed| Differences { added, removed, changed, blocks: Vec::new() };
        assert_eq!(differences(&counts(0, 0, 0)), "No block has changed since.");
        assert_eq!(differences(&counts(2, 0, 1)), "Since then: 2 added, 1 changed.");
    }
}
