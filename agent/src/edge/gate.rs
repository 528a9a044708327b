//! What every address asks first: the settings of the deployment, other sites, and rate limits.

use flux_identity::{Keys, Presented, Providers};
use flux_protocol::close::TRY_AGAIN_LATER;
use worker::{Env, Request, Response, Result};

use super::platform::offered;
use super::respond::close_at_once;
use super::{keys, text};
use crate::api::cors;
use crate::limits::network;

/// The keys and the providers of the deployment.
pub(super) fn set_up(env: &Env) -> std::result::Result<(Keys, Providers), String> {
    Ok((keys(env)?, offered(env)?))
}

/// Whether the request comes from a page of another site. Programs send no `Origin`.
pub(super) fn is_cross_origin(request: &Request) -> Result<bool> {
    let Some(origin) = request.headers().get("origin")? else { return Ok(false) };
    let host = request.headers().get("host")?.unwrap_or_default();
    let same = origin.split_once("://").is_some_and(|(_, of_origin)| of_origin.eq_ignore_ascii_case(&host));
    Ok(!same)
}

/// The origin of the page that sends a request, if it is one of another site that the deployment allows.
pub(super) fn allowed_origin(request: &Request, env: &Env) -> Result<Option<String>> {
    let Some(origin) = request.headers().get("origin")? else { return Ok(None) };
    let is_allowed = text(env, cors::ORIGINS).is_some_and(|origins| cors::allows(&origins, &origin));
    Ok((is_allowed && is_cross_origin(request)?).then_some(origin))
}

/// Whether a request comes from a page of another site and must not be answered. One of an allowed site needs a token, because its cookies
/// are those of whoever uses the browser.
pub(super) fn is_foreign(request: &Request, env: &Env, presented: &Presented) -> Result<bool> {
    let may = presented.credentials().has_token() && allowed_origin(request, env)?.is_some();
    Ok(!may && is_cross_origin(request)?)
}

/// Whether the network address of a request may do once more what a rate limit of `wrangler.toml` counts. A deployment without that
/// limit has none.
pub(super) async fn may(request: &Request, env: &Env, limit: &str) -> Result<bool> {
    let (Ok(limiter), Some(address)) = (env.rate_limiter(limit), request.headers().get("cf-connecting-ip")?) else {
        return Ok(true);
    };
    Ok(limiter.limit(network(&address)).await?.success)
}

/// Refuses what an address does too often. A socket is closed with a code after which clients connect again, more and more slowly.
pub(super) fn too_often(is_socket: bool) -> Result<Response> {
    const SAID: &str = "Too many attempts from your network. Nothing was changed; try again in a minute.";
    if is_socket {
        return close_at_once(TRY_AGAIN_LATER, SAID);
    }
    let response = Response::error(SAID, 429)?;
    response.headers().set("retry-after", "60")?;
    Ok(response)
}

/// Whether limits hold for a request: for those that came through Cloudflare's network, unless the deployment says otherwise.
pub(super) fn is_limited(request: &Request, env: &Env) -> std::result::Result<bool, String> {
    match text(env, "LIMITS").as_deref() {
        None | Some("auto") => Ok(matches!(request.headers().has("cf-ray"), Ok(true))),
        Some("on") => Ok(true),
        Some("off") => Ok(false),
        Some(other) => Err(format!("LIMITS is {other:?}; it must be \"auto\", \"on\" or \"off\".")),
    }
}

/// The response to a request whose network does too often what a rate limit counts. `None` if it may go on.
pub(super) async fn over_limit(request: &Request, env: &Env, limit: &str) -> Result<Option<Response>> {
    match is_limited(request, env) {
        Ok(true) if !may(request, env, limit).await? => too_often(false).map(Some),
        Ok(_) => Ok(None),
        Err(error) => Response::error(error, 500).map(Some),
    }
}
