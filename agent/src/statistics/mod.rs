//! The figures of the whole deployment. Isolates share no memory, so each adds up its own and reports them from time to time to one
//! object, which keeps the sums.
//!
//! | module | contents |
//! | --- | --- |
//! | [`budget`] | the tokens that all people together may use in a day |
//! | [`request`] | what the object is asked, and its answers |
//! | [`store`] | its database |

pub mod budget;
pub mod request;
pub mod store;

use flux_identity::access_token::hash;
use flux_identity::bearer;

/// Whether a header `Authorization` has the token with which the figures can be read. The hashes are compared: how long that takes says
/// nothing about the token.
pub fn may_read(authorization: &str, token: &str) -> bool {
    let token = token.trim();
    !token.is_empty() && bearer(authorization).is_some_and(|given| hash(given) == hash(token))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_token_may_read() {
        for header in ["Bearer secret", "bearer  secret "] {
            assert!(may_read(header, "secret"), "{header}");
        }
        for header in
            ["", "secret", "Bearer", "Bearer ", "Bearer secre", "Bearer secrets", "Bearer Secret", "Basic secret"]
        {
            assert!(!may_read(header, "secret"), "{header}");
        }
        assert!(!may_read("Bearer ", " "), "no token is none");
    }
}
