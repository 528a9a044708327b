//! Reminders of blocks, and of the blocks of series.

use super::*;

/// A new block that reminds so.
fn new(reminders: Option<&[u32]>) -> Observed {
    let block = BlockLine { reminders: reminders.map(<[u32]>::to_vec), ..block("B3", "Physio", "03T15:00", 60) };
    seen(|now| now.blocks.push(block))
}

#[test]
fn a_block_has_exactly_the_reminders_that_are_expected() {
    let wrong = &["added", "nothing-else"][..];
    let (as_set, never, two) = (new(None), new(Some(&[])), new(Some(&[60, 10])));
    check(&[
        // Not named, they can be anything.
        ("added: [{title: physio}]", &two, &[]),
        ("added: [{reminders: [60, 10]}]", &two, &[]),
        ("added: [{reminders: [10, 60]}]", &two, &[]),
        ("added: [{reminders: [10]}]", &two, wrong),
        ("added: [{reminders: [60, 10, 0]}]", &two, wrong),
        ("added: [{reminders: []}]", &two, wrong),
        ("added: [{no_reminder: true}]", &two, wrong),
        // Never, and as the settings say, are two things.
        ("added: [{reminders: []}]", &never, &[]),
        ("added: [{no_reminder: true}]", &never, wrong),
        ("added: [{reminders: []}]", &as_set, wrong),
        ("added: [{reminders: [10]}]", &as_set, wrong),
        ("added: [{no_reminder: true}]", &as_set, &[]),
    ]);
}

#[test]
fn another_reminder_is_a_change() {
    let set = seen(|now| now.blocks[1].reminders = Some(vec![10]));
    check(&[
        ("changed: [{block: B2, reminders: [10]}]", &set, &[]),
        ("changed: [{block: B2, reminders: [15]}]", &set, &["changed"]),
        ("changed: [{block: B2, no_reminder: true}]", &set, &["changed"]),
        ("{unchanged: [B2], others: any}", &set, &["unchanged"]),
        ("{}", &set, &["nothing-else"]),
    ]);
}

#[test]
fn the_blocks_of_a_series_remind_as_it_says() {
    let reminding = |of_series: Option<&[u32]>, of_blocks: Option<&[u32]>| {
        let (mut series, mut blocks) = gym("s", "FREQ=WEEKLY", 3, &["03T18:00", "10T18:00"]);
        series.reminders = of_series.map(<[u32]>::to_vec);
        blocks.iter_mut().for_each(|block| block.reminders = of_blocks.map(<[u32]>::to_vec));
        seen(|now| add(now, (series, blocks)))
    };
    let expect = "series: [{title: swim, start: 2026-03-03T18:00, rule: FREQ=WEEKLY, reminders: [10]}]";
    let none = "series: [{title: swim, start: 2026-03-03T18:00, rule: FREQ=WEEKLY, no_reminder: true}]";
    let (ten, as_set) = (reminding(Some(&[10]), Some(&[10])), reminding(None, None));
    let is_missing = |expect: &str, seen: &Observed| failed(expect, seen).first().map(String::as_str) == Some("series");
    check(&[
        (expect, &ten, &[]),
        (none, &as_set, &[]),
        // Blocks that differ from their series are a change of their own.
        (expect, &reminding(Some(&[10]), None), &["nothing-else"]),
    ]);
    assert!(is_missing(expect, &as_set) && is_missing(none, &ten));
}

#[test]
fn a_series_that_is_to_remind_changes_its_blocks() {
    let mut start = before();
    add(&mut start, gym("s", "FREQ=WEEKLY", 3, &["03T18:00", "10T18:00"]));
    let changed = |also: Option<u32>| {
        let mut now = start.clone();
        now.series[0].reminders = Some(vec![10]);
        now.blocks.iter_mut().skip(2).for_each(|block| block.reminders = Some(vec![10]));
        now.blocks[3].reminders.as_mut().unwrap().extend(also);
        Observed { changes: changes(&start, &now), before: start.clone(), now, ..Observed::default() }
    };
    let expect = "series: [{title: swim, start: 2026-03-03T18:00, rule: FREQ=WEEKLY, reminders: [10]}]";
    check(&[(expect, &changed(None), &[]), (expect, &changed(Some(5)), &["nothing-else"])]);
}
