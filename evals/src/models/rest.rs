//! Workers AI through its REST API. `POST /accounts/{account}/ai/run/{model}` takes the same input as the binding and streams the same
//! events.

use flux_model::{AiBinding, AiOutput, ModelError, http_failure};
use futures::StreamExt;
use futures::future::LocalBoxFuture;

use super::http::Client;

/// The address of the API.
pub(super) const API: &str = "https://api.cloudflare.com/client/v4";
/// The largest complete answer that is read, in bytes. 4,096 tokens are about a fiftieth of it.
const MAX_BODY_BYTES: usize = 4 * 1024 * 1024;

/// The binding over HTTP.
pub(super) struct Rest {
    client: Client,
    base_url: String,
    account: String,
    token: String,
}

impl Rest {
    pub fn new(client: Client, base_url: &str, account: &str, token: &str) -> Self {
        Self { client, base_url: base_url.to_owned(), account: account.to_owned(), token: token.to_owned() }
    }
}

impl AiBinding for Rest {
    fn run(&self, model: &str, input: String) -> LocalBoxFuture<'static, Result<AiOutput, ModelError>> {
        let url = format!("{}/accounts/{}/ai/run/{model}", self.base_url, self.account);
        let headers = vec![
            ("Authorization".to_owned(), format!("Bearer {}", self.token)),
            ("Content-Type".to_owned(), "application/json".to_owned()),
        ];
        let client = self.client.clone();
        Box::pin(async move {
            let mut response = client.send(url, headers, input).await?;
            let is_stream = response.content_type.as_deref().is_some_and(|kind| kind.starts_with("text/event-stream"));
            if (200..300).contains(&response.status) && is_stream {
                return Ok(AiOutput::Stream(response.body));
            }
            let mut body = Vec::new();
            while let Some(piece) = response.body.next().await {
                body.extend(piece?);
                if body.len() > MAX_BODY_BYTES {
                    return Err(ModelError::Malformed { what: format!("more than {MAX_BODY_BYTES} bytes") });
                }
            }
            if !(200..300).contains(&response.status) {
                return Err(http_failure(response.status, response.retry_after.as_deref(), &body));
            }
            // The stream parser knows the envelope (`{"result": …, "success": true}`).
            serde_json::from_slice(&body)
                .map(AiOutput::Json)
                .map_err(|_| ModelError::Malformed { what: String::from_utf8_lossy(&body).chars().take(200).collect() })
        })
    }
}
