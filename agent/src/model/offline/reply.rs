//! What came of calls, in words.

use chrono::{NaiveDate, TimeDelta};
use flux_tools::clock;
use serde_json::Value;

use super::phrase;
use super::{add, memory};
use crate::model::BlockLine;

/// Tells the results of a step's calls, in their order.
pub(super) fn results(results: &[(&str, &Value)], today: NaiveDate) -> String {
    let mut text = String::new();
    for (tool, result) in results {
        add(&mut text, &one(tool, result, today));
    }
    text
}

fn one(tool: &str, result: &Value, today: NaiveDate) -> String {
    let string = |field: &str| result.get(field).and_then(Value::as_str);
    if result.get("ok").and_then(Value::as_bool) != Some(true) {
        let error = string("error").unwrap_or("That did not work; nothing was changed.");
        return error.to_owned();
    }
    match tool {
        "findBlocks" => {
            let blocks = memory::blocks_of(result);
            list(&blocks, today)
        }
        "findFreeTime" => slots(result, today),
        "listPlans" => plans(result),
        "listRuns" => runs(result),
        _ => string("summary").unwrap_or("Done.").to_owned(),
    }
}

fn list(blocks: &[BlockLine], today: NaiveDate) -> String {
    if blocks.is_empty() {
        return "Nothing is on your timeline then.".to_owned();
    }
    let blocks: Vec<&BlockLine> = blocks.iter().collect();
    phrase::list(&blocks, today)
}

fn slots(result: &Value, today: NaiveDate) -> String {
    let time = |slot: &Value, field: &str| {
        let text = slot.get(field).and_then(Value::as_str)?;
        clock::read_wall(text)
    };
    let slots = result.get("slots").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let lines: Vec<String> = slots
        .iter()
        .filter_map(|slot| {
            let (start, end) = (time(slot, "start")?, time(slot, "end")?);
            let minutes = slot.get("minutes").and_then(Value::as_i64).unwrap_or_else(|| (end - start).num_minutes());
            let long = clock::length(TimeDelta::minutes(minutes));
            let day = phrase::heading(start.date(), today);
            Some(format!("- {day}, {} ({long})", phrase::times(start, end)))
        })
        .collect();
    if lines.is_empty() {
        return "There is no such free time then, between 08:00 and 22:00.".to_owned();
    }
    format!("You are free at these times:\n{}", lines.join("\n"))
}

fn plans(result: &Value) -> String {
    let plans = result.get("plans").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let line = |plan: &Value| {
        let title = plan.get("title").and_then(Value::as_str)?;
        let active = plan.get("active").and_then(Value::as_bool) == Some(true);
        let open = plan.get("openBlocks").and_then(Value::as_u64).unwrap_or(0);
        Some(format!("- {title}{}: {open} open", if active { " (active)" } else { "" }))
    };
    let lines: Vec<String> = plans.iter().filter_map(line).collect();
    format!("Your plans:\n{}", lines.join("\n"))
}

/// A line for each goal: `- Learn German: running, 60%. Checking the tasks.`
fn runs(result: &Value) -> String {
    let runs = result.get("runs").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let line = |run: &Value| {
        let string = |field: &str| run.get(field).and_then(Value::as_str).unwrap_or_default();
        let percent = run.get("percent").and_then(Value::as_u64).unwrap_or(0);
        let mut line = format!("- {}: {}", string("goal"), string("status"));
        if string("status") == "running" {
            line.push_str(&format!(", {percent}%"));
        }
        line.push_str(". ");
        add_sentence(&mut line, string("message"));
        add_sentence(&mut line, string("error"));
        line.trim_end().to_owned()
    };
    let lines: Vec<String> = runs.iter().map(line).collect();
    if lines.is_empty() {
        return "I am not working on any goal. Say, for example, “I want to learn German by June”.".to_owned();
    }
    format!("Your goals:\n{}", lines.join("\n"))
}

/// Adds a sentence that is not there yet.
fn add_sentence(line: &mut String, sentence: &str) {
    if !line.contains(sentence) {
        line.push_str(sentence);
        line.push(' ');
    }
}
