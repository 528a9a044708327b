//! Which pages of other origins may use the service in a browser (<https://fetch.spec.whatwg.org/#http-cors-protocol>). None may, unless the
//! deployment lists their origins. They need a token: cookies are those of whoever uses the browser, so a request that has nothing else is
//! refused.

/// The variable with the origins, separated by blanks: `https://app.example.com`.
pub const ORIGINS: &str = "CORS_ORIGINS";

/// How long a browser may keep the answer to a preflight, in seconds.
const KEPT_S: &str = "600";

/// Whether a list of origins has this one. Origins are compared as they are written (RFC 6454 §6.2).
pub fn allows(origins: &str, origin: &str) -> bool {
    origins.split_whitespace().any(|allowed| allowed == origin)
}

/// The headers of a response to a page of an allowed origin.
pub fn headers(origin: &str) -> [(&'static str, &str); 3] {
    [
        ("Access-Control-Allow-Origin", origin),
        // How long to wait after a limit.
        ("Access-Control-Expose-Headers", "Retry-After"),
        ("Vary", "Origin"),
    ]
}

/// The further headers of the answer to a preflight.
pub const PREFLIGHT: [(&str, &str); 3] = [
    ("Access-Control-Allow-Methods", "GET, HEAD, POST, DELETE"),
    ("Access-Control-Allow-Headers", "Authorization, Content-Type, Traceparent"),
    ("Access-Control-Max-Age", KEPT_S),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_listed_origins_are_allowed() {
        let list = "https://app.example.com  http://localhost:3000";
        for origin in ["https://app.example.com", "http://localhost:3000"] {
            assert!(allows(list, origin), "{origin}");
        }
        for origin in
            ["", "null", "*", "https://example.com", "http://app.example.com", "https://app.example.com.evil.test"]
        {
            assert!(!allows(list, origin), "{origin}");
        }
        assert!(!allows("", "https://app.example.com"));
    }
}
