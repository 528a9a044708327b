//! What the expressions of time in one request say together.

use chrono::{Datelike, NaiveDate, Weekday};

use super::calendar;
use super::{Day, DayPart, Expression, Meaning, Period, PeriodName, Preposition, TimeOfDay};
use crate::duration::Length;

/// When something should happen, as far as the request says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Timing {
    /// The days that were named.
    pub days: Vec<Day>,
    /// The week, month or other period.
    pub period: Option<Period>,
    /// The part of the day.
    pub part: Option<DayPart>,
    /// When it begins, or when it is due if [`deadline`](Self::deadline) is set.
    pub start: Option<TimeOfDay>,
    /// When it ends.
    pub end: Option<TimeOfDay>,
    /// How long it takes.
    pub length: Option<Length>,
    /// How long from now.
    pub from_now: Option<Length>,
    /// How long ago.
    pub ago: Option<Length>,
    /// Whether the day or time is a deadline.
    pub deadline: bool,
    /// Whether it should happen immediately.
    pub now: bool,
    /// Whether it should happen as soon as possible.
    pub soon: bool,
    /// Whether it takes the whole day.
    pub all_day: bool,
    /// The weekdays on which it repeats. Empty if it repeats on days that are not known.
    pub every: Option<Vec<Weekday>>,
    /// The positions of the expressions that were used. The others belong to a title.
    pub used: Vec<usize>,
}

impl Timing {
    /// Combines the expressions of a request. If two say the same kind of thing, one is used: one with a preposition before one
    /// without, a possessive ("Monday's slides") only if there is no other, and otherwise the last.
    pub fn of(expressions: &[Expression]) -> Self {
        let mut timing = Self::default();
        timing.take_days(expressions);
        timing.take_clocks(expressions);
        for (index, expression) in expressions.iter().enumerate() {
            match &expression.meaning {
                Meaning::Part(part) => timing.part = Some(*part),
                Meaning::Length(length) if expression.preposition != Preposition::By && timing.length.is_none() => {
                    timing.length = Some(*length)
                }
                Meaning::FromNow(length) => timing.from_now = Some(*length),
                Meaning::Ago(length) => timing.ago = Some(*length),
                Meaning::AllDay => timing.all_day = true,
                Meaning::Now => timing.now = true,
                Meaning::Soon => timing.soon = true,
                Meaning::Every(days) => timing.every = Some(days.clone()),
                _ => continue,
            }
            timing.used.push(index);
        }
        timing
    }

    /// Whether anything was said about when it should happen.
    pub fn is_said(&self) -> bool {
        !self.days.is_empty()
            || self.period.is_some()
            || self.part.is_some()
            || self.has_time()
            || self.every.is_some()
            || self.all_day
    }

    /// Whether a time of day was said, or follows from what was said.
    pub fn has_time(&self) -> bool {
        self.start.is_some() || self.end.is_some() || self.now || self.soon || self.from_now.is_some()
    }

    fn take_days(&mut self, expressions: &[Expression]) {
        let rank = |expression: &Expression| match (expression.possessive, expression.preposition) {
            (true, _) => 0,
            (_, Preposition::None | Preposition::To) => 1,
            _ => 2,
        };
        let days = |expression: &Expression| matches!(expression.meaning, Meaning::Days(_) | Meaning::Period(_));
        let best = expressions.iter().enumerate().filter(|(_, expression)| days(expression));
        // A possessive counts only if there is no other day: "tomorrow's workout at 8", but "Monday's slides on Friday".
        let Some((index, expression)) = best.max_by_key(|(index, expression)| (rank(expression), *index)) else {
            return;
        };
        match &expression.meaning {
            Meaning::Days(days) => self.days.clone_from(days),
            Meaning::Period(period) => self.period = Some(*period),
            _ => {}
        }
        self.deadline |= expression.preposition == Preposition::By;
        self.used.push(index);
        // "on Friday next week" and "every day this week" say two things.
        for (other, expression) in expressions.iter().enumerate().filter(|(other, _)| *other != index) {
            match &expression.meaning {
                Meaning::Period(period) if self.period.is_none() && !expression.possessive => {
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

    fn take_clocks(&mut self, expressions: &[Expression]) {
        let clocks: Vec<(usize, &Expression)> = expressions
            .iter()
            .enumerate()
            .filter(|(_, expression)| matches!(expression.meaning, Meaning::Time(_) | Meaning::TimeRange(..)))
            .collect();
        let last_with =
            |fits: &dyn Fn(&Expression) -> bool| clocks.iter().rev().find(|(_, expression)| fits(expression)).copied();
        if let Some((index, expression)) = last_with(&|expression| matches!(expression.meaning, Meaning::TimeRange(..)))
        {
            if let Meaning::TimeRange(start, end) = expression.meaning {
                (self.start, self.end) = (Some(start), Some(end));
            }
            self.used.push(index);
            return;
        }
        let end = last_with(&|expression| expression.preposition == Preposition::Until);
        let begin = last_with(&|expression| {
            !matches!(expression.preposition, Preposition::None | Preposition::To | Preposition::Until)
        })
        .or_else(|| last_with(&|expression| expression.preposition == Preposition::None));
        // "from 2 tomorrow to 4"
        let from_to = begin.filter(|(_, expression)| expression.preposition == Preposition::From);
        let end =
            end.or_else(|| from_to.and_then(|_| last_with(&|expression| expression.preposition == Preposition::To)));
        let begin = begin.or_else(|| {
            if end.is_none() { last_with(&|expression| expression.preposition == Preposition::To) } else { None }
        });
        if let Some((index, expression)) = begin
            && let Meaning::Time(clock) = expression.meaning
        {
            self.start = Some(clock);
            self.deadline |= expression.preposition == Preposition::By;
            self.used.push(index);
        }
        if let Some((index, expression)) = end
            && let Meaning::Time(clock) = expression.meaning
        {
            self.end = Some(clock);
            self.used.push(index);
        }
    }

    /// The days on which it should happen. Empty if no day was said.
    pub fn dates(&self, today: NaiveDate) -> Vec<NaiveDate> {
        if let Some(every) = &self.every {
            return self.repeated(every, today);
        }
        if !self.days.is_empty() {
            return self.days.iter().map(|day| day.date).collect();
        }
        let Some(period) = self.period else { return Vec::new() };
        match period.name {
            PeriodName::Days if self.has_time() || self.part.is_some() => days_of(period).collect(),
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

    /// Whether it repeats without an end, or on days that are not known.
    pub fn repeats_without_end(&self) -> bool {
        let ends = self.period.is_some() || self.length.is_some_and(|length| length.days > 0);
        self.every.as_ref().is_some_and(|days| days.is_empty() || !ends)
    }
}

/// The days of a period, at most 31.
fn days_of(period: Period) -> impl Iterator<Item = NaiveDate> {
    (0..31).map(move |ahead| calendar::plus(period.from, ahead)).filter(move |date| *date < period.to)
}
