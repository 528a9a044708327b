//! Checks what providers sign, with their keys, which are fetched and kept for a while.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use chrono::{DateTime, TimeDelta, Utc};
use js_sys::{Array, Uint8Array};
use serde_json::Value;
use wasm_bindgen::prelude::*;

use super::clock::now;
use crate::identity::jwt::{Algorithm, Expected, Jwt, JwtError};
use crate::identity::oidc::{Attempt, Discovery};
use crate::identity::passkey::{Assertion, Passkey, PasskeyError, raw_signature};
use crate::identity::{Access, Oidc};
use crate::json as read;

/// How long what a provider publishes is kept.
const KEPT: TimeDelta = TimeDelta::hours(1);
/// The pause between two fetches because of a key that is not known. Anybody can send a token with such a key.
const REFETCHED_EVERY: TimeDelta = TimeDelta::minutes(1);
/// How long a provider may take, in ms, and how much it may answer, in bytes.
const LIMIT_MS: u32 = 10_000;
const LIMIT_BYTES: u32 = 262_144;
/// Most documents that are kept.
const DOCUMENTS: usize = 8;

#[wasm_bindgen(module = "/src/edge/providers.mjs")]
extern "C" {
    #[wasm_bindgen(catch)]
    async fn verify(
        algorithm: &str,
        key: &JsValue,
        signature: &Uint8Array,
        data: &Uint8Array,
    ) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch)]
    async fn ask(
        url: &str,
        authorization: Option<String>,
        form: Option<Array>,
        limit_ms: u32,
        limit_bytes: u32,
    ) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_name = withParameters, catch)]
    fn with_parameters(url: &str, parameters: &Array) -> Result<String, JsValue>;

    fn basic(id: &str, secret: &str) -> String;
}

/// Why somebody cannot be known by a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum ProviderError {
    /// What the provider says about somebody is wrong.
    #[error("the token {0}")]
    Token(#[from] JwtError),
    /// The provider does not answer, or not as it should.
    #[error("the provider cannot be reached")]
    Unreachable,
}

impl ProviderError {
    /// Its name in the log.
    pub fn name(self) -> &'static str {
        match self {
            Self::Token(JwtError::Form) => "token-form",
            Self::Token(JwtError::Algorithm) => "token-algorithm",
            Self::Token(JwtError::Critical) => "token-extension",
            Self::Token(JwtError::Key) => "token-key",
            Self::Token(JwtError::Signature) => "token-signature",
            Self::Token(JwtError::Issuer) => "token-issuer",
            Self::Token(JwtError::Audience) => "token-audience",
            Self::Token(JwtError::Time) => "token-time",
            Self::Token(JwtError::Nonce) => "token-nonce",
            Self::Token(JwtError::Subject) => "token-subject",
            Self::Unreachable => "provider-unreachable",
        }
    }
}

/// Whom an assertion of Cloudflare Access names.
///
/// # Errors
/// [`ProviderError`].
pub(super) async fn access_subject(access: &Access, assertion: &str) -> Result<String, ProviderError> {
    let expected = Expected { issuer: &access.issuer, audience: &access.audience, nonce: None };
    let keys = format!("{}/cdn-cgi/access/certs", access.issuer);
    subject(assertion, expected, &keys).await
}

/// The address where a person signs in with a provider of OpenID Connect.
///
/// # Errors
/// [`ProviderError::Unreachable`].
pub(super) async fn sign_in_address(oidc: &Oidc, attempt: &Attempt, callback: &str) -> Result<String, ProviderError> {
    let discovery = discover(oidc).await?;
    let parameters = pairs(&attempt.authorization(oidc, callback));
    with_parameters(&discovery.authorization_endpoint, &parameters).map_err(|_| ProviderError::Unreachable)
}

/// Whom a provider of OpenID Connect names in exchange for a code.
///
/// # Errors
/// [`ProviderError`].
pub(super) async fn oidc_subject(
    oidc: &Oidc,
    attempt: &Attempt,
    callback: &str,
    code: &str,
) -> Result<String, ProviderError> {
    let discovery = discover(oidc).await?;
    let secret = oidc.client_secret.as_deref();
    let authorization = secret.filter(|_| discovery.prefers_header()).map(|secret| basic(&oidc.client_id, secret));
    let form = pairs(&attempt.exchange(oidc, callback, code, authorization.is_none()));
    let answer = asked(&discovery.token_endpoint, authorization, Some(form)).await?;
    let token = answer.get("id_token").and_then(Value::as_str).ok_or(ProviderError::Unreachable)?;
    let expected = Expected { issuer: &oidc.issuer, audience: &oidc.client_id, nonce: Some(&attempt.nonce) };
    subject(token, expected, &discovery.jwks_uri).await
}

/// Checks the signature of an answer by a passkey.
///
/// # Errors
/// [`PasskeyError`].
pub(super) async fn check_assertion(passkey: &Passkey, assertion: &Assertion) -> Result<(), PasskeyError> {
    let algorithm = passkey.algorithm()?;
    let key: JsValue = Uint8Array::from(passkey.key()?.as_slice()).into();
    let signature = match algorithm {
        Algorithm::Es256 => raw_signature(&assertion.signature)?.to_vec(),
        Algorithm::Rs256 => assertion.signature.clone(),
    };
    let is_right = is_signed(algorithm, &key, &signature, &assertion.signed).await;
    if is_right { Ok(()) } else { Err(PasskeyError::Unknown) }
}

async fn subject(token: &str, expected: Expected<'_>, keys: &str) -> Result<String, ProviderError> {
    let jwt = Jwt::read(token)?;
    // Before the keys are fetched, since anybody can send any token.
    let subject = jwt.check(expected, now())?.to_owned();
    let key = match jwt.key(&*document(keys, KEPT).await?) {
        Ok(key) => public_part(key),
        Err(_) => public_part(jwt.key(&*document(keys, REFETCHED_EVERY).await?)?),
    };
    let key = JsValue::from_str(&key.to_string());
    let is_right = is_signed(jwt.algorithm, &key, &jwt.signature, jwt.signed.as_bytes()).await;
    if is_right { Ok(subject) } else { Err(JwtError::Signature.into()) }
}

async fn is_signed(algorithm: Algorithm, key: &JsValue, signature: &[u8], data: &[u8]) -> bool {
    let name = match algorithm {
        Algorithm::Rs256 => "RS256",
        Algorithm::Es256 => "ES256",
    };
    let verified = verify(name, key, &Uint8Array::from(signature), &Uint8Array::from(data)).await;
    verified.is_ok_and(|is_right| is_right == JsValue::TRUE)
}

/// The public part of a key, without what else a provider says about it and WebCrypto could stumble over.
fn public_part(key: &Value) -> Value {
    let names = ["kty", "n", "e", "crv", "x", "y"];
    let part = names.into_iter().filter_map(|name| Some((name.to_owned(), key.get(name)?.clone())));
    Value::Object(part.collect())
}

async fn discover(oidc: &Oidc) -> Result<Discovery, ProviderError> {
    let document = document(&Discovery::address(&oidc.issuer), KEPT).await?;
    let discovery: Discovery = read::read_value((*document).clone()).map_err(|_| ProviderError::Unreachable)?;
    // Otherwise it would be another provider (OpenID Connect Discovery §4.3).
    if discovery.issuer == oidc.issuer { Ok(discovery) } else { Err(ProviderError::Token(JwtError::Issuer)) }
}

struct Document {
    text: Rc<Value>,
    at: DateTime<Utc>,
}

thread_local! {
    /// What providers have published, by address.
    static DOCUMENTS_KEPT: RefCell<BTreeMap<String, Document>> = const { RefCell::new(BTreeMap::new()) };
}

/// A document of a provider that is at most as old as `kept`.
async fn document(url: &str, kept: TimeDelta) -> Result<Rc<Value>, ProviderError> {
    let known = DOCUMENTS_KEPT.with_borrow(|documents| {
        let fresh = documents.get(url).filter(|document| now() - document.at < kept);
        fresh.map(|document| Rc::clone(&document.text))
    });
    if let Some(known) = known {
        return Ok(known);
    }
    let text = Rc::new(asked(url, None, None).await?);
    DOCUMENTS_KEPT.with_borrow_mut(|documents| {
        if documents.len() >= DOCUMENTS {
            documents.clear();
        }
        documents.insert(url.to_owned(), Document { text: Rc::clone(&text), at: now() });
    });
    Ok(text)
}

async fn asked(url: &str, authorization: Option<String>, form: Option<Array>) -> Result<Value, ProviderError> {
    let text = ask(url, authorization, form, LIMIT_MS, LIMIT_BYTES).await.map_err(|_| ProviderError::Unreachable)?;
    serde_json::from_str(&text.as_string().unwrap_or_default()).map_err(|_| ProviderError::Unreachable)
}

fn pairs(parameters: &[(&'static str, String)]) -> Array {
    parameters.iter().map(|(name, value)| Array::of2(&(*name).into(), &value.as_str().into())).collect()
}
