//! Which blocks are meant: by handle, by title, by time ("my 3pm meeting"), or by the conversation ("it", "the second
//! one"). If several fit, the person is asked. A block is deleted only if it was named.

mod choice;

use chrono::{NaiveDate, NaiveDateTime, Timelike};

use super::memory::handles;
use super::phrase;
use super::world::{Call, World};
use flux_phrases::number;
use flux_phrases::spelling::one_slip_apart;
use flux_phrases::time::{Openness, Style, TimeOfDay, Timing, expressions};
use flux_phrases::words::{Token, TokenKind, fits_any, has_word, tokens as words_of};
use flux_tools::context::BlockLine;

pub(super) use self::choice::answered;

/// Asks for a choice. The next message is recognised as the choice by this text.
const WHICH: &str = "Which one? Say its handle, or “all of them”.";

/// Words for a block that say nothing about its title.
const GENERIC: &str = "meeting meetings appointment appointments event events task tasks block blocks session sessions one ones thing things item items entry entries reminder reminders todo todos stuff slot commitments";

/// Words beside a block that do not belong to its title.
const SMALL: &str = "my the a an our this that of with about for to at on in is it was me please called named titled and from handle id calendar timeline agenda diary planner again now thanks too also which you";

/// What the blocks are needed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To change or report a block that is still open.
    Change,
    /// To complete one.
    Complete,
    /// To reopen one.
    Reopen,
    /// To delete one. Nothing is guessed.
    Delete,
}

/// The result.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Found {
    /// These.
    Blocks(Vec<BlockLine>),
    /// The timeline must be looked up first.
    LookUp(Call),
    /// No block. This is what to say.
    Say(String),
}

/// How a request names a block.
struct Target {
    handles: Vec<String>,
    words: Vec<String>,
    wanted: Timing,
    all: bool,
    pronoun: bool,
    text: String,
}

/// Finds the blocks that `tokens` mean. The result has more than one only if all were requested.
pub(super) fn find(tokens: &[Token], world: &World, purpose: Purpose) -> Found {
    let target = target(tokens, world);
    if !target.handles.is_empty() {
        return by_handles(&target, world);
    }
    if let Some(found) = spoken_of(tokens, &target, world) {
        return found;
    }
    let bare_day = target.words.is_empty() && !target.wanted.has_time() && !target.all;
    if purpose == Purpose::Delete && bare_day && target.wanted.is_said() {
        let text =
            "I delete only what is named. Say its title, its time or its handle, or “delete everything” and the day.";
        return Found::Say(text.to_owned());
    }
    if target.words.is_empty() && !target.wanted.is_said() {
        return Found::Say(if target.all {
            "I do not change everything at once. Say for which day, such as “delete everything on Friday”.".to_owned()
        } else {
            "I do not know which block you mean. Say its title, its time or its handle, such as B1.".to_owned()
        });
    }
    by_description(&target, world, purpose)
}

fn target(tokens: &[Token], world: &World) -> Target {
    let found = expressions(tokens, world.today, Style::Moving);
    let wanted = Timing::of(&found);
    let said = |at: usize| {
        wanted.used.iter().filter_map(|index| found.get(*index)).any(|expression| expression.at.contains(&at))
    };
    let rest = || {
        tokens
            .iter()
            .enumerate()
            .filter(|(at, token)| !said(*at) && matches!(token.kind, TokenKind::Word | TokenKind::Quoted))
    };
    let all = rest().any(|(_, token)| token.is_any("all everything every anything both each"));
    let pronoun = rest().any(|(_, token)| token.is_any("it that this them those these"));
    let mut words = Vec::new();
    let mut text = Vec::new();
    for (_, token) in rest() {
        if token.kind == TokenKind::Quoted {
            words.extend(
                words_of(&token.text).into_iter().filter(|word| word.kind == TokenKind::Word).map(|word| word.norm),
            );
        } else if !token.is_any(SMALL) && !token.is_any("all everything every both them those these each anything") {
            words.push(token.norm.clone());
        }
        text.push(token.text.as_str());
    }
    let named =
        tokens.iter().filter(|token| token.kind == TokenKind::Word).flat_map(|token| handles(&token.text)).collect();
    Target { handles: named, words, wanted, all, pronoun, text: text.join(" ") }
}

fn by_handles(target: &Target, world: &World) -> Found {
    let known: Vec<BlockLine> = target
        .handles
        .iter()
        .map(|handle| world.block(handle).cloned().unwrap_or_else(|| unknown(handle, world)))
        .collect();
    Found::Blocks(known)
}

/// A block with only its handle known. The tool finds it, or says that there is none.
fn unknown(handle: &str, world: &World) -> BlockLine {
    BlockLine {
        handle: handle.to_owned(),
        start: world.now(),
        end: world.now(),
        priority: "medium".to_owned(),
        ..BlockLine::default()
    }
}

/// The handle of the one task without a time that `tokens` name, or what to say if they name several. `None` if they name none.
pub(super) fn waiting(tokens: &[Token], world: &World) -> Option<Result<String, String>> {
    let words = target(tokens, world).words;
    if words.is_empty() {
        return None;
    }
    let graded: Vec<(Match, &BlockLine)> = world.inbox().map(|task| (is_titled(&task.title, &words), task)).collect();
    let best = graded.iter().map(|(quality, _)| *quality).max().filter(|best| *best >= Match::Words)?;
    let fitting: Vec<&BlockLine> =
        graded.into_iter().filter(|(quality, _)| *quality == best).map(|(_, task)| task).collect();
    Some(match fitting.as_slice() {
        [task] => Ok(task.handle.clone()),
        several => Err(asked(several, world, "Several tasks in the inbox fit:")),
    })
}

/// "It", "them", "the second one", "the last one": blocks from the conversation.
fn spoken_of(tokens: &[Token], target: &Target, world: &World) -> Option<Found> {
    let mentioned: Vec<&BlockLine> = world.memory.mentioned.iter().filter_map(|handle| world.block(handle)).collect();
    let unnamed = target.words.iter().all(|word| has_word(GENERIC, word));
    if let Some(index) = ordinal(tokens).filter(|_| !target.wanted.is_said()) {
        let picked = if index == usize::MAX { mentioned.last() } else { mentioned.get(index) };
        return picked.filter(|_| mentioned.len() > 1).map(|block| Found::Blocks(vec![(*block).clone()]));
    }
    if !(target.pronoun && unnamed) || target.wanted.is_said() {
        return None;
    }
    if let Some(block) = world.fresh.last() {
        return Some(Found::Blocks(vec![block.clone()]));
    }
    // "Both" of three is not clear.
    let is_two = mentioned.len() == 2 || !tokens.iter().any(|token| token.is("both"));
    let many = is_two && (target.all || tokens.iter().any(|token| token.is_any("them those these")));
    Some(match mentioned.as_slice() {
        [] => Found::Say(
            "I do not know what you mean by that. Say the block's title, its time or its handle, such as B1."
                .to_owned(),
        ),
        blocks if many => Found::Blocks(blocks.iter().map(|block| (*block).clone()).collect()),
        [block] => Found::Blocks(vec![(*block).clone()]),
        blocks => ask(blocks, world, "I spoke of several:"),
    })
}

/// The index for "the second one". For "the last one", the largest number.
fn ordinal(tokens: &[Token]) -> Option<usize> {
    let at = tokens
        .iter()
        .position(|token| number::ordinal(std::slice::from_ref(token), 0).is_some() || token.is("last"))?;
    fits_any(tokens, at + 1, &["one|block|of"]).or_else(|| (at + 1 == tokens.len()).then_some(0))?;
    if tokens.get(at)?.is("last") {
        return Some(usize::MAX);
    }
    let (number, _) = number::ordinal(tokens, at)?;
    usize::try_from(number).ok()?.checked_sub(1)
}

fn by_description(target: &Target, world: &World, purpose: Purpose) -> Found {
    let fresh = |block: &&BlockLine| !target.words.is_empty() && is_titled(&block.title, &target.words) == Match::Exact;
    if let Some(block) = world.fresh.iter().find(fresh) {
        return Found::Blocks(vec![block.clone()]);
    }
    let candidates = candidates(target, world, purpose);
    let asked_first = look_up(target, world);
    // The context covers only the next days. A deletion, and a request for all blocks, needs every block that can be
    // meant.
    let whole = purpose == Purpose::Delete || target.all;
    let unlisted = world.context.later_open + world.context.appointments + world.context.done;
    let partly_told = unlisted > 0 || target.wanted.is_said();
    if (candidates.is_empty() || (whole && partly_told))
        && let Some(call) = asked_first
    {
        return Found::LookUp(call);
    }
    match candidates.as_slice() {
        [] => Found::Say(not_found(target, world, purpose)),
        [one] => Found::Blocks(vec![(*one).clone()]),
        several if target.all => Found::Blocks(several.iter().map(|block| (*block).clone()).collect()),
        several => {
            let chosen: Vec<BlockLine> = several
                .iter()
                .filter(|block| world.chosen.contains(&block.handle))
                .map(|block| (*block).clone())
                .collect();
            if chosen.is_empty() { ask(several, world, "Several blocks fit:") } else { Found::Blocks(chosen) }
        }
    }
}

/// The known blocks whose titles have all these words.
pub(super) fn titled<'a>(text: &str, world: &'a World) -> Vec<&'a BlockLine> {
    let words: Vec<String> = words_of(text).into_iter().map(|word| word.norm).collect();
    let waiting = world.inbox().chain(world.elsewhere.iter().filter(|block| block.untimed));
    waiting.chain(world.everywhere()).filter(|block| is_titled(&block.title, &words) >= Match::Words).collect()
}

/// Whether words contain all words of a title.
pub(super) fn names(title: &str, tokens: &[Token]) -> bool {
    let title: Vec<String> =
        words_of(title).into_iter().filter(|word| word.kind == TokenKind::Word).map(|word| word.norm).collect();
    !title.is_empty() && title.iter().all(|own| tokens.iter().any(|token| token.is(own)))
}

fn look_up(target: &Target, world: &World) -> Option<Call> {
    if let Some((from, to)) = days(&target.wanted, world.date()) {
        return world.look_up_days(from, to);
    }
    let named: Vec<&str> = target.words.iter().map(String::as_str).filter(|word| !has_word(GENERIC, word)).collect();
    let words = if named.is_empty() { target.words.iter().map(String::as_str).collect() } else { named };
    // The longest word is the best one to search for: "the dentist's" is looked up as "dentist".
    let longest = words.into_iter().max_by_key(|word| word.len())?;
    world.look_up_text(longest)
}

/// The days that were named: the first day, and the day after the last.
fn days(wanted: &Timing, today: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
    if let Some(period) = wanted.period {
        return Some((period.from, period.to));
    }
    if let Some(day) = wanted.days.first() {
        return Some((day.date, day.date.succ_opt()?));
    }
    (wanted.has_time() || wanted.part.is_some()).then(|| today.succ_opt().map(|next| (today, next))).flatten()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Match {
    None,
    Similar,
    Words,
    Exact,
}

/// The blocks that can be meant. One of another plan is meant only if none of the active plan is, and never by "all".
fn candidates<'a>(target: &Target, world: &'a World, purpose: Purpose) -> Vec<&'a BlockLine> {
    // What has no time is named by its title alone.
    let is_titled = !target.wanted.is_said() && !target.words.is_empty();
    let (own, others): (Vec<_>, Vec<_>) = world.inbox().filter(|_| is_titled).partition(|task| task.plan.is_none());
    let own = candidates_among(world.blocks(), own, target, world, purpose);
    if !own.is_empty() || target.all {
        return own;
    }
    let (untimed, timed): (Vec<_>, Vec<_>) = world.elsewhere.iter().partition(|block| block.untimed);
    let untimed = others.into_iter().chain(untimed.into_iter().filter(|_| is_titled)).collect();
    candidates_among(timed, untimed, target, world, purpose)
}

fn candidates_among<'a>(
    timed: Vec<&'a BlockLine>,
    untimed: Vec<&'a BlockLine>,
    target: &Target,
    world: &World,
    purpose: Purpose,
) -> Vec<&'a BlockLine> {
    let timed = timed.into_iter().filter(|block| at_time(block, &target.wanted, world, purpose)).collect();
    let mut timed = on_the_day(timed, &target.wanted, world);
    timed.extend(untimed);
    let named: Vec<String> = target.words.iter().filter(|word| !has_word(GENERIC, word)).cloned().collect();
    // "All meetings" are not only those with the word in their title.
    let mut best = best_titles(&timed, if target.all { &named } else { &target.words });
    if best.is_empty() {
        // "My 3pm meeting" can have the title "Call with Ana".
        let says_more = target.wanted.is_said() || !named.is_empty() || target.all;
        if named.len() < target.words.len() && says_more {
            best = best_titles(&timed, &named);
        }
    }
    if purpose == Purpose::Delete {
        best.retain(|(quality, _)| *quality > Match::Similar);
    }
    let fits = |block: &BlockLine| match purpose {
        Purpose::Reopen => block.completed,
        Purpose::Complete | Purpose::Change | Purpose::Delete => block.is_ahead(world.now()),
    };
    let fitting: Vec<&BlockLine> = best.iter().map(|(_, block)| *block).filter(|block| fits(block)).collect();
    let others = || best.iter().map(|(_, block)| *block).collect();
    if fitting.is_empty() && !target.all { others() } else { fitting }
}

/// The blocks whose titles fit best. All blocks, if no word was said.
fn best_titles<'a>(blocks: &[&'a BlockLine], words: &[String]) -> Vec<(Match, &'a BlockLine)> {
    if words.is_empty() {
        return blocks.iter().map(|block| (Match::Exact, *block)).collect();
    }
    let graded: Vec<(Match, &BlockLine)> =
        blocks.iter().map(|block| (is_titled(&block.title, words), *block)).collect();
    let best = graded.iter().map(|(quality, _)| *quality).max().filter(|best| *best > Match::None);
    graded.into_iter().filter(|(quality, _)| Some(*quality) == best).collect()
}

/// How well words match a title.
fn is_titled(title: &str, words: &[String]) -> Match {
    let title: Vec<String> =
        words_of(title).into_iter().filter(|word| word.kind != TokenKind::Mark).map(|word| word.norm).collect();
    let essential: Vec<&String> = title.iter().filter(|word| !has_word(SMALL, word)).collect();
    let stem = |word: &str| word.strip_suffix('s').filter(|stem| stem.len() > 2).unwrap_or(word).to_owned();
    let same = |own: &str, word: &str| stem(own) == stem(word);
    let all = |fits: &dyn Fn(&str, &str) -> bool| words.iter().all(|word| title.iter().any(|own| fits(own, word)));
    if all(&same) {
        let whole = essential.iter().all(|own| words.iter().any(|word| same(own, word)));
        return if whole { Match::Exact } else { Match::Words };
    }
    let similar = |own: &str, word: &str| {
        let (a, b): (Vec<char>, Vec<char>) = (own.chars().collect(), word.chars().collect());
        same(own, word)
            || (b.len() > 4
                && (one_slip_apart(&a, &b) || own.starts_with(word) || word.starts_with(own) && a.len() > 4))
    };
    if all(&similar) { Match::Similar } else { Match::None }
}

fn at_time(block: &BlockLine, wanted: &Timing, world: &World, purpose: Purpose) -> bool {
    let (date, is_timed) = (block.start.date(), !block.all_day);
    let is_on = |day: NaiveDate| if is_timed { day == date } else { phrase::is_on(block, day) };
    let past = matches!(purpose, Purpose::Complete | Purpose::Reopen);
    let on_day = wanted.days.is_empty()
        || wanted.days.iter().any(|day| is_on(day.date) || (past || date < world.date()) && day.before == Some(date));
    let in_period = wanted.period.is_none_or(|period| period.from <= date && date < period.to);
    let in_part = wanted.part.is_none_or(|part| wanted.start.is_some() || part.has(block.start.time()));
    let at_start = wanted.start.is_none_or(|clock| is_timed && shows(clock, block.start));
    let at_end = wanted.end.is_none_or(|clock| is_timed && shows(clock, block.end));
    on_day && in_period && in_part && at_start && at_end
}

/// Whether a time of day, possibly without its half of the day, means this time.
fn shows(clock: TimeOfDay, time: NaiveDateTime) -> bool {
    let (hour, minute) = (time.hour(), time.minute());
    let half = clock.open != Openness::Fixed;
    minute == clock.minute && (hour == clock.hour % 24 || half && hour % 12 == clock.hour % 12)
}

/// "My 3pm meeting" is the one today, if there is one.
fn on_the_day<'a>(blocks: Vec<&'a BlockLine>, wanted: &Timing, world: &World) -> Vec<&'a BlockLine> {
    let dayless =
        wanted.days.is_empty() && wanted.period.is_none() && (wanted.start.is_some() || wanted.part.is_some());
    let today: Vec<&BlockLine> = blocks.iter().copied().filter(|block| block.start.date() == world.date()).collect();
    if dayless && !today.is_empty() { today } else { blocks }
}

fn ask(blocks: &[&BlockLine], world: &World, lead: &str) -> Found {
    Found::Say(asked(blocks, world, lead))
}

fn asked(blocks: &[&BlockLine], world: &World, lead: &str) -> String {
    format!("{lead}\n{}\n\n{WHICH}", phrase::candidates(blocks, world.time_format()))
}

fn not_found(target: &Target, world: &World, purpose: Purpose) -> String {
    let described = if target.words.is_empty() {
        "at that time".to_owned()
    } else {
        format!("that fits “{}”", target.text.trim())
    };
    let kind = if purpose == Purpose::Reopen { "completed block" } else { "block" };
    let near: Vec<&BlockLine> =
        world.blocks().into_iter().filter(|block| block.completed == (purpose == Purpose::Reopen)).take(5).collect();
    let list = if near.is_empty() {
        String::new()
    } else {
        format!(" These are next:\n{}", phrase::candidates(&near, world.time_format()))
    };
    format!("I found no {kind} {described}, so I changed nothing.{list}")
}
