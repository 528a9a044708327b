//! From a request to a principal: what it presents, and who that is.

use chrono::{DateTime, Utc};
use flux_protocol::account::Provider;

use crate::cookie::Cookies;
use crate::credentials::{CredentialError, Credentials};
use crate::key::Keys;
use crate::platform::{Failed, Platform};
use crate::principal::{Principal, Via};
use crate::providers;
use crate::settings::Providers;
use crate::subject::Subject;
use crate::timelines::timeline_of;

/// What a request says about who sends it. Empty texts are missing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Presented {
    /// The `Authorization` header.
    pub authorization: String,
    /// The `Sec-WebSocket-Protocol` header.
    pub subprotocols: String,
    /// The parameter `token` of the address.
    pub in_address: String,
    /// The `Cookie` header.
    pub cookies: String,
    /// The `Cf-Access-Jwt-Assertion` header. `None` if it is missing.
    pub assertion: Option<String>,
    /// Whether the request came over HTTPS.
    pub is_secure: bool,
}

/// Why nobody is known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unknown {
    /// What was presented proves nobody.
    #[error("{0}")]
    Credentials(CredentialError),
    /// The deployment has no guests.
    #[error("Sign in to use this.")]
    SignIn,
    /// Whoever is new must pass a check first.
    #[error(
        "New guests pass a check first: load the page. A program needs an access token from a timeline's settings."
    )]
    Check,
    /// The assertion of Cloudflare Access is not valid.
    #[error("Cloudflare Access does not say who you are. Sign in there again.")]
    Access,
    /// The service failed.
    #[error("You cannot be signed in at the moment. Nothing was changed; try again.")]
    Failed(#[from] Failed),
}

impl Unknown {
    /// The status of a response.
    pub fn status(&self) -> u16 {
        if matches!(self, Self::Failed(_)) { 500 } else { 401 }
    }
}

impl Presented {
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
        platform: &dyn Platform,
        keys: &Keys,
        offered: &Providers,
    ) -> Result<Principal, Unknown> {
        let by_credentials = self.credentials().principal(keys, platform.now());
        if let Some(known) = self.access(platform, offered).await {
            let (subject, until) = known?;
            let found = timeline_of(platform, &subject, by_credentials.ok().as_ref()).await?;
            let owner = Principal::owner(subject, found.object, Via::Access);
            return Ok(Principal { until: Some(until), ..owner });
        }
        let principal = by_credentials.map_err(|error| match error {
            CredentialError::Missing if !offered.has(Provider::Guest) => Unknown::SignIn,
            CredentialError::Missing if offered.turnstile.is_some() => Unknown::Check,
            error => Unknown::Credentials(error),
        })?;
        let is_offered = match principal.via {
            // A guest of earlier times can still sign in, and so keep the timeline.
            Via::Guest => offered.has(Provider::Guest),
            Via::Session { .. } | Via::Access => offered.knows(&principal.subject),
            Via::Token { .. } => true,
        };
        if is_offered { Ok(principal) } else { Err(Unknown::SignIn) }
    }

    /// Whom Cloudflare Access names and until when, if it is one of the providers, and no token is presented.
    pub(crate) async fn access(
        &self,
        platform: &dyn Platform,
        offered: &Providers,
    ) -> Option<Result<(Subject, DateTime<Utc>), Unknown>> {
        let access = offered.access.as_ref()?;
        let assertion = self.assertion.as_ref().filter(|_| !self.credentials().has_token())?;
        let named = providers::access_subject(platform, access, assertion).await;
        Some(named.map_err(|error| {
            platform.report("access", error.name());
            Unknown::Access
        }))
    }
}
