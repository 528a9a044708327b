//! How much there is, and what the last answer cost: for those who want to know how Flux works.

use dioxus::prelude::*;
use flux_timeline::describe::counted_appointments;

use super::words;
use crate::calls::Mutation;
use crate::chat::cost::Facts;
use crate::chat::metadata;
use crate::store::use_store;

/// Counts, and the last answer in numbers.
#[component]
pub fn Overview() -> Element {
    let mut store = use_store();
    // Requested again as things happen, one request at a time.
    let mut asked = use_signal(|| None::<u64>);
    use_effect(move || {
        let last = store.projection.read().known().map(|known| known.seq);
        if *asked.peek() != last && !store.calls.read().any(|mutation| *mutation == Mutation::LoadCounts) {
            asked.set(last);
            store.submit(Mutation::LoadCounts);
        }
    });
    let counts = store.counts.read();
    let blocks = counts.blocks;
    let mut counted = format!("{} open, {} done", blocks.open, blocks.done);
    if blocks.appointments > 0 {
        counted.extend([", ", &counted_appointments(blocks.appointments)]);
    }
    let lines = [
        ("Changes", counts.events.to_string()),
        ("Blocks", counted),
        ("Plans", format!("{}, {} archived", counts.plans, counts.archived_plans)),
        ("Messages", counts.messages.to_string()),
    ];
    let last = use_memo(move || store.conversation.read().last_answer().map(|message| metadata::cost(message)));
    rsx! {
        details { class: "overview",
            summary { "In numbers" }
            dl {
                for (name , value) in lines {
                    div { dt { {name} } dd { {value} } }
                }
                for (name , count) in counts.by_actor.iter() {
                    div { key: "{name}", dt { "By {name}" } dd { "{count}" } }
                }
                for (name , count) in counts.by_type.iter() {
                    div { key: "{name}", dt { {words::event_name(name)} } dd { "{count}" } }
                }
            }
            if let Some(lines) = last() {
                h3 { "The last answer" }
                Facts { lines }
            }
        }
    }
}
