//! All-day blocks, and blocks over several days.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod desk;

use chrono::{NaiveDate, TimeDelta};
use desk::{Desk, at, span};
use flux_timeline::command::{BlockUpdate, NewBlock, Repeat, Scope, SettingsUpdate};
use flux_timeline::decide::{Did, Outcome};
use flux_timeline::reference::BlockRef;
use flux_timeline::view::BlockState;
use flux_timeline::{
    Block, BlockId, BlockQuery, Command, Days, Distance, EventKind, Kind, Moment, ReadPlans, Recurrence, Reminders,
    SeriesId, Settings, Title, Zone,
};

/// A date of 2026, `03-02`.
fn date(text: &str) -> NaiveDate {
    format!("2026-{text}").parse().unwrap()
}

fn days(first: &str, last: &str) -> Option<Days> {
    Days::new(date(first), date(last)).ok()
}

fn set_days(days: Option<Days>) -> BlockUpdate {
    BlockUpdate { first_day: days.map(Days::first), last_day: days.map(Days::last), ..BlockUpdate::default() }
}

fn titles(blocks: &[Block]) -> Vec<String> {
    blocks.iter().map(|block| block.title.to_string()).collect()
}

fn settings(desk: &Desk) -> Settings {
    desk.session.settings().unwrap()
}

fn zone(desk: &mut Desk, name: &str) {
    let update = SettingsUpdate { time_zone: Zone::new(name).ok(), ..SettingsUpdate::default() };
    desk.run(&Command::ChangeSettings(update)).unwrap();
}

#[test]
fn a_block_is_all_day_and_takes_up_no_time() {
    let mut desk = Desk::new();
    desk.task("Report", "03-03T09:00", 60);
    let fair = desk.add("Fair", |new| (new.days, new.kind) = (days("03-03", "03-05"), Kind::Appointment)).unwrap();
    assert_eq!((fair.span, fair.days, fair.minutes, fair.length()), (None, days("03-03", "03-05"), None, None));
    assert!(!fair.is_in_inbox() && fair.is_open());
    let timeline = desk.session.timeline();
    assert_eq!(timeline.busy(at("03-01T00:00"), at("03-09T00:00")), [span("03-03T09:00", 60).unwrap()]);
    let new = NewBlock {
        span: span("03-03T09:30", 60),
        ..NewBlock::new(BlockId::new(desk.id()), Title::new("Call").unwrap())
    };
    let Outcome::Block { overlaps, .. } = desk.run(&Command::ScheduleBlock(new)).unwrap().1 else { panic!() };
    assert_eq!(titles(&overlaps), ["Report"], "a fair does not block the day");
    let moment = Moment::new(desk.now, &settings(&desk));
    assert_eq!(moment.time_of(&fair), "Tue 3 Mar – Thu 5 Mar, all day");
    assert_eq!(moment.start_of(&Block { days: days("03-03", "03-03"), ..fair }), "Tue 3 Mar, all day");
}

#[test]
fn it_comes_before_what_has_a_time_on_its_first_day_in_any_zone() {
    let mut desk = Desk::new();
    desk.task("Evening", "03-02T09:00", 30);
    desk.task("Midnight", "03-02T10:01", 30);
    desk.add("Holiday", |new| new.days = days("03-03", "03-03")).unwrap();
    assert_eq!(
        titles(&desk.blocks(&BlockQuery::default())),
        ["Evening", "Holiday", "Midnight"].map(str::to_owned).to_vec()
    );
    // On Kiritimati, 3 March begins 14 hours before it does in UTC.
    assert_eq!(days("03-03", "03-03").unwrap().anywhere().0, at("03-02T10:00"));
}

#[test]
fn a_query_finds_it_on_its_days_in_the_persons_zone() {
    let mut desk = Desk::new();
    desk.add("Holiday", |new| new.days = days("03-03", "03-04")).unwrap();
    let overlapping = |desk: &Desk, from: &str, to: &str| desk.blocks(&BlockQuery::overlapping(at(from), at(to))).len();
    assert_eq!(overlapping(&desk, "03-02T12:00", "03-03T00:00"), 0);
    assert_eq!(overlapping(&desk, "03-02T12:00", "03-03T00:01"), 1);
    assert_eq!(overlapping(&desk, "03-04T23:59", "03-06T00:00"), 1);
    assert_eq!(overlapping(&desk, "03-05T00:00", "03-06T00:00"), 0);
    zone(&mut desk, "Pacific/Kiritimati");
    assert_eq!(overlapping(&desk, "03-02T09:00", "03-02T10:00"), 0);
    assert_eq!(overlapping(&desk, "03-02T09:00", "03-02T10:01"), 1);
    assert_eq!(overlapping(&desk, "03-04T10:00", "03-05T00:00"), 0);
    zone(&mut desk, "Pacific/Pago_Pago");
    let starts = |desk: &Desk, text: &str| {
        desk.blocks(&BlockQuery { starts_from: Some(at(text)), ..BlockQuery::default() }).len()
    };
    assert_eq!((starts(&desk, "03-03T11:00"), starts(&desk, "03-03T11:01")), (1, 0));
    let ended = |desk: &Desk, text: &str| {
        desk.blocks(&BlockQuery { ends_by: Some(at(text)), state: BlockState::ToDo, ..BlockQuery::default() }).len()
    };
    assert_eq!((ended(&desk, "03-05T10:59"), ended(&desk, "03-05T11:00")), (0, 1));
}

#[test]
fn a_long_block_is_found_on_its_last_day() {
    let mut desk = Desk::new();
    desk.add("Sabbatical", |new| new.days = days("01-01", "12-31")).unwrap();
    assert_eq!(desk.blocks(&BlockQuery::overlapping(at("12-31T23:00"), at("12-31T23:30"))).len(), 1);
}

#[test]
fn it_gets_a_time_and_days_again() {
    let mut desk = Desk::new();
    desk.add("Taxes", |new| (new.minutes, new.due) = (Some(45), Some(date("03-09")))).unwrap();
    let before = desk.session.timeline().content();
    let (did, block) = desk.update("Taxes", set_days(days("03-04", "03-04"))).unwrap();
    assert_eq!((did, block.days, block.minutes), (Did::Moved, days("03-04", "03-04"), None));
    let (did, block) = desk.update("Taxes", set_days(days("03-04", "03-05"))).unwrap();
    assert_eq!((did, block.days), (Did::Moved, days("03-04", "03-05")));
    let start = BlockUpdate { start: Some(at("03-04T10:00")), ..BlockUpdate::default() };
    let (did, block) = desk.update("Taxes", start).unwrap();
    assert_eq!((did, block.span, block.days), (Did::Moved, span("03-04T10:00", 60), None));
    let (did, block) = desk.update("Taxes", set_days(days("03-05", "03-05"))).unwrap();
    assert_eq!((did, block.span, block.days), (Did::Moved, None, days("03-05", "03-05")));
    let (did, block) = desk.update("Taxes", BlockUpdate { unschedule: true, ..BlockUpdate::default() }).unwrap();
    assert_eq!((did, block.when(), block.minutes), (Did::Moved, None, None));
    for _ in 0..5 {
        desk.undo();
    }
    assert_eq!(desk.session.timeline().content(), before);
}

#[test]
fn one_of_the_two_days_is_enough_where_the_other_one_is_known() {
    let mut desk = Desk::new();
    desk.add("Trip", |new| new.days = days("03-03", "03-05")).unwrap();
    let first = |text: &str| BlockUpdate { first_day: Some(date(text)), ..BlockUpdate::default() };
    let last = |text: &str| BlockUpdate { last_day: Some(date(text)), ..BlockUpdate::default() };
    assert_eq!(desk.update("Trip", first("03-09")).unwrap().1.days, days("03-09", "03-11"), "as many days");
    assert_eq!(desk.update("Trip", last("03-15")).unwrap().1.days, days("03-09", "03-15"));
    assert!(desk.update("Trip", last("03-08")).is_err());
    desk.task("Call", "03-03T09:00", 30);
    let why = "“Call” is not all day. Nothing was changed; give its first day, too.";
    assert_eq!(desk.update("Call", last("03-08")).unwrap_err(), why);
    assert_eq!(desk.update("Call", first("03-08")).unwrap().1.days, days("03-08", "03-08"));
}

#[test]
fn it_has_either_a_time_or_days() {
    let mut desk = Desk::new();
    let both = desk.add("Fair", |new| (new.span, new.days) = (span("03-03T09:00", 60), days("03-03", "03-03")));
    let either = "A block takes place either at a time or all day. Nothing was changed; give one of them.";
    assert_eq!(both.unwrap_err(), either);
    desk.add("Fair", |new| new.days = days("03-03", "03-03")).unwrap();
    let start = Some(at("03-04T10:00"));
    let both = BlockUpdate { start, ..set_days(days("03-03", "03-03")) };
    assert_eq!(desk.update("Fair", both).unwrap_err(), either);
    let length = BlockUpdate { length: Some(Some(TimeDelta::hours(2))), ..BlockUpdate::default() };
    let why = "“Fair” is all day. Nothing was changed; say when it starts, or give other days.";
    assert_eq!(desk.update("Fair", length).unwrap_err(), why);
    assert_eq!(desk.update("Fair", BlockUpdate { end: start, ..BlockUpdate::default() }).unwrap_err(), why);
}

#[test]
fn a_task_is_overdue_and_an_appointment_over_after_the_last_day_in_the_zone() {
    let mut desk = Desk::new();
    let [taxes, fair] = [Kind::Task, Kind::Appointment]
        .map(|kind| desk.add("Thing", |new| (new.days, new.kind) = (days("03-01", "03-02"), kind)).unwrap());
    let tokyo = Zone::new("Asia/Tokyo").unwrap();
    for (now, zone, is_past) in [
        ("03-02T23:59", Zone::UTC, false),
        ("03-03T00:00", Zone::UTC, true),
        ("03-02T14:59", tokyo, false),
        ("03-02T15:00", tokyo, true),
    ] {
        assert_eq!(taxes.is_overdue(at(now), zone), is_past, "{now} {zone}");
        assert_eq!(fair.is_over(at(now), zone), is_past, "{now} {zone}");
        assert!(!taxes.is_over(at(now), zone) && !fair.is_overdue(at(now), zone));
    }
}

#[test]
fn an_appointment_can_be_missed_once_its_first_day_has_begun() {
    let mut desk = Desk::new();
    desk.add("Fair", |new| (new.days, new.kind) = (days("03-03", "03-04"), Kind::Appointment)).unwrap();
    let missed = BlockUpdate { missed: Some(true), ..BlockUpdate::default() };
    let why = desk.update("Fair", missed.clone()).unwrap_err();
    assert!(why.contains("Tue 3 Mar – Wed 4 Mar, all day"), "{why}");
    desk.now = at("03-03T00:00");
    assert_eq!(desk.update("Fair", missed).unwrap().0, Did::Missed);
    let (_, block) = desk.update("Fair", set_days(days("03-05", "03-05"))).unwrap();
    assert!(block.is_open(), "what lies ahead again can still take place");
}

#[test]
fn an_overdue_task_moves_to_today_with_as_many_days() {
    let mut desk = Desk::new();
    desk.add("Tidy", |new| new.days = days("02-25", "02-26")).unwrap();
    desk.add("Paint", |new| (new.days, new.not_before) = (days("02-25", "02-25"), Some(date("03-06")))).unwrap();
    let wash = desk.task("Wash", "02-27T15:00", 600);
    desk.add("Dry", |new| (new.days, new.depends_on) = (days("02-28", "02-28"), vec![BlockRef::Id(wash)])).unwrap();
    desk.add("Late", |new| (new.days, new.due) = (days("02-27", "02-28"), Some(date("03-02")))).unwrap();
    // The working hours are 09:00 to 18:00, and 10:00 is now.
    desk.run(&Command::CompleteBlock { block: BlockRef::Id(wash) }).unwrap();
    let (events, outcome) = desk.reschedule(&[]).unwrap();
    assert!(events.iter().all(|event| matches!(event, EventKind::BlockMoved(_))));
    let Outcome::Rescheduled { blocks, left_out, more: 0 } = outcome else { panic!("{outcome:?}") };
    let moved: Vec<_> = blocks.iter().map(|block| (block.title.to_string(), block.days)).collect();
    let expected =
        [("Dry", days("03-02", "03-02")), ("Tidy", days("03-02", "03-03")), ("Paint", days("03-06", "03-06"))];
    assert_eq!(moved, expected.map(|(title, days)| (title.to_owned(), days)));
    let why: Vec<_> = left_out.iter().map(|left| left.why.as_str()).collect();
    assert_eq!(why, ["There is no room for it by Mon 2 Mar, when it is due."]);
}

#[test]
fn an_overdue_all_day_task_waits_for_what_comes_first_and_stays_before_what_waits_for_it() {
    let mut desk = Desk::new();
    let wash = desk.task("Wash", "03-03T15:00", 60);
    let dry =
        desk.add("Dry", |new| (new.days, new.depends_on) = (days("02-28", "02-28"), vec![BlockRef::Id(wash)])).unwrap();
    desk.reschedule(&[]).unwrap();
    let days_of = |desk: &Desk, id| desk.session.timeline().block(id).unwrap().days;
    assert_eq!(days_of(&desk, dry.id), days("03-04", "03-04"), "the day on which it is washed has begun");
    desk.now = at("03-06T10:00");
    desk.complete("Wash");
    desk.block("Iron", "03-06T15:00", 60, |new| new.depends_on = vec![BlockRef::Id(dry.id)]);
    let why = desk.reschedule(&["Dry"]).unwrap_err();
    assert!(why.contains("no room for it before “Iron”"), "{why}");
}

#[test]
fn days_that_were_suggested_are_taken() {
    let mut desk = Desk::new();
    let tidy = desk.add("Tidy", |new| new.days = days("02-25", "02-26")).unwrap();
    desk.run(&Command::PlaceTasks(vec![(tidy.id, at("03-02T00:00"))])).unwrap();
    assert_eq!(desk.session.timeline().block(tidy.id).unwrap().days, days("03-02", "03-03"));
}

#[test]
fn a_shift_moves_it_by_whole_days_only() {
    let mut desk = Desk::new();
    let fair = desk.add("Fair", |new| new.days = days("03-03", "03-05")).unwrap();
    let call = desk.task("Call", "03-03T09:00", 30);
    let shift = |desk: &mut Desk, by| {
        desk.run(&Command::ShiftTimeline { plan: None, after: at("03-02T10:00"), before: None, by }).unwrap();
        let timeline = desk.session.timeline();
        (timeline.block(fair.id).unwrap().days, timeline.block(call).unwrap().span)
    };
    assert_eq!(shift(&mut desk, Distance::minutes(90)), (fair.days, span("03-03T10:30", 30)));
    desk.undo();
    let by = Distance { days: 2, minutes: 60 };
    assert_eq!(shift(&mut desk, by), (days("03-05", "03-07"), span("03-05T10:00", 30)));
    desk.undo();
    assert_eq!(desk.session.timeline().block(fair.id), Some(&fair));
    desk.run(&Command::Redo).unwrap();
    assert_eq!(desk.session.timeline().block(fair.id).unwrap().days, days("03-05", "03-07"));
}

#[test]
fn days_do_not_move_when_the_zone_changes() {
    let mut desk = Desk::new();
    let fair = desk.add("Fair", |new| new.days = days("03-03", "03-05")).unwrap();
    zone(&mut desk, "Asia/Tokyo");
    assert_eq!(desk.session.timeline().block(fair.id), Some(&fair));
}

#[test]
fn reminders_count_back_from_nine_of_the_first_day_in_the_zone() {
    let mut desk = Desk::new();
    zone(&mut desk, "Europe/Oslo");
    let reminders = Reminders::new(&[24 * 60, 0]).ok();
    let fair = desk.add("Fair", |new| (new.days, new.reminders) = (days("03-29", "03-30"), reminders)).unwrap();
    // The clocks go forward in the night before.
    assert_eq!(settings(&desk).reminders_of(&fair), [at("03-28T07:00"), at("03-29T07:00")]);
}

fn repeat(desk: &mut Desk, rule: &str) -> Option<Repeat> {
    Some(Repeat { id: SeriesId::new(desk.id()), rule: Recurrence::read(rule).unwrap(), after_done: false })
}

#[test]
fn all_day_blocks_repeat_and_a_series_gets_a_time_and_days_again() {
    let mut desk = Desk::new();
    let repeat = repeat(&mut desk, "FREQ=WEEKLY");
    desk.now = at("03-02T10:00");
    let new = NewBlock {
        days: days("03-05", "03-06"),
        kind: Kind::Appointment,
        repeat,
        ..NewBlock::new(BlockId::new(desk.id()), Title::new("Market").unwrap())
    };
    let Outcome::Series { series, block, count, .. } = desk.run(&Command::ScheduleBlock(new)).unwrap().1 else {
        panic!()
    };
    assert!(series.all_day && series.minutes == 2 * 24 * 60 && count > 10);
    assert_eq!(block.days, days("03-05", "03-06"));
    zone(&mut desk, "Asia/Tokyo");
    let week = |desk: &Desk| -> Vec<_> {
        let mut blocks = desk.blocks(&BlockQuery { limit: 3, ..BlockQuery::default() });
        blocks.drain(..).map(|block| (block.days, block.span)).collect()
    };
    assert_eq!(
        week(&desk),
        ["03-05", "03-12", "03-19"].map(|first| (Some(Days::starting(date(first), 2).unwrap()), None))
    );
    // The second one and those after it move by a day and last one day.
    let scope = Scope::Following(SeriesId::new(desk.id()));
    let second = desk.blocks(&BlockQuery { limit: 2, ..BlockQuery::default() }).pop().unwrap();
    let changes = BlockUpdate { scope, ..set_days(days("03-13", "03-13")) };
    desk.run(&Command::UpdateBlock { block: BlockRef::Id(second.id), changes }).unwrap();
    let expected = [days("03-05", "03-06"), days("03-13", "03-13"), days("03-20", "03-20")].map(|days| (days, None));
    assert_eq!(week(&desk), expected);
    desk.undo();
    // All get a time.
    let changes = BlockUpdate { scope: Scope::All, start: Some(at("03-05T01:00")), ..BlockUpdate::default() };
    let first = desk.blocks(&BlockQuery { limit: 1, ..BlockQuery::default() }).pop().unwrap();
    desk.run(&Command::UpdateBlock { block: BlockRef::Id(first.id), changes }).unwrap();
    assert_eq!(week(&desk)[..2], [(None, span("03-05T01:00", 60)), (None, span("03-12T01:00", 60))]);
    // And become all-day again.
    let changes = BlockUpdate { scope: Scope::All, ..set_days(days("03-05", "03-05")) };
    desk.run(&Command::UpdateBlock { block: BlockRef::Id(first.id), changes }).unwrap();
    assert_eq!(week(&desk)[..2], [(days("03-05", "03-05"), None), (days("03-12", "03-12"), None)]);
}

#[test]
fn a_series_of_more_than_two_weeks_each_is_refused() {
    let mut desk = Desk::new();
    let repeat = repeat(&mut desk, "FREQ=YEARLY");
    let long = desk.add("Summer", |new| (new.days, new.repeat) = (days("07-01", "07-15"), repeat));
    assert!(long.unwrap_err().contains("at most 14 days"));
}

#[test]
fn an_all_day_task_comes_again_after_it_was_done() {
    let mut desk = Desk::new();
    let again = repeat(&mut desk, "FREQ=DAILY;INTERVAL=3").map(|repeat| Repeat { after_done: true, ..repeat });
    desk.now = at("03-02T10:00");
    let new = NewBlock {
        days: days("02-27", "02-28"),
        repeat: again,
        ..NewBlock::new(BlockId::new(desk.id()), Title::new("Tidy").unwrap())
    };
    desk.run(&Command::ScheduleBlock(new)).unwrap();
    let open = BlockQuery { state: BlockState::Open, ..BlockQuery::default() };
    let found = |desk: &Desk| desk.blocks(&open).iter().map(|block| (block.days, block.span)).collect::<Vec<_>>();
    assert_eq!(found(&desk), [(days("02-27", "02-28"), None)]);
    desk.complete("Tidy");
    assert_eq!(found(&desk), [(days("03-05", "03-06"), None)], "three days after the day on which it was done");
    desk.undo();
    assert_eq!(found(&desk), [(days("02-27", "02-28"), None)]);
}
