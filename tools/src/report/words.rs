//! Sentences about what was done.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};

use super::counted;
use crate::block::Block;
use crate::clock;
use crate::decide::{Did, Outcome};
use crate::event::EventKind;
use crate::plan::Plan;
use crate::query::Answer;
use crate::run::Run;
use crate::settings::Settings;
use crate::span::Span;
use crate::zone::Zone;

/// A moment in a zone, from which times are put into words.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    now: NaiveDateTime,
    zone: Zone,
}

impl Moment {
    /// `now` as it is seen in `zone`.
    pub fn new(now: DateTime<Utc>, zone: Zone) -> Self {
        Self { now: zone.wall(now), zone }
    }

    /// `2026-11-24T08:00`, the form in which models write times.
    pub fn wall(&self, instant: DateTime<Utc>) -> String {
        clock::wall(self.zone.wall(instant))
    }

    /// `Tue 24 Nov`, with the year where it is not the present one.
    pub fn day(&self, instant: DateTime<Utc>) -> String {
        clock::day(self.zone.wall(instant).date(), self.now.date())
    }

    /// `Tue 24 Nov 08:00`.
    pub fn start_of(&self, block: &Block) -> String {
        format!("{} {}", self.day(block.span.start()), self.time(block.span.start()))
    }

    /// `Tue 24 Nov, 08:00–09:00`; over midnight `Tue 24 Nov 22:00 – Wed 25 Nov 06:00`.
    pub fn span(&self, span: Span) -> String {
        let (start, end) = (span.start(), span.end());
        if self.zone.wall(start).date() == self.zone.wall(end).date() {
            return format!("{}, {}–{}", self.day(start), self.time(start), self.time(end));
        }
        format!("{} {} – {} {}", self.day(start), self.time(start), self.day(end), self.time(end))
    }

    fn time(&self, instant: DateTime<Utc>) -> String {
        clock::hours(self.zone.wall(instant).time()).to_string()
    }
}

pub(super) fn summary(outcome: &Outcome, moment: &Moment) -> String {
    match outcome {
        Outcome::Block { did, block, overlaps } => {
            let done = block_sentence(*did, block, moment);
            if overlaps.is_empty() { done } else { format!("{done} {}", overlap_sentence(overlaps, moment)) }
        }
        Outcome::Plan { did, plan, active } => plan_sentence(*did, plan, active.as_ref()),
        Outcome::Shifted { by_ms, moved, .. } => {
            let direction = if *by_ms < 0 { "earlier" } else { "later" };
            format!(
                "Moved {} {} {direction}.",
                blocks(*moved),
                clock::length(TimeDelta::milliseconds(by_ms.saturating_abs()))
            )
        }
        Outcome::Undone { events } => format!("Undone: {}.", events_phrase(events)),
        Outcome::Redone { events } => format!("Done again: {}.", events_phrase(events)),
        Outcome::Run { did, run, .. } => super::run::sentence(*did, run),
        Outcome::Settings(settings) => settings_sentence(settings),
    }
}

fn block_sentence(did: Did, block: &Block, moment: &Moment) -> String {
    let name = format!("“{}” ({})", block.title, block.handle);
    let when = moment.span(block.span);
    match did {
        Did::Scheduled => format!("Scheduled {name} for {when}."),
        Did::Moved => format!("Moved {name} to {when}."),
        Did::Completed => format!("Marked {name} as done."),
        Did::Reopened => format!("Marked {name} as not done."),
        Did::Deleted => format!("Deleted {name}, which was planned for {when}."),
        Did::Updated => format!("Updated {name}, {when}, {} priority.", block.priority.as_str()),
        _ => {
            format!("{name} was so already; nothing was changed.")
        }
    }
}

fn overlap_sentence(overlaps: &[Block], moment: &Moment) -> String {
    let list: Vec<String> = overlaps
        .iter()
        .take(3)
        .map(|block| {
            format!(
                "“{}” ({}, {}–{})",
                block.title,
                block.handle,
                moment.time(block.span.start()),
                moment.time(block.span.end())
            )
        })
        .collect();
    let more = if overlaps.len() > 3 { " and more" } else { "" };
    format!("It overlaps {}{more}.", list.join(", "))
}

fn settings_sentence(settings: &Settings) -> String {
    let hours = settings.working_hours;
    let days: Vec<String> = hours.days().map(|day| day.to_string()).collect();
    format!(
        "Tasks are placed on {}, {}–{}, with breaks of at least {} min; the time zone is {}.",
        days.join(", "),
        hours.from(),
        hours.to(),
        settings.break_minutes,
        settings.time_zone
    )
}

fn plan_sentence(did: Did, plan: &Plan, active: Option<&Plan>) -> String {
    let title = &plan.title;
    match did {
        Did::Created => format!("Created the plan “{title}” and switched to it."),
        Did::Switched => format!("Switched to the plan “{title}”."),
        Did::Renamed => format!("The plan is now called “{title}”."),
        Did::Deleted => match active {
            Some(active) => {
                format!("Deleted the plan “{title}” with its blocks. “{}” is the active plan.", active.title)
            }
            None => format!("Deleted the plan “{title}” with its blocks."),
        },
        _ => format!("The plan “{title}” was so already; nothing was changed."),
    }
}

fn events_phrase(events: &[EventKind]) -> String {
    let mut phrases: Vec<String> = events.iter().filter_map(event_phrase).collect();
    if phrases.len() > 5 {
        let more = phrases.len() - 4;
        phrases.truncate(4);
        phrases.push(format!("{more} more changes"));
    }
    if phrases.is_empty() { "a change".to_owned() } else { phrases.join(", ") }
}

/// A change in a few words, e.g. `scheduled “Workout” (B1)`. None where another event of its transaction says it.
fn event_phrase(kind: &EventKind) -> Option<String> {
    Some(match kind {
        EventKind::PlanCreated { plan } => format!("created the plan “{}”", plan.title),
        EventKind::PlanRenamed { before, after, .. } => format!("renamed the plan “{before}” to “{after}”"),
        EventKind::PlanSwitched { .. } => "switched plans".to_owned(),
        EventKind::PlanDeleted { plan } => format!("deleted the plan “{}”", plan.title),
        EventKind::BlockScheduled { block } => format!("scheduled {}", named(block)),
        EventKind::BlockUpdated(change) => format!("updated {}", named(&change.before)),
        EventKind::BlockMoved(change) => format!("moved {}", named(&change.after)),
        EventKind::BlockCompleted(change) => format!("completed {}", named(&change.after)),
        EventKind::BlockReopened(change) => format!("reopened {}", named(&change.after)),
        EventKind::BlockDeleted { block } => format!("deleted {}", named(block)),
        EventKind::TimelineShifted { blocks: ids, .. } => format!("moved {}", blocks(ids.len() as u64)),
        // What undo does not take back.
        _ => return None,
    })
}

fn named(block: &Block) -> String {
    format!("“{}” ({})", block.title, block.handle)
}

pub(super) fn answer(answer: &Answer) -> String {
    match answer {
        Answer::Plans(plans) if plans.len() == 1 => "There is 1 plan.".to_owned(),
        Answer::Plans(plans) => format!("There are {} plans.", plans.len()),
        Answer::Blocks { total: 0, .. } => "Nothing was found.".to_owned(),
        Answer::Blocks { total: 1, .. } => "Found 1 block.".to_owned(),
        Answer::Blocks { blocks, total } if blocks.len() < *total => {
            format!("Found {} blocks; the first {} are listed.", counted(*total), blocks.len())
        }
        Answer::Blocks { total, .. } => format!("Found {} blocks.", counted(*total)),
        Answer::Runs(runs) => runs_sentence(runs),
        Answer::Slots(slots) if slots.is_empty() => "There is no free time of that length.".to_owned(),
        Answer::Slots(slots) if slots.len() == 1 => "Found 1 free slot.".to_owned(),
        Answer::Slots(slots) => format!("Found {} free slots.", slots.len()),
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

fn blocks(count: u64) -> String {
    if count == 1 { "1 block".to_owned() } else { format!("{count} blocks") }
}
