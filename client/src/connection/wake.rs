//! What ends a wait early: the network is back, or the person looks at the page again.

use futures::channel::mpsc::{UnboundedReceiver, unbounded};

use crate::platform;

/// Why the connection is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wake {
    /// The browser says that there is a network again.
    Online,
    /// The browser says that there is none.
    Offline,
    /// The page can be seen again.
    Visible,
}

/// A stream of reasons, for as long as the page lives.
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
