//! How long it takes to place tasks and to find free time: `cargo bench -p flux-timeline --bench place`.

use std::hint::black_box;

use chrono::{DateTime, TimeDelta, Utc};
use criterion::Criterion;
use flux_timeline::event::EventKind;
use flux_timeline::free_time::Activity;
use flux_timeline::outline::{Outline, Phase, propose};
use flux_timeline::place::{Horizon, Task, place};
use flux_timeline::query::{self, FindFreeTime, Query};
use flux_timeline::{
    Actor, Block, BlockId, EventId, Handle, Plan, PlanId, Priority, Session, Source, Span, Title, TxnId, Zone,
};
use uuid::Uuid;

/// 10,000 blocks of 5–20 minutes in a year, about one an hour, day and night.
fn calendar(start: DateTime<Utc>) -> Vec<Span> {
    let block = |index: i64| {
        let minutes = index * 52 + index * index % 23;
        Span::starting(start + TimeDelta::minutes(minutes), TimeDelta::minutes(5 + index * 7 % 16)).ok()
    };
    // In no order, because `place` takes blocks in any order. 7,919 is a prime number.
    (0..10_000).filter_map(|index| block(index * 7_919 % 10_000)).collect()
}

/// 1,000 tasks of 5–60 minutes. Every third one depends on two before it.
fn tasks() -> Option<Vec<Task>> {
    let title = Title::new("Task").ok()?;
    let priorities = [Priority::High, Priority::Medium, Priority::Low];
    let task = |index: usize| Task {
        description: None,
        title: title.clone(),
        minutes: 5 + u32::try_from(index * 37 % 56).unwrap_or_default(),
        priority: priorities.get(index % 7 % 3).copied().unwrap_or_default(),
        depends_on: if index > 2 && index.is_multiple_of(3) { vec![index - 1, index / 2] } else { Vec::new() },
        after_sessions: false,
    };
    Some((0..1_000).map(task).collect())
}

/// A goal of a year, at three hours a week: lessons in two phases, twelve tasks of half an hour to an hour, and a test after all lessons.
fn goal() -> Option<Outline> {
    let title = Title::new("Lesson").ok()?;
    let phase = |weeks: u32| Phase {
        title: title.clone(),
        description: None,
        minutes: 60,
        per_week: 3,
        weeks: Some(weeks),
        milestone: None,
    };
    let task =
        |(index, task): (usize, Task)| Task { minutes: 30 + task.minutes / 2, after_sessions: index == 11, ..task };
    let tasks = tasks()?.into_iter().take(12).enumerate().map(task).collect();
    Some(Outline { activity: Activity::Study, tasks, phases: vec![phase(20), phase(30)] })
}

/// A timeline with a block at each of these times.
fn timeline(spans: &[Span]) -> Option<Session> {
    let title = Title::new("Block").ok()?;
    let (plan, at) = (PlanId::new(Uuid::from_u128(1)), spans.first()?.start());
    let created = Plan { id: plan, title: title.clone(), created_at: at, archived_at: None, color: None };
    let block = |(index, span): (u32, &Span)| EventKind::BlockScheduled {
        block: Block {
            span: Some(*span),
            ..Block::new(
                BlockId::new(Uuid::from_u128(u128::from(index) + 2)),
                Handle::new(index + 1),
                plan,
                title.clone(),
                Source::User,
            )
        },
    };
    let mut events = vec![EventKind::PlanCreated { plan: created }];
    events.extend((0..).zip(spans).map(block));
    let mut session = Session::default();
    session.append(events, at, &Actor::User, TxnId::new(Uuid::nil()), || EventId::new(Uuid::nil()));
    Some(session)
}

fn main() {
    let start = DateTime::from_timestamp(1_795_500_000, 0).unwrap_or_default();
    let horizon = Horizon::new(Zone::new("Europe/Oslo").unwrap_or_default(), start);
    let (tasks, busy) = (tasks().unwrap_or_default(), calendar(start));
    let placed = place(&tasks, &busy, &horizon).placed.len();
    println!("{placed} of {} tasks have a place among {} blocks", tasks.len(), busy.len());

    let mut criterion = Criterion::default().configure_from_args();
    criterion.bench_function("place/1000-into-10000", |bencher| {
        bencher.iter(|| place(black_box(&tasks), black_box(&busy), black_box(&horizon)));
    });
    // With this limit most tasks have no place, so that each looks at all days.
    let crowded = Horizon { minutes_per_week: Some(60), ..horizon.clone() };
    criterion.bench_function("place/1000-into-10000-crowded", |bencher| {
        bencher.iter(|| place(black_box(&tasks), black_box(&busy), black_box(&crowded)));
    });
    // A thousand blocks in a year.
    let outline = goal().unwrap_or_default();
    let few: Vec<Span> = busy.iter().copied().step_by(10).collect();
    let year = Horizon {
        activity: outline.activity,
        deadline: Some(start + TimeDelta::days(365)),
        minutes_per_week: Some(180),
        ..horizon
    };
    let proposal = propose(&outline, &few, &year);
    println!("{} tasks and {} sessions", proposal.tasks.placed.len(), proposal.sessions.len());
    criterion.bench_function("propose/year-into-1000", |bencher| {
        bencher.iter(|| propose(black_box(&outline), black_box(&few), black_box(&year)));
    });
    // Sixty-two days, the longest range that is searched, with more slots than a caller can ask for.
    let find = FindFreeTime {
        from: start,
        to: start + TimeDelta::days(62),
        length: TimeDelta::minutes(30),
        limit: usize::MAX,
    };
    let query = Query::FreeTime(find);
    let session = timeline(&busy).unwrap_or_default();
    let answer = query::answer(&session, &query);
    println!("{} free slots", if let Ok(query::Answer::Slots { slots, .. }) = &answer { slots.len() } else { 0 });
    criterion.bench_function("free-time/62-days-among-10000", |bencher| {
        bencher.iter(|| query::answer(black_box(&session), black_box(&query)));
    });
    criterion.final_summary();
}
