//! The check that a new guest is a person: Cloudflare Turnstile's widget gives the page a token, and Cloudflare says what it is worth
//! (<https://developers.cloudflare.com/turnstile/get-started/server-side-validation/>).
//!
//! Cloudflare accepts a token once, within 300 seconds after it was made. Whatever it does not accept makes nothing.

use flux_protocol::account::{NewGuest, TURNSTILE_ACTION};
use serde_json::Value;

use crate::exchange::{Body, Refused, Request, Response};
use crate::key::Keys;
use crate::platform::{Platform, Question};
use crate::principal::Principal;
use crate::settings::{Providers, Turnstile};
use crate::subject::ObjectId;

/// Longest token, in characters.
const TOKEN_CHARS: usize = 2_048;

/// Why a check was not passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CheckError {
    /// What was sent is no token.
    Token,
    /// The token is too old, or was used before.
    Used,
    /// Cloudflare does not accept it.
    Refused,
    /// It was made on another site, or for something else.
    Foreign,
    /// Cloudflare does not know the deployment's secret.
    Secret,
    /// Cloudflare does not answer, or not as it should.
    Unreachable,
}

impl From<CheckError> for Refused {
    fn from(error: CheckError) -> Self {
        const AGAIN: &str = "The check was not passed. Nothing was made; try again.";
        const OLD: &str = "The check was too long ago, or was used already. Nothing was made; try again.";
        const LATER: &str = "The check cannot be done at the moment. Nothing was made; try again in a minute.";
        match error {
            CheckError::Token => Self::new(422, AGAIN, "check-token"),
            CheckError::Used => Self::new(403, OLD, "check-used"),
            CheckError::Refused => Self::new(403, AGAIN, "check-refused"),
            CheckError::Foreign => Self::new(403, AGAIN, "check-foreign"),
            CheckError::Secret => Self::new(503, LATER, "check-secret"),
            CheckError::Unreachable => Self::new(503, LATER, "check-unreachable"),
        }
    }
}

/// Makes a browser a new guest, unless it is somebody already. The cookie proves that the check was passed, so it is given only after it.
///
/// # Errors
/// What the person reads if there is no check here, or it was not passed.
pub(crate) async fn begin(
    platform: &dyn Platform,
    keys: &Keys,
    offered: &Providers,
    request: &Request,
    by: Option<Principal>,
) -> Result<Response, Refused> {
    let none = || Refused::new(404, "New guests pass no check here: load the page.", "not-offered");
    let turnstile = offered.turnstile.as_ref().ok_or_else(none)?;
    let response = Response::new(204, Body::Empty);
    // In another tab, the person was faster.
    if by.is_some() {
        return Ok(response);
    }
    let NewGuest { token } = request.json()?;
    check(platform, turnstile, request, token).await?;
    let guest = Principal::guest(ObjectId::new(platform.random().into_bytes()));
    Ok(response.with_cookie(request.presented.cookies().set(keys, &guest, platform.now())))
}

/// Asks Cloudflare whether the token proves that a person uses the page at the request's host.
///
/// # Errors
/// [`CheckError`].
async fn check(
    platform: &dyn Platform,
    turnstile: &Turnstile,
    request: &Request,
    token: String,
) -> Result<(), CheckError> {
    if token.is_empty() || token.chars().count() > TOKEN_CHARS {
        return Err(CheckError::Token);
    }
    let mut form = vec![
        ("secret", turnstile.secret.clone()),
        ("response", token),
        // The same for both attempts: an answer that was lost on the way must not spend the token.
        ("idempotency_key", platform.random().to_string()),
    ];
    form.extend(request.address.clone().map(|address| ("remoteip", address)));
    let question = Question { url: turnstile.siteverify.clone(), client: None, form: Some(form) };
    let answer = match platform.ask_provider(question.clone()).await {
        Ok(answer) => Ok(answer),
        Err(_) => platform.ask_provider(question).await,
    };
    judge(&answer.map_err(|_| CheckError::Unreachable)?, &request.host)
}

/// What an answer of Cloudflare means for a page at this host.
fn judge(answer: &Value, host: &str) -> Result<(), CheckError> {
    let says = |name: &str, expected: &str| answer.get(name).and_then(Value::as_str) == Some(expected);
    match answer.get("success").and_then(Value::as_bool) {
        Some(true) if says("hostname", host) && says("action", TURNSTILE_ACTION) => Ok(()),
        Some(true) => Err(CheckError::Foreign),
        Some(false) => {
            let codes = answer.get("error-codes").and_then(Value::as_array);
            let has = |code: &str| codes.is_some_and(|codes| codes.iter().any(|it| it.as_str() == Some(code)));
            Err(match () {
                () if has("timeout-or-duplicate") => CheckError::Used,
                () if has("invalid-input-secret") || has("missing-input-secret") => CheckError::Secret,
                () if has("internal-error") => CheckError::Unreachable,
                () => CheckError::Refused,
            })
        }
        None => Err(CheckError::Unreachable),
    }
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};
    use std::collections::VecDeque;

    use chrono::{DateTime, Utc};
    use futures::FutureExt as _;
    use futures::future::LocalBoxFuture;
    use serde_json::json;
    use uuid::Uuid;

    use super::*;
    use crate::platform::{Failed, Key, Parameters};
    use crate::presented::Presented;
    use crate::request::{SubjectReply, SubjectRequest, TimelineReply, TimelineRequest};
    use crate::subject::Subject;

    type Answer = Result<Value, Failed>;

    /// A Cloudflare that gives these answers, and then none.
    #[derive(Default)]
    struct Cloudflare {
        answers: RefCell<VecDeque<Answer>>,
        asked: RefCell<Vec<Question>>,
        ids: Cell<u128>,
    }

    impl Cloudflare {
        fn answering(answers: impl IntoIterator<Item = Answer>) -> Self {
            Self { answers: RefCell::new(answers.into_iter().collect()), ..Self::default() }
        }

        fn form(&self, number: usize) -> Parameters {
            self.asked.borrow()[number].form.clone().unwrap()
        }
    }

    impl Platform for Cloudflare {
        fn now(&self) -> DateTime<Utc> {
            DateTime::from_timestamp(1_800_000_000, 0).unwrap()
        }

        fn random(&self) -> Uuid {
            self.ids.set(self.ids.get() + 1);
            Uuid::from_u128(self.ids.get())
        }

        fn ask_subject<'a>(
            &'a self,
            _: &'a Subject,
            _: SubjectRequest,
        ) -> LocalBoxFuture<'a, Result<SubjectReply, Failed>> {
            unreachable!("no object is asked")
        }

        fn ask_timeline<'a>(
            &'a self,
            _: &'a ObjectId,
            _: TimelineRequest,
        ) -> LocalBoxFuture<'a, Result<TimelineReply, Failed>> {
            unreachable!("no object is asked")
        }

        fn ask_provider(&self, question: Question) -> LocalBoxFuture<'_, Answer> {
            self.asked.borrow_mut().push(question);
            let answer = self.answers.borrow_mut().pop_front().unwrap_or_else(lost);
            Box::pin(async { answer })
        }

        fn is_signed<'a>(&'a self, _: Key, _: &'a [u8], _: &'a [u8]) -> LocalBoxFuture<'a, bool> {
            unreachable!("nothing is signed")
        }

        fn is_usable(&self, _: Key) -> LocalBoxFuture<'_, bool> {
            unreachable!("there is no key")
        }

        fn address(&self, _: &str, _: &Parameters) -> Option<String> {
            unreachable!("there is no address")
        }

        fn report(&self, _: &'static str, _: &'static str) {}
    }

    /// What the platform says for no connection, another status than 200, and an answer that is too long or no JSON.
    fn lost() -> Answer {
        Err(Failed("the provider answered with status 500".to_owned()))
    }

    fn keys() -> Keys {
        Keys::new("0123456789abcdef0123456789abcdef").unwrap()
    }

    fn good() -> Value {
        json!({ "success": true, "hostname": "flux.example", "action": "flux-guest", "error-codes": [], "cdata": "" })
    }

    fn refused(code: &str) -> Value {
        json!({ "success": false, "error-codes": [code] })
    }

    fn with(name: &str, value: Value) -> Value {
        let mut answer = good();
        answer[name] = value;
        answer
    }

    /// The outcome of a request with this body, and the status.
    fn begin_by(cloudflare: &Cloudflare, body: &str, by: Option<Principal>) -> (u16, String) {
        let turnstile = Turnstile { site_key: "0x4".into(), secret: "hush".into(), siteverify: "https://c/v".into() };
        let offered = Providers { all: Vec::new(), access: None, oidc: None, turnstile: Some(turnstile) };
        let request = Request {
            presented: Presented { is_secure: true, ..Presented::default() },
            body: body.to_owned(),
            user_agent: String::new(),
            address: Some("192.0.2.7".to_owned()),
            origin: "https://flux.example".to_owned(),
            host: "flux.example".to_owned(),
            state: String::new(),
            code: String::new(),
            issuer: None,
        };
        let answer = begin(cloudflare, &keys(), &offered, &request, by).now_or_never().unwrap();
        match answer {
            Ok(response) => (response.status, response.cookies.concat()),
            Err(refused) => (refused.status, refused.outcome.to_owned()),
        }
    }

    fn begin_with(answers: impl IntoIterator<Item = Answer>) -> (u16, String) {
        begin_by(&Cloudflare::answering(answers), r#"{"token":"t"}"#, None)
    }

    #[test]
    fn a_token_that_cloudflare_accepts_for_this_page_makes_a_guest() {
        let cloudflare = Cloudflare::answering([Ok(good())]);
        let (status, cookie) = begin_by(&cloudflare, r#"{"token":"t"}"#, None);
        assert_eq!(status, 204);
        assert!(cookie.starts_with("__Host-flux=u-"), "{cookie}");
        let header = cookie.split(';').next().unwrap();
        let presented = Presented { cookies: header.to_owned(), is_secure: true, ..Presented::default() };
        assert!(presented.cookies().principal(&keys(), cloudflare.now()).is_some());
        let id = Uuid::from_u128(1).to_string();
        let sent = [("secret", "hush"), ("response", "t"), ("idempotency_key", &id), ("remoteip", "192.0.2.7")];
        assert_eq!(cloudflare.form(0), sent.map(|(name, value)| (name, value.to_owned())));
    }

    #[test]
    fn whatever_else_cloudflare_answers_makes_none() {
        for (answer, status, outcome) in [
            (with("hostname", json!("evil.example")), 403, "check-foreign"),
            (with("hostname", json!("flux.example.evil.example")), 403, "check-foreign"),
            (with("hostname", json!(null)), 403, "check-foreign"),
            (with("action", json!("login")), 403, "check-foreign"),
            (with("action", json!(["flux-guest"])), 403, "check-foreign"),
            (json!({ "success": true }), 403, "check-foreign"),
            (refused("timeout-or-duplicate"), 403, "check-used"),
            (refused("invalid-input-response"), 403, "check-refused"),
            (with("success", json!(false)), 403, "check-refused"),
            (json!({ "success": false, "error-codes": "timeout-or-duplicate" }), 403, "check-refused"),
            (refused("invalid-input-secret"), 503, "check-secret"),
            (refused("internal-error"), 503, "check-unreachable"),
            (with("success", json!("true")), 503, "check-unreachable"),
            (json!({}), 503, "check-unreachable"),
            (json!([good()]), 503, "check-unreachable"),
            (json!(null), 503, "check-unreachable"),
        ] {
            assert_eq!(begin_with([Ok(answer.clone())]), (status, outcome.to_owned()), "{answer}");
        }
    }

    #[test]
    fn cloudflare_is_asked_twice_with_the_same_key_and_then_the_person_tries_again() {
        assert_eq!(begin_with([]), (503, "check-unreachable".to_owned()));
        let cloudflare = Cloudflare::answering([lost(), Ok(good())]);
        assert_eq!(begin_by(&cloudflare, r#"{"token":"t"}"#, None).0, 204);
        assert_eq!(cloudflare.form(0), cloudflare.form(1));
        assert_eq!(begin_by(&cloudflare, r#"{"token":"t"}"#, None).0, 503);
        assert_ne!(cloudflare.form(0), cloudflare.form(2), "another request has another key");
        assert_eq!(cloudflare.asked.borrow().len(), 4);
    }

    #[test]
    fn cloudflare_is_not_asked_about_what_is_no_token_or_comes_from_somebody_known() {
        let cloudflare = Cloudflare::answering([]);
        let body = |length| json!({ "token": "t".repeat(length) }).to_string();
        for (body, outcome) in [(body(0), "check-token"), (body(2_049), "check-token"), ("{}".to_owned(), "form")] {
            assert_eq!(begin_by(&cloudflare, &body, None), (422, outcome.to_owned()));
        }
        let guest = Principal::guest(ObjectId::new([7; 16]));
        assert_eq!(begin_by(&cloudflare, "", Some(guest)), (204, String::new()));
        assert!(cloudflare.asked.borrow().is_empty());
        assert_eq!(begin_by(&Cloudflare::answering([Ok(good())]), &body(2_048), None).0, 204);
    }
}
