//! The timeline as a model sees it: overdue blocks, blocks of the next days, and how many others there are.

use std::fmt::Write as _;

use chrono::{Datelike, NaiveDateTime};
use flux_timeline::clock;
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
            format!("“{}” ({} open{mark})", field(&plan.title), plan.open_blocks)
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
    details.extend(block.tags.iter().map(|text| tag(text)));
    let details = if details.is_empty() { String::new() } else { format!(" | {}", details.join(", ")) };
    format!("{} | {start}–{end} | {}{details}", block.handle, field(&block.title))
}
