//! Who may use a timeline: what its object decides about principals and subjects.

use chrono::{DateTime, Utc};
use flux_protocol::close::SERVICE_RESTART;

use crate::agent::ChatAgent;
use crate::host::{Connection as _, Host};
use crate::store::{SessionRecord, Sql, Store, StoreError};
use flux_identity::request::{TimelineReply, TimelineRequest};
use flux_identity::{ObjectId, Principal, Subject, Via};

/// Why a principal may not use a timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It belongs to somebody else.
    #[error("This timeline belongs to somebody else.")]
    NotYours,
    /// Somebody has signed in as the guest, whose token no longer opens it.
    #[error("This timeline has an account now. Sign in; a program needs an access token from its settings.")]
    HasAccount,
    /// The session has ended.
    #[error("You are signed out.")]
    SignedOut,
    /// The access token has ended, or was revoked.
    #[error("The access token has ended or was revoked. Make another one in the settings.")]
    TokenEnded,
    /// The ticket was used before.
    #[error("The ticket was used before. Get another one with POST /api/ticket.")]
    TicketUsed,
}

impl Refusal {
    /// Whether signing in helps.
    pub fn is_signed_out(self) -> bool {
        self != Self::NotYours
    }
}

impl<H: Host> ChatAgent<H> {
    /// Admits a principal that the Worker has verified to the object with this name, unless it belongs to somebody else or what the
    /// principal came with has ended. The first one who comes becomes the owner.
    ///
    /// # Errors
    /// When the store fails.
    pub fn admit(&self, principal: Principal, object: &ObjectId) -> Result<Result<Principal, Refusal>, StoreError> {
        let store = &self.0.store;
        let now = self.0.host.now();
        if principal.via == Via::Guest {
            store.claim(principal.object.name())?;
        }
        // A name that somebody chose in an earlier version belongs to a guest.
        let is_own = principal.object == *object || principal.via == Via::Guest;
        if !is_own || store.owner()?.as_deref() != Some(principal.object.name()) {
            return Ok(Err(Refusal::NotYours));
        }
        let admitted = match still_valid(store, principal, now)? {
            Ok(principal) => principal,
            Err(refusal) => return Ok(Err(refusal)),
        };
        // The last check, so that nobody uses up a ticket who is refused here.
        if let Some(ticket) = admitted.ticket
            && !store.use_ticket(ticket.id, ticket.until, now)?
        {
            return Ok(Err(Refusal::TicketUsed));
        }
        Ok(Ok(Principal { ticket: None, ..admitted }))
    }

    /// Answers a request of the Worker about the timeline of the object with this name.
    ///
    /// # Errors
    /// When the store fails. Nothing is changed then.
    pub fn account_request(&self, object: &ObjectId, request: TimelineRequest) -> Result<TimelineReply, StoreError> {
        let store = &self.0.store;
        let now = self.0.host.now();
        match request {
            TimelineRequest::Describe { subject } => match subject {
                Some(subject) if !may_sign_in(store, &subject)? => Ok(TimelineReply::Done { done: false }),
                _ => describe(store),
            },
            TimelineRequest::Claim { subject, by } => {
                let was_guests = store.subjects()?.is_empty();
                let done = store.sql_transaction(|store| claim(store, object, &subject, by.as_deref(), now))?;
                // The guest may not use it any more. Further ways to sign in end nothing.
                if done && was_guests {
                    self.close_ended();
                }
                Ok(TimelineReply::Done { done })
            }
            TimelineRequest::Begin { subject, label } => {
                let session = SessionRecord { id: self.0.host.uuid(), subject, label, made: now, used: now };
                let id = store.sql_transaction(|store| {
                    let may = may_sign_in(store, &session.subject)?;
                    if may {
                        store.add_session(&session)?;
                    }
                    Ok::<_, StoreError>(may.then_some(session.id))
                })?;
                // The oldest of too many sessions has ended.
                self.close_ended();
                Ok(TimelineReply::Session { id })
            }
            TimelineRequest::Admit { principal } => {
                Ok(TimelineReply::Done { done: may_use(store, object, *principal, now)? })
            }
            TimelineRequest::Subjects { principal } => {
                let may = may_use(store, object, *principal, now)?;
                let subjects = store.subjects()?.into_iter().map(|(subject, _)| subject).collect();
                Ok(TimelineReply::Subjects { all: may.then_some(subjects) })
            }
            TimelineRequest::End { session } => {
                let done = store.end_session(&session.to_string())?;
                self.close_ended();
                Ok(TimelineReply::Done { done })
            }
            TimelineRequest::EndAll { subject } => {
                let done = may_sign_in(store, &subject)?;
                if done {
                    store.end_sessions()?;
                    self.close_ended();
                }
                Ok(TimelineReply::Done { done })
            }
        }
    }

    /// Closes the connections of principals that may no longer use the timeline, and stops what the assistant does for them. A fault of the
    /// database must not keep them: a connection that cannot be checked is closed, and its client connects again.
    pub(crate) fn close_ended(&self) {
        let now = self.0.host.now();
        if let Err(error) = self.stop_ended() {
            self.fault("close", &error);
            self.stop_live();
        }
        for connection in self.0.host.connections().iter() {
            let admitted = still_valid(&self.0.store, connection.info().principal.clone(), now);
            if let Err(error) = &admitted {
                self.fault("close", error);
            }
            if !matches!(admitted, Ok(Ok(_))) {
                connection.close(SERVICE_RESTART, "Who may use this timeline has changed.");
            }
        }
    }
}

/// Whether a principal who has asked something may still have it done. A guest who signs in meanwhile may: it is theirs.
pub(crate) fn may_go_on<S: Sql>(
    store: &Store<S>,
    principal: &Principal,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    if principal.via == Via::Guest {
        Ok(true)
    } else {
        still_valid(store, principal.clone(), now).map(|valid| valid.is_ok())
    }
}

/// Whether a principal may use its own object.
fn may_use<S: Sql>(
    store: &Store<S>,
    object: &ObjectId,
    principal: Principal,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let is_theirs = principal.object == *object && store.owner()?.as_deref() == Some(object.name());
    Ok(is_theirs && still_valid(store, principal, now)?.is_ok())
}

/// Checks what can have ended since the principal was made, and returns it with what it may do.
fn still_valid<S: Sql>(
    store: &Store<S>,
    principal: Principal,
    now: DateTime<Utc>,
) -> Result<Result<Principal, Refusal>, StoreError> {
    let is_valid = match principal.via {
        Via::Guest if !store.subjects()?.is_empty() => return Ok(Err(Refusal::HasAccount)),
        Via::Guest => true,
        Via::Access => may_sign_in(store, &principal.subject)?,
        Via::Session { id } => store.use_session(id, now)?,
        Via::Token { ref hash } => {
            let Some(token) = store.use_token(hash, now)? else { return Ok(Err(Refusal::TokenEnded)) };
            // The token does not say who made it. If several may sign in, the first one counts.
            let subject = store.subjects()?.into_iter().next().map_or(principal.subject, |(subject, _)| subject);
            return Ok(Ok(Principal { subject, scopes: token.scopes, until: token.until, ..principal }));
        }
    };
    Ok(if is_valid && !principal.has_ended(now) { Ok(principal) } else { Err(Refusal::SignedOut) })
}

fn may_sign_in<S: Sql>(store: &Store<S>, subject: &Subject) -> Result<bool, StoreError> {
    Ok(store.subjects()?.iter().any(|(known, _)| known == subject))
}

/// Lets a subject sign in, if it may already, if nobody else uses the timeline, or if `by` may let it.
fn claim<S: Sql>(
    store: &Store<S>,
    object: &ObjectId,
    subject: &Subject,
    by: Option<&Principal>,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let is_new = store.owner()?.is_none();
    store.claim(object.name())?;
    if store.owner()?.as_deref() != Some(object.name()) {
        return Ok(false);
    }
    let is_theirs = || {
        // Access tokens and assertions let nobody in.
        let Some(by) = by.filter(|by| by.object == *object) else { return Ok(false) };
        match by.via {
            Via::Guest | Via::Session { .. } => still_valid(store, by.clone(), now).map(|valid| valid.is_ok()),
            Via::Access | Via::Token { .. } => Ok(false),
        }
    };
    let may = is_new || may_sign_in(store, subject)? || is_theirs()?;
    if may {
        store.add_subject(subject, now)?;
    }
    Ok(may)
}

fn describe<S: Sql + Clone>(store: &Store<S>) -> Result<TimelineReply, StoreError> {
    let counts = store.counts()?;
    let changed = store.last_change()?;
    let is_changed = counts.by_actor.iter().any(|(actor, events)| actor != "system" && *events > 0);
    let blocks = counts.blocks.all();
    let is_used = is_changed || blocks > 0 || counts.messages > 0 || store.import_progress()?.is_some();
    Ok(TimelineReply::Described { blocks, changed, is_used })
}

/// The reply about a timeline that nobody has used.
pub const UNUSED: TimelineReply = TimelineReply::Described { blocks: 0, changed: None, is_used: false };
