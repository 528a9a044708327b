//! What repeats: a rule in the sense of RFC 5545, and the blocks that it puts on the timeline.
//!
//! An occurrence is an ordinary block that knows its series. Occurrences exist up to a moment, [`Series::through`], which a job moves
//! on as time passes; so free time, searches, handles and undo need to know nothing about rules.

mod again;
mod expand;
mod read;
mod recurrence;
mod repetition;
mod vocabulary;
mod words;

use std::fmt;

use chrono::{DateTime, Datelike, NaiveDateTime, TimeDelta, Utc, Weekday};
use serde::{Deserialize, Serialize, Serializer};

pub use recurrence::{End, Frequency, Recurrence, RecurrenceError, WeekdayNumber};
pub use repetition::{Repetition, RepetitionError};

pub use crate::block::Occurrence;
use crate::block::{Block, Kind, Priority, Source};
use crate::clock;
use crate::days::{Days, When};
use crate::id::{BlockId, Handle, PlanId, SeriesId};
use crate::invalid::InvalidValue;
use crate::limits;
use crate::reminder::Reminders;
use crate::span::Span;
use crate::text::{Description, Tag, Title};
use crate::zone::Zone;

/// Blocks that repeat by a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Series {
    /// Its id.
    pub id: SeriesId,
    /// The plan of its blocks.
    pub plan: PlanId,
    /// The rule.
    pub rule: Rule,
    /// When the first block starts, by the clock in `zone`. The rule fits it. If blocks come after the one before was done, it is the start
    /// of the newest.
    #[serde(serialize_with = "clock::serialize_wall", deserialize_with = "clock::wall_time")]
    pub start: NaiveDateTime,
    /// The zone of its times, which stays when the person's zone changes. What comes after the one before was done is in the zone of then.
    pub zone: Zone,
    /// How long each block takes, in minutes; 0 if blocks have no time and nobody has said. All-day blocks last whole days of 1,440 minutes.
    pub minutes: u32,
    /// Whether its blocks are all day. They start at 00:00 then.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub all_day: bool,
    /// Whether its blocks have no time: each can be done from its day on. Only what comes again after it was done can be so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub untimed: bool,
    /// The block that is followed by another one once it is done. It comes as long after that day as one interval of the rule lasts.
    /// `None` if the rule alone gives the days.
    #[serde(rename = "afterDone", default, skip_serializing_if = "Option::is_none")]
    pub after_done: Option<BlockId>,
    /// The title of new blocks.
    pub title: Title,
    /// Whether they are tasks or appointments.
    #[serde(default, skip_serializing_if = "Kind::is_task")]
    pub kind: Kind,
    /// Their description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Description>,
    /// Their priority.
    #[serde(default)]
    pub priority: Priority,
    /// Their tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
    /// Their reminders; `None` if these are as the person's settings say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reminders: Option<Reminders>,
    /// The starts at which there is no block although the rule has one (EXDATE), by the clock and in order.
    #[serde(default, with = "wall_times", skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<NaiveDateTime>,
    /// The blocks that start before this, by the clock, are on the timeline, or were deleted.
    #[serde(serialize_with = "clock::serialize_wall", deserialize_with = "clock::wall_time")]
    pub through: NaiveDateTime,
    /// How many blocks have been made so far.
    pub made: u32,
    /// Who asked for it.
    pub source: Source,
}

/// A rule as text, which is the value of an RRULE in RFC 5545. The page holds rules without understanding them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rule(String);

impl Rule {
    /// The rule in the parts that it consists of.
    ///
    /// # Errors
    /// If the text, which may come from a file, is not a rule.
    pub fn read(&self) -> Result<Recurrence, RecurrenceError> {
        Recurrence::read(&self.0)
    }
}

impl From<&Recurrence> for Rule {
    fn from(recurrence: &Recurrence) -> Self {
        Self(recurrence.to_string())
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Series {
    /// The starts from `from` to before `to`, by the clock, without the exceptions; the first `most` of them.
    ///
    /// # Errors
    /// If the rule cannot be read.
    pub fn starts(
        &self,
        from: NaiveDateTime,
        to: NaiveDateTime,
        most: usize,
    ) -> Result<Vec<NaiveDateTime>, RecurrenceError> {
        let starts = self.all_starts()?.skip_while(|start| *start < from).take_while(|start| *start < to);
        Ok(starts.filter(|start| !self.except.contains(start)).take(most).collect())
    }

    /// Those of the rule, or the only one that is known if each depends on when the one before was done.
    fn all_starts(&self) -> Result<impl Iterator<Item = NaiveDateTime>, RecurrenceError> {
        let most = if self.after_done.is_some() { 1 } else { usize::MAX };
        Ok(self.rule.read()?.occurrences(self.start).take(most))
    }

    /// The start of a block that takes place until now, by the clock.
    pub(crate) fn begins_now(&self, now: DateTime<Utc>) -> NaiveDateTime {
        self.zone.wall(now) - self.length()
    }

    /// Whether the rule has this start, even if it is an exception.
    pub fn has_start(&self, start: NaiveDateTime) -> bool {
        self.all_starts().is_ok_and(|mut starts| starts.find(|other| *other >= start) == Some(start))
    }

    /// Whether the rule has no start at or after [`Series::through`].
    pub fn is_complete(&self) -> bool {
        self.starts(self.through, NaiveDateTime::MAX, 1).is_ok_and(|starts| starts.is_empty())
    }

    /// Whether it has few blocks ahead of `now`, and its rule has more.
    pub fn is_due(&self, now: DateTime<Utc>) -> bool {
        self.due() <= now && !self.is_complete()
    }

    /// When it has few blocks ahead.
    pub fn due(&self) -> DateTime<Utc> {
        self.zone.instant(self.through) - limits::SERIES_AHEAD_AT_LEAST
    }

    /// How long each block takes.
    pub fn length(&self) -> TimeDelta {
        TimeDelta::minutes(self.minutes.into())
    }

    /// When the block takes place that starts then by the clock; `None` if blocks have no time. A change of the clocks does not change how long
    /// it takes.
    ///
    /// # Errors
    /// [`InvalidValue`] if the years that are possible end before.
    pub fn when(&self, start: NaiveDateTime) -> Result<Option<When>, InvalidValue> {
        if self.all_day {
            return Days::starting(start.date(), self.length().num_days()).map(|days| Some(When::Days(days)));
        }
        let span = Span::starting(self.zone.instant(start), self.length().max(TimeDelta::minutes(1)))?;
        Ok(Some(When::Span(span)).filter(|_| !self.untimed))
    }

    /// How long a block without a time will take, in minutes, if its blocks have none and somebody has said.
    pub fn estimate(&self) -> Option<u32> {
        Some(self.minutes).filter(|minutes| self.untimed && *minutes > 0)
    }

    /// The blocks that start before `to` by the clock and are not on the timeline yet, at most
    /// [`limits::OCCURRENCES_AT_ONCE`], and the series with them. They have the handles from `handle` on.
    ///
    /// # Errors
    /// If the rule cannot be read.
    pub fn extended(&self, to: NaiveDateTime, handle: Handle) -> Result<(Self, Vec<Block>), RecurrenceError> {
        let mut series = self.clone();
        let starts = self.starts(self.through, to, limits::OCCURRENCES_AT_ONCE)?;
        let is_cut = starts.len() == limits::OCCURRENCES_AT_ONCE;
        let last = starts.last().copied();
        let blocks = series.blocks(starts, handle);
        let through = last.filter(|_| is_cut).map_or(to, |last| last + TimeDelta::minutes(1));
        series.through = self.through.max(through);
        Ok((series, blocks))
    }

    /// New blocks that start at these times by the clock.
    pub(crate) fn blocks(&mut self, starts: Vec<NaiveDateTime>, handle: Handle) -> Vec<Block> {
        let mut blocks = Vec::with_capacity(starts.len());
        let mut handle = handle;
        for start in starts {
            // What is later than the last possible year is left out.
            let Ok(when) = self.when(start) else { continue };
            let id = BlockId::made_by(self.id.uuid(), handle);
            let block = Block {
                kind: self.kind,
                description: self.description.clone(),
                minutes: self.estimate(),
                not_before: Some(start.date()).filter(|_| self.untimed),
                priority: self.priority,
                tags: self.tags.clone(),
                reminders: self.reminders.clone(),
                series: Some(Occurrence { series: self.id, start }),
                ..Block::new(id, handle, self.plan, self.title.clone(), self.source)
            };
            blocks.push(block.at(when));
            self.made = self.made.saturating_add(1);
            handle = handle.next();
        }
        blocks
    }

    /// Whether the other one differs in how many blocks have been made and in nothing else.
    pub fn differs_in_blocks(&self, other: &Self) -> bool {
        let Self { through, made, .. } = *other;
        self.through != through && Self { through, made, ..self.clone() } == *other
    }

    /// Whether the other one differs in exceptions and in nothing else.
    pub fn differs_in_exceptions(&self, other: &Self) -> bool {
        self.except != other.except && Self { except: other.except.clone(), ..self.clone() } == *other
    }

    /// The rule in words, without the time of day: `every Tuesday until 5 June 2026`, or `again 3 days after it was done`.
    pub fn words(&self) -> String {
        let words = |rule: Recurrence| match self.after_done {
            Some(_) => rule.words_after_done(self.start),
            None => rule.words(self.start),
        };
        self.rule.read().map_or_else(|_| self.rule.to_string(), words)
    }

    /// What it does, in words: `repeat every Tuesday`, or `come again 3 days after it was done`.
    pub fn does(&self) -> String {
        format!("{} {}", if self.after_done.is_some() { "come" } else { "repeat" }, self.words())
    }
}

impl Recurrence {
    /// The rule whose starts are those of this one, which begins at `start`, moved as far as `by`. `None` if the rule names days that
    /// cannot be moved: days of the month, and days of the week by their number.
    pub fn moved(&self, start: NaiveDateTime, by: TimeDelta) -> Option<Self> {
        let to = start.checked_add_signed(by)?;
        let days = (to.date() - start.date()).num_days();
        let mut rule = self.clone();
        if let End::Until(until) = &mut rule.end {
            *until = until.checked_add_signed(by)?;
        }
        if days == 0 {
            return Some(rule);
        }
        let has_numbers = self.by_day.iter().any(|day| day.ordinal.is_some());
        if has_numbers || !(self.by_month_day.is_empty() && self.by_month.is_empty() && self.by_set_pos.is_empty()) {
            return None;
        }
        if matches!(self.frequency, Frequency::Monthly | Frequency::Yearly) {
            // Not all months have the days after the 28th.
            let stays = self.by_day.is_empty() && to.month() == start.month() && to.year() == start.year();
            return (stays && start.day().max(to.day()) <= 28).then_some(rule);
        }
        for day in &mut rule.by_day {
            day.weekday = later(day.weekday, days);
        }
        // With the days, so that those of one week stay together.
        if self.interval > 1 && self.by_day.len() > 1 {
            rule.week_start = later(rule.week_start, days);
        }
        Some(rule)
    }
}

/// The weekday so many days later.
fn later(weekday: Weekday, days: i64) -> Weekday {
    (0..days.rem_euclid(7)).fold(weekday, |weekday, _| weekday.succ())
}

/// Wall-clock times as `2026-11-24T08:00`.
mod wall_times {
    use serde::{Deserialize, Deserializer};

    use super::{NaiveDateTime, Serializer, clock};

    pub(super) fn serialize<S: Serializer>(times: &[NaiveDateTime], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(times.iter().map(|time| clock::wall(*time)))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<NaiveDateTime>, D::Error> {
        let texts = Vec::<String>::deserialize(deserializer)?;
        let times = texts.iter().map(|text| clock::read_wall(text));
        times.collect::<Option<_>>().ok_or_else(|| serde::de::Error::custom("expected wall-clock times"))
    }
}
