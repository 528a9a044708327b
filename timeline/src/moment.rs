//! Times as text for a person: in their zone, and with the 12 or 24 hour clock that they have set.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};

use crate::block::Block;
use crate::clock::{self, HourFormat};
use crate::days::{Days, When};
use crate::settings::Settings;
use crate::span::Span;
use crate::zone::Zone;

/// What is said instead of the time of a task without one.
const NO_TIME: &str = "no time yet";

/// The present moment in a person's zone. It writes other times as that person reads them.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    now: NaiveDateTime,
    zone: Zone,
    format: HourFormat,
}

impl Moment {
    /// The moment `now` for a person with these settings.
    pub fn new(now: DateTime<Utc>, settings: &Settings) -> Self {
        let zone = settings.zone();
        Self { now: zone.wall(now), zone, format: settings.hour_format }
    }

    /// The person's zone.
    pub const fn zone(&self) -> Zone {
        self.zone
    }

    /// Whether an instant is not later than this moment.
    pub fn has_passed(&self, instant: DateTime<Utc>) -> bool {
        self.zone.wall(instant) <= self.now
    }

    /// `2026-11-24T08:00`, the form for models. It does not depend on the person's clock.
    pub fn wall(&self, instant: DateTime<Utc>) -> String {
        clock::wall(self.zone.wall(instant))
    }

    /// `Tue 24 Nov`, with the year if it is not the present one.
    pub fn day(&self, instant: DateTime<Utc>) -> String {
        clock::day(self.zone.wall(instant).date(), self.now.date())
    }

    /// `Tue 24 Nov 08:00`, the days of an all-day block, or `no time yet`.
    pub fn start_of(&self, block: &Block) -> String {
        match block.when() {
            Some(When::Span(span)) => format!("{} {}", self.day(span.start()), self.time(span.start())),
            Some(When::Days(days)) => self.days(days),
            None => NO_TIME.to_owned(),
        }
    }

    /// When a block takes place, as [`span`](Self::span) or [`days`](Self::days) writes it, or `no time yet`.
    pub fn time_of(&self, block: &Block) -> String {
        match block.when() {
            Some(When::Span(span)) => self.span(span),
            Some(When::Days(days)) => self.days(days),
            None => NO_TIME.to_owned(),
        }
    }

    /// `Tue 24 Nov, all day`, or `Tue 24 Nov – Thu 26 Nov, all day`.
    pub fn days(&self, days: Days) -> String {
        days.words(self.now.date())
    }

    /// `Tue 24 Nov`, of a calendar date.
    pub fn date(&self, date: NaiveDate) -> String {
        clock::day(date, self.now.date())
    }

    /// `Tue 24 Nov, 08:00–09:00`; over midnight `Tue 24 Nov 22:00 – Wed 25 Nov 06:00`.
    pub fn span(&self, span: Span) -> String {
        let (start, end) = (span.start(), span.end());
        if self.zone.wall(start).date() == self.zone.wall(end).date() {
            return format!("{}, {}–{}", self.day(start), self.time(start), self.time(end));
        }
        format!("{} {} – {} {}", self.day(start), self.time(start), self.day(end), self.time(end))
    }

    /// `Tue 24 Nov, 08:00`.
    pub fn at(&self, instant: DateTime<Utc>) -> String {
        format!("{}, {}", self.day(instant), self.time(instant))
    }

    /// Whether the person's clock has 12 or 24 hours.
    pub const fn format(&self) -> HourFormat {
        self.format
    }

    /// `08:00`, or `8:00 AM`.
    pub fn time(&self, instant: DateTime<Utc>) -> String {
        clock::time(self.zone.wall(instant).time(), self.format)
    }
}
