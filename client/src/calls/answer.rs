//! The outcome of a call. Pure.
//!
//! [`Answer::new`] is part of the program that is loaded after the first render. What adds to the timeline is read without it
//! ([`Mutation::loads_timeline`]).

use std::fmt::Display;

use flux_protocol::Message;
use flux_protocol::frame::{Counts, EventPage, PastSnapshot, RpcResponse};
use flux_timeline::json;
use serde_json::Value;

use super::Mutation;

/// The outcome of a call.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// The service carried it out.
    Done {
        /// A sentence that describes what was done.
        summary: Option<String>,
    },
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

/// The result of a call.
///
/// # Errors
/// A sentence for the user about why the call was not carried out.
pub fn result(response: RpcResponse) -> Result<Value, String> {
    if response.success {
        return Ok(response.result.unwrap_or_default());
    }
    Err(refusal(response.error))
}

/// The sentence for the user about a result that cannot be read.
pub fn unreadable(what: &str, error: &dyn Display) -> String {
    format!("The {what} could not be read ({error}). Reload the page.")
}

fn refusal(error: Option<String>) -> String {
    match error.filter(|error| !error.is_empty()) {
        // What every version of the service says of a method that it does not have.
        Some(error) if error.starts_with("Method ") && error.ends_with(" does not exist") => NEWER.to_owned(),
        Some(error) => error,
        None => UNCLEAR.to_owned(),
    }
}

impl Answer {
    /// Reads the service's response to a mutation that does not load the timeline.
    pub fn new(mutation: &Mutation, response: RpcResponse) -> Self {
        if let (Mutation::LoadPast(_), Some(seconds)) = (mutation, response.retry_after_seconds) {
            return Self::Preparing(seconds);
        }
        let result = match result(response) {
            Ok(result) => result,
            Err(sentence) => return Self::Failed(sentence),
        };
        // The page needs only two sentences of a report. Parsing the whole report would add 5 kB to the program.
        let sentence = |field| result.get(field).and_then(Value::as_str).map(str::to_owned);
        match mutation {
            Mutation::LoadPast(_) => read("past", json::read(result), |it| Self::Past(Box::new(it))),
            Mutation::LoadMessages(_) => read("conversation", json::read(result), Self::Messages),
            Mutation::LoadCounts => read("log", json::read(result), Self::Counts),
            Mutation::LoadEvent(_) => {
                Self::Event(result.pointer("/events/0").map(|event| format!("{event:#}")).unwrap_or_default())
            }
            Mutation::LoadLog { .. } => read("history", json::read(result), |it| Self::Log(Box::new(it))),
            Mutation::ReportLocale(_) | Mutation::ChangeSettings(_) => Self::Done { summary: None },
            _ if result.get("ok") == Some(&Value::Bool(true)) => {
                let both = sentence("summary").into_iter().chain(sentence("note"));
                Self::Done { summary: both.reduce(|summary, note| format!("{summary} {note}")) }
            }
            _ => Self::Failed(refusal(sentence("error"))),
        }
    }
}

fn read<T, E: Display>(what: &str, result: Result<T, E>, answer: impl FnOnce(T) -> Answer) -> Answer {
    match result {
        Ok(it) => answer(it),
        Err(error) => Answer::Failed(unreadable(what, &error)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::calls::PastMoment;

    #[test]
    fn a_past_that_is_being_prepared_is_no_failure() {
        let later = |mutation| {
            let failed = RpcResponse::failed("1", "Try again in about 3 s.");
            Answer::new(&mutation, RpcResponse { retry_after_seconds: Some(3), ..failed })
        };
        assert_eq!(later(Mutation::LoadPast(PastMoment::After(7))), Answer::Preparing(3));
        assert_eq!(later(Mutation::Restore(7)), Answer::Failed("Try again in about 3 s.".to_owned()));
    }

    #[test]
    fn every_failure_is_a_sentence() {
        let refused = |response: RpcResponse| match Answer::new(&Mutation::Undo, response) {
            Answer::Failed(sentence) => sentence,
            other => panic!("{other:?}"),
        };
        assert_eq!(refused(RpcResponse::failed("1", "There is nothing to undo.")), "There is nothing to undo.");
        assert_eq!(refused(RpcResponse::done("1", json!({"ok": false, "error": "No."}))), "No.");
        let unknown = refused(RpcResponse::failed("1", "Method undo does not exist"));
        assert!(unknown.starts_with("This page is newer than the service"), "{unknown}");
        for odd in [json!(null), json!([]), json!("x"), json!({"ok": false})] {
            assert!(refused(RpcResponse::done("1", odd)).starts_with("The service did not do it"));
        }
        assert!(refused(RpcResponse::failed("1", "")).ends_with("did not say why. Try again."));
    }
}
