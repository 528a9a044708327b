//! Free time and placement: examples, and laws that hold for any tasks, blocks and horizon.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod examples;
mod free_time;
mod goal;
mod laws;
mod make_up;
mod outline;
mod outline_laws;
mod scene;
