//! Goals that the architect works on: how far each one is, and a new one.

mod card;
pub mod dialog;
mod list;
mod words;

pub use card::GoalCard;
pub use dialog::NewGoal;
pub use list::Goals;
