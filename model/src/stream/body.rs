//! Distinguishes the kinds of bodies: server-sent events, JSON although a stream was requested, or something that is
//! not an answer. The first byte decides, because content types are not reliable.

use serde_json::Value;

use super::sse::{MAX_EVENT_BYTES, SseDecoder, SseEvent};
use crate::ModelError;
use crate::failure::malformed;

/// Byte order mark in UTF-8.
const BOM: &[u8] = b"\xEF\xBB\xBF";
/// How much of a page is read before it is reported as an error.
const PAGE_HEAD_BYTES: usize = 2048;
/// The largest JSON body, in bytes. The limit is that of an event, because the body is read at once, and many small
/// values take up to a hundred times the memory of their text.
const MAX_JSON_BYTES: usize = MAX_EVENT_BYTES;

/// One part of a body.
#[derive(Debug, PartialEq)]
pub(super) enum SseFrame {
    /// An event of a stream.
    Event {
        /// Its name, usually empty.
        name: String,
        /// Its data, never blank.
        data: String,
    },
    /// `data: [DONE]`.
    Done,
    /// A JSON body: the whole answer.
    Whole(Value),
}

/// A body that is being read.
pub(super) enum Body {
    /// Only whitespace so far, and possibly a part of a byte order mark. One byte of whitespace is kept, because a
    /// server can send it for minutes to keep the connection alive.
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
    /// Takes the next bytes and appends the parts that they complete. After an error, all bytes are dropped.
    pub(super) fn push(&mut self, bytes: &[u8], frames: &mut Vec<SseFrame>) -> Result<(), ModelError> {
        let outcome = self.take(bytes, frames);
        if outcome.is_err() {
            *self = Self::default();
        }
        outcome
    }

    fn take(&mut self, bytes: &[u8], frames: &mut Vec<SseFrame>) -> Result<(), ModelError> {
        match self {
            Self::Unknown(head) => {
                head.extend_from_slice(bytes);
                let Some((kind, start)) = kind_of(head) else {
                    head.truncate(mark_length(head) + 1);
                    return Ok(());
                };
                let head = head.split_off(start);
                *self = kind;
                self.take(&head, frames)
            }
            Self::Events(decoder) => {
                let mut events = Vec::new();
                let outcome = decoder.push(bytes, &mut events);
                frames.extend(events.into_iter().filter_map(frame));
                outcome
            }
            Self::Json(body) => {
                if body.len().saturating_add(bytes.len()) > MAX_JSON_BYTES {
                    return Err(malformed("a JSON body of more than 1 MiB"));
                }
                body.extend_from_slice(bytes);
                Ok(())
            }
            Self::Page(page) => {
                page.extend_from_slice(bytes);
                if page.len() >= PAGE_HEAD_BYTES { Err(page_error(page)) } else { Ok(()) }
            }
        }
    }

    /// How many bytes are kept.
    #[cfg(test)]
    pub(super) fn kept(&self) -> usize {
        match self {
            Self::Unknown(bytes) | Self::Json(bytes) | Self::Page(bytes) => bytes.len(),
            Self::Events(decoder) => decoder.kept(),
        }
    }

    /// Takes the end of the body and appends the parts that it completes.
    pub(super) fn finish(&mut self, frames: &mut Vec<SseFrame>) -> Result<(), ModelError> {
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

/// The kind of a body and the position of its first byte that is not whitespace, once `head` has one.
fn kind_of(head: &[u8]) -> Option<(Body, usize)> {
    let mark = mark_length(head);
    let start = mark + head.get(mark..)?.iter().position(|byte| !byte.is_ascii_whitespace())?;
    let kind = match head.get(start)? {
        b'{' | b'[' => Body::Json(Vec::new()),
        b'<' => Body::Page(Vec::new()),
        _ => Body::Events(SseDecoder::default()),
    };
    Some((kind, start))
}

/// The length of the byte order mark at the start of `head`, or of the start of one.
fn mark_length(head: &[u8]) -> usize {
    let is_mark = head.starts_with(BOM) || BOM.starts_with(head);
    if is_mark { head.len().min(BOM.len()) } else { 0 }
}

fn frame(event: SseEvent) -> Option<SseFrame> {
    match event.data.trim() {
        "" => None,
        "[DONE]" => Some(SseFrame::Done),
        _ => Some(SseFrame::Event { name: event.name, data: event.data }),
    }
}

/// The values of a JSON body. Some servers send several values, one per line. Together they are one answer.
fn whole(body: &[u8], frames: &mut Vec<SseFrame>) -> Result<(), ModelError> {
    let text = String::from_utf8_lossy(body);
    for value in serde_json::Deserializer::from_str(&text).into_iter::<Value>() {
        match value {
            Ok(Value::Array(values)) => frames.extend(values.into_iter().map(SseFrame::Whole)),
            Ok(value) => frames.push(SseFrame::Whole(value)),
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
