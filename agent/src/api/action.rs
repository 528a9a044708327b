//! Carries out a tool call or a command on a store, in one transaction. It checks no scopes: [`Api`](super::Api) does.

use chrono::{DateTime, Utc};
use flux_timeline::Moment;
use flux_timeline::command::Locale;
use flux_timeline::decide::{Context, DecideError, decide};
use flux_timeline::{Actor, Command, Event, EventId, PlanId, ReadPlans, Source, Title, TxnId, query};
use flux_tools::report::Report;
use flux_tools::tool::{Action, ToolCall, ToolContext};
use uuid::Uuid;

use super::reminders;
use crate::store::{Sql, Store, StoreError, Transaction};

/// Title of a person's first plan.
const FIRST_PLAN: &str = "My plan";

/// On whose account a change is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// Who makes it.
    pub actor: Actor,
    /// The transaction that it belongs to.
    pub txn: TxnId,
}

impl Author {
    fn source(&self) -> Source {
        match self.actor {
            Actor::Assistant { .. } => Source::Assistant,
            Actor::Workflow { .. } => Source::Architect,
            Actor::User | Actor::System => Source::User,
        }
    }
}

/// The result of a call.
#[derive(Debug, Clone, PartialEq)]
pub struct Done {
    /// The report for the caller.
    pub report: Report,
    /// The events that were appended to the log. Empty for questions and rejections.
    pub events: Vec<Event>,
}

/// Carries out a tool call in one SQLite transaction, which covers its reads, its events, and what `along` writes. If the call
/// makes something, `made` becomes its id.
///
/// # Errors
/// When the store fails; nothing is kept then. A rejection is not an error but a report.
pub fn call<S: Sql>(
    store: &Store<S>,
    call: &ToolCall,
    author: &Author,
    now: DateTime<Utc>,
    (made, new_id): (Uuid, &dyn Fn() -> Uuid),
    along: impl FnOnce(&Report) -> Result<(), StoreError>,
) -> Result<Done, StoreError> {
    store.sql_transaction(|store| {
        let settings = store.settings()?;
        let moment = Moment::new(now, &settings);
        let done = match call.action(&ToolContext { now, zone: settings.zone(), new_id: made }) {
            Err(error) => Done { report: Report::of_tool_error(&error), events: Vec::new() },
            Ok(Action::Query(query)) => {
                let report = match query::answer(store, &query) {
                    Ok(answer) => Report::of_answer(&answer, &moment),
                    Err(DecideError::Rejected(rejection)) => Report::of_rejection(&rejection, &moment),
                    Err(DecideError::View(error)) => return Err(error),
                };
                Done { report, events: Vec::new() }
            }
            Ok(Action::Snooze { block, minutes }) => {
                let report = reminders::snooze(store, block.as_ref(), minutes, (now, &moment))?;
                Done { report, events: Vec::new() }
            }
            Ok(Action::Command(command)) => decided(store, &command, author, (now, &moment), new_id)?,
        };
        along(&done.report)?;
        Ok(done)
    })
}

/// Carries out a command in one SQLite transaction.
///
/// # Errors
/// When the store fails; nothing is kept then.
pub fn command<S: Sql>(
    store: &Store<S>,
    command: &Command,
    author: &Author,
    now: DateTime<Utc>,
    new_id: &dyn Fn() -> Uuid,
) -> Result<Done, StoreError> {
    store.sql_transaction(|store| command_within(store, command, author, now, new_id))
}

/// Makes a person's first plan, if there is no plan. Must run within a transaction.
///
/// # Errors
/// When the store fails.
pub fn open_timeline_within<S: Sql>(
    store: &Store<S>,
    now: DateTime<Utc>,
    new_id: &dyn Fn() -> Uuid,
) -> Result<(), StoreError> {
    let Ok(title) = Title::new(FIRST_PLAN) else { return Ok(()) };
    let open = Command::OpenTimeline { id: PlanId::new(new_id()), title };
    let author = Author { actor: Actor::System, txn: TxnId::new(new_id()) };
    command_within(store, &open, &author, now, new_id).map(drop)
}

/// Takes the time zone and the conventions of the locale that a client reports, unless a zone is known. The log does not record it as
/// an act of the person. Must run within a transaction.
///
/// # Errors
/// When the store fails.
pub fn learn_within<S: Sql>(
    store: &Store<S>,
    locale: Locale,
    now: DateTime<Utc>,
    new_id: &dyn Fn() -> Uuid,
) -> Result<Done, StoreError> {
    let author = Author { actor: Actor::System, txn: TxnId::new(new_id()) };
    command_within(store, &Command::LearnLocale(locale), &author, now, new_id)
}

/// Carries out a command. Must run within a transaction.
///
/// # Errors
/// When the store fails.
pub fn command_within<S: Sql>(
    store: &Store<S>,
    command: &Command,
    author: &Author,
    now: DateTime<Utc>,
    new_id: &dyn Fn() -> Uuid,
) -> Result<Done, StoreError> {
    decided(store, command, author, (now, &Moment::new(now, &store.settings()?)), new_id)
}

fn decided<S: Sql>(
    store: &Store<S>,
    command: &Command,
    author: &Author,
    (now, moment): (DateTime<Utc>, &Moment),
    new_id: &dyn Fn() -> Uuid,
) -> Result<Done, StoreError> {
    match decide(store, command, &Context { now, source: author.source() }) {
        Ok(decision) => {
            let report = Report::of_decision(&decision, moment);
            let transaction = Transaction {
                id: author.txn,
                at: flux_timeline::span::to_millis(now),
                actor: author.actor.clone(),
                kinds: decision.events,
            };
            let events = store.append(transaction, || EventId::new(new_id()))?;
            store.plan_jobs(&events, now)?;
            Ok(Done { report, events })
        }
        Err(DecideError::Rejected(rejection)) => {
            Ok(Done { report: Report::of_rejection(&rejection, moment), events: Vec::new() })
        }
        Err(DecideError::View(error)) => Err(error),
    }
}
