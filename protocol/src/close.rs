//! Codes with which the service closes a socket.

/// The service refuses the client: "policy violation" (RFC 6455 §7.4.1). The published clients do not reconnect after it, but they
/// retry a handshake that is refused by status for ever.
pub const POLICY_VIOLATION: u16 = 1008;
/// The service has failed: "internal error" (RFC 6455 §7.4.1). Clients reconnect.
pub const INTERNAL_ERROR: u16 = 1011;
/// Something has changed for the client: "service restart" (IANA WebSocket close codes). Clients reconnect, and whoever may not any
/// more then learns why.
pub const SERVICE_RESTART: u16 = 1012;
/// The client does something too often: "try again later" (IANA WebSocket close codes). Clients reconnect.
pub const TRY_AGAIN_LATER: u16 = 1013;
/// The person is signed out, or has not signed in yet. Clients do not reconnect, and the page offers to sign in. Codes from 4000 to
/// 4999 are for applications (RFC 6455 §7.4.2).
pub const SIGNED_OUT: u16 = 4401;
/// The browser must pass a check before it becomes a guest. Clients do not reconnect, and the page shows the check.
pub const CHECK_NEEDED: u16 = 4403;
