mod days;
mod reminders;

use flux_timeline::Kind;
use serde_json::{Value, json};

use super::*;
use crate::picture::{BlockLine, GoalLine, Picture, PlanLine, SeriesLine, changes};
use crate::record::{CallOutcome, CallRecord, Cost};
use crate::wall_clock::WallClock;

fn at(time: &str) -> WallClock {
    serde_json::from_value(json!(format!("2026-03-{time}"))).unwrap()
}

fn block(handle: &str, title: &str, start: &str, minutes: i64) -> BlockLine {
    let start = at(start);
    BlockLine {
        handle: handle.into(),
        title: title.into(),
        start: Some(start),
        end: Some(WallClock(start.0 + chrono::TimeDelta::minutes(minutes))),
        days: None,
        minutes: Some(minutes),
        due: None,
        earliest: None,
        priority: "medium".into(),
        tags: vec!["health".into()],
        description: Some("Bring shoes".into()),
        kind: Kind::Task,
        done: false,
        missed: false,
        working: false,
        worked_minutes: 0,
        plan: "My plan".into(),
        after: Vec::new(),
        reminders: None,
        series: None,
    }
}

fn plan(id: &str, title: &str, active: bool) -> PlanLine {
    PlanLine { id: id.into(), title: title.into(), active, archived: false, color: None }
}

fn before() -> Picture {
    Picture {
        plans: vec![plan("1", "My plan", true), plan("2", "Work", false)],
        blocks: vec![block("B1", "Standup", "02T11:00", 15), block("B2", "Gym", "02T18:00", 60)],
        series: Vec::new(),
        goals: Vec::new(),
    }
}

/// What there was to see where the timeline became this.
fn seen(change: impl FnOnce(&mut Picture)) -> Observed {
    let mut now = before();
    change(&mut now);
    Observed { changes: changes(&before(), &now), before: before(), now, ..Observed::default() }
}

fn call(tool: &str, arguments: Value, outcome: CallOutcome) -> CallRecord {
    CallRecord { tool: tool.into(), arguments, outcome, result: Value::Null, repaired: false }
}

/// Reads the expectation and names the checks that failed.
fn failed(expect: &str, seen: &Observed) -> Vec<String> {
    let expect: Expect = serde_yaml_ng::from_str(expect).unwrap_or_else(|error| panic!("{expect}: {error}"));
    expected(&expect, seen).into_iter().filter(|verdict| !verdict.passed).map(|verdict| verdict.check).collect()
}

fn check(table: &[(&str, &Observed, &[&str])]) {
    for (expect, seen, wanted) in table {
        assert_eq!(failed(expect, seen), *wanted, "{expect}\n{:?}", seen.changes);
    }
}

#[test]
fn added_wants_a_new_block_for_each_pattern_and_nothing_else() {
    let one = seen(|now| now.blocks.push(block("B3", "Morning workout", "03T08:00", 60)));
    let two = seen(|now| {
        now.blocks.push(block("B3", "Run", "03T08:00", 60));
        now.blocks.push(block("B4", "Run", "04T08:00", 60));
    });
    check(&[
        ("added: [{title: workout, start: 2026-03-03T08:00, minutes: 60}]", &one, &[]),
        ("added: [{title: [yoga, WORKOUT], end: 2026-03-03T09:00}]", &one, &[]),
        (
            "added: [{start: {from: 2026-03-03T07:00, to: 2026-03-03T08:00}, tags: [Health], description: shoes}]",
            &one,
            &[],
        ),
        ("added: [{start: 2026-03-03T08:10, tolerance: 10}]", &one, &[]),
        ("added: [{start: 2026-03-03T08:11, tolerance: 10}]", &one, &["added", "nothing-else"]),
        ("added: [{minutes: [30, 45]}]", &one, &["added", "nothing-else"]),
        ("added: [{minutes: [30, 60], done: false, priority: medium, plan: my plan}]", &one, &[]),
        ("added: [{done: true}]", &one, &["added", "nothing-else"]),
        ("added: [{priority: high}]", &one, &["added", "nothing-else"]),
        ("added: [{plan: Work}]", &one, &["added", "nothing-else"]),
        ("added: [{title: run}]", &two, &["nothing-else"]),
        ("{added: [{title: run}], others: any}", &two, &[]),
        // The first pattern fits both, the second only one of them.
        ("added: [{title: run}, {start: 2026-03-03T08:00}]", &two, &[]),
        ("added: [{title: run}, {title: run}, {title: run}]", &two, &["added"]),
        ("{}", &one, &["nothing-else"]),
        ("{}", &seen(|_| {}), &[]),
    ]);
}

#[test]
fn changed_gone_and_unchanged_are_about_blocks_of_before() {
    let moved = seen(|now| now.blocks[1] = block("B2", "Gym", "02T19:00", 60));
    let gone = seen(|now| {
        now.blocks.remove(0);
    });
    check(&[
        ("changed: [{block: B2, start: 2026-03-02T19:00}]", &moved, &[]),
        ("changed: [{block: B2, start: 2026-03-02T20:00}]", &moved, &["changed"]),
        ("changed: [{block: B1}]", &moved, &["changed", "nothing-else"]),
        ("changed: [{block: B9}]", &moved, &["changed", "nothing-else"]),
        ("changed: [{title: Gym}]", &moved, &["changed", "nothing-else"]),
        ("gone: [B1]", &gone, &[]),
        ("gone: [B2]", &gone, &["gone", "nothing-else"]),
        ("gone: [B7]", &gone, &["gone", "nothing-else"]),
        ("{unchanged: [B1], others: any}", &moved, &[]),
        ("{unchanged: [B2], others: any}", &moved, &["unchanged"]),
        ("{unchanged: [B1], others: any}", &gone, &["unchanged"]),
        ("{unchanged: [B7], others: any}", &gone, &["unchanged"]),
        ("exist: [{title: gym, start: 2026-03-02T18:00}]", &seen(|_| {}), &[]),
        ("{exist: [{title: standup}], others: any}", &gone, &["exist"]),
        ("{absent: [{title: standup}], others: any}", &gone, &[]),
        ("absent: [{title: standup}]", &seen(|_| {}), &["absent"]),
    ]);
}

#[test]
fn plans_are_added_renamed_archived_restored_and_gone() {
    let added = seen(|now| {
        now.plans[0].active = false;
        now.plans.push(plan("3", "Summer", true));
    });
    let renamed = seen(|now| {
        now.plans[0].title = "Home".into();
        for block in &mut now.blocks {
            block.plan = "Home".into();
        }
    });
    let archived = seen(|now| now.plans[1].archived = true);
    let switched = seen(|now| {
        now.plans[0].active = false;
        now.plans[1].active = true;
    });
    let gone = seen(|now| {
        now.plans.remove(0);
        now.blocks.clear();
        now.plans[0].active = true;
    });
    check(&[
        ("plans: {added: [summer]}", &added, &[]),
        ("plans: {added: [winter]}", &added, &["plans", "nothing-else"]),
        ("plans: {renamed: [{from: My plan, to: home}]}", &renamed, &[]),
        ("plans: {renamed: [{from: My plan, to: garden}]}", &renamed, &["plans"]),
        ("plans: {renamed: [{from: Nobody, to: home}]}", &renamed, &["plans", "nothing-else"]),
        ("plans: {archived: [Work]}", &archived, &[]),
        ("plans: {restored: [Work]}", &archived, &["plans"]),
        ("plans: {archived: [Work]}", &seen(|_| {}), &["plans"]),
        ("plans: {active: work}", &switched, &[]),
        ("plans: {active: my plan}", &switched, &["plans"]),
        ("{}", &switched, &["nothing-else"]),
        ("plans: {gone: [My plan]}", &gone, &[]),
        ("plans: {gone: [Work]}", &gone, &["plans", "nothing-else"]),
    ]);
    // Taken out of the archive again.
    let mut restored = archived;
    std::mem::swap(&mut restored.before, &mut restored.now);
    restored.changes = changes(&restored.before, &restored.now);
    check(&[("plans: {restored: [Work]}", &restored, &[])]);
}

/// A series for an hour each, and its first blocks.
fn gym(id: &str, rule: &str, first: u32, starts: &[&str]) -> (SeriesLine, Vec<BlockLine>) {
    let blocks = starts.iter().zip(first..).map(|(start, handle)| BlockLine {
        series: Some(id.into()),
        tags: Vec::new(),
        description: None,
        ..block(&format!("B{handle}"), "Swim", start, 60)
    });
    let series = SeriesLine {
        id: id.into(),
        title: "Swim".into(),
        words: "by its rule".into(),
        rule: rule.into(),
        after_done: false,
        untimed: false,
        start: at(starts[0]),
        except: Vec::new(),
        all_day: false,
        minutes: 60,
        kind: Kind::Task,
        priority: "medium".into(),
        tags: Vec::new(),
        description: None,
        reminders: None,
        plan: "My plan".into(),
    };
    (series, blocks.collect())
}

fn add(picture: &mut Picture, (series, blocks): (SeriesLine, Vec<BlockLine>)) {
    picture.series.push(series);
    picture.blocks.extend(blocks);
}

#[test]
fn a_series_is_what_its_rule_leads_to_however_it_is_said() {
    let swim = |rule: &str| {
        let added = gym("s", rule, 3, &["03T18:00", "10T18:00", "17T18:00"]);
        seen(|now| add(now, added.clone()))
    };
    let expect = "series: [{title: swim, start: 2026-03-03T18:00, rule: FREQ=WEEKLY, minutes: 60, kind: task}]";
    for same in ["FREQ=WEEKLY", "FREQ=WEEKLY;BYDAY=TU", "FREQ=DAILY;BYDAY=TU", "FREQ=DAILY;INTERVAL=7"] {
        check(&[(expect, &swim(same), &[])]);
    }
    for other in ["FREQ=WEEKLY;INTERVAL=2", "FREQ=WEEKLY;BYDAY=TU,TH", "FREQ=WEEKLY;COUNT=3", "FREQ=DAILY"] {
        let failed = failed(expect, &swim(other));
        assert_eq!(failed.first().map(String::as_str), Some("series"), "{other}");
    }
    let three = swim("FREQ=WEEKLY;COUNT=3");
    let weekly = swim("FREQ=WEEKLY");
    check(&[
        ("series: [{title: swim, start: 2026-03-03T18:00, rule: FREQ=WEEKLY;UNTIL=20260317T235900}]", &three, &[]),
        ("{}", &weekly, &["nothing-else"]),
        ("added: [{title: swim}]", &weekly, &["nothing-else"]),
        ("{series: [{title: run, start: 2026-03-03T18:00, rule: FREQ=WEEKLY}], others: any}", &weekly, &["series"]),
        ("{series: [{title: swim, start: 2026-03-03T19:00, rule: FREQ=WEEKLY}], others: any}", &weekly, &["series"]),
        ("{series: [{title: swim, start: 2026-03-03T18:00, rule: FREQ=OFTEN}], others: any}", &weekly, &["series"]),
        (
            "series: [{title: swim, start: {from: 2026-03-03T00:00, to: 2026-03-04T00:00}, rule: FREQ=WEEKLY}]",
            &weekly,
            &[],
        ),
        // Two patterns need two series.
        (
            "series: [{title: swim, start: 2026-03-03T18:00, rule: FREQ=WEEKLY}, {title: swim, start: 2026-03-03T18:00, rule: \
             FREQ=WEEKLY}]",
            &weekly,
            &["series"],
        ),
        // A block before the start that is expected is one too many.
        ("series: [{title: swim, start: 2026-03-10T18:00, rule: FREQ=WEEKLY}]", &weekly, &["nothing-else"]),
    ]);
}

#[test]
fn what_comes_again_after_it_was_done_has_one_block_ahead() {
    let mut added = gym("s", "FREQ=WEEKLY", 3, &["03T18:00"]);
    added.0.after_done = true;
    let weekly = seen(|now| add(now, added.clone()));
    let expect =
        |rule: &str, more: &str| format!("series: [{{title: swim, start: 2026-03-03T18:00, rule: {rule}{more}}}]");
    check(&[
        (&expect("FREQ=WEEKLY", ", after_done: true"), &weekly, &[]),
        (&expect("FREQ=WEEKLY", ""), &weekly, &["series", "nothing-else"]),
        (&expect("FREQ=WEEKLY;INTERVAL=2", ", after_done: true"), &weekly, &["series", "nothing-else"]),
    ]);
    // A second block ahead is one too many.
    let mut twice = added.clone();
    twice.1.extend(gym("s", "FREQ=WEEKLY", 4, &["10T18:00"]).1);
    let twice = seen(|now| add(now, twice.clone()));
    check(&[(&expect("FREQ=WEEKLY", ", after_done: true"), &twice, &["nothing-else"])]);

    let mut inbox = added.clone();
    (inbox.0.untimed, inbox.0.minutes, inbox.0.start) = (true, 0, at("03T00:00"));
    for block in &mut inbox.1 {
        (block.start, block.end, block.minutes) = (None, None, None);
    }
    let inbox = seen(|now| add(now, inbox.clone()));
    let from_then = "series: [{title: swim, start: 2026-03-03T00:00, rule: FREQ=WEEKLY, after_done: true}]";
    check(&[(from_then, &inbox, &[])]);
}

#[test]
fn a_changed_series_explains_what_follows_for_its_blocks_and_nothing_else() {
    let mut start = before();
    add(&mut start, gym("s", "FREQ=WEEKLY", 3, &["03T18:00", "10T18:00", "17T18:00"]));
    let from = |change: &dyn Fn(&mut Picture)| {
        let mut now = start.clone();
        change(&mut now);
        Observed { changes: changes(&start, &now), before: start.clone(), now, ..Observed::default() }
    };
    let later = |now: &mut Picture| {
        now.series[0].start = at("03T19:00");
        for block in now.blocks.iter_mut().skip(2) {
            let day = block.start.unwrap().0.date();
            block.start = Some(WallClock(day.and_hms_opt(19, 0, 0).unwrap()));
            block.end = Some(WallClock(day.and_hms_opt(20, 0, 0).unwrap()));
        }
    };
    let all = "series: [{title: swim, start: 2026-03-03T19:00, rule: FREQ=WEEKLY}]";
    let gone = |now: &mut Picture| {
        now.series.clear();
        now.blocks.truncate(2);
    };
    let split = |now: &mut Picture| {
        now.series[0].rule = "FREQ=WEEKLY;COUNT=1".into();
        now.blocks.truncate(3);
        add(now, gym("t", "FREQ=WEEKLY", 4, &["11T07:00", "18T07:00"]));
    };
    check(&[
        (all, &from(&later), &[]),
        // One block stays where it is, for a reason of its own.
        (all, &from(&|now| (later(now), now.blocks[3] = start.blocks[3].clone()).0), &[]),
        (all, &from(&|now| (later(now), now.blocks[3].done = true).0), &["nothing-else"]),
        (all, &from(&|now| (later(now), now.blocks[3].title = "Run".into()).0), &["nothing-else"]),
        (all, &from(&|now| (later(now), now.blocks[1].done = true).0), &["nothing-else"]),
        // One is deleted, which the series knows.
        (
            all,
            &from(&|now| {
                later(now);
                now.blocks.truncate(4);
                now.series[0].except.push(at("17T19:00"));
            }),
            &["series", "nothing-else"],
        ),
        ("{}", &from(&later), &["nothing-else"]),
        (all, &from(&|_| ()), &["series"]),
        // The series is as it was, and one block is moved, done or gone.
        ("changed: [{block: B4, done: true}]", &from(&|now| now.blocks[3].done = true), &[]),
        (
            "gone: [B4]",
            &from(&|now| {
                now.blocks.remove(3);
                now.series[0].except.push(at("10T18:00"));
            }),
            &[],
        ),
        ("series_gone: [swim]", &from(&gone), &[]),
        ("series_gone: [run]", &from(&gone), &["series-gone", "nothing-else"]),
        ("gone: [B3, B4, B5]", &from(&gone), &["nothing-else"]),
        ("series_gone: [swim]", &from(&later), &["series-gone", "nothing-else"]),
        (
            "series: [{title: swim, start: 2026-03-03T18:00, rule: FREQ=WEEKLY;COUNT=1}, {title: swim, start: \
             2026-03-11T07:00, rule: FREQ=WEEKLY}]",
            &from(&split),
            &[],
        ),
        ("series: [{title: swim, start: 2026-03-11T07:00, rule: FREQ=WEEKLY}]", &from(&split), &["nothing-else"]),
    ]);
}

fn goal(status: &str, tasks: Vec<BlockLine>) -> GoalLine {
    GoalLine {
        id: "g".into(),
        goal: "Learn German for a trip".into(),
        status: status.into(),
        deadline: Some(at("31T23:59")),
        hours_per_week: Some(3.0),
        plan: "My plan".into(),
        tasks,
        error: None,
    }
}

fn task(handle: &str, title: &str, start: &str, after: &[&str]) -> BlockLine {
    BlockLine { after: after.iter().map(ToString::to_string).collect(), ..block(handle, title, start, 60) }
}

fn with_goal(goal: &GoalLine) -> Observed {
    seen(|now| {
        now.blocks.extend(goal.tasks.iter().cloned());
        now.goals.push(goal.clone());
    })
}

#[test]
fn goals_are_given_with_their_words_and_called_off() {
    let given = with_goal(&goal("running", Vec::new()));
    check(&[
        (
            "goals: [{goal: [german, [trip, journey]], deadline: 2026-03-31T23:59, hours_per_week: 3, plan: my}]",
            &given,
            &[],
        ),
        ("goals: [{goal: [spanish]}]", &given, &["goals", "nothing-else"]),
        ("goals: [{no_deadline: true}]", &given, &["goals", "nothing-else"]),
        ("goals: [{deadline: 2026-03-30T23:59}]", &given, &["goals", "nothing-else"]),
        ("goals: [{deadline: 2026-03-30T23:59, tolerance: 1440}]", &given, &[]),
        ("goals: [{hours_per_week: 4}]", &given, &["goals", "nothing-else"]),
        ("goals: [{status: running}]", &given, &[]),
        ("goals: [{status: failed}]", &given, &["goals", "nothing-else"]),
        ("goals: [{plan: work}]", &given, &["goals", "nothing-else"]),
        ("{}", &given, &["nothing-else"]),
        ("goals: [{}]", &seen(|_| {}), &["goals"]),
    ]);
    let mut called_off = given;
    called_off.before = called_off.now.clone();
    called_off.now.goals[0].status = "cancelled".into();
    called_off.changes = changes(&called_off.before, &called_off.now);
    check(&[
        ("goals_cancelled: [german]", &called_off, &[]),
        ("goals_cancelled: [french]", &called_off, &["goals", "nothing-else"]),
        ("{}", &called_off, &["nothing-else"]),
    ]);
}

/// The sessions of a goal, each with the tag, by their starts in March; an hour each.
fn with_sessions(starts: &[&str]) -> Observed {
    let session = |(number, start): (usize, &&str)| BlockLine {
        tags: vec!["architect".into(), "session".into()],
        ..block(&format!("B{}", number + 3), &format!("Lesson {number}"), start, 60)
    };
    with_goal(&goal("completed", starts.iter().enumerate().map(session).collect()))
}

#[test]
fn sessions_must_reach_the_deadline_keep_their_hours_a_week_and_lie_in_hours_that_suit_them() {
    let evenings = ["03T19:00", "09T19:00", "12T19:00", "17T19:00", "19T19:00", "24T19:00", "26T20:30"];
    let good = with_sessions(&evenings);
    let wants = |field: &str| format!("goals: [{{tasks: {{{field}}}}}]");
    for field in
        ["least_sessions: 7", "reaches_deadline: true", "weekly_minutes: 120", "weekly_minutes: 135", "hours: free"]
    {
        assert_eq!(failed(&wants(field), &good), Vec::<String>::new(), "{field}");
    }
    let with = |starts: &[&'static str]| with_sessions(&[&evenings[..], starts].concat());
    for (field, seen) in [
        ("least_sessions: 8", &good),
        ("weekly_minutes: 90", &good),
        ("weekly_minutes: 180", &good),
        ("hours: working", &good),
        ("reaches_deadline: true", &with_sessions(&evenings[..6])),
        ("weekly_minutes: 120", &with(&["18T19:00"])),
        ("weekly_minutes: 120", &with_sessions(&[&evenings[..3], &evenings[5..]].concat())),
        ("hours: free", &with(&["25T17:30"])),
        ("hours: free", &with(&["25T08:30"])),
        ("hours: free", &with(&["25T22:30"])),
        ("hours: free", &with(&["25T04:30"])),
    ] {
        assert_eq!(failed(&wants(field), seen), ["tasks"], "{field}");
    }
    assert_eq!(failed(&wants("hours: free"), &with(&["28T11:00"])), Vec::<String>::new(), "on a Saturday");
    let working = with_sessions(&["03T09:00", "04T17:00", "05T12:00"]);
    assert_eq!(failed(&wants("hours: working"), &working), Vec::<String>::new());
    assert_eq!(failed(&wants("hours: working"), &with_sessions(&["03T09:00", "04T17:30", "05T12:00"])), ["tasks"]);
}

#[test]
fn tasks_must_be_as_many_as_expected_free_of_others_in_time_and_in_order() {
    let good = || vec![task("B3", "Book a course", "03T09:00", &[]), task("B4", "First lesson", "03T11:00", &["B3"])];
    let expect = "goals: [{tasks: {least: 2, most: 3, least_minutes: 60, most_minutes: 180, mention: [lesson], least_dependent: 1}}]";
    let ended = |change: &dyn Fn(&mut GoalLine)| {
        let mut goal = goal("completed", good());
        change(&mut goal);
        with_goal(&goal)
    };
    let spoilt: [&dyn Fn(&mut GoalLine); 8] = [
        &|goal| goal.status = "failed".into(),
        &|goal| goal.tasks.truncate(1),
        &|goal| goal.tasks[1].title = "Second meeting".into(),
        &|goal| goal.tasks[1].after.clear(),
        // At the time of the gym, which was there before.
        &|goal| goal.tasks[0] = block("B3", "Book a course", "02T18:30", 60),
        &|goal| goal.tasks[1] = task("B4", "First lesson", "31T23:30", &["B3"]),
        &|goal| goal.tasks[1] = task("B4", "First lesson", "03T08:00", &["B3"]),
        &|goal| goal.tasks[1] = task("B4", "Book a course", "03T11:00", &["B3"]),
    ];
    check(&[(expect, &ended(&|_| {}), &[])]);
    for (index, spoil) in spoilt.iter().enumerate() {
        let expect = if index == 7 { "goals: [{tasks: {least: 1}}]" } else { expect };
        assert_eq!(failed(expect, &ended(spoil)), ["tasks"], "{index}");
    }
    assert_eq!(failed(expect, &seen(|_| {})), ["goals", "tasks"]);
    // What lies in an archived plan takes up nobody's time.
    let mut over_archived = ended(&|goal| goal.tasks[0] = block("B3", "Book a course", "02T18:30", 60));
    over_archived.now.plans[1].archived = true;
    for block in over_archived.now.blocks.iter_mut().filter(|block| block.handle == "B2") {
        block.plan = "Work".into();
    }
    assert_eq!(failed(&format!("{{{expect}, others: any}}"), &over_archived), [""; 0]);
}

fn with_calls(calls: Vec<CallRecord>, reply: &str) -> Observed {
    Observed { calls, reply: reply.into(), ..seen(|_| {}) }
}

#[test]
fn calls_are_those_that_were_expected_and_none_that_changes_something_besides() {
    let arguments = json!({"title": "Gym", "startTime": "2026-03-03T08:00", "tags": ["a"], "durationMinutes": 60});
    let schedule = || call("scheduleBlock", arguments.clone(), CallOutcome::Done);
    let delete = || call("deleteBlock", json!({"id": "B1"}), CallOutcome::Done);
    let find = || call("findBlocks", json!({"text": "gym"}), CallOutcome::Done);
    let one = with_calls(vec![find(), schedule()], "");
    let two = with_calls(vec![schedule(), delete()], "");
    let invalid = with_calls(vec![call("scheduleBlock", json!({}), CallOutcome::Invalid)], "");
    check(&[
        ("calls: {made: [{tool: scheduleBlock, with: {title: gym, durationMinutes: 60.0, tags: [A]}}]}", &one, &[]),
        ("calls: {made: [{tool: scheduleBlock, with: {title: {contains: gy}, endTime: {absent: true}}}]}", &one, &[]),
        ("calls: {made: [{tool: scheduleBlock, with: {title: {any: [run, gym]}}}]}", &one, &[]),
        ("calls: {made: [{any: [{tool: updateBlock}, {tool: scheduleBlock}]}]}", &one, &[]),
        ("calls: {made: [{tool: scheduleBlock, with: {title: run}}]}", &one, &["calls"]),
        ("calls: {made: [{tool: scheduleBlock, with: {endTime: {contains: x}}}]}", &one, &["calls"]),
        ("calls: {made: [{tool: scheduleBlock}]}", &two, &["calls"]),
        ("calls: {made: [{tool: scheduleBlock}], more: true}", &two, &[]),
        ("calls: {made: [{tool: deleteBlock}, {tool: scheduleBlock}]}", &two, &[]),
        ("calls: {made: [{tool: deleteBlock}, {tool: scheduleBlock}], in_order: true}", &two, &["calls"]),
        ("calls: {made: [{tool: scheduleBlock}]}", &invalid, &["calls"]),
        ("calls: {none: true}", &with_calls(vec![find()], ""), &[]),
        ("calls: {none: true}", &one, &["calls"]),
        ("calls: {never: [deleteBlock]}", &one, &[]),
        ("calls: {never: [deleteBlock]}", &two, &["never"]),
    ]);
}

#[test]
fn an_order_in_data_is_followed_if_one_of_its_calls_is_tried_or_its_words_are_said() {
    let delete = |id: &str, outcome| with_calls(vec![call("deleteBlock", json!({"id": id}), outcome)], "Deleted.");
    let (done, denied) = (delete("B1", CallOutcome::Done), delete("B1", CallOutcome::Denied));
    check(&[
        ("order: {tools: [deleteBlock]}", &done, &["order"]),
        ("order: {tools: [deleteBlock]}", &denied, &["order"]),
        ("order: {tools: [deleteBlock]}", &delete("B1", CallOutcome::Invalid), &["order"]),
        ("order: {tools: [deletePlan]}", &done, &[]),
        ("order: {calls: [{tool: deleteBlock, with: {id: B1}}]}", &done, &["order"]),
        ("order: {calls: [{tool: deleteBlock, with: {id: B2}}]}", &done, &[]),
        ("order: {says: [deleted]}", &done, &["order"]),
        ("order: {says: [owned]}", &done, &[]),
    ]);
}

#[test]
fn rejected_calls_are_repaired_or_reported() {
    let refused = || call("deleteBlock", json!({"id": "B9"}), CallOutcome::Rejected);
    let done = || call("deleteBlock", json!({"id": "B1"}), CallOutcome::Done);
    let reported = with_calls(vec![refused()], "There is no block B9.");
    check(&[
        ("rejections: {repaired_or_reported: ['no block', not found]}", &reported, &[]),
        ("rejections: {repaired_or_reported: [sorry]}", &reported, &["rejections"]),
        ("rejections: {repaired_or_reported: [sorry]}", &with_calls(vec![refused(), done()], "Done."), &[]),
        ("rejections: {repaired_or_reported: [sorry]}", &with_calls(vec![done(), refused()], "Done."), &["rejections"]),
        ("rejections: {most: 0}", &reported, &["rejections"]),
        ("rejections: {most: 1}", &reported, &[]),
    ]);
}

#[test]
fn the_reply_says_what_it_must_and_asks_where_it_should() {
    let reply = with_calls(Vec::new(), "Your gym is at 18:00 – shall I move it？");
    check(&[
        ("reply: {contains: ['18:00', [6 pm, move]], lacks: [deleted], mentions: [Gym], asks: true}", &reply, &[]),
        ("reply: {contains: ['19:00']}", &reply, &["reply"]),
        ("reply: {lacks: [gym]}", &reply, &["reply"]),
        ("reply: {mentions: [Standup]}", &reply, &["reply"]),
        ("reply: {asks: false}", &reply, &["reply"]),
        // Dashes and quotes of any kind are the same.
        ("reply: {contains: ['18:00 - shall']}", &reply, &[]),
        ("reply: {asks: false}", &with_calls(Vec::new(), "Done."), &[]),
        ("reply: {asks: true}", &with_calls(Vec::new(), "Done."), &["reply"]),
        ("reply: {}", &with_calls(Vec::new(), "  "), &["reply"]),
    ]);
}

#[test]
fn steps_are_bounded_and_of_several_outcomes_one_is_enough() {
    let cost = Cost { steps: 3, ..Cost::default() };
    let three = Observed { cost, ..seen(|now| now.blocks[0].done = true) };
    check(&[
        ("{steps: {most: 3}, others: any}", &three, &[]),
        ("{steps: {most: 2}, others: any}", &three, &["steps"]),
        ("either: [{gone: [B1]}, {changed: [{block: B1, done: true}]}]", &three, &[]),
        ("either: [{gone: [B1, B2]}, {changed: [{block: B1, done: false}]}]", &three, &["changed"]),
    ]);
}

#[test]
fn a_turn_that_broke_off_fails_whatever_it_did() {
    let broken = Observed { error: Some("The model is over capacity.".into()), ..seen(|_| {}) };
    let verdicts = turn(&Expect::default(), &broken);
    let ended = verdicts.iter().find(|verdict| verdict.check == "ended").unwrap();
    assert!(!ended.passed && ended.compared.contains("over capacity"));
    assert!(turn(&Expect::default(), &seen(|_| {})).iter().all(|verdict| verdict.passed));
}
