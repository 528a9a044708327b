//! The position in the stream of an answer. Each chunk is applied once and in order, even after a reconnect. Pure.

use flux_protocol::Message;
use flux_protocol::frame::ChatResponse;

/// A running stream.
#[derive(Debug, Clone)]
pub(super) struct Stream {
    /// The request that it answers.
    pub request: String,
    /// The id of the message that it writes, once the first chunk has arrived.
    pub message: Option<String>,
    /// The number of the next chunk.
    next: u64,
    /// The message before the stream, if the stream extends an existing message.
    pub base: Option<Message>,
    /// Whether chunks were missed. If so, chunks are ignored until a replay starts.
    pub has_gap: bool,
    /// Whether the socket on which it arrived has been lost.
    pub is_orphaned: bool,
}

/// The position of a chunk relative to the expected one.
pub(super) enum Order {
    Next,
    Known,
    Missed,
}

impl Stream {
    pub fn new(request: String) -> Self {
        Self { request, message: None, next: 0, base: None, has_gap: false, is_orphaned: false }
    }

    /// Compares the number of a chunk with the expected one, and advances past it.
    pub fn order(&mut self, response: &ChatResponse) -> Order {
        match response.seq {
            None => Order::Next,
            Some(0) if response.replay => {
                self.next = 1;
                self.has_gap = false;
                Order::Next
            }
            Some(_) if self.has_gap => Order::Missed,
            Some(seq) if seq < self.next => Order::Known,
            Some(seq) if seq > self.next => Order::Missed,
            Some(_) => {
                self.next += 1;
                Order::Next
            }
        }
    }
}
