//! A judge: a model that decides whether a statement about a turn is true, for what no rule can check. Used only with `--judge`.

use flux_agent::assistant::Assistant;
use flux_model::{ChatRequest, ModelEvent, ModelMessage, json_within, repair_arguments};
use flux_tools::context::Facts;
use futures::StreamExt;
use serde_json::{Value, json};

use crate::record::Verdict;
use crate::world::Observed;

const PROMPT: &str = include_str!("../judge.md");
/// The maximum length of the judge's answer, in tokens.
const ANSWER_TOKENS: u32 = 300;

/// Asks the judge. If it does not answer, the check fails and says so.
pub async fn judge(model: &dyn Assistant, said: &str, seen: &Observed, statement: &str) -> Verdict {
    let (passed, compared) = match ask(model, said, seen, statement).await {
        Ok(Ruling { holds, why }) => (holds, format!("{statement:?}: {why}")),
        Err(error) => (false, format!("{statement:?}: the judge gave no ruling: {error}")),
    };
    Verdict { check: "judge".to_owned(), passed, compared }
}

struct Ruling {
    holds: bool,
    why: String,
}

async fn ask(model: &dyn Assistant, said: &str, seen: &Observed, statement: &str) -> Result<Ruling, String> {
    let mut stream = model.answer(request(said, seen, statement), Facts::Words(statement.to_owned()));
    let mut text = String::new();
    while let Some(event) = stream.next().await {
        match event {
            Ok(ModelEvent::Text(piece)) => text.push_str(&piece),
            Ok(_) => {}
            Err(error) => return Err(error.to_string()),
        }
    }
    let (object, _) = json_within(&text, '{').ok_or_else(|| format!("no JSON in {text:?}"))?;
    let answer = repair_arguments(object).map_err(|error| format!("{error} in {text:?}"))?;
    let holds = answer["holds"].as_bool().ok_or_else(|| format!("no `holds` in {text:?}"))?;
    Ok(Ruling { holds, why: answer["why"].as_str().unwrap_or_default().to_owned() })
}

fn request(said: &str, seen: &Observed, statement: &str) -> ChatRequest {
    let calls: Vec<Value> = seen
        .calls
        .iter()
        .map(|call| json!({"tool": call.tool, "arguments": call.arguments, "outcome": call.outcome, "result": call.result}))
        .collect();
    let changes: Vec<String> = seen.changes.iter().map(ToString::to_string).collect();
    let turn = json!({"person": said, "calls": calls, "assistant": seen.reply, "changes": changes});
    let schema = json!({
        "type": "object",
        "properties": {"holds": {"type": "boolean"}, "why": {"type": "string"}},
        "required": ["holds", "why"],
        "additionalProperties": false,
    });
    ChatRequest {
        system: PROMPT.to_owned(),
        context: String::new(),
        messages: vec![ModelMessage::User { text: format!("{turn}\n\nStatement: {statement}") }],
        tools: Vec::new(),
        response_schema: Some(schema),
        max_output_tokens: ANSWER_TOKENS,
        temperature: 0.0,
        traceparent: None,
    }
}
