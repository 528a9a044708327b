//! Any tasks, blocks and horizon, and the slowest way to place them.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Utc, Weekday};
use flux_timeline::free_time::{DayTime, Slot, WorkingHours};
use flux_timeline::place::{Horizon, Placement, Task, place};
use flux_timeline::{Priority, Span, Title, Zone};
use proptest::prelude::*;

pub const WEEK: [Weekday; 7] =
    [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];

pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub fn hours(days: &[Weekday], from: &str, to: &str) -> WorkingHours {
    WorkingHours::new(days, DayTime::read(from).unwrap(), DayTime::read(to).unwrap()).unwrap()
}

pub fn task(minutes: u32, priority: Priority, depends_on: &[usize]) -> Task {
    Task {
        title: Title::new("Task").unwrap(),
        description: None,
        minutes,
        priority,
        depends_on: depends_on.to_vec(),
        after_sessions: false,
    }
}

/// Tasks, the blocks that are on the timeline already, and a horizon.
#[derive(Debug, Clone)]
pub struct Scene {
    pub tasks: Vec<Task>,
    pub busy: Vec<Span>,
    pub horizon: Horizon,
}

impl Scene {
    pub fn place(&self) -> Placement {
        place(&self.tasks, &self.busy, &self.horizon)
    }

    /// The hours of every date of the horizon.
    pub fn days(&self) -> Vec<(NaiveDate, Slot)> {
        let Horizon { zone, hours, not_before, days, .. } = &self.horizon;
        let first = zone.wall(*not_before).date();
        let dates = (0..=u64::from(*days)).map(|after| first + Days::new(after));
        dates.filter_map(|date| Some((date, hours.on(date, *zone)?))).collect()
    }

    pub fn day_of(&self, span: Span) -> Option<NaiveDate> {
        let within = |hours: &Slot| hours.start <= span.start() && span.end() <= hours.end;
        self.days().into_iter().find(|(_, hours)| within(hours)).map(|(date, _)| date)
    }

    pub fn pause(&self) -> TimeDelta {
        TimeDelta::minutes(self.horizon.break_minutes.into())
    }

    /// The priorities, each raised to that of the tasks that wait for it.
    fn urgency(&self) -> Vec<Priority> {
        let mut urgency: Vec<Priority> = self.tasks.iter().map(|task| task.priority).collect();
        for _ in &self.tasks {
            for (index, task) in self.tasks.iter().enumerate() {
                for on in &task.depends_on {
                    urgency[*on] = urgency[*on].min(urgency[index]);
                }
            }
        }
        urgency
    }

    /// The same result in the simplest way: each start is tried against everything.
    pub fn place_by_trying(&self) -> Vec<Option<Span>> {
        let mut spans: Vec<Option<Span>> = vec![None; self.tasks.len()];
        let mut seen = vec![false; self.tasks.len()];
        let (mut weeks, mut by_day) = (BTreeMap::new(), BTreeMap::new());
        let (days, urgency) = (self.days(), self.urgency());
        let ready = |seen: &[bool]| {
            let tasks = self.tasks.iter().enumerate().filter(|(index, _)| !seen[*index]);
            tasks
                .filter(|(_, task)| task.depends_on.iter().all(|on| seen[*on]))
                .min_by_key(|(index, _)| urgency[*index])
        };
        while let Some((index, task)) = ready(&seen) {
            seen[index] = true;
            let Some(after) = task.depends_on.iter().map(|on| spans[*on]).collect::<Option<Vec<Span>>>() else {
                continue;
            };
            let taken: Vec<Span> = self.busy.iter().copied().chain(spans.iter().copied().flatten()).collect();
            'days: for (date, hours) in &days {
                let used = weeks.entry(date.iso_week()).or_insert(0);
                if self.horizon.minutes_per_week.is_some_and(|limit| *used + task.minutes > limit) {
                    continue;
                }
                let in_day = by_day.entry(*date).or_insert(0);
                if *in_day > 0 && self.horizon.minutes_per_day.is_some_and(|limit| *in_day + task.minutes > limit) {
                    continue;
                }
                let grid = hours.start.timestamp().div_euclid(300)..=hours.end.timestamp().div_euclid(300);
                for start in grid.map(|step| DateTime::from_timestamp(step * 300, 0).unwrap()) {
                    let end = start + TimeDelta::minutes(task.minutes.into());
                    let apart = |span: &Span| span.end() + self.pause() <= start || end + self.pause() <= span.start();
                    if hours.start <= start
                        && end <= hours.end
                        && self.horizon.not_before <= start
                        && self.horizon.deadline.is_none_or(|deadline| end <= deadline)
                        && after.iter().all(|span| span.end() + self.pause() <= start)
                        && taken.iter().all(apart)
                    {
                        spans[index] = Some(Span::new(start, end).unwrap());
                        *used += task.minutes;
                        *in_day += task.minutes;
                        break 'days;
                    }
                }
            }
        }
        spans
    }
}

/// Zones with and without changes of the clocks, and days before one, if any: by day, at midnight, by half an hour, over
/// the date line, at the end of a year, and after the years that the zone table states.
const BEGINNINGS: [(&str, &str); 17] = [
    ("UTC", "2026-11-20T00:00:00Z"),
    ("Asia/Tokyo", "2026-12-28T00:00:00Z"),
    ("Asia/Kathmandu", "2026-11-20T00:00:00Z"),
    ("Europe/Oslo", "2026-03-26T00:00:00Z"),
    ("Europe/Oslo", "2026-10-22T00:00:00Z"),
    ("Europe/Oslo", "2051-03-23T00:00:00Z"),
    ("America/New_York", "2026-03-05T00:00:00Z"),
    ("America/New_York", "2026-10-29T00:00:00Z"),
    ("America/St_Johns", "2026-10-29T00:00:00Z"),
    ("America/Nuuk", "2026-03-25T00:00:00Z"),
    ("America/Havana", "2026-03-05T00:00:00Z"),
    ("America/Havana", "2026-10-29T00:00:00Z"),
    ("Asia/Beirut", "2026-03-26T00:00:00Z"),
    ("Asia/Beirut", "2026-10-22T00:00:00Z"),
    ("Africa/Cairo", "2026-10-26T00:00:00Z"),
    ("Australia/Lord_Howe", "2026-10-01T00:00:00Z"),
    ("Pacific/Apia", "2011-12-27T00:00:00Z"),
];

fn working_hours() -> impl Strategy<Value = WorkingHours> {
    let days = prop_oneof![Just(127u8), 1u8..128];
    let times = prop_oneof![
        Just((540, 1_080)),
        Just((0, 1_440)),
        Just((1_320, 1_440)),
        Just((0, 200)),
        Just((90, 165)),
        (0u16..1_440, 1u16..1_440).prop_map(|(from, length)| (from, (from + length).min(1_440))),
    ];
    (days, times).prop_map(|(days, (from, to))| {
        let days: Vec<Weekday> = (0..7).filter(|day| days >> day & 1 == 1).map(|day| WEEK[day]).collect();
        let time = |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60);
        hours(&days, &time(from), &time(to))
    })
}

fn horizon() -> impl Strategy<Value = Horizon> {
    let pause = prop_oneof![Just(5u32), 0u32..45, 0u32..1_000];
    let deadline = prop::option::of(-1_000i64..20_000);
    let weekly = prop::option::of(10u32..1_500);
    let daily = prop::option::of(10u32..600);
    let beginning = (0..BEGINNINGS.len(), 0i64..300_000_000);
    (beginning, working_hours(), pause, deadline, (weekly, daily), 0u32..13).prop_map(
        |((place, millis), hours, break_minutes, deadline, (minutes_per_week, minutes_per_day), days)| {
            let (zone, beginning) = BEGINNINGS[place];
            let not_before = at(beginning) + TimeDelta::milliseconds(millis);
            let deadline = deadline.map(|minutes| not_before + TimeDelta::minutes(minutes));
            let zone = Zone::new(zone).unwrap();
            Horizon {
                hours,
                break_minutes,
                deadline,
                minutes_per_week,
                minutes_per_day,
                days,
                ..Horizon::new(zone, not_before)
            }
        },
    )
}

/// Tasks that depend on some of the tasks before them or, turned around, after them.
fn tasks() -> impl Strategy<Value = Vec<Task>> {
    let minutes = prop_oneof![4 => 5u32..90, 1 => 5u32..=480];
    let priority = prop::sample::select(vec![Priority::High, Priority::Medium, Priority::Low]);
    let depends_on = prop::collection::vec(any::<prop::sample::Index>(), 0..3);
    let tasks = prop::collection::vec((minutes, priority, depends_on, any::<bool>()), 0..14);
    (tasks, any::<bool>()).prop_map(|(tasks, turned)| {
        let last = tasks.len().saturating_sub(1);
        let made = tasks.into_iter().enumerate().map(|(index, (minutes, priority, depends_on, alone))| {
            let on = depends_on.iter().filter(|_| index > 0 && !alone).map(|on| on.index(index));
            let on: Vec<usize> = on.map(|on| if turned { last - on } else { on }).collect();
            task(minutes, priority, &on)
        });
        let mut tasks: Vec<Task> = made.collect();
        if turned {
            tasks.reverse();
        }
        tasks
    })
}

pub fn scene() -> impl Strategy<Value = Scene> {
    let minutes = prop_oneof![3 => 1i64..200, 1 => 1i64..2_000];
    let block = (-3_000i64..18_000, 0i64..60_000, minutes);
    (tasks(), horizon(), prop::collection::vec(block, 0..30)).prop_map(|(tasks, horizon, blocks)| {
        let span = |(minutes, millis, length): &(i64, i64, i64)| {
            // Half of the blocks lie on full minutes, as most do.
            let millis = if millis % 2 == 0 { 0 } else { *millis };
            let start = horizon.not_before + TimeDelta::minutes(*minutes) + TimeDelta::milliseconds(millis);
            Span::starting(start, TimeDelta::minutes(*length)).unwrap()
        };
        Scene { busy: blocks.iter().map(span).collect(), tasks, horizon }
    })
}
