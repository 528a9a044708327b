//! Who may use a timeline: claiming it, sessions, access tokens, tickets.

use chrono::TimeDelta;
use flux_protocol::account::{Provider, Scope};
use serde_json::{Value, json};
use uuid::Uuid;

use super::tab::Tab;
use super::world::{World, gym};
use crate::account::Refusal;
use flux_identity::request::{TimelineReply, TimelineRequest};
use flux_identity::{ObjectId, Principal, Subject, Ticket, Via, access_token};

pub(super) fn object() -> ObjectId {
    ObjectId::new([7; 16])
}

pub(super) fn guest() -> Principal {
    Principal::guest(object())
}

pub(super) fn subject(id: &str) -> Subject {
    Subject::new(Provider::Passkey, id)
}

fn claim(world: &World, id: &str, by: Option<Principal>) -> bool {
    let request = TimelineRequest::Claim { subject: subject(id), by: by.map(Box::new) };
    world.agent.account_request(&object(), request) == Ok(TimelineReply::Done { done: true })
}

/// The principal of a new session.
fn sign_in(world: &World, id: &str) -> Option<Principal> {
    let request = TimelineRequest::Begin { subject: subject(id), label: "Firefox on Linux".to_owned() };
    match world.agent.account_request(&object(), request).unwrap() {
        TimelineReply::Session { id: Some(session) } => {
            Some(Principal::owner(subject(id), object(), Via::Session { id: session }))
        }
        _ => None,
    }
}

fn admit(world: &World, principal: &Principal) -> Result<Principal, Refusal> {
    world.agent.admit(principal.clone(), &object()).unwrap()
}

fn result(world: &mut World, tab: &Tab, method: &str, argument: Value) -> Value {
    let answer = world.call(tab, method, argument);
    assert_eq!(answer["success"], true, "{answer}");
    answer["result"].clone()
}

/// A timeline that a guest has begun.
fn world() -> World {
    let world = World::new();
    assert!(admit(&world, &guest()).is_ok());
    world
}

#[test]
fn who_signs_in_as_a_guest_gets_the_timeline_and_the_guests_token_ends() {
    let mut world = world();
    let tab = world.connect_by(guest());
    world.call(&tab, "scheduleBlock", gym(3));
    assert_eq!(sign_in(&world, "me"), None, "it was not claimed");
    assert!(!claim(&world, "thief", None));
    let other = Principal::guest(ObjectId::new([8; 16]));
    assert!(!claim(&world, "thief", Some(other)));

    assert!(claim(&world, "me", Some(guest())));
    assert_eq!(tab.closed(), Some(1012), "the page connects again, with its new cookie");
    assert_eq!(admit(&world, &guest()), Err(Refusal::HasAccount));
    assert!(!claim(&world, "thief", Some(guest())), "it is claimed once");
    assert!(claim(&world, "me", None), "and twice is the same");
    let session = sign_in(&world, "me").unwrap();
    assert_eq!(admit(&world, &session), Ok(session));
    assert_eq!(sign_in(&world, "thief"), None);
}

#[test]
fn nobody_claims_what_is_used_by_a_guest_and_a_subject_may_claim_what_is_new() {
    let world = World::new();
    assert!(claim(&world, "me", None), "nobody has used it");
    assert_eq!(admit(&world, &guest()), Err(Refusal::HasAccount));
    assert!(sign_in(&world, "me").is_some());
}

#[test]
fn a_session_can_add_a_way_to_sign_in_and_ends_where_it_is_ended() {
    let mut world = world();
    assert!(claim(&world, "one", Some(guest())));
    let [first, second] = ["one", "one"].map(|id| sign_in(&world, id).unwrap());
    assert!(!claim(&world, "two", None));
    assert!(claim(&world, "two", Some(first.clone())));
    assert!(sign_in(&world, "two").is_some());

    let [tab, other] = [&first, &second].map(|principal| world.connect_by(principal.clone()));
    let account = result(&mut world, &tab, "getAccount", json!({}));
    assert_eq!(account["knownBy"], "passkey");
    assert_eq!((account["methods"].as_array().unwrap().len(), account["sessions"].as_array().unwrap().len()), (2, 3));
    let current: Vec<_> = account["sessions"].as_array().unwrap().iter().map(|session| &session["isCurrent"]).collect();
    assert_eq!(current.into_iter().filter(|current| **current == true).count(), 1);

    let Via::Session { id } = second.via else { panic!("{second:?}") };
    let account = result(&mut world, &tab, "endSession", json!({ "id": id }));
    assert_eq!(account["sessions"].as_array().unwrap().len(), 2);
    assert_eq!((tab.closed(), other.closed()), (None, Some(1012)));
    assert_eq!(admit(&world, &second), Err(Refusal::SignedOut));
    assert!(!claim(&world, "three", Some(second)), "nor does it let anybody in");
    let again = world.call(&tab, "endSession", json!({ "id": id }));
    assert_eq!(again["error"], "There is no such session; it may have ended. Nothing was changed.");
}

#[test]
fn a_way_to_sign_in_can_be_removed_unless_it_is_the_only_one() {
    let mut world = world();
    assert!(claim(&world, "mine", Some(guest())));
    let mine = sign_in(&world, "mine").unwrap();
    assert!(claim(&world, "lost", Some(mine.clone())));
    let lost = sign_in(&world, "lost").unwrap();
    let [tab, other] = [&mine, &lost].map(|principal| world.connect_by(principal.clone()));
    let ids = |account: &Value| -> Vec<Value> {
        account["methods"].as_array().unwrap().iter().map(|method| method["id"].clone()).collect()
    };
    let before = ids(&result(&mut world, &tab, "getAccount", json!({})));
    let account = result(&mut world, &tab, "removeMethod", json!({ "id": before[1] }));
    assert_eq!((ids(&account), account["sessions"].as_array().unwrap().len()), (vec![before[0].clone()], 1));
    assert_eq!((tab.closed(), other.closed(), sign_in(&world, "lost")), (None, Some(1012), None));
    assert!(!claim(&world, "lost", None) && !claim(&world, "lost", Some(lost)));
    for (id, error) in [(&before[0], "the only way"), (&before[1], "no such way")] {
        let refused = world.call(&tab, "removeMethod", json!({ "id": id }));
        assert!(refused["error"].as_str().unwrap().contains(error), "{refused}");
    }
}

#[test]
fn signing_out_ends_one_session_and_everywhere_all_of_them() {
    let world = world();
    assert!(claim(&world, "me", Some(guest())));
    let sessions = [0; 3].map(|_| sign_in(&world, "me").unwrap());
    let done = |request| world.agent.account_request(&object(), request) == Ok(TimelineReply::Done { done: true });
    let may = |principal: &Principal| done(TimelineRequest::Admit { principal: Box::new(principal.clone()) });
    let valid = || sessions.clone().map(|session| may(&session) && admit(&world, &session).is_ok());
    let Via::Session { id } = sessions[0].via else { panic!("{sessions:?}") };
    assert!(done(TimelineRequest::End { session: id }));
    assert_eq!(valid(), [false, true, true]);
    assert!(!done(TimelineRequest::End { session: id }));
    assert!(!done(TimelineRequest::EndAll { subject: subject("thief") }));
    assert_eq!(valid(), [false, true, true]);
    assert!(done(TimelineRequest::EndAll { subject: subject("me") }));
    assert_eq!(valid(), [false; 3]);
    assert!(!may(&guest()));
}

#[test]
fn an_access_token_allows_what_it_says_until_it_ends_or_is_revoked() {
    let mut world = world();
    let tab = world.connect_by(guest());
    let new = json!({"name": " Cron\u{202E} ", "scopes": ["read", "write", "read"], "days": 30});
    let made = result(&mut world, &tab, "makeToken", new);
    assert_eq!((&made["name"], &made["scopes"]), (&json!("Cron"), &json!(["read", "write"])));
    let secret = made["secret"].as_str().unwrap();
    let presented = access_token::read(secret).unwrap();
    assert_eq!(presented.object, object());
    let via = Via::Token { hash: presented.hash };
    let token = Principal { scopes: Vec::new(), ..Principal::owner(Subject::guest(&object()), object(), via) };

    let admitted = admit(&world, &token).unwrap();
    assert_eq!(admitted.scopes, [Scope::Read, Scope::Write]);
    assert_eq!(json!(admitted.until), made["until"]);
    let program = world.connect_by(admitted);
    result(&mut world, &program, "scheduleBlock", gym(3));
    let refused = world.call(&program, "makeToken", json!({"name": "More", "scopes": ["read"]}));
    assert_eq!(refused["error"], "You may not see or change who may use this timeline. Nothing was changed.");
    let refused = world.call(&program, "getAccount", json!({}));
    assert_eq!(refused["success"], false);

    let account = result(&mut world, &tab, "getAccount", json!({}));
    assert!(account["tokens"][0]["used"].is_string() && !account.to_string().contains(&secret[40..]));
    // It outlives the claim of its timeline, and the deletion of everything.
    assert!(claim(&world, "me", Some(guest())) && admit(&world, &token).is_ok());

    world.pass(u64::try_from(TimeDelta::days(30).num_milliseconds()).unwrap());
    let late = world.call(&program, "scheduleBlock", gym(4));
    assert_eq!(late["error"], "Your access has ended. Nothing was changed; sign in again.");
    assert_eq!(program.closed(), Some(4401));
    assert_eq!(admit(&world, &token), Err(Refusal::TokenEnded));

    let mine = world.connect_by(sign_in(&world, "me").unwrap());
    let made = result(&mut world, &mine, "makeToken", json!({"name": "Other", "scopes": ["read", "chat"]}));
    let hash = access_token::hash(made["secret"].as_str().unwrap());
    let other = Principal { via: Via::Token { hash }, ..token };
    let program = world.connect_by(admit(&world, &other).unwrap());
    result(&mut world, &mine, "revokeToken", json!({"id": made["id"]}));
    assert_eq!((program.closed(), admit(&world, &other)), (Some(1012), Err(Refusal::TokenEnded)));
    let again = world.call(&mine, "revokeToken", json!({"id": made["id"]}));
    assert_eq!(again["error"], "There is no such access token; it may have been revoked. Nothing was changed.");
}

#[test]
fn a_token_that_does_not_fit_is_not_made() {
    let mut world = world();
    let tab = world.connect_by(guest());
    for (wrong, field) in [
        (json!({"name": "", "scopes": ["read"]}), "/name"),
        (json!({"name": "\u{200B}", "scopes": ["read"]}), "/name"),
        (json!({"name": "x".repeat(61), "scopes": ["read"]}), "/name"),
        (json!({"name": "T", "scopes": []}), "/scopes"),
        (json!({"name": "T", "scopes": ["write", "chat"]}), "/scopes"),
        (json!({"name": "T", "scopes": ["read", "account"]}), "/scopes"),
        (json!({"name": "T", "scopes": ["admin"]}), "admin"),
        (json!({"name": "T", "scopes": ["read"], "days": 0}), "/days"),
        (json!({"name": "T", "scopes": ["read"], "days": 3651}), "/days"),
        (json!({"name": "T", "scopes": ["read"], "more": 1}), "more"),
        (json!({"scopes": ["read"]}), "name"),
    ] {
        let answer = world.call(&tab, "makeToken", wrong.clone());
        let error = answer["error"].as_str().unwrap_or_default();
        assert!(error.contains(field) && error.ends_with("Nothing was changed."), "{wrong}: {answer}");
    }
    for number in 0..50 {
        result(&mut world, &tab, "makeToken", json!({"name": format!("T{number}"), "scopes": ["read"]}));
    }
    let answer = world.call(&tab, "makeToken", json!({"name": "T", "scopes": ["read"]}));
    assert!(answer["error"].as_str().unwrap().contains("50 access tokens"), "{answer}");
}

#[test]
fn a_connection_that_has_ended_is_sent_nothing_more() {
    let mut world = world();
    let mine = world.connect_by(guest());
    let until = Some(world.now() + TimeDelta::minutes(1));
    let watching = world.connect_by(Principal { until, ..guest() });
    result(&mut world, &mine, "scheduleBlock", gym(3));
    assert!(watching.frame_words().contains(&"flux_events".to_owned()));
    world.pass(60_000);
    result(&mut world, &mine, "scheduleBlock", gym(4));
    assert_eq!((watching.closed(), watching.received().len()), (Some(4401), 0));
}

#[test]
fn what_a_session_has_asked_is_stopped_when_it_ends() {
    let mut world = world();
    assert!(claim(&world, "me", Some(guest())));
    let [one, other] = [0; 2].map(|_| sign_in(&world, "me").unwrap());
    let [tab, ending] = [&one, &other].map(|principal| world.connect_by(principal.clone()));
    world.say(&ending, "r1", "Gym on the third");
    world.say(&ending, "r2", "And on the fourth");
    assert!(world.model_is_heard());
    let Via::Session { id } = other.via else { panic!("{other:?}") };
    tab.received();
    result(&mut world, &tab, "endSession", json!({ "id": id }));
    world.settle();
    let ends = tab
        .received()
        .into_iter()
        .filter(|frame| frame["type"] == "cf_agent_use_chat_response" && frame["done"] == true);
    let mut ends: Vec<_> = ends.map(|frame| frame["id"].clone()).collect();
    ends.sort_by_key(ToString::to_string);
    assert_eq!((ends, world.model_is_heard()), (vec![json!("r1"), json!("r2")], false));
}

#[test]
fn a_ticket_opens_one_connection() {
    let world = world();
    let ticket = Ticket { id: Uuid::from_u128(1), until: world.now() + TimeDelta::seconds(60) };
    let principal = Principal { ticket: Some(ticket), ..guest() };
    assert_eq!(admit(&world, &principal), Ok(guest()));
    assert_eq!(admit(&world, &principal), Err(Refusal::TicketUsed));
}

#[test]
fn a_timeline_that_was_only_looked_at_counts_as_unused() {
    let mut world = world();
    let describe = |world: &World| match world
        .agent
        .account_request(&object(), TimelineRequest::Describe { subject: None })
        .unwrap()
    {
        TimelineReply::Described { blocks, changed, is_used } => (blocks, changed.is_some(), is_used),
        other => panic!("{other:?}"),
    };
    assert_eq!(describe(&world), (0, false, false));
    let tab = world.connect_by(guest());
    world.call(&tab, "scheduleBlock", gym(3));
    assert_eq!(describe(&world), (1, true, true));
}

#[test]
fn what_is_in_a_timeline_is_not_told_to_a_subject_who_may_not_sign_in() {
    let mut world = world();
    let tab = world.connect_by(guest());
    result(&mut world, &tab, "scheduleBlock", gym(3));
    let describe = |id: &str| {
        let request = TimelineRequest::Describe { subject: Some(subject(id)) };
        world.agent.account_request(&object(), request).unwrap()
    };
    // As when the process died after the subject's object had added it, and before it was claimed.
    assert_eq!(describe("me"), TimelineReply::Done { done: false });
    assert!(claim(&world, "me", Some(guest())));
    assert!(matches!(describe("me"), TimelineReply::Described { blocks: 1, .. }));
    assert_eq!(describe("other"), TimelineReply::Done { done: false });
}
