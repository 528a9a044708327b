//! Reminders that have come: as notes on the page, and as notifications of the browser while nobody looks at the page.

mod card;
pub mod permission;
mod words;

use chrono::{DateTime, Utc};
use dioxus::prelude::*;
use flux_timeline::{Block, BlockId};

use crate::platform::notification;
use crate::store::{Store, use_store};
use card::Card;

/// The notes. Part of the region of all notes.
#[component]
pub fn Reminders() -> Element {
    let store = use_store();
    // Those that were announced already, also before the connection was lost.
    let mut announced = use_signal(Vec::<(BlockId, DateTime<Utc>)>::new);
    use_effect(move || {
        let reminders = store.reminders.read().clone();
        for reminder in &reminders {
            let id = (reminder.block.id, reminder.at);
            if !announced.peek().contains(&id) {
                announce(store, &reminder.block);
                announced.write().push(id);
            }
        }
        let too_many = announced.peek().len().saturating_sub(REMEMBERED);
        announced.write().drain(..too_many);
    });
    let reminders = store.reminders.read().clone();
    let mut shown: Vec<Block> = reminders.iter().filter_map(|reminder| as_it_is(store, &reminder.block)).collect();
    let more = shown.len().saturating_sub(SHOWN);
    shown.truncate(SHOWN);
    rsx! {
        for (place , block) in shown.into_iter().enumerate() {
            Card { key: "{block.id}", block, is_first: place == 0 }
        }
        if more > 0 {
            p { class: "toast", "{more} more reminders" }
        }
    }
}

/// The most notes at a time; the page has room for no more.
const SHOWN: usize = 3;
/// How many reminders are remembered as announced. The service sends 20 at most.
const REMEMBERED: usize = 100;

/// The block of a reminder as it is now; `None` if it is done, starts at another time, or its plan is not in use. A block that the
/// page does not hold is as it was sent.
fn as_it_is(store: Store, sent: &Block) -> Option<Block> {
    let projection = store.projection.read();
    let start = |block: &Block| block.when().map(|when| when.bounds().0);
    match projection.block(sent.id) {
        _ if !projection.is_in_use(sent.plan) => None,
        Some(held) => Some(held.clone()).filter(|held| held.is_open() && start(held) == start(sent)),
        None if projection.is_whole() => None,
        None => Some(sent.clone()),
    }
}

fn announce(store: Store, block: &Block) {
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
