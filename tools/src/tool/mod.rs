//! The tools that a model can call. Each tool is one file with its argument struct, its description, and its conversion to a
//! command or a query. Models read the doc comments of the argument struct. [`ToolCall`] lists all tools.

#[cfg(test)]
mod any_values;
mod archive_plan;
mod arguments;
mod cancel_run;
mod color_plan;
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
mod reminders;
mod rename_plan;
mod repeat;
mod reschedule_overdue;
mod retry_run;
mod schedule_block;
mod schema;
mod shift_timeline;
mod snooze_reminder;
mod switch_plan;
mod unarchive_plan;
mod uncomplete_block;
mod undo;
mod update_block;
mod update_goal;
mod use_architect;
mod wall_time;

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use flux_timeline::BlockId;
use flux_timeline::command::{Command, WishesUpdate};
use flux_timeline::decide::{DecideError, Decided};
use flux_timeline::query::Query;
use flux_timeline::reference::{BlockRef, RunRef};
use flux_timeline::view::{ReadBlocks, ReadPlans};
use flux_timeline::zone::Zone;

pub use archive_plan::ArchivePlan;
pub use arguments::known_names;
pub use cancel_run::CancelRun;
pub use color_plan::ColorPlan;
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
pub use repeat::{Repeat, SeriesScope};
pub use reschedule_overdue::RescheduleOverdue;
pub use retry_run::RetryRun;
pub use schedule_block::ScheduleBlock;
pub use shift_timeline::ShiftTimeline;
pub use snooze_reminder::SnoozeReminder;
pub use switch_plan::SwitchPlan;
pub use unarchive_plan::UnarchivePlan;
pub use uncomplete_block::UncompleteBlock;
pub use undo::Undo;
pub use update_block::UpdateBlock;
pub use update_goal::UpdateGoal;
pub use use_architect::UseArchitect;
pub use wall_time::{WallDate, WallTime};

/// What a tool needs to turn a call into an action.
#[derive(Debug, Clone, Copy)]
pub struct ToolContext {
    /// The present moment.
    pub now: DateTime<Utc>,
    /// The person's zone. The model writes times in it.
    pub zone: Zone,
    /// The id of the block, plan or run that the call creates, if it creates one.
    pub new_id: Uuid,
}

/// What a call asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::large_enum_variant, reason = "there is one at a time, and nearly all are commands")]
pub enum Action {
    /// A change.
    Command(Command),
    /// A question.
    Query(Query),
    /// To let a reminder that has come come again. The timeline does not have those.
    Snooze {
        /// Its block; `None` means the only one that waits.
        block: Option<BlockRef>,
        /// After how many minutes, 1–[`REMINDER_MINUTES`](flux_timeline::limits::REMINDER_MINUTES).
        minutes: u32,
    },
}

/// One tool, as its file defines it.
trait Tool: serde::de::DeserializeOwned + schemars::JsonSchema {
    /// Its name, camelCase.
    const NAME: &'static str;
    /// When to call it and what it does, written for a model.
    const DESCRIPTION: &'static str;

    /// What the call asks for.
    fn action(&self, context: &ToolContext) -> Result<Action, Problem>;

    /// What the person must agree to before the call is carried out. `None` if the call needs no consent.
    fn consent<V: ReadPlans + ReadBlocks>(&self, _: &V, _: &ToolContext) -> ConsentResult<V> {
        Ok(None)
    }
}

/// Whether a call needs consent, or why it will be rejected.
type ConsentResult<V> = Decided<V, Option<Consent>>;

/// What the person is asked before a call is carried out. A model can misunderstand a message, so tools ask before they do
/// something that affects a large part of the timeline.
#[derive(Debug, Clone, PartialEq)]
pub struct Consent {
    /// The question, for a person.
    pub question: String,
    /// The arguments of the call with everything resolved that may mean something else later: plans by their ids, times with
    /// an offset.
    pub arguments: Value,
    /// The blocks that the call would affect now.
    pub touches: Vec<BlockId>,
}

/// A tool as it is offered to models.
#[derive(Debug, Clone, PartialEq)]
pub struct Definition {
    /// Its name.
    pub name: &'static str,
    /// When to call it and what it does.
    pub description: &'static str,
    /// The JSON Schema of its arguments. Calls are checked against it.
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

            /// What it asks for.
            ///
            /// # Errors
            /// [`ToolError::Arguments`] for problems that a schema cannot express, e.g. a text that is not a time.
            pub fn action(&self, context: &ToolContext) -> Result<Action, ToolError> {
                match self { $(Self::$tool(tool) => tool.action(context)),* }
                    .map_err(|problem| ToolError::Arguments { tool: self.name(), problems: vec![problem] })
            }

            /// What the person must agree to before the call is carried out. `None` if it needs no consent.
            ///
            /// # Errors
            /// A rejection if the call would be rejected now, and the errors of the view.
            pub fn consent<V: ReadPlans + ReadBlocks>(
                &self,
                view: &V,
                context: &ToolContext,
            ) -> Result<Option<Consent>, DecideError<V::Error>> {
                match self { $(Self::$tool(tool) => tool.consent(view, context)),* }
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
    RescheduleOverdue,
    SnoozeReminder,
    CreatePlan,
    SwitchPlan,
    RenamePlan,
    ColorPlan,
    ListPlans,
    ArchivePlan,
    UnarchivePlan,
    DeletePlan,
    Undo,
    Redo,
    UseArchitect,
    UpdateGoal,
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
    /// Which goal a call of `updateGoal` is about, and what is wished for it. Nothing for another tool.
    ///
    /// # Errors
    /// [`ToolError::Arguments`], as [`ToolCall::action`].
    pub fn wishes(&self, context: &ToolContext) -> Result<(Option<RunRef>, WishesUpdate), ToolError> {
        let Self::UpdateGoal(tool) = self else { return Ok((None, WishesUpdate::default())) };
        let wishes = tool.wishes(context);
        let wishes = wishes.map_err(|problem| ToolError::Arguments { tool: self.name(), problems: vec![problem] })?;
        Ok((tool.reference(), wishes))
    }

    /// Reads a call and checks its arguments against the schema that models see. Names of arguments may be in another
    /// case (`hours_per_week` for `hoursPerWeek`), because models and people write them so.
    ///
    /// # Errors
    /// [`ToolError::Unknown`] with the names of all tools, or [`ToolError::Arguments`] with every problem.
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
}
