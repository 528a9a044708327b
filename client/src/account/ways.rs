//! Which ways to sign in a browser has. Pure.

use flux_protocol::account::{Provider, SignInOptions};

/// The ways to sign in here, with this browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ways {
    /// Whether passkeys can be made and used.
    pub has_passkeys: bool,
    /// Whether the service offers passkeys, and this browser cannot use them.
    pub lacks_passkeys: bool,
    /// The name of the provider of OpenID Connect, if one is offered.
    pub oidc: Option<String>,
    /// Whether the page can be used without signing in.
    pub has_guests: bool,
}

impl Ways {
    /// What the service offers, to a browser that can use passkeys or cannot.
    pub fn new(options: &SignInOptions, can_use_passkeys: bool) -> Self {
        let offers = |provider| options.providers.contains(&provider);
        let offers_passkeys = offers(Provider::Passkey);
        Self {
            has_passkeys: offers_passkeys && can_use_passkeys,
            lacks_passkeys: offers_passkeys && !can_use_passkeys,
            oidc: options.oidc_name.clone().filter(|_| offers(Provider::Oidc)),
            has_guests: offers(Provider::Guest),
        }
    }

    /// Whether there is any.
    pub const fn has_any(&self) -> bool {
        self.has_passkeys || self.oidc.is_some()
    }

    /// What a person is told who cannot sign in, or not in every way that the service offers.
    pub const fn shortcoming(&self) -> Option<&'static str> {
        match (self.has_any(), self.lacks_passkeys) {
            (true, _) => None,
            (false, true) => Some("This browser cannot use passkeys, and there is no other way to sign in here."),
            (false, false) => Some("This service offers no way to sign in."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(providers: &[Provider]) -> SignInOptions {
        SignInOptions {
            providers: providers.to_vec(),
            oidc_name: Some("Acme".to_owned()),
            known_by: None,
            turnstile: None,
        }
    }

    #[test]
    fn a_browser_without_passkeys_is_not_offered_them() {
        let both = options(&[Provider::Guest, Provider::Passkey, Provider::Oidc]);
        let ways = Ways::new(&both, true);
        assert!(ways.has_passkeys && ways.has_guests && ways.oidc.as_deref() == Some("Acme"));
        let ways = Ways::new(&both, false);
        assert!(!ways.has_passkeys && ways.has_any() && ways.shortcoming().is_none());
        let ways = Ways::new(&options(&[Provider::Passkey]), false);
        assert!(ways.shortcoming().is_some_and(|sentence| sentence.starts_with("This browser cannot use passkeys")));
    }

    #[test]
    fn the_name_of_a_provider_that_is_not_offered_is_ignored() {
        let ways = Ways::new(&options(&[Provider::Guest]), true);
        assert_eq!((ways.oidc.clone(), ways.has_any()), (None, false));
        assert!(ways.shortcoming().is_some_and(|sentence| sentence.starts_with("This service")));
    }
}
