//! The agent of one person: its parts, how it is opened, and how calls reach its data.
//!
//! What it does is in other modules: `connections` (sockets), `api` (calls), `turn` (chat requests), `architect` (goals), `jobs`
//! (what is due later).
//! They follow the rules of the agents protocol (`flux-protocol`). Where the reference implementation loses or repeats
//! something, they take the better behaviour that its clients allow, and a test says so.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use chrono::{DateTime, Utc};
use flux_protocol::frame::ModelInfo;
use uuid::Uuid;

use crate::account::AccountCall;
use crate::api::action;
use crate::api::{Answer, Api, ApiError, Call, Origin, permit};
use crate::architect::RunLimits;
use crate::assistant::Assistant;
use crate::host::Host;
use crate::limits::{Limits, ProviderLimits, Refused, Used};
use crate::prompt::{Candidate, Prompt, Prompts};
use crate::setting::Lookup;
use crate::store::{Export, ImportPart, Store, StoreError, TurnState};
use crate::telemetry::{Fault, LogRecord, Name, Span};
use crate::turn::TurnLimits;
use crate::turn::live::Live;
use flux_identity::{Principal, Scope};

/// The agent of one person. Clones are the same agent.
pub struct ChatAgent<H: Host>(pub(crate) Rc<Inner<H>>);

impl<H: Host> Clone for ChatAgent<H> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

/// How an agent is set up.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Options {
    /// Limits of a turn.
    pub turn: TurnLimits,
    /// Limits of a run of the architect.
    pub run: RunLimits,
    /// What a person may use.
    pub limits: ProviderLimits,
    /// The prompts.
    pub prompts: Prompts,
    /// A prompt that replaces the system prompt in a share of turns, to compare the two.
    pub candidate: Option<Candidate>,
}

impl Options {
    /// Reads the options from variables, as `wrangler.toml` sets them. A missing variable leaves its default.
    ///
    /// # Errors
    /// A sentence about the first variable that cannot be used.
    pub fn from_lookup(lookup: Lookup) -> Result<Self, String> {
        Ok(Self {
            turn: TurnLimits::from_lookup(lookup)?,
            run: RunLimits::from_lookup(lookup)?,
            limits: ProviderLimits::from_lookup(lookup)?,
            prompts: Prompts::current(),
            candidate: Candidate::from_lookup(lookup)?,
        })
    }

    /// The system prompt of the turns that answer a message. It is the same each time that the message is answered.
    pub fn system_for(&self, message: &str) -> &'static Prompt {
        match self.candidate {
            Some(candidate) if candidate.takes(message) => candidate.prompt,
            _ => self.prompts.system,
        }
    }
}

/// The parts of an agent.
pub(crate) struct Inner<H: Host> {
    pub host: H,
    pub store: Store<H::Sql>,
    pub model: Rc<dyn Assistant>,
    pub options: Options,
    /// What the person has used lately.
    pub used: Used,
    /// The turn that streams.
    pub live: RefCell<Option<Live>>,
    /// Connections that were offered a replay and have not acknowledged it. They get no chat frames until they do.
    pub resuming: RefCell<Vec<Uuid>>,
    /// The connection that shows the continuation which is queued or streams, once one has asked.
    pub resumer: Cell<Option<Uuid>>,
    /// Whether a timer will send the state.
    pub is_state_due: Cell<bool>,
    /// Whether there were reminders when they were last sent.
    pub reminding: Cell<bool>,
    /// Whether there were goals when they were last sent.
    pub has_goals: Cell<bool>,
    /// What this process has set the alarm to, until it rings.
    pub alarm: Cell<Option<DateTime<Utc>>>,
    /// The span to which belongs what is done now, if it is known.
    pub span: Cell<Option<Span>>,
}

impl<H: Host> ChatAgent<H> {
    /// Opens a person's data and goes on with what a process that died has left: a stream that was under way ends as
    /// interrupted, with the text that was shown; what was approved is carried out; requests that wait begin; and what is due is
    /// done.
    ///
    /// # Errors
    /// When the store fails.
    pub fn open(host: H, sql: H::Sql, model: Rc<dyn Assistant>, options: Options) -> Result<Self, StoreError> {
        let store = Store::open(sql)?;
        let agent = Self(Rc::new(Inner {
            host,
            store,
            model,
            options,
            used: Used::default(),
            live: RefCell::default(),
            resuming: RefCell::default(),
            resumer: Cell::default(),
            is_state_due: Cell::default(),
            reminding: Cell::default(),
            has_goals: Cell::default(),
            alarm: Cell::default(),
            span: Cell::default(),
        }));
        agent.make_first_plan()?;
        let has_open_turns = agent.recover_turns()?;
        agent.plan_rebuild()?;
        agent.plan_past()?;
        agent.0.store.resume_mornings(agent.0.host.now())?;
        agent.0.store.resume_jobs(agent.0.host.now())?;
        agent.wake()?;
        if has_open_turns {
            agent.start_next();
        }
        Ok(agent)
    }

    /// Counts a frame of a connection, before it is read: `bytes` is its size, as far as that is known without reading it.
    ///
    /// # Errors
    /// What becomes of a frame that exceeds a limit.
    pub fn take_frame(&self, principal: &Principal, bytes: usize) -> Result<(), Refused> {
        if !principal.limited {
            return Ok(());
        }
        let taken = self.0.used.frame(self.limits_of(principal), bytes, self.0.host.now());
        taken.inspect_err(|refused| {
            if *refused != Refused::Silently {
                self.limited("frames");
            }
        })
    }

    /// Counts a request of so many bytes.
    ///
    /// # Errors
    /// [`ApiError::TooMany`] if it exceeds a limit.
    pub fn take_request(&self, principal: &Principal, bytes: usize) -> Result<(), ApiError> {
        if !principal.limited {
            return Ok(());
        }
        let taken = self.0.used.request(self.limits_of(principal), bytes, self.0.host.now());
        taken.inspect_err(|_| self.limited("frames")).map_err(ApiError::TooMany)
    }

    /// Counts a part of a file for import, of so many bytes.
    ///
    /// # Errors
    /// [`ApiError::TooMany`] if it exceeds a limit.
    pub fn take_import(&self, principal: &Principal, bytes: usize) -> Result<(), ApiError> {
        if !principal.limited {
            return Ok(());
        }
        let taken = self.0.used.import(self.limits_of(principal), bytes, self.0.host.now());
        taken.inspect_err(|_| self.limited("imports")).map_err(ApiError::TooMany)
    }

    /// What a principal may use.
    pub(crate) fn limits_of(&self, principal: &Principal) -> &Limits {
        self.0.options.limits.of(principal.subject.provider)
    }

    /// Whether one more connection may be opened.
    pub fn has_room_for(&self, principal: &Principal) -> bool {
        let most = self.limits_of(principal).sockets;
        let has_room = !principal.limited || most == 0 || self.0.host.connections().len() < most;
        if !has_room {
            self.limited("sockets");
        }
        has_room
    }

    /// Carries out a call. Everyone who follows events is sent what it changed before this returns.
    ///
    /// # Errors
    /// [`ApiError`]; nothing is changed then.
    pub fn call(&self, principal: &Principal, call: Call, origin: Origin) -> Result<Answer, ApiError> {
        let host = &self.0.host;
        permit(principal, call.scope())?;
        let is_answering = call.replaces_everything() && self.is_answering()?;
        let (looks_back, asks_model) = (call.looks_back(), call.asks_model());
        let is_change = principal.limited && counts_as_change(&call);
        let count = || self.take_call(principal, is_change, asks_model);
        let outcome = self.api(&|| host.uuid(), &count, is_answering).call(principal, call, origin);
        if looks_back {
            // It may have stored a job.
            self.set_alarm();
        }
        let outcome = outcome?;
        self.announce(outcome.change);
        Ok(outcome.answer)
    }

    /// Counts a call, if it changes something or makes the model plan a goal.
    fn take_call(&self, principal: &Principal, is_change: bool, asks_model: bool) -> Result<(), ApiError> {
        if is_change {
            let taken = self.0.used.change(self.limits_of(principal), self.0.host.now());
            taken.inspect_err(|_| self.limited("changes")).map_err(ApiError::TooMany)?;
        }
        if asks_model {
            self.take_turn(principal, "The goal was not started")?.map_err(|refusal| ApiError::Allowance {
                error: refusal.error,
                wait: refusal.retry_after.unwrap_or_default(),
            })?;
        }
        Ok(())
    }

    /// Imports a part of an exported file. A long file is checked by a job after the last part.
    ///
    /// # Errors
    /// [`ApiError`]; nothing is changed then.
    pub fn import(&self, principal: &Principal, part: ImportPart) -> Result<Answer, ApiError> {
        let answer = self.call(principal, Call::Import(part), Origin::Direct { key: None })?;
        if let Err(error) = self.plan_import()
            && !answer.is_finished_import()
        {
            // Nothing would go on with it.
            self.0.store.cancel_import()?;
            return Err(error.into());
        }
        self.set_alarm();
        Ok(answer)
    }

    /// Exports everything as one file, which is read in pieces.
    ///
    /// # Errors
    /// As [`Api::export`].
    pub fn export(&self, principal: &Principal) -> Result<Export<H::Sql>, ApiError> {
        let host = &self.0.host;
        self.api(&|| host.uuid(), &|| Ok(()), false).export(principal)
    }

    /// The person's data.
    pub fn store(&self) -> &Store<H::Sql> {
        &self.0.store
    }

    /// The model that answers.
    pub fn model(&self) -> ModelInfo {
        let id = self.0.model.id();
        ModelInfo { provider: id.provider, name: id.name }
    }

    fn api<'a>(
        &'a self,
        new_id: &'a dyn Fn() -> Uuid,
        count: &'a dyn Fn() -> Result<(), ApiError>,
        is_answering: bool,
    ) -> Api<'a, H::Sql> {
        Api { store: &self.0.store, now: self.0.host.now(), new_id, count, model: self.model(), is_answering }
    }

    fn is_answering(&self) -> Result<bool, StoreError> {
        Ok(self.0.live.borrow().is_some() || !self.0.store.turns(TurnState::Queued)?.is_empty())
    }

    /// Makes the first plan, if there is none.
    pub(crate) fn make_first_plan(&self) -> Result<(), StoreError> {
        let host = &self.0.host;
        self.0.store.sql_transaction(|store| action::open_timeline_within(store, host.now(), &|| host.uuid()))
    }

    /// Does something as a part of a span: what it reports belongs to the span, and so do the runs that it starts.
    pub fn within<T>(&self, span: Option<Span>, work: impl FnOnce() -> T) -> T {
        let before = self.0.span.replace(span);
        let done = work();
        self.0.span.set(before);
        done
    }

    /// Reports something.
    pub(crate) fn log(&self, record: &LogRecord<'_>) {
        self.0.host.log(record, self.0.span.get());
    }

    /// Reports that something failed.
    pub(crate) fn fault(&self, at: Name, fault: impl Into<Fault>) {
        self.log(&LogRecord::Fault { at, fault: fault.into() });
    }

    /// Reports that a limit was exceeded.
    pub(crate) fn limited(&self, limit: Name) {
        self.log(&LogRecord::Limited { limit });
    }
}

/// Whether a call counts as a change, for who has to keep to limits. Parts of files count by their size.
fn counts_as_change(call: &Call) -> bool {
    let counts_otherwise = matches!(call, Call::Account(AccountCall::Show) | Call::Import(_) | Call::CancelImport);
    call.scope() != Scope::Read && !counts_otherwise
}
