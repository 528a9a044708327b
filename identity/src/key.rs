//! The keys that sign what the service hands out and reads again: identities, sessions, tickets. The first one signs, and all verify,
//! so a key can be replaced without anybody losing their identity: put the new one first, and remove the old one once nobody uses it
//! any more.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::Sha256;

use flux_timeline::json;

/// Shortest secret that is accepted, in bytes.
const SECRET_BYTES: usize = 32;
/// Longest id of a key, in characters.
const ID_CHARS: usize = 16;
/// Longest signed text that is looked at, in bytes. Ours are shorter.
const SIGNED_BYTES: usize = 4_096;
/// How far the clocks of two machines may differ.
pub(super) const LEEWAY: TimeDelta = TimeDelta::seconds(60);

/// The service's signing keys.
#[derive(Clone)]
pub struct Keys {
    first: Key,
    others: Vec<Key>,
}

#[derive(Clone)]
struct Key {
    /// Stands in what the key signs. The only key of a deployment needs none.
    id: Option<String>,
    mac: Hmac<Sha256>,
}

/// What a signature is for. What was signed for one purpose does not pass for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The name of a guest, in a cookie or a token.
    Guest,
    /// A principal in the cookie of a browser that is signed in.
    Session,
    /// A principal in a token for the address of a socket.
    Ticket,
    /// A principal on its way from the Worker to the object.
    Principal,
    /// What the service must know again when a browser comes back from a provider.
    SignIn,
    /// What it must know again when a browser has made or used a passkey.
    Passkey,
}

/// A text that one of the keys has signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// The text.
    pub text: String,
    /// When it was signed, to the second. Earlier versions did not say.
    pub at: Option<DateTime<Utc>>,
    /// Whether the first key has signed it.
    pub is_current: bool,
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

    /// Signs a text without dots and tildes: the text, a tilde and the time in seconds since 1970 as hexadecimal digits, a dot and the id
    /// of the key if it has one, a dot and the HMAC-SHA-256 of the text with the time.
    pub fn sign(&self, purpose: Purpose, text: &str, now: DateTime<Utc>) -> String {
        let dated = format!("{text}~{:x}", now.timestamp());
        let mac = self.mac_of(purpose, &dated);
        let id = self.first.id.as_ref().map(|id| format!(".{id}")).unwrap_or_default();
        format!("{dated}{id}.{mac}")
    }

    /// Reads a signed text. `None` when no key has signed it for this purpose, or it is from the future.
    pub fn verify(&self, purpose: Purpose, signed: &str, now: DateTime<Utc>) -> Option<Signed> {
        if signed.len() > SIGNED_BYTES {
            return None;
        }
        let (named, mac) = signed.rsplit_once('.')?;
        let mac = base16ct::lower::decode_vec(mac).ok()?;
        // A text without an id is from when there was one key, which may have got an id since.
        let (dated, id) = named.rsplit_once('.').map_or((named, None), |(dated, id)| (dated, Some(id)));
        // Compares in constant time.
        let is_by = |key: &Key| key.of(purpose, dated).verify_slice(&mac).is_ok();
        let by = self.all().filter(|key| id.is_none() || key.id.as_deref() == id).position(is_by)?;
        let is_current = by == 0 && self.first.id.as_deref() == id;
        let Some((text, at)) = dated.rsplit_once('~') else {
            return Some(Signed { text: dated.to_owned(), at: None, is_current });
        };
        let at = i64::from_str_radix(at, 16).ok().and_then(|at| DateTime::from_timestamp(at, 0))?;
        (at <= now + LEEWAY).then(|| Signed { text: text.to_owned(), at: Some(at), is_current })
    }

    /// Signs a value, as JSON.
    pub fn seal<T: Serialize>(&self, purpose: Purpose, value: &T, now: DateTime<Utc>) -> String {
        let text = json::value(value).to_string();
        self.sign(purpose, &Base64UrlUnpadded::encode_string(text.as_bytes()), now)
    }

    /// Reads a signed value, and when it was signed.
    pub fn open<T: DeserializeOwned>(&self, purpose: Purpose, sealed: &str, now: DateTime<Utc>) -> Option<(T, Signed)> {
        let signed = self.verify(purpose, sealed, now)?;
        let text = Base64UrlUnpadded::decode_vec(&signed.text).ok()?;
        let value = json::read_text(&String::from_utf8(text).ok()?).ok()?;
        Some((value, signed))
    }

    /// The signature of a text by the first key, as hexadecimal digits.
    pub(crate) fn mac_of(&self, purpose: Purpose, text: &str) -> String {
        base16ct::lower::encode_string(&self.first.of(purpose, text).finalize().into_bytes())
    }

    fn all(&self) -> impl Iterator<Item = &Key> {
        [&self.first].into_iter().chain(&self.others)
    }
}

impl Key {
    fn new(text: &str) -> Result<Self, KeyError> {
        let (id, secret) = Self::parts(text).map_or((None, text), |(id, secret)| (Some(id.to_owned()), secret));
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

    fn of(&self, purpose: Purpose, text: &str) -> Hmac<Sha256> {
        let mut mac = self.mac.clone();
        // A prefix for each purpose, so that no signature can pass for another.
        let prefix = match purpose {
            Purpose::Guest => "flux identity v1:",
            Purpose::Session => "flux session v1:",
            Purpose::Ticket => "flux ticket v1:",
            Purpose::Principal => "flux principal v1:",
            Purpose::SignIn => "flux sign-in v1:",
            Purpose::Passkey => "flux passkey v1:",
        };
        mac.update(prefix.as_bytes());
        mac.update(text.as_bytes());
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "0123456789abcdef0123456789abcdef";
    const OTHER: &str = "another-secret-of-sufficient-length";
    const NAME: &str = "u-07070707070707070707070707070707";
    const ALL: [Purpose; 6] =
        [Purpose::Guest, Purpose::Session, Purpose::Ticket, Purpose::Principal, Purpose::SignIn, Purpose::Passkey];

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap()
    }

    fn text(keys: &Keys, signed: &str) -> Option<String> {
        keys.verify(Purpose::Guest, signed, now()).map(|signed| signed.text)
    }

    #[test]
    fn a_signature_proves_its_text_for_its_purpose_and_no_other() {
        let keys = Keys::new(SECRET).unwrap();
        let signed = keys.sign(Purpose::Guest, NAME, now());
        let read = keys.verify(Purpose::Guest, &signed, now());
        assert_eq!(read, Some(Signed { text: NAME.to_owned(), at: Some(now()), is_current: true }));
        for purpose in ALL {
            let sealed = keys.seal(purpose, &NAME, now());
            for other in ALL {
                let opened = keys.open::<String>(other, &sealed, now()).map(|(name, _)| name);
                assert_eq!(opened, (purpose == other).then(|| NAME.to_owned()), "{purpose:?} {other:?}");
            }
        }
        let (dated, mac) = signed.rsplit_once('.').unwrap();
        let other = Keys::new(OTHER).unwrap().sign(Purpose::Guest, NAME, now());
        let forged = format!("u-08{}.{mac}", &dated[4..]);
        let later = format!("{NAME}~7fffffff.{mac}");
        let longer = format!("{signed}x");
        let cut = &signed[..signed.len() - 1];
        let with_id = format!("{dated}.k1.{mac}");
        let (huge, upper, double) = ("x".repeat(100_000), signed.to_uppercase(), format!("{signed}.{mac}"));
        let (empty, dots, bare) = (format!("{dated}."), format!("{dated}..{mac}"), format!(".{mac}"));
        for wrong in
            [&other, &forged, &later, &longer, cut, &with_id, &huge, &upper, &double, &empty, &dots, &bare, "", dated]
        {
            assert_eq!(text(&keys, wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_was_signed_in_the_future_is_refused() {
        let keys = Keys::new(SECRET).unwrap();
        let at = |seconds| keys.sign(Purpose::Guest, NAME, now() + TimeDelta::seconds(seconds));
        assert!(text(&keys, &at(60)).is_some() && text(&keys, &at(61)).is_none());
    }

    #[test]
    fn what_earlier_versions_signed_is_read() {
        let keys = Keys::new(SECRET).unwrap();
        let old = format!("{NAME}.{}", keys.mac_of(Purpose::Guest, NAME));
        let read = keys.verify(Purpose::Guest, &old, now());
        assert_eq!(read, Some(Signed { text: NAME.to_owned(), at: None, is_current: true }));
        let both = Keys::new(&format!("k2={OTHER} k1={SECRET}")).unwrap();
        assert_eq!(both.verify(Purpose::Guest, &old, now()).map(|read| read.is_current), Some(false));
    }

    #[test]
    fn replacing_a_key_loses_nobody_until_it_is_removed() {
        let read = |keys: &Keys, signed: &str| {
            keys.verify(Purpose::Guest, signed, now()).map(|signed| (signed.text, signed.is_current))
        };
        let found = |is_current| Some((NAME.to_owned(), is_current));
        let old = Keys::new(SECRET).unwrap().sign(Purpose::Guest, NAME, now());
        let both = Keys::new(&format!("k2={OTHER}, k1={SECRET}")).unwrap();
        assert_eq!(read(&both, &old), found(false));
        let new = both.sign(Purpose::Guest, NAME, now());
        assert_eq!(new.split('.').nth(1), Some("k2"));
        assert_eq!(read(&both, &new), found(true));

        let by_first = Keys::new(&format!("k1={SECRET}")).unwrap().sign(Purpose::Guest, NAME, now());
        assert_eq!(read(&both, &by_first), found(false));
        let swapped = by_first.replace(".k1.", ".k2.");
        assert_eq!(read(&both, &swapped), None, "each id has its key");

        let removed = Keys::new(&format!("k2={OTHER}")).unwrap();
        assert_eq!((read(&removed, &old), read(&removed, &by_first)), (None, None));
        assert_eq!(read(&removed, &new), found(true));
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
