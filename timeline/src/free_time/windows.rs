//! When something is placed: hours of each day of the week, which follow from the choice of the person and from their working hours.

use chrono::{Datelike, NaiveDate, Weekday};

use super::{ActivityHours, GRID_MINUTES, PartOfDay, Slot, WorkingHours};
use crate::zone::Zone;

/// When a waking day begins, in minutes since midnight: 07:00. That is an hour earlier than free time is looked for when somebody asks for it,
/// because training before work must fit between getting up and work.
const UP: u16 = 7 * 60;
/// When a waking day ends: 22:00, as for questions about free time.
const DOWN: u16 = 22 * 60;
/// The time to get from work to something else and back, in minutes.
const WAY: u16 = 30;
/// When free time begins on a free Saturday or Sunday: 09:00.
const WEEKEND_FROM: u16 = 9 * 60;
/// When it ends: 20:00, so that the evening stays free.
const WEEKEND_TO: u16 = 20 * 60;
/// When the morning ends on a day that is not a working day, such as a Friday of somebody who works for four days: 09:00. What the person does by
/// day is not known.
const FREE_MORNING_TO: u16 = 9 * 60;
/// When the evening begins on such a day: 18:00.
const FREE_EVENING_FROM: u16 = 18 * 60;
/// A shorter window is not used.
const SHORTEST_WINDOW: u16 = 30;

/// From and to, in minutes since midnight. Empty if `from` is not before `to`.
type Window = (u16, u16);
const NONE: Window = (0, 0);

/// At most three windows on each day of the week, from Monday on. Those of a day are by time and do not overlap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Windows([[Window; 3]; 7]);

impl Windows {
    /// The windows in which somebody with these working hours has time for something. If the working hours leave none, as for somebody who works
    /// around the clock, these are the working hours: on the days that were chosen, or else on all working days.
    ///
    /// | part of the day | on a working day | on another day from Monday to Friday | on a free Saturday or Sunday |
    /// | --- | --- | --- | --- |
    /// | morning | 07:00 to 30 minutes before work | 07:00–09:00 | |
    /// | work | the working hours | | |
    /// | evening | 30 minutes after work to 22:00 | 18:00–22:00 | |
    /// | weekend | | | 09:00–20:00 |
    ///
    /// On a Saturday or Sunday that was chosen without the weekend, there are the morning and the evening, as on other free days.
    pub fn new(hours: ActivityHours, working: WorkingHours) -> Self {
        let wanted = Self::by_day(|day| if hours.is_on(day) { of_day(hours, working, day) } else { [NONE; 3] });
        let at_work = Self::by_day(|day| [if hours.is_on(day) { of_work(working, day) } else { NONE }, NONE, NONE]);
        [wanted, at_work]
            .into_iter()
            .find(|windows| windows.0.iter().flatten().any(|window| *window != NONE))
            .unwrap_or_else(|| Self::working(working))
    }

    /// The working hours.
    pub(super) fn working(hours: WorkingHours) -> Self {
        Self::by_day(|day| [of_work(hours, day), NONE, NONE])
    }

    fn by_day(windows: impl Fn(Weekday) -> [Window; 3]) -> Self {
        use Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};
        Self([Mon, Tue, Wed, Thu, Fri, Sat, Sun].map(windows))
    }

    /// The windows of a day of the week, counted from Monday as 0, the preferred ones first: in the evening before in the morning.
    pub(crate) fn preferred(self, day: usize) -> impl Iterator<Item = Window> {
        self.0.into_iter().nth(day).unwrap_or_default().into_iter().rev().filter(|(from, to)| from < to)
    }

    /// The windows of a date, by time.
    pub(crate) fn on(self, date: NaiveDate, zone: Zone) -> impl Iterator<Item = Slot> {
        let day = date.weekday().num_days_from_monday() as usize;
        let windows = self.0.into_iter().nth(day).unwrap_or_default();
        let windows = windows.into_iter().filter(|window| *window != NONE);
        windows.filter_map(move |(from, to)| super::hours::slot(date, zone, from, to))
    }

    /// The most minutes by the clock from a start on the grid of free time to the end of a window on this day of the week.
    pub(crate) fn longest_on(self, day: usize) -> u32 {
        let length = |(from, to): Window| u32::from(to.saturating_sub(from.next_multiple_of(GRID_MINUTES)));
        self.preferred(day).map(length).max().unwrap_or_default()
    }

    /// The same for all days of the week.
    pub(crate) fn longest(self) -> u32 {
        (0..7).map(|day| self.longest_on(day)).max().unwrap_or_default()
    }
}

/// The windows of a day of the week on which there is time for something.
fn of_day(hours: ActivityHours, working: WorkingHours, day: Weekday) -> [Window; 3] {
    if let Some((from, to)) = hours.between() {
        return [(from.minutes(), to.minutes()), NONE, NONE];
    }
    let work = of_work(working, day);
    let is_weekend = matches!(day, Weekday::Sat | Weekday::Sun);
    let windows = if work != NONE {
        [
            (PartOfDay::Morning, (UP, work.0.saturating_sub(WAY))),
            (PartOfDay::Evening, (work.1.saturating_add(WAY), DOWN)),
        ]
    } else if is_weekend && hours.has(PartOfDay::Weekend) {
        [(PartOfDay::Weekend, (WEEKEND_FROM, WEEKEND_TO)), (PartOfDay::Weekend, NONE)]
    } else if is_weekend && !hours.chosen_days() {
        return [NONE; 3];
    } else {
        [(PartOfDay::Morning, (UP, FREE_MORNING_TO)), (PartOfDay::Evening, (FREE_EVENING_FROM, DOWN))]
    };
    let is_long_enough = |window: Window| window.0 + SHORTEST_WINDOW <= window.1;
    let [first, last] =
        windows.map(|(part, window)| if hours.has(part) && is_long_enough(window) { window } else { NONE });
    [first, if hours.has(PartOfDay::Work) { work } else { NONE }, last]
}

/// The working hours of a day of the week.
fn of_work(working: WorkingHours, day: Weekday) -> Window {
    let works = working.days().any(|other| other == day);
    if works { (working.from().minutes(), working.to().minutes()) } else { NONE }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::free_time::{Activity, DayTime};

    fn said(activity: Activity, hours: WorkingHours, day: usize) -> String {
        chosen(activity.usual_hours(), hours, day)
    }

    fn chosen(activity: ActivityHours, hours: WorkingHours, day: usize) -> String {
        let time = |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60);
        let windows = Windows::new(activity, hours).preferred(day);
        windows.map(|(from, to)| format!("{}–{}", time(from), time(to))).collect::<Vec<_>>().join(", ")
    }

    fn hours(days: &[Weekday], from: &str, to: &str) -> WorkingHours {
        WorkingHours::new(days, DayTime::read(from).unwrap(), DayTime::read(to).unwrap()).unwrap()
    }

    #[test]
    fn each_activity_has_its_hours() {
        let office = WorkingHours::default();
        for (activity, tuesday, saturday) in [
            (Activity::Training, "18:30–22:00, 07:00–08:30", "09:00–20:00"),
            (Activity::Study, "18:30–22:00", "09:00–20:00"),
            (Activity::Work, "09:00–18:00", ""),
            (Activity::Other, "18:30–22:00, 09:00–18:00", "09:00–20:00"),
        ] {
            assert_eq!(said(activity, office, 1), tuesday, "{activity:?}");
            assert_eq!(said(activity, office, 5), saturday, "{activity:?}");
        }
    }

    #[test]
    fn other_working_hours_move_them() {
        let early = hours(&[Weekday::Mon], "06:00", "14:00");
        assert_eq!(said(Activity::Training, early, 0), "14:30–22:00", "nobody is up before six");
        assert_eq!(said(Activity::Study, early, 2), "18:00–22:00", "a Wednesday that is not worked");
        let late = hours(&[Weekday::Mon, Weekday::Sat], "13:00", "22:00");
        assert_eq!(said(Activity::Training, late, 0), "07:00–12:30");
        assert_eq!(said(Activity::Study, late, 0), "", "work ends when the day does");
        assert_eq!(said(Activity::Study, late, 6), "09:00–20:00");
        assert_eq!(said(Activity::Study, late, 5), "", "a Saturday that is worked");
    }

    #[test]
    fn a_person_chooses_parts_of_the_day_and_days() {
        use PartOfDay::{Evening, Morning, Weekend, Work};
        use Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};
        let four_days = hours(&[Mon, Tue, Wed, Thu], "09:00", "18:00");
        for (parts, days, expected, why) in [
            (&[Morning][..], None, ["07:00–08:30", "07:00–09:00", "", ""], "a free Friday has a morning"),
            (&[Evening], None, ["18:30–22:00", "18:00–22:00", "", ""], "weekends were not chosen"),
            (&[Weekend], None, ["", "", "09:00–20:00", "09:00–20:00"], "only weekends"),
            (
                &[Morning, Work, Evening],
                None,
                ["18:30–22:00, 09:00–18:00, 07:00–08:30", "18:00–22:00, 07:00–09:00", "", ""],
                "three windows",
            ),
            (&[Evening, Weekend], Some(&[Fri, Sun][..]), ["", "18:00–22:00", "", "09:00–20:00"], "two days"),
            (&[Morning, Evening], Some(&[Sat]), ["", "", "18:00–22:00, 07:00–09:00", ""], "a Saturday was chosen"),
            (&[Work], Some(&[Thu, Fri]), ["09:00–18:00", "", "", ""], "Friday is free"),
            (&[Work], Some(&[Fri]), ["09:00–18:00", "", "", ""], "nothing is left of it, so all working days count"),
        ] {
            let activity = ActivityHours::new(parts, days, None).unwrap();
            assert_eq!([3, 4, 5, 6].map(|day| chosen(activity, four_days, day)), expected, "{parts:?} {days:?}: {why}");
        }
        let late = hours(&[Mon, Tue], "13:00", "22:00");
        let evening = ActivityHours::new(&[Evening], Some(&[Tue]), None).unwrap();
        assert_eq!(
            [0, 1].map(|day| chosen(evening, late, day)),
            ["", "13:00–22:00"],
            "working hours of the chosen day"
        );
    }

    #[test]
    fn a_person_chooses_times_whatever_the_working_hours_are() {
        let times = (DayTime::read("12:00").unwrap(), DayTime::read("12:30").unwrap());
        let activity = ActivityHours::new(&[], Some(&[Weekday::Tue, Weekday::Sun]), Some(times)).unwrap();
        let office = WorkingHours::default();
        assert_eq!([0, 1, 6].map(|day| chosen(activity, office, day)), ["", "12:00–12:30", "12:00–12:30"]);
    }

    #[test]
    fn somebody_who_works_around_the_clock_does_all_of_it_then() {
        use Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};
        let always = hours(&[Mon, Tue, Wed, Thu, Fri, Sat, Sun], "00:00", "24:00");
        assert_eq!(said(Activity::Training, always, 3), "00:00–24:00");
    }

    #[test]
    fn working_hours_can_be_shorter_than_any_other_window() {
        assert_eq!(said(Activity::Work, hours(&[Weekday::Mon], "09:00", "09:10"), 0), "09:00–09:10");
    }
}
