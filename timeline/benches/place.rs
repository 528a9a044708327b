//! How long placement takes: `cargo bench -p flux-tools --bench place`.

use std::hint::black_box;

use chrono::{DateTime, TimeDelta, Utc};
use criterion::Criterion;
use flux_timeline::place::{Frame, Task, place};
use flux_timeline::{Priority, Span, Title, Zone};

/// 10,000 blocks of 5–20 minutes in a year, about one an hour, day and night.
fn calendar(start: DateTime<Utc>) -> Vec<Span> {
    let block = |index: i64| {
        let minutes = index * 52 + index * index % 23;
        Span::starting(start + TimeDelta::minutes(minutes), TimeDelta::minutes(5 + index * 7 % 16)).ok()
    };
    // By no order, as no order is asked for: 7,919 is prime.
    (0..10_000).filter_map(|index| block(index * 7_919 % 10_000)).collect()
}

/// 1,000 tasks of 5–60 minutes; each third one depends on two before it.
fn tasks() -> Option<Vec<Task>> {
    let title = Title::new("Task").ok()?;
    let priorities = [Priority::High, Priority::Medium, Priority::Low];
    let task = |index: usize| Task {
        description: None,
        title: title.clone(),
        minutes: 5 + u32::try_from(index * 37 % 56).unwrap_or_default(),
        priority: priorities.get(index % 7 % 3).copied().unwrap_or_default(),
        depends_on: if index > 2 && index.is_multiple_of(3) { vec![index - 1, index / 2] } else { Vec::new() },
    };
    Some((0..1_000).map(task).collect())
}

fn main() {
    let start = DateTime::from_timestamp(1_795_500_000, 0).unwrap_or_default();
    let frame = Frame::new(Zone::new("Europe/Oslo").unwrap_or_default(), start);
    let (tasks, busy) = (tasks().unwrap_or_default(), calendar(start));
    let placed = place(&tasks, &busy, &frame).placed.len();
    println!("{placed} of {} tasks have a place among {} blocks", tasks.len(), busy.len());

    let mut criterion = Criterion::default().configure_from_args();
    criterion.bench_function("place/1000-into-10000", |bencher| {
        bencher.iter(|| place(black_box(&tasks), black_box(&busy), black_box(&frame)));
    });
    // A limit that leaves most tasks without a place, so that each walks all of its days.
    let crowded = Frame { minutes_per_week: Some(60), ..frame };
    criterion.bench_function("place/1000-into-10000-crowded", |bencher| {
        bencher.iter(|| place(black_box(&tasks), black_box(&busy), black_box(&crowded)));
    });
    criterion.final_summary();
}
