//! What a request presents to say who sends it, and the principal that this proves.
//!
//! | where | what |
//! | --- | --- |
//! | `Authorization: Bearer` (RFC 6750 §2.1) | an access token, or the token of a guest |
//! | `Sec-WebSocket-Protocol: flux, bearer.<token>` | the same, for sockets, on which browsers cannot set other headers |
//! | `?token=` | a ticket, or the token of a guest that is at most an hour old: addresses end up in logs |
//! | the cookie | a guest or a session |
//!
//! Whoever presents a token that is not valid is refused, even if a cookie would be: they meant the token.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::access_token;
use crate::cookie::{Cookies, guest};
use crate::key::{Keys, Purpose};
use crate::principal::{Principal, Ticket, Via};
use crate::subject::Subject;

/// How old the token of a guest may be in an address.
const IN_ADDRESS: TimeDelta = TimeDelta::hours(1);
/// The subprotocol that the service speaks on a socket, and chooses when a client offers a token beside it.
pub const SUBPROTOCOL: &str = "flux";
/// What is before the token in a subprotocol.
const BEARER: &str = "bearer.";

/// How long a ticket is good.
const TICKET: TimeDelta = TimeDelta::seconds(60);

/// The answer to `POST /api/ticket`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewTicket {
    /// The ticket, for `?token=`.
    pub ticket: String,
    /// When it ends.
    pub until: DateTime<Utc>,
}

/// What a request presents. Empty texts are missing.
#[derive(Debug, Clone, Copy)]
pub struct Credentials<'a> {
    /// The `Authorization` header.
    pub authorization: &'a str,
    /// The `Sec-WebSocket-Protocol` header.
    pub subprotocols: &'a str,
    /// The parameter `token` of the address.
    pub in_address: &'a str,
    /// The cookies.
    pub cookies: Cookies<'a>,
}

/// Why a request does not prove who sends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CredentialError {
    /// Nothing was presented.
    #[error("No identity: load the page, or get a token with POST /api/guest.")]
    Missing,
    /// The token is not one of this service, or has ended.
    #[error("The token is not valid. Make an access token in the settings, or get a token with POST /api/guest.")]
    Invalid,
    /// The token may not stand in an address.
    #[error(
        "This token cannot be part of an address, where logs would keep it. Send it as “Authorization: Bearer” or in \
         Sec-WebSocket-Protocol, or get a ticket with POST /api/ticket."
    )]
    InAddress,
}

impl Credentials<'_> {
    /// The principal that is proven.
    ///
    /// # Errors
    /// [`CredentialError`].
    pub fn principal(&self, keys: &Keys, now: DateTime<Utc>) -> Result<Principal, CredentialError> {
        if let Some(token) = self.bearer() {
            return by_token(keys, token, now).ok_or(CredentialError::Invalid);
        }
        if !self.in_address.is_empty() {
            return in_address(keys, self.in_address, now);
        }
        self.cookies.principal(keys, now).ok_or(CredentialError::Missing)
    }

    /// Whether a token is presented, and not just a cookie.
    pub fn has_token(&self) -> bool {
        self.bearer().is_some() || !self.in_address.is_empty()
    }

    fn bearer(&self) -> Option<&str> {
        let offered = || self.subprotocols.split(',').find_map(|protocol| protocol.trim().strip_prefix(BEARER));
        bearer(self.authorization).or_else(offered)
    }

    /// Whether the client offers the service's subprotocol, and so expects it to be chosen (RFC 6455 §4.2.2).
    pub fn offers_subprotocol(&self) -> bool {
        self.subprotocols.split(',').any(|protocol| protocol.trim() == SUBPROTOCOL)
    }
}

/// The token in the value of an `Authorization` header with the scheme `Bearer`, in any case (RFC 9110 §11.1).
pub fn bearer(authorization: &str) -> Option<&str> {
    let authorization = authorization.trim();
    let (scheme, token) = authorization.split_once(' ').unwrap_or((authorization, ""));
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn by_token(keys: &Keys, token: &str, now: DateTime<Utc>) -> Option<Principal> {
    if let Some(token) = access_token::read(token) {
        let subject = Subject::guest(&token.object);
        let owner = Principal::owner(subject, token.object, Via::Token { hash: token.hash });
        // The object knows what the token allows.
        return Some(Principal { scopes: Vec::new(), ..owner });
    }
    guest(keys, token, now).map(|(principal, _)| principal).or_else(|| by_ticket(keys, token, now))
}

fn by_ticket(keys: &Keys, token: &str, now: DateTime<Utc>) -> Option<Principal> {
    let (principal, _) = keys.open::<Principal>(Purpose::Ticket, token, now)?;
    let is_fresh = principal.ticket.is_some_and(|ticket| ticket.until > now);
    (is_fresh && !principal.has_ended(now)).then_some(principal)
}

fn in_address(keys: &Keys, token: &str, now: DateTime<Utc>) -> Result<Principal, CredentialError> {
    if access_token::is_like(token) {
        return Err(CredentialError::InAddress);
    }
    match guest(keys, token, now) {
        Some((principal, signed)) if signed.at.is_some_and(|at| now - at <= IN_ADDRESS) => Ok(principal),
        Some(_) => Err(CredentialError::InAddress),
        None => by_ticket(keys, token, now).ok_or(CredentialError::Invalid),
    }
}

impl Keys {
    /// A ticket for a principal, which is good for one use within 60 seconds.
    pub fn ticket(&self, principal: Principal, id: Uuid, now: DateTime<Utc>) -> NewTicket {
        let until = now + TICKET;
        let principal = Principal { ticket: Some(Ticket { id, until }), ..principal };
        NewTicket { ticket: self.seal(Purpose::Ticket, &principal, now), until }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::subject::ObjectId;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap()
    }

    fn keys() -> Keys {
        Keys::new("0123456789abcdef0123456789abcdef").unwrap()
    }

    fn nothing() -> Credentials<'static> {
        Credentials {
            authorization: "",
            subprotocols: "",
            in_address: "",
            cookies: Cookies { header: "", is_secure: true },
        }
    }

    fn who(credentials: Credentials<'_>, at: DateTime<Utc>) -> Result<String, CredentialError> {
        credentials.principal(&keys(), at).map(|principal| principal.object.name().to_owned())
    }

    #[test]
    fn a_token_is_read_from_each_place() {
        let me = ObjectId::new([7; 16]);
        let token = keys().sign(Purpose::Guest, me.name(), now());
        let found = Ok(me.name().to_owned());
        for value in ["Bearer T", "bearer T", "BEARER  T ", " Bearer T"] {
            let authorization = &value.replace('T', &token);
            assert_eq!(who(Credentials { authorization, ..nothing() }, now()), found, "{value}");
        }
        for value in ["", "Basic T", "BearerT", "T"] {
            let authorization = &value.replace('T', &token);
            assert_eq!(
                who(Credentials { authorization, ..nothing() }, now()),
                Err(CredentialError::Missing),
                "{value}"
            );
        }
        let subprotocols = &format!("flux, bearer.{token}");
        let credentials = Credentials { subprotocols, ..nothing() };
        assert_eq!(who(credentials, now()), found);
        assert!(credentials.offers_subprotocol() && !nothing().offers_subprotocol());
    }

    #[test]
    fn an_address_contains_only_what_ends_soon() {
        let me = ObjectId::new([7; 16]);
        let token = keys().sign(Purpose::Guest, me.name(), now());
        let of =
            |in_address, seconds| who(Credentials { in_address, ..nothing() }, now() + TimeDelta::seconds(seconds));
        assert_eq!(of(&token, 3_600), Ok(me.name().to_owned()));
        assert_eq!(of(&token, 3_601), Err(CredentialError::InAddress));
        let access = access_token::make(&me, &[1]).unwrap();
        assert_eq!(of(&access, 0), Err(CredentialError::InAddress));
        assert_eq!(of("nonsense", 0), Err(CredentialError::Invalid));

        let ticket = keys().ticket(Principal::guest(me.clone()), Uuid::nil(), now()).ticket;
        assert_eq!(of(&ticket, 59), Ok(me.name().to_owned()));
        assert_eq!(of(&ticket, 60), Err(CredentialError::Invalid));
    }

    #[test]
    fn a_token_that_is_not_valid_is_refused_even_beside_a_good_cookie() {
        let me = ObjectId::new([7; 16]);
        let cookie = format!("__Host-flux={}", keys().sign(Purpose::Guest, me.name(), now()));
        let cookies = Cookies { header: &cookie, is_secure: true };
        assert_eq!(who(Credentials { cookies, ..nothing() }, now()), Ok(me.name().to_owned()));
        let wrong = [("Bearer nonsense", ""), ("Bearer", ""), ("", "nonsense")];
        for (authorization, in_address) in wrong {
            let credentials = Credentials { authorization, in_address, cookies, ..nothing() };
            assert_eq!(who(credentials, now()), Err(CredentialError::Invalid));
        }
    }

    #[test]
    fn an_access_token_allows_nothing_until_its_object_says_what() {
        let token = access_token::make(&ObjectId::new([7; 16]), &[1]).unwrap();
        let authorization = &format!("Bearer {token}");
        let principal = Credentials { authorization, ..nothing() }.principal(&keys(), now()).unwrap();
        assert!(principal.scopes.is_empty());
        assert_eq!(principal.via, Via::Token { hash: access_token::hash(&token) });
    }
}
