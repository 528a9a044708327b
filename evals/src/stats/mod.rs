//! How sure a number is. Pure functions on counts.

mod mcnemar;
mod pass_power;
mod quantile;
mod wilson;

pub use mcnemar::{McNemar, mcnemar};
pub use pass_power::pass_power;
pub use quantile::quantile;
pub use wilson::{Interval, wilson};
