//! The providers that a deployment offers, as `wrangler.toml` sets them.

use flux_protocol::account::Provider;

use crate::subject::{Subject, provider};

/// Where Cloudflare says what a token of Turnstile is worth.
const SITEVERIFY: &str = "https://challenges.cloudflare.com/turnstile/v0/siteverify";

/// Looks up a variable. `None` when it is missing or empty.
pub type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The providers that a deployment offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Providers {
    /// All of them, in the order of the setting.
    pub all: Vec<Provider>,
    /// Cloudflare Access, if it is one of them.
    pub access: Option<Access>,
    /// The provider of OpenID Connect, if there is one.
    pub oidc: Option<Oidc>,
    /// The check that new guests pass, if there is one.
    pub turnstile: Option<Turnstile>,
}

/// Cloudflare Access in front of the deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// The address of the team, such as `https://example.cloudflareaccess.com`, which makes the assertions.
    pub issuer: String,
    /// The audience tag of the application.
    pub audience: String,
}

/// A provider of OpenID Connect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Oidc {
    /// Its address, exactly as it calls itself.
    pub issuer: String,
    /// By which name it knows this deployment.
    pub client_id: String,
    /// The secret that it shares with it; `None` for a public client.
    pub client_secret: Option<String>,
    /// The name by which people know it.
    pub name: String,
}

/// Cloudflare Turnstile, which checks that new guests are people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turnstile {
    /// The public key, for the widget on the page.
    pub site_key: String,
    /// The secret, with which the service asks what a token of the widget is worth.
    pub secret: String,
    /// The address that it asks.
    pub siteverify: String,
}

impl Turnstile {
    /// Reads the check from variables. `None` if the deployment has none.
    fn from_lookup(lookup: Lookup) -> Result<Option<Self>, String> {
        let (site_key, secret) = match (lookup("TURNSTILE_SITE_KEY"), lookup("TURNSTILE_SECRET")) {
            (Some(site_key), Some(secret)) => (site_key, secret),
            (None, None) => return Ok(None),
            (Some(_), None) => return Err(lonely("TURNSTILE_SECRET", "TURNSTILE_SITE_KEY")),
            (None, Some(_)) => return Err(lonely("TURNSTILE_SITE_KEY", "TURNSTILE_SECRET")),
        };
        let siteverify = match lookup("TURNSTILE_SITEVERIFY") {
            None => SITEVERIFY.to_owned(),
            Some(url) if is_local(&url) => url,
            Some(url) => {
                return Err(format!("TURNSTILE_SITEVERIFY is {url:?}; it is for tests, and must be on this computer."));
            }
        };
        Ok(Some(Self { site_key, secret, siteverify }))
    }
}

fn lonely(missing: &str, other: &str) -> String {
    format!("{missing} is not set, but {other} is. Turnstile needs both; remove {other} to have no check.")
}

impl Providers {
    /// Reads the providers from variables. Without `IDENTITY_PROVIDERS`, everybody is a guest.
    ///
    /// # Errors
    /// A sentence about the first variable that cannot be used.
    pub fn from_lookup(lookup: Lookup) -> Result<Self, String> {
        let names = lookup("IDENTITY_PROVIDERS").unwrap_or_else(|| "guest".to_owned());
        let read = |name: &str| {
            provider(name).ok_or_else(|| {
                format!("IDENTITY_PROVIDERS contains {name:?}; it may contain \"guest\", \"passkey\", \"oidc\" and \"access\".")
            })
        };
        let names = names.split([' ', ',']).filter(|name| !name.is_empty());
        let all = names.map(read).collect::<Result<Vec<_>, _>>()?;
        let needed = |name: &str, by: &str| {
            lookup(name).ok_or_else(|| format!("{name} is not set, but IDENTITY_PROVIDERS contains \"{by}\"."))
        };
        let issuer_in = |name: &str, by: &str| {
            let issuer = needed(name, by)?;
            let error = || format!("{name} is {issuer:?}; it must begin with https://.");
            if is_safe(&issuer) { Ok(issuer) } else { Err(error()) }
        };
        let access = || {
            let issuer = issuer_in("ACCESS_ISSUER", "access")?.trim_end_matches('/').to_owned();
            Ok::<_, String>(Access { issuer, audience: needed("ACCESS_AUDIENCE", "access")? })
        };
        let oidc = || {
            Ok::<_, String>(Oidc {
                issuer: issuer_in("OIDC_ISSUER", "oidc")?,
                client_id: needed("OIDC_CLIENT_ID", "oidc")?,
                client_secret: lookup("OIDC_CLIENT_SECRET"),
                name: lookup("OIDC_NAME").unwrap_or_else(|| "your account".to_owned()),
            })
        };
        let access = all.contains(&Provider::Access).then(access).transpose()?;
        let oidc = all.contains(&Provider::Oidc).then(oidc).transpose()?;
        // Where there are no guests, nobody has to pass the check.
        let turnstile = Turnstile::from_lookup(lookup)?.filter(|_| all.contains(&Provider::Guest));
        Ok(Self { all, access, oidc, turnstile })
    }

    /// Whether a subject is one of a provider that is offered: not of one that the deployment had before.
    pub fn knows(&self, subject: &Subject) -> bool {
        match subject.provider {
            Provider::Guest | Provider::Passkey => self.has(subject.provider),
            Provider::Access => self.access.as_ref().is_some_and(|access| subject.is_of_issuer(&access.issuer)),
            Provider::Oidc => self.oidc.as_ref().is_some_and(|oidc| subject.is_of_issuer(&oidc.issuer)),
        }
    }

    /// Whether a provider is one of them.
    pub fn has(&self, provider: Provider) -> bool {
        self.all.contains(&provider)
    }
}

/// Whether nobody on the way can read or change what is sent to an address: over HTTPS, or on this computer.
pub(crate) fn is_safe(url: &str) -> bool {
    url.starts_with("https://") || is_local(url)
}

/// Whether an address is on this computer.
fn is_local(url: &str) -> bool {
    let local = ["http://localhost", "http://127.0.0.1"];
    let is_of =
        |start: &&str| url.strip_prefix(*start).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/']));
    local.iter().any(is_of)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(vars: &[(&str, &str)]) -> Result<Providers, String> {
        let of = |name: &str| vars.iter().find(|(of, _)| *of == name).map(|(_, value)| (*value).to_owned());
        Providers::from_lookup(&of)
    }

    #[test]
    fn guests_are_the_default_and_others_need_their_settings() {
        assert_eq!(read(&[]).map(|providers| providers.all), Ok(vec![Provider::Guest]));
        let several = read(&[
            ("IDENTITY_PROVIDERS", "passkey, oidc access"),
            ("OIDC_ISSUER", "https://issuer.example"),
            ("OIDC_CLIENT_ID", "flux"),
            ("ACCESS_ISSUER", "https://team.cloudflareaccess.com/"),
            ("ACCESS_AUDIENCE", "tag"),
        ])
        .unwrap();
        assert_eq!(several.all, [Provider::Passkey, Provider::Oidc, Provider::Access]);
        assert!(!several.has(Provider::Guest));
        let subject = |provider, id| Subject::new(provider, id);
        for (known, subject) in [
            (true, subject(Provider::Passkey, "p")),
            (true, subject(Provider::Oidc, "https://issuer.example#1")),
            (false, subject(Provider::Oidc, "https://issuer.example.evil#1")),
            (false, subject(Provider::Oidc, "https://former.example#1")),
            (true, subject(Provider::Access, "https://team.cloudflareaccess.com#1")),
            (false, subject(Provider::Guest, "u-1")),
        ] {
            assert_eq!(several.knows(&subject), known, "{subject}");
        }
        assert_eq!(several.access.map(|access| access.issuer), Some("https://team.cloudflareaccess.com".to_owned()));
        assert_eq!(several.oidc.map(|oidc| oidc.client_id), Some("flux".to_owned()));
        for (vars, wrong) in [
            ([("IDENTITY_PROVIDERS", "guest google"), ("", "")], "\"google\""),
            ([("IDENTITY_PROVIDERS", "oidc"), ("OIDC_ISSUER", "https://issuer.example")], "OIDC_CLIENT_ID"),
            ([("IDENTITY_PROVIDERS", "access"), ("ACCESS_AUDIENCE", "tag")], "ACCESS_ISSUER"),
            ([("IDENTITY_PROVIDERS", "oidc"), ("OIDC_ISSUER", "http://issuer.example")], "https://"),
            ([("IDENTITY_PROVIDERS", "oidc"), ("OIDC_ISSUER", "http://localhost.evil.example")], "https://"),
        ] {
            let error = read(&vars).unwrap_err();
            assert!(error.contains(wrong), "{error}");
        }
    }

    #[test]
    fn turnstile_is_on_with_both_of_its_variables_and_off_without_both() {
        let both = [("TURNSTILE_SITE_KEY", "0x4"), ("TURNSTILE_SECRET", "s")];
        assert_eq!(read(&[]).unwrap().turnstile, None);
        let on = read(&both).unwrap().turnstile.unwrap();
        assert_eq!((on.site_key.as_str(), on.secret.as_str(), on.siteverify.as_str()), ("0x4", "s", SITEVERIFY));
        let without_guests = [&both[..], &[("IDENTITY_PROVIDERS", "passkey")]].concat();
        assert_eq!(read(&without_guests).unwrap().turnstile, None);
        for (set, missing) in [(both[0], both[1].0), (both[1], both[0].0)] {
            let error = read(&[set]).unwrap_err();
            assert!(error.starts_with(&format!("{missing} is not set, but {} is.", set.0)), "{error}");
        }
        let asking = |url| read(&[&both[..], &[("TURNSTILE_SITEVERIFY", url)]].concat());
        let local = "http://127.0.0.1:9999/siteverify";
        assert_eq!(asking(local).unwrap().turnstile.unwrap().siteverify, local);
        for url in ["https://evil.example/siteverify", "http://localhost.evil.example", "siteverify"] {
            assert!(asking(url).unwrap_err().contains("TURNSTILE_SITEVERIFY"), "{url}");
        }
    }
}
