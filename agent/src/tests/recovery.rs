//! Processes that die, turns that are stopped, and what is due later.

use serde_json::{Value, json};

use super::world::{World, gym, text};
use flux_timeline::ReadBlocks;

/// The outcomes of the requests that ended, in order.
fn ended(frames: &[Value]) -> Vec<(String, String)> {
    let done = frames.iter().filter(|frame| frame["done"] == true && frame["type"] == "cf_agent_use_chat_response");
    done.map(|frame| (frame["id"].as_str().unwrap().to_owned(), frame["outcome"].as_str().unwrap().to_owned()))
        .collect()
}

#[test]
fn requests_that_waited_begin_after_the_process_died() {
    let sql = {
        let mut world = World::new();
        let tab = world.connect();
        world.say(&tab, "r1", "first");
        world.model_says([text("Half")]);
        world.say(&tab, "r2", "second");
        world.say(&tab, "r3", "third");
        world.sql.clone()
    };
    let mut world = World::on(sql);
    world.wait();
    assert_eq!(world.puppet.requests.borrow().len(), 1, "without a client");
    let tab = world.connect();
    world.send(&tab, &json!({"type": "cf_agent_stream_resume_ack", "id": "r2"}));
    world.model_answers("two");
    world.model_answers("three");
    assert_eq!(ended(&tab.received()), [("r2".into(), "completed".into()), ("r3".into(), "completed".into())]);
    let texts: Vec<String> =
        world.agent.store().messages(10).unwrap().iter().map(flux_protocol::Message::text).collect();
    assert_eq!(texts, ["first", "second", "third", "Half", "two", "three"]);
    assert_eq!(world.alarm(), None, "nothing is left to be done");
}

#[test]
fn what_was_shown_is_kept_when_the_process_dies() {
    let sql = {
        let mut world = World::new();
        let tab = world.connect();
        world.say(&tab, "r1", "Tell me a story");
        for n in 0..7 {
            world.model_says([text(&format!("{n} "))]);
        }
        assert_eq!(tab.frame_words().last().unwrap(), "text-delta=6 ");
        world.sql.clone()
    };
    let world = World::on(sql);
    let answer = world.agent.store().messages(10).unwrap()[1].clone();
    assert_eq!(answer.text(), "0 1 2 3 4 5 6 ");
}

#[test]
fn connections_that_outlive_the_program_are_sent_the_end_of_the_answer() {
    let mut world = World::new();
    let [tab, other] = [world.connect(), world.connect()];
    world.say(&tab, "r1", "Count to three");
    world.model_says([text("One, two, ")]);
    world.say(&other, "r2", "And to four");
    let seqs = |frames: &[Value]| -> Vec<u64> {
        frames.iter().filter(|frame| frame["id"] == "r1").filter_map(|frame| frame["seq"].as_u64()).collect()
    };
    let mut shown = [&tab, &other].map(|tab| seqs(&tab.received()));
    let mut world = world.after_panic();
    for (tab, shown) in [&tab, &other].into_iter().zip(&mut shown) {
        let frames = tab.received();
        shown.extend(seqs(&frames));
        assert!(shown.iter().copied().eq(0..shown.len() as u64) && shown.len() > 4, "{shown:?}");
        let messages = frames.iter().find(|frame| frame["type"] == "cf_agent_chat_messages").unwrap();
        let answer =
            messages["messages"].as_array().unwrap().iter().find(|message| message["role"] == "assistant").unwrap();
        assert_eq!(answer["metadata"]["interrupted"], true);
        assert_eq!(answer["parts"][1]["text"], "One, two, ");
        assert_eq!(ended(&frames), [("r1".into(), "aborted".into())]);
    }
    world.wait();
    world.model_answers("One, two, three, four.");
    assert_eq!(ended(&other.received()), [("r2".into(), "completed".into())]);
}

#[test]
fn a_call_that_was_not_carried_out_when_the_process_died_says_so() {
    let sql = {
        let mut world = World::new();
        let tab = world.connect();
        world.say(&tab, "r1", "Schedule gym");
        world.model_says([flux_model::ModelEvent::CallStarted { id: "c1".into(), name: "scheduleBlock".into() }]);
        world.sql.clone()
    };
    let world = World::on(sql);
    let answer = world.agent.store().messages(10).unwrap()[1].clone();
    let call = &answer.tools().next().unwrap().call;
    assert!(call.error_text.as_ref().unwrap().starts_with("The service was restarted"), "{call:?}");
}

#[test]
fn nothing_happens_after_a_stop_was_acknowledged() {
    for frame in [json!({"type": "cf_agent_chat_request_cancel", "id": "r1"}), json!({"type": "cf_agent_chat_clear"})] {
        let mut world = World::new();
        let tab = world.connect();
        world.say(&tab, "r1", "Schedule gym");
        world.model_says([text("Well")]);
        // The model's call has arrived, but the turn has not run yet.
        world.model_has_called("c1", "scheduleBlock", &gym(3));
        tab.received();
        world.agent.receive(&tab, &frame.to_string());
        let acknowledged = tab.frame_words();
        assert_eq!(acknowledged.last().unwrap(), "done:aborted", "{frame}");
        world.wait();
        assert_eq!(tab.frame_words(), [] as [&str; 0], "{frame}");
        assert_eq!(world.agent.store().stored_blocks().unwrap(), 0, "{frame}");
        let messages = world.agent.store().messages(10).unwrap().len();
        assert_eq!(messages, if frame["id"] == "r1" { 2 } else { 0 });
        world.say(&tab, "r2", "And now?");
        world.model_answers("Now it is quiet.");
        assert_eq!(tab.frame_words().last().unwrap(), "done:completed");
    }
}

#[test]
fn the_object_is_woken_as_long_as_a_turn_is_under_way() {
    let mut world = World::new();
    let tab = world.connect();
    assert_eq!(world.alarm(), None);
    world.say(&tab, "r1", "Hi");
    let first = world.alarm().unwrap();
    world.ring();
    assert!(world.alarm().unwrap() > first, "the answer is still streaming");
    world.model_answers("Hello.");
    assert_eq!(world.alarm(), None);
}

#[test]
fn an_alarm_that_rings_too_early_is_set_again() {
    let mut world = World::new();
    let tab = world.connect();
    world.say(&tab, "r1", "Hi");
    let due = world.alarm().unwrap();
    world.forget_alarm();
    world.agent.wake().unwrap();
    assert_eq!(world.alarm(), Some(due));
}

#[test]
fn a_turn_whose_end_could_not_be_stored_is_settled_later() {
    use crate::store::Sql;
    let mut world = World::new();
    let tab = world.connect();
    world.say(&tab, "r1", "Hi");
    let sql = world.sql.clone();
    sql.query("ALTER TABLE messages RENAME TO hidden", &[]).unwrap();
    world.model_answers("Hello.");
    assert_eq!(tab.frame_words().last().unwrap(), "error");
    sql.query("ALTER TABLE hidden RENAME TO messages", &[]).unwrap();
    world.ring();
    assert_eq!(world.alarm(), None);
    assert_eq!(world.agent.store().messages(10).unwrap()[1].text(), "Hello.");
}

#[test]
fn a_job_that_fails_is_tried_again_later_and_the_others_run() {
    let world = World::new();
    let store = world.agent.store();
    let due = "1970-01-01T00:00:00Z".parse().unwrap();
    // The job of the runs fails, because its table cannot be read.
    store.put_job("runs", "runs", due, 0).unwrap();
    store.put_job("unknown", "unknown", due, 0).unwrap();
    use crate::store::Sql;
    store.sql().query("ALTER TABLE runs RENAME TO hidden", &[]).unwrap();
    world.agent.wake().unwrap();
    let jobs = store.jobs().unwrap();
    assert_eq!(jobs.iter().map(|job| (job.id.as_str(), job.attempt)).collect::<Vec<_>>(), [("runs", 1)]);
    assert_eq!(world.alarm(), Some(jobs[0].due));
    store.sql().query("ALTER TABLE hidden RENAME TO runs", &[]).unwrap();
    world.ring();
    assert_eq!((store.jobs().unwrap(), world.alarm()), (Vec::new(), None));
}
