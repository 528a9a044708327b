//! The service on Cloudflare: the Worker verifies identities, the Durable Object is a person's agent, and the Workflow drives a
//! run of the architect.
//!
//! No rule of the product is here. The platform's types do not leave this module.

mod account;
mod architect;
mod ask;
mod auth;
mod body;
mod clock;
mod gate;
mod host;
mod log;
mod metrics;
mod model;
mod object;
mod platform;
mod respond;
mod routes;
mod sql;
mod statistics;
#[cfg(feature = "store-suite")]
mod suite;
mod thrown;
#[cfg(feature = "store-suite")]
mod workflow_suite;
mod workflows;

use flux_identity::Keys;
use worker::{Context, Env, Request, Response, Result, event};

/// Headers in which the Worker tells the object who calls, as a signed principal; which object is meant; and by which name the client
/// addressed it (`me`, or the object's own). The Worker overwrites these headers, so clients cannot forge them.
const PRINCIPAL_HEADER: &str = "x-flux-principal";
const OBJECT_HEADER: &str = "x-flux-object";
const NAME_HEADER: &str = "x-flux-name";

/// Handles every request.
#[event(fetch)]
async fn fetch(request: Request, env: Env, context: Context) -> Result<Response> {
    metrics::prepare(&env);
    let response = routes::handle(request, &env).await;
    if let Some(report) = metrics::due(&env) {
        context.wait_until(report);
    }
    response
}

/// A variable or secret of the environment. `None` if it is missing, empty or blank.
fn text(env: &Env, name: &str) -> Option<String> {
    env.var(name).ok().map(|value| value.to_string()).filter(|value| !value.trim().is_empty())
}

/// The keys of the deployment.
///
/// # Errors
/// A sentence about what is wrong with them.
fn keys(env: &Env) -> std::result::Result<Keys, String> {
    let secret = text(env, "FLUX_KEY").ok_or(
        "FLUX_KEY is not set, so nobody can be told apart. Locally `cargo xtask dev` makes one; deployed, \
         `wrangler secret put FLUX_KEY` does.",
    )?;
    Keys::new(&secret).map_err(|error| error.to_string())
}

/// A request's address, parsed by the runtime. The parser of the `worker` crate has tables for internationalised host names,
/// which make the Worker a third larger.
fn url(request: &Request) -> Result<web_sys::Url> {
    Ok(web_sys::Url::new(&request.inner().url())?)
}
