//! Laws and examples of new times for missed sessions.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use flux_timeline::free_time::{Activity, ActivityHours, PartOfDay};
use flux_timeline::outline::make_up;
use flux_timeline::place::Horizon;
use flux_timeline::{Span, Zone, clock};
use proptest::prelude::*;

use crate::goal::{allowed, monday};
use crate::scene::at;

/// Studies in Oslo, in the evening and at weekends, from this time on.
fn horizon(not_before: &str) -> Horizon {
    let zone = Zone::new("Europe/Oslo").unwrap();
    let not_before = zone.instant(clock::read_wall(not_before).unwrap());
    Horizon { activity: Activity::Study, ..Horizon::new(zone, not_before) }
}

/// An hour in Oslo from this time on.
fn hour(text: &str) -> Span {
    let zone = Zone::new("Europe/Oslo").unwrap();
    Span::starting(zone.instant(clock::read_wall(text).unwrap()), TimeDelta::hours(1)).unwrap()
}

fn day(date: &str) -> Span {
    Span::starting(hour(&format!("{date}T00:00")).start(), TimeDelta::hours(23)).unwrap()
}

/// The new times of sessions of an hour by the clock in Oslo.
fn times(missed: &[&str], sessions: &[&str], busy: &[Span], horizon: &Horizon) -> Vec<String> {
    let hours = |texts: &[&str]| texts.iter().map(|text| hour(text)).collect::<Vec<_>>();
    let found = make_up(&hours(missed), &hours(sessions), busy, horizon);
    let text = |span: Span| horizon.zone.wall(span.start()).format("%a %d %b %H:%M").to_string();
    found.into_iter().map(|span| span.map_or_else(|| "none".to_owned(), text)).collect()
}

#[test]
fn a_missed_session_gets_the_nearest_time_of_its_week_on_a_day_without_one() {
    let monday = "2026-03-02T18:30";
    let tuesday = horizon("2026-03-03T09:00");
    assert_eq!(times(&[monday], &[], &[], &tuesday), ["Tue 03 Mar 18:30"], "at the same hour");
    assert_eq!(
        times(&["2026-03-03T18:30"], &["2026-03-05T18:30"], &[], &horizon("2026-03-04T19:00")),
        ["Sat 07 Mar 18:30"],
        "Wednesday and Friday are beside Thursday"
    );
    assert_eq!(times(&[monday], &[], &[hour("2026-03-03T18:00")], &tuesday), ["Tue 03 Mar 19:05"], "after a break");
    let later = horizon("2026-03-02T20:10");
    assert_eq!(times(&[monday], &[], &[], &later), ["Mon 02 Mar 20:10"], "later on the same day");
    let others = ["2026-03-03T18:30", "2026-03-04T18:30", "2026-03-05T18:30", "2026-03-06T18:30"];
    let busy = [day("2026-03-07"), day("2026-03-08")];
    assert_eq!(times(&[monday], &others, &busy, &tuesday), ["Tue 03 Mar 19:35"], "all free days have one");
}

#[test]
fn a_week_without_room_does_not_fill_the_next_one() {
    let missed = ["2026-03-05T18:30", "2026-03-06T18:30", "2026-03-02T18:30"];
    assert_eq!(
        times(&missed, &[], &[day("2026-03-07")], &horizon("2026-03-07T09:00")),
        ["Sun 08 Mar 17:25", "Sun 08 Mar 16:20", "Sun 08 Mar 18:30"],
        "in the order of their former times"
    );
    assert_eq!(times(&missed, &[], &[], &horizon("2026-03-08T19:05")), ["none"; 3], "the week is nearly over");
    assert_eq!(times(&missed, &[], &[], &horizon("2026-03-09T09:00")), ["none"; 3], "it is over");
    let deadline = Horizon { deadline: Some(at("2026-03-07T08:30:00Z")), ..horizon("2026-03-07T09:00") };
    assert_eq!(times(&missed, &[], &[], &deadline), ["none"; 3]);
}

#[test]
fn the_hour_is_that_of_the_clock_when_the_clocks_change() {
    let evenings = ActivityHours::new(&[PartOfDay::Evening, PartOfDay::Weekend], None, None).unwrap();
    let horizon = Horizon { activity_hours: Some(evenings), ..horizon("2026-03-28T20:00") };
    assert_eq!(times(&["2026-03-28T10:00"], &[], &[], &horizon), ["Sun 29 Mar 10:00"]);
}

/// A week or two of a goal: what was missed, the other sessions, and what else there is.
#[derive(Debug, Clone)]
struct Week {
    missed: Vec<Span>,
    sessions: Vec<Span>,
    busy: Vec<Span>,
    horizon: Horizon,
}

impl Week {
    fn make_up(&self) -> Vec<Option<Span>> {
        make_up(&self.missed, &self.sessions, &self.busy, &self.horizon)
    }

    fn date(&self, instant: DateTime<Utc>) -> NaiveDate {
        self.horizon.zone.wall(instant).date()
    }
}

fn weeks() -> impl Strategy<Value = Week> {
    let activity = prop::sample::select(vec![Activity::Training, Activity::Study, Activity::Work, Activity::Other]);
    // In minutes from a Monday on, two weeks before the clocks change in the third.
    let spans = |count| prop::collection::vec((0i64..30_240, 5i64..300), 0..count);
    let time = (0i64..30_240, prop::option::of(0i64..30_240), 0u32..30);
    (activity, spans(6), spans(6), spans(30), time).prop_map(|(activity, missed, sessions, busy, time)| {
        let span = |(start, length): &(i64, i64)| {
            Span::starting(hour("2026-03-16T00:00").start() + TimeDelta::minutes(*start), TimeDelta::minutes(*length))
                .unwrap()
        };
        let list = |spans: Vec<(i64, i64)>| spans.iter().map(span).collect::<Vec<_>>();
        let (not_before, deadline, break_minutes) = time;
        let instant = |minutes: i64| span(&(minutes, 1)).start();
        Week {
            missed: list(missed),
            sessions: list(sessions),
            busy: list(busy),
            horizon: Horizon {
                activity,
                break_minutes,
                not_before: instant(not_before),
                deadline: deadline.map(instant),
                ..horizon("2026-03-16T00:00")
            },
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn new_times_are_free_and_keep_to_the_week_and_the_hours(week in weeks()) {
        let found = week.make_up();
        prop_assert_eq!(found.len(), week.missed.len());
        let pause = TimeDelta::minutes(week.horizon.break_minutes.into());
        let spans: Vec<Span> = found.iter().flatten().copied().collect();
        for (index, one) in spans.iter().enumerate() {
            for other in week.busy.iter().chain(&week.sessions).chain(&spans[index + 1..]) {
                let apart = (other.start() - one.end()).max(one.start() - other.end());
                prop_assert!(apart >= pause, "{one:?} and {other:?}");
            }
        }
        for (former, new) in week.missed.iter().zip(&found) {
            let Some(new) = new else { continue };
            prop_assert_eq!(former.length(), new.length());
            let [start, end] = [new.start(), new.end()].map(|instant| week.horizon.zone.wall(instant));
            prop_assert_eq!(monday(start.date()), monday(week.date(former.start())));
            prop_assert!(new.start() >= week.horizon.not_before);
            prop_assert!(week.horizon.deadline.is_none_or(|deadline| new.end() <= deadline));
            let minutes = |wall: chrono::NaiveDateTime| (wall - start.date().and_hms_opt(0, 0, 0).unwrap()).num_minutes();
            let windows = allowed(week.horizon.activity, week.horizon.hours, start.date());
            prop_assert!(windows.iter().any(|(from, to)| *from <= minutes(start) && minutes(end) <= *to), "{new:?}");
        }
    }

    /// The longest free day of the week is looked for in the simplest way.
    #[test]
    fn a_session_has_no_new_time_only_if_its_week_has_no_room(week in weeks()) {
        let found = week.make_up();
        let pause = TimeDelta::minutes(week.horizon.break_minutes.into());
        let taken: Vec<Span> = found.iter().flatten().chain(&week.busy).chain(&week.sessions).copied().collect();
        for (former, new) in week.missed.iter().zip(&found).filter(|(_, new)| new.is_none()) {
            let first = monday(week.date(former.start()));
            for date in first.iter_days().take(7) {
                for (from, to) in allowed(week.horizon.activity, week.horizon.hours, date) {
                    for minutes in (from..=to).filter(|minutes| minutes % 5 == 0) {
                        let midnight = date.and_hms_opt(0, 0, 0).unwrap();
                        let [start, latest] = [minutes, to].map(|minutes| week.horizon.zone.instant(midnight + TimeDelta::minutes(minutes)));
                        let end = start + former.length();
                        let is_free = start >= week.horizon.not_before
                            && end <= week.horizon.deadline.map_or(latest, |deadline| latest.min(deadline))
                            && taken.iter().all(|other| other.end() + pause <= start || end + pause <= other.start());
                        prop_assert!(!is_free, "{former:?} could be at {start}: {new:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_day_gets_a_second_session_only_if_no_other_day_of_the_week_has_room(week in weeks()) {
        // One session, and days that are free or not as a whole.
        let mut week = week;
        week.missed.truncate(1);
        let whole = |span: &Span| Span::starting(week.horizon.zone.day_start(week.date(span.start())), TimeDelta::hours(23)).unwrap();
        week.busy = week.busy.iter().take(8).map(whole).collect();
        week.horizon.deadline = None;
        for (former, new) in week.missed.iter().zip(week.make_up()) {
            let Some(new) = new else { continue };
            let has = |spans: &[Span], date| spans.iter().any(|span| week.date(span.start()) == date);
            if has(&week.sessions, week.date(new.start())) {
                let tomorrow = week.date(week.horizon.not_before).succ_opt().unwrap();
                let rest = tomorrow.iter_days().take_while(|date| monday(*date) == monday(week.date(former.start())));
                for date in rest.filter(|date| !has(&week.busy, *date) && !has(&week.sessions, *date)) {
                    let mut windows = allowed(week.horizon.activity, week.horizon.hours, date).into_iter();
                    prop_assert!(windows.all(|(from, to)| to - from < former.length().num_minutes()), "{date} is free");
                }
            }
        }
    }

    #[test]
    fn the_same_week_has_the_same_times_in_any_order(week in weeks()) {
        let found = week.make_up();
        let reversed = |spans: &[Span]| spans.iter().rev().copied().collect::<Vec<_>>();
        let turned = Week { sessions: reversed(&week.sessions), busy: reversed(&week.busy), ..week.clone() };
        prop_assert_eq!(&turned.make_up(), &found);
    }
}
