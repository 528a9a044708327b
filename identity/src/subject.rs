//! Who somebody is, and whose data they use: two names that are often the same for a guest, and never otherwise.

use std::fmt;

use flux_protocol::account::Provider;
use serde::{Deserialize, Serialize};

/// The prefix of names that the service makes. Clients cannot choose a name with it, so nobody can claim a person's object
/// before that person does.
const PREFIX: &str = "u-";
/// Longest name of an object, in characters.
const NAME_CHARS: usize = 64;

/// Who somebody is, as a provider knows them. Its text form is `provider:id`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Subject {
    /// The provider.
    pub provider: Provider,
    /// The provider's id of the person. Unique only together with the provider.
    pub id: String,
}

/// Whose data: the name of a person's object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ObjectId(String);

const PROVIDERS: [(Provider, &str); 4] = [
    (Provider::Guest, "guest"),
    (Provider::Access, "access"),
    (Provider::Oidc, "oidc"),
    (Provider::Passkey, "passkey"),
];

/// The provider with this name, as `wrangler.toml` and the text form of a subject contain it.
pub fn provider(name: &str) -> Option<Provider> {
    PROVIDERS.into_iter().find(|(_, of)| *of == name).map(|(provider, _)| provider)
}

impl Subject {
    /// A subject of a provider.
    pub fn new(provider: Provider, id: impl Into<String>) -> Self {
        Self { provider, id: id.into() }
    }

    /// A subject of one of several providers of a kind, which are known by their issuer.
    pub fn of_issuer(provider: Provider, issuer: &str, id: &str) -> Self {
        // The id alone could be one of another issuer, if the deployment changes its own.
        Self::new(provider, format!("{issuer}#{id}"))
    }

    /// Whether it is a subject of this issuer.
    pub fn is_of_issuer(&self, issuer: &str) -> bool {
        self.id.strip_prefix(issuer).is_some_and(|rest| rest.starts_with('#'))
    }

    /// The guest whose own object this is.
    pub fn guest(object: &ObjectId) -> Self {
        Self::new(Provider::Guest, object.name())
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = PROVIDERS.into_iter().find(|(provider, _)| *provider == self.provider).map_or("", |(_, name)| name);
        write!(f, "{name}:{}", self.id)
    }
}

impl From<String> for Subject {
    /// Reads the text form. Earlier versions, which had guests alone, wrote the id without a provider.
    fn from(text: String) -> Self {
        let parts = text.split_once(':').and_then(|(name, id)| Some((provider(name)?, id.to_owned())));
        let (provider, id) = parts.unwrap_or((Provider::Guest, text));
        Self { provider, id }
    }
}

impl From<Subject> for String {
    fn from(subject: Subject) -> Self {
        subject.to_string()
    }
}

impl ObjectId {
    /// The name of a new object, from 16 random bytes.
    pub fn new(random: [u8; 16]) -> Self {
        Self(format!("{PREFIX}{:032x}", u128::from_be_bytes(random)))
    }

    /// A name that the service made. `None` if it did not make this one.
    pub fn made(name: &str) -> Option<Self> {
        let digits = name.strip_prefix(PREFIX)?;
        let fits = digits.len() == 32 && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        fits.then(|| Self(name.to_owned()))
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.0
    }

    /// The object that its owner means by `requested`. `me` is their own, and so is `default`, which the published clients use
    /// unless they are told otherwise.
    ///
    /// `None` when the name is not allowed. Names are 1–64 letters, digits, `-` and `_`; a name that the service made can be
    /// used only by the one whom it was made for. Earlier versions gave an object of any other name to the first one who asked.
    /// Such objects can still be reached by their owners, and new ones are not made.
    pub fn requested(&self, requested: &str) -> Option<Self> {
        if matches!(requested, "me" | "default") {
            return Some(self.clone());
        }
        let fits = (1..=NAME_CHARS).contains(&requested.len())
            && requested.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        let is_reserved = requested.starts_with(PREFIX) && requested != self.0;
        (fits && !is_reserved).then(|| Self(requested.to_owned()))
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for ObjectId {
    fn from(name: &str) -> Self {
        Self(name.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_objects_are_checked() {
        let me = ObjectId::new([7; 16]);
        for name in ["me", "default", me.name()] {
            assert_eq!(me.requested(name), Some(me.clone()));
        }
        assert_eq!(me.requested("3f2c-Team_A"), Some(ObjectId::from("3f2c-Team_A")));
        let long = "a".repeat(65);
        for wrong in ["", "a b", "a/b", "ü", "u-someone-else", "a%20b", &long] {
            assert_eq!(me.requested(wrong), None, "{wrong}");
        }
        assert_eq!(ObjectId::made(me.name()), Some(me.clone()));
        for wrong in ["", "u-", "team", "u-someone", &me.name().to_uppercase(), &format!("{me}0")] {
            assert_eq!(ObjectId::made(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_subject_keeps_its_id_whatever_is_in_it() {
        for id in ["https://issuer.example#a:b", "", "u-1", "ü"] {
            let subject = Subject::new(Provider::Oidc, id);
            assert_eq!(Subject::from(subject.to_string()), subject);
        }
        let old = Subject::from("u-07".to_owned());
        assert_eq!(old, Subject::new(Provider::Guest, "u-07"), "as earlier versions wrote it");
        assert_eq!(Subject::from("other:u".to_owned()).provider, Provider::Guest);
    }
}
