//! Asks what to do if the browser is in another time zone than the timeline.

use dioxus::prelude::*;
use serde_json::{Map, Value};

use super::icon::Shape;
use super::notice::Notice;
use crate::platform;
use crate::store::use_store;

/// Storage key of the zone of this browser for which the person has kept the timeline's.
const KEPT_KEY: &str = "flux.zone-kept";

/// The question; nothing if both are in the same zone, or if it was answered.
#[component]
pub fn ZoneNotice() -> Element {
    let mut store = use_store();
    let mut kept = use_signal(|| platform::stored(KEPT_KEY));
    let there = use_memo(move || {
        let projection = store.projection.read();
        (projection.is_loaded() && projection.is_zone_known()).then(|| projection.zone().name().to_owned())
    });
    // Both zones, if the person has not yet said which one counts. Another name of the same zone is no news: `Asia/Calcutta` and
    // `Asia/Kolkata`.
    let zones = use_memo(move || {
        let (here, there) = (platform::time_zone()?, there()?);
        let is_news = kept.read().as_ref() != Some(&here) && !platform::is_same_zone(&here, &there);
        is_news.then_some((here, there))
    });
    let Some((here, there)) = zones() else { return rsx! {} };
    let used = here.clone();
    rsx! {
        Notice {
            role: "status",
            shape: Shape::Clock,
            text: "Your timeline is in the time zone {there}, and this browser is in {here}.",
            button {
                class: "button",
                r#type: "button",
                onclick: move |_| {
                    let zone = Value::String(used.clone());
                    store.change_settings(Map::from_iter([("timeZone".to_owned(), zone)]));
                },
                "Use {here}"
            }
            button {
                class: "button quiet",
                r#type: "button",
                onclick: move |_| {
                    platform::store(KEPT_KEY, Some(&here));
                    kept.set(Some(here.clone()));
                },
                "Keep {there}"
            }
        }
    }
}
