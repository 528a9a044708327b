//! The cookie with which a browser keeps who it is: the signed name of a guest, or the signed principal of a session.
//!
//! Browsers keep a cookie for at most 400 days after it was set, so one that is in use is set again once a week, and when another
//! key signs.

use chrono::{DateTime, TimeDelta, Utc};

use crate::key::{Keys, Purpose, Signed};
use crate::principal::{Principal, Via};
use crate::subject::ObjectId;

/// How long a browser keeps the cookie, in seconds: 400 days, the most that browsers accept
/// (draft-ietf-httpbis-rfc6265bis §5.5).
const KEPT_SECONDS: u32 = 400 * 24 * 60 * 60;
/// How long after it was signed it is not set again.
const RENEWED: TimeDelta = TimeDelta::weeks(1);

/// A page without HTTPS cannot have a name with a prefix. Earlier versions used this name with HTTPS, too.
const PLAIN: &str = "flux";
/// Browsers accept this prefix only from the host itself, over HTTPS, for all paths. So neither another subdomain nor a page
/// without HTTPS can replace the identity.
const PREFIX: &str = "__Host-";
const SECURE: &str = "__Host-flux";

/// The cookies of a request.
#[derive(Debug, Clone, Copy)]
pub struct Cookies<'a> {
    /// The `Cookie` header. Empty if there is none.
    pub header: &'a str,
    /// Whether the request came over HTTPS.
    pub is_secure: bool,
}

impl<'a> Cookies<'a> {
    /// The principal that they prove. A cookie that proves nothing does no harm.
    pub fn principal(&self, keys: &Keys, now: DateTime<Utc>) -> Option<Principal> {
        self.read(keys, now).map(|(principal, ..)| principal)
    }

    /// The value of the `Set-Cookie` header that renews the cookie; `None` if it need not be renewed.
    pub fn renewed(&self, keys: &Keys, now: DateTime<Utc>) -> Option<String> {
        let (principal, signed, name) = self.read(keys, now)?;
        let is_fresh = signed.at.is_some_and(|at| now - at < RENEWED);
        let is_due = !is_fresh || !signed.is_current || name != self.name();
        is_due.then(|| self.set(keys, &principal, now))
    }

    /// The value of the `Set-Cookie` header that keeps a principal in the browser.
    pub fn set(&self, keys: &Keys, principal: &Principal, now: DateTime<Utc>) -> String {
        let value = match principal.via {
            Via::Session { .. } => keys.seal(Purpose::Session, principal, now),
            _ => keys.sign(Purpose::Guest, principal.object.name(), now),
        };
        self.header_of(self.name(), &value, KEPT_SECONDS)
    }

    /// The values of the `Set-Cookie` headers that delete what these cookies contain.
    pub fn clear(&self) -> Vec<String> {
        let names = if self.is_secure { &[SECURE, PLAIN][..] } else { &[PLAIN] };
        names.iter().map(|name| self.header_of(name, "", 0)).collect()
    }

    /// The value of the `Set-Cookie` header of a cookie for this site alone, which no script can read.
    pub fn header_of(&self, name: &str, value: &str, seconds: u32) -> String {
        let secure = if self.is_secure { "; Secure" } else { "" };
        format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
    }

    /// The values of the cookies with a name. There can be several.
    pub fn values(&self, name: &str) -> impl Iterator<Item = &'a str> {
        let pairs = self.header.split(';').filter_map(|pair| pair.trim().split_once('='));
        pairs.filter(move |(of, _)| *of == name).map(|(_, value)| value)
    }

    /// The name of another cookie of the service, with the prefix over HTTPS.
    pub fn own_name(&self, name: &str) -> String {
        format!("{}{name}", if self.is_secure { PREFIX } else { "" })
    }

    fn name(&self) -> &'static str {
        if self.is_secure { SECURE } else { PLAIN }
    }

    fn read(&self, keys: &Keys, now: DateTime<Utc>) -> Option<(Principal, Signed, &'static str)> {
        let by = |name: &'static str| {
            let (principal, signed) = self.values(name).find_map(|value| by_cookie(keys, value, now))?;
            Some((principal, signed, name))
        };
        if !self.is_secure {
            return by(PLAIN);
        }
        // Over HTTPS, another subdomain could have set the one without the prefix. Only one that an earlier version has signed is read,
        // which nobody can get any more.
        by(SECURE)
            .or_else(|| by(PLAIN).filter(|(principal, signed, _)| principal.via == Via::Guest && signed.at.is_none()))
    }
}

fn by_cookie(keys: &Keys, value: &str, now: DateTime<Utc>) -> Option<(Principal, Signed)> {
    if let Some(guest) = guest(keys, value, now) {
        return Some(guest);
    }
    keys.open::<Principal>(Purpose::Session, value, now).filter(|(principal, _)| !principal.has_ended(now))
}

/// The guest whose name a token proves.
pub fn guest(keys: &Keys, token: &str, now: DateTime<Utc>) -> Option<(Principal, Signed)> {
    let signed = keys.verify(Purpose::Guest, token, now)?;
    let object = ObjectId::made(&signed.text)?;
    Some((Principal::guest(object), signed))
}

#[cfg(test)]
mod tests {
    use flux_protocol::account::Provider;
    use uuid::Uuid;

    use super::*;
    use crate::subject::Subject;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap()
    }

    fn keys() -> Keys {
        Keys::new("0123456789abcdef0123456789abcdef").unwrap()
    }

    fn me() -> Principal {
        Principal::guest(ObjectId::new([7; 16]))
    }

    fn plain(header: &str) -> Cookies<'_> {
        Cookies { header, is_secure: false }
    }

    fn secure(header: &str) -> Cookies<'_> {
        Cookies { header, is_secure: true }
    }

    /// The `Cookie` header of a browser that got this cookie.
    fn sent(set: &str) -> String {
        set.split(';').next().unwrap().to_owned()
    }

    #[test]
    fn who_somebody_is_stays_the_same_and_is_set_again_once_a_week() {
        let session = Principal::owner(
            Subject::new(Provider::Passkey, "p"),
            ObjectId::new([8; 16]),
            Via::Session { id: Uuid::from_u128(5) },
        );
        for principal in [me(), session] {
            for is_secure in [false, true] {
                let header = sent(&Cookies { header: "", is_secure }.set(&keys(), &principal, now()));
                let cookies = Cookies { header: &header, is_secure };
                assert_eq!(cookies.principal(&keys(), now()), Some(principal.clone()));
                let almost = now() + RENEWED - TimeDelta::seconds(1);
                assert_eq!(cookies.renewed(&keys(), almost), None);
                let later = now() + RENEWED;
                assert_eq!(cookies.renewed(&keys(), later), Some(cookies.set(&keys(), &principal, later)));
            }
        }
    }

    #[test]
    fn cookies_have_the_attributes_that_their_names_demand() {
        // RFC 6265bis §4.1.3.2: `__Host-` needs Secure, Path=/ and no Domain.
        let cookie = secure("").set(&keys(), &me(), now());
        assert!(cookie.starts_with("__Host-flux=") && cookie.ends_with("; HttpOnly; SameSite=Lax; Secure"), "{cookie}");
        assert!(cookie.contains("; Path=/;") && !cookie.contains("Domain"), "{cookie}");
        let cookie = plain("").set(&keys(), &me(), now());
        assert!(cookie.contains("; Max-Age=34560000;") && !cookie.contains("Secure"), "{cookie}");
        assert_eq!(secure("").clear().len(), 2);
        assert!(plain("").clear()[0].starts_with("flux=; Path=/; Max-Age=0;"));
    }

    #[test]
    fn over_https_a_cookie_without_the_prefix_is_read_only_if_an_earlier_version_has_signed_it() {
        let other = Principal::guest(ObjectId::new([8; 16]));
        let value = |principal: &Principal| sent(&plain("").set(&keys(), principal, now())).replace("flux=", "");
        // As earlier versions signed it, without the time.
        let old = "u-07070707070707070707070707070707.";
        let old = format!("{old}{}", keys().mac_of(Purpose::Guest, old.trim_end_matches('.')));
        let header = format!("a=b; flux={old}");
        let cookies = secure(&header);
        assert_eq!(cookies.principal(&keys(), now()), Some(me()));
        assert!(cookies.renewed(&keys(), now()).is_some_and(|set| set.starts_with("__Host-flux=")));
        let both = format!("flux={old}; __Host-flux={}", value(&other));
        assert_eq!(secure(&both).principal(&keys(), now()), Some(other.clone()), "the new one counts");
        let broken = format!("__Host-flux=nonsense; flux=nonsense; flux={old}");
        assert_eq!(secure(&broken).principal(&keys(), now()), Some(me()));
        // Another subdomain can set such a cookie.
        let planted = format!("flux={}", value(&other));
        assert_eq!(secure(&planted).principal(&keys(), now()), None);
        assert_eq!(plain(&planted).principal(&keys(), now()), Some(other));
        assert_eq!(plain("").principal(&keys(), now()), None);
    }
}
