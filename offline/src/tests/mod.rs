//! The interpreter from the outside: a person says something, and the timeline changes.

mod changes;
mod conversations;
mod days;
mod goals;
mod never_guesses;
mod person;
mod questions;
mod reminders;
mod repeats;
mod schedules;
