//! Laws of recurrence rules, and a comparison with the crate `rrule`.

use std::ops::RangeInclusive;

use chrono::{Datelike, Days, NaiveDateTime, Weekday};
use flux_timeline::series::{Recurrence, Repetition};
use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::{at, rule};

const WEEKDAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

/// Up to `count` numbers of a range without 0.
fn ordinals(range: RangeInclusive<i32>, count: usize) -> impl Strategy<Value = Vec<String>> {
    let ordinal = range.prop_map(|number| if number == 0 { 1 } else { number });
    vec(ordinal.prop_map(|number| number.to_string()), 1..=count)
}

fn weekdays() -> impl Strategy<Value = Vec<String>> {
    subsequence(WEEKDAYS.to_vec(), 1..=7).prop_map(|days| days.into_iter().map(str::to_owned).collect())
}

/// Either plain or numbered weekdays: if a rule has both, `rrule` lets no day match that is not both.
fn by_day(frequency: &'static str) -> BoxedStrategy<Vec<String>> {
    let range = match frequency {
        "DAILY" | "WEEKLY" => return weekdays().boxed(),
        // `rrule` refuses −5, although months have five of some weekdays.
        "MONTHLY" => -4..=5,
        // It panics at −53 in years that do not have so many.
        _ => -52..=53,
    };
    let numbered = (ordinals(range, 3), select(WEEKDAYS.to_vec()))
        .prop_map(|(ordinals, day)| ordinals.iter().map(|ordinal| format!("{ordinal}{day}")).collect());
    prop_oneof![weekdays(), numbered].boxed()
}

/// The text of a rule.
fn rules() -> impl Strategy<Value = String> {
    select(vec!["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]).prop_flat_map(|frequency| {
        let is_weekly = frequency == "WEEKLY";
        let months = subsequence((1..=12).collect::<Vec<u32>>(), 1..=4);
        let months = months.prop_map(|months| months.iter().map(u32::to_string).collect::<Vec<_>>());
        let lists = (
            weighted(0.5, by_day(frequency)),
            weighted(0.4, ordinals(-31..=31, 4)),
            weighted(0.3, months),
            weighted(0.3, ordinals(-8..=8, 2)),
        );
        let end = prop_oneof![Just(String::new()), (1u32..=60).prop_map(|count| format!(";COUNT={count}"))];
        (1u32..=14, end, lists, weighted(0.3, select(WEEKDAYS.to_vec()))).prop_map(
            move |(interval, end, lists, week)| {
                let (days, month_days, months, positions) = lists;
                let month_days = month_days.filter(|_| !is_weekly);
                // In the week of the start, `rrule` counts positions from the start and not from the first day of the week.
                let positions = positions
                    .filter(|_| !is_weekly)
                    .filter(|_| days.is_some() || month_days.is_some() || months.is_some());
                let list = |name: &str, values: Option<Vec<String>>| {
                    values.map_or(String::new(), |values| format!(";{name}={}", values.join(",")))
                };
                format!(
                    "FREQ={frequency};INTERVAL={interval}{end}{}{}{}{}{}",
                    list("BYDAY", days),
                    list("BYMONTHDAY", month_days),
                    list("BYMONTH", months),
                    list("BYSETPOS", positions),
                    week.map_or(String::new(), |day| format!(";WKST={day}")),
                )
            },
        )
    })
}

fn starts() -> impl Strategy<Value = NaiveDateTime> {
    (0u64..30_000).prop_map(|days| at("19700101") + Days::new(days))
}

/// Texts that are rules, almost rules, and anything else.
fn texts() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        Just("FREQ=YEARLY".to_owned()),
        rules(),
        "[A-Z]{2,10}=[-+A-Z0-9,]{0,12}",
        "(BYDAY|BYMONTHDAY|BYMONTH|BYSETPOS|UNTIL|COUNT)=[-+0-9,]{0,9}(MO|SU|T|Z|é)?[0-9]{0,6}",
    ];
    prop_oneof![vec(part, 0..8).prop_map(|parts| parts.join(";")), ".{0,600}"]
}

/// A word of those in which rules are said, or anything else.
fn spoken() -> impl Strategy<Value = String> {
    let word = select(vec![
        "every", "each", "other", "a", "day", "days", "week", "weeks", "month", "year", "weekday", "weekend", "daily",
        "monday", "fri", "june", "december", "first", "third", "last", "to", "on", "the", "of", "and", "in", "until",
        "for", "times", "once", "at", "from", "after", "it", "was", "done",
    ]);
    prop_oneof![
        8 => word.prop_map(str::to_owned),
        2 => (0u32..2_100).prop_map(|number| number.to_string()),
        1 => (0u32..40).prop_map(|number| format!("{number}th")),
        1 => Just("2026-06-30".to_owned()),
        1 => ".{0,8}",
    ]
}

/// The first occurrences that `rrule` has, until the year after which we look for none.
fn theirs(rule: &str, start: NaiveDateTime, last_year: i32) -> Vec<NaiveDateTime> {
    let text = format!("DTSTART:{}Z\nRRULE:{rule}", start.format("%Y%m%dT%H%M%S"));
    let set: rrule::RRuleSet = text.parse().unwrap();
    // Without its limit it would go on for a very long time where nothing matches.
    let occurrences = set.limit().into_iter().take(60).map(|time| time.naive_utc());
    occurrences.take_while(|time| time.year() <= last_year).collect()
}

proptest! {
    // A case takes milliseconds. The variable PROPTEST_CASES has precedence.
    #![proptest_config(ProptestConfig {
        cases: std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(500),
        ..ProptestConfig::default()
    })]

    /// `rrule` is a port of Python's dateutil. Both leave out a start that the rule does not match, as we do.
    #[test]
    fn occurrences_are_those_of_another_implementation(text in rules(), start in starts()) {
        let last_year = start.year() + 50;
        let ours = rule(&text).occurrences(start).take(60).take_while(|time| time.year() <= last_year);
        prop_assert_eq!(ours.collect::<Vec<_>>(), theirs(&text, start, last_year));
    }

    #[test]
    fn occurrences_are_in_order_from_the_start_at_its_time_of_day(text in rules(), start in starts()) {
        let occurrences: Vec<_> = rule(&text).occurrences(start).take(100).collect();
        prop_assert!(occurrences.is_sorted_by(|one, next| one < next));
        prop_assert!(occurrences.iter().all(|time| *time >= start && time.time() == start.time()));
    }

    #[test]
    fn a_rule_is_read_as_it_was_written(text in rules(), until in weighted(0.5, starts())) {
        let end = until.filter(|_| !text.contains("COUNT")).map(|until| until.format(";UNTIL=%Y%m%dT%H%M%S").to_string());
        let rule = rule(&(text + &end.unwrap_or_default()));
        prop_assert_eq!(Recurrence::read(&rule.to_string()), Ok(rule));
    }

    /// What the words leave out, such as the first day of the week, is not part of it.
    #[test]
    fn words_that_are_read_again_mean_the_same_days(text in rules(), start in starts()) {
        let rule = Recurrence { week_start: Weekday::Mon, ..rule(&text) };
        let words = rule.words(start);
        if let Ok(read) = Repetition::read(&words) {
            let days = |rule: &Recurrence| rule.occurrences(start).take(60).collect::<Vec<_>>();
            prop_assert_eq!(days(&read.rule), days(&rule), "{} are the words of {}", words, rule);
            prop_assert!(!read.after_done);
        }
    }

    #[test]
    fn any_words_are_read_or_refused(words in vec(spoken(), 0..12)) {
        if let Ok(read) = Repetition::read(&words.join(" ")) {
            prop_assert_eq!(Recurrence::read(&read.rule.to_string()), Ok(read.rule));
        }
    }

    #[test]
    fn any_text_is_read_or_refused_and_its_occurrences_end(text in texts(), start in starts()) {
        if let Ok(rule) = Recurrence::read(&text) {
            prop_assert!(rule.occurrences(start).take(1_000).count() <= 1_000);
            prop_assert!(!rule.words(start).is_empty());
            prop_assert_eq!(Recurrence::read(&rule.to_string()), Ok(rule));
        }
    }
}
