//! Who a person is to the service: the results of the calls about their account, and the bodies of the requests below `/auth`, with
//! which a browser signs in. All of it is an extension.

use chrono::{DateTime, Utc};
use flux_timeline::clock::{instant, optional_instant};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A way in which the service learns who somebody is. A deployment chooses the ones that it offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    /// A random name in a signed cookie or token. It proves only that its bearer is the same one as before.
    Guest,
    /// Cloudflare Access in front of the deployment.
    Access,
    /// A provider of OpenID Connect.
    Oidc,
    /// A passkey (WebAuthn).
    Passkey,
}

/// Something that a caller may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Read the timeline, the log, the conversation and the settings.
    Read,
    /// Change the timeline and the settings; import a file, and delete everything.
    Write,
    /// Talk to the assistant: send messages, answer its questions, stop it, and clear the conversation.
    Chat,
    /// See and end sessions, and make and revoke access tokens. No access token has it.
    Account,
}

/// The answer to `GET /auth`: how one can sign in here, and who the browser is so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SignInOptions {
    /// What the deployment offers.
    pub providers: Vec<Provider>,
    /// How the provider of OpenID Connect is called, for a button: “Sign in with …”.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oidc_name: Option<String>,
    /// The provider by which the browser's requests are known; `None` if they are not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_by: Option<Provider>,
    /// The site key of Turnstile, if a browser that is not known must pass its check to become a guest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turnstile: Option<String>,
}

/// What Turnstile's widget on the page is for, so that nobody can use a token that was made for something else.
pub const TURNSTILE_ACTION: &str = "flux-guest";

/// The body of `POST /auth/guest`, with which a browser becomes a new guest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewGuest {
    /// What Turnstile's widget gave the page.
    pub token: String,
}

/// The answer to `getAccount`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// The provider by which the caller is known.
    pub known_by: Provider,
    /// The ways to sign in to this timeline, oldest first. Empty for a guest.
    pub methods: Vec<SignInMethod>,
    /// The browsers that are signed in: the caller's, then the last one used first.
    pub sessions: Vec<Session>,
    /// The access tokens for programs, newest first.
    pub tokens: Vec<AccessToken>,
}

/// A way to sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SignInMethod {
    /// Its id, for `removeMethod`.
    pub id: String,
    /// The provider.
    pub provider: Provider,
    /// When it was added.
    #[serde(deserialize_with = "instant")]
    pub added: DateTime<Utc>,
}

/// A browser that is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// Its id, for `endSession`.
    pub id: String,
    /// Whether it is the session of the caller.
    pub is_current: bool,
    /// How the person signed in.
    pub provider: Provider,
    /// The browser and the system, such as “Firefox on Linux”.
    pub label: String,
    /// When the person signed in.
    #[serde(deserialize_with = "instant")]
    pub made: DateTime<Utc>,
    /// When it was last used, to within five minutes.
    #[serde(deserialize_with = "instant")]
    pub used: DateTime<Utc>,
}

/// An access token for a program. The token itself is shown only once, and stored as a hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccessToken {
    /// Its id, for `revokeToken`.
    pub id: String,
    /// The name that the person gave it.
    pub name: String,
    /// What it allows.
    pub scopes: Vec<Scope>,
    /// When it was made.
    #[serde(deserialize_with = "instant")]
    pub made: DateTime<Utc>,
    /// When it ends; `None` means never.
    #[serde(default, deserialize_with = "optional_instant", skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
    /// When it was last used, to within five minutes.
    #[serde(default, deserialize_with = "optional_instant", skip_serializing_if = "Option::is_none")]
    pub used: Option<DateTime<Utc>>,
}

/// The arguments of `makeToken`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewToken {
    /// A name, so that the person knows the token again.
    pub name: String,
    /// What it allows: `read`, and `write` or `chat` beside it.
    pub scopes: Vec<Scope>,
    /// After how many days it ends, 1–3,650. `None` means never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
}

/// The answer to `makeToken`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeToken {
    /// The token. Nobody can see it again.
    pub secret: String,
    /// What is stored about it.
    #[serde(flatten)]
    pub token: AccessToken,
}

/// The body of `POST /auth/passkey/options`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CeremonyRequest {
    /// What for.
    pub purpose: Ceremony,
}

/// What a passkey is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ceremony {
    /// To make a passkey for the timeline of the browser.
    Register,
    /// To sign in with one.
    SignIn,
}

/// The answer to `POST /auth/passkey/options`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CeremonyOptions {
    /// The JSON form of the browser's options (WebAuthn §5.1.9 and §5.1.10: `parseCreationOptionsFromJSON`,
    /// `parseRequestOptionsFromJSON`).
    pub public_key: Value,
    /// Goes back with the answer of the browser.
    pub state: String,
}

/// The body of `POST /auth/passkey/register` and `POST /auth/passkey/sign-in`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CeremonyAnswer {
    /// What came with the options.
    pub state: String,
    /// What `PublicKeyCredential.toJSON()` returned.
    pub credential: Value,
}

/// The answer to a request that signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SignedIn {
    /// Whether the account had a timeline and this browser had another one, so that the person has to choose. Both are kept.
    pub has_choice: bool,
}

/// The body of `POST /auth/sign-out`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignOut {
    /// Whether all other sessions end, too.
    #[serde(default)]
    pub everywhere: bool,
}

/// A timeline of an account: an element of the answer to `GET /auth/timelines`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OwnTimeline {
    /// Its id, for `POST /auth/timelines`.
    pub id: String,
    /// Whether the browser shows it.
    pub is_shown: bool,
    /// The number of its blocks in all plans.
    pub blocks: u64,
    /// When something in it changed last; `None` if nothing ever did.
    #[serde(default, deserialize_with = "optional_instant", skip_serializing_if = "Option::is_none")]
    pub changed: Option<DateTime<Utc>>,
}

/// The body of `POST /auth/timelines`: which timeline of the account the browser shows from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChosenTimeline {
    /// Its id.
    pub id: String,
}

#[cfg(test)]
mod tests {
    use flux_timeline::json::{read_text, value};
    use serde_json::json;

    use super::*;

    #[test]
    fn what_the_service_writes_the_page_reads() {
        let at = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let token = AccessToken {
            id: "1".to_owned(),
            name: "Cron".to_owned(),
            scopes: vec![Scope::Read],
            made: at,
            until: None,
            used: Some(at),
        };
        let made = MadeToken { secret: "flux_1".to_owned(), token: token.clone() };
        assert_eq!(read_text(&value(&made).to_string()), Ok(made));
        let session = Session {
            id: "2".to_owned(),
            is_current: true,
            provider: Provider::Passkey,
            label: "Firefox on Linux".to_owned(),
            made: at,
            used: at,
        };
        let methods = vec![SignInMethod { id: "3".to_owned(), provider: Provider::Oidc, added: at }];
        let account = Account { known_by: Provider::Passkey, methods, sessions: vec![session], tokens: vec![token] };
        assert_eq!(read_text(&value(&account).to_string()), Ok(account));
        for (ceremony, text) in [(Ceremony::Register, "register"), (Ceremony::SignIn, "sign-in")] {
            let request = CeremonyRequest { purpose: ceremony };
            assert_eq!(value(&request), json!({ "purpose": text }));
            assert_eq!(read_text(&json!({ "purpose": text }).to_string()), Ok(request));
        }
        let turnstile = Some("0x4".to_owned());
        let options = SignInOptions { providers: vec![Provider::Guest], oidc_name: None, known_by: None, turnstile };
        assert_eq!(read_text(&value(&options).to_string()), Ok(options));
        assert_eq!(read_text("{}"), Ok(SignOut { everywhere: false }));
        let timeline = OwnTimeline { id: "u-1".to_owned(), is_shown: true, blocks: 12, changed: None };
        assert_eq!(read_text(&value(&vec![timeline.clone()]).to_string()), Ok(vec![timeline]));
    }
}
