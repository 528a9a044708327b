//! The offline interpreter: answers plain requests in English by rules, for use without a model. Its answer is a stream
//! in the format of a model.
//!
//! It serves a first try without a model, tests and evaluations. It gets a plain form of what the page can do, and no other new
//! phrases. What it does not understand completely, it says, and changes nothing.
//!
//! It reads only the person's words and the timeline context, and keeps no state between requests. The messages of the
//! conversation say what it was about, and the results in a turn say what was looked up.
//!
//! A turn has up to three steps. If a request is about blocks that the context does not list, the first step looks them up,
//! and the second reads the same words again with more knowledge. All changes are made in one step, and the last step
//! reports the results.
//!
//! | module | what lives there |
//! | --- | --- |
//! | `flux_phrases` (a crate) | a message as words; numbers, days, times and lengths |
//! | `details`, `title` | priority, tags, note and plan; the rest is the title |
//! | `goal` | a long goal: its deadline and hours per week |
//! | `beyond` | messages that the rules do not handle at all: pasted text, conditions, other languages |
//! | `split` | several requests in one message |
//! | `world`, `memory` | the timeline, and what "it" and "the second one" mean |
//! | `reference` | which blocks are meant |
//! | `intent` | what a request asks for, one file for each kind |
//! | `brainstorm` | the tasks for a goal, by its kind |
//! | `phrase`, `reply` | blocks, days and results in words |
//! | `sse` | the answer as a stream |

mod beyond;
mod brainstorm;
mod details;
mod goal;
mod intent;
mod kind;
mod memory;
mod phrase;
mod reference;
mod reply;
mod split;
mod sse;
mod title;
mod world;

#[cfg(test)]
mod tests;

use chrono::{NaiveDateTime, TimeDelta};
use flux_timeline::clock;
use futures::future::LocalBoxFuture;
use futures::stream;
use serde_json::Value;

use self::intent::Outcome;
use self::memory::Memory;
use self::world::{Call, World};
use flux_timeline::json;

use flux_model::{ByteStream, ChatRequest, Endpoint, ModelCall, ModelError, ModelId, ModelMessage};
use flux_tools::context::{BlockLine, Facts, TimelineContext};

/// The interpreter for one request, as an endpoint. Its answer is a stream in the format of a model, so the same parser
/// reads it.
#[derive(Debug, Clone)]
pub struct Offline {
    facts: Facts,
}

impl Offline {
    /// An interpreter that knows `facts`, which the context of the request says in words.
    pub fn new(facts: Facts) -> Self {
        Self { facts }
    }
}

/// Provider and name of the interpreter, as shown to people and written to logs.
pub fn model_id() -> ModelId {
    ModelId { provider: "offline".to_owned(), name: "rules".to_owned() }
}

impl Endpoint for Offline {
    fn open(&self, request: &ChatRequest) -> LocalBoxFuture<'static, Result<ByteStream, ModelError>> {
        let events = sse::events(&answer(&self.facts, &request.messages), request.messages.len());
        Box::pin(async move {
            let body: ByteStream = Box::pin(stream::iter(events.into_iter().map(Ok)));
            Ok(body)
        })
    }

    fn id(&self) -> ModelId {
        model_id()
    }
}

/// What the interpreter says and calls in one step.
#[derive(Debug, Clone, Default, PartialEq)]
struct Answer {
    text: String,
    calls: Vec<Call>,
}

/// The tool that looks up blocks. A step with only this tool prepares an answer.
const LOOK_UP: &str = "findBlocks";

fn answer(facts: &Facts, messages: &[ModelMessage]) -> Answer {
    match facts {
        Facts::Timeline(context) => converse(messages, context),
        Facts::Goal(goal) => Answer { text: brainstorm::tasks(goal), calls: Vec::new() },
        Facts::Words(words) => Answer { text: words.clone(), calls: Vec::new() },
    }
}

fn converse(messages: &[ModelMessage], context: &TimelineContext) -> Answer {
    let Some(at) = messages.iter().rposition(|message| matches!(message, ModelMessage::User { .. })) else {
        return Answer { text: intent::help(), calls: Vec::new() };
    };
    let (before, turn) = messages.split_at(at);
    let results = results(turn);
    if let Some(answer) = report(turn, &results, context) {
        return answer;
    }
    let Some(ModelMessage::User { text }) = turn.first() else { return Answer::default() };
    let mut world = World::new(context, Memory::of(before));
    for (call, result) in &results {
        world.learn((call.name.clone(), parsed(&call.arguments)), result);
    }
    let asked = reference::answered(text, before, &mut world);
    interpret(asked.as_deref().unwrap_or(text), &mut world)
}

/// The calls of this turn with their results.
fn results(turn: &[ModelMessage]) -> Vec<(&ModelCall, Value)> {
    let calls = turn.iter().filter_map(|message| match message {
        ModelMessage::Assistant { calls, .. } => Some(calls),
        _ => None,
    });
    let result = |id: &str| {
        turn.iter().find_map(|message| match message {
            ModelMessage::Tool { call_id, content, .. } if call_id == id => Some(parsed(content)),
            _ => None,
        })
    };
    calls.flatten().filter_map(|call| Some((call, result(&call.id)?))).collect()
}

fn parsed(json: &str) -> Value {
    serde_json::from_str(json).unwrap_or(Value::Null)
}

/// The report of the results, once something was done or a tool has answered a question.
fn report(turn: &[ModelMessage], results: &[(&ModelCall, Value)], context: &TimelineContext) -> Option<Answer> {
    let last = turn.iter().rev().find_map(|message| match message {
        ModelMessage::Assistant { calls, .. } if !calls.is_empty() => Some(calls),
        _ => None,
    })?;
    if last.iter().all(|call| call.name == LOOK_UP) {
        return None;
    }
    let of_last = results.iter().filter(|(call, _)| last.iter().any(|own| own.id == call.id));
    let reported: Vec<(&str, &Value)> = of_last.map(|(call, result)| (call.name.as_str(), result)).collect();
    Some(Answer { text: reply::results(&reported, phrase::TimeFormat::new(context)), calls: Vec::new() })
}

/// A message with more words than this is probably a text and not a request.
const LONG: usize = 60;

/// Reads a message and decides what to do.
fn interpret(text: &str, world: &mut World) -> Answer {
    let tokens = flux_phrases::words::tokens(text);
    if let Some(text) = beyond::beyond(text, &tokens) {
        return Answer { text, calls: Vec::new() };
    }
    // In a message of several lines or many words, every part must be a request. Otherwise it is a text that somebody
    // shows.
    let whole = text.trim().contains('\n') || tokens.len() > LONG;
    let mut outcomes: Vec<Outcome> = Vec::new();
    for clause in intent::joined(split::clauses(text, &tokens, world.today)) {
        if intent::is_filler(&clause) {
            continue;
        }
        if outcomes.last_mut().is_some_and(|last| intent::complete(last, &clause, world)) {
            continue;
        }
        let outcome = intent::read(text, &clause, world);
        if let Outcome::Do { calls, .. } = &outcome {
            world.fresh.extend(calls.iter().filter_map(fresh));
            let changed = calls.iter().filter_map(|(_, arguments)| arguments.get("id")?.as_str());
            world.speaks_of(changed.filter(|id| memory::is_handle(id)).map(str::to_owned).collect());
        }
        if let Outcome::Unclear(said) = &outcome {
            if whole {
                return Answer { text: said.clone(), calls: Vec::new() };
            }
            // "It" after a part that was not understood can refer to that part.
            world.memory.mentioned.clear();
        }
        outcomes.push(outcome);
    }
    let look_ups: Vec<Call> = outcomes.iter().flat_map(Outcome::look_ups).cloned().collect();
    if !look_ups.is_empty() {
        return Answer { text: String::new(), calls: distinct(look_ups) };
    }
    let changes = outcomes.iter().any(|outcome| matches!(outcome, Outcome::Do { .. }));
    let mut answer = Answer::default();
    for outcome in outcomes {
        match outcome {
            Outcome::Do { calls, note } => {
                answer.calls.extend(calls);
                add(&mut answer.text, note.as_deref().unwrap_or_default());
            }
            // After a change, only the tool knows the current state.
            Outcome::Know { call, .. } if changes => answer.calls.push(call),
            Outcome::Know { text, .. } | Outcome::Say(text) | Outcome::Unclear(text) => add(&mut answer.text, &text),
            Outcome::LookUp(_) => {}
        }
    }
    if answer.calls.is_empty() && answer.text.is_empty() {
        answer.text = intent::not_understood(text, world);
    }
    answer
}

/// The block that a call schedules.
fn fresh((tool, arguments): &Call) -> Option<BlockLine> {
    let text = |field: &str| arguments.get(field).and_then(Value::as_str).filter(|_| tool == "scheduleBlock");
    let time = |field: &str| clock::read_wall(text(field)?);
    let day = |field: &str| clock::read_date(text(field)?);
    let first = day("firstDay");
    let after = day("lastDay").or(first).and_then(|day| day.succ_opt()).map(NaiveDateTime::from);
    let start = time("startTime").or(first.map(NaiveDateTime::from));
    let untimed = start.is_none();
    let start = start.unwrap_or_default();
    let minutes = arguments.get("durationMinutes").and_then(Value::as_i64).unwrap_or(60);
    Some(BlockLine {
        handle: text("title")?.to_owned(),
        title: text("title")?.to_owned(),
        kind: kind::kind(text("title")?),
        start,
        end: time("endTime").or(after).unwrap_or(start + TimeDelta::minutes(minutes)),
        priority: text("priority").unwrap_or("medium").to_owned(),
        tags: arguments.get("tags").and_then(|tags| json::read(tags.clone()).ok()).unwrap_or_default(),
        all_day: first.is_some(),
        untimed,
        ..BlockLine::default()
    })
}

fn distinct(calls: Vec<Call>) -> Vec<Call> {
    let mut seen: Vec<Call> = Vec::new();
    for call in calls {
        if !seen.contains(&call) {
            seen.push(call);
        }
    }
    seen
}

/// Adds a paragraph, unless the text has it already.
fn add(text: &mut String, paragraph: &str) {
    if paragraph.is_empty() || text.contains(paragraph) {
        return;
    }
    if !text.is_empty() {
        text.push_str("\n\n");
    }
    text.push_str(paragraph);
}

/// The first `chars` characters of a text.
fn clipped(text: &str, chars: usize) -> String {
    text.chars().take(chars).collect()
}
