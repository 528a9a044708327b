//! Times of day: `6pm`, `18:30`, `half past 7`, `noon`, `from 2 to 4pm`.

use super::calendar::month_named;
use super::{Openness, TimeOfDay};
use crate::number;
use crate::words::{Token, TokenKind, fits, fits_any};

/// What counts as a time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// Only what is always a time of day: `6pm`, `18:30`, `noon`.
    Strict,
    /// Also a bare number, after `at` and the like: `at 6`, `until 1830`.
    Lenient,
}

impl TimeOfDay {
    const fn fixed(hour: u32, minute: u32) -> Self {
        Self { hour, minute, open: Openness::Fixed }
    }

    fn new(hour: u32, minute: u32, open: Openness) -> Option<Self> {
        // Hours after 12 and midnight are in only one half of the day.
        let open = if (1..=12).contains(&hour) { open } else { Openness::Fixed };
        (hour < 24 && minute < 60 || hour == 24 && minute == 0).then_some(Self { hour, minute, open })
    }

    /// With `am` or `pm`.
    fn half(self, pm: bool) -> Option<Self> {
        match (self.hour, pm) {
            (13.., false) | (0, _) => None,
            // "18:30pm" is a slip that can mean only one thing.
            (13.., true) => Some(self),
            (12, false) => Some(Self::fixed(0, self.minute)),
            (12, true) => Some(Self::fixed(12, self.minute)),
            (hour, false) => Some(Self::fixed(hour, self.minute)),
            (hour, true) => Some(Self::fixed(hour + 12, self.minute)),
        }
    }
}

/// The time of day that begins at `at`, and how many tokens it takes.
pub(super) fn clock(tokens: &[Token], at: usize, reading: Reading) -> Option<(TimeOfDay, usize)> {
    named(tokens, at)
        .or_else(|| relative(tokens, at, reading))
        .or_else(|| digits(tokens, at, reading))
        .or_else(|| spoken(tokens, at, reading))
        .map(|(clock, taken)| (clock, taken + fits_any(tokens, at + taken, &["sharp", "exactly", "ish"]).unwrap_or(0)))
}

fn named(tokens: &[Token], at: usize) -> Option<(TimeOfDay, usize)> {
    for (pattern, hour) in [
        ("noon", 12),
        ("midday", 12),
        ("12 noon", 12),
        ("midnight", 24),
        ("12 midnight", 24),
        ("lunchtime", 12),
        ("lunch time", 12),
        ("dinnertime", 18),
        ("dinner time", 18),
        ("eod", 17),
        ("cob", 17),
        ("close of business", 17),
        ("end of the? day", 17),
        ("end of the? workday", 17),
        ("end of business", 17),
    ] {
        if let Some(taken) = fits(tokens, at, pattern) {
            return Some((TimeOfDay::fixed(hour, 0), taken));
        }
    }
    None
}

/// `half past 7`, `quarter to nine pm`, `ten to 5`, `20 minutes past 8`.
fn relative(tokens: &[Token], at: usize, reading: Reading) -> Option<(TimeOfDay, usize)> {
    let (minutes, taken) = match fits_any(tokens, at, &["a? quarter"]) {
        Some(taken) => (15, taken),
        None => match fits(tokens, at, "half") {
            Some(taken) => (30, taken),
            None => {
                let (number, taken) = number::whole(tokens, at).filter(|(number, _)| (1..30).contains(number))?;
                (number, taken + fits(tokens, at + taken, "minutes").unwrap_or(0))
            }
        },
    };
    let link = tokens.get(at + taken)?;
    let before = link.is_any("to till until of before");
    let after = link.is_any("past after");
    // "half seven" is half past seven, but only if a time must follow: "half one sugar" is not a time.
    if minutes == 30 && !before && !after && reading == Reading::Lenient {
        let (hour, length) = hour(tokens, at + taken)?;
        return Some((TimeOfDay { minute: 30, ..hour }, taken + length));
    }
    // "ten to 5" is a time, "five of 20" and "2 to 4" are not.
    let said = minutes == 15 || minutes == 30 || after || (link.is("to") && matches!(minutes, 5 | 10 | 20 | 25));
    let digits_on_both_sides = tokens.get(at).is_some_and(|token| number::digits(&token.norm).is_some());
    if !(before || after) || !said || (before && digits_on_both_sides && taken == 1 && reading == Reading::Strict) {
        return None;
    }
    let (hour, length) = hour(tokens, at + taken + 1)?;
    let total = taken + 1 + length;
    if after {
        return Some((TimeOfDay { minute: minutes, ..hour }, total));
    }
    let earlier = match hour.hour {
        0 => 23,
        1 if hour.open != Openness::Fixed => 12,
        other => other - 1,
    };
    Some((TimeOfDay { hour: earlier, minute: 60 - minutes, ..hour }, total))
}

/// A full hour, perhaps with its half of the day.
fn hour(tokens: &[Token], at: usize) -> Option<(TimeOfDay, usize)> {
    digits(tokens, at, Reading::Lenient)
        .or_else(|| named(tokens, at))
        .or_else(|| spoken(tokens, at, Reading::Lenient))
        .filter(|(clock, _)| clock.minute == 0)
}

/// `6pm`, `6 pm`, `6:30`, `18.30`, `18h30`, `1830`.
fn digits(tokens: &[Token], at: usize, reading: Reading) -> Option<(TimeOfDay, usize)> {
    let token = tokens.get(at).filter(|token| token.kind == TokenKind::Word && !token.possessive)?;
    let word = token.norm.trim_end_matches("ish");
    let (number, half) = match word.strip_suffix("pm").or_else(|| word.strip_suffix("p")) {
        Some(number) => (number, Some(true)),
        None => match word.strip_suffix("am").or_else(|| word.strip_suffix("a")) {
            Some(number) => (number, Some(false)),
            None => (word, None),
        },
    };
    let (half, mut taken) = match half {
        Some(half) => (Some(half), 1),
        None => meridiem(tokens, at + 1).map_or((None, 1), |half| (Some(half), 2)),
    };
    let of_the_clock = fits_any(tokens, at + 1, &["o'clock", "uhr"]);
    let clock = plain(number, half.is_some() || of_the_clock.is_some() || reading == Reading::Lenient)?;
    if let Some(pm) = half {
        return clock.half(pm).map(|clock| (clock, taken));
    }
    if let Some(length) = of_the_clock {
        return Some((clock_of_hour(clock), taken + length));
    }
    if word.len() == 4 && number::digits(word).is_some() {
        taken += fits_any(tokens, at + 1, &["hours", "h"]).unwrap_or(0);
    }
    let has_minutes = number.contains([':', 'h']) || (reading == Reading::Lenient);
    (has_minutes || in_a_part(tokens, at + 1)).then_some((clock, taken))
}

/// "7 o'clock" is as open as "at 7".
fn clock_of_hour(clock: TimeOfDay) -> TimeOfDay {
    TimeOfDay::new(clock.hour, clock.minute, Openness::Bare).unwrap_or(clock)
}

/// `7 in the morning`, `8 at night`, `8 tonight`.
fn in_a_part(tokens: &[Token], at: usize) -> bool {
    fits_any(tokens, at, &["in the morning|afternoon|evening", "at night", "tonight", "this morning|afternoon|evening"])
        .is_some()
}

fn meridiem(tokens: &[Token], at: usize) -> Option<bool> {
    // The "am" of "I'm" has no space before it.
    let token = tokens.get(at).filter(|token| !token.text.is_empty())?;
    if token.is("pm") {
        Some(true)
    } else if token.is("am") {
        Some(false)
    } else {
        None
    }
}

/// Digits alone. `bare` also allows numbers that are a time only because of the words around them.
fn plain(number: &str, bare: bool) -> Option<TimeOfDay> {
    let separator = number.find([':', '.', 'h']);
    let Some(separator) = separator else {
        let value = number::digits(number).filter(|_| bare)?;
        if number.len() >= 3 {
            let four = number.len() == 4 && number.starts_with('0') || value >= 1300;
            let open = if four { Openness::Fixed } else { Openness::Digits };
            return TimeOfDay::new(value / 100, value % 100, open);
        }
        let open = if number.starts_with('0') { Openness::Fixed } else { Openness::Bare };
        return TimeOfDay::new(value, 0, open).filter(|clock| clock.hour > 0 || number.len() == 2 || value == 0);
    };
    let (hour, rest) = number.split_at_checked(separator)?;
    let (sign, minute) = rest.split_at_checked(1)?;
    if sign == "." && !bare {
        return None;
    }
    // "07:30:00"
    let minute = minute.strip_suffix(":00").unwrap_or(minute);
    if minute.is_empty() && sign == "h" {
        return TimeOfDay::new(number::digits(hour)?, 0, Openness::Fixed).filter(|_| bare);
    }
    // "2h30" is a length, "18h30" and "at 2h30" are times.
    let hours = number::digits(hour)?;
    if sign == "h" && !bare {
        return None;
    }
    let open = if hour.starts_with('0') { Openness::Fixed } else { Openness::Digits };
    (minute.len() == 2 && hour.len() <= 2).then(|| TimeOfDay::new(hours, number::digits(minute)?, open))?
}

/// `six`, `six thirty`, `eight fifteen pm`, `seven o'clock`.
fn spoken(tokens: &[Token], at: usize, reading: Reading) -> Option<(TimeOfDay, usize)> {
    let token = tokens.get(at).filter(|token| token.kind == TokenKind::Word)?;
    if number::digits(&token.norm).is_some() {
        // "6 30 pm", as dictation writes it
        let minute =
            tokens.get(at + 1).filter(|next| next.norm.len() == 2).and_then(|next| number::digits(&next.norm))?;
        let half = meridiem(tokens, at + 2)?;
        let clock = TimeOfDay::new(number::digits(&token.norm)?, minute, Openness::Digits)?;
        return clock.half(half).map(|clock| (clock, 3));
    }
    let about = token.norm.strip_suffix("ish").map(|hour| Token { norm: hour.to_owned(), ..token.clone() });
    let number = match &about {
        Some(hour) => number::whole(std::slice::from_ref(hour), 0),
        None => number::whole(tokens, at),
    };
    let (hour, mut taken) = number.filter(|(hour, _)| (1..=24).contains(hour))?;
    let mut minute = 0;
    if let Some((minutes, length)) = number::whole(tokens, at + taken)
        && (10..60).contains(&minutes)
        && tokens.get(at + taken).is_some_and(|token| number::digits(&token.norm).is_none())
    {
        minute = minutes;
        taken += length;
    }
    let clock = TimeOfDay::new(hour, minute, Openness::Bare)?;
    if let Some(half) = meridiem(tokens, at + taken) {
        return clock.half(half).map(|clock| (clock, taken + 1));
    }
    if let Some(length) = fits(tokens, at + taken, "o'clock") {
        return Some((clock, taken + length));
    }
    (reading == Reading::Lenient || in_a_part(tokens, at + taken)).then_some((clock, taken))
}

/// What stands before the first time of a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lead {
    /// Nothing.
    None,
    /// `at`, or a day just before.
    Time,
    /// `from`.
    From,
    /// `between`.
    Between,
}

/// `2-4pm`, `14:00–16:00`, `2pm to 4pm`, and after a lead also `2 to 4`.
pub(super) fn range(tokens: &[Token], at: usize, lead: Lead) -> Option<(TimeOfDay, TimeOfDay, usize)> {
    let (start, taken) = clock(tokens, at, Reading::Lenient)?;
    let link = tokens.get(at + taken)?;
    let dash = link.is("-");
    let to = link.is_any("to until through thru");
    if !(dash || to || (lead == Lead::Between && link.is("and"))) {
        return None;
    }
    let skip = fits(tokens, at + taken + 1, "until|at|about").unwrap_or(0);
    let second = at + taken + 1 + skip;
    let (end, length) = clock(tokens, second, Reading::Lenient)?;
    // "every Tuesday at 6pm until 5 June"
    if link.is("until") && tokens.get(second + length).is_some_and(|next| month_named(&next.norm).is_some()) {
        return None;
    }
    // "chapters 2-4" and "9 to 5" alone are not times, but "2-4pm" is.
    let start_is_sure = clock(tokens, at, Reading::Strict).is_some();
    let end_is_sure = clock(tokens, second, Reading::Strict).is_some();
    (lead != Lead::None || end_is_sure || (start_is_sure && dash)).then(|| {
        let (start, end) = halves(start, end);
        (start, end, taken + 1 + skip + length)
    })
}

/// Settles one end of a range by the other: `2-4pm`, `11-1pm`.
fn halves(start: TimeOfDay, end: TimeOfDay) -> (TimeOfDay, TimeOfDay) {
    let flipped = |clock: TimeOfDay| TimeOfDay { hour: (clock.hour + 12) % 24, open: Openness::Fixed, ..clock };
    let as_am = |clock: TimeOfDay| TimeOfDay { hour: clock.hour % 12, open: Openness::Fixed, ..clock };
    let minutes = |clock: TimeOfDay| clock.hour * 60 + clock.minute;
    match (start.open != Openness::Fixed, end.open != Openness::Fixed) {
        (true, false) if end.hour <= 24 => {
            let am = as_am(start);
            let pm = flipped(am);
            // The later reading that is still before the end; over midnight (9–1am) the evening.
            let start = if minutes(pm) < minutes(end) || minutes(am) >= minutes(end) { pm } else { am };
            (start, end)
        }
        (false, true) => {
            // The reading that comes first after the start, over midnight as well: "22:00 to 6:00" ends in the morning.
            let am = as_am(end);
            let until = |end: TimeOfDay| (minutes(end) + 24 * 60 - minutes(start)) % (24 * 60);
            let end = if until(am) > 0 && until(am) < until(flipped(am)) { am } else { flipped(am) };
            (start, end)
        }
        _ => (start, end),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::tokens;

    fn read(text: &str, reading: Reading) -> Option<String> {
        let all = tokens(text);
        let (clock, taken) = clock(&all, 0, reading)?;
        assert_eq!(taken, all.len(), "{text}");
        let open = if clock.open == Openness::Fixed { "" } else { "?" };
        Some(format!("{:02}:{:02}{open}", clock.hour, clock.minute))
    }

    #[test]
    fn times_that_are_times_anywhere() {
        for (text, time) in [
            ("6pm", "18:00"),
            ("6 pm", "18:00"),
            ("6:30pm", "18:30"),
            ("6.30 p.m.", "18:30"),
            ("18:30", "18:30"),
            ("12am", "00:00"),
            ("12 pm", "12:00"),
            ("noon", "12:00"),
            ("midnight", "24:00"),
            ("7 o'clock", "07:00?"),
            ("half past 7", "07:30?"),
            ("quarter to 9", "08:45?"),
            ("a quarter past nine pm", "21:15"),
            ("ten to five", "04:50?"),
            ("six thirty pm", "18:30"),
            ("eight am", "08:00"),
            ("8:15", "08:15?"),
            ("07:00", "07:00"),
            ("6p", "18:00"),
            ("20 past 8", "08:20?"),
            ("quarter to one", "12:45?"),
            ("6 30 pm", "18:30"),
        ] {
            assert_eq!(read(text, Reading::Strict).as_deref(), Some(time), "{text}");
        }
    }

    #[test]
    fn bare_numbers_are_times_only_where_a_time_is_expected() {
        for (text, time) in [
            ("6", "06:00?"),
            ("18", "18:00"),
            ("0800", "08:00"),
            ("1830", "18:30"),
            ("18.30", "18:30"),
            ("18h", "18:00"),
            ("six", "06:00?"),
            ("half seven", "07:30?"),
            ("0", "00:00"),
        ] {
            assert_eq!(read(text, Reading::Lenient).as_deref(), Some(time), "{text}");
            assert_eq!(clock(&tokens(text), 0, Reading::Strict), None, "{text}");
        }
        for text in ["25", "7:61", "2561", "13am"] {
            assert_eq!(clock(&tokens(text), 0, Reading::Lenient), None, "{text}");
        }
    }

    #[test]
    fn the_ends_of_a_range_settle_each_other() {
        for (text, from, to) in [
            ("2-4pm", 14, 16),
            ("11-1pm", 11, 13),
            ("10am - 2", 10, 14),
            ("9pm to 1am", 21, 1),
            ("8pm-10", 20, 22),
            ("14:00-16:00", 14, 16),
        ] {
            let (start, end, _) = range(&tokens(text), 0, Lead::None).unwrap();
            assert_eq!((start.hour, end.hour), (from, to), "{text}");
        }
        assert_eq!(range(&tokens("2-4"), 0, Lead::None), None);
        assert!(range(&tokens("2 and 4"), 0, Lead::Between).is_some());
    }
}
