//! Models over the network, with a server that answers like the providers; recording and replaying answers; and the judge.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod common;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;

use common::suites;
use flux_agent::prompt::Prompts;
use flux_evals::attempt::attempt;
use flux_evals::case::Case;
use flux_evals::models::{Asked, ModelName, ModelNameError, ModelSource, Recording};
use flux_evals::record::{AttemptId, Record};
use serde_json::{Value, json};
use tokio::task::LocalSet;

/// A response of the server: status, headers, body.
type Answer = (u16, &'static str, String);

/// A server that gives these responses in order and records its requests.
struct Server {
    address: String,
    asked: mpsc::Receiver<(String, Value)>,
}

fn serve(answers: Vec<Answer>) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (sender, asked) = mpsc::channel();
    thread::spawn(move || {
        for (status, headers, body) in answers {
            let (mut stream, _) = listener.accept().unwrap();
            sender.send(request(&mut stream)).unwrap();
            let length = body.len();
            let head =
                format!("HTTP/1.1 {status} So\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n");
            stream.write_all(head.as_bytes()).unwrap();
            stream.write_all(body.as_bytes()).unwrap();
        }
    });
    Server { address, asked }
}

/// Reads a request: its head, and its body as JSON.
fn request(stream: &mut TcpStream) -> (String, Value) {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let read = stream.read(&mut piece).unwrap();
        bytes.extend_from_slice(&piece[..read]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n")
            && let Ok(body) = serde_json::from_str(body)
        {
            return (head.to_owned(), body);
        }
        assert!(read > 0, "the request broke off: {text}");
    }
}

/// "Schedule workout tomorrow at 8am".
fn case() -> Case {
    let suites = suites();
    let mut cases = suites.into_iter().flat_map(|suite| suite.cases);
    cases.find(|case| case.id == "schedule-tomorrow-morning").unwrap()
}

fn tried(model: Asked, judge: Option<Asked>, case: &Case) -> Record {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let id = AttemptId { case: case.id.clone(), model: "tested".into(), prompts: String::new(), repeat: 1 };
    LocalSet::new().block_on(
        &runtime,
        attempt("commands", case, id, (model, Prompts::current()), judge.as_ref().map(|judge| &*judge.chat)),
    )
}

fn source(name: &str, variables: &[(&str, &str)]) -> ModelSource {
    let lookup =
        |wanted: &str| variables.iter().find(|(name, _)| *name == wanted).map(|(_, value)| (*value).to_owned());
    ModelSource::new(&name.parse().unwrap(), lookup, None).unwrap()
}

const EVENTS: &str = "content-type: text/event-stream\r\n";
const JSON: &str = "content-type: application/json\r\n";

fn openai_call() -> String {
    let arguments = json!({"title": "Workout", "startTime": "2026-03-03T08:00"}).to_string();
    let (first, second) = arguments.split_at(20);
    let delta = |delta: Value| format!("data: {}\n\n", json!({"choices": [{"index": 0, "delta": delta}]}));
    let call = |name: Value, id: Value, arguments: &str| json!({"tool_calls": [{"index": 0, "id": id, "function": {"name": name, "arguments": arguments}}]});
    [
        delta(call("scheduleBlock".into(), "call_1".into(), first)),
        delta(call(Value::Null, Value::Null, second)),
        "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"tool_calls\"}]}\n\n".to_owned(),
        "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":900,\"completion_tokens\":30}}\n\ndata: [DONE]\n\n"
            .to_owned(),
    ]
    .concat()
}

fn openai_text(text: &str) -> String {
    let delta = json!({"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": "stop"}]});
    let usage = json!({"choices": [], "usage": {"prompt_tokens": 950, "completion_tokens": 12}});
    format!("data: {delta}\n\ndata: {usage}\n\ndata: [DONE]\n\n")
}

#[test]
fn an_openai_compatible_server_is_used_and_the_cost_is_counted() {
    let server = serve(vec![
        (429, "retry-after: 0\r\n", r#"{"error": {"message": "slow down"}}"#.to_owned()),
        (200, EVENTS, openai_call()),
        (200, EVENTS, openai_text("Workout is on Tuesday at 08:00.")),
    ]);
    let base = format!("{}/v1", server.address);
    let model = source("openai:llama3.3", &[("EVALS_BASE_URL", &base), ("EVALS_API_KEY", "sk-1")]);
    let record = tried(model.open(&case()), None, &case());
    assert!(record.passed, "{record:#?}");
    let cost = record.turns[0].cost;
    assert_eq!((cost.steps, cost.retries, cost.input_tokens, cost.output_tokens), (2, 1, 1_850, 42));
    assert!(cost.first_ms.is_some() && cost.first_ms.unwrap() <= cost.total_ms);
    let (head, body) = server.asked.recv().unwrap();
    assert!(head.starts_with("POST /v1/chat/completions ") && head.contains("authorization: Bearer sk-1"), "{head}");
    assert_eq!((&body["model"], &body["stream"]), (&json!("llama3.3"), &json!(true)));
    assert!(body["messages"][1]["content"].as_str().unwrap().contains("Monday 2 March 2026, 10:00"));
}

#[test]
fn workers_ai_is_used_through_its_rest_api_with_and_without_streams() {
    let call = json!({"name": "scheduleBlock", "arguments": {"title": "Workout", "startTime": "2026-03-03T08:00"}});
    let usage = json!({"prompt_tokens": 900, "completion_tokens": 30});
    let stream = format!("data: {}\n\ndata: [DONE]\n\n", json!({"response": "", "tool_calls": [call], "usage": usage}));
    let whole = json!({"result": {"response": "Workout is on Tuesday at 08:00."}, "success": true, "errors": []});
    let server = serve(vec![(200, EVENTS, stream), (200, JSON, whole.to_string())]);
    let variables = [
        ("CLOUDFLARE_ACCOUNT_ID", "abc"),
        ("CLOUDFLARE_API_TOKEN", "secret"),
        ("CLOUDFLARE_API_BASE_URL", server.address.as_str()),
    ];
    let model = source("workers-ai:@cf/meta/llama-3.3-70b-instruct-fp8-fast", &variables);
    let record = tried(model.open(&case()), None, &case());
    assert!(record.passed, "{record:#?}");
    let (head, body) = server.asked.recv().unwrap();
    let path = "POST /accounts/abc/ai/run/@cf/meta/llama-3.3-70b-instruct-fp8-fast ";
    assert!(head.starts_with(path) && head.contains("authorization: Bearer secret"), "{head}");
    assert!(body["tools"].is_array());
}

#[test]
fn an_error_of_the_model_is_reported_and_fails_the_case() {
    let refusal = json!({"success": false, "errors": [{"code": 10000, "message": "Authentication error"}]});
    let server = serve(vec![(401, JSON, refusal.to_string())]);
    let variables = [
        ("CLOUDFLARE_ACCOUNT_ID", "abc"),
        ("CLOUDFLARE_API_TOKEN", "wrong"),
        ("CLOUDFLARE_API_BASE_URL", server.address.as_str()),
    ];
    let record = tried(source("workers-ai:@cf/some/model", &variables).open(&case()), None, &case());
    assert!(!record.passed && record.fault.is_none());
    let error = record.turns[0].error.as_deref().unwrap();
    assert!(error.contains("Authentication error") && error.contains("401"), "{error}");
}

#[test]
fn a_model_without_its_variables_is_refused() {
    let name: ModelName = "workers-ai:@cf/some/model".parse().unwrap();
    let missing = ModelSource::new(&name, |_| None, None).err().unwrap().to_string();
    assert!(missing.contains("CLOUDFLARE_ACCOUNT_ID"), "{missing}");
    for wrong in ["", "gpt", "openai:", "offline:x", "replay:"] {
        assert!(matches!(wrong.parse::<ModelName>(), Err(ModelNameError::Unknown(_))), "{wrong}");
    }
}

#[test]
fn recorded_answers_are_replayed_in_their_order_and_a_case_without_any_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("answers.jsonl");
    let recording = Arc::new(Recording::create(&file).unwrap());
    let recorded = ModelSource::new(&ModelName::Reference, |_| None, Some(Arc::clone(&recording))).unwrap();
    let first = tried(recorded.open(&case()), None, &case());
    assert!(first.passed);
    let earlier = Case { id: "a-case-of-before".into(), ..case() };
    tried(recorded.open(&earlier), None, &earlier);
    recording.finish().unwrap();
    let text = std::fs::read_to_string(&file).unwrap();
    let cases: Vec<Value> =
        text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["case"].take()).collect();
    assert!(cases.len() == 4 && cases.is_sorted_by_key(|case| case.as_str().unwrap().to_owned()), "{cases:?}");
    let replay = source(&format!("replay:{}", file.display()), &[]);
    let again = tried(replay.open(&case()), None, &case());
    assert!(again.passed);
    assert_eq!((&again.turns[0].calls, &again.turns[0].reply), (&first.turns[0].calls, &first.turns[0].reply));

    // Answers outlive another prompt, and the last one is given again if the agent asks more often.
    let mut changed = case();
    changed.turns[0].say = "Schedule workout tomorrow at 8".into();
    changed.turns.push(changed.turns[0].clone());
    let longer = tried(replay.open(&changed), None, &changed);
    assert_eq!(longer.turns[0].calls, first.turns[0].calls);
    assert_eq!(longer.turns[1].reply, first.turns[0].reply);

    let other = Case { id: "another-case".into(), ..case() };
    let missed = tried(replay.open(&other), None, &other);
    let fault = missed.fault.as_deref().unwrap();
    assert!(fault.contains("has no answer to the case another-case") && fault.contains("--record"), "{fault}");
    assert!(missed.turns.is_empty(), "it says nothing about the model");
}

#[test]
fn a_resumed_recording_has_each_answer_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("answers.jsonl");
    let record = |recording: Recording| {
        let recording = Arc::new(recording);
        let recorded = ModelSource::new(&ModelName::Reference, |_| None, Some(Arc::clone(&recording))).unwrap();
        assert!(tried(recorded.open(&case()), None, &case()).passed);
        recording
    };
    record(Recording::create(&file).unwrap());
    let whole = std::fs::read_to_string(&file).unwrap();
    let half = whole.lines().next().unwrap();
    std::fs::write(&file, format!("{half}\n{}", &half[..half.len() / 2])).unwrap();
    record(Recording::append(&file).unwrap()).finish().unwrap();
    assert_eq!(std::fs::read_to_string(&file).unwrap(), whole);
}

/// Answers each request with the next of these texts.
fn says(texts: &[&str]) -> (ModelSource, Arc<Mutex<Server>>) {
    let server = serve(texts.iter().map(|text| (200, EVENTS, openai_text(text))).collect());
    let model = source("openai:judge", &[("EVALS_BASE_URL", &server.address)]);
    (model, Arc::new(Mutex::new(server)))
}

#[test]
fn a_judge_decides_on_a_statement_and_a_missing_answer_fails() {
    let mut case = case();
    case.turns[0].expect.judge = Some("The assistant names the weekday.".into());
    for (answer, passed, why) in [
        ("{\"holds\": true, \"why\": \"It says Tuesday.\"}", true, "It says Tuesday."),
        ("Sure! {\"holds\": false, \"why\": \"It does not.\"}", false, "It does not."),
        ("I cannot say.", false, "no ruling"),
    ] {
        let (judge, server) = says(&[answer]);
        let reference = ModelSource::new(&ModelName::Reference, |_| None, None).unwrap();
        let record = tried(reference.open(&case), Some(judge.open(&case)), &case);
        let verdict = record.turns[0].verdicts.iter().find(|verdict| verdict.check == "judge").unwrap();
        assert_eq!((verdict.passed, record.passed), (passed, passed), "{verdict:?}");
        assert!(verdict.compared.contains(why), "{verdict:?}");
        let (_, body) = server.lock().unwrap().asked.recv().unwrap();
        let asked = body["messages"][1]["content"].as_str().unwrap().to_owned();
        assert!(asked.contains("The assistant names the weekday.") && asked.contains("Workout"), "{asked}");
    }
    // Without a judge, the statement is not checked.
    let reference = ModelSource::new(&ModelName::Reference, |_| None, None).unwrap();
    assert!(tried(reference.open(&case), None, &case).passed);
}
