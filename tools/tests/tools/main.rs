//! The tools from the outside: the results of calls.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod days;
mod person;
mod shifts;

use chrono::Weekday;
use flux_timeline::command::SettingsUpdate;
use flux_timeline::free_time::{DayTime, WorkingHours};
use flux_timeline::{Command, HourFormat, Zone};
use serde_json::json;

use person::Person;

#[test]
fn each_tool_does_what_it_says() {
    let mut person = Person::new();
    let cases = [
        (
            "scheduleBlock",
            json!({"title": "Workout", "startTime": "2026-03-03T08:00"}),
            "Scheduled “Workout” (B1) for Tue 3 Mar, 08:00–09:00.",
        ),
        (
            "scheduleBlock",
            json!({"title": "Call Ana", "startTime": "2026-03-03T08:30", "durationMinutes": 15, "tags": ["#work"]}),
            "Scheduled “Call Ana” (B2) for Tue 3 Mar, 08:30–08:45. It overlaps “Workout” (B1, 08:00–09:00).",
        ),
        (
            "updateBlock",
            json!({"id": "b2", "updates": {"startTime": "2026-03-03T10:00"}}),
            "Moved “Call Ana” (B2) to Tue 3 Mar, 10:00–10:15.",
        ),
        (
            "updateBlock",
            json!({"id": "call ana", "updates": {"priority": "high"}}),
            "Updated “Call Ana” (B2), Tue 3 Mar, 10:00–10:15, high priority.",
        ),
        ("completeBlock", json!({"id": "workout"}), "Marked “Workout” (B1) as done."),
        ("completeBlock", json!({"id": "workout"}), "“Workout” (B1) was so already; nothing was changed."),
        ("uncompleteBlock", json!({"id": "B1"}), "Marked “Workout” (B1) as not done."),
        ("shiftTimeline", json!({"after": "2026-03-03T00:00", "byMinutes": 90}), "Moved 2 blocks 1 h 30 min later."),
        ("undo", json!({}), "Undone: moved 2 blocks."),
        ("redo", json!({}), "Done again: moved 2 blocks."),
        ("redo", json!({}), "There is nothing to redo."),
        ("findBlocks", json!({"text": "ANA call"}), "Found 1 block."),
        ("findBlocks", json!({"from": "2026-03-04T00:00"}), "Nothing was found."),
        ("findFreeTime", json!({"durationMinutes": 60, "limit": 2}), "Found 2 free slots."),
        ("createPlan", json!({"title": "Summer"}), "Created the plan “Summer” and switched to it."),
        ("listPlans", json!({}), "There are 2 plans."),
        ("completeBlock", json!({"id": "Workout"}), "Marked “Workout” (B1) as done."),
        ("switchPlan", json!({"id": "my plan"}), "Switched to the plan “My plan”."),
        ("renamePlan", json!({"id": "Summer", "title": "Autumn"}), "The plan is now called “Autumn”."),
        ("colorPlan", json!({"id": "Autumn", "color": "orange"}), "The plan “Autumn” is orange now."),
        (
            "colorPlan",
            json!({"id": "Autumn", "color": "orange"}),
            "The plan “Autumn” was so already; nothing was changed.",
        ),
        ("undo", json!({}), "Undone: made a plan orange."),
        (
            "deletePlan",
            json!({"id": "My plan"}),
            "Deleted the plan “My plan” with its blocks. “Autumn” is the active plan.",
        ),
        (
            "deleteBlock",
            json!({"id": "B1"}),
            "There is no block “B1”. Nothing was changed; look it up with its title or handle (such as B12).",
        ),
        ("undo", json!({}), "Undone: switched plans, deleted the plan “My plan”."),
        (
            "archivePlan",
            json!({"id": "My plan"}),
            "Archived the plan “My plan” with its blocks. “Autumn” is the active plan.",
        ),
        ("archivePlan", json!({"id": "My plan"}), "The plan “My plan” was so already; nothing was changed."),
        (
            "archivePlan",
            json!({"id": "Autumn"}),
            "This is the only plan in use, and one must stay. Nothing was changed; create another one first.",
        ),
        ("listPlans", json!({}), "There are 2 plans, 1 of them archived."),
        ("undo", json!({}), "Undone: switched plans, archived a plan."),
        ("redo", json!({}), "Done again: switched plans, archived a plan."),
        (
            "unarchivePlan",
            json!({"id": "My plan"}),
            "The plan “My plan” is back from the archive. “Autumn” is the active plan.",
        ),
        (
            "archivePlan",
            json!({"id": "My plan"}),
            "Archived the plan “My plan” with its blocks. “Autumn” is the active plan.",
        ),
        ("switchPlan", json!({"id": "My plan"}), "Switched to the plan “My plan”, which is back from the archive."),
        ("switchPlan", json!({"id": "Autumn"}), "Switched to the plan “Autumn”."),
        ("unarchivePlan", json!({"id": "My plan"}), "The plan “My plan” was so already; nothing was changed."),
        ("deleteBlock", json!({"id": "B1"}), "Deleted “Workout” (B1), which was planned for Tue 3 Mar, 09:30–10:30."),
    ];
    for (name, arguments, expected) in cases {
        assert_eq!(person.says(name, arguments.clone()), expected, "{name} {arguments}");
    }
}

#[test]
fn an_archived_plan_takes_up_no_time_and_is_found_only_if_no_other_plan_fits() {
    let mut person = Person::without_breaks();
    let meeting = |title: &str| json!({"title": title, "startTime": "2026-03-03T08:00"});
    person.call("createPlan", json!({"title": "Old work"}));
    person.call("scheduleBlock", meeting("Review"));
    person.call("createPlan", json!({"title": "Work"}));
    let free = json!({"durationMinutes": 60, "from": "2026-03-03T08:00", "to": "2026-03-03T10:00"});
    let first_slot = |person: &mut Person| person.call("findFreeTime", free.clone()).slots.unwrap()[0].start.clone();
    assert_eq!(first_slot(&mut person), "2026-03-03T09:00");
    let archived = person.call("archivePlan", json!({"id": "Old work"})).plan.unwrap();
    assert!(archived.archived && !archived.active);
    assert_eq!(first_slot(&mut person), "2026-03-03T08:00");
    assert_eq!(person.call("scheduleBlock", meeting("Sync")).overlaps, []);

    let found = |person: &mut Person, arguments| person.call("findBlocks", arguments).total;
    assert_eq!(found(&mut person, json!({"text": "review"})), Some(0));
    assert_eq!(found(&mut person, json!({"text": "review", "plan": "Old work"})), Some(1));
    assert!(person.says("completeBlock", json!({"id": "review"})).starts_with("There is no block “review”"));
    assert_eq!(person.says("completeBlock", json!({"id": "B1"})), "Marked “Review” (B1) as done.");

    person.call("createPlan", json!({"title": "Work"}));
    assert!(person.says("archivePlan", json!({"id": "Work"})).starts_with("Several plans are called “Work”"));
    let newer = person.session.timeline().active_plan().unwrap().id.to_string();
    person.call("archivePlan", json!({"id": newer}));
    assert_eq!(person.says("renamePlan", json!({"id": "Work", "title": "Job"})), "The plan is now called “Job”.");
    assert_eq!(person.session.timeline().active_plan().unwrap().title.as_str(), "Job");
    person.call("createPlan", json!({"title": "Work"}));
    let back = person.call("unarchivePlan", json!({"id": "Work"})).plan.unwrap();
    assert_eq!(back.id, newer, "the archived one of two with the same title");
}

#[test]
fn plans_are_layers_of_the_time_of_one_person() {
    let mut person = Person::new();
    person.call("scheduleBlock", json!({"title": "Late report", "startTime": "2026-03-01T15:00"}));
    person.call("scheduleBlock", json!({"title": "Sprint review", "startTime": "2026-03-03T10:00"}));
    person.call("createPlan", json!({"title": "Home"}));
    person.call("scheduleBlock", json!({"title": "Clean review", "startTime": "2026-03-03T12:00"}));
    let found = person.call("findBlocks", json!({"text": "review"}));
    let plans: Vec<_> = found.blocks.unwrap().into_iter().map(|block| (block.handle, block.plan)).collect();
    assert_eq!(plans, [("B2".to_owned(), Some("My plan".to_owned())), ("B3".to_owned(), None)]);
    let context = flux_tools::context::timeline(person.session.timeline(), Person::now()).unwrap();
    let names = |lines: &[flux_tools::context::BlockLine]| -> Vec<(String, Option<String>)> {
        lines.iter().map(|line| (line.title.clone(), line.plan.clone())).collect()
    };
    assert_eq!(names(&context.blocks), [("Clean review".to_owned(), None)]);
    let other = |title: &str| (title.to_owned(), Some("My plan".to_owned()));
    assert_eq!(names(&context.elsewhere), [other("Late report"), other("Sprint review")]);
    assert!(person.says("rescheduleOverdue", json!({})).contains("Late report"), "the overdue tasks of all plans");
    person.call("archivePlan", json!({"id": "My plan"}));
    assert_eq!(person.call("findBlocks", json!({"text": "review"})).total, Some(1));
    let context = flux_tools::context::timeline(person.session.timeline(), Person::now()).unwrap();
    assert_eq!(context.elsewhere, []);
}

#[test]
fn deleting_or_archiving_the_active_plan_never_switches_to_an_archived_one() {
    for tool in ["deletePlan", "archivePlan"] {
        let mut person = Person::new();
        for title in ["Middle", "Newest", "Active"] {
            person.call("createPlan", json!({"title": title}));
        }
        person.call("archivePlan", json!({"id": "Newest"}));
        let said = person.says(tool, json!({"id": "Active"}));
        assert!(said.ends_with("“Middle” is the active plan."), "{said}");
    }
}

#[test]
fn people_read_times_by_their_own_clock_and_models_in_one_form() {
    let mut person = Person::new();
    let settings = SettingsUpdate {
        hour_format: Some(HourFormat::Hours12),
        week_start: Some(Weekday::Sun),
        ..SettingsUpdate::default()
    };
    let told = person.run(&Command::ChangeSettings(settings)).summary.unwrap();
    let expected = "Tasks are placed on Mon, Tue, Wed, Thu, Fri, 9:00 AM–6:00 PM, with breaks of at least 5 min; the time \
                    zone is Europe/Oslo. Weeks begin on Sun, and times are told like 8:00 PM.";
    assert_eq!(told, expected);
    let workout = json!({"title": "Workout", "startTime": "2026-03-03T22:00", "endTime": "2026-03-04T00:30"});
    let report = person.call("scheduleBlock", workout.clone());
    assert_eq!(report.summary.unwrap(), "Scheduled “Workout” (B1) for Tue 3 Mar 10:00 PM – Wed 4 Mar 12:30 AM.");
    assert_eq!(report.block.unwrap().end.as_deref(), Some("2026-03-04T00:30"));
    let overlapping = person.says("scheduleBlock", workout);
    assert!(overlapping.ends_with("It overlaps “Workout” (B1, 10:00 PM–12:30 AM)."), "{overlapping}");
    assert!(person.says("deleteBlock", json!({"id": "workout"})).contains("B2 “Workout” (Tue 3 Mar 10:00 PM)"));
}

#[test]
fn an_ambiguous_title_lists_the_candidates_unless_one_is_clearly_meant() {
    let mut person = Person::new();
    for day in ["03", "04"] {
        person.call("scheduleBlock", json!({"title": "Workout", "startTime": format!("2026-03-{day}T08:00")}));
    }
    let report = person.call("deleteBlock", json!({"id": "workout"}));
    assert_eq!(
        report.error.unwrap(),
        "Several blocks fit “workout”: B1 “Workout” (Tue 3 Mar 08:00), B2 “Workout” (Wed 4 Mar 08:00). \
         Nothing was changed; say which by its handle."
    );
    assert_eq!(report.candidates.iter().map(|c| c.handle.as_str()).collect::<Vec<_>>(), ["B1", "B2"]);
    person.call("completeBlock", json!({"id": "B1"}));
    assert_eq!(person.says("completeBlock", json!({"id": "workout"})), "Marked “Workout” (B2) as done.");
}

#[test]
fn a_task_without_a_time_goes_to_the_inbox_and_comes_back() {
    let mut person = Person::new();
    let note = |title: &str| json!({"title": title, "durationMinutes": 30, "dueDate": "2026-03-06"});
    assert_eq!(
        person.says("scheduleBlock", note("Buy milk")),
        "Put “Buy milk” (B1) in the inbox, 30 min, due Fri 6 Mar."
    );
    let update = |updates: serde_json::Value| json!({"id": "milk", "updates": updates});
    for (arguments, said) in [
        (
            update(json!({"earliestDate": "2026-03-04T10:00"})),
            "Updated “Buy milk” (B1), 30 min, not before Wed 4 Mar, due Fri 6 Mar, medium priority.",
        ),
        (
            update(json!({"dueDate": "2026-03-03"})),
            "A task cannot be due before the first day on which it can be done. Nothing was changed.",
        ),
        (update(json!({"startTime": "2026-03-04T08:00"})), "Moved “Buy milk” (B1) to Wed 4 Mar, 08:00–08:30."),
        (update(json!({"inbox": true})), "Moved “Buy milk” (B1) to the inbox, without a time."),
        (
            update(json!({"dueDate": "", "earliestDate": " ", "durationMinutes": 45})),
            "Updated “Buy milk” (B1), 45 min, medium priority.",
        ),
        (update(json!({"durationMinutes": 0})), "Updated “Buy milk” (B1), medium priority."),
        (
            update(json!({"kind": "appointment"})),
            "“Buy milk” is an appointment, which has a time. Nothing was changed; say when it is, or make it a task.",
        ),
    ] {
        assert_eq!(person.says("updateBlock", arguments.clone()), said, "{arguments}");
    }
    let lunch = json!({"title": "Lunch", "startTime": "2026-03-04T12:00"});
    person.call("scheduleBlock", lunch);
    assert_eq!(person.says("findBlocks", json!({"inbox": true})), "Found 1 block.");
    assert_eq!(person.says("findBlocks", json!({})), "Found 2 blocks.");
    assert_eq!(person.says("deleteBlock", json!({"id": "milk"})), "Deleted “Buy milk” (B1), which was in the inbox.");
    for (arguments, said) in [
        (json!({"title": "Gym", "endTime": "2026-03-04T12:00"}), "a start, because there is an end"),
        (json!({"title": "Gym", "dueDate": "Friday"}), "a calendar date such as 2026-11-27"),
        (json!({"title": "Lunch with Ana", "kind": "appointment"}), "say when it is"),
    ] {
        let refused = person.says("scheduleBlock", arguments.clone());
        assert!(refused.contains(said), "{arguments}: {refused}");
    }
}

#[test]
fn what_a_block_has_by_itself_can_be_left_to_the_settings() {
    let mut person = Person::new();
    let gym = json!({"title": "Gym", "startTime": "2026-03-03T18:00", "remindMinutesBefore": [10]});
    assert!(person.says("scheduleBlock", gym).ends_with("It reminds you 10 min before."));
    let update = |updates: serde_json::Value| json!({"id": "gym", "updates": updates});
    let report = person.call("updateBlock", update(json!({"usualReminders": true})));
    assert_eq!(report.summary.as_deref(), Some("Updated “Gym” (B1), Tue 3 Mar, 18:00–19:00, medium priority."));
    assert_eq!(report.block.unwrap().remind_minutes_before, None);
    let report = person.call("updateBlock", update(json!({"remindMinutesBefore": []})));
    assert_eq!(report.block.unwrap().remind_minutes_before, Some(Vec::new()), "never, which is not the same");
    for (updates, refused) in [
        (json!({"usualReminders": true, "remindMinutesBefore": [5]}), "either remindMinutesBefore or usualReminders"),
        (json!({"usualReminders": false}), "The update changes nothing"),
        (json!({"durationMinutes": 0}), "has a time, so it has a length. Nothing was changed"),
    ] {
        let said = person.says("updateBlock", update(updates.clone()));
        assert!(said.contains(refused), "{updates}: {said}");
    }
}

#[test]
fn the_timer_of_a_task_is_started_paused_and_corrected() {
    let mut person = Person::new();
    person.call("scheduleBlock", json!({"title": "Report", "startTime": "2026-03-03T15:00"}));
    person.call("scheduleBlock", json!({"title": "Lunch", "kind": "appointment", "startTime": "2026-03-03T12:00"}));
    let update = |id: &str, updates: serde_json::Value| json!({"id": id, "updates": updates});
    for (arguments, said) in [
        (update("report", json!({"working": true})), "Started the timer of “Report” (B1)."),
        (update("report", json!({"working": true})), "“Report” (B1) was so already; nothing was changed."),
        (update("report", json!({"workedMinutes": 70})), "Set the time spent on “Report” (B1) to 1 h 10 min."),
        (update("report", json!({"working": false})), "Paused the timer of “Report” (B1) at 1 h 10 min."),
        (
            update("lunch", json!({"working": true})),
            "“Lunch” is an appointment, which takes place by itself, so no time is counted for it. Nothing was changed; make it a task first.",
        ),
        (
            update("report", json!({"completed": true, "working": true})),
            "A task cannot be both done and worked on. Nothing was changed; give one of them.",
        ),
        (update("report", json!({"completed": true})), "Marked “Report” (B1) as done."),
        (
            update("B1", json!({"working": true})),
            "“Report” is done, so its timer was not started. Nothing was changed; reopen it first.",
        ),
    ] {
        assert_eq!(person.says("updateBlock", arguments.clone()), said, "{arguments}");
    }
}

#[test]
fn an_appointment_is_over_by_itself_and_can_be_missed_and_a_task_cannot() {
    let mut person = Person::new();
    let lunch = |start| json!({"title": "Lunch", "kind": "appointment", "startTime": start});
    person.call("scheduleBlock", lunch("2026-03-01T12:00"));
    person.call("scheduleBlock", lunch("2026-03-05T12:00"));
    person.call("scheduleBlock", json!({"title": "Report", "startTime": "2026-03-01T15:00"}));
    for (name, arguments, said) in [
        // Only one lies ahead, and only one can have been missed.
        (
            "updateBlock",
            json!({"id": "lunch", "updates": {"priority": "low"}}),
            "Updated “Lunch” (B2), Thu 5 Mar, 12:00–13:00, low priority.",
        ),
        ("updateBlock", json!({"id": "lunch", "updates": {"missed": true}}), "Marked “Lunch” (B1) as missed."),
        (
            "updateBlock",
            json!({"id": "B1", "updates": {"missed": true}}),
            "“Lunch” (B1) was so already; nothing was changed.",
        ),
        ("uncompleteBlock", json!({"id": "B1"}), "Reopened “Lunch” (B1), Sun 1 Mar, 12:00–13:00."),
        (
            "updateBlock",
            json!({"id": "B2", "updates": {"missed": true}}),
            "“Lunch” has not begun yet (Thu 5 Mar 12:00). Nothing was changed; move it or delete it if it will not take place.",
        ),
        (
            "updateBlock",
            json!({"id": "B3", "updates": {"missed": true}}),
            "“Report” is a task, and only an appointment can be missed. Nothing was changed; move the task to another time, or make it an \
             appointment.",
        ),
        (
            "updateBlock",
            json!({"id": "B1", "updates": {"missed": true, "completed": true}}),
            "A block cannot be both done and missed. Nothing was changed; give one of them.",
        ),
    ] {
        assert_eq!(person.says(name, arguments.clone()), said, "{name} {arguments}");
    }
    let block = |person: &Person, handle: &str| {
        let blocks = person.session.timeline().content().blocks;
        blocks.into_iter().find(|block| block.handle.to_string() == handle).unwrap()
    };
    // What was missed and is moved ahead can still take place, and one undo takes both back.
    person.call("updateBlock", json!({"id": "B1", "updates": {"missed": true}}));
    person.call("updateBlock", json!({"id": "B1", "updates": {"startTime": "2026-03-04T12:00"}}));
    assert!(block(&person, "B1").is_open());
    person.call("undo", json!({}));
    assert!(block(&person, "B1").missed_at.is_some());
    // A task is never missed.
    person.call("updateBlock", json!({"id": "B1", "updates": {"kind": "task"}}));
    assert!(block(&person, "B1").is_overdue(Person::now(), Zone::UTC) && block(&person, "B1").missed_at.is_none());
    person.call("undo", json!({}));
    assert!(block(&person, "B1").missed_at.is_some());
}

#[test]
fn a_wrong_call_says_what_is_wrong_and_changes_nothing() {
    let mut person = Person::new();
    let before = person.session.log().len();
    let cases = [
        ("scheduleBlok", json!({}), "There is no tool “scheduleBlok”."),
        ("scheduleBlock", json!({}), "/title: expected a value (it is required), got nothing"),
        (
            "scheduleBlock",
            json!({"title": "x", "startTime": "tomorrow 8am"}),
            "/startTime: expected a local date and time",
        ),
        ("scheduleBlock", json!({"title": " \n", "startTime": "2026-03-03T08:00"}), "A title is missing"),
        (
            "scheduleBlock",
            json!({"title": "x", "startTime": "2026-03-03T08:00", "endTime": "2026-03-03T07:00"}),
            "The end must be after the start",
        ),
        (
            "scheduleBlock",
            json!({"title": "x", "startTime": "2026-03-03T08:00", "endTime": "2026-04-03T07:00"}),
            "at most 14 days",
        ),
        ("scheduleBlock", json!({"title": "x", "startTime": "9999-03-03T08:00"}), "Dates from 1970 to 2200"),
        ("updateBlock", json!({"id": "B1", "updates": {}}), "/updates: expected at least 1 field"),
        ("deletePlan", json!({"id": "My plan"}), "This is the only plan"),
        ("switchPlan", json!({"id": "Nope"}), "There is no plan “Nope”. Nothing was changed. Plans: “My plan”."),
        ("shiftTimeline", json!({"after": "2026-03-03T08:00", "byMinutes": 5}), "There is nothing to move"),
        ("undo", json!({"now": true}), "/now: expected no arguments at all"),
    ];
    for (name, arguments, expected) in cases {
        let said = person.says(name, arguments.clone());
        assert!(said.contains(expected), "{name} {arguments}: {said}");
    }
    // An undo would take back what the test itself set up, so the log must not have changed.
    assert_eq!(person.session.log().len(), before);
}

#[test]
fn free_time_is_found_around_blocks_and_across_a_change_of_clocks() {
    let mut person = Person::without_breaks();
    for (start, end) in [("2026-03-28T08:00", "2026-03-28T12:00"), ("2026-03-28T12:00", "2026-03-29T15:00")] {
        person.call("scheduleBlock", json!({"title": "Busy", "startTime": start, "endTime": end}));
    }
    let report = person.call(
        "findFreeTime",
        json!({"durationMinutes": 60, "from": "2026-03-28T00:00", "to": "2026-03-30T23:00", "limit": 3}),
    );
    let slots: Vec<String> =
        report.slots.unwrap().iter().map(|slot| format!("{} {} {}", slot.start, slot.end, slot.minutes)).collect();
    assert_eq!(slots, ["2026-03-29T15:00 2026-03-29T22:00 420", "2026-03-30T08:00 2026-03-30T22:00 840"]);
}

#[test]
fn free_time_keeps_breaks_and_reaches_as_far_as_the_working_hours() {
    let mut person = Person::new();
    person.call("scheduleBlock", json!({"title": "Call", "startTime": "2026-03-07T10:00"}));
    let free = |minutes: u32| json!({"durationMinutes": minutes, "from": "2026-03-07T00:00", "to": "2026-03-08T00:00"});
    let slots = |person: &mut Person| -> Vec<String> {
        let slots = person.call("findFreeTime", free(60)).slots.unwrap();
        slots.iter().map(|slot| format!("{}–{}", slot.start, slot.end)).collect()
    };
    // A Saturday, on which nobody works by default: the whole day is free apart from the block and its breaks.
    assert_eq!(slots(&mut person), ["2026-03-07T08:00–2026-03-07T09:55", "2026-03-07T11:05–2026-03-07T22:00"]);
    let day_time = |text| DayTime::read(text).unwrap();
    let hours = WorkingHours::new(&[Weekday::Mon], day_time("06:00"), day_time("23:00")).ok();
    person.run(&Command::ChangeSettings(SettingsUpdate {
        working_hours: hours,
        break_minutes: Some(15),
        ..Default::default()
    }));
    assert_eq!(slots(&mut person), ["2026-03-07T06:00–2026-03-07T09:45", "2026-03-07T11:15–2026-03-07T23:00"]);
    assert_eq!(person.says("findFreeTime", free(720)), "There is no free time of that length between 06:00 and 23:00.");
}
