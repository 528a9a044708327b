//! The requests about the account. Errors are sentences for the user.

use flux_protocol::account::{
    Account, Ceremony, CeremonyAnswer, CeremonyOptions, CeremonyRequest, ChosenTimeline, MadeToken, NewGuest, NewToken,
    OwnTimeline, SignInOptions, SignOut, SignedIn,
};
use flux_timeline::json;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::words;
use crate::platform::{self, passkey};
use crate::store::Store;

/// The path where the provider of OpenID Connect is asked who the person is. A link, because the browser leaves the page.
pub const OIDC: &str = "/auth/oidc";
const OPTIONS: &str = "/auth";
const GUEST: &str = "/auth/guest";
const PASSKEY_OPTIONS: &str = "/auth/passkey/options";
const REGISTER: &str = "/auth/passkey/register";
const SIGN_IN: &str = "/auth/passkey/sign-in";
const SIGN_OUT: &str = "/auth/sign-out";
const TIMELINES: &str = "/auth/timelines";

/// The longest error that is shown. A longer one is not for people: it may be a page of a proxy.
const LONGEST_ERROR: usize = 300;
const UNREACHABLE: &str = "The service could not be reached. Check your connection and try again.";
const COOKIES: &str = "This browser does not keep cookies, so your timeline could not be found again. Allow cookies for this site and try again.";
const UNREADABLE: &str = "The answer of the service could not be read. Reload the page.";

/// The status and the text of a response; `None` if there was none.
type Response = Option<(u16, String)>;

/// How one can sign in.
pub async fn options() -> Result<SignInOptions, String> {
    read(platform::request("GET", OPTIONS).await)
}

/// Makes a passkey for the timeline of the browser, or signs in with one.
pub async fn use_passkey(purpose: Ceremony) -> Result<SignedIn, String> {
    let options: CeremonyOptions = read(post(PASSKEY_OPTIONS, &CeremonyRequest { purpose }).await)?;
    let public_key = options.public_key.to_string();
    let (credential, address) = match purpose {
        Ceremony::Register => (passkey::create(&public_key).await, REGISTER),
        Ceremony::SignIn => (passkey::get(&public_key).await, SIGN_IN),
    };
    let credential = credential.map_err(|exception| words::passkey_problem(&exception, purpose))?;
    let credential: Value = json::read_text(&credential).map_err(|_| UNREADABLE)?;
    read(post(address, &CeremonyAnswer { state: options.state, credential }).await)
}

/// Becomes a new guest with a token of Turnstile. An error if the browser does not keep who it is: the page would ask again and again.
pub async fn begin_as_guest(token: String) -> Result<(), String> {
    checked(post(GUEST, &NewGuest { token }).await)?;
    if options().await?.known_by.is_none() {
        return Err(COOKIES.to_owned());
    }
    Ok(())
}

/// Signs out.
pub async fn sign_out(everywhere: bool) -> Result<(), String> {
    checked(post(SIGN_OUT, &SignOut { everywhere }).await).map(|_| ())
}

/// The timelines of the account.
pub async fn timelines() -> Result<Vec<OwnTimeline>, String> {
    read(platform::request("GET", TIMELINES).await)
}

/// Chooses the timeline that the browser shows.
pub async fn choose(id: String) -> Result<(), String> {
    checked(post(TIMELINES, &ChosenTimeline { id }).await).map(|_| ())
}

/// The account.
pub async fn account(store: Store) -> Result<Account, String> {
    parsed(store.ask("getAccount", json!({})).await?)
}

/// Ends a session. Returns the account without it.
pub async fn end_session(store: Store, id: &str) -> Result<Account, String> {
    parsed(store.ask("endSession", json!({ "id": id })).await?)
}

/// Removes a way to sign in. Returns the account without it.
pub async fn remove_method(store: Store, id: &str) -> Result<Account, String> {
    parsed(store.ask("removeMethod", json!({ "id": id })).await?)
}

/// Makes an access token.
pub async fn make_token(store: Store, token: &NewToken) -> Result<MadeToken, String> {
    parsed(store.ask("makeToken", json::value(token)).await?)
}

/// Revokes an access token. Returns the account without it.
pub async fn revoke_token(store: Store, id: &str) -> Result<Account, String> {
    parsed(store.ask("revokeToken", json!({ "id": id })).await?)
}

async fn post(address: &str, body: &impl Serialize) -> Response {
    platform::request_json("POST", address, &json::value(body).to_string().into()).await
}

fn read<T: DeserializeOwned>(response: Response) -> Result<T, String> {
    json::read_text(&checked(response)?).map_err(|_| UNREADABLE.to_owned())
}

fn parsed<T: DeserializeOwned>(result: Value) -> Result<T, String> {
    json::read(result).map_err(|_| UNREADABLE.to_owned())
}

/// The text of a response that is not an error.
fn checked(response: Response) -> Result<String, String> {
    let (status, text) = response.ok_or(UNREACHABLE)?;
    if (200..300).contains(&status) {
        return Ok(text);
    }
    let sentence = text.trim();
    let is_sentence = !sentence.is_empty() && sentence.len() <= LONGEST_ERROR && !sentence.starts_with(['<', '{']);
    Err(if is_sentence { sentence.to_owned() } else { format!("The service did not do it ({status}). Try again.") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_the_service_are_shown_and_pages_of_a_proxy_are_not() {
        let answered = |status, text: &str| checked(Some((status, text.to_owned())));
        assert_eq!(answered(204, ""), Ok(String::new()));
        assert_eq!(answered(409, "This passkey is unknown here.\n").unwrap_err(), "This passkey is unknown here.");
        for page in ["", "<!doctype html>", "{\"error\":1}", &"long ".repeat(100)] {
            assert_eq!(answered(502, page).unwrap_err(), "The service did not do it (502). Try again.", "{page}");
        }
        assert_eq!(checked(None).unwrap_err(), UNREACHABLE);
    }

    #[test]
    fn an_answer_of_another_shape_is_an_error() {
        let page = Some((200, "<!doctype html>".to_owned()));
        assert_eq!(read::<SignInOptions>(page).unwrap_err(), UNREADABLE);
        let options = Some((200, r#"{"providers":["guest","passkey"],"knownBy":"guest"}"#.to_owned()));
        assert!(read::<SignInOptions>(options).is_ok_and(|options| options.providers.len() == 2));
        assert_eq!(parsed::<Account>(json!(null)).unwrap_err(), UNREADABLE);
        let made =
            json!({"secret": "s", "id": "1", "name": "Backup", "scopes": ["read"], "made": "2026-11-03T12:00:00Z"});
        assert!(parsed::<MadeToken>(made).is_ok_and(|made| made.token.name == "Backup" && made.token.until.is_none()));
    }
}
