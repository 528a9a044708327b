//! What kind of body an answer has: server-sent events, JSON although a stream was asked, or something that is no
//! answer. It shows in the first byte, whatever the content type says.

use serde_json::Value;

use super::sse::{SseDecoder, SseEvent};
use crate::model::ModelError;
use crate::model::failure::malformed;

/// Byte order mark in UTF-8.
const BOM: &[u8] = b"\xEF\xBB\xBF";
/// How much of a page is read before it is called one.
const PAGE_HEAD_BYTES: usize = 2048;

/// One part of a body.
#[derive(Debug, PartialEq)]
pub(super) enum Frame {
    /// An event of a stream.
    Event {
        /// Its name, mostly empty.
        name: String,
        /// Its data, never blank.
        data: String,
    },
    /// `data: [DONE]`.
    Done,
    /// A body that is JSON: the whole answer.
    Whole(Value),
}

/// A body, as far as it was read.
pub(super) enum Body {
    /// Nothing but blanks and perhaps a part of a byte order mark.
    Unknown(Vec<u8>),
    /// Server-sent events.
    Events(SseDecoder),
    /// One JSON value, or one per line.
    Json(Vec<u8>),
    /// HTML or XML.
    Page(Vec<u8>),
}

impl Default for Body {
    fn default() -> Self {
        Self::Unknown(Vec::new())
    }
}

impl Body {
    /// Takes the next bytes and appends the parts that they complete.
    pub(super) fn push(&mut self, bytes: &[u8], frames: &mut Vec<Frame>) -> Result<(), ModelError> {
        match self {
            Self::Unknown(head) => {
                head.extend_from_slice(bytes);
                let Some((kind, start)) = kind_of(head) else { return Ok(()) };
                let head = head.split_off(start);
                *self = kind;
                self.push(&head, frames)
            }
            Self::Events(decoder) => {
                let mut events = Vec::new();
                let outcome = decoder.push(bytes, &mut events);
                frames.extend(events.into_iter().filter_map(frame));
                outcome
            }
            Self::Json(body) => {
                body.extend_from_slice(bytes);
                Ok(())
            }
            Self::Page(page) => {
                page.extend_from_slice(bytes);
                if page.len() >= PAGE_HEAD_BYTES { Err(page_error(page)) } else { Ok(()) }
            }
        }
    }

    /// Takes the end of the body and appends the parts that it completes.
    pub(super) fn finish(&mut self, frames: &mut Vec<Frame>) -> Result<(), ModelError> {
        match std::mem::take(self) {
            Self::Unknown(_) => Ok(()),
            Self::Events(mut decoder) => {
                let mut events = Vec::new();
                let outcome = decoder.finish(&mut events);
                frames.extend(events.into_iter().filter_map(frame));
                outcome?;
                decoder.stray().map_or(Ok(()), |stray| Err(malformed(stray)))
            }
            Self::Json(body) => whole(&body, frames),
            Self::Page(page) => Err(page_error(&page)),
        }
    }
}

/// The kind of a body and where it starts, once `head` shows it.
fn kind_of(head: &[u8]) -> Option<(Body, usize)> {
    if head.len() < BOM.len() && BOM.starts_with(head) {
        return None;
    }
    let start = if head.starts_with(BOM) { BOM.len() } else { 0 };
    let kind = match head.get(start..)?.iter().find(|byte| !byte.is_ascii_whitespace())? {
        b'{' | b'[' => Body::Json(Vec::new()),
        b'<' => Body::Page(Vec::new()),
        _ => Body::Events(SseDecoder::default()),
    };
    Some((kind, start))
}

fn frame(event: SseEvent) -> Option<Frame> {
    match event.data.trim() {
        "" => None,
        "[DONE]" => Some(Frame::Done),
        _ => Some(Frame::Event { name: event.name, data: event.data }),
    }
}

/// The values of a JSON body. Several in a row, as some servers stream them line by line, are one answer each read on.
fn whole(body: &[u8], frames: &mut Vec<Frame>) -> Result<(), ModelError> {
    let text = String::from_utf8_lossy(body);
    for value in serde_json::Deserializer::from_str(&text).into_iter::<Value>() {
        match value {
            Ok(Value::Array(values)) => frames.extend(values.into_iter().map(Frame::Whole)),
            Ok(value) => frames.push(Frame::Whole(value)),
            Err(error) if error.is_eof() => return Err(ModelError::Cut),
            Err(_) => return Err(malformed(&text)),
        }
    }
    Ok(())
}

fn page_error(page: &[u8]) -> ModelError {
    let head = page.get(..PAGE_HEAD_BYTES).unwrap_or(page);
    malformed(&format!("an HTML page, {}", String::from_utf8_lossy(head)))
}
