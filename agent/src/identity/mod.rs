//! Identities and principals. An identity is a random name that the service signs and hands out in a cookie or a token.
//! Nobody else can make one. A token proves only that its bearer is the same one as before, not who that is.

mod cookie;
mod principal;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

pub use cookie::Cookies;
pub use principal::{Principal, Scope};

/// The prefix of names that the service makes. Clients cannot choose a name with it, so nobody can claim a person's object
/// before that person does.
const PREFIX: &str = "u-";
/// Shortest secret that is accepted, in bytes.
const SECRET_BYTES: usize = 32;
/// Longest name of an object, in characters.
pub const NAME_CHARS: usize = 64;

/// The service's signing key.
#[derive(Clone)]
pub struct Key(Hmac<Sha256>);

/// The secret is too short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("FLUX_KEY must have at least {SECRET_BYTES} characters; `openssl rand -hex 32` makes a good one.")]
pub struct WeakSecret;

/// A verified identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity(String);

impl Identity {
    /// A new identity, from 16 random bytes.
    pub fn new(random: [u8; 16]) -> Self {
        Self(format!("{PREFIX}{:032x}", u128::from_be_bytes(random)))
    }

    /// Its name, which is also the name of the person's own object.
    pub fn name(&self) -> &str {
        &self.0
    }

    /// The name of the object that a client means by `requested`. `me` is the person's own, and so is `default`, which the published
    /// clients use unless they are told otherwise.
    ///
    /// `None` when the name is not allowed. Names are 1–64 letters, digits, `-` and `_`; a name that the service made can be
    /// used only by the identity that it was made for. Earlier versions gave an object of any other name to the first one who asked.
    /// Such objects can still be reached by their owners, and new ones are not made.
    pub fn object(&self, requested: &str) -> Option<String> {
        if matches!(requested, "me" | "default") {
            return Some(self.0.clone());
        }
        let fits = (1..=NAME_CHARS).contains(&requested.len())
            && requested.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        let reserved = requested.starts_with(PREFIX) && requested != self.0;
        (fits && !reserved).then(|| requested.to_owned())
    }
}

impl Key {
    /// A key from a secret.
    ///
    /// # Errors
    /// [`WeakSecret`] when it is too short.
    pub fn new(secret: &str) -> Result<Self, WeakSecret> {
        let secret = secret.trim().as_bytes();
        if secret.len() < SECRET_BYTES {
            return Err(WeakSecret);
        }
        Hmac::new_from_slice(secret).map(Self).map_err(|_| WeakSecret)
    }

    /// The token that proves an identity: its name and the HMAC-SHA-256 of the name.
    pub fn token(&self, identity: &Identity) -> String {
        let mac = self.mac(&identity.0).finalize().into_bytes();
        mac.iter().fold(format!("{}.", identity.0), |token, byte| format!("{token}{byte:02x}"))
    }

    /// The identity that a token proves, or `None` when the signature does not match.
    pub fn verify(&self, token: &str) -> Option<Identity> {
        let (name, mac) = token.rsplit_once('.')?;
        let mac = bytes(mac)?;
        // Compares in constant time.
        self.mac(name).verify_slice(&mac).ok()?;
        Some(Identity(name.to_owned()))
    }

    fn mac(&self, name: &str) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        // A prefix for this purpose alone, so that no other signature by the same key can pass as a token.
        mac.update(b"flux identity v1:");
        mac.update(name.as_bytes());
        mac
    }
}

/// The token in the value of an `Authorization` header with the scheme `Bearer`, in any case (RFC 9110 §11.1).
pub fn bearer(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Reads hexadecimal digits, two for each byte.
fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pairs = hex.as_bytes().chunks(2);
    pairs.map(|pair| if let [high, low] = pair { Some(digit(high)? << 4 | digit(low)?) } else { None }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn a_token_proves_its_identity_and_no_other() {
        let key = Key::new(SECRET).unwrap();
        let me = Identity::new([7; 16]);
        let token = key.token(&me);
        assert_eq!(key.verify(&token), Some(me.clone()));

        let (name, mac) = token.rsplit_once('.').unwrap();
        let other = Key::new("another secret of sufficient length").unwrap().token(&me);
        let forged = format!("{}.{mac}", Identity::new([8; 16]).name());
        for wrong in [
            other,
            forged,
            format!("{name}."),
            name.to_owned(),
            String::new(),
            format!("{token}x"),
            token[..token.len() - 1].to_owned(),
        ] {
            assert_eq!(key.verify(&wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_short_secret_is_refused() {
        assert!(Key::new("short").is_err());
        assert!(Key::new(&" ".repeat(64)).is_err());
    }

    #[test]
    fn a_bearer_token_is_read_by_any_case_of_the_scheme() {
        for value in ["Bearer abc", "bearer abc", "BEARER  abc ", " Bearer abc"] {
            assert_eq!(bearer(value), Some("abc"), "{value}");
        }
        for value in ["", "Bearer", "Basic abc", "Bearerabc", "abc"] {
            assert_eq!(bearer(value), None, "{value}");
        }
    }

    #[test]
    fn names_of_objects_are_checked() {
        let me = Identity::new([7; 16]);
        let own = me.name().to_owned();
        assert_eq!(me.object("me"), Some(own.clone()));
        assert_eq!(me.object("default"), Some(own.clone()));
        assert_eq!(me.object(&own), Some(own));
        assert_eq!(me.object("3f2c-Team_A"), Some("3f2c-Team_A".to_owned()));
        let long = "a".repeat(65);
        for wrong in ["", "a b", "a/b", "ü", "u-someone-else", "a%20b", &long] {
            assert_eq!(me.object(wrong), None, "{wrong}");
        }
    }
}
