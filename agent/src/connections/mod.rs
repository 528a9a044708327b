//! Connections of clients: what each is sent, and what it asks.
//!
//! | module | contents |
//! | --- | --- |
//! | `greeting` | a connection's first frames; the snapshot and the state |
//! | `receive` | frames from clients |
//! | `envelope` | the answer to a frame that cannot be handled |
//! | `rpc` | calls over a socket |
//! | `resume` | a client that reconnects in the middle of a stream |
//! | `push` | frames to all connections |

mod envelope;
mod greeting;
pub(crate) mod push;
mod receive;
mod resume;
mod rpc;

pub(crate) use envelope::failure;
