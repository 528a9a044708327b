//! What the address of the page says after a sign-in, which ends with loading the page again. Pure.

use flux_protocol::account::SignedIn;

/// How a sign-in ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The person is signed in.
    Done,
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
            "choose" => Some(Self::Choose),
            "failed" => Some(Self::Failed),
            _ => None,
        }
    }

    /// The address to load after a sign-in.
    pub const fn address(signed_in: SignedIn) -> &'static str {
        if signed_in.has_choice { "/?sign-in=choose" } else { "/?sign-in=done" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_says_how_a_sign_in_ended() {
        let cases = [
            ("?sign-in=done", Some(Outcome::Done)),
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
        for (has_choice, outcome) in [(false, Outcome::Done), (true, Outcome::Choose)] {
            let address = Outcome::address(SignedIn { has_choice });
            assert_eq!(Outcome::of(address.trim_start_matches('/')), Some(outcome));
        }
    }
}
