//! Times as text for a person: in their zone, and with the 12 or 24 hour clock that they have set.

use chrono::{DateTime, NaiveDateTime, Utc};

use crate::block::Block;
use crate::clock::{self, HourFormat};
use crate::settings::Settings;
use crate::span::Span;
use crate::zone::Zone;

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

    /// `2026-11-24T08:00`, the form for models. It does not depend on the person's clock.
    pub fn wall(&self, instant: DateTime<Utc>) -> String {
        clock::wall(self.zone.wall(instant))
    }

    /// `Tue 24 Nov`, with the year if it is not the present one.
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

    /// Whether the person's clock has 12 or 24 hours.
    pub const fn format(&self) -> HourFormat {
        self.format
    }

    /// `08:00`, or `8:00 AM`.
    pub fn time(&self, instant: DateTime<Utc>) -> String {
        clock::time(self.zone.wall(instant).time(), self.format)
    }
}
