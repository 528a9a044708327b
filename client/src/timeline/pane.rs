//! The timeline as an agenda or a week, in the present or at a past moment.

use dioxus::prelude::*;

use super::Mode;
use super::agenda::{Agenda, Wanted};
use super::coverage::Stretch;
use super::list::AgendaList;
use crate::calls::Mutation;
use crate::extras::{Extra, Part};
use crate::goals::NewGoal;
use crate::store::use_store;

/// The timeline.
#[component]
pub fn TimelinePane() -> Element {
    let store = use_store();
    let agenda = use_memo(move || {
        let (projection, past) = (store.projection.read(), store.past.read());
        let mut wanted = Wanted {
            now: store.moment(),
            zone: projection.zone(),
            stretch: projection.coverage().around(store.anchor.read().unwrap_or(*store.now.read())),
            filter: store.filter.read().clone(),
            hidden: store.hidden.read().clone(),
            with_earlier: *store.with_earlier.read(),
            with_inbox: *store.with_inbox.read() || past.is_some(),
            proposed: if past.is_none() { store.looked_at().map(|part| part.span).collect() } else { Vec::new() },
        };
        match past.as_ref() {
            Some(past) => {
                wanted.stretch = Some(Stretch::all());
                Agenda::new(&past.timeline.blocks, &wanted)
            }
            None => projection.agenda(&wanted),
        }
    });
    let is_past = use_memo(move || store.past.read().is_some());
    let is_loaded = use_memo(move || store.projection.read().is_loaded());
    let is_shut = store.is_shut();
    let is_cut = use_memo(move || store.past.read().as_ref().is_some_and(|past| !past.complete));
    let is_loading =
        store.calls.read().any(|mutation| matches!(mutation, Mutation::LoadTimeline | Mutation::LoadBlocks(..)));
    rsx! {
        section {
            class: "pane timeline",
            "data-past": is_past(),
            "data-shut": is_shut,
            aria_label: "Timeline",
            aria_busy: is_loading || !is_loaded() && !is_shut,
            Summary { agenda }
            Extra { part: Part::Toolbar }
            if is_past() || store.preparing.read().is_some() {
                Extra { part: Part::Past }
            } else {
                Extra { part: Part::Goals }
            }
            if is_cut() {
                p { class: "hint", "This timeline was long. Shown is what was overdue then, and the first blocks from the day on that you look at. Go to another day to see more." }
            }
            if is_shut {
                Extra { part: Part::Shut }
            } else if !is_loaded() {
                Skeleton {}
            } else if *store.mode.read() == Mode::Week {
                Extra { part: Part::Week }
            } else {
                Extra { part: Part::Earlier { hidden: agenda.read().hidden } }
                AgendaList { agenda }
            }
        }
    }
}

#[component]
fn Summary(agenda: Memo<Agenda>) -> Element {
    let store = use_store();
    let agenda = agenda.read();
    let zone = store.projection.read().zone();
    let is_loaded = store.projection.read().is_loaded();
    rsx! {
        div { class: "pane-head",
            h2 { "Timeline" }
            div { class: "counts",
                if is_loaded {
                    if agenda.overdue > 0 {
                        span { class: "overdue-count", "{agenda.overdue} overdue" }
                    }
                    span { "{agenda.open_today} open today" }
                    span { class: "zone", title: "Your time zone", "{zone}" }
                }
            }
            NewGoal {}
        }
    }
}

#[component]
fn Skeleton() -> Element {
    rsx! {
        div { class: "days",
            div { class: "skeleton", aria_hidden: "true",
                for place in 0..4 {
                    div { key: "{place}", class: "skeleton-card" }
                }
            }
        }
    }
}
