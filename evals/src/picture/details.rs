//! What blocks and series have in common, in words.

use std::fmt;

/// Writes what a block or a series has beside its title and its time.
pub(super) fn write_details(
    f: &mut fmt::Formatter<'_>,
    priority: &str,
    tags: &[String],
    description: Option<&str>,
) -> fmt::Result {
    if priority != "medium" {
        write!(f, " {priority}")?;
    }
    for tag in tags {
        write!(f, " #{tag}")?;
    }
    description.map_or(Ok(()), |description| write!(f, " ({description})"))
}
