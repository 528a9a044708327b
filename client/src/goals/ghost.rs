//! A part of a goal that is not on the timeline, drawn beside what is.

use chrono::{DateTime, NaiveDate, Utc};
use dioxus::prelude::*;
use flux_protocol::frame::PreviewPart;
use flux_timeline::clock;

use crate::platform::RowId;
use crate::store::{Store, use_store};

/// What is drawn of a part.
struct Drawn {
    part: PreviewPart,
    start: DateTime<Utc>,
    /// `18:30–20:00`.
    range: String,
    day: NaiveDate,
    is_left_out: bool,
    /// Whether it can be left out. Of a goal that is under way, the rest is planned as a whole.
    is_proposal: bool,
    /// The name of the color of its plan, where there are several plans to tell apart.
    color: Option<&'static str>,
}

/// The part with this index in the preview.
fn drawn(store: Store, index: usize) -> Option<Drawn> {
    let looking = store.looking.read();
    let looking = looking.as_ref()?;
    let part = looking.preview.as_ref()?.parts.get(index)?.clone();
    let projection = store.projection.read();
    let (start, times) = (part.span.start(), projection.times());
    let day = times.date(start);
    let plan = store.goals.read().iter().find(|goal| goal.id == looking.goal).map(|goal| goal.plan);
    Some(Drawn {
        start,
        range: times.range(part.span, day),
        day,
        is_left_out: looking.without.contains(&start),
        is_proposal: looking.is_proposal,
        color: plan.and_then(|plan| projection.plan_mark(plan)).map(|mark| mark.color),
        part,
    })
}

/// Leaves the part that starts at this moment out, or adds it again.
fn toggle(mut store: Store, start: DateTime<Utc>) {
    if let Some(looking) = store.looking.write().as_mut() {
        looking.toggle(start);
    }
}

/// In the agenda.
#[component]
pub fn Ghost(index: usize, row: RowId) -> Element {
    let store = use_store();
    let Some(Drawn { part, start, range, is_left_out, is_proposal, color, .. }) = drawn(store, index) else {
        return rsx! {};
    };
    rsx! {
        li { class: "ghost", "data-row": "{row}", "data-left-out": is_left_out, "data-color": color,
            label {
                if is_proposal {
                    input {
                        r#type: "checkbox",
                        checked: !is_left_out,
                        aria_label: "Proposed: {part.title}, {range}",
                        onchange: move |_| toggle(store, start),
                    }
                }
                span { class: "ghost-time", "{range}" }
                span { class: "ghost-title", "{part.title}" }
                span { class: "ghost-note", "proposed" }
            }
        }
    }
}

/// In the week, as a button that is pressed while the part would be added.
#[component]
pub fn WeekGhost(index: usize) -> Element {
    let store = use_store();
    let Some(drawn) = drawn(store, index) else { return rsx! {} };
    let Drawn { part, start, range, day, is_left_out, is_proposal, color } = drawn;
    let name = format!("Proposed: {} {range}, {}", part.title, clock::weekday(day));
    if !is_proposal {
        return rsx! {
            div { class: "week-ghost", "data-color": color, role: "img", aria_label: name, "{part.title}" }
        };
    }
    rsx! {
        button {
            class: "week-ghost",
            r#type: "button",
            "data-left-out": is_left_out,
            "data-color": color,
            aria_pressed: !is_left_out,
            aria_label: name,
            title: if is_left_out { "Left out. Click to add it again." } else { "Click to leave it out." },
            onclick: move |event| {
                // A click beside it begins a block.
                event.stop_propagation();
                toggle(store, start);
            },
            "{part.title}"
        }
    }
}
