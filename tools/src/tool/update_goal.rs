//! `updateGoal`: accepts what was planned for a goal, plans it otherwise, pauses, resumes or ends it.

use chrono::Weekday;
use flux_timeline::command::{Command, GoalRequest, HoursUpdate, WishesUpdate};
use flux_timeline::free_time::{DayTime, PartOfDay};
use flux_timeline::reference::RunRef;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::use_architect::whole_minutes;
use super::{Action, Problem, Tool, ToolContext, WallTime};

/// Arguments of `updateGoal`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateGoal {
    /// accept puts a proposal on the timeline; change plans the rest with the fields below, or anew without them; end takes the rest
    /// off the timeline, or drops a proposal.
    pub request: GoalAction,
    /// Words of the goal. Leave it out where there is only one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 500))]
    pub goal: Option<String>,
    /// New local time by which everything should be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<WallTime>,
    /// At most this many hours a week.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.25, max = 168))]
    pub hours_per_week: Option<f64>,
    /// Length of a session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 5, max = 480))]
    pub session_minutes: Option<u32>,
    /// When the person has time for it. work is the working hours.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 4))]
    pub times: Vec<PartOfDay>,
    /// Days for it, such as tuesday.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 7))]
    pub days: Vec<String>,
    /// Earliest start by the clock, such as 18:00; only together with to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 5))]
    pub from: Option<String>,
    /// Latest end by the clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 5))]
    pub to: Option<String>,
}

/// What to do with a goal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum GoalAction {
    /// Puts a proposal on the timeline.
    Accept,
    /// Plans it otherwise.
    Change,
    /// Takes its open blocks off the timeline, until it is resumed.
    Pause,
    /// Plans what remains of it.
    Resume,
    /// Takes its open blocks off the timeline for good.
    End,
    /// Removes a goal that has ended from the list.
    Remove,
}

impl UpdateGoal {
    /// Which goal is meant, if it is said.
    pub fn reference(&self) -> Option<RunRef> {
        self.goal.as_deref().map(RunRef::from)
    }

    /// What is wished.
    pub(super) fn wishes(&self, context: &ToolContext) -> Result<WishesUpdate, Problem> {
        Ok(WishesUpdate {
            deadline: self.deadline.as_ref().map(|time| time.end("/deadline", context)).transpose()?.map(Some),
            minutes_per_week: self.hours_per_week.map(|hours| Some(whole_minutes(hours))),
            session_minutes: self.session_minutes.map(Some),
            hours: self.hours()?,
        })
    }

    fn hours(&self) -> Result<HoursUpdate, Problem> {
        let day = |text: &String| {
            let day: Result<Weekday, _> = text.trim().parse();
            day.map_err(|_| Problem::new("/days", "days of the week such as tuesday", format!("“{text}”")))
        };
        let days: Vec<Weekday> = self.days.iter().map(day).collect::<Result<_, _>>()?;
        let time =
            |pointer: &str, text: &String| DayTime::read(text.trim()).map_err(|why| Problem::rejected(pointer, why));
        let from = self.from.as_ref().map(|text| time("/from", text)).transpose()?;
        let to = self.to.as_ref().map(|text| time("/to", text)).transpose()?;
        let between = match (from, to) {
            (Some(from), Some(to)) => Some((from, to)),
            (None, None) => None,
            _ => return Err(Problem::new("/from", "both from and to", "one of them")),
        };
        Ok(HoursUpdate { parts: self.times.clone(), between, days })
    }
}

impl Tool for UpdateGoal {
    const NAME: &'static str = "updateGoal";
    const DESCRIPTION: &'static str =
        "Accepts, changes, pauses, resumes or ends a goal that is listed. Call it only when the person asks for that.";

    fn action(&self, context: &ToolContext) -> Result<Action, Problem> {
        let wishes = self.wishes(context)?;
        if self.request != GoalAction::Change && wishes != WishesUpdate::default() {
            return Err(Problem::new("/request", "change, because how it is planned changes", "another request"));
        }
        let goal = self.reference();
        let set = |request| Command::SetGoal { goal: goal.clone(), request };
        Ok(Action::Command(match self.request {
            GoalAction::Accept => Command::AcceptGoal { goal, starts: None },
            GoalAction::Change => Command::ChangeGoal { goal, wishes },
            GoalAction::Pause => set(GoalRequest::Pause),
            GoalAction::Resume => set(GoalRequest::Resume),
            GoalAction::End => set(GoalRequest::End),
            GoalAction::Remove => set(GoalRequest::Dismiss),
        }))
    }
}
