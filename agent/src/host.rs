//! What the service needs of its platform: a clock, ids, timers, tasks, and the connections of one person. The Worker
//! implements it on a Durable Object, tests on nothing but memory.

use std::time::Duration;

use chrono::{DateTime, Utc};
use flux_tools::RunId;
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
    fn launch(&self, run: RunId, number: u64);
    /// Ends a workflow, as far as it can be reached. It learns by itself that its run is over.
    fn call_off(&self, run: RunId, number: u64);
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
}
