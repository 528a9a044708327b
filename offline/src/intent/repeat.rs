//! New blocks that repeat: how, in the words of the tool, and what of a request about them is not understood.

use chrono::{Datelike, NaiveDate, Weekday};
use flux_phrases::number;
use flux_phrases::time::{Every, Expression, Meaning, Preposition, Style, Timing, Unit, expressions, month_named};
use flux_phrases::words::{self, Token, TokenKind, fits, fits_any};
use flux_timeline::clock;

use crate::world::World;

/// Said of what repeats in a way that no rule understands.
pub(super) const CANNOT_REPEAT: &str = "I cannot plan what repeats in that way, so I added nothing. Say it in a plain way, such as “every Tuesday at 18:00”, “every weekday at 7 until June” or “on the 1st of every month at 9”.";
/// Said of what repeats without a time of day.
pub(super) const NEEDS_A_TIME: &str =
    "What repeats needs a time, so I added nothing. Say it, such as “every Tuesday at 18:00”.";
const NEEDS_A_DAY: &str = "I do not know on which day that repeats, so I added nothing. Say it, such as “every Tuesday at 18:00” or “on the 1st of every month at 9”.";

/// Words that say more about a repetition, if no rule has taken them out of the title.
const SAYS_MORE: &[&str] = &[
    "except|excluding|unless|skip|skipping|alternate|alternating|odd|even|twice|thrice|times|holidays",
    "weekday|weekdays|workdays|until|starting|beginning|ending|ends",
    "repeat|repeats|repeating",
    "but|and not",
    "not on",
    "and|or morning|mornings|afternoon|afternoons|evening|evenings|night|nights|noon|midnight",
    "per day|week|month|year",
    "of|in the|each|every? week|month|year|quarter",
    "the first|second|third|fourth|fifth|last",
];

/// Words for the day on which something was done.
const DONE: &[&str] = &[
    "after i last? did|do|done|finish|finished|complete|completed it|that|them|this",
    "after i have done|finished|completed it|that|them|this",
    "after it|they is|was|are|were|has|have been? done|finished|completed",
    "after doing|finishing|completing it|that|them|this",
    "after completion",
];

/// What comes again after it was done, as in `every 3 days after I did it` or `again a week after it's done`. Returns how long after, if that
/// is understood, and the other words. `None` if nothing is said of it.
pub(super) fn after_done(tokens: &[Token], world: &World) -> Option<(Option<Every>, Vec<Token>)> {
    let (at, taken) = (0..tokens.len()).find_map(|at| Some((at, fits_any(tokens, at, DONE)?)))?;
    let before = tokens.get(..at)?;
    let from = before.iter().rposition(|token| token.is_any("every each again"))?;
    let one = fits(before, from, "again a|an|one").map_or(1, |taken| taken);
    let distance: Vec<Token> =
        words::tokens("every").into_iter().chain(before.iter().skip(from + one).cloned()).collect();
    let every = match expressions(&distance, world.today, Style::Plain).as_slice() {
        [Expression { at, meaning: Meaning::Every(every), .. }] if at.len() == distance.len() => Some(every.clone()),
        _ => None,
    };
    let every = every.filter(|every| every.days.is_empty() && every.day_of_month.is_none());
    let mut rest: Vec<Token> = before.iter().take(from).cloned().collect();
    while rest.last().is_some_and(|last| last.is_any(", and then")) {
        rest.pop();
    }
    rest.extend(tokens.iter().skip(at + taken).cloned());
    Some((every, rest))
}

/// Why it is not understood completely how a new block repeats, in a sentence. `None` if it is, or if it does not repeat. `title`
/// has the words that no rule has taken, and `found` all expressions of time.
pub(super) fn not_understood(
    title: &[Token],
    found: &[Expression],
    wanted: &Timing,
    today: NaiveDate,
) -> Option<&'static str> {
    let every = wanted.every.as_ref()?;
    // "Monday's report" and "Friday drinks" are names.
    let is_name = |expression: &Expression| {
        let is_day = expression.preposition == Preposition::None && matches!(expression.meaning, Meaning::Days(_));
        expression.possessive || is_day
    };
    let unread =
        found.iter().enumerate().any(|(index, expression)| !wanted.used.contains(&index) && !is_name(expression));
    let at_once = wanted.now || wanted.soon || wanted.from_now.is_some() || wanted.ago.is_some();
    let is_past = wanted.since.is_some_and(|since| since < today);
    let is_leap_day =
        wanted.since.is_some_and(|since| every.unit == Unit::Year && (since.month(), since.day()) == (2, 29));
    let more = (0..title.len()).any(|at| says_more(title, at));
    if unread || at_once || is_past || is_leap_day || more || !wanted.days.is_empty() {
        return Some(CANNOT_REPEAT);
    }
    let has_day = every.says_its_days() || (every.unit == Unit::Year && wanted.since.is_some());
    (!has_day).then_some(NEEDS_A_DAY)
}

fn says_more(title: &[Token], at: usize) -> bool {
    let Some(token) = title.get(at).filter(|token| token.kind == TokenKind::Word) else { return false };
    let is_numeral = |token: &Token| token.norm.starts_with(|c: char| c.is_ascii_digit());
    let before = at.checked_sub(1).and_then(|at| title.get(at));
    let listed = is_numeral(token) && before.is_some_and(|before| before.is_any(", and or"));
    let numbered = is_numeral(token) && number::ordinal(title, at).is_some();
    let month = month_named(&token.norm).is_some() && token.norm != "may";
    listed || numbered || month || fits_any(title, at, SAYS_MORE).is_some()
}

/// How it repeats, in the words that the tool reads. `until` is the last day.
pub(super) fn words(every: &Every, until: Option<NaiveDate>) -> String {
    let has = |days: &[Weekday]| every.days.len() == days.len() && days.iter().all(|day| every.days.contains(day));
    let is_each_week = every.unit == Unit::Week && every.interval == 1;
    let days = WEEK.iter().filter(|day| every.days.contains(day)).map(|day| clock::weekday_name(*day).to_owned());
    let days: Vec<String> = days.chain(every.day_of_month.map(|day| format!("day {day}"))).collect();
    let days = days.join(" and ");
    let mut words = match days.as_str() {
        _ if is_each_week && has(&WEEK) => "every day".to_owned(),
        _ if is_each_week && has(&WEEK[..5]) => "every weekday".to_owned(),
        "" => format!("every {}", distance(every)),
        days if is_each_week => format!("every {days}"),
        days => format!("every {} on {days}", distance(every)),
    };
    if let Some(until) = until {
        words.push_str(&format!(" until {}", clock::iso_date(until)));
    }
    words
}

/// How long after it was done something comes again, in the words that the tool reads.
pub(super) fn words_after_done(every: &Every) -> String {
    let one = if every.interval == 1 { "a " } else { "" };
    format!("again {one}{} after it was done", distance(every))
}

/// `week`, `2 weeks`
fn distance(every: &Every) -> String {
    let unit = match every.unit {
        Unit::Day => "day",
        Unit::Week => "week",
        Unit::Month => "month",
        Unit::Year => "year",
    };
    if every.interval == 1 { unit.to_owned() } else { format!("{} {unit}s", every.interval) }
}

const WEEK: [Weekday; 7] =
    [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];
