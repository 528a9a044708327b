//! `redo`: does again what was undone last.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Action, Problem, Tool, ToolContext};
use flux_timeline::command::Command;

/// Arguments of `redo`: none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Redo {}

impl Tool for Redo {
    const NAME: &'static str = "redo";
    const DESCRIPTION: &'static str = "Does again what was undone last.";

    fn action(&self, _: &ToolContext) -> Result<Action, Problem> {
        Ok(Action::Command(Command::Redo))
    }
}
