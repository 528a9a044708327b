//! The request that streams: its message so far, and the chunks that make it.

use flux_protocol::frame::ChatResponse;
use flux_protocol::{Chunk, Message, ServerFrame};

/// A request that streams.
#[derive(Debug)]
pub(crate) struct Live {
    /// Id of the request.
    pub id: String,
    /// Whether it extends an earlier message.
    pub continuation: bool,
    /// The message so far.
    pub message: Message,
    /// All chunks so far, as JSON.
    pub chunks: Vec<String>,
    /// The number of chunks that are stored.
    pub stored: usize,
}

impl Live {
    pub fn new(id: String, message: Message, continuation: bool) -> Self {
        Self { id, continuation, message, chunks: Vec::new(), stored: 0 }
    }

    /// The frame of a chunk.
    pub fn frame(&self, index: usize, replay: bool) -> Option<ServerFrame> {
        self.chunks.get(index).map(|body| {
            ServerFrame::CfAgentUseChatResponse(ChatResponse {
                id: self.id.clone(),
                body: body.clone(),
                continuation: self.continuation,
                seq: Some(index as u64),
                replay,
                ..ChatResponse::default()
            })
        })
    }

    /// Adds a chunk, and gives its frame.
    pub fn add(&mut self, chunk: &Chunk) -> Option<ServerFrame> {
        self.message.add(chunk);
        self.chunks.push(text_of(chunk));
        self.frame(self.chunks.len() - 1, false)
    }

    /// The chunks that are not stored yet.
    pub fn unstored(&self) -> &[String] {
        self.chunks.get(self.stored..).unwrap_or_default()
    }
}

/// A chunk as JSON.
pub(super) fn text_of(chunk: &Chunk) -> String {
    serde_json::to_string(chunk).unwrap_or_default()
}
