//! What the conversation was about: the blocks that "it", "that" and "the second one" can mean.

use chrono::NaiveDateTime;
use flux_timeline::{Kind, clock};
use serde_json::Value;

use flux_model::ModelMessage;
use flux_tools::context::BlockLine;

/// What is known from earlier turns.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Memory {
    /// The handles in the newest answer that named any, in its order.
    pub mentioned: Vec<String>,
    /// The blocks in results, newest first. The timeline can have changed since.
    pub blocks: Vec<BlockLine>,
    /// Whether the newest answer changed something.
    pub changed: bool,
}

/// The tools that change nothing.
const QUESTIONS: [&str; 3] = ["findBlocks", "findFreeTime", "listPlans"];

/// Whether a tool only reads.
pub(super) fn is_question(tool: &str) -> bool {
    QUESTIONS.contains(&tool)
}

impl Memory {
    /// What is known from the messages before the newest request.
    pub fn of(messages: &[ModelMessage]) -> Self {
        let mut memory = Self::default();
        let mut turns: Vec<&[ModelMessage]> = Vec::new();
        let mut rest = messages;
        while let Some(at) = rest.iter().rposition(|message| matches!(message, ModelMessage::User { .. })) {
            let (before, turn) = rest.split_at(at);
            turns.push(turn);
            rest = before;
        }
        memory.changed = turns.first().is_some_and(|turn| turn.iter().any(changes));
        for turn in turns {
            if memory.mentioned.is_empty() {
                memory.mentioned = mentioned(turn);
            }
            for result in turn.iter().rev().filter_map(result) {
                let deleted = result.0 == "deleteBlock";
                for block in blocks_of(&result.1) {
                    let known = memory.blocks.iter().any(|seen| seen.handle == block.handle);
                    if !known && !deleted {
                        memory.blocks.push(block);
                    }
                }
            }
        }
        memory
    }
}

fn changes(message: &ModelMessage) -> bool {
    let ModelMessage::Tool { name, content, .. } = message else { return false };
    let ok = serde_json::from_str::<Value>(content).ok().and_then(|result| result.get("ok")?.as_bool());
    !is_question(name) && ok == Some(true)
}

fn result(message: &ModelMessage) -> Option<(&str, Value)> {
    let ModelMessage::Tool { name, content, .. } = message else { return None };
    Some((name, serde_json::from_str(content).ok()?))
}

/// The handles that an answer named: those of its changes, otherwise those it listed, otherwise those in its text.
fn mentioned(turn: &[ModelMessage]) -> Vec<String> {
    let mut changed = Vec::new();
    let mut listed = Vec::new();
    let mut said = Vec::new();
    for message in turn {
        match message {
            ModelMessage::Tool { .. } => {
                let Some((_, result)) = result(message) else { continue };
                changed.extend(result.get("block").and_then(handle));
                for list in ["candidates", "blocks"] {
                    let items = result.get(list).and_then(Value::as_array);
                    listed.extend(items.into_iter().flatten().filter_map(handle));
                }
            }
            ModelMessage::Assistant { text, .. } => said.extend(handles(text)),
            ModelMessage::User { .. } => {}
        }
    }
    let mut first = [changed, said, listed].into_iter().find(|handles| !handles.is_empty()).unwrap_or_default();
    let mut seen = Vec::new();
    first.retain(|handle| !seen.contains(handle) && (seen.push(handle.clone()), true).1);
    first
}

fn handle(block: &Value) -> Option<String> {
    block.get("handle").and_then(Value::as_str).map(str::to_owned)
}

/// The handles in a text, in order.
pub(super) fn handles(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| is_handle(word))
        .map(str::to_ascii_uppercase)
        .collect()
}

/// Whether a word is a handle: `B12`, `b12`.
pub(super) fn is_handle(word: &str) -> bool {
    word.strip_prefix(['b', 'B']).is_some_and(|number| {
        (1..=9).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit()) && !number.starts_with('0')
    })
}

/// The blocks in a result.
pub(super) fn blocks_of(result: &Value) -> Vec<BlockLine> {
    let one = result.get("block").into_iter();
    let many = ["blocks", "candidates"].into_iter().filter_map(|list| result.get(list)?.as_array()).flatten();
    one.chain(many).filter_map(block).collect()
}

/// A block of a result.
pub(super) fn block(facts: &Value) -> Option<BlockLine> {
    let text = |field: &str| facts.get(field).and_then(Value::as_str);
    let time = |field: &str| clock::read_wall(text(field)?);
    let day = |field: &str| clock::read_date(text(field)?);
    let first = day("firstDay").map(NaiveDateTime::from);
    let last = day("lastDay").and_then(|day| day.succ_opt()).map(NaiveDateTime::from);
    let tags = facts.get("tags").and_then(Value::as_array);
    Some(BlockLine {
        handle: text("handle")?.to_owned(),
        title: text("title")?.to_owned(),
        kind: if text("kind") == Some("appointment") { Kind::Appointment } else { Kind::Task },
        start: time("start").or(first).unwrap_or_default(),
        end: time("end").or(last).unwrap_or_default(),
        priority: text("priority").unwrap_or("medium").to_owned(),
        tags: tags.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect(),
        completed: facts.get("completed").and_then(Value::as_bool).unwrap_or(false),
        missed: facts.get("missed").and_then(Value::as_bool).unwrap_or(false),
        working: facts.get("working").and_then(Value::as_bool).unwrap_or(false),
        repeats: facts.get("repeats").map(|_| String::new()),
        all_day: first.is_some(),
        untimed: facts.get("start").is_none() && first.is_none(),
        plan: text("plan").map(str::to_owned),
    })
}
