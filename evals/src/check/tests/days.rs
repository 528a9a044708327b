//! What is all day.

use flux_timeline::Days;

use super::*;

fn days(first: u32, last: u32) -> Option<Days> {
    let day = |day: u32| format!("2026-03-{day:02}").parse().unwrap();
    Some(Days::new(day(first), day(last)).unwrap())
}

fn all_day(handle: &str, title: &str, first: u32, last: u32) -> BlockLine {
    let days = days(first, last);
    BlockLine { start: None, end: None, minutes: None, days, ..block(handle, title, "03T00:00", 1_440) }
}

#[test]
fn a_block_has_exactly_the_days_that_are_expected() {
    let wrong = &["added", "nothing-else"][..];
    let one = seen(|now| now.blocks.push(all_day("B3", "Holiday", 6, 6)));
    let three = seen(|now| now.blocks.push(all_day("B3", "Trip", 6, 8)));
    let timed = seen(|now| now.blocks.push(block("B3", "Trip", "06T00:00", 1_440)));
    check(&[
        ("added: [{title: holiday}]", &one, &[]),
        ("added: [{days: {first: 2026-03-06}}]", &one, &[]),
        ("added: [{days: {first: 2026-03-06, last: 2026-03-06}, inbox: false}]", &one, &[]),
        ("added: [{days: {first: 2026-03-07}}]", &one, wrong),
        ("added: [{days: {first: 2026-03-06, last: 2026-03-08}}]", &one, wrong),
        ("added: [{inbox: true}]", &one, wrong),
        ("added: [{start: 2026-03-06T00:00}]", &one, wrong),
        ("added: [{days: {first: 2026-03-06, last: 2026-03-08}}]", &three, &[]),
        ("added: [{days: {first: 2026-03-06}}]", &three, wrong),
        ("added: [{days: {first: 2026-03-06}}]", &timed, wrong),
    ]);
}

#[test]
fn other_days_are_a_change() {
    let all = seen(|now| now.blocks[1] = all_day("B2", "Gym", 2, 2));
    check(&[
        ("changed: [{block: B2, days: {first: 2026-03-02}}]", &all, &[]),
        ("changed: [{block: B2, days: {first: 2026-03-03}}]", &all, &["changed"]),
        ("{}", &all, &["nothing-else"]),
    ]);
    assert!(all.changes[0].to_string().contains("2026-03-02 all day"), "{}", all.changes[0]);
    assert!(all_day("B3", "Trip", 6, 8).to_string().contains("2026-03-06 to 2026-03-08 all day"));
}

#[test]
fn the_blocks_of_an_all_day_series_have_its_days() {
    let repeating = |minutes: i64, last: u32| {
        let (series, mut blocks) = gym("s", "FREQ=WEEKLY", 3, &["06T00:00", "13T00:00"]);
        for (block, first) in blocks.iter_mut().zip([6, 13]) {
            *block = BlockLine { start: None, end: None, minutes: None, days: days(first, first), ..block.clone() };
        }
        blocks[1].days = days(13, last);
        let series = SeriesLine { all_day: true, minutes, ..series };
        seen(|now| add(now, (series, blocks)))
    };
    let expect = "series: [{title: swim, start: 2026-03-06T00:00, rule: FREQ=WEEKLY, all_day: true}]";
    let timed = "series: [{title: swim, start: 2026-03-06T00:00, rule: FREQ=WEEKLY, all_day: false}]";
    let one_day = repeating(1_440, 13);
    check(&[
        (expect, &one_day, &[]),
        // A block that differs from its series is a change of its own.
        (expect, &repeating(1_440, 14), &["nothing-else"]),
    ]);
    assert_eq!(failed(timed, &one_day).first().map(String::as_str), Some("series"));
}
