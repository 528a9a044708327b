//! JSON Web Tokens of providers (RFC 7519), which are checked as RFC 8725 recommends: only algorithms of a list, and every claim that
//! says for whom, by whom and when a token was made. The signature itself is checked by the platform's WebCrypto.

use std::fmt;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use chrono::{DateTime, Utc};
use flux_timeline::json;
use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::{Map, Value};

use crate::key::LEEWAY;

/// Longest token that is looked at, in bytes.
const TOKEN_BYTES: usize = 16_384;
/// Longest subject (OpenID Connect Core §2), in bytes.
const SUBJECT_BYTES: usize = 255;
/// How long ago a token may have been made. Tokens of a sign-in are used at once; those of Cloudflare Access live for up to a month.
const OLDEST_DAYS: i64 = 32;
/// Shortest modulus of an RSA key, in base64url characters: 2,048 bits.
const MODULUS_CHARS: usize = 342;

/// The algorithms that are accepted (RFC 7518 §3.1). None of them is symmetric: a public key must never pass for a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// ECDSA with P-256 and SHA-256.
    Es256,
}

/// A token whose form is right. Nothing in it has been proven yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Jwt {
    /// How it is signed.
    pub algorithm: Algorithm,
    /// The id of the key.
    pub key_id: Option<String>,
    /// What is signed.
    pub signed: String,
    /// The signature.
    pub signature: Vec<u8>,
    claims: Claims,
}

/// What a token must say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected<'a> {
    /// Who made it.
    pub issuer: &'a str,
    /// For whom.
    pub audience: &'a str,
    /// The nonce of the sign-in that it answers. `None` if there was none.
    pub nonce: Option<&'a str>,
}

/// Why a token is refused. Nothing of it is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JwtError {
    /// It is none, or larger than any.
    #[error("is not a JWT")]
    Form,
    /// It is signed in a way that is not accepted.
    #[error("is signed by an algorithm that is not accepted")]
    Algorithm,
    /// It demands extensions that are not understood (RFC 7515 §4.1.11).
    #[error("needs an extension")]
    Critical,
    /// No key of the provider fits.
    #[error("is signed by a key that the provider does not have")]
    Key,
    /// The signature is wrong.
    #[error("has a wrong signature")]
    Signature,
    /// Somebody else made it.
    #[error("is by another issuer")]
    Issuer,
    /// It is for somebody else.
    #[error("is for another audience")]
    Audience,
    /// It has ended, is not valid yet, or was made too long ago.
    #[error("has ended or has not begun")]
    Time,
    /// It does not answer this sign-in.
    #[error("answers another sign-in")]
    Nonce,
    /// It does not say who somebody is.
    #[error("names nobody")]
    Subject,
}

impl JwtError {
    /// Its name in the log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Form => "token-form",
            Self::Algorithm => "token-algorithm",
            Self::Critical => "token-extension",
            Self::Key => "token-key",
            Self::Signature => "token-signature",
            Self::Issuer => "token-issuer",
            Self::Audience => "token-audience",
            Self::Time => "token-time",
            Self::Nonce => "token-nonce",
            Self::Subject => "token-subject",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    crit: Option<Value>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    /// One audience, or several.
    aud: Value,
    /// Who may use it, if it is for several (OpenID Connect Core §2).
    azp: Option<String>,
    exp: f64,
    nbf: Option<f64>,
    iat: Option<f64>,
    nonce: Option<String>,
}

impl Jwt {
    /// Reads a token.
    ///
    /// # Errors
    /// [`JwtError`]: the form, the algorithm, or an extension.
    pub fn read(token: &str) -> Result<Self, JwtError> {
        if token.len() > TOKEN_BYTES {
            return Err(JwtError::Form);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(JwtError::Form)?;
        let (header, claims) = signed.split_once('.').ok_or(JwtError::Form)?;
        let bytes = |part: &str| Base64UrlUnpadded::decode_vec(part).map_err(|_| JwtError::Form);
        let text = |part: &str| String::from_utf8(bytes(part)?).map_err(|_| JwtError::Form);
        let header: Header = read_once(&text(header)?)?;
        let algorithm = match header.alg.as_str() {
            "RS256" => Algorithm::Rs256,
            "ES256" => Algorithm::Es256,
            _ => return Err(JwtError::Algorithm),
        };
        if header.crit.is_some() {
            return Err(JwtError::Critical);
        }
        let claims = read_once(&text(claims)?)?;
        Ok(Self { algorithm, key_id: header.kid, signed: signed.to_owned(), signature: bytes(signature)?, claims })
    }

    /// Checks what the token says, and returns whom it names, and when it ends for us. The signature must have been checked before.
    ///
    /// # Errors
    /// [`JwtError`]: the claim that does not fit.
    pub fn check(&self, expected: Expected<'_>, now: DateTime<Utc>) -> Result<(&str, DateTime<Utc>), JwtError> {
        let claims = &self.claims;
        if claims.iss != expected.issuer {
            return Err(JwtError::Issuer);
        }
        let (is_for_us, is_for_others) = match &claims.aud {
            Value::Array(all) if all.iter().all(Value::is_string) => {
                (all.iter().any(|audience| audience == expected.audience), all.len() > 1)
            }
            Value::String(audience) => (audience == expected.audience, false),
            _ => return Err(JwtError::Form),
        };
        let is_ours = claims.azp.as_deref().map_or(!is_for_others, |party| party == expected.audience);
        if !is_for_us || !(is_ours || expected.nonce.is_none()) {
            return Err(JwtError::Audience);
        }
        let leeway = seconds(LEEWAY.num_seconds());
        let present = seconds(now.timestamp());
        let oldest = present - seconds(OLDEST_DAYS * 24 * 60 * 60);
        let has_begun = [claims.nbf, claims.iat].into_iter().flatten().all(|at| at <= present + leeway);
        let has_ended = claims.exp <= present - leeway;
        if has_ended || !has_begun || claims.iat.is_some_and(|at| at < oldest) {
            return Err(JwtError::Time);
        }
        if expected.nonce.is_some() && claims.nonce.as_deref() != expected.nonce {
            return Err(JwtError::Nonce);
        }
        if !(1..=SUBJECT_BYTES).contains(&claims.sub.len()) {
            return Err(JwtError::Subject);
        }
        #[expect(clippy::cast_possible_truncation, reason = "a time that is too far away to be a date is refused")]
        let until = DateTime::from_timestamp(claims.exp as i64, 0).ok_or(JwtError::Time)?;
        Ok((&claims.sub, until + LEEWAY))
    }

    /// The key of a provider's set (RFC 7517 §5) with which the token may be signed: the one that it names, or if it names none, the
    /// only one that fits.
    ///
    /// # Errors
    /// [`JwtError::Key`].
    pub fn key<'a>(&self, set: &'a Value) -> Result<&'a Value, JwtError> {
        let keys = set.get("keys").and_then(Value::as_array).ok_or(JwtError::Key)?;
        let mut fitting = keys.iter().filter(|key| self.algorithm.fits(key) && self.names(key));
        let key = fitting.next().ok_or(JwtError::Key)?;
        if self.key_id.is_none() && fitting.next().is_some() { Err(JwtError::Key) } else { Ok(key) }
    }

    fn names(&self, key: &Value) -> bool {
        self.key_id.is_none() || key.get("kid").and_then(Value::as_str) == self.key_id.as_deref()
    }
}

impl Algorithm {
    /// Whether a key is for this algorithm, and strong enough.
    fn fits(self, key: &Value) -> bool {
        let text = |name: &str| key.get(name).and_then(Value::as_str);
        let (name, kind) = match self {
            Self::Rs256 => ("RS256", "RSA"),
            Self::Es256 => ("ES256", "EC"),
        };
        let is_strong = match self {
            Self::Rs256 => text("n").is_some_and(|modulus| modulus.len() >= MODULUS_CHARS),
            Self::Es256 => text("crv") == Some("P-256"),
        };
        let is_for_this = text("alg").is_none_or(|of| of == name) && text("use").is_none_or(|of| of == "sig");
        text("kty") == Some(kind) && is_strong && is_for_this
    }
}

/// Reads an object in which no name occurs twice: a reader that takes the first one and a reader that takes the last one would
/// understand different things (RFC 7519 §4).
fn read_once<T: DeserializeOwned>(text: &str) -> Result<T, JwtError> {
    let Once(object) = serde_json::from_str(text).map_err(|_| JwtError::Form)?;
    json::read(Value::Object(object)).map_err(|_| JwtError::Form)
}

/// An object in which no name occurs twice.
struct Once(Map<String, Value>);

impl<'de> Deserialize<'de> for Once {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(OnceVisitor)
    }
}

struct OnceVisitor;

impl<'de> Visitor<'de> for OnceVisitor {
    type Value = Once;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Once, A::Error> {
        let mut object = Map::new();
        while let Some((name, value)) = fields.next_entry()? {
            if object.insert(name, value).is_some() {
                return Err(A::Error::custom("a name occurs twice"));
            }
        }
        Ok(Once(object))
    }
}

#[expect(clippy::cast_precision_loss, reason = "seconds since 1970 are far below 2^52")]
fn seconds(whole: i64) -> f64 {
    whole as f64
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ISSUER: &str = "https://issuer.example";

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap()
    }

    fn part(text: &str) -> String {
        Base64UrlUnpadded::encode_string(text.as_bytes())
    }

    fn token(header: &str, claims: &str) -> String {
        format!("{}.{}.{}", part(header), part(claims), part("signature"))
    }

    fn claims(more: Value) -> String {
        let mut claims = json!({
            "iss": ISSUER, "sub": "me", "aud": "flux", "exp": 1_800_000_300, "iat": 1_800_000_000, "nonce": "n",
        });
        for (name, value) in more.as_object().unwrap() {
            if value.is_null() {
                claims.as_object_mut().unwrap().remove(name);
            } else {
                claims[name] = value.clone();
            }
        }
        claims.to_string()
    }

    fn check(text: &str) -> Result<String, JwtError> {
        let expected = Expected { issuer: ISSUER, audience: "flux", nonce: Some("n") };
        let jwt = Jwt::read(&token(r#"{"alg":"RS256","kid":"1"}"#, text))?;
        jwt.check(expected, now()).map(|(subject, _)| subject.to_owned())
    }

    #[test]
    fn a_good_token_names_its_subject() {
        for good in [
            json!({}),
            json!({ "aud": ["flux"] }),
            json!({ "aud": ["flux", "other"], "azp": "flux" }),
            json!({ "iat": null }),
            json!({ "exp": 1_799_999_941 }),
            json!({ "nbf": 1_800_000_060, "iat": 1_800_000_060 }),
            json!({ "exp": 1_800_000_300.5, "unknown": { "nested": [1] } }),
        ] {
            assert_eq!(check(&claims(good.clone())), Ok("me".to_owned()), "{good}");
        }
    }

    #[test]
    fn each_claim_that_does_not_fit_is_refused() {
        for (wrong, error) in [
            (json!({ "iss": "https://issuer.example/" }), JwtError::Issuer),
            (json!({ "iss": "https://other.example" }), JwtError::Issuer),
            (json!({ "iss": null }), JwtError::Form),
            (json!({ "aud": "other" }), JwtError::Audience),
            (json!({ "aud": [] }), JwtError::Audience),
            (json!({ "aud": null }), JwtError::Form),
            (json!({ "aud": 7 }), JwtError::Form),
            (json!({ "aud": ["flux", 7] }), JwtError::Form),
            (json!({ "aud": ["flux", "other"] }), JwtError::Audience),
            (json!({ "aud": ["flux", "other"], "azp": "other" }), JwtError::Audience),
            (json!({ "azp": "other" }), JwtError::Audience),
            (json!({ "exp": 1_799_999_940 }), JwtError::Time),
            (json!({ "exp": null }), JwtError::Form),
            (json!({ "exp": "1800000300" }), JwtError::Form),
            (json!({ "nbf": 1_800_000_061 }), JwtError::Time),
            (json!({ "iat": 1_800_000_061 }), JwtError::Time),
            (json!({ "iat": 1_797_000_000 }), JwtError::Time),
            (json!({ "nonce": "other" }), JwtError::Nonce),
            (json!({ "nonce": null }), JwtError::Nonce),
            (json!({ "sub": "" }), JwtError::Subject),
            (json!({ "sub": "x".repeat(256) }), JwtError::Subject),
            (json!({ "sub": 7 }), JwtError::Form),
        ] {
            assert_eq!(check(&claims(wrong.clone())), Err(error), "{wrong}");
        }
        let doubled = claims(json!({})).replace("\"sub\":\"me\"", "\"sub\":\"me\",\"sub\":\"you\"");
        assert_eq!(check(&doubled), Err(JwtError::Form));
    }

    #[test]
    fn only_algorithms_of_the_list_and_understood_headers_are_accepted() {
        let read = |header: &str| Jwt::read(&token(header, &claims(json!({})))).map(|jwt| jwt.algorithm);
        assert_eq!(read(r#"{"alg":"RS256"}"#), Ok(Algorithm::Rs256));
        assert_eq!(read(r#"{"alg":"ES256","typ":"JWT"}"#), Ok(Algorithm::Es256));
        for alg in ["none", "None", "NONE", "", "HS256", "HS512", "rs256", "RS1", "PS256", "EdDSA"] {
            assert_eq!(read(&json!({ "alg": alg }).to_string()), Err(JwtError::Algorithm), "{alg}");
        }
        assert_eq!(read("{}"), Err(JwtError::Form));
        assert_eq!(read(r#"{"alg":"none","alg":"RS256"}"#), Err(JwtError::Form), "which one counts?");
        assert_eq!(read(r#"{"alg":"RS256","crit":["b64"],"b64":false}"#), Err(JwtError::Critical));
        let good = token(r#"{"alg":"RS256"}"#, &claims(json!({})));
        for wrong in [
            "",
            ".",
            "..",
            "a.b.c",
            &good.replace('.', ""),
            &format!("{good}="),
            &format!("{good}.x"),
            &format!(" {good}"),
        ] {
            assert!(Jwt::read(wrong).is_err(), "{wrong}");
        }
        let huge = token(r#"{"alg":"RS256"}"#, &claims(json!({ "x": "y".repeat(20_000) })));
        assert_eq!(Jwt::read(&huge), Err(JwtError::Form));
    }

    #[test]
    fn the_key_is_the_one_that_the_token_names_and_fits_its_algorithm() {
        let rsa = |kid: &str| json!({ "kty": "RSA", "kid": kid, "n": "x".repeat(MODULUS_CHARS), "e": "AQAB" });
        let (one, two) = (rsa("1"), rsa("2"));
        let ec = json!({ "kty": "EC", "crv": "P-256", "kid": "3" });
        let key = |header: &str, keys: Value| {
            let jwt = Jwt::read(&token(header, &claims(json!({})))).unwrap();
            jwt.key(&json!({ "keys": keys })).map(|key| key["kid"].clone())
        };
        let named = r#"{"alg":"RS256","kid":"2"}"#;
        let bare = r#"{"alg":"RS256"}"#;
        assert_eq!(key(named, json!([one, two, ec])), Ok(json!("2")));
        assert_eq!(key(bare, json!([one, ec])), Ok(json!("1")));
        assert_eq!(key(bare, json!([one, two])), Err(JwtError::Key), "which one?");
        assert_eq!(key(named, json!([one])), Err(JwtError::Key));
        assert_eq!(key(r#"{"alg":"RS256","kid":"3"}"#, json!([ec])), Err(JwtError::Key));
        assert_eq!(key(r#"{"alg":"ES256","kid":"3"}"#, json!([ec])), Ok(json!("3")));
        for (name, value) in [("n", "short"), ("use", "enc"), ("alg", "RS512"), ("kty", "oct")] {
            let mut weak = two.clone();
            weak[name] = json!(value);
            assert_eq!(key(named, json!([weak])), Err(JwtError::Key), "{name}");
        }
    }
}
