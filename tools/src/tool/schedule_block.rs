//! `scheduleBlock`: puts a block on the timeline.

use chrono::TimeDelta;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Action, Problem, Tool, ToolContext, WallTime};
use flux_timeline::block::{Kind, Priority};
use flux_timeline::command::{Command, NewBlock};
use flux_timeline::id::BlockId;
use flux_timeline::reference::{BlockRef, PlanRef};
use flux_timeline::span::Span;
use flux_timeline::text::{Description, Tag, Title};

/// Length of a block where the call gives neither end nor length, in minutes.
const DEFAULT_MINUTES: u32 = 60;

/// Arguments of `scheduleBlock`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ScheduleBlock {
    /// What is to be done or takes place, in a few words, without the time.
    #[schemars(length(min = 1, max = 200))]
    pub title: String,
    /// Leave it out for a task. appointment: what takes place at its time by itself, such as a meeting or the dentist.
    #[serde(default)]
    pub kind: Kind,
    /// Local start, e.g. 2026-11-24T08:00.
    pub start_time: WallTime,
    /// Local end. Leave it out where only a length or no end is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_time: Option<WallTime>,
    /// Length in minutes, instead of endTime. 60 where neither is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 20160))]
    pub duration_minutes: Option<u32>,
    /// More about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 4000))]
    pub description: Option<String>,
    /// How much it matters; medium where not said.
    #[serde(default)]
    pub priority: Priority,
    /// Short labels, without #.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 50))]
    pub tags: Vec<String>,
    /// Title or id of the plan; the active one where not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 200))]
    pub plan: Option<String>,
    /// Blocks that must be done first: handles, ids or titles.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 50))]
    pub depends_on: Vec<String>,
}

impl Tool for ScheduleBlock {
    const NAME: &'static str = "scheduleBlock";
    const DESCRIPTION: &'static str = "Puts one block (a task, an appointment, a reminder) on the timeline. Call it once for each block. \
         All times are local to the person.";

    fn action(&self, context: &ToolContext) -> Result<Action, Problem> {
        let start = self.start_time.instant("/startTime", context)?;
        let end = self.end_time.as_ref().map(|end| end.instant("/endTime", context)).transpose()?;
        let span = match (end, self.duration_minutes) {
            (Some(end), _) => Span::new(start, end),
            (None, minutes) => Span::starting(start, TimeDelta::minutes(minutes.unwrap_or(DEFAULT_MINUTES).into())),
        };
        Ok(Action::Command(Command::ScheduleBlock(NewBlock {
            id: BlockId::new(context.new_id),
            plan: self.plan.as_deref().map(PlanRef::from),
            title: Title::new(&self.title).map_err(|why| Problem::rejected("/title", why))?,
            kind: self.kind,
            description: self
                .description
                .as_deref()
                .map_or(Ok(None), Description::optional)
                .map_err(|why| Problem::rejected("/description", why))?,
            span: span.map_err(|why| Problem::rejected("/endTime", why))?,
            priority: self.priority,
            tags: Tag::list(&self.tags).map_err(|why| Problem::rejected("/tags", why))?,
            depends_on: self.depends_on.iter().map(|text| BlockRef::from(text.as_str())).collect(),
        })))
    }
}
