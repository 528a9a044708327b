//! What the service needs from its platform: a clock, ids, timers, tasks, and the connections of one person. The Worker
//! implements it with a Durable Object, tests implement it in memory.

use std::fmt;
use std::rc::Rc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use flux_timeline::{EventId, RunId};
use futures::future::LocalBoxFuture;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::store::{Sql, Store, StoreError};
use crate::telemetry::{LogRecord, Span};
use flux_identity::Principal;

/// The platform of one object.
pub trait Host: Clone + 'static {
    /// Its database.
    type Sql: Sql + Clone;
    /// One of its connections.
    type Connection: Connection;

    /// The present moment. On Workers the clock does not advance while code runs, only with I/O.
    fn now(&self) -> DateTime<Utc>;
    /// A new UUID v7.
    fn uuid(&self) -> Uuid;
    /// Waits for a duration.
    fn sleep(&self, time: Duration) -> LocalBoxFuture<'static, ()>;
    /// Starts a task that goes on after the current event has been handled.
    fn spawn(&self, task: LocalBoxFuture<'static, ()>);
    /// Starts a workflow that drives a run of the architect, and ends the one before it. Its steps belong to `span`. Failures are
    /// logged, not returned: the object watches the run and starts another workflow.
    fn launch(&self, workflow: WorkflowId, span: Span);
    /// Ends a workflow if it can be reached. One that cannot learns from its next request that its run is over.
    fn call_off(&self, workflow: WorkflowId);
    /// Ends workflows and deletes what they have stored. Those that no longer exist count as deleted. An error says that at
    /// least one could not be deleted.
    fn discard(&self, workflows: Vec<WorkflowId>) -> LocalBoxFuture<'static, Result<(), String>>;
    /// Sets the object's alarm, replacing any earlier one; `None` deletes it. The alarm fires even if the object has been
    /// evicted. It is stored together with what was written to the database just before.
    fn wake_at(&self, at: Option<DateTime<Utc>>);
    /// All open connections. Asked for each frame that is sent, so it must be cheap.
    fn connections(&self) -> Rc<[Self::Connection]>;
    /// Writes a record to the service's log, with the span to which it belongs, and adds it to its metrics.
    fn log(&self, record: &LogRecord<'_>, span: Option<Span>);
    /// Whether today's tokens of the whole deployment are not used up, as far as this process knows. Without a budget they never are.
    fn budget_left(&self) -> bool {
        true
    }
    /// Counts tokens of the model for the budget of the deployment.
    fn spent(&self, _tokens: u64) {}
}

/// A client's connection.
pub trait Connection: Clone {
    /// What the object knows about it. Asked of each connection for each frame, so it must be cheap.
    fn info(&self) -> Rc<ConnectionInfo>;
    /// Sends a frame. A closing connection drops it.
    fn send(&self, frame: &str);
    /// Closes it. Clients do not reconnect after 1008 and 4000–4999, and reconnect after any other code.
    fn close(&self, code: u16, reason: &str);
}

/// What the object knows about a connection. It is stored with the connection while the object hibernates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionInfo {
    /// The connection's id, made by the server. Two connections can have the same client-made id (`_pk`).
    pub id: Uuid,
    /// The name under which the client addressed the object; `me` and the object's own name are the same object.
    pub name: String,
    /// Who connected, and what they may do.
    pub principal: Principal,
    /// Whether it follows events (`?sync=events`) or gets the state.
    pub follows_events: bool,
    /// The number of the last event that the client has from an earlier connection.
    pub after: Option<u64>,
    /// The log that `after` refers to, as the id of its first event. `None` means the log of this object.
    #[serde(default)]
    pub log: Option<EventId>,
}

/// Identifies a workflow that drives a run, or did. Its text form, `{nonce}-{run}-{number}`, is unique among the workflows of
/// all objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkflowId {
    /// The nonce of the object's database (`Store::nonce`). A run alone is not unique, since a log can be copied.
    pub nonce: String,
    /// The run.
    pub run: RunId,
    /// The attempt number, starting at 1.
    pub number: u64,
}

impl WorkflowId {
    /// The workflow that was started before it for the same run.
    #[must_use]
    pub fn before(&self) -> Option<Self> {
        let number = self.number.checked_sub(1).filter(|number| *number > 0)?;
        Some(Self { number, ..self.clone() })
    }

    /// The workflow that drives a run: the newest that was started for it.
    ///
    /// # Errors
    /// What the store can fail with.
    pub fn newest<S: Sql>(store: &Store<S>, run: RunId) -> Result<Self, StoreError> {
        Ok(Self { nonce: store.nonce()?, run, number: store.launches(run)? })
    }

    /// Reads the text form.
    pub fn read(name: &str) -> Option<Self> {
        let (nonce, rest) = name.split_once('-')?;
        let (run, number) = rest.rsplit_once('-')?;
        Some(Self { nonce: nonce.to_owned(), run: run.parse().ok()?, number: number.parse().ok()? })
    }
}

impl fmt::Display for WorkflowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}", self.nonce, self.run, self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workflow_id_is_read_from_its_name_and_fits_the_limits_of_cloudflare() {
        let id =
            WorkflowId { nonce: "0123456789abcdef".to_owned(), run: RunId::new(Uuid::from_u128(7)), number: u64::MAX };
        let name = id.to_string();
        assert!(name.len() <= 100 && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'), "{name}");
        assert_eq!(WorkflowId::read(&name).as_ref(), Some(&id));
        assert_eq!(id.before().map(|before| before.number), Some(u64::MAX - 1));
        assert_eq!(WorkflowId { number: 1, ..id }.before(), None);
        for wrong in ["", "a-b-c", "a-1", "00000000-0000-0000-0000-000000000007-1"] {
            assert_eq!(WorkflowId::read(wrong), None, "{wrong}");
        }
    }
}
