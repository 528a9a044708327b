//! The database fails once, at every statement of what concerns access: the objects of subjects, of timelines, and of figures. The request
//! that fails changes nothing, and the same request again is answered as if nothing had failed.

use std::fmt::Debug;

use chrono::{DateTime, TimeDelta, Utc};
use flux_identity::passkey::Passkey;
use flux_identity::request::{SubjectRequest, TimelineReply, TimelineRequest};
use flux_identity::{ObjectId, Principal, Subject, Ticket, Via, access_token};
use serde_json::{Value, json};
use uuid::Uuid;

use super::accounts::{guest, object, subject};
use super::logged::{Logged, Statements};
use super::world::World;
use crate::account::store::SubjectStore;
use crate::native::Sqlite;
use crate::statistics::request::StatisticsRequest;
use crate::statistics::store::StatisticsStore;
use crate::store::StoreError;
use crate::telemetry::Sum;

/// What is asked of an object, and what it answers if nothing fails.
type Step<T, R> = Box<dyn Fn(&mut T) -> Result<R, StoreError>>;

/// Runs the steps on new objects, and lets each statement of them fail once. `open` is a step as well.
fn check<T, R: PartialEq + Debug>(open: impl Fn(Logged) -> Result<T, StoreError>, steps: &[Step<T, R>]) {
    let new = || Logged { sql: Sqlite::in_memory().unwrap(), statements: Statements::default() };
    let mut expected = Vec::new();
    let database = new();
    let mut object = open(database.clone()).unwrap();
    for step in steps {
        expected.push(step(&mut object).unwrap());
    }
    let statements = database.statements.asked();
    assert!(statements > 2 * steps.len(), "{statements}");
    for number in 1..=statements {
        let database = new();
        database.statements.fail_at(number);
        let mut failed = 0;
        let mut object = open(database.clone()).unwrap_or_else(|_| {
            failed += 1;
            open(database.clone()).unwrap()
        });
        for (at, (step, expected)) in steps.iter().zip(&expected).enumerate() {
            let reply = step(&mut object).or_else(|_| {
                failed += 1;
                step(&mut object)
            });
            assert_eq!(reply.as_ref(), Ok(expected), "step {at}, statement {number} of {statements}");
        }
        assert!(!database.statements.is_to_fail(), "there is no statement {number}");
        assert!(failed <= 1, "statement {number} of {statements}: {failed} requests failed");
    }
}

fn now() -> DateTime<Utc> {
    "2026-03-02T10:00:00Z".parse().unwrap()
}

#[test]
fn every_statement_of_a_subject_can_fail_once() {
    let passkey = Passkey { id: "id".to_owned(), key: "key".to_owned(), algorithm: -7, counter: 5 };
    let [one, two] = ["u-1", "u-2"].map(ObjectId::from);
    let until = now() + TimeDelta::minutes(5);
    let requests = [
        SubjectRequest::AddFirst { object: one.clone() },
        SubjectRequest::Add { object: two.clone() },
        SubjectRequest::Show { object: two.clone() },
        SubjectRequest::Timelines,
        SubjectRequest::Remove { object: two },
        SubjectRequest::Timelines,
        SubjectRequest::AddPasskey { passkey },
        SubjectRequest::UsePasskey { counter: 6, challenge: "one".to_owned(), until },
        SubjectRequest::UsePasskey { counter: 7, challenge: "one".to_owned(), until },
        SubjectRequest::UsePasskey { counter: 7, challenge: "two".to_owned(), until },
        SubjectRequest::Passkey,
        SubjectRequest::Add { object: one },
    ];
    let steps = requests.map(|request| -> Step<SubjectStore<Logged>, _> {
        Box::new(move |store| store.answer(request.clone(), now()))
    });
    check(SubjectStore::open, &steps);
}

#[test]
fn every_statement_of_the_figures_can_fail_once() {
    let sum = |value| Sum("a".to_owned(), String::new(), value);
    let add = |day: &str, value, tokens| {
        let now = format!("{day}T12:00:00Z").parse().unwrap();
        (StatisticsRequest::Add { sums: vec![sum(value)], tokens }, now)
    };
    let requests = [
        add("2026-03-02", 2, 10),
        add("2026-03-02", 3, 5),
        add("2026-03-03", 4, 0),
        // What is too old is added up.
        add("2026-06-01", 5, 7),
        (StatisticsRequest::Read { day: None }, now()),
    ];
    let steps = requests.map(|(request, now): (_, DateTime<Utc>)| -> Step<StatisticsStore<Logged>, _> {
        Box::new(move |store| store.answer(request.clone(), now))
    });
    check(StatisticsStore::open, &steps);
}

/// What is known of the access to a timeline, and of what came of the requests: without the ids, which differ with each try.
#[derive(Default)]
struct Known {
    sessions: Vec<Principal>,
    secret: Option<String>,
}

/// The timeline of a person, and what the test knows about access to it.
type Timeline = (World, Known);

/// A request about access to a timeline.
fn request(request: impl Fn(&Known) -> TimelineRequest + 'static) -> Step<Timeline, String> {
    Box::new(move |(world, known)| match world.agent.account_request(&object(), request(known))? {
        TimelineReply::Session { id: Some(id) } => {
            known.sessions.push(Principal::owner(subject("me"), object(), Via::Session { id }));
            Ok("a session".to_owned())
        }
        reply => Ok(format!("{reply:?}")),
    })
}

/// Somebody comes in.
fn admit(principal: impl Fn(&Known) -> Principal + 'static) -> Step<Timeline, String> {
    Box::new(move |(world, known)| {
        let admitted = world.agent.admit(principal(known), &object())?;
        Ok(admitted.map_or_else(|refusal| format!("{refusal:?}"), |_| "in".to_owned()))
    })
}

/// A call of the owner, who comes in for it.
fn call(method: &'static str, argument: impl Fn(&Value) -> Value + 'static) -> Step<Timeline, String> {
    Box::new(move |(world, known)| {
        let tab = world.connect_by(known.sessions.last().unwrap().clone());
        let failed = |answer: &Value| {
            let error = answer["error"].as_str()?;
            // What a person is told of a fault of the database.
            error.contains("again").then(|| StoreError::from(crate::store::SqlError(error.to_owned())))
        };
        let account = world.call(&tab, "getAccount", json!({}));
        if let Some(error) = failed(&account) {
            return Err(error);
        }
        let answer = world.call(&tab, method, argument(&account["result"]));
        world.disconnect(&tab);
        if let Some(error) = failed(&answer) {
            return Err(error);
        }
        if let Some(secret) = answer["result"]["secret"].as_str() {
            known.secret = Some(secret.to_owned());
        }
        let count = |list: &str| answer["result"][list].as_array().map(Vec::len);
        Ok(format!("{} {:?}", answer["success"], ["methods", "sessions", "tokens"].map(count)))
    })
}

/// The principal of the access token.
fn program(known: &Known) -> Principal {
    let hash = access_token::hash(known.secret.as_ref().unwrap());
    Principal::owner(Subject::guest(&object()), object(), Via::Token { hash })
}

fn claim(id: &'static str) -> Step<Timeline, String> {
    request(move |known| {
        let by = known.sessions.last().cloned().unwrap_or_else(guest);
        TimelineRequest::Claim { subject: subject(id), by: Some(Box::new(by)) }
    })
}

fn begin() -> Step<Timeline, String> {
    request(|_| TimelineRequest::Begin { subject: subject("me"), label: "Firefox on Linux".to_owned() })
}

#[test]
fn every_statement_about_access_to_a_timeline_can_fail_once() {
    let with_ticket = |_: &Known| Principal {
        ticket: Some(Ticket { id: Uuid::from_u128(1), until: now() + TimeDelta::hours(1) }),
        ..guest()
    };
    let id_of = |list: &'static str, at: usize| move |account: &Value| json!({"id": account[list][at]["id"]});
    let session = |known: &Known| known.sessions[0].clone();
    let steps = [
        admit(|_| guest()),
        admit(with_ticket),
        admit(with_ticket),
        claim("me"),
        admit(|_| guest()),
        begin(),
        begin(),
        claim("other"),
        call("makeToken", |_| json!({"name": "Cron", "scopes": ["read"]})),
        admit(program),
        call("removeMethod", id_of("methods", 1)),
        call("revokeToken", id_of("tokens", 0)),
        admit(program),
        request(move |known| TimelineRequest::Admit { principal: Box::new(session(known)) }),
        request(move |known| TimelineRequest::Subjects { principal: Box::new(session(known)) }),
        call("getAccount", |_| json!({})),
        request(|_| TimelineRequest::EndAll { subject: subject("me") }),
        admit(session),
        request(|_| TimelineRequest::Describe { subject: Some(subject("other")) }),
    ];
    check(|database| Ok((World::over(database)?, Known::default())), &steps);
}

#[test]
fn connections_whose_access_has_ended_are_closed_although_the_database_fails() {
    let world = || {
        let world = World::new();
        let mut timeline = (world, Known::default());
        for step in [admit(|_| guest()), claim("me"), begin(), begin()] {
            step(&mut timeline).unwrap();
        }
        let (world, known) = timeline;
        let tabs: Vec<_> = known.sessions.iter().map(|session| world.connect_by(session.clone())).collect();
        (world, tabs)
    };
    let end =
        |world: &World| world.agent.account_request(&object(), TimelineRequest::EndAll { subject: subject("me") });
    let (counted, _) = world();
    counted.statements.asked();
    end(&counted).unwrap();
    let statements = counted.statements.asked();
    let mut ended = 0;
    for number in 1..=statements {
        let (world, tabs) = world();
        world.statements.fail_at(number);
        let result = end(&world);
        assert!(!world.statements.is_to_fail(), "there is no statement {number}");
        let is_over = world.agent.store().sessions(world.now()).unwrap().is_empty();
        assert_eq!(result.is_ok(), is_over, "statement {number}: {result:?}");
        let closed: Vec<_> = tabs.iter().map(super::tab::Tab::closed).collect();
        assert_eq!(closed, vec![is_over.then_some(1012); 2], "statement {number}");
        ended += usize::from(is_over);
    }
    assert!(ended > 0 && ended < statements, "{ended} of {statements}");
}
