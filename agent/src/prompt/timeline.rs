//! The timeline as a model sees it: overdue blocks, blocks of the next days, and how many others there are.

use std::fmt::Write as _;

use chrono::{Datelike, NaiveDateTime};
use flux_timeline::describe::{counted_appointments, counted_blocks, counted_tasks};
use flux_timeline::{Kind, clock};
use flux_tools::context::{BlockLine, DAYS, TimelineContext};

use super::data::{field, tag};

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
            let appointments = and_appointments(plan.appointments);
            format!("“{}” ({} open{appointments}{mark})", field(&plan.title), counted_tasks(plan.open_blocks))
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
    let appointments = and_appointments(context.appointments);
    let (open, done) = (counted_tasks(context.later_open), counted_blocks(context.done));
    let _ = write!(text, "Not listed: {open} open, {done} done{appointments}.");
    text
}

/// Nothing, or how many appointments there are, after a comma.
fn and_appointments(count: u64) -> String {
    if count == 0 { String::new() } else { format!(", {}", counted_appointments(count)) }
}

fn line(block: &BlockLine, context: &TimelineContext) -> String {
    let moment = |time: NaiveDateTime| {
        format!("{} {} {}", time.weekday(), clock::iso_date(time.date()), clock::hours(time.time()))
    };
    let start = moment(block.start);
    let same_day = block.start.date() == block.end.date();
    let end = if same_day { clock::hours(block.end.time()).to_string() } else { moment(block.end) };
    let mut details = Vec::new();
    if !block.kind.is_task() {
        details.push("appointment".to_owned());
    }
    let is_past = block.end <= context.now;
    let state = match (block.completed, block.missed, block.kind) {
        (true, ..) => Some("done"),
        (_, true, _) => Some("missed"),
        (.., Kind::Task) => is_past.then_some("overdue"),
        (.., Kind::Appointment) => is_past.then_some("over"),
    };
    details.extend(state.map(str::to_owned));
    if block.working {
        details.push("timer running".to_owned());
    }
    if block.priority != "medium" {
        details.push(format!("{} priority", block.priority));
    }
    details.extend(block.tags.iter().map(|text| tag(text)));
    let details = if details.is_empty() { String::new() } else { format!(" | {}", details.join(", ")) };
    format!("{} | {start}–{end} | {}{details}", block.handle, field(&block.title))
}
