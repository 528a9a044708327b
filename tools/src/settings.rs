//! What a person has set. Kept in the log like everything else.

use serde::{Deserialize, Serialize};

use crate::place::{PAUSE_MINUTES, WorkingHours};
use crate::zone::Zone;

/// A person's settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Settings {
    /// The zone in which the person and the model speak of time.
    pub time_zone: Zone,
    /// When tasks of the architect can be placed.
    pub working_hours: WorkingHours,
    /// Shortest break between such tasks and everything else, in minutes, 0–240.
    pub break_minutes: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { time_zone: Zone::default(), working_hours: WorkingHours::default(), break_minutes: PAUSE_MINUTES }
    }
}
