//! The prompt evaluation harness: it runs the agent of production against any model, scores what became of the timeline and not
//! how the answer was phrased, and says how sure it is.
//!
//! | module | what lives there |
//! | --- | --- |
//! | [`case`] | what a case is, and reading it |
//! | [`world`] | a person, their agent, and what becomes of their timeline |
//! | [`check`] | what a turn is measured by |
//! | [`judge`] | what no rule can check |
//! | [`models`] | the models that can be asked |
//! | [`attempt`] | one attempt at a case |
//! | [`validate`] | whether the cases themselves are sound |
//! | [`run`] | many attempts, side by side, kept as they end |
//! | [`record`] | what is written down of an attempt |
//! | [`stats`] | how sure a number is |
//! | [`report`] | what people and machines read of a run |
//! | [`compare`] | two runs, or two contenders, case by case |
//! | [`threshold`] | how much must pass |

pub mod attempt;
pub mod case;
pub mod check;
pub mod compare;
pub mod judge;
pub mod models;
pub mod record;
pub mod report;
pub mod run;
pub mod stats;
pub mod threshold;
pub mod validate;
pub mod world;
