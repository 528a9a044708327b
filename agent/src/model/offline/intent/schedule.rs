//! A new block.

use serde_json::{Map, Value, json};

use super::{Outcome, Request};
use crate::model::offline::details;
use crate::model::offline::time::{Hint, Moment, Place, Style, Wanted, fragments, month_named, place};
use crate::model::offline::title;
use crate::model::offline::words::{Kind, Token, fits_any};
use crate::model::offline::world::{Call, World};

/// How long a block is where nothing is said, in minutes: the tool's own default.
const USUAL_MINUTES: i64 = 60;

/// How long a block can be, in minutes: the tool's own limit.
const LONGEST_MINUTES: i64 = 14 * 24 * 60;

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

/// Words of a statement or question, which no request without a verb begins with or contains.
const STATEMENT: &str = "i you he she we they that this there is are am was were do does did not no yes why who how which what when where could should would might looks look feel feels seems sounds love hate think hope wish tell weather it want delete cancel remove undo if never instead";

pub(super) fn read(request: Request) -> Option<Outcome> {
    let Request { source, tokens, world } = request;
    let verb = fits_any(tokens, 0, VERBS);
    let rest = tokens.get(verb.unwrap_or(0)..)?;
    let details = details::details(source, rest, world);
    let found: Vec<_> = fragments(rest, world.today, Style::Plain)
        .into_iter()
        .filter(|fragment| !fragment.at.clone().any(|at| details.used.contains(&at)))
        .collect();
    let wanted = Wanted::of(&found);
    let timed =
        |at: usize| wanted.used.iter().filter_map(|index| found.get(*index)).any(|fragment| fragment.at.contains(&at));
    let keep: Vec<bool> = (0..rest.len()).map(|at| !timed(at) && !details.used.contains(&at)).collect();
    let title = title::title(rest, &keep);
    // "Set an alarm for 6am" needs no other name.
    let alarm = title.is_empty() && tokens.iter().any(|token| token.is("alarm"));
    let title = if alarm { "Alarm".to_owned() } else { title };
    let said = wanted.is_said() || wanted.has_clock();
    if verb.is_none() && !(said && is_name(rest, &keep)) {
        return None;
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
    if wanted.ago.is_some() {
        return Some(Outcome::Say("That time is over. Say when it is to be, such as “tomorrow at 8am”.".to_owned()));
    }
    let new = New { title, wanted, details };
    Some(new.outcome(world))
}

/// Words that were to be a time and are none: `25:00`, `February 30`.
fn no_time(tokens: &[Token], keep: &[bool]) -> Option<String> {
    let kept = |at: usize| tokens.get(at).filter(|token| token.kind == Kind::Word && keep.get(at) == Some(&true));
    let is_number =
        |token: &Token| token.norm.trim_end_matches(|c: char| c.is_ascii_alphabetic()).parse::<u32>().is_ok();
    (0..tokens.len()).find_map(|at| {
        let token = kept(at)?;
        let (hour, minute) = token.norm.split_once(':').unwrap_or_default();
        if hour.parse::<u32>().is_ok() && minute.get(..2).is_some_and(|minute| minute.parse::<u32>().is_ok()) {
            return Some(token.text.clone());
        }
        let next = kept(at + 1)?;
        let dated = (month_named(&token.norm).is_some() && token.norm != "may" && is_number(next))
            || (is_number(token) && month_named(&next.norm).is_some());
        dated.then(|| format!("{} {}", token.text, next.text))
    })
}

/// Whether words without a verb can be the name of something: short, and no statement.
fn is_name(tokens: &[Token], keep: &[bool]) -> bool {
    let kept: Vec<&Token> = tokens
        .iter()
        .zip(keep)
        .filter(|(token, keep)| **keep && token.kind != Kind::Mark)
        .map(|(token, _)| token)
        .collect();
    let question = tokens.last().is_some_and(|token| token.is("?"));
    !question && (1..=10).contains(&kept.len()) && !kept.iter().any(|token| token.is_any(STATEMENT))
}

struct New {
    title: String,
    wanted: Wanted,
    details: details::Details,
}

impl New {
    fn outcome(&self, world: &World) -> Outcome {
        let hint = title::hint(&self.title);
        let length = self.wanted.length.map(super::super::duration::Length::in_minutes).filter(|minutes| *minutes > 0);
        // "Every day for two weeks" tells how long it goes on, not how long it takes.
        let length = length.filter(|minutes| !(self.wanted.every.is_some() && *minutes >= 24 * 60));
        let minutes = length.unwrap_or(USUAL_MINUTES);
        if minutes > LONGEST_MINUTES {
            return Outcome::Say(
                "A block can take at most 14 days. For several days say, for example, “every day for 20 days”."
                    .to_owned(),
            );
        }
        let mut calls: Vec<Call> = Vec::new();
        let mut notes: Vec<&str> = Vec::new();
        for found in place(&self.wanted, world.now(), world.zone, hint, minutes) {
            let (start, end) = match found {
                Place::At { start, end } => (start, end),
                Place::Window { day, from, to } => {
                    if let Some(call) = day.succ_opt().and_then(|next| world.look_up_days(day, next)) {
                        return Outcome::LookUp(vec![call]);
                    }
                    let free = world.free(day, from, to, minutes);
                    (Moment::at(free.unwrap_or_else(|| day.and_time(from))), None)
                }
                Place::Over => {
                    return Outcome::Say(format!(
                        "That time of today is over. Say another one for “{}”, such as “tomorrow at 9”.",
                        self.title
                    ));
                }
                Place::Unsaid => {
                    match self.any_time(world, hint, minutes) {
                        Ok(start) => {
                            notes.push("You did not say when, so I take the next free time. Say “move it to …” for another one.");
                            (start, None)
                        }
                        Err(call) => return Outcome::LookUp(vec![call]),
                    }
                }
            };
            // "Every day this week" leaves out today's where it is over.
            if self.wanted.every.is_some() && start.wall <= world.now() {
                continue;
            }
            calls.push(self.call(start, end, length));
        }
        if self.wanted.repeats_without_end() {
            notes.push("I can only add single blocks, so this is the next one. Say “every day this week” for several.");
        }
        if calls.is_empty() {
            return Outcome::Say(format!("None of those days is ahead, so I did not add “{}”.", self.title));
        }
        Outcome::Do { calls, note: (!notes.is_empty()).then(|| notes.join(" ")) }
    }

    /// The next time that is free: today, else tomorrow.
    fn any_time(&self, world: &World, hint: Hint, minutes: i64) -> Result<Moment, Call> {
        let mut day = world.date();
        for _ in 0..7 {
            let wanted = Wanted { days: vec![super::super::time::Day::only(day)], ..Wanted::default() };
            if let Some(Place::Window { day, from, to }) =
                place(&wanted, world.now(), world.zone, hint, minutes).first()
                && let Some(next) = day.succ_opt()
            {
                if let Some(call) = world.look_up_days(*day, next) {
                    return Err(call);
                }
                if let Some(start) = world.free(*day, *from, *to, minutes) {
                    return Ok(Moment::at(start));
                }
            }
            day = day.succ_opt().unwrap_or(day);
        }
        Ok(Moment::at(day.and_hms_opt(9, 0, 0).unwrap_or(world.now())))
    }

    fn call(&self, start: Moment, end: Option<Moment>, length: Option<i64>) -> Call {
        let mut arguments = Map::new();
        let mut set = |name: &str, value: Value| arguments.insert(name.to_owned(), value);
        set("title", json!(self.title));
        set("startTime", json!(start.argument()));
        match (end, length) {
            (Some(end), _) => set("endTime", json!(end.argument())),
            (None, Some(minutes)) => set("durationMinutes", json!(minutes)),
            (None, None) => None,
        };
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
