//! Old rows of the past: when they are deleted, and what happens when somebody looks.

use chrono::{DateTime, TimeDelta, Utc};
use flux_timeline::{EventKind, Span};
use serde_json::{Value, json};

use super::logs::{append, block, first_plan, renamings};
use super::world::{Tab, World};
use crate::native::Sqlite;
use crate::store::{Sql, Store};

/// A database in which a block got another title `changes` times, at one moment.
fn with_changes(at: &str, changes: u32) -> Sqlite {
    let sql = Sqlite::in_memory().unwrap();
    let at: DateTime<Utc> = at.parse().unwrap();
    let (plan, mut kinds) = first_plan(at);
    let block = block(1, plan, "Gym 0", Span::starting(at, TimeDelta::hours(1)).unwrap());
    kinds.push(EventKind::BlockScheduled { block: block.clone() });
    kinds.extend(renamings(block, changes));
    append(&Store::open(sql.clone()).unwrap(), at, kinds);
    sql
}

fn rows(world: &World) -> u64 {
    world.sql.query("SELECT count(*) FROM past_blocks", &[]).unwrap()[0].count(0).unwrap()
}

/// Rings until nothing is left to be done, and says how often.
fn ring_out(world: &World) -> u32 {
    let mut rings = 0;
    while world.alarm().is_some() {
        world.ring();
        rings += 1;
        assert!(rings < 20, "it does not end");
    }
    rings
}

/// Calls again until the service does not ask to wait. Returns the answer, and how often it asked.
fn call_again(world: &mut World, tab: &Tab, method: &str, argument: &Value) -> (Value, u32) {
    let mut waits = 0;
    loop {
        let answer = world.call(tab, method, argument.clone());
        if answer["retryAfter"].is_null() {
            return (answer, waits);
        }
        let error = answer["error"].as_str().unwrap();
        assert!(error.starts_with("The past before this moment is being prepared"), "{answer}");
        assert!(answer["retryAfter"].as_u64() >= Some(1), "{answer}");
        assert!(world.alarm().is_some_and(|at| at <= world.now()), "nothing goes on with it");
        world.ring();
        waits += 1;
        assert!(waits < 20, "it does not end");
    }
}

#[test]
fn rows_of_90_days_ago_are_deleted_in_parts_and_then_nothing_wakes_the_object() {
    let world = World::on(with_changes("2025-11-01T00:00:00Z", 4_100));
    assert_eq!(rows(&world), 4_100, "the opening of the object is not delayed");
    assert_eq!(world.alarm(), Some(world.now() + TimeDelta::minutes(1)));
    assert!(ring_out(&world) > 1);
    assert_eq!(rows(&world), 0);

    let world = World::on(with_changes("2025-12-20T00:00:00Z", 10));
    assert_eq!((rows(&world), world.alarm()), (10, None), "they are not that old");
}

#[test]
fn rows_are_made_again_when_somebody_looks_and_deleted_a_day_after_the_last_look() {
    let mut world = World::on(with_changes("2025-11-01T00:00:00Z", 4_100));
    ring_out(&world);
    let tab = world.connect();
    let newest = world.agent.store().newest_events(1).unwrap().remove(0).seq;
    let (now, waits) = call_again(&mut world, &tab, "getTimelineAt", &json!({"seq": newest}));
    assert_eq!((&now["result"]["timeline"]["blocks"][0]["title"], waits), (&json!("Gym 4100"), 0));
    assert_eq!((rows(&world), world.alarm()), (0, None), "the present needs no rows");

    let then = json!({"seq": 13, "from": "2025-10-30T00:00:00Z"});
    let (past, waits) = call_again(&mut world, &tab, "getTimelineAt", &then);
    assert!(waits > 0, "they are too many for one event");
    assert_eq!(past["result"]["timeline"]["blocks"][0]["title"], "Gym 10", "{past}");
    assert_eq!(past["result"]["differences"]["blocks"][0]["now"]["title"], "Gym 4100");
    assert_eq!(rows(&world), 4_090);

    // After the rows are there, the job waits for a day without a look.
    world.ring();
    world.pass(20 * 3_600_000);
    let (again, waits) = call_again(&mut world, &tab, "getTimelineAt", &then);
    assert_eq!((&again["result"], waits), (&past["result"], 0));
    world.ring();
    assert_eq!(rows(&world), 4_090, "somebody looked 4 hours ago");
    ring_out(&world);
    assert_eq!(rows(&world), 0);
}

#[test]
fn preparing_goes_on_after_the_process_died_and_a_restoration_waits_for_it() {
    let mut world = World::on(with_changes("2025-11-01T00:00:00Z", 6_100));
    ring_out(&world);
    let tab = world.connect();
    assert!(world.call(&tab, "restoreTimeline", json!({"seq": 13}))["retryAfter"].is_u64());
    let before = rows(&world);
    let mut world = World::on(world.sql);
    world.ring();
    assert!(rows(&world) > before, "nothing goes on with it");
    let tab = world.connect_as(true, None);
    let (restored, _) = call_again(&mut world, &tab, "restoreTimeline", &json!({"seq": 13}));
    assert_eq!(restored["result"]["ok"], true, "{restored}");
    let now = world.agent.store().content().unwrap().blocks.remove(0);
    assert_eq!(now.title.to_string(), "Gym 10");
}
