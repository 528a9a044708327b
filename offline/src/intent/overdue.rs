//! Finds times for overdue tasks and for those in the inbox.

use chrono::NaiveDate;
use flux_phrases::time::{Meaning, Preposition, Style, expressions, plus};
use flux_phrases::words::{Token, TokenKind, fits_any};
use flux_timeline::clock;
use serde_json::{Value, json};

use super::{Outcome, Request, each};
use crate::phrase;
use crate::reference::{self, Purpose};
use crate::world::World;

/// "Find a new time for …": what follows is the task.
const FIND: &[&str] =
    &["find|get|give me? a|an|some? new|another|other|different|better time|times|slot|slots|spot|place for|to"];
/// "Find time for …": for what is in the inbox, because anything else is a new block.
const FIND_FIRST: &[&str] = &["find|get|give me? a|an|the|some? time|times|slot|slots|spot|place for|to"];
/// All that is in the inbox.
const INBOX: &[&str] = &["everything|all|what|things|tasks|those|stuff? is? in|from|of? my|the? inbox"];
/// "Reschedule …": only for what is overdue, because a block is moved to a time that is said.
const AGAIN: &[&str] = &["reschedule|re-schedule|replan|re-plan"];
/// With these words, only all that is overdue can be meant: "schedule pay overdue invoices" is a new task.
const ALL_AGAIN: &[&str] = &["place|plan|schedule|put|fit|move|sort", "catch up on|with"];
/// The words in which all overdue tasks are meant, and none by its title.
const ALL: &str = "all my the of every each everything anything what whatever which that is are overdue late past due tasks task \
                   to-dos todos to-do todo things stuff ones items blocks again anew them to into in at on new other free time times \
                   slot slots some the next when where i am we now out have";

/// Words with another time than a last day are for other rules: they say where the task should go.
pub(super) fn read(request: Request) -> Option<Outcome> {
    let Request { tokens, world, .. } = request;
    let (tokens, bound) = bounded(tokens, world)?;
    let request = Request { tokens, ..request };
    // "Find another time for the gym tomorrow" names the day of a block that need not be overdue.
    let is_of_overdue = bound.note.is_none() || tokens.iter().any(|token| token.is("overdue"));
    let outcome = fits_any(tokens, 0, FIND_FIRST)
        .and_then(|taken| of_inbox(request, tokens.get(taken..)?))
        .or_else(|| of_overdue(request).filter(|_| is_of_overdue))?;
    Some(bound.applied(outcome))
}

fn of_overdue(request: Request) -> Option<Outcome> {
    let tokens = request.tokens;
    let find = fits_any(tokens, 0, FIND);
    let one = find.or_else(|| fits_any(tokens, 0, AGAIN));
    let target = tokens.get(one.or_else(|| fits_any(tokens, 0, ALL_AGAIN))?..)?;
    let says_overdue = target.iter().any(|token| token.is("overdue"));
    if !(find.is_some() || says_overdue) {
        return None;
    }
    let is_all = |token: &Token| token.kind == TokenKind::Mark || token.is_any(ALL);
    if says_overdue && target.iter().all(is_all) {
        return Some(Outcome::call("rescheduleOverdue", json!({})));
    }
    one?;
    let named = |token: &&Token| !token.is_any("overdue again");
    let target: Vec<Token> = target.iter().filter(named).cloned().collect();
    Some(each(request, &target, Purpose::Change, |block| {
        ("rescheduleOverdue".to_owned(), json!({"blocks": [block.handle]}))
    }))
}

/// The last day on which tasks can be.
struct Bound {
    until: Option<NaiveDate>,
    /// What to say if the words could also mean that they begin then.
    note: Option<String>,
}

impl Bound {
    fn applied(self, mut outcome: Outcome) -> Outcome {
        if let (Outcome::Do { calls, note }, Some(until)) = (&mut outcome, self.until) {
            calls.iter_mut().for_each(|(_, arguments)| arguments["until"] = Value::String(clock::iso_date(until)));
            *note = note.take().or(self.note);
        }
        outcome
    }
}

/// The words before a last day, and that day: "this week", "today", "by Friday". `None` if they say another time, such as "next week",
/// which also has a first day.
fn bounded<'a>(tokens: &'a [Token], world: &World) -> Option<(&'a [Token], Bound)> {
    let found = expressions(tokens, world.today, Style::Plain);
    let [only] = found.as_slice() else {
        return found.is_empty().then_some((tokens, Bound { until: None, note: None }));
    };
    let (first, last) = match &only.meaning {
        Meaning::Days(days) if days.len() == 1 => days.first().map(|day| (day.date, day.date))?,
        Meaning::Period(period) => (period.from, plus(period.to, -1)),
        _ => return None,
    };
    let is_end = tokens.get(only.at.end..)?.iter().all(|token| token.kind == TokenKind::Mark);
    let is_deadline = matches!(only.preposition, Preposition::By | Preposition::Until);
    let is_near = matches!(only.preposition, Preposition::None | Preposition::In | Preposition::For)
        && first <= plus(world.date(), 1);
    if !is_end || only.possessive || !(is_deadline || is_near) {
        return None;
    }
    let is_before = tokens.get(only.at.start).is_some_and(|token| token.is("before"));
    let until = if is_before { plus(first, -1) } else { last };
    let note = (is_near && first > world.date()).then(|| {
        let day = phrase::near_day(until, world.date());
        format!("I looked for times until {day}, so some can be earlier.")
    });
    Some((tokens.get(..only.at.start)?, Bound { until: Some(until), note }))
}

/// Times for the tasks of the inbox that are named, or for all of them. `None` if none is.
fn of_inbox(Request { world, .. }: Request, target: &[Token]) -> Option<Outcome> {
    if fits_any(target, 0, INBOX) != Some(target.len()) {
        return Some(match reference::waiting(target, world)? {
            Ok(handle) => Outcome::call("rescheduleOverdue", json!({"blocks": [handle]})),
            Err(which) => Outcome::Say(which),
        });
    }
    let handles: Vec<&str> = world.context.inbox.iter().map(|task| task.handle.as_str()).collect();
    if handles.is_empty() {
        return Some(Outcome::Say("Your inbox is empty, so there is nothing to find time for.".to_owned()));
    }
    let note = match world.context.more_inbox {
        0 => None,
        more => Some(format!("These are the newest; ask again for the other {more}.")),
    };
    Some(Outcome::Do { calls: vec![("rescheduleOverdue".to_owned(), json!({"blocks": handles}))], note })
}
