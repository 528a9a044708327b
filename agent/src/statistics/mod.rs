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

/// Whether a header `Authorization` has the token with which the figures can be read. The comparison takes the same time whatever the
/// header contains, except for its length.
pub fn may_read(authorization: &str, token: &str) -> bool {
    let Some((scheme, given)) = authorization.split_once(' ') else { return false };
    let (given, token) = (given.trim().as_bytes(), token.trim().as_bytes());
    let pairs = given.iter().zip(token);
    let difference = pairs.fold(0, |difference, (one, other)| std::hint::black_box(difference | (one ^ other)));
    // RFC 9110 §11.1: the scheme is not case-sensitive.
    scheme.eq_ignore_ascii_case("bearer") && given.len() == token.len() && !token.is_empty() && difference == 0
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
