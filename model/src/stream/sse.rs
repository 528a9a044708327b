//! Server-sent events (<https://html.spec.whatwg.org/multipage/server-sent-events.html>). `sseer` finds the lines. This
//! module joins them into events, limits their size and replaces bytes that are not UTF-8.

use bytes::BytesMut;
use sseer::parser::{RawEventLineOwned, parse_line_from_buffer};

use crate::ModelError;
use crate::failure::{excerpt, malformed};

/// The largest event and the largest line, in bytes.
pub(super) const MAX_EVENT_BYTES: usize = 1024 * 1024;

/// One event.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct SseEvent {
    /// The value of `event:`, or empty if there is none.
    pub(super) name: String,
    /// The `data:` lines, joined by line feeds.
    pub(super) data: String,
}

/// Joins bytes into events.
#[derive(Default)]
pub(super) struct SseDecoder {
    buffer: BytesMut,
    /// The number of bytes of `buffer` that are known to contain no end of line.
    scanned: usize,
    name: String,
    data: Option<String>,
    /// The first line that is not a field of the format, shortened, if there was one.
    stray: Option<String>,
    /// Whether an event arrived.
    begun: bool,
}

impl SseDecoder {
    /// Takes the next bytes and appends the events that they complete.
    ///
    /// An event of more than [`MAX_EVENT_BYTES`] is an error.
    pub(super) fn push(&mut self, bytes: &[u8], events: &mut Vec<SseEvent>) -> Result<(), ModelError> {
        self.buffer.extend_from_slice(bytes);
        loop {
            let before = self.buffer.len();
            let Some(line) = parse_line_from_buffer(&mut self.buffer, &mut self.scanned) else { break };
            if before.saturating_sub(self.buffer.len()) > MAX_EVENT_BYTES {
                return Err(too_large());
            }
            self.take(line, events)?;
        }
        if self.buffer.len() > MAX_EVENT_BYTES { Err(too_large()) } else { Ok(()) }
    }

    /// Takes the end. The last event counts even without its blank line, because some servers leave it out.
    pub(super) fn finish(&mut self, events: &mut Vec<SseEvent>) -> Result<(), ModelError> {
        self.push(b"\n\n", events)
    }

    /// How many bytes are kept.
    #[cfg(test)]
    pub(super) fn kept(&self) -> usize {
        let texts = [self.data.as_ref(), self.stray.as_ref(), Some(&self.name)];
        self.buffer.len() + texts.into_iter().flatten().map(String::len).sum::<usize>()
    }

    /// A line that shows that this is not a stream of events: it is not a field of the format, and there was no event.
    pub(super) fn stray(&self) -> Option<&str> {
        self.stray.as_deref().filter(|_| !self.begun)
    }

    fn take(&mut self, line: RawEventLineOwned, events: &mut Vec<SseEvent>) -> Result<(), ModelError> {
        let (field, value) = match line {
            RawEventLineOwned::Comment => return Ok(()),
            RawEventLineOwned::Empty => {
                let name = std::mem::take(&mut self.name);
                self.begun |= self.data.is_some();
                events.extend(self.data.take().map(|data| SseEvent { name, data }));
                return Ok(());
            }
            RawEventLineOwned::Field { field_name, field_value } => (field_name, field_value.unwrap_or_default()),
        };
        let value = String::from_utf8_lossy(&value);
        match field.as_ref() {
            b"data" => match &mut self.data {
                None => self.data = Some(value.into_owned()),
                Some(data) if data.len() + value.len() >= MAX_EVENT_BYTES => return Err(too_large()),
                Some(data) => data.extend(["\n", &value]),
            },
            b"event" => self.name = value.into_owned(),
            b"id" | b"retry" => {}
            other if self.stray.is_none() => {
                self.stray = Some(excerpt(&format!("{} {value}", String::from_utf8_lossy(other))));
            }
            _ => {}
        }
        Ok(())
    }
}

fn too_large() -> ModelError {
    malformed("an event of more than 1 MiB")
}
