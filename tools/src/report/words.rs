//! Sentences about what was done.

use std::fmt::Write as _;

use chrono::TimeDelta;
use flux_timeline::block::Block;
use flux_timeline::clock::{self, HourFormat};
use flux_timeline::days::When;
use flux_timeline::decide::{Did, Outcome, Restored};
use flux_timeline::describe::{counted_blocks, counted_tasks};
use flux_timeline::event::EventKind;
use flux_timeline::moment::Moment;
use flux_timeline::plan::Plan;
use flux_timeline::query::{Answer, COUNTED};
use flux_timeline::reminder::Reminders;
use flux_timeline::run::{LeftOut, Run};
use flux_timeline::series::Series;
use flux_timeline::settings::Settings;

pub(super) fn summary(outcome: &Outcome, moment: &Moment) -> String {
    match outcome {
        Outcome::Block { did, block, overlaps } => {
            let done = block_sentence(*did, block, moment) + &reminder_sentence(*did, block, moment);
            if overlaps.is_empty() { done } else { format!("{done} {}", overlap_sentence(overlaps, moment)) }
        }
        Outcome::Series { did, series, block, count, overlaps } => {
            let done = series_sentence(*did, series, block, *count, moment) + &reminder_sentence(*did, block, moment);
            if overlaps.is_empty() { done } else { format!("{done} {}", overlap_sentence(overlaps, moment)) }
        }
        Outcome::Extended => "What repeats goes on.".to_owned(),
        Outcome::Plan { did, plan, active } => plan_sentence(*did, plan, active.as_ref()),
        Outcome::Shifted { by, moved, .. } => format!("Moved {} {}.", counted_blocks(*moved), by.words()),
        Outcome::Rescheduled { blocks, left_out, more } => rescheduled_sentences(blocks, left_out, *more, moment),
        Outcome::Undone { events } => format!("Undone: {}.", events_phrase(events)),
        Outcome::Redone { events } => format!("Done again: {}.", events_phrase(events)),
        Outcome::Restored(restored) => restored_sentence(restored),
        Outcome::Run { did, run, .. } => super::run::sentence(*did, run),
        Outcome::Goal { did, goal, blocks } => super::goal::sentence(*did, goal, blocks, moment),
        Outcome::Tended => "Goals were looked after.".to_owned(),
        Outcome::Settings(settings) => settings_sentence(settings),
    }
}

fn block_sentence(did: Did, block: &Block, moment: &Moment) -> String {
    let name = format!("“{}” ({})", block.title, block.handle);
    let when = moment.time_of(block);
    match did {
        Did::Scheduled if block.when().is_none() => format!("Put {name} in the inbox{}.", inbox_words(block, moment)),
        Did::Scheduled => format!("Scheduled {name} for {when}."),
        Did::Moved if block.when().is_none() => format!("Moved {name} to the inbox, without a time."),
        Did::Moved => format!("Moved {name} to {when}."),
        Did::Completed => format!("Marked {name} as done."),
        Did::Missed => format!("Marked {name} as missed."),
        Did::Reopened if block.kind.is_task() => format!("Marked {name} as not done."),
        Did::Reopened => format!("Reopened {name}, {when}."),
        Did::TimerStarted => format!("Started the timer of {name}."),
        Did::TimerPaused => format!("Paused the timer of {name} at {}.", clock::length(block.worked.until_pause())),
        Did::TimeCorrected => format!("Set the time spent on {name} to {}.", clock::length(block.worked.until_pause())),
        Did::Deleted if block.when().is_none() => format!("Deleted {name}, which was in the inbox."),
        Did::Updated if block.when().is_none() => {
            format!("Updated {name}{}, {} priority.", inbox_words(block, moment), block.priority.as_str())
        }
        Did::Deleted => format!("Deleted {name}, which was planned for {when}."),
        Did::Updated => format!("Updated {name}, {when}, {} priority.", block.priority.as_str()),
        _ => {
            format!("{name} was so already; nothing was changed.")
        }
    }
}

fn series_sentence(did: Did, series: &Series, block: &Block, count: u64, moment: &Moment) -> String {
    if series.after_done.is_some() {
        return after_done_sentence(did, series, block, count, moment);
    }
    let name = format!("“{}” ({})", block.title, block.handle);
    let (when, words) = (moment.time_of(block), series.words());
    match did {
        Did::Scheduled => format!("Scheduled {name} {words}, first {when}."),
        Did::Deleted => format!("Deleted {} of “{}”, which repeated {words}.", counted_blocks(count), series.title),
        Did::Nothing => format!("{name} was so already; nothing was changed."),
        _ => format!("Changed {} of “{}”, which repeats {words}: {when}.", counted_blocks(count), series.title),
    }
}

/// What was done to a task that comes again some time after it was done.
fn after_done_sentence(did: Did, series: &Series, block: &Block, count: u64, moment: &Moment) -> String {
    let is_newest = series.after_done == Some(block.id);
    match did {
        Did::Deleted => {
            format!("Deleted {} of “{}”, which came {}.", counted_blocks(count), series.title, series.words())
        }
        Did::Reopened => format!("{} What followed it is gone.", block_sentence(did, block, moment)),
        _ if is_newest => format!("{} It comes {}.", block_sentence(did, block, moment), series.words()),
        _ => {
            let did = if did == Did::Skipped { Did::Deleted } else { did };
            let next = match series.when(series.start) {
                Ok(Some(When::Span(span))) => format!("on {}", moment.at(span.start())),
                Ok(Some(When::Days(days))) => format!("on {}", moment.days(days)),
                _ => format!("in the inbox, from {} on", moment.date(series.start.date())),
            };
            format!("{} It comes again {next}.", block_sentence(did, block, moment))
        }
    }
}

/// ` It reminds you 10 min before.`, with the reminders that the block has itself; empty if it has none. What would have come already
/// does not come.
fn reminder_sentence(did: Did, block: &Block, moment: &Moment) -> String {
    let start = block.reminded_start(moment.zone());
    let (Did::Scheduled | Did::Updated | Did::Moved, Some(own), Some(start)) = (did, &block.reminders, start) else {
        return String::new();
    };
    let has_passed = |minutes: &u32| moment.has_passed(start - TimeDelta::minutes((*minutes).into()));
    match own.minutes() {
        [] => String::new(),
        minutes if minutes.iter().all(has_passed) => " The time of its reminder has passed already.".to_owned(),
        _ if block.days.is_some() => {
            let (words, start) = (own.words(), moment.time(start));
            format!(" It reminds you {words}, counted from {start} on its first day.")
        }
        _ => format!(" It reminds you {}.", own.words()),
    }
}

/// `, 30 min, not before Tue 24 Nov, due Fri 27 Nov`: what is known of a task without a time.
fn inbox_words(block: &Block, moment: &Moment) -> String {
    let mut words = String::new();
    for (word, known) in [
        ("", block.length().map(clock::length)),
        ("not before ", block.not_before.map(|date| moment.date(date))),
        ("due ", block.due.map(|date| moment.date(date))),
    ] {
        if let Some(known) = known {
            let _ = write!(words, ", {word}{known}");
        }
    }
    words
}

fn rescheduled_sentences(blocks: &[Block], left_out: &[LeftOut], more: u64, moment: &Moment) -> String {
    let mut text = match blocks {
        [block] => block_sentence(Did::Moved, block, moment),
        blocks => format!("Moved {} to new times{}.", counted_tasks(blocks.len() as u64), moment.days_of(blocks)),
    };
    if let Some(LeftOut { title, why }) = left_out.first() {
        let others = left_out.len() - 1;
        let _ = write!(text, " “{title}” found no time: {why}");
        if others > 0 {
            let _ = write!(text, " {others} more found no time.");
        }
    }
    if more > 0 {
        let _ = write!(text, " Ask again for the other {}.", counted_overdue(more));
    }
    text
}

/// `1 overdue task`, `2 overdue tasks`.
fn counted_overdue(count: u64) -> String {
    if count == 1 { "1 overdue task".to_owned() } else { format!("{count} overdue tasks") }
}

fn overlap_sentence(overlaps: &[Block], moment: &Moment) -> String {
    let list: Vec<String> = overlaps
        .iter()
        .take(3)
        .filter_map(|block| {
            let (start, end) = (moment.time(block.span?.start()), moment.time(block.span?.end()));
            Some(format!("“{}” ({}, {start}–{end})", block.title, block.handle))
        })
        .collect();
    let more = if overlaps.len() > 3 { " and more" } else { "" };
    format!("It overlaps {}{more}.", list.join(", "))
}

fn settings_sentence(settings: &Settings) -> String {
    let hours = settings.working_hours;
    let days: Vec<String> = hours.days().map(|day| day.to_string()).collect();
    let mut text = format!(
        "Tasks are placed on {}, {}–{}, with breaks of at least {} min; the time zone is {}. Weeks begin on {}, and times \
         are told like {}.",
        days.join(", "),
        hours.from().words(settings.hour_format),
        hours.to().words(settings.hour_format),
        settings.break_minutes,
        settings.zone(),
        settings.week_start,
        match settings.hour_format {
            HourFormat::Hours24 => "20:00",
            HourFormat::Hours12 => "8:00 PM",
        }
    );
    if settings.reschedule_overdue {
        text += " Each morning, overdue tasks get new times.";
    }
    if let Some(minutes) = settings.remind_minutes {
        let words = Reminders::new(&[minutes]).map(|reminders| reminders.words()).unwrap_or_default();
        let _ = write!(text, " Blocks remind you {words}.");
    }
    if settings.accept_goals {
        text += " What is planned for a goal is added without asking.";
    }
    if let Some(quiet) = settings.quiet_hours {
        let (from, to) = (quiet.from.words(settings.hour_format), quiet.to.words(settings.hour_format));
        let _ = write!(text, " Reminders wait from {from} to {to}.");
    }
    text
}

fn plan_sentence(did: Did, plan: &Plan, active: Option<&Plan>) -> String {
    let title = &plan.title;
    match did {
        Did::Created => format!("Created the plan “{title}” and switched to it."),
        Did::Switched => format!("Switched to the plan “{title}”."),
        Did::BroughtBack => format!("Switched to the plan “{title}”, which is back from the archive."),
        Did::Renamed => format!("The plan is now called “{title}”."),
        Did::Recolored => format!("The plan “{title}” is {} now.", plan.shown_color().as_str()),
        Did::Archived => format!("Archived the plan “{title}” with its blocks.{}", active_sentence(active)),
        Did::Unarchived => format!("The plan “{title}” is back from the archive.{}", active_sentence(active)),
        Did::Deleted => format!("Deleted the plan “{title}” with its blocks.{}", active_sentence(active)),
        _ => format!("The plan “{title}” was so already; nothing was changed."),
    }
}

fn active_sentence(active: Option<&Plan>) -> String {
    active.map_or_else(String::new, |active| format!(" “{}” is the active plan.", active.title))
}

fn events_phrase(events: &[EventKind]) -> String {
    // The event of a series says what happened to its blocks.
    let is_of_series = |block: &Block| {
        block.series.is_some_and(|place| {
            events.iter().any(|event| match event {
                EventKind::SeriesCreated { series } | EventKind::SeriesDeleted { series } => series.id == place.series,
                EventKind::SeriesChanged { before, after } => {
                    let is_of_one = before.differs_in_exceptions(after) || before.differs_in_newest(after);
                    after.id == place.series && !is_of_one
                }
                _ => false,
            })
        })
    };
    let is_said = |event: &&EventKind| match event {
        EventKind::BlockScheduled { block } | EventKind::BlockDeleted { block } => !is_of_series(block),
        EventKind::BlockUpdated(change) | EventKind::BlockMoved(change) => !is_of_series(&change.after),
        _ => true,
    };
    let mut phrases: Vec<String> = events.iter().filter(is_said).filter_map(EventKind::describe_edit).collect();
    if phrases.len() > 5 {
        let more = phrases.len() - 4;
        phrases.truncate(4);
        phrases.push(format!("{more} more changes"));
    }
    if phrases.is_empty() { "a change".to_owned() } else { phrases.join(", ") }
}

fn restored_sentence(restored: &Restored) -> String {
    let Restored { seq, back, gone, changed, plans, series, goals } = *restored;
    let parts: Vec<String> = [(back, "brought back"), (gone, "removed"), (changed, "as they were")]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, done)| format!("{} {done}", counted_blocks(count)))
        .chain((plans > 0).then(|| "plans as they were".to_owned()))
        .chain((series > 0).then(|| "what repeats as it was".to_owned()))
        .chain((goals > 0).then(|| "goals as they were".to_owned()))
        .collect();
    if parts.is_empty() {
        return format!("The timeline is as it was after change {seq} already; nothing was changed.");
    }
    format!("The timeline is as it was after change {seq}: {}.", parts.join(", "))
}

pub(super) fn answer(answer: &Answer, moment: &Moment) -> String {
    match answer {
        Answer::Plans(plans) if plans.len() == 1 => "There is 1 plan.".to_owned(),
        Answer::Plans(plans) => match plans.iter().filter(|(plan, ..)| !plan.is_in_use()).count() {
            0 => format!("There are {} plans.", plans.len()),
            archived => format!("There are {} plans, {archived} of them archived.", plans.len()),
        },
        Answer::Blocks { total: 0, .. } => "Nothing was found.".to_owned(),
        Answer::Blocks { total: 1, .. } => "Found 1 block.".to_owned(),
        Answer::Blocks { blocks, total, .. } if blocks.len() < *total => {
            format!("Found {} blocks; the first {} are listed.", counted(*total), blocks.len())
        }
        Answer::Blocks { total, .. } => format!("Found {} blocks.", counted(*total)),
        Answer::Runs(runs) => runs_sentence(runs),
        Answer::Slots { slots, hours } => match slots.len() {
            0 => format!(
                "There is no free time of that length between {} and {}.",
                hours.from().words(moment.format()),
                hours.to().words(moment.format())
            ),
            1 => "Found 1 free slot.".to_owned(),
            count => format!("Found {count} free slots."),
        },
    }
}

fn runs_sentence(runs: &[Run]) -> String {
    let running = runs.iter().filter(|run| run.is_running()).count();
    match (runs.len(), running) {
        (0, _) => "No goal was given to the architect yet.".to_owned(),
        (_, 0) => "No goal is being worked on; the last ones are listed.".to_owned(),
        (_, 1) => "1 goal is being worked on.".to_owned(),
        (_, running) => format!("{running} goals are being worked on."),
    }
}

/// A count of matches in words: "12", or "1,000 or more".
fn counted(total: usize) -> String {
    if total >= COUNTED { "1,000 or more".to_owned() } else { total.to_string() }
}
