//! The domain of Temporal Flux, pure: no clock, no randomness, no I/O. Time and ids come in as arguments.
//!
//! | module | what lives there |
//! | --- | --- |
//! | [`id`], [`text`], [`span`], [`days`], [`zone`] | small types that cannot hold a wrong value |
//! | [`clock`], [`moment`] | times as text: read and written, for models and for people |
//! | [`json`], [`tagged`] | reading types from JSON with little code |
//! | [`plan`], [`block`], [`series`], [`reminder`], [`run`], [`goal`], [`settings`] | what a timeline consists of |
//! | [`event`], `subjects` | the entries of the log, the inverse of each, and what each is about |
//! | [`snapshot`] | settings and plans at one moment |
//! | [`view`] | traits for reading a timeline, wherever it is stored |
//! | [`timeline`], `memory` | the projection in memory; only [`Timeline::apply`] changes one |
//! | [`session`] | a timeline with its log, in memory, for tests and the evaluation harness |
//! | [`invalid`], [`rejection`], [`error`](mod@error) | why a value is not valid, why a command changes nothing, why reading failed |
//! | [`command`], [`decide`] | what is requested, and the function that turns it into events or a rejection |
//! | [`verify`](mod@verify) | checks events that come from elsewhere |
//! | [`describe`] | changes in a few words |
//! | [`reference`](mod@reference) | from `B12`, a UUID or a title to one block or plan |
//! | [`query`] | questions that change nothing: find blocks, find free time |
//! | [`free_time`] | what blocks and breaks leave of a person's hours |
//! | [`place`] | finds free time for tasks |
//! | [`outline`] | plans a goal: tasks, and regular sessions to the deadline |
//! | [`draft`], [`progress`](mod@progress) | what is still to be done for a goal, with its times, and how far it has come |
//!
//! A change goes one way: [`Command`] → [`decide()`] → [`EventKind`]s → [`Timeline::apply`].

pub mod block;
mod clean;
pub mod clock;
pub mod command;
pub mod days;
pub mod decide;
pub mod describe;
pub mod distance;
pub mod draft;
pub mod error;
pub mod event;
pub mod free_time;
pub mod goal;
pub mod id;
pub mod invalid;
pub mod json;
pub mod limits;
mod memory;
pub mod moment;
pub mod outline;
pub mod place;
pub mod plan;
pub mod progress;
pub mod query;
pub mod reference;
pub mod rejection;
pub mod reminder;
pub mod run;
pub mod series;
pub mod session;
pub mod settings;
pub mod snapshot;
pub mod span;
mod subjects;
pub mod tagged;
pub mod text;
pub mod timeline;
pub mod verify;
pub mod view;
pub mod zone;

pub use block::{Block, Kind, Priority, Source, Status, Worked};
pub use clock::HourFormat;
pub use command::Command;
pub use days::{Days, When};
pub use decide::{DecideError, Decision, decide};
pub use distance::Distance;
pub use event::{Actor, Event, EventKind};
pub use free_time::{Activity, ActivityHours, PartOfDay};
pub use goal::{Goal, GoalStatus};
pub use id::{BlockId, EventId, Handle, PlanId, RunId, SeriesId, TxnId};
pub use invalid::InvalidValue;
pub use moment::Moment;
pub use plan::{Plan, PlanColor};
pub use rejection::Rejection;
pub use reminder::{QuietHours, Reminders};
pub use run::{LeftOut, Run, RunState, RunStatus, RunStep};
pub use series::{Occurrence, Recurrence, Series};
pub use session::Session;
pub use settings::Settings;
pub use span::Span;
pub use text::{Description, GoalText, Tag, Title};
pub use timeline::Timeline;
pub use verify::{Misfit, VerifyError, verify};
pub use view::{
    BlockPlace, BlockQuery, ReadBlocks, ReadGoals, ReadHistory, ReadPlans, ReadRuns, ReadSeries, TimelineView, View,
};
pub use zone::Zone;
