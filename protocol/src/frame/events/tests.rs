//! Frames with events, as they are sent and read.

use flux_timeline::json;
use serde_json::json;

use super::*;

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn block() -> Block {
    json::read(json!({
        "id": id(7), "handle": "B1", "plan": id(1), "title": "Gym", "priority": "high", "tags": ["sport"], "source": "user",
        "span": {"start": "2026-03-03T08:00:00Z", "end": "2026-03-03T09:00:00Z"},
    }))
    .unwrap()
}

fn event(seq: u64, kind: EventKind) -> Event {
    let at = "2026-03-02T09:00:00.123Z".parse().unwrap();
    let (id, txn) = (EventId::new(id(100 + u128::from(seq))), TxnId::new(id(9)));
    Event { seq, id, at, actor: Actor::User, txn, kind, reason: None }
}

fn renamed() -> EventKind {
    let after = Block { title: flux_timeline::Title::new("Swim").unwrap(), tags: Vec::new(), ..block() };
    EventKind::BlockUpdated(BlockChange { before: block(), after })
}

/// The frame as it arrives.
fn sent(frame: &EventFrame) -> EventFrame {
    json::read_text(&serde_json::to_string(frame).unwrap()).unwrap()
}

fn restored(mut frame: EventFrame, held: Option<&Block>) -> Vec<Option<Event>> {
    let events = std::mem::take(&mut frame.events);
    events.into_iter().map(|event| frame.restore(event, |_| held)).collect()
}

#[test]
fn a_frame_says_once_what_all_its_events_share() {
    let base = crate::frame::version(&block());
    let undone = EventKind::Undone { txn: TxnId::new(id(8)), change: Box::new(renamed()) };
    let deleted = EventKind::BlockDeleted { block: block() };
    let frame = EventFrame::new(&[event(5, undone), event(6, deleted)]);
    assert_eq!(
        serde_json::to_value(&frame).unwrap(),
        json!({"at": "2026-03-02T09:00:00.123Z", "txn": id(9), "events": [
            {"seq": 5, "id": id(105), "type": "UNDONE", "payload": {"txn": id(8), "change": {
                "type": "BLOCK_UPDATED",
                "payload": {"block": id(7), "base": base, "change": {"title": "Swim", "tags": []}}}}},
            {"seq": 6, "id": id(106), "type": "BLOCK_DELETED", "payload": {"block": id(7), "base": base}},
        ]})
    );
}

#[test]
fn events_come_back_whole_or_not_at_all() {
    let scheduled = EventKind::BlockScheduled { block: block() };
    let again =
        EventKind::Redone { txn: TxnId::new(id(8)), change: Box::new(EventKind::BlockDeleted { block: block() }) };
    let events = [event(5, renamed()), event(6, again), event(7, scheduled)];
    let frame = sent(&EventFrame::new(&events));
    assert_eq!(frame, EventFrame::new(&events));
    assert_eq!(restored(frame.clone(), Some(&block())), events.clone().map(Some));
    assert_eq!(restored(frame.clone(), None), [None, None, Some(events[2].clone())]);
    let other = Block { tags: Vec::new(), ..block() };
    assert_eq!(restored(frame, Some(&other)), [None, None, Some(events[2].clone())]);
    let whole = sent(&EventFrame::whole(events.to_vec()));
    assert_eq!(restored(whole, None), events.map(Some), "as after a reconnect");
}

#[test]
fn what_differs_within_a_frame_stands_in_each_event() {
    let run = flux_timeline::RunId::new(id(3));
    let mut events = [event(5, renamed()), event(6, renamed())];
    events[1].actor = Actor::Workflow { run };
    events[1].txn = run.txn();
    events[1].at += chrono::TimeDelta::seconds(1);
    let frame = sent(&EventFrame::new(&events));
    assert_eq!(frame.origin, Origin::default());
    assert_eq!(frame.events[0].origin.actor, Some(Actor::User));
    assert_eq!(restored(frame, Some(&block())), events.clone().map(Some));
    let workflow = sent(&EventFrame::new(&events[1..]));
    assert_eq!(workflow.origin.actor, Some(Actor::Workflow { run }));
    assert_eq!(restored(workflow, Some(&block())), [Some(events[1].clone())]);
}

#[test]
fn an_event_without_a_moment_or_a_transaction_is_not_guessed() {
    let mut frame = EventFrame::new(&[event(5, renamed())]);
    frame.origin.txn = None;
    assert_eq!(restored(sent(&frame), Some(&block())), [None]);
}
