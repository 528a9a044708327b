//! Who calls, as far as requests prove it. A [`Subject`] is who somebody is, an [`ObjectId`] whose data they use, and a [`Principal`]
//! both, with what they may do, how they came in, and until when.
//!
//! A guest is known by a random name that the service signs and hands out in a cookie or a token. Nobody else can make one. It
//! proves only that its bearer is the same one as before, not who that is. All other providers prove the latter. What can be
//! revoked (sessions, access tokens, tickets) is checked by the object: see [`account`](crate::account).
//!
//! | module | contents |
//! | --- | --- |
//! | `subject`, `principal` | the three terms |
//! | `key` | the keys that sign what the service hands out |
//! | `credentials`, `cookie`, `access_token` | what a request presents |
//! | `jwt`, `oidc`, `passkey` | the rules of the providers |
//! | `settings` | the providers that a deployment offers |
//! | `device` | a browser in words |

pub mod access_token;
mod cookie;
mod credentials;
pub mod device;
pub mod jwt;
mod key;
pub mod oidc;
pub mod passkey;
mod principal;
mod settings;
mod subject;

pub use cookie::Cookies;
pub use credentials::{CredentialError, Credentials, NewTicket, SUBPROTOCOL};
pub use key::{KeyError, Keys, Purpose, Signed};
pub use principal::{Principal, Scope, Ticket, Via, action};
pub use settings::{Access, Oidc, Providers};
pub use subject::{ObjectId, Subject};
