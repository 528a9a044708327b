//! Calls over a socket: an `rpc` frame becomes a [`Call`], and its answer a frame.

use flux_protocol::ServerFrame;
use flux_protocol::frame::RpcResponse;
use serde_json::Value;
use uuid::Uuid;

use crate::agent::ChatAgent;
use crate::api::{Answer, ApiError, Call, Origin};
use crate::host::{Connection, Host};

impl<H: Host> ChatAgent<H> {
    /// Answers a call. Everyone who follows events, the caller included, is sent what it changed before the call is answered.
    pub(super) fn rpc(&self, connection: &H::Connection, id: &str, method: &str, args: &[Value]) {
        let response = match self.call_by_name(connection, id, method, args) {
            // The protocol has no rejections, only errors.
            Ok(Answer::Report(report)) if !report.ok => RpcResponse::failed(id, report.error.unwrap_or_default()),
            Ok(answer) => RpcResponse::done(id, answer.json()),
            Err(error) => RpcResponse {
                retry_after_seconds: error.retry_after_seconds(),
                ..RpcResponse::failed(id, error.to_string())
            },
        };
        connection.send(&ServerFrame::Rpc(response).to_text());
    }

    /// The id of a call is its idempotency key when it is a UUID. The published clients make shorter ids.
    fn call_by_name(
        &self,
        connection: &H::Connection,
        id: &str,
        method: &str,
        args: &[Value],
    ) -> Result<Answer, ApiError> {
        let call = Call::parse(method, args.first().unwrap_or(&Value::Null))?;
        let origin = Origin::Direct { key: Uuid::parse_str(id).ok() };
        self.call(&connection.info().principal, call, origin)
    }
}
