//! Answers what is on, what is next, and when something is.

use super::{Outcome, Request};
use crate::phrase;
use crate::reference::{self, Found, Purpose};
use crate::world::{World, days_call};
use chrono::{NaiveDate, TimeDelta};
use flux_phrases::time::{Hint, Style, Timing, expressions, plus, settle};
use flux_phrases::words::{Token, TokenKind, find, fits_any};
use flux_timeline::clock;
use flux_tools::context::BlockLine;
use serde_json::json;

const ASKS: &[&str] = &[
    "what",
    "how about",
    "which",
    "show me|my|the|all|what",
    "list",
    "do i have",
    "have i|we got?",
    "anything|something on|for|in|planned|scheduled|today|tomorrow|this|next",
    "how many",
    "how busy|full|does|is",
    "how much",
    "tell me what|about|my",
    "is there",
    "are there",
    "am i busy",
    "read me|out",
    "give me my|an|the",
    "give me a quick|short|brief? overview|summary|run-down|rundown|list",
    "agenda|overview|summary|timeline|calendar for|of|on|today|tomorrow|this|next",
    "my day|agenda|schedule|timeline|calendar|week|tasks|todos",
    "today|tomorrow agenda|schedule|plan|tasks",
    "agenda|timeline|overview|today|tomorrow",
    "overdue",
    "show",
    "see my|the|what",
    "view",
    "search",
    "look up|for",
    "find",
];

/// Questions about sums of time.
const SUMS: &[&str] =
    &["how many hours|minutes|days did|do|have i|we", "how much time did|do|have i|we", "how long did|have i|we"];
/// Words of questions that compare.
const COMPARES: &str = "busiest quietest longest shortest average most fewest total percent percentage";

pub(super) fn read(request: Request) -> Option<Outcome> {
    let Request { tokens, world, .. } = request;
    if let Some(taken) = fits_any(
        tokens,
        0,
        &[
            "when is|was|are|does|do|did i|my|the? have|start|begin?",
            "what time|day is|does|do i|my|the? have|start?",
            "where is my|the?",
            "how long is|does my|the?",
        ],
    ) {
        return Some(when_is(request, tokens.get(taken..)?));
    }
    if fits_any(tokens, 0, SUMS).is_some() {
        let text = "I cannot add up how long things took. Ask what was on, such as “what did I do last week?”.";
        return Some(Outcome::Say(text.to_owned()));
    }
    fits_any(tokens, 0, ASKS)?;
    if tokens.iter().any(|token| token.is_any(COMPARES)) {
        return None;
    }
    let question = tokens.last().is_some_and(|token| token.is("?"));
    if fits_any(tokens, 0, &["agenda|timeline|overview|today|tomorrow"]).is_some()
        && tokens.len() > 1 + usize::from(question)
        && fits_any(
            tokens,
            0,
            &[
                "agenda|overview|timeline for|of|on|today|tomorrow|this|next",
                "today|tomorrow agenda|schedule|plan|tasks",
            ],
        )
        .is_none()
    {
        return None;
    }
    if find(tokens, "inbox").is_some() {
        let call = ("findBlocks".to_owned(), json!({"inbox": true, "state": "open"}));
        return Some(Outcome::Know {
            call,
            text: phrase::inbox(&world.context.inbox, world.context.more_inbox, world.date()),
        });
    }
    if let Some(tag) = tokens.iter().find(|token| token.kind == TokenKind::Word && token.text.starts_with('#')) {
        return Some(tagged(tag.text.trim_start_matches('#'), world));
    }
    if let Some(text) = searched(tokens) {
        return Some(found(&text, world));
    }
    let found = expressions(tokens, world.today, Style::Plain);
    let wanted = Timing::of(&found);
    let says = |words: &str| tokens.iter().any(|token| token.is_any(words));
    if says("overdue late missed behind") {
        return Some(overdue(world));
    }
    if find(tokens, "next").is_some() && wanted.period.is_none() && wanted.days.is_empty() && wanted.length.is_none() {
        return Some(next(world));
    }
    // "What is the capital of France?" is not about the timeline.
    let about = fits_any(tokens, 0, &["what|how about"]).is_some_and(|_| wanted.is_said())
        || says(
            "timeline calendar schedule scheduled agenda plan planned tasks task blocks block events event on have happening going up coming due day week meetings appointments left do did busy todo todos everything anything list open done overview summary run-down rundown today tomorrow",
        );
    if !about || says("weather capital news") {
        return None;
    }
    Some(listed(tokens, &wanted, world))
}

/// "When is the dentist?", "how long is standup?"
fn when_is(request: Request, target: &[Token]) -> Outcome {
    let world = request.world;
    let lead = fits_any(target, 0, &["my|the next|upcoming", "next"]).unwrap_or(0);
    let closing = |token: &&Token| token.is_any("? scheduled planned due happening start begin on take last");
    let end = target.len() - target.iter().rev().take_while(closing).count();
    let target = target.get(lead..end.max(lead)).unwrap_or_default();
    match reference::find(target, world, Purpose::Change) {
        Found::Blocks(blocks) => {
            let lines: Vec<String> = blocks
                .iter()
                .map(|block| {
                    let done = phrase::state(block).map_or(String::new(), |state| format!(", {state}"));
                    let long = clock::length(block.end - block.start);
                    let long = if block.untimed { String::new() } else { format!(" ({long})") };
                    format!("{}{done}{long}.", phrase::block(block, world.time_format()))
                })
                .collect();
            Outcome::Say(lines.join("\n"))
        }
        Found::LookUp(call) => Outcome::LookUp(vec![call]),
        Found::Say(text) => Outcome::Say(text.replace(", so I changed nothing", "")),
    }
}

/// The words of "find gym", "search for dentist".
fn searched(tokens: &[Token]) -> Option<String> {
    let taken = fits_any(
        tokens,
        0,
        &[
            "find|search|lookup for? my|the|all? blocks|tasks|events? called|named|titled|about|with?",
            "look up|for my|the?",
        ],
    )?;
    let rest: Vec<&Token> = tokens.get(taken..)?.iter().filter(|token| token.kind != TokenKind::Mark).collect();
    let words: Vec<&str> = rest.iter().map(|token| token.text.as_str()).collect();
    (!words.is_empty() && words.len() <= 6).then(|| words.join(" "))
}

fn found(text: &str, world: &World) -> Outcome {
    if let Some(call) = world.look_up_text(text) {
        return Outcome::LookUp(vec![call]);
    }
    let blocks = reference::titled(text, world);
    Outcome::Say(if blocks.is_empty() {
        format!("I found nothing called “{text}”.")
    } else {
        phrase::candidates(&blocks, world.time_format())
    })
}

fn tagged(tag: &str, world: &World) -> Outcome {
    let from = world.date();
    let to = plus(from, 7);
    let fits = |block: &&BlockLine| block.tags.iter().any(|own| own.eq_ignore_ascii_case(tag));
    let blocks: Vec<&BlockLine> = world.everywhere().into_iter().filter(fits).collect();
    let text = if blocks.is_empty() {
        format!("Nothing in the next 7 days is tagged #{tag}.")
    } else {
        phrase::list(&blocks, world.time_format())
    };
    Outcome::Know { call: days_call(from, to), text }
}

fn overdue(world: &World) -> Outcome {
    let blocks: Vec<&BlockLine> =
        world.everywhere().into_iter().filter(|block| block.is_overdue(world.now())).collect();
    Outcome::Say(if blocks.is_empty() {
        "Nothing is overdue.".to_owned()
    } else {
        format!("{} overdue:\n{}", phrase::count(blocks.len(), "task"), phrase::list(&blocks, world.time_format()))
    })
}

fn next(world: &World) -> Outcome {
    let block = world.everywhere().into_iter().find(|block| block.is_open() && block.start >= world.now());
    let running = world
        .everywhere()
        .into_iter()
        .find(|block| block.is_open() && block.start < world.now() && block.end > world.now());
    let now = running.map_or(String::new(), |block| format!("Now: {}. ", phrase::block(block, world.time_format())));
    let far = plus(world.date(), 365);
    match block {
        Some(block) => Outcome::Know {
            call: days_call(world.date(), plus(world.date(), 7)),
            text: format!("{now}Next: {}.", phrase::block(block, world.time_format())),
        },
        None => match world
            .look_up_days(world.date(), far)
            .filter(|_| world.context.later_open + world.context.appointments > 0)
        {
            Some(call) => Outcome::LookUp(vec![call]),
            None => Outcome::Say(format!("{now}Nothing is ahead.")),
        },
    }
}

/// The blocks of the days that were named, or of the next seven days.
fn listed(tokens: &[Token], wanted: &Timing, world: &World) -> Outcome {
    let today = world.date();
    let (from, to, named) = match (wanted.days.as_slice(), wanted.period, wanted.length) {
        ([], Some(period), _) => (period.from, period.to, span(period.from, period.to, today)),
        ([], None, Some(length)) if length.days > 0 => {
            (today, plus(today, length.days), format!("in the next {}", clock::length(TimeDelta::days(length.days))))
        }
        ([], None, _) if wanted.part.is_some() || wanted.has_time() => (today, plus(today, 1), "today".to_owned()),
        ([], None, _) => (today, plus(today, 7), "in the next 7 days".to_owned()),
        (days, ..) => {
            let first = days.iter().map(|day| day.date).min().unwrap_or(today);
            let last = days.iter().map(|day| day.date).max().unwrap_or(first);
            // "What did I do on Monday?" looks back.
            let back = tokens.iter().any(|token| token.is_any("did was were"));
            let first = days.first().and_then(|day| day.before).filter(|_| back && days.len() == 1).unwrap_or(first);
            let last = if back && days.len() == 1 { first } else { last };
            (first, plus(last, 1), span(first, plus(last, 1), today))
        }
    };
    if let Some(call) = world.look_up_days(from, to) {
        return Outcome::LookUp(vec![call]);
    }
    let says = |words: &str| tokens.iter().any(|token| token.is_any(words));
    let (only_open, only_done) =
        (says("open left remaining todo todos"), says("done completed complete finished finish"));
    let in_time = |block: &BlockLine| {
        let part = wanted.part.is_none_or(|part| block.all_day || part.has(block.start.time()));
        let after = wanted.start.is_none_or(|clock| {
            let time = settle(clock, wanted.part, Hint::None).time;
            if wanted.deadline {
                block.start.time() < time
            } else {
                block.end.time() > time || block.end.date() > block.start.date()
            }
        });
        part && after
    };
    let in_days = |block: &BlockLine| {
        block.start.date() < to && (block.end > from.and_time(chrono::NaiveTime::MIN) || block.start.date() >= from)
    };
    let blocks: Vec<&BlockLine> = world
        .everywhere()
        .into_iter()
        .filter(|block| {
            in_days(block)
                && in_time(block)
                && (!only_open || block.is_ahead(world.now()))
                && (!only_done || block.completed)
        })
        .collect();
    Outcome::Know { call: days_call(from, to), text: day_list(&blocks, &named, tokens, world) }
}

fn day_list(blocks: &[&BlockLine], named: &str, tokens: &[Token], world: &World) -> String {
    if blocks.is_empty() {
        let later = if world.context.later_open > 0 {
            format!(
                " {} later.",
                phrase::count(usize::try_from(world.context.later_open).unwrap_or(usize::MAX), "open block")
            )
        } else {
            String::new()
        };
        return format!("Nothing is on your timeline {named}.{later}");
    }
    let lead = if find(tokens, "how many").is_some() {
        format!("{} {named}:", phrase::count(blocks.len(), "block"))
    } else {
        format!("On your timeline {named}:")
    };
    format!("{lead}\n{}", phrase::list(blocks, world.time_format()))
}

fn span(from: NaiveDate, to: NaiveDate, today: NaiveDate) -> String {
    let last = plus(to, -1);
    if from == last {
        let near = phrase::near_day(from, today);
        return if near == clock::day(from, today) { format!("on {near}") } else { near };
    }
    format!("from {} to {}", clock::day(from, today), clock::day(last, today))
}
