//! A client's connection in tests, which keeps what it was sent.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use serde_json::Value;

use crate::host::{Connection, ConnectionInfo};

/// A client's connection, with what it was sent.
#[derive(Clone)]
pub struct Tab {
    pub info: Rc<ConnectionInfo>,
    pub inbox: Rc<RefCell<Vec<Value>>>,
    pub closed: Rc<Cell<Option<u16>>>,
}

impl Connection for Tab {
    fn info(&self) -> Rc<ConnectionInfo> {
        Rc::clone(&self.info)
    }

    fn send(&self, frame: &str) {
        self.inbox.borrow_mut().push(serde_json::from_str(frame).unwrap());
    }

    fn close(&self, code: u16, _: &str) {
        self.closed.set(Some(code));
    }
}

impl Tab {
    /// The frames that it received since the last call.
    pub fn received(&self) -> Vec<Value> {
        self.inbox.take()
    }

    /// As [`Tab::received`], with one word per frame: its type, or the type of its chunk.
    pub fn frame_words(&self) -> Vec<String> {
        self.received().iter().map(word).collect()
    }

    /// The code with which it was closed.
    pub fn closed(&self) -> Option<u16> {
        self.closed.get()
    }
}

/// A frame in a word.
pub fn word(frame: &Value) -> String {
    let kind = frame["type"].as_str().unwrap().trim_start_matches("cf_agent_").to_owned();
    if kind != "use_chat_response" {
        return kind;
    }
    let replayed = if frame["replay"] == true { "replay:" } else { "" };
    if frame["replayComplete"] == true {
        return "replay-complete".to_owned();
    }
    if frame["error"] == true {
        return format!("{replayed}error");
    }
    if frame["done"] == true {
        return format!("{replayed}done:{}", frame["outcome"].as_str().unwrap_or("-"));
    }
    let chunk: Value = serde_json::from_str(frame["body"].as_str().unwrap()).unwrap();
    let delta = chunk["delta"].as_str().map(|delta| format!("={delta}")).unwrap_or_default();
    format!("{replayed}{}{delta}", chunk["type"].as_str().unwrap())
}
