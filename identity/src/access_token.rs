//! Access tokens for programs. A token is `flux_` and 80 hexadecimal digits: the object whose data it opens (16 bytes), a secret (20
//! bytes), and a checksum (4 bytes), by which scanners of published code and the Worker know a real one from a mistyped one. The object
//! stores its hash alone, so nobody can read a token there.

use sha2::{Digest as _, Sha256};

use crate::subject::ObjectId;

/// How an access token begins.
const PREFIX: &str = "flux_";
/// The sizes of its parts, in bytes.
const OBJECT: usize = 16;
const SECRET: usize = 20;
const CHECKSUM: usize = 4;

/// An access token whose form is right. Only the object can say whether it is valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PresentedToken {
    /// Whose data it opens.
    pub object: ObjectId,
    /// The hash of the token, as the object stores it.
    pub hash: String,
}

/// Makes a token for an object from random bytes, of which at least 128 bits must be unpredictable. `None` for an object whose name
/// somebody chose, which only earlier versions allowed.
pub fn make(object: &ObjectId, random: &[u8]) -> Option<String> {
    let object = ObjectId::made(object.name())?;
    let id = object.name().rsplit('-').next()?;
    let secret = base16ct::lower::encode_string(&Sha256::digest(random)[..SECRET]);
    let body = format!("{PREFIX}{id}{secret}");
    let checksum = checksum(&body);
    Some(format!("{body}{checksum}"))
}

/// Reads a token. `None` when the form or the checksum is wrong.
pub fn read(token: &str) -> Option<PresentedToken> {
    let digits = token.strip_prefix(PREFIX)?;
    if digits.len() != 2 * (OBJECT + SECRET + CHECKSUM) || !digits.is_ascii() {
        return None;
    }
    let (body, sum) = token.split_at(token.len() - 2 * CHECKSUM);
    let object = ObjectId::made(&format!("u-{}", digits.get(..2 * OBJECT)?))?;
    (checksum(body) == sum).then(|| PresentedToken { object, hash: hash(token) })
}

/// The SHA-256 of a text in hexadecimal digits, under which an object stores a token.
pub fn hash(token: &str) -> String {
    base16ct::lower::encode_string(&Sha256::digest(token))
}

/// Whether a text looks like an access token.
pub fn is_like(token: &str) -> bool {
    token.starts_with(PREFIX)
}

fn checksum(body: &str) -> String {
    base16ct::lower::encode_string(&Sha256::digest(body)[..CHECKSUM])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_names_its_object_and_no_mistyped_one_is_read() {
        let object = ObjectId::new([7; 16]);
        let token = make(&object, &[1; 32]).unwrap();
        assert_eq!((token.len(), &token[..7]), (85, "flux_07"));
        let read_back = read(&token).unwrap();
        assert_eq!(read_back, PresentedToken { object: object.clone(), hash: hash(&token) });
        assert!(!read_back.hash.contains(&token[40..60]));
        for at in 5..token.len() {
            let other = if token.as_bytes()[at] == b'0' { "1" } else { "0" };
            let wrong = format!("{}{other}{}", &token[..at], &token[at + 1..]);
            assert_eq!(read(&wrong), None, "{at}");
        }
        for wrong in [
            "",
            "flux_",
            &token[..84],
            &format!("{token}0"),
            &token.to_uppercase(),
            &format!("flux_{}", "ü".repeat(40)),
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
        assert_ne!(make(&object, &[2; 32]), Some(token));
        assert_eq!(make(&ObjectId::from("team"), &[1; 32]), None);
    }
}
