//! The domain of Temporal Flux, pure: no clock, no randomness, no I/O. Time and ids come in as arguments.
//!
//! | module | what lives there |
//! | --- | --- |
//! | [`id`], [`text`], [`span`], [`zone`] | the small types that cannot hold a wrong value |
//! | [`clock`], [`json`] | times and types read and written at little cost in size |
//! | [`tagged`] | tagged enums on the wire, read at less cost in size than serde's own way |
//! | [`plan`], [`block`], [`run`], [`settings`] | what a timeline is made of |
//! | [`event`], `subjects` | what happened: the log's entries, the inverse of each, and what each is about |
//! | [`view`] | what may be asked of a timeline, wherever it is stored |
//! | [`timeline`] | the projection in memory: [`Timeline::apply`] is the only thing that changes one |
//! | [`session`] | a timeline with its log, in memory, for the harness and for tests |
//! | [`command`], [`decide`] | what is wanted, and the one function that turns it into events or a rejection |
//! | [`reference`](mod@reference) | `B12`, a UUID or a title → one block or plan |
//! | [`query`] | questions that change nothing: find blocks, find free time |
//! | [`place`] | where tasks find their place in free time |
//! | [`tool`] | the tools a model can call: one file each, with its schema |
//! | [`report`] | what a tool tells the model and the person |
//!
//! A change goes one way: `ToolCall::parse` → [`Command`] → [`decide()`] → [`EventKind`]s → [`Timeline::apply`].

pub mod block;
pub mod clock;
pub mod command;
pub mod decide;
pub mod event;
pub mod id;
pub mod json;
pub mod limits;
pub mod place;
pub mod plan;
pub mod query;
pub mod reference;
pub mod rejection;
pub mod report;
pub mod run;
pub mod session;
pub mod settings;
pub mod span;
mod subjects;
pub mod tagged;
pub mod text;
pub mod timeline;
pub mod tool;
pub mod view;
pub mod zone;

pub use block::{Block, Priority, Source};
pub use command::Command;
pub use decide::{DecideError, Decision, decide};
pub use event::{Actor, Event, EventKind};
pub use id::{BlockId, EventId, Handle, PlanId, RunId, TxnId};
pub use plan::Plan;
pub use rejection::Rejection;
pub use run::{LeftOut, Run, RunState, RunStatus, RunStep};
pub use session::Session;
pub use settings::{HourFormat, Settings};
pub use span::Span;
pub use text::{Description, Goal, Tag, Title};
pub use timeline::Timeline;
pub use view::{BlockPlace, BlockQuery, TimelineView};
pub use zone::Zone;
