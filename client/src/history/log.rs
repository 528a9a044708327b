//! The part of the log that a page has loaded: from the newest event back to some event. Pure.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use flux_protocol::frame::{Cause, EventPage};
use flux_timeline::{Actor, BlockId, Event, PlanId};
use serde_json::{Value, json};

/// Whose changes are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ActorFilter {
    /// Everybody's.
    #[default]
    All,
    /// The person's own.
    User,
    /// The model's.
    Assistant,
    /// The architect's.
    Workflow,
}

impl ActorFilter {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::All, Self::User, Self::Assistant, Self::Workflow];

    /// Its name on the wire; none for everybody.
    pub const fn name(self) -> Option<&'static str> {
        match self {
            Self::All => None,
            Self::User => Some("user"),
            Self::Assistant => Some("assistant"),
            Self::Workflow => Some("workflow"),
        }
    }

    fn fits(self, event: &Event) -> bool {
        matches!(
            (self, &event.actor),
            (Self::All, _)
                | (Self::User, Actor::User)
                | (Self::Assistant, Actor::Assistant { .. })
                | (Self::Workflow, Actor::Workflow { .. })
        )
    }
}

/// Which events are shown; by default all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogQuery {
    /// Whose.
    pub actor: ActorFilter,
    /// Only those of this name, such as `BLOCK_MOVED`.
    pub name: Option<String>,
    /// Only those about this plan and its blocks.
    pub plan: Option<PlanId>,
    /// Only those about this block; its title, to say so.
    pub block: Option<(BlockId, String)>,
    /// Only those between two moments.
    pub between: Option<(DateTime<Utc>, DateTime<Utc>)>,
}

impl LogQuery {
    /// The argument of `getEvents`.
    pub fn argument(&self, before: Option<u64>, limit: usize) -> Value {
        json!({
            "newestFirst": true,
            "limit": limit,
            "before": before,
            "actor": self.actor.name(),
            "type": self.name,
            "plan": self.plan,
            "about": self.block.as_ref().map(|(id, _)| id),
            "from": self.between.map(|(from, _)| from),
            "until": self.between.map(|(_, until)| until),
        })
    }

    /// Whether a new event matches. `None` if only the service can decide.
    fn fits(&self, event: &Event) -> Option<bool> {
        let is_plain = self.plan.is_none() && self.block.is_none() && self.between.is_none();
        let fits = self.actor.fits(event) && self.name.as_ref().is_none_or(|name| event.kind.name() == name);
        if fits && !is_plain { None } else { Some(fits) }
    }
}

/// Events, newest first.
#[derive(Debug, Default)]
pub struct Log {
    events: Vec<Event>,
    query: LogQuery,
    /// The number of the newest event, shown or not.
    last: u64,
    is_loaded: bool,
    is_whole: bool,
    /// What the person said, by chat request.
    causes: BTreeMap<String, Cause>,
    /// The goal, by run of the architect.
    goals: BTreeMap<String, String>,
    /// Events as they stand in the log, by number.
    details: BTreeMap<u64, String>,
}

impl Log {
    /// Starts over with this query and nothing loaded.
    pub fn begin(&mut self, query: LogQuery) {
        *self = Self { query, last: self.last, ..Self::default() };
    }

    /// Adds a page of older events: at most `limit` events before `before`, requested with this query. A page that does not
    /// continue where the loaded events end is ignored: the log was restarted after the request, or the page was requested
    /// twice.
    pub fn add_page(&mut self, page: EventPage, before: Option<u64>, query: &LogQuery, limit: usize) {
        if *query != self.query {
            return;
        }
        if self.is_loaded && before.is_none() {
            return self.renew(page, limit);
        }
        if before != self.oldest() {
            return;
        }
        self.is_loaded = true;
        self.is_whole = page.events.len() < limit;
        self.last = self.last.max(page.last);
        self.causes.extend(page.causes);
        self.goals.extend(page.goals);
        self.events.extend(page.events);
    }

    /// Adds the newest page again, with the events since then and their causes. Older events are kept.
    fn renew(&mut self, page: EventPage, limit: usize) {
        let newest = self.events.first().map_or(0, |event| event.seq);
        let goes_on = page.events.len() < limit || page.events.last().is_some_and(|event| event.seq <= newest);
        if !goes_on {
            // So much has happened that there would be a gap.
            self.events.clear();
            self.is_whole = false;
        }
        let known = self.events.first().map_or(0, |event| event.seq);
        self.last = self.last.max(page.last);
        self.causes.extend(page.causes);
        self.goals.extend(page.goals);
        self.events.splice(0..0, page.events.into_iter().filter(|event| event.seq > known));
    }

    /// Adds new events. Returns whether the service must be asked which of them match and what caused them, or for events before
    /// them.
    pub fn happened(&mut self, events: &[Event]) -> bool {
        let mut is_unclear = false;
        for event in events {
            if self.is_loaded && event.seq > self.last + 1 {
                return true;
            }
            let is_new = event.seq > self.last;
            self.last = self.last.max(event.seq);
            if !is_new || !self.is_loaded {
                continue;
            }
            match self.query.fits(event) {
                Some(true) => {
                    is_unclear |= !self.has_cause(&event.actor);
                    self.events.insert(0, event.clone());
                }
                Some(false) => {}
                None => is_unclear = true,
            }
        }
        is_unclear
    }

    fn has_cause(&self, actor: &Actor) -> bool {
        match actor {
            Actor::Assistant { turn, .. } => self.causes.contains_key(turn),
            Actor::Workflow { run } => self.goals.contains_key(&run.to_string()),
            Actor::User | Actor::System => true,
        }
    }

    /// The cause of an action, if known: what the person said, or their goal.
    pub fn cause(&self, actor: &Actor) -> Option<&str> {
        match actor {
            Actor::Assistant { turn, .. } => self.causes.get(turn).map(|cause| cause.words.as_str()),
            Actor::Workflow { run } => self.goals.get(&run.to_string()).map(String::as_str),
            Actor::User | Actor::System => None,
        }
    }

    /// Stores the text of an event as it is in the log.
    pub fn add_details(&mut self, seq: u64, text: String) {
        self.details.insert(seq, text);
    }

    /// The text of an event as it is in the log, if it was requested.
    pub fn details(&self, seq: u64) -> Option<&str> {
        self.details.get(&seq).map(String::as_str)
    }

    /// What is shown.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// Which events are shown.
    pub fn query(&self) -> &LogQuery {
        &self.query
    }

    /// The oldest event that is loaded, before which more can be asked for.
    pub fn oldest(&self) -> Option<u64> {
        self.events.last().map(|event| event.seq)
    }

    /// The newest event that there is.
    pub fn last(&self) -> u64 {
        self.last
    }

    /// Whether the first page has come.
    pub fn is_loaded(&self) -> bool {
        self.is_loaded
    }

    /// Whether nothing older is left.
    pub fn is_whole(&self) -> bool {
        self.is_whole
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use flux_timeline::{EventId, EventKind, PlanId, TxnId};
    use uuid::Uuid;

    use super::*;

    fn event(seq: u64, actor: Actor) -> Event {
        let kind = EventKind::PlanSwitched { before: None, after: Some(PlanId::new(Uuid::nil())) };
        let id = Uuid::from_u128(seq.into());
        Event { seq, id: EventId::new(id), at: DateTime::UNIX_EPOCH, actor, txn: TxnId::new(id), kind, reason: None }
    }

    fn page(events: Vec<Event>, last: u64) -> EventPage {
        EventPage { events, last, causes: BTreeMap::new(), goals: BTreeMap::new() }
    }

    fn by(actor: ActorFilter) -> LogQuery {
        LogQuery { actor, ..LogQuery::default() }
    }

    fn seqs(log: &Log) -> Vec<u64> {
        log.events().iter().map(|event| event.seq).collect()
    }

    #[test]
    fn pages_are_added_below_and_what_happens_above_each_once() {
        let all = LogQuery::default();
        let mut log = Log::default();
        log.happened(&[event(9, Actor::User)]);
        assert!(!log.is_loaded() && log.events().is_empty(), "what nobody looks at is not kept");
        log.add_page(page(vec![event(9, Actor::User), event(8, Actor::User)], 9), None, &all, 2);
        assert!(!log.happened(&[event(9, Actor::User), event(10, Actor::System)]));
        log.add_page(page(vec![event(7, Actor::User), event(6, Actor::User)], 10), Some(8), &all, 2);
        assert_eq!((seqs(&log), log.last(), log.is_whole()), (vec![10, 9, 8, 7, 6], 10, false));
        log.add_page(page(vec![event(5, Actor::User)], 10), Some(6), &all, 2);
        assert!(log.is_whole());
    }

    #[test]
    fn a_query_begins_anew_and_holds_for_what_happens() {
        let mut log = Log::default();
        log.add_page(page(vec![event(2, Actor::System)], 2), None, &LogQuery::default(), 2);
        log.begin(by(ActorFilter::User));
        log.add_page(page(vec![event(2, Actor::System)], 2), None, &LogQuery::default(), 2);
        assert!(!log.is_loaded(), "a page of another query came late");
        log.add_page(page(Vec::new(), 2), None, &by(ActorFilter::User), 2);
        log.happened(&[event(3, Actor::System), event(4, Actor::User)]);
        assert_eq!((seqs(&log), log.last()), (vec![4], 4));
        let named = LogQuery { name: Some("BLOCK_MOVED".into()), ..LogQuery::default() };
        assert_eq!(named.fits(&event(5, Actor::User)), Some(false));
    }

    #[test]
    fn a_page_that_does_not_continue_the_log_is_ignored() {
        let all = LogQuery::default();
        let older = || page(vec![event(2, Actor::User), event(1, Actor::User)], 9);
        let newest = || page(vec![event(9, Actor::User), event(8, Actor::User)], 9);
        let mut log = Log::default();
        log.add_page(newest(), None, &all, 2);
        // Asked for twice, before either came.
        log.add_page(page(vec![event(7, Actor::User), event(3, Actor::User)], 9), Some(8), &all, 2);
        log.add_page(page(vec![event(7, Actor::User), event(3, Actor::User)], 9), Some(8), &all, 2);
        log.add_page(newest(), None, &all, 2);
        assert_eq!((seqs(&log), log.is_whole()), (vec![9, 8, 7, 3], false));
        // Begun anew, by the same query, while older ones were on their way.
        log.begin(by(ActorFilter::User));
        log.begin(all.clone());
        log.add_page(older(), Some(3), &all, 2);
        assert!(!log.is_loaded(), "what is older is not taken for the newest");
        log.add_page(newest(), None, &all, 2);
        log.happened(&[event(10, Actor::User)]);
        log.add_page(older(), Some(3), &all, 2);
        assert_eq!(seqs(&log), [10, 9, 8]);
    }

    #[test]
    fn the_newest_page_once_more_keeps_what_is_older() {
        let all = LogQuery::default();
        let user = |seqs: &[u64]| seqs.iter().map(|seq| event(*seq, Actor::User)).collect::<Vec<_>>();
        let mut log = Log::default();
        log.add_page(page(user(&[5, 4]), 5), None, &all, 2);
        log.add_page(page(user(&[3, 2]), 5), Some(4), &all, 2);
        log.happened(&user(&[6]));
        log.add_page(page(user(&[7, 6]), 7), None, &all, 2);
        assert_eq!((seqs(&log), log.last()), (vec![7, 6, 5, 4, 3, 2], 7));
        // Between 7 and 10 something is missing.
        log.add_page(page(user(&[11, 10]), 11), None, &all, 2);
        assert_eq!((seqs(&log), log.is_whole()), (vec![11, 10], false));
    }

    #[test]
    fn events_that_were_not_told_are_asked_for() {
        let all = LogQuery::default();
        let user = |seqs: &[u64]| seqs.iter().map(|seq| event(*seq, Actor::User)).collect::<Vec<_>>();
        let mut log = Log::default();
        log.add_page(page(user(&[5, 4]), 5), None, &all, 2);
        // A snapshot came in between.
        assert!(log.happened(&user(&[7])));
        assert_eq!(seqs(&log), [5, 4], "there is no gap in what is shown");
        log.add_page(page(user(&[7, 6, 5]), 7), None, &all, 3);
        assert!(!log.happened(&user(&[8])));
        assert_eq!(seqs(&log), [8, 7, 6, 5, 4]);
    }

    #[test]
    fn the_service_is_asked_what_only_it_can_decide() {
        let query = LogQuery { plan: Some(PlanId::new(Uuid::nil())), ..LogQuery::default() };
        let mut log = Log::default();
        log.begin(query.clone());
        log.add_page(page(Vec::new(), 2), None, &query, 2);
        assert!(log.happened(&[event(3, Actor::User)]));
        assert!(log.events().is_empty());
    }

    #[test]
    fn the_cause_of_an_event_is_shown_if_known() {
        let by_flux = |turn: &str| Actor::Assistant { turn: turn.to_owned(), tool_call: "c".to_owned() };
        let mut log = Log::default();
        let cause = Cause { question: "q".into(), answer: "a".into(), words: "Workout at 8".into() };
        let causes = BTreeMap::from([("t1".to_owned(), cause)]);
        log.add_page(EventPage { causes, ..page(vec![event(2, by_flux("t1"))], 2) }, None, &LogQuery::default(), 2);
        assert_eq!(log.cause(&by_flux("t1")), Some("Workout at 8"));
        assert!(!log.happened(&[event(3, by_flux("t1"))]));
        assert!(log.happened(&[event(4, by_flux("t2"))]), "the cause of another turn is to be asked for");
        assert_eq!(log.cause(&by_flux("t2")), None);
    }
}
