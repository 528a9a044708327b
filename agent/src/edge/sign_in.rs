//! Signing in and out: the addresses below `/auth`.

use chrono::{DateTime, TimeDelta, Utc};
use data_encoding::BASE64URL_NOPAD;
use flux_protocol::account::{
    Ceremony, CeremonyAnswer, CeremonyOptions, ChosenTimeline, OwnTimeline, Provider, SignInOptions, SignOut, SignedIn,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use worker::{Env, Request, Response, Result};

use super::clock::now;
use super::identify::Presented;
use super::log::write;
use super::{ask, providers};
use crate::account::admission::session_of;
use crate::account::request::{SubjectReply, SubjectRequest, TimelineReply, TimelineRequest};
use crate::api::route::AuthRoute;
use crate::identity::oidc::{self, Attempt};
use crate::identity::passkey::{self, PasskeyError};
use crate::identity::{Keys, ObjectId, Oidc, Principal, Providers, Purpose, Subject, Via, device};
use crate::json;
use crate::telemetry::{LogRecord, Name};

/// Largest body of a request, in bytes.
const BODY_BYTES: usize = 65_536;
/// How long a challenge for a passkey is good.
const CHALLENGE: TimeDelta = TimeDelta::minutes(5);
/// How often it is tried to find a timeline of a subject that nobody else has claimed.
const TRIES: usize = 5;
/// What a person reads who cannot use passkeys here.
const NO_PASSKEYS: &str = "Passkeys are not offered here.";
/// What a person reads whose session has ended.
const SIGNED_OUT: &str = "You are signed out. Nothing was changed; sign in again.";

/// A request below `/auth`, with what is needed to answer it.
pub(super) struct SignIn<'a> {
    pub env: &'a Env,
    pub keys: &'a Keys,
    pub offered: &'a Providers,
    pub presented: &'a Presented,
    pub request: Request,
}

/// The timeline of a subject who signs in.
pub(super) struct Found {
    /// The one that is shown.
    pub object: ObjectId,
    /// Whether the browser had another one, which the subject has now, too.
    pub has_choice: bool,
}

/// What the service must know again when a browser has made or used a passkey.
#[derive(Debug, Serialize, Deserialize)]
struct Challenge {
    challenge: String,
    /// The person for whom a passkey is made, in base64url. `None` for signing in.
    user: Option<String>,
}

/// Why somebody is not signed in.
struct Refused {
    /// The status of the response.
    status: u16,
    /// What the person reads.
    error: String,
    /// The name in the log.
    outcome: Name,
}

impl Refused {
    fn new(status: u16, error: impl Into<String>, outcome: Name) -> Self {
        Self { status, error: error.into(), outcome }
    }
}

impl From<PasskeyError> for Refused {
    fn from(error: PasskeyError) -> Self {
        let outcome = match error {
            PasskeyError::Form => "passkey-form",
            PasskeyError::Challenge => "passkey-challenge",
            PasskeyError::Origin => "passkey-origin",
            PasskeyError::Unverified => "passkey-unverified",
            PasskeyError::Algorithm => "passkey-algorithm",
            PasskeyError::Unknown => "passkey-unknown",
        };
        Self::new(403, format!("{error} Nothing was changed; try again."), outcome)
    }
}

impl From<worker::Error> for Refused {
    fn from(error: worker::Error) -> Self {
        Self::new(500, format!("You could not be signed in. Nothing was changed; try again. ({error})"), "failed")
    }
}

type Answer = std::result::Result<Response, Refused>;

impl SignIn<'_> {
    /// Answers.
    ///
    /// # Errors
    /// When the platform fails.
    pub async fn answer(mut self, route: AuthRoute) -> Result<Response> {
        let (answer, provider) = match route {
            AuthRoute::Options => return self.options(),
            AuthRoute::Timelines => (self.timelines().await, None),
            AuthRoute::ChooseTimeline => (self.choose_timeline().await, None),
            AuthRoute::SignOut => (self.sign_out().await, None),
            AuthRoute::Passkey => (self.passkey_options().await, None),
            AuthRoute::Registered => (self.passkey_made().await, Some("passkey")),
            AuthRoute::Asserted => (self.passkey_used().await, Some("passkey")),
            AuthRoute::Oidc => (self.go_to_provider().await, None),
            AuthRoute::OidcCallback => {
                let answer = self.back_from_provider().await;
                let outcome = answer.as_ref().err().map_or("done", |refused| refused.outcome);
                write(&LogRecord::SignIn { provider: "oidc", outcome });
                // A page, and not an error, is what the person should see.
                return answer.or_else(|_| self.to_page("failed", None));
            }
        };
        let outcome = answer.as_ref().err().map_or("done", |refused| refused.outcome);
        if let Some(provider) = provider {
            write(&LogRecord::SignIn { provider, outcome });
        }
        answer.or_else(|refused| Response::error(refused.error, refused.status))
    }

    fn options(&self) -> Result<Response> {
        let known = self.presented.cookies().principal(self.keys, now());
        answer_with(&SignInOptions {
            providers: self.offered.all.clone(),
            oidc_name: self.offered.oidc.as_ref().map(|oidc| oidc.name.clone()),
            known_by: known.map(|principal| principal.subject.provider),
        })
    }

    async fn passkey_options(&mut self) -> Answer {
        self.needs(Provider::Passkey, NO_PASSKEYS)?;
        let challenge = random();
        let here = Here::of(&self.request)?;
        let ceremony = here.ceremony(&challenge);
        let (public_key, user) = match self.body().await? {
            Ceremony::Register => {
                self.by().ok_or_else(signed_out)?;
                let user = random();
                (ceremony.creation_options(&user), Some(user))
            }
            Ceremony::SignIn => (ceremony.request_options(), None),
        };
        let state = self.keys.seal(Purpose::SignIn, &Challenge { challenge, user }, now());
        Ok(answer_with(&CeremonyOptions { public_key, state })?)
    }

    async fn passkey_made(&mut self) -> Answer {
        self.needs(Provider::Passkey, NO_PASSKEYS)?;
        let by = self.by().ok_or_else(signed_out)?;
        let (credential, challenge, _) = self.ceremony_answer().await?;
        let user = challenge.user.ok_or(PasskeyError::Challenge)?;
        let here = Here::of(&self.request)?;
        let passkey = here.ceremony(&challenge.challenge).registered(&credential)?;
        let subject = Subject::new(Provider::Passkey, user);
        let added = ask::subject(self.env, &subject, &SubjectRequest::AddPasskey { passkey }).await?;
        if added != (SubjectReply::Done { done: true }) {
            return Err(PasskeyError::Challenge.into());
        }
        // A new passkey is for the timeline that the browser shows, even if nobody has used it yet.
        ask::subject(self.env, &subject, &SubjectRequest::Add { object: by.object.clone() }).await?;
        if !claim(self.env, &by.object, &subject, Some(&by)).await? {
            return Err(signed_out());
        }
        let answer = answer_with(&SignedIn { has_choice: false })?;
        if session_of(&by).is_some() {
            return Ok(answer);
        }
        let cookie = self.begin_session(subject, by.object).await?;
        Ok(with_cookie(answer, &cookie)?)
    }

    async fn passkey_used(&mut self) -> Answer {
        self.needs(Provider::Passkey, NO_PASSKEYS)?;
        let (credential, challenge, until) = self.ceremony_answer().await?;
        if challenge.user.is_some() {
            return Err(PasskeyError::Challenge.into());
        }
        let here = Here::of(&self.request)?;
        let assertion = here.ceremony(&challenge.challenge).asserted(&credential)?;
        let subject = Subject::new(Provider::Passkey, assertion.user.clone());
        let asked = SubjectRequest::Passkey { id: assertion.id.clone() };
        let SubjectReply::Passkey { passkey: Some(passkey) } = ask::subject(self.env, &subject, &asked).await? else {
            return Err(PasskeyError::Unknown.into());
        };
        providers::check_assertion(&passkey, &assertion).await?;
        let used = SubjectRequest::UsePasskey {
            id: assertion.id,
            counter: assertion.counter,
            challenge: challenge.challenge,
            until,
        };
        if ask::subject(self.env, &subject, &used).await? != (SubjectReply::Done { done: true }) {
            return Err(PasskeyError::Challenge.into());
        }
        let (cookie, has_choice) = self.enter(subject).await?;
        Ok(with_cookie(answer_with(&SignedIn { has_choice })?, &cookie)?)
    }

    async fn go_to_provider(&self) -> Answer {
        let oidc = self.oidc()?;
        let attempt = Attempt::new([(); 4].map(|()| Uuid::new_v4()), self.by());
        let callback = self.callback()?;
        let Ok(address) = providers::sign_in_address(oidc, &attempt, &callback).await else {
            write(&LogRecord::SignIn { provider: "oidc", outcome: "provider-unreachable" });
            return Ok(self.to_page("failed", None)?);
        };
        let sealed = self.keys.seal(Purpose::SignIn, &attempt, now());
        let cookie = self.presented.cookies().header_of(oidc::COOKIE, &sealed, oidc::ATTEMPT_SECONDS);
        Ok(redirect(&address, &[cookie])?)
    }

    async fn back_from_provider(&self) -> Answer {
        let oidc = self.oidc()?;
        let url = super::url(&self.request)?;
        let given = |name: &str| url.search_params().get(name).unwrap_or_default();
        let age = TimeDelta::seconds(oidc::ATTEMPT_SECONDS.into());
        let cookies = self.presented.cookies();
        let mut attempts =
            cookies.values(oidc::COOKIE).filter_map(|sealed| self.keys.open::<Attempt>(Purpose::SignIn, sealed, now()));
        let attempt = attempts
            .find(|(attempt, signed)| attempt.state == given("state") && signed.at.is_some_and(|at| now() - at <= age));
        let (attempt, _) = attempt.ok_or_else(|| Refused::new(400, "", "state"))?;
        // A provider may say who it is, and then it has to be the right one (RFC 9207).
        if url.search_params().get("iss").is_some_and(|issuer| issuer != oidc.issuer) {
            return Err(Refused::new(400, "", "token-issuer"));
        }
        let code = given("code");
        if code.is_empty() {
            return Err(Refused::new(400, "", "declined"));
        }
        let id = providers::oidc_subject(oidc, &attempt, &self.callback()?, &code).await;
        let id = id.map_err(|error| Refused::new(403, "", error.name()))?;
        // The id alone could be one of another provider, if the deployment changes its own.
        let subject = Subject::new(Provider::Oidc, format!("{}#{id}", oidc.issuer));
        let found = timeline_of(self.env, &subject, attempt.by.as_ref()).await?;
        let cookie = self.begin_session(subject, found.object).await?;
        Ok(self.to_page(if found.has_choice { "choose" } else { "done" }, Some(cookie))?)
    }

    async fn sign_out(&mut self) -> Answer {
        let SignOut { everywhere } = self.body().await?;
        let cookies = self.presented.cookies();
        if let Some(principal) = cookies.principal(self.keys, now()) {
            let is_valid = admits(self.env, &principal).await?;
            match session_of(&principal) {
                None if is_valid => {
                    let error = "A guest cannot sign out: the timeline would be lost. Nothing was changed.";
                    return Err(Refused::new(409, error, "guest"));
                }
                Some(_) if is_valid && everywhere => {
                    for object in timelines(self.env, &principal.subject).await?.0 {
                        let all = TimelineRequest::EndAll { subject: principal.subject.clone() };
                        ask::timeline(self.env, &object, &all).await?;
                    }
                }
                Some(session) => {
                    ask::timeline(self.env, &principal.object, &TimelineRequest::End { session }).await?;
                }
                None => {}
            }
        }
        let response = Response::empty()?.with_status(204);
        for cookie in cookies.clear() {
            response.headers().append("set-cookie", &cookie)?;
        }
        Ok(response)
    }

    async fn timelines(&self) -> Answer {
        let principal = self.signed_in().await?;
        let (all, _) = timelines(self.env, &principal.subject).await?;
        let mut shown = Vec::new();
        for object in all {
            let described = ask::timeline(self.env, &object, &TimelineRequest::Describe).await?;
            if let TimelineReply::Described { blocks, changed, .. } = described {
                let is_shown = object == principal.object;
                shown.push(OwnTimeline { id: object.name().to_owned(), is_shown, blocks, changed });
            }
        }
        Ok(answer_with(&shown)?)
    }

    async fn choose_timeline(&mut self) -> Answer {
        let ChosenTimeline { id } = self.body().await?;
        let principal = self.signed_in().await?;
        let object = ObjectId::from(id.as_str());
        let show = SubjectRequest::Show { object: object.clone() };
        if ask::subject(self.env, &principal.subject, &show).await? != (SubjectReply::Done { done: true }) {
            return Err(Refused::new(404, "This is none of your timelines. Nothing was changed.", "timeline"));
        }
        let response = Response::empty()?.with_status(204);
        let Some(session) = session_of(&principal) else { return Ok(response) };
        let cookie = self.begin_session(principal.subject, object).await?;
        ask::timeline(self.env, &principal.object, &TimelineRequest::End { session }).await?;
        Ok(with_cookie(response, &cookie)?)
    }

    /// Signs a subject in. Returns the cookie, and whether the person has to choose a timeline.
    async fn enter(&self, subject: Subject) -> std::result::Result<(String, bool), Refused> {
        let found = timeline_of(self.env, &subject, self.by().as_ref()).await?;
        Ok((self.begin_session(subject, found.object).await?, found.has_choice))
    }

    /// Begins a session, and returns its cookie.
    async fn begin_session(&self, subject: Subject, object: ObjectId) -> std::result::Result<String, Refused> {
        let user_agent = self.request.headers().get("user-agent")?.unwrap_or_default();
        let begin = TimelineRequest::Begin { subject: subject.clone(), label: device::in_words(&user_agent) };
        match ask::timeline(self.env, &object, &begin).await? {
            TimelineReply::Session { id: Some(id) } => {
                let principal = Principal::owner(subject, object, Via::Session { id });
                Ok(self.presented.cookies().set(self.keys, &principal, now()))
            }
            _ => Err(Refused::new(403, "This timeline belongs to somebody else. Nothing was changed.", "not-yours")),
        }
    }

    /// Who the browser was so far, as far as its cookie says.
    fn by(&self) -> Option<Principal> {
        self.presented.cookies().principal(self.keys, now())
    }

    /// Who is signed in, by a session that has not ended or by Cloudflare Access.
    async fn signed_in(&self) -> std::result::Result<Principal, Refused> {
        let principal = self.presented.principal(self.env, self.keys, self.offered).await;
        let principal = principal.ok().filter(|principal| matches!(principal.via, Via::Session { .. } | Via::Access));
        let principal = principal.ok_or_else(signed_out)?;
        if admits(self.env, &principal).await? { Ok(principal) } else { Err(signed_out()) }
    }

    /// The answer of a browser that has made or used a passkey, the challenge that it answers, and when that ends.
    async fn ceremony_answer(&mut self) -> std::result::Result<(serde_json::Value, Challenge, DateTime<Utc>), Refused> {
        let CeremonyAnswer { state, credential } = self.body().await?;
        let opened = self.keys.open::<Challenge>(Purpose::SignIn, &state, now());
        let (challenge, signed) = opened.ok_or(PasskeyError::Challenge)?;
        let until = signed.at.map(|at| at + CHALLENGE).filter(|until| *until > now());
        Ok((credential, challenge, until.ok_or(PasskeyError::Challenge)?))
    }

    async fn body<T: DeserializeOwned>(&mut self) -> std::result::Result<T, Refused> {
        let length: usize =
            self.request.headers().get("content-length")?.and_then(|length| length.parse().ok()).unwrap_or(0);
        let too_long =
            || Refused::new(413, format!("The request may have {BODY_BYTES} bytes. Nothing was changed."), "too-long");
        if length > BODY_BYTES {
            return Err(too_long());
        }
        let text = self.request.text().await?;
        if text.len() > BODY_BYTES {
            return Err(too_long());
        }
        json::read(&text).map_err(|error| {
            Refused::new(422, format!("The request cannot be read: {error}. Nothing was changed."), "form")
        })
    }

    fn needs(&self, provider: Provider, otherwise: &str) -> std::result::Result<(), Refused> {
        if self.offered.has(provider) { Ok(()) } else { Err(Refused::new(404, otherwise, "not-offered")) }
    }

    fn oidc(&self) -> std::result::Result<&Oidc, Refused> {
        self.offered.oidc.as_ref().ok_or_else(|| Refused::new(404, "Not found", "not-offered"))
    }

    fn callback(&self) -> Result<String> {
        Ok(format!("{}{}", super::url(&self.request)?.origin(), oidc::CALLBACK))
    }

    /// Sends the browser back to the page, and forgets an attempt to sign in.
    fn to_page(&self, outcome: &str, cookie: Option<String>) -> Result<Response> {
        let forget = self.presented.cookies().header_of(oidc::COOKIE, "", 0);
        let cookies: Vec<String> = cookie.into_iter().chain([forget]).collect();
        redirect(&format!("/?sign-in={outcome}"), &cookies)
    }
}

/// The timeline of a subject. What a guest has begun in the browser becomes theirs.
///
/// # Errors
/// When an object fails. Nothing is lost then, and the next attempt goes on with it.
pub(super) async fn timeline_of(env: &Env, subject: &Subject, by: Option<&Principal>) -> Result<Found> {
    let mut brought = None;
    // Whoever is signed in as somebody else does not bring that one's timeline.
    if let Some(guest) = by.filter(|by| by.via == Via::Guest)
        && is_used(env, &guest.object).await?
    {
        // First the subject's object: if the process dies in between, nobody has lost anything.
        ask::subject(env, subject, &SubjectRequest::Add { object: guest.object.clone() }).await?;
        brought = Some(guest.object.clone());
        if !claim(env, &guest.object, subject, by).await? {
            remove(env, subject, &guest.object).await?;
            brought = None;
        }
    }
    for _ in 0..TRIES {
        let Some(object) = timelines(env, subject).await?.1 else {
            // The next round asks again: another request may have added one at the same time.
            let object = ObjectId::new(Uuid::new_v4().into_bytes());
            ask::subject(env, subject, &SubjectRequest::Add { object }).await?;
            continue;
        };
        if claim(env, &object, subject, None).await? {
            let has_choice = brought.is_some_and(|brought| brought != object);
            return Ok(Found { object, has_choice });
        }
        remove(env, subject, &object).await?;
    }
    Err(worker::Error::RustError("no timeline can be found".to_owned()))
}

async fn remove(env: &Env, subject: &Subject, object: &ObjectId) -> Result<()> {
    ask::subject(env, subject, &SubjectRequest::Remove { object: object.clone() }).await.map(drop)
}

/// All timelines of a subject, and the one that is shown.
async fn timelines(env: &Env, subject: &Subject) -> Result<(Vec<ObjectId>, Option<ObjectId>)> {
    match ask::subject(env, subject, &SubjectRequest::Timelines).await? {
        SubjectReply::Timelines { all, shown } => Ok((all, shown)),
        _ => Ok((Vec::new(), None)),
    }
}

async fn is_used(env: &Env, object: &ObjectId) -> Result<bool> {
    let described = ask::timeline(env, object, &TimelineRequest::Describe).await?;
    Ok(matches!(described, TimelineReply::Described { is_used: true, .. }))
}

async fn claim(env: &Env, object: &ObjectId, subject: &Subject, by: Option<&Principal>) -> Result<bool> {
    let claim = TimelineRequest::Claim { subject: subject.clone(), by: by.cloned().map(Box::new) };
    Ok(ask::timeline(env, object, &claim).await? == (TimelineReply::Done { done: true }))
}

async fn admits(env: &Env, principal: &Principal) -> Result<bool> {
    let admit = TimelineRequest::Admit { principal: Box::new(principal.clone()) };
    Ok(ask::timeline(env, &principal.object, &admit).await? == (TimelineReply::Done { done: true }))
}

/// The site, for which passkeys are made.
struct Here {
    origin: String,
    host: String,
}

impl Here {
    fn of(request: &Request) -> Result<Self> {
        let url = super::url(request)?;
        Ok(Self { origin: url.origin(), host: url.hostname() })
    }

    fn ceremony<'a>(&'a self, challenge: &'a str) -> passkey::Ceremony<'a> {
        passkey::Ceremony { origin: &self.origin, host: &self.host, challenge }
    }
}

fn signed_out() -> Refused {
    Refused::new(401, SIGNED_OUT, "signed-out")
}

/// 244 random bits in base64url.
fn random() -> String {
    let ids = [(); 2].map(|()| Uuid::new_v4().into_bytes());
    BASE64URL_NOPAD.encode(&ids.concat())
}

/// An answer that no cache keeps.
fn answer_with<T: Serialize>(value: &T) -> Result<Response> {
    let response = Response::from_json(value)?;
    response.headers().set("cache-control", "no-store")?;
    Ok(response)
}

fn with_cookie(response: Response, cookie: &str) -> Result<Response> {
    response.headers().append("set-cookie", cookie)?;
    Ok(response)
}

fn redirect(address: &str, cookies: &[String]) -> Result<Response> {
    let response = Response::empty()?.with_status(302);
    let headers = response.headers();
    headers.set("location", address)?;
    headers.set("cache-control", "no-store")?;
    for cookie in cookies {
        headers.append("set-cookie", cookie)?;
    }
    Ok(response)
}
