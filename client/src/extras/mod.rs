//! What is not needed for the first picture: a third of the program, loaded as soon as that picture stands.
//!
//! The build takes the program apart between [`split::extra_part`] and its import (`xtask/bindings`): whatever only
//! the former reaches goes into a module of its own, which shares memory and functions with the first. Where it cannot be
//! loaded, everything else works, and it is tried again when it is wanted.

mod split;

use dioxus::prelude::*;

use crate::chat::help::HelpDialog;
use crate::goals::Goals;
use crate::goals::dialog::GoalDialog;
use crate::history::HistoryPane;
use crate::history::PastBar;
use crate::markdown::Markdown;
use crate::plans::list::PlanList;
use crate::platform;
use crate::settings::SettingsDialog;
use crate::shell::keys::KeysDialog;
use crate::store::{Store, use_store};
use crate::timeline::editor::{Editor, EditorDialog};
use crate::timeline::grid::WeekGrid;
use crate::timeline::toolbar::Toolbar;
use crate::toast::ToastList;

/// A part of the page that comes after the first picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// The dialogs, closed at first.
    Dialogs,
    /// The log.
    History,
    /// The timeline as a week.
    Week,
    /// A block in fields.
    Editor,
    /// The menu of plans.
    Plans,
    /// Which moment of the past is shown.
    Past,
    /// Above the timeline: how it is shown.
    Toolbar,
    /// The goals that are worked on.
    Goals,
    /// Notes about what was done.
    Toasts,
    /// What a model writes.
    Markdown {
        /// The text.
        text: String,
        /// Whether more of it is coming.
        is_partial: bool,
    },
}

/// Shows a part as soon as it is there.
#[component]
pub fn Extra(part: Part) -> Element {
    let store = use_store();
    if *store.has_extras.read() {
        return split::draw(part);
    }
    match part {
        Part::Dialogs | Part::Goals | Part::Toasts => rsx! {},
        // Its place is kept, so that nothing jumps.
        Part::Toolbar => rsx! { div { class: "toolbar-place" } },
        Part::Markdown { text, .. } => rsx! {
            div { class: "markdown",
                p { class: "plain", "{text}" }
            }
        },
        _ => rsx! {
            p { class: "hint", role: "status", "Loading…" }
        },
    }
}

/// What a part looks like. Nothing else of the program may name what is named here: it would come with the first picture.
fn draw(part: Part) -> Element {
    match part {
        Part::Dialogs => rsx! { Dialogs {} },
        Part::History => rsx! { HistoryPane {} },
        Part::Week => rsx! { WeekGrid {} },
        Part::Editor => rsx! { Editor {} },
        Part::Plans => rsx! { PlanList {} },
        Part::Past => rsx! { PastBar {} },
        Part::Toolbar => rsx! { Toolbar {} },
        Part::Goals => rsx! { Goals {} },
        Part::Toasts => rsx! { ToastList {} },
        Part::Markdown { text, is_partial } => rsx! { Markdown { text, is_partial } },
    }
}

#[component]
fn Dialogs() -> Element {
    let mut store = use_store();
    use_effect(move || {
        let asked = *store.asked_dialog.read();
        if let Some(id) = asked {
            platform::open_dialog(id);
            store.asked_dialog.set(None);
        }
    });
    rsx! {
        SettingsDialog {}
        EditorDialog {}
        GoalDialog {}
        KeysDialog {}
        HelpDialog {}
    }
}

/// Loads the rest of the program.
pub async fn load(mut store: Store) {
    let mut patience_ms = 1_000;
    while !split::load().await {
        store.lacks_extras.set(true);
        platform::sleep_ms(patience_ms).await;
        patience_ms = (patience_ms * 2).min(30_000);
    }
    store.lacks_extras.set(false);
    store.has_extras.set(true);
}
