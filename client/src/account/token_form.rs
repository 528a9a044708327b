//! The fields of a new access token. Pure.

use flux_protocol::account::{NewToken, Scope};

/// What a token can allow, and how its checkbox is called. The first is always allowed.
pub const SCOPES: [(Scope, &str); 3] = [
    (Scope::Read, "Read the timeline and the conversation"),
    (Scope::Write, "Change the timeline and the settings"),
    (Scope::Chat, "Talk to the assistant"),
];

/// After how many days a token can end, and how that is called.
pub const LIFETIMES: [(&str, &str); 4] = [("30", "30 days"), ("90", "90 days"), ("365", "1 year"), (NEVER, "Never")];

const NEVER: &str = "never";

/// The values of the fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenForm {
    /// The name.
    pub name: String,
    /// What is allowed, in the order of [`SCOPES`].
    pub allows: [bool; 3],
    /// After how many days it ends, or `never`.
    pub lifetime: String,
}

impl Default for TokenForm {
    fn default() -> Self {
        Self { name: String::new(), allows: [true, false, false], lifetime: "90".to_owned() }
    }
}

impl TokenForm {
    /// What to ask the service for.
    ///
    /// # Errors
    /// A sentence for the user.
    pub fn new_token(&self) -> Result<NewToken, &'static str> {
        let name = self.name.trim();
        if name.is_empty() {
            return Err("Give the token a name, so that you know it again.");
        }
        let scopes: Vec<Scope> = SCOPES
            .iter()
            .zip(self.allows)
            .filter(|(_, is_allowed)| *is_allowed)
            .map(|((scope, _), _)| *scope)
            .collect();
        // Everything but a number is `never`.
        Ok(NewToken { name: name.to_owned(), scopes, days: self.lifetime.parse().ok() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_needs_a_name_and_can_always_read() {
        let form = TokenForm { name: " Backup ".to_owned(), ..TokenForm::default() };
        let token = NewToken { name: "Backup".to_owned(), scopes: vec![Scope::Read], days: Some(90) };
        assert_eq!(form.new_token(), Ok(token));
        let all = TokenForm { allows: [true; 3], lifetime: NEVER.to_owned(), ..form.clone() }.new_token().unwrap();
        assert_eq!((all.scopes.as_slice(), all.days), ([Scope::Read, Scope::Write, Scope::Chat].as_slice(), None));
        assert!(TokenForm { name: " ".to_owned(), ..form }.new_token().is_err());
        assert_eq!((SCOPES[0].0, TokenForm::default().allows[0]), (Scope::Read, true));
    }

    #[test]
    fn every_lifetime_but_never_is_a_number_of_days() {
        for (lifetime, _) in LIFETIMES {
            assert_eq!(lifetime.parse::<u32>().is_err(), lifetime == NEVER);
        }
        assert!(LIFETIMES.iter().any(|(lifetime, _)| *lifetime == TokenForm::default().lifetime));
    }
}
