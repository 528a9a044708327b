//! Where tasks find their place: examples, and laws that hold for any tasks, calendar and frame.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Timelike, Utc, Weekday};
use flux_timeline::place::{DayTime, Frame, Placed, Placement, Task, Why, WorkingHours, place};
use flux_timeline::query::Slot;
use flux_timeline::{Priority, Span, Title, Zone, clock};
use proptest::prelude::*;

const WEEK: [Weekday; 7] =
    [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn hours(days: &[Weekday], from: &str, to: &str) -> WorkingHours {
    WorkingHours::new(days, DayTime::read(from).unwrap(), DayTime::read(to).unwrap()).unwrap()
}

fn task(minutes: u32, priority: Priority, depends_on: &[usize]) -> Task {
    Task { title: Title::new("Task").unwrap(), description: None, minutes, priority, depends_on: depends_on.to_vec() }
}

mod examples {
    use super::Priority::{High, Low, Medium};
    use super::*;

    /// Tuesday, 24 November 2026, 08:00 in Oslo.
    fn frame() -> Frame {
        Frame::new(Zone::new("Europe/Oslo").unwrap(), at("2026-11-24T07:00:00Z"))
    }

    fn busy(start: &str, end: &str, frame: &Frame) -> Span {
        let instant = |text| frame.zone.instant(clock::read_wall(text).unwrap());
        Span::new(instant(start), instant(end)).unwrap()
    }

    /// Each task in a line, by its place in the list: its time on the wall, or why it has none.
    fn told(placement: &Placement, frame: &Frame) -> Vec<String> {
        let mut lines = BTreeMap::new();
        for placed in &placement.placed {
            let [start, end] = [placed.span.start(), placed.span.end()].map(|instant| frame.zone.wall(instant));
            let day = clock::day(start.date(), start.date());
            lines.insert(placed.task, format!("{day} {}–{}", clock::hours(start.time()), clock::hours(end.time())));
        }
        for unplaced in &placement.unplaced {
            lines.insert(unplaced.task, unplaced.why.to_string());
        }
        lines.into_values().collect()
    }

    #[test]
    fn tasks_fill_the_gaps_with_a_pause_on_both_sides() {
        let frame = frame();
        let busy = [
            busy("2026-11-24T10:00", "2026-11-24T12:00", &frame),
            busy("2026-11-24T12:52", "2026-11-24T16:00", &frame),
        ];
        let tasks = [task(60, Medium, &[]), task(55, Medium, &[]), task(45, Medium, &[]), task(40, Medium, &[])];
        assert_eq!(
            told(&place(&tasks, &busy, &frame), &frame),
            ["Tue 24 Nov 16:05–17:05", "Tue 24 Nov 09:00–09:55", "Tue 24 Nov 17:10–17:55", "Tue 24 Nov 12:05–12:45"]
        );
    }

    #[test]
    fn dependencies_come_first_as_urgent_as_what_waits_for_them_then_priority_then_the_given_order() {
        let frame = frame();
        let tasks = [task(60, High, &[2]), task(60, Medium, &[]), task(60, Low, &[]), task(60, High, &[])];
        assert_eq!(
            told(&place(&tasks, &[], &frame), &frame),
            ["Tue 24 Nov 10:05–11:05", "Tue 24 Nov 12:15–13:15", "Tue 24 Nov 09:00–10:00", "Tue 24 Nov 11:10–12:10"]
        );
    }

    #[test]
    fn what_does_not_fit_into_a_day_goes_to_the_next_working_day() {
        let frame = Frame { not_before: at("2026-11-27T15:32:00Z"), ..frame() };
        let tasks = [task(120, Medium, &[]), task(60, Medium, &[])];
        assert_eq!(told(&place(&tasks, &[], &frame), &frame), ["Mon 30 Nov 09:00–11:00", "Fri 27 Nov 16:35–17:35"]);
    }

    #[test]
    fn the_weekly_limit_counts_by_the_weeks_of_the_zone() {
        // Sunday 23:00 to Monday in Auckland, which is the same Sunday in UTC.
        let frame = Frame {
            hours: hours(&WEEK, "23:00", "24:00"),
            minutes_per_week: Some(60),
            ..Frame::new(Zone::new("Pacific/Auckland").unwrap(), at("2026-11-29T00:00:00Z"))
        };
        let tasks = [task(40, Medium, &[]), task(40, Medium, &[]), task(20, Medium, &[])];
        assert_eq!(
            told(&place(&tasks, &[], &frame), &frame),
            ["Sun 29 Nov 23:00–23:40", "Mon 30 Nov 23:00–23:40", "Tue 1 Dec 23:00–23:20"]
        );
    }

    #[test]
    fn the_daily_limit_spreads_tasks_and_leaves_long_ones_a_day_for_themselves() {
        let frame = Frame { minutes_per_day: Some(90), ..frame() };
        let tasks = [task(60, Medium, &[]), task(45, Medium, &[]), task(30, Medium, &[]), task(180, Medium, &[])];
        assert_eq!(
            told(&place(&tasks, &[], &frame), &frame),
            ["Tue 24 Nov 09:00–10:00", "Wed 25 Nov 09:00–09:45", "Tue 24 Nov 10:05–10:35", "Thu 26 Nov 09:00–12:00"]
        );
    }

    #[test]
    fn the_pause_reaches_over_midnight() {
        let frame = Frame {
            hours: hours(&WEEK, "00:00", "24:00"),
            pause_minutes: 30,
            ..Frame::new(Zone::UTC, at("2026-11-24T23:00:00Z"))
        };
        let tasks = [task(60, Medium, &[]), task(60, Medium, &[])];
        assert_eq!(told(&place(&tasks, &[], &frame), &frame), ["Tue 24 Nov 23:00–00:00", "Wed 25 Nov 00:30–01:30"]);
    }

    #[test]
    fn hours_stay_on_the_wall_when_the_clocks_change() {
        let zone = Zone::new("Europe/Oslo").unwrap();
        let frame = Frame { hours: hours(&WEEK, "09:00", "10:00"), ..Frame::new(zone, at("2026-03-28T00:00:00Z")) };
        let placement = place(&[task(60, Medium, &[]), task(60, Medium, &[])], &[], &frame);
        let starts: Vec<_> = placement.placed.iter().map(|placed| placed.span.start()).collect();
        assert_eq!(starts, [at("2026-03-28T08:00:00Z"), at("2026-03-29T07:00:00Z")]);
    }

    #[test]
    fn a_task_without_a_place_says_why() {
        let frame = Frame { deadline: Some(at("2026-11-24T10:00:00Z")), ..frame() };
        let tasks = [
            task(300, High, &[]),
            task(30, Medium, &[0]),
            task(600, Medium, &[]),
            task(30, Medium, &[9]),
            task(30, Medium, &[5]),
            task(30, Medium, &[4]),
        ];
        let unplaced = told(&place(&tasks, &[], &frame), &frame);
        assert_eq!(
            unplaced,
            [
                "There is no room for it before the deadline.",
                "It depends on a task that found no place.",
                "It takes 10 h, and a working day has 9 h. Split it, or widen the working hours.",
                "It depends on a task that does not exist.",
                "It can never begin: among what must come before it, tasks wait for each other.",
                "It can never begin: among what must come before it, tasks wait for each other.",
            ]
        );
        let frame = Frame { deadline: None, horizon_days: 1, minutes_per_week: Some(120), ..frame };
        assert_eq!(
            told(&place(&[task(150, Medium, &[]), task(90, Medium, &[]), task(90, Medium, &[])], &[], &frame), &frame),
            [
                "It takes 2 h 30 min, and the limit is 2 h a week. Split it, or raise the limit.",
                "Tue 24 Nov 09:00–10:30",
                "There is no room for it until Wed 25 Nov 2026, and later days are not looked at.",
            ]
        );
    }
}

/// Tasks, what is on the timeline already, and a frame.
#[derive(Debug, Clone)]
struct Scene {
    tasks: Vec<Task>,
    busy: Vec<Span>,
    frame: Frame,
}

impl Scene {
    fn place(&self) -> Placement {
        place(&self.tasks, &self.busy, &self.frame)
    }

    /// The hours of every date that may be used.
    fn days(&self) -> Vec<(NaiveDate, Slot)> {
        let Frame { zone, hours, not_before, horizon_days, .. } = &self.frame;
        let first = zone.wall(*not_before).date();
        let dates = (0..=u64::from(*horizon_days)).map(|days| first + Days::new(days));
        dates.filter_map(|date| Some((date, hours.on(date, *zone)?))).collect()
    }

    fn day_of(&self, span: Span) -> Option<NaiveDate> {
        let within = |hours: &Slot| hours.start <= span.start() && span.end() <= hours.end;
        self.days().into_iter().find(|(_, hours)| within(hours)).map(|(date, _)| date)
    }

    fn pause(&self) -> TimeDelta {
        TimeDelta::minutes(self.frame.pause_minutes.into())
    }

    /// The priorities, with what each task gets from those that wait for it.
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

    /// The same by the plainest means: each start is tried against everything.
    fn place_by_trying(&self) -> Vec<Option<Span>> {
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
                if self.frame.minutes_per_week.is_some_and(|limit| *used + task.minutes > limit) {
                    continue;
                }
                let in_day = by_day.entry(*date).or_insert(0);
                if *in_day > 0 && self.frame.minutes_per_day.is_some_and(|limit| *in_day + task.minutes > limit) {
                    continue;
                }
                let grid = hours.start.timestamp().div_euclid(300)..=hours.end.timestamp().div_euclid(300);
                for start in grid.map(|step| DateTime::from_timestamp(step * 300, 0).unwrap()) {
                    let end = start + TimeDelta::minutes(task.minutes.into());
                    let apart = |span: &Span| span.end() + self.pause() <= start || end + self.pause() <= span.start();
                    if hours.start <= start
                        && end <= hours.end
                        && self.frame.not_before <= start
                        && self.frame.deadline.is_none_or(|deadline| end <= deadline)
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

fn frame() -> impl Strategy<Value = Frame> {
    let pause = prop_oneof![Just(5u32), 0u32..45, 0u32..1_000];
    let deadline = prop::option::of(-1_000i64..20_000);
    let weekly = prop::option::of(10u32..1_500);
    let daily = prop::option::of(10u32..600);
    let beginning = (0..BEGINNINGS.len(), 0i64..300_000_000);
    (beginning, working_hours(), pause, deadline, (weekly, daily), 0u32..13).prop_map(
        |((place, millis), hours, pause_minutes, deadline, (minutes_per_week, minutes_per_day), horizon_days)| {
            let (zone, beginning) = BEGINNINGS[place];
            let not_before = at(beginning) + TimeDelta::milliseconds(millis);
            let deadline = deadline.map(|minutes| not_before + TimeDelta::minutes(minutes));
            let zone = Zone::new(zone).unwrap();
            Frame { zone, hours, pause_minutes, not_before, deadline, minutes_per_week, minutes_per_day, horizon_days }
        },
    )
}

/// Tasks that depend on some of those before them or, turned around, behind them.
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

fn scene() -> impl Strategy<Value = Scene> {
    let minutes = prop_oneof![3 => 1i64..200, 1 => 1i64..2_000];
    let block = (-3_000i64..18_000, 0i64..60_000, minutes);
    (tasks(), frame(), prop::collection::vec(block, 0..30)).prop_map(|(tasks, frame, blocks)| {
        let span = |(minutes, millis, length): &(i64, i64, i64)| {
            // Half of the blocks lie on full minutes, as most do.
            let millis = if millis % 2 == 0 { 0 } else { *millis };
            let start = frame.not_before + TimeDelta::minutes(*minutes) + TimeDelta::milliseconds(millis);
            Span::starting(start, TimeDelta::minutes(*length)).unwrap()
        };
        Scene { busy: blocks.iter().map(span).collect(), tasks, frame }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2 * ProptestConfig::default().cases, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn tasks_keep_off_blocks_and_each_other_by_the_pause(scene in scene()) {
        let placed = scene.place().placed;
        for (index, one) in placed.iter().enumerate() {
            let others = placed[index + 1..].iter().map(|other| other.span);
            for other in scene.busy.iter().copied().chain(others) {
                prop_assert!(!one.span.overlaps(other));
                let apart = (other.start() - one.span.end()).max(one.span.start() - other.end());
                prop_assert!(apart >= scene.pause(), "{:?} and {:?}", one.span, other);
            }
        }
    }

    #[test]
    fn tasks_lie_within_the_hours_of_one_working_day(scene in scene()) {
        let Frame { zone, hours, .. } = &scene.frame;
        for placed in scene.place().placed {
            let date = scene.day_of(placed.span);
            prop_assert!(date.is_some(), "{:?}", placed.span);
            let date = date.unwrap();
            // The last moment and not the end: before a day that the date line skips, the end is on the day after it.
            let last = placed.span.end() - TimeDelta::milliseconds(1);
            let [start, last] = [placed.span.start(), last].map(|instant| zone.wall(instant));
            prop_assert!(hours.days().any(|day| day == start.weekday()));
            prop_assert_eq!(start.date(), date);
            let midnight = |days| zone.day_start(date + Days::new(days));
            if midnight(1) - midnight(0) == TimeDelta::days(1) {
                let minutes = |wall: chrono::NaiveDateTime| (wall - date.and_hms_opt(0, 0, 0).unwrap()).num_minutes();
                prop_assert!(minutes(start) >= hours.from().minutes().into());
                prop_assert!(minutes(last) < hours.to().minutes().into());
            }
        }
    }

    #[test]
    fn tasks_keep_to_the_frame_and_start_on_full_five_minutes(scene in scene()) {
        let Frame { zone, not_before, deadline, minutes_per_week, .. } = &scene.frame;
        let mut weeks = BTreeMap::new();
        for placed in scene.place().placed {
            prop_assert!(placed.span.start() >= *not_before);
            prop_assert!(deadline.is_none_or(|deadline| placed.span.end() <= deadline));
            prop_assert_eq!(placed.span.length(), TimeDelta::minutes(scene.tasks[placed.task].minutes.into()));
            let start = zone.wall(placed.span.start());
            prop_assert_eq!((start.minute() % 5, start.second(), start.nanosecond()), (0, 0, 0));
            let used = weeks.entry(start.date().iso_week()).or_insert(0);
            *used += scene.tasks[placed.task].minutes;
            prop_assert!(minutes_per_week.is_none_or(|limit| *used <= limit));
        }
    }

    #[test]
    fn tasks_come_after_what_they_depend_on(scene in scene()) {
        let placed = scene.place().placed;
        let span = |task| placed.iter().find(|placed| placed.task == task).map(|placed| placed.span);
        for one in &placed {
            for on in &scene.tasks[one.task].depends_on {
                let before = span(*on);
                prop_assert!(before.is_some_and(|before| before.end() + scene.pause() <= one.span.start()));
            }
        }
    }

    #[test]
    fn each_task_is_placed_or_unplaced_exactly_once(scene in scene()) {
        let placement = scene.place();
        let unplaced = placement.unplaced.iter().map(|unplaced| unplaced.task);
        let mut tasks: Vec<usize> = placement.placed.iter().map(|placed| placed.task).chain(unplaced.clone()).collect();
        tasks.sort_unstable();
        prop_assert_eq!(tasks, (0..scene.tasks.len()).collect::<Vec<_>>());
        for one in &placement.unplaced {
            prop_assert!(!one.why.to_string().is_empty());
            match one.why {
                Why::DependsOnUnplaced { on } => prop_assert!(unplaced.clone().any(|task| task == on)),
                Why::UnknownDependency { .. } | Why::Circle => prop_assert!(false, "{:?}", one),
                Why::NoRoomBeforeDeadline => prop_assert!(scene.frame.deadline.is_some()),
                _ => {}
            }
        }
    }

    #[test]
    fn no_task_could_have_started_earlier(scene in scene()) {
        let mut spans = vec![None; scene.tasks.len()];
        for placed in scene.place().placed {
            spans[placed.task] = Some(placed.span);
        }
        prop_assert_eq!(spans, scene.place_by_trying());
    }

    #[test]
    fn the_answer_depends_on_the_input_alone_and_not_on_the_order_of_blocks(
        (scene, shuffled) in scene().prop_flat_map(|scene| {
            let busy = Just(scene.busy.clone()).prop_shuffle();
            (Just(scene), busy)
        })
    ) {
        let placement = scene.place();
        prop_assert_eq!(&scene.place(), &placement);
        prop_assert_eq!(&Scene { busy: shuffled, ..scene }.place(), &placement);
    }

    /// What lets a person keep a part of a proposal and have the rest placed anew.
    #[test]
    fn placing_the_rest_around_kept_tasks_changes_nothing(scene in scene(), kept in prop::collection::vec(any::<bool>(), 14)) {
        let mut scene = scene;
        (scene.frame.minutes_per_week, scene.frame.minutes_per_day) = (None, None);
        scene.tasks.iter_mut().for_each(|task| task.depends_on.clear());
        let placement = scene.place();
        let (kept, rest): (Vec<Placed>, Vec<Placed>) = placement.placed.into_iter().partition(|placed| kept[placed.task]);
        let mut indexes: Vec<usize> = rest.iter().map(|placed| placed.task).collect();
        indexes.sort_unstable();
        let again = Scene {
            tasks: indexes.iter().map(|index| scene.tasks[*index].clone()).collect(),
            busy: scene.busy.iter().copied().chain(kept.iter().map(|placed| placed.span)).collect(),
            frame: scene.frame.clone(),
        };
        let placed: Vec<_> = again.place().placed.iter().map(|placed| (indexes[placed.task], placed.span)).collect();
        let before: Vec<_> = rest.iter().map(|placed| (placed.task, placed.span)).collect();
        prop_assert_eq!(placed, before);
    }
}

proptest! {
    // Few: each can look at the days of two centuries.
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases / 10, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_input_panics(
        tasks in prop::collection::vec((any::<u32>(), prop::collection::vec(0usize..12, 0..4)), 0..10),
        start in prop_oneof![Just(DateTime::<Utc>::MIN_UTC), Just(DateTime::<Utc>::MAX_UTC), (-10_000_000_000i64..10_000_000_000).prop_map(|seconds| DateTime::from_timestamp(seconds, 999_999_999).unwrap())],
        deadline in prop::option::of(prop_oneof![Just(DateTime::<Utc>::MIN_UTC), Just(DateTime::<Utc>::MAX_UTC)]),
        (pause_minutes, minutes_per_week, minutes_per_day) in any::<(u32, Option<u32>, Option<u32>)>(),
        horizon_days in prop_oneof![0u32..400, Just(u32::MAX)],
        scene in scene(),
    ) {
        let count = tasks.len();
        let tasks: Vec<Task> = tasks.iter().map(|(minutes, on)| task(minutes % 2_000, Priority::Low, on)).chain([task(u32::MAX, Priority::High, &[]), task(0, Priority::High, &[usize::MAX])]).collect();
        let frame = Frame { pause_minutes, minutes_per_week, minutes_per_day, horizon_days, not_before: start, deadline, ..scene.frame };
        let placement = place(&tasks, &scene.busy, &frame);
        prop_assert_eq!(placement.placed.len() + placement.unplaced.len(), count + 2);
    }
}

#[test]
fn the_last_moments_in_which_a_block_can_lie_are_used_and_none_after() {
    let frame = Frame { hours: hours(&WEEK, "00:00", "24:00"), ..Frame::new(Zone::UTC, at("2200-12-31T22:51:00Z")) };
    let placement = place(&[task(60, Priority::High, &[]), task(60, Priority::Low, &[])], &[], &frame);
    assert_eq!(placement.placed.len(), 1);
    assert_eq!(placement.placed[0].span.start(), at("2200-12-31T22:55:00Z"));
}
