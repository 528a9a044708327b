//! The line between the two panes, which the person drags to set their widths.

use dioxus::prelude::*;

use crate::platform;
use crate::settings::preferences::NARROWEST;
use crate::store::use_store;

const DIVIDER: &str = "divider";
/// How far a key moves it, in percent.
const STEP: u8 = 2;

/// The line.
#[component]
pub fn Divider() -> Element {
    let mut store = use_store();
    let mut is_held = use_signal(|| false);
    let split = store.preferences.read().split;
    rsx! {
        div {
            id: DIVIDER,
            class: "divider",
            role: "separator",
            tabindex: "0",
            aria_label: "Width of the left pane",
            aria_orientation: "vertical",
            aria_valuenow: "{split}",
            aria_valuemin: "{NARROWEST}",
            aria_valuemax: "{100 - NARROWEST}",
            "data-held": is_held(),
            ..platform::on_pointer_down(move |pointer| {
                platform::capture_pointer(DIVIDER, pointer);
                is_held.set(true);
            }),
            ..platform::on_pointer_move(move |x| {
                if is_held() {
                    let share = f64::from(x) / platform::window_width().max(1.0) * 100.0;
                    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a percentage")]
                    store.prefer(|it| *it = it.with_split(share.clamp(0.0, 100.0).round() as u8));
                }
            }),
            ..platform::on("onpointerup", move || is_held.set(false)),
            ..platform::on("onpointercancel", move || is_held.set(false)),
            ..platform::on_key(move |press| {
                let split = match press.key().as_str() {
                    "ArrowLeft" => split.saturating_sub(STEP),
                    "ArrowRight" => split.saturating_add(STEP),
                    "Home" => NARROWEST,
                    "End" => 100 - NARROWEST,
                    _ => return,
                };
                press.prevent_default();
                store.prefer(|it| *it = it.with_split(split));
            }),
        }
    }
}
