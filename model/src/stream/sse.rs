//! Server-sent events (<https://html.spec.whatwg.org/multipage/server-sent-events.html>). Lines are found by `sseer`;
//! what is here joins them to events, caps their size and forgives bytes that are no UTF-8.

use bytes::BytesMut;
use sseer::parser::{RawEventLineOwned, parse_line_from_buffer};

use crate::ModelError;
use crate::failure::{excerpt, malformed};

/// Largest event, and largest line, in bytes.
pub(super) const MAX_EVENT_BYTES: usize = 1024 * 1024;

/// One event.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct SseEvent {
    /// Value of `event:`, empty where there is none.
    pub(super) name: String,
    /// The `data:` lines, joined by line feeds.
    pub(super) data: String,
}

/// Joins bytes to events.
#[derive(Default)]
pub(super) struct SseDecoder {
    buffer: BytesMut,
    /// Bytes of `buffer` that are known to hold no end of line.
    scanned: usize,
    name: String,
    data: Option<String>,
    /// The first line that is no field of the format, shortened, where there was one.
    stray: Option<String>,
    /// Whether an event came.
    begun: bool,
}

impl SseDecoder {
    /// Takes the next bytes and appends the events that they complete.
    ///
    /// An error for an event above [`MAX_EVENT_BYTES`].
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

    /// Takes the end. An event that lacks its blank line counts: servers forget it after the last one.
    pub(super) fn finish(&mut self, events: &mut Vec<SseEvent>) -> Result<(), ModelError> {
        self.push(b"\n\n", events)
    }

    /// How much is kept of what came, in bytes.
    #[cfg(test)]
    pub(super) fn kept(&self) -> usize {
        let texts = [self.data.as_ref(), self.stray.as_ref(), Some(&self.name)];
        self.buffer.len() + texts.into_iter().flatten().map(String::len).sum::<usize>()
    }

    /// A line that shows that this is no stream of events: no field of the format, and no event beside it.
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
