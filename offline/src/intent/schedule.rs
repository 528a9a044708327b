//! Schedules a new block.

use chrono::{NaiveDate, TimeDelta};
use flux_timeline::Kind;
use flux_timeline::limits::LONGEST_BLOCK;
use serde_json::{Map, Value, json};

use super::{Outcome, Request, days, lead, partly, plans, repeat};
use crate::details;
use crate::kind::kind;
use crate::memory::is_handle;
use crate::reference;
use crate::title;
use crate::world::{Call, World};
use flux_phrases::time::{Every, Moment, Place, Style, Timing, expressions, month_named, place, plus};
use flux_phrases::words::{Token, TokenKind, fits_any, has_word};

/// The length of a block if nothing is said, in minutes. It is the default of the tool.
const USUAL_MINUTES: i64 = 60;

/// The same for a call and for a reminder (prompts/system.md).
const CALL_MINUTES: i64 = 30;
const REMINDER_MINUTES: i64 = 15;

/// The longest block whose end is at an earlier time of day than its start: a night, but not from 15:00 to 14:00.
const LONGEST_NIGHT: TimeDelta = TimeDelta::hours(16);

const VERBS: &[&str] = &[
    "remind me? to|about|of?",
    "set up? a|an? reminder|alarm to|for|about?",
    "do not let me forget to?",
    "remember to",
    "schedule|add|plan|book|create|make|block|reserve|arrange|organize|organise|put|set|enter|insert|log|pencil up|in|off|out? me? in|down?",
    "new",
    "i have|got got? a|an|my?",
    "i am having|meeting|going|seeing|doing",
    "there is a|an?",
    "we have|are a|an?",
    "find me? a? time|slot|room|space|hour for|to?",
];

/// Words of statements and questions. A request without a verb has none of them.
const STATEMENT: &str = "i you he she we they that this there is are am was were do does did not no yes why who how which what when where could should would might looks look feel feels seems sounds love hate think hope wish tell weather it want delete cancel remove undo if never instead skip miss typo meant sorry has have had cannot cancelled canceled rescheduled postponed moved called said says needs want wants wanted";

/// `again` is how long after it was done a new task comes again.
pub(super) fn read(request: Request, again: Option<&Every>) -> Option<Outcome> {
    let Request { source, tokens, world } = request;
    // "New Year's party" and "book club" are names.
    let named = fits_any(tokens, 0, &["new year|year's|years", "book club|fair|launch|group|shop"]).is_some();
    let verb = fits_any(tokens, 0, VERBS).filter(|_| !named);
    let mut rest = tokens.get(verb.unwrap_or(0)..)?.to_vec();
    // "Add buy stamps to my inbox": it says where, and is no part of the title.
    let inbox = (0..rest.len()).find_map(|at| Some((at, fits_any(&rest, at, &["in|into|to|on my|the|our inbox"])?)));
    if let Some((at, taken)) = inbox {
        rest.drain(at..at + taken);
    }
    let rest = rest.as_slice();
    if is_of_another(tokens, rest, verb.is_some(), world) {
        return None;
    }
    let details = details::details(source, rest, world);
    let found: Vec<_> = expressions(rest, world.today, Style::Plain)
        .into_iter()
        .filter(|expression| !expression.at.clone().any(|at| details.used.contains(&at)))
        .collect();
    let wanted = Timing::of(&found);
    let timed = |at: usize| {
        wanted.used.iter().filter_map(|index| found.get(*index)).any(|expression| expression.at.contains(&at))
    };
    let keep: Vec<bool> = (0..rest.len()).map(|at| !timed(at) && !details.used.contains(&at)).collect();
    let title = title::title(rest, &keep);
    // "Set an alarm for 6am" needs no other title.
    let alarm = title.is_empty() && tokens.iter().any(|token| token.is("alarm"));
    let title = if alarm { "Alarm".to_owned() } else { title };
    let said = wanted.is_said() || wanted.has_time() || again.is_some();
    if inbox.is_some() && verb.is_some() && said {
        return Some(Outcome::Say(
            "What is in the inbox has no time, and I do not know which of the two you mean, so I added nothing. Say it without a time, or \
             without the inbox."
                .to_owned(),
        ));
    }
    let only_end = wanted.end.is_some() && wanted.start.is_none() && wanted.length.is_none() && wanted.days.is_empty();
    let is_named = is_name(rest, &keep);
    if verb.is_none() && (!is_named || only_end || !(said || is_chore(rest))) {
        return None;
    }
    // "Set dentist too hihg priorty" is about the existing dentist block.
    let changes = fits_any(tokens, 0, &["set|make|put|change"]).is_some() && !said;
    if changes && world.blocks().iter().any(|block| reference::names(&block.title, rest)) {
        return None;
    }
    if let Some(plan) = &details.missing_plan {
        return Some(plans::no_plan(plan, world));
    }
    if (!alarm && title::is_nameless(&title)) || !title.chars().any(char::is_alphanumeric) {
        return verb.map(|_| {
            Outcome::Say(
                "What shall I put on the timeline? Say, for example, “Schedule workout tomorrow at 8am”.".to_owned(),
            )
        });
    }
    if let Some(wrong) = no_time(rest, &keep) {
        return Some(Outcome::Say(format!(
            "There is no such time as “{wrong}”, so I added nothing. Say it again with one that there is."
        )));
    }
    if let Some(other) = beside_another(rest) {
        return Some(Outcome::Say(format!(
            "I cannot reckon from another block (“{other}”), so I added nothing. Say the time itself, such as “tomorrow at 8am”."
        )));
    }
    let kept: Vec<Token> = rest.iter().zip(&keep).filter(|(_, keep)| **keep).map(|(token, _)| token.clone()).collect();
    if let Some(why) = partly::only_a_part(&kept, &found, &wanted) {
        return Some(Outcome::Say(why.to_owned()));
    }
    if let Some(why) = repeat::not_understood(&kept, &found, &wanted, world.date()) {
        return Some(Outcome::Say(why.to_owned()));
    }
    if wanted.ago.is_some() {
        return Some(Outcome::Say("That time is over. Say when it is to be, such as “tomorrow at 8am”.".to_owned()));
    }
    let reminds = lead::reminds(tokens).is_some();
    let all_day = match days::of_new(&title, &found, &wanted, reminds, world.date()) {
        Some(Err(why)) => return Some(Outcome::Say(why.to_owned())),
        all_day => all_day.and_then(Result::ok),
    };
    // "Make the report recurring" and "schedule 5" are no tasks for the inbox.
    let is_noted = reminds || inbox.is_some() || verb.is_none() || fits_any(tokens, 0, NOTING).is_some();
    if !(said || alarm || is_noted && title.chars().any(char::is_alphabetic)) {
        return None;
    }
    if again.is_some() && wanted.every.is_some() {
        return Some(Outcome::Say(repeat::CANNOT_REPEAT.to_owned()));
    }
    let again = again.map(repeat::words_after_done);
    let new = New { title, wanted, details, reminds, again, all_day };
    Some(new.outcome(world))
}

/// Verbs that note a task, even if no time is said.
const NOTING: &[&str] =
    &["add|schedule|plan|book|create|arrange|organize|organise|note", "new", "i have|got", "we have"];

/// Whether words refer to an existing block by a pronoun or its handle. They are then a change that was not understood.
fn is_of_another(tokens: &[Token], rest: &[Token], verb: bool, world: &World) -> bool {
    let pronoun = fits_any(tokens, 0, &["put|set|make|add|schedule|plan|book it|them|these|those|that|this"])
        .is_some_and(|taken| {
            // "Put this on my calendar: …" only refers to what follows.
            let next = tokens.get(taken);
            !next.is_some_and(|next| next.is(":"))
        });
    let handle = !verb && rest.iter().any(|token| is_handle(&token.text) && world.block(&token.text).is_some());
    pronoun || handle
}

/// A time that is relative to another one: `an hour before the dentist`, `a day later`, `instead of 3`.
fn beside_another(tokens: &[Token]) -> Option<String> {
    const BESIDE: &[&str] = &[
        "minute|minutes|hour|hours|day|days|week|weeks|night|evening|morning before|after|later|earlier",
        "instead of",
    ];
    (0..tokens.len()).find_map(|at| {
        let taken = fits_any(tokens, at, BESIDE)?;
        let next = tokens.get(at + taken);
        let is_day = next.is_some_and(|next| next.is_any("tomorrow next yesterday"));
        let words: Vec<&str> =
            tokens.get(at..at + taken)?.iter().chain(next).map(|token| token.text.as_str()).collect();
        (!is_day).then(|| words.join(" "))
    })
}

/// Words that look like a time but are not one: `25:00`, `February 30`, `1O:3O`.
fn no_time(tokens: &[Token], keep: &[bool]) -> Option<String> {
    let kept = |at: usize| tokens.get(at).filter(|token| token.kind == TokenKind::Word && keep.get(at) == Some(&true));
    let is_number =
        |token: &Token| token.norm.trim_end_matches(|c: char| c.is_ascii_alphabetic()).parse::<u32>().is_ok();
    (0..tokens.len()).find_map(|at| {
        let token = kept(at)?;
        // "At for pm": half of a time that was not understood.
        let before = at.checked_sub(1).and_then(|at| tokens.get(at));
        let is_verb = before.is_some_and(|before| before.is("i"));
        if token.is_any("am pm") && !token.text.is_empty() && !is_verb {
            return Some(before.map_or_else(|| token.text.clone(), |before| format!("{} {}", before.text, token.text)));
        }
        if token.norm.contains(':') && token.norm.contains(|c: char| c.is_ascii_digit()) {
            return Some(token.text.clone());
        }
        if before.is_some_and(|before| before.is(":")) && token.norm.starts_with(|c: char| c.is_ascii_digit()) {
            let whole = tokens.get(at.saturating_sub(2)..=at).unwrap_or_default();
            return Some(whole.iter().map(|token| token.text.as_str()).collect());
        }
        let next = kept(at + 1)?;
        let dated = (month_named(&token.norm).is_some() && token.norm != "may" && is_number(next))
            || (is_number(token) && month_named(&next.norm).is_some());
        dated.then(|| format!("{} {}", token.text, next.text))
    })
}

/// First words of what has to be done, which say nothing else: `buy milk`, `call mom`.
const CHORES: &str = "buy call phone ring email pay water iron vacuum mow sweep cook bake wash repair renew";
/// Words that make it a request about the timeline, or one to somebody: `pay me`, `call it off`.
const NO_CHORE: &str = "me us it them that this off calendar timeline schedule agenda diary plan plans inbox time slot overdue task tasks block blocks \
     everything all";

/// Whether words without a time and a verb of ours name something to do.
fn is_chore(tokens: &[Token]) -> bool {
    let is_begun = tokens.first().is_some_and(|first| first.is_any(CHORES)) && tokens.len() > 1;
    is_begun && !tokens.iter().any(|token| token.is_any(NO_CHORE))
}

/// Whether words without a verb can be a title: they are short and not a statement.
fn is_name(tokens: &[Token], keep: &[bool]) -> bool {
    let kept: Vec<&Token> = tokens
        .iter()
        .zip(keep)
        .filter(|(token, keep)| **keep && token.kind != TokenKind::Mark)
        .map(|(token, _)| token)
        .collect();
    let question = tokens.last().is_some_and(|token| token.is("?"));
    !question && (1..=10).contains(&kept.len()) && !kept.iter().any(|token| token.is_any(STATEMENT))
}

/// One look-up of all days on which free time is needed, because the number of steps in a turn is limited.
fn look_up(places: &[Place], world: &World) -> Option<Call> {
    let days = places.iter().filter_map(|found| match found {
        Place::Window { day, .. } if !world.covers(*day, plus(*day, 1)) => Some(*day),
        _ => None,
    });
    let (first, last) = days.fold(None, |span: Option<(NaiveDate, NaiveDate)>, day| {
        let (first, last) = span.unwrap_or((day, day));
        Some((first.min(day), last.max(day)))
    })?;
    world.look_up_days(first, plus(last, 1))
}

struct New {
    title: String,
    wanted: Timing,
    details: details::Details,
    /// Whether it is a reminder, which cannot be in the past.
    reminds: bool,
    /// How it comes again after it was done.
    again: Option<String>,
    /// When it is, if it is all day.
    all_day: Option<days::AllDay>,
}

impl New {
    fn outcome(&self, world: &World) -> Outcome {
        if let Some(all_day) = &self.all_day {
            return Outcome::Do { calls: all_day.calls(&self.call(None, None, None)), note: None };
        }
        let hint = title::hint(&self.title);
        let length = self.wanted.length.map(flux_phrases::duration::Length::in_minutes);
        if length.is_some_and(|minutes| minutes <= 0) {
            return Outcome::Say(format!(
                "A block takes at least a minute, so I did not add “{}”. Say how long it takes, such as “for 15 minutes”.",
                self.title
            ));
        }
        let length = length.or_else(|| self.usual());
        let minutes = length.unwrap_or(USUAL_MINUTES);
        if minutes > LONGEST_BLOCK.num_minutes() {
            return Outcome::Say(
                "A block can take at most 14 days. For several days say, for example, “every day for 20 days”."
                    .to_owned(),
            );
        }
        let places = place(&self.wanted, world.now(), world.zone, hint, minutes);
        if let Some(every) = self.wanted.every.as_ref().filter(|_| self.wanted.is_series()) {
            return self.series(every, &places, length, world);
        }
        if let Some(call) = look_up(&places, world) {
            return Outcome::LookUp(vec![call]);
        }
        let mut calls: Vec<Call> = Vec::new();
        for found in places {
            let (start, end) = match found {
                Place::At { start, end } => (start, end),
                Place::Window { day, from, to } => {
                    let free = world.free(day, from, to, minutes);
                    (Moment::at(free.unwrap_or_else(|| day.and_time(from))), None)
                }
                Place::Over => {
                    return Outcome::Say(format!(
                        "That time of today is over. Say another one for “{}”, such as “tomorrow at 9”.",
                        self.title
                    ));
                }
                Place::Unsaid => return self.without_time(length),
            };
            if let Some(why) = self.cannot_be(start, end, world) {
                return Outcome::Say(why);
            }
            // "Every day this week" leaves out today if the time has passed.
            if self.wanted.every.is_some() && start.wall <= world.now() {
                continue;
            }
            calls.push(self.call(Some((start, end)), length, None));
        }
        if calls.is_empty() {
            return Outcome::Say(self.none_ahead());
        }
        if self.again.is_some() && calls.len() > 1 {
            return Outcome::Say(repeat::CANNOT_REPEAT.to_owned());
        }
        Outcome::Do { calls, note: None }
    }

    /// What repeats by a rule is one call. `places` has its first place.
    fn series(&self, every: &Every, places: &[Place], length: Option<i64>, world: &World) -> Outcome {
        let Some(&Place::At { start, end }) = places.first().filter(|_| self.wanted.start.is_some()) else {
            return Outcome::Say(repeat::NEEDS_A_TIME.to_owned());
        };
        if let Some(why) = self.cannot_be(start, end, world) {
            return Outcome::Say(why);
        }
        let first = start.wall.date();
        let until = self.wanted.last_day(first);
        if start.wall <= world.now() || until.is_some_and(|until| until < first) {
            return Outcome::Say(self.none_ahead());
        }
        // "Every Friday night at 1" is on a Saturday, and "every year for a week" does not say for how long it repeats.
        let is_its_day = every.fits(first, self.wanted.since);
        let is_long = self.wanted.lasting.is_none() || every.second(first) <= until;
        if !is_its_day || !is_long {
            return Outcome::Say(repeat::CANNOT_REPEAT.to_owned());
        }
        let call = self.call(Some((start, end)), length, Some(repeat::words(every, until)));
        Outcome::Do { calls: vec![call], note: None }
    }

    fn none_ahead(&self) -> String {
        format!("None of those days is ahead, so I did not add “{}”.", self.title)
    }

    /// Why it cannot be at this time.
    fn cannot_be(&self, start: Moment, end: Option<Moment>, world: &World) -> Option<String> {
        let backwards = |end: Moment| self.wanted.start.is_some() && end.wall - start.wall > LONGEST_NIGHT;
        if !self.wanted.deadline && end.is_some_and(backwards) {
            return Some(format!(
                "That would end before it begins, so I did not add “{}”. Say again from when to when, such as “from 2pm to 3pm”.",
                self.title
            ));
        }
        (self.reminds && start.wall < world.now()).then(|| {
            format!("That time is over, so I did not add “{}”. Say one ahead, such as “tomorrow at 8am”.", self.title)
        })
    }

    /// The length if nothing is said, unless it is the default of the tool.
    fn usual(&self) -> Option<i64> {
        let first = self.title.split(' ').next().unwrap_or_default().to_lowercase();
        if self.reminds { Some(REMINDER_MINUTES) } else { has_word("call phone ring", &first).then_some(CALL_MINUTES) }
    }

    /// A task without a time goes to the inbox. An appointment has one, and it is not guessed.
    fn without_time(&self, length: Option<i64>) -> Outcome {
        if self.kind() == Kind::Appointment {
            return Outcome::Say(format!(
                "When is “{}”? I added nothing. Say it with a day and a time, such as “{} tomorrow at 12:30”.",
                self.title, self.title
            ));
        }
        Outcome::Do { calls: vec![self.call(None, length, None)], note: None }
    }

    fn kind(&self) -> Kind {
        if self.reminds || self.again.is_some() { Kind::Task } else { kind(&self.title) }
    }

    fn call(&self, time: Option<(Moment, Option<Moment>)>, length: Option<i64>, repeat: Option<String>) -> Call {
        let mut arguments = Map::new();
        let mut set = |name: &str, value: Value| arguments.insert(name.to_owned(), value);
        set("title", json!(self.title));
        if self.kind() == Kind::Appointment {
            set("kind", json!(Kind::Appointment));
        }
        if let Some((start, _)) = time {
            set("startTime", json!(start.argument()));
        }
        match (time.and_then(|(_, end)| end), length) {
            (Some(end), _) => set("endTime", json!(end.argument())),
            (None, Some(minutes)) => set("durationMinutes", json!(minutes)),
            (None, None) => None,
        };
        if let Some(repeat) = repeat.or_else(|| self.again.clone()) {
            set("repeat", json!(repeat));
        }
        if self.reminds && time.is_some() {
            set("remindMinutesBefore", json!([0]));
        }
        if let Some(priority) = self.details.priority {
            set("priority", json!(priority));
        }
        if !self.details.tags.is_empty() {
            set("tags", json!(self.details.tags));
        }
        if let Some(note) = &self.details.note {
            set("description", json!(note));
        }
        if let Some(plan) = &self.details.plan {
            set("plan", json!(plan));
        }
        ("scheduleBlock".to_owned(), Value::Object(arguments))
    }
}
