//! How long before its start a block reminds, in words: `10 minutes before`, `1 day and 1 hour before`, `at the start`.

use crate::details;
use flux_phrases::duration::{self, Length};
use flux_phrases::words::{Token, TokenKind, fits, fits_any};
use flux_timeline::Reminders;

/// Minutes before the start, an empty list for never, or why they are not understood, in a sentence.
pub(super) type Minutes = Result<Vec<u32>, String>;

/// Said of a reminder that is neither before a block nor at its start.
pub(super) const UNREAD: &str = "I can remind you only a length of time before a block, or when it starts, so I changed nothing. Say it so, such as “remind me 10 minutes before the dentist”, or give the reminder a time of its own, such as “remind me tomorrow at 8pm to pack”.";

/// Words after a length that make it one before the start.
const BEFORE: &[&str] = &[
    "before it|that|this|then|hand?",
    "before it|that|this starts|begins",
    "before the? start|beginning",
    "prior to? it|that|this?",
    "ahead of? it|that|time?",
    "beforehand|earlier",
    "in advance",
];
/// The start itself.
const START: &[&str] = &["at|on the? start|beginning", "when it|that starts|begins", "just? as it starts|begins"];

/// What is said at `at` and how many tokens it takes. `None` if no length before the start is said there.
pub(super) fn lead(tokens: &[Token], at: usize) -> Option<(Minutes, usize)> {
    let mut minutes = Vec::new();
    let mut wrong = None;
    let mut closed = None;
    let mut here = at;
    loop {
        if let Some(taken) = fits_any(tokens, here, START) {
            minutes.push(0);
            here += taken;
            closed = Some((here, minutes.len()));
        } else if let Some((length, taken)) = duration::length(tokens, here) {
            let words = tokens.get(here..here + taken).unwrap_or_default();
            wrong = wrong.or_else(|| is_unclear(words));
            minutes.push(minutes_of(length));
            here += taken;
            if let Some(taken) = fits_any(tokens, here, BEFORE) {
                here += taken;
                closed = Some((here, minutes.len()));
            }
        } else {
            break;
        }
        here += link(tokens, here);
    }
    // "10 minutes before, 2 hours": the last length is not about the reminder.
    let (end, count) = closed?;
    minutes.truncate(count);
    Some((wrong.map_or_else(|| known(&minutes), |wrong| Err(wrong.to_owned())), end - at))
}

/// What is said by `a 10-minute reminder` at `at`, and how many tokens it takes.
pub(super) fn as_adjective(tokens: &[Token], at: usize) -> Option<(Minutes, usize)> {
    let article = fits(tokens, at, "a|an?")?;
    let (length, taken) = duration::length(tokens, at + article)?;
    let noun = fits(tokens, at + article + taken, "reminder|alert")?;
    Some((known(&[minutes_of(length)]), article + taken + noun))
}

/// What is too long for the type is too long for a reminder.
fn minutes_of(length: Length) -> u32 {
    u32::try_from(length.in_minutes()).unwrap_or(u32::MAX)
}

fn known(minutes: &[u32]) -> Minutes {
    Reminders::new(minutes).map(|reminders| reminders.minutes().to_vec()).map_err(|why| why.to_string())
}

/// The number of tokens that link two lengths.
fn link(tokens: &[Token], at: usize) -> usize {
    let comma = usize::from(tokens.get(at).is_some_and(|token| token.is(",")));
    comma + fits(tokens, at + comma, "and again?").unwrap_or(0)
}

/// Why the length of these words is not certain.
fn is_unclear(words: &[Token]) -> Option<&'static str> {
    let says = |list: &str| words.iter().any(|word| word.is_any(list));
    let and = words.iter().position(|word| word.is("and"));
    if and.is_some_and(|and| !words.get(and + 1).is_some_and(|next| next.is_any("a half"))) {
        return Some(
            "I do not know whether that is one reminder or two, so I changed nothing. Say “1h30 before” for one, and “an hour before and 30 minutes before” for two.",
        );
    }
    (says("few several") || fits(words, 0, "half a day").is_some()).then_some(
        "I do not know how long before that is, so I changed nothing. Say it with a number, such as “10 minutes before”.",
    )
}

/// Verbs that ask for a new block which reminds. It does so at its start if nothing else is said.
const REMINDS: &[&str] =
    &["remind|remember", "do not let me forget", "set|add|create|make|schedule|put up? a|an? reminder|alarm"];

/// The number of tokens in which a request begins to ask for a new block that reminds.
pub(super) fn reminds(tokens: &[Token]) -> Option<usize> {
    fits_any(tokens, 0, REMINDS)
}

/// A request without the part that says when its block reminds, and what that part says. What is in a note is no such part.
pub(super) fn taken(source: &str, tokens: &[Token]) -> (Vec<Token>, Option<Minutes>) {
    let verb = reminds(tokens);
    let note = (0..tokens.len()).find(|at| details::note_at(source, tokens, *at).is_some());
    let own = tokens.get(..note.unwrap_or(tokens.len())).unwrap_or_default();
    let Some(part) = (verb.unwrap_or(0)..own.len()).find_map(|at| part_at(own, at, verb.is_some())) else {
        return (tokens.to_vec(), None);
    };
    let is = |at: Option<usize>, mark: &str| at.and_then(|at| tokens.get(at)).is_some_and(|token| token.is(mark));
    let in_brackets = is(part.from.checked_sub(1), "(") && is(Some(part.to), ")");
    let (from, to) = if in_brackets { (part.from - 1, part.to + 1) } else { (part.from, part.to) };
    let rest = [tokens.get(..from), tokens.get(to..)].into_iter().flatten().flatten().cloned().collect();
    (rest, Some(part.minutes))
}

/// The part of a request that says when it reminds.
struct Part {
    from: usize,
    to: usize,
    minutes: Minutes,
}

/// Words that ask for a reminder within a request.
const ASKS: &[&str] = &[
    "always? remind|notify|alert|warn me of|about? it|that|this?",
    "with|and|plus a|an|one|two reminder|reminders|alert|alerts",
    "reminder|reminders|alert",
];
/// Words that ask for none.
const NEVER: &[&str] = &[
    "without a|an|any? reminder|reminders|alert",
    "with|and? no reminder|reminders|alert needed|necessary|please?",
    "and? do? not remind|notify|alert me of|about? it|that|this?",
];

/// The part that begins at `from`.
fn part_at(tokens: &[Token], from: usize, asked: bool) -> Option<Part> {
    let ends = |at: usize| tokens.get(at).is_none_or(|token| token.kind == TokenKind::Mark);
    let made = |to: usize, minutes: Minutes| Some(Part { from, to, minutes });
    if let Some(taken) = fits_any(tokens, from, NEVER).filter(|taken| ends(from + taken)) {
        return made(from + taken, Ok(Vec::new()));
    }
    // "With a 10-minute reminder"
    if let Some(taken) = fits(tokens, from, "with")
        && let Some((minutes, long)) = as_adjective(tokens, from + taken)
    {
        return made(from + taken + long, minutes);
    }
    let goes_on = |at: usize| ends(at) || tokens.get(at).is_some_and(|token| token.is("to"));
    let Some(taken) = fits_any(tokens, from, ASKS) else {
        // "Remind me to leave at 5pm 10 minutes before", but "remind me to be at the start" says where.
        duration::length(tokens, from).filter(|_| asked)?;
        let (minutes, taken) = lead(tokens, from).filter(|(_, taken)| goes_on(from + taken))?;
        return made(from + taken, minutes);
    };
    // "Two reminders: 1 day before and 1 hour before"
    let colon = usize::from(tokens.get(from + taken).is_some_and(|token| token.is_any(", :")));
    if let Some((minutes, long)) = lead(tokens, from + taken + colon) {
        let to = from + taken + colon + long;
        // "With a reminder an hour before the dentist" is about another block.
        return goes_on(to).then_some(Part { from, to, minutes });
    }
    let at = from + taken;
    let is_with = fits(tokens, from, "with|plus").is_some();
    if is_with && ends(at) {
        return made(at, Ok(vec![0]));
    }
    // "With a reminder the evening before", but "a mail with a reminder about the rent" is a title.
    let names = tokens.get(at).is_some_and(|token| token.is_any("of for about to"));
    (is_with && !names).then(|| Part { from, to: tokens.len(), minutes: Err(UNREAD.to_owned()) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use flux_phrases::words::tokens;

    #[test]
    fn lengths_before_the_start_in_words() {
        for (text, minutes) in [
            ("10 minutes before", &[10][..]),
            ("half an hour earlier", &[30]),
            ("an hour and a half beforehand", &[90]),
            ("1 hour 15 minutes in advance", &[75]),
            ("1 day and 1 hour before", &[1_440, 60]),
            ("a day before, an hour before and 10 min before", &[1_440, 60, 10]),
            ("an hour before and 30 minutes before it starts", &[60, 30]),
            ("15 minutes before and at the start", &[15, 0]),
            ("a week ahead of time", &[10_080]),
            ("when it begins", &[0]),
        ] {
            let all = tokens(text);
            assert_eq!(lead(&all, 0), Some((Ok(minutes.to_vec()), all.len())), "{text}");
        }
        assert_eq!(lead(&tokens("10 minutes before, 2 hours"), 0), Some((Ok(vec![10]), 3)));
        assert_eq!(lead(&tokens("10 minutes long"), 0), None);
        for text in ["1 hour and 15 minutes before", "a few minutes before", "half a day before", "3 weeks before"] {
            assert!(lead(&tokens(text), 0).unwrap().0.is_err(), "{text}");
        }
    }
}
