//! The loop that keeps the page connected: open a socket, listen, and after a loss wait and open another.

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
/// How long the service may take to answer a check that it is alive, in ms.
const ANSWER_MS: u32 = 8_000;
/// How long a connection must have lasted for the waits to be short again.
const STABLE: TimeDelta = TimeDelta::seconds(5);

/// Keeps the page connected until the service refuses it permanently.
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
            Lost::Refused(code, reason) => {
                store.set_status(Status::Refused { code, reason });
                return;
            }
            Lost::Stable => attempt = 0,
            Lost::Early => attempt += 1,
        }
        let delay = backoff::delay_ms(attempt, platform::jitter());
        store.set_status(Status::Waiting { until: platform::now() + TimeDelta::milliseconds(delay.into()) });
        wait(delay, &mut wakes).await;
    }
}

/// How a connection ended.
enum Lost {
    /// It had lasted for a while.
    Stable,
    /// It never opened, or was lost soon after.
    Early,
    /// The service refused it permanently, with this close code and for this reason.
    Refused(u16, String),
}

async fn connect(store: &mut Store, page: &str, wakes: &mut UnboundedReceiver<Wake>) -> Lost {
    let address = address(&platform::origin(), page, store.known());
    let Some((socket, mut events)) = Socket::open(&address) else { return Lost::Early };
    let mut opened_at = None;
    // The deadline for the socket to open or for an answer to arrive. Terminated while nothing is awaited.
    let mut deadline = Box::pin(platform::sleep_ms(OPENING_MS).fuse());
    let refused = loop {
        select! {
            event = events.next() => match event {
                Some(SocketEvent::Open) => {
                    opened_at = Some(platform::now());
                    deadline.set(Fuse::terminated());
                    store.connected(socket.clone());
                }
                Some(SocketEvent::Text(text)) => {
                    deadline.set(Fuse::terminated());
                    store.receive(&text);
                    if store.wants_to_reconnect() {
                        break None;
                    }
                }
                Some(SocketEvent::Closed { code, reason }) => {
                    break (Verdict::of(code) == Verdict::Final).then_some((code, reason));
                }
                None => break None,
            },
            wake = wakes.next() => match wake {
                // A socket often takes minutes to notice that the network is gone or that the device was asleep.
                Some(Wake::Offline) | None => break None,
                Some(Wake::Online | Wake::Visible) => if opened_at.is_some() && deadline.is_terminated() {
                    store.check_alive();
                    deadline.set(platform::sleep_ms(ANSWER_MS).fuse());
                },
            },
            () = deadline => break None,
        }
    };
    store.disconnected();
    match (refused, opened_at) {
        (Some((code, reason)), _) => Lost::Refused(code, reason),
        (None, Some(since)) if platform::now() - since >= STABLE => Lost::Stable,
        (None, _) => Lost::Early,
    }
}

/// Waits. Returns early if the network is back or the page is visible again.
async fn wait(ms: u32, wakes: &mut UnboundedReceiver<Wake>) {
    let sleep = platform::sleep_ms(ms);
    pin_mut!(sleep);
    loop {
        match select(sleep, wakes.next()).await {
            Either::Right((Some(Wake::Offline), rest)) => sleep = rest,
            Either::Left(_) | Either::Right(_) => return,
        }
    }
}
