//! Days, times and blocks in words, and lists of them.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use flux_timeline::{HourFormat, clock};

use flux_tools::context::{BlockLine, InboxLine, TimelineContext};

/// The most blocks that a list shows.
const LISTED: usize = 30;

/// How days and times are written: as seen from this day, in the person's format.
#[derive(Debug, Clone, Copy)]
pub(super) struct TimeFormat {
    /// Today.
    pub today: NaiveDate,
    format: HourFormat,
}

impl TimeFormat {
    /// The format for the person of this context.
    pub fn new(context: &TimelineContext) -> Self {
        Self { today: context.now.date(), format: context.hour_format }
    }

    /// `09:00` or `9:00 AM`.
    pub fn time(self, time: NaiveTime) -> String {
        clock::time(time, self.format)
    }

    /// `09:00–10:00`, with the day of the end if it is another day.
    pub fn times(self, start: NaiveDateTime, end: NaiveDateTime) -> String {
        let to_midnight = end.date() == start.date() + TimeDelta::days(1) && end.time() == NaiveTime::MIN;
        let end_day = if end.date() == start.date() || to_midnight {
            String::new()
        } else {
            format!(" ({})", clock::day(end.date(), end.date()))
        };
        format!("{}–{}{end_day}", self.time(start.time()), self.time(end.time()))
    }

    /// `Tue 3 Mar, 09:00–10:00`, or `no time yet`.
    fn when(self, block: &BlockLine) -> String {
        if block.untimed {
            return "no time yet".to_owned();
        }
        let day = clock::day(block.start.date(), self.today);
        if block.all_day {
            let last = last_day(block);
            let to = if last == block.start.date() {
                String::new()
            } else {
                format!(" – {}", clock::day(last, self.today))
            };
            return format!("{day}{to}, all day");
        }
        format!("{day}, {}", self.times(block.start, block.end))
    }
}

/// `today`, `tomorrow`, or the day.
pub(super) fn near_day(date: NaiveDate, today: NaiveDate) -> String {
    match (date - today).num_days() {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        -1 => "yesterday".to_owned(),
        _ => clock::day(date, today),
    }
}

/// `Today, Mon 2 Mar`, as a heading.
pub(super) fn heading(date: NaiveDate, today: NaiveDate) -> String {
    let plain = clock::day(date, today);
    let near = near_day(date, today);
    if near == plain { plain } else { format!("{}, {plain}", capitalised(&near)) }
}

/// `“Standup” (B3), Tue 3 Mar, 09:00–10:00`.
pub(super) fn block(block: &BlockLine, format: TimeFormat) -> String {
    format!("“{}” ({}), {}", block.title, block.handle, format.when(block))
}

/// The last day of a block. A block that ends at midnight does not reach the next day.
pub(super) fn last_day(block: &BlockLine) -> NaiveDate {
    (block.end - TimeDelta::seconds(1)).date().max(block.start.date())
}

/// Whether a block takes place on a day.
pub(super) fn is_on(block: &BlockLine, day: NaiveDate) -> bool {
    block.start.date() <= day && last_day(block) >= day
}

/// A line of a list of one day.
fn line(block: &BlockLine, format: TimeFormat) -> String {
    let times = match (block.untimed, block.all_day) {
        (true, _) => "No time yet:".to_owned(),
        (_, true) if last_day(block) == block.start.date() => "All day:".to_owned(),
        (_, true) => format!("All day, until {}:", clock::day(last_day(block), format.today)),
        _ => format.times(block.start, block.end),
    };
    let mut line = format!("- {times} {} ({})", block.title, block.handle);
    if block.priority != "medium" {
        line.push_str(&format!(" · {} priority", block.priority));
    }
    for tag in &block.tags {
        line.push_str(&format!(" · #{tag}"));
    }
    line.extend(state(block).map(|state| format!(" · {state}")));
    line.extend(block.plan.as_ref().map(|plan| format!(" · in “{plan}”")));
    line
}

/// `done` or `missed`.
pub(super) fn state(block: &BlockLine) -> Option<&'static str> {
    if block.missed { Some("missed") } else { block.completed.then_some("done") }
}

/// Blocks as a Markdown list, with a heading for each day if there are several.
pub(super) fn list(blocks: &[&BlockLine], format: TimeFormat) -> String {
    let mut text = String::new();
    let mut last: Option<NaiveDate> = None;
    // Those without a time come first.
    let first = blocks.iter().find(|block| !block.untimed).map(|block| block.start.date());
    let one_day = blocks.iter().all(|block| block.untimed || Some(block.start.date()) == first);
    for block in blocks.iter().take(LISTED) {
        let date = block.start.date();
        if !one_day && !block.untimed && last != Some(date) {
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(&format!("**{}**\n", heading(date, format.today)));
        }
        last = Some(date);
        text.push_str(&line(block, format));
        text.push('\n');
    }
    if blocks.len() > LISTED {
        text.push_str(&format!("- and {} more\n", blocks.len() - LISTED));
    }
    text.trim_end().to_owned()
}

/// The tasks without a time, as a Markdown list.
pub(super) fn inbox(tasks: &[InboxLine], more: u64, today: NaiveDate) -> String {
    if tasks.is_empty() {
        return "Your inbox is empty: every task has a time.".to_owned();
    }
    let line = |task: &InboxLine| {
        let mut line = format!("- {} ({})", task.title, task.handle);
        line.extend(task.minutes.map(|minutes| format!(" · {}", clock::length(TimeDelta::minutes(minutes.into())))));
        line.extend(task.due.map(|due| format!(" · due {}", clock::day(due, today))));
        line.extend(task.plan.as_ref().map(|plan| format!(" · in “{plan}”")));
        line
    };
    let mut lines: Vec<String> = tasks.iter().map(line).collect();
    if more > 0 {
        lines.push(format!("- and {more} more"));
    }
    format!(
        "{} without a time:\n{}",
        count(tasks.len() + usize::try_from(more).unwrap_or_default(), "task"),
        lines.join("\n")
    )
}

/// Candidates, each with its day.
pub(super) fn candidates(blocks: &[&BlockLine], format: TimeFormat) -> String {
    let lines: Vec<String> = blocks
        .iter()
        .take(10)
        .map(|block| {
            let when = format.when(block);
            let state = state(block).map_or(String::new(), |state| format!(" · {state}"));
            let plan = block.plan.as_ref().map_or(String::new(), |plan| format!(" · in “{plan}”"));
            format!("- {} {}, {when}{state}{plan}", block.handle, block.title)
        })
        .collect();
    let more = if blocks.len() > 10 { format!("\n- and {} more", blocks.len() - 10) } else { String::new() };
    format!("{}{more}", lines.join("\n"))
}

/// With a capital first letter, unless it is a name such as `iPhone`. ASCII only, because the tables for other letters
/// are one percent of the Worker's size.
pub(super) fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    match (chars.next(), chars.clone().next()) {
        (Some(first), second) if !second.is_some_and(char::is_uppercase) => {
            std::iter::once(first.to_ascii_uppercase()).chain(chars).collect()
        }
        _ => text.to_owned(),
    }
}

/// `1 block`, `3 blocks`.
pub(super) fn count(number: usize, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}
