//! Who calls, as far as requests prove it. A [`Subject`] is who somebody is, an [`ObjectId`] whose data they use, and a [`Principal`]
//! both, with what they may do, how they came in, and until when.
//!
//! A guest is known by a random name that the service signs and hands out in a cookie or a token. Nobody else can make one. It
//! proves only that its bearer is the same one as before, not who that is. All other providers prove the latter. What can be
//! revoked (sessions, access tokens, tickets) is checked by the object of the timeline.
//!
//! | module | contents |
//! | --- | --- |
//! | `subject`, `principal` | the three terms |
//! | `key` | the keys that sign what the service hands out |
//! | `credentials`, `cookie`, `access_token` | what a request presents |
//! | `presented` | from a request to a principal |
//! | `jwt`, `oidc`, `passkey`, `providers` | the rules of the providers |
//! | `turnstile` | the check that new guests pass, if the deployment has one |
//! | `settings` | the providers that a deployment offers |
//! | `sign_in`, `exchange`, `timelines` | signing in and out, its requests and responses, and the timeline that one then sees |
//! | `request` | what the objects of subjects and timelines are asked meanwhile |
//! | `platform` | what all of it needs from outside |
//! | `device` | a browser in words |
//!
//! The crate is compiled for size in the Worker: it works once for a connection.

pub mod access_token;
mod cookie;
mod credentials;
pub mod device;
mod exchange;
pub mod jwt;
mod key;
pub mod oidc;
pub mod passkey;
pub mod platform;
mod presented;
mod principal;
mod providers;
pub mod request;
mod settings;
pub mod sign_in;
mod subject;
pub mod timelines;
mod turnstile;

pub use cookie::Cookies;
pub use credentials::{CredentialError, Credentials, NewTicket, SUBPROTOCOL, bearer};
pub use key::{KeyError, Keys, Purpose, Signed};
pub use presented::{Presented, Unknown};
pub use principal::{Principal, Scope, Ticket, Via, action};
pub use settings::{Access, Lookup, Oidc, Providers, Turnstile};
pub use subject::{ObjectId, Subject};
