//! The service on Cloudflare: the Worker verifies identities, the Durable Object is a person's agent, and the Workflow drives a
//! run of the architect.
//!
//! No rule of the product is here. The platform's types do not leave this module.

mod architect;
mod body;
mod clock;
mod host;
mod log;
mod model;
mod object;
mod respond;
mod routes;
mod sql;
#[cfg(feature = "store-suite")]
mod suite;
mod thrown;
#[cfg(feature = "store-suite")]
mod workflow_suite;
mod workflows;

use worker::{Context, Env, Request, Response, Result, event};

/// Headers in which the Worker tells the object who calls, which object is meant, by which name the client addressed it (`me`, or
/// the object's own), and whether limits hold (empty if not). The Worker overwrites these headers, so clients cannot forge them.
const IDENTITY_HEADER: &str = "x-flux-identity";
const OBJECT_HEADER: &str = "x-flux-object";
const NAME_HEADER: &str = "x-flux-name";
const LIMITED_HEADER: &str = "x-flux-limited";

/// Handles every request.
#[event(fetch)]
async fn fetch(request: Request, env: Env, _context: Context) -> Result<Response> {
    routes::handle(request, &env).await
}

/// A variable or secret of the environment. `None` if it is missing, empty or blank.
fn text(env: &Env, name: &str) -> Option<String> {
    env.var(name).ok().map(|value| value.to_string()).filter(|value| !value.trim().is_empty())
}

/// A request's address, parsed by the runtime. The parser of the `worker` crate has tables for internationalised host names,
/// which make the Worker a third larger.
fn url(request: &Request) -> Result<web_sys::Url> {
    Ok(web_sys::Url::new(&request.inner().url())?)
}
