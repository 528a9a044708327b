//! Remembers what a step's input was when it last succeeded.

use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

/// A file that holds the key of the last success.
pub struct Stamp {
    path: PathBuf,
}

impl Stamp {
    /// The stamp kept in that file.
    pub fn at(path: PathBuf) -> Self {
        Self { path }
    }

    /// One key for several inputs. Each counts with its length, so that moving text from one to the next is a change.
    pub fn key<T: AsRef<[u8]>>(inputs: impl IntoIterator<Item = T>) -> String {
        let mut hash = Sha256::new();
        for input in inputs {
            let input = input.as_ref();
            hash.update((input.len() as u64).to_le_bytes());
            hash.update(input);
        }
        hex(&hash.finalize())
    }

    /// Whether the last success was with this key.
    pub fn matches(&self, key: &str) -> bool {
        fs::read_to_string(&self.path).is_ok_and(|stored| stored == key)
    }

    /// Remembers a success.
    pub fn write(&self, key: &str) -> Result<()> {
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
        }
        fs::write(&self.path, key).with_context(|| format!("cannot write {}", self.path.display()))
    }
}

/// Bytes as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The short hash that goes into a file's name: 10 digits, where a collision of two builds needs a million of them.
pub fn short_hash(content: &[u8]) -> String {
    hex(&Sha256::digest(content))[..10].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_tell_inputs_apart() {
        assert_eq!(Stamp::key(["a", "b"]), Stamp::key(["a", "b"]));
        assert_ne!(Stamp::key(["a", "b"]), Stamp::key(["ab", ""]));
        assert_ne!(Stamp::key(["a", "b"]), Stamp::key(["b", "a"]));
        assert_ne!(Stamp::key(["a"]), Stamp::key(["a", ""]));
    }

    #[test]
    fn a_stamp_matches_only_what_was_written() {
        let stamp = Stamp::at(std::env::temp_dir().join(format!("flux-xtask-stamp-{}/s", std::process::id())));
        assert!(!stamp.matches("k"));
        stamp.write("k").unwrap();
        assert!(stamp.matches("k") && !stamp.matches("l"));
        fs::remove_dir_all(stamp.path.parent().unwrap()).unwrap();
    }

    #[test]
    fn hashes_are_those_of_sha_256() {
        // FIPS 180-2, appendix B.1.
        assert_eq!(short_hash(b"abc"), "ba7816bf8f");
    }
}
