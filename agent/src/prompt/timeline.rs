//! The timeline as a model sees it: what is overdue, what the next days bring, and how much there is beyond.

use std::fmt::Write as _;

use chrono::{DateTime, Datelike, NaiveDateTime, TimeDelta, Utc};
use flux_tools::clock;
use flux_tools::view::BlockState;
use flux_tools::{Block, BlockQuery, Plan, TimelineView};

use crate::model::{BlockLine, PlanLine, TimelineContext};

/// Most blocks that a prompt lists.
const LISTED: usize = 60;
/// Most overdue blocks among them: the newest ones, so that a long-neglected timeline does not hide the week ahead.
const OVERDUE: usize = 15;
/// How far a prompt looks ahead, in days.
const DAYS: i64 = 7;
/// Most plans that a prompt names.
const PLANS: usize = 30;

/// The facts, from the active plan.
///
/// # Errors
/// What the view can fail with.
pub fn context<V: TimelineView>(view: &V, now: DateTime<Utc>) -> Result<TimelineContext, V::Error> {
    let settings = view.settings()?;
    let zone = settings.time_zone;
    let active = view.active_plan()?.map(|plan| plan.id);
    let (in_use, archived): (Vec<_>, Vec<_>) = view.plans()?.into_iter().partition(Plan::is_in_use);
    let mut plans = Vec::new();
    for plan in in_use.into_iter().chain(archived).take(PLANS) {
        let counts = view.plan_counts(plan.id)?;
        plans.push(PlanLine {
            title: plan.title.to_string(),
            active: Some(plan.id) == active,
            archived: !plan.is_in_use(),
            open_blocks: counts.open,
        });
    }
    let today = zone.day_start(zone.wall(now).date());
    let of_plan = BlockQuery { plan: active, ..BlockQuery::default() };
    let mut blocks = overdue(view, &of_plan, today)?;
    blocks.extend(view.blocks(&BlockQuery {
        ends_after: Some(today),
        starts_before: Some(today + TimeDelta::days(DAYS)),
        limit: LISTED - blocks.len(),
        ..of_plan
    })?);
    let counts = active.map(|plan| view.plan_counts(plan)).transpose()?.unwrap_or_default();
    let listed_open = blocks.iter().filter(|block| block.is_open()).count() as u64;
    let listed_done = blocks.len() as u64 - listed_open;
    let line = |block: &Block| BlockLine {
        handle: block.handle.to_string(),
        title: block.title.to_string(),
        start: zone.wall(block.span.start()),
        end: zone.wall(block.span.end()),
        priority: block.priority.as_str().to_owned(),
        tags: block.tags.iter().map(ToString::to_string).collect(),
        completed: !block.is_open(),
    };
    Ok(TimelineContext {
        now: zone.wall(now),
        zone: zone.name().to_owned(),
        hour_format: settings.hour_format,
        plans,
        blocks: blocks.iter().map(line).collect(),
        later_open: counts.open.saturating_sub(listed_open),
        done: counts.done.saturating_sub(listed_done),
    })
}

/// Open blocks that ended before today: the newest, by start.
fn overdue<V: TimelineView>(view: &V, of_plan: &BlockQuery, today: DateTime<Utc>) -> Result<Vec<Block>, V::Error> {
    let mut found = view.blocks(&BlockQuery {
        ends_by: Some(today),
        state: BlockState::Open,
        starts_from: Some(today - TimeDelta::days(90)),
        limit: 500,
        ..of_plan.clone()
    })?;
    let older = found.len().saturating_sub(OVERDUE);
    Ok(found.split_off(older))
}

/// The facts in words.
pub fn describe(context: &TimelineContext) -> String {
    let mut text = String::new();
    let plans: Vec<String> = context
        .plans
        .iter()
        .map(|plan| {
            let mark = match (plan.active, plan.archived) {
                (true, _) => ", active",
                (false, true) => ", archived",
                (false, false) => "",
            };
            format!("“{}” ({} open{mark})", plan.title, plan.open_blocks)
        })
        .collect();
    // Writing to a String cannot fail.
    let _ = writeln!(text, "Plans: {}.", plans.join(", "));
    if context.blocks.is_empty() {
        let _ = writeln!(text, "No blocks in the next {DAYS} days.");
    } else {
        let _ = writeln!(text, "Blocks of the active plan (handle | when | title | details):");
    }
    for block in &context.blocks {
        let _ = writeln!(text, "- {}", line(block, context));
    }
    let _ = write!(text, "Not listed: {} open and {} done blocks.", context.later_open, context.done);
    text
}

fn line(block: &BlockLine, context: &TimelineContext) -> String {
    let moment = |time: NaiveDateTime| {
        format!("{} {} {}", time.weekday(), clock::iso_date(time.date()), clock::hours(time.time()))
    };
    let start = moment(block.start);
    let same_day = block.start.date() == block.end.date();
    let end = if same_day { clock::hours(block.end.time()).to_string() } else { moment(block.end) };
    let mut details = Vec::new();
    if block.completed {
        details.push("done".to_owned());
    } else if block.end < context.now {
        details.push("overdue".to_owned());
    }
    if block.priority != "medium" {
        details.push(format!("{} priority", block.priority));
    }
    details.extend(block.tags.iter().map(|tag| format!("#{tag}")));
    let details = if details.is_empty() { String::new() } else { format!(" | {}", details.join(", ")) };
    format!("{} | {start}–{end} | {}{details}", block.handle, block.title)
}
