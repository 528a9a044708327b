//! What a person has set. Kept in the log like everything else.

use serde::{Deserialize, Serialize};

use crate::zone::Zone;

/// A person's settings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Settings {
    /// The zone in which the person and the model speak of time.
    pub time_zone: Zone,
}
