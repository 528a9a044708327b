//! `scheduleBlock`: puts a block on the timeline.

use chrono::TimeDelta;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::reminders::reminders;
use super::{Action, Problem, Repeat, Tool, ToolContext, WallDate, WallTime};
use flux_timeline::block::{Kind, Priority};
use flux_timeline::command::{Command, NewBlock};
use flux_timeline::days::Days;
use flux_timeline::id::BlockId;
use flux_timeline::limits;
use flux_timeline::reference::{BlockRef, PlanRef};
use flux_timeline::series::End;
use flux_timeline::span::Span;
use flux_timeline::text::{Description, Tag, Title};

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
    /// Local start, e.g. 2026-11-24T08:00. Leave it out for a task that has no time: it goes to the inbox.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_time: Option<WallTime>,
    /// Local end. Leave it out where only a length or no end is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_time: Option<WallTime>,
    /// Length in minutes, instead of endTime. 60 where neither is given and there is a start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 20160))]
    pub duration_minutes: Option<u32>,
    /// First day of what is all day (a holiday, a birthday, a trip), e.g. 2026-11-27. It has no startTime then; do not ask for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_day: Option<WallDate>,
    /// Last day of what is all day. Leave it out for one day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_day: Option<WallDate>,
    /// Last day for a task, e.g. 2026-11-27.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_date: Option<WallDate>,
    /// First day for a task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub earliest_date: Option<WallDate>,
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
    /// Leave it out, unless the person wants to be reminded: how many minutes before the start, e.g. [10]. "Remind me to …" is [0].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 5))]
    pub remind_minutes_before: Option<Vec<u32>>,
    /// Leave it out, unless the person says that it repeats ("every", "each", "daily"): how, in English, from startTime on: "every
    /// weekday", "every other tuesday until 2026-06-30", "every month on the 1st", "every 3 days, 10 times"; "3 days after it was
    /// done" counts from then. Or an RRULE.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeat: Option<Repeat>,
}

impl Tool for ScheduleBlock {
    const NAME: &'static str = "scheduleBlock";
    const DESCRIPTION: &'static str = "Puts one block (a task, an appointment, a reminder) on the timeline, or a task without a time in the inbox. Call it \
         once for each block, and once for what repeats. All times are local to the person.";

    fn action(&self, context: &ToolContext) -> Result<Action, Problem> {
        let start = self.start_time.as_ref().map(|start| start.instant("/startTime", context)).transpose()?;
        let end = self.end_time.as_ref().map(|end| end.instant("/endTime", context)).transpose()?;
        let length = self.duration_minutes.map_or(limits::UNESTIMATED, |minutes| TimeDelta::minutes(minutes.into()));
        let span = match (start, end) {
            (Some(start), Some(end)) => Some(Span::new(start, end)),
            (Some(start), None) => Some(Span::starting(start, length)),
            (None, Some(_)) => return Err(Problem::new("/startTime", "a start, because there is an end", "nothing")),
            (None, None) => None,
        };
        let day = |date: &Option<WallDate>, pointer| date.as_ref().map_or(Ok(None), |date| date.date(pointer));
        let days = match (day(&self.first_day, "/firstDay")?, day(&self.last_day, "/lastDay")?) {
            (Some(first), last) => Some(Days::new(first, last.unwrap_or(first))),
            (None, Some(_)) => {
                return Err(Problem::new("/firstDay", "a first day, because there is a last one", "nothing"));
            }
            (None, None) => None,
        };
        let repeat = self.repeat.as_ref().map(|repeat| repeat.of("/repeat", context)).transpose()?;
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
            span: span.transpose().map_err(|why| Problem::rejected("/endTime", why))?,
            days: days.transpose().map_err(|why| Problem::rejected("/lastDay", why))?,
            minutes: self.duration_minutes,
            due: day(&self.due_date, "/dueDate")?,
            not_before: day(&self.earliest_date, "/earliestDate")?,
            priority: self.priority,
            tags: Tag::list(&self.tags).map_err(|why| Problem::rejected("/tags", why))?,
            depends_on: self.depends_on.iter().map(|text| BlockRef::from(text.as_str())).collect(),
            reminders: reminders("/remindMinutesBefore", self.remind_minutes_before.as_deref())?,
            // Once is not a series.
            repeat: repeat.filter(|repeat| repeat.rule.end != End::After(1)),
        })))
    }
}
