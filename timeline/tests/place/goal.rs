//! Any goal with sessions, and the hours that the rules allow.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc, Weekday};
use flux_timeline::free_time::{Activity, WorkingHours};
use flux_timeline::outline::{Outline, Phase, Proposal, propose};
use flux_timeline::place::{Horizon, Task};
use flux_timeline::{Priority, Span, Title, Zone};
use proptest::prelude::*;

use crate::scene::{WEEK, at, hours, task};

pub fn phase(title: &str, minutes: u32, per_week: u32, weeks: Option<u32>) -> Phase {
    Phase { title: Title::new(title).unwrap(), description: None, minutes, per_week, weeks, milestone: None }
}

/// A goal in Oslo, from Monday, 2 March 2026, 10:00 on.
#[derive(Debug, Clone)]
pub struct Goal {
    pub outline: Outline,
    pub busy: Vec<Span>,
    pub horizon: Horizon,
}

impl Goal {
    pub fn new(activity: Activity, phases: Vec<Phase>, deadline: &str) -> Self {
        let horizon = Horizon {
            deadline: Some(at(deadline)),
            ..Horizon::new(Zone::new("Europe/Oslo").unwrap(), at("2026-03-02T09:00:00Z"))
        };
        Self { outline: Outline { activity, tasks: Vec::new(), phases }, busy: Vec::new(), horizon }
    }

    pub fn propose(&self) -> Proposal {
        propose(&self.outline, &self.busy, &self.horizon)
    }

    /// All times, those of tasks and of sessions.
    pub fn spans(&self, proposal: &Proposal) -> Vec<Span> {
        let tasks = proposal.tasks.placed.iter().map(|placed| placed.span);
        tasks.chain(proposal.sessions.iter().map(|session| session.span)).collect()
    }

    pub fn date(&self, instant: DateTime<Utc>) -> NaiveDate {
        self.horizon.zone.wall(instant).date()
    }

    /// The minutes of each week, by its Monday.
    pub fn minutes_by_week(&self, proposal: &Proposal) -> BTreeMap<NaiveDate, i64> {
        let mut weeks = BTreeMap::new();
        for span in self.spans(proposal) {
            *weeks.entry(monday(self.date(span.start()))).or_insert(0) += span.length().num_minutes();
        }
        weeks
    }

    /// The Mondays of the weeks that lie between the moment and the deadline with all of their days.
    pub fn full_weeks(&self, proposal: &Proposal) -> Vec<NaiveDate> {
        let first = self.date(self.horizon.not_before) + TimeDelta::days(1);
        let last = self.date(proposal.end.unwrap() - TimeDelta::milliseconds(1));
        let mondays = std::iter::successors(Some(monday(first)), |monday| Some(*monday + TimeDelta::weeks(1)));
        mondays.skip_while(|monday| *monday < first).take_while(|monday| *monday + TimeDelta::days(6) < last).collect()
    }

    /// The minutes a week that are wanted, if they are the same in all phases.
    pub fn wanted(&self) -> i64 {
        let own = self.outline.phases.first().map(|phase| phase.minutes * phase.per_week).unwrap_or_default();
        i64::from(self.horizon.minutes_per_week.unwrap_or(own))
    }
}

pub fn monday(date: NaiveDate) -> NaiveDate {
    date - TimeDelta::days(date.weekday().num_days_from_monday().into())
}

pub fn goals() -> impl Strategy<Value = Goal> {
    let activity = prop::sample::select(vec![Activity::Training, Activity::Study, Activity::Work, Activity::Other]);
    let phases = prop::collection::vec((15u32..=120, 1u32..=7, prop::option::of(0u32..30)), 1..4);
    let tasks = prop::collection::vec((5u32..=90, any::<prop::sample::Index>(), any::<bool>(), 0u8..5), 0..8);
    let working = prop_oneof![
        Just(WorkingHours::default()),
        (0usize..7, 6u32..12, 4u32..10).prop_map(|(days, from, length)| {
            hours(&WEEK[days..], &format!("{from:02}:00"), &format!("{:02}:00", from + length))
        }),
    ];
    let block = (0i64..120, 6i64..22, 15i64..300);
    let time = (0i64..10_080, 2i64..160, prop::option::of(30u32..900), 0u32..30);
    (activity, phases, tasks, working, prop::collection::vec(block, 0..150), time).prop_map(
        |(activity, phases, tasks, hours, blocks, (begins, days, minutes_per_week, break_minutes))| {
            let mut goal = Goal::new(activity, Vec::new(), "2026-03-22T23:00:00Z");
            let not_before = goal.horizon.not_before + TimeDelta::minutes(begins);
            goal.horizon = Horizon {
                hours,
                break_minutes,
                minutes_per_week,
                not_before,
                deadline: Some(not_before + TimeDelta::days(days)),
                ..goal.horizon
            };
            goal.outline.phases =
                phases.iter().map(|(minutes, per_week, weeks)| phase("Session", *minutes, *per_week, *weeks)).collect();
            let made = tasks.iter().enumerate().map(|(index, (minutes, on, alone, closing))| Task {
                after_sessions: *closing == 0,
                ..task(*minutes, Priority::Medium, &if index == 0 || *alone { vec![] } else { vec![on.index(index)] })
            });
            goal.outline.tasks = made.collect();
            let midnight = at("2026-03-01T23:00:00Z");
            let span = |(day, hour, minutes): &(i64, i64, i64)| {
                Span::starting(midnight + TimeDelta::days(*day) + TimeDelta::hours(*hour), TimeDelta::minutes(*minutes))
                    .unwrap()
            };
            goal.busy = blocks.iter().map(span).collect();
            goal
        },
    )
}

/// The hours of a date in which an activity may lie, from the decision record, in minutes.
pub fn allowed(activity: Activity, hours: WorkingHours, date: NaiveDate) -> Vec<(i64, i64)> {
    let (from, to) = (i64::from(hours.from().minutes()), i64::from(hours.to().minutes()));
    let works = hours.days().any(|day| day == date.weekday());
    let is_weekend = matches!(date.weekday(), Weekday::Sat | Weekday::Sun);
    match (activity, works) {
        (Activity::Work, true) => vec![(from, to)],
        (Activity::Work, false) => vec![],
        (_, false) if is_weekend => vec![(540, 1_200)],
        (Activity::Training, false) => vec![(420, 540), (1_080, 1_320)],
        (_, false) => vec![(1_080, 1_320)],
        (Activity::Training, true) => vec![(420, from - 30), (to + 30, 1_320)],
        (Activity::Study, true) => vec![(to + 30, 1_320)],
        (Activity::Other, true) => vec![(from, to), (to + 30, 1_320)],
    }
}
