//! How many SQL statements the usual operations take. Each bound is what the operation takes today: more need a reason, and
//! fewer lower the bound.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::json;

use super::logged::Statements;
use super::world::{World, gym};
use crate::native::Sqlite;

const BLOCK: usize = 9;
const TITLE: usize = 5;
const COMPLETED: usize = 6;
const SHIFT: usize = 8;
/// One of them plans the deletion of what the turn has streamed.
const TURN: usize = 26;
const TURN_WITH_CALL: usize = 45;
const OPENING: usize = 9;

/// Fails with a table of the statements if there are more than `most`.
fn at_most(most: usize, what: &str, statements: &Statements) {
    let taken = statements.take();
    println!("{:>5}  {what}", taken.len());
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    taken.iter().for_each(|statement| *counts.entry(statement).or_default() += 1);
    let table = counts.iter().fold(String::new(), |mut table, (statement, count)| {
        let words: Vec<&str> = statement.split_whitespace().collect();
        let _ = writeln!(table, "{count:>4}  {}", words.join(" "));
        table
    });
    if taken.len() > most {
        println!("{table}");
    }
    assert!(taken.len() <= most, "{what} takes {} statements, and may take {most}:\n{table}", taken.len());
}

#[test]
fn an_edit_takes_few_statements() {
    let mut world = World::new();
    let tab = world.connect_as(true, None);
    let statements = world.statements.clone();
    world.call(&tab, "scheduleBlock", gym(3));
    statements.take();
    world.call(&tab, "scheduleBlock", gym(4));
    at_most(BLOCK, "a new block", &statements);
    world.call(&tab, "updateBlock", json!({"id": "B1", "updates": {"title": "Sport"}}));
    at_most(TITLE, "a change of title", &statements);
    world.call(&tab, "completeBlock", json!({"id": "B1"}));
    at_most(COMPLETED, "completing a block", &statements);
    for day in 5..=31 {
        world.call(&tab, "scheduleBlock", gym(day));
    }
    world.call(&tab, "scheduleBlock", json!({"title": "Gym", "startTime": "2026-04-01T08:00"}));
    world.call(&tab, "scheduleBlock", json!({"title": "Gym", "startTime": "2026-04-02T08:00"}));
    statements.take();
    let shifted = world.call(&tab, "shiftTimeline", json!({"after": "2026-03-04T00:00", "byMinutes": 60}));
    assert_eq!(shifted["success"], true, "{shifted}");
    at_most(SHIFT, "a shift of 30 blocks", &statements);
}

#[test]
fn a_turn_takes_few_statements() {
    let mut world = World::new();
    let tab = world.connect_as(true, None);
    let statements = world.statements.clone();
    world.say(&tab, "r1", "Hello");
    world.model_answers("Hello!");
    statements.take();
    // One more, because the test reads the conversation that a client has.
    world.say(&tab, "r2", "How are you?");
    world.model_answers("Fine.");
    at_most(TURN + 1, "a turn without tools", &statements);
    world.say(&tab, "r3", "Gym on the third");
    world.model_calls("c1", "scheduleBlock", &gym(3));
    world.model_answers("Done.");
    at_most(TURN_WITH_CALL + 1, "a turn with a call", &statements);
}

#[test]
fn opening_an_object_takes_few_statements() {
    let sql = Sqlite::in_memory().unwrap();
    World::on(sql.clone());
    let world = World::on(sql);
    at_most(OPENING, "opening an object", &world.statements);
}
