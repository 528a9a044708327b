//! The words in which rules are said, in lower case.

use chrono::Weekday;

use super::recurrence::Frequency;

/// Monday to Friday.
pub(super) const WORKDAYS: [Weekday; 5] = [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri];

/// Whether a word of “after it was done” says that something was done. `None` if the word does not belong there.
pub(super) fn done(word: &str) -> Option<bool> {
    match word {
        "done" | "did" | "do" | "doing" | "finish" | "finished" | "finishing" | "complete" | "completed"
        | "completing" | "completion" => Some(true),
        "it" | "it's" | "i" | "they" | "that" | "the" | "task" | "last" | "one" | "was" | "were" | "is" | "are"
        | "has" | "have" | "been" | "being" => Some(false),
        _ => None,
    }
}

/// How often, in one word: `daily`, `biweekly`.
pub(super) fn adverb(word: &str) -> Option<(u32, Frequency)> {
    Some(match word {
        "daily" => (1, Frequency::Daily),
        "weekly" => (1, Frequency::Weekly),
        "biweekly" | "bi-weekly" | "fortnightly" | "fortnight" => (2, Frequency::Weekly),
        "monthly" => (1, Frequency::Monthly),
        "quarterly" | "quarter" => (3, Frequency::Monthly),
        "yearly" | "annually" => (1, Frequency::Yearly),
        _ => return None,
    })
}

/// `day`, `weeks`.
pub(super) fn unit(word: &str) -> Option<Frequency> {
    match word.strip_suffix('s').unwrap_or(word) {
        "day" => Some(Frequency::Daily),
        "week" => Some(Frequency::Weekly),
        "month" => Some(Frequency::Monthly),
        "year" => Some(Frequency::Yearly),
        _ => None,
    }
}

/// Monday to Friday in one word.
pub(super) fn is_workdays(word: &str) -> bool {
    matches!(word, "weekday" | "weekdays" | "workday" | "workdays")
}

/// A day of the week: its name, also in the plural, or at least three letters of it.
pub(super) fn weekday(word: &str) -> Option<Weekday> {
    [
        ("monday", Weekday::Mon),
        ("tuesday", Weekday::Tue),
        ("wednesday", Weekday::Wed),
        ("thursday", Weekday::Thu),
        ("friday", Weekday::Fri),
        ("saturday", Weekday::Sat),
        ("sunday", Weekday::Sun),
    ]
    .into_iter()
    .find(|(name, _)| is_name(word.strip_suffix('s').unwrap_or(word), name))
    .map(|(_, weekday)| weekday)
}

/// The number of a month, 1–12, of which three letters are enough.
pub(super) fn month(word: &str) -> Option<i16> {
    [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ]
    .into_iter()
    .zip(1..)
    .find(|(name, _)| is_name(word, name))
    .map(|(_, number)| number)
}

fn is_name(word: &str, name: &str) -> bool {
    word.len() > 2 && name.starts_with(word)
}

const CARDINALS: [&str; 12] =
    ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
const ORDINALS: [&str; 12] = [
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
    "twelfth",
];

/// `3`, `3rd`, `three` or `third`.
pub(super) fn number(word: &str) -> Option<u32> {
    let place = |words: [&str; 12]| words.iter().zip(1..).find(|(name, _)| **name == word).map(|(_, number)| number);
    if let Some(number) = place(CARDINALS).or_else(|| place(ORDINALS)) {
        return Some(number);
    }
    let digits = numeral(word).unwrap_or(word);
    if digits.bytes().all(|byte| byte.is_ascii_digit()) { digits.parse().ok() } else { None }
}

/// Whether a number says a place: `3rd` or `third`.
pub(super) fn is_ordinal(word: &str) -> bool {
    numeral(word).is_some() || ORDINALS.contains(&word)
}

/// The digits of `3rd`.
fn numeral(word: &str) -> Option<&str> {
    if !word.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    ["st", "nd", "rd", "th"].iter().find_map(|ending| word.strip_suffix(ending))
}
