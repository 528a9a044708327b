//! What the Worker asks the two objects when somebody signs in. Only the Worker can reach these addresses.

use chrono::{DateTime, Utc};
use flux_timeline::clock::{instant, optional_instant};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::passkey::Passkey;
use crate::principal::Principal;
use crate::subject::{ObjectId, Subject};

/// A question to the object of a subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SubjectRequest {
    /// The timelines of the subject.
    Timelines,
    /// Adds a timeline, unless it is there. It is shown if it is the first one.
    Add {
        /// The timeline.
        object: ObjectId,
    },
    /// Adds a timeline if there is none. The answer is all of them.
    AddFirst {
        /// The timeline.
        object: ObjectId,
    },
    /// Removes a timeline that somebody else has claimed.
    Remove {
        /// The timeline.
        object: ObjectId,
    },
    /// Shows another timeline from now on.
    Show {
        /// One of the subject's.
        object: ObjectId,
    },
    /// Keeps the passkey that was made. There is one for each subject.
    AddPasskey {
        /// The passkey.
        passkey: Passkey,
    },
    /// The passkey.
    Passkey,
    /// The passkey has signed a challenge, which is good for one use until a moment.
    UsePasskey {
        /// How often it was used, if its authenticator counts.
        counter: u32,
        /// The challenge.
        challenge: String,
        /// When the challenge ends.
        #[serde(deserialize_with = "instant")]
        until: DateTime<Utc>,
    },
}

/// The answer of the object of a subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SubjectReply {
    /// The timelines, oldest first.
    Timelines {
        /// All of them.
        all: Vec<ObjectId>,
        /// The one that is shown. `None` if there is none.
        shown: Option<ObjectId>,
    },
    /// A passkey.
    Passkey {
        /// `None` if there is none.
        passkey: Option<Passkey>,
    },
    /// Whether it was done.
    Done {
        /// False if it was not allowed, or there was nothing to do it to.
        done: bool,
    },
}

/// A question to the object of a timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TimelineRequest {
    /// What is in it. It makes nothing.
    Describe {
        /// Who wants to know. It is not told to a subject who may not sign in; `None` if it does not matter.
        subject: Option<Subject>,
    },
    /// A subject wants to use it.
    Claim {
        /// The subject.
        subject: Subject,
        /// Who the browser was before. A guest may claim what nobody has claimed, and a session may add a way to sign in.
        by: Option<Box<Principal>>,
    },
    /// Begins a session of a subject who may sign in.
    Begin {
        /// The subject.
        subject: Subject,
        /// The browser and the system.
        label: String,
    },
    /// Whether a principal may use it.
    Admit {
        /// The principal.
        principal: Box<Principal>,
    },
    /// Who may sign in, for a principal who may use it.
    Subjects {
        /// The principal.
        principal: Box<Principal>,
    },
    /// Ends a session.
    End {
        /// The session.
        session: Uuid,
    },
    /// Ends all sessions, for a subject who may sign in.
    EndAll {
        /// The subject.
        subject: Subject,
    },
}

/// The answer of the object of a timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TimelineReply {
    /// What is in it.
    Described {
        /// The number of its blocks in all plans.
        blocks: u64,
        /// When somebody changed something in it last; `None` if nobody ever did.
        #[serde(default, deserialize_with = "optional_instant")]
        changed: Option<DateTime<Utc>>,
        /// Whether somebody has used it: changed something, or talked to the assistant.
        is_used: bool,
    },
    /// Who may sign in.
    Subjects {
        /// `None` if the principal may not know.
        all: Option<Vec<Subject>>,
    },
    /// A session.
    Session {
        /// `None` if the subject may not sign in.
        id: Option<Uuid>,
    },
    /// Whether it was done.
    Done {
        /// False if it was not allowed, or there was nothing to do it to.
        done: bool,
    },
}
