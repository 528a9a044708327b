//! Who makes a call, and what they may do.

use chrono::{DateTime, Utc};
pub use flux_protocol::account::Scope;
use flux_timeline::clock::{instant, optional_instant};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::subject::{ObjectId, Subject};

/// A verified caller. The Worker makes one from what a request presents and signs it; the object checks what can have been revoked
/// since. Clients cannot make one, and nothing else reads tokens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Principal {
    /// Who it is.
    pub subject: Subject,
    /// Whose data they may reach.
    pub object: ObjectId,
    /// What they may do there, each once.
    pub scopes: Vec<Scope>,
    /// How they came in.
    #[serde(default)]
    pub via: Via,
    /// When it ends; `None` means that it does not end by itself.
    #[serde(default, deserialize_with = "optional_instant", skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
    /// The ticket with which they came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<Ticket>,
    /// Whether it has to keep to the limits of the deployment (see `limits`).
    #[serde(default)]
    pub limited: bool,
}

/// A ticket, which is good for one use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// Its id.
    pub id: Uuid,
    /// When it ends.
    #[serde(deserialize_with = "instant")]
    pub until: DateTime<Utc>,
}

/// How a principal came in.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Via {
    /// By the signed name of a guest.
    #[default]
    Guest,
    /// By the assertion of Cloudflare Access that is part of each request.
    Access,
    /// By a session of a browser that is signed in.
    Session {
        /// Its id.
        id: Uuid,
    },
    /// By an access token.
    Token {
        /// The hash of the token.
        hash: String,
    },
}

impl Principal {
    /// The owner of an object, who may do everything.
    pub fn owner(subject: Subject, object: ObjectId, via: Via) -> Self {
        let scopes = vec![Scope::Read, Scope::Write, Scope::Chat, Scope::Account];
        Self { subject, object, scopes, via, until: None, ticket: None, limited: false }
    }

    /// The guest whose own object this is.
    pub fn guest(object: ObjectId) -> Self {
        Self::owner(Subject::guest(&object), object, Via::Guest)
    }

    /// Somebody who may do nothing.
    pub fn nobody() -> Self {
        let nobody = Self::guest(ObjectId::from(""));
        Self { scopes: Vec::new(), limited: true, ..nobody }
    }

    /// Whether it has a scope.
    pub fn has(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }

    /// The id of its session, if it has one.
    pub fn session(&self) -> Option<Uuid> {
        match self.via {
            Via::Session { id } => Some(id),
            Via::Guest | Via::Access | Via::Token { .. } => None,
        }
    }

    /// Whether it has ended.
    pub fn has_ended(&self, now: DateTime<Utc>) -> bool {
        self.until.is_some_and(|until| until <= now)
    }
}

/// The action that a scope allows, as it completes the sentence “You may not …”.
pub fn action(scope: Scope) -> &'static str {
    match scope {
        Scope::Read => "read this timeline",
        Scope::Write => "change this timeline",
        Scope::Chat => "talk to this assistant",
        Scope::Account => "see or change who may use this timeline",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flux_timeline::json;

    #[test]
    fn a_principal_is_read_as_it_was_written() {
        let owner = |via| Principal::owner(Subject::from("oidc:me".to_owned()), ObjectId::from("u-1"), via);
        let id = Uuid::from_u128(7);
        let until = DateTime::from_timestamp(1_800_000_000, 0);
        for principal in [
            Principal::guest(ObjectId::from("u-1")),
            Principal { until, ..owner(Via::Access) },
            Principal { ticket: until.map(|until| Ticket { id, until }), ..owner(Via::Session { id }) },
            Principal { limited: true, ..owner(Via::Token { hash: "h".to_owned() }) },
            Principal::nobody(),
        ] {
            let text = json::value(&principal).to_string();
            assert_eq!(json::read_text(&text), Ok(principal), "{text}");
        }
    }

    #[test]
    fn the_principal_of_a_turn_from_before_there_were_accounts_is_a_guest() {
        let old = r#"{"subject":"u-1","object":"u-1","scopes":["read","write","chat"],"limited":true}"#;
        let read: Principal = json::read_text(old).unwrap();
        let guest = Principal::guest(ObjectId::from("u-1"));
        let scopes = vec![Scope::Read, Scope::Write, Scope::Chat];
        assert_eq!(read, Principal { scopes, limited: true, ..guest });
    }
}
