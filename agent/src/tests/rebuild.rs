//! A version of the service that computes something else from a long log.

use flux_timeline::{Handle, ReadBlocks, ReadHistory};
use serde_json::json;

use super::logs::{append, renamings};
use super::world::{World, gym};
use crate::store::Sql;

/// A person with a log that is too long to be computed anew at once, and a service that computes something else from it.
fn after_an_update(changes: u32) -> World {
    let world = World::new();
    rename_often(&world, changes);
    world.sql.query("UPDATE computed SET version = 0", &[]).unwrap();
    // The old projection, which can be told from the new one.
    world.sql.query("UPDATE blocks SET json = json_set(json, '$.title', 'As before')", &[]).unwrap();
    World::on(world.sql)
}

/// Adds a block and renames it so often.
pub fn rename_often(world: &World, changes: u32) {
    world.agent.call_for_test("scheduleBlock", &gym(3));
    let store = world.agent.store();
    let block = store.block_by_handle(Handle::FIRST).unwrap().unwrap();
    append(store, "2026-03-02T09:00:01Z".parse().unwrap(), renamings(block, changes).collect());
}

#[test]
fn the_old_timeline_is_read_until_the_new_one_is_complete() {
    let mut world = after_an_update(2_100);
    let tab = world.connect_as(true, None);
    let title = |world: &mut World| {
        world.call(&tab, "getTimeline", json!({}))["result"]["timeline"]["blocks"][0]["title"].clone()
    };
    assert_eq!(title(&mut world), "As before");

    let last = world.agent.store().last_seq().unwrap();
    let refused = world.call(&tab, "scheduleBlock", gym(4));
    let sentence = "Your timeline is being brought up to date after an update. You can read it, but nothing was changed; try \
                    again in about ";
    assert!(refused["error"].as_str().unwrap().starts_with(sentence), "{refused}");
    assert_eq!(world.agent.store().last_seq().unwrap(), last);

    // A message is kept, and answered afterwards.
    world.say(&tab, "r1", "What do I have on the third?");
    assert!(world.puppet.requests.borrow().is_empty());
    tab.received();
    let mut rings = 0;
    while world.agent.store().is_rebuilding() {
        assert!(world.alarm().is_some(), "nothing goes on with it");
        world.ring();
        rings += 1;
    }
    assert!(rings > 0);
    assert!(tab.frame_words().contains(&"flux_snapshot".to_owned()), "pages show the new timeline");
    world.wait();
    assert_eq!(world.puppet.requests.borrow().len(), 1);
    world.model_answers("The gym.");
    assert_eq!(title(&mut world), "Gym 2100");
    assert_eq!(world.call(&tab, "scheduleBlock", gym(4))["result"]["ok"], true);
    assert_eq!(world.alarm(), None, "nothing is left to be done");
}

#[test]
fn building_goes_on_where_the_process_died() {
    let world = after_an_update(4_100);
    let built = |world: &World| world.agent.store().rebuild().unwrap().map(|rebuild| rebuild.seq);
    let before = built(&world);
    assert!(before > Some(0), "opening the object begins with it: {before:?}");
    let world = World::on(world.sql);
    assert!(built(&world).is_none_or(|seq| Some(seq) > before));
}
