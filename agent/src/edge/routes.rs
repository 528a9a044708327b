//! The addresses of the Worker, and who may reach them.

use flux_protocol::account::Provider;
use futures::StreamExt as _;
use serde_json::json;
use uuid::Uuid;
use worker::{Env, Headers, Method, Request, Response, Result};

use super::clock::now;
use super::log::write;
use super::platform::{EdgePlatform, offered, presented_by};
use super::respond::{SIGN_IN, TRY_AGAIN, TRY_AGAIN_LATER, close_at_once, is_socket, not_routed, refuse};
use super::{NAME_HEADER, OBJECT_HEADER, PRINCIPAL_HEADER, keys, metrics, model, text};
use crate::api::headers::HEADERS;
use crate::api::route::{RouteError, WorkerRoute, worker_route};
use crate::limits::network;
use crate::statistics::may_read;
use crate::statistics::request::Day;
use crate::telemetry::TEXT_TYPE;
use crate::telemetry::{Fault, LogRecord};
use flux_identity::sign_in::{self, BODY_BYTES, Body, SignIn};
use flux_identity::{Keys, ObjectId, Presented, Principal, Providers, Purpose, SUBPROTOCOL, Unknown};

/// Rate limits of `wrangler.toml`, each for a network address: new guests for programs; connections with requests that change
/// something: whatever can make an object; and attempts to sign in.
const GUESTS: &str = "GUEST_LIMIT";
const CONNECTIONS: &str = "CONNECTION_LIMIT";
const SIGN_INS: &str = "SIGN_IN_LIMIT";
/// What a person reads while their object cannot be reached.
const OUT_OF_REACH: &str = "Your timeline cannot be reached at the moment. What was saved is safe; try again.";

pub(super) async fn handle(request: Request, env: &Env) -> Result<Response> {
    let answered = answer(request, env).await.or_else(|error| {
        write(&LogRecord::Fault { at: "worker", fault: Fault::of_platform(&error.to_string()) });
        Response::error("Something failed on our side. Nothing was lost; try again.", 500)
    });
    guarded(answered?)
}

async fn answer(request: Request, env: &Env) -> Result<Response> {
    let path = super::url(&request)?.pathname();
    #[cfg(feature = "store-suite")]
    if let Some(case) = path.strip_prefix("/suite/") {
        return suite(request, env, case).await;
    }
    match worker_route(request.method().as_ref(), &path, is_socket(&request)?) {
        Ok(WorkerRoute::Health) => health(env),
        Ok(WorkerRoute::Metrics) => figures(&request, env).await,
        Ok(WorkerRoute::Guest) => guest(&request, env).await,
        Ok(WorkerRoute::Ticket) => ticket(request, env).await,
        Ok(WorkerRoute::Auth(route)) => auth(request, env, route).await,
        Ok(WorkerRoute::Agent { name, route }) => {
            let presented = presented_by(&request)?;
            let response = agents(request, env, &presented, &decode(name), route.err()).await?;
            with_subprotocol(response, &presented)
        }
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
    let error = set_up(env).err();
    let is_ok = error.is_none();
    let body = json!({
        "ok": is_ok,
        "version": env!("CARGO_PKG_VERSION"),
        "model": { "provider": id.provider, "name": id.name },
        "error": error,
    });
    let response = Response::from_json(&body)?;
    Ok(if is_ok { response } else { response.with_status(500) })
}

/// The figures, for who has the token: of all time, or of `?day=today` or another day in ISO 8601. A deployment without a token has no
/// such address.
async fn figures(request: &Request, env: &Env) -> Result<Response> {
    let Some(token) = text(env, metrics::TOKEN) else { return not_routed(RouteError::NotFound) };
    if !may_read(&request.headers().get("authorization")?.unwrap_or_default(), &token) {
        let response = Response::error("The metrics need their token: Authorization: Bearer <METRICS_TOKEN>.", 401)?;
        response.headers().set("www-authenticate", "Bearer")?;
        return Ok(response);
    }
    let day = match super::url(request)?.search_params().get("day").as_deref() {
        None => None,
        Some("today") => Some(Day::of(now())),
        Some(other) => match Day::read(other) {
            Some(day) => Some(day),
            None => return Response::error("“day” is “today” or a date as 2026-03-01.", 422),
        },
    };
    let response = Response::ok(metrics::exposition(env, day).await?)?;
    response.headers().set("content-type", TEXT_TYPE)?;
    response.headers().set("cache-control", "no-store")?;
    Ok(response)
}

/// A new guest, for a program that keeps no cookies.
async fn guest(request: &Request, env: &Env) -> Result<Response> {
    match is_limited(request, env) {
        Ok(true) if !may(request, env, GUESTS).await? => return too_often(false),
        Ok(_) => {}
        Err(error) => return Response::error(error, 500),
    }
    let (keys, offered) = match set_up(env) {
        Ok(found) => found,
        Err(error) => return Response::error(error, 500),
    };
    if !offered.has(Provider::Guest) {
        return Response::error(
            "There are no guests here. A program needs an access token from the settings of a timeline.",
            403,
        );
    }
    let object = new_object();
    let body = json!({ "name": object.name(), "token": keys.sign(Purpose::Guest, object.name(), now()) });
    let response = Response::from_json(&body)?;
    response.headers().set("cache-control", "no-store")?;
    Ok(response)
}

/// The page and its files. With the page, a browser that is not known becomes a guest, and one that has had its cookie for a week gets
/// it again.
async fn page(request: Request, env: &Env) -> Result<Response> {
    let presented = presented_by(&request)?;
    let response = env.assets("ASSETS")?.fetch_request(request).await?;
    let is_page = response.headers().get("content-type")?.is_some_and(|kind| kind.starts_with("text/html"));
    let cookie = if is_page { cookie_of_page(env, &presented) } else { None };
    let Some(cookie) = cookie else { return Ok(response) };
    let headers = copied(&response)?;
    headers.append("set-cookie", &cookie)?;
    headers.set("cache-control", "no-store")?;
    Ok(response.with_headers(headers))
}

/// The cookie that comes with the page, if any. With settings that cannot be used the page still loads, and shows the error when it
/// connects.
fn cookie_of_page(env: &Env, presented: &Presented) -> Option<String> {
    let (keys, offered) = set_up(env).ok()?;
    let cookies = presented.cookies();
    if cookies.principal(&keys, now()).is_some() {
        return cookies.renewed(&keys, now());
    }
    // Whom Cloudflare Access lets through is known without a cookie.
    let is_by_access = offered.access.is_some() && presented.assertion.is_some();
    let is_guest = offered.has(Provider::Guest) && !is_by_access && !presented.credentials().has_token();
    is_guest.then(|| cookies.set(&keys, &Principal::guest(new_object()), now()))
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

/// Passes a request on to the object of that name, if its principal may go there. `wrong` says why nothing answers at the address.
async fn agents(
    request: Request,
    env: &Env,
    presented: &Presented,
    name: &str,
    wrong: Option<RouteError>,
) -> Result<Response> {
    let is_socket = is_socket(&request)?;
    let (keys, offered) = match set_up(env) {
        Ok(found) => found,
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
    let principal = match presented.principal(&EdgePlatform(env), &keys, &offered).await {
        Ok(principal) => principal,
        Err(unknown) => return unknown_caller(is_socket, &unknown),
    };
    let Some(object) = principal.object.requested(name) else {
        return refuse(is_socket, 400, "There can be no object of this name: use 1 to 64 letters, digits, - and _.");
    };
    if let Some(error) = wrong {
        return not_routed(error);
    }
    // A page that stays open for months only connects. The token of a program is not renewed.
    let is_by_cookie = is_socket && !presented.credentials().has_token();
    let renewed = if is_by_cookie { presented.cookies().renewed(&keys, now()) } else { None };
    let principal = Principal { limited: is_limited, ..principal };
    let mut request = request.clone_mut()?;
    let headers = request.headers_mut()?;
    headers.set(PRINCIPAL_HEADER, &keys.seal(Purpose::Principal, &principal, now()))?;
    headers.set(OBJECT_HEADER, object.name())?;
    headers.set(NAME_HEADER, name)?;
    let stub = env.durable_object("Chat")?.get_by_name(object.name())?;
    let response = match stub.fetch_with_request(request).await {
        Ok(response) => response,
        // The object cannot be started, or it ended while it answered.
        Err(error) => {
            write(&LogRecord::Fault { at: "object", fault: Fault::of_platform(&error.to_string()) });
            return out_of_reach(is_socket);
        }
    };
    let Some(cookie) = renewed else { return Ok(response) };
    let headers = copied(&response)?;
    headers.append("set-cookie", &cookie)?;
    Ok(response.with_headers(headers))
}

/// Answers while an object cannot be reached. Clients connect again.
fn out_of_reach(is_socket: bool) -> Result<Response> {
    if is_socket {
        return close_at_once(TRY_AGAIN, OUT_OF_REACH);
    }
    let response = Response::error(OUT_OF_REACH, 503)?;
    response.headers().set("retry-after", "5")?;
    Ok(response)
}

/// The response to a handshake with the subprotocol, if the client has offered it. Without it, a client gives up, and does not even
/// learn why it is refused (RFC 6455 §4.1).
fn with_subprotocol(response: Response, presented: &Presented) -> Result<Response> {
    if response.status_code() != 101 || !presented.credentials().offers_subprotocol() {
        return Ok(response);
    }
    let headers = copied(&response)?;
    headers.set("sec-websocket-protocol", SUBPROTOCOL)?;
    Ok(response.with_headers(headers))
}

/// The keys and the providers of the deployment.
fn set_up(env: &Env) -> std::result::Result<(Keys, Providers), String> {
    Ok((keys(env)?, offered(env)?))
}

/// Refuses somebody who is not known. A page whose deployment has no guests offers to sign in.
fn unknown_caller(is_socket: bool, unknown: &Unknown) -> Result<Response> {
    if is_socket && matches!(unknown, Unknown::SignIn | Unknown::Access) {
        return close_at_once(SIGN_IN, &unknown.to_string());
    }
    refuse(is_socket, unknown.status(), &unknown.to_string())
}

/// Signs somebody in or out.
async fn auth(request: Request, env: &Env, route: sign_in::Route) -> Result<Response> {
    let (keys, offered) = match set_up(env) {
        Ok(found) => found,
        Err(error) => return Response::error(error, 500),
    };
    let is_foreign = match route {
        // A link of the page. Anywhere else, it would sign people in whom nobody has asked.
        sign_in::Route::Oidc => {
            let site = request.headers().get("sec-fetch-site")?;
            site.is_some_and(|site| !matches!(site.as_str(), "same-origin" | "none"))
        }
        _ => request.method() == Method::Post && is_cross_origin(&request)?,
    };
    if is_foreign {
        return Response::error("Other sites may not sign you in or out.", 403);
    }
    if route != sign_in::Route::Options {
        match is_limited(&request, env) {
            Ok(true) if !may(&request, env, SIGN_INS).await? => return too_often(false),
            Ok(_) => {}
            Err(error) => return Response::error(error, 500),
        }
    }
    let Some(request) = sign_in_request(request).await? else {
        return Response::error(format!("The request may have {BODY_BYTES} bytes. Nothing was changed."), 413);
    };
    let platform = EdgePlatform(env);
    let answer = SignIn { platform: &platform, keys: &keys, offered: &offered, request: &request }.answer(route).await;
    let response = match answer.body {
        Body::Empty => Response::empty()?,
        Body::Text(sentence) => Response::ok(sentence)?,
        Body::Json(text) => {
            let response = Response::ok(text)?;
            response.headers().set("content-type", "application/json")?;
            response
        }
    };
    let response = response.with_status(answer.status);
    let headers = response.headers();
    headers.set("cache-control", "no-store")?;
    if let Some(address) = answer.location {
        headers.set("location", &address)?;
    }
    for cookie in answer.cookies {
        headers.append("set-cookie", &cookie)?;
    }
    Ok(response)
}

/// What signing in needs of a request. `None` if its body is too large.
async fn sign_in_request(mut request: Request) -> Result<Option<sign_in::Request>> {
    let presented = presented_by(&request)?;
    let header = |name| request.headers().get(name).map(Option::unwrap_or_default);
    let user_agent = header("user-agent")?;
    let url = super::url(&request)?;
    let given = |name: &str| url.search_params().get(name);
    let Some(body) = body_of(&mut request).await? else { return Ok(None) };
    Ok(Some(sign_in::Request {
        presented,
        body,
        user_agent,
        origin: url.origin(),
        host: url.hostname(),
        state: given("state").unwrap_or_default(),
        code: given("code").unwrap_or_default(),
        issuer: given("iss"),
    }))
}

/// The body of a request. `None` if it is too large: no more of it is read then.
async fn body_of(request: &mut Request) -> Result<Option<String>> {
    let mut body = Vec::new();
    if request.inner().body().is_none() {
        return Ok(Some(String::new()));
    }
    let mut parts = request.stream()?;
    while let Some(part) = parts.next().await {
        let part = part?;
        if body.len() + part.len() > BODY_BYTES {
            return Ok(None);
        }
        body.extend(part);
    }
    // What is not text cannot be read as JSON either.
    Ok(Some(String::from_utf8(body).unwrap_or_default()))
}

/// A ticket for the address of a socket, for who cannot set headers there.
async fn ticket(request: Request, env: &Env) -> Result<Response> {
    let (keys, offered) = match set_up(env) {
        Ok(found) => found,
        Err(error) => return Response::error(error, 500),
    };
    if is_cross_origin(&request)? {
        return Response::error("Other sites may not connect.", 403);
    }
    let principal = match presented_by(&request)?.principal(&EdgePlatform(env), &keys, &offered).await {
        Ok(principal) => principal,
        Err(unknown) => return Response::error(unknown.to_string(), unknown.status()),
    };
    if principal.ticket.is_some() {
        return Response::error("A ticket is good for a connection, and not for another ticket.", 403);
    }
    let response = Response::from_json(&keys.ticket(principal, Uuid::new_v4(), now()))?;
    response.headers().set("cache-control", "no-store")?;
    Ok(response)
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

fn new_object() -> ObjectId {
    ObjectId::new(Uuid::new_v4().into_bytes())
}

/// Decodes a name once. One that cannot be decoded keeps its `%`, for which it is refused later.
fn decode(segment: &str) -> String {
    let decoded = js_sys::decode_uri_component(segment);
    decoded.map_or_else(|_| segment.to_owned(), String::from)
}
