//! What blocks and series have in common, in words.

use std::fmt;

use chrono::NaiveDate;

/// Writes what a block or a series has beside its title and its time.
pub(super) fn write_details(
    f: &mut fmt::Formatter<'_>,
    priority: &str,
    tags: &[String],
    description: Option<&str>,
    reminders: Option<&[u32]>,
) -> fmt::Result {
    if priority != "medium" {
        write!(f, " {priority}")?;
    }
    for tag in tags {
        write!(f, " #{tag}")?;
    }
    if let Some(description) = description {
        write!(f, " ({description})")?;
    }
    match reminders {
        None => Ok(()),
        Some([]) => write!(f, " never reminds"),
        Some(minutes) => write!(f, " reminds {minutes:?} min before"),
    }
}

/// Writes `2026-03-06 all day`, or `2026-03-06 to 2026-03-08 all day`.
pub(crate) fn write_days(f: &mut fmt::Formatter<'_>, first: NaiveDate, last: NaiveDate) -> fmt::Result {
    if first == last { write!(f, "{first} all day") } else { write!(f, "{first} to {last} all day") }
}
