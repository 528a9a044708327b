//! The one WebSocket: when it is opened, lost and opened again. What its frames mean is not known here.
//!
//! | module | what lives there |
//! | --- | --- |
//! | [`backoff`], [`status`] | how long to wait; what is going on, in words (pure) |
//! | [`socket`] | the browser's WebSocket as a sender and a stream of events |
//! | [`wake`] | what ends a wait early: the network is back, the person looks at the page again |
//! | [`run`](mod@run) | the loop that keeps a connection |

pub mod backoff;
pub mod run;
pub mod socket;
pub mod status;
pub mod wake;

pub use socket::Socket;
pub use status::Status;

use crate::timeline::Known;

/// The address of the person's own agent.
///
/// `origin` is the page's, `page` an id of this page that is kept over reconnects, `known` what it has of the log.
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
    fn the_address_has_the_pages_scheme_and_the_last_event() {
        assert_eq!(address("http://localhost:8787", "p", None), "ws://localhost:8787/agents/chat/me?sync=events&_pk=p");
        assert_eq!(
            address("https://flux.example", "p", Some(Known { seq: 7, log: Some(EventId::new(Uuid::nil())) })),
            "wss://flux.example/agents/chat/me?sync=events&_pk=p&after=7&log=00000000-0000-0000-0000-000000000000"
        );
    }
}
