//! The button that adds a block to a day, or a task to the inbox.

use chrono::NaiveDate;
use dioxus::prelude::*;

use crate::shell::icon::{Icon, Shape};
use crate::store::use_store;

/// The button. `day` is the name of the day in the surrounding list; without a date it is the inbox.
#[component]
pub fn AddButton(date: Option<NaiveDate>, day: String) -> Element {
    let mut store = use_store();
    let what = if date.is_some() { format!("block on {day}") } else { "task without a time".to_owned() };
    rsx! {
        button {
            class: "icon-button small add",
            r#type: "button",
            aria_label: "Add a {what}",
            title: "Add",
            onclick: move |_| match date {
                Some(_) => store.begin_block(date),
                None => store.begin_task(),
            },
            Icon { shape: Shape::Plus }
        }
    }
}
