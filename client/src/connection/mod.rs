//! The WebSocket: opening, losing and reopening it. The meaning of its frames is handled elsewhere, in `store`.
//!
//! | module | what lives there |
//! | --- | --- |
//! | [`backoff`], [`status`] | how long to wait before reconnecting; the status of the connection (pure) |
//! | [`socket`] | the browser's WebSocket as a sender and a stream of events |
//! | [`wake`] | events that end a wait early: the network is back, or the page is visible again |
//! | [`run`](mod@run) | the loop that keeps the page connected |

pub mod backoff;
pub mod run;
pub mod socket;
pub mod status;
pub mod wake;

pub use socket::Socket;
pub use status::Status;

use crate::timeline::Known;

/// The address of the user's agent.
///
/// `origin` is the page's origin. `page` is an id of this page that stays the same across reconnects. `known` is the
/// position in the log up to which the page has all events.
pub fn address(origin: &str, page: &str, known: Option<Known>) -> String {
    // `http` becomes `ws`, `https` becomes `wss`.
    let origin = origin.strip_prefix("http").map_or_else(|| origin.to_owned(), |rest| format!("ws{rest}"));
    let after = known.map(|known| format!("&after={}", known.seq)).unwrap_or_default();
    let log = known.and_then(|known| known.log).map(|log| format!("&log={log}")).unwrap_or_default();
    format!("{origin}/agents/chat/me?sync=events&_pk={page}{after}{log}")
}

#[cfg(test)]
mod tests {
    use flux_timeline::EventId;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn the_address_contains_the_pages_scheme_and_the_last_event() {
        assert_eq!(address("http://localhost:8787", "p", None), "ws://localhost:8787/agents/chat/me?sync=events&_pk=p");
        assert_eq!(
            address("https://flux.example", "p", Some(Known { seq: 7, log: Some(EventId::new(Uuid::nil())) })),
            "wss://flux.example/agents/chat/me?sync=events&_pk=p&after=7&log=00000000-0000-0000-0000-000000000000"
        );
    }
}
