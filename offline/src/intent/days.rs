//! What is all day: the days of a new block, and changes of the days of one that there is.

use chrono::NaiveDate;
use flux_phrases::duration::Length;
use flux_phrases::time::{
    Day, Every, Expression, Meaning, Period, PeriodName, Preposition, Style, Timing, expressions, plus, plus_length,
};
use flux_phrases::words::{Token, TokenKind, fits_any};
use flux_timeline::clock;
use flux_tools::context::BlockLine;
use serde_json::{Value, json};

use super::{Outcome, Request, is_known, repeat, single, update};
use crate::kind;
use crate::phrase::last_day;
use crate::reference::Purpose;
use crate::world::Call;

const BOTH: &str = "I do not know whether that is all day or at a time, so I added nothing. Say one of the two.";
const WHICH_DAY: &str =
    "On which days is that? I added nothing. Say them, such as “all day tomorrow” or “from Monday to Friday”.";
const EACH_DAY: &str = "I do not know whether that is all day, or at a time on each of those days, so I added nothing. Say “all day”, or say \
                        it for each day with its time.";
const NOT_AHEAD: &str = "None of those days is ahead, so I added nothing.";
const NO_DAY: &str =
    "I do not know on which day that block is, so I changed nothing. Say the day, such as “make it all day on Friday”.";

/// Said of a change of what is all day by anything but whole days.
pub(super) const WHOLE_DAYS: &str = "That is all day and has no time, so I changed nothing. Say whole days, such as “2 days later”, or a time, such as “move it to Friday \
     at 3pm”.";

/// When a new block is, if it is all day.
pub(super) struct AllDay {
    /// The first and the last day of each block.
    spans: Vec<(NaiveDate, NaiveDate)>,
    /// How it repeats, as the tool takes it.
    repeat: Option<String>,
}

impl AllDay {
    /// The calls that are like `call` and have the days, too.
    pub fn calls(&self, (tool, arguments): &Call) -> Vec<Call> {
        let with_days = |(first, last): &(NaiveDate, NaiveDate)| {
            let mut arguments = arguments.clone();
            arguments["firstDay"] = json!(clock::iso_date(*first));
            if last != first {
                arguments["lastDay"] = json!(clock::iso_date(*last));
            }
            if let Some(repeat) = &self.repeat {
                arguments["repeat"] = json!(repeat);
            }
            (tool.clone(), arguments)
        };
        self.spans.iter().map(with_days).collect()
    }
}

/// The days of a new block with this title, or why they are not certain, in a sentence. `None` if it is not all day: that is what is said
/// to be, what usually is, such as a birthday, and what is from one day to another one, such as a conference.
pub(super) fn of_new(
    title: &str,
    found: &[Expression],
    wanted: &Timing,
    reminds: bool,
    today: NaiveDate,
) -> Option<Result<AllDay, &'static str>> {
    let period = wanted.period.filter(|period| period.name == PeriodName::Span && wanted.every.is_none());
    let is_for_days = (period.is_some() || wanted.length.is_some_and(Length::is_days)) && kind::is_for_days(title);
    let is_named = !reminds && (is_for_days || kind::is_all_day(title));
    if has_clock(wanted) || reminds || wanted.deadline {
        let is_from = |expression: &Expression| {
            expression.preposition == Preposition::From
                && matches!(expression.meaning, Meaning::Period(Period { name: PeriodName::Span, .. }))
        };
        let is_unclear = period.is_some() && found.iter().any(is_from);
        return if wanted.all_day { Some(Err(BOTH)) } else { is_unclear.then_some(Err(EACH_DAY)) };
    }
    if !wanted.all_day && !is_named {
        return period.map(|_| Err(EACH_DAY));
    }
    if let Some(every) = wanted.every.as_ref().filter(|_| wanted.is_series()) {
        return Some(series(every, wanted, today));
    }
    spans(title, wanted, today).transpose().map(|spans| Ok(AllDay { spans: spans?, repeat: None }))
}

/// Whether a time of day was said, or a length that is not of whole days.
fn has_clock(wanted: &Timing) -> bool {
    let in_part = |length: Option<Length>| length.is_some_and(|length| !length.is_days());
    wanted.start.is_some()
        || wanted.end.is_some()
        || wanted.part.is_some()
        || wanted.now
        || wanted.soon
        || in_part(wanted.from_now)
        || in_part(wanted.length)
}

/// The first and the last day of each block. `None` if no day was said for what is all day by its name alone.
fn spans(title: &str, wanted: &Timing, today: NaiveDate) -> Result<Option<Vec<(NaiveDate, NaiveDate)>>, &'static str> {
    let whole = |period: Period| (period.from.max(today.min(plus(period.to, -1))), plus(period.to, -1));
    let in_days = wanted.from_now.map(|length| plus_length(today, length));
    let days: Vec<NaiveDate> = match &wanted.every {
        Some(_) => wanted.dates(today),
        None => in_days.into_iter().chain(wanted.days.iter().map(|day| day.date)).collect(),
    };
    let span = match (days.as_slice(), wanted.period, wanted.length) {
        ([], None, _) if wanted.every.is_some() => return Err(NOT_AHEAD),
        ([], None, _) if wanted.all_day => return Err(WHICH_DAY),
        ([], None, _) => return Ok(None),
        ([first], _, Some(length)) => (*first, plus(plus_length(*first, length), -1)),
        ([_, ..], _, None) => return Ok(Some(days.into_iter().map(|day| (day, day)).collect())),
        ([], Some(period), None) => match period.name {
            PeriodName::Span => (period.from, plus(period.to, -1)),
            PeriodName::Days | PeriodName::Weekend => whole(period),
            // A birthday is on one day of the week. A vacation is a week long.
            PeriodName::Week if kind::is_for_weeks(title) => whole(period),
            PeriodName::Week | PeriodName::Month => return Err(WHICH_DAY),
        },
        _ => return Err(WHICH_DAY),
    };
    Ok(Some(vec![span]))
}

fn series(every: &Every, wanted: &Timing, today: NaiveDate) -> Result<AllDay, &'static str> {
    let Some(first) = wanted.dates(today).first().copied() else { return Err(NOT_AHEAD) };
    let until = wanted.last_day(first);
    if until.is_some_and(|until| until < first) {
        return Err(NOT_AHEAD);
    }
    let is_long = wanted.lasting.is_none() || every.second(first) <= until;
    if !is_long || wanted.length.is_some() {
        return Err(repeat::CANNOT_REPEAT);
    }
    Ok(AllDay { spans: vec![(first, first)], repeat: Some(repeat::words(every, until)) })
}

/// The updates that move a block to other days, `first` being the first one. Null if they are not certain, and `None` if the block has a
/// time afterwards.
pub(super) fn moved(block: &BlockLine, wanted: &Timing, first: NaiveDate) -> Option<Value> {
    let span = wanted.period.filter(|period| period.name == PeriodName::Span);
    let gets_time = wanted.start.is_some() || wanted.part.is_some() || wanted.now || !is_in_days(wanted.from_now);
    if gets_time {
        return (wanted.all_day || span.is_some()).then_some(Value::Null);
    }
    if !block.all_day && !wanted.all_day {
        return span.map(|_| Value::Null);
    }
    let in_a_month = wanted.period.is_some_and(|period| period.name == PeriodName::Month);
    if has_clock(wanted) || in_a_month {
        return Some(Value::Null);
    }
    let last = span.map(|span| plus(span.to, -1)).or(wanted.length.map(|length| plus(plus_length(first, length), -1)));
    let mut updates = json!({"firstDay": clock::iso_date(first)});
    if let Some(last) = last {
        updates["lastDay"] = json!(clock::iso_date(last));
    }
    Some(updates)
}

fn is_in_days(from_now: Option<Length>) -> bool {
    from_now.is_none_or(Length::is_days)
}

/// Another number of days of an all-day block: `length`, or so much more or less if `relative` is 1 or −1.
pub(super) fn resized(block: &BlockLine, length: Length, relative: Option<i64>) -> Outcome {
    if !length.is_days() {
        return Outcome::Say(WHOLE_DAYS.to_owned());
    }
    let first = block.start.date();
    let last = match relative {
        None => plus(plus_length(first, length), -1),
        Some(sign) if sign > 0 => plus_length(last_day(block), length),
        Some(_) => plus_length(last_day(block), length.negated()),
    };
    if last < first {
        return Outcome::Say(
            "That would leave no day of it, so I changed nothing. Say how long it is to be, such as “make it 2 days long”."
                .to_owned(),
        );
    }
    let updates = json!({"lastDay": clock::iso_date(last)});
    Outcome::Do { calls: vec![update(block, updates)], note: None }
}

pub(super) fn read(request: Request) -> Option<Outcome> {
    all_day(request).or_else(|| until(request))
}

/// Whether only times, and words that say nothing else, follow from `at` on.
fn closes(tokens: &[Token], at: usize, found: &[Expression], words: &str) -> bool {
    let is_timed = |at: usize| found.iter().any(|expression| expression.at.contains(&at));
    let says_nothing = |token: &Token| token.kind == TokenKind::Mark || token.is_any(words);
    tokens.iter().enumerate().skip(at).all(|(at, token)| is_timed(at) || says_nothing(token))
}

/// `make the conference all day`, `turn B3 into an all-day event on Friday`.
fn all_day(request: Request) -> Option<Outcome> {
    let tokens = request.tokens;
    let verb = fits_any(tokens, 0, &["make|set|turn|change|mark"])?;
    let found = expressions(tokens, request.world.today, Style::Moving);
    let at = found.iter().find(|expression| expression.meaning == Meaning::AllDay)?.at.start;
    let joins =
        tokens.get(verb..at)?.iter().rev().take_while(|token| token.is_any("a an the into to as for be is")).count();
    let target = tokens.get(verb..at - joins)?;
    let is_named = target.iter().enumerate().any(|(index, token)| {
        token.kind != TokenKind::Mark && !found.iter().any(|expression| expression.at.contains(&(verb + index)))
    });
    if !is_named || !closes(tokens, at, &found, "event block appointment task thing long instead now") {
        return None;
    }
    let after: Vec<Expression> = found.iter().filter(|expression| expression.at.start >= at).cloned().collect();
    let wanted = Timing::of(&after);
    let block = match single(request, target, Purpose::Change) {
        Ok(block) => block,
        // "Make a picnic all day tomorrow" asks for a new block.
        Err(Outcome::Say(_)) if found.len() > 1 => return None,
        Err(outcome) => return Some(outcome),
    };
    if has_clock(&wanted) {
        return Some(Outcome::Say(BOTH.replace("added", "changed")));
    }
    let updates = match wanted.days.as_slice() {
        [day] => json!({"firstDay": clock::iso_date(day.date)}),
        [] if after.len() > 1 || !is_known(&block) => return Some(Outcome::Say(NO_DAY.to_owned())),
        [] if block.all_day => return Some(Outcome::Say(format!("“{}” is all day already.", block.title))),
        [] => {
            let (first, last) = (block.start.date(), last_day(&block));
            let mut updates = json!({"firstDay": clock::iso_date(first)});
            if last != first {
                updates["lastDay"] = json!(clock::iso_date(last));
            }
            updates
        }
        _ => return Some(Outcome::Say(NO_DAY.to_owned())),
    };
    Some(Outcome::Do { calls: vec![update(&block, updates)], note: None })
}

/// `extend the trip to Sunday`, `the trip lasts until Sunday`.
fn until(request: Request) -> Option<Outcome> {
    const LASTS: &[&str] = &[
        "now? will|should|must? last|lasts|go|goes|run|runs|end|ends|continue|continues now?",
        "is over|until|through",
    ];
    let tokens = request.tokens;
    let found = expressions(tokens, request.world.today, Style::Moving);
    let [.., last] = found.as_slice() else { return None };
    let Meaning::Days(days) = &last.meaning else { return None };
    let ([day], true) = (days.as_slice(), closes(tokens, last.at.end, &[], "instead now") && !last.possessive) else {
        return None;
    };
    let longer = fits_any(tokens, 0, &["extend|lengthen|prolong"]);
    let shorter = fits_any(tokens, 0, &["shorten|cut"]);
    let through = tokens.get(last.at.start.checked_sub(1)?).is_some_and(|token| token.is_any("through thru"));
    let end = last.at.start - usize::from(through);
    let is_led = through || matches!(last.preposition, Preposition::To | Preposition::Until | Preposition::On);
    let target = match longer.or(shorter) {
        Some(verb) => tokens.get(verb..end)?,
        None => {
            let at = (1..end).find(|at| fits_any(tokens, *at, LASTS).is_some_and(|taken| at + taken == end))?;
            tokens.get(..at)?
        }
    };
    if !is_led || target.is_empty() {
        return None;
    }
    let block = match single(request, target, Purpose::Change) {
        Ok(block) => block,
        // "School ends on Friday" can be a new block.
        Err(Outcome::Say(_)) if longer.or(shorter).is_none() => return None,
        Err(outcome) => return Some(outcome),
    };
    if is_known(&block) && !block.all_day {
        return Some(Outcome::Say(format!(
            "“{}” is not all day, so I changed nothing. Say how long it takes, such as “make it 90 minutes long”, or “make it all day”.",
            block.title
        )));
    }
    let day = if is_known(&block) { last_of(*day, &block, longer.is_some()) } else { day.date };
    let is_other_way = is_known(&block)
        && (longer.is_some() && day <= last_day(&block) || shorter.is_some() && day >= last_day(&block));
    if is_other_way || is_known(&block) && day < block.start.date() {
        return Some(Outcome::Say(format!(
            "“{}” would not become {} by that, so I changed nothing. Say its last day with the month, such as “until 7 May”.",
            block.title,
            if shorter.is_some() { "shorter" } else { "longer" }
        )));
    }
    let updates = json!({"lastDay": clock::iso_date(day)});
    Some(Outcome::Do { calls: vec![update(&block, updates)], note: None })
}

/// The last day that is meant for a block: of a weekday, the first one within the block, or after it if that is to be longer.
fn last_of(day: Day, block: &BlockLine, is_longer: bool) -> NaiveDate {
    let from = if is_longer { plus(last_day(block), 1) } else { block.start.date() };
    if !day.is_of_a_week() {
        return day.date;
    }
    plus(from, (day.date - from).num_days().rem_euclid(7))
}
