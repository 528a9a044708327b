//! Who someone is: a random name, signed by the service, in a cookie or a token. Nobody can make one up, and having one
//! proves nothing but being the same one as before.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// Marks names that the service made. No client may choose one like it, so that nobody can be there before the person
/// whose object it is.
const PREFIX: &str = "u-";
/// Shortest secret that is accepted, in bytes.
const SECRET_BYTES: usize = 32;
/// Longest name of an object, in characters.
pub const NAME_CHARS: usize = 64;

/// The service's signing key.
#[derive(Clone)]
pub struct Key(Hmac<Sha256>);

/// The secret cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("FLUX_KEY must have at least {SECRET_BYTES} characters; `openssl rand -hex 32` makes a good one.")]
pub struct WeakSecret;

/// Somebody.
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

    /// The name of the object that is meant by `requested`: `me` is the person's own.
    ///
    /// `None` where nobody can have it: names are 1–64 characters of letters, digits, `-` and `_`, and those that the
    /// service makes belong to whom it made them for.
    pub fn object(&self, requested: &str) -> Option<String> {
        if requested == "me" {
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
    /// [`WeakSecret`] where it is too short to keep anyone out.
    pub fn new(secret: &str) -> Result<Self, WeakSecret> {
        let secret = secret.trim().as_bytes();
        if secret.len() < SECRET_BYTES {
            return Err(WeakSecret);
        }
        Hmac::new_from_slice(secret).map(Self).map_err(|_| WeakSecret)
    }

    /// The token that proves an identity: its name and an HMAC-SHA-256 of it.
    pub fn token(&self, identity: &Identity) -> String {
        let mac = self.mac(&identity.0).finalize().into_bytes();
        mac.iter().fold(format!("{}.", identity.0), |token, byte| format!("{token}{byte:02x}"))
    }

    /// Whose token this is, if it is one of ours.
    pub fn verify(&self, token: &str) -> Option<Identity> {
        let (name, mac) = token.rsplit_once('.')?;
        let mac = bytes(mac)?;
        // Compares in constant time.
        self.mac(name).verify_slice(&mac).ok()?;
        Some(Identity(name.to_owned()))
    }

    fn mac(&self, name: &str) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        // Says what is signed, so that no other signature by the same key can ever pass as a token.
        mac.update(b"flux identity v1:");
        mac.update(name.as_bytes());
        mac
    }
}

/// The bytes that two hexadecimal digits each stand for.
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
    fn names_of_objects_are_checked() {
        let me = Identity::new([7; 16]);
        let own = me.name().to_owned();
        assert_eq!(me.object("me"), Some(own.clone()));
        assert_eq!(me.object(&own), Some(own));
        assert_eq!(me.object("3f2c-Team_A"), Some("3f2c-Team_A".to_owned()));
        let long = "a".repeat(65);
        for wrong in ["", "a b", "a/b", "ü", "u-someone-else", "a%20b", &long] {
            assert_eq!(me.object(wrong), None, "{wrong}");
        }
    }
}
