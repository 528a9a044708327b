//! What stands above and below the agenda: the button that shows earlier days, and a note if there is no block. The first render does
//! without it.

use dioxus::prelude::*;

use crate::calls::{BlockPage, Mutation};
use crate::shell::icon::{Icon, Shape};
use crate::store::use_store;

/// Shows and hides the days before today.
#[component]
pub fn Earlier(hidden: usize) -> Element {
    let mut store = use_store();
    let is_shown = *store.with_earlier.read();
    let has_earlier = {
        let projection = store.projection.read();
        projection
            .coverage()
            .around(store.anchor.read().unwrap_or(*store.now.read()))
            .is_some_and(|stretch| stretch.has_earlier())
    };
    if hidden == 0 && !is_shown && !has_earlier || !store.filter.read().is_off() {
        return rsx! {};
    }
    rsx! {
        button {
            class: "earlier",
            r#type: "button",
            aria_pressed: is_shown,
            onclick: move |_| store.show_earlier(!is_shown),
            if is_shown {
                "Hide earlier days"
            } else if hidden == 0 || has_earlier {
                "Show earlier days"
            } else {
                "Show earlier days: {hidden} done"
            }
        }
    }
}

/// In place of an agenda without a block.
#[component]
pub fn Empty() -> Element {
    let store = use_store();
    let (shape, what, hint) = match (store.filter.read().is_off(), store.hides_plans()) {
        (true, true) => (Shape::Timeline, "Nothing is here.", "Nothing is planned in the plans that are shown."),
        (true, false) => (
            Shape::Timeline,
            "Nothing is planned yet.",
            "Tell Flux what you want to do and when, or what you want to reach, and it appears here.",
        ),
        (false, true) => {
            (Shape::Search, "Nothing fits.", "No block of the plans that are shown matches your search and filters.")
        }
        (false, false) if store.projection.read().is_whole() => {
            (Shape::Search, "Nothing fits.", "No blocks match your search and filters.")
        }
        (false, false) => (
            Shape::Search,
            "Nothing fits.",
            "This timeline is long: words are looked for in all titles when you press Enter, and all else in what is loaded.",
        ),
    };
    rsx! {
        div { class: "empty",
            Icon { shape }
            p { {what} }
            p { class: "muted", {hint} }
        }
    }
}

/// Loads the next part of a long timeline, where a part of it has added no block of the plans that are shown.
#[component]
pub fn More() -> Element {
    let mut store = use_store();
    let stretch = {
        let projection = store.projection.read();
        projection.coverage().around(store.anchor.read().unwrap_or(*store.now.read()))
    };
    let is_off = !store.hides_plans() || store.past.read().is_some() || !store.filter.read().is_off();
    let Some(stretch) = stretch.filter(|_| !is_off) else { return rsx! {} };
    let is_loading = store.calls.read().any(|mutation| matches!(mutation, Mutation::LoadBlocks(..)));
    let (page, label) = match (stretch.has_later(), stretch.has_earlier() && *store.with_earlier.read()) {
        (true, _) => (BlockPage::After(stretch.until), "Show later days"),
        (false, true) => (BlockPage::Before(stretch.from), "Show days before these"),
        (false, false) => return rsx! {},
    };
    rsx! {
        button {
            class: "earlier",
            r#type: "button",
            disabled: is_loading,
            onclick: move |_| store.submit(Mutation::LoadBlocks(page.clone())),
            {label}
        }
    }
}
