//! The addresses of the Worker, and who may reach them.

use serde_json::json;
use uuid::Uuid;
use worker::{Env, Headers, Method, Request, Response, Result};

use super::respond::{TRY_AGAIN_LATER, close_at_once, is_socket, not_routed, refuse};
use super::{IDENTITY_HEADER, LIMITED_HEADER, NAME_HEADER, OBJECT_HEADER, model, text};
use crate::api::headers::HEADERS;
use crate::api::route::{RouteError, WorkerRoute, worker_route};
use crate::identity::{self, Cookies, Identity, Keys};
use crate::limits::network;

/// Rate limits of `wrangler.toml`, each for a network address: new identities for programs, and connections with
/// requests that change something: whatever can make an object.
const GUESTS: &str = "GUEST_LIMIT";
const CONNECTIONS: &str = "CONNECTION_LIMIT";

pub(super) async fn handle(request: Request, env: &Env) -> Result<Response> {
    guarded(answer(request, env).await?)
}

async fn answer(request: Request, env: &Env) -> Result<Response> {
    let path = super::url(&request)?.pathname();
    #[cfg(feature = "store-suite")]
    if let Some(case) = path.strip_prefix("/suite/") {
        return suite(request, env, case).await;
    }
    match worker_route(request.method().as_ref(), &path, is_socket(&request)?) {
        Ok(WorkerRoute::Health) => health(env),
        Ok(WorkerRoute::Guest) => guest(&request, env).await,
        Ok(WorkerRoute::Agent { name, route }) => agents(request, env, &decode(name), route.err()).await,
        // As the published server answers.
        Ok(WorkerRoute::UnknownAgent) => Response::error("Invalid request", 400),
        Ok(WorkerRoute::Page) => page(request, env).await,
        Err(error) => not_routed(error),
    }
}

/// Runs a case of a test suite.
#[cfg(feature = "store-suite")]
async fn suite(request: Request, env: &Env, case: &str) -> Result<Response> {
    match case.strip_prefix("workflows/") {
        Some(id) => super::workflow_suite::handle(&request.method(), env, id).await,
        None => super::suite::run(request, env, case).await,
    }
}

/// Whether the service works, and which model it asks.
fn health(env: &Env) -> Result<Response> {
    let id = model::id(env);
    let error = keys(env).err();
    let body = json!({
        "ok": error.is_none(),
        "version": env!("CARGO_PKG_VERSION"),
        "model": { "provider": id.provider, "name": id.name },
        "error": error,
    });
    let response = Response::from_json(&body)?;
    Ok(if key_is_bad(&body) { response.with_status(500) } else { response })
}

fn key_is_bad(body: &serde_json::Value) -> bool {
    body.get("ok") == Some(&json!(false))
}

/// A new identity, for a program that keeps no cookies.
async fn guest(request: &Request, env: &Env) -> Result<Response> {
    match is_limited(request, env) {
        Ok(true) if !may(request, env, GUESTS).await? => return too_often(false),
        Ok(_) => {}
        Err(error) => return Response::error(error, 500),
    }
    let keys = match keys(env) {
        Ok(keys) => keys,
        Err(error) => return Response::error(error, 500),
    };
    let identity = new_identity();
    let headers = Headers::new();
    headers.set("cache-control", "no-store")?;
    let body = json!({ "name": identity.name(), "token": keys.token(&identity) });
    Ok(Response::from_json(&body)?.with_headers(with_json(headers)?))
}

fn with_json(headers: Headers) -> Result<Headers> {
    headers.set("content-type", "application/json")?;
    Ok(headers)
}

/// The page and its files. With the page, a browser without an identity gets one, and one that has had its cookie for a week
/// gets it again.
async fn page(request: Request, env: &Env) -> Result<Response> {
    let set = match keys(env) {
        Ok(keys) => cookies_to_set(&request, &keys, true)?,
        // Without a key the page still loads, and shows the error when it connects.
        Err(_) => Vec::new(),
    };
    let response = env.assets("ASSETS")?.fetch_request(request).await?;
    let is_page = response.headers().get("content-type")?.is_some_and(|kind| kind.starts_with("text/html"));
    if set.is_empty() || !is_page {
        return Ok(response);
    }
    let response = with_cookies(response, &set)?;
    response.headers().set("cache-control", "no-store")?;
    Ok(response)
}

/// The values of the `Set-Cookie` headers of the response to a request; none in most cases.
fn cookies_to_set(request: &Request, keys: &Keys, with_new: bool) -> Result<Vec<String>> {
    let header = cookie_header(request)?;
    let cookies = Cookies { header: &header, is_secure: is_secure(request)? };
    let identity = match identity(request, keys)? {
        None if with_new => new_identity(),
        // The token of a program is not renewed.
        Some(identity) if cookies.is_due(keys) && cookies.identity(keys).as_ref() == Some(&identity) => identity,
        _ => return Ok(Vec::new()),
    };
    Ok(cookies.set(keys, &identity).into())
}

/// The response with the headers of every response that it lacks.
fn guarded(response: Response) -> Result<Response> {
    // The handshake of a socket is no document, and its response cannot be copied.
    if response.status_code() == 101 {
        return Ok(response);
    }
    let headers = copied(&response)?;
    for (name, value) in HEADERS {
        if !headers.has(name)? {
            headers.set(name, value)?;
        }
    }
    Ok(response.with_headers(headers))
}

/// The headers of a response. Those of one that was fetched cannot be changed.
fn copied(response: &Response) -> Result<Headers> {
    let headers = Headers::new();
    for (name, value) in response.headers() {
        headers.append(&name, &value)?;
    }
    Ok(headers)
}

/// The response with cookies.
fn with_cookies(response: Response, set: &[String]) -> Result<Response> {
    let headers = copied(&response)?;
    for cookie in set {
        headers.append("set-cookie", cookie)?;
    }
    Ok(response.with_headers(headers))
}

/// Passes a request on to the object of that name, if its identity may go there. `wrong` says why nothing answers at the address.
async fn agents(request: Request, env: &Env, name: &str, wrong: Option<RouteError>) -> Result<Response> {
    let is_socket = is_socket(&request)?;
    let keys = match keys(env) {
        Ok(keys) => keys,
        Err(error) => return refuse(is_socket, 500, &error),
    };
    if super::url(&request)?.search_params().get("__agents_transport").is_some_and(|kind| kind != "json") {
        return refuse(is_socket, 400, "Only the JSON frames of the agents protocol are supported.");
    }
    let only_reads = matches!(request.method(), Method::Get | Method::Head) && !is_socket;
    if !only_reads && is_cross_origin(&request)? {
        return refuse(is_socket, 403, "Other sites may not connect.");
    }
    let is_limited = match is_limited(&request, env) {
        Ok(is_limited) => is_limited,
        Err(error) => return refuse(is_socket, 500, &error),
    };
    if is_limited && !only_reads && !may(&request, env, CONNECTIONS).await? {
        return too_often(is_socket);
    }
    let Some(identity) = identity(&request, &keys)? else {
        return refuse(is_socket, 401, "No identity: load the page, or get a token with POST /api/guest.");
    };
    let Some(object) = identity.object(name) else {
        return refuse(is_socket, 400, "There can be no object of this name: use 1 to 64 letters, digits, - and _.");
    };
    if let Some(error) = wrong {
        return not_routed(error);
    }
    // A page that stays open for months only connects.
    let set = if is_socket { cookies_to_set(&request, &keys, false)? } else { Vec::new() };
    let mut request = request.clone_mut()?;
    let headers = request.headers_mut()?;
    headers.set(IDENTITY_HEADER, identity.name())?;
    headers.set(OBJECT_HEADER, &object)?;
    headers.set(NAME_HEADER, name)?;
    headers.set(LIMITED_HEADER, if is_limited { "1" } else { "" })?;
    let response = env.durable_object("Chat")?.get_by_name(&object)?.fetch_with_request(request).await?;
    if set.is_empty() { Ok(response) } else { with_cookies(response, &set) }
}

/// The identity of a request, from `Authorization: Bearer`, from `?token=` (browsers cannot set headers on a socket), or from the
/// cookie.
fn identity(request: &Request, keys: &Keys) -> Result<Option<Identity>> {
    let headers = request.headers();
    let bearer = headers.get("authorization")?;
    if let Some(identity) = bearer.as_deref().and_then(identity::bearer).and_then(|token| keys.verify(token)) {
        return Ok(Some(identity));
    }
    let token = super::url(request)?.search_params().get("token");
    if let Some(identity) = token.and_then(|token| keys.verify(&token)) {
        return Ok(Some(identity));
    }
    let header = cookie_header(request)?;
    Ok(Cookies { header: &header, is_secure: is_secure(request)? }.identity(keys))
}

fn cookie_header(request: &Request) -> Result<String> {
    Ok(request.headers().get("cookie")?.unwrap_or_default())
}

fn is_secure(request: &Request) -> Result<bool> {
    Ok(super::url(request)?.protocol() == "https:")
}

/// Whether the request comes from a page of another site. Programs send no `Origin`.
fn is_cross_origin(request: &Request) -> Result<bool> {
    let Some(origin) = request.headers().get("origin")? else { return Ok(false) };
    let host = request.headers().get("host")?.unwrap_or_default();
    let same = origin.split_once("://").is_some_and(|(_, of_origin)| of_origin.eq_ignore_ascii_case(&host));
    Ok(!same)
}

/// Whether the network address of a request may do once more what a rate limit of `wrangler.toml` counts. A deployment without that
/// limit has none.
async fn may(request: &Request, env: &Env, limit: &str) -> Result<bool> {
    let (Ok(limiter), Some(address)) = (env.rate_limiter(limit), request.headers().get("cf-connecting-ip")?) else {
        return Ok(true);
    };
    Ok(limiter.limit(network(&address)).await?.success)
}

/// Refuses what an address does too often. A socket is closed with a code after which clients connect again, more and more slowly.
fn too_often(is_socket: bool) -> Result<Response> {
    const SAID: &str = "Too many attempts from your network. Nothing was changed; try again in a minute.";
    if is_socket {
        return close_at_once(TRY_AGAIN_LATER, SAID);
    }
    let response = Response::error(SAID, 429)?;
    response.headers().set("retry-after", "60")?;
    Ok(response)
}

/// Whether limits hold for a request: for those that came through Cloudflare's network, unless the deployment says otherwise.
fn is_limited(request: &Request, env: &Env) -> std::result::Result<bool, String> {
    match text(env, "LIMITS").as_deref() {
        None | Some("auto") => Ok(matches!(request.headers().has("cf-ray"), Ok(true))),
        Some("on") => Ok(true),
        Some("off") => Ok(false),
        Some(other) => Err(format!("LIMITS is {other:?}; it must be \"auto\", \"on\" or \"off\".")),
    }
}

fn keys(env: &Env) -> std::result::Result<Keys, String> {
    let secret = text(env, "FLUX_KEY").ok_or(
        "FLUX_KEY is not set, so nobody can be told apart. Locally `cargo xtask dev` makes one; deployed, \
         `wrangler secret put FLUX_KEY` does.",
    )?;
    Keys::new(&secret).map_err(|error| error.to_string())
}

fn new_identity() -> Identity {
    Identity::new(Uuid::new_v4().into_bytes())
}

/// Decodes a name once. One that cannot be decoded keeps its `%`, for which it is refused later.
fn decode(segment: &str) -> String {
    let decoded = js_sys::decode_uri_component(segment);
    decoded.map_or_else(|_| segment.to_owned(), String::from)
}
