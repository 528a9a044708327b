//! What the service needs of its platform: a clock, ids, timers, tasks, and the connections of one person. The Worker
//! implements it on a Durable Object, tests on nothing but memory.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, Utc};
use flux_timeline::{EventId, RunId};
use futures::future::LocalBoxFuture;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::store::Sql;

/// The platform of one object.
pub trait Host: Clone + 'static {
    /// Its database.
    type Sql: Sql + Clone;
    /// One of its connections.
    type Connection: Connection;

    /// The present moment. On Workers it stands still between two events.
    fn now(&self) -> DateTime<Utc>;
    /// A new UUID v7.
    fn uuid(&self) -> Uuid;
    /// Waits.
    fn sleep(&self, time: Duration) -> LocalBoxFuture<'static, ()>;
    /// Starts a task that outlives the event which starts it.
    fn spawn(&self, task: LocalBoxFuture<'static, ()>);
    /// Starts a workflow that drives a run of the architect, and ends the one before it. What fails is logged: the run is
    /// watched, and another workflow is started.
    fn launch(&self, workflow: WorkflowId);
    /// Ends a workflow, as far as it can be reached. It learns by itself that its run is over.
    fn call_off(&self, workflow: WorkflowId);
    /// Wakes the object at this moment, also if it sleeps by then; an earlier wish is forgotten.
    fn wake_at(&self, at: DateTime<Utc>);
    /// All open connections.
    fn connections(&self) -> Vec<Self::Connection>;
    /// Writes a line to the service's log.
    fn log(&self, line: &str);
}

/// A client's connection.
pub trait Connection: Clone {
    /// What is known of it.
    fn info(&self) -> ConnectionInfo;
    /// Sends a frame. A connection that is closing drops it.
    fn send(&self, frame: &str);
    /// Closes it. 1008 and 4000–4999 are final for clients, any other code makes them come back.
    fn close(&self, code: u16, reason: &str);
}

/// What is known of a connection, kept with it while the object sleeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionInfo {
    /// Made by the server for each connection: what clients send (`_pk`) can be the same for two of them.
    pub id: Uuid,
    /// The name under which the client addressed the object; `me` and the object's own name are the same object.
    pub name: String,
    /// Whether it follows events (`?sync=events`) or gets the state.
    pub follows_events: bool,
    /// The last event that it has, from an earlier connection.
    pub after: Option<u64>,
    /// Of which log: the id of its first event. Without one it is taken to be ours.
    #[serde(default)]
    pub log: Option<EventId>,
}

/// Which workflow: one that drives a run, or did. In words, `{nonce}-{run}-{number}`, it is its name among those of all
/// objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkflowId {
    /// What only the database of its object has (`Store::nonce`): a run can be in several, since a log can be copied.
    pub nonce: String,
    /// The run.
    pub run: RunId,
    /// The how manieth of those that were started for the run, from 1 on.
    pub number: u64,
}

impl WorkflowId {
    /// The one that was started before it for the same run.
    #[must_use]
    pub fn before(&self) -> Option<Self> {
        let number = self.number.checked_sub(1).filter(|number| *number > 0)?;
        Some(Self { number, ..self.clone() })
    }

    /// Reads a name.
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
    fn a_workflow_is_read_by_its_name_which_cloudflare_takes() {
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
