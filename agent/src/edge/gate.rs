//! What every address asks first: the settings of the deployment, other sites, and rate limits.

use flux_identity::{Keys, Presented, Providers};
use flux_protocol::close::TRY_AGAIN_LATER;
use js_sys::{Object, Promise, Reflect};
use wasm_bindgen::JsCast as _;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use worker::{Env, Request, Response, Result};

use super::platform::offered;
use super::respond::close_at_once;
use super::{keys, text};
use crate::api::cors;
use crate::limits::network;

// The `worker` crate has this, too, but reads the answer by a reader of its own, which costs 5 kB together with its errors.
#[wasm_bindgen]
extern "C" {
    /// A rate limit (<https://developers.cloudflare.com/workers/runtime-apis/bindings/rate-limit/>).
    type RateLimit;

    #[wasm_bindgen(method, catch)]
    fn limit(this: &RateLimit, options: &Object) -> std::result::Result<Promise, JsValue>;
}

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

/// Where a request comes from.
pub(super) enum Site {
    /// A page of the service, or a program.
    Own,
    /// A page of another origin, which the deployment allows.
    Allowed(String),
    /// A page of any other origin.
    Other,
}

impl Site {
    pub(super) fn of(request: &Request, env: &Env) -> Result<Self> {
        if !is_cross_origin(request)? {
            return Ok(Self::Own);
        }
        let origin = request.headers().get("origin")?.unwrap_or_default();
        let is_allowed = text(env, cors::ORIGINS).is_some_and(|origins| cors::allows(&origins, &origin));
        Ok(if is_allowed { Self::Allowed(origin) } else { Self::Other })
    }

    /// Whether a request may change something, or open a socket. One of an allowed origin needs a token, because its cookies are those of
    /// whoever uses the browser.
    pub(super) fn may_change(&self, presented: &Presented) -> bool {
        match self {
            Self::Own => true,
            Self::Allowed(_) => presented.credentials().has_token(),
            Self::Other => false,
        }
    }

    /// Whether a request may read. The browser keeps the answer from the page of an origin that is not allowed.
    pub(super) fn may_read(&self, presented: &Presented) -> bool {
        matches!(self, Self::Other) || self.may_change(presented)
    }
}

/// Whether the network address of a request may do once more what a rate limit of `wrangler.toml` counts. A deployment without that
/// limit has none.
pub(super) async fn may(request: &Request, env: &Env, limit: &str) -> Result<bool> {
    let binding = Reflect::get(env, &limit.into())?;
    let Some(address) = request.headers().get("cf-connecting-ip")?.filter(|_| binding.is_object()) else {
        return Ok(true);
    };
    let options = Object::new();
    Reflect::set(&options, &"key".into(), &network(&address).into())?;
    let outcome = JsFuture::from(binding.unchecked_into::<RateLimit>().limit(&options)?).await?;
    Ok(Reflect::get(&outcome, &"success".into())?.is_truthy())
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
