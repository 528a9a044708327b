//! Direct edits: calls to the service that do not involve a model, from the click to the response. Pure.
//!
//! A call's id is a UUID, and the service uses it as the transaction id. If the connection is lost before the response
//! arrives, the client sends the call again with the same id, and the service carries it out only once.
//!
//! | module | what lives there |
//! | --- | --- |
//! | [`mutation`] | the requests, and their form on the wire |
//! | [`answer`] | the outcome of a call |

pub mod answer;
pub mod mutation;

use chrono::{DateTime, TimeDelta, Utc};
use flux_protocol::ClientFrame;
use flux_protocol::frame::RpcResponse;
use flux_timeline::{BlockId, Event, TxnId};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::wire;

pub use answer::Answer;
pub use mutation::{BlockPage, LOG_PAGE, Mutation, NewGoal, PastMoment, PlanChange};

/// How long to wait for a response.
const RESPONSE_TIMEOUT: TimeDelta = TimeDelta::seconds(30);

/// A call without a response so far.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// Its id, which is also the id of its transaction.
    pub id: Uuid,
    /// The request.
    pub mutation: Mutation,
    since: DateTime<Utc>,
    /// Whether its events have arrived. They can arrive before the response.
    is_carried_out: bool,
}

impl Call {
    /// The id of its transaction.
    pub fn txn(&self) -> TxnId {
        TxnId::new(self.id)
    }

    fn is_late(&self, now: DateTime<Utc>) -> bool {
        now - self.since > RESPONSE_TIMEOUT
    }

    /// The frame to send.
    pub fn frame(&self) -> ClientFrame {
        ClientFrame::Rpc {
            id: self.id.to_string(),
            method: self.mutation.method().to_owned(),
            args: vec![self.mutation.argument()],
            trace: None,
        }
    }
}

/// The calls without a response so far.
#[derive(Debug, Default)]
pub struct Calls(Vec<Call>);

impl Calls {
    /// Adds a call and returns the frame to send.
    pub fn begin(&mut self, id: Uuid, mutation: Mutation, now: DateTime<Utc>) -> ClientFrame {
        let call = Call { id, mutation, since: now, is_carried_out: false };
        let frame = call.frame();
        self.0.push(call);
        frame
    }

    /// Removes and returns the call that this response ends, if there is one.
    pub fn finish(&mut self, response: &RpcResponse) -> Option<Call> {
        let place = self.0.iter().position(|call| call.id.to_string() == response.id)?;
        if response.success && response.done == Some(false) {
            return None;
        }
        Some(self.0.remove(place))
    }

    /// Whether any of these events belong to a call that is not yet marked as carried out.
    pub fn has_any_of(&self, events: &[Event]) -> bool {
        self.0.iter().any(|call| !call.is_carried_out && is_among(call, events))
    }

    /// Marks the calls that produced these events as carried out. The service sends the events before the response.
    pub fn mark_carried_out(&mut self, events: &[Event]) {
        for call in &mut self.0 {
            call.is_carried_out |= is_among(call, events);
        }
    }

    /// Requests whose events have not arrived yet, oldest first. Leaves out requests with a pending undo.
    pub fn expected(&self) -> impl Iterator<Item = &Mutation> {
        self.0.iter().filter(|call| !call.is_carried_out && !self.is_being_undone(call)).map(|call| &call.mutation)
    }

    /// The newest pending change of the timeline that has no pending undo.
    pub fn last_change(&self) -> Option<TxnId> {
        let counts = |call: &&Call| call.mutation.can_be_undone() && !self.is_being_undone(call);
        self.0.iter().rev().find(counts).map(Call::txn)
    }

    fn is_being_undone(&self, call: &Call) -> bool {
        self.0.iter().any(|other| other.mutation == Mutation::UndoOne(call.txn()))
    }

    /// Drops calls that must not be sent late. Returns whether there were any.
    pub fn drop_time_sensitive(&mut self) -> bool {
        let before = self.0.len();
        self.retain(|mutation| !mutation.is_time_sensitive());
        self.0.len() < before
    }

    /// Drops the calls that do not match. Their responses are ignored.
    pub fn retain(&mut self, stays: impl Fn(&Mutation) -> bool) {
        self.0.retain(|call| stays(&call.mutation));
    }

    /// The frames to send again on a new socket. Restarts the timeout of every call.
    pub fn unanswered(&mut self, now: DateTime<Utc>) -> Vec<ClientFrame> {
        self.0.iter_mut().for_each(|call| call.since = now);
        self.0.iter().map(Call::frame).collect()
    }

    /// The edits without a response, as a text to store. `None` if there are none.
    pub fn to_stored(&self) -> Option<String> {
        let edits: Vec<Value> = self
            .0
            .iter()
            .filter(|call| call.mutation.is_edit())
            .map(|call| json!([call.id, call.mutation.method(), call.mutation.argument()]))
            .collect();
        (!edits.is_empty()).then(|| Value::Array(edits).to_string())
    }

    /// Adds stored edits. Skips edits that are already there; adds nothing if the text cannot be read.
    pub fn restore(&mut self, stored: &str, now: DateTime<Utc>) {
        let edits: Vec<(Uuid, String, Value)> = wire::read(stored).unwrap_or_default();
        for (id, method, argument) in edits {
            if !self.0.iter().any(|call| call.id == id) {
                self.0.push(Call {
                    id,
                    mutation: Mutation::Restored(method, argument),
                    since: now,
                    is_carried_out: false,
                });
            }
        }
    }

    /// The number of edits without a response.
    pub fn edits(&self) -> usize {
        self.0.iter().filter(|call| call.mutation.is_edit()).count()
    }

    /// Whether any call has timed out.
    pub fn has_late(&self, now: DateTime<Utc>) -> bool {
        self.0.iter().any(|call| call.is_late(now))
    }

    /// Removes and returns the calls that have timed out.
    pub fn expire(&mut self, now: DateTime<Utc>) -> Vec<Call> {
        let late = self.0.iter().filter(|call| call.is_late(now)).cloned().collect();
        self.0.retain(|call| !call.is_late(now));
        late
    }

    /// Whether an edit of this block is pending.
    pub fn is_about(&self, block: BlockId) -> bool {
        self.0.iter().any(|call| call.mutation.block() == Some(block))
    }

    /// Whether a call that matches is pending.
    pub fn any(&self, fits: impl Fn(&Mutation) -> bool) -> bool {
        self.0.iter().any(|call| fits(&call.mutation))
    }
}

fn is_among(call: &Call, events: &[Event]) -> bool {
    events.iter().any(|event| event.txn == call.txn())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::UNIX_EPOCH
    }

    #[test]
    fn a_call_is_sent_again_until_its_response_arrives() {
        let mut calls = Calls::default();
        let block = BlockId::new(Uuid::from_u128(7));
        let frame = calls.begin(Uuid::from_u128(1), Mutation::Complete(block), now());
        assert_eq!(
            serde_json::to_value(&frame).unwrap(),
            json!({"type": "rpc", "id": Uuid::from_u128(1), "method": "completeBlock", "args": [{"id": block}]})
        );
        assert_eq!(calls.unanswered(now()), [frame]);
        assert!(calls.is_about(block));
        assert_eq!(calls.expected().count(), 1);

        assert_eq!(calls.finish(&RpcResponse::done("other", json!({"ok": true}))), None);
        let call = calls.finish(&RpcResponse::done(Uuid::from_u128(1).to_string(), json!({"ok": true}))).unwrap();
        assert_eq!(call.txn(), TxnId::new(Uuid::from_u128(1)));
        assert!(calls.unanswered(now()).is_empty() && !calls.is_about(block));
    }

    #[test]
    fn last_change_is_the_newest_pending_change_without_an_undo() {
        let block = BlockId::new(Uuid::from_u128(7));
        let txn = |id: u128| TxnId::new(Uuid::from_u128(id));
        let mut calls = Calls::default();
        assert_eq!(calls.last_change(), None);
        calls.begin(Uuid::from_u128(1), Mutation::Complete(block), now());
        calls.begin(Uuid::from_u128(2), Mutation::CreatePlan("Work".into()), now());
        calls.begin(Uuid::from_u128(3), Mutation::ChangeSettings(serde_json::Map::new()), now());
        assert_eq!(calls.last_change(), Some(txn(2)), "settings cannot be undone");
        calls.begin(Uuid::from_u128(4), Mutation::UndoOne(txn(2)), now());
        assert_eq!(calls.last_change(), Some(txn(1)));
        assert!(!calls.expected().any(|mutation| matches!(mutation, Mutation::CreatePlan(_))), "its undo is pending");
        calls.begin(Uuid::from_u128(5), Mutation::UndoOne(txn(1)), now());
        assert_eq!((calls.last_change(), calls.edits()), (None, 5));

        let mut restored = Calls::default();
        restored.restore(&calls.to_stored().unwrap(), now());
        restored.restore(&calls.to_stored().unwrap(), now());
        assert_eq!(restored.edits(), 5, "restoring twice adds each edit once");
        let again = restored.0.first().unwrap();
        assert_eq!((again.mutation.block(), again.mutation.can_be_undone()), (Some(block), true));
    }

    #[test]
    fn time_sensitive_calls_are_neither_stored_nor_sent_late() {
        let mut calls = Calls::default();
        calls.begin(Uuid::from_u128(1), Mutation::Undo, now());
        calls.begin(Uuid::from_u128(2), Mutation::CreatePlan("Work".into()), now());
        assert!(calls.to_stored().is_some_and(|stored| !stored.contains("undo")));
        assert!(calls.drop_time_sensitive() && !calls.drop_time_sensitive());
        assert_eq!(calls.unanswered(now()).len(), 1);
    }

    #[test]
    fn calls_of_another_timeline_are_not_sent() {
        let mut calls = Calls::default();
        calls.begin(Uuid::from_u128(1), Mutation::LoadCounts, now());
        calls.begin(Uuid::from_u128(2), Mutation::CreatePlan("Work".into()), now());
        calls.retain(|mutation| !mutation.is_edit());
        assert_eq!((calls.edits(), calls.unanswered(now()).len()), (0, 1));
        calls.retain(|_| false);
        assert!(calls.unanswered(now()).is_empty());
    }

    #[test]
    fn a_call_without_a_response_times_out() {
        let mut calls = Calls::default();
        calls.begin(Uuid::nil(), Mutation::Undo, now());
        assert!(calls.expire(now() + TimeDelta::seconds(30)).is_empty());
        assert_eq!(calls.expire(now() + TimeDelta::seconds(31)).len(), 1);
        assert!(!calls.any(|mutation| *mutation == Mutation::Undo));
    }
}
