//! Secrets: made here where they are ours, handed to wrangler in files that only this person can read.
//!
//! Never as arguments: every user of a machine can read the command line of every process.

use std::env;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::build::stamp::hex;
use crate::progress;
use crate::workspace::Workspace;

/// The key that signs session cookies (HMAC-SHA-256): 32 bytes as hexadecimal digits.
pub const SESSION_KEY: &str = "FLUX_KEY";

/// The key of a model's server.
const MODEL_KEY: &str = "MODEL_API_KEY";

/// Where wrangler looks for the secrets of the local server, and where no commit can reach them.
pub const LOCAL: &str = ".dev.vars";

/// Makes `.dev.vars` where there is none. One that is there is the person's, whatever is in it.
pub fn prepare_local(workspace: &Workspace) -> Result<()> {
    let path = workspace.path(LOCAL);
    if path.exists() {
        return Ok(());
    }
    let text =
        format!("# Local secrets; made by `cargo xtask dev`, never committed.\n{SESSION_KEY}={}\n", random_key()?);
    // Kept, and so not removed by the guard's end.
    std::mem::forget(SecretFile::create(path, &text)?);
    progress::say(&format!("{} {LOCAL} made, with a new {SESSION_KEY}", progress::tick()));
    Ok(())
}

/// The model's key from the shell, as a file for wrangler; `None` when it is not set.
pub fn model_key(workspace: &Workspace) -> Result<Option<SecretFile>> {
    let Some(key) = env::var(MODEL_KEY).ok().filter(|key| !key.is_empty()) else { return Ok(None) };
    let line = dotenv_line(MODEL_KEY, &key)?;
    SecretFile::create(workspace.path(".flux/model.env"), &line).map(Some)
}

/// One line of a dotenv file. The format has no escape that all its readers agree on.
fn dotenv_line(name: &str, value: &str) -> Result<String> {
    let plain = value.bytes().all(|byte| byte.is_ascii_graphic() && !b"'\"`\\$#".contains(&byte));
    if !plain {
        bail!("{name} has characters that cannot be passed on. Put it into {LOCAL} instead, in quotes");
    }
    Ok(format!("{name}='{value}'\n"))
}

/// A file that only this person can read, and that is gone when this is dropped.
pub struct SecretFile {
    path: PathBuf,
}

impl SecretFile {
    /// Writes it, in place of what an interrupted run may have left.
    pub fn create(path: PathBuf, text: &str) -> Result<Self> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
        }
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("cannot replace {}", path.display()));
            }
            _ => {}
        }
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        file.and_then(|mut file| file.write_all(text.as_bytes()))
            .with_context(|| format!("cannot write {}", path.display()))?;
        Ok(Self { path })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for SecretFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// 32 bytes of the system's randomness.
pub fn random_key() -> Result<String> {
    let mut bytes = [0; 32];
    let random = File::open("/dev/urandom").and_then(|mut file| file.read_exact(&mut bytes));
    random.context("cannot read /dev/urandom")?;
    Ok(hex(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_long_and_never_the_same() {
        let (one, other) = (random_key().unwrap(), random_key().unwrap());
        assert_eq!(one.len(), 64);
        assert!(one.bytes().all(|byte| byte.is_ascii_hexdigit()));
        assert_ne!(one, other);
    }

    #[test]
    fn a_secret_file_is_private_and_goes_away() {
        use std::os::unix::fs::PermissionsExt;
        let path = env::temp_dir().join(format!("flux-xtask-secret-{}", std::process::id()));
        fs::write(&path, "left over, readable by all").unwrap();
        let file = SecretFile::create(path.clone(), "x").unwrap();
        assert_eq!(fs::metadata(file.path()).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_to_string(file.path()).unwrap(), "x");
        drop(file);
        assert!(!path.exists());
    }

    #[test]
    fn a_key_is_passed_on_as_it_is_or_not_at_all() {
        assert_eq!(dotenv_line("K", "sk-proj_1.2=").unwrap(), "K='sk-proj_1.2='\n");
        for value in ["a b", "a'b", "a$b", "a#b", "a\nB=c", "a\\b"] {
            let error = dotenv_line("K", value).unwrap_err().to_string();
            assert!(error.contains(LOCAL) && !error.contains(value), "{error}");
        }
    }
}
