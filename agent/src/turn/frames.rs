//! Frames of requests.

use flux_protocol::ServerFrame;
use flux_protocol::frame::{ChatResponse, TurnOutcome};

use super::allowance::Refusal;
use crate::store::RequestRecord;

/// The frame of the chunk with this number.
pub(crate) fn chunk(request: &RequestRecord, seq: u64, body: String, replay: bool) -> ServerFrame {
    ServerFrame::CfAgentUseChatResponse(ChatResponse {
        id: request.id.clone(),
        body,
        continuation: request.continuation,
        seq: Some(seq),
        replay,
        ..ChatResponse::default()
    })
}

/// The final frame of a request that failed.
pub(crate) fn failed(id: &str, error: String, message_ids: Option<Vec<String>>) -> ServerFrame {
    ServerFrame::CfAgentUseChatResponse(ChatResponse {
        id: id.to_owned(),
        body: error,
        done: true,
        error: true,
        message_ids,
        outcome: Some(TurnOutcome::Error),
        ..ChatResponse::default()
    })
}

/// The final frame of a request that was refused.
pub(super) fn refused(id: &str, Refusal { error, retry_after }: Refusal) -> ServerFrame {
    ServerFrame::CfAgentUseChatResponse(ChatResponse {
        id: id.to_owned(),
        body: error,
        done: true,
        error: true,
        outcome: Some(TurnOutcome::Error),
        retry_after_ms: retry_after.and_then(|wait| u64::try_from(wait.num_milliseconds()).ok()),
        ..ChatResponse::default()
    })
}

/// The final frame of a request that ends without an answer.
pub(super) fn ended_unanswered(request: &RequestRecord, outcome: TurnOutcome) -> ServerFrame {
    ServerFrame::CfAgentUseChatResponse(ChatResponse {
        id: request.id.clone(),
        done: true,
        message_ids: Some(request.message_ids.clone()),
        outcome: Some(outcome),
        ..ChatResponse::default()
    })
}
