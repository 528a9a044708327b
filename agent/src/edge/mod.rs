//! The service on Cloudflare: the Worker, which knows who asks, the Durable Object, which is a person's agent, and the
//! Workflow, which drives a run of the architect.
//!
//! No rule of the product lives here; this is where the platform's types end.

mod architect;
mod host;
mod model;
mod object;
mod routes;
mod sql;
#[cfg(feature = "store-suite")]
mod suite;
#[cfg(feature = "store-suite")]
mod workflow_suite;
mod workflows;

use worker::{Context, Env, Request, Response, Result, event};

/// Every request.
#[event(fetch)]
async fn fetch(request: Request, env: Env, _context: Context) -> Result<Response> {
    routes::handle(request, &env).await
}

/// A value of the environment that is text: a variable or a secret. `None` where it is missing or empty.
fn text(env: &Env, name: &str) -> Option<String> {
    env.var(name).ok().map(|value| value.to_string()).filter(|value| !value.is_empty())
}

/// A request's address, read by the runtime. The `worker` crate's own way brings a parser with tables for
/// internationalised host names, which make the Worker a third larger.
fn url(request: &Request) -> Result<web_sys::Url> {
    Ok(web_sys::Url::new(&request.inner().url())?)
}
