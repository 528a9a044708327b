//! Ways to sign in, sessions, tokens, timelines and problems in words. Pure.

use chrono::{DateTime, Datelike, Utc};
use flux_protocol::account::{AccessToken, Ceremony, OwnTimeline, Provider, Scope, SignInMethod};

use crate::chat::when::{self, PersonsClock};
use crate::timeline::words::short_date;

/// How the person is known. The provider of OpenID Connect has no name while the ways to sign in could not be loaded.
pub fn known_by(provider: Provider, oidc_name: Option<&str>) -> String {
    match (provider, oidc_name) {
        (Provider::Guest, _) => "You are not signed in.".to_owned(),
        (Provider::Access, _) => "Signed in through Cloudflare Access.".to_owned(),
        (Provider::Oidc, Some(name)) => format!("Signed in with {name}."),
        (Provider::Oidc, None) => "You are signed in.".to_owned(),
        (Provider::Passkey, _) => "Signed in with a passkey.".to_owned(),
    }
}

/// The ways to sign in to a timeline: `Ways to sign in: 2 passkeys and Acme.` `None` if none is known.
pub fn methods(methods: &[SignInMethod], oidc_name: Option<&str>) -> Option<String> {
    let count = |provider| methods.iter().filter(|method| method.provider == provider).count();
    let mut names = Vec::new();
    match count(Provider::Passkey) {
        0 => {}
        1 => names.push("1 passkey".to_owned()),
        more => names.push(format!("{more} passkeys")),
    }
    if count(Provider::Oidc) > 0 {
        names.extend(oidc_name.map(str::to_owned));
    }
    if count(Provider::Access) > 0 {
        names.push("Cloudflare Access".to_owned());
    }
    (!names.is_empty()).then(|| format!("Ways to sign in: {}.", list(&names)))
}

/// A way to sign in.
pub fn method(provider: Provider, oidc_name: Option<&str>) -> String {
    match provider {
        Provider::Passkey => "Passkey".to_owned(),
        Provider::Oidc => oidc_name.unwrap_or("Another provider").to_owned(),
        Provider::Access => "Cloudflare Access".to_owned(),
        Provider::Guest => "Guest".to_owned(),
    }
}

/// `today, 10:12`, `yesterday, 10:12`, else `Tue 24 Nov, 10:12`.
pub fn at(at: DateTime<Utc>, clock: PersonsClock) -> String {
    let day = match when::day(clock.times.date(at), clock.today) {
        day if day == "Today" || day == "Yesterday" => day.to_ascii_lowercase(),
        day => day,
    };
    format!("{day}, {}", clock.times.time(at))
}

/// `3 Nov 2026`.
pub fn date(at: DateTime<Utc>, clock: PersonsClock) -> String {
    let date = clock.times.date(at);
    format!("{} {}", short_date(date), date.year())
}

/// What a token allows, and its dates.
pub fn token(token: &AccessToken, clock: PersonsClock) -> String {
    let used = token.used.map_or_else(|| "never used".to_owned(), |used| format!("last used {}", at(used, clock)));
    let end = match token.until {
        None => "does not end".to_owned(),
        Some(until) if clock.times.date(until) < clock.today => format!("ended {}", date(until, clock)),
        Some(until) => format!("ends {}", date(until, clock)),
    };
    format!("{} Made {}, {used}, {end}.", scopes(&token.scopes), date(token.made, clock))
}

/// `May read and change.`
fn scopes(scopes: &[Scope]) -> String {
    let name = |scope: &Scope| match scope {
        Scope::Read => "read",
        Scope::Write => "change",
        Scope::Chat => "talk to the assistant",
        Scope::Account => "manage the account",
    };
    let names: Vec<String> = scopes.iter().map(|scope| name(scope).to_owned()).collect();
    if names.is_empty() { "May do nothing.".to_owned() } else { format!("May {}.", list(&names)) }
}

/// `12 blocks, changed 3 Nov 2026`, or `empty`.
pub fn timeline(timeline: &OwnTimeline, clock: PersonsClock) -> String {
    let blocks = match timeline.blocks {
        0 if timeline.changed.is_none() => return "empty".to_owned(),
        0 => "no blocks".to_owned(),
        1 => "1 block".to_owned(),
        more => format!("{more} blocks"),
    };
    match timeline.changed {
        Some(changed) => format!("{blocks}, changed {}", date(changed, clock)),
        None => blocks,
    }
}

/// The sentence of a person who could not use a passkey, by the name of the browser's exception.
pub fn passkey_problem(exception: &str, purpose: Ceremony) -> String {
    let sentence = match (exception, purpose) {
        ("NotAllowedError" | "AbortError", Ceremony::Register) => {
            "No passkey was made, and nothing was changed. You can try again at any time."
        }
        ("NotAllowedError" | "AbortError", Ceremony::SignIn) => {
            "You were not signed in, and nothing was changed. You can try again at any time."
        }
        ("InvalidStateError", Ceremony::Register) => {
            "This device has a passkey for this timeline already. Nothing was changed."
        }
        (_, Ceremony::Register) => {
            return format!("The browser could not make a passkey ({exception}). Nothing was changed.");
        }
        (_, Ceremony::SignIn) => {
            return format!("The browser could not use a passkey ({exception}). Nothing was changed.");
        }
    };
    sentence.to_owned()
}

/// What a person reads who is signed out. `edits` is the number of edits that the service has not confirmed.
pub fn signed_out(reason: &str, edits: usize) -> String {
    let reason = if reason.trim().is_empty() { "You are signed out." } else { reason.trim() };
    match edits {
        0 => reason.to_owned(),
        1 => format!("{reason} 1 change is not saved yet; it is kept and sent after you sign in again."),
        _ => format!("{reason} {edits} changes are not saved yet; they are kept and sent after you sign in again."),
    }
}

/// `a, b and c`.
fn list(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use flux_timeline::{HourFormat, Zone};

    use super::*;
    use crate::timeline::words::Times;

    fn clock() -> PersonsClock {
        let times = Times { zone: Zone::new("Europe/Oslo").unwrap(), hours: HourFormat::Hours24 };
        PersonsClock { times, today: NaiveDate::from_ymd_opt(2026, 11, 25).unwrap() }
    }

    fn instant(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn moments_are_named_from_today() {
        let cases = [
            ("2026-11-25T09:12:00Z", "today, 10:12", "25 Nov 2026"),
            ("2026-11-24T09:12:00Z", "yesterday, 10:12", "24 Nov 2026"),
            ("2025-11-03T23:12:00Z", "Tue 4 Nov 2025, 00:12", "4 Nov 2025"),
        ];
        for (moment, long, short) in cases {
            assert_eq!(
                (at(instant(moment), clock()), date(instant(moment), clock())),
                (long.to_owned(), short.to_owned())
            );
        }
    }

    #[test]
    fn ways_to_sign_in_are_counted() {
        let method = |provider| SignInMethod { id: String::new(), provider, added: DateTime::UNIX_EPOCH };
        let both = [method(Provider::Passkey), method(Provider::Oidc), method(Provider::Passkey)];
        assert_eq!(methods(&both, Some("Acme")).unwrap(), "Ways to sign in: 2 passkeys and Acme.");
        assert_eq!(methods(&both[..1], None).unwrap(), "Ways to sign in: 1 passkey.");
        assert_eq!(methods(&[], None), None);
        assert_eq!(methods(&both[1..2], None), None, "its name is not known");
        assert_eq!(known_by(Provider::Oidc, Some("Acme")), "Signed in with Acme.");
        assert_eq!(known_by(Provider::Oidc, None), "You are signed in.");
    }

    #[test]
    fn a_token_says_what_it_allows_and_when_it_ends() {
        let mut it = AccessToken {
            id: "1".to_owned(),
            name: "Backup".to_owned(),
            scopes: vec![Scope::Read, Scope::Write, Scope::Chat],
            made: instant("2026-11-03T12:00:00Z"),
            until: None,
            used: None,
        };
        assert_eq!(
            token(&it, clock()),
            "May read, change and talk to the assistant. Made 3 Nov 2026, never used, does not end."
        );
        it.scopes.truncate(1);
        it.used = Some(instant("2026-11-25T09:12:00Z"));
        it.until = Some(instant("2027-02-01T12:00:00Z"));
        assert_eq!(token(&it, clock()), "May read. Made 3 Nov 2026, last used today, 10:12, ends 1 Feb 2027.");
        it.until = Some(instant("2026-11-20T12:00:00Z"));
        assert!(token(&it, clock()).ends_with("ended 20 Nov 2026."));
    }

    #[test]
    fn timelines_are_told_apart_by_their_blocks_and_last_change() {
        let of = |blocks, changed: Option<&str>| {
            let it = OwnTimeline { id: "1".to_owned(), is_shown: false, blocks, changed: changed.map(instant) };
            timeline(&it, clock())
        };
        assert_eq!(of(12, Some("2026-11-03T12:00:00Z")), "12 blocks, changed 3 Nov 2026");
        assert_eq!(of(1, Some("2026-11-03T12:00:00Z")), "1 block, changed 3 Nov 2026");
        assert_eq!(of(0, Some("2026-11-03T12:00:00Z")), "no blocks, changed 3 Nov 2026");
        assert_eq!(of(0, None), "empty");
    }

    #[test]
    fn a_cancelled_passkey_is_no_failure() {
        for purpose in [Ceremony::Register, Ceremony::SignIn] {
            let cancelled = passkey_problem("NotAllowedError", purpose);
            assert!(cancelled.contains("nothing was changed") && !cancelled.contains("Error"), "{cancelled}");
            assert!(passkey_problem("SecurityError", purpose).contains("(SecurityError)"));
        }
        assert!(passkey_problem("InvalidStateError", Ceremony::Register).contains("already"));
    }

    #[test]
    fn who_is_signed_out_reads_what_becomes_of_unsaved_changes() {
        assert_eq!(signed_out("", 0), "You are signed out.");
        assert_eq!(signed_out("Sign in to use Flux.", 0), "Sign in to use Flux.");
        assert!(signed_out("", 1).contains("1 change is"));
        assert!(signed_out("", 2).contains("2 changes are"));
    }
}
