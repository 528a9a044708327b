//! Clients that follow events get what changed in a block, and not the block. What they make of it is what the log says.

use flux_protocol::ServerFrame;
use flux_protocol::frame::{EventFrame, EventPage, Snapshot};
use flux_timeline::{Block, Event, ReadBlocks, ReadHistory, Timeline, Title, json};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::world::{Tab, World, gym};

/// A client that follows events. It does with them what the page does.
struct Follower {
    tab: Tab,
    timeline: Timeline,
    /// The events, as it has made them whole.
    log: Vec<Event>,
    /// How often it lacked what an event changes.
    asked: usize,
}

impl Follower {
    fn new(world: &World) -> Self {
        Self::holding(world, |_| true)
    }

    /// One that holds only these blocks of the snapshot, as a page holds only a part of a long plan.
    fn holding(world: &World, keeps: impl FnMut(&Block) -> bool) -> Self {
        let tab = world.connect_as(true, None);
        let snapshot = tab.received().into_iter().find(|frame| frame["type"] == "flux_snapshot").unwrap();
        let Snapshot { seq, mut timeline, .. } = json::read(snapshot).unwrap();
        timeline.blocks.retain(keeps);
        let timeline = Timeline::from_content(timeline, seq);
        Self { tab, timeline, log: Vec::new(), asked: 0 }
    }

    /// Applies what has arrived.
    fn follow(&mut self, world: &mut World) {
        for frame in self.tab.received() {
            if let ServerFrame::FluxEvents(frame) = serde_json::from_value(frame).unwrap() {
                self.apply(world, frame);
            }
        }
    }

    fn apply(&mut self, world: &mut World, mut frame: EventFrame) {
        for event in std::mem::take(&mut frame.events) {
            let next = self.timeline.seq() + 1;
            if event.seq < next {
                continue;
            }
            let is_next = event.seq == next;
            match frame.restore(event, |id| self.timeline.stored_block(id)).filter(|_| is_next) {
                Some(event) => {
                    self.timeline.apply(&event);
                    self.log.push(event);
                }
                None => self.ask(world),
            }
        }
    }

    fn ask(&mut self, world: &mut World) {
        self.asked += 1;
        let page = world.call(&self.tab, "getEvents", json!({"after": self.timeline.seq(), "limit": 1_000}));
        let EventPage { events, .. } = json::read(page["result"].clone()).unwrap();
        self.apply(world, EventFrame::whole(events));
    }

    fn titles(&self) -> Vec<String> {
        self.timeline.content().blocks.iter().map(|block| block.title.to_string()).collect()
    }
}

/// A call with small numbers instead of ids, so that calls often name the same blocks.
#[derive(Debug, Clone)]
enum Edit {
    Call(&'static str, Value),
    UndoOne(usize),
    Restore(u64),
}

impl Edit {
    fn make(&self, world: &mut World, tab: &Tab) {
        let (method, argument) = match self {
            Self::Call(method, argument) => (*method, argument.clone()),
            Self::UndoOne(number) => {
                let log = world.agent.store().events_after(0, 1_000).unwrap();
                ("undo", json!({"txn": log[number % log.len()].txn}))
            }
            Self::Restore(number) => {
                let last = world.agent.store().last_seq().unwrap();
                ("restoreTimeline", json!({"seq": number % last + 1}))
            }
        };
        // One that is refused changes nothing.
        world.call(tab, method, argument);
    }
}

fn edit() -> impl Strategy<Value = Edit> {
    let block = || (1u8..9).prop_map(|number| format!("B{number}"));
    let day = || (1u8..29).prop_map(|day| format!("2026-03-{day:02}T08:00"));
    let update = |name: &'static str, value: BoxedStrategy<Value>| {
        (block(), value)
            .prop_map(move |(id, value)| Edit::Call("updateBlock", json!({"id": id, "updates": {name: value}})))
    };
    let named = |method: &'static str| block().prop_map(move |id| Edit::Call(method, json!({"id": id})));
    let plan = |method: &'static str| {
        (0u8..3).prop_map(move |number| Edit::Call(method, json!({"id": format!("Plan {number}")})))
    };
    prop_oneof![
        6 => (day(), 15u16..600, prop::option::of("[a-z ]{1,20}")).prop_map(|(start, minutes, text)| Edit::Call("scheduleBlock",
            json!({"title": format!("Thing {minutes}"), "startTime": start, "durationMinutes": minutes, "description": text}))),
        3 => update("title", "[A-Za-zäöü\"\\\\ ]{1,20}".prop_map(Value::from).boxed()),
        2 => update("startTime", day().prop_map(Value::from).boxed()),
        2 => update("durationMinutes", (5u16..900).prop_map(Value::from).boxed()),
        2 => update("description", "[a-z ]{0,9}".prop_map(Value::from).boxed()),
        2 => update("tags", prop::collection::vec("[a-z]{1,5}", 0..3).prop_map(Value::from).boxed()),
        2 => update("priority", prop_oneof![Just("high"), Just("low")].prop_map(Value::from).boxed()),
        2 => update("completed", any::<bool>().prop_map(Value::from).boxed()),
        2 => (block(), day(), any::<bool>()).prop_map(|(id, start, completed)| Edit::Call("updateBlock",
            json!({"id": id, "updates": {"title": "All at once", "startTime": start, "completed": completed}}))),
        2 => named("deleteBlock"),
        1 => (day(), -300i32..300).prop_map(|(after, minutes)| Edit::Call("shiftTimeline", json!({"after": after, "byMinutes": minutes}))),
        1 => (0u8..3).prop_map(|number| Edit::Call("createPlan", json!({"title": format!("Plan {number}")}))),
        1 => plan("switchPlan"),
        1 => plan("archivePlan"),
        1 => plan("deletePlan"),
        3 => Just(Edit::Call("undo", json!({}))),
        2 => Just(Edit::Call("redo", json!({}))),
        1 => any::<usize>().prop_map(Edit::UndoOne),
        1 => any::<u64>().prop_map(Edit::Restore),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// A client that holds all blocks lacks nothing and makes each event whole. One that holds some asks for what it lacks. Both
    /// end with the blocks and the events of the service.
    #[test]
    fn deltas_come_to_the_same_as_whole_events(
        before in prop::collection::vec(edit(), 0..8),
        edits in prop::collection::vec(edit(), 1..24),
        kept in any::<u8>(),
        lost in any::<u32>(),
    ) {
        let mut world = World::new();
        let tab = world.connect_as(true, None);
        before.iter().for_each(|edit| edit.make(&mut world, &tab));
        let first = world.agent.store().last_seq().unwrap();
        let mut all = Follower::new(&world);
        let mut some = Follower::holding(&world, |block| kept >> (block.handle.number() % 8) & 1 == 1);
        let mut forgetful = Follower::new(&world);
        for (number, edit) in edits.iter().enumerate() {
            edit.make(&mut world, &tab);
            all.follow(&mut world);
            some.follow(&mut world);
            if lost >> number & 1 == 1 {
                forgetful.tab.received();
            }
            forgetful.follow(&mut world);
        }
        // What was lost last is noticed with the next event.
        let last = Edit::Call("scheduleBlock", gym(3));
        last.make(&mut world, &tab);
        [&mut all, &mut some, &mut forgetful].into_iter().for_each(|follower| follower.follow(&mut world));

        let log = world.agent.store().events_after(first, 1_000).unwrap();
        prop_assert_eq!(&all.log, &log);
        prop_assert_eq!(&some.log, &log);
        prop_assert_eq!(&forgetful.log, &log);
        prop_assert_eq!(forgetful.timeline.content(), all.timeline.content());
        // A snapshot has the blocks of one plan only.
        for follower in [&all, &some, &forgetful] {
            for block in follower.timeline.content().blocks {
                prop_assert_eq!(world.agent.store().stored_block(block.id).unwrap(), Some(block));
            }
        }
    }
}

#[test]
fn a_client_asks_only_for_what_it_lacks() {
    let mut world = World::new();
    let tab = world.connect_as(true, None);
    for day in 3..6 {
        world.call(&tab, "scheduleBlock", gym(day));
    }
    let mut all = Follower::new(&world);
    let mut some = Follower::holding(&world, |block| block.handle.number() > 1);
    for (method, argument) in [
        ("updateBlock", json!({"id": "B2", "updates": {"title": "Swim", "startTime": "2026-03-09T08:00"}})),
        ("completeBlock", json!({"id": "B2"})),
        ("undo", json!({})),
        ("redo", json!({})),
        ("deleteBlock", json!({"id": "B3"})),
        ("undo", json!({})),
    ] {
        assert_eq!(world.call(&tab, method, argument)["success"], true, "{method}");
    }
    all.follow(&mut world);
    some.follow(&mut world);
    assert_eq!((all.asked, some.asked), (0, 0));
    world.call(&tab, "updateBlock", json!({"id": "B1", "updates": {"title": "Run"}}));
    world.call(&tab, "completeBlock", json!({"id": "B1"}));
    all.follow(&mut world);
    some.follow(&mut world);
    assert_eq!((all.asked, some.asked), (0, 1), "the second time it holds the block");
    assert_eq!((all.titles(), some.titles()), (vec!["Run".into(), "Gym".into(), "Swim".into()], all.titles()));
}

#[test]
fn a_client_with_another_version_of_a_block_notices() {
    let mut world = World::new();
    let tab = world.connect_as(true, None);
    world.call(&tab, "scheduleBlock", gym(3));
    for (method, argument) in [
        ("updateBlock", json!({"id": "B1", "updates": {"startTime": "2026-03-09T08:00"}})),
        ("completeBlock", json!({"id": "B1"})),
        ("deleteBlock", json!({"id": "B1"})),
        ("undo", json!({})),
    ] {
        let mut follower = Follower::new(&world);
        for mut block in follower.timeline.content().blocks {
            block.title = Title::new("Not what the service has").unwrap();
            follower.timeline.learn([block]);
        }
        world.call(&tab, method, argument);
        follower.follow(&mut world);
        let is_held = method != "undo";
        assert_eq!(follower.asked, usize::from(is_held), "{method}");
        assert_eq!(follower.timeline.content(), world.agent.store().content().unwrap(), "{method}");
    }
}

#[test]
fn all_followers_get_the_same_frame_with_what_changed_and_no_more() {
    let mut world = World::new();
    let (editing, watching) = (world.connect_as(true, None), world.connect_as(true, None));
    let mut edit = |method, argument| {
        world.call(&editing, method, argument);
        let frame = watching.received().pop().unwrap();
        assert_eq!(editing.received().pop().as_ref(), Some(&frame));
        frame
    };
    let scheduled = edit("scheduleBlock", gym(3));
    let block = &scheduled["events"][0]["payload"]["block"];
    assert_eq!((&block["title"], &block["handle"]), (&json!("Gym"), &json!("B1")), "a new block is whole");
    let updates = json!({"title": "Swim", "description": "", "startTime": "2026-03-04T08:00"});
    let updated = edit("updateBlock", json!({"id": "B1", "updates": updates}));
    assert_eq!(updated["actor"], json!(null), "it was the person");
    let changes: Vec<_> = updated["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| {
            assert_eq!(
                (&event["txn"], &event["at"], &event["payload"]["block"]),
                (&json!(null), &json!(null), &block["id"])
            );
            (event["type"].as_str().unwrap(), event["payload"]["change"].clone())
        })
        .collect();
    let span = json!({"start": "2026-03-04T08:00:00Z", "end": "2026-03-04T09:00:00Z"});
    assert_eq!(changes, [("BLOCK_MOVED", json!({"span": span})), ("BLOCK_UPDATED", json!({"title": "Swim"}))]);
    let deleted = edit("deleteBlock", json!({"id": "B1"}));
    let payload = deleted["events"][0]["payload"].as_object().unwrap();
    assert_eq!(payload.keys().collect::<Vec<_>>(), ["base", "block"]);
    let undone = edit("undo", json!({}));
    assert_eq!(undone["events"][0]["payload"]["change"]["payload"]["block"]["title"], "Swim", "it is a new block");
    let again = edit("redo", json!({}));
    assert_eq!(again["events"][0]["payload"]["change"]["payload"]["block"], block["id"]);
}
