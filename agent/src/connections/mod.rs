//! Connections of clients: what each is sent, and what it asks.
//!
//! | module | contents |
//! | --- | --- |
//! | `greeting` | a connection's first frames |
//! | `receive` | frames from clients |
//! | `envelope` | the answer to a frame that cannot be handled |
//! | `rpc` | calls over a socket |
//! | `resume` | a client that reconnects in the middle of a stream |
//! | `push` | frames to all connections |
//! | `state` | the state, for clients that do not follow events |

mod envelope;
mod greeting;
pub(crate) mod push;
mod receive;
mod resume;
mod rpc;
mod state;

pub(crate) use envelope::failure;
