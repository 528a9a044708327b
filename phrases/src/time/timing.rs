//! What the expressions of time in one request say together.

use chrono::{Datelike, NaiveDate};

use super::calendar;
use super::{Day, DayPart, Every, Expression, Meaning, Period, PeriodName, Preposition, TimeOfDay, Unit};
use crate::duration::Length;

/// When something should happen, as far as the request says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Timing {
    /// The days that were named. For what repeats, only those that do not fit how it repeats: "every day … on Friday".
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
    /// How often it repeats.
    pub every: Option<Every>,
    /// The first day on which it can be, for what repeats.
    pub since: Option<NaiveDate>,
    /// The last day on which it can be, for what repeats.
    pub until: Option<NaiveDate>,
    /// For how long it repeats: "every day for 3 weeks".
    pub lasting: Option<Length>,
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
    /// The positions of the expressions that were used. The others belong to a title.
    pub used: Vec<usize>,
}

impl Timing {
    /// Combines the expressions of a request. If two say the same kind of thing, one is used: one with a preposition before one
    /// without, a possessive ("Monday's slides") only if there is no other, and otherwise the last.
    pub fn of(expressions: &[Expression]) -> Self {
        let mut timing = Self::default();
        timing.take_every(expressions);
        if timing.every.is_none() {
            timing.take_days(expressions);
        }
        timing.take_clocks(expressions);
        for (index, expression) in expressions.iter().enumerate() {
            match &expression.meaning {
                Meaning::Part(part) => timing.part = Some(*part),
                // For what repeats, a length of days was read already.
                Meaning::Length(length) if timing.every.is_some() && length.is_days() => continue,
                Meaning::Length(length) if expression.preposition != Preposition::By && timing.length.is_none() => {
                    timing.length = Some(*length)
                }
                Meaning::FromNow(length) => timing.from_now = Some(*length),
                Meaning::Ago(length) => timing.ago = Some(*length),
                Meaning::AllDay => timing.all_day = true,
                Meaning::Now => timing.now = true,
                Meaning::Soon => timing.soon = true,
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

    /// How often it repeats, from when and until when.
    fn take_every(&mut self, expressions: &[Expression]) {
        for (index, expression) in expressions.iter().enumerate() {
            let Meaning::Every(every) = &expression.meaning else { continue };
            let all = match self.every.take() {
                None => Some(every.clone()),
                Some(own) => own.clone().joined(every).or_else(|| {
                    // The second one is not used, and the first one is not all of it.
                    self.every = Some(own);
                    None
                }),
            };
            if let Some(all) = all {
                self.every = Some(all);
                self.used.push(index);
            }
        }
        if self.every.is_none() {
            return;
        }
        for (index, expression) in expressions.iter().enumerate().filter(|(_, expression)| !expression.possessive) {
            let taken = match &expression.meaning {
                Meaning::Period(period) => self.bound_by(expression.preposition, *period),
                Meaning::Days(days) => match (expression.preposition, days.as_slice()) {
                    (Preposition::From, [day]) => set(&mut self.since, day.date),
                    (Preposition::Until, [day]) => set(&mut self.until, day.date),
                    _ => false,
                },
                Meaning::Length(length) if length.is_days() && expression.preposition == Preposition::For => {
                    set(&mut self.lasting, *length)
                }
                _ => false,
            };
            if taken {
                self.used.push(index);
            }
        }
        for (index, expression) in expressions.iter().enumerate().filter(|(_, expression)| !expression.possessive) {
            let Meaning::Days(days) = &expression.meaning else { continue };
            let is_its_day = matches!(expression.preposition, Preposition::None | Preposition::On | Preposition::For);
            // "Friday drinks every Friday": a name.
            let is_name = expression.preposition == Preposition::None && self.says_already(days);
            if is_its_day && !is_name {
                let others = self.not_its_days(days);
                self.days.extend(others);
                self.used.push(index);
            }
        }
        // "Weekly from Monday on" says the day, too.
        if let (Some(every), Some(since)) = (&mut self.every, self.since) {
            every.take_day(since);
        }
    }

    /// "From April", "until April", "in April" for what repeats. Returns whether it was one of them.
    fn bound_by(&mut self, preposition: Preposition, period: Period) -> bool {
        match preposition {
            Preposition::From => set(&mut self.since, period.from),
            Preposition::Until => set(&mut self.until, calendar::plus(period.from, -1)),
            Preposition::None | Preposition::On | Preposition::In | Preposition::For => set(&mut self.period, period),
            Preposition::At | Preposition::To | Preposition::By | Preposition::After => false,
        }
    }

    /// Whether it repeats on these days of the week anyway.
    fn says_already(&self, days: &[Day]) -> bool {
        let every = self.every.as_ref();
        days.iter().all(|day| day.is_of_a_week() && every.is_some_and(|every| every.days.contains(&day.date.weekday())))
    }

    /// Takes named days as those on which it repeats: "weekly … on Monday", "monthly … on the 1st". Returns the others.
    fn not_its_days(&mut self, days: &[Day]) -> Vec<Day> {
        let Some(every) = &mut self.every else { return days.to_vec() };
        let all_of_a_week = days.iter().all(|day| day.is_of_a_week());
        let fit = match every.unit {
            Unit::Day => false,
            Unit::Week => days.len() == 1 || all_of_a_week,
            Unit::Month => days.len() == 1 && !all_of_a_week,
            // A year counts from its first day.
            Unit::Year => days.len() == 1 && !all_of_a_week && self.since.is_none(),
        };
        if !fit || !days.first().is_some_and(|day| every.take_day(day.date)) {
            return days.to_vec();
        }
        for day in days.iter().skip(1).map(|day| day.date.weekday()) {
            if !every.days.contains(&day) {
                every.days.push(day);
            }
        }
        // "On Monday", said on a Monday, can be today.
        let first = days.first().filter(|day| !day.is_of_a_week());
        self.since = self.since.or(first.map(|day| day.date));
        Vec::new()
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
            PeriodName::Days | PeriodName::Span if self.has_time() || self.part.is_some() => days_of(period).collect(),
            _ => vec![period.from.max(if today < period.to { today } else { period.from })],
        }
    }

    fn repeated(&self, every: &Every, today: NaiveDate) -> Vec<NaiveDate> {
        match self.period.filter(|_| self.are_single_days()) {
            Some(period) => {
                days_of(period).filter(|date| *date >= today).filter(|date| every.fits(*date, None)).collect()
            }
            None => {
                let begins = self.since.or(self.period.map(|period| period.from));
                let from = begins.map_or(today, |begins| begins.max(today));
                every.first(from, begins).into_iter().collect()
            }
        }
    }

    /// Whether it repeats only on some days that can be named one by one: "every Monday in April".
    pub fn are_single_days(&self) -> bool {
        let is_each = self.every.as_ref().is_some_and(|every| every.interval == 1 && every.says_its_days());
        let is_short = self.period.is_some_and(|period| (period.to - period.from).num_days() <= LISTED_DAYS);
        is_each && is_short && self.since.is_none() && self.until.is_none() && self.lasting.is_none()
    }

    /// Whether it repeats by a rule, and not only on days that can be named one by one.
    pub fn is_series(&self) -> bool {
        self.every.is_some() && !self.are_single_days()
    }

    /// The last day of what repeats, if it begins on `first`.
    pub fn last_day(&self, first: NaiveDate) -> Option<NaiveDate> {
        let period = self.period.map(|period| calendar::plus(period.to, -1));
        let lasting = self.lasting.map(|length| calendar::plus(calendar::plus_length(first, length), -1));
        [self.until, period, lasting].into_iter().flatten().min()
    }
}

/// Sets what is not set yet. Returns whether it did.
fn set<T>(place: &mut Option<T>, value: T) -> bool {
    let open = place.is_none();
    if open {
        *place = Some(value);
    }
    open
}

/// The most days of a period that are named one by one.
const LISTED_DAYS: i64 = 31;

/// The days of a period, at most 31.
fn days_of(period: Period) -> impl Iterator<Item = NaiveDate> {
    (0..LISTED_DAYS).map(move |ahead| calendar::plus(period.from, ahead)).filter(move |date| *date < period.to)
}

#[cfg(test)]
mod tests {
    use super::super::{Style, Today, expressions};
    use super::*;
    use crate::words::tokens;

    fn timing(text: &str) -> Timing {
        // A Monday.
        let today = Today { now: "2026-03-02T10:00:00".parse().unwrap(), month_first: false };
        Timing::of(&expressions(&tokens(text), today, Style::Plain))
    }

    #[test]
    fn what_repeats_has_a_first_and_a_last_day() {
        let date = |text: &str| -> NaiveDate { text.parse().unwrap() };
        for (text, first, last) in [
            ("every Tuesday at 7 until June", "2026-03-03", Some("2026-05-31")),
            ("every Tuesday at 7 until 5 June", "2026-03-03", Some("2026-06-05")),
            ("every day at 7 till December 24", "2026-03-02", Some("2026-12-24")),
            ("every day at 7 until the end of June", "2026-03-02", Some("2026-06-30")),
            ("every Tuesday at 7 for 10 weeks", "2026-03-03", Some("2026-05-11")),
            ("every Tuesday at 7 starting in April", "2026-04-07", None),
            ("every other day next week", "2026-03-09", Some("2026-03-15")),
            ("weekly on Monday", "2026-03-02", None),
            ("weekly from tomorrow", "2026-03-03", None),
            ("monthly on the 1st", "2026-04-01", None),
            ("yearly on 5 May", "2026-05-05", None),
        ] {
            let timing = timing(text);
            let found = timing.dates(date("2026-03-02"));
            assert_eq!(found, [date(first)], "{text}");
            assert_eq!(timing.last_day(date(first)), last.map(date), "{text}");
            assert!(timing.is_series() && timing.days.is_empty(), "{text}");
        }
    }

    #[test]
    fn days_that_contradict_how_it_repeats_are_left() {
        for text in ["every day on Friday", "every Tuesday on Friday", "monthly on Friday", "monthly on the 31st"] {
            assert_eq!(timing(text).days.len(), 1, "{text}");
        }
        let several = timing("every Monday in April");
        assert!(!several.is_series());
        assert_eq!(several.dates("2026-03-02".parse().unwrap()).len(), 4);
    }
}
