//! The model that stands in if none is connected.

use futures::stream::{self, LocalBoxStream, StreamExt};

use super::types::{ChatModel, ChatRequest, ModelError, ModelEvent, ModelId};

/// Answers every request with [`ModelError::Unconnected`]. Everything that needs no model keeps working.
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
