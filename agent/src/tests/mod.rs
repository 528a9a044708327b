//! The agent from the outside: frames in, frames out, on a database in memory and with a model that says what the test
//! wants, when the test wants it.

mod accounts;
mod bounds;
mod coalescing;
mod consent;
mod conversations;
mod cost;
mod deltas;
mod edits;
mod faults;
mod faulty_access;
mod limits;
mod logged;
mod logs;
mod old_past;
mod overdue;
mod pages;
mod past;
mod portable;
mod principals;
mod prompts;
mod rebuild;
mod recovery;
mod reminders;
mod resuming;
mod retention;
mod scenario;
mod series;
mod shifts;
mod sign_in;
mod simulation;
mod state;
mod tab;
mod traces;
pub mod world;
