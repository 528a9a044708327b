//! Events that end a wait early: the network is back, or the page is visible again.

use futures::channel::mpsc::{UnboundedReceiver, unbounded};

use crate::platform;

/// A reason to check the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wake {
    /// The browser reports that the network is back.
    Online,
    /// The browser reports that the network is gone.
    Offline,
    /// The page is visible again.
    Visible,
}

/// A stream of reasons to check the connection, which lasts as long as the page.
pub fn wakes() -> UnboundedReceiver<Wake> {
    let (sender, receiver) = unbounded();
    for (event, wake) in [("online", Wake::Online), ("offline", Wake::Offline)] {
        let sender = sender.clone();
        platform::listen(event, move || {
            let _ = sender.unbounded_send(wake);
        });
    }
    platform::listen("visibilitychange", move || {
        if platform::is_visible() {
            let _ = sender.unbounded_send(Wake::Visible);
        }
    });
    receiver
}
