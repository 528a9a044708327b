//! Decides what a request asks for. Kinds of requests are tried in a fixed order, specific ones first, because the same
//! verb begins several ("push everything", "push the meeting").
//!
//! | module | requests |
//! | --- | --- |
//! | `run` | goals in progress: list, cancel, try again |
//! | `goal` | goals that are proposed or under way: accept, pause, resume, end |
//! | `snooze` | reminders that have come |
//! | `usual` | no estimate, and the reminders of the settings again |
//! | `remind`, `lead` | the reminders of a block |
//! | `talk` | greetings, help, undo and redo |
//! | `architect` | a long goal, to be broken into tasks |
//! | `plans` | create, switch, rename, archive, delete, list plans |
//! | `overdue` | new times for overdue tasks |
//! | `free` | when am I free |
//! | `question` | what is on, what is next, when is |
//! | `shift` | everything after some time |
//! | `change` | title, priority, duration, tags, note |
//! | `moving` | another time for a block |
//! | `series` | end what repeats |
//! | `state` | complete, reopen, delete |
//! | `timer` | the timer of a task |
//! | `schedule` | a new block |
//! | `repeat` | how a new block repeats |
//! | `days` | what is all day: the days of a new block, and changes of them |
//! | `partly` | what would be only a part of the new block that was asked for |

mod architect;
mod change;
mod days;
mod free;
mod goal;
mod lead;
mod moving;
mod overdue;
mod partly;
mod plans;
mod question;
mod remind;
mod repeat;
mod run;
mod schedule;
mod series;
mod shift;
mod snooze;
mod state;
mod talk;
mod timer;
mod usual;

use serde_json::{Value, json};

use super::reference::{self, Found, Purpose};
use super::world::{Call, World};
use flux_phrases::time::{Style, expressions};
use flux_phrases::words::{Token, TokenKind, fits_any};
use flux_tools::context::BlockLine;

pub(super) use state::joined;
pub(super) use talk::help;

/// The result of reading a request.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Outcome {
    /// Something to do.
    Do {
        /// The calls, in order.
        calls: Vec<Call>,
        /// What to say with the calls.
        note: Option<String>,
    },
    /// A question with a known answer, unless the same message changes it.
    Know {
        /// The call that answers it after a change.
        call: Call,
        /// The answer.
        text: String,
    },
    /// The timeline must be looked up before the request can be read.
    LookUp(Vec<Call>),
    /// Nothing to do. This is what to say.
    Say(String),
    /// No rule fits. This is what to say.
    Unclear(String),
}

impl Outcome {
    /// The look-ups that it waits for.
    pub fn look_ups(&self) -> impl Iterator<Item = &Call> {
        match self {
            Self::LookUp(calls) => calls.as_slice(),
            _ => &[],
        }
        .iter()
    }

    fn call(tool: &str, arguments: Value) -> Self {
        Self::Do { calls: vec![(tool.to_owned(), arguments)], note: None }
    }
}

/// One request: the whole message, and the words of this part.
#[derive(Clone, Copy)]
pub(super) struct Request<'a> {
    /// The message.
    pub source: &'a str,
    /// The words, without polite words at the beginning.
    pub tokens: &'a [Token],
    /// What is known.
    pub world: &'a World<'a>,
}

/// Adds words to what was read before them, if they only go on with it: a deadline after a goal, a reminder after a block.
pub(super) fn complete(last: &mut Outcome, clause: &[Token], world: &mut World) -> bool {
    architect::complete(last, clause, world.today) || remind::complete(last, clause, world)
}

/// Reads one request.
pub(super) fn read(source: &str, clause: &[Token], world: &World) -> Outcome {
    let tokens = clause.get(lead_in(clause, 0)..).unwrap_or_default();
    let turned = verb_first(without_thanks(tokens), world);
    let tokens = turned.as_slice();
    if let Some((every, rest)) = repeat::after_done(tokens, world) {
        let Some(every) = every else { return Outcome::Say(repeat::CANNOT_REPEAT.to_owned()) };
        let (tokens, reminder) = lead::taken(source, &rest);
        let added = schedule::read(Request { source, tokens: &tokens, world }, Some(&every));
        let unclear = || Outcome::Unclear(not_understood(&details_text(source, clause), world));
        return remind::with(added.unwrap_or_else(unclear), reminder);
    }
    let request = Request { source, tokens, world };
    let of_blocks = snooze::read(request).or_else(|| usual::read(request)).or_else(|| remind::read(request));
    if let Some(outcome) = of_blocks {
        return outcome;
    }
    let (tokens, reminder) = lead::taken(source, tokens);
    let request = Request { tokens: &tokens, ..request };
    let outcome = goal::read(request)
        .or_else(|| run::read(request))
        .or_else(|| talk::read(request))
        .or_else(|| days::read(request))
        .or_else(|| architect::read(request))
        .or_else(|| plans::read(request))
        .or_else(|| overdue::read(request))
        .or_else(|| timer::read(request))
        .or_else(|| free::read(request))
        .or_else(|| question::read(request))
        .or_else(|| shift::read(request))
        .or_else(|| series::read(request))
        .or_else(|| state::read(request))
        .or_else(|| change::read(request))
        .or_else(|| moving::read(request))
        .or_else(|| moving::subject_first(request))
        .or_else(|| schedule::read(request, None))
        .unwrap_or_else(|| Outcome::Unclear(not_understood(&details_text(source, clause), world)));
    remind::with(outcome, reminder)
}

/// "Tomorrow at 8am schedule workout" as "schedule workout tomorrow at 8am".
fn verb_first(tokens: &[Token], world: &World) -> Vec<Token> {
    let mut end = 0;
    for expression in expressions(tokens, world.today, Style::Plain) {
        let comma = usize::from(tokens.get(end).is_some_and(|token| token.is(",")));
        if expression.at.start > end + comma {
            break;
        }
        end = expression.at.end.max(end);
    }
    let comma = usize::from(tokens.get(end).is_some_and(|token| token.is(",")));
    let verb = end + comma + lead_in(tokens, end + comma);
    if end == 0 || opening(tokens, verb) == Strength::None {
        return tokens.to_vec();
    }
    let (times, rest) = (tokens.get(..end).unwrap_or_default(), tokens.get(verb..).unwrap_or_default());
    rest.iter().chain(times).cloned().collect()
}

fn details_text(source: &str, clause: &[Token]) -> String {
    super::details::text(source, clause, 0, clause.len())
}

/// Words before a request that are polite, or link it to what came before.
const LEAD_IN: &[&str] = &[
    "please|hey|hi|hello|okay|so|now|also|then|and|just|first|next|finally|oh|oops|ups|sorry|actually|well|kindly|yes|yeah|sure|great|thanks",
    "could|can|would|will you please?",
    "would you mind",
    "do you mind",
    "i would like|love you? to",
    "i want|need|wish you? to",
    "i have|got to",
    "i must|should",
    "you should|can|could|may",
    "we need|have|should to?",
    "let us|me do?",
    "go ahead and",
    "help me to?",
    "flux",
    "after that",
    "i think",
    "if possible",
];

/// The number of tokens before a request that only introduce it.
pub(super) fn lead_in(tokens: &[Token], from: usize) -> usize {
    let mut at = from;
    loop {
        let mark = tokens.get(at).is_some_and(|token| token.kind == TokenKind::Mark && token.is_any(", - . !"));
        // "Next Friday" and "first thing" are times, and "now" alone belongs to a greeting.
        let timed = fits_any(
            tokens,
            at,
            &[
                "next monday|tuesday|wednesday|thursday|friday|saturday|sunday|week|month|weekend|up|few|day|days|block|task|thing",
                "first thing",
                "then what",
            ],
        );
        let taken = if mark && at > from { Some(1) } else { fits_any(tokens, at, LEAD_IN).filter(|_| timed.is_none()) };
        match taken {
            Some(taken) if at + taken < tokens.len() => at += taken,
            _ => return at - from,
        }
    }
}

/// Whether words only introduce something: "Oops, …", "Okay." If the message has nothing else, they are an answer.
pub(super) fn is_filler(tokens: &[Token]) -> bool {
    fits_any(tokens, 0, &["oops|ups|oh|well|so|please|hey|actually|also"]).is_some()
        && tokens.iter().filter(|token| token.kind != TokenKind::Mark).count() == 1
}

fn without_thanks(tokens: &[Token]) -> &[Token] {
    let mut end = tokens.len();
    while end > 1 {
        let Some(token) = tokens.get(end - 1) else { break };
        let thanks = token.is_any("please thanks . ,");
        let thank_you = token.is("you") && tokens.get(end - 2).is_some_and(|token| token.is("thank"));
        match (thanks, thank_you) {
            (true, _) => end -= 1,
            (_, true) if end > 2 => end -= 2,
            _ => break,
        }
    }
    tokens.get(..end).unwrap_or(tokens)
}

/// How certain it is that a new request begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Strength {
    /// A verb that only requests have.
    Sure,
    /// A verb that titles also have.
    Maybe,
    /// No verb.
    None,
}

/// Whether a request begins at `at`.
pub(super) fn opening(tokens: &[Token], at: usize) -> Strength {
    let at = at + lead_in(tokens, at);
    if fits_any(tokens, at, SURE).is_some() {
        Strength::Sure
    } else if fits_any(tokens, at, MAYBE).is_some() {
        Strength::Maybe
    } else {
        Strength::None
    }
}

const SURE: &[&str] = &[
    "schedule|reschedule|add|remind|delete|remove|cancel|undo|redo|rename|postpone|move|complete|uncomplete|reopen|shift|erase|delay",
    "mark|archive|unarchive|tag|untag|prioritize|prioritise|extend|shorten|lengthen",
    "switch to",
    "set up|a",
    "get rid",
    "push back|everything|all|it|my|the",
    "create",
    "tell me",
    "show me|my|the|all",
    "list",
    "show it|tomorrow|today",
    "what|when|which|where",
    "how many|much|long",
    "am i",
    "do i",
    "is there",
    "make it|that|the|my",
    "change it|that|the|my",
    "put it|the|my",
    "find a|me|time|free",
    "check off",
    "tick off",
    "clear my|the",
    "bring forward|it|the|my",
    "open|use the|my",
    "swap",
    "unschedule",
    "snooze",
];
const MAYBE: &[&str] = &[
    "plan|book|make|set|put|push|change|finish|clear|drop|block|reserve|arrange|organize|organise|pencil|start|check|log|new|find|i|we|buy|call",
];

/// The calls that do the same to each of the blocks.
fn each(request: Request, target: &[Token], purpose: Purpose, call: impl Fn(&BlockLine) -> Call) -> Outcome {
    let mut calls = Vec::new();
    let mut look_ups = Vec::new();
    let mut said = Vec::new();
    for part in targets(target, request.world, purpose) {
        match reference::find(&part, request.world, purpose) {
            Found::Blocks(blocks) => calls.extend(blocks.iter().map(&call)),
            Found::LookUp(call) => look_ups.push(call),
            Found::Say(text) => said.push(text),
        }
    }
    if !look_ups.is_empty() {
        return Outcome::LookUp(look_ups);
    }
    let said = said.join("\n\n");
    if calls.is_empty() {
        return Outcome::Say(said);
    }
    Outcome::Do { calls, note: (!said.is_empty()).then_some(said) }
}

/// The blocks that "gym and the dentist" means, one by one. A title that contains "and" is one block.
fn targets(tokens: &[Token], world: &World, purpose: Purpose) -> Vec<Vec<Token>> {
    let linked = |token: &Token| token.is_any("and ,");
    let parts: Vec<Vec<Token>> = tokens
        .split(linked)
        .filter(|part| part.iter().any(|token| token.kind != TokenKind::Mark))
        .map(<[Token]>::to_vec)
        .collect();
    let handles = tokens.iter().any(|token| super::memory::is_handle(&token.text));
    if parts.len() < 2 || handles || matches!(reference::find(tokens, world, purpose), Found::Blocks(_)) {
        return vec![tokens.to_vec()];
    }
    parts
}

/// The block that is meant, for a request about one block.
fn single(request: Request, target: &[Token], purpose: Purpose) -> Result<BlockLine, Outcome> {
    match reference::find(target, request.world, purpose) {
        Found::Blocks(blocks) => match blocks.as_slice() {
            [block] => Ok(block.clone()),
            _ => Err(Outcome::Say(
                "That means several blocks. Say it for one of them, by its title or its handle.".to_owned(),
            )),
        },
        Found::LookUp(call) => Err(Outcome::LookUp(vec![call])),
        Found::Say(text) => Err(Outcome::Say(text)),
    }
}

/// Whether the time of a block is known. It is not if only the handle is known, or if the block has no time.
fn is_known(block: &BlockLine) -> bool {
    !block.title.is_empty() && !block.untimed
}

fn update(block: &BlockLine, updates: Value) -> Call {
    ("updateBlock".to_owned(), json!({"id": block.handle, "updates": updates}))
}

/// The answer if no rule fits, with two examples that would work here.
pub(super) fn not_understood(text: &str, world: &World) -> String {
    let quoted = super::clipped(text.trim(), 80);
    let block = world.context.blocks.iter().find(|block| block.is_open());
    let second = block.map_or_else(
        || "What is on my timeline this week?".to_owned(),
        |block| format!("Move {} to tomorrow at 3pm", block.title),
    );
    let lead = if quoted.is_empty() {
        "There is nothing that I can read in that".to_owned()
    } else {
        format!("I did not understand “{quoted}”")
    };
    format!(
        "{lead}, so I changed nothing. I am the offline interpreter and know only plain requests, such as:\n- Schedule workout tomorrow at 8am\n- {second}"
    )
}
