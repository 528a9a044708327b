//! The loop that keeps a connection: open, listen, and after a loss wait and open again.

use chrono::TimeDelta;
use futures::channel::mpsc::UnboundedReceiver;
use futures::future::{Either, Fuse, FusedFuture, select};
use futures::{FutureExt, StreamExt, pin_mut, select};

use super::socket::{Socket, SocketEvent};
use super::status::{Status, Verdict};
use super::wake::{Wake, wakes};
use super::{address, backoff};
use crate::platform;
use crate::store::Store;

/// How long a socket may take to open, in ms.
const OPENING_MS: u32 = 8_000;
/// How long a service that is asked whether it is there may take to answer, in ms.
const ANSWER_MS: u32 = 8_000;
/// How long a connection must have held to begin again with short waits.
const STABLE: TimeDelta = TimeDelta::seconds(5);

/// Keeps the connection of a page, until the service refuses it for good.
pub async fn run(mut store: Store) {
    let page = platform::uuid().to_string();
    let mut wakes = wakes();
    let mut attempt = 0;
    loop {
        if !platform::is_online() {
            store.set_status(Status::Offline);
            while !platform::is_online() && wakes.next().await.is_some() {}
        }
        store.set_status(Status::Connecting);
        match connect(&mut store, &page, &mut wakes).await {
            Lost::Refused(reason) => {
                store.set_status(Status::Refused { reason });
                return;
            }
            Lost::Stable => attempt = 0,
            Lost::Early => attempt += 1,
        }
        let delay = backoff::delay_ms(attempt, platform::jitter());
        store.set_status(Status::Waiting { until: platform::now() + TimeDelta::milliseconds(delay.into()) });
        rest(delay, &mut wakes).await;
    }
}

/// How a connection ended.
enum Lost {
    /// It had held for a while.
    Stable,
    /// It never opened, or not for long.
    Early,
    /// For good.
    Refused(String),
}

async fn connect(store: &mut Store, page: &str, wakes: &mut UnboundedReceiver<Wake>) -> Lost {
    let address = address(&platform::origin(), page, store.known());
    let Some((socket, mut events)) = Socket::open(&address) else { return Lost::Early };
    let mut opened_at = None;
    // While it runs, something is to come before it ends: the open socket, or an answer.
    let mut patience = Box::pin(platform::sleep_ms(OPENING_MS).fuse());
    let refused = loop {
        select! {
            event = events.next() => match event {
                Some(SocketEvent::Open) => {
                    opened_at = Some(platform::now());
                    patience.set(Fuse::terminated());
                    store.connected(socket.clone());
                }
                Some(SocketEvent::Text(text)) => {
                    patience.set(Fuse::terminated());
                    store.receive(&text);
                    if store.wants_to_reconnect() {
                        break None;
                    }
                }
                Some(SocketEvent::Closed { code, reason }) => {
                    break (Verdict::of(code) == Verdict::Final).then_some(reason);
                }
                None => break None,
            },
            wake = wakes.next() => match wake {
                // Sockets often do not notice for minutes that the network is gone, or that the device has slept.
                Some(Wake::Offline) | None => break None,
                Some(Wake::Online | Wake::Visible) => if opened_at.is_some() && patience.is_terminated() {
                    store.check_alive();
                    patience.set(platform::sleep_ms(ANSWER_MS).fuse());
                },
            },
            () = patience => break None,
        }
    };
    store.disconnected();
    match (refused, opened_at) {
        (Some(reason), _) => Lost::Refused(reason),
        (None, Some(since)) if platform::now() - since >= STABLE => Lost::Stable,
        (None, _) => Lost::Early,
    }
}

/// Waits, but not longer than until there is a network again or the person looks.
async fn rest(ms: u32, wakes: &mut UnboundedReceiver<Wake>) {
    let sleep = platform::sleep_ms(ms);
    pin_mut!(sleep);
    loop {
        match select(sleep, wakes.next()).await {
            Either::Right((Some(Wake::Offline), rest)) => sleep = rest,
            Either::Left(_) | Either::Right(_) => return,
        }
    }
}
