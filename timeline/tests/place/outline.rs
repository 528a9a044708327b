//! Laws and examples of plans with sessions.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, TimeDelta, Timelike, Utc, Weekday};
use flux_timeline::free_time::{Activity, ActivityHours, DayTime, WorkingHours};
use flux_timeline::limits::TASKS_PER_RUN;
use flux_timeline::outline::{Outline, Phase, Proposal, left_out, notes, propose};
use flux_timeline::place::{Horizon, Task};
use flux_timeline::{Moment, Priority, Settings, Span, Title, Zone};
use proptest::prelude::*;

use crate::scene::{WEEK, at, hours, task};

fn phase(title: &str, minutes: u32, per_week: u32, weeks: Option<u32>) -> Phase {
    Phase { title: Title::new(title).unwrap(), description: None, minutes, per_week, weeks, milestone: None }
}

/// A goal in Oslo, from Monday, 2 March 2026, 10:00 on.
#[derive(Debug, Clone)]
struct Goal {
    outline: Outline,
    busy: Vec<Span>,
    horizon: Horizon,
}

impl Goal {
    fn new(activity: Activity, phases: Vec<Phase>, deadline: &str) -> Self {
        let horizon = Horizon {
            deadline: Some(at(deadline)),
            ..Horizon::new(Zone::new("Europe/Oslo").unwrap(), at("2026-03-02T09:00:00Z"))
        };
        Self { outline: Outline { activity, tasks: Vec::new(), phases }, busy: Vec::new(), horizon }
    }

    fn propose(&self) -> Proposal {
        propose(&self.outline, &self.busy, &self.horizon)
    }

    /// All times, those of tasks and of sessions.
    fn spans(&self, proposal: &Proposal) -> Vec<Span> {
        let tasks = proposal.tasks.placed.iter().map(|placed| placed.span);
        tasks.chain(proposal.sessions.iter().map(|session| session.span)).collect()
    }

    fn date(&self, instant: DateTime<Utc>) -> NaiveDate {
        self.horizon.zone.wall(instant).date()
    }

    /// The minutes of each week, by its Monday.
    fn minutes_by_week(&self, proposal: &Proposal) -> BTreeMap<NaiveDate, i64> {
        let mut weeks = BTreeMap::new();
        for span in self.spans(proposal) {
            *weeks.entry(monday(self.date(span.start()))).or_insert(0) += span.length().num_minutes();
        }
        weeks
    }

    /// The Mondays of the weeks that lie between the moment and the deadline with all of their days.
    fn full_weeks(&self, proposal: &Proposal) -> Vec<NaiveDate> {
        let first = self.date(self.horizon.not_before) + TimeDelta::days(1);
        let last = self.date(proposal.end.unwrap() - TimeDelta::milliseconds(1));
        let mondays = std::iter::successors(Some(monday(first)), |monday| Some(*monday + TimeDelta::weeks(1)));
        mondays.skip_while(|monday| *monday < first).take_while(|monday| *monday + TimeDelta::days(6) < last).collect()
    }

    /// The minutes a week that are wanted, if they are the same in all phases.
    fn wanted(&self) -> i64 {
        let own = self.outline.phases.first().map(|phase| phase.minutes * phase.per_week).unwrap_or_default();
        i64::from(self.horizon.minutes_per_week.unwrap_or(own))
    }
}

fn monday(date: NaiveDate) -> NaiveDate {
    date - TimeDelta::days(date.weekday().num_days_from_monday().into())
}

/// The times of sessions as text, by the clock in Oslo.
fn times(goal: &Goal) -> Vec<String> {
    let wall = |instant| goal.horizon.zone.wall(instant);
    let text =
        |span: Span| format!("{}–{}", wall(span.start()).format("%a %d %b %H:%M"), wall(span.end()).format("%H:%M"));
    goal.propose().sessions.iter().map(|session| text(session.span)).collect()
}

#[test]
fn three_hours_a_week_are_two_evenings_until_the_deadline() {
    let mut goal = Goal::new(Activity::Study, vec![phase("Lesson", 90, 3, None)], "2026-03-22T23:00:00Z");
    goal.horizon.minutes_per_week = Some(180);
    assert_eq!(
        times(&goal),
        [
            "Mon 02 Mar 18:30–20:00",
            "Thu 05 Mar 18:30–20:00",
            "Mon 09 Mar 18:30–20:00",
            "Thu 12 Mar 18:30–20:00",
            "Mon 16 Mar 18:30–20:00",
            "Thu 19 Mar 18:30–20:00",
        ]
    );
}

#[test]
fn the_person_chooses_the_hours_and_how_long_sessions_are() {
    let mut goal = Goal::new(Activity::Study, vec![phase("Lesson", 90, 2, Some(2))], "2026-03-15T23:00:00Z");
    goal.horizon.session_minutes = Some(45);
    let times_of_day = (DayTime::read("12:00").unwrap(), DayTime::read("13:00").unwrap());
    let lunch = ActivityHours::new(&[], Some(&[Weekday::Tue, Weekday::Wed, Weekday::Fri]), Some(times_of_day));
    goal.horizon.activity_hours = Some(lunch.unwrap());
    let planned =
        ["Tue 03 Mar 12:00–12:45", "Fri 06 Mar 12:00–12:45", "Tue 10 Mar 12:00–12:45", "Fri 13 Mar 12:00–12:45"];
    assert_eq!(times(&goal), planned, "as often as the phase says");
    goal.horizon.minutes_per_week = Some(135);
    assert_eq!(times(&goal).len(), 6, "three of 45 minutes");
    (goal.horizon.session_minutes, goal.horizon.minutes_per_week) = (Some(600), None);
    assert!(times(&goal).iter().all(|time| time.ends_with("12:00–13:00")), "no longer than the hours");

    let mut open = Goal::new(Activity::Study, vec![phase("Lesson", 90, 2, Some(2))], "2026-03-15T23:00:00Z");
    (open.horizon.deadline, open.horizon.session_minutes) = (None, Some(45));
    assert_eq!(open.propose().sessions.len(), 8, "shorter sessions take more weeks");
}

#[test]
fn a_session_whose_time_is_taken_goes_to_the_nearest_free_time_of_its_week() {
    let mut goal = Goal::new(Activity::Study, vec![phase("Lesson", 60, 6, None)], "2026-04-05T22:00:00Z");
    goal.busy = vec![
        Span::new(at("2026-03-10T17:00:00Z"), at("2026-03-10T18:00:00Z")).unwrap(),
        Span::new(at("2026-03-12T17:00:00Z"), at("2026-03-12T22:00:00Z")).unwrap(),
    ];
    let own = times(&goal);
    assert!(own.contains(&"Tue 10 Mar 19:05–20:05".to_owned()), "later on the same day: {own:?}");
    assert!(own.contains(&"Sun 15 Mar 18:30–19:30".to_owned()), "on the only day of the week without one: {own:?}");
    assert!(own.contains(&"Thu 19 Mar 18:30–19:30".to_owned()), "other weeks stay the same: {own:?}");
    assert_eq!(goal.propose().missed, [0]);
}

#[test]
fn sessions_without_free_time_are_counted_and_not_moved_to_another_week() {
    let mut goal = Goal::new(Activity::Training, vec![phase("Run", 60, 3, None)], "2026-03-22T23:00:00Z");
    // A week away from home.
    goal.busy = vec![Span::new(at("2026-03-08T23:00:00Z"), at("2026-03-15T23:00:00Z")).unwrap()];
    let proposal = goal.propose();
    assert_eq!(proposal.missed, [3]);
    assert_eq!(goal.minutes_by_week(&proposal).into_values().collect::<Vec<_>>(), [180, 180]);
}

#[test]
fn tasks_count_towards_the_hours_of_their_week() {
    let mut goal = Goal::new(Activity::Study, vec![phase("Lesson", 90, 2, None)], "2026-03-29T22:00:00Z");
    goal.outline.tasks = vec![task(60, Priority::High, &[]), task(30, Priority::High, &[0])];
    goal.horizon.minutes_per_week = Some(180);
    assert_eq!(goal.minutes_by_week(&goal.propose()).into_values().collect::<Vec<_>>(), [180, 180, 180, 180]);
}

#[test]
fn what_comes_after_all_sessions_comes_shortly_before_the_deadline() {
    let mut goal = Goal::new(Activity::Study, vec![phase("Lesson", 60, 3, None)], "2026-04-30T22:00:00Z");
    goal.outline.tasks = vec![
        task(45, Priority::High, &[]),
        Task { after_sessions: true, ..task(60, Priority::High, &[0]) },
        task(30, Priority::Low, &[1]),
    ];
    let proposal = goal.propose();
    assert_eq!(proposal.tasks.unplaced, []);
    let last = proposal.sessions.last().unwrap().span;
    let starts: Vec<_> = proposal.tasks.placed.iter().map(|placed| (placed.task, placed.span.start())).collect();
    assert!(starts[0].1 < at("2026-03-04T00:00:00Z") && starts[1].1 > last.end() && starts[2].1 > starts[1].1);
    assert!(starts[1].1 > at("2026-04-28T00:00:00Z"), "{starts:?}");
}

#[test]
fn without_a_deadline_it_takes_as_long_as_its_phases() {
    for (weeks, minutes_per_week, expected) in
        [(Some(4), None, 8), (None, None, 24), (Some(4), Some(60), 8), (Some(100), None, 52)]
    {
        let mut goal = Goal::new(Activity::Study, vec![phase("Lesson", 60, 2, weeks)], "2026-03-22T23:00:00Z");
        goal.horizon.deadline = None;
        goal.horizon.minutes_per_week = minutes_per_week;
        assert_eq!(goal.propose().sessions.len(), expected, "{weeks:?} {minutes_per_week:?}");
    }
}

#[test]
fn a_deadline_that_is_years_away_is_planned_as_far_as_the_blocks_reach() {
    let goal = Goal::new(Activity::Other, vec![phase("Page", 30, 7, None)], "2030-03-22T23:00:00Z");
    let proposal = goal.propose();
    assert!(proposal.is_cut);
    assert_eq!(proposal.sessions.len(), TASKS_PER_RUN);
    assert!(proposal.sessions.is_sorted_by_key(|session| session.span));
}

#[test]
fn phases_follow_each_other() {
    let phases = vec![phase("Base", 45, 3, Some(8)), phase("Build", 60, 4, Some(6)), phase("Taper", 30, 2, Some(2))];
    let goal = Goal::new(Activity::Training, phases, "2026-06-21T22:00:00Z");
    let proposal = goal.propose();
    assert!(proposal.sessions.is_sorted_by_key(|session| session.phase));
    let counts = (0..3).map(|index| proposal.sessions.iter().filter(|session| session.phase == index).count());
    assert_eq!(counts.collect::<Vec<_>>(), [24, 24, 4]);
    assert_eq!(proposal.weekly, Some((60, 240)));
}

/// What the person is told about a goal, and what is left out.
fn told(goal: &Goal) -> (Vec<String>, Vec<String>) {
    let settings = Settings { time_zone: Some(goal.horizon.zone), ..Settings::default() };
    let moment = Moment::new(goal.horizon.not_before, &settings);
    let proposal = goal.propose();
    let left_out = left_out(&goal.outline, &proposal);
    let left_out = left_out.iter().map(|left| format!("{}: {}", left.title, left.why)).collect();
    (notes(&goal.outline, &proposal, &goal.horizon, &moment), left_out)
}

#[test]
fn the_person_is_told_the_hours_and_the_milestones() {
    let milestone = |title: &str, milestone: &str| Phase {
        milestone: Some(Title::new(milestone).unwrap()),
        ..phase(title, 90, 2, Some(2))
    };
    let phases = vec![milestone("Lesson", "Order a meal"), milestone("Talk", "Tell a story")];
    let (notes, left_out) = told(&Goal::new(Activity::Study, phases, "2026-03-29T22:00:00Z"));
    let milestones = "Milestones:\n\n- Thu 12 Mar: Order a meal\n- Thu 26 Mar: Tell a story";
    assert_eq!((notes, left_out), (vec!["A full week has 3 h of it.".to_owned(), milestones.to_owned()], vec![]));
}

#[test]
fn the_person_is_told_what_does_not_fit_and_what_would_help() {
    let lesson = |weeks| vec![phase("Lesson", 60, 3, weeks)];
    let mut short = Goal::new(Activity::Study, lesson(Some(20)), "2026-03-29T22:00:00Z");
    let shortfall = "This usually takes about 60 h, and 12 h of it are planned, so the goal will hardly be reached by then. About 15 h a \
                     week would help, or 16 weeks more.";
    assert_eq!(told(&short).0[1..], [shortfall]);

    short.outline.phases = lesson(Some(5));
    assert_eq!(told(&short).0.len(), 1, "a little less time is enough");

    let mut open = short.clone();
    open.horizon.deadline = None;
    assert_eq!(told(&open).0[1..], ["You named no deadline, so sessions are planned until Fri 3 Apr."]);
    open.outline.phases = lesson(Some(80));
    assert!(
        told(&open).0.iter().any(|note| note.starts_with("This usually takes about 240 h, and 78 h of it are planned"))
    );
    let in_a_week = |number| phase(&format!("Phase {number}"), 60, 2, Some(1));
    open.outline.phases = (1..=4).map(in_a_week).collect();
    open.horizon.minutes_per_week = Some(480);
    assert_eq!(told(&open).1, [""; 0], "each phase has a week of its own");

    let mut busy = short.clone();
    busy.busy = vec![Span::new(at("2026-03-08T23:00:00Z"), at("2026-03-15T23:00:00Z")).unwrap()];
    let (notes, left_out) = told(&busy);
    assert_eq!(left_out, ["Lesson: 3 sessions of it find no free time in their weeks."]);
    assert!(notes.iter().any(|note| note.starts_with("3 sessions found no free time in their weeks")), "{notes:?}");

    let mut eager = short.clone();
    eager.horizon.minutes_per_week = Some(3_000);
    let asked =
        "You asked for 50 h a week. With one session a day, there is room for 24 h 30 min; wider hours would help.";
    assert_eq!(told(&eager).0[1], asked);

    let years = Goal::new(Activity::Other, vec![phase("Page", 30, 7, None)], "2030-03-22T23:00:00Z");
    let cut = "A goal adds at most 200 tasks at once, so it is planned until Thu 17 Sep and not to its end. Start the goal again \
               then to plan the rest.";
    assert_eq!(told(&years).0[1..], [cut]);

    let many = (1..=3).map(|number| phase(&format!("Phase {number}"), 60, 2, None)).collect();
    let week = Goal::new(Activity::Study, many, "2026-03-15T23:00:00Z");
    assert_eq!(told(&week).1, ["Phase 3: There is no week for it in the time that is planned."]);
}

fn goals() -> impl Strategy<Value = Goal> {
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
fn allowed(activity: Activity, hours: WorkingHours, date: NaiveDate) -> Vec<(i64, i64)> {
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

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases / 4, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_overlaps_and_all_lies_before_the_deadline(goal in goals()) {
        let proposal = goal.propose();
        let pause = TimeDelta::minutes(goal.horizon.break_minutes.into());
        let spans = goal.spans(&proposal);
        for (index, one) in spans.iter().enumerate() {
            prop_assert!(one.start() >= goal.horizon.not_before && Some(one.end()) <= goal.horizon.deadline);
            for other in goal.busy.iter().chain(&spans[index + 1..]) {
                let apart = (other.start() - one.end()).max(one.start() - other.end());
                prop_assert!(apart >= pause, "{one:?} and {other:?}");
            }
        }
    }

    #[test]
    fn everything_lies_in_the_hours_of_the_activity(goal in goals()) {
        let proposal = goal.propose();
        for span in goal.spans(&proposal) {
            let [start, end] = [span.start(), span.end()].map(|instant| goal.horizon.zone.wall(instant));
            let minutes = |wall: chrono::NaiveDateTime| (wall - start.date().and_time(NaiveTime::MIN)).num_minutes();
            let windows = allowed(goal.outline.activity, goal.horizon.hours, start.date());
            prop_assert!(windows.iter().any(|(from, to)| *from <= minutes(start) && minutes(end) <= *to), "{start} {windows:?}");
            prop_assert_eq!((start.minute() % 5, start.second()), (0, 0));
        }
    }

    #[test]
    fn a_day_has_one_session_at_most_and_phases_follow_each_other(goal in goals()) {
        let proposal = goal.propose();
        let dates: Vec<NaiveDate> = proposal.sessions.iter().map(|session| goal.date(session.span.start())).collect();
        prop_assert!(dates.windows(2).all(|pair| pair[0] < pair[1]), "{dates:?}");
        prop_assert!(proposal.sessions.is_sorted_by_key(|session| session.phase));
        prop_assert!(proposal.sessions.len() + goal.outline.tasks.len() <= TASKS_PER_RUN);
    }

    #[test]
    fn no_week_has_more_minutes_than_were_named(goal in goals()) {
        if let Some(limit) = goal.horizon.minutes_per_week {
            for (monday, minutes) in goal.minutes_by_week(&goal.propose()) {
                prop_assert!(minutes <= limit.into(), "{monday}: {minutes} of {limit}");
            }
        }
    }

    #[test]
    fn each_full_week_until_the_deadline_has_its_minutes_if_there_is_room(goal in goals(), minutes in 60u32..300) {
        let mut goal = goal;
        goal.busy.clear();
        goal.outline.tasks.clear();
        goal.horizon.hours = WorkingHours::default();
        goal.horizon.minutes_per_week = Some(minutes);
        let proposal = goal.propose();
        prop_assert_eq!(proposal.missed.iter().sum::<u32>(), 0);
        let weeks = goal.minutes_by_week(&proposal);
        for monday in goal.full_weeks(&proposal) {
            let planned = weeks.get(&monday).copied().unwrap_or_default();
            prop_assert!((planned - goal.wanted()).abs() * 100 <= 15 * goal.wanted(), "{monday}: {planned} of {}", goal.wanted());
        }
    }

    #[test]
    fn a_week_lacks_a_session_only_if_its_free_days_have_one(goal in goals()) {
        let mut goal = goal;
        // Whole days are taken or free.
        goal.horizon.hours = WorkingHours::default();
        goal.outline.tasks.clear();
        let taken: Vec<NaiveDate> = goal.busy.iter().map(|span| goal.date(span.start())).collect();
        let day = |date: &NaiveDate| Span::starting(goal.horizon.zone.day_start(*date), TimeDelta::hours(23)).unwrap();
        goal.busy = taken.iter().map(day).collect();
        let proposal = goal.propose();
        let planned: Vec<NaiveDate> = proposal.sessions.iter().map(|session| goal.date(session.span.start())).collect();
        let full = goal.full_weeks(&proposal);
        let has_free_day = |monday: &NaiveDate| (0..7).map(|day| *monday + TimeDelta::days(day)).any(|date| {
            !taken.contains(&date) && !planned.contains(&date) && !allowed(goal.outline.activity, goal.horizon.hours, date).is_empty()
        });
        let without = full.iter().filter(|monday| !has_free_day(monday)).count();
        // The first and the last week can lack sessions, too.
        let most = u32::try_from(without + 2).unwrap() * 7;
        prop_assert!(proposal.missed.iter().sum::<u32>() <= most);
        prop_assert!(without > 0 || full.len() < 3 || proposal.sessions.len() >= full.len());
    }

    #[test]
    fn tasks_come_after_what_they_depend_on(goal in goals()) {
        let proposal = goal.propose();
        let span = |task| proposal.tasks.placed.iter().find(|placed| placed.task == task).map(|placed| placed.span);
        for placed in &proposal.tasks.placed {
            for on in &goal.outline.tasks[placed.task].depends_on {
                prop_assert!(span(*on).is_some_and(|before| before.end() <= placed.span.start()));
            }
        }
    }

    #[test]
    fn the_same_goal_has_the_same_plan(goal in goals()) {
        let shuffled = Goal { busy: goal.busy.iter().rev().copied().collect(), ..goal.clone() };
        prop_assert_eq!(goal.propose(), shuffled.propose());
    }
}
