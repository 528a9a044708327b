//! The fields for the wishes of a goal.

use dioxus::prelude::*;

use super::look::{Hours, PARTS, are_in_order};
use crate::settings::form::DAYS;
use crate::store::{Store, use_store};

/// In a field that the person leaves to the plan.
const AS_PLANNED: &str = "as planned";

/// The fields. Each change is previewed at once.
#[component]
pub fn Adjust(name: String) -> Element {
    let mut store = use_store();
    let looking = store.looking.read();
    let Some((fields, usual)) = looking.as_ref().map(|looking| (looking.fields.clone(), looking.usual.clone())) else {
        return rsx! {};
    };
    let hours = fields.hours;
    let is_wrong = hours.has_times && !are_in_order(&hours.earliest, &hours.latest);
    rsx! {
        div { class: "goal-adjust", role: "group", aria_label: "How {name} is planned",
            fieldset { class: "choices",
                legend { "When" }
                button {
                    class: "toggle",
                    r#type: "button",
                    aria_pressed: fields.is_usual,
                    onclick: move |_| {
                        let usual = usual.clone();
                        store
                            .wish(|fields| {
                                fields.set_hours(|hours| *hours = usual);
                                fields.is_usual = true;
                            })
                    },
                    "As usual"
                }
                for (place , (_, key, label)) in PARTS.into_iter().enumerate() {
                    button {
                        key: "{key}",
                        class: "toggle",
                        r#type: "button",
                        aria_pressed: !hours.has_times && hours.parts.get(place) == Some(&true),
                        onclick: move |_| {
                            wish(
                                store,
                                |hours| {
                                    hours.has_times = false;
                                    hours.parts.iter_mut().skip(place).take(1).for_each(|is_chosen| *is_chosen = !*is_chosen);
                                },
                            )
                        },
                        {label}
                    }
                }
                button {
                    class: "toggle",
                    r#type: "button",
                    aria_pressed: hours.has_times,
                    onclick: move |_| wish(store, |hours| hours.has_times = !hours.has_times),
                    "At exact times"
                }
            }
            if hours.has_times {
                div { class: "fields",
                    label { class: "field",
                        span { "Not before" }
                        input {
                            r#type: "time",
                            value: "{hours.earliest}",
                            onchange: move |event| wish(store, |hours| hours.earliest = event.value()),
                        }
                    }
                    label { class: "field",
                        span { "Not after" }
                        input {
                            r#type: "time",
                            value: "{hours.latest}",
                            onchange: move |event| wish(store, |hours| hours.latest = event.value()),
                        }
                    }
                }
                if is_wrong {
                    p { class: "field-problem", role: "alert", "The second time must be later than the first." }
                }
            }
            fieldset { class: "choices",
                legend { "Days" }
                for (place , (short, long)) in DAYS.into_iter().enumerate() {
                    button {
                        key: "{short}",
                        class: "toggle",
                        r#type: "button",
                        aria_label: long,
                        aria_pressed: hours.days.get(place) == Some(&true),
                        onclick: move |_| {
                            wish(
                                store,
                                |hours| {
                                    hours.days.iter_mut().skip(place).take(1).for_each(|is_chosen| *is_chosen = !*is_chosen);
                                },
                            )
                        },
                        {short}
                    }
                }
            }
            div { class: "fields",
                label { class: "field",
                    span { "Hours a week (optional)" }
                    input {
                        r#type: "number",
                        min: "0.25",
                        max: "168",
                        step: "0.25",
                        placeholder: AS_PLANNED,
                        value: "{fields.hours_per_week}",
                        onchange: move |event| store.wish(|fields| fields.hours_per_week = event.value()),
                    }
                }
                label { class: "field",
                    span { "Minutes of a session (optional)" }
                    input {
                        r#type: "number",
                        min: "5",
                        max: "480",
                        step: "5",
                        placeholder: AS_PLANNED,
                        value: "{fields.session_minutes}",
                        onchange: move |event| store.wish(|fields| fields.session_minutes = event.value()),
                    }
                }
                label { class: "field",
                    span { "Done by (optional)" }
                    input {
                        r#type: "date",
                        value: "{fields.last_day}",
                        onchange: move |event| store.wish(|fields| fields.last_day = event.value()),
                    }
                }
            }
        }
    }
}

/// Changes the hours in the fields.
fn wish(mut store: Store, change: impl FnOnce(&mut Hours)) {
    store.wish(|fields| fields.set_hours(change));
}
