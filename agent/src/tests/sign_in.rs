//! Signing in, with the objects of subjects and timelines in memory: whatever fails in the middle, nobody loses a timeline, and nobody
//! gets another one's.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use flux_identity::platform::{Failed, Key, Parameters, Platform, Question};
use flux_identity::request::{SubjectReply, SubjectRequest, TimelineReply, TimelineRequest};
use flux_identity::timelines::{Found, all_of, timeline_of};
use flux_identity::{ObjectId, Principal, Subject};
use flux_protocol::account::Provider;
use futures::executor::block_on;
use futures::future::LocalBoxFuture;
use serde_json::Value;
use uuid::Uuid;

use super::world::{World, gym};
use crate::account::admission::UNUSED;
use crate::account::store::SubjectStore;
use crate::native::Sqlite;

/// When a request fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// Before it is carried out.
    Before,
    /// After it was carried out: its answer is lost.
    After,
}

/// The objects of a deployment.
#[derive(Default)]
struct Deployment {
    subjects: RefCell<BTreeMap<String, SubjectStore<Sqlite>>>,
    timelines: RefCell<BTreeMap<String, World>>,
    /// The number of the request that fails, from 1, and how.
    fault: Cell<Option<(u32, Fault)>>,
    requests: Cell<u32>,
    ids: Cell<u128>,
}

impl Deployment {
    /// Carries out a request, unless it is the one that fails.
    fn run<T>(&self, request: impl FnOnce() -> T) -> Result<T, Failed> {
        self.requests.set(self.requests.get() + 1);
        let fault = self.fault.get().filter(|(number, _)| *number == self.requests.get()).map(|(_, fault)| fault);
        let failed = || Err(Failed("injected".to_owned()));
        if fault == Some(Fault::Before) {
            return failed();
        }
        let done = request();
        if fault == Some(Fault::After) { failed() } else { Ok(done) }
    }

    fn timeline(&self, object: &ObjectId, request: TimelineRequest) -> TimelineReply {
        let mut timelines = self.timelines.borrow_mut();
        let makes = matches!(request, TimelineRequest::Claim { .. } | TimelineRequest::Begin { .. });
        if !timelines.contains_key(object.name()) && !makes {
            return UNUSED;
        }
        let world = timelines.entry(object.name().to_owned()).or_insert_with(World::new);
        world.agent.account_request(object, request).unwrap()
    }

    /// A guest who has scheduled a block.
    fn guest(&self, number: u8) -> Principal {
        let guest = Principal::guest(ObjectId::new([number; 16]));
        let mut world = World::new();
        assert!(world.agent.admit(guest.clone(), &guest.object).unwrap().is_ok());
        let tab = world.connect_by(guest.clone());
        world.call(&tab, "scheduleBlock", gym(number));
        world.disconnect(&tab);
        self.timelines.borrow_mut().insert(guest.object.name().to_owned(), world);
        guest
    }

    fn sign_in(&self, subject: &Subject, by: Option<&Principal>) -> Result<Found, Failed> {
        block_on(timeline_of(self, subject, by))
    }

    fn blocks(&self, object: &ObjectId) -> u64 {
        self.timelines.borrow()[object.name()].agent.store().counts().unwrap().blocks.open
    }

    fn admits(&self, principal: &Principal) -> bool {
        let timelines = self.timelines.borrow();
        timelines[principal.object.name()].agent.admit(principal.clone(), &principal.object).unwrap().is_ok()
    }

    fn all(&self, subject: &Subject) -> Vec<ObjectId> {
        block_on(all_of(self, subject)).unwrap().0
    }
}

impl Platform for Deployment {
    fn now(&self) -> DateTime<Utc> {
        "2026-03-02T10:00:00Z".parse().unwrap()
    }

    fn random(&self) -> Uuid {
        self.ids.set(self.ids.get() + 1);
        Uuid::from_u128(self.ids.get())
    }

    fn ask_subject<'a>(
        &'a self,
        subject: &'a Subject,
        request: SubjectRequest,
    ) -> LocalBoxFuture<'a, Result<SubjectReply, Failed>> {
        let mut subjects = self.subjects.borrow_mut();
        let open = || SubjectStore::open(Sqlite::in_memory().unwrap()).unwrap();
        let store = subjects.entry(subject.to_string()).or_insert_with(open);
        let reply = self.run(|| store.answer(request, self.now()).unwrap());
        Box::pin(async move { reply })
    }

    fn ask_timeline<'a>(
        &'a self,
        object: &'a ObjectId,
        request: TimelineRequest,
    ) -> LocalBoxFuture<'a, Result<TimelineReply, Failed>> {
        let reply = self.run(|| self.timeline(object, request));
        Box::pin(async move { reply })
    }

    fn ask_provider(&self, _: Question) -> LocalBoxFuture<'_, Result<Value, Failed>> {
        Box::pin(async { Err(Failed("there is none".to_owned())) })
    }

    fn is_signed<'a>(&'a self, _: Key, _: &'a [u8], _: &'a [u8]) -> LocalBoxFuture<'a, bool> {
        Box::pin(async { false })
    }

    fn is_usable(&self, _: Key) -> LocalBoxFuture<'_, bool> {
        Box::pin(async { false })
    }

    fn address(&self, _: &str, _: &Parameters) -> Option<String> {
        None
    }

    fn report(&self, _: &'static str, _: &'static str) {}
}

fn subject(id: &str) -> Subject {
    Subject::new(Provider::Oidc, id)
}

#[test]
fn a_guest_who_signs_in_keeps_the_timeline_whatever_fails_in_the_middle() {
    let mut failures = 0;
    for fault in [Fault::Before, Fault::After] {
        for number in 1.. {
            let deployment = Deployment::default();
            let guest = deployment.guest(3);
            deployment.fault.set(Some((number, fault)));
            let first = deployment.sign_in(&subject("me"), Some(&guest));
            deployment.fault.set(None);
            let has_failed = first.is_err();
            failures += u32::from(has_failed);
            let found = deployment.sign_in(&subject("me"), Some(&guest)).unwrap();
            let expected = Found { object: guest.object.clone(), has_choice: false, is_full: false };
            assert_eq!(found, expected, "request {number}, {fault:?}");
            // On another browser, which knows no guest.
            assert_eq!(deployment.sign_in(&subject("me"), None), Ok(expected));
            assert_eq!(deployment.all(&subject("me")), std::slice::from_ref(&guest.object));
            assert_eq!((deployment.blocks(&guest.object), deployment.admits(&guest)), (1, false));
            // Whoever has a copy of the guest's token gets a timeline of their own.
            let other = deployment.sign_in(&subject("other"), Some(&guest)).unwrap();
            assert_ne!(other.object, guest.object);
            assert_eq!(deployment.all(&subject("other")), [other.object]);
            if !has_failed {
                break;
            }
        }
    }
    assert!(failures >= 8, "only {failures} requests failed");
}

#[test]
fn a_second_timeline_is_kept_beside_the_first_whatever_fails_in_the_middle() {
    for fault in [Fault::Before, Fault::After] {
        for number in 1.. {
            let deployment = Deployment::default();
            let [first, second] = [3, 4].map(|number| deployment.guest(number));
            deployment.sign_in(&subject("me"), Some(&first)).unwrap();
            deployment.requests.set(0);
            deployment.fault.set(Some((number, fault)));
            let has_failed = deployment.sign_in(&subject("me"), Some(&second)).is_err();
            deployment.fault.set(None);
            let found = deployment.sign_in(&subject("me"), Some(&second)).unwrap();
            assert_eq!(found.object, first.object, "request {number}, {fault:?}");
            assert_eq!(deployment.all(&subject("me")).len(), 2);
            assert_eq!([&first, &second].map(|guest| deployment.blocks(&guest.object)), [1, 1]);
            assert!(![&first, &second].into_iter().any(|guest| deployment.admits(guest)));
            if !has_failed {
                break;
            }
        }
    }
}

#[test]
fn one_timeline_too_many_stays_with_its_guest() {
    let deployment = Deployment::default();
    for number in 1..=20 {
        deployment.sign_in(&subject("me"), Some(&deployment.guest(number))).unwrap();
    }
    let last = deployment.guest(21);
    let found = deployment.sign_in(&subject("me"), Some(&last)).unwrap();
    assert_eq!((found.is_full, deployment.all(&subject("me")).len()), (true, 20));
    assert!(deployment.admits(&last));
}
