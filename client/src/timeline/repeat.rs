//! How a block repeats, as the fields of the form say it. Pure.

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Weekday};
use flux_timeline::clock;
use flux_timeline::series::{End, Frequency, WeekdayNumber};
use flux_timeline::{Kind, Recurrence, limits};

/// The values of the fields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Repeat {
    /// How often.
    pub every: Every,
    /// Every so many days, weeks, months or years; empty for each.
    pub interval: String,
    /// The days of the week; none for that of the start.
    pub days: Vec<Weekday>,
    /// The last day, `2026-11-24`; empty for none.
    pub until: String,
}

/// How often.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Every {
    /// Not at all, or as until now.
    #[default]
    AsItIs,
    /// Each day, or every few.
    Day,
    /// Monday to Friday.
    Weekday,
    /// On days of the week.
    Week,
    /// On a day of the month, such as the 15th.
    MonthDay,
    /// On a day of the week in the month, such as the second Tuesday.
    MonthWeekday,
    /// Once a year.
    Year,
    /// Some days after it was done.
    DaysAfterDone,
    /// Some weeks after it was done.
    WeeksAfterDone,
    /// Some months after it was done.
    MonthsAfterDone,
}

impl Every {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 10] = [
        Self::AsItIs,
        Self::Day,
        Self::Weekday,
        Self::Week,
        Self::MonthDay,
        Self::MonthWeekday,
        Self::Year,
        Self::DaysAfterDone,
        Self::WeeksAfterDone,
        Self::MonthsAfterDone,
    ];

    /// Whether it counts from when the task is done.
    pub const fn is_after_done(self) -> bool {
        matches!(self, Self::DaysAfterDone | Self::WeeksAfterDone | Self::MonthsAfterDone)
    }

    /// Whether it is offered: only a task is done, and days of the calendar are for what has a time.
    pub fn is_offered(self, kind: Kind, has_time: bool) -> bool {
        match self {
            Self::AsItIs => true,
            every if every.is_after_done() => kind.is_task(),
            _ => has_time,
        }
    }

    /// What is offered for a block that starts then: `Monthly on the third Tuesday`.
    pub fn label(self, start: NaiveDateTime, now: Option<&str>) -> String {
        let weekday = clock::weekday(start.date());
        match self {
            Self::AsItIs => now.map_or_else(|| "Does not repeat".to_owned(), |rule| format!("As until now: {rule}")),
            Self::Day => "Daily".to_owned(),
            Self::Weekday => "Every weekday".to_owned(),
            Self::Week => "Weekly".to_owned(),
            Self::MonthDay => format!("Monthly on day {}", start.day()),
            Self::MonthWeekday => format!("Monthly on the {} {weekday}", ordinal(start.date()).1),
            Self::Year => format!("Yearly on {} {}", start.day(), clock::month(start.date())),
            Self::DaysAfterDone => "Days after it is done".to_owned(),
            Self::WeeksAfterDone => "Weeks after it is done".to_owned(),
            Self::MonthsAfterDone => "Months after it is done".to_owned(),
        }
    }

    /// The word for several of its units; none if they cannot be counted.
    pub const fn units(self) -> Option<&'static str> {
        match self {
            Self::AsItIs | Self::Weekday => None,
            Self::Day | Self::DaysAfterDone => Some("days"),
            Self::Week | Self::WeeksAfterDone => Some("weeks"),
            Self::MonthDay | Self::MonthWeekday | Self::MonthsAfterDone => Some("months"),
            Self::Year => Some("years"),
        }
    }
}

/// Which of its weekday a date is in its month. What could be the fourth or the last is the last.
fn ordinal(date: NaiveDate) -> (i16, &'static str) {
    if (date + TimeDelta::days(7)).month() != date.month() {
        return (-1, "last");
    }
    match date.day0() / 7 {
        0 => (1, "first"),
        1 => (2, "second"),
        2 => (3, "third"),
        _ => (4, "fourth"),
    }
}

impl Repeat {
    /// The rule of a block that starts then; none if nothing was chosen.
    ///
    /// # Errors
    /// A sentence for the person.
    pub fn rule(&self, start: NaiveDateTime) -> Result<Option<Recurrence>, String> {
        let on = |ordinal, weekday| WeekdayNumber { ordinal, weekday };
        let (frequency, by_day) = match self.every {
            Every::AsItIs => return Ok(None),
            Every::Day | Every::DaysAfterDone => (Frequency::Daily, Vec::new()),
            Every::WeeksAfterDone => (Frequency::Weekly, Vec::new()),
            Every::Weekday => (Frequency::Weekly, WEEKDAYS.map(|weekday| on(None, weekday)).to_vec()),
            Every::Week => {
                (Frequency::Weekly, self.weekdays(start).into_iter().map(|weekday| on(None, weekday)).collect())
            }
            Every::MonthDay | Every::MonthsAfterDone => (Frequency::Monthly, Vec::new()),
            Every::MonthWeekday => (Frequency::Monthly, vec![on(Some(ordinal(start.date()).0), start.weekday())]),
            Every::Year => (Frequency::Yearly, Vec::new()),
        };
        let interval = if self.every.units().is_none() || self.interval.is_empty() {
            1
        } else {
            let (most, words) = if self.every.is_after_done() { (limits::AFTER_DONE, "366") } else { (1_000, "1,000") };
            let number = self.interval.parse().ok().filter(|number| (1..=most).contains(number));
            let units = self.every.units().unwrap_or_default();
            number.ok_or_else(|| format!("It can repeat every 1 to {words} {units}. Nothing was changed."))?
        };
        let end = match clock::read_date(&self.until) {
            None if self.until.is_empty() => End::Never,
            None => return Err("The last day is not a date. Nothing was changed.".to_owned()),
            Some(last) if last < start.date() => {
                return Err("The last day is before the first. Nothing was changed.".to_owned());
            }
            Some(last) => End::Until(last.and_time(LAST_MINUTE)),
        };
        // The days that the choice names, whatever the series began with.
        let number = |number: u32| i16::try_from(number).into_iter().collect::<Vec<_>>();
        let is_numbered = matches!(self.every, Every::MonthDay | Every::Year);
        Ok(Some(Recurrence {
            frequency,
            interval,
            end,
            by_day,
            by_month_day: if is_numbered { number(start.day()) } else { Vec::new() },
            by_month: if self.every == Every::Year { number(start.month()) } else { Vec::new() },
            by_set_pos: Vec::new(),
            week_start: Weekday::Mon,
        }))
    }
}

impl Repeat {
    /// The days of a weekly rule: those that were chosen, or that of the start.
    pub fn weekdays(&self, start: NaiveDateTime) -> Vec<Weekday> {
        if self.days.is_empty() { vec![start.weekday()] } else { self.days.clone() }
    }
}

/// The last minute of a day.
const LAST_MINUTE: NaiveTime = match NaiveTime::from_hms_opt(23, 59, 59) {
    Some(time) => time,
    None => NaiveTime::MIN,
};

const WEEKDAYS: [Weekday; 5] = [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri];

#[cfg(test)]
mod tests {
    use super::*;

    /// Tuesday, 24 November 2026, which is also the last Tuesday of the month.
    fn start() -> NaiveDateTime {
        clock::read_wall("2026-11-24T18:00").unwrap()
    }

    fn rule(every: Every, with: impl FnOnce(&mut Repeat)) -> Result<String, String> {
        let mut repeat = Repeat { every, ..Repeat::default() };
        with(&mut repeat);
        repeat.rule(start()).map(|rule| rule.map(|rule| rule.to_string()).unwrap_or_default())
    }

    #[test]
    fn each_choice_is_a_rule() {
        for (every, text) in [
            (Every::AsItIs, ""),
            (Every::Day, "FREQ=DAILY"),
            (Every::Weekday, "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
            (Every::Week, "FREQ=WEEKLY;BYDAY=TU"),
            (Every::MonthDay, "FREQ=MONTHLY;BYMONTHDAY=24"),
            (Every::MonthWeekday, "FREQ=MONTHLY;BYDAY=-1TU"),
            (Every::Year, "FREQ=YEARLY;BYMONTHDAY=24;BYMONTH=11"),
            (Every::DaysAfterDone, "FREQ=DAILY"),
            (Every::WeeksAfterDone, "FREQ=WEEKLY"),
            (Every::MonthsAfterDone, "FREQ=MONTHLY"),
        ] {
            assert_eq!(rule(every, |_| {}), Ok(text.to_owned()));
        }
        let days = |repeat: &mut Repeat| {
            repeat.interval = "2".to_owned();
            repeat.days = vec![Weekday::Tue, Weekday::Sat];
            repeat.until = "2026-12-31".to_owned();
        };
        assert_eq!(rule(Every::Week, days), Ok("FREQ=WEEKLY;INTERVAL=2;UNTIL=20261231;BYDAY=TU,SA".to_owned()));
    }

    #[test]
    fn what_cannot_be_is_said() {
        let refused = |with: fn(&mut Repeat)| rule(Every::Week, with).unwrap_err();
        assert_eq!(
            refused(|repeat| repeat.until = "2026-11-23".to_owned()),
            "The last day is before the first. Nothing was changed."
        );
        assert_eq!(
            refused(|repeat| repeat.until = "soon".to_owned()),
            "The last day is not a date. Nothing was changed."
        );
        assert_eq!(
            refused(|repeat| repeat.interval = "0".to_owned()),
            "It can repeat every 1 to 1,000 weeks. Nothing was changed."
        );
        assert_eq!(
            rule(Every::DaysAfterDone, |repeat| repeat.interval = "367".to_owned()).unwrap_err(),
            "It can repeat every 1 to 366 days. Nothing was changed."
        );
    }

    #[test]
    fn the_choices_name_the_day() {
        let label = |every: Every| every.label(start(), None);
        assert_eq!(label(Every::MonthWeekday), "Monthly on the last Tuesday");
        assert_eq!(label(Every::MonthDay), "Monthly on day 24");
        assert_eq!(label(Every::Year), "Yearly on 24 November");
        assert_eq!(Every::AsItIs.label(start(), Some("every Tuesday")), "As until now: every Tuesday");
        let second = clock::read_wall("2026-11-10T18:00").unwrap();
        assert_eq!(Every::MonthWeekday.label(second, None), "Monthly on the second Tuesday");
    }
}
