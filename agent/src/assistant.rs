//! What answers a person: a language model, or the built-in interpreter.

use flux_model::{ChatModel, ChatRequest, ModelError, ModelEvent, ModelId};
use flux_tools::context::Facts;
use futures::stream::LocalBoxStream;

/// Answers requests of a turn and of the architect.
///
/// Every [`ChatModel`] is one. The built-in interpreter reads no prose, so it also gets the facts that the context of the request
/// states in words.
pub trait Assistant {
    /// Starts an answer to `request`, which is about `facts`. Dropping the stream stops the request.
    fn answer(&self, request: ChatRequest, facts: Facts) -> LocalBoxStream<'static, Result<ModelEvent, ModelError>>;

    /// Whether it reads the facts. For one that does not, they need not be up to date.
    fn reads_facts(&self) -> bool {
        true
    }

    /// Whether its answers use tokens. Those of the built-in interpreter do not.
    fn uses_tokens(&self) -> bool {
        true
    }

    /// Provider and name, as shown to people and written to logs.
    fn id(&self) -> ModelId;
}

impl<M: ChatModel> Assistant for M {
    fn answer(&self, request: ChatRequest, _: Facts) -> LocalBoxStream<'static, Result<ModelEvent, ModelError>> {
        self.stream(request)
    }

    fn reads_facts(&self) -> bool {
        false
    }

    fn id(&self) -> ModelId {
        ChatModel::id(self)
    }
}
