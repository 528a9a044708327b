//! Random lives of an agent: people, models and their failures, clocks that are set back, faults of the database, programs that panic,
//! processes that die, and connections that break, in random order.
//! Whatever happens, the projection is that of the log, each call is carried out once or refused, nothing stays open, and the object works.
//!
//! `FLUX_SEEDS=10000` tries more lives, and `FLUX_SEED=7` repeats one.

use std::env;
use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::json;
use uuid::Uuid;

use super::scenario::{Run, Step};
use super::world::gym;
use crate::store::suite::Chance;

/// The number of lives.
const SEEDS: u64 = 200;
/// The number of things that happen in a life.
const STEPS: u64 = 40;

fn step(chance: &mut Chance) -> Step {
    let day = u8::try_from(3 + chance.below(20)).unwrap();
    let block = format!("B{}", 1 + chance.below(8));
    let plan = format!("Plan {}", chance.below(3));
    match chance.below(44) {
        0..=3 => Step::Call("scheduleBlock", gym(day)),
        4 => Step::Call("updateBlock", json!({"id": block, "updates": {"title": format!("Title {day}")}})),
        5 => Step::Call("completeBlock", json!({"id": block})),
        6 => Step::Call("deleteBlock", json!({"id": block})),
        7 => Step::Call("shiftTimeline", json!({"after": "2026-03-05T00:00", "byMinutes": 5 + chance.below(90)})),
        8 => Step::Call("undo", json!({})),
        9 => Step::Call("redo", json!({})),
        10 => Step::Call("createPlan", json!({"title": plan})),
        11 => Step::Call("switchPlan", json!({"id": plan})),
        12 => Step::Call("deletePlan", json!({"id": plan})),
        13 => Step::Call("useArchitect", json!({"goal": "Learn German"})),
        14 => Step::Call("cancelRun", json!({})),
        15..=17 => Step::Say("Do something"),
        18 => Step::ModelCalls("scheduleBlock", gym(day)),
        19 => Step::ModelCalls("deleteBlock", json!({"id": block})),
        20 => Step::ModelCalls("deletePlan", json!({"id": plan})),
        21..=22 => Step::ModelAnswers("Done."),
        23 => Step::Answer(chance.below(2) == 0),
        24 => Step::Wait,
        25 => Step::Ring,
        26 => Step::Pass(chance.below(100_000)),
        27 => Step::Frame(json!({"type": "cf_agent_chat_clear"})),
        28 => Step::Die,
        29 => Step::ModelFails,
        30 => Step::Panic,
        31 => Step::SetBack(chance.below(100_000)),
        32 => Step::Call("rescheduleOverdue", json!({})),
        33 => Step::Call("setSettings", json!({"rescheduleOverdue": chance.below(2) == 0})),
        34 => Step::Call("scheduleBlock", json!({"title": "Note"})),
        35 => {
            let id = Uuid::from_u128(u128::from(1 + chance.below(20)) << 64);
            let start = format!("2026-03-{:02}T09:00:00Z", 2 + chance.below(7));
            Step::Call("placeTasks", json!({"times": [{"id": id, "start": start}]}))
        }
        36 => Step::Call("colorPlan", json!({"id": plan, "color": "pink"})),
        37 | 38 => {
            let repeat = json!(format!("every week, {} times", 2 + chance.below(4)));
            let start = format!("2026-03-{day:02}T18:00");
            Step::Call("scheduleBlock", json!({"title": "Gym", "startTime": start, "repeat": repeat}))
        }
        39 => {
            let updates = json!({"startTime": format!("2026-03-{day:02}T19:00")});
            Step::Call("updateBlock", json!({"id": block, "updates": updates, "scope": scope(chance)}))
        }
        40 => Step::Call("deleteBlock", json!({"id": block, "scope": scope(chance)})),
        41 => {
            let id = Uuid::from_u128(u128::from(1 + chance.below(20)) << 64);
            Step::Call("snoozeReminder", json!({"id": id, "minutes": 1 + chance.below(60)}))
        }
        42 => Step::Call("setSettings", json!({"remindMinutes": 5 + chance.below(60)})),
        _ => Step::Lose(Box::new(step(chance))),
    }
}

fn scope(chance: &mut Chance) -> &'static str {
    match chance.below(3) {
        0 => "one",
        1 => "following",
        _ => "all",
    }
}

fn live(seed: u64) {
    let mut chance = Chance(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let mut run = Run::new();
    for _ in 0..STEPS {
        if chance.below(5) == 0 {
            run.world.statements.fail_at(1 + usize::try_from(chance.below(60)).unwrap());
        }
        run.go(&[step(&mut chance)]);
    }
    run.world.statements.fail_at(0);
    run.settle();
    run.check();
    run.check_use();
    run.check_projection();
}

#[test]
fn whatever_happens_the_agent_tells_the_truth_and_works() {
    let number = |name: &str| env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seeds = match number("FLUX_SEED") {
        Some(seed) => seed..seed + 1,
        None => 1..number("FLUX_SEEDS").unwrap_or(SEEDS) + 1,
    };
    for seed in seeds {
        if catch_unwind(AssertUnwindSafe(|| live(seed))).is_err() {
            panic!("FLUX_SEED={seed} repeats this life");
        }
    }
}
