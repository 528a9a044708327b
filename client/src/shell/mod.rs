//! The frame of the page: header, the two panes, and what is told about the page as a whole.

pub mod header;
pub mod icon;
pub mod notice;
pub mod views;

use dioxus::prelude::*;

use crate::chat::pane::ChatPane;
use crate::store::{Store, View};
use crate::timeline::pane::TimelinePane;
use crate::toast::ToastList;
use crate::{connection, platform};
use header::Header;
use notice::Notices;
use views::ViewSwitch;

/// How often the clock is looked at, in ms.
const TICK_MS: u32 = 1_000;

/// The page.
#[component]
pub fn App() -> Element {
    let store = Store::provide();
    use_hook(|| {
        spawn(connection::run::run(store));
        spawn(tick(store));
    });
    let view = match *store.view.read() {
        View::Chat => "chat",
        View::Timeline => "timeline",
    };
    rsx! {
        Header {}
        Notices {}
        main { class: "panes", "data-view": view,
            ChatPane {}
            TimelinePane {}
        }
        ViewSwitch {}
        ToastList {}
    }
}

async fn tick(mut store: Store) {
    loop {
        platform::sleep_ms(TICK_MS).await;
        store.tick();
    }
}
