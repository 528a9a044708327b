//! What memory holds of requests and their continuations.

use flux_protocol::message::ToolState;
use serde_json::Value;
use uuid::Uuid;

use crate::identity::Principal;

/// A request that waits or is being answered.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// Made by the client, or by the server for a continuation.
    pub id: String,
    /// The connection that sent it.
    pub sender: Uuid,
    /// Who sent it. The assistant may do what this principal may do.
    pub principal: Principal,
    /// Ids of the person's newest messages in it.
    pub message_ids: Vec<String>,
    /// For a continuation, the message that it extends.
    pub extends: Option<String>,
}

/// Why a turn is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// This connection cancelled it. The text so far is kept.
    Cancelled(Uuid),
    /// The conversation was cleared. Nothing is kept.
    Cleared,
}

/// A continuation that will begin or has begun.
#[derive(Debug, Clone)]
pub(crate) struct Continuation {
    /// The id of its request.
    pub id: String,
    /// The connection that shows it, once one has asked.
    pub owner: Option<Uuid>,
}

/// An answer to a tool call that waits for one.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Answer {
    /// The person's consent.
    Consent {
        /// Whether the person said yes.
        approved: bool,
    },
    /// The result of a tool that ran in a browser.
    Result {
        /// The tool's output.
        output: Value,
        /// `output-error` when the tool failed.
        state: Option<ToolState>,
        /// Why it failed.
        error_text: Option<String>,
    },
}
