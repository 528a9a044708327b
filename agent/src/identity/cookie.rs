//! The cookie with which a browser keeps its identity.
//!
//! Browsers keep a cookie for at most 400 days after it was set, so a cookie that is in use is set again once a week. Tokens
//! do not say when they were made, and stay as they are. Instead, a second cookie that lives for a week says that the first one
//! was set lately. It holds nothing secret, and an identity cookie from before there was a second one is set again at once.

use super::{Identity, Keys};

/// How long a browser keeps the identity, in seconds: 400 days, the most that browsers accept
/// (draft-ietf-httpbis-rfc6265bis §5.5).
const KEPT_SECONDS: u32 = 400 * 24 * 60 * 60;
/// How long after it was set the identity is not set again, in seconds: a week.
const RENEWED_SECONDS: u32 = 7 * 24 * 60 * 60;

/// The names of the two cookies.
struct Names {
    identity: &'static str,
    renewed: &'static str,
}

/// A page without HTTPS cannot have names with a prefix. Earlier versions used this name with HTTPS, too.
const PLAIN: Names = Names { identity: "flux", renewed: "flux-renewed" };
/// Browsers accept this prefix only from the host itself, over HTTPS, for all paths. So neither another subdomain nor a page
/// without HTTPS can replace the identity.
const SECURE: Names = Names { identity: "__Host-flux", renewed: "__Host-flux-renewed" };

/// The cookies of a request.
#[derive(Debug, Clone, Copy)]
pub struct Cookies<'a> {
    /// The `Cookie` header. Empty if there is none.
    pub header: &'a str,
    /// Whether the request came over HTTPS.
    pub is_secure: bool,
}

impl<'a> Cookies<'a> {
    /// The identity that they prove.
    pub fn identity(&self, keys: &Keys) -> Option<Identity> {
        [SECURE, PLAIN].iter().find_map(|names| self.values(names.identity).find_map(|token| keys.verify(token)))
    }

    /// Whether the browser should get the identity again: after a week, or because another key signs now.
    pub fn is_due(&self, keys: &Keys) -> bool {
        let names = self.names();
        let is_current = self.values(names.identity).any(|token| keys.is_current(token));
        !is_current || self.values(names.renewed).next().is_none()
    }

    /// The values of the `Set-Cookie` headers that keep an identity in the browser.
    pub fn set(&self, keys: &Keys, identity: &Identity) -> [String; 2] {
        let Names { identity: name, renewed } = self.names();
        let secure = if self.is_secure { "; Secure" } else { "" };
        let cookie = |name: &str, value: &str, seconds: u32| {
            format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
        };
        [cookie(name, &keys.token(identity), KEPT_SECONDS), cookie(renewed, "1", RENEWED_SECONDS)]
    }

    fn names(&self) -> Names {
        if self.is_secure { SECURE } else { PLAIN }
    }

    fn values(&self, name: &'static str) -> impl Iterator<Item = &'a str> {
        let pairs = self.header.split(';').filter_map(|pair| pair.trim().split_once('='));
        pairs.filter(move |(of, _)| *of == name).map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "0123456789abcdef0123456789abcdef";

    fn plain(header: &str) -> Cookies<'_> {
        Cookies { header, is_secure: false }
    }

    fn secure(header: &str) -> Cookies<'_> {
        Cookies { header, is_secure: true }
    }

    /// The `Cookie` header of a browser that got these cookies.
    fn sent(set: &[String]) -> String {
        set.iter().map(|cookie| cookie.split(';').next().unwrap()).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn an_identity_is_set_again_once_a_week_and_stays_the_same() {
        let keys = Keys::new(SECRET).unwrap();
        let me = Identity::new([7; 16]);
        for (is_secure, name) in [(false, "flux"), (true, "__Host-flux")] {
            let first = Cookies { header: "", is_secure }.set(&keys, &me);
            assert!(first[0].starts_with(&format!("{name}={};", keys.token(&me))), "{first:?}");
            let both = sent(&first);
            let fresh = Cookies { header: &both, is_secure };
            assert_eq!((fresh.identity(&keys), fresh.is_due(&keys)), (Some(me.clone()), false));

            // A week later the browser has dropped the second cookie.
            let later = sent(&first[..1]);
            let later = Cookies { header: &later, is_secure };
            assert!(later.is_due(&keys));
            assert_eq!(later.set(&keys, &later.identity(&keys).unwrap()), first);
        }
    }

    #[test]
    fn cookies_have_the_attributes_that_their_names_demand() {
        let keys = Keys::new(SECRET).unwrap();
        let me = Identity::new([7; 16]);
        // RFC 6265bis §4.1.3.2: `__Host-` needs Secure, Path=/ and no Domain.
        for cookie in secure("").set(&keys, &me) {
            assert!(cookie.starts_with("__Host-") && cookie.ends_with("; HttpOnly; SameSite=Lax; Secure"), "{cookie}");
            assert!(cookie.contains("; Path=/;") && !cookie.contains("Domain"), "{cookie}");
        }
        let [identity, renewed] = plain("").set(&keys, &me);
        assert!(identity.contains("; Max-Age=34560000;") && !identity.contains("Secure"), "{identity}");
        assert!(renewed.contains("; Max-Age=604800;"), "{renewed}");
    }

    #[test]
    fn the_cookie_of_an_earlier_version_is_read_over_https_and_renewed_at_once() {
        let keys = Keys::new(SECRET).unwrap();
        let (me, other) = (Identity::new([7; 16]), Identity::new([8; 16]));
        let old = format!("a=b; flux={}", keys.token(&me));
        let cookies = secure(&old);
        assert_eq!((cookies.identity(&keys), cookies.is_due(&keys)), (Some(me.clone()), true));
        let both = format!("flux={}; __Host-flux={}", keys.token(&other), keys.token(&me));
        assert_eq!(secure(&both).identity(&keys), Some(me.clone()), "the new one counts");
        let broken = format!("__Host-flux=nonsense; flux=nonsense; flux={}", keys.token(&me));
        assert_eq!(secure(&broken).identity(&keys), Some(me));
        assert_eq!(plain("").identity(&keys), None);
    }
}
