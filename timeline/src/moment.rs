//! How times are written for a person: in their zone, and with a clock of 12 or 24 hours as they have set it.

use chrono::{DateTime, NaiveDateTime, Utc};

use crate::block::Block;
use crate::clock;
use crate::settings::{HourFormat, Settings};
use crate::span::Span;
use crate::zone::Zone;

/// A moment as a person sees it, from which times are put into words: in their zone, and in the form that they have set.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    now: NaiveDateTime,
    zone: Zone,
    format: HourFormat,
}

impl Moment {
    /// `now` as it is seen by whoever has these settings.
    pub fn new(now: DateTime<Utc>, settings: &Settings) -> Self {
        let zone = settings.time_zone;
        Self { now: zone.wall(now), zone, format: settings.hour_format }
    }

    /// `2026-11-24T08:00`, the form in which models write times, whatever the person has set.
    pub fn wall(&self, instant: DateTime<Utc>) -> String {
        clock::wall(self.zone.wall(instant))
    }

    /// `Tue 24 Nov`, with the year where it is not the present one.
    pub fn day(&self, instant: DateTime<Utc>) -> String {
        clock::day(self.zone.wall(instant).date(), self.now.date())
    }

    /// `Tue 24 Nov 08:00`.
    pub fn start_of(&self, block: &Block) -> String {
        format!("{} {}", self.day(block.span.start()), self.time(block.span.start()))
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

    /// `08:00`, or `8:00 AM`.
    pub fn time(&self, instant: DateTime<Utc>) -> String {
        clock::time(self.zone.wall(instant).time(), self.format)
    }
}
