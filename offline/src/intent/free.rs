//! Finds free time.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use serde_json::json;

use super::{Outcome, Request};
use crate::phrase;
use crate::title::hint;
use crate::world::{World, days_call};
use flux_phrases::time::{Moment, Place, Style, TimeOfDay, Timing, expressions, place, plus, settle};
use flux_phrases::words::{find, fits_any};

/// The longest free time that can be searched for, in minutes. It is the limit of the tool.
const LONGEST_MINUTES: i64 = 840;
/// The length of free time if nothing is said, in minutes.
const USUAL_MINUTES: i64 = 60;

const ASKS: &[&str] = &[
    "when am|are i|we free|available|open",
    "when do|can|could i have? free? time",
    "am i free|available|open|busy",
    "do i have free|any|some|enough? free? time|slot|room|gap",
    "when is|are there? free|a|my|any? free? time|slot|slots|gap",
    "find me? a|some|the|any? free|open? time|slot|slots|gap|hour|minutes|room",
    "what|which free|open? times|slots|hours are free|open|available",
    "show|list|give me? my|the|some? free|open time|times|slots|hours",
    "free|open time|times|slots|slot",
    "when could|can i fit",
    "how much free? time do i have",
    "where do i have time",
    "is there free|any|a|some? free? time|slot|room|gap",
    "find me? an hour|slot",
    "what are my free times|slots|hours",
    "any free? time|slots",
    "when do i have",
];

pub(super) fn read(request: Request) -> Option<Outcome> {
    let Request { tokens, world, .. } = request;
    fits_any(tokens, 0, ASKS)?;
    let speaks_of_time = tokens
        .iter()
        .any(|token| token.is_any("free available time times slot slots gap room open busy fit hour minutes"));
    // "Find time for the dentist on Friday" asks for a new block, and "when do I have the dentist" for an existing one.
    if !speaks_of_time
        || (fits_any(tokens, 0, &["find"]).is_some()
            && find(tokens, "to|for call|gym|meet|a|the|my|lunch").is_some()
            && find(tokens, "free").is_none()
            && find(tokens, "for a|the? hour|minutes").is_none())
    {
        return None;
    }
    let found = expressions(tokens, world.today, Style::Plain);
    let wanted = Timing::of(&found);
    let minutes = wanted.length.map(flux_phrases::duration::Length::in_minutes).filter(|minutes| *minutes > 0);
    if let (Some(_), true) = (wanted.start, fits_any(tokens, 0, &["am i", "are we", "is"]).is_some())
        && let Some(Place::At { start, end }) =
            place(&wanted, world.now(), world.zone, hint(""), minutes.unwrap_or(USUAL_MINUTES)).first()
    {
        return Some(at(start.wall, end.map(|end| end.wall), minutes, world));
    }
    if minutes.is_some_and(|minutes| minutes > LONGEST_MINUTES) {
        return Some(Outcome::Say("I look for at most 14 hours in one piece. Ask for a shorter time.".to_owned()));
    }
    let mut arguments = json!({"durationMinutes": minutes.unwrap_or(USUAL_MINUTES)});
    if let Some((from, to)) = range(&wanted, world) {
        arguments["from"] = json!(Moment::at(from.max(world.now())).argument());
        arguments["to"] = json!(Moment::at(to).argument());
        if to <= world.now() {
            return Some(Outcome::Say(
                "That time is over. Ask for a time ahead, such as “when am I free tomorrow?”".to_owned(),
            ));
        }
    }
    Some(Outcome::call("findFreeTime", arguments))
}

/// The range of time that the question is about.
fn range(wanted: &Timing, world: &World) -> Option<(NaiveDateTime, NaiveDateTime)> {
    let (first, last): (NaiveDate, NaiveDate) = match (wanted.days.as_slice(), wanted.period) {
        ([], Some(period)) => (period.from, plus(period.to, -1)),
        ([], None) if wanted.part.is_some() || wanted.start.is_some() || wanted.end.is_some() => {
            (world.date(), world.date())
        }
        ([], None) => return None,
        (days, _) => (days.first()?.date, days.last()?.date),
    };
    let clock = |clock: Option<TimeOfDay>, otherwise: NaiveTime| {
        clock.map_or(otherwise, |clock| settle(clock, wanted.part, hint("")).time)
    };
    let from =
        clock(wanted.start.filter(|_| !wanted.deadline), wanted.part.map_or(NaiveTime::MIN, |part| part.span().0));
    let from = first.and_time(from);
    let end = wanted.end.or(wanted.start.filter(|_| wanted.deadline));
    let to = match (end, wanted.part) {
        (Some(_), _) => last.and_time(clock(end, NaiveTime::MIN)),
        (None, Some(part)) => last.and_time(part.span().1),
        (None, None) => plus(last, 1).and_time(NaiveTime::MIN),
    };
    Some((from, to))
}

/// Whether a time is free. What is all day does not take it up.
fn at(start: NaiveDateTime, end: Option<NaiveDateTime>, minutes: Option<i64>, world: &World) -> Outcome {
    let day = start.date();
    let next = plus(day, 1);
    if let Some(call) = world.look_up_days(day, next) {
        return Outcome::LookUp(vec![call]);
    }
    let end = end.unwrap_or_else(|| start + TimeDelta::minutes(minutes.unwrap_or(1)));
    let on_day = world.on(day).into_iter();
    let busy: Vec<_> =
        on_day.filter(|block| block.is_open() && !block.all_day && block.start < end && start < block.end).collect();
    let when = format!("{} at {}", phrase::near_day(day, world.date()), world.time_format().time(start.time()));
    let text = if busy.is_empty() {
        format!("Yes, {when} is free.")
    } else {
        format!("No, {when} is taken:\n{}", phrase::list(&busy, world.time_format()))
    };
    Outcome::Know { call: days_call(day, next), text }
}
