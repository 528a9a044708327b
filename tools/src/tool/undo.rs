//! `undo`: takes the last change back.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Action, Problem, Tool, ToolContext};
use flux_timeline::command::Command;

/// Arguments of `undo`: none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Undo {}

impl Tool for Undo {
    const NAME: &'static str = "undo";
    const DESCRIPTION: &'static str =
        "Takes back the last change of the timeline: everything that one edit or one answer did.";

    fn action(&self, _: &ToolContext) -> Result<Action, Problem> {
        Ok(Action::Command(Command::Undo { txn: None }))
    }
}
