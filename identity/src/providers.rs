//! Whom a provider names: what it publishes is fetched and kept for a while, and what it signs is checked with its keys.

use std::cell::RefCell;
use std::rc::Rc;

use chrono::{DateTime, TimeDelta, Utc};
use flux_protocol::account::Provider;
use flux_timeline::json;
use serde_json::{Map, Value};

use crate::jwt::{Expected, Jwt, JwtError};
use crate::oidc::{Attempt, Discovery};
use crate::passkey::{Assertion, Passkey, PasskeyError};
use crate::platform::{Key, KeyFormat, Platform, Question};
use crate::settings::{Access, Oidc, is_safe};
use crate::subject::Subject;

/// How long what a provider publishes is kept.
const KEPT: TimeDelta = TimeDelta::hours(1);
/// How long it is used while the provider cannot be reached.
const USED: TimeDelta = TimeDelta::days(1);
/// The pause between two fetches because of a key that is not known. Anybody can send a token with such a key.
const REFETCHED_EVERY: TimeDelta = TimeDelta::minutes(1);
/// The pause after a provider could not be reached.
const RETRIED_EVERY: TimeDelta = TimeDelta::seconds(10);
/// Most documents that are kept.
const DOCUMENTS: usize = 8;

/// Why somebody cannot be known by a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// What the provider says about somebody is wrong.
    #[error("the token {0}")]
    Token(#[from] JwtError),
    /// The provider does not answer, or not as it should.
    #[error("the provider cannot be reached")]
    Unreachable,
}

impl ProviderError {
    /// Its name in the log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Token(error) => error.name(),
            Self::Unreachable => "provider-unreachable",
        }
    }
}

/// Whom an assertion of Cloudflare Access names, and until when.
///
/// # Errors
/// [`ProviderError`].
pub async fn access_subject(
    platform: &dyn Platform,
    access: &Access,
    assertion: &str,
) -> Result<(Subject, DateTime<Utc>), ProviderError> {
    let expected = Expected { issuer: &access.issuer, audience: &access.audience, nonce: None };
    let keys = format!("{}/cdn-cgi/access/certs", access.issuer);
    let (id, until) = named(platform, assertion, expected, &keys).await?;
    Ok((Subject::of_issuer(Provider::Access, &access.issuer, &id), until))
}

/// The address where a person signs in with a provider of OpenID Connect.
///
/// # Errors
/// [`ProviderError`].
pub async fn sign_in_address(
    platform: &dyn Platform,
    oidc: &Oidc,
    attempt: &Attempt,
    callback: &str,
) -> Result<String, ProviderError> {
    let discovery = discover(platform, oidc).await?;
    let parameters = attempt.authorization(oidc, callback);
    platform.address(&discovery.authorization_endpoint, &parameters).ok_or(ProviderError::Unreachable)
}

/// Whom a provider of OpenID Connect names in exchange for a code.
///
/// # Errors
/// [`ProviderError`].
pub async fn oidc_subject(
    platform: &dyn Platform,
    oidc: &Oidc,
    attempt: &Attempt,
    callback: &str,
    code: &str,
) -> Result<Subject, ProviderError> {
    let discovery = discover(platform, oidc).await?;
    let secret = oidc.client_secret.clone().filter(|_| discovery.prefers_header());
    let form = attempt.exchange(oidc, callback, code, secret.is_none());
    let client = secret.map(|secret| (oidc.client_id.clone(), secret));
    let question = Question { url: discovery.token_endpoint, client, form: Some(form) };
    let answer = platform.ask_provider(question).await.map_err(|_| ProviderError::Unreachable)?;
    let token = answer.get("id_token").and_then(Value::as_str).ok_or(ProviderError::Unreachable)?;
    let expected = Expected { issuer: &oidc.issuer, audience: &oidc.client_id, nonce: Some(&attempt.nonce) };
    let (id, _) = named(platform, token, expected, &discovery.jwks_uri).await?;
    Ok(Subject::of_issuer(Provider::Oidc, &oidc.issuer, &id))
}

/// Checks the signature of an answer by a passkey.
///
/// # Errors
/// [`PasskeyError`].
pub async fn check_assertion(
    platform: &dyn Platform,
    passkey: &Passkey,
    assertion: &Assertion,
) -> Result<(), PasskeyError> {
    if passkey.id != assertion.id {
        return Err(PasskeyError::Unknown);
    }
    let key = passkey.public_key()?;
    let signature = assertion.signature_for(key.algorithm)?;
    if !platform.is_signed(key, &signature, &assertion.signed).await {
        return Err(PasskeyError::Unknown);
    }
    if passkey.counts(assertion.counter) { Ok(()) } else { Err(PasskeyError::Copied) }
}

/// The id that a token contains, and when the token ends.
async fn named(
    platform: &dyn Platform,
    token: &str,
    expected: Expected<'_>,
    keys: &str,
) -> Result<(String, DateTime<Utc>), ProviderError> {
    let jwt = Jwt::read(token)?;
    // Before the keys are fetched, since anybody can send any token.
    let (subject, until) = jwt.check(expected, platform.now())?;
    let key = match jwt.key(&*document(platform, keys, KEPT).await?) {
        Ok(key) => public_part(key),
        Err(_) => public_part(jwt.key(&*document(platform, keys, REFETCHED_EVERY).await?)?),
    };
    let key = Key { algorithm: jwt.algorithm, format: KeyFormat::Jwk(key.to_string()) };
    let is_right = platform.is_signed(key, &jwt.signature, jwt.signed.as_bytes()).await;
    if is_right { Ok((subject.to_owned(), until)) } else { Err(JwtError::Signature.into()) }
}

/// The public part of a key, without what else a provider says about it and the platform could stumble over.
fn public_part(key: &Value) -> Value {
    let mut part = Map::new();
    for name in ["kty", "n", "e", "crv", "x", "y"] {
        if let Some(value) = key.get(name) {
            part.insert(name.to_owned(), value.clone());
        }
    }
    Value::Object(part)
}

async fn discover(platform: &dyn Platform, oidc: &Oidc) -> Result<Discovery, ProviderError> {
    let document = document(platform, &Discovery::address(&oidc.issuer), KEPT).await?;
    let discovery: Discovery = json::read((*document).clone()).map_err(|_| ProviderError::Unreachable)?;
    // Otherwise it would be another provider (OpenID Connect Discovery §4.3).
    if discovery.issuer != oidc.issuer {
        return Err(JwtError::Issuer.into());
    }
    let addresses = [&discovery.authorization_endpoint, &discovery.token_endpoint, &discovery.jwks_uri];
    if addresses.into_iter().all(|address| is_safe(address)) { Ok(discovery) } else { Err(ProviderError::Unreachable) }
}

/// What is known of an address of a provider.
struct Document {
    url: String,
    /// What it contained, and when. `None` if it could not be read yet.
    content: Option<(Rc<Value>, DateTime<Utc>)>,
    /// When it was last asked for.
    asked: DateTime<Utc>,
    /// Whether that failed.
    has_failed: bool,
}

thread_local! {
    /// What providers have published.
    static PUBLISHED: RefCell<Vec<Document>> = const { RefCell::new(Vec::new()) };
}

/// A document of a provider that is at most as old as `kept`, unless the provider was asked for it a moment ago: whoever sends tokens
/// must not make the service ask again and again.
async fn document(platform: &dyn Platform, url: &str, kept: TimeDelta) -> Result<Rc<Value>, ProviderError> {
    let now = platform.now();
    let known = PUBLISHED.with_borrow_mut(|documents| {
        let Some(document) = documents.iter_mut().find(|document| document.url == url) else {
            if documents.len() >= DOCUMENTS {
                documents.remove(0);
            }
            documents.push(Document { url: url.to_owned(), content: None, asked: now, has_failed: false });
            return None;
        };
        let was_asked = match &document.content {
            // Requests that come at the same time each ask, since none can wait for another one's answer.
            None => document.has_failed && now - document.asked < RETRIED_EVERY,
            Some((_, at)) => now - *at < kept || now - document.asked < REFETCHED_EVERY,
        };
        if was_asked {
            return Some(document.usable(now).ok_or(ProviderError::Unreachable));
        }
        document.asked = now;
        None
    });
    if let Some(known) = known {
        return known;
    }
    let question = Question { url: url.to_owned(), client: None, form: None };
    let content = platform.ask_provider(question).await.map(Rc::new);
    PUBLISHED.with_borrow_mut(|documents| {
        let document = documents.iter_mut().find(|document| document.url == url);
        let Some(document) = document else { return content.map_err(|_| ProviderError::Unreachable) };
        document.has_failed = content.is_err();
        if let Ok(content) = content {
            document.content = Some((content, platform.now()));
        }
        document.usable(platform.now()).ok_or(ProviderError::Unreachable)
    })
}

impl Document {
    /// What it contained, unless that is too old.
    fn usable(&self, now: DateTime<Utc>) -> Option<Rc<Value>> {
        self.content.as_ref().filter(|(_, at)| now - *at < USED).map(|(content, _)| Rc::clone(content))
    }
}
