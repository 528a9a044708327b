//! What is loaded about the account, and what is being done.

use std::future::{Future, pending};

use dioxus::prelude::*;
use flux_protocol::account::{Account, Ceremony, MadeToken, OwnTimeline, Provider, SignInOptions};
use futures::future::join;

use super::ways::Ways;
use super::{outcome::Outcome, requests};
use crate::platform::{self, passkey};
use crate::store::Store;

/// Something that is loaded: `None` until there is an answer.
pub type Loaded<T> = Option<Result<T, String>>;

/// Where a problem is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Beside the buttons for signing in and out.
    Identity,
    /// Below the check of a new guest.
    Check,
    /// Below the ways to sign in.
    Methods,
    /// Below the timelines.
    Timelines,
    /// Below the sessions.
    Sessions,
    /// Below the list of tokens.
    Tokens,
    /// Below the fields of a new token.
    NewToken,
}

/// What is loaded about the account, and what is being done. Copies refer to the same desk.
#[derive(Clone, Copy)]
pub struct Desk {
    /// How one can sign in.
    pub options: Signal<Loaded<SignInOptions>>,
    /// The account.
    pub account: Signal<Loaded<Account>>,
    /// The timelines of somebody who is signed in.
    pub timelines: Signal<Loaded<Vec<OwnTimeline>>>,
    /// The token that was made, until the settings are closed.
    pub made: Signal<Option<MadeToken>>,
    /// Whether a request is under way. No other one is started meanwhile.
    pub is_busy: Signal<bool>,
    /// What went wrong last.
    problem: Signal<Option<(Place, String)>>,
}

impl Desk {
    /// Creates a desk for a component and what it contains.
    pub fn provide() -> Self {
        use_context_provider(|| Self {
            options: Signal::new(None),
            account: Signal::new(None),
            timelines: Signal::new(None),
            made: Signal::new(None),
            is_busy: Signal::new(false),
            problem: Signal::new(None),
        })
    }

    /// Loads how one can sign in.
    pub fn load_options(mut self) {
        self.options.set(None);
        spawn(async move { self.options.set(Some(requests::options().await)) });
    }

    /// Loads everything. What was loaded before is shown meanwhile.
    pub fn load(mut self, store: Store) {
        spawn(async move {
            let (options, account) = join(requests::options(), requests::account(store)).await;
            self.options.set(Some(options));
            self.account.set(Some(account));
            if is_signed_in(self.account.peek().as_ref()) {
                self.timelines.set(Some(requests::timelines().await));
            }
        });
    }

    /// The ways to sign in here, once they are known.
    pub fn ways(&self) -> Option<Ways> {
        let options = self.options.read();
        let options = options.as_ref()?.as_ref().ok()?;
        Some(Ways::new(options, passkey::is_supported()))
    }

    /// The name of the provider of OpenID Connect, if it has one.
    pub fn oidc_name(&self) -> Option<String> {
        self.options.read().as_ref()?.as_ref().ok()?.oidc_name.clone()
    }

    /// The site key of the check that this browser must pass to become a guest, if there is one.
    pub fn check(&self) -> Option<String> {
        self.options.read().as_ref()?.as_ref().ok()?.turnstile.clone()
    }

    /// What went wrong at a place.
    pub fn problem_at(&self, place: Place) -> Option<String> {
        self.problem.read().as_ref().filter(|(at, _)| *at == place).map(|(_, sentence)| sentence.clone())
    }

    /// Shows a problem.
    pub fn show_problem(&mut self, place: Place, sentence: impl Into<String>) {
        self.problem.set(Some((place, sentence.into())));
    }

    /// Forgets what is over when the settings are closed.
    pub fn clear(&mut self) {
        self.made.set(None);
        self.problem.set(None);
    }

    /// Does something, unless something else is being done. Goes on when the settings are closed: a passkey that the browser
    /// has made must reach the service.
    pub fn run(mut self, place: Place, work: impl Future<Output = Result<(), String>> + 'static) {
        if *self.is_busy.peek() {
            return;
        }
        self.is_busy.set(true);
        self.problem.set(None);
        dioxus::core::spawn_forever(async move {
            let outcome = work.await;
            self.is_busy.set(false);
            if let Err(sentence) = outcome {
                self.show_problem(place, sentence);
            }
        });
    }

    /// Takes over the account that the service answered with.
    pub fn renew(&mut self, account: Account) {
        self.account.set(Some(Ok(account)));
    }

    /// Reads a part of the account; nothing until it is loaded.
    pub fn part<T: Default>(&self, read: impl FnOnce(&Account) -> T) -> T {
        self.account.read().as_ref().and_then(|account| account.as_ref().ok()).map(read).unwrap_or_default()
    }

    /// Removes a row of a list, and shows the account without it. The heading of the list takes the focus, because the row that had
    /// it is gone.
    pub fn remove(
        mut self,
        place: Place,
        heading: &'static str,
        removed: impl Future<Output = Result<Account, String>> + 'static,
    ) {
        self.run(place, async move {
            let account = removed.await?;
            self.renew(account);
            platform::focus(heading);
            Ok(())
        });
    }

    /// Makes a passkey or signs in with one, and loads the page again.
    pub fn use_passkey(self, store: Store, purpose: Ceremony) {
        let is_known = is_signed_in(self.account.peek().as_ref());
        self.run(Place::Identity, async move {
            // A new passkey is for the timeline that is shown. Signing in can lead to another one.
            if purpose == Ceremony::SignIn {
                store.require_saved()?;
            }
            let signed_in = requests::use_passkey(purpose).await?;
            leave(Outcome::address(purpose, is_known, signed_in)).await
        });
    }

    /// Signs out, and loads the page again.
    pub fn sign_out(self, mut store: Store, everywhere: bool) {
        self.run(Place::Identity, async move {
            store.require_saved()?;
            requests::sign_out(everywhere).await?;
            // Others may use this browser, and who leaves it leaves nothing there.
            store.forget_unsent();
            leave("/").await
        });
    }

    /// Begins a new timeline as a guest, for somebody who is signed out. The service forgets who the browser was. What was
    /// not sent is kept for the timeline for which it was made.
    pub fn begin_anew(self) {
        self.run(Place::Identity, async move {
            requests::sign_out(false).await?;
            leave("/").await
        });
    }

    /// Begins a timeline as a guest who has passed the check. The page is loaded again, without the program of the check.
    pub fn begin_as_guest(self, token: String) {
        self.run(Place::Check, async move {
            requests::begin_as_guest(token).await?;
            leave("/").await
        });
    }

    /// Shows another timeline of the account.
    pub fn choose(self, store: Store, id: String) {
        self.run(Place::Timelines, async move {
            store.require_saved()?;
            requests::choose(id).await?;
            leave("/").await
        });
    }
}

fn is_signed_in(account: Option<&Result<Account, String>>) -> bool {
    account.is_some_and(|account| account.as_ref().is_ok_and(|it| it.known_by != Provider::Guest))
}

/// Leaves the page. Does not return, so that no button can be pressed until the page is gone.
async fn leave(address: &str) -> Result<(), String> {
    platform::go(address);
    pending().await
}
