//! Tests that need more than one module: answers of models, and whole runs on a person's object.

mod answers;
mod crashes;
mod models;
mod reports;
mod runs;
mod stage;
