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
    /// Waiting for the answer to the question of an earlier call.
    Next,
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
            Self::Next => "Waiting",
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
            Self::Next => "next",
            Self::Denied => "denied",
        }
    }
}

/// The state of a call. A call that ran and was rejected by the domain counts as failed. `is_asking`: whether a call of the
/// same message waits for approval.
pub fn standing(tool: &ToolPart, is_asking: bool) -> Standing {
    match tool.call.state {
        ToolState::InputAvailable if is_asking => Standing::Next,
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

/// The progress or result of a call, as a sentence. `question` is the text of the request for approval.
pub fn sentence(tool: &ToolPart, standing: Standing, question: Option<&str>) -> String {
    let output = |field| output(tool, field).map(str::to_owned);
    match standing {
        Standing::Running | Standing::Next => doing(tool),
        Standing::Done => {
            summary(tool).map(str::to_owned).unwrap_or_else(|| format!("{}: done.", name(&tool.tool_name)))
        }
        Standing::Failed => tool
            .call
            .error_text
            .clone()
            .or_else(|| output("error"))
            .unwrap_or_else(|| format!("{} did not work.", name(&tool.tool_name))),
        Standing::Asking => question.map_or_else(|| format!("{}: go ahead?", name(&tool.tool_name)), str::to_owned),
        Standing::Denied => format!("{}: you said no, and nothing was changed.", name(&tool.tool_name)),
    }
}

/// The sentence with which the service sums up what a call did.
pub fn summary(tool: &ToolPart) -> Option<&str> {
    output(tool, "summary")
}

fn output<'a>(tool: &'a ToolPart, field: &str) -> Option<&'a str> {
    text(tool.call.output.as_ref()?, field)
}

fn doing(tool: &ToolPart) -> String {
    let input = tool.call.input.as_ref();
    let title = input.and_then(|input| text(input, "title").or_else(|| text(input, "goal")));
    match title {
        Some(title) => format!("{} “{title}”…", name(&tool.tool_name)),
        None => format!("{}…", name(&tool.tool_name)),
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
        "rescheduleOverdue" => "Find new times",
        "snoozeReminder" => "Snooze a reminder",
        "updateGoal" => "Change a goal",
        "createPlan" => "Create a plan",
        "switchPlan" => "Switch plans",
        "renamePlan" => "Rename a plan",
        "colorPlan" => "Color a plan",
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

/// `doSomethingNew` → `Do something new`. Names of tools are ASCII, and the table of all upper-case letters would be 6 kB of the client.
fn spaced(name: &str) -> String {
    let mut words = String::new();
    for (place, letter) in name.chars().take(60).enumerate() {
        if place == 0 {
            words.push(letter.to_ascii_uppercase());
        } else if letter.is_ascii_uppercase() {
            words.push(' ');
            words.push(letter.to_ascii_lowercase());
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
                "Delete it?",
            ),
            (
                call("deletePlan", ToolState::OutputDenied, json!({}), None),
                Standing::Denied,
                "Delete a plan: you said no, and nothing was changed.",
            ),
            (call("doNewThing", ToolState::InputAvailable, json!("odd"), None), Standing::Running, "Do new thing…"),
        ];
        for (tool, expected, words) in cases {
            let standing = standing(&tool, false);
            assert_eq!(standing, expected, "{tool:?}");
            assert_eq!(sentence(&tool, standing, Some("Delete it?")), words);
        }
        let waiting = schedule(ToolState::InputAvailable, None);
        assert_eq!(standing(&waiting, true), Standing::Next);
        let asking = call("deletePlan", ToolState::ApprovalRequested, json!({}), None);
        assert_eq!(sentence(&asking, Standing::Asking, None), "Delete a plan: go ahead?");
    }
}
