//! Moves a block to another time.

use std::cell::Cell;

use chrono::{NaiveDateTime, NaiveTime, TimeDelta};
use flux_timeline::clock;
use serde_json::{Value, json};

use super::{Outcome, Request, days, each, is_known, single, update};
use crate::reference::Purpose;
use crate::world::World;
use flux_phrases::duration::{self, Length};
use flux_phrases::time::{
    Expression, Moment, PeriodName, Preposition, Style, Timing, expressions, monday, nearest, plus, plus_length,
};
use flux_phrases::words::{self, Token, TokenKind, fits_any};
use flux_tools::context::BlockLine;

const VERBS: &[&str] = &[
    "move|reschedule|shift|postpone|delay|push|put|change|bring|pull|defer|swap|set|slide|drag|make|start|schedule back|off|forward|up|out|ahead?",
    "change|move the? time|date|start of",
];

/// Verbs that also begin other requests. They move only an existing block.
const SHARED: &[&str] = &["put|set|make|start|schedule|change"];

/// Phrases for a block that needs another time: "the dentist has to move …", "the meeting moves to 5pm".
const MOVES: &[&str] = &[
    "has|have|needs|need|must|should|got to? be moved|rescheduled|postponed|shifted|delayed",
    "has|have|needs|need|must|should to? move|wait|shift|change",
    "moves|shifts",
    "is|are|was|got moved|postponed|rescheduled|shifted|delayed",
    "will move|shift",
];

/// "The gym has to move to 7pm" as "move the gym to 7pm", "gym to 7pm" likewise. If there is no time, the question to
/// ask.
pub(super) fn subject_first(request: Request) -> Option<Outcome> {
    let tokens = request.tokens;
    if fits_any(tokens, 0, VERBS).is_some() {
        return None;
    }
    let moves = (1..tokens.len()).find_map(|at| Some((at, fits_any(tokens, at, MOVES)?)));
    let turned = |subject: &[Token], rest: &[Token]| -> Vec<Token> {
        words::tokens("move").into_iter().chain(subject.iter().chain(rest).cloned()).collect()
    };
    let Some((at, taken)) = moves else {
        return named_first(request, turned);
    };
    let subject = tokens.get(..at)?;
    let mut rest = tokens.get(at + taken..)?.to_vec();
    // "Has to wait an hour" means an hour later.
    if duration::length(&rest, 0).is_some_and(|(_, length)| length == rest.len()) {
        rest.extend(words::tokens("later"));
    }
    let words = turned(subject, &rest);
    let outcome = read(Request { tokens: &words, ..request });
    Some(outcome.unwrap_or_else(|| {
        Outcome::Say("To when? Say the block and its new time, such as “move the dentist to Friday at 10”.".to_owned())
    }))
}

/// "Gym to 7pm", "B6 to Friday": only for an existing block.
fn named_first(request: Request, turned: impl Fn(&[Token], &[Token]) -> Vec<Token>) -> Option<Outcome> {
    let tokens = request.tokens;
    let today = request.world.today;
    let to = tokens.iter().position(|token| token.is("to")).filter(|to| *to > 0)?;
    let (subject, rest) = (tokens.get(..to)?, tokens.get(to..)?);
    let timed = expressions(rest, today, Style::Moving).first().is_some_and(|first| first.at.start == 0);
    if !timed || !expressions(subject, today, Style::Plain).is_empty() {
        return None;
    }
    let words = turned(subject, rest);
    read(Request { tokens: &words, ..request }).filter(|outcome| matches!(outcome, Outcome::Do { .. }))
}

pub(super) fn read(request: Request) -> Option<Outcome> {
    let tokens = request.tokens;
    let verb = fits_any(tokens, 0, VERBS)?;
    let shared = fits_any(tokens, 0, SHARED).is_some();
    let rest = tokens.get(verb..)?;
    let found = expressions(rest, request.world.today, Style::Moving);
    let change = amount(tokens, rest, &found).or_else(|| destination(rest, &found))?;
    let target = rest.get(..change.from)?;
    let outcome = match &change.to {
        To::Later(length) => each_later(request, target, *length),
        To::Time(wanted) => to_time(request, target, wanted),
    };
    let pronoun = fits_any(target, 0, &["it|that|this|them"]).is_some();
    // "Schedule lunch on Friday" and "set an alarm for 6" name a new block, unless there is one of that name.
    let known =
        change.explicit && fits_any(tokens, 0, &["schedule"]).is_none() && matches!(outcome, Outcome::Do { .. });
    let is_change = fits_any(tokens, 0, &["change"]).is_some();
    (!shared || pronoun || known || is_change || puts_to(tokens, rest, &found)).then_some(outcome)
}

/// "Put the review to 6pm" means an existing block, but "put lunch from 12 to 1" need not.
fn puts_to(tokens: &[Token], rest: &[Token], found: &[Expression]) -> bool {
    let alarm = rest.iter().any(|token| token.is_any("alarm reminder timer"));
    fits_any(tokens, 0, &["put|set"]).is_some()
        && !alarm
        && found
            .iter()
            .find(|expression| expression.has_time())
            .is_some_and(|first| first.preposition == Preposition::To)
        && !are_a_range(rest, found)
}

/// Whether there is a time directly before the one after "to".
fn are_a_range(rest: &[Token], found: &[Expression]) -> bool {
    found.iter().filter(|expression| expression.preposition == Preposition::To).any(|expression| {
        let before = expression.at.start.checked_sub(1).and_then(|at| rest.get(at));
        before.is_some_and(|token| token.norm.starts_with(|c: char| c.is_ascii_digit()) && token.norm.len() <= 2)
    })
}

struct Change {
    /// The end of the block's name.
    from: usize,
    to: To,
    /// Whether "to" or a similar word is before the new time.
    explicit: bool,
}

enum To {
    Later(Length),
    Time(Box<Timing>),
}

/// `by 30 minutes`, `an hour later`, `two days earlier`, `back an hour`.
fn amount(tokens: &[Token], rest: &[Token], found: &[Expression]) -> Option<Change> {
    let earlier = tokens.iter().any(|token| token.is_any("earlier sooner ahead"))
        || fits_any(tokens, 0, &["bring|pull forward|up|in?", "move|push up"]).is_some();
    let directed = earlier
        || tokens.iter().any(|token| token.is_any("later back forward by out"))
        || fits_any(tokens, 0, &["delay|postpone|push|defer"]).is_some();
    // "Move it to 4pm for 2 hours" has a new time.
    let timed = found.iter().any(|expression| {
        matches!(expression.preposition, Preposition::To | Preposition::At | Preposition::On) && expression.says_when()
    });
    if !directed || timed {
        return None;
    }
    let (at, length) = (0..rest.len()).find_map(|at| Some((at, duration::length(rest, at)?.0)))?;
    let mut from = at;
    while from > 0 && fits_any(rest, from - 1, &["by|back|forward|up|out|for|with|ahead"]).is_some() {
        from -= 1;
    }
    let said = Change { from, to: To::Later(if earlier { length.negated() } else { length }), explicit: true };
    // "Push back by an hour the standup" names the block after the amount.
    (from > 0).then_some(said)
}

/// The new time and its position: at the first "to", otherwise the times at the end.
fn destination(rest: &[Token], found: &[Expression]) -> Option<Change> {
    let leads = |expression: &Expression| {
        let to = matches!(expression.preposition, Preposition::To | Preposition::Until)
            || (expression.preposition == Preposition::For && expression.says_when());
        to && expression.at.start > 0
    };
    let begin = found.iter().position(leads).or_else(|| {
        // "Reschedule gym tomorrow at 8": times up to the end, after the name.
        let mut end = rest.len();
        let mut begin = None;
        for (index, expression) in found.iter().enumerate().rev() {
            let between = rest.get(expression.at.end..end).unwrap_or_default();
            if !between
                .iter()
                .all(|token| token.kind == TokenKind::Mark || token.is_any("instead now please and rather at"))
            {
                break;
            }
            end = expression.at.start;
            begin = Some(index);
        }
        begin.filter(|index| found.get(*index).is_some_and(|expression| expression.at.start > 0))
    })?;
    let explicit = found.get(begin).is_some_and(leads);
    let times = found.get(begin..)?;
    let wanted = Timing::of(times);
    let says = wanted.is_said() || wanted.has_time();
    says.then(|| Change {
        from: times.first().map_or(0, |first| first.at.start),
        to: To::Time(Box::new(wanted)),
        explicit,
    })
}

fn each_later(request: Request, target: &[Token], length: Length) -> Outcome {
    let zone = request.world.zone;
    let has_days = Cell::new(false);
    let outcome = each(request, target, Purpose::Change, |block| {
        has_days.set(has_days.get() || block.all_day && length.minutes != 0);
        let start = later(block, length, zone);
        update(
            block,
            match (is_known(block), block.all_day) {
                (true, true) if length.minutes == 0 => json!({"firstDay": clock::iso_date(start.wall.date())}),
                (true, false) => json!({"startTime": start.argument()}),
                _ => Value::Null,
            },
        )
    });
    if lacks_time(&outcome) && has_days.get() {
        Outcome::Say(days::WHOLE_DAYS.to_owned())
    } else if lacks_time(&outcome) {
        Outcome::Say("I do not know when that block is. Say the new time, such as “move it to 4pm”.".to_owned())
    } else {
        outcome
    }
}

/// The start of a block, later by a length: days by the calendar, minutes by the clock.
pub(super) fn later(block: &BlockLine, length: Length, zone: flux_timeline::Zone) -> Moment {
    let day = plus_length(block.start.date(), length).and_time(block.start.time());
    Moment::after(day, length.minutes, zone)
}

fn to_time(request: Request, target: &[Token], wanted: &Timing) -> Outcome {
    // Several blocks can move to another day, but only one to a time.
    if wanted.start.is_none() && wanted.from_now.is_none() && !wanted.now {
        let outcome =
            each(request, target, Purpose::Change, |block| update(block, moved(block, wanted, request.world)));
        return if lacks_time(&outcome) { Outcome::Say(NO_DAY.to_owned()) } else { outcome };
    }
    let block = match single(request, target, Purpose::Change) {
        Ok(block) => block,
        Err(outcome) => return outcome,
    };
    let updates = moved(&block, wanted, request.world);
    if updates.is_null() {
        return Outcome::Say(NO_DAY.to_owned());
    }
    Outcome::Do { calls: vec![update(&block, updates)], note: None }
}

const NO_DAY: &str =
    "I do not know when exactly that is to be, so I changed nothing. Say day and time, such as “tomorrow at 4pm”.";

/// The updates that move a block. Null if they depend on its time and that is not known.
fn moved(block: &BlockLine, wanted: &Timing, world: &World) -> Value {
    let Some((start, end)) = times(wanted, Some(block).filter(|block| is_known(block)), world) else {
        return Value::Null;
    };
    if let Some(updates) = days::moved(block, wanted, start.wall.date()) {
        return updates;
    }
    let mut updates = json!({"startTime": start.argument()});
    if let Some(end) = end {
        updates["endTime"] = json!(end.argument());
    } else if let Some(length) = wanted.length {
        updates["durationMinutes"] = json!(length.in_minutes());
    }
    updates
}

fn lacks_time(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Do { calls, .. } if calls.iter().any(|(_, arguments)| arguments["updates"].is_null()))
}

const NOON: NaiveTime = match NaiveTime::from_hms_opt(12, 0, 0) {
    Some(noon) => noon,
    None => NaiveTime::MIN,
};

/// The new start, and the new end if it was said. Everything else stays as it is.
fn times(wanted: &Timing, block: Option<&BlockLine>, world: &World) -> Option<(Moment, Option<Moment>)> {
    if let Some(length) = wanted.from_now {
        let days = plus_length(world.date(), length);
        return Some(if length.minutes == 0 && length != Length::default() {
            (Moment::at(days.and_time(block?.start.time())), None)
        } else {
            (Moment::after(world.now(), length.minutes, world.zone), None)
        });
    }
    if wanted.now {
        return Some((Moment::at(world.now()), None));
    }
    let date = match (wanted.days.first(), wanted.period) {
        (Some(day), _) => day.date,
        (None, Some(period)) if period.name == PeriodName::Week => {
            plus(period.from, (block?.start.date() - monday(block?.start.date())).num_days())
        }
        (None, Some(period)) => period.from,
        (None, None) => block.map(|block| block.start.date())?,
    };
    // An old block is not moved within the past.
    let date = if wanted.days.is_empty() && wanted.period.is_none() { date.max(world.date()) } else { date };
    // What is all day has no time. For a bare hour, it is at noon.
    let usual = block.map(|block| if block.all_day { NOON } else { block.start.time() });
    let start: NaiveDateTime = match (wanted.start, wanted.part) {
        (Some(clock), part) => nearest(clock, part, usual.unwrap_or_default()).on(date),
        (None, Some(part)) => {
            let length = block.filter(|block| !block.all_day);
            let length = length.map_or(60, |block| (block.end - block.start).num_minutes());
            world.free(date, part.from, part.to, length).unwrap_or_else(|| date.and_time(part.from))
        }
        (None, None) => date.and_time(usual?),
    };
    let end = wanted.end.map(|clock| {
        let end = nearest(clock, wanted.part, start.time()).on(date);
        Moment::at(if end <= start { end + TimeDelta::days(1) } else { end })
    });
    Some((Moment::at(start), end))
}
