//! The frame of the page: the header, the two panes, and notices about the whole page.

pub mod divider;
pub mod foot;
pub mod header;
pub mod icon;
pub mod keys;
pub mod notice;
pub mod shortcuts;
pub mod views;
pub mod zone_notice;

use dioxus::prelude::*;
use futures::StreamExt;
use futures::channel::mpsc;

use crate::chat::pane::ChatPane;
use crate::extras::{self, Extra, Part};
use crate::store::{Store, View};
use crate::timeline::pane::TimelinePane;
use crate::{connection, platform};
use divider::Divider;
use header::Header;
use notice::Notices;
use views::ViewSwitch;

/// How often the clock is read, in ms.
const TICK_MS: u32 = 1_000;

/// The page.
#[component]
pub fn App() -> Element {
    let mut store = Store::provide();
    use_hook(|| {
        let mut begun = store;
        begun.restore_preferences();
        begun.restore_mode();
        begun.restore_draft();
        spawn(connection::run::run(store));
        spawn(tick(store));
        spawn(extras::load(store));
        let (keys, mut keyed) = mpsc::unbounded();
        platform::listen_to_keys(move |press| {
            let shortcut = shortcuts::of(press, store.preferences.peek().letter_keys);
            shortcut.is_some_and(|shortcut| keys.unbounded_send(shortcut).is_ok())
        });
        spawn(async move {
            let mut store = store;
            while let Some(shortcut) = keyed.next().await {
                store.shortcut(shortcut);
            }
        });
    });
    let view = match *store.view.read() {
        View::Chat => "chat",
        View::Timeline => "timeline",
        View::History => "history",
    };
    rsx! {
        Header {}
        Notices {}
        Extra { part: Part::SignIn }
        main { class: "panes", "data-view": view, ..platform::on("onresize", move || store.measure()),
            ChatPane {}
            if *store.view.read() == View::History {
                Extra { part: Part::History }
            }
            Divider {}
            TimelinePane {}
        }
        ViewSwitch {}
        Extra { part: Part::Dialogs }
        Extra { part: Part::Toasts }
    }
}

async fn tick(mut store: Store) {
    loop {
        platform::sleep_ms(TICK_MS).await;
        store.tick();
    }
}
