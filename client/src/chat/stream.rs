//! The position in the stream of an answer: each chunk is taken once and in order, also after a reconnect. Pure.

use flux_protocol::Message;
use flux_protocol::frame::ChatResponse;

/// A stream under way.
#[derive(Debug, Clone)]
pub(super) struct Stream {
    /// The request that it answers.
    pub request: String,
    /// The message that it writes, once its first chunk is there.
    pub message: Option<String>,
    /// The number of the chunk that comes next.
    next: u64,
    /// The message as it was before, where the stream extends one.
    pub base: Option<Message>,
    /// Chunks were missed; nothing is taken until a replay begins.
    pub is_torn: bool,
    /// Whether the socket that it came on is gone.
    pub is_suspect: bool,
}

/// Where a chunk stands.
pub(super) enum Order {
    Next,
    Known,
    Missed,
}

impl Stream {
    pub fn new(request: String) -> Self {
        Self { request, message: None, next: 0, base: None, is_torn: false, is_suspect: false }
    }

    /// Takes the number of a chunk and says whether the chunk is the next one.
    pub fn order(&mut self, response: &ChatResponse) -> Order {
        match response.seq {
            None => Order::Next,
            Some(0) if response.replay => {
                self.next = 1;
                self.is_torn = false;
                Order::Next
            }
            Some(_) if self.is_torn => Order::Missed,
            Some(seq) if seq < self.next => Order::Known,
            Some(seq) if seq > self.next => Order::Missed,
            Some(_) => {
                self.next += 1;
                Order::Next
            }
        }
    }
}
