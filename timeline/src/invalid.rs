//! Why a single value is not valid, whatever the timeline contains: texts, spans and time zones check themselves.

use crate::limits;

/// Why a value is not valid. `Display` is a sentence that can be shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidValue {
    /// A title without a visible character.
    #[error("A title is missing. Nothing was changed; give it a name.")]
    TitleEmpty,
    /// A title over the limit.
    #[error("The title has {chars} characters; at most {} fit. Nothing was changed; shorten it.", limits::TITLE_CHARS)]
    TitleTooLong {
        /// Its length.
        chars: usize,
    },
    /// A description without a visible character where one is needed.
    #[error("The description is empty. Nothing was changed.")]
    DescriptionEmpty,
    /// A description over the limit.
    #[error(
        "The description has {chars} characters; at most {} fit. Nothing was changed; shorten it.",
        limits::DESCRIPTION_CHARS
    )]
    DescriptionTooLong {
        /// Its length.
        chars: usize,
    },
    /// A tag without a visible character.
    #[error("A tag is empty. Nothing was changed.")]
    TagEmpty,
    /// A tag over the limit.
    #[error("A tag has {chars} characters; at most {} fit. Nothing was changed; shorten it.", limits::TAG_CHARS)]
    TagTooLong {
        /// Its length.
        chars: usize,
    },
    /// Too many tags on a block.
    #[error("There are {count} tags; a block can have {}. Nothing was changed.", limits::TAGS)]
    TooManyTags {
        /// How many there would be.
        count: usize,
    },
    /// An end that is not after the start.
    #[error("The end must be after the start. Nothing was changed.")]
    EndNotAfterStart,
    /// A block over the limit.
    #[error("A block can take at most {} days. Nothing was changed; split it into several.", limits::BLOCK_DAYS)]
    BlockTooLong,
    /// A last day that is before the first one.
    #[error("The last day must not be before the first. Nothing was changed.")]
    LastDayBeforeFirst,
    /// All-day blocks over the limit.
    #[error(
        "All day, a block can last at most {} days. Nothing was changed; split it into several.",
        limits::ALL_DAY_DAYS
    )]
    TooManyDays,
    /// A date that no block can have.
    #[error("Dates from {} to {} are possible. Nothing was changed.", limits::FIRST_YEAR, limits::LAST_YEAR)]
    DateOutOfRange,
    /// Too many reminders of a block.
    #[error(
        "A block can remind you {} times; there are {count}. Nothing was changed; leave some out.",
        limits::REMINDERS
    )]
    TooManyReminders {
        /// How many there would be.
        count: usize,
    },
    /// A reminder over the limit.
    #[error(
        "A reminder can come up to a week before ({} minutes), not {minutes} minutes. Nothing was changed.",
        limits::REMINDER_MINUTES
    )]
    ReminderTooEarly {
        /// How many minutes before the start it would come.
        minutes: u32,
    },
    /// Quiet hours that end when they begin.
    #[error("Quiet hours must end at another time than they begin. Nothing was changed.")]
    QuietForNoTime,
    /// A goal without a visible character.
    #[error("A goal is missing. Nothing was started; say what you want to reach.")]
    GoalEmpty,
    /// A goal over the limit.
    #[error("The goal has {chars} characters; at most {} fit. Nothing was started; shorten it.", limits::GOAL_CHARS)]
    GoalTooLong {
        /// Its length.
        chars: usize,
    },
    /// A zone that the tz database does not have.
    #[error("There is no time zone “{name}”. Nothing was changed; use an IANA name such as Europe/Oslo.")]
    UnknownZone {
        /// As it was given, shortened.
        name: String,
    },
}
