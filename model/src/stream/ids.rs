//! Ids of calls, unique within the conversation.

use std::collections::HashSet;

use crate::{ChatRequest, ModelMessage};

/// The longest id of a model that is kept, in bytes. Ids are stored and sent back.
const MAX_ID_BYTES: usize = 128;

/// Makes ids that no other call of the conversation has.
#[derive(Debug)]
pub(super) struct CallIds {
    taken: HashSet<String>,
    seed: u32,
    made: u32,
}

impl CallIds {
    /// Avoids the ids in `request`. `seed` distinguishes new ids from those of older messages, which may no longer be
    /// part of the request.
    pub(super) fn new(request: &ChatRequest, seed: u32) -> Self {
        let mut taken = HashSet::new();
        for message in &request.messages {
            match message {
                ModelMessage::User { .. } => {}
                ModelMessage::Assistant { calls, .. } => taken.extend(calls.iter().map(|call| call.id.clone())),
                ModelMessage::Tool { call_id, .. } => {
                    taken.insert(call_id.clone());
                }
            }
        }
        Self { taken, seed, made: 0 }
    }

    /// The id that the model gave, if it is valid and not taken, or a new one.
    pub(super) fn take(&mut self, wanted: Option<&str>) -> String {
        if let Some(wanted) = wanted.filter(|id| is_usable(id))
            && self.taken.insert(wanted.to_owned())
        {
            return wanted.to_owned();
        }
        loop {
            self.made = self.made.wrapping_add(1);
            let id = format!("call_{:08x}_{}", self.seed, self.made);
            if self.taken.insert(id.clone()) {
                return id;
            }
        }
    }
}

fn is_usable(id: &str) -> bool {
    (1..=MAX_ID_BYTES).contains(&id.len()) && id.chars().all(|c| !c.is_control() && !c.is_whitespace())
}
