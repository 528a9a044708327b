//! The all-day blocks of the week: a row of bands between the names of the days and the hours.

use dioxus::prelude::*;
use flux_timeline::Block;

use super::card::on_key;
use super::form::Form;
use super::week::Band;
use super::words;
use crate::platform;
use crate::store::use_store;

/// The row of the days that are shown. It is not drawn if none of them has an all-day block.
#[component]
pub fn AllDayRow(bands: Vec<Band>, blocks: Vec<Block>, days: usize) -> Element {
    if bands.is_empty() {
        return rsx! {};
    }
    rsx! {
        div {
            class: "week-all-day",
            role: "list",
            aria_label: "All day",
            grid_template_columns: "repeat({days}, minmax(0, 1fr))",
            for band in bands {
                if let Some(block) = blocks.iter().find(|block| block.id == band.id) {
                    BandBox { key: "{band.id}", band: band.clone(), block: block.clone() }
                }
            }
        }
    }
}

#[component]
fn BandBox(band: Band, block: Block) -> Element {
    let mut store = use_store();
    let Some(days) = block.days else { return rsx! {} };
    let is_past = store.past.read().is_some();
    let zone = store.projection.read().zone();
    let plan = store.projection.read().plan_mark(block.plan);
    let named = plan.as_ref().map(|plan| format!(", {}", plan.title)).unwrap_or_default();
    let state = words::spoken(block.status());
    let when = days.words(store.today());
    let (keyed, edited) = (block.clone(), block.clone());
    let row = block.id.uuid().as_u128();
    rsx! {
        div {
            role: "listitem",
            "data-row": "{row}",
            grid_column: "{band.column + 1} / span {band.columns}",
            grid_row: "{band.lane + 1}",
            button {
                class: "week-block band",
                r#type: "button",
                "data-priority": block.priority.as_str(),
                "data-done": !block.is_open(),
                "data-overdue": band.is_overdue,
                "data-over": band.is_over,
                "data-color": plan.map(|plan| plan.color),
                aria_label: "{block.title}, {when}{state}{named}",
                "aria-keyshortcuts": "Alt+ArrowLeft Alt+ArrowRight Alt+Shift+ArrowDown Alt+Shift+ArrowUp Delete",
                onclick: move |event| {
                    event.stop_propagation();
                    if !is_past {
                        store.write_block(Form::of(&edited, zone));
                    }
                },
                ..platform::on_key(move |press| {
                    if !is_past {
                        on_key(store, &keyed, press);
                    }
                }),
                span { class: "week-title", "{block.title}" }
            }
        }
    }
}
