//! The results of calls in words.

use chrono::{NaiveTime, TimeDelta};
use flux_timeline::clock;
use flux_timeline::query::WAKING_HOURS;
use serde_json::Value;

use super::phrase::{self, TimeFormat};
use super::{add, memory};
use flux_tools::context::BlockLine;
use flux_tools::report::REFUSED;

/// The text instead of [`REFUSED`] for the person who refused.
const NOTHING_DONE: &str = "All right, nothing was changed.";

/// Reports the results of the calls of a step, in order.
pub(super) fn results(results: &[(&str, &Value)], format: TimeFormat) -> String {
    let mut text = String::new();
    for (tool, result) in results {
        add(&mut text, &one(tool, result, format));
    }
    text
}

/// The text about a failed call. The text about a refusal for a model is not suitable for the person who refused.
fn failure(error: &str) -> &str {
    if error == REFUSED { NOTHING_DONE } else { error }
}

fn one(tool: &str, result: &Value, format: TimeFormat) -> String {
    let string = |field: &str| result.get(field).and_then(Value::as_str);
    if result.get("ok").and_then(Value::as_bool) != Some(true) {
        return failure(string("error").unwrap_or("That did not work; nothing was changed.")).to_owned();
    }
    match tool {
        "findBlocks" => {
            let blocks = memory::blocks_of(result);
            list(&blocks, format)
        }
        "findFreeTime" => slots(result, format),
        "listPlans" => plans(result),
        "listRuns" => runs(result),
        _ => string("summary").unwrap_or("Done.").to_owned(),
    }
}

fn list(blocks: &[BlockLine], format: TimeFormat) -> String {
    if blocks.is_empty() {
        return "Nothing is on your timeline then.".to_owned();
    }
    let blocks: Vec<&BlockLine> = blocks.iter().collect();
    phrase::list(&blocks, format)
}

fn slots(result: &Value, format: TimeFormat) -> String {
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
            let day = phrase::heading(start.date(), format.today);
            Some(format!("- {day}, {} ({long})", format.times(start, end)))
        })
        .collect();
    if lines.is_empty() {
        let (from, to) = WAKING_HOURS;
        let time = |hour| format.time(NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default());
        return format!("There is no such free time then, between {} and {}.", time(from), time(to));
    }
    format!("You are free at these times:\n{}", lines.join("\n"))
}

fn plans(result: &Value) -> String {
    let plans = result.get("plans").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let line = |plan: &Value| {
        let title = plan.get("title").and_then(Value::as_str)?;
        let is = |field: &str| plan.get(field).and_then(Value::as_bool) == Some(true);
        let mark = match (is("active"), is("archived")) {
            (true, _) => " (active)",
            (false, true) => " (archived)",
            (false, false) => "",
        };
        let open = plan.get("openBlocks").and_then(Value::as_u64).unwrap_or(0);
        Some(format!("- {title}{mark}: {open} open"))
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

/// Adds a sentence, unless it is there already.
fn add_sentence(line: &mut String, sentence: &str) {
    if !line.contains(sentence) {
        line.push_str(sentence);
        line.push(' ');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_has_another_text_for_the_person_than_for_a_model() {
        assert_eq!(failure("The person said no. Do not try it again."), "All right, nothing was changed.");
        assert_eq!(failure("There is no block “B9”."), "There is no block “B9”.");
    }
}
