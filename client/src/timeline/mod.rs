//! The timeline.
//!
//! | module | what lives there |
//! | --- | --- |
//! | [`projection`] | the domain's timeline, kept up to date by events (pure) |
//! | [`prediction`], [`coverage`] | what edits on their way will come to; which part of a long plan is known (pure) |
//! | [`agenda`], [`filter`], [`rows`] | blocks by day; the filter; their positions in a long list (pure) |
//! | [`week`], [`moving`], `drawn` | blocks as a week; moving them by hand; drawing new ones (pure) |
//! | [`form`], [`repeat`], [`words`] | the form of a block; how it repeats; times in words (pure) |
//! | [`pane`], [`toolbar`], [`list`], [`card`], [`grid`], [`editor`], [`repeat_fields`], [`series`], [`add`], [`hints`] | what is shown |

pub mod add;
pub mod agenda;
mod all_day;
pub mod card;
pub mod coverage;
mod drawn;
pub mod editor;
pub mod filter;
pub mod form;
pub mod grid;
pub mod hints;
pub mod list;
pub mod moving;
pub mod pane;
pub mod prediction;
pub mod projection;
pub mod remind_field;
pub mod repeat;
pub mod repeat_fields;
pub mod rows;
pub mod series;
pub mod suggest;
#[cfg(test)]
pub mod testing;
pub mod timer;
pub mod toolbar;
pub mod week;
pub mod words;

pub use projection::Known;

use chrono::NaiveDate;
use flux_timeline::BlockId;

/// How the timeline is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mode {
    /// As a list of days.
    #[default]
    Agenda,
    /// As a week.
    Week,
}

/// Where to scroll.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Jump {
    /// The present day.
    Today,
    /// A day.
    Day(NaiveDate),
    /// A block.
    Block(BlockId),
    /// The tasks without a time.
    Inbox,
}
