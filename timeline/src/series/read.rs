//! How recurrence rules are read from text.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, Weekday};

use super::recurrence::{END_OF_DAY, End, Frequency, RULE_CHARS, Recurrence, RecurrenceError, WeekdayNumber, code};

/// Most characters of a rule that an error repeats.
const QUOTED_CHARS: usize = 60;
const SMALL_NUMBER: &str = "a whole number from 1 to 1000";

impl Recurrence {
    /// Reads the value of an `RRULE`, such as `FREQ=WEEKLY;INTERVAL=2;BYDAY=TU`. `RRULE:` may be before it.
    ///
    /// # Errors
    /// [`RecurrenceError`], if the text is not a rule of RFC 5545 or has parts that we do not support.
    pub fn read(text: &str) -> Result<Self, RecurrenceError> {
        let chars = text.chars().count();
        if chars > RULE_CHARS {
            return Err(RecurrenceError::TooLong { chars });
        }
        let text = text.trim().to_ascii_uppercase();
        let mut parts = Parts::default();
        for part in text.strip_prefix("RRULE:").unwrap_or(&text).split(';').filter(|part| !part.is_empty()) {
            parts.add(part)?;
        }
        parts.rule()
    }
}

/// What has been read of a rule.
#[derive(Default)]
struct Parts {
    frequency: Option<Frequency>,
    interval: Option<u32>,
    count: Option<u32>,
    until: Option<NaiveDateTime>,
    by_day: Option<Vec<WeekdayNumber>>,
    by_month_day: Option<Vec<i16>>,
    by_month: Option<Vec<i16>>,
    by_set_pos: Option<Vec<i16>>,
    week_start: Option<Weekday>,
}

impl Parts {
    fn add(&mut self, part: &str) -> Result<(), RecurrenceError> {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let needs = |needed| RecurrenceError::BadValue { part: quoted(part), needed };
        let small_number = || {
            number(value, 1, 1_000).map(|number| u32::from(number.unsigned_abs())).ok_or_else(|| needs(SMALL_NUMBER))
        };
        match name {
            "FREQ" => put("FREQ", &mut self.frequency, frequency(part, value)?),
            "INTERVAL" => put("INTERVAL", &mut self.interval, small_number()?),
            "COUNT" => put("COUNT", &mut self.count, small_number()?),
            "UNTIL" if value.ends_with('Z') => Err(RecurrenceError::UntilInUtc { part: quoted(part) }),
            "UNTIL" => {
                let until = until(value).ok_or_else(|| needs("a date such as 20261231, or 20261231T180000"))?;
                put("UNTIL", &mut self.until, until)
            }
            "BYDAY" => {
                let days = weekdays(value).ok_or_else(|| needs("weekdays such as MO,TU, or 1MO and -1FR"))?;
                put("BYDAY", &mut self.by_day, days)
            }
            "BYMONTHDAY" => {
                let days = numbers(value, -31, 31).ok_or_else(|| needs("days from 1 to 31, or -1 for the last"))?;
                put("BYMONTHDAY", &mut self.by_month_day, days)
            }
            "BYMONTH" => {
                let months = numbers(value, 1, 12).ok_or_else(|| needs("months from 1 to 12"))?;
                put("BYMONTH", &mut self.by_month, months)
            }
            "BYSETPOS" => {
                let places = numbers(value, -366, 366);
                let places = places.ok_or_else(|| needs("numbers from 1 to 366, or -1 for the last"))?;
                put("BYSETPOS", &mut self.by_set_pos, places)
            }
            "WKST" => {
                let day = weekday(value).ok_or_else(|| needs("a weekday such as MO"))?;
                put("WKST", &mut self.week_start, day)
            }
            _ => Err(RecurrenceError::UnknownPart { part: quoted(part) }),
        }
    }

    /// The rule, if the parts go together.
    fn rule(self) -> Result<Recurrence, RecurrenceError> {
        let frequency = self.frequency.ok_or(RecurrenceError::NoFrequency)?;
        let end = match (self.count, self.until) {
            (None, None) => End::Never,
            (Some(count), None) => End::After(count),
            (None, Some(until)) => End::Until(until),
            (Some(_), Some(_)) => return Err(RecurrenceError::TwoEnds),
        };
        let rule = Recurrence {
            end,
            by_day: self.by_day.unwrap_or_default(),
            by_month_day: self.by_month_day.unwrap_or_default(),
            by_month: self.by_month.unwrap_or_default(),
            by_set_pos: self.by_set_pos.unwrap_or_default(),
            week_start: self.week_start.unwrap_or(Weekday::Mon),
            ..Recurrence::every(self.interval.unwrap_or(1), frequency)
        };
        let is_short = matches!(frequency, Frequency::Daily | Frequency::Weekly);
        if is_short && rule.by_day.iter().any(|day| day.ordinal.is_some()) {
            return Err(RecurrenceError::NumberedWeekday);
        }
        if frequency == Frequency::Weekly && !rule.by_month_day.is_empty() {
            return Err(RecurrenceError::MonthDayOfWeek);
        }
        let has_set = !(rule.by_day.is_empty() && rule.by_month_day.is_empty() && rule.by_month.is_empty());
        if has_set || rule.by_set_pos.is_empty() { Ok(rule) } else { Err(RecurrenceError::SetPosAlone) }
    }
}

fn put<T>(name: &'static str, place: &mut Option<T>, value: T) -> Result<(), RecurrenceError> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(RecurrenceError::Repeated { name }),
    }
}

fn frequency(part: &str, value: &str) -> Result<Frequency, RecurrenceError> {
    match value {
        "DAILY" => Ok(Frequency::Daily),
        "WEEKLY" => Ok(Frequency::Weekly),
        "MONTHLY" => Ok(Frequency::Monthly),
        "YEARLY" => Ok(Frequency::Yearly),
        "HOURLY" | "MINUTELY" | "SECONDLY" => Err(RecurrenceError::TooOften { part: quoted(part) }),
        _ => Err(RecurrenceError::BadValue { part: quoted(part), needed: "DAILY, WEEKLY, MONTHLY or YEARLY" }),
    }
}

/// The date or time that `UNTIL` has.
fn until(value: &str) -> Option<NaiveDateTime> {
    let (date, time) = match value.split_once('T') {
        Some((date, time)) => (number_of(date, 8)?, Some(number_of(time, 6)?)),
        None => (number_of(value, 8)?, None),
    };
    let day = NaiveDate::from_ymd_opt(i32::try_from(date / 10_000).ok()?, date / 100 % 100, date % 100)?;
    let time = match time {
        Some(time) => NaiveTime::from_hms_opt(time / 10_000, time / 100 % 100, time % 100),
        None => END_OF_DAY,
    };
    time.map(|time| day.and_time(time))
}

/// A number of this many digits.
fn number_of(text: &str, digits: usize) -> Option<u32> {
    let fits = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    if fits { text.parse().ok() } else { None }
}

/// A weekday that can have a number before it, such as `MO`, `1MO` and `-1MO`.
fn weekday_number(text: &str) -> Option<WeekdayNumber> {
    let (ordinal, day) = text.split_at_checked(text.len().checked_sub(2)?)?;
    let ordinal = match ordinal {
        "" => None,
        _ => Some(number(ordinal, -53, 53)?),
    };
    weekday(day).map(|weekday| WeekdayNumber { ordinal, weekday })
}

fn weekday(text: &str) -> Option<Weekday> {
    [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun]
        .into_iter()
        .find(|day| code(*day) == text)
}

/// A number in a range, other than 0.
fn number(text: &str, least: i16, most: i16) -> Option<i16> {
    text.parse().ok().filter(|number| (least..=most).contains(number) && *number != 0)
}

/// The numbers between commas, in order and each once; those that count from the end come last. `None` if one cannot be read.
fn numbers(text: &str, least: i16, most: i16) -> Option<Vec<i16>> {
    let mut numbers = Vec::new();
    for number in text.split(',').map(|text| number(text, least, most)) {
        insert(&mut numbers, number?, |number| (number < 0, number));
    }
    Some(numbers)
}

/// The weekdays between commas, in order and each once. `None` if one cannot be read.
fn weekdays(text: &str) -> Option<Vec<WeekdayNumber>> {
    let mut days = Vec::new();
    for day in text.split(',').map(weekday_number) {
        let key = |day: WeekdayNumber| {
            (day.ordinal.map(|ordinal| (ordinal < 0, ordinal)), day.weekday.num_days_from_monday())
        };
        insert(&mut days, day?, key);
    }
    Some(days)
}

/// Inserts a value where its key belongs, unless it is there. A list has few values, and sorting generates more code.
fn insert<T: Copy, K: Ord>(values: &mut Vec<T>, value: T, key: impl Fn(T) -> K) {
    let at = values.partition_point(|other| key(*other) < key(value));
    if values.get(at).is_none_or(|other| key(*other) != key(value)) {
        values.insert(at, value);
    }
}

/// At most [`QUOTED_CHARS`] of a text.
fn quoted(text: &str) -> String {
    match text.char_indices().nth(QUOTED_CHARS).and_then(|(end, _)| text.get(..end)) {
        Some(start) => format!("{start}…"),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        Recurrence::read(text).unwrap_err().to_string()
    }

    #[test]
    fn a_rule_is_read_in_any_order_and_written_in_one() {
        for (text, written) in [
            ("FREQ=DAILY", "FREQ=DAILY"),
            (" rrule:interval=1;freq=daily;wkst=mo ", "FREQ=DAILY"),
            ("RRULE:BYDAY=FR,MO,FR;FREQ=WEEKLY;INTERVAL=2;WKST=SU;", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;WKST=SU"),
            ("FREQ=MONTHLY;BYDAY=-1FR,+2MO,1SU,TU;COUNT=10", "FREQ=MONTHLY;COUNT=10;BYDAY=TU,1SU,2MO,-1FR"),
            ("FREQ=MONTHLY;BYMONTHDAY=-1,15,-2,1;BYSETPOS=-1,2", "FREQ=MONTHLY;BYMONTHDAY=1,15,-2,-1;BYSETPOS=2,-1"),
            ("FREQ=YEARLY;BYMONTH=12,03;BYMONTHDAY=24", "FREQ=YEARLY;BYMONTHDAY=24;BYMONTH=3,12"),
            ("FREQ=DAILY;UNTIL=20261231", "FREQ=DAILY;UNTIL=20261231"),
            ("FREQ=DAILY;UNTIL=20261231T235959", "FREQ=DAILY;UNTIL=20261231"),
            ("FREQ=DAILY;UNTIL=20261231T180000", "FREQ=DAILY;UNTIL=20261231T180000"),
        ] {
            let rule = Recurrence::read(text).unwrap();
            assert_eq!(rule.to_string(), written);
            assert_eq!(Recurrence::read(written), Ok(rule));
        }
    }

    #[test]
    fn what_is_not_a_rule_is_refused_with_a_sentence() {
        for (text, sentence) in [
            ("", "The rule does not say how often: it needs FREQ=DAILY, WEEKLY, MONTHLY or YEARLY."),
            ("FREQ=HOURLY", "“FREQ=HOURLY” is more often than daily, which is not possible."),
            ("FREQ=OFTEN", "“FREQ=OFTEN” is not valid: it needs DAILY, WEEKLY, MONTHLY or YEARLY."),
            ("FREQ=DAILY;INTERVAL=0", "“INTERVAL=0” is not valid: it needs a whole number from 1 to 1000."),
            ("FREQ=DAILY;COUNT=1001", "“COUNT=1001” is not valid: it needs a whole number from 1 to 1000."),
            ("FREQ=DAILY;COUNT=2;UNTIL=20261231", "The rule has both COUNT and UNTIL; it can end in one way only."),
            ("FREQ=DAILY;COUNT=2;COUNT=2", "The rule has COUNT more than once."),
            (
                "FREQ=WEEKLY;BYDAY=1MO",
                "BYDAY has a number, such as the 1 in 1MO, which is possible in monthly and yearly rules only.",
            ),
            ("FREQ=WEEKLY;BYMONTHDAY=1", "BYMONTHDAY is not possible in a weekly rule; make it monthly."),
            (
                "FREQ=DAILY;BYSETPOS=1",
                "BYSETPOS chooses from the days of BYDAY, BYMONTHDAY or BYMONTH, and the rule has none of these.",
            ),
            (
                "FREQ=DAILY;UNTIL=20261231T180000Z",
                "“UNTIL=20261231T180000Z” is a time in UTC. Leave out the Z, and give the local date or time.",
            ),
        ] {
            assert_eq!(error(text), sentence);
        }
        assert!(error("every Monday").starts_with("“EVERY MONDAY” is not possible. A rule has the parts FREQ, "));
        assert!(error(&"ø".repeat(500)).contains(&format!("“{}…”", "ø".repeat(60))));
        assert_eq!(error(&"ø".repeat(501)), "The rule has 501 characters; at most 500 fit.");
    }

    #[test]
    fn values_outside_of_their_range_are_refused() {
        for part in [
            "INTERVAL=-1",
            "INTERVAL=1001",
            "INTERVAL=",
            "COUNT=0",
            "COUNT=x",
            "UNTIL=",
            "UNTIL=20260230",
            "UNTIL=2026-12-31",
            "UNTIL=+0261231",
            "UNTIL=20261231T",
            "UNTIL=20261231T1800",
            "UNTIL=20261231T250000",
            "UNTIL=2026123é",
            "BYDAY=",
            "BYDAY=M",
            "BYDAY=MO,",
            "BYDAY=0MO",
            "BYDAY=54MO",
            "BYDAY=é",
            "BYMONTHDAY=0",
            "BYMONTHDAY=32",
            "BYMONTHDAY=-32",
            "BYMONTH=0",
            "BYMONTH=13",
            "BYMONTH=-1",
            "BYDAY=MO;BYSETPOS=0",
            "BYDAY=MO;BYSETPOS=367",
            "WKST=M",
        ] {
            let text = format!("FREQ=MONTHLY;{part}");
            assert!(matches!(Recurrence::read(&text), Err(RecurrenceError::BadValue { .. })), "{text}");
        }
        for part in ["BYHOUR=8", "BYWEEKNO=20", "BYYEARDAY=1", "RSCALE=GREGORIAN", "X-PART=1", "=", "INTERVAL"] {
            let text = format!("FREQ=YEARLY;{part}");
            assert!(Recurrence::read(&text).is_err(), "{text}");
        }
    }
}
