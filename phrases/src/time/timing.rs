//! What the expressions of time in one request say together.

use chrono::{Datelike, NaiveDate, Weekday};

use super::calendar;
use super::{Clock, Day, Fragment, Part, Period, PeriodName, Prep, Said};
use crate::duration::Length;

/// When something is to be, as far as it was said.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Wanted {
    /// The days.
    pub days: Vec<Day>,
    /// The week, month, …
    pub period: Option<Period>,
    /// The part of the day.
    pub part: Option<Part>,
    /// When it begins, or by when it is due.
    pub start: Option<Clock>,
    /// When it ends.
    pub end: Option<Clock>,
    /// How long it takes.
    pub length: Option<Length>,
    /// So long from now.
    pub from_now: Option<Length>,
    /// So long ago.
    pub ago: Option<Length>,
    /// Whether the time is a deadline.
    pub deadline: bool,
    /// Whether it is to be at once.
    pub now: bool,
    /// Whether it is to be at the next opportunity.
    pub soon: bool,
    /// Whether it takes the day.
    pub all_day: bool,
    /// On which weekdays again and again.
    pub every: Option<Vec<Weekday>>,
    /// Which fragments were used; the others belong to a title.
    pub used: Vec<usize>,
}

impl Wanted {
    /// Puts fragments together. Where two say the same kind of thing, one is used: rather one with a preposition than one
    /// without, never one that owns what follows ("Monday's slides"), and else the last.
    pub fn of(fragments: &[Fragment]) -> Self {
        let mut wanted = Self::default();
        wanted.take_days(fragments);
        wanted.take_clocks(fragments);
        for (index, fragment) in fragments.iter().enumerate() {
            match &fragment.said {
                Said::Part(part) => wanted.part = Some(*part),
                Said::Length(length) if fragment.prep != Prep::By && wanted.length.is_none() => {
                    wanted.length = Some(*length)
                }
                Said::FromNow(length) => wanted.from_now = Some(*length),
                Said::Ago(length) => wanted.ago = Some(*length),
                Said::AllDay => wanted.all_day = true,
                Said::Now => wanted.now = true,
                Said::Soon => wanted.soon = true,
                Said::Every(days) => wanted.every = Some(days.clone()),
                _ => continue,
            }
            wanted.used.push(index);
        }
        wanted
    }

    /// Whether anything says when.
    pub fn is_said(&self) -> bool {
        !self.days.is_empty()
            || self.period.is_some()
            || self.part.is_some()
            || self.has_clock()
            || self.every.is_some()
            || self.all_day
    }

    /// Whether a time of day is said, or follows.
    pub fn has_clock(&self) -> bool {
        self.start.is_some() || self.end.is_some() || self.now || self.soon || self.from_now.is_some()
    }

    fn take_days(&mut self, fragments: &[Fragment]) {
        let rank = |fragment: &Fragment| match (fragment.possessive, fragment.prep) {
            (true, _) => 0,
            (_, Prep::None | Prep::To) => 1,
            _ => 2,
        };
        let days = |fragment: &Fragment| matches!(fragment.said, Said::Days(_) | Said::Period(_));
        let best = fragments.iter().enumerate().filter(|(_, fragment)| days(fragment));
        // An owner is a time only beside nothing else: "tomorrow's workout at 8", but "Monday's slides on Friday".
        let Some((index, fragment)) = best.max_by_key(|(index, fragment)| (rank(fragment), *index)) else { return };
        match &fragment.said {
            Said::Days(days) => self.days.clone_from(days),
            Said::Period(period) => self.period = Some(*period),
            _ => {}
        }
        self.deadline |= fragment.prep == Prep::By;
        self.used.push(index);
        // "on Friday next week" and "every day this week" say two things.
        for (other, fragment) in fragments.iter().enumerate().filter(|(other, _)| *other != index) {
            match &fragment.said {
                Said::Period(period) if self.period.is_none() && !fragment.possessive => {
                    self.period = Some(*period);
                    self.used.push(other);
                }
                _ => {}
            }
        }
        self.day_of_the_period();
    }

    /// "Friday" with "next week" is next week's Friday.
    fn day_of_the_period(&mut self) {
        let Some(period) = self.period else { return };
        for day in &mut self.days {
            if period.name == PeriodName::Week && day.before.is_some() {
                let weekday = i64::from(day.date.weekday().num_days_from_monday());
                *day = Day::only(calendar::plus(period.from, weekday));
            }
        }
        if !self.days.is_empty() {
            self.period = None;
        }
    }

    fn take_clocks(&mut self, fragments: &[Fragment]) {
        let clocks: Vec<(usize, &Fragment)> = fragments
            .iter()
            .enumerate()
            .filter(|(_, fragment)| matches!(fragment.said, Said::Clock(_) | Said::Range(..)))
            .collect();
        let last_with =
            |fits: &dyn Fn(&Fragment) -> bool| clocks.iter().rev().find(|(_, fragment)| fits(fragment)).copied();
        if let Some((index, fragment)) = last_with(&|fragment| matches!(fragment.said, Said::Range(..))) {
            if let Said::Range(start, end) = fragment.said {
                (self.start, self.end) = (Some(start), Some(end));
            }
            self.used.push(index);
            return;
        }
        let end = last_with(&|fragment| fragment.prep == Prep::Until);
        let begin = last_with(&|fragment| !matches!(fragment.prep, Prep::None | Prep::To | Prep::Until))
            .or_else(|| last_with(&|fragment| fragment.prep == Prep::None));
        // "from 2 tomorrow to 4"
        let from_to = begin.filter(|(_, fragment)| fragment.prep == Prep::From);
        let end = end.or_else(|| from_to.and_then(|_| last_with(&|fragment| fragment.prep == Prep::To)));
        let begin =
            begin.or_else(|| if end.is_none() { last_with(&|fragment| fragment.prep == Prep::To) } else { None });
        if let Some((index, fragment)) = begin
            && let Said::Clock(clock) = fragment.said
        {
            self.start = Some(clock);
            self.deadline |= fragment.prep == Prep::By;
            self.used.push(index);
        }
        if let Some((index, fragment)) = end
            && let Said::Clock(clock) = fragment.said
        {
            self.end = Some(clock);
            self.used.push(index);
        }
    }

    /// The days on which it is to be, where they were said: one, several, or those of a repetition within a period.
    pub fn dates(&self, today: NaiveDate) -> Vec<NaiveDate> {
        if let Some(every) = &self.every {
            return self.repeated(every, today);
        }
        if !self.days.is_empty() {
            return self.days.iter().map(|day| day.date).collect();
        }
        let Some(period) = self.period else { return Vec::new() };
        match period.name {
            PeriodName::Days if self.has_clock() || self.part.is_some() => days_of(period).collect(),
            _ => vec![period.from.max(if today < period.to { today } else { period.from })],
        }
    }

    fn repeated(&self, every: &[Weekday], today: NaiveDate) -> Vec<NaiveDate> {
        let fits = |date: &NaiveDate| every.is_empty() || every.contains(&date.weekday());
        let days = self.length.filter(|length| length.days > 0).map(|length| Period {
            from: calendar::plus(today, 1),
            to: calendar::plus(today, 1 + length.days),
            name: PeriodName::Days,
        });
        match self.period.or(days) {
            // "Every other week in February": how often is not known, and "monthly" is not daily.
            Some(period) if every.is_empty() => days_of(period).find(|date| *date >= today).into_iter().collect(),
            Some(period) => days_of(period).filter(|date| *date >= today).filter(fits).collect(),
            None => {
                let first = self.days.first().map_or(today, |day| day.date);
                (0..8).map(|ahead| calendar::plus(first, ahead)).find(fits).into_iter().collect()
            }
        }
    }

    /// Whether it was to go on without an end that was said, or on days that are not known.
    pub fn repeats_without_end(&self) -> bool {
        let ends = self.period.is_some() || self.length.is_some_and(|length| length.days > 0);
        self.every.as_ref().is_some_and(|days| days.is_empty() || !ends)
    }
}

/// The days of a period, at most 31.
fn days_of(period: Period) -> impl Iterator<Item = NaiveDate> {
    (0..31).map(move |ahead| calendar::plus(period.from, ahead)).filter(move |date| *date < period.to)
}
