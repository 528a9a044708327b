//! The addresses with which people sign in and out, and programs get tickets. The rules are in [`flux_identity::sign_in`].

use flux_identity::sign_in::{self, BODY_BYTES, Body, SignIn};
use futures::StreamExt as _;
use uuid::Uuid;
use worker::{Env, Method, Request, Response, Result};

use super::clock::now;
use super::gate::{Site, is_cross_origin, over_limit, set_up};
use super::platform::{EdgePlatform, presented_by};
use super::respond::uncached;

/// The rate limit of `wrangler.toml` for signing in and out, for a network address.
const SIGN_INS: &str = "SIGN_IN_LIMIT";

/// Signs somebody in or out.
pub(super) async fn sign_in_or_out(request: Request, env: &Env, route: sign_in::Route) -> Result<Response> {
    let (keys, offered) = match set_up(env) {
        Ok(found) => found,
        Err(error) => return Response::error(error, 500),
    };
    let is_foreign = match route {
        // A link of the page. On another site, it would sign in people who did not ask for it.
        sign_in::Route::Oidc => {
            let site = request.headers().get("sec-fetch-site")?;
            site.is_some_and(|site| !matches!(site.as_str(), "same-origin" | "none"))
        }
        _ => request.method() == Method::Post && is_cross_origin(&request)?,
    };
    if is_foreign {
        return Response::error("Other sites may not sign you in or out.", 403);
    }
    if route != sign_in::Route::Options
        && let Some(refused) = over_limit(&request, env, SIGN_INS).await?
    {
        return Ok(refused);
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
    let address = request.headers().get("cf-connecting-ip")?;
    let url = super::url(&request)?;
    let given = |name: &str| url.search_params().get(name);
    let Some(body) = body_of(&mut request).await? else { return Ok(None) };
    Ok(Some(sign_in::Request {
        presented,
        body,
        user_agent,
        address,
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
pub(super) async fn ticket(request: Request, env: &Env, site: &Site) -> Result<Response> {
    let (keys, offered) = match set_up(env) {
        Ok(found) => found,
        Err(error) => return Response::error(error, 500),
    };
    let presented = presented_by(&request)?;
    if !site.may_change(&presented) {
        return Response::error("Other sites may not connect.", 403);
    }
    let principal = match presented.principal(&EdgePlatform(env), &keys, &offered).await {
        Ok(principal) => principal,
        Err(unknown) => return Response::error(unknown.to_string(), unknown.status()),
    };
    if principal.ticket.is_some() {
        return Response::error("A ticket is good for a connection, and not for another ticket.", 403);
    }
    uncached(&keys.ticket(principal, Uuid::new_v4(), now()))
}
