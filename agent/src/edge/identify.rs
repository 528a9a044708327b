//! Finds out who sends a request.

use flux_protocol::account::Provider;
use worker::{Env, Request, Result};

use super::clock::now;
use super::log::write;
use super::sign_in::timeline_of;
use super::{providers, text};
use crate::identity::{Cookies, CredentialError, Credentials, Keys, Principal, Providers, Subject, Via};
use crate::telemetry::LogRecord;

/// The header of Cloudflare Access with its assertion.
const ASSERTION: &str = "cf-access-jwt-assertion";

/// What a request says about who sends it, as texts of which [`Credentials`] borrow.
pub(super) struct Presented {
    authorization: String,
    subprotocols: String,
    in_address: String,
    cookies: String,
    assertion: Option<String>,
    is_secure: bool,
}

impl Presented {
    /// Reads it from a request.
    ///
    /// # Errors
    /// When a header cannot be read.
    pub fn by(request: &Request) -> Result<Self> {
        let header = |name| request.headers().get(name).map(Option::unwrap_or_default);
        let url = super::url(request)?;
        Ok(Self {
            authorization: header("authorization")?,
            subprotocols: header("sec-websocket-protocol")?,
            in_address: url.search_params().get("token").unwrap_or_default(),
            cookies: header("cookie")?,
            assertion: request.headers().get(ASSERTION)?,
            is_secure: url.protocol() == "https:",
        })
    }

    /// The cookies.
    pub fn cookies(&self) -> Cookies<'_> {
        Cookies { header: &self.cookies, is_secure: self.is_secure }
    }

    /// All of it but the assertion.
    pub fn credentials(&self) -> Credentials<'_> {
        let Self { authorization, subprotocols, in_address, .. } = self;
        Credentials { authorization, subprotocols, in_address, cookies: self.cookies() }
    }

    /// The principal that is proven. An assertion of Cloudflare Access counts more than a cookie, and less than a token.
    ///
    /// # Errors
    /// [`Unknown`].
    pub async fn principal(
        &self,
        env: &Env,
        keys: &Keys,
        offered: &Providers,
    ) -> std::result::Result<Principal, Unknown> {
        let by_credentials = self.credentials().principal(keys, now());
        let has_token = self.credentials().has_token();
        if let (false, Some(access), Some(assertion)) = (has_token, &offered.access, &self.assertion) {
            let id = providers::access_subject(access, assertion).await.map_err(|error| {
                write(&LogRecord::SignIn { provider: "access", outcome: error.name() });
                Unknown::Access
            })?;
            let subject = Subject::new(Provider::Access, id);
            let by = by_credentials.ok();
            let found =
                timeline_of(env, &subject, by.as_ref()).await.map_err(|error| Unknown::Failed(error.to_string()))?;
            return Ok(Principal::owner(subject, found.object, Via::Access));
        }
        let principal = by_credentials.map_err(|error| match error {
            CredentialError::Missing if !offered.has(Provider::Guest) => Unknown::SignIn,
            error => Unknown::Credentials(error),
        })?;
        // A guest of earlier times can still sign in, and so keep the timeline.
        let is_offered = principal.via != Via::Guest || offered.has(Provider::Guest);
        if is_offered { Ok(principal) } else { Err(Unknown::SignIn) }
    }
}

/// Why nobody is known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unknown {
    /// What was presented proves nobody.
    #[error("{0}")]
    Credentials(CredentialError),
    /// The deployment has no guests.
    #[error("Sign in to use this.")]
    SignIn,
    /// The assertion of Cloudflare Access is not valid.
    #[error("Cloudflare Access does not say who you are. Sign in there again.")]
    Access,
    /// The service failed.
    #[error("You cannot be signed in at the moment. Nothing was changed; try again. ({0})")]
    Failed(String),
}

impl Unknown {
    /// The status of a response.
    pub fn status(&self) -> u16 {
        if matches!(self, Self::Failed(_)) { 500 } else { 401 }
    }
}

/// The providers that the deployment offers.
///
/// # Errors
/// A sentence about a variable that cannot be used.
pub(super) fn offered(env: &Env) -> std::result::Result<Providers, String> {
    Providers::from_lookup(&|name| text(env, name))
}
