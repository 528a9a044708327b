//! Tool calls in words: progress, results and requests for approval. Pure.

use flux_protocol::ToolState;
use flux_protocol::message::ToolPart;
use serde_json::Value;

/// The state of a call, as shown to the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The model is writing it, or it is being carried out.
    Running,
    /// Carried out.
    Done,
    /// Not carried out, for a known reason.
    Failed,
    /// Waiting for the user's approval.
    Asking,
    /// The user denied it.
    Denied,
}

impl Standing {
    /// A short label, for screen readers.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Running => "Working",
            Self::Done => "Done",
            Self::Failed => "Not done",
            Self::Asking => "Waiting for your answer",
            Self::Denied => "Denied",
        }
    }

    /// The name of its style.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Asking => "asking",
            Self::Denied => "denied",
        }
    }
}

/// The state of a call. A call that ran and was rejected by the domain counts as failed.
pub fn standing(tool: &ToolPart) -> Standing {
    match tool.call.state {
        ToolState::InputStreaming | ToolState::InputAvailable | ToolState::ApprovalResponded => Standing::Running,
        ToolState::ApprovalRequested => Standing::Asking,
        ToolState::OutputDenied => Standing::Denied,
        ToolState::OutputError => Standing::Failed,
        ToolState::OutputAvailable => {
            let refused = tool.call.output.as_ref().is_some_and(|output| output.get("ok") == Some(&Value::Bool(false)));
            if refused { Standing::Failed } else { Standing::Done }
        }
    }
}

/// The progress or result of a call, as a sentence.
pub fn sentence(tool: &ToolPart, plan_title: &dyn Fn(&str) -> Option<String>) -> String {
    let output = |field| tool.call.output.as_ref().and_then(|output| text(output, field)).map(str::to_owned);
    match standing(tool) {
        Standing::Running => doing(tool),
        Standing::Done => output("summary").unwrap_or_else(|| format!("{}: done.", name(&tool.tool_name))),
        Standing::Failed => tool
            .call
            .error_text
            .clone()
            .or_else(|| output("error"))
            .unwrap_or_else(|| format!("{} did not work.", name(&tool.tool_name))),
        Standing::Asking => question(tool, plan_title),
        Standing::Denied => format!("{}: you said no, and nothing was changed.", name(&tool.tool_name)),
    }
}

fn doing(tool: &ToolPart) -> String {
    let input = tool.call.input.as_ref();
    let title = input.and_then(|input| text(input, "title").or_else(|| text(input, "goal")));
    match title {
        Some(title) => format!("{} “{title}”…", name(&tool.tool_name)),
        None => format!("{}…", name(&tool.tool_name)),
    }
}

/// The question that asks for approval. `plan_title` returns the title of a plan by its id.
fn question(tool: &ToolPart, plan_title: &dyn Fn(&str) -> Option<String>) -> String {
    let input = tool.call.input.as_ref();
    let field = |name| input.and_then(|input| text(input, name));
    match tool.tool_name.as_str() {
        "deletePlan" => {
            let plan = field("id").unwrap_or("this plan");
            let title = plan_title(plan).unwrap_or_else(|| plan.to_owned());
            format!("Delete the plan “{title}” with all its blocks?")
        }
        "shiftTimeline" => {
            let minutes = input.and_then(|input| input.get("byMinutes")).and_then(Value::as_i64).unwrap_or_default();
            let direction = if minutes < 0 { "earlier" } else { "later" };
            let length = flux_timeline::clock::length(chrono::TimeDelta::minutes(minutes.saturating_abs()));
            let after = field("after").map(|after| format!(" from {}", after.replace('T', " "))).unwrap_or_default();
            format!("Move everything{after} by {length} {direction}?")
        }
        other => format!("{}: go ahead?", name(other)),
    }
}

/// A tool's display name: `scheduleBlock` → `Schedule a block`.
fn name(tool: &str) -> String {
    let known = match tool {
        "scheduleBlock" => "Schedule a block",
        "updateBlock" => "Change a block",
        "deleteBlock" => "Delete a block",
        "completeBlock" => "Mark a block as done",
        "uncompleteBlock" => "Mark a block as not done",
        "findBlocks" => "Look through the timeline",
        "findFreeTime" => "Look for free time",
        "shiftTimeline" => "Move the timeline",
        "createPlan" => "Create a plan",
        "switchPlan" => "Switch plans",
        "renamePlan" => "Rename a plan",
        "listPlans" => "List the plans",
        "deletePlan" => "Delete a plan",
        "useArchitect" => "Plan a goal",
        "listRuns" => "Look at the goals",
        "cancelRun" => "Cancel a goal",
        "retryRun" => "Try a goal again",
        "undo" => "Undo",
        "redo" => "Redo",
        _ => return spaced(tool),
    };
    known.to_owned()
}

/// `doSomethingNew` → `Do something new`.
fn spaced(name: &str) -> String {
    let mut words = String::new();
    for (place, letter) in name.chars().take(60).enumerate() {
        if place == 0 {
            words.extend(letter.to_uppercase());
        } else if letter.is_uppercase() {
            words.push(' ');
            words.extend(letter.to_lowercase());
        } else {
            words.push(if matches!(letter, '_' | '-') { ' ' } else { letter });
        }
    }
    if words.is_empty() { "A tool".to_owned() } else { words }
}

fn text<'a>(value: &'a Value, field: &str) -> Option<&'a str> {
    value.get(field).and_then(Value::as_str).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use flux_protocol::message::ToolPartBody;
    use serde_json::json;

    use super::*;

    fn call(name: &str, state: ToolState, input: Value, output: Option<Value>) -> ToolPart {
        let call = ToolPartBody {
            tool_call_id: "c".into(),
            state,
            input: Some(input),
            output,
            error_text: None,
            approval: None,
        };
        ToolPart { tool_name: name.into(), call }
    }

    #[test]
    fn every_state_of_a_call_has_a_sentence() {
        let schedule = |state, output| call("scheduleBlock", state, json!({"title": "Gym"}), output);
        let cases = [
            (schedule(ToolState::InputStreaming, None), Standing::Running, "Schedule a block “Gym”…"),
            (
                schedule(ToolState::OutputAvailable, Some(json!({"ok": true, "summary": "Scheduled “Gym” (B1)."}))),
                Standing::Done,
                "Scheduled “Gym” (B1).",
            ),
            (schedule(ToolState::OutputAvailable, Some(json!({"ok": false, "error": "No."}))), Standing::Failed, "No."),
            (schedule(ToolState::OutputError, None), Standing::Failed, "Schedule a block did not work."),
            (
                call("deletePlan", ToolState::ApprovalRequested, json!({"id": "p1"}), None),
                Standing::Asking,
                "Delete the plan “Summer” with all its blocks?",
            ),
            (
                call(
                    "shiftTimeline",
                    ToolState::ApprovalRequested,
                    json!({"after": "2026-11-24T08:00", "byMinutes": -90}),
                    None,
                ),
                Standing::Asking,
                "Move everything from 2026-11-24 08:00 by 1 h 30 min earlier?",
            ),
            (
                call("deletePlan", ToolState::OutputDenied, json!({}), None),
                Standing::Denied,
                "Delete a plan: you said no, and nothing was changed.",
            ),
            (call("doNewThing", ToolState::InputAvailable, json!("odd"), None), Standing::Running, "Do new thing…"),
        ];
        for (tool, expected, words) in cases {
            assert_eq!(standing(&tool), expected, "{tool:?}");
            let title = |id: &str| (id == "p1").then(|| "Summer".to_owned());
            assert_eq!(sentence(&tool, &title), words);
        }
    }
}
