//! Asks the running server how it is: `GET /healthz`.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

/// Which model answers, as the server says.
#[derive(Debug, PartialEq, Eq)]
pub struct Health {
    /// `offline`, `openai` or `workers-ai`.
    pub provider: String,
    /// The model's own name.
    pub model: String,
}

/// One question; `None` when the server does not answer, or not well.
pub fn ask(port: u16) -> Option<Health> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
    write!(stream, "GET /healthz HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n").ok()?;
    let mut response = String::new();
    stream.read_to_string(&mut response).ok()?;
    parse(&response)
}

/// Reads status and body. Small bodies come in one chunk, so the JSON is between the first and the last brace whether
/// the body is chunked or not.
fn parse(response: &str) -> Option<Health> {
    let (head, body) = response.split_once("\r\n\r\n")?;
    if head.split(' ').nth(1) != Some("200") {
        return None;
    }
    let json: Value = serde_json::from_str(body.get(body.find('{')?..=body.rfind('}')?)?).ok()?;
    let text = |pointer| json.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    (json["ok"] == true).then_some(())?;
    Some(Health { provider: text("/model/provider")?, model: text("/model/name")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    const JSON: &str = r#"{"ok":true,"version":"0.1.0","model":{"provider":"offline","name":"rules"}}"#;

    #[test]
    fn reads_plain_and_chunked_answers() {
        let expected = Some(Health { provider: "offline".into(), model: "rules".into() });
        assert_eq!(parse(&format!("HTTP/1.1 200 OK\r\nContent-Length: 75\r\n\r\n{JSON}")), expected);
        assert_eq!(parse(&format!("HTTP/1.1 200 OK\r\n\r\n4b\r\n{JSON}\r\n0\r\n\r\n")), expected);
    }

    #[test]
    fn anything_else_is_not_health() {
        let no = JSON.replace("true", "false");
        for response in [
            format!("HTTP/1.1 503 No\r\n\r\n{JSON}"),
            format!("HTTP/1.1 200 OK\r\n\r\n{no}"),
            "HTTP/1.1 200 OK\r\n\r\nhello".to_owned(),
            "HTTP/1.1 200 OK\r\n\r\n}{".to_owned(),
            String::new(),
        ] {
            assert_eq!(parse(&response), None, "{response:?}");
        }
    }
}
