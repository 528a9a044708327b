//! Lengths of time: `45 minutes`, `an hour and a half`, `1h30`, `half an hour`, `two weeks`.

use crate::number;
use crate::words::{Token, TokenKind, fits, fits_any};

/// A length of time. Days and months are calendar units and are not converted to minutes, because a day can have 23 hours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Length {
    /// Minutes, including those of hours.
    pub minutes: i64,
    /// Days, including those of weeks.
    pub days: i64,
    /// Months, including those of years.
    pub months: i64,
}

impl Length {
    /// A length of minutes only.
    pub const fn minutes(minutes: i64) -> Self {
        Self { minutes, days: 0, months: 0 }
    }

    /// A length of days only.
    pub const fn days(days: i64) -> Self {
        Self { minutes: 0, days, months: 0 }
    }

    /// The length in minutes, for the length of a block: a day has 24 hours and a month 30 days.
    pub const fn in_minutes(self) -> i64 {
        self.minutes + (self.days + self.months * 30) * 24 * 60
    }

    /// Whether it is a number of days of the calendar, at least one.
    pub const fn is_days(self) -> bool {
        self.minutes == 0 && (self.days > 0 || self.months > 0)
    }

    /// The same length in the other direction.
    pub const fn negated(self) -> Self {
        Self { minutes: -self.minutes, days: -self.days, months: -self.months }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Unit {
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
}

impl Unit {
    fn of(word: &str) -> Option<Self> {
        Some(match word {
            "minute" | "minutes" => Self::Minute,
            "hour" | "hours" | "h" => Self::Hour,
            "day" | "days" => Self::Day,
            "week" | "weeks" => Self::Week,
            "month" | "months" => Self::Month,
            "year" | "years" => Self::Year,
            _ => return None,
        })
    }

    /// A number of hundredths of the unit. It is at most a million, because numbers have at most four digits.
    fn times(self, hundredths: i64) -> Length {
        let whole = |factor: i64| (hundredths * factor + 50) / 100;
        match self {
            Self::Minute => Length::minutes(whole(1)),
            Self::Hour => Length::minutes(whole(60)),
            Self::Day if hundredths % 100 == 0 => Length::days(whole(1)),
            Self::Day => Length::minutes(whole(1_440)),
            Self::Week => Length::days(whole(7)),
            Self::Month => Length { months: whole(1), ..Length::default() },
            Self::Year => Length { months: whole(12), ..Length::default() },
        }
    }
}

/// The length that begins at `at`, and how many tokens it takes.
///
/// ```
/// use flux_phrases::duration::{Length, length};
/// use flux_phrases::words::tokens;
///
/// assert_eq!(length(&tokens("half an hour"), 0), Some((Length::minutes(30), 3)));
/// assert_eq!(length(&tokens("two weeks"), 0), Some((Length::days(14), 2)));
/// ```
pub fn length(tokens: &[Token], at: usize) -> Option<(Length, usize)> {
    let (first, taken) = fraction(tokens, at).or_else(|| compact(tokens, at)).or_else(|| counted(tokens, at))?;
    // "1 hour and 15 minutes", "1 hour 15"
    let hours = first.minutes > 0 && first.minutes % 60 == 0 && first.days == 0;
    let and = usize::from(tokens.get(at + taken).is_some_and(|token| token.is("and")));
    if hours
        && let Some((more, length)) = counted(tokens, at + taken + and)
        && more.minutes < 60
        && more.days == 0
        && more.months == 0
    {
        return Some((Length::minutes(first.minutes + more.minutes), taken + and + length));
    }
    Some((first, taken))
}

/// `half an hour`, `a quarter of an hour`, `three quarters of an hour`.
fn fraction(tokens: &[Token], at: usize) -> Option<(Length, usize)> {
    for (pattern, minutes) in [
        ("a? half an|a? hour", 30),
        ("half-hour", 30),
        ("half-an-hour", 30),
        ("half-an hour", 30),
        ("three quarters of an hour", 45),
        ("a? quarter of an hour", 15),
        ("a? quarter hour", 15),
    ] {
        if let Some(length) = fits(tokens, at, pattern) {
            return Some((Length::minutes(minutes), length));
        }
    }
    let half_day = fits(tokens, at, "half a day")?;
    Some((Length::minutes(240), half_day))
}

/// `45min`, `1h30`, `2h`, `1.5h`, `1h30m`.
fn compact(tokens: &[Token], at: usize) -> Option<(Length, usize)> {
    let word = tokens.get(at).filter(|token| token.kind == TokenKind::Word)?.norm.as_str();
    let split = word.find(|c: char| c.is_ascii_alphabetic()).filter(|split| *split > 0)?;
    let (number, unit) = word.split_at_checked(split)?;
    let number = number::fraction(number)?;
    let length = match unit {
        "m" | "min" | "mins" | "minutes" | "minute" => Unit::Minute.times(number),
        "h" | "hr" | "hrs" | "hour" | "hours" => Unit::Hour.times(number),
        "d" => Unit::Day.times(number),
        "w" => Unit::Week.times(number),
        _ => {
            let rest = unit.strip_prefix('h')?;
            let minutes = rest.trim_end_matches(|c: char| c.is_ascii_alphabetic());
            let ending = rest.strip_prefix(minutes)?;
            let minutes = number::digits(minutes).filter(|minutes| *minutes < 60)?;
            if !matches!(ending, "" | "m" | "min" | "mins") {
                return None;
            }
            Length::minutes(Unit::Hour.times(number).minutes + i64::from(minutes))
        }
    };
    Some((length, 1))
}

/// A number or an article, and a unit: `45 minutes`, `an hour`, `a couple of hours`, `two and a half hours`.
fn counted(tokens: &[Token], at: usize) -> Option<(Length, usize)> {
    let (mut number, mut taken) = match number::decimal(tokens, at) {
        Some(found) => found,
        None => quantity(tokens, at)?,
    };
    if let Some(half) = fits(tokens, at + taken, "and a half").or_else(|| half_sign(tokens, at + taken)) {
        number += 50;
        taken += half;
    }
    if tokens.get(at + taken).is_some_and(|token| token.is("-")) {
        taken += 1;
    }
    let unit = Unit::of(&tokens.get(at + taken).filter(|token| token.kind == TokenKind::Word)?.norm)?;
    taken += 1;
    for (pattern, more) in [("and a half", 50), ("and a quarter", 25), ("and half", 50)] {
        if let Some(length) = fits(tokens, at + taken, pattern)
            && tokens.get(at + taken + length).is_none_or(|token| Unit::of(&token.norm).is_none())
        {
            number += more;
            taken += length;
            break;
        }
    }
    Some((unit.times(number), taken))
}

fn half_sign(tokens: &[Token], at: usize) -> Option<usize> {
    tokens.get(at).filter(|token| token.is("½") || token.is("1/2")).map(|_| 1)
}

fn quantity(tokens: &[Token], at: usize) -> Option<(i64, usize)> {
    for (pattern, number) in
        [("a couple of?", 200), ("couple of?", 200), ("a few", 300), ("few", 300), ("several", 300)]
    {
        if let Some(length) = fits(tokens, at, pattern) {
            return Some((number, length));
        }
    }
    fits_any(tokens, at, &["a", "an", "another", "one"]).map(|length| (100, length))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::tokens;

    #[test]
    fn lengths_as_people_write_them() {
        for (text, minutes) in [
            ("45 minutes", 45),
            ("45-minute", 45),
            ("an hour", 60),
            ("an hour and a half", 90),
            ("1h30", 90),
            ("1h30m", 90),
            ("90 min", 90),
            ("1.5 hours", 90),
            ("1,5h", 90),
            ("half an hour", 30),
            ("half hour", 30),
            ("2h", 120),
            ("one and a half hours", 90),
            ("two hours and 15 minutes", 135),
            ("1 hour 15 minutes", 75),
            ("three quarters of an hour", 45),
            ("a couple of hours", 120),
            ("2 ½ hours", 150),
            ("twenty five mins", 25),
        ] {
            let all = tokens(text);
            assert_eq!(length(&all, 0), Some((Length::minutes(minutes), all.len())), "{text}");
        }
        assert_eq!(length(&tokens("3 days"), 0), Some((Length::days(3), 2)));
        assert_eq!(length(&tokens("two weeks"), 0), Some((Length::days(14), 2)));
        assert_eq!(length(&tokens("a dog"), 0), None);
    }
}
