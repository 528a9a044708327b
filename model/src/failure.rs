//! Translates the failures of providers (HTTP statuses, error objects, Workers AI codes) into a [`ModelError`].

use serde_json::Value;

use super::ModelError;

/// The longest message of a provider that is shown to a person, in characters.
const MAX_MESSAGE_CHARS: usize = 500;
/// The longest excerpt of something that is not an answer, in characters.
const MAX_EXCERPT_CHARS: usize = 200;

/// The error of an HTTP response whose status is not 2xx.
///
/// `retry_after` is the value of the `Retry-After` header. Only seconds are read; a date counts as missing.
pub fn http_failure(status: u16, retry_after: Option<&str>, body: &[u8]) -> ModelError {
    let text = String::from_utf8_lossy(body);
    let stated = serde_json::from_str(&text).ok().and_then(|value: Value| stated_failure(&value));
    if let Some(code) = stated.as_ref().and_then(|stated| stated.code)
        && let Some(error) = workers_ai_failure(code, &stated_message(stated.as_ref(), &text))
    {
        return with_retry_after(error, retry_after);
    }
    let message = stated_message(stated.as_ref(), &text);
    let words = stated.as_ref().map_or(message.as_str(), |stated| stated.words.as_str());
    with_retry_after(status_failure(status, words, &message), retry_after)
}

/// The error that a Workers AI binding throws, e.g. `AiError: 3040: Capacity temporarily exceeded`.
///
/// The binding gives no status, only a code in its message. Without a known code the request counts as refused.
pub fn binding_failure(message: &str) -> ModelError {
    codes_in(message)
        .find_map(|code| workers_ai_failure(code, message))
        .unwrap_or_else(|| worded_failure(message, message))
}

/// The error in a JSON object of a stream, if there is one: `error`, or the `errors` of the REST envelope.
pub(super) fn failure_in(value: &Value) -> Option<ModelError> {
    let stated = stated_failure(value)?;
    let code = stated.code.unwrap_or(0);
    Some(
        workers_ai_failure(code, &stated.message)
            .or_else(|| status_of(code).map(|status| status_failure(status, &stated.words, &stated.message)))
            .unwrap_or_else(|| worded_failure(&stated.words, &stated.message)),
    )
}

/// The error for a body that is not an answer.
pub(super) fn malformed(what: &str) -> ModelError {
    ModelError::Malformed { what: excerpt(what) }
}

/// `text` on one line, shortened to the length that [`ModelError::Malformed`] allows.
pub(super) fn excerpt(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    shortened(&line, MAX_EXCERPT_CHARS)
}

/// An error as a provider states it.
struct Stated {
    /// HTTP status or Workers AI code.
    code: Option<u64>,
    /// The message for the person.
    message: String,
    /// Everything that names the kind of error, for a guess if there is no code.
    words: String,
}

fn stated_failure(value: &Value) -> Option<Stated> {
    let first = value.get("errors").and_then(|errors| errors.get(0));
    let error = match value.get("error").filter(|error| is_stated(error)).or(first) {
        Some(error) => error,
        // The envelope of the REST API can fail without saying why.
        None if value.get("success") == Some(&Value::Bool(false)) => value,
        None => return None,
    };
    let field = |name: &str| error.get(name).and_then(text_of);
    let message = field("message")
        .or_else(|| text_of(error))
        .or_else(|| error.get("error").and_then(text_of))
        .unwrap_or_else(|| error.to_string());
    let code = ["code", "status", "status_code", "internalCode"]
        .iter()
        .find_map(|name| error.get(*name).and_then(number_of))
        .or_else(|| codes_in(&message).find(|code| is_workers_ai_code(*code)));
    let words = ["type", "code", "status"].iter().filter_map(|name| field(name));
    let words = words.chain([message.clone()]).collect::<Vec<_>>().join(" ");
    Some(Stated { code, message, words })
}

/// Whether a field named `error` says that something failed: it is not null, false or empty.
fn is_stated(error: &Value) -> bool {
    match error {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.trim().is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        _ => true,
    }
}

fn stated_message(stated: Option<&Stated>, body: &str) -> String {
    match stated {
        Some(stated) => stated.message.clone(),
        None if body.trim_start().starts_with('<') => "an HTML page".to_owned(),
        None => body.to_owned(),
    }
}

fn status_failure(status: u16, words: &str, message: &str) -> ModelError {
    match status {
        429 => ModelError::RateLimited { retry_after_ms: None },
        // The request took too long, conflicted with another one, or came too early. A retry can succeed.
        408 | 409 | 425 | 500.. => ModelError::Overloaded,
        _ if matches!(status, 400 | 404 | 410) && says_no_model(words) => no_such_model(message),
        _ => refused(status, message),
    }
}

/// Whether an error is about a model that does not exist, or no longer: `model_not_found` and “The model `x` does not exist” of
/// OpenAI and vLLM, “model 'x' not found” of Ollama and llama.cpp, `model_decommissioned` of Groq.
fn says_no_model(words: &str) -> bool {
    let words = words.to_ascii_lowercase();
    let gone = ["not found", "not_found", "does not exist", "no such", "decommissioned", "deprecated"];
    words.contains("model") && gone.iter().any(|gone| words.contains(gone))
}

/// Codes of <https://developers.cloudflare.com/workers-ai/platform/errors/>.
fn workers_ai_failure(code: u64, message: &str) -> Option<ModelError> {
    let status = match code {
        // Timeout, aborted, out of capacity.
        3007 | 3008 | 3040 => return Some(ModelError::Overloaded),
        // The free allocation of the day is used up. A retry does not help, and the message says what does.
        3036 => 429,
        // No such model, and an invalid name of a model.
        5007 | 3042 => return Some(no_such_model(message)),
        3003 | 3039 | 5004 | 5006 => 400,
        3023 | 3041 | 5016 | 5018 => 403,
        5005 | 5019 => 405,
        3006 => 413,
        _ => return None,
    };
    Some(refused(status, message))
}

fn is_workers_ai_code(code: u64) -> bool {
    workers_ai_failure(code, "").is_some()
}

/// A guess from the words of an error without a code.
fn worded_failure(words: &str, message: &str) -> ModelError {
    let words = words.to_ascii_lowercase();
    let says = |any: &[&str]| any.iter().any(|word| words.contains(word));
    if says(&["rate limit", "rate_limit", "ratelimit", "too many requests"]) {
        return ModelError::RateLimited { retry_after_ms: None };
    }
    let busy = ["capacity", "overloaded", "server_error", "unavailable", "timeout", "timed out"];
    if says(&busy) || says(&["internal error", "internal server error"]) {
        return ModelError::Overloaded;
    }
    if says_no_model(&words) { no_such_model(message) } else { refused(0, message) }
}

fn with_retry_after(error: ModelError, retry_after: Option<&str>) -> ModelError {
    match (error, retry_after.and_then(milliseconds)) {
        // A provider that says when to retry is limiting the rate, even with a 503.
        (ModelError::RateLimited { .. } | ModelError::Overloaded, asked @ Some(_)) => {
            ModelError::RateLimited { retry_after_ms: asked }
        }
        (error, _) => error,
    }
}

/// Seconds, possibly with a fraction, as milliseconds.
fn milliseconds(seconds: &str) -> Option<u64> {
    let (whole, fraction) = seconds.trim().split_once('.').unwrap_or((seconds.trim(), ""));
    let thousandths: String = fraction.chars().chain("000".chars()).take(3).collect();
    whole.parse::<u64>().ok()?.checked_mul(1_000)?.checked_add(thousandths.parse().ok()?)
}

fn refused(status: u16, message: &str) -> ModelError {
    ModelError::Refused { status, message: shown(message) }
}

fn no_such_model(message: &str) -> ModelError {
    ModelError::NoSuchModel { message: shown(message) }
}

/// A provider's message as it is shown to a person.
fn shown(message: &str) -> String {
    let line = message.split_whitespace().collect::<Vec<_>>().join(" ");
    let message = if line.is_empty() { "no reason given" } else { &line };
    shortened(message, MAX_MESSAGE_CHARS)
}

fn status_of(code: u64) -> Option<u16> {
    u16::try_from(code).ok().filter(|code| (400..600).contains(code))
}

/// Numbers of three to five digits before a colon, as in `InferenceUpstreamError: 3040: …`.
fn codes_in(message: &str) -> impl Iterator<Item = u64> {
    message.split(':').filter_map(|part| {
        let digits = part.split_whitespace().next_back()?;
        (3..=5).contains(&digits.len()).then(|| digits.parse().ok()).flatten()
    })
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn number_of(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())
}

fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn refused(status: u16, message: &str) -> ModelError {
        ModelError::Refused { status, message: message.to_owned() }
    }

    #[test]
    fn http_429_is_a_rate_limit_with_its_retry_after() {
        let limited = |retry_after_ms| ModelError::RateLimited { retry_after_ms };
        assert_eq!(http_failure(429, Some("7"), b""), limited(Some(7000)));
        assert_eq!(http_failure(429, Some(" 1.5 "), b"{}"), limited(Some(1500)));
        for unreadable in [None, Some("Wed, 21 Oct 2026 07:28:00 GMT"), Some("-1"), Some("NaN")] {
            assert_eq!(http_failure(429, unreadable, b"slow down"), limited(None));
        }
        assert_eq!(http_failure(503, Some("2"), b""), limited(Some(2000)));
    }

    #[test]
    fn http_5xx_is_capacity_and_4xx_a_refusal_in_the_providers_words() {
        assert_eq!(http_failure(500, None, b"<html>"), ModelError::Overloaded);
        assert_eq!(http_failure(529, None, b""), ModelError::Overloaded);
        let body = br#"{"error":{"message":"Incorrect API key","type":"invalid_request_error"}}"#;
        assert_eq!(http_failure(401, None, body), refused(401, "Incorrect API key"));
        assert_eq!(http_failure(404, None, b"{\"error\":\"page not found\"}"), refused(404, "page not found"));
        assert_eq!(http_failure(403, None, b"<!doctype html><p>x"), refused(403, "an HTML page"));
        assert_eq!(http_failure(400, None, b" "), refused(400, "no reason given"));
    }

    #[test]
    fn a_workers_ai_code_decides_over_the_status() {
        let body = br#"{"success":false,"errors":[{"code":3040,"message":"Capacity temporarily exceeded"}]}"#;
        assert_eq!(http_failure(400, None, body), ModelError::Overloaded);
        let body = br#"{"errors":[{"code":3036,"message":"daily free allocation used"}]}"#;
        assert_eq!(http_failure(429, None, body), refused(429, "daily free allocation used"));
    }

    #[test]
    fn errors_of_the_binding_are_recognised_by_their_code() {
        for said in [
            "3040: Capacity temporarily exceeded, please try again.",
            "InferenceUpstreamError: 3040: out of capacity",
            "AiError: AiError: out of capacity",
        ] {
            assert_eq!(binding_failure(said), ModelError::Overloaded, "{said}");
        }
        assert_eq!(binding_failure("boom"), refused(0, "boom"));
    }

    #[test]
    fn a_model_that_the_provider_does_not_have_is_told_apart_and_the_setting_is_named() {
        for (status, body) in [
            (404, r#"{"error":"model not found"}"#),
            (404, r#"{"error":{"message":"model 'llama9' not found","type":"api_error","param":null,"code":null}}"#),
            (404, r#"{"error":{"message":"The model `gpt-2` has gone","code":"model_not_found"}}"#),
            (404, r#"{"object":"error","message":"The model `x` does not exist.","code":404}"#),
            (400, r#"{"error":{"message":"The model `x` has gone","code":"model_decommissioned"}}"#),
            (400, r#"{"success":false,"errors":[{"code":5007,"message":"No such model @cf/x or task"}]}"#),
            (404, r#"{"success":false,"errors":[{"code":3042,"message":"Not found"}]}"#),
        ] {
            let error = http_failure(status, None, body.as_bytes());
            assert!(matches!(error, ModelError::NoSuchModel { .. }), "{body}: {error:?}");
        }
        let binding = binding_failure("AiError: 5007: No such model @cf/x or task");
        assert_eq!(
            binding.to_string(),
            "The model's provider does not have the model: AiError: 5007: No such model @cf/x or task. Set MODEL_NAME in \
             wrangler.toml to a model that it has, or leave it empty for the default. What was done before is kept."
        );
        assert!(!binding.may_pass());
        for other in [r#"{"error":"tool not found"}"#, "<html>model not found</html>"] {
            assert!(matches!(http_failure(404, None, other.as_bytes()), ModelError::Refused { .. }), "{other}");
        }
    }

    #[test]
    fn errors_in_the_stream_are_typed() {
        let cases = [
            (json!({"error": {"message": "m", "code": 429}}), ModelError::RateLimited { retry_after_ms: None }),
            (
                json!({"error": {"message": "m", "code": "rate_limit_exceeded"}}),
                ModelError::RateLimited { retry_after_ms: None },
            ),
            (json!({"error": {"message": "m", "type": "server_error"}}), ModelError::Overloaded),
            (json!({"error": "3040: Capacity"}), ModelError::Overloaded),
            (json!({"errors": [{"code": 3040, "message": "m"}]}), ModelError::Overloaded),
            (json!({"error": {"message": "too long", "code": 400}}), refused(400, "too long")),
            (json!({"error": "no"}), refused(0, "no")),
        ];
        for (value, expected) in cases {
            assert_eq!(failure_in(&value), Some(expected), "{value}");
        }
        for fine in
            [json!({}), json!({"error": null}), json!({"error": ""}), json!({"errors": []}), json!({"error": {}})]
        {
            assert_eq!(failure_in(&fine), None, "{fine}");
        }
    }

    #[test]
    fn texts_of_a_provider_are_shortened() {
        let ModelError::Refused { message, .. } = http_failure(400, None, "ø".repeat(2000).as_bytes()) else {
            panic!("not refused")
        };
        assert_eq!(message.chars().count(), 500);
        assert_eq!(excerpt(&"a b\n".repeat(500)).chars().count(), 200);
    }
}
