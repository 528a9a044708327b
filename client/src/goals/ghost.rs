//! A part of a goal that is not on the timeline, drawn beside what is.

use dioxus::prelude::*;

use crate::platform::RowId;
use crate::store::use_store;

/// In the agenda: the part with this index in the preview.
#[component]
pub fn Ghost(index: usize, row: RowId) -> Element {
    let mut store = use_store();
    let looking = store.looking.read();
    let part = looking.as_ref().and_then(|looking| looking.preview.as_ref()?.parts.get(index).cloned());
    let Some((looking, part)) = looking.as_ref().zip(part) else { return rsx! {} };
    let (start, times) = (part.span.start(), store.projection.read().times());
    let is_left_out = looking.without.contains(&start);
    let is_proposal = looking.is_proposal;
    let range = times.range(part.span, times.date(start));
    let goal = store.goals.read().iter().find(|goal| goal.id == looking.goal).map(|goal| goal.plan);
    let color = goal.and_then(|plan| store.projection.read().plan_mark(plan)).map(|mark| mark.color);
    rsx! {
        li { class: "ghost", "data-row": "{row}", "data-left-out": is_left_out, "data-color": color,
            label {
                // Of a goal that is under way, the rest is planned as a whole.
                if is_proposal {
                    input {
                        r#type: "checkbox",
                        checked: !is_left_out,
                        aria_label: "Proposed: {part.title}, {range}",
                        onchange: move |_| {
                            if let Some(looking) = store.looking.write().as_mut() {
                                looking.toggle(start);
                            }
                        },
                    }
                }
                span { class: "ghost-time", "{range}" }
                span { class: "ghost-title", "{part.title}" }
                span { class: "ghost-note", "proposed" }
            }
        }
    }
}
