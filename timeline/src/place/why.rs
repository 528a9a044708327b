//! Why a task found no place.

use chrono::{NaiveDate, TimeDelta};

use crate::clock;

/// Why a task found no place. `Display` is a sentence that can be shown beside the task's title.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// What is free before the deadline is too short, or the weekly limit is used up until then.
    #[error("There is no room for it before the deadline.")]
    NoRoomBeforeDeadline,
    /// The same up to the last day that is looked at.
    #[error("There is no room for it until {}, and later days are not looked at.", clock::day(*last, NaiveDate::MIN))]
    NoRoomBeforeHorizon {
        /// That day.
        last: NaiveDate,
    },
    /// No working day is long enough.
    #[error("It takes {}, and a working day has {}. Split it, or widen the working hours.", length(*minutes), length(*day))]
    LongerThanDay {
        /// What it takes, in minutes.
        minutes: u32,
        /// From the beginning to the end of the hours, in minutes.
        day: u32,
    },
    /// The weekly limit is less than this one task.
    #[error("It takes {}, and the limit is {} a week. Split it, or raise the limit.", length(*minutes), length(*limit))]
    LongerThanWeek {
        /// What it takes, in minutes.
        minutes: u32,
        /// The limit, in minutes.
        limit: u32,
    },
    /// What it depends on has no place.
    #[error("It depends on a task that found no place.")]
    DependsOnUnplaced {
        /// The first such task's place in the list.
        on: usize,
    },
    /// What it depends on is not in the list.
    #[error("It depends on a task that does not exist.")]
    UnknownDependency {
        /// The place in the list that is empty.
        on: usize,
    },
    /// It depends on itself, or on tasks that do so, directly or through others.
    #[error("It can never begin: among what must come before it, tasks wait for each other.")]
    Circle,
}

fn length(minutes: u32) -> String {
    clock::length(TimeDelta::minutes(minutes.into()))
}
