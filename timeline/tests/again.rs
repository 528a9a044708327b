//! What comes again some time after it was done: what follows, undo, reopening, deleting, and changes of all of it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod desk;

use chrono::{DateTime, TimeDelta, Utc};
use desk::{Desk, at, span};
use flux_timeline::command::{BlockUpdate, Command, NewBlock, Repeat, Scope, SettingsUpdate};
use flux_timeline::decide::{Did, Outcome};
use flux_timeline::reference::BlockRef;
use flux_timeline::view::BlockState;
use flux_timeline::*;

fn after_done(desk: &mut Desk, rule: &str) -> Option<Repeat> {
    Some(Repeat { id: SeriesId::new(desk.id()), rule: Recurrence::read(rule).unwrap(), after_done: true })
}

/// Plans something for 15 minutes, or without a time, that comes again after it was done. Returns the sentence of a rejection.
fn plan(desk: &mut Desk, start: Option<&str>, rule: &str) -> Result<Series, String> {
    let repeat = after_done(desk, rule);
    let mut new = NewBlock::new(BlockId::new(desk.id()), Title::new("Water the plants").unwrap());
    new.span = start.and_then(|start| span(start, 15));
    new.repeat = repeat;
    match desk.run(&Command::ScheduleBlock(new))?.1 {
        Outcome::Series { did: Did::Scheduled, series, .. } => Ok(*series),
        other => panic!("{other:?}"),
    }
}

/// The open blocks: `Tue 03-03 18:00 Water the plants`, or with the first day of one without a time.
fn open(desk: &Desk) -> Vec<String> {
    let blocks = desk.blocks(&BlockQuery { state: BlockState::Open, ..BlockQuery::default() });
    let say = |block: &Block| match (block.span, block.not_before) {
        (Some(span), _) => format!("{} {}", span.start().format("%a %m-%d %H:%M"), block.title),
        (None, Some(day)) => format!("from {} {}", day.format("%a %m-%d"), block.title),
        (None, None) => block.title.to_string(),
    };
    blocks.iter().map(say).collect()
}

fn newest(desk: &Desk) -> Block {
    let series = desk.session.timeline().series().last().unwrap().clone();
    desk.session.timeline().block(series.after_done.unwrap()).unwrap().clone()
}

fn complete(desk: &mut Desk, id: BlockId) -> Outcome {
    desk.run(&Command::CompleteBlock { block: BlockRef::Id(id) }).unwrap().1
}

fn change(desk: &mut Desk, id: BlockId, changes: BlockUpdate) -> Result<Outcome, String> {
    desk.run(&Command::UpdateBlock { block: BlockRef::Id(id), changes }).map(|(_, outcome)| outcome)
}

fn delete(desk: &mut Desk, id: BlockId, scope: Scope) {
    desk.run(&Command::DeleteBlock { block: BlockRef::Id(id), scope }).unwrap();
}

fn starting(start: DateTime<Utc>) -> BlockUpdate {
    BlockUpdate { start: Some(start), ..BlockUpdate::default() }
}

/// What a person sees, and what repeats, without counters.
fn seen(desk: &Desk) -> String {
    let content = desk.session.timeline().content();
    serde_json::to_string(&(content.blocks, content.series)).unwrap()
}

#[test]
fn the_next_one_comes_on_the_day_of_completion_and_so_many_days() {
    let mut desk = Desk::new();
    let series = plan(&mut desk, Some("03-02T18:00"), "FREQ=DAILY;INTERVAL=3").unwrap();
    assert_eq!(series.words(), "again 3 days after it was done");
    assert_eq!(open(&desk), ["Mon 03-02 18:00 Water the plants"], "one at a time");
    assert!(desk.run_as(&Command::ExtendSeries, &Actor::System).unwrap().0.is_empty());

    // Early: it counts from the day on which it was done.
    let first = newest(&desk).id;
    let outcome = complete(&mut desk, first);
    assert!(matches!(outcome, Outcome::Series { did: Did::Completed, count: 1, .. }), "{outcome:?}");
    assert_eq!(open(&desk), ["Thu 03-05 18:00 Water the plants"]);
    // Late: it stays overdue until it is done, and no second one comes.
    desk.now = at("03-10T23:30");
    assert_eq!(open(&desk), ["Thu 03-05 18:00 Water the plants"]);
    let second = newest(&desk).id;
    complete(&mut desk, second);
    assert_eq!(open(&desk), ["Fri 03-13 18:00 Water the plants"]);
    assert!(desk.run(&Command::CompleteBlock { block: BlockRef::Id(second) }).unwrap().0.is_empty(), "it is done");
    assert_eq!(open(&desk), ["Fri 03-13 18:00 Water the plants"]);
}

#[test]
fn a_title_means_the_one_that_is_open() {
    let mut desk = Desk::new();
    plan(&mut desk, Some("03-02T18:00"), "FREQ=DAILY").unwrap();
    for day in ["03-03", "03-04", "03-05"] {
        desk.now += TimeDelta::days(1);
        desk.complete("water the plants");
        let tomorrow = desk.now + TimeDelta::days(1);
        assert_eq!(open(&desk), [format!("{} 18:00 Water the plants", tomorrow.format("%a %m-%d"))], "{day}");
    }
}

#[test]
fn it_follows_at_the_same_time_of_day_in_the_zone_of_the_person() {
    let mut desk = Desk::new();
    let zone = |name: &str| {
        let time_zone = Zone::new(name).ok();
        Command::ChangeSettings(SettingsUpdate { time_zone, ..SettingsUpdate::default() })
    };
    desk.run(&zone("Europe/Oslo")).unwrap();
    // 08:00 in Oslo. The clocks go forward on the 29th.
    plan(&mut desk, Some("03-27T07:00"), "FREQ=WEEKLY").unwrap();
    desk.now = at("03-27T23:30");
    let id = newest(&desk).id;
    complete(&mut desk, id);
    assert_eq!(open(&desk), ["Sat 04-04 06:00 Water the plants"], "it was Saturday in Oslo");
    desk.run(&zone("Asia/Tokyo")).unwrap();
    desk.now = at("04-04T20:00");
    let id = newest(&desk).id;
    complete(&mut desk, id);
    assert_eq!(open(&desk), ["Sat 04-11 23:00 Water the plants"], "08:00 on Sunday the 12th in Tokyo");
}

#[test]
fn months_end_where_they_end_and_a_last_day_ends_it() {
    let mut desk = Desk::new();
    desk.now = at("03-31T09:00");
    plan(&mut desk, Some("03-31T10:00"), "FREQ=MONTHLY;UNTIL=20260515").unwrap();
    let id = newest(&desk).id;
    complete(&mut desk, id);
    assert_eq!(open(&desk), ["Thu 04-30 10:00 Water the plants"]);
    desk.now = at("04-30T09:00");
    let id = newest(&desk).id;
    assert!(matches!(complete(&mut desk, id), Outcome::Block { did: Did::Completed, .. }));
    assert!(open(&desk).is_empty(), "30 May is after the last day");
}

#[test]
fn undo_takes_the_next_one_back_as_if_it_had_never_been_and_redo_brings_it_again() {
    let mut desk = Desk::new();
    plan(&mut desk, Some("03-02T18:00"), "FREQ=DAILY;INTERVAL=3").unwrap();
    let mut states = vec![seen(&desk)];
    for _ in 0..3 {
        desk.now += TimeDelta::days(4);
        let id = newest(&desk).id;
        complete(&mut desk, id);
        states.push(seen(&desk));
    }
    for state in states.iter().rev().skip(1) {
        desk.undo();
        assert_eq!(seen(&desk), *state);
    }
    for state in states.iter().skip(1) {
        desk.run(&Command::Redo).unwrap();
        assert_eq!(seen(&desk), *state);
    }
    let txn = |number: usize| desk.session.log().get(number).unwrap().txn;
    let completion = txn(desk.session.log().iter().position(|event| event.kind.name() == "BLOCK_COMPLETED").unwrap());
    let refused = desk.run(&Command::Undo { txn: Some(completion) }).unwrap_err();
    assert!(refused.contains("later"), "what followed was done since: {refused}");
    let seq = desk.session.log().iter().find(|event| event.kind.name() == "BLOCK_SCHEDULED").unwrap().seq;
    desk.run(&Command::Restore { seq }).unwrap();
    assert_eq!(seen(&desk), *states.first().unwrap());
}

#[test]
fn reopening_takes_back_what_followed_unless_it_was_touched() {
    let mut desk = Desk::new();
    plan(&mut desk, Some("03-02T18:00"), "FREQ=DAILY;INTERVAL=3").unwrap();
    let before = seen(&desk);
    let first = newest(&desk).id;
    complete(&mut desk, first);
    let reopen = Command::ReopenBlock { block: BlockRef::Id(first) };
    desk.run(&reopen).unwrap();
    assert_eq!(seen(&desk), before);

    complete(&mut desk, first);
    let next = newest(&desk).id;
    change(&mut desk, next, starting(at("03-06T09:00"))).unwrap();
    desk.run(&reopen).unwrap();
    let both = ["Mon 03-02 18:00 Water the plants", "Fri 03-06 09:00 Water the plants"];
    assert_eq!(open(&desk), both, "it was moved, so it stays");
    complete(&mut desk, first);
    assert_eq!(open(&desk), ["Fri 03-06 09:00 Water the plants"], "it was followed already");

    complete(&mut desk, next);
    assert_eq!(open(&desk), ["Thu 03-05 18:00 Water the plants"]);
    desk.run(&reopen).unwrap();
    assert_eq!(open(&desk).len(), 2, "only the last one that was done takes back what followed");
}

#[test]
fn deleting_one_skips_it_and_deleting_all_ends_it() {
    let mut desk = Desk::new();
    plan(&mut desk, Some("03-05T18:00"), "FREQ=DAILY;INTERVAL=3").unwrap();
    let (before, id) = (seen(&desk), newest(&desk).id);
    delete(&mut desk, id, Scope::One);
    assert_eq!(open(&desk), ["Sun 03-08 18:00 Water the plants"], "3 days after the day that was skipped");
    desk.undo();
    assert_eq!(seen(&desk), before);
    desk.now = at("03-09T10:00");
    delete(&mut desk, id, Scope::One);
    assert_eq!(open(&desk), ["Thu 03-12 18:00 Water the plants"], "3 days after it was skipped");

    let done = newest(&desk).id;
    complete(&mut desk, done);
    delete(&mut desk, done, Scope::One);
    assert_eq!(open(&desk).len(), 1, "what is done was followed already");
    let scopes = [Scope::All, Scope::Following(SeriesId::new(desk.id()))];
    for scope in scopes {
        let mut desk = desk.clone();
        let id = newest(&desk).id;
        delete(&mut desk, id, scope);
        assert!(open(&desk).is_empty() && desk.session.timeline().series().is_empty());
        desk.undo();
        complete(&mut desk, id);
        assert_eq!(open(&desk).len(), 1);
    }
}

#[test]
fn a_task_without_a_time_comes_again_in_the_inbox_from_that_day_on() {
    let mut desk = Desk::new();
    plan(&mut desk, None, "FREQ=WEEKLY;INTERVAL=2").unwrap();
    assert_eq!(open(&desk), ["Water the plants"]);
    desk.now = at("03-03T10:00");
    let id = newest(&desk).id;
    complete(&mut desk, id);
    assert_eq!(open(&desk), ["from Tue 03-17 Water the plants"]);
    let next = newest(&desk);
    assert!(next.is_in_inbox() && next.minutes.is_none() && next.due.is_none());

    // One of them gets a time, and the next one has none again.
    change(&mut desk, next.id, starting(at("03-18T10:00"))).unwrap();
    complete(&mut desk, next.id);
    assert_eq!(open(&desk), ["from Tue 03-17 Water the plants"]);
    // All of them get one.
    let next = newest(&desk).id;
    let timed = BlockUpdate { length: Some(Some(TimeDelta::minutes(20))), ..starting(at("03-18T08:00")) };
    change(&mut desk, next, BlockUpdate { scope: Scope::All, ..timed }).unwrap();
    assert_eq!(open(&desk), ["Wed 03-18 08:00 Water the plants"]);
    desk.now = at("03-19T10:00");
    complete(&mut desk, next);
    assert_eq!(open(&desk), ["Thu 04-02 08:00 Water the plants"]);
    assert_eq!(newest(&desk).length(), Some(TimeDelta::minutes(20)));
}

#[test]
fn one_that_was_changed_alone_is_followed_by_one_as_the_others() {
    let mut desk = Desk::new();
    plan(&mut desk, Some("03-02T18:00"), "FREQ=DAILY;INTERVAL=3").unwrap();
    let id = newest(&desk).id;
    let title = Title::new("Water the roses").ok();
    change(&mut desk, id, BlockUpdate { title, ..starting(at("03-02T20:00")) }).unwrap();
    complete(&mut desk, id);
    assert_eq!(open(&desk), ["Thu 03-05 18:00 Water the plants"]);
    let id = newest(&desk).id;
    let title = Title::new("Water the garden").ok();
    let all = BlockUpdate { title, scope: Scope::All, ..starting(at("03-06T07:30")) };
    change(&mut desk, id, all).unwrap();
    assert_eq!(open(&desk), ["Fri 03-06 07:30 Water the garden"]);
    desk.now = at("03-07T12:00");
    complete(&mut desk, id);
    assert_eq!(open(&desk), ["Tue 03-10 07:30 Water the garden"]);
}

#[test]
fn a_rule_and_what_comes_after_it_was_done_become_each_other() {
    let mut desk = Desk::new();
    let id = desk.task("Water the plants", "03-03T18:00", 15);
    let weekly =
        Repeat { id: SeriesId::new(desk.id()), rule: Recurrence::read("FREQ=WEEKLY").unwrap(), after_done: false };
    change(&mut desk, id, BlockUpdate { repeat: Some(weekly.clone()), ..BlockUpdate::default() }).unwrap();
    let before = seen(&desk);
    let third = desk.blocks(&BlockQuery::default()).get(2).unwrap().id;
    for scope in [Scope::One, Scope::All] {
        let repeat = after_done(&mut desk, "FREQ=DAILY;INTERVAL=5");
        change(&mut desk, third, BlockUpdate { repeat, scope, ..BlockUpdate::default() }).unwrap();
        let stay = ["Tue 03-03", "Tue 03-10", "Tue 03-17"].map(|day| format!("{day} 18:00 Water the plants"));
        assert_eq!(open(&desk), stay, "what was planned before it stays");
        desk.undo();
        assert_eq!(seen(&desk), before);
    }
    let repeat = after_done(&mut desk, "FREQ=DAILY;INTERVAL=5");
    change(&mut desk, id, BlockUpdate { repeat, ..BlockUpdate::default() }).unwrap();
    assert_eq!(open(&desk), ["Tue 03-03 18:00 Water the plants"]);
    complete(&mut desk, id);
    assert_eq!(open(&desk), ["Sat 03-07 18:00 Water the plants"]);

    let before = seen(&desk);
    let newest = newest(&desk).id;
    let weekly = Repeat { id: SeriesId::new(desk.id()), ..weekly };
    change(&mut desk, newest, BlockUpdate { repeat: Some(weekly), scope: Scope::All, ..BlockUpdate::default() })
        .unwrap();
    assert_eq!(
        open(&desk).get(..2).unwrap(),
        ["Sat 03-07", "Sat 03-14"].map(|day| format!("{day} 18:00 Water the plants"))
    );
    assert_eq!(open(&desk).len(), 13);
    desk.undo();
    assert_eq!(seen(&desk), before);
}

#[test]
fn what_is_done_already_is_followed_at_once() {
    let mut desk = Desk::new();
    let id = desk.task("Water the plants", "03-02T08:00", 15);
    complete(&mut desk, id);
    desk.now = at("03-04T10:00");
    let repeat = after_done(&mut desk, "FREQ=DAILY;INTERVAL=3");
    change(&mut desk, id, BlockUpdate { repeat, ..BlockUpdate::default() }).unwrap();
    assert_eq!(open(&desk), ["Thu 03-05 08:00 Water the plants"]);
    desk.undo();
    assert!(open(&desk).is_empty());
    let repeat = after_done(&mut desk, "FREQ=DAILY;INTERVAL=3");
    let again = BlockUpdate { repeat, completed: Some(false), ..BlockUpdate::default() };
    change(&mut desk, id, again).unwrap();
    assert_eq!(open(&desk), ["Mon 03-02 08:00 Water the plants"]);
}

#[test]
fn what_cannot_be_is_refused_in_a_sentence() {
    let mut desk = Desk::new();
    for rule in ["FREQ=WEEKLY;BYDAY=TU", "FREQ=DAILY;COUNT=3", "FREQ=DAILY;INTERVAL=367", "FREQ=MONTHLY;BYMONTHDAY=1"] {
        let refused = plan(&mut desk, Some("03-02T18:00"), rule).unwrap_err();
        assert!(refused.starts_with("What comes again after it was done does so 1 to 366 days,"), "{refused}");
    }
    let refused = plan(&mut desk, Some("03-02T18:00"), "FREQ=DAILY;UNTIL=20260301").unwrap_err();
    assert!(refused.starts_with("No day fits this rule"), "{refused}");

    let lunch = desk.block("Lunch", "03-02T12:00", 60, |new| new.kind = Kind::Appointment);
    let repeat = after_done(&mut desk, "FREQ=DAILY");
    let changes = BlockUpdate { repeat, ..BlockUpdate::default() };
    let refused = change(&mut desk, lunch, changes.clone()).unwrap_err();
    assert!(refused.starts_with("“Lunch” is an appointment"), "{refused}");
    let due = desk.block("Report", "03-02T12:00", 60, |new| new.due = "2026-03-05".parse().ok());
    let refused = change(&mut desk, due, changes).unwrap_err();
    assert!(refused.starts_with("“Report” repeats, so it cannot be due"), "{refused}");

    plan(&mut desk, Some("03-02T18:00"), "FREQ=DAILY").unwrap();
    let id = newest(&desk).id;
    for scope in [Scope::One, Scope::All] {
        let changes = BlockUpdate { kind: Some(Kind::Appointment), scope, ..BlockUpdate::default() };
        let refused = change(&mut desk, id, changes).unwrap_err();
        assert!(refused.starts_with("“Water the plants” is an appointment"), "{refused}");
    }
}

#[test]
fn series_of_earlier_versions_repeat_by_their_rule() {
    let mut desk = Desk::new();
    let series = plan(&mut desk, None, "FREQ=DAILY;INTERVAL=3").unwrap();
    let mut value = serde_json::to_value(&series).unwrap();
    assert_eq!(serde_json::from_value::<Series>(value.clone()).unwrap(), series);
    let fields = value.as_object_mut().unwrap();
    fields.remove("afterDone").unwrap();
    fields.remove("untimed").unwrap();
    let old: Series = serde_json::from_value(value).unwrap();
    assert_eq!((old.after_done, old.untimed, old.words()), (None, false, "every 3 days".to_owned()));
}

#[test]
fn an_overdue_one_moves_with_the_series_and_goes_with_it() {
    let mut desk = Desk::new();
    plan(&mut desk, Some("03-02T18:00"), "FREQ=DAILY;INTERVAL=3").unwrap();
    desk.now = at("03-10T10:00");
    let id = newest(&desk).id;
    change(&mut desk, id, BlockUpdate { scope: Scope::All, ..starting(at("03-02T19:00")) }).unwrap();
    assert_eq!(open(&desk), ["Mon 03-02 19:00 Water the plants"]);
    let place = newest(&desk).series.unwrap();
    assert_eq!(place.start, desk.session.timeline().series()[0].start);
    delete(&mut desk, id, Scope::All);
    assert_eq!(open(&desk), Vec::<String>::new());
}
