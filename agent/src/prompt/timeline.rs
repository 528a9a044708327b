//! The timeline as a model sees it: overdue blocks, blocks of the next days, and how many others there are.

use std::fmt::Write as _;

use chrono::{Datelike, NaiveDate, NaiveDateTime, TimeDelta};
use flux_timeline::describe::{counted_appointments, counted_blocks, counted_tasks};
use flux_timeline::{Kind, clock};
use flux_tools::context::{BlockLine, DAYS, GoalLine, InboxLine, TimelineContext};

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
        let _ = writeln!(text, "No blocks of the active plan in the next {DAYS} days.");
    } else {
        let _ = writeln!(text, "Blocks of the active plan (handle | when | title | details):");
    }
    for block in &context.blocks {
        let _ = writeln!(text, "- {}", line(block, context));
    }
    if !context.elsewhere.is_empty() {
        let _ = writeln!(text, "Blocks of the other plans (handle | when | title | details):");
    }
    for block in &context.elsewhere {
        let _ = writeln!(text, "- {}", line(block, context));
    }
    if context.more_elsewhere {
        let _ = writeln!(text, "- and more, which findBlocks lists");
    }
    if !context.inbox.is_empty() {
        let _ = writeln!(text, "Inbox, tasks without a time (handle | title | details):");
    }
    for task in &context.inbox {
        let _ = writeln!(text, "- {}", inbox_line(task));
    }
    if context.more_inbox > 0 {
        let _ = writeln!(text, "- {} more, which findBlocks lists", context.more_inbox);
    }
    if !context.goals.is_empty() {
        let _ = writeln!(text, "Goals (title | details):");
    }
    for goal in &context.goals {
        let _ = writeln!(text, "- {}", goal_line(goal));
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

/// `Tue 2026-03-03 22:00–23:00`, with the day of the end if it is another day.
fn times(block: &BlockLine) -> String {
    let moment = |time: NaiveDateTime| format!("{} {}", day(time.date()), clock::hours(time.time()));
    let same_day = block.start.date() == block.end.date();
    let end = if same_day { clock::hours(block.end.time()).to_string() } else { moment(block.end) };
    format!("{}–{end}", moment(block.start))
}

/// `Tue 2026-03-03 all day`, with the last day if there are several.
fn days(block: &BlockLine) -> String {
    let first = block.start.date();
    match block.end.date().pred_opt().filter(|last| *last > first) {
        Some(last) => format!("{}–{} all day", day(first), day(last)),
        None => format!("{} all day", day(first)),
    }
}

fn day(date: NaiveDate) -> String {
    format!("{} {}", date.weekday(), clock::iso_date(date))
}

fn line(block: &BlockLine, context: &TimelineContext) -> String {
    let when = if block.all_day { days(block) } else { times(block) };
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
    details.extend(block.repeats.as_ref().map(|rule| format!("repeats {rule}")));
    add_details(&mut details, block.working, &block.priority, &block.tags);
    details.extend(in_plan(block.plan.as_deref()));
    format!("{} | {when} | {}{}", block.handle, field(&block.title), listed(&details))
}

fn inbox_line(task: &InboxLine) -> String {
    let mut details = Vec::new();
    details.extend(task.minutes.map(|minutes| format!("{minutes} min")));
    let day = |date: NaiveDate| format!("{} {}", date.weekday(), clock::iso_date(date));
    details.extend(task.not_before.map(|date| format!("not before {}", day(date))));
    details.extend(task.due.map(|date| format!("due {}", day(date))));
    add_details(&mut details, task.working, &task.priority, &task.tags);
    details.extend(in_plan(task.plan.as_deref()));
    format!("{} | {}{}", task.handle, field(&task.title), listed(&details))
}

fn goal_line(goal: &GoalLine) -> String {
    let day = |time: NaiveDateTime| format!("{} {}", time.weekday(), clock::iso_date(time.date()));
    let mut details = vec![match goal.status.as_str() {
        "proposed" => "proposed, not accepted yet".to_owned(),
        status => status.to_owned(),
    }];
    if goal.all > 0 {
        let spent = clock::length(TimeDelta::minutes(goal.minutes.into()));
        details.push(format!("{} of {} done, {spent} spent", goal.done, goal.all));
    }
    if goal.missed > 0 {
        details.push(format!("{} missed", goal.missed));
    }
    if goal.behind {
        details.push("behind by a week".to_owned());
    }
    details.extend(goal.next.map(|next| format!("next {} {}", day(next), clock::hours(next.time()))));
    details.extend(goal.ends.map(|end| format!("last {}", day(end))));
    details
        .extend(goal.deadline.map(|deadline| format!("deadline {} {}", day(deadline), clock::hours(deadline.time()))));
    format!("{}{}", field(&goal.title), listed(&details))
}

/// The plan, if it is not the active one.
fn in_plan(plan: Option<&str>) -> Option<String> {
    plan.map(|plan| format!("in “{}”", field(plan)))
}

fn add_details(details: &mut Vec<String>, is_working: bool, priority: &str, tags: &[String]) {
    if is_working {
        details.push("timer running".to_owned());
    }
    if priority != "medium" {
        details.push(format!("{priority} priority"));
    }
    details.extend(tags.iter().map(|text| tag(text)));
}

fn listed(details: &[String]) -> String {
    if details.is_empty() { String::new() } else { format!(" | {}", details.join(", ")) }
}
