//! The moment that a request means. The rules:
//!
//! - A bare hour from 1 to 6 is in the afternoon, one from 7 to 11 in the morning, unless a part of the day, or what it is
//!   for ("dinner"), says otherwise.
//! - A time of day without a day is its next occurrence: today if it is still ahead (in either half of the day, for a bare
//!   hour), else tomorrow. With a day it is that day, even if it is over.
//! - A part of the day without a day is the next one that has not begun.
//! - A deadline is the end: "by 5pm" ends at 17:00.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike};
use flux_timeline::Zone;

use super::scan::MIDNIGHT;
use super::{Clock, Moment, Openness, Part, PartName, PeriodName, Wanted, calendar};

/// What a title says about the half of the day.
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
        /// From.
        start: Moment,
        /// To, if that was said.
        end: Option<Moment>,
    },
    /// Where there is room between two times of a day.
    Window {
        /// The day.
        day: NaiveDate,
        /// Not before this.
        from: NaiveTime,
        /// To end by this.
        to: NaiveTime,
    },
    /// In a part of today that is over.
    Over,
    /// Nothing was said.
    Unsaid,
}

/// Where on a day something without a time goes: not before 09:00, and done by 22:00.
const DAY: (u32, u32) = (9, 22);
/// Working hours, for "all day".
const WORKDAY: (u32, u32) = (9, 17);

fn hour(hour: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or(MIDNIGHT)
}

/// The places that are wanted: one for each day, in their order. `minutes` is the length that a deadline is counted back
/// by.
pub fn place(wanted: &Wanted, now: NaiveDateTime, zone: Zone, hint: Hint, minutes: i64) -> Vec<Place> {
    let when = When { wanted, now, zone, hint, minutes };
    if let Some(length) = wanted.from_now {
        return vec![when.ahead(length)];
    }
    if wanted.now {
        let end = wanted.end.map(|end| Moment::at(when.end_after(end, now)));
        return vec![Place::At { start: Moment::at(now), end }];
    }
    let places = |today: NaiveDate| wanted.dates(today).iter().map(|date| when.on(*date)).collect::<Vec<Place>>();
    let found = places(now.date());
    // "Every Monday at 9", said on a Monday at ten, begins in a week.
    let over =
        |place: &Place| matches!(place, Place::Over) || matches!(place, Place::At { start, .. } if start.wall <= now);
    if wanted.repeats_without_end() && found.first().is_some_and(over) {
        return places(calendar::plus(now.date(), 1));
    }
    if found.is_empty() { vec![when.on_no_day()] } else { found }
}

struct When<'a> {
    wanted: &'a Wanted,
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
        let wanted = self.wanted;
        if let Some(clock) = wanted.start {
            let mut start = at(date, self.settle(date, clock));
            // "today at 9" at ten o'clock can mean nine in the evening.
            if date == self.now.date() && start < self.now && wanted.every.is_none() {
                start = self.other_half(clock, start).unwrap_or(start);
            }
            return self.at(start);
        }
        if let Some(end) = wanted.end {
            return self.until(date, end);
        }
        if wanted.all_day {
            return Place::At {
                start: Moment::at(date.and_time(hour(WORKDAY.0))),
                end: Some(Moment::at(date.and_time(hour(WORKDAY.1)))),
            };
        }
        if let Some(part) = wanted.part {
            return self.part(date, part);
        }
        let weekend = wanted.period.is_some_and(|period| period.name == PeriodName::Weekend);
        self.window(date, hour(if weekend { 10 } else { DAY.0 }), hour(DAY.1))
    }

    fn on_no_day(&self) -> Place {
        let wanted = self.wanted;
        let today = self.now.date();
        if let Some(clock) = wanted.start {
            let start = at(today, self.settle(today, clock));
            let start = if start > self.now {
                start
            } else {
                self.other_half(clock, start).unwrap_or_else(|| start + TimeDelta::days(1))
            };
            return self.at(start);
        }
        if let Some(end) = wanted.end {
            let end = self.end_after(end, self.now);
            let start = if wanted.length.is_some() { end - TimeDelta::minutes(self.minutes) } else { self.now };
            return Place::At { start: Moment::at(start), end: Some(Moment::at(end)) };
        }
        if let Some(part) = wanted.part {
            let begun = self.now.time() >= part.from;
            return self.part(if begun { calendar::plus(today, 1) } else { today }, part);
        }
        if wanted.all_day {
            return self.on(if self.now.time() < hour(WORKDAY.0) { today } else { calendar::plus(today, 1) });
        }
        if wanted.soon {
            return self.window(today, hour(0), hour(23));
        }
        Place::Unsaid
    }

    /// Which half of the day is meant. In the night, "6:30" of the day that has just begun is in its morning.
    fn settle(&self, date: NaiveDate, clock: Clock) -> Settled {
        let early = self.now.hour() < 5 && date == self.now.date() && self.hint == Hint::None;
        let morning = (clock.hour, clock.minute, false);
        let ahead = (5..12).contains(&clock.hour) && clock.open != Openness::Fixed && self.wanted.part.is_none();
        if early && ahead { morning } else { settle(clock, self.wanted.part, self.hint) }
    }

    /// A bare hour whose usual half of today is over, in the other half.
    fn other_half(&self, clock: Clock, start: NaiveDateTime) -> Option<NaiveDateTime> {
        let flips =
            clock.open == Openness::Bare && self.wanted.part.is_none() && self.hint == Hint::None && start.hour() < 12;
        let later = start.checked_add_signed(TimeDelta::hours(12)).filter(|_| flips)?;
        (later > self.now && later.date() == start.date()).then_some(later)
    }

    fn at(&self, start: NaiveDateTime) -> Place {
        if self.wanted.deadline {
            let begin = start - TimeDelta::minutes(self.minutes);
            let begin = if begin < self.now && self.now < start { self.now } else { begin };
            return Place::At { start: Moment::at(begin), end: Some(Moment::at(start)) };
        }
        let end = self.wanted.end.map(|end| Moment::at(self.end_after(end, start)));
        Place::At { start: Moment::at(start), end }
    }

    /// The first time after `start` at which the clock shows `end`; of a bare hour, in either half of the day.
    fn end_after(&self, end: Clock, start: NaiveDateTime) -> NaiveDateTime {
        let hours = if end.open == Openness::Fixed { 24 } else { 12 };
        let first = at(start.date(), (end.hour % hours, end.minute, false));
        (0..4).map(|turn| first + TimeDelta::hours(turn * i64::from(hours))).find(|time| *time > start).unwrap_or(first)
    }

    /// "Tomorrow until 5pm".
    fn until(&self, date: NaiveDate, end: Clock) -> Place {
        let end = at(date, settle(end, self.wanted.part, self.hint));
        let start = if self.wanted.length.is_some() {
            end - TimeDelta::minutes(self.minutes)
        } else if date == self.now.date() && self.now < end {
            self.now
        } else {
            date.and_time(self.wanted.part.map_or(hour(DAY.0), |part| part.from))
        };
        Place::At { start: Moment::at(start), end: Some(Moment::at(end)) }
    }

    fn part(&self, date: NaiveDate, part: Part) -> Place {
        if date == self.now.date() && self.now.time() >= part.to {
            // The evening is not over before the day is.
            let late = matches!(part.name, PartName::Evening | PartName::Night) && self.now.hour() < 23;
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

/// Hour, minute, and whether it is in the night after the day that was said.
type Settled = (u32, u32, bool);

fn at(date: NaiveDate, (hour, minute, next_day): Settled) -> NaiveDateTime {
    let date = if next_day { calendar::plus(date, 1) } else { date };
    date.and_time(NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or(MIDNIGHT))
}

/// Which half of the day is meant; see the module's rules.
pub fn settle(clock: Clock, part: Option<Part>, hint: Hint) -> Settled {
    let (hour, minute) = (clock.hour, clock.minute);
    let late = part.is_some_and(|part| matches!(part.name, PartName::Evening | PartName::Night));
    if clock.open == Openness::Fixed {
        return (hour % 24, minute, hour == 24 || late && hour < 5);
    }
    let pm = |hour: u32| (hour % 12 + 12, minute, false);
    match part.map(|part| part.name) {
        Some(PartName::Morning) => (hour % 12, minute, false),
        Some(PartName::Afternoon) => pm(hour),
        Some(_) if hour == 12 => (0, minute, true),
        Some(_) if hour < 4 => (hour, minute, true),
        Some(_) => pm(hour),
        None => match (hint, hour) {
            (Hint::Evening, 5..=11) => pm(hour),
            (Hint::Morning, 1..=11) => (hour, minute, false),
            (_, 1..=6) => pm(hour),
            _ => (hour, minute, false),
        },
    }
}

/// Of the readings of a clock the one that is nearest to `to`: "move dinner to 8" is in the evening.
pub fn nearest(clock: Clock, part: Option<Part>, to: NaiveTime) -> (NaiveTime, bool) {
    let (hour, minute, next_day) = settle(clock, part, Hint::None);
    let settled = NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or(MIDNIGHT);
    if clock.open == Openness::Fixed || part.is_some() {
        return (settled, next_day);
    }
    let other = NaiveTime::from_hms_opt((hour + 12) % 24, minute, 0).unwrap_or(MIDNIGHT);
    let distance = |time: NaiveTime| (time - to).num_minutes().abs();
    // Nobody moves a thing into the small hours with a bare number.
    let other_is_night = other.hour() < 5;
    (if !other_is_night && distance(other) < distance(settled) { other } else { settled }, next_day)
}
