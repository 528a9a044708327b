//! Where no model is connected.

use futures::stream::{self, LocalBoxStream, StreamExt};

use super::types::{ChatModel, ChatRequest, ModelError, ModelEvent, ModelId};

/// In place of a model: says at each request that there is none. All that needs no model goes on working.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unconnected;

impl ChatModel for Unconnected {
    fn stream(&self, _: ChatRequest) -> LocalBoxStream<'static, Result<ModelEvent, ModelError>> {
        stream::iter([Err(ModelError::Unconnected)]).boxed_local()
    }

    fn id(&self) -> ModelId {
        ModelId { provider: "none".to_owned(), name: "none".to_owned() }
    }
}
