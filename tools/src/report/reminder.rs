//! What becomes of a reminder that should be snoozed.

use chrono::{DateTime, Utc};
use flux_timeline::block::Block;
use flux_timeline::moment::Moment;

use super::{BlockFacts, Report};

impl Report {
    /// The result of snoozing a reminder until a moment. `waiting` are the blocks of the reminders that could be meant; it is snoozed
    /// only if there is one.
    pub fn of_snoozed(waiting: &[Block], until: DateTime<Utc>, moment: &Moment) -> Self {
        match waiting {
            [] => Self { error: Some("No such reminder waits. Nothing was changed.".to_owned()), ..Self::default() },
            [block] => Self {
                ok: true,
                summary: Some(format!(
                    "The reminder of “{}” ({}) comes again {}.",
                    block.title,
                    block.handle,
                    moment.at(until)
                )),
                block: Some(BlockFacts::new(block, moment)),
                ..Self::default()
            },
            several => {
                let names: Vec<String> =
                    several.iter().map(|block| format!("“{}” ({})", block.title, block.handle)).collect();
                Self {
                    error: Some(format!(
                        "Several reminders wait: {}. Nothing was changed; say which.",
                        names.join(", ")
                    )),
                    candidates: BlockFacts::all(several, moment),
                    ..Self::default()
                }
            }
        }
    }
}
