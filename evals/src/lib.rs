//! Evaluation of prompts and models. It runs the production agent against any model, scores the effect on the timeline rather than
//! the wording of the answer, and states the uncertainty.
//!
//! | module | contents |
//! | --- | --- |
//! | [`case`] | cases, and reading them |
//! | [`clock`], [`wall_clock`] | the clock of an evaluation, and wall-clock times in cases |
//! | [`world`] | a person and their agent on an in-memory platform |
//! | [`picture`] | the timeline in a form that can be compared, and the differences |
//! | [`check`] | the checks of a turn |
//! | [`judge`] | checks by a model, for what no rule can check |
//! | [`models`] | the models that can be evaluated |
//! | [`attempt`] | one attempt at a case |
//! | [`validate`] | whether the cases are sound |
//! | [`run`] | many attempts in parallel, stored as they end |
//! | [`record`] | the record of an attempt |
//! | [`stats`] | statistics |
//! | [`report`] | reports for people and machines |
//! | [`compare`] | comparing two runs, or two contenders, case by case |
//! | [`threshold`] | pass rates that CI requires |

pub mod attempt;
pub mod case;
pub mod check;
pub mod clock;
pub mod compare;
pub mod judge;
pub mod models;
pub mod picture;
pub mod record;
pub mod report;
pub mod run;
pub mod stats;
pub mod threshold;
pub mod validate;
pub mod wall_clock;
pub mod world;
