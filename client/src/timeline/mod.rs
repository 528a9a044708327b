//! The timeline of the active plan.
//!
//! | module | what lives there |
//! | --- | --- |
//! | [`projection`] | the domain's timeline, kept up to date by events (pure) |
//! | [`agenda`], [`words`] | blocks as days, times in words (pure) |
//! | [`pane`], [`card`] | what is shown |

pub mod agenda;
pub mod card;
pub mod pane;
pub mod projection;
pub mod words;
