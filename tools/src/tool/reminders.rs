//! The argument of several tools that says when a block reminds.

use flux_timeline::Reminders;

use super::Problem;

/// Reads minutes before the start of a block. `pointer` is the place of the argument.
pub(super) fn reminders(pointer: &str, minutes: Option<&[u32]>) -> Result<Option<Reminders>, Problem> {
    minutes.map(Reminders::new).transpose().map_err(|why| Problem::rejected(pointer, why))
}
