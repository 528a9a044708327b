//! The browser's WebSocket as a sender and a stream of events.

use std::rc::Rc;

use futures::channel::mpsc::{UnboundedReceiver, unbounded};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{CloseEvent, MessageEvent, WebSocket};

/// A socket. It is closed when the last clone is dropped.
#[derive(Clone)]
pub struct Socket(Rc<Inner>);

struct Inner {
    socket: WebSocket,
    // Kept alive as long as the socket can call them.
    _open: Closure<dyn FnMut()>,
    _message: Closure<dyn FnMut(MessageEvent)>,
    _close: Closure<dyn FnMut(CloseEvent)>,
}

/// An event on a socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SocketEvent {
    /// The socket is open.
    Open,
    /// A text frame arrived.
    Text(String),
    /// The socket is closed. No event follows.
    Closed {
        /// The close code, RFC 6455 §7.4; 1006 if there was none.
        code: u16,
        /// The reason; often empty.
        reason: String,
    },
}

impl Socket {
    /// Starts to connect. `None` if the browser refuses the address.
    pub fn open(address: &str) -> Option<(Self, UnboundedReceiver<SocketEvent>)> {
        let socket = WebSocket::new(address).ok()?;
        let (events, receiver) = unbounded();
        let sender = events.clone();
        let open = Closure::<dyn FnMut()>::new(move || {
            let _ = sender.unbounded_send(SocketEvent::Open);
        });
        let sender = events.clone();
        let message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            // The protocol has text frames only.
            if let Some(text) = event.data().as_string() {
                let _ = sender.unbounded_send(SocketEvent::Text(text));
            }
        });
        let close = Closure::<dyn FnMut(CloseEvent)>::new(move |event: CloseEvent| {
            let _ = events.unbounded_send(SocketEvent::Closed { code: event.code(), reason: event.reason() });
        });
        socket.set_onopen(Some(open.as_ref().unchecked_ref()));
        socket.set_onmessage(Some(message.as_ref().unchecked_ref()));
        socket.set_onclose(Some(close.as_ref().unchecked_ref()));
        Some((Self(Rc::new(Inner { socket, _open: open, _message: message, _close: close })), receiver))
    }

    /// Sends a text frame. Returns false if the socket is not open.
    pub fn send(&self, text: &str) -> bool {
        let socket = &self.0.socket;
        socket.ready_state() == WebSocket::OPEN && socket.send_with_str(text).is_ok()
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.socket.set_onopen(None);
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        let _ = self.socket.close();
    }
}
