//! Who may use this object: the ways to sign in to it, the sessions of browsers, the access tokens of programs, and the tickets that
//! were used. None of it is exported, and it stays when everything else is deleted.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::{Row, Sql, Store, StoreError};
use crate::json;
use flux_identity::{Scope, Subject};

/// How long a session lasts without being used.
const SESSION: TimeDelta = TimeDelta::days(90);
/// The precision of the last use: more would write a row for each request.
const USED_EVERY: TimeDelta = TimeDelta::minutes(5);
/// Most sessions. One more ends the one that was not used for the longest time.
const SESSIONS: u64 = 100;
/// The kinds of rows.
const SESSION_KIND: &str = "session";
const TOKEN_KIND: &str = "token";
const TICKET_KIND: &str = "ticket";

/// A browser that is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRecord {
    /// Its id.
    pub id: Uuid,
    /// Who signed in.
    pub subject: Subject,
    /// The browser and the system.
    pub label: String,
    /// When it was made.
    pub made: DateTime<Utc>,
    /// When it was last used.
    pub used: DateTime<Utc>,
}

/// An access token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRecord {
    /// Its id.
    pub id: String,
    /// The name that the person gave it.
    pub name: String,
    /// What it allows.
    pub scopes: Vec<Scope>,
    /// When it was made.
    pub made: DateTime<Utc>,
    /// When it ends.
    pub until: Option<DateTime<Utc>>,
    /// When it was last used.
    pub used: Option<DateTime<Utc>>,
}

impl<S: Sql> Store<S> {
    /// The subjects that may sign in, and when each was added, oldest first.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn subjects(&self) -> Result<Vec<(Subject, DateTime<Utc>)>, StoreError> {
        let rows = self.query("SELECT subject, added_ms FROM accounts ORDER BY added_ms, subject", &[])?;
        rows.iter().map(|row| Ok((Subject::from(row.text(0)?), instant(row, 1)?))).collect()
    }

    /// Adds a subject that may sign in.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn add_subject(&self, subject: &Subject, now: DateTime<Utc>) -> Result<(), StoreError> {
        let row = [subject.to_string().into(), now.timestamp_millis().into()];
        self.execute("INSERT OR IGNORE INTO accounts (subject, added_ms) VALUES (?, ?)", &row)
    }

    /// Removes a subject that may sign in, and ends its sessions.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn remove_subject(&self, subject: &Subject) -> Result<(), StoreError> {
        let subject = subject.to_string();
        self.execute("DELETE FROM accounts WHERE subject = ?", &[subject.as_str().into()])?;
        self.execute("DELETE FROM credentials WHERE kind = ? AND subject = ?", &[SESSION_KIND.into(), subject.into()])
    }

    /// The sessions, the last one used first.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn sessions(&self, now: DateTime<Utc>) -> Result<Vec<SessionRecord>, StoreError> {
        let rows = self.query(
            "SELECT id, subject, label, made_ms, used_ms FROM credentials WHERE kind = ? AND until_ms > ?
             ORDER BY used_ms DESC, id",
            &[SESSION_KIND.into(), now.timestamp_millis().into()],
        )?;
        let read = |row: &Row| {
            let id = row.text(0)?.parse().map_err(|_| unreadable("id"))?;
            let (made, used) = (instant(row, 3)?, instant(row, 4)?);
            Ok(SessionRecord { id, subject: Subject::from(row.text(1)?), label: row.text(2)?, made, used })
        };
        rows.iter().map(read).collect()
    }

    /// Adds a session, and deletes those that have ended.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn add_session(&self, session: &SessionRecord) -> Result<(), StoreError> {
        let SessionRecord { id, subject, label, made, used } = session;
        self.forget_ended(*used)?;
        self.execute(
            "DELETE FROM credentials WHERE kind = ?1 AND id IN
                (SELECT id FROM credentials WHERE kind = ?1 ORDER BY used_ms DESC LIMIT -1 OFFSET ?2)",
            &[SESSION_KIND.into(), (SESSIONS - 1).into()],
        )?;
        self.execute(
            "INSERT INTO credentials (kind, id, subject, label, made_ms, used_ms, until_ms) VALUES (?, ?, ?, ?, ?, ?, ?)",
            &[
                SESSION_KIND.into(),
                id.to_string().into(),
                subject.to_string().into(),
                label.as_str().into(),
                made.timestamp_millis().into(),
                used.timestamp_millis().into(),
                (*used + SESSION).timestamp_millis().into(),
            ],
        )
    }

    /// Whether a session has not ended. Notes that it was used.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn use_session(&self, id: Uuid, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let id = id.to_string();
        let rows = self.query(
            "SELECT used_ms FROM credentials WHERE kind = ? AND id = ? AND until_ms > ?",
            &[SESSION_KIND.into(), id.as_str().into(), now.timestamp_millis().into()],
        )?;
        let Some(row) = rows.first() else { return Ok(false) };
        if now - instant(row, 0)? >= USED_EVERY {
            let until = (now + SESSION).timestamp_millis();
            self.execute(
                "UPDATE credentials SET used_ms = ?, until_ms = ? WHERE kind = ? AND id = ?",
                &[now.timestamp_millis().into(), until.into(), SESSION_KIND.into(), id.into()],
            )?;
        }
        Ok(true)
    }

    /// Ends a session. Returns whether there was one.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn end_session(&self, id: &str) -> Result<bool, StoreError> {
        self.remove(SESSION_KIND, id)
    }

    /// Ends all sessions.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn end_sessions(&self) -> Result<(), StoreError> {
        self.execute("DELETE FROM credentials WHERE kind = ?", &[SESSION_KIND.into()])
    }

    /// The access tokens, newest first.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn tokens(&self) -> Result<Vec<TokenRecord>, StoreError> {
        let rows = self.query(
            "SELECT id, label, scopes, made_ms, until_ms, used_ms FROM credentials WHERE kind = ? ORDER BY made_ms DESC, id",
            &[TOKEN_KIND.into()],
        )?;
        rows.iter().map(token).collect()
    }

    /// Adds an access token with this hash.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn add_token(&self, hash: &str, token: &TokenRecord) -> Result<(), StoreError> {
        let ms = |at: DateTime<Utc>| at.timestamp_millis();
        self.execute(
            "INSERT INTO credentials (kind, id, hash, label, scopes, made_ms, used_ms, until_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            &[
                TOKEN_KIND.into(),
                token.id.as_str().into(),
                hash.into(),
                token.name.as_str().into(),
                json::value(&token.scopes).to_string().into(),
                ms(token.made).into(),
                token.used.map(ms).into(),
                token.until.map(ms).into(),
            ],
        )
    }

    /// The access token with this hash, unless it has ended. Notes that it was used.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn use_token(&self, hash: &str, now: DateTime<Utc>) -> Result<Option<TokenRecord>, StoreError> {
        let rows = self.query(
            "SELECT id, label, scopes, made_ms, until_ms, used_ms FROM credentials
             WHERE kind = ? AND hash = ? AND (until_ms IS NULL OR until_ms > ?)",
            &[TOKEN_KIND.into(), hash.into(), now.timestamp_millis().into()],
        )?;
        let Some(token) = rows.first().map(token).transpose()? else { return Ok(None) };
        if token.used.is_none_or(|used| now - used >= USED_EVERY) {
            self.execute(
                "UPDATE credentials SET used_ms = ? WHERE kind = ? AND id = ?",
                &[now.timestamp_millis().into(), TOKEN_KIND.into(), token.id.as_str().into()],
            )?;
        }
        Ok(Some(token))
    }

    /// Revokes an access token. Returns whether there was one.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn revoke_token(&self, id: &str) -> Result<bool, StoreError> {
        self.remove(TOKEN_KIND, id)
    }

    /// Uses a ticket, which is good for one use until a moment. Returns false if it was used before.
    ///
    /// # Errors
    /// The errors of the engine.
    pub fn use_ticket(&self, id: Uuid, until: DateTime<Utc>, now: DateTime<Utc>) -> Result<bool, StoreError> {
        // One that has ended is not remembered, so it must not be used.
        if until <= now {
            return Ok(false);
        }
        self.forget_ended(now)?;
        let rows = self.query(
            "INSERT OR IGNORE INTO credentials (kind, id, made_ms, until_ms) VALUES (?, ?, ?, ?) RETURNING 1",
            &[
                TICKET_KIND.into(),
                id.to_string().into(),
                now.timestamp_millis().into(),
                until.timestamp_millis().into(),
            ],
        )?;
        Ok(!rows.is_empty())
    }

    /// Deletes sessions and tickets that have ended. Tokens that have ended stay in the list until they are revoked.
    fn forget_ended(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.execute(
            "DELETE FROM credentials WHERE kind <> ? AND until_ms <= ?",
            &[TOKEN_KIND.into(), now.timestamp_millis().into()],
        )
    }

    fn remove(&self, kind: &str, id: &str) -> Result<bool, StoreError> {
        let rows =
            self.query("DELETE FROM credentials WHERE kind = ? AND id = ? RETURNING 1", &[kind.into(), id.into()])?;
        Ok(!rows.is_empty())
    }
}

fn token(row: &Row) -> Result<TokenRecord, StoreError> {
    let scopes = json::read(&row.text(2)?).map_err(|_| unreadable("scopes"))?;
    let (made, until, used) = (instant(row, 3)?, optional_instant(row, 4)?, optional_instant(row, 5)?);
    Ok(TokenRecord { id: row.text(0)?, name: row.text(1)?, scopes, made, until, used })
}

fn instant(row: &Row, column: usize) -> Result<DateTime<Utc>, StoreError> {
    optional_instant(row, column)?.ok_or_else(|| unreadable("a moment"))
}

fn optional_instant(row: &Row, column: usize) -> Result<Option<DateTime<Utc>>, StoreError> {
    let ms = row.optional_integer(column)?;
    ms.map(|ms| DateTime::from_timestamp_millis(ms).ok_or_else(|| unreadable("a moment"))).transpose()
}

fn unreadable(what: &str) -> StoreError {
    StoreError::Corrupt { table: "credentials", cause: what.to_owned() }
}

#[cfg(test)]
mod tests {
    use flux_protocol::account::Provider;

    use super::*;
    use crate::native::Sqlite;

    fn store() -> Store<Sqlite> {
        Store::open(Sqlite::in_memory().unwrap()).unwrap()
    }

    fn now() -> DateTime<Utc> {
        "2026-03-02T10:00:00Z".parse().unwrap()
    }

    fn session(id: u128, used: DateTime<Utc>) -> SessionRecord {
        let subject = Subject::new(Provider::Passkey, "p");
        SessionRecord { id: Uuid::from_u128(id), subject, label: "Firefox on Linux".to_owned(), made: used, used }
    }

    #[test]
    fn a_session_lasts_as_long_as_it_is_used() {
        let store = store();
        store.add_session(&session(1, now())).unwrap();
        let id = Uuid::from_u128(1);
        for day in [0, 80, 160] {
            assert_eq!(store.use_session(id, now() + TimeDelta::days(day)), Ok(true), "{day}");
        }
        let last = now() + TimeDelta::days(160);
        let used =
            |at: DateTime<Utc>| store.sessions(at).unwrap().into_iter().map(|session| session.used).collect::<Vec<_>>();
        assert_eq!(used(last), [last]);
        store.use_session(id, last + TimeDelta::minutes(4)).unwrap();
        assert_eq!(used(last), [last], "not written for each request");
        let ended = last + SESSION;
        assert_eq!(store.use_session(id, ended), Ok(false));
        assert!(used(ended).is_empty());
        assert_eq!(store.use_session(Uuid::from_u128(2), now()), Ok(false), "of nobody");
    }

    #[test]
    fn the_oldest_of_too_many_sessions_ends_and_one_can_be_ended() {
        let store = store();
        for number in 0..=SESSIONS {
            let at = now() + TimeDelta::seconds(i64::try_from(number).unwrap());
            store.add_session(&session(number.into(), at)).unwrap();
        }
        let ids = || store.sessions(now()).unwrap().into_iter().map(|session| session.id.as_u128()).collect::<Vec<_>>();
        assert_eq!((ids().len(), ids()[0], ids().contains(&0)), (100, 100, false));
        let last = Uuid::from_u128(100).to_string();
        assert_eq!((store.end_session(&last), store.end_session(&last)), (Ok(true), Ok(false)));
        store.end_sessions().unwrap();
        assert_eq!(ids(), []);
    }

    #[test]
    fn a_token_is_found_by_its_hash_until_it_ends_or_is_revoked() {
        let store = store();
        let end = now() + TimeDelta::days(30);
        let until = Some(end);
        let scopes = vec![Scope::Read, Scope::Chat];
        let token = TokenRecord { id: "t".to_owned(), name: "Cron".to_owned(), scopes, made: now(), until, used: None };
        store.add_token("hash", &token).unwrap();
        assert_eq!(store.tokens(), Ok(vec![token.clone()]));
        assert_eq!(store.use_token("hash", now()), Ok(Some(token.clone())));
        assert_eq!(store.tokens().unwrap()[0].used, Some(now()));
        assert_eq!(store.use_token("other", now()), Ok(None));
        assert_eq!(store.use_token("hash", end), Ok(None), "it has ended");
        assert_eq!(store.revoke_token("t"), Ok(true));
        assert_eq!((store.use_token("hash", now()), store.revoke_token("t")), (Ok(None), Ok(false)));
    }

    #[test]
    fn a_ticket_is_good_for_one_use() {
        let store = store();
        let until = now() + TimeDelta::seconds(60);
        let [one, two] = [1, 2].map(Uuid::from_u128);
        assert_eq!(store.use_ticket(one, until, now()), Ok(true));
        assert_eq!(store.use_ticket(one, until, now()), Ok(false));
        assert_eq!(store.use_ticket(one, until, until), Ok(false), "it has ended");
        let later = until + TimeDelta::seconds(60);
        assert_eq!(store.use_ticket(two, later, until), Ok(true), "and those that have ended are forgotten");
        let rows = store.query("SELECT count(*) FROM credentials", &[]).unwrap();
        assert_eq!(rows[0].count(0), Ok(1));
    }

    #[test]
    fn deleting_everything_keeps_who_may_use_it() {
        let store = store();
        let subject = Subject::new(Provider::Oidc, "https://issuer.example#me");
        store.add_subject(&subject, now()).unwrap();
        store.add_subject(&subject, now() + TimeDelta::days(1)).unwrap();
        store.add_session(&session(1, now())).unwrap();
        store.sql_transaction(|store| store.reset()).unwrap();
        assert_eq!(store.subjects(), Ok(vec![(subject, now())]));
        assert_eq!(store.use_session(Uuid::from_u128(1), now()), Ok(true));
    }
}
