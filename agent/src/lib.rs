//! The service of Temporal Flux.
//!
//! | module | contents |
//! | --- | --- |
//! | [`agent`] | the agent of one person, which the modules below work on |
//! | [`api`] | the one entry for calls, without a transport; scopes and idempotency keys are checked there |
//! | `connections` | sockets: what each is sent, and what it asks |
//! | [`turn`] | a turn: the model is asked, its calls are carried out, it is asked again |
//! | [`architect`] | goals become tasks, in durable steps |
//! | [`prompt`] | the prompts, and what a model gets to read |
//! | [`store`] | SQLite: the log, its projection, and the conversation |
//! | [`account`] | who may use which timeline |
//! | [`assistant`] | the trait of what answers a person: a language model, or the built-in interpreter |
//! | [`shown`] | the timeline as a page shows it, now and at any moment before |
//! | [`limits`] | what a person may use |
//! | [`json`] | reading and writing JSON |
//! | [`lifetime`] | how long data is kept that nobody needs for ever |
//! | [`setting`] | numbers among the variables of the service |
//! | [`statistics`] | the figures of the whole deployment, and its budget |
//! | [`telemetry`] | what the service reports about itself |
//! | [`host`] | what the service needs from its platform |
//! | `edge` | that platform on Cloudflare: the Worker, its Durable Object and its Workflow |
//! | `native` | that platform on a computer, for tests and the evaluation harness |

pub mod account;
pub mod agent;
pub mod api;
pub mod architect;
pub mod assistant;
mod connections;
#[cfg(target_arch = "wasm32")]
mod edge;
pub mod host;
mod jobs;
pub mod json;
pub mod lifetime;
pub mod limits;
#[cfg(not(target_arch = "wasm32"))]
pub mod native;
pub mod prompt;
pub mod setting;
pub mod shown;
pub mod statistics;
pub mod store;
pub mod telemetry;
#[cfg(test)]
mod tests;
pub mod turn;
