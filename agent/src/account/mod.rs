//! Who may use which timeline. Two objects know: the object of a **subject**, which timelines they have and their passkeys
//! ([`store`]); and the object of a **timeline**, who may sign in to it, and its sessions and access tokens ([`admission`]).
//! The Worker asks both when somebody signs in ([`flux_identity::request`]).
//!
//! A timeline that a guest has begun is claimed once: whoever signs in as that guest becomes its subject, and from then on the guest's
//! token opens it no longer. A subject that has a timeline already keeps both, and the person chooses which one to show.

pub mod admission;
mod calls;
pub mod store;

pub use admission::Refusal;
pub(crate) use admission::may_go_on;
pub use calls::AccountCall;
