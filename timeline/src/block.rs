//! A block: a task or an appointment, and when.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{clock, json, limits};

use crate::days::{Days, When};
use crate::id::{BlockId, Handle, PlanId, RunId, SeriesId};
use crate::reminder::{ALL_DAY, Reminders};
use crate::span::{Span, to_millis};
use crate::text::{Description, Tag, Title, title_key};
use crate::zone::Zone;

/// A block of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Block {
    /// Its id.
    pub id: BlockId,
    /// Its short name, `B12`.
    pub handle: Handle,
    /// The plan that it belongs to.
    pub plan: PlanId,
    /// What is to be done, or takes place.
    pub title: Title,
    /// Whether it is a task or an appointment. Blocks of earlier versions have none and are tasks.
    #[serde(default, skip_serializing_if = "Kind::is_task")]
    pub kind: Kind,
    /// More about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Description>,
    /// When, unless it is all day; `None` if it has no time yet. Only a task can lack one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span: Option<Span>,
    /// The days that it lasts, if it is all day. It then has no `span` and takes up no time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<Days>,
    /// How long a task without a time will take, in minutes; `None` if nobody has said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u32>,
    /// The last day on which a task can be done, in the person's zone.
    #[serde(default, deserialize_with = "clock::optional_date", skip_serializing_if = "Option::is_none")]
    pub due: Option<NaiveDate>,
    /// The first day on which a task can be done, in the person's zone.
    #[serde(default, deserialize_with = "clock::optional_date", skip_serializing_if = "Option::is_none")]
    pub not_before: Option<NaiveDate>,
    /// How much it matters.
    pub priority: Priority,
    /// Free labels; no doubles.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
    /// When it was completed; `None` if it was not.
    #[serde(default, deserialize_with = "clock::optional_instant", skip_serializing_if = "Option::is_none")]
    pub completed_at: Option<DateTime<Utc>>,
    /// When it was marked as missed; `None` if it was not. Only an appointment that is not completed can be missed.
    #[serde(default, deserialize_with = "clock::optional_instant", skip_serializing_if = "Option::is_none")]
    pub missed_at: Option<DateTime<Utc>>,
    /// The time that was spent on it.
    #[serde(default, skip_serializing_if = "Worked::is_nothing")]
    pub worked: Worked,
    /// Blocks that come first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<BlockId>,
    /// When it reminds the person of itself; `None` if that is as the person's settings say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reminders: Option<Reminders>,
    /// Its place in a series, if it repeats. The series may be gone: what is done outlives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series: Option<Occurrence>,
    /// What it is of a goal. The goal may be gone: what is done outlives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goal: Option<GoalPart>,
    /// Who put it there.
    pub source: Source,
}

impl Block {
    /// An open task without a time, of which nothing more is known.
    pub fn new(id: BlockId, handle: Handle, plan: PlanId, title: Title, source: Source) -> Self {
        Self {
            id,
            handle,
            plan,
            title,
            kind: Kind::Task,
            description: None,
            span: None,
            days: None,
            minutes: None,
            due: None,
            not_before: None,
            priority: Priority::Medium,
            tags: Vec::new(),
            completed_at: None,
            missed_at: None,
            worked: Worked::default(),
            depends_on: Vec::new(),
            reminders: None,
            series: None,
            goal: None,
            source,
        }
    }

    /// Whether it is open, completed or missed.
    pub fn status(&self) -> Status {
        match (self.missed_at, self.completed_at) {
            (Some(_), _) => Status::Missed,
            (None, Some(_)) => Status::Completed,
            (None, None) => Status::Open,
        }
    }

    /// Whether it is neither completed nor missed. An open block takes up its time.
    pub fn is_open(&self) -> bool {
        self.status() == Status::Open
    }

    /// Whether it is a task that is not completed.
    pub fn is_to_do(&self) -> bool {
        self.kind == Kind::Task && self.completed_at.is_none()
    }

    /// When it takes place; `None` if it has no time yet.
    pub fn when(&self) -> Option<When> {
        self.span.map(When::Span).or(self.days.map(When::Days))
    }

    /// This block at another time, or without one. A block that has a time has no estimate.
    #[must_use]
    pub fn at(self, when: Option<When>) -> Self {
        let minutes = self.minutes.filter(|_| when.is_none());
        Self { span: when.and_then(When::span), days: when.and_then(When::days), minutes, ..self }
    }

    /// When it begins and ends in a person's zone.
    pub fn in_zone(&self, zone: Zone) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        self.when().map(|when| when.in_zone(zone))
    }

    /// Whether it is a task that is not completed and has no time yet.
    pub fn is_in_inbox(&self) -> bool {
        self.is_to_do() && self.when().is_none()
    }

    /// Whether it is a task whose time has passed and which is not completed. An appointment is never overdue, and neither is a
    /// task without a time.
    pub fn is_overdue(&self, now: DateTime<Utc>, zone: Zone) -> bool {
        self.is_to_do() && self.has_ended(now, zone)
    }

    /// Whether it is a task that needs a time: it is overdue, or has none yet.
    pub fn is_unplaced(&self, now: DateTime<Utc>, zone: Zone) -> bool {
        self.is_overdue(now, zone) || self.is_in_inbox()
    }

    /// Whether it is an appointment whose time has passed.
    pub fn is_over(&self, now: DateTime<Utc>, zone: Zone) -> bool {
        self.kind == Kind::Appointment && self.has_ended(now, zone)
    }

    /// Whether its time has passed, which is the end of the last day in the person's zone for an all-day block.
    pub fn has_ended(&self, now: DateTime<Utc>, zone: Zone) -> bool {
        self.in_zone(zone).is_some_and(|(_, end)| end <= now)
    }

    /// Whether it begins after `now`, which is the start of the first day in the person's zone for an all-day block.
    pub fn has_to_begin(&self, now: DateTime<Utc>, zone: Zone) -> bool {
        self.in_zone(zone).is_some_and(|(start, _)| start > now)
    }

    /// The moment from which its reminders count back: its start, or [`ALL_DAY`] on the first day of an all-day block. Nobody wants to be
    /// reminded at midnight.
    pub fn reminded_start(&self, zone: Zone) -> Option<DateTime<Utc>> {
        let after_midnight = TimeDelta::minutes(ALL_DAY.minutes().into());
        let morning = |days: Days| zone.instant(days.first().and_time(NaiveTime::MIN) + after_midnight);
        self.span.map(Span::start).or(self.days.map(morning))
    }

    /// How long it takes: the length of its time, or the estimate of a task without one. `None` for an all-day block.
    pub fn length(&self) -> Option<TimeDelta> {
        let estimate = self.minutes.map(|minutes| TimeDelta::minutes(minutes.into()));
        self.span.map(Span::length).or(estimate)
    }

    /// What it says besides its title, in the form in which it is searched: its handle, its tags with `#`, its description.
    pub fn details_key(&self) -> String {
        let mut text = self.handle.to_string();
        self.tags.iter().for_each(|tag| text.extend([" #", tag.as_str()]));
        self.description.iter().for_each(|description| text.extend([" ", description.as_str()]));
        title_key(&text)
    }
}

/// The place of a block in a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Occurrence {
    /// The series.
    #[serde(rename = "id")]
    pub series: SeriesId,
    /// The start that the rule gave it, by the clock in the zone of the series, even if the block was moved since.
    #[serde(serialize_with = "clock::serialize_wall", deserialize_with = "clock::wall_time")]
    pub start: NaiveDateTime,
}

/// What a block is of a goal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoalPart {
    /// The goal.
    #[serde(rename = "id")]
    pub goal: RunId,
    /// Which part of its outline.
    pub part: Part,
}

/// A part of an outline, by its index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// A single task.
    Task(usize),
    /// A session of a phase.
    Session(usize),
}

/// What a block is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Kind {
    /// Has to be done. It is overdue when its time has passed.
    #[default]
    Task,
    /// Takes place by itself, such as a meeting or a lunch. It can be missed.
    Appointment,
}

impl Kind {
    /// `task` or `appointment`, as on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Task => "task",
            Self::Appointment => "appointment",
        }
    }

    /// Whether it is a task.
    pub const fn is_task(&self) -> bool {
        matches!(self, Self::Task)
    }
}

/// The time that was spent on a task. Its timer runs between a start and a pause. Timers of several tasks can run at once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Worked {
    /// The time until the last pause, in ms.
    #[serde(default, skip_serializing_if = "json::is_zero")]
    pub ms: u64,
    /// When the timer was started; `None` if it does not run. Only that of a task which is not completed runs.
    #[serde(default, deserialize_with = "clock::optional_instant", skip_serializing_if = "Option::is_none")]
    pub since: Option<DateTime<Utc>>,
}

impl Worked {
    /// Whether no time was spent and no timer runs.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// Whether the timer runs.
    pub const fn is_running(&self) -> bool {
        self.since.is_some()
    }

    /// The time until the last pause, at most [`limits::WORKED`].
    pub fn until_pause(&self) -> TimeDelta {
        i64::try_from(self.ms).map_or(limits::WORKED, TimeDelta::milliseconds).min(limits::WORKED)
    }

    /// The whole minutes until the last pause.
    pub const fn minutes(&self) -> u64 {
        self.ms / 60_000
    }

    /// The time until now, at most [`limits::WORKED`]. The clock may have been set back since the timer was started.
    pub fn total(&self, now: DateTime<Utc>) -> TimeDelta {
        let running = self.since.map_or(TimeDelta::zero(), |since| (now - since).max(TimeDelta::zero()));
        self.until_pause().checked_add(&running).unwrap_or(limits::WORKED).min(limits::WORKED)
    }

    /// With a timer that runs. It goes on if it runs already.
    #[must_use]
    pub fn started(self, now: DateTime<Utc>) -> Self {
        Self { since: self.since.or(Some(to_millis(now))), ..self }
    }

    /// With a timer that does not run.
    #[must_use]
    pub fn paused(self, now: DateTime<Utc>) -> Self {
        let ms = if self.is_running() { self.total(now).num_milliseconds().unsigned_abs() } else { self.ms };
        Self { ms, since: None }
    }
}

/// What has become of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Nothing yet.
    Open,
    /// It was completed.
    Completed,
    /// It was missed. Only an appointment can be.
    Missed,
}

/// How much a block matters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Priority {
    /// Do it first.
    High,
    /// The usual.
    #[default]
    Medium,
    /// When there is time.
    Low,
}

impl Priority {
    /// `high`, `medium` or `low`, as on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }
}

/// Who put a block on the timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// The person, directly.
    User,
    /// The model, in a turn.
    Assistant,
    /// A run of the architect.
    Architect,
}
