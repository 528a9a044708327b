//! What the address of the page says after a sign-in, which ends with loading the page again. Pure.

use flux_protocol::account::{Ceremony, Provider, SignedIn};

/// How a sign-in ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The person is signed in.
    Done,
    /// The person was signed in, and has another passkey now.
    Added,
    /// The person is signed in, and chooses between two timelines.
    Choose,
    /// Nothing was changed.
    Failed,
}

impl Outcome {
    /// Reads the query of an address, such as `?sign-in=done`.
    pub fn of(query: &str) -> Option<Self> {
        let mut fields = query.trim_start_matches('?').split('&');
        match fields.find_map(|field| field.strip_prefix("sign-in="))? {
            "done" => Some(Self::Done),
            "added" => Some(Self::Added),
            "choose" => Some(Self::Choose),
            "failed" => Some(Self::Failed),
            _ => None,
        }
    }

    /// The address to load after a passkey was made or used. `is_known` is whether the person was signed in before.
    pub fn address(purpose: Ceremony, is_known: bool, signed_in: SignedIn) -> &'static str {
        match (signed_in.has_choice, purpose == Ceremony::Register && is_known) {
            (true, _) => "/?sign-in=choose",
            (false, true) => "/?sign-in=added",
            (false, false) => "/?sign-in=done",
        }
    }

    /// Whether it can be true. Anybody can write an address, and the service says how the person is known.
    pub fn is_credible(self, known_by: Option<Provider>) -> bool {
        match self {
            Self::Done | Self::Added => known_by.is_some_and(|provider| provider != Provider::Guest),
            Self::Choose | Self::Failed => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_says_how_a_sign_in_ended() {
        let cases = [
            ("?sign-in=done", Some(Outcome::Done)),
            ("?sign-in=added", Some(Outcome::Added)),
            ("?sign-in=choose", Some(Outcome::Choose)),
            ("?a=b&sign-in=failed", Some(Outcome::Failed)),
            ("?sign-in=else", None),
            ("?not-sign-in=done", None),
            ("?", None),
            ("", None),
        ];
        for (query, outcome) in cases {
            assert_eq!(Outcome::of(query), outcome, "{query}");
        }
    }

    #[test]
    fn the_address_after_a_sign_in_is_read_as_its_outcome() {
        let cases = [
            (Ceremony::SignIn, false, false, Outcome::Done),
            (Ceremony::SignIn, true, false, Outcome::Done),
            (Ceremony::Register, false, false, Outcome::Done),
            (Ceremony::Register, true, false, Outcome::Added),
            (Ceremony::SignIn, false, true, Outcome::Choose),
        ];
        for (purpose, is_known, has_choice, outcome) in cases {
            let address = Outcome::address(purpose, is_known, SignedIn { has_choice });
            assert_eq!(Outcome::of(address.trim_start_matches('/')), Some(outcome));
        }
    }

    #[test]
    fn nobody_is_signed_in_because_an_address_says_so() {
        for outcome in [Outcome::Done, Outcome::Added] {
            assert!(outcome.is_credible(Some(Provider::Passkey)));
            assert!(!outcome.is_credible(Some(Provider::Guest)) && !outcome.is_credible(None));
        }
        assert!(Outcome::Failed.is_credible(None));
    }
}
