//! The addresses of the Worker, and who may reach them.

use flux_protocol::account::Provider;
use flux_protocol::close::{CHECK_NEEDED, INTERNAL_ERROR, SIGNED_OUT};
use serde_json::json;
use uuid::Uuid;
use worker::{Env, Headers, Method, Request, Response, Result};

use super::clock::now;
use super::gate::{Site, is_limited, may, over_limit, set_up, too_often};
use super::log::write;
use super::platform::{EdgePlatform, presented_by};
use super::respond::{close_at_once, is_socket, not_routed, refuse, uncached};
use super::{NAME_HEADER, OBJECT_HEADER, PRINCIPAL_HEADER, auth, metrics, model, text};
use crate::api::cors;
use crate::api::headers::{HEADERS, is_json, with_turnstile};
use crate::api::route::{RouteError, WorkerRoute, worker_route};
use crate::statistics::may_read;
use crate::statistics::request::Day;
use crate::telemetry::TEXT_TYPE;
use crate::telemetry::{Fault, LogRecord};
use flux_identity::{ObjectId, Presented, Principal, Purpose, SUBPROTOCOL, Unknown};

/// Rate limits of `wrangler.toml`, each for a network address: new guests for programs; and connections with requests that change
/// something: whatever can make an object.
const GUESTS: &str = "GUEST_LIMIT";
const CONNECTIONS: &str = "CONNECTION_LIMIT";
/// What a person reads while their object cannot be reached.
const OUT_OF_REACH: &str = "Your timeline cannot be reached at the moment. What was saved is safe; try again.";

const NOT_JSON: &str = "The body must be JSON. Nothing was changed; send it with content-type: application/json.";

pub(super) async fn handle(request: Request, env: &Env) -> Result<Response> {
    let site = Site::of(&request, env)?;
    let is_preflight = request.method() == Method::Options && request.headers().has("access-control-request-method")?;
    if let Site::Allowed(origin) = &site
        && is_preflight
    {
        let response = guarded(Response::empty()?.with_status(204))?;
        return with_headers(response, cors::headers(origin).into_iter().chain(cors::PREFLIGHT));
    }
    let answered = answer(request, env, &site).await.or_else(|error| {
        write(&LogRecord::Fault { at: "worker", fault: Fault::of_platform(&error.to_string()) });
        Response::error("Something failed on our side. Nothing was lost; try again.", 500)
    });
    let response = guarded(answered?)?;
    match &site {
        // The headers of a socket's response cannot be changed, and no page reads them.
        Site::Allowed(origin) if response.status_code() != 101 => with_headers(response, cors::headers(origin)),
        _ => Ok(response),
    }
}

fn with_headers<'a>(response: Response, headers: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Response> {
    for (name, value) in headers {
        response.headers().append(name, value)?;
    }
    Ok(response)
}

async fn answer(request: Request, env: &Env, site: &Site) -> Result<Response> {
    let path = super::url(&request)?.pathname();
    #[cfg(feature = "store-suite")]
    if let Some(case) = path.strip_prefix("/suite/") {
        return suite(request, env, case).await;
    }
    let route = worker_route(request.method().as_ref(), &path, is_socket(&request)?);
    if !matches!(route, Ok(WorkerRoute::Page) | Err(_)) && has_other_body(&request)? {
        return Response::error(NOT_JSON, 415);
    }
    match route {
        Ok(WorkerRoute::Health) => health(env),
        Ok(WorkerRoute::Metrics) => figures(&request, env).await,
        Ok(WorkerRoute::Guest) => guest(&request, env).await,
        Ok(WorkerRoute::Ticket) => auth::ticket(request, env, site).await,
        Ok(WorkerRoute::Auth(route)) => auth::sign_in_or_out(request, env, route).await,
        Ok(WorkerRoute::Agent { name, route }) => {
            let presented = presented_by(&request)?;
            let response = agents(request, env, site, &presented, &decode(name), route.err()).await?;
            with_subprotocol(response, &presented)
        }
        // As the published server answers.
        Ok(WorkerRoute::UnknownAgent) => Response::error("Invalid request", 400),
        Ok(WorkerRoute::Page) => page(request, env).await,
        Err(error) => not_routed(error),
    }
}

/// Whether a request has a body that is not said to be JSON, which is all that is read here. A request without a body has no type, and no
/// length other than 0 (RFC 9112 §6).
fn has_other_body(request: &Request) -> Result<bool> {
    let headers = request.headers();
    Ok(match headers.get("content-type")? {
        Some(content_type) => !is_json(&content_type),
        None => {
            let is_long = headers.get("content-length")?.is_some_and(|length| length.trim() != "0");
            is_long || headers.has("transfer-encoding")?
        }
    })
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
    if let Some(refused) = over_limit(request, env, GUESTS).await? {
        return Ok(refused);
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
    // Only a browser can show the check. A program would need no check to make as many objects as it likes.
    if offered.turnstile.is_some() {
        return Response::error(Unknown::Check.to_string(), 403);
    }
    let object = new_object();
    let body = json!({ "name": object.name(), "token": keys.sign(Purpose::Guest, object.name(), now()) });
    uncached(&body)
}

/// The page and its files. With the page, a browser that is not known becomes a guest, and one that has had its cookie for a week gets
/// it again. If new guests pass a check, such a browser gets a policy with which the page can show it, and nothing else does.
async fn page(request: Request, env: &Env) -> Result<Response> {
    const POLICY: &str = "content-security-policy";
    let addition = addition(env, &presented_by(&request)?);
    let mut request = request;
    if matches!(addition, Addition::Check) {
        // The page that the browser has kept would come with its narrower policy.
        request = request.clone_mut()?;
        request.headers_mut()?.delete("if-none-match")?;
    }
    let response = env.assets("ASSETS")?.fetch_request(request).await?;
    let is_page = response.headers().get("content-type")?.is_some_and(|kind| kind.starts_with("text/html"));
    if !is_page || matches!(addition, Addition::Nothing) {
        return Ok(response);
    }
    let headers = copied(&response)?;
    match addition {
        Addition::Cookie(cookie) => headers.append("set-cookie", &cookie)?,
        _ => headers.set(POLICY, &with_turnstile(&headers.get(POLICY)?.unwrap_or_default()))?,
    }
    headers.set("cache-control", "no-store")?;
    Ok(response.with_headers(headers))
}

/// What comes with the page.
enum Addition {
    Nothing,
    /// The value of a `Set-Cookie` header.
    Cookie(String),
    /// The check that a new guest passes.
    Check,
}

/// What comes with the page for whoever asks for it. With settings that cannot be used the page still loads, and shows the error when it
/// connects.
fn addition(env: &Env, presented: &Presented) -> Addition {
    let Ok((keys, offered)) = set_up(env) else { return Addition::Nothing };
    let cookies = presented.cookies();
    if cookies.principal(&keys, now()).is_some() {
        return cookies.renewed(&keys, now()).map_or(Addition::Nothing, Addition::Cookie);
    }
    // Whom Cloudflare Access lets through is known without a cookie.
    let is_by_access = offered.access.is_some() && presented.assertion.is_some();
    if !offered.has(Provider::Guest) || is_by_access || presented.credentials().has_token() {
        return Addition::Nothing;
    }
    if offered.turnstile.is_some() {
        return Addition::Check;
    }
    Addition::Cookie(cookies.set(&keys, &Principal::guest(new_object()), now()))
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
    site: &Site,
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
    let may_ask = if only_reads { site.may_read(presented) } else { site.may_change(presented) };
    if !may_ask {
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
        return close_at_once(INTERNAL_ERROR, OUT_OF_REACH);
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

/// Refuses somebody who is not known. The page offers to sign in if the deployment has no guests, and shows the check that new guests pass.
fn unknown_caller(is_socket: bool, unknown: &Unknown) -> Result<Response> {
    match unknown {
        Unknown::SignIn | Unknown::Access if is_socket => close_at_once(SIGNED_OUT, &unknown.to_string()),
        Unknown::Check if is_socket => close_at_once(CHECK_NEEDED, &unknown.to_string()),
        _ => refuse(is_socket, unknown.status(), &unknown.to_string()),
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
