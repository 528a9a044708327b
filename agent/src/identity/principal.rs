//! Who makes a call, and what they may do.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// A verified caller. The service makes one where a verified identity reaches the object; clients cannot make one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Principal {
    /// The verified identity that calls.
    pub subject: String,
    /// The name of the object that it may reach.
    pub object: String,
    /// What it may do there.
    pub scopes: BTreeSet<Scope>,
    /// Whether it has to keep to the limits of the deployment (see `limits`).
    #[serde(default)]
    pub limited: bool,
}

/// Something that a principal may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Read the timeline, the log, the conversation and the settings.
    Read,
    /// Change the timeline and the settings; import a file, and delete everything.
    Write,
    /// Talk to the assistant: send messages, answer its questions, stop it, and clear the conversation.
    Chat,
}

impl Principal {
    /// The owner of an object, who may do everything.
    pub fn owner(subject: impl Into<String>, object: impl Into<String>) -> Self {
        Self {
            subject: subject.into(),
            object: object.into(),
            scopes: BTreeSet::from([Scope::Read, Scope::Write, Scope::Chat]),
            limited: false,
        }
    }

    /// Somebody who may do nothing.
    pub fn nobody() -> Self {
        Self { subject: String::new(), object: String::new(), scopes: BTreeSet::new(), limited: true }
    }

    /// Whether it has a scope.
    pub fn has(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }
}

impl Scope {
    /// The action that the scope allows, as it completes the sentence “You may not …”.
    pub fn action(self) -> &'static str {
        match self {
            Self::Read => "read this timeline",
            Self::Write => "change this timeline",
            Self::Chat => "talk to this assistant",
        }
    }
}
