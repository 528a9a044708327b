//! What repeats: creating a series, changing one block, some or all of it, undo, and the job that makes more blocks.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod desk;

use chrono::{DateTime, TimeDelta, Utc};
use desk::{Desk, at};
use flux_timeline::command::{BlockUpdate, Command, NewBlock, Repeat, Scope, SettingsUpdate};
use flux_timeline::decide::{Did, Outcome};
use flux_timeline::reference::BlockRef;
use flux_timeline::*;

/// A rule, as a file or a page says it.
fn rule(text: &str) -> Recurrence {
    Recurrence::read(text).unwrap()
}

/// Plans something for an hour that repeats. Returns the sentence of a rejection.
fn plan(desk: &mut Desk, title: &str, start: &str, text: &str) -> Result<Series, String> {
    let repeat = Repeat { id: SeriesId::new(desk.id()), rule: rule(text), after_done: false };
    let mut new = NewBlock::new(BlockId::new(desk.id()), Title::new(title).unwrap());
    new.span = desk::span(start, 60);
    new.repeat = Some(repeat);
    match desk.run(&Command::ScheduleBlock(new))?.1 {
        Outcome::Series { did: Did::Scheduled, series, .. } => Ok(*series),
        other => panic!("{other:?}"),
    }
}

fn extend(desk: &mut Desk) -> usize {
    desk.run_as(&Command::ExtendSeries, &Actor::System).unwrap().0.len()
}

/// The open blocks by start: `Tue 03-03 18:00 Gym`, the first so many.
fn first(desk: &Desk, count: usize) -> Vec<String> {
    let blocks = desk.blocks(&BlockQuery { state: view::BlockState::Open, ..BlockQuery::default() });
    let say = |block: &Block| format!("{} {}", block.span.unwrap().start().format("%a %m-%d %H:%M"), block.title);
    blocks.iter().take(count).map(say).collect()
}

fn starts(desk: &Desk) -> Vec<DateTime<Utc>> {
    desk.blocks(&BlockQuery::default()).iter().map(|block| block.span.unwrap().start()).collect()
}

/// The block that starts then.
fn block(desk: &Desk, start: &str) -> Block {
    let blocks = desk.blocks(&BlockQuery::default());
    blocks.into_iter().find(|block| block.span.unwrap().start() == at(start)).unwrap()
}

fn change(desk: &mut Desk, start: &str, scope: Scope, changes: BlockUpdate) -> Result<Outcome, String> {
    let id = block(desk, start).id;
    desk.run(&Command::UpdateBlock { block: BlockRef::Id(id), changes: BlockUpdate { scope, ..changes } })
        .map(|(_, outcome)| outcome)
}

fn delete(desk: &mut Desk, start: &str, scope: Scope) -> Result<Outcome, String> {
    let id = block(desk, start).id;
    desk.run(&Command::DeleteBlock { block: BlockRef::Id(id), scope }).map(|(_, outcome)| outcome)
}

fn following(desk: &mut Desk) -> Scope {
    Scope::Following(SeriesId::new(desk.id()))
}

fn titled(title: &str) -> BlockUpdate {
    BlockUpdate { title: Title::new(title).ok(), ..BlockUpdate::default() }
}

fn starting(start: &str) -> BlockUpdate {
    BlockUpdate { start: Some(at(start)), ..BlockUpdate::default() }
}

/// What a person sees, and what repeats, without counters.
fn seen(desk: &Desk) -> String {
    let content = desk.session.timeline().content();
    serde_json::to_string(&(content.blocks, content.series)).unwrap()
}

#[test]
fn a_series_has_blocks_for_the_next_weeks_and_the_job_makes_more() {
    let mut desk = Desk::new();
    let series = plan(&mut desk, "Gym", "03-02T18:00", "FREQ=WEEKLY;BYDAY=TU,TH").unwrap();
    assert_eq!(series.words(), "every Tuesday and Thursday");
    assert_eq!(first(&desk, 3), ["Tue 03-03 18:00 Gym", "Thu 03-05 18:00 Gym", "Tue 03-10 18:00 Gym"]);
    let blocks = desk.blocks(&BlockQuery { series: Some(series.id), ..BlockQuery::default() });
    assert_eq!(blocks.len(), 26, "13 weeks of two");
    assert!(blocks.iter().all(|block| block.series.is_some_and(|place| place.series == series.id)));
    assert_eq!(desk.session.timeline().busy(at("03-03T00:00"), at("03-04T00:00")).len(), 1, "they take up time");
    assert_eq!(extend(&mut desk), 0, "there are enough");

    desk.now = at("04-02T10:00");
    let more = extend(&mut desk);
    assert!(more > 1);
    let all = starts(&desk);
    assert_eq!(all.len(), 26 + more - 1);
    assert!(all.last().unwrap() > &(desk.now + limits::SERIES_AHEAD_AT_LEAST));
    assert_eq!(extend(&mut desk), 0, "the same again changes nothing");
    let mut ids: Vec<BlockId> = desk.blocks(&BlockQuery::default()).iter().map(|block| block.id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), all.len(), "each has an id of its own");
}

#[test]
fn undoing_a_series_takes_back_also_the_blocks_that_were_made_later_and_redo_brings_it_back() {
    let mut desk = Desk::new();
    let before = seen(&desk);
    plan(&mut desk, "Gym", "03-02T18:00", "FREQ=DAILY").unwrap();
    desk.now = at("04-10T10:00");
    assert!(extend(&mut desk) > 0);
    let more = starts(&desk);
    desk.undo();
    assert_eq!(seen(&desk), before);
    desk.run(&Command::Redo).unwrap();
    assert_eq!(starts(&desk), more);
    assert_eq!(extend(&mut desk), 0);
    desk.undo();
    assert_eq!(seen(&desk), before);
}

#[test]
fn a_rule_ends_by_itself() {
    let mut desk = Desk::new();
    plan(&mut desk, "Course", "03-02T09:00", "FREQ=WEEKLY;COUNT=3").unwrap();
    plan(&mut desk, "Sprint", "03-02T11:00", "FREQ=DAILY;UNTIL=20260304").unwrap();
    assert_eq!(first(&desk, 9).len(), 6);
    desk.now = at("09-02T10:00");
    assert_eq!(extend(&mut desk), 0);
}

#[test]
fn one_block_is_changed_moved_done_or_deleted_by_itself() {
    let mut desk = Desk::new();
    plan(&mut desk, "Gym", "03-03T18:00", "FREQ=WEEKLY").unwrap();
    change(&mut desk, "03-10T18:00", Scope::One, starting("03-11T07:00")).unwrap();
    change(&mut desk, "03-17T18:00", Scope::One, titled("Swimming")).unwrap();
    delete(&mut desk, "03-24T18:00", Scope::One).unwrap();
    let done = block(&desk, "03-03T18:00").id;
    desk.run(&Command::CompleteBlock { block: BlockRef::Id(done) }).unwrap();
    assert_eq!(first(&desk, 3), ["Wed 03-11 07:00 Gym", "Tue 03-17 18:00 Swimming", "Tue 03-31 18:00 Gym"]);
    let series = desk.session.timeline().series().first().cloned().unwrap();
    assert_eq!(series.except, [at("03-24T18:00").naive_utc()]);
    let moved = block(&desk, "03-11T07:00");
    assert_eq!(moved.series.unwrap().start, at("03-10T18:00").naive_utc(), "it knows where it was");
    for _ in 0..4 {
        desk.undo();
    }
    assert_eq!(starts(&desk).len(), 13);
    assert_eq!(desk.session.timeline().series().first().unwrap().except, []);
}

#[test]
fn all_blocks_leave_their_reminders_to_the_settings_but_keep_a_length() {
    let mut desk = Desk::new();
    plan(&mut desk, "Gym", "03-03T18:00", "FREQ=WEEKLY").unwrap();
    let own = |desk: &Desk| desk.blocks(&BlockQuery::default()).into_iter().filter_map(|block| block.reminders).count();
    let reminders = |reminders| BlockUpdate { reminders: Some(reminders), ..BlockUpdate::default() };
    change(&mut desk, "03-03T18:00", Scope::All, reminders(Reminders::new(&[10]).ok())).unwrap();
    assert_eq!(own(&desk), starts(&desk).len());
    change(&mut desk, "03-10T18:00", Scope::All, reminders(None)).unwrap();
    assert_eq!(own(&desk), 0);
    assert_eq!(desk.session.timeline().series().first().unwrap().reminders, None);
    desk.undo();
    assert_eq!(own(&desk), starts(&desk).len());
    let no_length = BlockUpdate { length: Some(None), ..BlockUpdate::default() };
    let refused = change(&mut desk, "03-10T18:00", Scope::All, no_length).unwrap_err();
    assert!(refused.contains("so it has a length. Nothing was changed"), "{refused}");
}

#[test]
fn all_blocks_get_what_they_do_not_have_by_themselves() {
    let mut desk = Desk::new();
    plan(&mut desk, "Gym", "03-03T18:00", "FREQ=WEEKLY").unwrap();
    change(&mut desk, "03-17T18:00", Scope::One, titled("Swimming")).unwrap();
    change(&mut desk, "03-24T18:00", Scope::One, starting("03-25T07:00")).unwrap();
    desk.now = at("03-04T10:00");
    let before = seen(&desk);
    let changes = BlockUpdate { length: Some(Some(TimeDelta::minutes(90))), ..titled("Training") };
    let outcome =
        change(&mut desk, "03-10T18:00", Scope::All, BlockUpdate { start: Some(at("03-10T19:30")), ..changes });
    assert!(matches!(outcome.unwrap(), Outcome::Series { did: Did::Moved, count: 12, .. }));
    assert_eq!(
        first(&desk, 5),
        [
            "Tue 03-03 18:00 Gym",
            "Tue 03-10 19:30 Training",
            "Tue 03-17 19:30 Swimming",
            "Wed 03-25 07:00 Training",
            "Tue 03-31 19:30 Training"
        ],
        "what is over stays, and so does what was changed by itself"
    );
    assert_eq!(block(&desk, "03-31T19:30").length(), Some(TimeDelta::minutes(90)));
    desk.now = at("05-10T10:00");
    extend(&mut desk);
    assert!(starts(&desk).iter().skip(5).all(|start| start.format("%a %H:%M").to_string() == "Tue 19:30"));
    desk.undo();
    assert_eq!(seen(&desk), before, "the blocks that were made later by the new time are gone, too");
    extend(&mut desk);
    assert!(starts(&desk).iter().skip(5).all(|start| start.format("%a %H:%M").to_string() == "Tue 18:00"));
}

#[test]
fn all_move_to_another_day_of_the_week_but_not_away_from_a_numbered_day() {
    let mut desk = Desk::new();
    plan(&mut desk, "Gym", "03-02T18:00", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH").unwrap();
    change(&mut desk, "03-05T18:00", Scope::All, starting("03-06T07:00")).unwrap();
    assert_eq!(
        first(&desk, 4),
        ["Tue 03-03 07:00 Gym", "Fri 03-06 07:00 Gym", "Tue 03-17 07:00 Gym", "Fri 03-20 07:00 Gym"]
    );
    assert_eq!(
        desk.session.timeline().series().first().unwrap().rule.to_string(),
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,FR;WKST=TU"
    );
    plan(&mut desk, "Rent", "04-01T09:00", "FREQ=MONTHLY;BYMONTHDAY=1").unwrap();
    let refused = change(&mut desk, "04-01T09:00", Scope::All, starting("04-02T09:00")).unwrap_err();
    assert_eq!(
        refused,
        "“Rent” repeats every month on the 1st, so it cannot be moved to another day as a whole. Nothing was changed; give another \
         rule, or move one block."
    );
    change(&mut desk, "04-01T09:00", Scope::All, starting("04-01T10:00")).unwrap();
}

#[test]
fn this_and_following_become_a_series_of_their_own() {
    let mut desk = Desk::new();
    let series = plan(&mut desk, "Gym", "03-03T18:00", "FREQ=WEEKLY;COUNT=6").unwrap();
    delete(&mut desk, "03-31T18:00", Scope::One).unwrap();
    let before = seen(&desk);
    let scope = following(&mut desk);
    let named = block(&desk, "03-17T18:00");
    change(&mut desk, "03-17T18:00", scope, BlockUpdate { start: Some(at("03-18T19:00")), ..titled("Yoga") }).unwrap();
    assert_eq!(
        first(&desk, 9),
        [
            "Tue 03-03 18:00 Gym",
            "Tue 03-10 18:00 Gym",
            "Wed 03-18 19:00 Yoga",
            "Wed 03-25 19:00 Yoga",
            "Wed 04-08 19:00 Yoga"
        ]
    );
    let all = desk.session.timeline().series().to_vec();
    let [head, tail] = all.as_slice() else { panic!("{all:?}") };
    assert_eq!((head.id, head.rule.to_string()), (series.id, "FREQ=WEEKLY;UNTIL=20260317T175900".to_owned()));
    assert_eq!(tail.rule.to_string(), "FREQ=WEEKLY;COUNT=4");
    assert_eq!(tail.except, [at("04-01T19:00").naive_utc()]);
    let moved = block(&desk, "03-18T19:00");
    assert_eq!((moved.id, moved.handle), (named.id, named.handle), "they are the same blocks");
    assert_eq!(moved.series.unwrap().series, tail.id);
    desk.undo();
    assert_eq!(seen(&desk), before);
    desk.run(&Command::Redo).unwrap();
    assert_eq!(desk.session.timeline().series().len(), 2);
}

#[test]
fn a_new_rule_keeps_the_blocks_whose_days_fit() {
    let mut desk = Desk::new();
    plan(&mut desk, "Gym", "03-03T18:00", "FREQ=WEEKLY").unwrap();
    let kept = block(&desk, "03-17T18:00").id;
    let before = seen(&desk);
    desk.now = at("03-04T10:00");
    let repeat =
        Repeat { id: SeriesId::new(desk.id()), rule: rule("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SA"), after_done: false };
    let changes = BlockUpdate { repeat: Some(repeat), ..BlockUpdate::default() };
    change(&mut desk, "03-10T18:00", Scope::All, changes.clone()).unwrap();
    assert_eq!(
        first(&desk, 5),
        [
            "Tue 03-03 18:00 Gym",
            "Sat 03-07 18:00 Gym",
            "Tue 03-17 18:00 Gym",
            "Sat 03-21 18:00 Gym",
            "Tue 03-31 18:00 Gym"
        ]
    );
    assert_eq!(block(&desk, "03-17T18:00").id, kept);
    desk.undo();
    assert_eq!(seen(&desk), before);
    // For a block alone, the rule is that of the blocks after it, too.
    change(&mut desk, "03-17T18:00", Scope::One, changes).unwrap();
    assert_eq!(
        first(&desk, 5),
        [
            "Tue 03-03 18:00 Gym",
            "Tue 03-10 18:00 Gym",
            "Tue 03-17 18:00 Gym",
            "Sat 03-21 18:00 Gym",
            "Tue 03-31 18:00 Gym"
        ]
    );
}

#[test]
fn a_block_that_stands_alone_begins_to_repeat() {
    let mut desk = Desk::new();
    let id = desk.task("Gym", "03-04T18:00", 45);
    let before = seen(&desk);
    let repeat = Repeat { id: SeriesId::new(desk.id()), rule: rule("FREQ=WEEKLY;BYDAY=TH"), after_done: false };
    change(&mut desk, "03-04T18:00", Scope::One, BlockUpdate { repeat: Some(repeat.clone()), ..titled("Training") })
        .unwrap();
    assert_eq!(first(&desk, 2), ["Thu 03-05 18:00 Training", "Thu 03-12 18:00 Training"]);
    assert_eq!(block(&desk, "03-05T18:00").id, id);
    desk.undo();
    assert_eq!(seen(&desk), before);
    desk.add("Milk", |_| {}).unwrap();
    let milk = Command::UpdateBlock {
        block: BlockRef::from("Milk"),
        changes: BlockUpdate { repeat: Some(repeat), ..BlockUpdate::default() },
    };
    assert_eq!(
        desk.run(&milk).unwrap_err(),
        "“Milk” has no time, so it cannot repeat. Nothing was changed; say when it starts."
    );
}

#[test]
fn deleting_the_following_or_all_leaves_what_is_done_or_over() {
    let mut desk = Desk::new();
    plan(&mut desk, "Gym", "03-03T18:00", "FREQ=WEEKLY;COUNT=6").unwrap();
    let before = seen(&desk);
    let scope = following(&mut desk);
    let outcome = delete(&mut desk, "03-17T18:00", scope).unwrap();
    assert!(matches!(outcome, Outcome::Series { did: Did::Deleted, count: 4, .. }));
    assert_eq!(first(&desk, 9), ["Tue 03-03 18:00 Gym", "Tue 03-10 18:00 Gym"]);
    assert_eq!(extend(&mut desk), 0);
    desk.undo();
    assert_eq!(seen(&desk), before);

    desk.now = at("03-11T10:00");
    let done = block(&desk, "03-03T18:00").id;
    desk.run(&Command::CompleteBlock { block: BlockRef::Id(done) }).unwrap();
    delete(&mut desk, "03-17T18:00", Scope::All).unwrap();
    assert_eq!(starts(&desk), [at("03-03T18:00")], "the task of 10 March would still have to be done");
    assert_eq!(desk.session.timeline().series(), []);
    let left = change(&mut desk, "03-03T18:00", Scope::All, titled("Yoga")).unwrap_err();
    assert_eq!(left, "“Gym” no longer repeats. Nothing was changed; change this block alone.");
    delete(&mut desk, "03-03T18:00", Scope::One).unwrap();
}

#[test]
fn what_is_about_one_block_only_is_refused_for_several() {
    let mut desk = Desk::new();
    plan(&mut desk, "Gym", "03-03T18:00", "FREQ=WEEKLY").unwrap();
    let before = seen(&desk);
    let done = BlockUpdate { completed: Some(true), ..BlockUpdate::default() };
    let inbox = BlockUpdate { unschedule: true, ..BlockUpdate::default() };
    for changes in [done, inbox] {
        let refused = change(&mut desk, "03-10T18:00", Scope::All, changes).unwrap_err();
        assert_eq!(
            refused,
            "Only one block at a time can be done, missed, timed, due or without a time. Nothing was changed; change the others one \
             by one."
        );
    }
    assert_eq!(seen(&desk), before);
}

#[test]
fn rules_that_cannot_be_or_cost_much_are_refused_or_bounded() {
    let mut desk = Desk::new();
    let never = "No day fits this rule, so it would never take place. Nothing was changed; check its days and its end.";
    for text in
        ["FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;UNTIL=20200101", "FREQ=MONTHLY;BYDAY=5MO;BYSETPOS=2"]
    {
        assert_eq!(plan(&mut desk, "Never", "03-03T18:00", text).unwrap_err(), never, "{text}");
    }
    assert!(Recurrence::read("FREQ=DAILY;COUNT=10000").is_err());
    let mut past = NewBlock::new(BlockId::new(desk.id()), Title::new("Gym").unwrap());
    past.span = Span::starting("2019-03-03T18:00:00Z".parse().unwrap(), TimeDelta::hours(1)).ok();
    past.repeat = Some(Repeat { id: SeriesId::new(desk.id()), rule: rule("FREQ=DAILY"), after_done: false });
    assert_eq!(
        desk.run(&Command::ScheduleBlock(past)).unwrap_err(),
        "What repeats can begin at most a year ago. Nothing was changed; give a later start."
    );
    assert_eq!(seen(&desk), seen(&Desk::new()));
    // The most that one transaction makes; the job goes on from there.
    desk.now = at("12-31T10:00");
    plan(&mut desk, "Daily", "01-01T18:00", "FREQ=DAILY").unwrap();
    assert_eq!(starts(&desk).len(), limits::OCCURRENCES_AT_ONCE);
    assert!(extend(&mut desk) > 0);
}

#[test]
fn a_series_keeps_its_time_by_the_clock_in_its_own_zone() {
    let mut desk = Desk::new();
    let zone = |name: &str| {
        Command::ChangeSettings(SettingsUpdate { time_zone: Zone::new(name).ok(), ..SettingsUpdate::default() })
    };
    desk.run(&zone("Europe/Oslo")).unwrap();
    // 08:00 in Oslo, where the clocks go forward on 29 March.
    plan(&mut desk, "Standup", "03-27T07:00", "FREQ=DAILY").unwrap();
    assert_eq!(starts(&desk).get(..3).unwrap(), [at("03-27T07:00"), at("03-28T07:00"), at("03-29T06:00")]);
    // Moving one across the change keeps the others, and moving all by the clock moves each by its own offset.
    change(&mut desk, "03-27T07:00", Scope::All, starting("03-27T08:30")).unwrap();
    assert_eq!(starts(&desk).get(..3).unwrap(), [at("03-27T08:30"), at("03-28T08:30"), at("03-29T07:30")]);
    let before = starts(&desk);
    desk.run(&zone("Asia/Tokyo")).unwrap();
    assert_eq!(starts(&desk), before, "another zone of the person moves nothing");
    desk.now = at("05-20T10:00");
    extend(&mut desk);
    assert_eq!(starts(&desk).last().unwrap().format("%H:%M").to_string(), "07:30");
}

#[test]
fn a_title_means_the_block_of_the_series_that_is_nearest() {
    let mut desk = Desk::new();
    plan(&mut desk, "Gym", "03-02T18:00", "FREQ=DAILY").unwrap();
    desk.now = at("03-20T20:00");
    let starts = |desk: &Desk, command: Command| {
        let outcome = desk.clone().run(&command).unwrap().1;
        let (Outcome::Block { block, .. } | Outcome::Series { block, .. }) = outcome else { panic!("{outcome:?}") };
        block.span.unwrap().start()
    };
    let gym = || BlockRef::from("gym");
    let starts_of = |desk: &Desk| {
        let found = reference::find_block(&desk.session, &gym(), reference::Preferred::Ahead, desk.now);
        found.unwrap().span.unwrap().start()
    };
    let rename = |scope| Command::UpdateBlock { block: gym(), changes: BlockUpdate { scope, ..titled("Swim") } };
    assert_eq!(starts(&desk, Command::CompleteBlock { block: gym() }), at("03-20T18:00"), "the one of this evening");
    assert_eq!(starts(&desk, rename(Scope::One)), at("03-21T18:00"), "the next one");
    assert_eq!(starts(&desk, Command::DeleteBlock { block: gym(), scope: Scope::All }), at("03-21T18:00"));
    let scope = following(&mut desk);
    change(&mut desk, "03-21T18:00", scope, starting("03-21T19:00")).unwrap();
    assert_eq!(starts_of(&desk), at("03-21T19:00"), "also of two series of the same title");
    desk.task("Gym shoes", "03-22T10:00", 15);
    let other = desk.run(&Command::CompleteBlock { block: BlockRef::from("gym") });
    assert!(other.is_ok(), "the whole title wins: {other:?}");
}

#[test]
fn blocks_that_are_made_again_after_a_restoration_have_ids_of_their_own() {
    let mut desk = Desk::new();
    plan(&mut desk, "Gym", "03-02T18:00", "FREQ=DAILY").unwrap();
    let seq = desk.session.log().len() as u64;
    desk.now = at("04-10T10:00");
    extend(&mut desk);
    let before = seen(&desk);
    desk.run(&Command::Restore { seq }).unwrap();
    extend(&mut desk);
    assert_eq!(starts(&desk).len(), 129, "made again");
    desk.undo();
    assert_eq!(seen(&desk), before, "no day is missing");
}

#[test]
fn a_new_rule_takes_its_day_from_the_block_that_was_named() {
    let mut desk = Desk::new();
    plan(&mut desk, "Gym", "03-03T18:00", "FREQ=WEEKLY").unwrap();
    let monthly = Repeat { id: SeriesId::new(desk.id()), rule: rule("FREQ=MONTHLY"), after_done: false };
    let changes = BlockUpdate { repeat: Some(monthly), ..BlockUpdate::default() };
    change(&mut desk, "03-17T18:00", Scope::All, changes).unwrap();
    assert_eq!(first(&desk, 3), ["Tue 03-17 18:00 Gym", "Fri 04-17 18:00 Gym", "Sun 05-17 18:00 Gym"]);
}

#[test]
fn a_block_that_was_moved_or_has_no_time_is_not_moved_by_a_change_of_length() {
    let mut desk = Desk::new();
    plan(&mut desk, "Gym", "03-03T18:00", "FREQ=WEEKLY").unwrap();
    change(&mut desk, "03-10T18:00", Scope::One, starting("03-11T07:00")).unwrap();
    let longer = BlockUpdate { end: Some(at("03-11T08:30")), ..BlockUpdate::default() };
    change(&mut desk, "03-11T07:00", Scope::All, longer).unwrap();
    assert_eq!(first(&desk, 2), ["Tue 03-03 18:00 Gym", "Wed 03-11 07:00 Gym"]);
    assert_eq!(block(&desk, "03-11T07:00").length(), Some(TimeDelta::minutes(90)));
    assert_eq!(block(&desk, "03-17T18:00").length(), Some(TimeDelta::minutes(90)));
    let inbox = block(&desk, "03-17T18:00").id;
    change(&mut desk, "03-17T18:00", Scope::One, BlockUpdate { unschedule: true, ..BlockUpdate::default() }).unwrap();
    // `Desk::run` checks that each event is one that an import accepts: no estimate beside a time.
    let all = BlockUpdate { start: Some(at("03-17T19:00")), scope: Scope::All, ..BlockUpdate::default() };
    desk.run(&Command::UpdateBlock { block: BlockRef::Id(inbox), changes: all }).unwrap();
    assert_eq!(block(&desk, "03-24T19:00").length(), Some(TimeDelta::minutes(90)));
}

#[test]
fn what_is_named_is_changed_also_if_it_is_over_and_from_before_a_change_it_is_refused() {
    let mut desk = Desk::new();
    plan(&mut desk, "Gym", "03-03T18:00", "FREQ=WEEKLY").unwrap();
    desk.now = at("03-11T10:00");
    let scope = following(&mut desk);
    change(&mut desk, "03-03T18:00", scope, titled("Swim")).unwrap();
    assert_eq!(first(&desk, 3), ["Tue 03-03 18:00 Swim", "Tue 03-10 18:00 Swim", "Tue 03-17 18:00 Swim"]);
    change(&mut desk, "03-17T18:00", Scope::All, starting("03-17T19:00")).unwrap();
    let before = seen(&desk);
    let scope = following(&mut desk);
    let refused = change(&mut desk, "03-10T18:00", scope, titled("Yoga")).unwrap_err();
    assert_eq!(
        refused,
        "“Swim” is from before its series was changed. Nothing was changed; name a later block of it, or change this one alone."
    );
    assert_eq!(delete(&mut desk, "03-10T18:00", scope).unwrap_err(), refused);
    assert_eq!(seen(&desk), before);
    delete(&mut desk, "03-10T18:00", Scope::One).unwrap();
    assert_eq!(desk.session.timeline().series().first().unwrap().except, []);
}

#[test]
fn an_exception_outlives_a_new_rule_and_what_was_moved_ahead_stays() {
    let mut desk = Desk::new();
    plan(&mut desk, "Gym", "03-03T18:00", "FREQ=WEEKLY").unwrap();
    delete(&mut desk, "03-24T18:00", Scope::One).unwrap();
    change(&mut desk, "03-10T18:00", Scope::One, starting("03-12T18:00")).unwrap();
    desk.now = at("03-11T10:00");
    let repeat = Repeat { id: SeriesId::new(desk.id()), rule: rule("FREQ=WEEKLY;BYDAY=TU,SA"), after_done: false };
    let changes = BlockUpdate { repeat: Some(repeat), ..BlockUpdate::default() };
    change(&mut desk, "03-17T18:00", Scope::All, changes).unwrap();
    assert_eq!(
        first(&desk, 7),
        [
            "Tue 03-03 18:00 Gym",
            "Thu 03-12 18:00 Gym",
            "Sat 03-14 18:00 Gym",
            "Tue 03-17 18:00 Gym",
            "Sat 03-21 18:00 Gym",
            "Sat 03-28 18:00 Gym",
            "Tue 03-31 18:00 Gym"
        ]
    );
}

#[test]
fn there_are_never_more_series_than_are_possible_also_after_an_undo() {
    let mut desk = Desk::new();
    for number in 0..limits::SERIES {
        plan(&mut desk, &format!("Series {number}"), "03-03T18:00", "FREQ=DAILY;COUNT=2").unwrap();
    }
    let full = "There are 200 series already, which is all that fits. Nothing was changed; delete one first.";
    assert_eq!(plan(&mut desk, "One more", "03-03T18:00", "FREQ=DAILY").unwrap_err(), full);
    let seq = desk.session.log().len() as u64;
    let (_, outcome) = desk.run(&Command::DeleteBlock { block: BlockRef::from("B1"), scope: Scope::All }).unwrap();
    assert!(matches!(outcome, Outcome::Series { count: 2, .. }));
    let deletion = desk.session.log().last().unwrap().txn;
    plan(&mut desk, "Another", "03-03T18:00", "FREQ=DAILY;COUNT=2").unwrap();
    assert_eq!(desk.run(&Command::Undo { txn: Some(deletion) }).unwrap_err(), full);
    desk.run(&Command::Restore { seq }).unwrap();
    assert_eq!(desk.session.timeline().series().len(), limits::SERIES);
}

#[test]
fn a_series_of_an_archived_plan_waits() {
    let mut desk = Desk::new();
    let series = plan(&mut desk, "Gym", "03-03T18:00", "FREQ=WEEKLY").unwrap();
    let other = Command::CreatePlan { id: PlanId::new(desk.id()), title: Title::new("Other").unwrap() };
    desk.run(&other).unwrap();
    let reference = reference::PlanRef::Id(series.plan);
    desk.run(&Command::ArchivePlan { plan: reference.clone() }).unwrap();
    desk.now = at("08-01T10:00");
    assert_eq!(extend(&mut desk), 0);
    desk.run(&Command::UnarchivePlan { plan: reference }).unwrap();
    assert!(extend(&mut desk) > 0);
    let missed = starts(&desk).into_iter().filter(|start| *start > at("06-02T00:00") && *start < desk.now);
    assert_eq!(missed.count(), 0, "what it missed is not made up for");
}
