//! Joins the pieces of calls into whole calls. Each is started once and finished once, in the order in which the calls
//! began.

use super::chunk::CallPiece;
use super::ids::CallIds;
use crate::repair::Nesting;
use crate::{ModelCall, ModelEvent};

/// The most calls of one answer, in case a model is caught in a loop. Further calls are dropped.
const MAX_CALLS: usize = 128;

/// The calls of one answer.
#[derive(Debug)]
pub(super) struct Calls {
    ids: CallIds,
    all: Vec<Call>,
    /// How many of `all`, from the first, were reported as finished.
    finished: usize,
    /// Whether there were more than [`MAX_CALLS`].
    over_full: bool,
}

#[derive(Debug, Default)]
struct Call {
    index: Option<u64>,
    /// The id as the model gave it.
    given_id: Option<String>,
    name: Option<String>,
    arguments: String,
    nesting: Nesting,
    /// The id that was reported when the call started.
    id: Option<String>,
    /// Whether it is complete.
    closed: bool,
}

/// How a piece relates to the calls before it.
enum Role {
    Begins,
    Continues(usize),
    Closes(usize),
    Nothing,
}

impl Calls {
    pub(super) fn new(ids: CallIds) -> Self {
        Self { ids, all: Vec::new(), finished: 0, over_full: false }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Takes a piece and appends the events that result.
    pub(super) fn push(&mut self, piece: CallPiece, events: &mut Vec<ModelEvent>) {
        match self.role_of(&piece) {
            Role::Nothing => {}
            Role::Closes(at) => {
                if let Some(call) = self.all.get_mut(at) {
                    call.closed = true;
                }
            }
            Role::Continues(at) => self.append(at, piece, events),
            Role::Begins if self.all.len() >= MAX_CALLS => self.over_full = true,
            Role::Begins => {
                self.close_before(piece.index);
                self.give_finished(events);
                self.all.push(Call { index: piece.index, ..Call::default() });
                self.append(self.all.len().saturating_sub(1), piece, events);
            }
        }
        self.give_finished(events);
    }

    /// Closes all open calls and appends the events that result.
    pub(super) fn finish(&mut self, events: &mut Vec<ModelEvent>) {
        for call in &mut self.all {
            call.closed = true;
        }
        self.give_finished(events);
    }

    fn role_of(&self, piece: &CallPiece) -> Role {
        if self.over_full {
            return Role::Nothing;
        }
        let last = self.all.len().checked_sub(1);
        let same_index = || self.all.iter().rposition(|call| call.index == piece.index);
        let same_id = || self.all.iter().rposition(|call| call.given_id == piece.id);
        let current = match (piece.index, &piece.id) {
            (Some(_), _) => same_index(),
            (None, Some(_)) => same_id().or(last),
            (None, None) => last,
        };
        if piece.is_null() {
            return current.or(last).map_or(Role::Nothing, Role::Closes);
        }
        let Some((at, call)) = current.and_then(|at| Some((at, self.all.get(at)?))) else {
            return Role::Begins;
        };
        match call {
            _ if piece.whole || call.is_followed_by(piece) => Role::Begins,
            // A piece that arrives after its call was finished is dropped.
            _ if call.closed => Role::Nothing,
            _ => Role::Continues(at),
        }
    }

    fn append(&mut self, at: usize, piece: CallPiece, events: &mut Vec<ModelEvent>) {
        let Some(call) = self.all.get_mut(at) else { return };
        let arguments = piece.arguments.unwrap_or_default();
        call.given_id = call.given_id.take().or(piece.id);
        call.name = call.name.take().or(piece.name);
        call.arguments.push_str(&arguments);
        call.nesting.feed(&arguments);
        call.closed |= piece.whole;
        match (&call.id, call.name.is_some()) {
            (None, true) => call.start(&mut self.ids, events),
            (Some(id), _) if !arguments.is_empty() => {
                events.push(ModelEvent::CallArguments { id: id.clone(), delta: arguments });
            }
            _ => {}
        }
    }

    /// Closes the calls that end because another begins at `index`. A call whose arguments are incomplete stays open if
    /// indices distinguish the pieces, because servers can interleave calls.
    fn close_before(&mut self, index: Option<u64>) {
        for call in self.all.iter_mut().skip(self.finished) {
            let told_apart = index.is_some() && call.index.is_some() && call.index != index;
            call.closed |= !told_apart || call.nesting.is_closed();
        }
    }

    fn give_finished(&mut self, events: &mut Vec<ModelEvent>) {
        for call in self.all.iter_mut().skip(self.finished).take_while(|call| call.closed) {
            call.start(&mut self.ids, events);
            self.finished += 1;
            events.push(ModelEvent::CallFinished(ModelCall {
                id: call.id.clone().unwrap_or_default(),
                name: call.name.clone().unwrap_or_default(),
                arguments: call.arguments.clone(),
            }));
        }
    }
}

impl Call {
    /// Reports that the call began, with its arguments so far, unless that was done before.
    fn start(&mut self, ids: &mut CallIds, events: &mut Vec<ModelEvent>) {
        if self.id.is_some() {
            return;
        }
        let id = ids.take(self.given_id.as_deref());
        let name = self.name.clone().unwrap_or_default();
        events.push(ModelEvent::CallStarted { id: id.clone(), name });
        if !self.arguments.is_empty() {
            events.push(ModelEvent::CallArguments { id: id.clone(), delta: self.arguments.clone() });
        }
        self.id = Some(id);
    }

    /// Whether `piece`, which has the same index or id, begins another call.
    ///
    /// Some servers repeat id and name in every piece, reuse an id for the next call, or send no index, so no field is
    /// enough alone. A piece without a name always continues a call.
    fn is_followed_by(&self, piece: &CallPiece) -> bool {
        let (Some(name), Some(own_name)) = (&piece.name, &self.name) else { return false };
        let other_id = matches!((&piece.id, &self.given_id), (Some(id), Some(own)) if id != own);
        other_id || name != own_name || self.closed || self.nesting.is_closed()
    }
}
