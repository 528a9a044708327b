//! Goals: those that the architect works on, those that are proposed, and those that live on; and a new one.

mod act;
mod adjust;
mod card;
pub mod dialog;
mod ghost;
mod list;
pub mod look;
mod offer;
mod panel;
mod words;

pub use card::GoalCard;
pub use dialog::NewGoal;
pub use ghost::{Ghost, WeekGhost};
pub use list::Goals;
pub use offer::GoalOffer;
