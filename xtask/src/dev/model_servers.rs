//! Looks for servers of language models on this computer: `GET /v1/models` on the default ports of the usual programs.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde_json::Value;

/// The programs, in order of preference, and their default ports.
const PROGRAMS: [(&str, u16); 3] = [("Ollama", 11434), ("llama.cpp", 8080), ("LM Studio", 1234)];
/// The time limit for connecting. On the same computer it takes well under a millisecond.
const CONNECT: Duration = Duration::from_millis(200);
/// The time limit for the whole answer.
const ANSWER: Duration = Duration::from_secs(1);
/// The most bytes of an answer that are read.
const ANSWER_BYTES: u64 = 1 << 20;
/// The most models of a server that are named.
const NAMED: usize = 3;

/// A server that answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelServer {
    /// The program that usually listens on this port.
    pub program: &'static str,
    /// Its port on this computer.
    pub port: u16,
    /// Its models, at least one. Models for embeddings are left out, because they cannot answer.
    pub models: Vec<String>,
}

impl ModelServer {
    /// The variables of the Worker that connect it. The time limits are the longest ones, because a computer without a graphics
    /// card needs minutes for the first prompt.
    pub fn variables(&self) -> [String; 4] {
        [
            format!("MODEL_BASE_URL:http://127.0.0.1:{}/v1", self.port),
            format!("MODEL_NAME:{}", self.models[0]),
            "MODEL_FIRST_BYTE_TIMEOUT_MS:300000".to_owned(),
            "MODEL_WHOLE_TIMEOUT_MS:300000".to_owned(),
        ]
    }

    /// The program, where it is, and its models.
    pub fn describe(&self) -> String {
        let named: Vec<&str> = self.models.iter().take(NAMED).map(String::as_str).collect();
        let more = match self.models.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        format!("{} on port {} with {}{more}", self.program, self.port, named.join(", "))
    }
}

/// The search, which runs in the background.
pub struct Search(Vec<JoinHandle<Option<ModelServer>>>);

impl Search {
    /// Asks all ports at the same time, except for our own.
    pub fn start(own_port: u16) -> Self {
        let ports = PROGRAMS.into_iter().filter(|(_, port)| *port != own_port);
        Self(ports.map(|(program, port)| thread::spawn(move || ask(program, port, ANSWER))).collect())
    }

    /// The servers that answered, in order of preference. Waits for the time limits at most.
    pub fn found(self) -> Vec<ModelServer> {
        self.0.into_iter().filter_map(|asking| asking.join().ok().flatten()).collect()
    }
}

/// Where the search looks, in words.
pub fn places() -> String {
    PROGRAMS.map(|(program, port)| format!("{program} on port {port}")).join(", ")
}

fn ask(program: &'static str, port: u16, within: Duration) -> Option<ModelServer> {
    let began = Instant::now();
    let mut stream = TcpStream::connect_timeout(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)), CONNECT).ok()?;
    stream.set_write_timeout(Some(within)).ok()?;
    // HTTP/1.0, so that the answer is not in chunks. In one piece, because a server that answers after the first piece and closes
    // the connection would make the second one fail, and the answer with it.
    let request = format!("GET /v1/models HTTP/1.0\r\nHost: localhost:{port}\r\nAccept: application/json\r\n\r\n");
    stream.write_all(request.as_bytes()).ok()?;
    let mut response = Vec::new();
    let mut piece = [0; 16_384];
    loop {
        let left = within.checked_sub(began.elapsed()).filter(|left| !left.is_zero())?;
        stream.set_read_timeout(Some(left)).ok()?;
        match stream.read(&mut piece).ok()? {
            0 => break,
            read => response.extend_from_slice(&piece[..read]),
        }
        if response.len() as u64 > ANSWER_BYTES {
            return None;
        }
        // Some servers keep the connection open.
        if models(&response).is_some() {
            break;
        }
    }
    let models = models(&response).filter(|models| !models.is_empty())?;
    Some(ModelServer { program, port, models })
}

/// The names in a response with OpenAI's list of models. `None` if it is something else, or incomplete.
fn models(response: &[u8]) -> Option<Vec<String>> {
    let response = std::str::from_utf8(response).ok()?;
    let (head, body) = response.split_once("\r\n\r\n")?;
    if head.split(' ').nth(1) != Some("200") {
        return None;
    }
    let body: Value = serde_json::from_str(body.trim()).ok()?;
    let names = body.get("data")?.as_array()?.iter().filter_map(|model| model.get("id")?.as_str());
    let answers = |name: &&str| !name.is_empty() && !name.to_ascii_lowercase().contains("embed");
    Some(names.filter(answers).map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    /// The time limit for servers that answer, however busy the machine is.
    const PATIENT: Duration = Duration::from_secs(60);

    const OLLAMA: &str = r#"{"object":"list","data":[
        {"id":"nomic-embed-text:latest","object":"model","created":1763850000,"owned_by":"library"},
        {"id":"llama3.3:latest","object":"model","created":1763850000,"owned_by":"library"},
        {"id":"qwen3:8b","object":"model","created":1763850000,"owned_by":"library"}]}"#;

    /// A server on a free port that gives each connection this answer, and then closes it or keeps it open.
    fn server(answer: String, closes: bool) -> u16 {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || {
            let mut open = Vec::new();
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut request = Vec::new();
                let mut piece = [0; 1_024];
                while !request.ends_with(b"\r\n\r\n") {
                    let read = stream.read(&mut piece).unwrap();
                    assert!(read > 0, "the request is cut");
                    request.extend_from_slice(&piece[..read]);
                }
                assert!(request.starts_with(b"GET /v1/models HTTP/1.0\r\n"));
                stream.write_all(answer.as_bytes()).unwrap();
                if !closes {
                    open.push(stream);
                }
            }
        });
        port
    }

    fn ok(body: &str) -> String {
        format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{body}")
    }

    #[test]
    fn a_server_is_found_with_its_models_and_can_be_used() {
        for closes in [true, false] {
            let port = server(ok(OLLAMA), closes);
            let found = ask("Ollama", port, PATIENT).unwrap();
            assert_eq!(found.models, ["llama3.3:latest", "qwen3:8b"], "a model for embeddings cannot answer");
            assert_eq!(found.describe(), format!("Ollama on port {port} with llama3.3:latest, qwen3:8b"));
            let variables = [format!("MODEL_BASE_URL:http://127.0.0.1:{port}/v1"), "MODEL_NAME:llama3.3:latest".into()];
            assert_eq!(found.variables()[..2], variables);
        }
    }

    #[test]
    fn anything_else_on_the_port_is_not_a_model_server_and_takes_no_longer_than_the_limit() {
        let none = r#"{"object":"list","data":[]}"#;
        let page = "<html>hello</html>";
        for answer in [ok(page), ok(none), ok("{}"), ok(&OLLAMA[..60]), OLLAMA.to_owned(), String::new()] {
            assert_eq!(ask("llama.cpp", server(answer.clone(), true), PATIENT), None, "{answer}");
        }
        assert_eq!(ask("llama.cpp", server(ok(OLLAMA).replace("200", "404"), true), PATIENT), None);
        let never_ends = server("HTTP/1.1 200 OK\r\n".to_owned(), false);
        assert_eq!(ask("llama.cpp", never_ends, Duration::from_millis(50)), None, "it never ends");
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        assert_eq!(ask("llama.cpp", free, PATIENT), None, "nobody listens");
    }

    #[test]
    fn many_models_are_counted() {
        let models = (1..=5).map(|number| format!("m{number}")).collect();
        let server = ModelServer { program: "LM Studio", port: 1234, models };
        assert_eq!(server.describe(), "LM Studio on port 1234 with m1, m2, m3 and 2 more");
    }
}
