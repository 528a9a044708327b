//! The filter for events: by actor, kind, subject and day.

use dioxus::prelude::*;
use flux_timeline::clock;

use super::log::{ActorFilter, LogQuery};
use super::words;
use crate::shell::icon::{Icon, Shape};
use crate::store::{Store, use_store};

/// The choices.
#[component]
pub fn FilterBar() -> Element {
    let store = use_store();
    let query = store.log.read().query().clone();
    let kinds: Vec<String> = store.counts.read().by_type.keys().cloned().collect();
    let day = query.between.map(|(from, _)| clock::iso_date(store.projection.read().times().date(from)));
    let day = day.unwrap_or_default();
    rsx! {
        div { class: "filters", role: "group", aria_label: "Which changes",
            select {
                aria_label: "Whose changes",
                onchange: move |event| {
                    let actor = ActorFilter::ALL.into_iter().find(|actor| name(*actor) == event.value());
                    choose(store, |query| query.actor = actor.unwrap_or_default());
                },
                for choice in ActorFilter::ALL {
                    option { value: name(choice), selected: choice == query.actor, {name(choice)} }
                }
            }
            // One that was chosen in debug mode stays in view.
            if store.preferences.read().debug || query.name.is_some() {
                select {
                    aria_label: "Kind of change",
                    onchange: move |event| {
                        choose(store, |query| query.name = Some(event.value()).filter(|name| !name.is_empty()));
                    },
                    option { value: "", selected: query.name.is_none(), "All kinds" }
                    for kind in kinds {
                        option { key: "{kind}", value: "{kind}", selected: query.name.as_ref() == Some(&kind), {words::event_name(&kind)} }
                    }
                }
            }
            label { class: "choice",
                input {
                    r#type: "checkbox",
                    checked: query.plan.is_some(),
                    onchange: move |event| {
                        let plan = store.projection.peek().active_plan().map(|plan| plan.id);
                        choose(store, |query| query.plan = plan.filter(|_| event.checked()));
                    },
                }
                {format!("Only “{}”", store.projection.read().active_plan().map(|plan| plan.title.to_string()).unwrap_or_default())}
            }
            input {
                r#type: "date",
                aria_label: "Day",
                value: "{day}",
                onchange: move |event| {
                    let zone = store.projection.peek().zone();
                    let day = clock::read_date(&event.value());
                    let between = day.and_then(|day| Some((zone.day_start(day), zone.day_start(day.succ_opt()?))));
                    choose(store, |query| query.between = between);
                },
            }
            if let Some((_, title)) = query.block {
                button {
                    class: "chip",
                    r#type: "button",
                    aria_label: "Not only about {title}",
                    onclick: move |_| choose(store, |query| query.block = None),
                    "About “{title}”"
                    Icon { shape: Shape::Cross }
                }
            }
        }
    }
}

fn choose(mut store: Store, change: impl FnOnce(&mut LogQuery)) {
    let mut query = store.log.peek().query().clone();
    change(&mut query);
    store.show_log(query);
}

const fn name(filter: ActorFilter) -> &'static str {
    match filter {
        ActorFilter::All => "All changes",
        ActorFilter::User => "Yours",
        ActorFilter::Assistant => "By Flux",
        ActorFilter::Workflow => "By the architect",
    }
}
