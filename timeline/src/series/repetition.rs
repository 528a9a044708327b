//! How something repeats, as people and models say it in English: “every other Tuesday until 2026-06-30”.

mod said;
#[cfg(test)]
mod tests;

use chrono::{NaiveDate, Weekday};
use said::{Ending, Said};

use super::recurrence::{Frequency, RULE_CHARS, Recurrence, RecurrenceError, WeekdayNumber};
use super::vocabulary::{self as word, WORKDAYS};
use crate::clock;

/// How something repeats: by a rule, or some time after it was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repetition {
    /// The rule.
    pub rule: Recurrence,
    /// Whether each one comes an interval of the rule after the one before was done.
    pub after_done: bool,
}

/// Why a text does not say how something repeats. `Display` is a sentence that can be shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RepetitionError {
    /// A rule of RFC 5545 that is not one.
    #[error(transparent)]
    Rule(#[from] RecurrenceError),
    /// A word that has no meaning here, or not at its place.
    #[error("“{0}” is not understood here.")]
    Word(String),
    /// The words are known, but they do not go together or leave something open.
    #[error("{0}")]
    Unclear(&'static str),
}

const TWICE: &str = "It says in two ways how often.";

type Read<T = ()> = Result<T, RepetitionError>;

fn unknown(word: &str) -> RepetitionError {
    RepetitionError::Word(word.to_owned())
}

const fn unclear<T>(why: &'static str) -> Read<T> {
    Err(RepetitionError::Unclear(why))
}

impl Repetition {
    /// Reads English words, such as `every weekday`, `every 2 weeks on monday and friday, 10 times`, `every month on the last
    /// friday until 2026-12-31`, `every year on 24 December` and `3 days after it was done`. The words that
    /// [`Recurrence::words`] gives to usual rules are among them. A rule of RFC 5545 (`FREQ=WEEKLY;BYDAY=TU`) is read, too,
    /// with or without `after it was done`.
    ///
    /// It ignores a time of day (`at 18:00`, `in the evening`) and a first day (`from 2026-03-05`), because they belong to the first
    /// block.
    ///
    /// # Errors
    /// [`RepetitionError`], if not every word is understood, or if what is said could mean several things.
    pub fn read(text: &str) -> Result<Self, RepetitionError> {
        let chars = text.chars().count();
        if chars > RULE_CHARS {
            return Err(RecurrenceError::TooLong { chars }.into());
        }
        let text = text.trim().to_ascii_lowercase();
        if text.contains("freq=") {
            let (rule, rest) = text.split_at(text.find(" after ").unwrap_or(text.len()));
            let after_done = Reader::new(rest).said()?.after_done;
            return Ok(Self { rule: Recurrence::read(rule)?, after_done });
        }
        let said = Reader::new(&text).said()?;
        Ok(Self { after_done: said.after_done, rule: said.rule()? })
    }
}

/// Goes through the words.
struct Reader<'a> {
    words: Vec<&'a str>,
    at: usize,
    said: Said,
    /// Numbers of which it is not known yet what they count: “the first and third …”.
    numbers: Vec<i16>,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        let words = text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '.' | '&'));
        let words = words.filter(|word| !word.is_empty()).collect();
        Self { words, at: 0, said: Said::default(), numbers: Vec::new() }
    }

    fn said(mut self) -> Read<Said> {
        while let Some(word) = self.next() {
            self.word(word)?;
        }
        self.are_month_days();
        Ok(self.said)
    }

    fn peek(&self) -> Option<&'a str> {
        self.words.get(self.at).copied()
    }

    fn next(&mut self) -> Option<&'a str> {
        let word = self.peek()?;
        self.at += 1;
        Some(word)
    }

    /// Takes the next word if it means something.
    fn take<T>(&mut self, meaning: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let value = meaning(self.peek()?)?;
        self.at += 1;
        Some(value)
    }

    /// Takes the next word if it is one of these.
    fn skip(&mut self, words: &[&str]) -> bool {
        self.take(|word| words.contains(&word).then_some(())).is_some()
    }

    fn word(&mut self, word: &'a str) -> Read {
        match word {
            "every" | "each" | "per" => return self.every(),
            "again" | "repeat" | "repeats" | "repeating" | "on" | "the" | "and" | "of" => {}
            // “once a week”, but “every Tuesday, once”
            "once" if self.peek().is_none() => return self.end(Ending::Times(1)),
            "once" => {}
            "in" => self.are_month_days(),
            "a" | "an" | "one" => return self.counted(1, word),
            "after" => return self.after(),
            "until" | "till" | "through" | "to" | "ending" | "ends" => {
                self.skip(&["on", "the"]);
                let last = self.date()?;
                return self.end(Ending::Until(last));
            }
            "for" => {
                let number = self.take(word::number).ok_or_else(|| unknown(word))?;
                return self.lasting(number);
            }
            "at" => {
                self.take(|time| time.starts_with(|c: char| c.is_ascii_digit()).then_some(()))
                    .ok_or_else(|| unknown(word))?;
                self.skip(&["am", "pm"]);
            }
            "from" | "starting" | "beginning" => {
                self.skip(&["on"]);
                self.date()?;
            }
            "last" => self.numbers.push(-1),
            // “every morning”; after a day it says as little as a time of day.
            "morning" | "mornings" | "afternoon" | "afternoons" | "evening" | "evenings" | "night" | "nights" => {
                if self.said.days.is_empty() && self.said.every.is_none() {
                    return self.every_unit((1, Frequency::Daily));
                }
            }
            "day" | "days" if !self.numbers.is_empty() => self.are_month_days(),
            "day" => {
                let number = self.take(word::number).ok_or_else(|| unknown(word))?;
                self.number(number)?;
            }
            _ => return self.meaning(word),
        }
        Ok(())
    }

    /// A word that belongs to a class: a unit, a weekday, a month or a number.
    fn meaning(&mut self, text: &'a str) -> Read {
        if let Some(every) = word::adverb(text) {
            return self.every_unit(every);
        }
        if word::is_workdays(text) {
            if self.numbers.is_empty() {
                self.said.days.extend(WORKDAYS.map(|weekday| WeekdayNumber { ordinal: None, weekday }));
            } else {
                self.said.workdays.append(&mut self.numbers);
            }
        } else if matches!(text, "weekend" | "weekends") {
            self.weekday(Weekday::Sat);
            self.weekday(Weekday::Sun);
        } else if let Some(weekday) = word::weekday(text) {
            self.weekday(weekday);
            self.weekdays_to(weekday);
        } else if let Some(month) = word::month(text) {
            self.month(month)?;
        } else if let Some(unit) = word::unit(text) {
            // “of the month”, “in the year”
            self.are_month_days();
            self.said.of_the_year |= unit == Frequency::Yearly && self.said.every.is_some();
            return self.every_unit((1, unit));
        } else if let Some(number) = word::number(text) {
            return self.counted(number, text);
        } else {
            return Err(unknown(text));
        }
        Ok(())
    }

    /// After “every”.
    fn every(&mut self) -> Read {
        // “every 2 weeks on Monday and every Friday” would be two rules.
        let has_interval = self.said.every.is_some_and(|(interval, _)| interval > 1);
        if has_interval && self.peek().is_some_and(|next| word::weekday(next).is_some() || word::is_workdays(next)) {
            return unclear(TWICE);
        }
        if self.skip(&["other"]) {
            return match self.peek().and_then(word::weekday) {
                // “every other Tuesday and Thursday”
                Some(_) => self.every_unit((2, Frequency::Weekly)),
                None => match self.take(word::unit) {
                    Some(unit) => self.every_unit((2, unit)),
                    None => unclear("“every other” needs a day of the week, or day, week, month or year after it."),
                },
            };
        }
        let Some(text) = self.peek() else { return Ok(()) };
        let Some(number) = self.take(word::number) else {
            return match self.take(word::unit) {
                Some(unit) => self.every_unit((1, unit)),
                // “every Tuesday”, “every last Friday of the month”
                None => Ok(()),
            };
        };
        let (has_month, is_ordinal) = (self.names_month(), word::is_ordinal(text));
        match self.peek() {
            Some(next) if word::weekday(next).is_some() && !has_month => {
                if number == 2 {
                    return self.every_unit((2, Frequency::Weekly));
                }
                unclear("Say “every 3 weeks on tuesday” or “every month on the third tuesday”, whichever is meant.")
            }
            // “every first day of the month”
            Some("day") if is_ordinal && has_month => self.number(number),
            _ => match self.take(word::unit) {
                Some(unit) => self.every_unit((number, unit)),
                None => self.number(number),
            },
        }
    }

    /// Whether the days of a month follow, before it is said when it ends.
    fn names_month(&self) -> bool {
        let rest = self
            .words
            .iter()
            .skip(self.at)
            .take_while(|word| !matches!(**word, "until" | "till" | "for" | "from" | "starting"));
        rest.into_iter().any(|text| word::unit(text) == Some(Frequency::Monthly) || word::month(text).is_some())
    }

    /// A number and what it counts: “3 days”, “10 times”, “24 December”, or a day of the month.
    fn counted(&mut self, number: u32, text: &str) -> Read {
        if self.times() {
            return self.end_after(number);
        }
        if self.numbers.is_empty()
            && !word::is_ordinal(text)
            && let Some(unit) = self.take(word::unit)
        {
            return self.every_unit((number, unit));
        }
        if matches!(text, "a" | "an") { Err(unknown(text)) } else { self.number(number) }
    }

    fn times(&mut self) -> bool {
        self.skip(&["times", "time", "occurrences"])
    }

    fn end_after(&mut self, times: u32) -> Read {
        if matches!(self.peek(), Some("a" | "an" | "per" | "each" | "every")) {
            return unclear("Say on which days: “every monday, wednesday and friday”.");
        }
        self.end(Ending::Times(times))
    }

    /// A number that will be a day of the month, or say which of its weekday a day is.
    fn number(&mut self, number: u32) -> Read {
        let Ok(number @ 1..=53) = i16::try_from(number) else {
            return unclear("The days of a month are 1 to 31.");
        };
        let from_end = self.skip(&["to"]);
        if from_end && !self.skip(&["last"]) {
            return unclear("“to” is not understood here; a last day is said with “until 2026-12-31”.");
        }
        self.numbers.push(if from_end { -number } else { number });
        Ok(())
    }

    fn weekday(&mut self, weekday: Weekday) {
        if self.numbers.is_empty() {
            self.said.days.push(WeekdayNumber { ordinal: None, weekday });
        }
        let numbers = self.numbers.drain(..);
        self.said.days.extend(numbers.map(|ordinal| WeekdayNumber { ordinal: Some(ordinal), weekday }));
    }

    /// “Monday to Friday”
    fn weekdays_to(&mut self, first: Weekday) {
        if !matches!(self.peek(), Some("to" | "through" | "till" | "until" | "-")) {
            return;
        }
        let Some(last) = self.words.get(self.at + 1).and_then(|text| word::weekday(text)) else { return };
        self.at += 2;
        let mut day = first;
        while day != last {
            day = day.succ();
            self.weekday(day);
        }
    }

    /// “24 December”, “December 24” or “in December”.
    fn month(&mut self, month: i16) -> Read {
        self.said.months.push(month);
        if self.numbers.is_empty()
            && let Some(day) = self.take(word::number)
        {
            self.number(day)?;
        }
        self.said.dates.extend(self.numbers.iter().map(|day| (*day, month)));
        self.are_month_days();
        Ok(())
    }

    /// What was counted were days of the month.
    fn are_month_days(&mut self) {
        self.said.month_days.append(&mut self.numbers);
    }

    /// “after it was done”
    fn after(&mut self) -> Read {
        let mut is_done = false;
        while let Some(says_done) = self.take(word::done) {
            is_done |= says_done;
        }
        if !is_done {
            return Err(unknown("after"));
        }
        self.said.after_done = true;
        Ok(())
    }

    fn every_unit(&mut self, every: (u32, Frequency)) -> Read {
        match self.said.every {
            // “every other month on the 1st of the month”
            Some((_, unit)) if every == (1, unit) => Ok(()),
            // “every weekday of the month” and the like would be two rules.
            Some(_) => unclear(TWICE),
            None if (1..=1_000).contains(&every.0) => {
                self.said.every = Some(every);
                Ok(())
            }
            None => unclear("The number after “every” is 1 to 1000."),
        }
    }

    /// “for 10 times”, “for 6 weeks”
    fn lasting(&mut self, number: u32) -> Read {
        if self.times() {
            return self.end_after(number);
        }
        match self.take(word::unit) {
            Some(unit) => self.end(Ending::Lasting(number, unit)),
            None => unclear("“for” needs a number of times, days, weeks, months or years."),
        }
    }

    fn end(&mut self, end: Ending) -> Read {
        match self.said.end.replace(end) {
            None => Ok(()),
            Some(_) => unclear("It can end in one way only: on a last day, or after a number of times."),
        }
    }

    /// `2026-06-30`, `30 June 2026` or `June 30 2026`.
    fn date(&mut self) -> Read<NaiveDate> {
        if let Some(date) = self.take(|text| text.get(..10).and_then(clock::read_date)) {
            return Ok(date);
        }
        let day = self.take(word::number);
        self.skip(&["of"]);
        let month = self.take(word::month);
        let day = day.or_else(|| self.take(word::number));
        let year = self.take(|text| text.parse().ok());
        let (Some(year), Some(month), Some(day)) = (year, month, day) else {
            return unclear("A last day is said in full, such as “until 2026-12-31”.");
        };
        NaiveDate::from_ymd_opt(year, u32::from(month.unsigned_abs()), day)
            .ok_or(RepetitionError::Unclear("There is no such date."))
    }
}
