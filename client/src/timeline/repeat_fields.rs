//! The fields of the form that say how a block repeats, and how much of its series is changed.

use chrono::{NaiveDateTime, Weekday};
use dioxus::prelude::*;
use flux_timeline::clock;
use flux_timeline::command::Scope;

use super::form::Form;
use super::repeat::{Every, Repeat};
use super::series::new_series;
use crate::settings::form::DAYS;
use crate::store::use_store;

/// The fields.
#[component]
pub fn RepeatFields(form: Form) -> Element {
    let store = use_store();
    let series = form.before.as_ref().and_then(|block| block.series);
    let rule = series.and_then(|place| store.projection.read().repeats(place.series));
    let set = move |change: &dyn Fn(&mut Repeat)| store.edit(&|form| change(&mut form.repeat));
    let has_time = !form.is_for_inbox();
    let start = match clock::read_wall(&form.start) {
        Some(start) => start,
        None if has_time => return rsx! {},
        // Days of the calendar are not offered then.
        None => NaiveDateTime::default(),
    };
    let repeat = &form.repeat;
    let is_offered = |every: &Every| every.is_offered(form.kind, has_time);
    rsx! {
        div { class: "fields",
            label { class: "field",
                span { "Repeat" }
                select {
                    onchange: move |event| {
                        let chosen = event.value().parse().ok().and_then(|index: usize| Every::ALL.get(index).copied());
                        set(&|repeat| repeat.every = chosen.unwrap_or_default());
                    },
                    for (index , every) in Every::ALL.into_iter().enumerate().filter(|(_, every)| is_offered(every)) {
                        option { value: "{index}", selected: every == repeat.every, {every.label(start, rule.as_deref())} }
                    }
                }
            }
            if let Some(units) = repeat.every.units().filter(|_| is_offered(&repeat.every)) {
                label { class: "field",
                    span { if repeat.every.is_after_done() { "So many {units} later" } else { "Every so many {units}" } }
                    input {
                        r#type: "number",
                        min: "1",
                        max: "1000",
                        placeholder: "1",
                        value: "{repeat.interval}",
                        oninput: move |event| set(&|repeat| repeat.interval = event.value()),
                    }
                }
            }
            if repeat.every != Every::AsItIs {
                label { class: "field",
                    span { "Last day" }
                    input {
                        r#type: "date",
                        value: "{repeat.until}",
                        oninput: move |event| set(&|repeat| repeat.until = event.value()),
                    }
                }
            }
            if rule.is_some() {
                label { class: "field",
                    span { "Applies to" }
                    select {
                        onchange: move |event| {
                            let scope = match event.value().as_str() {
                                "all" => Scope::All,
                                "following" => new_series(),
                                _ => Scope::One,
                            };
                            store.edit(&|form| form.scope = scope);
                        },
                        // A rule is never that of one block alone.
                        if repeat.every == Every::AsItIs {
                            option { value: "one", selected: form.scope == Scope::One, "Only this one" }
                        }
                        option { value: "following", selected: matches!(form.scope, Scope::Following(_)), "This and following" }
                        option { value: "all", selected: form.scope == Scope::All, "All that are not over" }
                    }
                }
            }
        }
        if repeat.every == Every::Week {
            Weekdays { days: repeat.weekdays(start) }
        }
    }
}

/// The days of a weekly rule.
#[component]
fn Weekdays(days: Vec<Weekday>) -> Element {
    let store = use_store();
    let all = [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];
    rsx! {
        div { class: "day-choice", role: "group", aria_label: "Days on which it repeats",
            for (weekday , (name , label)) in all.into_iter().zip(DAYS) {
                label { key: "{name}",
                    input {
                        r#type: "checkbox",
                        aria_label: label,
                        checked: days.contains(&weekday),
                        onchange: {
                            let days = days.clone();
                            move |event: FormEvent| {
                                let mut chosen = days.clone();
                                chosen.retain(|day| *day != weekday);
                                if event.checked() {
                                    chosen.push(weekday);
                                }
                                chosen.sort_unstable_by_key(Weekday::num_days_from_monday);
                                store.edit(&|form| form.repeat.days.clone_from(&chosen));
                            }
                        },
                    }
                    span { aria_hidden: "true", {name} }
                }
            }
        }
    }
}
