//! The status of the connection, and its label. Pure.

use chrono::{DateTime, Utc};
use flux_protocol::close::{CHECK_NEEDED, POLICY_VIOLATION, SIGNED_OUT};

/// The status of the connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// An attempt is in progress.
    Connecting,
    /// The socket is open.
    Connected,
    /// The socket was lost; the next attempt is at this time.
    Waiting {
        /// When.
        until: DateTime<Utc>,
    },
    /// The browser reports that there is no network.
    Offline,
    /// The service refuses this client. Trying again would not help.
    Refused {
        /// The close code.
        code: u16,
        /// The service's reason, as a sentence.
        reason: String,
    },
}

/// What to do after a socket was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Try again.
    Retry,
    /// Do not try again.
    Final,
}

impl Verdict {
    /// Decides by the close code. A policy violation and the application's 4000–4999 are final.
    pub const fn of(code: u16) -> Self {
        match code {
            POLICY_VIOLATION | 4000..=4999 => Self::Final,
            _ => Self::Retry,
        }
    }
}

impl Status {
    /// Whether frames can be sent now.
    pub fn is_connected(&self) -> bool {
        *self == Self::Connected
    }

    /// Whether the service does not know who the browser is.
    pub const fn is_signed_out(&self) -> bool {
        matches!(self, Self::Refused { code: SIGNED_OUT | CHECK_NEEDED, .. })
    }

    /// Whether the browser is new, and must pass a check to become a guest.
    pub const fn needs_check(&self) -> bool {
        matches!(self, Self::Refused { code: CHECK_NEEDED, .. })
    }

    /// A short label. It leaves out the seconds, so that a screen reader does not announce each of them.
    pub const fn label(&self) -> &'static str {
        match self {
            Self::Connecting => "Connecting…",
            Self::Connected => "Connected",
            Self::Waiting { .. } => "Reconnecting",
            Self::Offline => "Offline",
            Self::Refused { code: SIGNED_OUT, .. } => "Signed out",
            Self::Refused { code: CHECK_NEEDED, .. } => "One step left",
            Self::Refused { .. } => "Not connected",
        }
    }

    /// Seconds until the next attempt, rounded up.
    pub fn seconds_left(&self, now: DateTime<Utc>) -> Option<i64> {
        match self {
            Self::Waiting { until } => Some(((*until - now).num_milliseconds() + 999).div_euclid(1_000).max(0)),
            _ => None,
        }
    }

    /// The name of its style.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Connected => "ok",
            Self::Connecting | Self::Waiting { .. } => "busy",
            Self::Offline => "off",
            // It is no fault.
            Self::Refused { code: SIGNED_OUT | CHECK_NEEDED, .. } => "out",
            Self::Refused { .. } => "bad",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policy_violations_and_the_applications_own_codes_are_final() {
        for code in [1008, 4000, 4001, SIGNED_OUT, CHECK_NEEDED, 4999] {
            assert_eq!(Verdict::of(code), Verdict::Final, "{code}");
        }
        for code in [1000, 1001, 1006, 1011, 1012, 3999, 5000] {
            assert_eq!(Verdict::of(code), Verdict::Retry, "{code}");
        }
    }

    #[test]
    fn to_be_signed_out_is_no_fault() {
        let refused = |code| Status::Refused { code, reason: String::new() };
        let (out, new, bad) = (refused(SIGNED_OUT), refused(CHECK_NEEDED), refused(1008));
        assert_eq!((new.is_signed_out(), new.label(), new.kind()), (true, "One step left", "out"));
        assert!(new.needs_check() && !out.needs_check());
        assert_eq!((out.is_signed_out(), out.label(), out.kind()), (true, "Signed out", "out"));
        assert_eq!((bad.is_signed_out(), bad.label(), bad.kind()), (false, "Not connected", "bad"));
    }

    #[test]
    fn the_seconds_left_are_rounded_up_and_never_negative() {
        let now: DateTime<Utc> = "2026-11-23T10:00:00Z".parse().unwrap();
        for (ms, seconds) in [(2_000, 2), (1_001, 2), (1, 1), (0, 0), (-5_000, 0)] {
            let status = Status::Waiting { until: now + chrono::TimeDelta::milliseconds(ms) };
            assert_eq!(status.seconds_left(now), Some(seconds), "{ms}");
        }
        assert_eq!(Status::Connected.seconds_left(now), None);
    }
}
