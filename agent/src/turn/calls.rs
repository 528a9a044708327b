//! Checks and carries out the tool calls of a model.

use flux_protocol::Chunk;
use flux_protocol::frame::ModelInfo;
use flux_protocol::message::ToolState;
use flux_timeline::{EventKind, ReadHistory, TxnId};
use flux_tools::report::Report;
use flux_tools::tool::{ToolCall, ToolError, definitions, known_names};
use serde_json::{Value, json};

use super::{Output, Turn, TurnError};
use crate::api::{Answer, Api, ApiError, Change, Origin, Outcome};
use crate::json;
use crate::store::{Sql, fit_result};
use crate::telemetry::{LogRecord, Name, Span};
use flux_model::{ModelCall, coerce, is_cut_off, repair_arguments, resolve_tool_name};

/// Largest result of a call in a message, in bytes of JSON. The lists in larger ones are shortened.
const RESULT_BYTES: usize = 32 << 10;
/// Longest tool name that is sent to a client, in characters.
const NAME_CHARS: usize = 64;

/// A model's tool call after it was checked.
pub struct Offered {
    /// The tool's name, or the name that the model used when there is no such tool.
    pub name: String,
    /// The arguments after repair, or the raw text when it cannot be read.
    pub input: Value,
    /// The call, or why it is invalid.
    pub call: Result<ToolCall, ToolError>,
    /// Whether the arguments are not as the model gave them.
    pub is_repaired: bool,
}

/// Reads a model's call: resolves its name, repairs its arguments, converts them to the schema's types, and checks them.
pub fn offered(call: &ModelCall) -> Offered {
    let names: Vec<&str> = definitions().iter().map(|tool| tool.name).collect();
    let tool =
        resolve_tool_name(&call.name, &names).and_then(|name| definitions().iter().find(|tool| tool.name == name));
    let Some(tool) = tool else {
        let name = shown_name(&call.name);
        let input = Value::String(call.arguments.clone());
        return Offered { call: Err(ToolError::Unknown { name: name.clone() }), name, input, is_repaired: false };
    };
    let raw = if call.arguments.trim().is_empty() { "{}" } else { &call.arguments };
    // A prefix of a value can be another value: a cut-off "B1 may have been "B12".
    if is_cut_off(raw) {
        let problem = flux_tools::tool::Problem::new("", "complete arguments", format!("{raw} (cut off)"));
        return Offered {
            call: Err(ToolError::Arguments { tool: tool.name, problems: vec![problem] }),
            name: tool.name.to_owned(),
            input: Value::String(call.arguments.clone()),
            is_repaired: false,
        };
    }
    match repair_arguments(raw) {
        Ok(arguments) => {
            let input = coerce(known_names(&tool.schema, arguments), &tool.schema);
            let is_repaired = serde_json::from_str::<Value>(raw).ok().as_ref() != Some(&input);
            Offered { call: ToolCall::parse(tool.name, &input), name: tool.name.to_owned(), input, is_repaired }
        }
        Err(error) => {
            let problem = flux_tools::tool::Problem::new("", "a JSON object", format!("{raw} ({error})"));
            Offered {
                call: Err(ToolError::Arguments { tool: tool.name, problems: vec![problem] }),
                name: tool.name.to_owned(),
                input: Value::String(call.arguments.clone()),
                is_repaired: false,
            }
        }
    }
}

/// The tool name that clients are sent before the call is checked.
pub(super) fn shown_name(name: &str) -> String {
    let names: Vec<&str> = definitions().iter().map(|tool| tool.name).collect();
    match resolve_tool_name(name, &names) {
        Some(known) => known.to_owned(),
        None => name.chars().filter(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.')).take(NAME_CHARS).collect(),
    }
}

/// The name of a tool, if there is one of this name.
fn known_tool(name: &str) -> Option<Name> {
    definitions().iter().find(|tool| tool.name == name).map(|tool| tool.name)
}

impl<S: Sql + Clone, O: Output> Turn<'_, S, O> {
    /// Carries out the calls of a step, in order, up to the first one that needs the person's consent. Returns whether there is
    /// one.
    pub(super) fn carry_out(&mut self, calls: &[ModelCall]) -> Result<bool, TurnError> {
        for (index, call) in calls.iter().enumerate() {
            let Offered { name, input, call: checked, is_repaired } = offered(call);
            self.show(call, &name, input.clone());
            self.meter.call();
            let span = self.new_span();
            if let (true, Ok(tool)) = (is_repaired, &checked) {
                self.output.log(&LogRecord::RepairedCall { tool: tool.name() }, span);
            }
            match checked {
                Err(error) => {
                    self.invalid += 1;
                    self.meter.invalid_call();
                    self.output.log(&LogRecord::InvalidCall { tool: known_tool(&name) }, span);
                    self.output
                        .emit(Chunk::ToolOutputError { tool_call_id: call.id.clone(), error_text: error.to_string() });
                    if self.invalid >= self.limits.invalid_calls {
                        return Err(TurnError::InvalidCalls(self.invalid));
                    }
                }
                Ok(tool) => match self.consent(&tool)?.or_else(|| self.consent_to_more(&tool, input)) {
                    Some(consent) => {
                        let rest = calls.get(index + 1..).unwrap_or_default();
                        for call in rest {
                            let Offered { name, input, .. } = offered(call);
                            self.show(call, &name, input);
                        }
                        self.ask_person(consent, &call.id, tool.name(), rest, span)?;
                        return Ok(true);
                    }
                    None => self.change(&tool, &call.id, false, span)?,
                },
            }
        }
        Ok(false)
    }

    /// Emits the arguments of a call, unless the message has them from before a question.
    fn show(&self, call: &ModelCall, name: &str, input: Value) {
        let message = self.output.message();
        let is_shown = message
            .tools()
            .any(|tool| tool.call.tool_call_id == call.id && tool.call.state == ToolState::InputAvailable);
        if !is_shown {
            let (tool_call_id, tool_name) = (call.id.clone(), name.to_owned());
            self.output.emit(Chunk::ToolInputAvailable { tool_call_id, tool_name, input });
        }
    }

    /// Answers calls of the last step, which had no tools, with an error.
    pub(super) fn turn_down(&self, calls: &[ModelCall]) {
        for call in calls {
            self.meter.call();
            self.meter.invalid_call();
            let Offered { name, input, .. } = offered(call);
            self.output.log(&LogRecord::LateCall { tool: known_tool(&name) }, self.new_span());
            self.output.emit(Chunk::ToolInputAvailable { tool_call_id: call.id.clone(), tool_name: name, input });
            let error_text = format!(
                "Not done: after {} steps an answer was due. What was done before is kept; say “go on” for the rest.",
                self.limits.steps
            );
            self.output.emit(Chunk::ToolOutputError { tool_call_id: call.id.clone(), error_text });
        }
    }

    /// Carries out a call, as a span of its own. If the person was asked, its question is deleted with it.
    pub(super) fn change(&mut self, call: &ToolCall, id: &str, was_asked: bool, span: Span) -> Result<(), TurnError> {
        let began_at = self.output.now();
        let outcome = self.change_within(call, id, was_asked, span);
        let ms = (self.output.now() - began_at).num_milliseconds().max(0);
        let outcome_name = outcome.as_ref().map_or("error", |name| *name);
        self.output.log(&LogRecord::Call { tool: call.name(), outcome: outcome_name, ms }, span);
        outcome.map(drop)
    }

    /// Returns what came of it.
    fn change_within(&mut self, call: &ToolCall, id: &str, was_asked: bool, span: Span) -> Result<Name, TurnError> {
        let txn = self.transaction()?;
        let (new_id, model) = (|| self.output.uuid(), self.model.id());
        let api = Api {
            store: self.store,
            now: self.output.now(),
            new_id: &new_id,
            // The message that began the turn was counted.
            count: &|| Ok(()),
            model: ModelInfo { provider: model.provider, name: model.name },
            is_answering: true,
        };
        let origin = Origin::Turn { request: self.request, tool_call: id, txn };
        let mut emitted = None;
        let outcome = api.call_tool(self.principal, call, origin, |report| {
            let chunk = output_chunk(id, report);
            let stored = self.output.store(&chunk);
            emitted = Some(chunk);
            if was_asked {
                self.store.delete_question(id)?;
            }
            stored
        });
        let Outcome { answer, change } = match outcome {
            Ok(outcome) => outcome,
            Err(ApiError::Store(error)) => return Err(error.into()),
            Err(error) => {
                if was_asked {
                    self.store.delete_question(id)?;
                }
                let error_text = error.to_string();
                self.output.emit(Chunk::ToolOutputError { tool_call_id: id.to_owned(), error_text });
                return Ok("rejected");
            }
        };
        let is_rejected = matches!(answer, Answer::Report(report) if !report.ok);
        if is_rejected {
            self.meter.rejected_call();
        }
        if let Change::Reminders = change
            && !is_rejected
        {
            self.output.remind();
        }
        let mut is_first = false;
        if let Change::Events(events) = change
            && !events.is_empty()
        {
            if self.txn.replace(txn) != Some(txn) {
                self.store.note_prompt(txn, &self.prompt.to_string())?;
                self.store.set_turn_txn(self.id, txn)?;
                is_first = true;
            }
            self.changed += events.iter().map(|event| changed_blocks(&event.kind)).sum::<usize>();
            self.output.publish(&events, span);
        }
        if let Some(chunk) = emitted {
            self.output.emit_stored(chunk);
        }
        if is_first {
            // With it the page can take back what this answer has changed, also after other changes.
            self.output.emit(Chunk::MessageMetadata { message_metadata: json!({"txn": txn}) });
        }
        Ok(if is_rejected { "rejected" } else { "accepted" })
    }

    /// The transaction for the next change. All changes of an answer share one, even across a wait for consent, so that one undo
    /// takes them all back. If somebody else changed something in between, a new one begins, because undo takes back whole
    /// transactions, the last one first.
    fn transaction(&self) -> Result<TxnId, TurnError> {
        match (self.store.undoable()?, self.txn) {
            (Some(last), Some(txn)) if last == txn => Ok(txn),
            _ => Ok(TxnId::new(self.output.uuid())),
        }
    }
}

/// The number of blocks that an event changes or deletes.
pub(super) fn changed_blocks(kind: &EventKind) -> usize {
    match kind {
        EventKind::BlockUpdated(_)
        | EventKind::BlockMoved(_)
        | EventKind::BlockCompleted(_)
        | EventKind::BlockMissed(_)
        | EventKind::BlockReopened(_)
        | EventKind::BlockDeleted { .. } => 1,
        EventKind::TimelineShifted { blocks, .. } => blocks.len(),
        _ => 0,
    }
}

fn output_chunk(id: &str, report: &Report) -> Chunk {
    let mut output = json::value(report);
    fit_result(&mut output, RESULT_BYTES);
    Chunk::ToolOutputAvailable { tool_call_id: id.to_owned(), output }
}
