//! What happened, newest first, and the timeline as it was.
//!
//! | module | what lives there |
//! | --- | --- |
//! | [`log`], [`words`] | the loaded part of the log; actors and differences in words (pure) |
//! | [`pane`], [`filter`], [`overview`] | the log as a list; its filter; counts |
//! | [`past`] | above a timeline of the past: which moment it is, and the ways out of it |

pub mod filter;
pub mod log;
pub mod overview;
pub mod pane;
pub mod past;
pub mod words;

pub use log::{ActorFilter, Log, LogQuery};
pub use pane::HistoryPane;
pub use past::PastBar;
