//! The HTTP transport for the model endpoints.

use std::time::Duration;

use flux_model::{ByteStream, HttpResponse, HttpTransport, ModelError};
use futures::StreamExt;
use futures::future::LocalBoxFuture;

/// The time limit for connecting. The model's own limits apply after that.
const CONNECT: Duration = Duration::from_secs(20);

/// An HTTP client. Clones share its connections.
#[derive(Debug, Clone)]
pub(super) struct Client(reqwest::Client);

impl Client {
    pub fn new() -> Result<Self, reqwest::Error> {
        let agent = concat!("flux-evals/", env!("CARGO_PKG_VERSION"));
        reqwest::Client::builder().connect_timeout(CONNECT).user_agent(agent).build().map(Self)
    }

    pub async fn send(
        &self,
        url: String,
        headers: Vec<(String, String)>,
        body: String,
    ) -> Result<HttpResponse, ModelError> {
        let mut request = self.0.post(url).body(body);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let response = request.send().await.map_err(|error| unreachable(&error))?;
        let header = |name: &str| Some(response.headers().get(name)?.to_str().ok()?.to_owned());
        Ok(HttpResponse {
            status: response.status().as_u16(),
            retry_after: header("retry-after"),
            content_type: header("content-type"),
            body: pieces(response),
        })
    }
}

impl HttpTransport for Client {
    fn post(
        &self,
        url: String,
        headers: Vec<(String, String)>,
        body: String,
    ) -> LocalBoxFuture<'static, Result<HttpResponse, ModelError>> {
        let client = self.clone();
        Box::pin(async move { client.send(url, headers, body).await })
    }
}

fn pieces(response: reqwest::Response) -> ByteStream {
    response.bytes_stream().map(|piece| piece.map_err(|error| unreachable(&error))).boxed_local()
}

/// The whole chain of causes, because the first one is not specific. The address is left out because it can contain a key.
fn unreachable(error: &reqwest::Error) -> ModelError {
    let mut words = Vec::new();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        words.push(error.to_string());
        cause = error.source();
    }
    let message = if words.is_empty() { "the connection failed".to_owned() } else { words.join(": ") };
    ModelError::Unreachable { message }
}
