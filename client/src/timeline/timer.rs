//! The timer of a task: the button that starts and pauses it, and the time that was spent.

use dioxus::prelude::*;
use flux_timeline::{Block, clock};

use crate::store::Store;

/// Whether the card of a block has the button. It does from the day on for which a task is planned, or once somebody has begun with it: nobody
/// works on all of them at once.
pub fn is_offered(store: Store, block: &Block) -> bool {
    let zone = store.projection.peek().zone();
    let is_due = block.in_zone(zone).is_some_and(|(start, _)| zone.wall(start).date() <= store.today());
    block.is_to_do() && (is_due || !block.worked.is_nothing())
}

/// The time that was spent on a task, in words: at the moment that is shown, to the minute.
pub fn spent(store: Store, block: &Block) -> String {
    if block.worked.is_running() {
        format!("{} so far", clock::length(block.worked.total(store.moment())))
    } else {
        format!("{} spent", clock::length(block.worked.until_pause()))
    }
}

/// What the button of a timer says. It is written out where it is drawn, because a component would be 2 kB more at first load.
pub const fn verb(block: &Block) -> &'static str {
    if block.worked.is_running() { "Pause timer" } else { "Start timer" }
}
