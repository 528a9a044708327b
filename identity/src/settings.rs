//! The providers that a deployment offers, as `wrangler.toml` sets them.

use flux_protocol::account::Provider;

use crate::subject::{Subject, provider};

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
        Ok(Self { all, access, oidc })
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
    let local = ["http://localhost", "http://127.0.0.1"];
    let is_local =
        |start: &&str| url.strip_prefix(*start).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/']));
    url.starts_with("https://") || local.iter().any(is_local)
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
}
