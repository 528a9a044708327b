//! New blocks of which the rules would add only a part. They say so and add nothing.

use flux_phrases::number;
use flux_phrases::time::{Expression, Meaning, Preposition, Timing};
use flux_phrases::words::{Token, TokenKind, fits_any};

use super::repeat::CANNOT_REPEAT;

/// Words for what repeats. A rule that understands them takes them out of the title.
const REPEATS: &[&str] = &[
    "every|each|daily|weekly|fortnightly|biweekly|monthly|quarterly|yearly|annually|weekdays",
    "hourly|nightly|bimonthly|semiweekly|semimonthly",
    "weekday|workday morning|mornings|afternoon|afternoons|evening|evenings|night|nights",
    "once in a",
    "per day|week|month|year",
    "once|twice|thrice a|per|each day|week|month|year",
    "times a|per|each day|week|month|year",
];
const WEEKDAYS: &str =
    "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun";
/// Weekdays that are words, too.
const WORDS: &str = "sat sun";
/// The numbers with which several blocks are asked for. "100 pushups" is one block.
const SEVERAL: std::ops::RangeInclusive<u32> = 2..=9;

/// Why a new block would be only a part of what was asked for, in a sentence. `None` if it would be all of it. `title` has the
/// words that no rule has taken, and `found` all expressions of time.
pub(super) fn only_a_part(title: &[Token], found: &[Expression], wanted: &Timing) -> Option<&'static str> {
    if (0..title.len()).any(|at| fits_any(title, at, REPEATS).is_some()) {
        return Some(CANNOT_REPEAT);
    }
    if is_several(title) {
        return Some(
            "I add one block at a time, so I added nothing. Say when each of them is, such as “study session tomorrow at 9am”.",
        );
    }
    // "Gym mon wed" with "Friday", but not "Friday drinks" with "on Thursday".
    let ends_with = |words: &str| title.last().is_some_and(|token| token.is_any(words));
    if !wanted.days.is_empty() && ends_with(WEEKDAYS) && !ends_with(WORDS) {
        return Some("I read only one of those days, so I added nothing. Say it for each day by itself.");
    }
    let is_until = |expression: &Expression| {
        expression.preposition == Preposition::Until
            && matches!(expression.meaning, Meaning::Days(_) | Meaning::Period(_))
    };
    (wanted.every.is_none() && found.iter().any(is_until)).then_some(
        "I read “until” with a day only for what repeats and to lengthen what is all day, so I added nothing. Say when it is, or how it \
         repeats, such as “every day at 9 until Friday”.",
    )
}

/// "3 study sessions", but not "2 hours of yoga", where a rule has taken the length.
fn is_several(title: &[Token]) -> bool {
    let Some((count, taken)) = number::whole(title, 0) else { return false };
    let plural = |token: &Token| token.kind == TokenKind::Word && token.norm.len() > 3 && token.norm.ends_with('s');
    SEVERAL.contains(&count) && title.iter().skip(taken).take(3).any(plural)
}
