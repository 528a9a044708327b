//! How long data is kept that nobody needs for ever. The timeline, its log and the conversation are kept until the person deletes
//! them. See docs/decisions/retention.md.

use chrono::TimeDelta;

/// The chunks of an answer, after it has ended. They are only for clients that lost their connection meanwhile: the message
/// itself is stored. The next answer deletes them earlier.
pub const STREAM: TimeDelta = TimeDelta::days(1);
/// The finished work of a run of the architect that failed, with which a retry begins. A later retry begins anew.
pub const RUN_WORK: TimeDelta = TimeDelta::days(30);
/// A reminder that has come and that nobody has dealt with. It is also how late one can come.
pub const REMINDER: TimeDelta = TimeDelta::days(1);
/// Outcomes of turns by the version of the prompt, after the last turn with that version, and which version made a change.
pub const PROMPTS: TimeDelta = TimeDelta::days(365);
/// What a Workflow has stored, after it has ended: the goal, and the answers of the model. The object has what it needs of it.
pub const WORKFLOW: TimeDelta = TimeDelta::days(3);
/// What Cloudflare keeps of a deleted database for recovery
/// (<https://developers.cloudflare.com/durable-objects/api/sqlite-storage-api/#pitr-point-in-time-recovery-api>). It is also
/// the longest time for which Workflows are kept that were started without a lifetime, by an earlier version.
pub const BACKUPS: TimeDelta = TimeDelta::days(30);
