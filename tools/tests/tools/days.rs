//! What is all day.

use serde_json::json;

use super::person::Person;

#[test]
fn what_is_all_day_has_days_and_no_time() {
    let mut person = Person::without_breaks();
    let table = [
        (
            "scheduleBlock",
            json!({"title": "Holiday", "kind": "appointment", "firstDay": "2026-03-03"}),
            "Scheduled “Holiday” (B1) for Tue 3 Mar, all day.",
        ),
        (
            "scheduleBlock",
            json!({"title": "Trip", "kind": "appointment", "firstDay": "2026-03-09", "lastDay": "2026-03-13"}),
            "Scheduled “Trip” (B2) for Mon 9 Mar – Fri 13 Mar, all day.",
        ),
        (
            "scheduleBlock",
            json!({"title": "Workout", "startTime": "2026-03-03T08:00"}),
            "Scheduled “Workout” (B3) for Tue 3 Mar, 08:00–09:00.",
        ),
        ("findBlocks", json!({"from": "2026-03-11T00:00", "to": "2026-03-12T00:00"}), "Found 1 block."),
        (
            "updateBlock",
            json!({"id": "trip", "updates": {"firstDay": "2026-03-16"}}),
            "Moved “Trip” (B2) to Mon 16 Mar – Fri 20 Mar, all day.",
        ),
        (
            "updateBlock",
            json!({"id": "trip", "updates": {"lastDay": "2026-03-17"}}),
            "Moved “Trip” (B2) to Mon 16 Mar – Tue 17 Mar, all day.",
        ),
        (
            "updateBlock",
            json!({"id": "trip", "updates": {"durationMinutes": 30}}),
            "“Trip” is all day. Nothing was changed; say when it starts, or give other days.",
        ),
        (
            "updateBlock",
            json!({"id": "trip", "updates": {"endTime": "2026-03-17T12:00"}}),
            "“Trip” is all day. Nothing was changed; say when it starts, or give other days.",
        ),
        (
            "updateBlock",
            json!({"id": "trip", "updates": {"lastDay": "2026-03-10"}}),
            "The last day must not be before the first. Nothing was changed.",
        ),
        (
            "updateBlock",
            json!({"id": "trip", "updates": {"remindMinutesBefore": [60]}}),
            "Updated “Trip” (B2), Mon 16 Mar – Tue 17 Mar, all day, medium priority. It reminds you 1 h before, counted from 09:00 on its first day.",
        ),
        (
            "updateBlock",
            json!({"id": "B3", "updates": {"lastDay": "2026-03-05"}}),
            "“Workout” is not all day. Nothing was changed; give its first day, too.",
        ),
        (
            "updateBlock",
            json!({"id": "B3", "updates": {"firstDay": "2026-03-05", "durationMinutes": 30}}),
            "A block takes place either at a time or all day. Nothing was changed; give one of them.",
        ),
        (
            "updateBlock",
            json!({"id": "B3", "updates": {"firstDay": "2026-03-05"}}),
            "Moved “Workout” (B3) to Thu 5 Mar, all day.",
        ),
        (
            "updateBlock",
            json!({"id": "holiday", "updates": {"startTime": "2026-03-05T15:00"}}),
            "Moved “Holiday” (B1) to Thu 5 Mar, 15:00–16:00.",
        ),
        (
            "deleteBlock",
            json!({"id": "trip"}),
            "Deleted “Trip” (B2), which was planned for Mon 16 Mar – Tue 17 Mar, all day.",
        ),
        (
            "scheduleBlock",
            json!({"title": "Fair", "firstDay": "2026-03-05", "startTime": "2026-03-05T09:00"}),
            "A block takes place either at a time or all day. Nothing was changed; give one of them.",
        ),
        (
            "scheduleBlock",
            json!({"title": "Birthday", "kind": "appointment", "firstDay": "2026-05-03", "repeat": "every year"}),
            "Scheduled “Birthday” (B4) every year on 3 May, first Sun 3 May, all day.",
        ),
    ];
    for (name, arguments, expected) in table {
        assert_eq!(person.says(name, arguments.clone()), expected, "{name} {arguments}");
    }
    for (arguments, why) in [
        (json!({"title": "Fair", "lastDay": "2026-03-05"}), "/firstDay: expected a first day"),
        (json!({"title": "Fair", "firstDay": "2026-03-05", "lastDay": "2026-03-04"}), "/lastDay"),
        (json!({"title": "Fair", "firstDay": "2026-03-05", "lastDay": "2027-03-06"}), "/lastDay"),
        (json!({"title": "Fair", "firstDay": "someday"}), "/firstDay"),
    ] {
        let said = person.says("scheduleBlock", arguments.clone());
        assert!(said.contains(why) && said.contains("Nothing was changed"), "{arguments}: {said}");
    }
    assert_eq!(person.call("findBlocks", json!({"text": "fair"})).total, Some(0));
    let day = json!({"durationMinutes": 60, "from": "2026-03-05T09:00", "to": "2026-03-05T12:00", "limit": 1});
    assert_eq!(
        person.call("findFreeTime", day).slots.unwrap()[0].start,
        "2026-03-05T09:00",
        "the workout takes no time"
    );
}
