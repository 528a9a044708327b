//! Direct edits: calls to the service without a model, from the click to the answer. Pure.
//!
//! A call's id is a UUID and becomes the transaction's, so a call whose answer was lost with the socket is sent again with
//! the same id and carried out once.
//!
//! | module | what lives there |
//! | --- | --- |
//! | [`mutation`] | requests to the service, and their form on the wire |
//! | [`answer`] | what came of it |

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

/// How long an answer is waited for.
const PATIENCE: TimeDelta = TimeDelta::seconds(30);

/// A call that is not answered yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// Its id, which its transaction has too.
    pub id: Uuid,
    /// What is wanted.
    pub mutation: Mutation,
    since: DateTime<Utc>,
    /// Its events came before its answer.
    is_carried_out: bool,
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
            method: self.mutation.method().to_owned(),
            args: vec![self.mutation.argument()],
        }
    }
}

/// The calls that are not answered yet.
#[derive(Debug, Default)]
pub struct Calls(Vec<Call>);

impl Calls {
    /// Begins a call; gives what is to be sent.
    pub fn begin(&mut self, id: Uuid, mutation: Mutation, now: DateTime<Utc>) -> ClientFrame {
        let call = Call { id, mutation, since: now, is_carried_out: false };
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
        let answer = Answer::new(&call.mutation, response);
        Some((call, answer))
    }

    /// Whether some of these events are what a call came to.
    pub fn has_any_of(&self, events: &[Event]) -> bool {
        self.0.iter().any(|call| !call.is_carried_out && is_among(call, events))
    }

    /// Notes that calls came to these events, which the service tells before it answers.
    pub fn happened(&mut self, events: &[Event]) {
        for call in &mut self.0 {
            call.is_carried_out |= is_among(call, events);
        }
    }

    /// What was asked for and has not come to an event yet, oldest first; not what is to be taken back again.
    pub fn expected(&self) -> impl Iterator<Item = &Mutation> {
        self.0.iter().filter(|call| !call.is_carried_out && !self.is_taken_back(call)).map(|call| &call.mutation)
    }

    /// The newest change of the timeline that is on its way, and not to be taken back yet.
    pub fn last_change(&self) -> Option<TxnId> {
        let counts = |call: &&Call| call.mutation.can_be_taken_back() && !self.is_taken_back(call);
        self.0.iter().rev().find(counts).map(Call::txn)
    }

    fn is_taken_back(&self, call: &Call) -> bool {
        self.0.iter().any(|other| other.mutation == Mutation::UndoOne(call.txn()))
    }

    /// Lets go of calls that must not come late. Whether there were some.
    pub fn drop_late(&mut self) -> bool {
        let before = self.0.len();
        self.0.retain(|call| !call.mutation.is_of_the_moment());
        self.0.len() < before
    }

    /// What is to be sent again on a new socket. The wait for an answer begins anew.
    pub fn unanswered(&mut self, now: DateTime<Utc>) -> Vec<ClientFrame> {
        self.0.iter_mut().for_each(|call| call.since = now);
        self.0.iter().map(Call::frame).collect()
    }

    /// The edits that are not answered yet, as a text that can be kept; none without any.
    pub fn kept(&self) -> Option<String> {
        let edits: Vec<Value> = self
            .0
            .iter()
            .filter(|call| call.mutation.is_edit())
            .map(|call| json!([call.id, call.mutation.method(), call.mutation.argument()]))
            .collect();
        (!edits.is_empty()).then(|| Value::Array(edits).to_string())
    }

    /// Takes in edits that were kept, each once. What cannot be read is left out.
    pub fn restore(&mut self, kept: &str, now: DateTime<Utc>) {
        let edits: Vec<(Uuid, String, Value)> = wire::read(kept).unwrap_or_default();
        for (id, method, argument) in edits {
            if !self.0.iter().any(|call| call.id == id) {
                self.0.push(Call {
                    id,
                    mutation: Mutation::Again(method, argument),
                    since: now,
                    is_carried_out: false,
                });
            }
        }
    }

    /// Edits that are not answered yet.
    pub fn edits(&self) -> usize {
        self.0.iter().filter(|call| call.mutation.is_edit()).count()
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

    /// Whether an edit of this block is on its way.
    pub fn is_about(&self, block: BlockId) -> bool {
        self.0.iter().any(|call| call.mutation.block() == Some(block))
    }

    /// Whether a call that fits is on its way.
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
    fn a_call_is_sent_as_the_service_reads_it_and_again_until_it_is_answered() {
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

        assert_eq!(calls.finish(RpcResponse::done("other", json!({"ok": true}))), None);
        let (call, answer) =
            calls.finish(RpcResponse::done(Uuid::from_u128(1).to_string(), json!({"ok": true}))).unwrap();
        assert_eq!(call.txn(), TxnId::new(Uuid::from_u128(1)));
        assert!(matches!(answer, Answer::Done { .. }));
        assert!(calls.unanswered(now()).is_empty() && !calls.is_about(block));
    }

    #[test]
    fn what_is_taken_back_on_its_way_is_the_newest_change_and_no_other() {
        let block = BlockId::new(Uuid::from_u128(7));
        let txn = |id: u128| TxnId::new(Uuid::from_u128(id));
        let mut calls = Calls::default();
        assert_eq!(calls.last_change(), None);
        calls.begin(Uuid::from_u128(1), Mutation::Complete(block), now());
        calls.begin(Uuid::from_u128(2), Mutation::CreatePlan("Work".into()), now());
        calls.begin(Uuid::from_u128(3), Mutation::ChangeSettings(serde_json::Map::new()), now());
        assert_eq!(calls.last_change(), Some(txn(2)), "settings cannot be taken back");
        calls.begin(Uuid::from_u128(4), Mutation::UndoOne(txn(2)), now());
        assert_eq!(calls.last_change(), Some(txn(1)));
        assert!(
            !calls.expected().any(|mutation| matches!(mutation, Mutation::CreatePlan(_))),
            "it will have been nothing"
        );
        calls.begin(Uuid::from_u128(5), Mutation::UndoOne(txn(1)), now());
        assert_eq!((calls.last_change(), calls.edits()), (None, 5));

        let mut kept = Calls::default();
        kept.restore(&calls.kept().unwrap(), now());
        kept.restore(&calls.kept().unwrap(), now());
        assert_eq!(kept.edits(), 5, "by another page, too");
        let again = kept.0.first().unwrap();
        assert_eq!((again.mutation.block(), again.mutation.can_be_taken_back()), (Some(block), true));
    }

    #[test]
    fn what_means_the_moment_is_not_sent_late() {
        let mut calls = Calls::default();
        calls.begin(Uuid::from_u128(1), Mutation::Undo, now());
        calls.begin(Uuid::from_u128(2), Mutation::CreatePlan("Work".into()), now());
        assert!(calls.kept().is_some_and(|kept| !kept.contains("undo")));
        assert!(calls.drop_late() && !calls.drop_late());
        assert_eq!(calls.unanswered(now()).len(), 1);
    }

    #[test]
    fn every_refusal_is_a_sentence() {
        let refused = |response: RpcResponse| {
            let mut calls = Calls::default();
            calls.begin(Uuid::nil(), Mutation::Undo, now());
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
        calls.begin(Uuid::nil(), Mutation::Undo, now());
        assert!(calls.expire(now() + TimeDelta::seconds(30)).is_empty());
        assert_eq!(calls.expire(now() + TimeDelta::seconds(31)).len(), 1);
        assert!(!calls.any(|mutation| *mutation == Mutation::Undo));
    }
}
