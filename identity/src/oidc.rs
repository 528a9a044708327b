//! Signing in with OpenID Connect: the authorisation code flow (OpenID Connect Core §3.1) with PKCE (RFC 7636), a state and a nonce.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::principal::Principal;
use crate::settings::Oidc;

/// How long a person may take to sign in with the provider, in seconds.
pub const ATTEMPT_SECONDS: u32 = 600;
/// The cookie that keeps an attempt in the browser.
pub const COOKIE: &str = "flux-sign-in";
/// The address to which the provider sends the browser back.
pub const CALLBACK: &str = "/auth/oidc/callback";

/// What a provider says about itself (OpenID Connect Discovery §3).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Discovery {
    /// How it calls itself.
    pub issuer: String,
    /// Where people sign in.
    pub authorization_endpoint: String,
    /// Where a code is exchanged for tokens.
    pub token_endpoint: String,
    /// Where its keys are.
    pub jwks_uri: String,
    /// How a client may present its secret. If that is missing, in the header `Authorization` (§3).
    #[serde(default)]
    pub token_endpoint_auth_methods_supported: Vec<String>,
}

/// An attempt to sign in, which the browser keeps, sealed, until it comes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// What the provider has to send back, so that nobody can make a browser end an attempt that it did not begin.
    pub state: String,
    /// What the token has to contain, so that it cannot be one of another attempt.
    pub nonce: String,
    /// What proves that the code is used by the one who asked for it.
    pub verifier: String,
    /// Who the browser was before.
    pub by: Option<Principal>,
}

impl Attempt {
    /// A new attempt from random ids.
    pub fn new(ids: [Uuid; 4], by: Option<Principal>) -> Self {
        let [state, nonce, first, second] = ids.map(|id| id.simple().to_string());
        // 64 of the characters that are allowed (RFC 7636 §4.1).
        Self { state, nonce, verifier: format!("{first}{second}"), by }
    }

    /// The parameters of the address where the person signs in.
    pub fn authorization<'a>(&'a self, provider: &'a Oidc, callback: &'a str) -> Vec<(&'static str, String)> {
        let challenge = Base64UrlUnpadded::encode_string(&Sha256::digest(&self.verifier));
        [
            ("response_type", "code"),
            ("client_id", &provider.client_id),
            ("redirect_uri", callback),
            ("scope", "openid"),
            ("state", &self.state),
            ("nonce", &self.nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ]
        .map(|(name, value)| (name, value.to_owned()))
        .into()
    }

    /// The parameters with which a code is exchanged for tokens. `with_secret` says whether they contain the client's secret.
    pub fn exchange(
        &self,
        provider: &Oidc,
        callback: &str,
        code: &str,
        with_secret: bool,
    ) -> Vec<(&'static str, String)> {
        let mut parameters: Vec<_> = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", callback),
            ("client_id", &provider.client_id),
            ("code_verifier", &self.verifier),
        ]
        .map(|(name, value)| (name, value.to_owned()))
        .into();
        if let Some(secret) = provider.client_secret.as_ref().filter(|_| with_secret) {
            parameters.push(("client_secret", secret.clone()));
        }
        parameters
    }
}

impl Discovery {
    /// The address of what a provider says about itself.
    pub fn address(issuer: &str) -> String {
        format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'))
    }

    /// Whether the client's secret is presented in the header `Authorization`, and not as a parameter.
    pub fn prefers_header(&self) -> bool {
        let methods = &self.token_endpoint_auth_methods_supported;
        methods.is_empty() || methods.iter().any(|method| method == "client_secret_basic")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn provider(client_secret: Option<&str>) -> Oidc {
        Oidc {
            issuer: "https://issuer.example".to_owned(),
            client_id: "flux".to_owned(),
            client_secret: client_secret.map(ToOwned::to_owned),
            name: "Example".to_owned(),
        }
    }

    #[test]
    fn the_challenge_is_the_hash_of_the_verifier() {
        // The example of RFC 7636, appendix B.
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned();
        let attempt = Attempt { verifier, ..Attempt::new([Uuid::nil(); 4], None) };
        let parameters = attempt.authorization(&provider(None), "https://flux.example/auth/oidc/callback");
        let of = |name| parameters.iter().find(|(of, _)| *of == name).map(|(_, value)| value.as_str());
        assert_eq!(of("code_challenge"), Some("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"));
        assert_eq!((of("response_type"), of("scope")), (Some("code"), Some("openid")));
    }

    #[test]
    fn a_secret_is_sent_once() {
        let attempt = Attempt::new([Uuid::nil(); 4], None);
        let has_secret = |secret, with_secret| {
            let parameters = attempt.exchange(&provider(secret), "c", "code", with_secret);
            parameters.iter().any(|(name, _)| *name == "client_secret")
        };
        assert!(has_secret(Some("s"), true));
        assert!(!has_secret(Some("s"), false) && !has_secret(None, true));
        let discovery = |methods: &[&str]| Discovery {
            issuer: String::new(),
            authorization_endpoint: String::new(),
            token_endpoint: String::new(),
            jwks_uri: String::new(),
            token_endpoint_auth_methods_supported: methods.iter().map(|method| (*method).to_owned()).collect(),
        };
        assert!(discovery(&[]).prefers_header() && discovery(&["client_secret_basic"]).prefers_header());
        assert!(!discovery(&["client_secret_post"]).prefers_header());
        for issuer in ["https://issuer.example", "https://issuer.example/"] {
            assert_eq!(Discovery::address(issuer), "https://issuer.example/.well-known/openid-configuration");
        }
    }
}
