//! Tests that need several modules: answers of models, and whole runs with a person's object.

mod answers;
mod crashes;
mod goals;
mod models;
mod reports;
mod runs;
mod sessions;
mod stage;
mod tokens;
mod traces;
