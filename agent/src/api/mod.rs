//! The one entry for every caller: a socket's RPC, a model's tool call and an HTTP request. It has no transport: a call by a
//! [`Principal`] comes in, and an [`Outcome`] comes out, which the caller turns into frames or JSON.
//!
//! Scopes and idempotency keys are checked here and nowhere else. The conversation itself is not a call (see `turn`);
//! it asks [`permit`] whether the principal may take part.
//!
//! | module | contents |
//! | --- | --- |
//! | `call` | the calls by name and arguments, and the scope that each needs |
//! | `outcome` | what a call returns |
//! | `error` | why a call fails |
//! | `action` | carries out a tool call or a command in one transaction |
//! | `pages` | questions with long answers: blocks, messages, and the log |
//! | `goals` | how a goal would be planned, and what of it is accepted |
//! | `reminders` | reminders that have come |
//! | `settings`, `fields` | arguments of calls that are not tools |
//! | `portable` | export, import, and deleting everything |
//! | `headers` | headers of every response, and what the body of a request may be |
//! | `cors` | which pages of other origins may use the service |
//! | `route` | addresses of the Worker and of the object |

pub mod action;
mod call;
pub mod cors;
mod error;
mod fields;
mod goals;
pub mod headers;
mod outcome;
mod pages;
mod portable;
mod reminders;
pub mod route;
mod settings;
#[cfg(test)]
mod tests;
mod times;

use chrono::{DateTime, Utc};
use flux_protocol::frame::ModelInfo;
use flux_timeline::command::Locale;
use flux_timeline::{Actor, BlockId, Command, ReadBlocks, ReadPlans, TxnId};
use flux_tools::report::Report;
use flux_tools::tool::ToolCall;
use uuid::Uuid;

use crate::json::value;
use crate::shown;
use crate::store::{IdUse, Sql, Store, StoreError};
use action::{Author, Done};
use flux_identity::{Principal, Scope};

pub use call::{Call, Question, When};
pub use error::ApiError;
pub use fields::PageFields;
pub(crate) use fields::given;
pub use outcome::{Answer, Change, Outcome};

/// The calls on one person's data.
pub struct Api<'a, S> {
    /// The data.
    pub store: &'a Store<S>,
    /// The present moment.
    pub now: DateTime<Utc>,
    /// Makes a new UUID.
    pub new_id: &'a dyn Fn() -> Uuid,
    /// The model that answers, which snapshots name.
    pub model: ModelInfo,
    /// Counts a call of the principal itself, and refuses one that is too many. It is not asked about a call that was carried out before.
    pub count: &'a dyn Fn() -> Result<(), ApiError>,
    /// Whether an answer is being written or waits to be. Nothing may replace all data meanwhile; other calls do not read it.
    pub is_answering: bool,
}

/// Where a call comes from.
#[derive(Debug, Clone, Copy)]
pub enum Origin<'a> {
    /// The principal itself.
    Direct {
        /// The idempotency key. It becomes the id of the transaction, so a second call with the same key finds the first in
        /// the log and is not carried out again. A call without a key is always carried out.
        key: Option<Uuid>,
    },
    /// The assistant, in a turn that the principal began.
    Turn {
        /// The request that the turn answers.
        request: &'a str,
        /// The id of the model's tool call.
        tool_call: &'a str,
        /// The transaction to which the change belongs. All changes of an answer share one.
        txn: TxnId,
    },
}

/// Checks that a principal has a scope.
///
/// # Errors
/// [`ApiError::Forbidden`] when it does not.
pub fn permit(principal: &Principal, scope: Scope) -> Result<(), ApiError> {
    if principal.has(scope) { Ok(()) } else { Err(ApiError::Forbidden(scope)) }
}

impl<S: Sql + Clone> Api<'_, S> {
    /// Carries out a call.
    ///
    /// # Errors
    /// [`ApiError`]; nothing is changed then. A command that the timeline rejects is not an error but a report.
    pub fn call(&self, principal: &Principal, call: Call, origin: Origin) -> Result<Outcome, ApiError> {
        permit(principal, call.scope())?;
        // The others are counted where their key is looked up.
        if !call.has_author() {
            (self.count)()?;
        }
        match call {
            Call::Tool(tool) => self.tool(&tool, origin, |_| Ok(())),
            Call::Command(command) => self.command(&command, origin),
            Call::SetSettings(update) => {
                let outcome = self.command(&Command::ChangeSettings(update), origin)?;
                match outcome.answer {
                    Answer::Report(ref report) if !report.ok => Ok(outcome),
                    _ => Ok(Outcome { answer: Answer::Value(value(&self.store.settings()?)), ..outcome }),
                }
            }
            Call::ReportLocale(locale) => self.learn(locale),
            Call::DeleteEverything => self.delete_everything(),
            Call::Import(part) => self.import(&part),
            Call::CancelImport => self.cancel_import(),
            Call::DismissReminder(block) => self.dismiss(block),
            Call::Ask(question) => self.answer(question).map(Outcome::of),
            Call::Account(call) => self.account(principal, call),
        }
    }

    /// Carries out a tool call. `along` runs in the same transaction and gets the report, so that what it writes is kept
    /// exactly when the change is.
    ///
    /// # Errors
    /// As [`Api::call`], and what `along` returns.
    pub fn call_tool(
        &self,
        principal: &Principal,
        tool: &ToolCall,
        origin: Origin,
        along: impl FnOnce(&Report) -> Result<(), StoreError>,
    ) -> Result<Outcome, ApiError> {
        permit(principal, call::tool_scope(tool))?;
        self.tool(tool, origin, along)
    }

    fn tool(
        &self,
        tool: &ToolCall,
        origin: Origin,
        along: impl FnOnce(&Report) -> Result<(), StoreError>,
    ) -> Result<Outcome, ApiError> {
        let outcome = self.change(origin, |author| {
            let made = self.id_of_new(tool, origin, author)?;
            Ok(action::call(self.store, tool, author, self.now, (made, self.new_id), along)?)
        })?;
        // Reminders that have come are not part of the log.
        Ok(match tool {
            ToolCall::SnoozeReminder(_) => Outcome { change: Change::Reminders, ..outcome },
            _ => outcome,
        })
    }

    fn command(&self, command: &Command, origin: Origin) -> Result<Outcome, ApiError> {
        self.change(origin, |author| {
            if let Command::Restore { seq } = command {
                self.store.look(*seq, self.now)?;
            }
            Ok(action::command(self.store, command, author, self.now, self.new_id)?)
        })
    }

    fn learn(&self, locale: Locale) -> Result<Outcome, ApiError> {
        let learn = |store: &_| action::learn_within(store, locale, self.now, self.new_id);
        let done = self.store.sql_transaction(learn)?;
        let answer = Answer::Value(value(&self.store.settings()?));
        Ok(Outcome { answer, change: Change::Events(done.events) })
    }

    fn change(
        &self,
        origin: Origin,
        change: impl FnOnce(&Author) -> Result<Done, ApiError>,
    ) -> Result<Outcome, ApiError> {
        let Some(author) = self.author(origin)? else {
            return Ok(Outcome { answer: Answer::Repeated, change: Change::Events(Vec::new()) });
        };
        let Done { report, events } = change(&author)?;
        Ok(Outcome { answer: Answer::Report(Box::new(report)), change: Change::Events(events) })
    }

    /// The id of what a tool call makes. A block that a person schedules has the id of its call, so that a client can go on
    /// editing it before it gets the answer.
    fn id_of_new(&self, tool: &ToolCall, origin: Origin, author: &Author) -> Result<Uuid, StoreError> {
        let block = BlockId::new(author.txn.uuid());
        let has_key = matches!(origin, Origin::Direct { key: Some(_) }) && matches!(tool, ToolCall::ScheduleBlock(_));
        let is_free = has_key && self.store.stored_block(block)?.is_none();
        Ok(if is_free { block.uuid() } else { (self.new_id)() })
    }

    /// On whose account the call changes something, and in which transaction; `None` when a call with its idempotency key
    /// was carried out before. Any other call of the principal itself is counted.
    ///
    /// The id of a goal cannot be a key: it is the id of the transaction that adds the goal's tasks.
    fn author(&self, origin: Origin) -> Result<Option<Author>, ApiError> {
        let key = match origin {
            Origin::Turn { request, tool_call, txn } => {
                let actor = Actor::Assistant { turn: request.to_owned(), tool_call: tool_call.to_owned() };
                return Ok(Some(Author { actor, txn }));
            }
            Origin::Direct { key: None } => {
                (self.count)()?;
                return Ok(Some(Author { actor: Actor::User, txn: TxnId::new((self.new_id)()) }));
            }
            Origin::Direct { key: Some(key) } => key,
        };
        match self.store.id_use(key).map_err(ApiError::Unsure)? {
            IdUse::Run => {
                let error =
                    "The id of this call is that of a goal. Nothing was changed; give each call an id of its own.";
                Err(ApiError::Arguments(error.to_owned()))
            }
            IdUse::Transaction => Ok(None),
            IdUse::None => {
                (self.count)()?;
                Ok(Some(Author { actor: Actor::User, txn: TxnId::new(key) }))
            }
        }
    }

    fn answer(&self, question: Question) -> Result<serde_json::Value, ApiError> {
        match question {
            Question::Timeline => Ok(value(&shown::snapshot(self.store, self.now, self.model.clone())?)),
            Question::TimelineAt { when, from } => {
                let seq = match when {
                    When::Seq(seq) => seq,
                    When::At(at) => self.store.seq_at(at)?,
                };
                self.store.look(seq, self.now)?;
                Ok(value(&shown::at(self.store, seq, from)?))
            }
            Question::Events(query) => pages::events(self.store, &query),
            Question::Blocks(fields) => pages::blocks(self.store, *fields),
            Question::Times(command) => times::suggest(self.store, &command, self.now),
            Question::Goals => Ok(value(&shown::goals(self.store, self.now)?)),
            Question::Preview(call) => goals::preview(self.store, &call, self.now),
            Question::Counts => Ok(value(&self.store.counts()?)),
            Question::Messages { before, limit } => pages::messages(self.store, before.as_deref(), limit),
            Question::Settings => Ok(value(&self.store.settings()?)),
            Question::Import => Ok(value(&self.store.import_progress()?)),
        }
    }
}
