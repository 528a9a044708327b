//! What a person may use. The limits protect other people and the owner of the deployment; nobody who plans a day meets them.
//!
//! A deployment can give the people of a provider more or less than others, such as guests less: each variable can have a suffix.
//!
//! They hold for requests that came through Cloudflare's network, or for all, as `LIMITS` says. Whether they hold is attached to a
//! connection when it is accepted, so that a frame can be refused before it is read.
//!
//! | limit | of | refused by |
//! | --- | --- | --- |
//! | `LIMIT_FRAMES_PER_MINUTE` | frames and requests | an error without their id, since they are not read |
//! | `LIMIT_KB_PER_MINUTE` | their bytes | the same |
//! | `LIMIT_IMPORT_KB_PER_MINUTE` | the bytes of files for import instead | the status 429 |
//! | `LIMIT_CHANGES_PER_MINUTE` | calls that change something | the answer to the call |
//! | `LIMIT_TURNS_PER_HOUR` | chat requests and goals | their final frame, or the answer to the call |
//! | `LIMIT_TOKENS_PER_DAY` | tokens of the model | the same |
//! | `LIMIT_SOCKETS` | open connections | the end of the new one |
//!
//! What all people together may use is in [`crate::statistics::budget`].

mod bucket;

use std::cell::Cell;
use std::net::{IpAddr, Ipv6Addr};

use chrono::{DateTime, TimeDelta, Utc};

use crate::setting::{Lookup, number};
use flux_protocol::account::Provider;

use bucket::Bucket;
pub use bucket::Rate;

/// Frames that are refused until a connection is closed: so many at once, and one a second in the long run. A client that waits as it is
/// told never comes so far.
const REFUSED: Rate = Rate::per_minute(60, 200);
/// The pause between two frames that say that frames are refused.
const SAID_EVERY: TimeDelta = TimeDelta::seconds(1);

/// The limits of a person, by the provider that knows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ProviderLimits {
    /// Of a guest.
    pub guest: Limits,
    /// Of a person who signed in with a passkey.
    pub passkey: Limits,
    /// Of a person whom an OpenID Connect provider knows.
    pub oidc: Limits,
    /// Of a person whom Cloudflare Access knows.
    pub access: Limits,
}

impl ProviderLimits {
    /// Reads the limits from variables, as `wrangler.toml` sets them. Each variable can have the name of a provider as its suffix.
    ///
    /// # Errors
    /// A sentence about a variable that is not a number or out of range.
    pub fn from_lookup(lookup: Lookup) -> Result<Self, String> {
        Ok(Self {
            guest: Limits::from_lookup(lookup, "_GUEST")?,
            passkey: Limits::from_lookup(lookup, "_PASSKEY")?,
            oidc: Limits::from_lookup(lookup, "_OIDC")?,
            access: Limits::from_lookup(lookup, "_ACCESS")?,
        })
    }

    /// The limits of the people of a provider.
    pub fn of(&self, provider: Provider) -> &Limits {
        match provider {
            Provider::Guest => &self.guest,
            Provider::Passkey => &self.passkey,
            Provider::Oidc => &self.oidc,
            Provider::Access => &self.access,
        }
    }
}

/// The limits of one person. 0 means that there is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Frames and requests.
    pub frames: Rate,
    /// Their size, in kB.
    pub kilobytes: Rate,
    /// The size of files for import, in kB. They do not count as requests' bytes.
    pub imports: Rate,
    /// Calls that change something.
    pub changes: Rate,
    /// Chat requests.
    pub turns: Rate,
    /// Tokens of the model in a day (UTC).
    pub tokens_per_day: u64,
    /// Open connections.
    pub sockets: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            frames: Rate::per_minute(1_200, 1_200),
            kilobytes: Rate::per_minute(32_768, 65_536),
            // At once, one file of the largest size that can be imported.
            imports: Rate::per_minute(131_072, 1_179_648),
            changes: Rate::per_minute(300, 600),
            turns: Rate { per_hour: 120, burst: 20 },
            tokens_per_day: 500_000,
            sockets: 32,
        }
    }
}

impl Limits {
    /// Reads the limits from variables, as `wrangler.toml` sets them. A variable whose name has the suffix counts more than the one without.
    /// If both are missing, the default holds.
    ///
    /// # Errors
    /// A sentence about a variable that is not a number or out of range.
    fn from_lookup(lookup: Lookup, suffix: &str) -> Result<Self, String> {
        let default = Self::default();
        let read = |name: &str, default: u64, most| {
            let special = format!("{name}{suffix}");
            let name = if lookup(&special).is_some() { &special } else { name };
            number(lookup, name, default, 0..=most)
        };
        // `times` is the number of times that the variable's unit of time fits into an hour. A burst is what the default allows at once, in
        // proportion.
        let rate = |name, default: Rate, times: u32| {
            let amount = read(name, u64::from(default.per_hour / times), u64::from(u32::MAX / times))?;
            let per_hour = u32::try_from(amount).unwrap_or(u32::MAX).saturating_mul(times);
            let burst = u64::from(per_hour) * u64::from(default.burst) / u64::from(default.per_hour);
            Ok::<_, String>(Rate { per_hour, burst: u32::try_from(burst).unwrap_or(u32::MAX).max(1) })
        };
        let sockets = read("LIMIT_SOCKETS", default.sockets as u64, 10_000)?;
        Ok(Self {
            frames: rate("LIMIT_FRAMES_PER_MINUTE", default.frames, 60)?,
            kilobytes: rate("LIMIT_KB_PER_MINUTE", default.kilobytes, 60)?,
            imports: rate("LIMIT_IMPORT_KB_PER_MINUTE", default.imports, 60)?,
            changes: rate("LIMIT_CHANGES_PER_MINUTE", default.changes, 60)?,
            turns: rate("LIMIT_TURNS_PER_HOUR", default.turns, 1)?,
            tokens_per_day: read("LIMIT_TOKENS_PER_DAY", default.tokens_per_day, 1_000_000_000_000)?,
            sockets: usize::try_from(sockets).unwrap_or(usize::MAX),
        })
    }
}

/// What a person has used, as far as it counts for a limit.
#[derive(Debug, Default)]
pub struct Used {
    frames: Cell<Bucket>,
    kilobytes: Cell<Bucket>,
    imports: Cell<Bucket>,
    changes: Cell<Bucket>,
    turns: Cell<Bucket>,
    /// Frames that were refused.
    refused: Cell<Bucket>,
    /// When that was last said.
    said: Cell<Option<DateTime<Utc>>>,
}

/// What becomes of a frame that exceeds a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The client is told, and how long it should wait.
    Say(TimeDelta),
    /// It was told a moment ago.
    Silently,
    /// It does not wait as it was told, so its connection is closed.
    Close,
}

impl Used {
    /// Takes a frame or a request of so many bytes.
    ///
    /// # Errors
    /// The time to wait.
    pub fn request(&self, limits: &Limits, bytes: usize, now: DateTime<Utc>) -> Result<(), TimeDelta> {
        take(&self.frames, limits.frames, 1.0, now)?;
        take(&self.kilobytes, limits.kilobytes, kilobytes(bytes), now)
    }

    /// Takes a part of a file for import of so many bytes.
    ///
    /// # Errors
    /// The time to wait.
    pub fn import(&self, limits: &Limits, bytes: usize, now: DateTime<Utc>) -> Result<(), TimeDelta> {
        take(&self.frames, limits.frames, 1.0, now)?;
        take(&self.imports, limits.imports, kilobytes(bytes), now)
    }

    /// Takes a frame of a connection of so many bytes.
    ///
    /// # Errors
    /// What becomes of it.
    pub fn frame(&self, limits: &Limits, bytes: usize, now: DateTime<Utc>) -> Result<(), Refused> {
        let Err(wait) = self.request(limits, bytes, now) else { return Ok(()) };
        if take(&self.refused, REFUSED, 1.0, now).is_err() {
            return Err(Refused::Close);
        }
        if self.said.get().is_some_and(|said| (now - said).abs() < SAID_EVERY) {
            return Err(Refused::Silently);
        }
        self.said.set(Some(now));
        Err(Refused::Say(wait))
    }

    /// Takes a call that changes something.
    ///
    /// # Errors
    /// The time to wait.
    pub fn change(&self, limits: &Limits, now: DateTime<Utc>) -> Result<(), TimeDelta> {
        take(&self.changes, limits.changes, 1.0, now)
    }

    /// Takes a chat request.
    ///
    /// # Errors
    /// The time to wait.
    pub fn turn(&self, limits: &Limits, now: DateTime<Utc>) -> Result<(), TimeDelta> {
        take(&self.turns, limits.turns, 1.0, now)
    }
}

#[expect(clippy::cast_precision_loss, reason = "a request has less than 2⁵³ bytes")]
fn kilobytes(bytes: usize) -> f64 {
    bytes as f64 / 1_000.0
}

fn take(bucket: &Cell<Bucket>, rate: Rate, amount: f64, now: DateTime<Utc>) -> Result<(), TimeDelta> {
    let mut changed = bucket.get();
    let taken = changed.take(rate, amount, now);
    bucket.set(changed);
    taken
}

/// The part of a network address that limits count by: an IPv4 address, or the first half of an IPv6 address, which is what one
/// customer of a provider has (RFC 6177).
pub fn network(address: &str) -> String {
    match address.parse() {
        Ok(IpAddr::V6(address)) => match address.to_ipv4_mapped() {
            Some(mapped) => mapped.to_string(),
            None => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).to_string(),
        },
        Ok(IpAddr::V4(address)) => address.to_string(),
        Err(_) => address.to_owned(),
    }
}

/// A time to wait in words, rounded up: “40 seconds”, “3 minutes”, “2 hours”.
pub fn in_words(wait: TimeDelta) -> String {
    let seconds = (wait.num_milliseconds().max(1) + 999) / 1_000;
    let (number, unit) = match seconds {
        ..=119 => (seconds, "second"),
        120..=7_199 => ((seconds + 59) / 60, "minute"),
        _ => ((seconds + 3_599) / 3_600, "hour"),
    };
    format!("{number} {unit}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    #[test]
    fn limits_are_read_from_variables() {
        assert_eq!(ProviderLimits::from_lookup(&|_| None), Ok(ProviderLimits::default()));
        let lookup = |name: &str| match name {
            "LIMIT_TURNS_PER_HOUR" => Some("10".to_owned()),
            "LIMIT_CHANGES_PER_MINUTE" => Some("0".to_owned()),
            "LIMIT_TOKENS_PER_DAY" => Some(" 7 ".to_owned()),
            "LIMIT_TOKENS_PER_DAY_GUEST" => Some("3".to_owned()),
            "LIMIT_SOCKETS_OIDC" => Some("9".to_owned()),
            _ => None,
        };
        let all = ProviderLimits::from_lookup(&lookup).unwrap();
        let limits = *all.of(Provider::Passkey);
        assert_eq!(limits.turns, Rate { per_hour: 10, burst: 1 });
        assert_eq!((limits.changes.per_hour, limits.tokens_per_day, limits.sockets), (0, 7, 32));
        assert_eq!(*all.of(Provider::Guest), Limits { tokens_per_day: 3, ..limits }, "others hold for guests, too");
        assert_eq!((*all.of(Provider::Oidc), *all.of(Provider::Access)), (Limits { sockets: 9, ..limits }, limits));
        let wrong = |name: &str| (name == "LIMIT_SOCKETS").then(|| "many".to_owned());
        assert!(ProviderLimits::from_lookup(&wrong).unwrap_err().contains("LIMIT_SOCKETS"));
    }

    #[test]
    fn a_flood_is_told_to_wait_once_a_second_and_closed_if_it_does_not() {
        let limits = Limits { frames: Rate::per_minute(60, 10), ..Limits::default() };
        let used = Used::default();
        assert!((0..10).all(|_| used.frame(&limits, 100, at(0)).is_ok()));
        assert_eq!(used.frame(&limits, 100, at(0)), Err(Refused::Say(TimeDelta::seconds(1))));
        assert_eq!(used.frame(&limits, 100, at(0)), Err(Refused::Silently));
        // Who waits goes on.
        assert_eq!(used.frame(&limits, 100, at(1)), Ok(()));
        let refused: Vec<_> = (0..REFUSED.burst).map(|_| used.frame(&limits, 100, at(1))).collect();
        assert_eq!(refused.last(), Some(&Err(Refused::Close)));
        assert_eq!(refused.iter().filter(|refused| matches!(refused, Err(Refused::Say(_)))).count(), 1);
    }

    #[test]
    fn bytes_are_limited_too() {
        let limits = Limits { kilobytes: Rate::per_minute(60, 100), ..Limits::default() };
        let used = Used::default();
        assert_eq!(used.request(&limits, 100_000, at(0)), Ok(()));
        assert_eq!(used.request(&limits, 2_000, at(0)), Err(TimeDelta::seconds(2)));
        // A file of the largest size is imported at once, in parts.
        let (limits, part) = (Limits::default(), 4 << 20);
        assert!((0..256).all(|_| used.import(&limits, part, at(0)).is_ok()));
        assert!((0..256).any(|_| used.import(&limits, part, at(0)).is_err()));
    }

    #[test]
    fn limits_count_by_network() {
        assert_eq!(network("192.0.2.7"), "192.0.2.7");
        assert_eq!(network("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(network("2001:db8:1:2::9"), network("2001:db8:1:2:ffff::"));
        assert_eq!(network("unknown"), "unknown");
    }

    #[test]
    fn a_time_to_wait_is_said_in_words() {
        let cases = [
            (1, "1 second"),
            (1_001, "2 seconds"),
            (90_000, "90 seconds"),
            (150_000, "3 minutes"),
            (7_200_001, "3 hours"),
        ];
        for (ms, words) in cases {
            assert_eq!(in_words(TimeDelta::milliseconds(ms)), words);
        }
    }
}
