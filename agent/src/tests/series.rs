//! What repeats: by calls, and the job that makes more blocks.

use flux_timeline::ReadHistory;
use serde_json::{Value, json};

use super::world::{Tab, World};

/// Refused, with this sentence, and nothing is changed.
fn refused(world: &mut World, tab: &Tab, method: &str, argument: Value, why: &str) {
    let before = world.agent.store().last_seq().unwrap();
    let answer = world.call(tab, method, argument).to_string();
    assert!(answer.contains(why), "{answer}");
    assert_eq!(world.agent.store().last_seq().unwrap(), before);
}

fn starts(world: &World) -> Vec<String> {
    let blocks = world.agent.store().content().unwrap().blocks;
    blocks.iter().map(|block| block.span.unwrap().start().format("%a %m-%d %H:%M").to_string()).collect()
}

fn job(world: &World) -> Option<String> {
    let jobs = world.agent.store().jobs().unwrap();
    jobs.iter().find(|job| job.kind == "series").map(|job| job.due.to_rfc3339())
}

fn gym(world: &mut World, tab: &Tab, repeat: &Value) -> Value {
    let argument = json!({"title": "Gym", "startTime": "2026-03-03T18:00", "durationMinutes": 60, "repeat": repeat});
    world.done(tab, "scheduleBlock", argument)
}

#[test]
fn a_series_is_planned_in_words_and_goes_on_as_time_passes() {
    let mut world = World::new();
    let tab = world.connect();
    let done = gym(&mut world, &tab, &json!("every tuesday and Thu"));
    assert_eq!(done["summary"], "Scheduled “Gym” (B1) every Tuesday and Thursday, first Tue 3 Mar, 18:00–19:00.");
    assert_eq!((&done["block"]["repeats"], &done["total"]), (&json!(true), &json!(26)));
    assert_eq!(starts(&world)[..3], ["Tue 03-03 18:00", "Thu 03-05 18:00", "Tue 03-10 18:00"]);
    let due = job(&world).unwrap();
    assert_eq!(world.alarm().map(|at| at.to_rfc3339()), Some(due.clone()));

    world.pass(35 * 86_400_000);
    let mut world = world.restarted();
    world.ring();
    let many = starts(&world).len();
    assert!(many > 30, "{many}");
    assert!(job(&world).unwrap() > due);
    let newest = world.agent.store().newest_events(1).unwrap();
    assert_eq!(serde_json::to_value(&newest[0].actor).unwrap(), json!({"by": "system"}));

    let tab = world.connect();
    let undone = world.done(&tab, "undo", json!({}));
    assert_eq!(undone["summary"], "Undone: made “Gym” repeat every Tuesday and Thursday.");
    assert_eq!(starts(&world), [""; 0]);
    assert_eq!(job(&world), None, "nothing repeats any more");
    world.done(&tab, "redo", json!({}));
    assert_eq!(starts(&world).len(), many);
    assert!(job(&world).is_some());
}

#[test]
fn rules_are_said_in_words_or_as_an_rrule() {
    for (repeat, words) in [
        (json!("daily"), "every day"),
        (json!("every day on monday and friday"), "every Monday and Friday"),
        (json!("every weekday"), "every weekday"),
        (json!("every 2 weeks"), "every other Tuesday"),
        (json!("tuesdays"), "every Tuesday"),
        (json!("the last friday of every month"), "every month on the last Friday"),
        (json!("every month on the 1st and 15th"), "every month on the 1st and 15th"),
        (json!("monthly on the last day"), "every month on the last day"),
        (json!("every second tuesday of the month"), "every month on the second Tuesday"),
        (json!("every year"), "every year on 3 March"),
        (json!("every week, 3 times"), "every Tuesday, 3 times"),
        (json!("every week until 2026-04-01"), "every Tuesday until 1 April 2026"),
        (json!("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"), "every month on the last weekday"),
    ] {
        let mut world = World::new();
        let tab = world.connect();
        let summary = gym(&mut world, &tab, &repeat)["summary"].as_str().unwrap().to_owned();
        assert!(summary.starts_with(&format!("Scheduled “Gym” (B1) {words}, first")), "{repeat}: {summary}");
    }
}

#[test]
fn a_rule_that_cannot_be_changes_nothing() {
    let mut world = World::new();
    let tab = world.connect();
    for (repeat, why) in [
        (json!({"every": "week"}), "/repeat"),
        (json!("every funday"), "“funday” is not understood here"),
        (json!("every funday"), "/repeat: expected how it repeats, such as “every other tuesday”"),
        (json!("every week on the 15th"), "Numbered days go with months"),
        (json!("every week until 2026-04-01, 2 times"), "end in one way only"),
        (json!("every week until 2025-04-01"), "No day fits this rule"),
        (json!("FREQ=HOURLY"), "more often than daily"),
        (json!("every year on 30 February"), "No day fits this rule"),
        (json!("every day, 10000 times"), "1 to 1000"),
    ] {
        let argument = json!({"title": "Gym", "startTime": "2026-03-03T18:00", "repeat": repeat});
        refused(&mut world, &tab, "scheduleBlock", argument, why);
    }
    let untimed = json!({"title": "Gym", "repeat": "every day"});
    refused(&mut world, &tab, "scheduleBlock", untimed, "“Gym” has no time, so it cannot repeat. Nothing was changed");
}

#[test]
fn changes_are_about_one_some_or_all() {
    let mut world = World::new();
    let tab = world.connect();
    gym(&mut world, &tab, &json!("every week, 5 times"));
    let moved = json!({"id": "B2", "updates": {"startTime": "2026-03-11T07:00"}});
    world.done(&tab, "updateBlock", moved);
    let later = json!({"id": "B3", "updates": {"startTime": "2026-03-17T19:00"}, "scope": "following"});
    let done = world.done(&tab, "updateBlock", later);
    assert_eq!(
        done["summary"],
        "Changed 3 blocks of “Gym”, which repeats every Tuesday, 3 times: Tue 17 Mar, 19:00–20:00."
    );
    assert_eq!(
        starts(&world),
        ["Tue 03-03 18:00", "Wed 03-11 07:00", "Tue 03-17 19:00", "Tue 03-24 19:00", "Tue 03-31 19:00"]
    );
    world.done(&tab, "deleteBlock", json!({"id": "B4"}));
    let done = world.done(&tab, "deleteBlock", json!({"id": "B3", "scope": "all"}));
    assert_eq!(done["summary"], "Deleted 2 blocks of “Gym”, which repeated every Tuesday, 3 times.");
    assert_eq!(starts(&world), ["Tue 03-03 18:00", "Wed 03-11 07:00"]);
    let undone = world.done(&tab, "undo", json!({}));
    assert_eq!(undone["summary"], "Undone: ended the series “Gym”.");
    assert_eq!(starts(&world).len(), 4);
    // A block that stands alone begins to repeat.
    world.done(&tab, "scheduleBlock", json!({"title": "Swim", "startTime": "2026-03-04T07:00"}));
    let repeat = json!({"id": "Swim", "updates": {"repeat": "every week, 2 times"}});
    world.done(&tab, "updateBlock", repeat);
    assert_eq!(starts(&world).len(), 6);
}

#[test]
fn a_task_comes_again_after_it_was_done_and_the_answers_say_when() {
    let mut world = World::new();
    let tab = world.connect();
    let said = |world: &mut World, method: &str, argument: Value| {
        world.done(&tab, method, argument)["summary"].as_str().unwrap().to_owned()
    };
    let every = json!("3 days after it was done");
    let plants = json!({"title": "Plants", "startTime": "2026-03-03T18:00", "durationMinutes": 15, "repeat": every});
    assert_eq!(
        said(&mut world, "scheduleBlock", plants),
        "Scheduled “Plants” (B1) for Tue 3 Mar, 18:00–18:15. It comes again 3 days after it was done."
    );
    assert_eq!(job(&world), None, "what follows is made when it is done");
    world.pass(5 * 86_400_000);
    let mut world = world.restarted();
    let tab = world.connect();
    let said = |world: &mut World, method: &str, argument: Value| {
        world.done(&tab, method, argument)["summary"].as_str().unwrap().to_owned()
    };
    assert_eq!(starts(&world), ["Tue 03-03 18:00"], "it is overdue, and no second one was made");
    let next = "Marked “Plants” (B1) as done. It comes again on Tue 10 Mar, 18:00.";
    assert_eq!(said(&mut world, "completeBlock", json!({"id": "Plants"})), next);
    let again = world.done(&tab, "completeBlock", json!({"id": "B1"}));
    assert_eq!(again["summary"], "“Plants” (B1) was so already; nothing was changed.");
    assert_eq!(
        said(&mut world, "uncompleteBlock", json!({"id": "B1"})),
        "Marked “Plants” (B1) as not done. What followed it is gone."
    );
    assert_eq!(said(&mut world, "undo", json!({})), "Undone: reopened “Plants” (B1), deleted “Plants” (B2).");
    assert_eq!(starts(&world), ["Tue 03-03 18:00", "Tue 03-10 18:00"]);
    assert_eq!(
        said(&mut world, "deleteBlock", json!({"id": "B2"})),
        "Deleted “Plants” (B2), which was planned for Tue 10 Mar, 18:00–18:15. It comes again on Fri 13 Mar, 18:00."
    );
    let updates = json!({"repeat": "every week after completion"});
    assert_eq!(
        said(&mut world, "updateBlock", json!({"id": "B3", "updates": updates})),
        "Updated “Plants” (B3), Fri 13 Mar, 18:00–18:15, medium priority. It comes again a week after it was done."
    );
    assert_eq!(
        said(&mut world, "deleteBlock", json!({"id": "B3", "scope": "all"})),
        "Deleted 1 block of “Plants”, which came again a week after it was done."
    );
    assert_eq!(said(&mut world, "undo", json!({})), "Undone: ended the series “Plants”.");

    // Without a time, it is in the inbox.
    let repeat = json!("again a month after it was done");
    assert_eq!(
        said(&mut world, "scheduleBlock", json!({"title": "Kettle", "repeat": repeat})),
        "Put “Kettle” (B4) in the inbox. It comes again a month after it was done."
    );
    assert_eq!(
        said(&mut world, "completeBlock", json!({"id": "Kettle"})),
        "Marked “Kettle” (B4) as done. It comes again in the inbox, from Tue 7 Apr on."
    );
    let lunch = json!({"title": "Lunch", "kind": "appointment", "startTime": "2026-03-08T12:00", "repeat": "every day after it was done"});
    refused(&mut world, &tab, "scheduleBlock", lunch, "“Lunch” is an appointment, which takes place by itself");
    let on = json!("every monday after it was done");
    let gym = json!({"title": "Gym", "startTime": "2026-03-09T12:00", "repeat": on});
    refused(&mut world, &tab, "scheduleBlock", gym, "leave out certain days and how many times");
}

#[test]
fn the_past_has_the_series_that_there_were() {
    let mut world = World::new();
    let tab = world.connect();
    gym(&mut world, &tab, &json!("every week, 3 times"));
    let seq = world.agent.store().last_seq().unwrap();
    world.done(&tab, "deleteBlock", json!({"id": "B2", "scope": "all"}));
    assert_eq!(world.agent.store().content().unwrap().series, []);
    world.done(&tab, "restoreTimeline", json!({"seq": seq}));
    assert_eq!((starts(&world).len(), world.agent.store().content().unwrap().series.len()), (3, 1));
    let state = world.done(&tab, "getTimeline", json!({}));
    assert_eq!(state["timeline"]["series"][0]["rule"], "FREQ=WEEKLY;COUNT=3");
}

#[test]
fn the_job_is_there_again_when_a_plan_comes_back_or_an_earlier_service_has_deleted_it() {
    let mut world = World::new();
    let tab = world.connect();
    world.done(&tab, "createPlan", json!({"title": "Health"}));
    gym(&mut world, &tab, &json!("every week"));
    world.done(&tab, "deletePlan", json!({"id": "Health"}));
    world.done(
        &tab,
        "scheduleBlock",
        json!({"title": "Once", "startTime": "2026-03-03T08:00", "repeat": "every day, once"}),
    );
    assert_eq!(world.agent.store().content().unwrap().series.len(), 1, "once is not a series");
    world.done(&tab, "undo", json!({}));
    world.done(&tab, "undo", json!({}));
    assert!(job(&world).is_some());
    world.agent.store().delete_job("series").unwrap();
    assert!(job(&world.restarted()).is_some());
}
