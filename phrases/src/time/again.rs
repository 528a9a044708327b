//! What repeats: `every other Tuesday`, `daily`, `on Mondays`, `the 1st of every month`.

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};

use super::{DayPart, calendar, date};
use crate::number;
use crate::words::{Token, TokenKind, fits, fits_any};

/// How often something happens again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Every {
    /// What is counted.
    pub unit: Unit,
    /// 1 for every one, 2 for every other one. At least 1.
    pub interval: u32,
    /// The days of the week, for weeks. Empty if they were not said.
    pub days: Vec<Weekday>,
    /// The day of the month, for months: 1–28, which every month has.
    pub day_of_month: Option<u32>,
}

/// The units in which repetition is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Days.
    Day,
    /// Weeks.
    Week,
    /// Months.
    Month,
    /// Years.
    Year,
}

/// The last day that every month has.
const LAST_DAY_OF_ALL: u32 = 28;
/// The longest interval that a tool accepts.
const LONGEST_INTERVAL: u32 = 1000;
/// Days in four years, after which every date has occurred again.
const FOUR_YEARS: u64 = 1461;

impl Every {
    const fn new(unit: Unit, interval: u32) -> Self {
        Self { unit, interval, days: Vec::new(), day_of_month: None }
    }

    fn on(days: &[Weekday], interval: u32) -> Self {
        Self { days: days.to_vec(), ..Self::new(Unit::Week, interval) }
    }

    /// Whether it is said on which days of the week, of the month or of the year it happens, once it is known when it begins.
    /// "Weekly" alone does not say it.
    pub fn says_its_days(&self) -> bool {
        match self.unit {
            Unit::Day => true,
            Unit::Week => !self.days.is_empty(),
            Unit::Month => self.day_of_month.is_some(),
            Unit::Year => false,
        }
    }

    /// Takes the day on which it happens from a date, if it is not said yet and the date has such a day in every week, month
    /// and year. Returns whether it did.
    pub(super) fn take_day(&mut self, date: NaiveDate) -> bool {
        let open = !self.says_its_days();
        match self.unit {
            Unit::Day => false,
            Unit::Week if open => {
                self.days = vec![date.weekday()];
                true
            }
            Unit::Month if open && date.day() <= LAST_DAY_OF_ALL => {
                self.day_of_month = Some(date.day());
                true
            }
            Unit::Year => (date.month(), date.day()) != (2, 29),
            Unit::Week | Unit::Month => false,
        }
    }

    /// Whether it can happen on this day, apart from its interval. A year counts from the day on which it begins.
    pub fn fits(&self, date: NaiveDate, begins: Option<NaiveDate>) -> bool {
        match self.unit {
            Unit::Day => true,
            Unit::Week => self.days.is_empty() || self.days.contains(&date.weekday()),
            Unit::Month => self.day_of_month.is_none_or(|day| date.day() == day),
            Unit::Year => begins.is_none_or(|begins| (date.month(), date.day()) == (begins.month(), begins.day())),
        }
    }

    /// The first day on which it can happen, from `from` on.
    pub(super) fn first(&self, from: NaiveDate, begins: Option<NaiveDate>) -> Option<NaiveDate> {
        let days = (0..=FOUR_YEARS).map_while(|ahead| from.checked_add_days(Days::new(ahead)));
        days.into_iter().find(|date| self.fits(*date, begins))
    }

    /// The day of the second time, if the first time is on `first`. If it is on several days of every other week, the next time on
    /// the same day of the week.
    pub fn second(&self, first: NaiveDate) -> Option<NaiveDate> {
        if self.interval == 1 {
            return self.first(first.succ_opt()?, Some(first));
        }
        match self.unit {
            Unit::Day => first.checked_add_days(Days::new(self.interval.into())),
            Unit::Week => first.checked_add_days(Days::new(u64::from(self.interval) * 7)),
            Unit::Month => first.checked_add_months(Months::new(self.interval)),
            Unit::Year => first.checked_add_months(Months::new(self.interval.checked_mul(12)?)),
        }
    }

    /// Both, if they can be two parts of one phrase: "biweekly … on Mondays", "the weekly … every Monday".
    pub(super) fn joined(self, other: &Self) -> Option<Self> {
        let whole = |own: u32, other: u32| match (own, other) {
            (1, interval) | (interval, 1) => Some(interval),
            _ => None,
        };
        let days = match (self.days.is_empty(), other.days.is_empty()) {
            (true, _) => other.days.clone(),
            (_, true) => self.days,
            _ => return None,
        };
        let day_of_month = match (self.day_of_month, other.day_of_month) {
            (Some(_), Some(_)) => return None,
            (own, other) => own.or(other),
        };
        let interval = whole(self.interval, other.interval)?;
        (self.unit == other.unit).then_some(Self { unit: self.unit, interval, days, day_of_month })
    }
}

const WORKDAYS: [Weekday; 5] = [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri];
const WEEKEND: [Weekday; 2] = [Weekday::Sat, Weekday::Sun];

/// What repeats at `at`, with the part of the day if it is said within (`every morning`), and how many tokens it takes.
pub(super) fn every(tokens: &[Token], at: usize, after_on: bool) -> Option<(Every, Option<DayPart>, usize)> {
    let whole = |(every, taken): (Every, usize)| (every, None, taken);
    fixed(tokens, at)
        .or_else(|| day_of_every_month(tokens, at))
        .or_else(|| plural_days(tokens, at, after_on))
        .map(whole)
        .or_else(|| counted(tokens, at))
}

/// Phrases without a number.
fn fixed(tokens: &[Token], at: usize) -> Option<(Every, usize)> {
    let daily = Every::new(Unit::Day, 1);
    let workdays = || Every::on(&WORKDAYS, 1);
    let weekend = || Every::on(&WEEKEND, 1);
    let found = [
        ("every|each single? day of the week", daily.clone()),
        ("every|each single? day", daily.clone()),
        ("daily", daily),
        ("every|each weekday|workday", workdays()),
        ("every|each work|working|week day", workdays()),
        ("every|each? monday|mon to|through friday|fri", workdays()),
        ("every? mon-fri|monday-friday", workdays()),
        ("weekdays|workdays", workdays()),
        ("every|each weekend", weekend()),
        ("weekends", weekend()),
        ("weekly", Every::new(Unit::Week, 1)),
        ("biweekly|bi-weekly|fortnightly", Every::new(Unit::Week, 2)),
        ("every|each fortnight", Every::new(Unit::Week, 2)),
        ("monthly", Every::new(Unit::Month, 1)),
        ("yearly|annually", Every::new(Unit::Year, 1)),
    ];
    found.into_iter().find_map(|(pattern, every)| {
        let taken = fits(tokens, at, pattern)?;
        // "Monday to Friday" without "every" are five days.
        (!pattern.contains("to|through") || fits(tokens, at, "every|each").is_some()).then_some((every, taken))
    })
}

/// `the 1st of every month`, `15th day of every other month`.
fn day_of_every_month(tokens: &[Token], at: usize) -> Option<(Every, usize)> {
    let the = fits(tokens, at, "the").unwrap_or(0);
    let (day, number) = number::ordinal(tokens, at + the).filter(|(day, _)| (1..=LAST_DAY_OF_ALL).contains(day))?;
    let of = at + the + number + fits(tokens, at + the + number, "day? of")?;
    let (every, _, taken) = counted(tokens, of)?;
    (every.unit == Unit::Month).then_some((Every { day_of_month: Some(day), ..every }, of + taken - at))
}

/// `on Mondays and Thursdays`. Without "on", no name can follow: "Mondays meeting" lacks its apostrophe.
fn plural_days(tokens: &[Token], at: usize, after_on: bool) -> Option<(Every, usize)> {
    let plural = |token: &Token| token.norm.ends_with("days") && !token.possessive;
    let (days, taken) = list_of_days(tokens, at, plural)?;
    let next = tokens.get(at + taken);
    let is_time = |next: &Token| next.norm.starts_with(|c: char| c.is_ascii_digit());
    let closes =
        |next: &Token| next.kind != TokenKind::Word || is_time(next) || next.is_any("at from until for in starting");
    (after_on || next.is_none_or(closes)).then(|| (Every::on(&days, 1), taken))
}

/// `every Monday and Thursday`, `every other week`, `every 3 days`, `every second Tuesday`, `every morning`.
fn counted(tokens: &[Token], at: usize) -> Option<(Every, Option<DayPart>, usize)> {
    let lead = fits(tokens, at, "every|each")?;
    let (interval, count) = interval(tokens, at + lead).unwrap_or((1, 0));
    let from = at + lead + count;
    if let Some(unit) = tokens.get(from).and_then(unit) {
        return Some((Every::new(unit, interval), None, from + 1 - at));
    }
    // "Every third Tuesday" can be that of the month.
    if interval > 2 || tokens.get(at + lead).is_some_and(|token| number::digits(&token.norm).is_some()) {
        return None;
    }
    if let Some((part, taken)) = date::part(tokens, from) {
        return Some((Every::new(Unit::Day, interval), Some(part), from + taken - at));
    }
    if fits(tokens, from, "weekend").is_some() {
        return Some((Every::on(&WEEKEND, interval), None, from + 1 - at));
    }
    let (days, taken) = list_of_days(tokens, from, |_| true)?;
    Some((Every::on(&days, interval), None, from + taken - at))
}

/// `other`, `second`, `3`, `two`: how many at once, and how many tokens say it.
fn interval(tokens: &[Token], at: usize) -> Option<(u32, usize)> {
    let other = fits(tokens, at, "other").map(|taken| (2, taken));
    let found = other.or_else(|| number::ordinal(tokens, at)).or_else(|| number::whole(tokens, at));
    found.filter(|(interval, _)| (1..=LONGEST_INTERVAL).contains(interval))
}

fn unit(token: &Token) -> Option<Unit> {
    match token.norm.as_str() {
        "day" | "days" => Some(Unit::Day),
        "week" | "weeks" => Some(Unit::Week),
        "month" | "months" => Some(Unit::Month),
        "year" | "years" => Some(Unit::Year),
        _ => None,
    }
}

/// `Monday`, `Monday, Wednesday and Friday`, `Monday and every Thursday`.
fn list_of_days(tokens: &[Token], at: usize, counts: impl Fn(&Token) -> bool) -> Option<(Vec<Weekday>, usize)> {
    let named = |at: usize| {
        let token = tokens.get(at).filter(|token| counts(token))?;
        calendar::weekday_named(&token.norm)
    };
    let mut days = vec![named(at)?];
    let mut end = at + 1;
    loop {
        let comma = usize::from(tokens.get(end).is_some_and(|token| token.is(",")));
        let and = fits_any(tokens, end + comma, &["and every|each?", "and on?"]).unwrap_or(0);
        let Some(day) = named(end + comma + and) else { break };
        days.push(day);
        end += comma + and + 1;
    }
    Some((days, end - at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::tokens;

    fn found(text: &str, after_on: bool) -> Option<(Every, usize)> {
        every(&tokens(text), 0, after_on).map(|(every, _, taken)| (every, taken))
    }

    #[test]
    fn how_often_something_repeats() {
        use Unit::{Day, Month, Week, Year};
        use Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};
        for (text, unit, interval, days, day_of_month) in [
            ("every day", Day, 1, &[][..], None),
            ("daily", Day, 1, &[], None),
            ("each day of the week", Day, 1, &[], None),
            ("every other day", Day, 2, &[], None),
            ("every 3 days", Day, 3, &[], None),
            ("every morning", Day, 1, &[], None),
            ("every weekday", Week, 1, &WORKDAYS, None),
            ("every Monday to Friday", Week, 1, &WORKDAYS, None),
            ("mon-fri", Week, 1, &WORKDAYS, None),
            ("every weekend", Week, 1, &[Sat, Sun], None),
            ("every Tuesday", Week, 1, &[Tue], None),
            ("every Monday, Wednesday, and Friday", Week, 1, &[Mon, Wed, Fri], None),
            ("every Monday and every Thursday", Week, 1, &[Mon, Thu], None),
            ("every other Tuesday", Week, 2, &[Tue], None),
            ("every second week", Week, 2, &[], None),
            ("every two weeks", Week, 2, &[], None),
            ("biweekly", Week, 2, &[], None),
            ("fortnightly", Week, 2, &[], None),
            ("weekly", Week, 1, &[], None),
            ("monthly", Month, 1, &[], None),
            ("every 6 months", Month, 6, &[], None),
            ("the 1st of every month", Month, 1, &[], Some(1)),
            ("15th day of every other month", Month, 2, &[], Some(15)),
            ("yearly", Year, 1, &[], None),
            ("every 2 years", Year, 2, &[], None),
        ] {
            let taken = tokens(text).len();
            let every = Every { unit, interval, days: days.to_vec(), day_of_month };
            assert_eq!(found(text, false), Some((every, taken)), "{text}");
        }
        assert_eq!(found("Mondays and Thursdays", true), Some((Every::on(&[Mon, Thu], 1), 3)));
    }

    #[test]
    fn what_is_said_otherwise_is_not_read() {
        for text in [
            "every hour",
            "every few days",
            "every 0 days",
            "every 2000 days",
            "every blue moon",
            "every third Tuesday",
            "every 1st of the month",
            "the 31st of every month",
            "the first Monday of every month",
            "Monday to Friday",
            "Mondays meeting",
            "Monday's",
            "everything",
        ] {
            assert_eq!(found(text, false), None, "{text}");
        }
    }

    #[test]
    fn the_first_and_the_second_day() {
        let date = |text: &str| -> NaiveDate { text.parse().unwrap() };
        // A Monday.
        let from = date("2026-03-02");
        for (text, first, second) in [
            ("every day", "2026-03-02", "2026-03-03"),
            ("every 3 days", "2026-03-02", "2026-03-05"),
            ("every Tuesday and Friday", "2026-03-03", "2026-03-06"),
            ("every other Tuesday", "2026-03-03", "2026-03-17"),
            ("the 1st of every month", "2026-04-01", "2026-05-01"),
        ] {
            let (every, ..) = every(&tokens(text), 0, false).unwrap();
            let found = every.first(from, None).unwrap();
            assert_eq!((found, every.second(found)), (date(first), Some(date(second))), "{text}");
        }
    }
}
