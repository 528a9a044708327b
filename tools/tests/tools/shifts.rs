//! Moving everything after a moment.

use chrono::{DateTime, Utc};
use flux_timeline::{BlockQuery, ReadBlocks, ReadPlans, Zone, limits};
use flux_tools::tool::{ToolCall, ToolContext};
use serde_json::{Value, json};
use uuid::Uuid;

use super::person::Person;

#[test]
fn a_shift_of_too_many_blocks_is_refused_without_a_question() {
    let mut person = Person::new();
    for number in 0..=limits::SHIFT_BLOCKS {
        let start = DateTime::<Utc>::from_timestamp(1_772_496_000 + 3_600 * i64::try_from(number).unwrap(), 0).unwrap();
        let start = start.format("%Y-%m-%dT%H:%M").to_string();
        person.call("scheduleBlock", json!({"title": "Thing", "startTime": start}));
    }
    let context = ToolContext { now: Person::now(), zone: Zone::new("Europe/Oslo").unwrap(), new_id: Uuid::nil() };
    let arguments = |after: &str| json!({"after": after, "byMinutes": 60});
    let touches = |person: &Person, after| {
        let call = ToolCall::parse("shiftTimeline", &arguments(after)).unwrap();
        call.consent(&person.session, &context).unwrap().map(|consent| consent.touches.len())
    };
    let last = person.session.log().len();
    assert_eq!(touches(&person, "2026-03-03T00:00"), None);
    assert_eq!(
        person.says("shiftTimeline", arguments("2026-03-03T00:00")),
        "This would move 5001 blocks; at most 5000 can be moved at a time. Nothing was changed; move fewer, by giving an end \
         time or another plan."
    );
    assert_eq!(person.session.log().len(), last);
    assert_eq!(touches(&person, "2026-03-03T01:00"), Some(5_000));
    assert_eq!(person.says("shiftTimeline", arguments("2026-03-03T01:00")), "Moved 5000 blocks 1 h later.");
}

#[test]
fn a_shift_moves_the_blocks_of_all_plans_in_use_or_of_one() {
    let mut person = Person::new();
    let add = |person: &mut Person, title: &str, start: &str| {
        assert!(person.call("scheduleBlock", json!({"title": title, "startTime": start})).ok);
    };
    add(&mut person, "Old", "2026-03-03T09:00");
    person.call("createPlan", json!({"title": "Work"}));
    person.call("archivePlan", json!({"id": "My plan"}));
    add(&mut person, "Review", "2026-03-03T10:00");
    add(&mut person, "Standup", "2026-03-03T12:00");
    person.call("createPlan", json!({"title": "Home"}));
    add(&mut person, "Lunch", "2026-03-03T11:00");
    let starts = |person: &Person| -> Vec<String> {
        let blocks = person.session.blocks(&BlockQuery::default()).unwrap();
        blocks.iter().map(|block| format!("{} {}", block.span.unwrap().start().format("%H:%M"), block.title)).collect()
    };
    let before = starts(&person);
    let shift = json!({"after": "2026-03-03T00:00", "byMinutes": 30});
    let report = person.call("shiftTimeline", shift);
    assert_eq!(report.summary.as_deref(), Some("Moved 3 blocks 30 min later."));
    let handles: Vec<String> = report.blocks.unwrap().into_iter().map(|block| block.handle).collect();
    assert_eq!(handles, ["B2", "B4", "B3"], "by start");
    assert_eq!(starts(&person), ["09:30 Review", "10:30 Lunch", "11:30 Standup"]);
    assert_eq!(person.says("undo", json!({})), "Undone: moved 2 blocks, moved 1 block.");
    assert_eq!(starts(&person), before, "one undo takes it back");
    person.call("redo", json!({}));
    assert_eq!(starts(&person), ["09:30 Review", "10:30 Lunch", "11:30 Standup"]);
    let of_work = json!({"after": "2026-03-03T00:00", "byMinutes": 30, "plan": "Work"});
    assert_eq!(person.says("shiftTimeline", of_work), "Moved 2 blocks 30 min later.");
    assert_eq!(starts(&person), ["10:00 Review", "10:30 Lunch", "12:00 Standup"]);
    person.call("unarchivePlan", json!({"id": "My plan"}));
    assert_eq!(starts(&person)[0], "08:00 Old", "which was in the archive");
    let unknown = json!({"after": "2026-03-03T00:00", "byMinutes": 30, "plan": "Garden"});
    assert!(person.says("shiftTimeline", unknown).starts_with("There is no plan “Garden”. Nothing was changed."));
    // The last of them would be beyond the calendar, so none is moved.
    add(&mut person, "Far", &format!("{}-12-30T10:00", limits::LAST_YEAR));
    let before = starts(&person);
    let refused = person.call("shiftTimeline", json!({"after": "2026-03-03T00:00", "byDays": 30}));
    assert!(!refused.ok && refused.error.unwrap().contains("Nothing was changed"));
    assert_eq!(starts(&person), before);
}

#[test]
fn a_shift_by_days_keeps_the_time_of_day_when_the_clocks_change() {
    let mut person = Person::new();
    // The clocks go forward on 29 March 2026 in Oslo.
    person.call("scheduleBlock", json!({"title": "Workout", "startTime": "2026-03-27T08:00"}));
    let start = |person: &Person| {
        let blocks: Vec<_> = person.session.blocks(&BlockQuery::default()).unwrap();
        blocks[0].span.unwrap().start().to_rfc3339()
    };
    let shift = |arguments: Value| {
        let mut shift = json!({"after": "2026-03-01T00:00"});
        shift.as_object_mut().unwrap().extend(arguments.as_object().unwrap().clone());
        shift
    };
    let summary = person.call("shiftTimeline", shift(json!({"byDays": 7}))).summary.unwrap();
    assert_eq!(summary, "Moved 1 block 7 days later.");
    assert_eq!(start(&person), "2026-04-03T06:00:00+00:00");
    person.call("undo", json!({}));
    assert_eq!(start(&person), "2026-03-27T07:00:00+00:00");
    person.call("redo", json!({}));
    assert_eq!(start(&person), "2026-04-03T06:00:00+00:00");
    person.call("undo", json!({}));
    person.call("shiftTimeline", shift(json!({"byMinutes": 7 * 1_440})));
    assert_eq!(start(&person), "2026-04-03T07:00:00+00:00", "minutes are minutes");
    assert!(!person.call("shiftTimeline", shift(json!({}))).ok, "nothing says how far");
}

#[test]
fn a_large_shift_and_the_deletion_of_a_plan_ask_first() {
    let mut person = Person::new();
    for number in 0..21 {
        let start = format!("2026-03-{:02}T08:00", 3 + number);
        person.call("scheduleBlock", json!({"title": format!("Thing {number}"), "startTime": start}));
    }
    let context = ToolContext { now: Person::now(), zone: Zone::UTC, new_id: Uuid::nil() };
    let consent =
        |name, arguments| ToolCall::parse(name, &arguments).unwrap().consent(&person.session, &context).unwrap();
    let shift = |after: &str| json!({"after": after, "byMinutes": 60});
    let plan = person.session.active_plan().unwrap().unwrap().id;

    let large = consent("shiftTimeline", shift("2026-03-03T00:00")).unwrap();
    assert_eq!(
        (large.question.as_str(), large.touches.len()),
        ("Move 21 blocks 1 h later, from 2026-03-03 00:00 on?", 21)
    );
    assert_eq!(large.arguments, json!({"after": "2026-03-03T00:00:00Z", "byDays": 0, "byMinutes": 60}));
    let of_plan = json!({"after": "2026-03-03T00:00", "byMinutes": 60, "plan": "My plan"});
    assert_eq!(consent("shiftTimeline", of_plan).unwrap().arguments["plan"], json!(plan));
    assert_eq!(consent("shiftTimeline", shift("2026-03-04T00:00")), None);

    let deletion = consent("deletePlan", json!({"id": "My plan"})).unwrap();
    assert_eq!(deletion.question, "Delete the plan “My plan” with its 21 blocks?");
    assert_eq!((&deletion.arguments, &deletion.touches), (&json!({"id": plan}), &large.touches));
    assert_eq!(consent("deletePlan", deletion.arguments.clone()), Some(deletion), "resolved arguments mean the same");
    assert_eq!(consent("deleteBlock", json!({"id": "B1"})), None);
}
