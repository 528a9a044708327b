//! The outcome of a call. Pure.

use flux_protocol::Message;
use flux_protocol::frame::{BlockPage, Counts, EventPage, PastSnapshot, RpcResponse, Snapshot};
use flux_timeline::json;
use serde_json::Value;

use super::Mutation;
use crate::wire;

/// The outcome of a call.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// The service carried it out.
    Done {
        /// A sentence that describes what was done.
        summary: Option<String>,
    },
    /// The requested timeline.
    Timeline(Box<Snapshot>),
    /// The requested blocks.
    Blocks(BlockPage),
    /// The timeline at a moment in the past.
    Past(Box<PastSnapshot>),
    /// The requested events.
    Log(Box<EventPage>),
    /// An event as formatted JSON, as the log stores it.
    Event(String),
    /// The requested messages.
    Messages(Vec<Message>),
    /// How many records the account has.
    Counts(Counts),
    /// The service is preparing the requested past. Ask again after this many seconds.
    Preparing(u64),
    /// The service did not carry it out. Contains a sentence for the user.
    Failed(String),
}

const UNCLEAR: &str = "The service did not do it and did not say why. Try again.";
/// After an update that was taken back.
const NEWER: &str = "This page is newer than the service, which cannot do that. Nothing was changed; reload the page, or try again later.";

/// The sentence for the user about why a call was not carried out.
pub fn refusal(error: Option<String>) -> String {
    match error.filter(|error| !error.is_empty()) {
        // What every version of the service says of a method that it does not have.
        Some(error) if error.starts_with("Method ") && error.ends_with(" does not exist") => NEWER.to_owned(),
        Some(error) => error,
        None => UNCLEAR.to_owned(),
    }
}

impl Answer {
    /// Reads the service's response to a mutation.
    pub fn new(mutation: &Mutation, response: RpcResponse) -> Self {
        if let (Mutation::LoadPast(_), Some(seconds)) = (mutation, response.retry_after_seconds) {
            return Self::Preparing(seconds);
        }
        if !response.success {
            return Self::Failed(refusal(response.error));
        }
        let result = response.result.unwrap_or_default();
        // The page needs only two sentences of a report. Parsing the whole report would add 5 kB to the program.
        let sentence = |field| result.get(field).and_then(Value::as_str).map(str::to_owned);
        match mutation {
            Mutation::LoadTimeline => read("timeline", wire::read_snapshot(result), |it| Self::Timeline(Box::new(it))),
            Mutation::LoadBlocks(..) => read("timeline", json::read(result), Self::Blocks),
            Mutation::LoadPast(_) => read("past", json::read(result), |it| Self::Past(Box::new(it))),
            Mutation::LoadMessages(_) => read("conversation", json::read(result), Self::Messages),
            Mutation::LoadCounts => read("log", json::read(result), Self::Counts),
            Mutation::LoadEvent(_) => {
                Self::Event(result.pointer("/events/0").map(|event| format!("{event:#}")).unwrap_or_default())
            }
            Mutation::LoadLog { .. } | Mutation::LoadMissed(_) => {
                read("history", json::read(result), |it| Self::Log(Box::new(it)))
            }
            Mutation::ReportZone(_) | Mutation::ChangeSettings(_) => Self::Done { summary: None },
            _ if result.get("ok") == Some(&Value::Bool(true)) => {
                let both = sentence("summary").into_iter().chain(sentence("note"));
                Self::Done { summary: both.reduce(|summary, note| format!("{summary} {note}")) }
            }
            _ => Self::Failed(refusal(sentence("error"))),
        }
    }
}

fn read<T, E: std::fmt::Display>(what: &str, result: Result<T, E>, answer: impl FnOnce(T) -> Answer) -> Answer {
    match result {
        Ok(it) => answer(it),
        Err(error) => Answer::Failed(format!("The {what} could not be read ({error}). Reload the page.")),
    }
}
