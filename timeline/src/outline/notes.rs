//! What the person is told about a proposal: its milestones with their dates, and what does not fit, why, and what would help.

use chrono::TimeDelta;

use super::phases::needed_minutes;
use super::{Outline, Proposal};
use crate::clock;
use crate::limits::{TASKS_PER_RUN, TITLE_CHARS};
use crate::moment::Moment;
use crate::place::Horizon;
use crate::run::LeftOut;
use crate::text::Title;

/// A goal for whose sessions there is less than this share of the time that they take, in percent, will hardly be reached.
const ENOUGH_PERCENT: u64 = 75;

/// The most minutes a week that are worth proposing: more than 24 hours beside everything else is no help.
const MOST_HELPFUL: u64 = 24 * 60;

/// The title of one of several sessions or parts: `Easy run (3/10)`. A single one has no number.
pub fn numbered(title: &Title, number: usize, count: usize) -> Title {
    if count < 2 {
        return title.clone();
    }
    let suffix = format!(" ({number}/{count})");
    let room = TITLE_CHARS.saturating_sub(suffix.chars().count());
    let text: String = title.as_str().chars().take(room).collect();
    Title::new(&format!("{}{suffix}", text.trim_end())).unwrap_or_else(|_| title.clone())
}

/// Tells how many hours a week a proposal has, its milestones, and what does not fit, each as a paragraph. Empty without sessions.
pub fn notes(outline: &Outline, proposal: &Proposal, horizon: &Horizon, moment: &Moment) -> Vec<String> {
    let mut notes = Vec::new();
    let Some((least, most)) = proposal.weekly.filter(|_| !proposal.sessions.is_empty()) else { return notes };
    let weekly = if least == most { hours(most) } else { format!("{} to {}", hours(least), hours(most)) };
    notes.push(format!("A full week has {weekly} of it."));
    notes.extend(milestones(outline, proposal, moment));
    let times = outline.hours(horizon).words(moment.format());
    let asked = horizon.minutes_per_week.unwrap_or_default();
    if u64::from(most) * 100 < u64::from(asked) * 85 {
        notes.push(format!(
            "You asked for {} a week. With one session a day {times}, there is room for {}; longer hours for it would help.",
            hours(asked),
            hours(most)
        ));
    }
    let last = proposal.sessions.last().map(|session| moment.day(session.span.start())).unwrap_or_default();
    if proposal.is_cut {
        notes.push(format!(
            "A goal adds at most {TASKS_PER_RUN} tasks at once, so it is planned until {last} and not to its end. Start the goal again \
             then to plan the rest."
        ));
    } else {
        if horizon.deadline.is_none() {
            notes.push(format!("You named no deadline, so sessions are planned until {last}."));
        }
        notes.extend(shortfall(outline, proposal, most));
    }
    let missed: u32 = proposal.missed.iter().sum();
    if missed > 0 {
        notes.push(format!(
            "{} found no free time in {}. Sessions are {times}; more free time, other hours for it, a later deadline or fewer hours a week would \
             help.",
            if missed == 1 { "1 session".to_owned() } else { format!("{missed} sessions") },
            if missed == 1 { "its week" } else { "their weeks" },
        ));
    }
    notes
}

/// The milestones as a list, with the day of the last session before each.
fn milestones(outline: &Outline, proposal: &Proposal, moment: &Moment) -> Option<String> {
    let mut lines = Vec::new();
    for (index, phase) in outline.phases.iter().enumerate() {
        let last = proposal.sessions.iter().rfind(|session| session.phase == index);
        if let Some((last, milestone)) = last.zip(phase.milestone.as_ref()) {
            lines.push(format!("- {}: {milestone}", moment.day(last.span.start())));
        }
    }
    (!lines.is_empty()).then(|| format!("Milestones:\n\n{}", lines.join("\n")))
}

/// Says that the sessions take more time than is planned, and what would help.
fn shortfall(outline: &Outline, proposal: &Proposal, weekly: u32) -> Option<String> {
    let needed = u64::from(needed_minutes(&outline.phases)?);
    let minutes = |session: &super::Session| u64::try_from(session.span.length().num_minutes()).unwrap_or_default();
    let planned: u64 = proposal.sessions.iter().map(minutes).sum();
    if planned == 0 || weekly == 0 || planned * 100 >= needed * ENOUGH_PERCENT {
        return None;
    }
    let more = (u64::from(weekly) * needed).div_ceil(planned).next_multiple_of(30);
    let later = (needed - planned).div_ceil(weekly.into());
    let weeks = if later == 1 { "1 week".to_owned() } else { format!("{later} weeks") };
    let hours = |minutes: u64| hours(u32::try_from(minutes).unwrap_or(u32::MAX));
    let help = if more <= MOST_HELPFUL {
        format!("About {} a week would help, or {weeks} more.", hours(more))
    } else {
        format!("{weeks} more would help.")
    };
    Some(format!(
        "This usually takes about {}, and {} of it are planned, so the goal will hardly be reached by then. {help}",
        hours(needed.next_multiple_of(60)),
        hours(planned)
    ))
}

/// The sessions that are left out, by phase.
pub fn left_out(outline: &Outline, proposal: &Proposal) -> Vec<LeftOut> {
    let mut left_out = Vec::new();
    for (index, phase) in outline.phases.iter().enumerate() {
        let has_sessions = proposal.sessions.iter().any(|session| session.phase == index);
        let why = match proposal.missed.get(index) {
            Some(0) | None if has_sessions || proposal.is_cut => continue,
            Some(0) | None => "There is no week for it in the time that is planned.".to_owned(),
            Some(1) => "1 session of it finds no free time in its week.".to_owned(),
            Some(missed) => format!("{missed} sessions of it find no free time in their weeks."),
        };
        left_out.push(LeftOut { title: phase.title.clone(), why });
    }
    left_out
}

/// `3 h`, `40 h`, `1 h 30 min`: without days, unlike [`clock::length`].
fn hours(minutes: u32) -> String {
    let rest = clock::length(TimeDelta::minutes((minutes % 60).into()));
    match (minutes / 60, minutes % 60) {
        (0, _) => rest,
        (hours, 0) => format!("{hours} h"),
        (hours, _) => format!("{hours} h {rest}"),
    }
}
