//! Calls about who may use the timeline: what a person sees and changes in the settings.

use chrono::{DateTime, TimeDelta, Utc};
use flux_protocol::account::{AccessToken, Account, MadeToken, NewToken, Session, SignInMethod};
use flux_timeline::Title;
use serde_json::Value;

use crate::api::{Answer, Api, ApiError, Change, Outcome, given};
use crate::json::{self, value};
use crate::store::{Sql, TokenRecord};
use flux_identity::{Principal, Scope, Subject, access_token};

/// Most access tokens of a timeline.
const TOKENS: usize = 50;
/// Longest name of an access token, in characters.
const NAME_CHARS: usize = 60;
/// Longest life of an access token that ends, in days.
const DAYS: u32 = 3_650;
/// The length of the id of a token or a way to sign in, in characters of its hash.
const ID_CHARS: usize = 16;

/// A call about who may use the timeline.
#[derive(Debug)]
pub enum AccountCall {
    /// Everything about it.
    Show,
    /// Ends a session.
    EndSession(String),
    /// Removes a way to sign in, and ends its sessions.
    RemoveMethod(String),
    /// Makes an access token.
    MakeToken(NewToken),
    /// Revokes an access token.
    RevokeToken(String),
}

impl AccountCall {
    /// Reads a call by name. `None` if it is none of these.
    pub fn parse(method: &str, arguments: &Value) -> Option<Result<Self, ApiError>> {
        let only = |names: &[&str]| given(arguments, names).map(drop);
        let id = || {
            only(&["id"])?;
            let id = arguments.get("id").and_then(Value::as_str).map(ToOwned::to_owned);
            id.ok_or_else(|| ApiError::Arguments("/id: expected a string. Nothing was changed.".to_owned()))
        };
        Some(match method {
            "getAccount" => only(&[]).map(|()| Self::Show),
            "endSession" => id().map(Self::EndSession),
            "removeMethod" => id().map(Self::RemoveMethod),
            "makeToken" => only(&["name", "scopes", "days"]).and_then(|()| {
                let new = json::read_value(arguments.clone()).map(Self::MakeToken);
                new.map_err(|error| ApiError::Arguments(format!("{error}. Nothing was changed.")))
            }),
            "revokeToken" => id().map(Self::RevokeToken),
            _ => return None,
        })
    }
}

impl<S: Sql + Clone> Api<'_, S> {
    /// Carries out a call about who may use the timeline, in one transaction.
    pub(crate) fn account(&self, principal: &Principal, call: AccountCall) -> Result<Outcome, ApiError> {
        self.store.sql().transaction(|| self.change_account(principal, call))
    }

    fn change_account(&self, principal: &Principal, call: AccountCall) -> Result<Outcome, ApiError> {
        let change = match call {
            AccountCall::Show => Change::Events(Vec::new()),
            AccountCall::MakeToken(new) => return self.make_token(principal, new),
            AccountCall::EndSession(id) => {
                found(self.store.end_session(&id)?, "There is no such session; it may have ended.")?;
                Change::Access
            }
            AccountCall::RemoveMethod(id) => {
                self.remove_method(&id)?;
                Change::Access
            }
            AccountCall::RevokeToken(id) => {
                found(self.store.revoke_token(&id)?, "There is no such access token; it may have been revoked.")?;
                Change::Access
            }
        };
        Ok(Outcome { answer: Answer::Value(value(&self.shown_account(principal)?)), change })
    }

    fn shown_account(&self, principal: &Principal) -> Result<Account, ApiError> {
        let methods = self.store.subjects()?.into_iter();
        let current = principal.session();
        let mut sessions = self.store.sessions(self.now)?;
        // That of the caller comes first. Sorting would generate several kB of code.
        if let Some(at) = sessions.iter().position(|session| Some(session.id) == current) {
            let own = sessions.remove(at);
            sessions.insert(0, own);
        }
        let sessions = sessions.into_iter().map(|session| Session {
            id: session.id.to_string(),
            is_current: Some(session.id) == current,
            provider: session.subject.provider,
            label: session.label,
            made: session.made,
            used: session.used,
        });
        Ok(Account {
            known_by: principal.subject.provider,
            methods: methods.map(|(subject, added)| method(&subject, added)).collect(),
            sessions: sessions.collect(),
            tokens: self.store.tokens()?.into_iter().map(shown).collect(),
        })
    }

    fn remove_method(&self, id: &str) -> Result<(), ApiError> {
        let subjects = self.store.subjects()?;
        let method = subjects.iter().find(|(subject, added)| method(subject, *added).id == id);
        let Some((subject, _)) = method else {
            return found(false, "There is no such way to sign in; it may have been removed.");
        };
        if subjects.len() == 1 {
            return found(false, "This is the only way to sign in to this timeline. Add another one first.");
        }
        Ok(self.store.remove_subject(subject)?)
    }

    fn make_token(&self, principal: &Principal, new: NewToken) -> Result<Outcome, ApiError> {
        let (name, scopes, until) = checked(&new, self.now).map_err(ApiError::Arguments)?;
        if self.store.tokens()?.len() >= TOKENS {
            let error =
                format!("There are {TOKENS} access tokens, and no more are allowed. Nothing was changed; revoke one.");
            return Err(ApiError::Arguments(error));
        }
        // Two ids have 148 random bits.
        let random = [(self.new_id)(), (self.new_id)()].map(|id| id.into_bytes()).concat();
        let secret = access_token::make(&principal.object, &random).ok_or_else(|| {
            ApiError::Arguments("A timeline with a chosen name has no access tokens. Nothing was changed.".to_owned())
        })?;
        let hash = access_token::hash(&secret);
        let id = hash.chars().take(ID_CHARS).collect();
        let token = TokenRecord { id, name, scopes, made: self.now, until, used: None };
        self.store.add_token(&hash, &token)?;
        Ok(Outcome::of(value(&MadeToken { secret, token: shown(token) })))
    }
}

fn found(found: bool, otherwise: &str) -> Result<(), ApiError> {
    if found { Ok(()) } else { Err(ApiError::Arguments(format!("{otherwise} Nothing was changed."))) }
}

fn method(subject: &Subject, added: DateTime<Utc>) -> SignInMethod {
    // A part of the hash, so that no frame contains what a provider calls somebody.
    let id = access_token::hash(&subject.to_string()).chars().take(ID_CHARS).collect();
    SignInMethod { id, provider: subject.provider, added }
}

fn shown(token: TokenRecord) -> AccessToken {
    let TokenRecord { id, name, scopes, made, until, used } = token;
    AccessToken { id, name, scopes, made, until, used }
}

type CheckedToken = (String, Vec<Scope>, Option<DateTime<Utc>>);

/// Checks what a new token should be.
///
/// # Errors
/// A sentence about the field that does not fit.
fn checked(new: &NewToken, now: DateTime<Utc>) -> Result<CheckedToken, String> {
    let name = Title::new(&new.name).map(String::from).unwrap_or_default();
    if !(1..=NAME_CHARS).contains(&name.chars().count()) {
        return Err(format!("/name: expected 1 to {NAME_CHARS} visible characters. Nothing was changed."));
    }
    let mut scopes = Vec::new();
    for scope in &new.scopes {
        if !scopes.contains(scope) {
            scopes.push(*scope);
        }
    }
    // Whoever may not read is sent nothing, not even the answer to a message.
    if !scopes.contains(&Scope::Read) || scopes.contains(&Scope::Account) {
        return Err("/scopes: expected “read”, and “write” or “chat” beside it. Nothing was changed.".to_owned());
    }
    if new.days.is_some_and(|days| !(1..=DAYS).contains(&days)) {
        return Err(format!("/days: expected a whole number from 1 to {DAYS}. Nothing was changed."));
    }
    let until = new.days.map(|days| now + TimeDelta::days(days.into()));
    Ok((name, scopes, until))
}
