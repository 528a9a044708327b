//! The interpreter as a person meets it: words in, and what they did to a timeline out.

mod changes;
mod conversations;
mod goals;
mod never_guesses;
mod person;
mod questions;
mod schedules;
