//! `updateBlock`: changes a block.

use chrono::TimeDelta;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::reminders::reminders;
use super::{Action, Problem, Repeat, SeriesScope, Tool, ToolContext, WallDate, WallTime};
use flux_timeline::Reminders;
use flux_timeline::block::{Kind, Priority};
use flux_timeline::command::{BlockUpdate, Command};
use flux_timeline::reference::BlockRef;
use flux_timeline::text::{Description, Tag, Title};

/// Arguments of `updateBlock`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateBlock {
    /// Handle (such as B12), id, or unambiguous title of the block.
    #[schemars(length(min = 1, max = 200))]
    pub id: String,
    /// What to change; everything else stays as it is.
    pub updates: Updates,
    /// For a block that repeats: following also changes those after it, all every one.
    #[serde(default, skip_serializing_if = "SeriesScope::is_one")]
    pub scope: SeriesScope,
}

/// The fields of an update; at least one.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[schemars(inline, extend("minProperties" = 1))]
pub struct Updates {
    /// New title.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 200))]
    pub title: Option<String>,
    /// Makes it a task or an appointment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// New description; an empty one removes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 4000))]
    pub description: Option<String>,
    /// New priority.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    /// New local start. Alone it moves the block, which keeps its length.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_time: Option<WallTime>,
    /// New local end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_time: Option<WallTime>,
    /// New length in minutes, instead of endTime; 0 removes an estimate.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 20160))]
    pub duration_minutes: Option<u32>,
    /// New first day of what is all day. Alone it keeps its number of days, and makes a block with a time all day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_day: Option<WallDate>,
    /// New last day of what is all day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_day: Option<WallDate>,
    /// true takes the time away: the task is in the inbox again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inbox: Option<bool>,
    /// Last day for a task, e.g. 2026-11-27; an empty one removes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_date: Option<WallDate>,
    /// First day for a task; an empty one removes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub earliest_date: Option<WallDate>,
    /// Whether it is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completed: Option<bool>,
    /// Whether an appointment was missed: it did not take place, or the person was not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missed: Option<bool>,
    /// Starts (true) or pauses (false) the timer of a task.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub working: Option<bool>,
    /// Minutes spent on a task so far, in all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 600_000))]
    pub worked_minutes: Option<u32>,
    /// All tags from now on, without #.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 50))]
    pub tags: Option<Vec<String>>,
    /// When to remind the person, in minutes before the start; an empty list means never.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 5))]
    pub remind_minutes_before: Option<Vec<u32>>,
    /// true: reminders as the settings say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usual_reminders: Option<bool>,
    /// How it repeats from now on, as in scheduleBlock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeat: Option<Repeat>,
}

impl Updates {
    /// The new reminders; `Some(None)` for those of the settings.
    fn reminders(&self) -> Result<Option<Option<Reminders>>, Problem> {
        let own = reminders("/updates/remindMinutesBefore", self.remind_minutes_before.as_deref())?;
        match (own, self.usual_reminders == Some(true)) {
            (Some(_), true) => {
                Err(Problem::new("/updates/usualReminders", "either remindMinutesBefore or usualReminders", "both"))
            }
            (None, true) => Ok(Some(None)),
            (own, false) => Ok(own.map(Some)),
        }
    }
}

impl Tool for UpdateBlock {
    const NAME: &'static str = "updateBlock";
    const DESCRIPTION: &'static str = "Changes a block: its time, length, days, title, kind, description, priority, tags or reminders, that an appointment \
         was missed, or the timer of a task. To move a block, or to give a task a time, give only the new startTime.";

    fn action(&self, context: &ToolContext) -> Result<Action, Problem> {
        let updates = &self.updates;
        let title = updates.title.as_deref().map(Title::new).transpose();
        let description = updates.description.as_deref().map(Description::optional).transpose();
        let tags = updates.tags.as_deref().map(Tag::list).transpose();
        let start = updates.start_time.as_ref().map(|time| time.instant("/updates/startTime", context));
        let end = updates.end_time.as_ref().map(|time| time.instant("/updates/endTime", context));
        let day = |date: &Option<WallDate>, pointer| date.as_ref().map(|date| date.date(pointer)).transpose();
        Ok(Action::Command(Command::UpdateBlock {
            block: BlockRef::from(self.id.as_str()),
            changes: BlockUpdate {
                title: title.map_err(|why| Problem::rejected("/updates/title", why))?,
                description: description.map_err(|why| Problem::rejected("/updates/description", why))?,
                kind: updates.kind,
                priority: updates.priority,
                tags: tags.map_err(|why| Problem::rejected("/updates/tags", why))?,
                start: start.transpose()?,
                end: end.transpose()?,
                length: updates
                    .duration_minutes
                    .map(|minutes| (minutes > 0).then(|| TimeDelta::minutes(minutes.into()))),
                first_day: day(&updates.first_day, "/updates/firstDay")?.flatten(),
                last_day: day(&updates.last_day, "/updates/lastDay")?.flatten(),
                unschedule: updates.inbox == Some(true),
                due: day(&updates.due_date, "/updates/dueDate")?,
                not_before: day(&updates.earliest_date, "/updates/earliestDate")?,
                completed: updates.completed,
                missed: updates.missed,
                working: updates.working,
                worked: updates.worked_minutes.map(|minutes| TimeDelta::minutes(minutes.into())),
                reminders: updates.reminders()?,
                repeat: updates.repeat.as_ref().map(|repeat| repeat.of("/updates/repeat", context)).transpose()?,
                scope: self.scope.of(context),
            },
        }))
    }
}
