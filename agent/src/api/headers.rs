//! Headers of responses that keep browsers from doing with them what the service does not intend, and the one of requests that says what
//! their body is.

/// Headers of everything that the Worker answers. The page and its files have a policy of their own and otherwise the same ones,
/// from `client/public/_headers`.
pub const HEADERS: [(&str, &str); 7] = [
    // Nothing that a call answers is to be shown as a page, whatever it contains.
    ("Content-Security-Policy", "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    // Only what the page uses: the microphone, for dictation.
    ("Permissions-Policy", "camera=(), display-capture=(), geolocation=(), microphone=(self), payment=(), usb=()"),
    ("Referrer-Policy", "no-referrer"),
    // Two years. Browsers heed it over HTTPS only (RFC 6797 §8.1), so it does not get in the way of a local server.
    ("Strict-Transport-Security", "max-age=63072000"),
    ("X-Content-Type-Options", "nosniff"),
];

/// Whether a body is JSON, by the `Content-Type` of its request (RFC 9110 §8.3).
pub fn is_json(content_type: &str) -> bool {
    content_type.split(';').next().is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
}

/// Where Turnstile's widget and its script come from.
const TURNSTILE: &str = "https://challenges.cloudflare.com";

/// The policy of the page with Turnstile's widget in it
/// (<https://developers.cloudflare.com/turnstile/reference/content-security-policy/>).
pub fn with_turnstile(policy: &str) -> String {
    let script = policy.replacen("script-src ", &format!("script-src {TURNSTILE} "), 1);
    format!("{script}; frame-src {TURNSTILE}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_json_is_json() {
        for json in ["application/json", "Application/JSON; charset=utf-8", " application/json ;x"] {
            assert!(is_json(json), "{json}");
        }
        for other in
            ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonp", "text/json; application/json"]
        {
            assert!(!is_json(other), "{other}");
        }
    }

    #[test]
    fn the_page_and_its_files_have_the_same_headers_but_for_the_policy() {
        let file = include_str!("../../../client/public/_headers");
        for (name, value) in &HEADERS[1..] {
            assert!(file.contains(&format!("\n  {name}: {value}\n")), "{name}");
        }
        let policy = file.lines().find_map(|line| line.trim().strip_prefix("Content-Security-Policy: ")).unwrap();
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{policy}");
        for directive in HEADERS[0].1.split("; ") {
            assert!(policy.contains(directive), "{directive}");
        }
        assert!(!policy.contains("https:") && !policy.contains("frame-src"), "{policy}");
        let wider = with_turnstile(policy);
        let added: Vec<_> =
            wider.split("; ").filter(|directive| !policy.split("; ").any(|it| it == *directive)).collect();
        let script = "script-src https://challenges.cloudflare.com 'self' 'wasm-unsafe-eval'";
        assert_eq!(added, [script, "frame-src https://challenges.cloudflare.com"]);
        assert_eq!(wider.split("; ").count(), policy.split("; ").count() + 1);
    }
}
