//! The service of Temporal Flux.
//!
//! | module | what lives there |
//! | --- | --- |
//! | [`chat`] | a person's agent: connections, requests, who is told what |
//! | [`turn`] | a turn: the model is asked, its calls are carried out, it is asked again |
//! | [`assistant`] | what answers a person: a language model, or the built-in interpreter |
//! | [`prompt`] | what a model is told |
//! | [`architect`] | a goal becomes tasks, in durable steps |
//! | [`action`] | carrying out one tool call in one transaction |
//! | [`store`] | what is kept, as rows of SQLite |
//! | [`shown`] | the timeline as a page shows it, now and at any moment before |
//! | [`json`] | reading and writing it, by one path |
//! | [`setting`] | numbers among the variables of the service |
//! | [`identity`] | who someone is, and how they prove it |
//! | [`host`] | what all of this needs of its platform |
//! | `edge` | that platform on Cloudflare: the Worker, its Durable Object and its Workflow |
//! | `native` | that platform on a computer, for tests and the evaluation harness |

pub mod action;
pub mod architect;
pub mod assistant;
pub mod chat;
#[cfg(target_arch = "wasm32")]
mod edge;
pub mod host;
pub mod identity;
pub mod json;
#[cfg(not(target_arch = "wasm32"))]
pub mod native;
pub mod prompt;
pub mod setting;
pub mod shown;
pub mod store;
pub mod turn;
