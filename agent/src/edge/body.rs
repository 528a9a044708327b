//! The body of a model's answer, which JavaScript reads ahead (`body.mjs`).

use std::cell::RefCell;
use std::collections::VecDeque;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use flux_model::{ByteStream, ModelError};
use futures::Stream;
use wasm_bindgen::prelude::*;
use web_sys::ReadableStream;

use super::thrown::message_of;

/// The time within which pieces are read together, in ms. They are then also stored and sent together. A person does not see the
/// difference.
const GATHER_MS: u32 = 15;

/// Takes what has arrived, or without bytes the end of the stream and why it failed.
type Take = dyn FnMut(Option<Vec<u8>>, Option<String>);

#[wasm_bindgen(module = "/src/edge/body.mjs")]
extern "C" {
    type Reading;

    #[wasm_bindgen(constructor, catch)]
    fn new(stream: &ReadableStream, gather_ms: u32, take: &Closure<Take>) -> Result<Reading, JsValue>;

    #[wasm_bindgen(method)]
    fn stop(this: &Reading);
}

/// The bytes of a stream. Dropping it cancels the stream.
pub(super) fn read(stream: &ReadableStream) -> ByteStream {
    let arrived = Rc::new(RefCell::new(Arrived::default()));
    let take = Closure::new({
        let arrived = Rc::clone(&arrived);
        move |bytes: Option<Vec<u8>>, error: Option<String>| {
            let waker = {
                let mut arrived = arrived.borrow_mut();
                arrived.is_over = bytes.is_none();
                let failure = error.map(|message| Err(ModelError::Unreachable { message }));
                arrived.pieces.extend(bytes.map(|bytes| Ok(Bytes::from(bytes))).or(failure));
                arrived.waker.take()
            };
            if let Some(waker) = waker {
                waker.wake();
            }
        }
    });
    match Reading::new(stream, GATHER_MS, &take) {
        Ok(reading) => Box::pin(Body { arrived, reading, _take: take }),
        Err(thrown) => {
            let message = message_of(&thrown);
            Box::pin(futures::stream::iter([Err(ModelError::Unreachable { message })]))
        }
    }
}

/// What has arrived and was not taken yet.
#[derive(Default)]
struct Arrived {
    pieces: VecDeque<Result<Bytes, ModelError>>,
    is_over: bool,
    waker: Option<Waker>,
}

struct Body {
    arrived: Rc<RefCell<Arrived>>,
    reading: Reading,
    /// JavaScript calls it until the reading is stopped.
    _take: Closure<Take>,
}

impl Stream for Body {
    type Item = Result<Bytes, ModelError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut arrived = self.arrived.borrow_mut();
        match arrived.pieces.pop_front() {
            Some(piece) => Poll::Ready(Some(piece)),
            None if arrived.is_over => Poll::Ready(None),
            None => {
                arrived.waker = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl Drop for Body {
    fn drop(&mut self) {
        self.reading.stop();
    }
}
