//! What requests look like on the wire.

use chrono::TimeDelta;
use flux_timeline::{Kind, Priority, Recurrence, Reminders, SeriesId, Span, Tag, Title};
use uuid::Uuid;

use super::*;

#[test]
fn a_goal_is_sent_with_the_fields_that_are_filled_in() {
    assert_eq!(NewGoal::new("  ", "2026-12-24", "3"), None);
    let goal = NewGoal::new(" Learn German ", "", "").unwrap();
    assert_eq!(Mutation::StartGoal(goal).argument(), json!({"goal": "Learn German"}));
    let goal = NewGoal::new("Learn German", "2026-12-24", "2.5").unwrap();
    let expected = json!({"goal": "Learn German", "deadline": "2026-12-24", "hoursPerWeek": 2.5});
    assert_eq!(Mutation::StartGoal(goal).argument(), expected);
}

#[test]
fn a_search_contains_every_field_of_the_filter() {
    let search = |filter: Filter| Mutation::LoadBlocks(BlockPage::With(filter)).argument();
    let words = Filter { words: "team #work".into(), ..Filter::default() };
    let expected = json!({"limit": 500, "text": "team #work", "state": null, "priority": null});
    assert_eq!(search(words.clone()), expected);
    let narrow = Filter { state: BlockState::Done, priority: Some(Priority::Low), ..words };
    let expected = json!({"limit": 500, "text": "team #work", "state": "done", "priority": "low"});
    assert_eq!(search(narrow), expected);
}

#[test]
fn block_edits_match_the_schemas_of_their_tools() {
    let start: DateTime<Utc> = "2026-11-24T08:00:00Z".parse().unwrap();
    let id = BlockId::new(Uuid::nil());
    let changes = BlockUpdate {
        description: Some(None),
        start: Some(start),
        length: Some(Some(TimeDelta::minutes(45))),
        kind: Some(Kind::Appointment),
        missed: Some(false),
        completed: Some(true),
        working: Some(false),
        worked: Some(TimeDelta::minutes(25)),
        due: Some("2026-11-27".parse().ok()),
        not_before: Some(None),
        reminders: Some(Reminders::new(&[10]).ok()),
        ..BlockUpdate::default()
    };
    let new = NewBlock {
        span: Span::starting(start, TimeDelta::hours(1)).ok(),
        priority: Priority::High,
        tags: Tag::list(&["health"]).unwrap(),
        reminders: Some(Reminders::new(&[60, 0]).unwrap()),
        ..NewBlock::new(id, Title::new("Workout").unwrap())
    };
    let note = NewBlock {
        minutes: Some(30),
        due: "2026-11-27".parse().ok(),
        not_before: "2026-11-25".parse().ok(),
        ..NewBlock::new(id, Title::new("Buy milk").unwrap())
    };
    let schedule = |new| Mutation::Schedule(Box::new(new));
    let rule = Recurrence::read("FREQ=WEEKLY;BYDAY=TU").unwrap();
    let repeat = Some(Repeat { id: SeriesId::new(Uuid::nil()), rule, after_done: false });
    let again = repeat.clone().map(|repeat| Repeat { after_done: true, ..repeat });
    let again = schedule(NewBlock { repeat: again, ..note.clone() });
    assert_eq!(again.argument()["repeat"], "FREQ=WEEKLY;BYDAY=TU after it was done");
    let daily = NewBlock { repeat: repeat.clone(), ..new.clone() };
    let all = BlockUpdate { repeat, scope: Scope::All, ..BlockUpdate::default() };
    let deletion = Mutation::Delete { id, title: String::new(), scope: Scope::Following(SeriesId::new(Uuid::nil())) };
    assert_eq!(deletion.argument(), json!({"id": id, "scope": "following"}));
    let series = [schedule(daily), again, Mutation::Update(id, Box::new(all)), deletion];
    let update = Mutation::Update(id, Box::new(changes));
    assert_eq!(
        update.argument()["updates"],
        json!({
            "description": "", "startTime": start, "durationMinutes": 45, "completed": true, "kind": "appointment", "missed": false,
            "working": false, "workedMinutes": 25, "dueDate": "2026-11-27", "earliestDate": "",
            "remindMinutesBefore": [10]
        })
    );
    let unschedule = BlockUpdate { unschedule: true, ..BlockUpdate::default() };
    assert_eq!(
        schedule(note.clone()).argument(),
        json!({
            "title": "Buy milk", "kind": "task", "priority": "medium", "tags": [], "durationMinutes": 30,
            "dueDate": "2026-11-27", "earliestDate": "2026-11-25"
        })
    );
    let removed = BlockUpdate { length: Some(None), reminders: Some(None), ..BlockUpdate::default() };
    let removed = Mutation::Update(id, Box::new(removed));
    assert_eq!(removed.argument()["updates"], json!({"durationMinutes": 0, "usualReminders": true}));
    let place = Mutation::Reschedule(vec![id, id]);
    assert_eq!(place.argument(), json!({"blocks": [id, id]}));
    let one = [update, removed, schedule(new), schedule(note), Mutation::Update(id, Box::new(unschedule)), place];
    for mutation in one.into_iter().chain(series) {
        let call = flux_tools::tool::ToolCall::parse(mutation.method(), &mutation.argument());
        assert!(call.is_ok(), "{call:?}");
    }
}
