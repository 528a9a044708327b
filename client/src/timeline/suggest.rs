//! Times for the tasks in the inbox: suggested first, and accepted one by one or together.

use chrono::{DateTime, Utc};
use dioxus::prelude::*;
use flux_protocol::frame::{SuggestedTime, SuggestedTimes};
use flux_timeline::{BlockId, Span, clock, limits};
use serde_json::json;

use super::words;
use crate::calls::Mutation;
use crate::platform;
use crate::store::{Store, use_store};
use crate::toast::toasts::Kind;

/// The buttons that take each other's place, and the focus with it.
const FIND: &str = "find-times";
const ACCEPT_ALL: &str = "accept-times";

fn accept_id(id: BlockId) -> String {
    format!("accept-{id}")
}

/// Asks for times, or accepts all that were suggested.
#[component]
pub fn FindTimes(inbox: Vec<BlockId>) -> Element {
    let mut store = use_store();
    let mut is_asking = use_signal(|| false);
    let starts: Vec<(BlockId, DateTime<Utc>)> = {
        let suggested = store.suggested.read();
        suggested.iter().filter(|time| inbox.contains(&time.id)).map(|time| (time.id, time.start)).collect()
    };
    if starts.is_empty() {
        return rsx! {
            button {
                id: FIND,
                class: "text-button",
                r#type: "button",
                disabled: is_asking(),
                onclick: move |_| {
                    let inbox = inbox.clone();
                    async move {
                        is_asking.set(true);
                        suggest(store, inbox).await;
                        is_asking.set(false);
                    }
                },
                "Find times"
            }
        };
    }
    rsx! {
        button {
            id: ACCEPT_ALL,
            class: "text-button",
            r#type: "button",
            onclick: move |_| accept(store, starts.clone()),
            "Accept all times"
        }
        button {
            class: "text-button",
            r#type: "button",
            onclick: move |_| {
                store.suggested.set(Vec::new());
                platform::focus_when_drawn(FIND);
            },
            "Dismiss"
        }
    }
}

/// The time that was suggested for a task.
#[component]
pub fn Suggestion(id: BlockId) -> Element {
    let store = use_store();
    let suggested = store.suggested.read().iter().find(|time| time.id == id).cloned();
    let Some(SuggestedTime { start, end, .. }) = suggested else { return rsx! {} };
    let Ok(span) = Span::new(start, end) else { return rsx! {} };
    let (times, today) = (store.projection.read().times(), store.today());
    let day = times.date(start);
    let name = if (day - today).num_days() < 2 { words::day_name(day, today) } else { clock::day(day, today) };
    let when = format!("{name}, {}", times.range(span, day));
    let title = store.projection.read().block(id).map(|block| block.title.to_string()).unwrap_or_default();
    rsx! {
        p { class: "suggested-time",
            span { "{when}?" }
            button {
                id: accept_id(id),
                class: "text-button",
                r#type: "button",
                aria_label: "Accept {when} for {title}",
                onclick: move |_| accept(store, vec![(id, start)]),
                "Accept"
            }
            button {
                class: "text-button",
                r#type: "button",
                aria_label: "Not {when} for {title}",
                onclick: move |_| drop_suggestions(store, &[id]),
                "Not then"
            }
        }
    }
}

async fn suggest(mut store: Store, mut inbox: Vec<BlockId>) {
    if inbox.len() > limits::RESCHEDULED_BLOCKS {
        store.toast(
            format!("Times are suggested for the first {} tasks of the inbox.", limits::RESCHEDULED_BLOCKS),
            Kind::Done,
        );
    }
    inbox.truncate(limits::RESCHEDULED_BLOCKS);
    let answer = store.ask("suggestTimes", json!({ "blocks": inbox })).await;
    let suggested = match answer.map(serde_json::from_value::<SuggestedTimes>) {
        Ok(Ok(suggested)) => suggested,
        Ok(Err(_)) => {
            return store
                .toast("The service answered in a way that this page does not know. Reload it.", Kind::Problem);
        }
        Err(why) => return store.toast(why, Kind::Problem),
    };
    if let Some(first) = suggested.left_out.first() {
        let others = suggested.left_out.len() - 1;
        let more = if others > 0 { format!(" {others} more found no time.") } else { String::new() };
        store.toast(format!("“{}” found no time: {}{more}", first.title, first.why), Kind::Problem);
    }
    // A suggestion may be for a task that is not among the first few.
    store.with_inbox.set(true);
    store.suggested.set(suggested.times);
    platform::focus_when_drawn(ACCEPT_ALL);
}

fn accept(mut store: Store, starts: Vec<(BlockId, DateTime<Utc>)>) {
    let ids: Vec<BlockId> = starts.iter().map(|(id, _)| *id).collect();
    drop_suggestions(store, &ids);
    store.submit(Mutation::Place(starts));
}

/// Removes suggestions. The focus moves to the next one, so that keyboard use continues from there.
fn drop_suggestions(mut store: Store, ids: &[BlockId]) {
    let mut left = store.suggested.peek().clone();
    let place = left.iter().position(|time| ids.contains(&time.id)).unwrap_or(0);
    left.retain(|time| !ids.contains(&time.id));
    match left.get(place).or(left.last()) {
        Some(next) => platform::focus(&accept_id(next.id)),
        None => store.focus_timeline(),
    }
    store.suggested.set(left);
}
