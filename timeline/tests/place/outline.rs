//! Examples of plans with sessions.

use chrono::{TimeDelta, Weekday};
use flux_timeline::free_time::{Activity, ActivityHours, DayTime, PartOfDay};
use flux_timeline::limits::TASKS_PER_RUN;
use flux_timeline::outline::{Phase, left_out, notes};
use flux_timeline::place::Task;
use flux_timeline::{Moment, Priority, Settings, Span, Title};

use crate::goal::{Goal, monday, phase};
use crate::scene::{WEEK, at, hours, task};

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
fn what_the_evenings_lack_is_at_the_weekend() {
    let mut goal = Goal::new(Activity::Study, vec![phase("Lesson", 60, 7, None)], "2026-03-15T23:00:00Z");
    goal.horizon.hours = hours(&WEEK[..5], "09:00", "20:00");
    goal.horizon.minutes_per_week = Some(15 * 60);
    let planned = goal.propose();
    assert_eq!((planned.weekly, planned.missed.as_slice()), (Some((900, 900)), [0].as_slice()));
    assert_eq!(times(&goal)[4..7], ["Fri 06 Mar 20:30–22:00", "Sat 07 Mar 09:00–12:45", "Sun 08 Mar 09:00–12:45"]);
}

#[test]
fn a_session_that_is_moved_over_a_change_of_the_clocks_keeps_its_hour() {
    let mut goal = Goal::new(Activity::Study, vec![phase("Lesson", 60, 1, None)], "2026-03-29T22:00:00Z");
    let evening = (DayTime::read("18:00").unwrap(), DayTime::read("22:00").unwrap());
    goal.horizon.activity_hours = Some(ActivityHours::new(&[], None, Some(evening)).unwrap());
    goal.busy = (22..28)
        .map(|day| Span::starting(at(&format!("2026-03-{day}T23:00:00Z")), TimeDelta::hours(23)).unwrap())
        .collect();
    assert_eq!(times(&goal).last().unwrap(), "Sun 29 Mar 18:00–19:00");
}

#[test]
fn only_the_next_day_is_beside_a_session() {
    let mut goal = Goal::new(Activity::Study, vec![phase("Lesson", 60, 2, None)], "2026-03-22T23:00:00Z");
    let (days, evening) = ([Weekday::Mon, Weekday::Wed, Weekday::Fri, Weekday::Sun], [PartOfDay::Evening]);
    goal.horizon.activity_hours = Some(ActivityHours::new(&evening, Some(&days), None).unwrap());
    goal.horizon.deadline = Some(at("2026-04-05T22:00:00Z"));
    goal.busy = vec![Span::new(at("2026-03-13T15:00:00Z"), at("2026-03-13T23:00:00Z")).unwrap()];
    let own = times(&goal);
    assert!(own.contains(&"Fri 06 Mar 18:30–19:30".to_owned()), "{own:?}");
    assert!(own.contains(&"Wed 11 Mar 18:30–19:30".to_owned()), "Tuesday, without hours, is a day of rest: {own:?}");
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
fn sessions_begin_before_long_tasks_are_done() {
    let mut goal = Goal::new(Activity::Study, vec![phase("Lesson", 60, 1, None)], "2026-08-30T22:00:00Z");
    goal.outline.tasks = (0..10).map(|_| task(60, Priority::Medium, &[])).collect();
    goal.horizon.minutes_per_week = Some(60);
    let proposal = goal.propose();
    assert_eq!(proposal.tasks.unplaced, []);
    let weeks = goal.minutes_by_week(&proposal);
    assert!(weeks.values().all(|minutes| *minutes == 60), "{weeks:?}");
    let of_tasks = |goal: &Goal| {
        goal.propose().tasks.placed.iter().map(|placed| monday(goal.date(placed.span.start()))).collect::<Vec<_>>()
    };
    let tasks = of_tasks(&goal);
    assert!(tasks.windows(2).all(|pair| pair[1] - pair[0] == TimeDelta::weeks(2)), "every other week: {tasks:?}");

    // Of three hours, a longer task leaves one, and the shorter ones half.
    goal.horizon.minutes_per_week = Some(180);
    goal.outline.tasks = [120, 60, 30, 45].map(|minutes| task(minutes, Priority::Medium, &[])).to_vec();
    let (first, next) = (monday(goal.date(goal.horizon.not_before)), TimeDelta::weeks(2));
    assert_eq!(of_tasks(&goal), [first, first + next, first + next, first + next + TimeDelta::weeks(1)]);
    assert!(goal.minutes_by_week(&goal.propose()).values().all(|minutes| *minutes == 180));
}

#[test]
fn what_comes_after_all_sessions_never_comes_before_them() {
    let mut goal = Goal::new(Activity::Study, vec![phase("Lesson", 60, 3, None)], "2026-06-28T22:00:00Z");
    goal.outline.tasks = vec![Task { after_sessions: true, ..task(60, Priority::High, &[]) }];
    // Away in the last six weeks.
    let away = |day| Span::starting(at("2026-05-17T22:00:00Z") + TimeDelta::days(day), TimeDelta::days(1)).unwrap();
    goal.busy = (0..42).map(away).collect();
    let proposal = goal.propose();
    let why: Vec<String> = proposal.tasks.unplaced.iter().map(|left| left.why.to_string()).collect();
    assert_eq!(why, ["There is no room for it after the sessions and before the deadline."]);
    assert!(!proposal.sessions.is_empty());

    // Two days are left, of which the second one is for the end.
    goal.horizon.deadline = Some(at("2026-03-03T23:00:00Z"));
    goal.outline.tasks[0].minutes = 30;
    let proposal = goal.propose();
    let (session, test) = (proposal.sessions[0].span, proposal.tasks.placed[0].span);
    assert!(session.end() <= test.start(), "{session:?} {test:?}");
}

#[test]
fn tasks_are_split_for_the_hours_of_the_activity() {
    let mut goal = Goal::new(Activity::Study, vec![], "2026-03-22T23:00:00Z");
    goal.outline.tasks = vec![task(400, Priority::Medium, &[]), task(60, Priority::Medium, &[0])];
    assert_eq!(goal.outline.fitted(&goal.horizon).outline, goal.outline, "a Saturday is long enough");
    let evenings = ActivityHours::new(&[PartOfDay::Evening], None, None).unwrap();
    goal.horizon.activity_hours = Some(evenings);
    let fitted = goal.outline.fitted(&goal.horizon);
    let of = |task: &Task| (task.title.to_string(), task.minutes, task.depends_on.clone());
    let expected = [("Task (1/2)", 200, vec![]), ("Task (2/2)", 200, vec![0]), ("Task", 60, vec![1])];
    let expected = expected.map(|(title, minutes, on)| (title.to_owned(), minutes, on));
    assert_eq!(fitted.outline.tasks.iter().map(of).collect::<Vec<_>>(), expected);
    assert_eq!(fitted.tasks, [0, 0, 1]);
    assert_eq!(fitted.outline.fitted(&goal.horizon).outline, fitted.outline);
    let unplaced = goal.propose().tasks.unplaced;
    assert_eq!(
        unplaced[0].why.to_string(),
        "It takes 6 h 40 min, and a day has 3 h 30 min for it. Split it, or choose longer hours for it."
    );
    goal.outline.tasks = vec![task(480, Priority::Medium, &[]); 80];
    assert_eq!(goal.outline.fitted(&goal.horizon).outline, goal.outline, "240 are too many");
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
    assert!(
        notes.iter().any(|note| note.starts_with(
            "3 sessions found no free time in their weeks. Sessions are in the evening and at weekends; more"
        )),
        "{notes:?}"
    );

    let mut eager = short.clone();
    eager.horizon.minutes_per_week = Some(3_000);
    let asked = "You asked for 50 h a week. With one session a day in the evening and at weekends, there is room for 33 h 30 min; longer \
                 hours for it would help.";
    assert_eq!(told(&eager).0[1], asked);

    let years = Goal::new(Activity::Other, vec![phase("Page", 30, 7, None)], "2030-03-22T23:00:00Z");
    let cut = "A goal adds at most 200 tasks at once, so it is planned until Thu 17 Sep and not to its end. Start the goal again \
               then to plan the rest.";
    assert_eq!(told(&years).0[1..], [cut]);

    let many = (1..=3).map(|number| phase(&format!("Phase {number}"), 60, 2, None)).collect();
    let week = Goal::new(Activity::Study, many, "2026-03-15T23:00:00Z");
    assert_eq!(told(&week).1, ["Phase 3: There is no week for it in the time that is planned."]);
}
