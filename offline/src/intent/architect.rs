//! A long goal that the architect breaks into tasks.
//!
//! A goal has no time of its own, but it can have a deadline and hours per week. A request that says when it should
//! happen ("tomorrow at 9") is a block, unless it asks for the architect by name.

use serde_json::{Map, Value, json};

use super::{Outcome, Request, lead_in};
use crate::clipped;
use crate::details;
use crate::goal::{Pace, added, pace, written};
use crate::phrase::capitalised;
use flux_phrases::time::{Style, Today, expressions};
use flux_phrases::words::{Token, TokenKind, find, fits_any};

/// The tool that accepts a goal.
const ARCHITECT: &str = "useArchitect";
/// The longest goal that the tool accepts, in characters.
const GOAL_CHARS: usize = 500;

/// Requests for the architect, or for a plan that is more than a name.
const ASKED: &[&str] = &[
    "use|ask|start|run|let|have|tell the? architect to|for|on|about?",
    "architect to?",
    "make|create|write|draw|draft|give|build me|us up? a|an|the? detailed|step-by-step|good|full? study|training|learning|project? plan|roadmap|schedule for|to|on|of|about",
    "make|create|write|draw|draft|build up? a|an|the? detailed|step-by-step|good|full? study|training|learning plan|roadmap for|to|on|of|about",
    "make|create|write|draw|draft|build up? a|an|the? roadmap for|to|on|of|about",
    "break|split|divide down",
    "my|our|the goal is to?",
    "my|our|new|the? goal",
    "add|set|create|start|make a|an|my|the|another? new? goal to|of|for|called?",
];

/// The end of "break … into tasks".
const INTO_TASKS: &str = "into|in smaller|small|manageable|single|little? tasks|steps|pieces|parts|chunks";

/// Verbs for something that takes long.
const VERBS: &[&str] = &[
    "learn|relearn|master|launch|relocate|emigrate|study|renovate|redecorate|declutter",
    "organise|organize my|our|the",
    "get|become|be fluent|fit|fitter|stronger|certified|healthy|healthier|sober|organised|organized",
    "get|become|be better|good at|in",
    "become a|an",
    "get back? in|into shape",
    "get|obtain|earn|make a|an|my|the|our? driving|driver|drivers|pilot? licence|license|degree|certificate|certification",
    "train for|to|towards",
    "prepare|practise|practice me|us? for|my|myself|our",
    "get ready for",
    "improve my|our|the",
    "run|finish|complete|do|walk|cycle|swim a|an|the|my|another? full|half|first|second|whole? marathon|half-marathon|ultramarathon|triathlon|ironman|10k|5k|10km|5km|race|parkrun",
    "move house|abroad|out|flats|apartments",
    "move|moving to|into a|another|the new|different|bigger|smaller",
    "write|finish|publish|draft a|an|my|the|our? first|new|short|whole? book|novel|thesis|dissertation|memoir|screenplay|manuscript|paper|essay|article",
    "write|publish|draft a|an|my|the|our? blog post|posts",
    "pass the bar",
    "quit",
    "stop smoking|drinking|procrastinating|biting|eating|vaping|gambling|snacking|complaining|worrying|using|scrolling",
    "give up smoking|drinking|alcohol|sugar|coffee|meat",
    "lose weight",
    "meditate|exercise|journal|work out? every|daily|each|more|regularly",
    "sleep|eat better|healthier|healthily|earlier",
    "wake|get up earlier",
    "travel|backpack to|around|through|across|in",
    "find|get|land a|an|my? new|better? job|apartment|flat",
    "build|develop|design|code|found a|an|my|our|the",
    "start|create|make|set up? a|an|my|our new|own|online|small? business|company|startup|start-up|podcast|blog|newsletter|website|site|shop|store|webshop|app|band|garden|side-project|saas|channel|cafe|café|restaurant|habit|routine",
    "open|run a|an|my|our new|own|online|small? business|company|shop|store|webshop|cafe|café|restaurant|bar|bakery",
    "start running|jogging|swimming|cycling|meditating|journaling|exercising|lifting|investing|saving",
];

/// Verbs that can mean a single block, unless they are about one of [`UNDERTAKINGS`].
const ARRANGE: &[&str] = &["plan|organise|organize|prepare|arrange|host|throw|create|start|make|build|set up? for?"];
const UNDERTAKINGS: &str = "move|relocation|trip|holiday|holidays|vacation|journey|honeymoon|wedding|party|conference|launch|birthday|reunion|retreat|campaign|renovation|festival|hackathon|fundraiser|career|studies|safari|cruise|exam|exams|thesis|website|landing";
/// Words that make it a request of another kind.
const OTHERWISE: &str = "plan plans project task tasks event reminder block appointment meeting call note";

/// Things that make a goal if they are counted.
const COUNTED: &str = "books|pages|chapters|words|km|kilometers|kilometres|miles|kg|kilos|pounds|euros|dollars";

/// Gerunds after "a plan for", and their verbs.
const GERUNDS: &str = "learning=learn studying=study running=run moving=move writing=write launching=launch building=build preparing=prepare passing=pass reading=read training=train organising=organise organizing=organize planning=plan getting=get becoming=become quitting=quit stopping=stop renovating=renovate starting=start losing=lose mastering=master travelling=travel traveling=travel improving=improve";

pub(super) fn read(request: Request) -> Option<Outcome> {
    let tokens = request.tokens;
    let mut pace = pace(tokens, request.world.today);
    let details = details::details(request.source, tokens, request.world);
    if details.plan.is_some() {
        for at in details.used {
            if let Some(used) = pace.used.get_mut(at) {
                *used = true;
            }
        }
    }
    let from = begin(tokens, &pace);
    let asked = asked(tokens, from);
    if asked.is_some() || fits_any(tokens, from, &["prepare|train|practise|practice me|us? for|to"]).is_some() {
        pace.until_its_day(tokens, request.world.today);
    }
    let from = match asked {
        Some(rest) => rest,
        None if !pace.scheduled && is_goal(tokens, from, &pace, request) => from,
        None => return None,
    };
    let to = end(tokens, &pace);
    // "Make me a plan for tomorrow" asks for the schedule.
    let timed = expressions(tokens, request.world.today, Style::Plain);
    if (from..to).all(|at| timed.iter().any(|expression| expression.at.contains(&at))) && from < to {
        return None;
    }
    let goal = written(tokens, |at| at >= from && at < to && pace.used.get(at) == Some(&false));
    let goal = clipped(&capitalised(&infinitive(&goal)), GOAL_CHARS);
    let nameless = matches!(goal.to_ascii_lowercase().as_str(), "me" | "us" | "it" | "this" | "that" | "something");
    if nameless || !goal.chars().any(char::is_alphanumeric) {
        return asked.map(|_| {
            Outcome::Say("What do you want to reach? Say, for example, “I want to learn German by June”.".to_owned())
        });
    }
    let mut arguments = Map::new();
    arguments.insert("goal".to_owned(), json!(goal));
    pace_arguments(pace, &mut arguments);
    if let Some(plan) = details.plan {
        arguments.insert("plan".to_owned(), json!(plan));
    }
    Some(Outcome::call(ARCHITECT, Value::Object(arguments)))
}

/// Adds to a goal the deadline and hours from the sentence after it. Returns whether there were any.
pub(crate) fn complete(outcome: &mut Outcome, clause: &[Token], today: Today) -> bool {
    let Outcome::Do { calls, .. } = outcome else { return false };
    let Some((_, Value::Object(arguments))) = calls.last_mut().filter(|(tool, _)| tool == ARCHITECT) else {
        return false;
    };
    let Some(pace) = added(clause, today) else { return false };
    pace_arguments(pace, arguments);
    true
}

fn pace_arguments(pace: Pace, arguments: &mut Map<String, Value>) {
    if let Some(deadline) = pace.deadline {
        arguments.insert("deadline".to_owned(), json!(deadline));
    }
    if let Some(minutes) = pace.minutes_per_week {
        arguments.insert("hoursPerWeek".to_owned(), hours(minutes));
    }
}

/// The position at which the goal begins: after a deadline that comes first, and introductory words.
fn begin(tokens: &[Token], pace: &Pace) -> usize {
    let timed = pace.used.iter().take_while(|used| **used).count();
    let comma = usize::from(timed > 0 && tokens.get(timed).is_some_and(|token| token.is(",")));
    let at = timed + comma;
    let at = at + lead_in(tokens, at);
    at + fits_any(tokens, at, &["i|we am|are? plan|planning|going|hoping|hope|trying|try|aim|intend to"]).unwrap_or(0)
}

/// The position at which the goal ends: before "into tasks", and before small words that introduce the deadline.
fn end(tokens: &[Token], pace: &Pace) -> usize {
    let into = find(tokens, INTO_TASKS);
    let mut to = into.map_or(tokens.len(), |(at, _)| at);
    while let Some(last) = to.checked_sub(1).and_then(|at| tokens.get(at)) {
        let small =
            last.kind == TokenKind::Mark || last.is_any("and with at for in by about to within max please down thanks");
        if !small && pace.used.get(to - 1) == Some(&false) {
            break;
        }
        to -= 1;
    }
    to
}

/// The position at which the goal begins in a request for the architect. "Use the architect to make a plan for …" has
/// two introductions.
fn asked(tokens: &[Token], from: usize) -> Option<usize> {
    let once = asked_once(tokens, from)?;
    asked_once(tokens, once).or(Some(once))
}

fn asked_once(tokens: &[Token], from: usize) -> Option<usize> {
    let broken = fits_any(tokens, from, &["break|split|divide down?"]).filter(|_| find(tokens, INTO_TASKS).is_some());
    let own_plan = fits_any(tokens, from, &["make|create|start a|an|the? new? plan for|to"]).filter(|taken| {
        // "Create a plan for my vacation" makes an empty plan of that name, but "for learning Rust" is a goal.
        let next = tokens.get(from + taken);
        next.is_some_and(|next| verb_of(&next.norm).is_some()) || fits_any(tokens, from + taken, VERBS).is_some()
    });
    let named = fits_any(tokens, from, ASKED).filter(|taken| {
        // "My goal is", but not "my goal review at 3".
        let goal = tokens.get(from + taken - 1).is_some_and(|last| last.is("goal"));
        !goal || tokens.get(from + taken).is_some_and(|next| next.is_any(": -"))
    });
    let taken = named.or(own_plan).or(broken)?;
    let mark = usize::from(tokens.get(from + taken).is_some_and(|next| next.is_any(": -")));
    let at = from + taken + mark;
    Some(at + lead_in(tokens, at))
}

/// Whether words without a time are a goal.
fn is_goal(tokens: &[Token], from: usize, pace: &Pace, request: Request) -> bool {
    // "Finish the article" completes a block.
    let finish = fits_any(tokens, from, &["finish|complete"]).is_some();
    if finish && pace.deadline.is_none() && pace.minutes_per_week.is_none() {
        return false;
    }
    // "Make the trip 3 days long" and "make the party high priority" are about a block.
    let is_change = tokens.last().is_some_and(|last| last.is_any("long longer shorter priority"));
    if is_change && fits_any(tokens, from, &["make"]).is_some() {
        return false;
    }
    let object = |taken: usize| {
        tokens
            .iter()
            .enumerate()
            .skip(from + taken)
            .any(|(at, token)| token.kind != TokenKind::Mark && pace.used.get(at) == Some(&false))
    };
    let says_other = |tokens: &[Token], from: usize| {
        tokens.iter().enumerate().any(|(at, token)| token.is_any(OTHERWISE) && pace.used.get(from + at) == Some(&false))
    };
    if let Some(taken) = fits_any(tokens, from, ARRANGE) {
        let about = tokens.get(from + taken..).unwrap_or_default();
        let planned = fits_any(tokens, from, &["plan for?"]).unwrap_or(0);
        if !says_other(about, from + taken) && find(about, UNDERTAKINGS).is_some() {
            return true;
        }
        if planned > 0 {
            return false;
        }
    }
    if let Some(taken) = fits_any(tokens, from, VERBS).filter(|_| !says_other(tokens, 0)) {
        return object(1) || taken > 1;
    }
    let verb = |words: &str| tokens.get(from).is_some_and(|token| token.is_any(words));
    // "Move to Berlin", but "move to the top" and "move to Work" are about blocks and plans.
    if let Some(taken) = fits_any(tokens, from, &["move to"]) {
        let place = tokens.get(from + taken);
        let capital = place.is_some_and(|place| place.text.starts_with(char::is_uppercase));
        return capital && place.is_some_and(|place| request.world.plan(&place.text).is_none());
    }
    let counted = find(tokens, COUNTED).is_some()
        && tokens.iter().any(|token| token.text.starts_with(|c: char| c.is_ascii_digit()));
    let test =
        find(tokens, "exam|exams|examination|test|tests|certification|finals|licence|license|toefl|ielts").is_some();
    (verb("pass ace take") && test)
        || (verb("read write run save lose swim cycle walk") && counted)
        || (verb("read") && pace.deadline.is_some() && object(1))
}

/// "Learning Rust" as "learn Rust".
fn infinitive(goal: &str) -> String {
    let (first, rest) = goal.split_once(' ').unwrap_or((goal, ""));
    match verb_of(&first.to_ascii_lowercase()) {
        Some(verb) if !rest.is_empty() => format!("{verb} {rest}"),
        _ => goal.to_owned(),
    }
}

fn verb_of(gerund: &str) -> Option<&'static str> {
    let (_, verb) = GERUNDS.split(' ').filter_map(|pair| pair.split_once('=')).find(|(own, _)| *own == gerund)?;
    Some(verb)
}

/// Hours per week within the limits of the tool, as a whole number if possible.
fn hours(minutes: i64) -> Value {
    let minutes = i32::try_from(minutes).unwrap_or(i32::MAX).clamp(15, 168 * 60);
    if minutes % 60 == 0 { json!(minutes / 60) } else { json!(f64::from(minutes) / 60.0) }
}
