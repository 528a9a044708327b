//! What came of a call. Pure.

use flux_protocol::frame::{BlockPage, Counts, EventPage, PastSnapshot, RpcResponse, Snapshot};
use flux_timeline::json;
use serde_json::Value;

use super::Mutation;
use crate::wire;

/// What came of a call.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// It was carried out.
    Done {
        /// What was done, in a sentence.
        summary: Option<String>,
    },
    /// The timeline that was asked for.
    Timeline(Box<Snapshot>),
    /// Blocks that were asked for.
    Blocks(BlockPage),
    /// The timeline as it was.
    Past(Box<PastSnapshot>),
    /// Events that were asked for.
    Log(Box<EventPage>),
    /// An event as it stands in the log.
    Event(String),
    /// How much there is.
    Counts(Counts),
    /// It was not carried out: a sentence for the person.
    Failed(String),
}

impl Answer {
    /// Reads what the service said to a mutation.
    pub fn new(mutation: &Mutation, response: RpcResponse) -> Self {
        let unclear = || "The service did not do it and did not say why. Try again.".to_owned();
        if !response.success {
            return Self::Failed(response.error.filter(|error| !error.is_empty()).unwrap_or_else(unclear));
        }
        let result = response.result.unwrap_or_default();
        // Of a report the page needs two sentences; reading all of it would cost 5 kB of program.
        let sentence = |field| result.get(field).and_then(Value::as_str).map(str::to_owned);
        match mutation {
            Mutation::LoadTimeline => read("timeline", wire::read_snapshot(result), |it| Self::Timeline(Box::new(it))),
            Mutation::LoadBlocks(..) => read("timeline", json::read(result), Self::Blocks),
            Mutation::LoadPast(_) => read("past", json::read(result), |it| Self::Past(Box::new(it))),
            Mutation::LoadCounts => read("log", json::read(result), Self::Counts),
            Mutation::LoadEvent(_) => {
                Self::Event(result.pointer("/events/0").map(|event| format!("{event:#}")).unwrap_or_default())
            }
            Mutation::LoadLog { .. } => read("history", json::read(result), |it| Self::Log(Box::new(it))),
            Mutation::SetZone(_) | Mutation::ChangeSettings(_) => Self::Done { summary: None },
            _ if result.get("ok") == Some(&Value::Bool(true)) => Self::Done { summary: sentence("summary") },
            _ => Self::Failed(sentence("error").unwrap_or_else(unclear)),
        }
    }
}

fn read<T, E: std::fmt::Display>(what: &str, result: Result<T, E>, answer: impl FnOnce(T) -> Answer) -> Answer {
    match result {
        Ok(it) => answer(it),
        Err(error) => Answer::Failed(format!("The {what} could not be read ({error}). Reload the page.")),
    }
}
