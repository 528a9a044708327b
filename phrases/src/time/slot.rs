//! The moment that a request means. The rules:
//!
//! - A bare hour from 1 to 6 is in the afternoon and one from 7 to 11 in the morning, unless a part of the day or a hint from
//!   the title ("dinner") says otherwise.
//! - A time of day without a day is its next occurrence: today if it is still ahead, in either half of the day for a bare
//!   hour, and otherwise tomorrow. With a day it is on that day, even if it has passed.
//! - A part of the day without a day is the next one that has not begun.
//! - A deadline is the end: "by 5pm" ends at 17:00.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike};
use flux_timeline::Zone;

use super::{DayPart, DayPartName, Moment, Openness, PeriodName, TimeOfDay, Timing, calendar};

/// What the title of a block says about the half of the day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Hint {
    /// Nothing.
    #[default]
    None,
    /// Breakfast is in the morning.
    Morning,
    /// Dinner is in the evening.
    Evening,
}

/// Where a request puts something.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Place {
    /// At a time.
    At {
        /// When it starts.
        start: Moment,
        /// When it ends, if that was said.
        end: Option<Moment>,
    },
    /// In free time between two times of a day.
    Window {
        /// The day.
        day: NaiveDate,
        /// The earliest start.
        from: NaiveTime,
        /// The latest end.
        to: NaiveTime,
    },
    /// In a part of today that is over.
    Over,
    /// Nothing was said.
    Unsaid,
}

/// The first minute of a day.
const MIDNIGHT: NaiveTime = NaiveTime::MIN;
/// The hours of a day for something without a time: from 09:00 to 22:00.
const DAY: (u32, u32) = (9, 22);

fn hour(hour: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or(MIDNIGHT)
}

/// The places that a request asks for, one for each day, in order. `minutes` is the length of what is placed: a deadline
/// minus this length is the start.
pub fn place(timing: &Timing, now: NaiveDateTime, zone: Zone, hint: Hint, minutes: i64) -> Vec<Place> {
    let when = When { timing, now, zone, hint, minutes };
    if let Some(length) = timing.from_now {
        return vec![when.ahead(length)];
    }
    if timing.now {
        let end = timing.end.map(|end| Moment::at(when.end_after(end, now)));
        return vec![Place::At { start: Moment::at(now), end }];
    }
    let places = |today: NaiveDate| timing.dates(today).iter().map(|date| when.on(*date)).collect::<Vec<Place>>();
    let found = places(now.date());
    // "Every Monday at 9", said on a Monday at ten, begins in a week.
    let over =
        |place: &Place| matches!(place, Place::Over) || matches!(place, Place::At { start, .. } if start.wall <= now);
    if timing.is_series() && found.first().is_some_and(over) {
        return places(calendar::plus(now.date(), 1));
    }
    if found.is_empty() { vec![when.on_no_day()] } else { found }
}

struct When<'a> {
    timing: &'a Timing,
    now: NaiveDateTime,
    zone: Zone,
    hint: Hint,
    minutes: i64,
}

impl When<'_> {
    fn ahead(&self, length: crate::duration::Length) -> Place {
        if length.days == 0 && length.months == 0 {
            return Place::At { start: Moment::after(self.now, length.minutes, self.zone), end: None };
        }
        self.on(calendar::plus_length(self.now.date(), length))
    }

    fn on(&self, date: NaiveDate) -> Place {
        let timing = self.timing;
        if let Some(clock) = timing.start {
            let mut start = self.settle(date, clock).on(date);
            // "today at 9" at ten o'clock can mean nine in the evening.
            if date == self.now.date() && start < self.now && timing.every.is_none() {
                start = self.other_half(clock, start).unwrap_or(start);
            }
            return self.at(start);
        }
        if let Some(end) = timing.end {
            return self.until(date, end);
        }
        if let Some(part) = timing.part {
            return self.part(date, part);
        }
        let weekend = timing.period.is_some_and(|period| period.name == PeriodName::Weekend);
        self.window(date, hour(if weekend { 10 } else { DAY.0 }), hour(DAY.1))
    }

    fn on_no_day(&self) -> Place {
        let timing = self.timing;
        let today = self.now.date();
        if let Some(clock) = timing.start {
            let start = self.settle(today, clock).on(today);
            let start = if start > self.now {
                start
            } else {
                self.other_half(clock, start).unwrap_or_else(|| start + TimeDelta::days(1))
            };
            return self.at(start);
        }
        if let Some(end) = timing.end {
            let end = self.end_after(end, self.now);
            let start = if timing.length.is_some() { end - TimeDelta::minutes(self.minutes) } else { self.now };
            return Place::At { start: Moment::at(start), end: Some(Moment::at(end)) };
        }
        if let Some(part) = timing.part {
            let begun = self.now.time() >= part.from;
            return self.part(if begun { calendar::plus(today, 1) } else { today }, part);
        }
        if timing.soon {
            return self.window(today, hour(0), hour(23));
        }
        Place::Unsaid
    }

    /// Which half of the day is meant. In the night, "6:30" of the day that has just begun is in its morning.
    fn settle(&self, date: NaiveDate, clock: TimeOfDay) -> Settled {
        let early = self.now.hour() < 5 && date == self.now.date() && self.hint == Hint::None;
        let morning = Settled::new(clock.hour, clock.minute, false);
        let ahead = (5..12).contains(&clock.hour) && clock.open != Openness::Fixed && self.timing.part.is_none();
        if early && ahead { morning } else { settle(clock, self.timing.part, self.hint) }
    }

    /// A bare hour whose usual half of today is over, in the other half.
    fn other_half(&self, clock: TimeOfDay, start: NaiveDateTime) -> Option<NaiveDateTime> {
        let flips =
            clock.open == Openness::Bare && self.timing.part.is_none() && self.hint == Hint::None && start.hour() < 12;
        let later = start.checked_add_signed(TimeDelta::hours(12)).filter(|_| flips)?;
        (later > self.now && later.date() == start.date()).then_some(later)
    }

    fn at(&self, start: NaiveDateTime) -> Place {
        if self.timing.deadline {
            let begin = start - TimeDelta::minutes(self.minutes);
            let begin = if begin < self.now && self.now < start { self.now } else { begin };
            return Place::At { start: Moment::at(begin), end: Some(Moment::at(start)) };
        }
        let end = self.timing.end.map(|end| Moment::at(self.end_after(end, start)));
        Place::At { start: Moment::at(start), end }
    }

    /// The first time after `start` at which the clock shows `end`; of a bare hour, in either half of the day.
    fn end_after(&self, end: TimeOfDay, start: NaiveDateTime) -> NaiveDateTime {
        let hours = if end.open == Openness::Fixed { 24 } else { 12 };
        let first = Settled::new(end.hour % hours, end.minute, false).on(start.date());
        (0..4).map(|turn| first + TimeDelta::hours(turn * i64::from(hours))).find(|time| *time > start).unwrap_or(first)
    }

    /// "Tomorrow until 5pm".
    fn until(&self, date: NaiveDate, end: TimeOfDay) -> Place {
        let end = settle(end, self.timing.part, self.hint).on(date);
        let start = if self.timing.length.is_some() {
            end - TimeDelta::minutes(self.minutes)
        } else if date == self.now.date() && self.now < end {
            self.now
        } else {
            date.and_time(self.timing.part.map_or(hour(DAY.0), |part| part.from))
        };
        Place::At { start: Moment::at(start), end: Some(Moment::at(end)) }
    }

    fn part(&self, date: NaiveDate, part: DayPart) -> Place {
        if date == self.now.date() && self.now.time() >= part.to {
            // The evening is not over before the day is.
            let late = matches!(part.name, DayPartName::Evening | DayPartName::Night) && self.now.hour() < 23;
            return if late { self.window(date, part.from, end_of_day()) } else { Place::Over };
        }
        self.window(date, part.from, part.to)
    }

    fn window(&self, day: NaiveDate, from: NaiveTime, to: NaiveTime) -> Place {
        if day != self.now.date() {
            return Place::Window { day, from, to };
        }
        let soon = next_half_hour(self.now);
        if soon.date() != day {
            return Place::Over;
        }
        Place::Window { day, from: from.max(soon.time()), to }
    }
}

fn end_of_day() -> NaiveTime {
    NaiveTime::from_hms_opt(23, 59, 0).unwrap_or(MIDNIGHT)
}

/// The next full or half hour.
fn next_half_hour(now: NaiveDateTime) -> NaiveDateTime {
    let over = i64::from(now.minute() % 30) * 60 + i64::from(now.second());
    if over == 0 { now } else { now + TimeDelta::seconds(1800 - over) }
}

/// A time of day whose half of the day is settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settled {
    /// The time.
    pub time: NaiveTime,
    /// Whether it belongs to the night after the day that was said: `tonight at 1`.
    pub next_day: bool,
}

impl Settled {
    fn new(hour: u32, minute: u32, next_day: bool) -> Self {
        Self { time: NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or(MIDNIGHT), next_day }
    }

    /// The wall-clock time if `date` is the day that was said.
    pub fn on(self, date: NaiveDate) -> NaiveDateTime {
        let date = if self.next_day { calendar::plus(date, 1) } else { date };
        date.and_time(self.time)
    }
}

/// Decides which half of the day is meant, by these rules:
///
/// - The part of the day decides if one was said, otherwise the hint.
/// - Without either, hours from 1 to 6 are in the afternoon and hours from 7 to 11 in the morning.
///
/// ```
/// use flux_phrases::time::{Hint, Openness, TimeOfDay, settle};
///
/// let seven = TimeOfDay { hour: 7, minute: 0, open: Openness::Bare };
/// assert_eq!(settle(seven, None, Hint::None).time, "07:00:00".parse()?);
/// assert_eq!(settle(seven, None, Hint::Evening).time, "19:00:00".parse()?);
/// # Ok::<(), chrono::ParseError>(())
/// ```
pub fn settle(clock: TimeOfDay, part: Option<DayPart>, hint: Hint) -> Settled {
    let (hour, minute) = (clock.hour, clock.minute);
    let late = part.is_some_and(|part| matches!(part.name, DayPartName::Evening | DayPartName::Night));
    if clock.open == Openness::Fixed {
        return Settled::new(hour % 24, minute, hour == 24 || late && hour < 5);
    }
    let as_said = Settled::new(hour, minute, false);
    let after_noon = Settled::new(hour % 12 + 12, minute, false);
    match part.map(|part| part.name) {
        Some(DayPartName::Morning) => Settled::new(hour % 12, minute, false),
        Some(DayPartName::Afternoon) => after_noon,
        Some(_) if hour == 12 => Settled::new(0, minute, true),
        Some(_) if hour < 4 => Settled::new(hour, minute, true),
        Some(_) => after_noon,
        None => match (hint, hour) {
            (Hint::Evening, 5..=11) => after_noon,
            (Hint::Morning, 1..=11) => as_said,
            (_, 1..=6) => after_noon,
            _ => as_said,
        },
    }
}

/// The reading of a time of day that is nearest to `to`: "move dinner to 8" means the evening if dinner is at 19:00.
pub fn nearest(clock: TimeOfDay, part: Option<DayPart>, to: NaiveTime) -> Settled {
    let settled = settle(clock, part, Hint::None);
    if clock.open == Openness::Fixed || part.is_some() {
        return settled;
    }
    let other = Settled { time: settled.time.overflowing_add_signed(TimeDelta::hours(12)).0, ..settled };
    let distance = |time: NaiveTime| (time - to).num_minutes().abs();
    // Nobody moves something into the small hours with a bare number.
    let other_is_night = other.time.hour() < 5;
    if !other_is_night && distance(other.time) < distance(settled.time) { other } else { settled }
}
