//! What identifying and signing in need from outside: a clock, randomness, signatures, providers, and the objects of subjects and
//! timelines. Futures are boxed, so that what waits for them stays small.

use chrono::{DateTime, Utc};
use futures::future::LocalBoxFuture;
use serde_json::Value;
use uuid::Uuid;

use crate::jwt::Algorithm;
use crate::request::{SubjectReply, SubjectRequest, TimelineReply, TimelineRequest};
use crate::subject::{ObjectId, Subject};

/// The platform.
pub trait Platform {
    /// The present moment.
    fn now(&self) -> DateTime<Utc>;

    /// A random UUID, with 122 unpredictable bits.
    fn random(&self) -> Uuid;

    /// Asks the object of a subject.
    fn ask_subject<'a>(
        &'a self,
        subject: &'a Subject,
        request: SubjectRequest,
    ) -> LocalBoxFuture<'a, Result<SubjectReply, Failed>>;

    /// Asks the object of a timeline.
    fn ask_timeline<'a>(
        &'a self,
        object: &'a ObjectId,
        request: TimelineRequest,
    ) -> LocalBoxFuture<'a, Result<TimelineReply, Failed>>;

    /// Asks a provider at an address. An answer that does not come in time, is too long, has another status than 200 or is not JSON
    /// is a failure.
    fn ask_provider(&self, question: Question) -> LocalBoxFuture<'_, Result<Value, Failed>>;

    /// Whether a signature is right. A key that cannot be used has signed nothing.
    fn is_signed<'a>(&'a self, key: Key, signature: &'a [u8], data: &'a [u8]) -> LocalBoxFuture<'a, bool>;

    /// Whether the platform can use a public key.
    fn is_usable(&self, key: Key) -> LocalBoxFuture<'_, bool>;

    /// The address with parameters added. `None` if it is none.
    fn address(&self, url: &str, parameters: &Parameters) -> Option<String>;

    /// Reports that somebody signed in, or could not: `done`, or why not.
    fn report(&self, provider: &'static str, outcome: &'static str);
}

/// Names and values of an address or a form.
pub type Parameters = Vec<(&'static str, String)>;

/// Why an object or a provider gives no answer, in words for a log of the platform.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Failed(pub String);

/// A question to a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The address.
    pub url: String,
    /// The id and the secret of the client, for the header `Authorization` (RFC 6749 §2.3.1).
    pub client: Option<(String, String)>,
    /// A form to send. Without it, nothing is sent.
    pub form: Option<Parameters>,
}

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// For which signatures.
    pub algorithm: Algorithm,
    /// The key.
    pub format: KeyFormat,
}

/// How a public key is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyFormat {
    /// A JSON Web Key (RFC 7517).
    Jwk(String),
    /// A `SubjectPublicKeyInfo` (RFC 5280 §4.1).
    Spki(Vec<u8>),
}
