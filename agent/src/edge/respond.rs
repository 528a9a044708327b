//! Responses that the Worker and the object share.

use flux_protocol::close::{INTERNAL_ERROR, POLICY_VIOLATION};
use serde::Serialize;
use worker::{Request, Response, Result, WebSocketPair};

use super::host::shortened;
use crate::api::route::RouteError;

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
    close_at_once(INTERNAL_ERROR, error)
}

/// Refuses a request for good: over HTTP by status, and a socket by accepting and then closing it.
pub(super) fn refuse(is_socket: bool, status: u16, reason: &str) -> Result<Response> {
    if !is_socket {
        return Response::error(reason, status);
    }
    close_at_once(POLICY_VIOLATION, reason)
}

/// A response with JSON that no cache keeps.
pub(super) fn uncached<T: Serialize>(value: &T) -> Result<Response> {
    let response = Response::from_json(value)?;
    response.headers().set("cache-control", "no-store")?;
    Ok(response)
}

/// Accepts a socket and closes it.
pub(super) fn close_at_once(code: u16, reason: &str) -> Result<Response> {
    let pair = WebSocketPair::new()?;
    pair.server.accept()?;
    pair.server.close(Some(code), Some(shortened(reason)))?;
    Response::from_websocket(pair.client)
}
