//! `snoozeReminder`: lets a reminder that has come come again later.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Action, Problem, Tool, ToolContext};
use flux_timeline::reference::BlockRef;

/// Arguments of `snoozeReminder`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SnoozeReminder {
    /// Its block. Leave it out where only one waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 200))]
    pub id: Option<String>,
    /// For how long.
    #[schemars(range(min = 1, max = 10080))]
    pub minutes: u32,
}

impl Tool for SnoozeReminder {
    const NAME: &'static str = "snoozeReminder";
    const DESCRIPTION: &'static str = "Snoozes a reminder that has come.";

    fn action(&self, _: &ToolContext) -> Result<Action, Problem> {
        Ok(Action::Snooze { block: self.id.as_deref().map(BlockRef::from), minutes: self.minutes })
    }
}
