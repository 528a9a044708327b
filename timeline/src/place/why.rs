//! Why a task has no place.

use chrono::{NaiveDate, TimeDelta};

use crate::clock;

/// Why a task has no place. `Display` is a sentence to show beside the task's title.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// The free time before the deadline is too short, or the weekly limit is used up.
    #[error("There is no room for it before the deadline.")]
    NoRoomBeforeDeadline,
    /// The same for a task that comes after all sessions.
    #[error("There is no room for it after the sessions and before the deadline.")]
    NoRoomAfterSessions,
    /// The same, up to the last day that is looked at.
    #[error("There is no room for it until {}, and later days are not looked at.", clock::day(*last, NaiveDate::MIN))]
    NoRoomBeforeHorizon {
        /// That day.
        last: NaiveDate,
    },
    /// No day has as many hours.
    #[error(
        "It takes {}, and a day has {} for it. Split it, or {}.",
        length(*minutes),
        length(*day),
        if *is_work { "widen the working hours" } else { "choose longer hours for it" }
    )]
    LongerThanDay {
        /// The length of the task, in minutes.
        minutes: u32,
        /// The longest hours of a day, in minutes.
        day: u32,
        /// Whether these are the working hours, and not those of an activity.
        is_work: bool,
    },
    /// The task alone is longer than the weekly limit.
    #[error("It takes {}, and the limit is {} a week. Split it, or raise the limit.", length(*minutes), length(*limit))]
    LongerThanWeek {
        /// The length of the task, in minutes.
        minutes: u32,
        /// The limit, in minutes.
        limit: u32,
    },
    /// A task that it depends on has no place.
    #[error("It depends on a task that found no place.")]
    DependsOnUnplaced {
        /// The index of the first such task.
        on: usize,
    },
    /// A task that it depends on is not in the list.
    #[error("It depends on a task that does not exist.")]
    UnknownDependency {
        /// The index that the list does not have.
        on: usize,
    },
    /// It depends, directly or through others, on tasks that wait for each other.
    #[error("It can never begin: among what must come before it, tasks wait for each other.")]
    Circle,
}

fn length(minutes: u32) -> String {
    clock::length(TimeDelta::minutes(minutes.into()))
}
