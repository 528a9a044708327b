//! The tools a model can call. A tool is one file: its argument struct (whose documentation is what the model reads), its
//! description, and its conversion to a command or a query. The list of them is [`ToolCall`], below.

#[cfg(test)]
mod any_values;
mod archive_plan;
mod arguments;
mod cancel_run;
mod complete_block;
mod create_plan;
mod delete_block;
mod delete_plan;
mod find_blocks;
mod find_free_time;
mod list_plans;
mod list_runs;
mod problem;
mod redo;
mod rename_plan;
mod retry_run;
mod schedule_block;
mod schema;
mod shift_timeline;
mod switch_plan;
mod unarchive_plan;
mod uncomplete_block;
mod undo;
mod update_block;
mod use_architect;
mod wall_time;

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use flux_timeline::command::Command;
use flux_timeline::decide::{DecideError, read};
use flux_timeline::limits;
use flux_timeline::query::Query;
use flux_timeline::view::{ReadBlocks, ReadPlans};
use flux_timeline::zone::Zone;

pub use archive_plan::ArchivePlan;
pub use arguments::known_names;
pub use cancel_run::CancelRun;
pub use complete_block::CompleteBlock;
pub use create_plan::CreatePlan;
pub use delete_block::DeleteBlock;
pub use delete_plan::DeletePlan;
pub use find_blocks::FindBlocks;
pub use find_free_time::FindFreeTime;
pub use list_plans::ListPlans;
pub use list_runs::ListRuns;
pub use problem::{Problem, ToolError};
pub use redo::Redo;
pub use rename_plan::RenamePlan;
pub use retry_run::RetryRun;
pub use schedule_block::ScheduleBlock;
pub use shift_timeline::ShiftTimeline;
pub use switch_plan::SwitchPlan;
pub use unarchive_plan::UnarchivePlan;
pub use uncomplete_block::UncompleteBlock;
pub use undo::Undo;
pub use update_block::UpdateBlock;
pub use use_architect::UseArchitect;
pub use wall_time::WallTime;

/// What a tool needs to become an action.
#[derive(Debug, Clone, Copy)]
pub struct ToolContext {
    /// The present moment.
    pub now: DateTime<Utc>,
    /// The person's zone, in which the model speaks of time.
    pub zone: Zone,
    /// The id of what the call makes, if it makes something.
    pub new_id: Uuid,
}

/// What a call comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// A change.
    Command(Command),
    /// A question.
    Query(Query),
}

/// One tool, as its file defines it.
trait Tool: serde::de::DeserializeOwned + schemars::JsonSchema {
    /// Its name, camelCase.
    const NAME: &'static str;
    /// When to call it and what it does, written for a model.
    const DESCRIPTION: &'static str;

    /// What the call comes to.
    fn action(&self, context: &ToolContext) -> Result<Action, Problem>;
}

/// A tool as it is offered to models.
#[derive(Debug, Clone, PartialEq)]
pub struct Definition {
    /// Its name.
    pub name: &'static str,
    /// When to call it and what it does.
    pub description: &'static str,
    /// JSON Schema of its arguments, which calls are checked against.
    pub schema: Value,
}

macro_rules! tools {
    ($($tool:ident),* $(,)?) => {
        /// A call whose arguments fit their schema.
        #[derive(Debug, Clone, PartialEq)]
        pub enum ToolCall {
            $(
                #[doc = concat!("See [`", stringify!($tool), "`].")]
                $tool($tool),
            )*
        }

        static DEFINITIONS: LazyLock<Vec<Definition>> = LazyLock::new(|| vec![$(definition::<$tool>()),*]);

        impl ToolCall {
            /// Its tool's name.
            pub fn name(&self) -> &'static str {
                match self { $(Self::$tool(_) => $tool::NAME),* }
            }

            /// What it comes to.
            ///
            /// # Errors
            /// [`ToolError::Arguments`] for what a schema cannot say, e.g. a time that is none.
            pub fn action(&self, context: &ToolContext) -> Result<Action, ToolError> {
                match self { $(Self::$tool(tool) => tool.action(context)),* }
                    .map_err(|problem| ToolError::Arguments { tool: self.name(), problems: vec![problem] })
            }

            fn read(name: &str, arguments: Value) -> Result<Self, flux_timeline::json::Error> {
                $(
                    if name == $tool::NAME {
                        return flux_timeline::json::read(arguments).map(Self::$tool);
                    }
                )*
                Err(serde::de::Error::custom("unknown tool"))
            }
        }
    };
}

tools! {
    ScheduleBlock,
    UpdateBlock,
    DeleteBlock,
    CompleteBlock,
    UncompleteBlock,
    FindBlocks,
    FindFreeTime,
    ShiftTimeline,
    CreatePlan,
    SwitchPlan,
    RenamePlan,
    ListPlans,
    ArchivePlan,
    UnarchivePlan,
    DeletePlan,
    Undo,
    Redo,
    UseArchitect,
    ListRuns,
    CancelRun,
    RetryRun,
}

/// All tools, in the order in which they are offered.
pub fn definitions() -> &'static [Definition] {
    &DEFINITIONS
}

fn definition<T: Tool>() -> Definition {
    Definition { name: T::NAME, description: T::DESCRIPTION, schema: schema::named(T::NAME) }
}

impl ToolCall {
    /// Reads a call: the arguments are checked against the very schema that the model was shown. Names of arguments can
    /// be written in another case (`hours_per_week` for `hoursPerWeek`), as models and people do.
    ///
    /// # Errors
    /// [`ToolError::Unknown`] with the tools there are, or [`ToolError::Arguments`] with everything that does not fit.
    pub fn parse(name: &str, arguments: &Value) -> Result<Self, ToolError> {
        let Some(tool) = definitions().iter().find(|tool| tool.name == name) else {
            return Err(ToolError::Unknown { name: name.chars().take(80).collect() });
        };
        let arguments = known_names(&tool.schema, arguments.clone());
        let problems = schema::problems(&tool.schema, &arguments);
        if !problems.is_empty() {
            return Err(ToolError::Arguments { tool: tool.name, problems });
        }
        Self::read(name, arguments::with_whole_numbers(arguments)).map_err(|error| ToolError::Arguments {
            tool: tool.name,
            problems: vec![Problem::new("", "arguments that fit the schema", error)],
        })
    }

    /// What the person is asked before the call is carried out; `None` where it need not ask.
    ///
    /// What a model does at the flick of a word should be easy to take back: deleting a plan and moving a large part of
    /// the timeline are what a person would be startled by.
    ///
    /// # Errors
    /// What the view can fail with.
    pub fn question<V: ReadPlans + ReadBlocks>(
        &self,
        view: &V,
        context: &ToolContext,
    ) -> Result<Option<String>, DecideError<V::Error>> {
        match self.action(context) {
            Ok(Action::Command(Command::DeletePlan { plan })) => {
                let plan = flux_timeline::reference::find_plan(view, &plan)?;
                let counts = read(view.plan_counts(plan.id))?;
                Ok(Some(format!("Delete the plan “{}” with its {} blocks?", plan.title, counts.open + counts.done)))
            }
            Ok(Action::Command(Command::ShiftTimeline { plan, after, before, .. })) => {
                let plan = flux_timeline::decide::plan_or_active(view, plan.as_ref())?.id;
                let moved =
                    read(view.blocks(&flux_timeline::decide::shifted_blocks(plan, after, before)))?.len() as u64;
                Ok((moved > limits::SHIFT_WITHOUT_ASKING).then(|| format!("Move {moved} blocks?")))
            }
            _ => Ok(None),
        }
    }
}
