//! The timelines of a subject: finding the one that is shown, and taking along what a guest has begun.

use uuid::Uuid;

use crate::platform::{Failed, Platform};
use crate::principal::{Principal, Via};
use crate::request::{SubjectReply, SubjectRequest, TimelineReply, TimelineRequest};
use crate::subject::{ObjectId, Subject};

/// How often it is tried to find a timeline of a subject that nobody else has claimed.
const TRIES: usize = 5;

/// The timeline of a subject who signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The one that is shown.
    pub object: ObjectId,
    /// Whether the browser had another one, which the subject has now, too.
    pub has_choice: bool,
    /// Whether the browser had another one for which the subject has no room. It stays the guest's.
    pub is_full: bool,
}

/// The timeline of a subject. What a guest has begun in the browser becomes theirs.
///
/// # Errors
/// When an object fails. Nothing is lost then, and the next attempt goes on with it.
pub async fn timeline_of(platform: &dyn Platform, subject: &Subject, by: Option<&Principal>) -> Result<Found, Failed> {
    let (mut brought, mut is_full) = (None, false);
    let (all, mut shown) = all_of(platform, subject).await?;
    // Whoever is signed in as somebody else does not bring that one's timeline.
    if let Some(guest) = by.filter(|by| by.via == Via::Guest) {
        let is_known = all.contains(&guest.object);
        // First the subject's object: if the process dies in between, nobody has lost anything, and the next attempt goes on.
        let is_added = is_known
            || (is_used(platform, guest).await? && {
                let is_added = ask(platform, subject, SubjectRequest::Add { object: guest.object.clone() }).await?;
                is_full = !is_added;
                is_added
            });
        if is_added {
            if claim(platform, &guest.object, subject, by).await? {
                brought = Some(guest.object.clone()).filter(|_| !is_known);
            } else {
                ask(platform, subject, SubjectRequest::Remove { object: guest.object.clone() }).await?;
            }
            shown = all_of(platform, subject).await?.1;
        }
    }
    for _ in 0..TRIES {
        if shown.is_none() {
            let object = ObjectId::new(platform.random().into_bytes());
            shown = timelines_in(platform.ask_subject(subject, SubjectRequest::AddFirst { object }).await?).1;
        }
        let Some(object) = shown else { continue };
        if claim(platform, &object, subject, None).await? {
            let has_choice = brought.is_some_and(|brought| brought != object);
            return Ok(Found { object, has_choice, is_full });
        }
        ask(platform, subject, SubjectRequest::Remove { object }).await?;
        shown = all_of(platform, subject).await?.1;
    }
    Err(Failed("no timeline can be found".to_owned()))
}

/// All timelines of a subject, and the one that is shown.
///
/// # Errors
/// When an object fails.
pub async fn all_of(platform: &dyn Platform, subject: &Subject) -> Result<(Vec<ObjectId>, Option<ObjectId>), Failed> {
    Ok(timelines_in(platform.ask_subject(subject, SubjectRequest::Timelines).await?))
}

fn timelines_in(reply: SubjectReply) -> (Vec<ObjectId>, Option<ObjectId>) {
    match reply {
        SubjectReply::Timelines { all, shown } => (all, shown),
        _ => (Vec::new(), None),
    }
}

/// Asks the object of a subject to do something. Returns whether it was done.
///
/// # Errors
/// When the object fails.
pub async fn ask(platform: &dyn Platform, subject: &Subject, request: SubjectRequest) -> Result<bool, Failed> {
    Ok(platform.ask_subject(subject, request).await? == (SubjectReply::Done { done: true }))
}

/// Asks the object of a timeline to do something. Returns whether it was done.
///
/// # Errors
/// When the object fails.
pub async fn tell(platform: &dyn Platform, object: &ObjectId, request: TimelineRequest) -> Result<bool, Failed> {
    Ok(platform.ask_timeline(object, request).await? == (TimelineReply::Done { done: true }))
}

/// Lets a subject use a timeline. Returns false if it belongs to somebody else.
///
/// # Errors
/// When the object fails.
pub async fn claim(
    platform: &dyn Platform,
    object: &ObjectId,
    subject: &Subject,
    by: Option<&Principal>,
) -> Result<bool, Failed> {
    let claim = TimelineRequest::Claim { subject: subject.clone(), by: by.cloned().map(Box::new) };
    tell(platform, object, claim).await
}

/// Whether a principal may use its timeline.
///
/// # Errors
/// When the object fails.
pub async fn admits(platform: &dyn Platform, principal: &Principal) -> Result<bool, Failed> {
    tell(platform, &principal.object, TimelineRequest::Admit { principal: Box::new(principal.clone()) }).await
}

/// Begins a session. `None` if the subject may not sign in.
///
/// # Errors
/// When the object fails.
pub async fn begin_session(
    platform: &dyn Platform,
    object: &ObjectId,
    subject: Subject,
    label: String,
) -> Result<Option<Uuid>, Failed> {
    match platform.ask_timeline(object, TimelineRequest::Begin { subject, label }).await? {
        TimelineReply::Session { id } => Ok(id),
        _ => Ok(None),
    }
}

/// Whether a guest has done anything in their timeline, and it is still theirs.
async fn is_used(platform: &dyn Platform, guest: &Principal) -> Result<bool, Failed> {
    let described = platform.ask_timeline(&guest.object, TimelineRequest::Describe { subject: None }).await?;
    Ok(matches!(described, TimelineReply::Described { is_used: true, .. }) && admits(platform, guest).await?)
}
