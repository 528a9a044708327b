//! Versions as tools print them, and as `Cargo.toml` writes them.

use std::fmt;

/// A version's three numbers. Pre-release and build labels are dropped: no decision here depends on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    major: u32,
    minor: u32,
    patch: u32,
}

impl Version {
    /// A version from its numbers.
    pub const fn new(major: u32, minor: u32, patch: u32) -> Self {
        Self { major, minor, patch }
    }

    /// The first word of a tool's output that is a version: `v24.21.0`, `rustc 1.96.0 (ac68 …)`, `1.91`.
    pub fn find(output: &str) -> Option<Self> {
        output.split_whitespace().find_map(Self::parse)
    }

    fn parse(word: &str) -> Option<Self> {
        let word = word.strip_prefix('v').unwrap_or(word);
        let numbers = word.split(['-', '+']).next()?;
        let mut parts = numbers.split('.').map(|part| part.parse().ok());
        let (major, minor) = (parts.next()??, parts.next()??);
        let patch = parts.next().unwrap_or(Some(0))?;
        parts.next().is_none().then_some(Self { major, minor, patch })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// The `rust-version` of the workspace's `Cargo.toml`.
pub fn minimum_rust(manifest: &str) -> Option<Version> {
    let line = manifest.lines().find(|line| line.starts_with("rust-version"))?;
    Version::find(&line.replace(['"', '='], " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_version_in_what_tools_print() {
        let cases = [
            ("v24.21.0\n", Some(Version::new(24, 21, 0))),
            ("rustc 1.96.0 (ac68faa20 2026-05-25)", Some(Version::new(1, 96, 0))),
            ("rustc 1.97.0-nightly (abc 2026-06-01)", Some(Version::new(1, 97, 0))),
            ("1.91", Some(Version::new(1, 91, 0))),
            ("wasm-bindgen 0.2.130", Some(Version::new(0, 2, 130))),
            ("Chromium 156.0.8078.79 built on Debian", None),
            ("command not found", None),
            ("", None),
        ];
        for (output, expected) in cases {
            assert_eq!(Version::find(output), expected, "{output:?}");
        }
    }

    #[test]
    fn orders_by_number_not_by_text() {
        assert!(Version::new(22, 12, 0) > Version::new(22, 9, 9));
        assert!(Version::new(9, 0, 0) < Version::new(22, 0, 0));
    }

    #[test]
    fn reads_the_minimum_rust_version() {
        assert_eq!(minimum_rust("edition = \"2024\"\nrust-version = \"1.91\"\n"), Some(Version::new(1, 91, 0)));
        assert_eq!(minimum_rust("edition = \"2024\"\n"), None);
    }
}
