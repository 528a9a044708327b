//! Direct edits: calls to the service without a model, from the click to the answer. Pure.
//!
//! A call's id is a UUID and becomes the transaction's, so a call whose answer was lost with the socket is sent again with
//! the same id and carried out once.

use chrono::{DateTime, TimeDelta, Utc};
use flux_protocol::ClientFrame;
use flux_protocol::frame::{RpcResponse, Snapshot};
use flux_tools::{Block, BlockId, PlanId, TxnId};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::wire;

/// How long an answer is waited for.
const PATIENCE: TimeDelta = TimeDelta::seconds(30);

/// What is wanted.
#[derive(Debug, Clone, PartialEq)]
pub enum Wish {
    /// Mark a block as done.
    Complete(BlockId),
    /// Mark it as not done.
    Reopen(BlockId),
    /// Delete a block.
    Delete {
        /// Which.
        id: BlockId,
        /// Its title, to tell of it afterwards.
        title: String,
    },
    /// Take back the last change.
    Undo,
    /// Apply again what was taken back.
    Redo,
    /// Show another plan.
    SwitchPlan(PlanId),
    /// Make a plan and show it.
    CreatePlan(String),
    /// Tell the service the person's zone.
    SetZone(String),
    /// Get the timeline of the plan that is active now.
    LoadTimeline,
}

impl Wish {
    /// To delete this block.
    pub fn delete(block: &Block) -> Self {
        Self::Delete { id: block.id, title: block.title.to_string() }
    }

    fn method(&self) -> &'static str {
        match self {
            Self::Complete(_) => "completeBlock",
            Self::Reopen(_) => "uncompleteBlock",
            Self::Delete { .. } => "deleteBlock",
            Self::Undo => "undo",
            Self::Redo => "redo",
            Self::SwitchPlan(_) => "switchPlan",
            Self::CreatePlan(_) => "createPlan",
            Self::SetZone(_) => "setSettings",
            Self::LoadTimeline => "getTimeline",
        }
    }

    fn argument(&self) -> Value {
        match self {
            Self::Complete(id) | Self::Reopen(id) | Self::Delete { id, .. } => json!({ "id": id }),
            Self::SwitchPlan(id) => json!({ "id": id }),
            Self::CreatePlan(title) => json!({ "title": title }),
            Self::SetZone(zone) => json!({ "timeZone": zone }),
            Self::Undo | Self::Redo | Self::LoadTimeline => json!({}),
        }
    }

    /// Whether the person waits for it. What the page does by itself fails in silence: it will be tried again.
    pub fn is_the_persons(&self) -> bool {
        !matches!(self, Self::SetZone(_) | Self::LoadTimeline)
    }
}

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
    /// It was not carried out: a sentence for the person.
    Failed(String),
}

/// A call that is not answered yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// Its id, which its transaction has too.
    pub id: Uuid,
    /// What is wanted.
    pub wish: Wish,
    since: DateTime<Utc>,
}

impl Call {
    /// Its transaction.
    pub fn txn(&self) -> TxnId {
        TxnId::new(self.id)
    }

    fn is_late(&self, now: DateTime<Utc>) -> bool {
        now - self.since > PATIENCE
    }

    /// As it is sent.
    pub fn frame(&self) -> ClientFrame {
        ClientFrame::Rpc {
            id: self.id.to_string(),
            method: self.wish.method().to_owned(),
            args: vec![self.wish.argument()],
        }
    }
}

/// What is on its way for a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pending {
    /// It will be done, or open.
    Completion(bool),
    /// It will be gone.
    Deletion,
}

/// The calls that are not answered yet.
#[derive(Debug, Default)]
pub struct Calls(Vec<Call>);

impl Calls {
    /// Begins a call; gives what is to be sent.
    pub fn begin(&mut self, id: Uuid, wish: Wish, now: DateTime<Utc>) -> ClientFrame {
        let call = Call { id, wish, since: now };
        let frame = call.frame();
        self.0.push(call);
        frame
    }

    /// Takes an answer. None for an answer to a call that is not waited for.
    pub fn finish(&mut self, response: RpcResponse) -> Option<(Call, Answer)> {
        let place = self.0.iter().position(|call| call.id.to_string() == response.id)?;
        if response.success && response.done == Some(false) {
            return None;
        }
        let call = self.0.remove(place);
        let answer = answer(&call.wish, response);
        Some((call, answer))
    }

    /// What is to be sent again on a new socket. The wait for an answer begins anew.
    pub fn unanswered(&mut self, now: DateTime<Utc>) -> Vec<ClientFrame> {
        self.0.iter_mut().for_each(|call| call.since = now);
        self.0.iter().map(Call::frame).collect()
    }

    /// Whether calls were not answered in time.
    pub fn has_late(&self, now: DateTime<Utc>) -> bool {
        self.0.iter().any(|call| call.is_late(now))
    }

    /// Gives up on calls that were not answered in time.
    pub fn expire(&mut self, now: DateTime<Utc>) -> Vec<Call> {
        let late = self.0.iter().filter(|call| call.is_late(now)).cloned().collect();
        self.0.retain(|call| !call.is_late(now));
        late
    }

    /// What is on its way for this block.
    pub fn about(&self, block: BlockId) -> Option<Pending> {
        self.0.iter().rev().find_map(|call| match &call.wish {
            Wish::Complete(id) if *id == block => Some(Pending::Completion(true)),
            Wish::Reopen(id) if *id == block => Some(Pending::Completion(false)),
            Wish::Delete { id, .. } if *id == block => Some(Pending::Deletion),
            _ => None,
        })
    }

    /// Whether a call that fits is on its way.
    pub fn any(&self, fits: impl Fn(&Wish) -> bool) -> bool {
        self.0.iter().any(|call| fits(&call.wish))
    }
}

fn answer(wish: &Wish, response: RpcResponse) -> Answer {
    let unclear = || "The service did not do it and did not say why. Try again.".to_owned();
    if !response.success {
        return Answer::Failed(response.error.filter(|error| !error.is_empty()).unwrap_or_else(unclear));
    }
    let result = response.result.unwrap_or_default();
    // Of a report the page needs two sentences; reading all of it would cost 5 kB of program.
    let sentence = |field| result.get(field).and_then(Value::as_str).map(str::to_owned);
    match wish {
        Wish::LoadTimeline => match wire::read_snapshot(result) {
            Ok(snapshot) => Answer::Timeline(Box::new(snapshot)),
            Err(error) => Answer::Failed(format!("The timeline could not be read ({error}). Reload the page.")),
        },
        Wish::SetZone(_) => Answer::Done { summary: None },
        _ if result.get("ok") == Some(&Value::Bool(true)) => Answer::Done { summary: sentence("summary") },
        _ => Answer::Failed(sentence("error").unwrap_or_else(unclear)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::UNIX_EPOCH
    }

    #[test]
    fn a_call_is_sent_as_the_service_reads_it_and_again_until_it_is_answered() {
        let mut calls = Calls::default();
        let block = BlockId::new(Uuid::from_u128(7));
        let frame = calls.begin(Uuid::from_u128(1), Wish::Complete(block), now());
        assert_eq!(
            serde_json::to_value(&frame).unwrap(),
            json!({"type": "rpc", "id": Uuid::from_u128(1), "method": "completeBlock", "args": [{"id": block}]})
        );
        assert_eq!(calls.unanswered(now()), [frame]);
        assert_eq!(calls.about(block), Some(Pending::Completion(true)));

        assert_eq!(calls.finish(RpcResponse::done("other", json!({"ok": true}))), None);
        let (call, answer) =
            calls.finish(RpcResponse::done(Uuid::from_u128(1).to_string(), json!({"ok": true}))).unwrap();
        assert_eq!(call.txn(), TxnId::new(Uuid::from_u128(1)));
        assert!(matches!(answer, Answer::Done { .. }));
        assert!(calls.unanswered(now()).is_empty() && calls.about(block).is_none());
    }

    #[test]
    fn every_refusal_is_a_sentence() {
        let refused = |response: RpcResponse| {
            let mut calls = Calls::default();
            calls.begin(Uuid::nil(), Wish::Undo, now());
            match calls.finish(response).unwrap().1 {
                Answer::Failed(sentence) => sentence,
                other => panic!("{other:?}"),
            }
        };
        let id = Uuid::nil().to_string();
        assert_eq!(refused(RpcResponse::failed(&id, "There is nothing to undo.")), "There is nothing to undo.");
        assert_eq!(refused(RpcResponse::done(&id, json!({"ok": false, "error": "No."}))), "No.");
        for odd in [json!(null), json!([]), json!("x"), json!({"ok": false})] {
            assert!(refused(RpcResponse::done(&id, odd)).starts_with("The service did not do it"));
        }
    }

    #[test]
    fn a_call_that_is_not_answered_is_given_up() {
        let mut calls = Calls::default();
        calls.begin(Uuid::nil(), Wish::Undo, now());
        assert!(calls.expire(now() + TimeDelta::seconds(30)).is_empty());
        assert_eq!(calls.expire(now() + TimeDelta::seconds(31)).len(), 1);
        assert!(!calls.any(|wish| *wish == Wish::Undo));
    }
}
