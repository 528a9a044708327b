//! The requests of browsers that sign in and out, and the responses.

use flux_timeline::json;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::passkey::PasskeyError;
use crate::platform::Failed;
use crate::presented::Presented;

/// What a browser asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// How one can sign in.
    Options,
    /// Becomes a new guest, after a check.
    Guest,
    /// The options for a passkey.
    Passkey,
    /// A passkey was made.
    Registered,
    /// A passkey has signed in.
    Asserted,
    /// Sends the browser to the provider of OpenID Connect.
    Oidc,
    /// The browser comes back from it.
    OidcCallback,
    /// Signs out.
    SignOut,
    /// The timelines of the account.
    Timelines,
    /// Shows another one.
    ChooseTimeline,
}

/// A request of a browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// What it says about who sends it.
    pub presented: Presented,
    /// The body.
    pub body: String,
    /// The `User-Agent` header.
    pub user_agent: String,
    /// The network address of the browser, if Cloudflare says it.
    pub address: Option<String>,
    /// The origin of the address.
    pub origin: String,
    /// The host of the address, without the port.
    pub host: String,
    /// The parameter `state` of the address, with which a browser comes back from a provider.
    pub state: String,
    /// The parameter `code`. Empty if the person declined.
    pub code: String,
    /// The parameter `iss`.
    pub issuer: Option<String>,
}

impl Request {
    /// The body, as JSON.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, Refused> {
        let error = |error| format!("The request cannot be read: {error}. Nothing was changed.");
        json::read_text(&self.body).map_err(|why| Refused::new(422, error(why), "form"))
    }
}

/// The response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: Body,
    /// The address to which the browser is sent.
    pub location: Option<String>,
    /// The values of the `Set-Cookie` headers.
    pub cookies: Vec<String>,
}

/// The body of a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// None.
    Empty,
    /// JSON.
    Json(String),
    /// A sentence.
    Text(String),
}

impl Response {
    pub(crate) fn new(status: u16, body: Body) -> Self {
        Self { status, body, location: None, cookies: Vec::new() }
    }

    pub(crate) fn json<T: Serialize>(value: &T) -> Self {
        Self::new(200, Body::Json(json::value(value).to_string()))
    }

    pub(crate) fn with_cookie(mut self, cookie: String) -> Self {
        self.cookies.push(cookie);
        self
    }

    pub(crate) fn redirect(address: String) -> Self {
        Self { location: Some(address), ..Self::new(302, Body::Empty) }
    }
}

/// Why somebody is not signed in.
pub(crate) struct Refused {
    /// The status of the response.
    pub status: u16,
    /// What the person reads.
    pub error: String,
    /// The name in the log.
    pub outcome: &'static str,
}

impl Refused {
    pub fn new(status: u16, error: impl Into<String>, outcome: &'static str) -> Self {
        Self { status, error: error.into(), outcome }
    }
}

impl From<PasskeyError> for Refused {
    fn from(error: PasskeyError) -> Self {
        Self::new(403, format!("{error} Nothing was changed; try again."), error.name())
    }
}

impl From<Failed> for Refused {
    /// Drops the words: they are the platform's, and not for people.
    fn from(_: Failed) -> Self {
        Self::new(500, "That could not be done. Nothing was lost; try again.", "failed")
    }
}
