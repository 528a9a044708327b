//! Reminders that have come: as notes on the page, and as notifications of the browser while nobody looks at the page.

mod card;
pub mod permission;
mod words;

use dioxus::prelude::*;
use flux_protocol::frame::Reminder;
use flux_timeline::{Block, BlockId};

use crate::platform::notification;
use crate::store::{Store, use_store};
use card::Card;

/// The notes. Part of the region of all notes.
#[component]
pub fn Reminders() -> Element {
    let store = use_store();
    // Those that were announced already, so that one that arrives again is not announced twice.
    let mut announced = use_signal(Vec::<Reminder>::new);
    use_effect(move || {
        let reminders = store.reminders.read().clone();
        for reminder in reminders.iter().filter(|reminder| !announced.peek().contains(reminder)) {
            announce(store, reminder);
        }
        announced.set(reminders);
    });
    let reminders = store.reminders.read().clone();
    let shown: Vec<Block> = reminders.iter().filter_map(|reminder| as_it_is(store, &reminder.block)).collect();
    rsx! {
        for (place , block) in shown.into_iter().enumerate() {
            Card { key: "{block.id}", block, is_first: place == 0 }
        }
    }
}

/// The block of a reminder as it is now; `None` if it is done, or starts at another time. A block that the page does not hold is as
/// it was sent.
fn as_it_is(store: Store, sent: &Block) -> Option<Block> {
    let projection = store.projection.read();
    match projection.block(sent.id) {
        Some(held) => Some(held.clone()).filter(|held| held.is_open() && held.span == sent.span),
        None if projection.is_whole() => None,
        None => Some(sent.clone()),
    }
}

fn announce(store: Store, reminder: &Reminder) {
    let block = &reminder.block;
    let body = words::when(block, store.projection.peek().times(), crate::platform::now());
    let id = block.id;
    // The browser replaces a notification with the same tag, also one of another tab.
    notification::show(block.title.as_str(), &body, &id.to_string(), move || open(store, id));
}

/// Shows a block on the timeline.
fn open(mut store: Store, id: BlockId) {
    let block = store.reminders.peek().iter().map(|reminder| &reminder.block).find(|block| block.id == id).cloned();
    if let Some(block) = block {
        store.reveal(&block);
    }
}
