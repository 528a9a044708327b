//! What identifying and signing in need, on Workers.

use chrono::{DateTime, Utc};
use flux_identity::jwt::Algorithm;
use flux_identity::platform::{Failed, Key, KeyFormat, Parameters, Platform, Question};
use flux_identity::request::{SubjectReply, SubjectRequest, TimelineReply, TimelineRequest};
use flux_identity::{ObjectId, Presented, Providers, Subject};
use futures::future::LocalBoxFuture;
use js_sys::{Array, Uint8Array};
use serde_json::Value;
use uuid::Uuid;
use wasm_bindgen::prelude::*;
use worker::durable::Stub;
use worker::{Env, Request, Result};

use super::ask::ask;
use super::clock::now;
use super::log::write;
use super::text;
use super::thrown::message_of;
use crate::telemetry::LogRecord;

/// How long a provider may take, in ms, and how much it may answer, in bytes.
const LIMIT_MS: u32 = 10_000;
const LIMIT_BYTES: u32 = 262_144;

#[wasm_bindgen(module = "/src/edge/platform.mjs")]
extern "C" {
    #[wasm_bindgen(catch)]
    async fn imported(algorithm: &str, key: &JsValue) -> std::result::Result<JsValue, JsValue>;

    #[wasm_bindgen(catch)]
    async fn verify(
        algorithm: &str,
        key: &JsValue,
        signature: &Uint8Array,
        data: &Uint8Array,
    ) -> std::result::Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_name = askProvider)]
    async fn ask_provider(
        url: &str,
        client: Option<Array>,
        form: Option<Array>,
        limit_ms: u32,
        limit_bytes: u32,
    ) -> std::result::Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_name = withParameters)]
    fn with_parameters(url: &str, parameters: &Array) -> std::result::Result<String, JsValue>;
}

/// The platform of the Worker.
pub(super) struct EdgePlatform<'a>(pub &'a Env);

impl EdgePlatform<'_> {
    /// The object of a class with this name.
    fn object(&self, class: &str, name: &str) -> std::result::Result<Stub, Failed> {
        self.0.durable_object(class).and_then(|class| class.get_by_name(name)).map_err(failed)
    }
}

impl Platform for EdgePlatform<'_> {
    fn now(&self) -> DateTime<Utc> {
        now()
    }

    fn random(&self) -> Uuid {
        Uuid::new_v4()
    }

    fn ask_subject<'a>(
        &'a self,
        subject: &'a Subject,
        request: SubjectRequest,
    ) -> LocalBoxFuture<'a, std::result::Result<SubjectReply, Failed>> {
        Box::pin(async move {
            let object = self.object("Account", &subject.to_string())?;
            ask(&object, "subject", None, &request).await.map_err(failed)
        })
    }

    fn ask_timeline<'a>(
        &'a self,
        object: &'a ObjectId,
        request: TimelineRequest,
    ) -> LocalBoxFuture<'a, std::result::Result<TimelineReply, Failed>> {
        Box::pin(async move {
            let stub = self.object("Chat", object.name())?;
            ask(&stub, "account", Some(object), &request).await.map_err(failed)
        })
    }

    fn ask_provider(&self, question: Question) -> LocalBoxFuture<'_, std::result::Result<Value, Failed>> {
        Box::pin(async move {
            let client = question.client.map(|(id, secret)| Array::of2(&id.into(), &secret.into()));
            let form = question.form.as_ref().map(pairs);
            let asked = ask_provider(&question.url, client, form, LIMIT_MS, LIMIT_BYTES).await;
            let text = asked.map_err(|thrown| Failed(message_of(&thrown)))?.as_string().unwrap_or_default();
            serde_json::from_str(&text).map_err(|error| Failed(error.to_string()))
        })
    }

    fn is_signed<'a>(&'a self, key: Key, signature: &'a [u8], data: &'a [u8]) -> LocalBoxFuture<'a, bool> {
        Box::pin(async move {
            let (algorithm, key) = raw(key);
            let verified = verify(algorithm, &key, &Uint8Array::from(signature), &Uint8Array::from(data)).await;
            verified.is_ok_and(|is_right| is_right == JsValue::TRUE)
        })
    }

    fn is_usable(&self, key: Key) -> LocalBoxFuture<'_, bool> {
        Box::pin(async move {
            let (algorithm, key) = raw(key);
            imported(algorithm, &key).await.is_ok()
        })
    }

    fn address(&self, url: &str, parameters: &Parameters) -> Option<String> {
        with_parameters(url, &pairs(parameters)).ok()
    }

    fn report(&self, provider: &'static str, outcome: &'static str) {
        write(&LogRecord::SignIn { provider, outcome });
    }
}

/// What a request presents.
///
/// # Errors
/// When a header cannot be read.
pub(super) fn presented_by(request: &Request) -> Result<Presented> {
    let header = |name| request.headers().get(name).map(Option::unwrap_or_default);
    let url = super::url(request)?;
    Ok(Presented {
        authorization: header("authorization")?,
        subprotocols: header("sec-websocket-protocol")?,
        in_address: url.search_params().get("token").unwrap_or_default(),
        cookies: header("cookie")?,
        assertion: request.headers().get("cf-access-jwt-assertion")?,
        is_secure: url.protocol() == "https:",
    })
}

/// The providers that the deployment offers.
///
/// # Errors
/// A sentence about a variable that cannot be used.
pub(super) fn offered(env: &Env) -> std::result::Result<Providers, String> {
    Providers::from_lookup(&|name| text(env, name))
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err takes")]
fn failed(error: worker::Error) -> Failed {
    Failed(error.to_string())
}

/// The name of a key's algorithm, and the key.
fn raw(key: Key) -> (&'static str, JsValue) {
    let algorithm = match key.algorithm {
        Algorithm::Rs256 => "RS256",
        Algorithm::Es256 => "ES256",
    };
    let key = match key.format {
        KeyFormat::Jwk(text) => text.into(),
        KeyFormat::Spki(bytes) => Uint8Array::from(bytes.as_slice()).into(),
    };
    (algorithm, key)
}

fn pairs(parameters: &Parameters) -> Array {
    parameters.iter().map(|(name, value)| Array::of2(&(*name).into(), &value.as_str().into())).collect()
}
