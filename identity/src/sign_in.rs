//! Signing in and out: what answers below `/auth`.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use chrono::{DateTime, TimeDelta, Utc};
use flux_protocol::account::{
    Ceremony, CeremonyAnswer, CeremonyOptions, CeremonyRequest, ChosenTimeline, OwnTimeline, Provider, SignInOptions,
    SignOut, SignedIn,
};
use serde::{Deserialize, Serialize};

use crate::device;
use crate::exchange::Refused;
pub use crate::exchange::{Body, Request, Response, Route};
use crate::key::{Keys, Purpose};
use crate::oidc::{self, Attempt};
use crate::passkey::{self, PasskeyError};
use crate::platform::{Failed, Platform};
use crate::principal::{Principal, Via};
use crate::providers;
use crate::request::{SubjectReply, SubjectRequest, TimelineReply, TimelineRequest};
use crate::settings::{Oidc, Providers};
use crate::subject::{ObjectId, Subject};
use crate::timelines::{Found, admits, all_of, ask, begin_session, claim, tell, timeline_of};
use crate::turnstile;

/// Largest body of a request, in bytes.
pub const BODY_BYTES: usize = 65_536;
/// How long a challenge for a passkey is good.
const CHALLENGE: TimeDelta = TimeDelta::minutes(5);
/// Most passkeys of a timeline.
const PASSKEYS: usize = 20;
/// What a person reads who cannot use passkeys here.
const NO_PASSKEYS: &str = "Passkeys are not offered here.";
/// What a person reads whose session has ended.
const SIGNED_OUT: &str = "You are signed out. Nothing was changed; sign in again.";

/// What is needed to answer a request.
pub struct SignIn<'a> {
    /// The platform.
    pub platform: &'a dyn Platform,
    /// The keys of the deployment.
    pub keys: &'a Keys,
    /// The providers of the deployment.
    pub offered: &'a Providers,
    /// The request.
    pub request: &'a Request,
}

/// What the service seals into the options for a passkey, and reads again from the answer.
#[derive(Debug, Serialize, Deserialize)]
struct Challenge {
    challenge: String,
    /// For whom a passkey is made. `None` for signing in.
    made_for: Option<MadeFor>,
}

/// For whom a passkey is made.
#[derive(Debug, Serialize, Deserialize)]
struct MadeFor {
    /// The person whom it names, in base64url.
    user: String,
    /// The timeline of the browser that asked. Another one cannot use the challenge.
    object: ObjectId,
}

type Answer = Result<Response, Refused>;

impl SignIn<'_> {
    /// Answers the request.
    pub async fn answer(&self, route: Route) -> Response {
        let answer = match route {
            Route::Options => Ok(self.options().await),
            Route::Guest => turnstile::begin(self.platform, self.keys, self.offered, self.request, self.by()).await,
            Route::Timelines => self.timelines().await,
            Route::ChooseTimeline => self.choose_timeline().await,
            Route::SignOut => self.sign_out().await,
            Route::Passkey => self.passkey_options().await,
            Route::Registered => self.passkey_made().await,
            Route::Asserted => self.passkey_used().await,
            Route::Oidc => self.go_to_provider().await,
            Route::OidcCallback => self.back_from_provider().await,
        };
        let outcome = answer.as_ref().err().map_or("done", |refused| refused.outcome);
        match route {
            Route::Registered | Route::Asserted => self.platform.report("passkey", outcome),
            Route::Guest => self.platform.report("turnstile", outcome),
            Route::OidcCallback => self.platform.report("oidc", outcome),
            Route::Oidc if answer.is_err() => self.platform.report("oidc", outcome),
            _ => {}
        }
        answer.unwrap_or_else(|refused| match route {
            // A page, and not an error, is what the person should see.
            Route::Oidc | Route::OidcCallback if self.offered.oidc.is_some() => self.to_page("failed", None),
            _ => Response::new(refused.status, Body::Text(refused.error)),
        })
    }

    async fn options(&self) -> Response {
        let known_by = match self.request.presented.access(self.platform, self.offered).await {
            Some(Ok(_)) => Some(Provider::Access),
            _ => self.by().map(|principal| principal.subject.provider),
        };
        let turnstile = self.offered.turnstile.as_ref().filter(|_| known_by.is_none());
        Response::json(&SignInOptions {
            providers: self.offered.all.clone(),
            oidc_name: self.offered.oidc.as_ref().map(|oidc| oidc.name.clone()),
            known_by,
            turnstile: turnstile.map(|turnstile| turnstile.site_key.clone()),
        })
    }

    async fn passkey_options(&self) -> Answer {
        self.needs(Provider::Passkey, NO_PASSKEYS)?;
        let challenge = self.random();
        let ceremony = self.ceremony(&challenge);
        let CeremonyRequest { purpose } = self.request.json()?;
        let (public_key, made_for) = match purpose {
            Ceremony::Register => {
                let by = self.by().ok_or_else(signed_out)?;
                // Before the device makes a passkey that nobody could use.
                let others = self.passkeys(&by).await?.ok_or_else(signed_out)?;
                if others.len() >= PASSKEYS {
                    let error = format!(
                        "There are {PASSKEYS} passkeys for this timeline, and no more are allowed. Nothing was changed."
                    );
                    return Err(Refused::new(409, error, "full"));
                }
                let user = self.random();
                (ceremony.creation_options(&user, &others), Some(MadeFor { user, object: by.object }))
            }
            Ceremony::SignIn => (ceremony.request_options(), None),
        };
        let state = self.keys.seal(Purpose::Passkey, &Challenge { challenge, made_for }, self.platform.now());
        Ok(Response::json(&CeremonyOptions { public_key, state }))
    }

    /// The ids of the passkeys with which one can sign in to the timeline of a principal. `None` if the principal may not use it.
    async fn passkeys(&self, by: &Principal) -> Result<Option<Vec<String>>, Failed> {
        let asked = TimelineRequest::Subjects { principal: Box::new(by.clone()) };
        let TimelineReply::Subjects { all: Some(subjects) } = self.platform.ask_timeline(&by.object, asked).await?
        else {
            return Ok(None);
        };
        let mut ids = Vec::new();
        for subject in subjects.iter().filter(|subject| subject.provider == Provider::Passkey) {
            let known = self.platform.ask_subject(subject, SubjectRequest::Passkey).await?;
            if let SubjectReply::Passkey { passkey: Some(passkey) } = known {
                ids.push(passkey.id);
            }
        }
        Ok(Some(ids))
    }

    async fn passkey_made(&self) -> Answer {
        self.needs(Provider::Passkey, NO_PASSKEYS)?;
        let by = self.by().ok_or_else(signed_out)?;
        let (credential, challenge, _) = self.ceremony_answer()?;
        let made_for = challenge.made_for.filter(|made_for| made_for.object == by.object);
        let MadeFor { user, object } = made_for.ok_or(PasskeyError::Challenge)?;
        let passkey = self.ceremony(&challenge.challenge).registered(&credential)?;
        if !self.platform.is_usable(passkey.public_key()?).await {
            return Err(PasskeyError::Algorithm.into());
        }
        let subject = Subject::new(Provider::Passkey, user);
        // A new passkey is for the timeline that the browser shows, even if nobody has used it yet.
        let is_added = ask(self.platform, &subject, SubjectRequest::AddPasskey { passkey }).await?
            && ask(self.platform, &subject, SubjectRequest::Add { object: object.clone() }).await?;
        if !is_added {
            return Err(PasskeyError::Challenge.into());
        }
        if !claim(self.platform, &object, &subject, Some(&by)).await? {
            return Err(signed_out());
        }
        let answer = Response::json(&SignedIn { has_choice: false });
        if by.session().is_some() {
            return Ok(answer);
        }
        Ok(answer.with_cookie(self.begin_session(subject, object).await?))
    }

    async fn passkey_used(&self) -> Answer {
        self.needs(Provider::Passkey, NO_PASSKEYS)?;
        let (credential, challenge, until) = self.ceremony_answer()?;
        if challenge.made_for.is_some() {
            return Err(PasskeyError::Challenge.into());
        }
        let assertion = self.ceremony(&challenge.challenge).asserted(&credential)?;
        let subject = Subject::new(Provider::Passkey, assertion.user.clone());
        let known = self.platform.ask_subject(&subject, SubjectRequest::Passkey).await?;
        let SubjectReply::Passkey { passkey: Some(passkey) } = known else {
            return Err(PasskeyError::Unknown.into());
        };
        providers::check_assertion(self.platform, &passkey, &assertion).await?;
        let used = SubjectRequest::UsePasskey { counter: assertion.counter, challenge: challenge.challenge, until };
        if !ask(self.platform, &subject, used).await? {
            return Err(PasskeyError::Challenge.into());
        }
        let by = self.by();
        let Found { object, has_choice, .. } = self.timeline_of(&subject, by.as_ref()).await?;
        let cookie = self.begin_session(subject, object).await?;
        self.end_session(by).await?;
        Ok(Response::json(&SignedIn { has_choice }).with_cookie(cookie))
    }

    async fn go_to_provider(&self) -> Answer {
        let oidc = self.oidc()?;
        let attempt = Attempt::new([(); 4].map(|()| self.platform.random()), self.by());
        let address = providers::sign_in_address(self.platform, oidc, &attempt, &self.callback()).await;
        let address = address.map_err(|error| Refused::new(502, "", error.name()))?;
        let sealed = self.keys.seal(Purpose::SignIn, &attempt, self.platform.now());
        let cookie = self.attempt_cookie(&sealed, oidc::ATTEMPT_SECONDS);
        Ok(Response::redirect(address).with_cookie(cookie))
    }

    async fn back_from_provider(&self) -> Answer {
        let oidc = self.oidc()?;
        let Request { state, code, issuer, .. } = self.request;
        let attempt = self.attempt(state).ok_or_else(|| Refused::new(400, "", "state"))?;
        // A provider may say who it is, and then it has to be the right one (RFC 9207).
        if issuer.as_ref().is_some_and(|issuer| *issuer != oidc.issuer) {
            return Err(Refused::new(400, "", "issuer"));
        }
        if code.is_empty() {
            return Err(Refused::new(400, "", "declined"));
        }
        let subject = providers::oidc_subject(self.platform, oidc, &attempt, &self.callback(), code).await;
        let subject = subject.map_err(|error| Refused::new(403, "", error.name()))?;
        let found = self.timeline_of(&subject, attempt.by.as_ref()).await?;
        let cookie = self.begin_session(subject, found.object).await?;
        self.end_session(attempt.by).await?;
        Ok(self.to_page(if found.has_choice { "choose" } else { "done" }, Some(cookie)))
    }

    /// The attempt to sign in that the browser has begun with this state.
    fn attempt(&self, state: &str) -> Option<Attempt> {
        let now = self.platform.now();
        let age = TimeDelta::seconds(oidc::ATTEMPT_SECONDS.into());
        let cookies = self.request.presented.cookies();
        let name = cookies.own_name(oidc::COOKIE);
        let mut attempts =
            cookies.values(&name).filter_map(|sealed| self.keys.open::<Attempt>(Purpose::SignIn, sealed, now));
        let found =
            attempts.find(|(attempt, signed)| attempt.state == state && signed.at.is_some_and(|at| now - at <= age));
        found.map(|(attempt, _)| attempt)
    }

    async fn sign_out(&self) -> Answer {
        let SignOut { everywhere } = self.request.json()?;
        if let Some(principal) = self.by() {
            let is_valid = admits(self.platform, &principal).await?;
            match principal.session() {
                None if is_valid => {
                    let error = "A guest cannot sign out: the timeline would be lost. Nothing was changed.";
                    return Err(Refused::new(409, error, "guest"));
                }
                Some(_) if is_valid && everywhere => {
                    for object in all_of(self.platform, &principal.subject).await?.0 {
                        let all = TimelineRequest::EndAll { subject: principal.subject.clone() };
                        tell(self.platform, &object, all).await?;
                    }
                }
                Some(session) => {
                    tell(self.platform, &principal.object, TimelineRequest::End { session }).await?;
                }
                None => {}
            }
        }
        let cookies = self.request.presented.cookies().clear();
        Ok(Response { cookies, ..Response::new(204, Body::Empty) })
    }

    async fn timelines(&self) -> Answer {
        let principal = self.signed_in().await?;
        let mut shown = Vec::new();
        for object in all_of(self.platform, &principal.subject).await?.0 {
            // One that was added, and not claimed before something failed, is still somebody else's.
            let describe = TimelineRequest::Describe { subject: Some(principal.subject.clone()) };
            let described = self.platform.ask_timeline(&object, describe).await?;
            if let TimelineReply::Described { blocks, changed, .. } = described {
                let is_shown = object == principal.object;
                shown.push(OwnTimeline { id: object.name().to_owned(), is_shown, blocks, changed });
            }
        }
        Ok(Response::json(&shown))
    }

    async fn choose_timeline(&self) -> Answer {
        let ChosenTimeline { id } = self.request.json()?;
        let principal = self.signed_in().await?;
        let object = ObjectId::from(id.as_str());
        let is_theirs = all_of(self.platform, &principal.subject).await?.0.contains(&object);
        if !is_theirs || !claim(self.platform, &object, &principal.subject, None).await? {
            return Err(Refused::new(404, "This is none of your timelines. Nothing was changed.", "timeline"));
        }
        let response = Response::new(204, Body::Empty);
        let show = SubjectRequest::Show { object: object.clone() };
        if principal.session().is_none() {
            ask(self.platform, &principal.subject, show).await?;
            return Ok(response);
        }
        let cookie = self.begin_session(principal.subject.clone(), object).await?;
        ask(self.platform, &principal.subject, show).await?;
        self.end_session(Some(principal)).await?;
        Ok(response.with_cookie(cookie))
    }

    /// The timeline of a subject who signs in. Nobody is signed in if a guest's timeline would be left behind.
    async fn timeline_of(&self, subject: &Subject, by: Option<&Principal>) -> Result<Found, Refused> {
        let found = timeline_of(self.platform, subject, by).await?;
        if found.is_full {
            let error = "Your account has as many timelines as it may have, so this browser's cannot be added. You are not signed in, \
                         and nothing was changed; export this timeline, or sign in in another browser.";
            return Err(Refused::new(409, error, "full"));
        }
        Ok(found)
    }

    /// Begins a session, and returns its cookie.
    async fn begin_session(&self, subject: Subject, object: ObjectId) -> Result<String, Refused> {
        let label = device::in_words(&self.request.user_agent);
        let Some(id) = begin_session(self.platform, &object, subject.clone(), label).await? else {
            return Err(Refused::new(403, "This timeline belongs to somebody else. Nothing was changed.", "not-yours"));
        };
        let principal = Principal::owner(subject, object, Via::Session { id });
        Ok(self.request.presented.cookies().set(self.keys, &principal, self.platform.now()))
    }

    /// Ends the session that the browser had before it got another one.
    async fn end_session(&self, by: Option<Principal>) -> Result<(), Refused> {
        if let Some((session, by)) = by.and_then(|by| Some((by.session()?, by))) {
            tell(self.platform, &by.object, TimelineRequest::End { session }).await?;
        }
        Ok(())
    }

    /// Who the browser was so far, as far as its cookie says.
    fn by(&self) -> Option<Principal> {
        let principal = self.request.presented.cookies().principal(self.keys, self.platform.now())?;
        (principal.via == Via::Guest || self.offered.knows(&principal.subject)).then_some(principal)
    }

    /// Who is signed in, by a session that has not ended or by Cloudflare Access.
    async fn signed_in(&self) -> Result<Principal, Refused> {
        let principal = self.request.presented.principal(self.platform, self.keys, self.offered).await;
        let principal = principal.ok().filter(|principal| matches!(principal.via, Via::Session { .. } | Via::Access));
        let principal = principal.ok_or_else(signed_out)?;
        if admits(self.platform, &principal).await? { Ok(principal) } else { Err(signed_out()) }
    }

    /// The answer of a browser that has made or used a passkey, the challenge that it answers, and when that ends.
    fn ceremony_answer(&self) -> Result<(serde_json::Value, Challenge, DateTime<Utc>), Refused> {
        let CeremonyAnswer { state, credential } = self.request.json()?;
        let now = self.platform.now();
        let opened = self.keys.open::<Challenge>(Purpose::Passkey, &state, now);
        let (challenge, signed) = opened.ok_or(PasskeyError::Challenge)?;
        let until = signed.at.map(|at| at + CHALLENGE).filter(|until| *until > now);
        Ok((credential, challenge, until.ok_or(PasskeyError::Challenge)?))
    }

    fn needs(&self, provider: Provider, otherwise: &str) -> Result<(), Refused> {
        if self.offered.has(provider) { Ok(()) } else { Err(Refused::new(404, otherwise, "not-offered")) }
    }

    fn oidc(&self) -> Result<&Oidc, Refused> {
        self.offered.oidc.as_ref().ok_or_else(|| Refused::new(404, "Not found", "not-offered"))
    }

    fn callback(&self) -> String {
        format!("{}{}", self.request.origin, oidc::CALLBACK)
    }

    fn ceremony<'a>(&'a self, challenge: &'a str) -> passkey::Ceremony<'a> {
        passkey::Ceremony { origin: &self.request.origin, host: &self.request.host, challenge }
    }

    /// 244 random bits in base64url.
    fn random(&self) -> String {
        let ids = [(); 2].map(|()| self.platform.random().into_bytes());
        Base64UrlUnpadded::encode_string(&ids.concat())
    }

    /// The value of the `Set-Cookie` header that keeps an attempt to sign in.
    fn attempt_cookie(&self, sealed: &str, seconds: u32) -> String {
        let cookies = self.request.presented.cookies();
        cookies.header_of(&cookies.own_name(oidc::COOKIE), sealed, seconds)
    }

    /// Sends the browser back to the page, and forgets an attempt to sign in.
    fn to_page(&self, outcome: &str, cookie: Option<String>) -> Response {
        let forget = self.attempt_cookie("", 0);
        let cookies = cookie.into_iter().chain([forget]).collect();
        Response { cookies, ..Response::redirect(format!("/?sign-in={outcome}")) }
    }
}

fn signed_out() -> Refused {
    Refused::new(401, SIGNED_OUT, "signed-out")
}
