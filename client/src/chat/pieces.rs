//! What an answer shows: one line for what it has done, and no sentence that says it again. Pure.

use flux_protocol::Message;
use flux_protocol::message::{Part, ToolPart};

use super::tool_words::{Standing, sentence, standing, summary};

/// A piece of an answer, in their order.
#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    /// The part of this index, as it is.
    Part(usize),
    /// Changes that were carried out one after the other.
    Done(Vec<ToolPart>),
}

/// The pieces of an answer. In debug mode, each part is one.
pub fn of(message: &Message, is_asking: bool, is_debugging: bool) -> Vec<Piece> {
    if is_debugging {
        return (0..message.parts.len()).map(Piece::Part).collect();
    }
    let is_done = |tool: &ToolPart| standing(tool, is_asking) == Standing::Done;
    let done = plain(message.tools().filter(|tool| is_done(tool)).filter_map(summary));
    // Found once for each text: the last one grows with each word that is streamed.
    let is_new: Vec<bool> =
        message.parts.iter().map(|part| matches!(part, Part::Text(text) if says_more(&text.text, &done))).collect();
    let answers = is_new.contains(&true);
    let mut pieces = Vec::new();
    for (place, (part, is_new)) in message.parts.iter().zip(is_new).enumerate() {
        match part {
            Part::Text(_) if !is_new => {}
            // What was looked up is in the answer.
            Part::Tool(tool) if answers && looks_up(&tool.tool_name) && is_done(tool) => {}
            Part::Tool(tool) if tool.tool_name != "useArchitect" && is_done(tool) => match pieces.last_mut() {
                Some(Piece::Done(tools)) => tools.push(tool.clone()),
                _ => pieces.push(Piece::Done(vec![tool.clone()])),
            },
            Part::StepStart => {}
            _ => pieces.push(Piece::Part(place)),
        }
    }
    pieces
}

/// What was done, in a sentence for all calls.
pub fn words(tools: &[ToolPart]) -> String {
    if let [tool] = tools {
        return sentence(tool, Standing::Done, None);
    }
    let count = tools.len();
    let first = tools.first().map_or("", |tool| tool.tool_name.as_str());
    let name = if tools.iter().all(|tool| tool.tool_name == first) { first } else { "" };
    match name {
        "scheduleBlock" => format!("{count} blocks scheduled."),
        "updateBlock" => format!("{count} blocks changed."),
        "deleteBlock" => format!("{count} blocks deleted."),
        "completeBlock" => format!("{count} blocks marked as done."),
        "uncompleteBlock" => format!("{count} blocks marked as not done."),
        _ => format!("{count} changes made."),
    }
}

/// Whether a text says more than what was done, which is given as [`plain`] text.
fn says_more(text: &str, done: &str) -> bool {
    if text.trim().is_empty() {
        return false;
    }
    if done.is_empty() {
        return true;
    }
    let text = plain([text].into_iter());
    text.is_empty() || !done.contains(&text)
}

fn looks_up(tool: &str) -> bool {
    matches!(tool, "findBlocks" | "findFreeTime" | "listPlans" | "listRuns")
}

/// Texts without what Markdown, quotes and line breaks make different.
fn plain<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    let is_word = |letter: &char| {
        letter.is_ascii_alphanumeric()
            || !letter.is_ascii() && !matches!(letter, '“' | '”' | '‘' | '’' | '…' | '–' | '\u{a0}')
    };
    texts.flat_map(str::chars).filter(is_word).collect()
}

#[cfg(test)]
mod tests {
    use flux_protocol::message::{TextPart, TextState, ToolPartBody};
    use flux_protocol::{Role, ToolState};
    use serde_json::json;

    use super::*;

    fn call(name: &str, summary: &str) -> Part {
        let call = ToolPartBody {
            tool_call_id: summary.into(),
            state: ToolState::OutputAvailable,
            input: None,
            output: Some(json!({"ok": true, "summary": summary})),
            error_text: None,
            approval: None,
        };
        Part::Tool(ToolPart { tool_name: name.into(), call })
    }

    fn text(text: &str) -> Part {
        Part::Text(TextPart { text: text.into(), state: Some(TextState::Done) })
    }

    /// The pieces in short: the words of what was done, and the text.
    fn shown(parts: Vec<Part>) -> Vec<String> {
        let message = Message { parts, ..Message::new("a", Role::Assistant) };
        of(&message, false, false)
            .into_iter()
            .map(|piece| match piece {
                Piece::Done(tools) => words(&tools),
                Piece::Part(place) => match &message.parts[place] {
                    Part::Text(text) => text.text.clone(),
                    Part::Tool(tool) => tool.tool_name.clone(),
                    other => format!("{other:?}"),
                },
            })
            .collect()
    }

    #[test]
    fn what_was_done_is_said_once() {
        let [gym, run] = ["Scheduled “Gym” (B1) for Tue 3 Mar.", "Scheduled “Run” (B2) for Wed 4 Mar."];
        let calls = || vec![call("scheduleBlock", gym), Part::StepStart, call("scheduleBlock", run), Part::StepStart];
        assert_eq!(shown(vec![call("scheduleBlock", gym), text("Scheduled **“Gym”** (B1) for Tue 3 Mar.")]), [gym]);
        assert_eq!(shown([calls(), vec![text(&format!("{gym}\n\n{run}"))]].concat()), ["2 blocks scheduled."]);
        assert_eq!(shown([calls(), vec![text(run)]].concat()), ["2 blocks scheduled."], "also while it is streamed");
        assert_eq!(shown([calls(), vec![text("Enjoy!")]].concat()), ["2 blocks scheduled.", "Enjoy!"]);
        assert_eq!(shown(vec![call("scheduleBlock", gym), text("…?!")]), [gym, "…?!"], "marks alone say nothing again");
        assert_eq!(
            shown(vec![call("deleteBlock", "Deleted “Gym” (B1)."), call("scheduleBlock", run)]),
            ["2 changes made."]
        );
    }

    #[test]
    fn what_was_looked_up_is_in_the_answer_and_goals_have_a_card() {
        let found = || call("findBlocks", "Found 2 blocks.");
        assert_eq!(shown(vec![found(), text("You have two.")]), ["You have two."]);
        assert_eq!(shown(vec![found()]), ["Found 2 blocks."]);
        assert_eq!(shown(vec![found(), text("Found 2 blocks.")]), ["Found 2 blocks."]);
        assert_eq!(shown(vec![call("useArchitect", "I work on it.")]), ["useArchitect"]);
    }

    #[test]
    fn debug_mode_shows_every_part() {
        let parts = vec![Part::StepStart, call("findBlocks", "Found 2 blocks."), text("Found 2 blocks.")];
        let message = Message { parts, ..Message::new("a", Role::Assistant) };
        assert_eq!(of(&message, false, true), [0, 1, 2].map(Piece::Part));
    }
}
