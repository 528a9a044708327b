//! Identities and principals. An identity is a random name that the service signs and hands out in a cookie or a token.
//! Nobody else can make one. A token proves only that its bearer is the same one as before, not who that is.

mod cookie;
mod key;
mod principal;

pub use cookie::Cookies;
pub use key::{KeyError, Keys};
pub use principal::{Principal, Scope};

/// The prefix of names that the service makes. Clients cannot choose a name with it, so nobody can claim a person's object
/// before that person does.
const PREFIX: &str = "u-";
/// Longest name of an object, in characters.
pub const NAME_CHARS: usize = 64;

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

/// The token in the value of an `Authorization` header with the scheme `Bearer`, in any case (RFC 9110 §11.1).
pub fn bearer(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

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
