//! The keys that sign identities. The first one signs, and all verify, so a key can be replaced without anybody losing their identity:
//! put the new one first, and remove the old one once nobody uses it any more.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::Identity;

/// Shortest secret that is accepted, in bytes.
const SECRET_BYTES: usize = 32;
/// Longest id of a key, in characters.
const ID_CHARS: usize = 16;
/// Longest token that is looked at, in bytes. Ours have fewer than 130.
const TOKEN_BYTES: usize = 200;

/// The service's signing keys.
#[derive(Clone)]
pub struct Keys {
    first: Key,
    others: Vec<Key>,
}

#[derive(Clone)]
struct Key {
    /// Stands in the tokens that it signs. The only key of a deployment needs none.
    id: Option<String>,
    mac: Hmac<Sha256>,
}

/// Why keys cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// There is none.
    #[error("FLUX_KEY has no key; `openssl rand -hex 32` makes a good one.")]
    Missing,
    /// A secret is too short.
    #[error(
        "Each key in FLUX_KEY must have at least {SECRET_BYTES} characters; `openssl rand -hex 32` makes a good one."
    )]
    Weak,
    /// Two keys have the same id.
    #[error("Two keys in FLUX_KEY have the same id. Give each an id of its own, as in `new=… old=…`.")]
    SameId,
}

impl Keys {
    /// Reads one secret, or keys with ids, separated by blanks or commas: `id=secret`, with an id of 1–16 letters and digits.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn new(text: &str) -> Result<Self, KeyError> {
        let mut texts: Vec<&str> = text.split([' ', ',', '\n', '\t', '\r']).filter(|key| !key.is_empty()).collect();
        if !texts.iter().all(|key| Key::parts(key).is_some()) {
            // One secret, in which there may be blanks.
            texts = vec![text.trim()];
        }
        let mut keys = texts.into_iter().map(Key::new).collect::<Result<Vec<_>, _>>()?.into_iter();
        let first = keys.next().ok_or(KeyError::Missing)?;
        let keys = Self { first, others: keys.collect() };
        let ids: Vec<_> = keys.all().filter_map(|key| key.id.as_ref()).collect();
        let is_doubled = ids.iter().enumerate().any(|(at, id)| ids.iter().skip(at + 1).any(|other| other == id));
        if is_doubled { Err(KeyError::SameId) } else { Ok(keys) }
    }

    /// The token that proves an identity: its name, the id of the key if it has one, and the HMAC-SHA-256 of the name.
    pub fn token(&self, identity: &Identity) -> String {
        let mac = self.first.of(identity.name()).finalize().into_bytes();
        let id = self.first.id.as_ref().map(|id| format!(".{id}")).unwrap_or_default();
        mac.iter().fold(format!("{}{id}.", identity.name()), |token, byte| format!("{token}{byte:02x}"))
    }

    /// The identity that a token proves, or `None` when no key has signed it.
    pub fn verify(&self, token: &str) -> Option<Identity> {
        if token.len() > TOKEN_BYTES {
            return None;
        }
        let (named, mac) = token.rsplit_once('.')?;
        let mac = bytes(mac)?;
        // A token without an id is from when there was one key, which may have got an id since.
        let (name, id) = named.rsplit_once('.').map_or((named, None), |(name, id)| (name, Some(id)));
        let mut keys = self.all().filter(|key| id.is_none() || key.id.as_deref() == id);
        // Compares in constant time.
        keys.any(|key| key.of(name).verify_slice(&mac).is_ok()).then(|| Identity(name.to_owned()))
    }

    /// Whether the first key has signed a token that is valid.
    pub fn is_current(&self, token: &str) -> bool {
        self.verify(token).is_some_and(|identity| self.token(&identity) == token)
    }

    fn all(&self) -> impl Iterator<Item = &Key> {
        [&self.first].into_iter().chain(&self.others)
    }
}

impl Key {
    fn new(text: &str) -> Result<Self, KeyError> {
        let is_id =
            |id: &str| (1..=ID_CHARS).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
        // A secret in base64 can end with `=`.
        let (id, secret) = match text.split_once('=') {
            Some((id, secret)) if is_id(id) => (Some(id.to_owned()), secret),
            _ => (None, text),
        };
        if secret.len() < SECRET_BYTES {
            return Err(KeyError::Weak);
        }
        let mac = Hmac::new_from_slice(secret.as_bytes()).map_err(|_| KeyError::Weak)?;
        Ok(Self { id, mac })
    }

    /// The id and the secret of a key that has an id. A secret in base64 can end with `=`.
    fn parts(text: &str) -> Option<(&str, &str)> {
        let is_id =
            |id: &str| (1..=ID_CHARS).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
        text.split_once('=').filter(|(id, secret)| is_id(id) && !secret.is_empty())
    }

    fn of(&self, name: &str) -> Hmac<Sha256> {
        let mut mac = self.mac.clone();
        // A prefix for this purpose alone, so that no other signature by the same key can pass as a token.
        mac.update(b"flux identity v1:");
        mac.update(name.as_bytes());
        mac
    }
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
    const OTHER: &str = "another-secret-of-sufficient-length";

    #[test]
    fn a_token_proves_its_identity_and_no_other() {
        let keys = Keys::new(SECRET).unwrap();
        let me = Identity::new([7; 16]);
        let token = keys.token(&me);
        assert_eq!(keys.verify(&token), Some(me.clone()));
        assert!(keys.is_current(&token));

        let (name, mac) = token.rsplit_once('.').unwrap();
        let other = Keys::new(OTHER).unwrap().token(&me);
        let forged = format!("{}.{mac}", Identity::new([8; 16]).name());
        for wrong in [
            other,
            forged,
            format!("{name}."),
            name.to_owned(),
            String::new(),
            format!("{token}x"),
            token[..token.len() - 1].to_owned(),
            format!("{name}.k1.{mac}"),
            format!("{name}..{mac}"),
            format!(".{mac}"),
            format!("{token}.{mac}"),
            "x".repeat(100_000),
            token.to_uppercase(),
        ] {
            assert_eq!(keys.verify(&wrong), None, "{wrong}");
        }
    }

    #[test]
    fn replacing_a_key_loses_nobody_until_it_is_removed() {
        let me = Identity::new([7; 16]);
        let old = Keys::new(SECRET).unwrap().token(&me);
        let both = Keys::new(&format!("k2={OTHER}, k1={SECRET}")).unwrap();
        assert_eq!((both.verify(&old), both.is_current(&old)), (Some(me.clone()), false));
        let new = both.token(&me);
        assert_eq!(new.split('.').nth(1), Some("k2"));
        assert_eq!((both.verify(&new), both.is_current(&new)), (Some(me.clone()), true));

        let by_first = Keys::new(&format!("k1={SECRET}")).unwrap().token(&me);
        assert_eq!((both.verify(&by_first), both.is_current(&by_first)), (Some(me.clone()), false));
        let swapped = by_first.replace(".k1.", ".k2.");
        assert_eq!(both.verify(&swapped), None, "each id has its key");

        let removed = Keys::new(&format!("k2={OTHER}")).unwrap();
        assert_eq!((removed.verify(&old), removed.verify(&by_first)), (None, None));
        assert_eq!(removed.verify(&new), Some(me));
    }

    #[test]
    fn keys_that_cannot_be_used_are_refused() {
        let error = |text: &str| Keys::new(text).err();
        assert_eq!(error(" "), Some(KeyError::Missing));
        assert_eq!(error("short"), Some(KeyError::Weak));
        assert_eq!(error("id=short"), Some(KeyError::Weak));
        assert_eq!(error(&format!("a={SECRET} b=short")), Some(KeyError::Weak));
        // A secret with blanks or commas, as it was possible before there were several keys.
        for secret in ["correct horse battery staple, and so on", &format!("{SECRET} short")] {
            assert_eq!(error(secret), None);
        }
        assert_eq!(error(&format!("a={SECRET} a={OTHER}")), Some(KeyError::SameId));
        // `openssl rand -base64 32`
        assert_eq!(error("q1w2e3r4t5z6u7i8o9p0a1s2d3f4g5h6j7k8l9y0x1c="), None);
    }
}
