//! The timer of a task: the button that starts and pauses it, and the time that was spent.

use dioxus::prelude::*;
use flux_timeline::{Block, clock};

use crate::store::{Store, use_store};

/// Whether the card of a block has the button. It does from the day on for which a task is planned, or once somebody has begun with it: nobody
/// works on all of them at once.
pub fn is_offered(store: Store, block: &Block) -> bool {
    let zone = store.projection.peek().zone();
    let is_due = zone.wall(block.span.start()).date() <= store.today();
    block.is_to_do() && (is_due || !block.worked.is_nothing())
}

/// The time that was spent on a task, in words: at the moment that is shown, to the minute.
pub fn spent(store: Store, block: &Block) -> String {
    if block.worked.is_running() {
        format!("{} so far", clock::length(block.worked.total(store.moment())))
    } else {
        format!("{} spent", clock::length(block.worked.total(block.span.start())))
    }
}

/// Starts or pauses the timer of a task that is not done.
#[component]
pub fn TimerButton(block: Block, class: &'static str) -> Element {
    let mut store = use_store();
    let (id, runs) = (block.id, block.worked.is_running());
    let verb = if runs { "Pause" } else { "Start" };
    rsx! {
        if block.is_to_do() {
            button {
                class,
                r#type: "button",
                aria_label: "{verb} timer of {block.title}",
                onclick: move |_| store.work_on(id, !runs),
                if runs { "Pause timer" } else { "Start timer" }
            }
        }
    }
}
