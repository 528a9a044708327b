//! The fields for the wishes of a goal.

use dioxus::prelude::*;

use super::look::{PARTS, are_in_order};
use crate::settings::form::DAYS;
use crate::store::use_store;

/// The fields. Each change is previewed at once.
#[component]
pub fn Adjust(name: String) -> Element {
    let mut store = use_store();
    let Some(fields) = store.looking.read().as_ref().map(|looking| looking.fields.clone()) else { return rsx! {} };
    let is_wrong = fields.has_times && !are_in_order(&fields.earliest, &fields.latest);
    rsx! {
        div { class: "goal-adjust", role: "group", aria_label: "How {name} is planned",
            fieldset { class: "choices",
                legend { "When" }
                for (place , (_, key, label)) in PARTS.into_iter().enumerate() {
                    button {
                        key: "{key}",
                        class: "toggle",
                        r#type: "button",
                        aria_pressed: !fields.has_times && fields.parts.get(place) == Some(&true),
                        onclick: move |_| {
                            store
                                .wish(|fields| {
                                    fields.has_times = false;
                                    fields.parts.iter_mut().skip(place).take(1).for_each(|is_chosen| *is_chosen = !*is_chosen);
                                })
                        },
                        {label}
                    }
                }
                button {
                    class: "toggle",
                    r#type: "button",
                    aria_pressed: fields.has_times,
                    onclick: move |_| store.wish(|fields| fields.has_times = !fields.has_times),
                    "At exact times"
                }
            }
            if fields.has_times {
                div { class: "fields",
                    label { class: "field",
                        span { "Not before" }
                        input {
                            r#type: "time",
                            value: "{fields.earliest}",
                            onchange: move |event| store.wish(|fields| fields.earliest = event.value()),
                        }
                    }
                    label { class: "field",
                        span { "Not after" }
                        input {
                            r#type: "time",
                            value: "{fields.latest}",
                            onchange: move |event| store.wish(|fields| fields.latest = event.value()),
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
                        aria_pressed: fields.days.get(place) == Some(&true),
                        onclick: move |_| {
                            store
                                .wish(|fields| {
                                    fields.days.iter_mut().skip(place).take(1).for_each(|is_chosen| *is_chosen = !*is_chosen);
                                })
                        },
                        {short}
                    }
                }
            }
            div { class: "fields",
                label { class: "field",
                    span { "Hours a week" }
                    input {
                        r#type: "number",
                        min: "0.25",
                        max: "168",
                        step: "0.25",
                        value: "{fields.hours_per_week}",
                        onchange: move |event| store.wish(|fields| fields.hours_per_week = event.value()),
                    }
                }
                label { class: "field",
                    span { "Minutes of a session" }
                    input {
                        r#type: "number",
                        min: "5",
                        max: "480",
                        step: "5",
                        value: "{fields.session_minutes}",
                        onchange: move |event| store.wish(|fields| fields.session_minutes = event.value()),
                    }
                }
                label { class: "field",
                    span { "Done by" }
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
