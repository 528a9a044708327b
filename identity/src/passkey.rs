//! Passkeys: the rules of WebAuthn (<https://www.w3.org/TR/webauthn-3/>) for making one and for signing in with one. The signature
//! itself is checked by the platform's WebCrypto.
//!
//! No attestation is asked for, so nothing proves which device made a key, and nothing needs to. The key is therefore taken from
//! what the browser says it is (§5.2.1.1, `getPublicKey`) and not read out of the authenticator data a second time.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::jwt::Algorithm;
use crate::platform::{Key, KeyFormat};
use flux_timeline::json;

/// How long a browser waits for the person, in ms.
const TIMEOUT_MS: u32 = 300_000;
/// The COSE numbers of the algorithms (RFC 9053 §2.1, RFC 8812 §2).
const ES256: i64 = -7;
const RS256: i64 = -257;
/// Flags of the authenticator data (§6.1).
const USER_PRESENT: u8 = 0x01;
const USER_VERIFIED: u8 = 0x04;
const HAS_CREDENTIAL: u8 = 0x40;
/// The length of authenticator data without a credential, and where the length of the credential's id is.
const DATA_BYTES: usize = 37;
const ID_LENGTH_AT: usize = 53;
/// Longest id of a credential (§4, “Credential ID”), in bytes.
const ID_BYTES: usize = 1_023;
/// The length of the name of a person, in bytes.
const USER_BYTES: usize = 32;
/// Longest public key, in bytes: an RSA key of 8,192 bits needs fewer.
const KEY_BYTES: usize = 2_048;

/// Where and for what a browser makes or uses a passkey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ceremony<'a> {
    /// The origin of the page.
    pub origin: &'a str,
    /// The host, for which the passkey is made: the relying party's id.
    pub host: &'a str,
    /// The challenge, in base64url.
    pub challenge: &'a str,
}

/// A passkey, as the service keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passkey {
    /// Its id, in base64url.
    pub id: String,
    /// The public key: a `SubjectPublicKeyInfo` in base64url.
    pub key: String,
    /// The COSE number of the algorithm.
    pub algorithm: i64,
    /// How often it was used, if its authenticator counts (§6.1.1).
    pub counter: u32,
}

/// An answer to a challenge, whose signature is still to be checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assertion {
    /// The id of the passkey.
    pub id: String,
    /// The person whom it names.
    pub user: String,
    /// What is signed.
    pub signed: Vec<u8>,
    /// The signature.
    pub signature: Vec<u8>,
    /// How often the passkey was used, if its authenticator counts.
    pub counter: u32,
}

/// Why an answer of a browser is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasskeyError {
    /// It is not what WebAuthn prescribes.
    #[error("The answer of the browser cannot be read.")]
    Form,
    /// It answers another challenge, or came too late.
    #[error("The answer of the browser belongs to another attempt, or came too late.")]
    Challenge,
    /// It is from the page of another site.
    #[error("The answer of the browser is from another site.")]
    Origin,
    /// Nobody has confirmed it on the device.
    #[error("Nobody has confirmed it on the device.")]
    Unverified,
    /// The algorithm of the key is not supported.
    #[error("Passkeys of this kind are not supported.")]
    Algorithm,
    /// It was used so often before, so there are two of it.
    #[error("This passkey may have been copied: another one like it was used since. Sign in in another way.")]
    Copied,
    /// The signature is wrong, or the passkey is not known here.
    #[error("This passkey is not known here.")]
    Unknown,
}

#[derive(Deserialize)]
struct Registered {
    id: String,
    response: RegisteredResponse,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RegisteredResponse {
    #[serde(rename = "clientDataJSON")]
    client_data: String,
    authenticator_data: String,
    public_key: String,
    public_key_algorithm: i64,
}

#[derive(Deserialize)]
struct Asserted {
    id: String,
    response: AssertedResponse,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AssertedResponse {
    #[serde(rename = "clientDataJSON")]
    client_data: String,
    authenticator_data: String,
    signature: String,
    user_handle: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(default)]
    cross_origin: bool,
}

impl Ceremony<'_> {
    /// The options with which a browser makes a passkey for a person, who is named in base64url. A device that has one of `others`, ids of
    /// passkeys of the same timeline, makes none.
    pub fn creation_options(&self, user: &str, others: &[String]) -> Value {
        let known: Vec<Value> = others.iter().map(|id| json!({ "type": "public-key", "id": id })).collect();
        let kind = |algorithm: i64| json!({ "type": "public-key", "alg": algorithm });
        json!({
            "challenge": self.challenge,
            "rp": { "id": self.host, "name": "Temporal Flux" },
            // What a person sees in their list of passkeys.
            "user": { "id": user, "name": "My timeline", "displayName": "My timeline" },
            "pubKeyCredParams": [kind(ES256), kind(RS256)],
            "authenticatorSelection": { "residentKey": "required", "requireResidentKey": true, "userVerification": "required" },
            "excludeCredentials": known,
            "attestation": "none",
            "timeout": TIMEOUT_MS,
        })
    }

    /// The options with which a browser signs in.
    pub fn request_options(&self) -> Value {
        json!({
            "challenge": self.challenge,
            "rpId": self.host,
            "allowCredentials": [],
            "userVerification": "required",
            "timeout": TIMEOUT_MS,
        })
    }

    /// Checks the answer of a browser that has made a passkey (§7.1).
    ///
    /// # Errors
    /// [`PasskeyError`].
    pub fn registered(&self, credential: &Value) -> Result<Passkey, PasskeyError> {
        let Registered { id, response } = json::read(credential.clone()).map_err(|_| PasskeyError::Form)?;
        self.check_client("webauthn.create", &response.client_data)?;
        let data = bytes(&response.authenticator_data)?;
        let counter = self.check_data(&data)?;
        let id_bytes = bytes(&id)?;
        let has_id = data[DATA_BYTES - 5] & HAS_CREDENTIAL != 0;
        let of_data = data.get(ID_LENGTH_AT..ID_LENGTH_AT + 2).zip(data.get(ID_LENGTH_AT + 2..));
        let is_same = of_data.is_some_and(|(length, rest)| {
            usize::from(length[0]) << 8 | usize::from(length[1]) == id_bytes.len() && rest.starts_with(&id_bytes)
        });
        let fits = (1..=ID_BYTES).contains(&id_bytes.len()) && bytes(&response.public_key)?.len() <= KEY_BYTES;
        if !has_id || !is_same || !fits {
            return Err(PasskeyError::Form);
        }
        let passkey = Passkey { id, key: response.public_key, algorithm: response.public_key_algorithm, counter };
        passkey.algorithm()?;
        Ok(passkey)
    }

    /// Checks the answer of a browser that signs in (§7.2), as far as that needs no key.
    ///
    /// # Errors
    /// [`PasskeyError`].
    pub fn asserted(&self, credential: &Value) -> Result<Assertion, PasskeyError> {
        let Asserted { id, response } = json::read(credential.clone()).map_err(|_| PasskeyError::Form)?;
        let client = self.check_client("webauthn.get", &response.client_data)?;
        let mut signed = bytes(&response.authenticator_data)?;
        let counter = self.check_data(&signed)?;
        signed.extend_from_slice(&Sha256::digest(client));
        // Before its object is asked. Ours have 32 bytes.
        let user = response.user_handle.filter(|user| bytes(user).is_ok_and(|bytes| bytes.len() == USER_BYTES));
        let user = user.ok_or(PasskeyError::Form)?;
        Ok(Assertion { id, user, signed, signature: bytes(&response.signature)?, counter })
    }

    /// Checks what the browser says about the ceremony, and returns it as it was signed.
    fn check_client(&self, kind: &str, data: &str) -> Result<Vec<u8>, PasskeyError> {
        let data = bytes(data)?;
        let text = std::str::from_utf8(&data).map_err(|_| PasskeyError::Form)?;
        let client: ClientData = json::read_text(text).map_err(|_| PasskeyError::Form)?;
        if client.kind != kind {
            return Err(PasskeyError::Form);
        }
        if client.challenge != self.challenge {
            return Err(PasskeyError::Challenge);
        }
        if client.origin != self.origin || client.cross_origin {
            return Err(PasskeyError::Origin);
        }
        Ok(data)
    }

    /// Checks the authenticator data (§6.1), and returns the counter.
    fn check_data(&self, data: &[u8]) -> Result<u32, PasskeyError> {
        let (host, rest) = data.split_at_checked(32).ok_or(PasskeyError::Form)?;
        let [flags, counter @ ..] = rest.first_chunk::<5>().ok_or(PasskeyError::Form)?;
        if *host != *Sha256::digest(self.host) {
            return Err(PasskeyError::Origin);
        }
        let confirmed = USER_PRESENT | USER_VERIFIED;
        if flags & confirmed != confirmed {
            return Err(PasskeyError::Unverified);
        }
        Ok(u32::from_be_bytes(*counter))
    }
}

impl Assertion {
    /// The signature as the platform expects it.
    ///
    /// # Errors
    /// [`PasskeyError::Form`].
    pub fn signature_for(&self, algorithm: Algorithm) -> Result<Vec<u8>, PasskeyError> {
        match algorithm {
            Algorithm::Es256 => raw_signature(&self.signature).map(Vec::from),
            Algorithm::Rs256 => Ok(self.signature.clone()),
        }
    }
}

impl PasskeyError {
    /// Its name in the log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Form => "passkey-form",
            Self::Challenge => "passkey-challenge",
            Self::Origin => "passkey-origin",
            Self::Unverified => "passkey-unverified",
            Self::Algorithm => "passkey-algorithm",
            Self::Copied => "passkey-copied",
            Self::Unknown => "passkey-unknown",
        }
    }
}

impl Passkey {
    /// The algorithm of its signatures.
    ///
    /// # Errors
    /// [`PasskeyError::Algorithm`].
    pub fn algorithm(&self) -> Result<Algorithm, PasskeyError> {
        match self.algorithm {
            ES256 => Ok(Algorithm::Es256),
            RS256 => Ok(Algorithm::Rs256),
            _ => Err(PasskeyError::Algorithm),
        }
    }

    /// The public key.
    ///
    /// # Errors
    /// [`PasskeyError`]: the form or the algorithm.
    pub fn public_key(&self) -> Result<Key, PasskeyError> {
        Ok(Key { algorithm: self.algorithm()?, format: KeyFormat::Spki(bytes(&self.key)?) })
    }

    /// Whether a count is later than the last one. Most passkeys are on several devices and do not count.
    pub fn counts(&self, counter: u32) -> bool {
        (self.counter == 0 && counter == 0) || counter > self.counter
    }
}

/// The two numbers of an ECDSA signature with P-256, 32 bytes each, as WebCrypto expects them. Authenticators write them in DER (§6.5.5).
fn raw_signature(der: &[u8]) -> Result<[u8; 64], PasskeyError> {
    let read = || {
        let [0x30, length, rest @ ..] = der else { return None };
        let (first, rest) = der_integer((usize::from(*length) == rest.len()).then_some(rest)?)?;
        let (second, rest) = der_integer(rest)?;
        let mut raw = [0; 64];
        for (number, place) in [first, second].into_iter().zip([32, 64]) {
            raw.get_mut(place - number.len()..place)?.copy_from_slice(number);
        }
        rest.is_empty().then_some(raw)
    };
    read().ok_or(PasskeyError::Form)
}

/// Reads a positive integer of at most 32 bytes in DER, without the zero that says that it is positive.
fn der_integer(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let [0x02, length, rest @ ..] = der else { return None };
    let (number, rest) = rest.split_at_checked(usize::from(*length))?;
    let number = number.strip_prefix(&[0]).unwrap_or(number);
    (number.len() <= 32).then_some((number, rest))
}

fn bytes(base64: &str) -> Result<Vec<u8>, PasskeyError> {
    Base64UrlUnpadded::decode_vec(base64).map_err(|_| PasskeyError::Form)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Ceremony<'static> =
        Ceremony { origin: "https://flux.example", host: "flux.example", challenge: "Y2hhbGxlbmdl" };

    fn encode(bytes: impl AsRef<[u8]>) -> String {
        Base64UrlUnpadded::encode_string(bytes.as_ref())
    }

    fn client(kind: &str, more: Value) -> String {
        let mut data =
            json!({ "type": kind, "challenge": HERE.challenge, "origin": HERE.origin, "crossOrigin": false });
        for (name, value) in more.as_object().unwrap() {
            data[name] = value.clone();
        }
        encode(data.to_string())
    }

    fn data(host: &str, flags: u8, credential: &[u8]) -> Vec<u8> {
        let mut data = Sha256::digest(host).to_vec();
        data.push(flags);
        data.extend_from_slice(&[0, 0, 0, 5]);
        if flags & HAS_CREDENTIAL != 0 {
            data.extend_from_slice(&[0; 16]);
            data.extend_from_slice(&[0, u8::try_from(credential.len()).unwrap()]);
            data.extend_from_slice(credential);
            data.extend_from_slice(b"the key in CBOR");
        }
        data
    }

    fn made(more: Value, data: &[u8]) -> Value {
        json!({ "id": encode("id"), "response": {
            "clientDataJSON": client("webauthn.create", more), "authenticatorData": encode(data),
            "publicKey": encode("key"), "publicKeyAlgorithm": -7,
        } })
    }

    #[test]
    fn a_passkey_is_made_for_this_site_and_this_challenge_only() {
        let good = data(HERE.host, 0x45, b"id");
        let passkey = HERE.registered(&made(json!({}), &good)).unwrap();
        assert_eq!(passkey, Passkey { id: encode("id"), key: encode("key"), algorithm: -7, counter: 5 });
        for (more, error) in [
            (json!({ "type": "webauthn.get" }), PasskeyError::Form),
            (json!({ "challenge": "b3RoZXI" }), PasskeyError::Challenge),
            (json!({ "origin": "https://flux.example.evil" }), PasskeyError::Origin),
            (json!({ "origin": "http://flux.example" }), PasskeyError::Origin),
            (json!({ "crossOrigin": true }), PasskeyError::Origin),
        ] {
            assert_eq!(HERE.registered(&made(more, &good)), Err(error));
        }
        for (wrong, error) in [
            (data("other.example", 0x45, b"id"), PasskeyError::Origin),
            (data(HERE.host, 0x41, b"id"), PasskeyError::Unverified),
            (data(HERE.host, 0x44, b"id"), PasskeyError::Unverified),
            (data(HERE.host, 0x05, b""), PasskeyError::Form),
            (data(HERE.host, 0x45, b"other"), PasskeyError::Form),
            (good[..50].to_vec(), PasskeyError::Form),
            (Vec::new(), PasskeyError::Form),
        ] {
            assert_eq!(HERE.registered(&made(json!({}), &wrong)), Err(error), "{wrong:?}");
        }
        let mut other = made(json!({}), &good);
        other["response"]["publicKeyAlgorithm"] = json!(-8);
        assert_eq!(HERE.registered(&other), Err(PasskeyError::Algorithm));
        assert_eq!(HERE.registered(&json!({ "id": 7 })), Err(PasskeyError::Form));
    }

    #[test]
    fn what_is_signed_are_the_data_and_the_hash_of_what_the_browser_says() {
        let client = client("webauthn.get", json!({}));
        let data = data(HERE.host, 0x05, b"");
        let credential = |user: Value| {
            json!({ "id": "aWQ", "response": { "clientDataJSON": client, "authenticatorData": encode(&data),
                "signature": encode("signature"), "userHandle": user } })
        };
        let me = encode([7; USER_BYTES]);
        let assertion = HERE.asserted(&credential(json!(me))).unwrap();
        assert_eq!((&assertion.user, assertion.counter), (&me, 5));
        assert_eq!(assertion.signed, [&data[..], &Sha256::digest(bytes(&client).unwrap())].concat());
        for user in [json!(""), json!("dXNlcg"), json!("x".repeat(9_999)), Value::Null] {
            assert_eq!(HERE.asserted(&credential(user)), Err(PasskeyError::Form));
        }
        let other = Ceremony { challenge: "b3RoZXI", ..HERE };
        assert_eq!(other.asserted(&credential(json!(me))), Err(PasskeyError::Challenge));
    }

    #[test]
    fn a_copied_passkey_that_counts_is_noticed() {
        let passkey = |counter| Passkey { id: String::new(), key: String::new(), algorithm: -7, counter };
        assert!(passkey(0).counts(0) && passkey(0).counts(1) && passkey(5).counts(6));
        assert!(!passkey(5).counts(5) && !passkey(5).counts(0));
    }

    #[test]
    fn signatures_in_der_become_two_numbers_of_32_bytes() {
        let (long, short) = ([0x81; 32], [0x01; 31]);
        let der = [&[0x30, 68, 0x02, 33, 0][..], &long, &[0x02, 31], &short].concat();
        let raw = raw_signature(&der).unwrap();
        assert_eq!((&raw[..32], raw[32], &raw[33..]), (&long[..], 0, &short[..]));
        let too_long = [&[0x30, 70, 0x02, 35, 0][..], &[1; 34], &[0x02, 31], &short].concat();
        let more = [&der[..], &[0]].concat();
        for wrong in [&der[..der.len() - 1], &more, &too_long, &[], &[0x30], &[0x30, 0], &[0x30, 2, 0x02, 200]] {
            assert_eq!(raw_signature(wrong), Err(PasskeyError::Form), "{wrong:?}");
        }
    }
}
