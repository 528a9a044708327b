//! Responses that the Worker and the object share.

use worker::{Request, Response, Result, WebSocketPair};

use super::host::shortened;
use crate::api::route::RouteError;

/// Close code for a socket that nobody should retry: "policy violation" (RFC 6455 §7.4.1). The published clients do not reconnect
/// after it, but they retry a handshake that is refused by status for ever.
const POLICY_VIOLATION: u16 = 1008;

/// Close code for somebody who has to sign in first. The published clients do not reconnect after it, and the page offers to sign in.
pub(super) const SIGN_IN: u16 = 4401;

/// Close code after which clients connect again: "internal error" (RFC 6455 §7.4.1).
pub(super) const TRY_AGAIN: u16 = 1011;

/// Close code after which clients connect again, for a client that does something too often: "try again later" (IANA WebSocket
/// close codes).
pub(super) const TRY_AGAIN_LATER: u16 = 1013;

/// What a person reads while their data cannot be opened.
pub(super) const UNAVAILABLE: &str = "Your timeline cannot be opened at the moment. Nothing was lost; try again.";

/// The same with the reason.
pub(super) fn unavailable_because(error: &str) -> String {
    format!("{UNAVAILABLE} ({error})")
}

/// Whether a request asks for a WebSocket.
pub(super) fn is_socket(request: &Request) -> Result<bool> {
    Ok(request.headers().get("upgrade")?.is_some_and(|kind| kind.eq_ignore_ascii_case("websocket")))
}

/// The response when nothing answers at an address.
pub(super) fn not_routed(error: RouteError) -> Result<Response> {
    let response = Response::error(error.to_string(), error.status())?;
    if let RouteError::MethodNotAllowed { allow } = error {
        response.headers().set("allow", allow)?;
    }
    Ok(response)
}

/// Answers a request while the person's data cannot be opened. A socket is accepted and closed with a code after which clients
/// connect again.
pub(super) fn unavailable(is_socket: bool, error: &str) -> Result<Response> {
    if !is_socket {
        return Response::error(unavailable_because(error), 500);
    }
    close_at_once(TRY_AGAIN, error)
}

/// Refuses a request for good: over HTTP by status, and a socket by accepting and then closing it.
pub(super) fn refuse(is_socket: bool, status: u16, reason: &str) -> Result<Response> {
    if !is_socket {
        return Response::error(reason, status);
    }
    close_at_once(POLICY_VIOLATION, reason)
}

pub(super) fn close_at_once(code: u16, reason: &str) -> Result<Response> {
    let pair = WebSocketPair::new()?;
    pair.server.accept()?;
    pair.server.close(Some(code), Some(shortened(reason)))?;
    Response::from_websocket(pair.client)
}
