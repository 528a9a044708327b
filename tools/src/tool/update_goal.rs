//! `updateGoal`: accepts what was planned for a goal, plans it otherwise, pauses, resumes or ends it.

use chrono::Weekday;
use flux_timeline::command::{Command, GoalRequest, HoursUpdate, WishesUpdate};
use flux_timeline::free_time::{DayTime, PartOfDay};
use flux_timeline::place::SHORTEST_TASK;
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
    /// New local time by which everything should be done; an empty one removes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", length(max = 40))]
    pub deadline: Option<WallTime>,
    /// At most this many hours a week; 0 removes the limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 168))]
    pub hours_per_week: Option<f64>,
    /// Length of a session, at least 5; 0 leaves it to the plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 480))]
    pub session_minutes: Option<u32>,
    /// When the person has time for it. work is the working hours; an empty list means as usual for such a goal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 4))]
    pub times: Option<Vec<PartOfDay>>,
    /// Days for it, such as tuesday; an empty list means as usual.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 7))]
    pub days: Option<Vec<String>>,
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
            deadline: self.deadline.as_ref().map(|time| time.optional_end("/deadline", context)).transpose()?,
            minutes_per_week: self.hours_per_week.map(|hours| (hours > 0.0).then(|| whole_minutes(hours))),
            session_minutes: self.session_minutes.map(|minutes| (minutes > 0).then(|| minutes.max(SHORTEST_TASK))),
            hours: self.hours()?,
        })
    }

    /// Whether a field has a value. Models fill in what they leave out, so next to another request an empty field means nothing.
    fn sets_something(&self) -> bool {
        self.deadline.as_ref().is_some_and(|deadline| !deadline.is_empty())
            || self.hours_per_week.is_some_and(|hours| hours > 0.0)
            || self.session_minutes.is_some_and(|minutes| minutes > 0)
            || self.times.as_ref().is_some_and(|times| !times.is_empty())
            || self.days.as_ref().is_some_and(|days| !days.is_empty())
            || self.from.is_some()
    }

    fn hours(&self) -> Result<HoursUpdate, Problem> {
        let day = |text: &String| {
            let day: Result<Weekday, _> = text.trim().parse();
            day.map_err(|_| Problem::new("/days", "days of the week such as tuesday", format!("“{text}”")))
        };
        let days = self.days.as_ref().map(|days| days.iter().map(day).collect::<Result<Vec<_>, _>>()).transpose()?;
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
        if self.request != GoalAction::Change && self.sets_something() {
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

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use flux_timeline::Zone;
    use serde_json::{Value, json};

    use super::*;
    use crate::tool::ToolCall;

    const CONTEXT: ToolContext = ToolContext { now: DateTime::UNIX_EPOCH, zone: Zone::UTC, new_id: uuid::Uuid::nil() };

    fn wishes(arguments: &Value) -> WishesUpdate {
        ToolCall::parse(UpdateGoal::NAME, arguments).unwrap().wishes(&CONTEXT).unwrap().1
    }

    #[test]
    fn an_empty_field_and_0_take_a_wish_away() {
        let empty = json!({
            "request": "change", "deadline": "", "hoursPerWeek": 0, "sessionMinutes": 0, "times": [], "days": [],
        });
        let hours = HoursUpdate { parts: Some(Vec::new()), between: None, days: Some(Vec::new()) };
        let none =
            WishesUpdate { deadline: Some(None), minutes_per_week: Some(None), session_minutes: Some(None), hours };
        assert_eq!(wishes(&empty), none);
        assert_eq!(wishes(&json!({"request": "change"})), WishesUpdate::default(), "what is left out stays");
        let least = wishes(&json!({"request": "change", "hoursPerWeek": 0.1, "sessionMinutes": 3}));
        assert_eq!((least.minutes_per_week, least.session_minutes), (Some(Some(15)), Some(Some(5))));
    }

    #[test]
    fn next_to_another_request_an_empty_field_means_nothing_and_a_filled_one_is_refused() {
        let command = |arguments: &Value| ToolCall::parse(UpdateGoal::NAME, arguments).unwrap().action(&CONTEXT);
        let filled = json!({"request": "accept", "deadline": "", "hoursPerWeek": 0, "times": [], "days": []});
        let accept = Command::AcceptGoal { goal: None, starts: None };
        assert!(matches!(command(&filled), Ok(Action::Command(command)) if command == accept));
        assert!(command(&json!({"request": "pause", "days": ["monday"]})).is_err());
    }
}
