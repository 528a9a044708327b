//! Reminders of blocks that exist, or that the same message adds: `remind me 10 minutes before the dentist`, `no reminder for B3`.
//!
//! "Remind me to …" asks for a block of its own, which is made in `schedule`.

use flux_phrases::time::{Expression, Style, expressions};
use flux_phrases::words::{self, Token, TokenKind, fits, fits_any, has_word};
use flux_timeline::Reminders;
use flux_tools::context::BlockLine;
use serde_json::json;

use super::lead::{self, Minutes, UNREAD};
use super::{Outcome, Request, is_known, lead_in, single, update, usual};
use crate::details;
use crate::memory::is_handle;
use crate::phrase;
use crate::reference::{self, Found, Purpose};
use crate::world::{Call, World};

const REMIND: &[&str] = &["remind|notify|alert|warn me"];
/// A reminder as a thing, with the word that links it to its block.
const REMINDER: &[&str] = &[
    "set|add|create|give|make|put|use up? me? a|an|the|one|two|another? reminder|reminders|alert",
    "reminder|reminders",
];
const ALWAYS: &[&str] = &["always", "every|each time"];
const NEVER: &[&str] =
    &["do? not ever? remind|notify|alert me", "never remind|notify|alert me", "stop reminding|notifying|alerting me"];
/// The same of a reminder as a thing. "Delete the reminder to buy milk" is about the block.
const NO_REMINDER: &[&str] = &[
    "i do? not want|need a|an|any? reminder|reminders of|for|from",
    "no more? reminder|reminders of|for|from",
    "remove|delete|cancel|clear|drop|disable all? the|my|any? reminder|reminders of|for|from",
    "turn|switch|take off all? the|my|any? reminder|reminders of|for|from",
    "get rid of all? the|my|any? reminder|reminders of|for|from",
];
/// Said of a reminder if it is not clear which block it is of.
const UNNAMED: &str = "I do not know of which block to remind you, so I changed nothing. Say it by itself, such as “remind me 10 minutes before the dentist”.";

/// Said of a reminder that has no time.
const HOW_LONG: &str = "How long before it shall I remind you? I changed nothing. Say, for example, “remind me 10 minutes before the dentist”.";

/// Words that link a reminder to its block.
const LINKS: &[&str] = &["of|about|for|from|before|on|to"];

/// What a request says about the reminders of a block.
struct Said {
    minutes: Minutes,
    /// The words that name the block. Empty, or a pronoun, for the one that was spoken of.
    target: Vec<Token>,
    /// Whether it is about every block of what repeats.
    always: bool,
}

pub(super) fn read(request: Request) -> Option<Outcome> {
    let tokens = trimmed(request.tokens);
    if let Some(why) = cannot_be(tokens, request.world) {
        return Some(Outcome::Say(why.to_owned()));
    }
    let request = Request { tokens, ..request };
    let Some(said) = said(tokens) else { return exists(request) };
    if said.always && usual::is_of_all(&said.target) {
        return Some(Outcome::Say(usual::SETTING.to_owned()));
    }
    // "Also remind me …": the reminders that there are, are not known here, and would be replaced.
    if is_one_more(request) {
        return Some(Outcome::Say(
            "I set all reminders of a block at once, so I changed nothing. Say them together, such as “remind me 1 day and 1 hour before the dentist”."
                .to_owned(),
        ));
    }
    let target = if is_bare(&said.target) { words::tokens("it") } else { said.target };
    let found = if said.always {
        every_one(&target, request.world)
    } else {
        single(request, &target, Purpose::Change).map(|block| (block, false))
    };
    let (block, all) = match found {
        Ok(found) => found,
        // "Remind me an hour before the dentist to brush my teeth" is about another block.
        Err(Outcome::Say(_)) if target.iter().skip(1).any(|token| token.is("to")) => return None,
        Err(outcome) => return Some(outcome),
    };
    let minutes = match said.minutes {
        Ok(minutes) => minutes,
        Err(why) => return Some(Outcome::Say(why)),
    };
    if !minutes.is_empty()
        && let Some(why) = has_no_start(&block, request.world)
    {
        return Some(Outcome::Say(why));
    }
    let (tool, mut arguments) = update(&block, json!({"remindMinutesBefore": minutes}));
    if all {
        arguments["scope"] = json!("all");
    }
    Some(Outcome::call(&tool, arguments))
}

/// Adds a reminder that was said after a block to the call for this block: "dentist tomorrow at 3pm, remind me 10 minutes before". If
/// it is not understood, nothing of the two is done.
pub(crate) fn complete(last: &mut Outcome, clause: &[Token], world: &mut World) -> bool {
    let clause = clause.get(lead_in(clause, 0)..).unwrap_or_default();
    // The plan and the day of the whole sentence are added to each of its parts.
    let (_, words) = details::plan(clause, world);
    let verb = (0..words.len()).find(|at| fits_any(&words, *at, REMIND).is_some()).unwrap_or(0);
    let times = expressions(words.get(..verb).unwrap_or_default(), world.today, Style::Plain);
    let is_timed = (0..verb).all(|at| times.iter().any(|expression| expression.at.contains(&at)));
    let words = trimmed(words.get(if is_timed { verb } else { 0 }..).unwrap_or_default());
    let Some(minutes) = of_the_last(last, words) else { return false };
    let outcome = match last {
        Outcome::Do { calls, .. } => {
            added(calls, minutes, Added { is_more: true, is_certain: !is_nothing_else(words) })
        }
        Outcome::LookUp(_) | Outcome::Unclear(_) => Ok(()),
        Outcome::Say(text) | Outcome::Know { text, .. } => {
            text.push_str("\n\nI set no reminder either.");
            Ok(())
        }
    };
    if let Err(why) = outcome {
        // The block that "it" means was not added.
        world.fresh.clear();
        *last = Outcome::Say(why);
    }
    true
}

/// The reminder that words ask for, if it is one of the block that the part before is about.
fn of_the_last(last: &Outcome, tokens: &[Token]) -> Option<Minutes> {
    if is_nothing_else(tokens) {
        return Some(Ok(vec![0]));
    }
    // "Remind me an hour before, and when it starts"
    if let Some((minutes, taken)) = lead::lead(tokens, 0)
        && taken == tokens.len()
        && reminds(last)
    {
        return Some(minutes);
    }
    let said = said(tokens)?;
    let is_of_it = is_bare(&said.target) || names_the_last(last, &said.target);
    if said.always && is_of_it && !repeats(last) {
        return Some(Err(UNNAMED.to_owned()));
    }
    is_of_it.then_some(said.minutes)
}

/// Whether words say only "remind me".
fn is_nothing_else(tokens: &[Token]) -> bool {
    fits(tokens, 0, "remind me of|about? it|that|this?") == Some(tokens.len())
}

fn last_call(last: &Outcome) -> Option<&Call> {
    let Outcome::Do { calls, .. } = last else { return None };
    calls.last()
}

/// Whether the last call asks for a reminder.
fn reminds(last: &Outcome) -> bool {
    last_call(last).is_some_and(|(_, arguments)| {
        [arguments, &arguments["updates"]].iter().any(|place| place["remindMinutesBefore"].is_array())
    })
}

fn repeats(last: &Outcome) -> bool {
    last_call(last).is_some_and(|(_, arguments)| arguments.get("repeat").is_some())
}

/// Whether words repeat the title that the last call gives to a block.
fn names_the_last(last: &Outcome, target: &[Token]) -> bool {
    let Some((_, arguments)) = last_call(last).filter(|(tool, _)| tool == "scheduleBlock") else { return false };
    let title = words::tokens(arguments["title"].as_str().unwrap_or_default());
    let known = |token: &Token| token.is_any("the my a it") || title.iter().any(|own| own.is(&token.norm));
    target.iter().all(known)
}

/// An outcome whose block reminds as the same request says.
pub(super) fn with(mut outcome: Outcome, reminder: Option<Minutes>) -> Outcome {
    let (Outcome::Do { calls, .. }, Some(minutes)) = (&mut outcome, reminder) else { return outcome };
    match added(calls, minutes, Added { is_more: false, is_certain: true }) {
        Ok(()) => outcome,
        Err(why) => Outcome::Say(why),
    }
}

/// How a reminder is added to a call.
struct Added {
    /// Whether it comes besides those that the call has, and not instead of them.
    is_more: bool,
    /// Whether it was said when it comes. If not, it comes at the start of a new block.
    is_certain: bool,
}

/// Adds the reminder to each call, if they all add or change a block.
fn added(calls: &mut [Call], minutes: Minutes, how: Added) -> Result<(), String> {
    let minutes = minutes?;
    for (tool, arguments) in calls {
        let place = match tool.as_str() {
            "scheduleBlock"
                if arguments["startTime"].is_null() && arguments["firstDay"].is_null() && !minutes.is_empty() =>
            {
                return Err(no_time(arguments["title"].as_str().unwrap_or_default()));
            }
            "scheduleBlock" => arguments,
            "updateBlock" if how.is_certain => &mut arguments["updates"],
            "updateBlock" => return Err(HOW_LONG.to_owned()),
            _ => return Err(UNNAMED.to_owned()),
        };
        // "Remind me to call mom at 6pm, and remind me 10 minutes before"
        let said = place["remindMinutesBefore"].as_array().filter(|_| how.is_more && !minutes.is_empty());
        let said = said.into_iter().flatten().filter_map(|minutes| u32::try_from(minutes.as_u64()?).ok());
        let all: Vec<u32> = said.chain(minutes.iter().copied()).collect();
        let all = Reminders::new(&all).map_err(|why| why.to_string())?;
        place["remindMinutesBefore"] = json!(all);
    }
    Ok(())
}

fn no_time(title: &str) -> String {
    format!(
        "“{title}” has no time, so I cannot remind you of it, and changed nothing. Say when it is, such as “tomorrow at 8am”."
    )
}

/// What a request about reminders says. `None` if it is another request.
fn said(tokens: &[Token]) -> Option<Said> {
    let rest = |from: usize| tokens.get(from..).unwrap_or_default();
    let is_linked = |at: usize| tokens.get(at).is_none_or(|link| link.is_any("of about for to"));
    let never = fits_any(tokens, 0, NEVER).filter(|taken| is_linked(*taken));
    if let Some(taken) = never.or_else(|| fits_any(tokens, 0, NO_REMINDER)) {
        let is_ever = tokens.iter().take(taken).any(|token| token.is_any("ever never"));
        return Some(Said { minutes: Ok(Vec::new()), target: named(rest(taken)), always: is_ever });
    }
    let first = fits_any(tokens, 0, ALWAYS).unwrap_or(0);
    let verb = fits_any(tokens, first, REMIND);
    // "Set a 10-minute reminder for the dentist"
    if let Some(taken) = fits(tokens, first, "set|add|create|give up? me?")
        && let Some((minutes, long)) = lead::as_adjective(tokens, first + taken)
    {
        return Some(of_each(minutes, rest(first + taken + long), first > 0));
    }
    let from = first + verb.or_else(|| fits_any(tokens, first, REMINDER))?;
    let always = first > 0;
    // "Remind me always 10 minutes before yoga", "… of yoga, always 10 minutes before"
    let inner = fits(tokens, from, "always").unwrap_or(0);
    let (from, always) = (from + inner, always || inner > 0);
    if let Some((minutes, taken)) = lead::lead(tokens, from) {
        let target = rest(from + taken);
        // "Remind me 10 minutes before to call mom at 6pm" is a new block.
        if fits(target, 0, "to").is_some() {
            return None;
        }
        return Some(of_each(minutes, target, always));
    }
    // "When the dentist starts", "at the start of the dentist"
    let when = fits(tokens, from, "when|as|once").filter(|_| ends_with(tokens, "starts begins"));
    if let Some(taken) = when {
        return Some(of_each(Ok(vec![0]), tokens.get(from + taken..tokens.len() - 1)?, always));
    }
    let link = fits_any(tokens, from, LINKS)?;
    let at = (from + link + 1..tokens.len())
        .find(|at| lead::lead(tokens, *at).is_some_and(|(_, taken)| at + taken == tokens.len()))?;
    let (minutes, _) = lead::lead(tokens, at)?;
    // "Remind me to call mom at 6pm 10 minutes before" is a new block, but "add a reminder to B3 10 minutes before" is not.
    let is_new = fits(tokens, from, "to").is_some() && !tokens.get(from + 1).is_some_and(|next| is_handle(&next.text));
    (!is_new).then(|| of_each(minutes, tokens.get(from..at).unwrap_or_default(), always))
}

/// "Before every yoga" is about all of it.
fn of_each(minutes: Minutes, target: &[Token], always: bool) -> Said {
    let each = fits_any(target, 0, &["of|about|for|to? every|each"]);
    let always = always || each.is_some() || ends_with(target, "always");
    Said { minutes, target: named(target.get(each.unwrap_or(0)..).unwrap_or_default()), always }
}

/// The words that name a block, without those that link them to the reminder.
fn named(tokens: &[Token]) -> Vec<Token> {
    let from = fits_any(tokens, 0, LINKS).unwrap_or(0);
    let end = tokens.len() - usize::from(tokens.len() > from && ends_with(tokens, "starts begins always"));
    tokens.get(from..end).unwrap_or_default().iter().filter(|token| !token.is(",")).cloned().collect()
}

fn ends_with(tokens: &[Token], words: &str) -> bool {
    tokens.last().is_some_and(|last| last.is_any(words))
}

/// Whether words name no block, or only by a pronoun.
fn is_bare(target: &[Token]) -> bool {
    target.iter().all(|token| token.is_any("it that this then , anymore any more please"))
}

fn trimmed(tokens: &[Token]) -> &[Token] {
    let end = tokens.iter().rposition(|token| token.kind != TokenKind::Mark && !token.is("please"));
    tokens.get(..end.map_or(0, |end| end + 1)).unwrap_or_default()
}

/// Whether a request adds a reminder to others.
fn is_one_more(request: Request) -> bool {
    let Some(first) = request.tokens.first() else { return false };
    let before = request.source.get(..first.start).unwrap_or_default().trim_end().to_lowercase();
    let is_other = request.tokens.iter().take(4).any(|token| token.is_any("another additional extra"));
    let is_more = request.tokens.iter().any(|token| token.is_any("also too again additionally"));
    before.ends_with("also") || is_other || is_more
}

/// Why a reminder of a block cannot come before it starts.
fn has_no_start(block: &BlockLine, world: &World) -> Option<String> {
    if block.untimed {
        return Some(no_time(&block.title));
    }
    (is_known(block) && block.start <= world.now()).then(|| {
        format!("“{}” has begun already, so no reminder would come before it. I changed nothing.", block.title)
    })
}

/// The next block of what repeats, with the mark that all of its blocks are meant.
fn every_one(target: &[Token], world: &World) -> Result<(BlockLine, bool), Outcome> {
    let all: Vec<Token> = words::tokens("all").into_iter().chain(target.iter().cloned()).collect();
    let blocks = match reference::find(&all, world, Purpose::Change) {
        Found::Blocks(blocks) => blocks,
        Found::LookUp(call) => return Err(Outcome::LookUp(vec![call])),
        Found::Say(text) => return Err(Outcome::Say(text)),
    };
    let repeating: Vec<&BlockLine> = blocks.iter().filter(|block| block.repeats.is_some()).collect();
    let ahead = repeating.iter().filter(|block| block.start > world.now()).min_by_key(|block| block.start);
    let Some(first) = ahead else {
        return Err(Outcome::Say(
            "I see nothing of that name that repeats within the next days, so I changed nothing. Say a block by its handle, such as “remind me 10 minutes before B1”."
                .to_owned(),
        ));
    };
    if repeating.iter().any(|block| block.title != first.title || block.start.time() != first.start.time()) {
        return Err(Outcome::Say(format!(
            "I do not know which of these you mean, so I changed nothing:\n{}\n\nSay it for a block by its handle.",
            phrase::candidates(&repeating, world.time_format())
        )));
    }
    Ok(((*first).clone(), true))
}

/// What to ask if a request is about a block and its reminder, but does not say which of both, or does not say when: "delete the dentist
/// reminder", "remind me of the dentist".
fn exists(request: Request) -> Option<Outcome> {
    let Request { tokens, world, .. } = request;
    let is_named = |block: &BlockLine| reference::names(&block.title, tokens);
    let deletes = fits_any(tokens, 0, &["delete|remove|cancel|clear|drop|disable", "turn|switch off"]).unwrap_or(0);
    let name = tokens.get(deletes..tokens.len().saturating_sub(1)).unwrap_or_default();
    // "Delete the dentist reminder", unless the block itself has that title
    let is_of_a_block = ends_with(tokens, "reminder reminders")
        && name.iter().any(|token| !token.is_any("the my a an all any"))
        && !world
            .everywhere()
            .into_iter()
            .any(|block| ends_with(&words::tokens(&block.title), "reminder") && is_named(block));
    if deletes > 0 && is_of_a_block {
        return Some(Outcome::Say(
            "Shall I delete the block, or only stop its reminder? Say, for example, “delete the dentist” or “no reminder for the dentist”."
                .to_owned(),
        ));
    }
    let rest = tokens.get(fits_any(tokens, 0, &["remind me of|about"])?..)?;
    let timed = expressions(rest, world.today, Style::Plain).iter().any(Expression::says_when);
    let is_there = world.everywhere().into_iter().any(|block| is_named(block) && block.is_open());
    (!timed && is_there && !rest.iter().any(|token| token.is("to"))).then(|| Outcome::Say(HOW_LONG.to_owned()))
}

/// Words after which "when" belongs to a title: "ask Bob when …".
const ASKING: &str = "ask check see know find out tell learn remember decide";

/// Why no reminder can come at such a time: at a place, after an event, again and again.
fn cannot_be(tokens: &[Token], world: &World) -> Option<&'static str> {
    const NAGGING: &[&str] = &["nag|pester|badger|bug me", "keep|continue reminding|nagging|notifying me?"];
    const FIRST: &[&str] = &[
        "after|before|during|unless|until|till the|my|i|we|he|she|they|it|you",
        "the|that|some night|evening|afternoon|morning|day|week before|after",
        "every|each time i|we|he|she|they|it|you|the|my",
        "at|in|near|by home|work|school|the|my",
    ];
    const ANYWHERE: &[&str] = &[
        "when|whenever|once|until|till i|we|he|she|they|it|you|the|my|someone|somebody",
        "as soon as",
        "second|seconds before",
        "the night|evening|afternoon|morning|day|week before|after",
    ];
    if fits_any(tokens, 0, NAGGING).is_some() {
        return Some(
            "I remind you once at a time and do not repeat it, so I changed nothing. Say when, such as “remind me at 6pm to call the bank”.",
        );
    }
    let from = fits_any(tokens, 0, REMIND)?;
    let rest = tokens.get(from..)?;
    if said(tokens).is_some() {
        return None;
    }
    let found = expressions(rest, world.today, Style::Plain);
    let timed = found.first().is_some_and(|first| first.at.start == 0);
    // "The day after tomorrow", "until the end of March"
    let is_time = |at: usize| found.iter().any(|expression| expression.at.contains(&at));
    let vague = fits_any(rest, 0, &["later|sometime|soon", "in time"]) == Some(rest.len());
    let asks = |at: usize| rest.iter().take(at).any(|token| has_word(ASKING, &token.norm));
    let first = !timed && fits_any(rest, 0, FIRST).is_some();
    let later = (0..rest.len()).any(|at| fits_any(rest, at, ANYWHERE).is_some() && !asks(at) && !is_time(at));
    (first || later || vague).then_some(UNREAD)
}
