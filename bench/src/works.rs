//! The works.

use std::error::Error;
use std::hint::black_box;

use flux_agent::limits::{Limits, Used};
use flux_agent::native::Sqlite;
use flux_agent::prompt::{Prompts, conversation, render};
use flux_agent::store::{ImportPart, Store};
use flux_model::{ChatRequest, StreamParser};
use flux_protocol::message::Part;
use flux_protocol::{ClientFrame, Message, Role};
use flux_timeline::command::BlockUpdate;
use flux_timeline::reference::BlockRef;
use flux_timeline::{Command, Title};
use flux_tools::context;
use serde_json::json;

use crate::life::Life;

/// What is counted.
pub type Work = Box<dyn FnMut() -> Result<(), Box<dyn Error>>>;
/// Makes what a work needs, which is not counted.
type Prepare = fn() -> Result<Work, Box<dyn Error>>;

/// All works by name.
pub const WORKS: [(&str, Prepare); 6] = [
    ("edit", edit),
    ("frame", frame),
    ("refusal", refusal),
    ("stream", stream),
    ("prompt", prompt),
    ("import", import),
];

/// Small works are repeated so often, which makes what a first call prepares a small part of the count.
const TIMES: usize = 20;
/// Blocks of a timeline.
const BLOCKS: u32 = 100;
/// Tokens of an answer.
const TOKENS: usize = 500;
/// Messages of a conversation.
const MESSAGES: usize = 40;
/// Events of an imported file.
const EVENTS: u32 = 1_000;
/// Rows that are imported at once, as in the service.
const ROWS: u64 = 1_000;

/// Changes of a title: decided, appended and projected.
fn edit() -> Result<Work, Box<dyn Error>> {
    let mut life = Life::with(BLOCKS)?;
    Ok(Box::new(move || {
        for time in 0..TIMES {
            let title = Some(Title::new(&format!("Another title {time}"))?);
            let changes = BlockUpdate { title, ..BlockUpdate::default() };
            life.carry_out(&Command::UpdateBlock { block: BlockRef::from("B50"), changes })?;
        }
        Ok(())
    }))
}

/// Reading a frame with a call.
fn frame() -> Result<Work, Box<dyn Error>> {
    let arguments = json!({"id": "B50", "updates": {"title": "Another title", "startTime": "2026-12-01T08:00"}});
    let text = json!({"type": "rpc", "id": "c0ffee", "method": "updateBlock", "args": [arguments]}).to_string();
    Ok(Box::new(move || {
        for _ in 0..TIMES {
            black_box(serde_json::from_str::<ClientFrame>(black_box(&text))?);
        }
        Ok(())
    }))
}

/// Refusing frames of a client that sends too many. They are not read.
fn refusal() -> Result<Work, Box<dyn Error>> {
    let (limits, used) = (Limits::default(), Used::default());
    while used.frame(&limits, 100, Life::now()).is_ok() {}
    Ok(Box::new(move || {
        for _ in 0..TIMES {
            if black_box(&used).frame(&limits, 100, Life::now()).is_ok() {
                return Err("a frame was let through".into());
            }
        }
        Ok(())
    }))
}

/// Reading an answer of 500 tokens, each in an event of its own.
fn stream() -> Result<Work, Box<dyn Error>> {
    let event = |token: usize| {
        let choice = json!({"index": 0, "delta": {"content": format!(" word{token}")}, "finish_reason": null});
        let chunk =
            json!({"id": "answer", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]});
        format!("data: {chunk}\n\n")
    };
    let mut events: Vec<String> = (0..TOKENS).map(event).collect();
    events.push(
        "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n".to_owned(),
    );
    let request = request(String::new(), String::new(), Vec::new());
    Ok(Box::new(move || {
        let (mut parser, mut found) = (StreamParser::new(&request, 1), Vec::new());
        for event in &events {
            parser.push(event.as_bytes(), &mut found)?;
        }
        parser.finish(&mut found)?;
        if found.len() < TOKENS { Err(format!("{} events", found.len()).into()) } else { Ok(()) }
    }))
}

/// Building the prompt of a turn from the timeline and the conversation.
fn prompt() -> Result<Work, Box<dyn Error>> {
    let life = Life::with(BLOCKS)?;
    let message = |number: usize| {
        let role = if number.is_multiple_of(2) { Role::User } else { Role::Assistant };
        let text = format!("Message {number} says something about the plans of the day, and it is as long as most.");
        let part = serde_json::from_value::<Part>(json!({"type": "text", "text": text}))?;
        Ok(serde_json::from_value::<Message>(json!({"id": format!("m{number}"), "role": role, "parts": [part]}))?)
    };
    let messages = (0..=MESSAGES).map(message).collect::<Result<Vec<_>, Box<dyn Error>>>()?;
    Ok(Box::new(move || {
        let timeline = context::timeline(&life.store, Life::now())?;
        let told = render(Prompts::current().system, &timeline);
        black_box(request(told.system, told.context, conversation(&messages, 6_000)));
        Ok(())
    }))
}

fn request(system: String, context: String, messages: Vec<flux_model::ModelMessage>) -> ChatRequest {
    let tools = Vec::new();
    ChatRequest {
        system,
        context,
        messages,
        tools,
        response_schema: None,
        max_output_tokens: 1_000,
        temperature: 0.0,
        traceparent: None,
    }
}

/// Importing a file with 1,000 events.
fn import() -> Result<Work, Box<dyn Error>> {
    let events = Life::with(EVENTS - 2)?.store.events_after(0, u64::from(EVENTS))?;
    if events.len() != EVENTS as usize {
        return Err(format!("the log has {} events", events.len()).into());
    }
    // The order of the fields is part of the format.
    let events = serde_json::to_string(&events)?;
    let file = format!(r#"{{"format":"temporal-flux","version":1,"events":{events},"messages":[],"causes":[]}}"#);
    let part = ImportPart::whole(file);
    let store = Store::open(Sqlite::in_memory()?)?;
    Ok(Box::new(move || {
        store.receive_import(&part)?;
        loop {
            let progress = store.import_slice(Life::now(), ROWS)?.ok_or("nothing is imported")?;
            match progress.state.as_str() {
                "checking" => {}
                "done" => return Ok(()),
                _ => return Err(format!("{:?}", progress.problem).into()),
            }
        }
    }))
}
