//! The button that adds a block to a day.

use chrono::NaiveDate;
use dioxus::prelude::*;

use crate::shell::icon::{Icon, Shape};
use crate::store::use_store;

/// The button. `day` is the name of the day in the surrounding list.
#[component]
pub fn AddButton(date: NaiveDate, day: String) -> Element {
    let mut store = use_store();
    rsx! {
        button {
            class: "icon-button small add",
            r#type: "button",
            aria_label: "Add a block on {day}",
            title: "Add a block",
            onclick: move |_| store.begin_block(Some(date)),
            Icon { shape: Shape::Plus }
        }
    }
}
