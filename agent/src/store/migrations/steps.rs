//! The migrations. A released one is never changed, because databases exist that have run it.
//!
//! They change what is recorded. The tables of what is computed from the log are another matter: they are replaced when the log
//! is computed anew (`rebuild`), so after the last migration they can still be of an earlier version.

/// The migrations, oldest first. The version of a database is the number of migrations that it has run.
pub const MIGRATIONS: &[&[&str]] = &[
    FIRST,
    SECOND,
    THIRD,
    FOURTH,
    FIFTH,
    SIXTH,
    SEVENTH,
    EIGHTH,
    NINTH,
    TENTH,
    ELEVENTH,
    TWELFTH,
    THIRTEENTH,
    FOURTEENTH,
    FIFTEENTH,
    SIXTEENTH,
    SEVENTEENTH,
    EIGHTEENTH,
    NINETEENTH,
    TWENTIETH,
    TWENTY_FIRST,
    TWENTY_SECOND,
];

const FIRST: &[&str] = &[
    // The log. Nothing can change or remove an entry, not even a bug in this program.
    "CREATE TABLE events (
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        at_ms INTEGER NOT NULL,
        txn TEXT NOT NULL,
        type TEXT NOT NULL,
        json TEXT NOT NULL
    )",
    "CREATE INDEX events_by_txn ON events (txn, seq)",
    "CREATE TRIGGER events_are_not_changed BEFORE UPDATE ON events
     BEGIN SELECT RAISE(ABORT, 'events are immutable'); END",
    "CREATE TRIGGER events_are_not_deleted BEFORE DELETE ON events
     BEGIN SELECT RAISE(ABORT, 'events are immutable'); END",
    // The projection.
    "CREATE TABLE state (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        owner TEXT,
        settings TEXT NOT NULL,
        active_plan TEXT,
        next_handle INTEGER NOT NULL
    )",
    "INSERT INTO state VALUES (1, NULL, '{\"timeZone\":\"UTC\"}', NULL, 1)",
    "CREATE TABLE plans (id TEXT PRIMARY KEY, created_ms INTEGER NOT NULL, json TEXT NOT NULL)",
    "CREATE TABLE blocks (
        id TEXT PRIMARY KEY,
        handle INTEGER NOT NULL UNIQUE,
        plan TEXT NOT NULL,
        title_key TEXT NOT NULL,
        start_ms INTEGER NOT NULL,
        end_ms INTEGER NOT NULL,
        done INTEGER NOT NULL,
        json TEXT NOT NULL
    )",
    "CREATE INDEX blocks_by_start ON blocks (start_ms, handle)",
    "CREATE INDEX blocks_by_plan ON blocks (plan, start_ms, handle)",
    "CREATE INDEX blocks_by_title ON blocks (title_key)",
    // Overdue blocks are read on every turn, and there are few open blocks among many done.
    "CREATE INDEX blocks_open ON blocks (plan, start_ms, handle) WHERE done = 0",
    // Counts are stored, because every turn needs them and counting would read all blocks.
    "CREATE TABLE plan_counts (plan TEXT PRIMARY KEY, open INTEGER NOT NULL, done INTEGER NOT NULL)",
    "CREATE TRIGGER blocks_counted_in AFTER INSERT ON blocks BEGIN
        INSERT INTO plan_counts VALUES (NEW.plan, 1 - NEW.done, NEW.done)
        ON CONFLICT (plan) DO UPDATE SET open = open + 1 - NEW.done, done = done + NEW.done;
     END",
    "CREATE TRIGGER blocks_counted_out AFTER DELETE ON blocks BEGIN
        UPDATE plan_counts SET open = open - 1 + OLD.done, done = done - OLD.done WHERE plan = OLD.plan;
     END",
    "CREATE TRIGGER blocks_counted_over AFTER UPDATE OF done ON blocks WHEN OLD.done <> NEW.done BEGIN
        UPDATE plan_counts SET open = open + OLD.done - NEW.done, done = done + NEW.done - OLD.done
        WHERE plan = NEW.plan;
     END",
    // The undo and redo stacks. Undone transactions are always the last ones.
    "CREATE TABLE history (position INTEGER PRIMARY KEY, txn TEXT NOT NULL UNIQUE, undone INTEGER NOT NULL)",
    "CREATE INDEX history_by_state ON history (undone, position)",
    // The conversation, and the streams that write it.
    "CREATE TABLE messages (
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        role TEXT NOT NULL,
        at_ms INTEGER NOT NULL,
        json TEXT NOT NULL
    )",
    "CREATE TABLE streams (
        id TEXT PRIMARY KEY,
        message TEXT NOT NULL,
        continuation INTEGER NOT NULL,
        at_ms INTEGER NOT NULL,
        outcome TEXT,
        error TEXT
    )",
    "CREATE TABLE chunks (
        stream TEXT NOT NULL,
        first INTEGER NOT NULL,
        json TEXT NOT NULL,
        PRIMARY KEY (stream, first)
    ) WITHOUT ROWID",
];

const SECOND: &[&str] = &[
    // Runs of the architect. What follows `json` is no part of the projection: `driven` says that a workflow is to bring the
    // run to its end, `launches` how many were started for it, `unheard` how many of the last ones never said a word,
    // `heard_ms` when one did last, and `work` what is finished and would be needed if the run is tried again.
    "CREATE TABLE runs (
        id TEXT PRIMARY KEY,
        started_ms INTEGER NOT NULL,
        running INTEGER NOT NULL,
        json TEXT NOT NULL,
        driven INTEGER NOT NULL,
        launches INTEGER NOT NULL DEFAULT 0,
        unheard INTEGER NOT NULL DEFAULT 0,
        heard_ms INTEGER NOT NULL DEFAULT 0,
        work TEXT
    )",
    "CREATE INDEX runs_by_start ON runs (started_ms, id)",
    "CREATE INDEX runs_running ON runs (started_ms, id) WHERE running = 1",
    "CREATE INDEX runs_driven ON runs (heard_ms) WHERE driven = 1",
];

const THIRD: &[&str] = &[
    // The past. A block is as a row says from the event `since` on, until the event `until`. Rows of the same `digest` say the
    // same. The indexes hold all that is asked before the rows themselves are read.
    "ALTER TABLE blocks ADD COLUMN since INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE blocks ADD COLUMN digest INTEGER NOT NULL DEFAULT 0",
    "CREATE INDEX blocks_by_since ON blocks (plan, since, start_ms, end_ms, done, handle, id)",
    "CREATE INDEX blocks_by_digest ON blocks (id, digest)",
    "CREATE TABLE past_blocks (
        id TEXT NOT NULL,
        handle INTEGER NOT NULL,
        plan TEXT NOT NULL,
        start_ms INTEGER NOT NULL,
        end_ms INTEGER NOT NULL,
        done INTEGER NOT NULL,
        digest INTEGER NOT NULL,
        since INTEGER NOT NULL,
        until INTEGER NOT NULL,
        json TEXT NOT NULL,
        PRIMARY KEY (id, since)
    ) WITHOUT ROWID",
    "CREATE INDEX past_blocks_by_time ON past_blocks (plan, until, since, start_ms, end_ms, done, handle, digest)",
    // Plans and settings, as they are from an event on.
    "CREATE TABLE past_frames (since INTEGER PRIMARY KEY, json TEXT NOT NULL)",
    // Indexes for searching the log.
    "CREATE TABLE subjects (subject TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (subject, seq)) WITHOUT ROWID",
    "CREATE INDEX events_by_time ON events (at_ms, seq)",
    "CREATE INDEX events_by_type ON events (type, seq)",
    "CREATE INDEX events_by_actor ON events (json_extract(json, '$.actor.by'), seq)",
    // 1 in `undone`: redo takes it next. 2: it is undone for good. `undone_by` is the transaction that did it.
    "ALTER TABLE history ADD COLUMN undone_by TEXT",
    // Everything but the log, the conversation and the work of runs is computed from the log, and is computed again when a
    // new version of the service computes more.
    "CREATE TABLE computed (one INTEGER PRIMARY KEY CHECK (one = 1), version INTEGER NOT NULL)",
    "INSERT INTO computed VALUES (1, 0)",
];

const FOURTH: &[&str] = &[
    // Blocks of archived plans do not take up time.
    "ALTER TABLE plans ADD COLUMN archived INTEGER NOT NULL DEFAULT 0",
];

const FIFTH: &[&str] = &[
    // Which message of the person led to the changes of a request, and which answers it. Part of the conversation, as the log
    // names requests only.
    "CREATE TABLE causes (
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        request TEXT NOT NULL UNIQUE,
        question TEXT NOT NULL,
        answer TEXT NOT NULL
    )",
];

const SIXTH: &[&str] = &[
    // What no other database has, nor this one once everything was deleted: workflows are named by it. Their names are those
    // of all objects, and the log, with the ids of its runs, can be taken in by another one.
    "ALTER TABLE state ADD COLUMN nonce TEXT NOT NULL DEFAULT ''",
    "UPDATE state SET nonce = lower(hex(randomblob(8)))",
];

const SEVENTH: &[&str] = &[
    // Outcomes of turns by the version of the prompt, and their changes. The log contains none of this.
    "CREATE TABLE prompt_counts (
        prompt TEXT PRIMARY KEY,
        turns INTEGER NOT NULL,
        completed INTEGER NOT NULL,
        failed INTEGER NOT NULL,
        stopped INTEGER NOT NULL,
        calls INTEGER NOT NULL,
        invalid_calls INTEGER NOT NULL,
        rejected_calls INTEGER NOT NULL,
        retries INTEGER NOT NULL,
        input_tokens INTEGER NOT NULL,
        output_tokens INTEGER NOT NULL,
        total_ms INTEGER NOT NULL
    )",
    "CREATE TABLE prompt_changes (txn TEXT PRIMARY KEY, prompt TEXT NOT NULL) WITHOUT ROWID",
    // A turn whose process died is counted by the next turn.
    "ALTER TABLE streams ADD COLUMN prompt TEXT",
];

const EIGHTH: &[&str] = &[
    // The text of a block beside its title, for searches.
    "ALTER TABLE blocks ADD COLUMN details_key TEXT NOT NULL DEFAULT ''",
];

const NINTH: &[&str] = &[
    // The text of a message when it led to a change, if the person has changed the text since.
    "ALTER TABLE causes ADD COLUMN words TEXT",
];

const TENTH: &[&str] = &[
    // Turns that are queued, streaming, or waiting for consent, and the one that ended last. A turn has one request at a time;
    // after the person's consent, a continuation replaces the request that asked.
    "CREATE TABLE turns (
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        state TEXT NOT NULL,
        request TEXT NOT NULL,
        continuation INTEGER NOT NULL,
        sender TEXT NOT NULL,
        principal TEXT NOT NULL,
        message_ids TEXT NOT NULL,
        prompt TEXT,
        txn TEXT,
        outcome TEXT,
        error TEXT
    )",
    // A stream that was under way ends as interrupted, by the same rule as a turn whose process died.
    "INSERT INTO turns (id, state, request, continuation, sender, principal, message_ids, prompt, outcome, error)
     SELECT message, CASE WHEN outcome IS NULL THEN 'streaming' ELSE 'ended' END, id, continuation,
        '00000000-0000-0000-0000-000000000000', '{\"subject\":\"\",\"object\":\"\",\"scopes\":[]}', '[]',
        prompt, outcome, error
     FROM streams",
    "DROP TABLE streams",
    // Calls that wait for the person's consent, and those that have it and are not carried out yet.
    "CREATE TABLE questions (
        tool_call TEXT PRIMARY KEY,
        turn TEXT NOT NULL,
        question TEXT NOT NULL,
        tool TEXT NOT NULL,
        arguments TEXT NOT NULL,
        touches INTEGER NOT NULL,
        rest TEXT NOT NULL,
        approved INTEGER
    ) WITHOUT ROWID",
    // Everything that is due later. The object's alarm is set to the earliest.
    "CREATE TABLE jobs (
        id TEXT PRIMARY KEY,
        kind TEXT NOT NULL,
        due_ms INTEGER NOT NULL,
        attempt INTEGER NOT NULL DEFAULT 0,
        payload TEXT
    ) WITHOUT ROWID",
    // Earlier versions wrote UTC where no zone was known.
    "UPDATE state SET settings = json_set(settings, '$.timeZone', NULL)
     WHERE json_extract(settings, '$.timeZone') = 'UTC' AND NOT EXISTS (
        SELECT 1 FROM events WHERE type = 'SETTINGS_CHANGED' AND json_extract(json, '$.actor.by') = 'user'
            AND json_extract(json, '$.payload.after.timeZone') = 'UTC'
            AND json_extract(json, '$.payload.before.timeZone') <> 'UTC'
     )",
    // Earlier versions left calls open that nothing would carry out any more.
    "INSERT INTO jobs (id, kind, due_ms) SELECT 'close-calls', 'close-calls', 0 WHERE EXISTS (SELECT 1 FROM messages)",
];

const ELEVENTH: &[&str] = &[
    // Computing anew goes on from event to event of a Durable Object: the number of the last set of tables that replaced another,
    // the version that is being built, and the last event that is in it.
    "ALTER TABLE computed ADD COLUMN generation INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE computed ADD COLUMN building INTEGER",
    "ALTER TABLE computed ADD COLUMN built INTEGER NOT NULL DEFAULT 0",
    // A file that is being imported: its text, and how far it was checked.
    "CREATE TABLE imports (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        state TEXT NOT NULL,
        parts INTEGER NOT NULL,
        bytes INTEGER NOT NULL,
        checked INTEGER NOT NULL,
        events INTEGER NOT NULL,
        messages INTEGER NOT NULL,
        position INTEGER NOT NULL,
        byte_offset INTEGER NOT NULL,
        reader TEXT NOT NULL,
        head TEXT NOT NULL,
        problem TEXT
    )",
    "CREATE TABLE import_texts (position INTEGER PRIMARY KEY, text TEXT NOT NULL)",
    // When a turn ended, and when a prompt was last used: their lifetimes begin then. For prompts that were used before, it is
    // the time of the last message or event.
    "ALTER TABLE turns ADD COLUMN ended_ms INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE prompt_counts ADD COLUMN last_ms INTEGER NOT NULL DEFAULT 0",
    "UPDATE prompt_counts SET last_ms = max(
        coalesce((SELECT max(at_ms) FROM messages), 0), coalesce((SELECT max(at_ms) FROM events), 0)
     )",
    "INSERT INTO jobs (id, kind, due_ms) SELECT 'retention', 'retention', 0
     WHERE EXISTS (SELECT 1 FROM turns WHERE outcome IS NOT NULL) OR EXISTS (SELECT 1 FROM prompt_counts)
        OR EXISTS (SELECT 1 FROM runs WHERE work IS NOT NULL)",
];

const TWELFTH: &[&str] = &[
    // Old rows of the past: those that ended at event `past_from` or before are deleted. `past_wanted` is an earlier event that
    // somebody wants to look at, and `past_looked_ms` when somebody last looked at such a moment.
    "ALTER TABLE computed ADD COLUMN past_from INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE computed ADD COLUMN past_wanted INTEGER",
    "ALTER TABLE computed ADD COLUMN past_looked_ms INTEGER",
];

const THIRTEENTH: &[&str] = &[
    // How many events of each kind and actor there are in a group of events. It is filled when the log is computed anew.
    "CREATE TABLE event_groups (
        first INTEGER NOT NULL,
        type TEXT NOT NULL,
        actor TEXT NOT NULL,
        events INTEGER NOT NULL,
        PRIMARY KEY (first, type, actor)
    ) WITHOUT ROWID",
];

const FOURTEENTH: &[&str] = &[
    // Fewer rows a turn: without an index beside the table, and without the table of SQLite that remembers positions. The messages
    // stay as they are, because there can be many.
    "CREATE TABLE new_turns (
        id TEXT PRIMARY KEY,
        position INTEGER NOT NULL,
        state TEXT NOT NULL,
        request TEXT NOT NULL,
        continuation INTEGER NOT NULL,
        sender TEXT NOT NULL,
        principal TEXT NOT NULL,
        message_ids TEXT NOT NULL,
        prompt TEXT,
        txn TEXT,
        outcome TEXT,
        error TEXT,
        ended_ms INTEGER NOT NULL DEFAULT 0
    ) WITHOUT ROWID",
    "INSERT INTO new_turns (id, position, state, request, continuation, sender, principal, message_ids, prompt, txn, outcome,
        error, ended_ms)
     SELECT id, position, state, request, continuation, sender, principal, message_ids, prompt, txn, outcome, error, ended_ms
     FROM turns",
    "DROP TABLE turns",
    "ALTER TABLE new_turns RENAME TO turns",
    "CREATE TABLE new_causes (
        position INTEGER PRIMARY KEY,
        request TEXT NOT NULL UNIQUE,
        question TEXT NOT NULL,
        answer TEXT NOT NULL,
        words TEXT
    )",
    "INSERT INTO new_causes (position, request, question, answer, words)
     SELECT position, request, question, answer, words FROM causes",
    "DROP TABLE causes",
    "ALTER TABLE new_causes RENAME TO causes",
    "CREATE TABLE new_prompt_counts (
        prompt TEXT PRIMARY KEY,
        turns INTEGER NOT NULL,
        completed INTEGER NOT NULL,
        failed INTEGER NOT NULL,
        stopped INTEGER NOT NULL,
        calls INTEGER NOT NULL,
        invalid_calls INTEGER NOT NULL,
        rejected_calls INTEGER NOT NULL,
        retries INTEGER NOT NULL,
        input_tokens INTEGER NOT NULL,
        output_tokens INTEGER NOT NULL,
        total_ms INTEGER NOT NULL,
        last_ms INTEGER NOT NULL DEFAULT 0
    ) WITHOUT ROWID",
    "INSERT INTO new_prompt_counts SELECT * FROM prompt_counts",
    "DROP TABLE prompt_counts",
    "ALTER TABLE new_prompt_counts RENAME TO prompt_counts",
];

const FIFTEENTH: &[&str] = &[
    // Tokens of the model by day, for the limit of a day. They stay when everything else is deleted.
    "CREATE TABLE IF NOT EXISTS usage (day TEXT PRIMARY KEY, input_tokens INTEGER NOT NULL, output_tokens INTEGER NOT NULL) WITHOUT ROWID",
];

const SIXTEENTH: &[&str] = &[
    // Who may use the object besides a guest.
    "CREATE TABLE IF NOT EXISTS accounts (subject TEXT PRIMARY KEY, added_ms INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS credentials (
        kind TEXT NOT NULL,
        id TEXT NOT NULL,
        subject TEXT,
        hash TEXT,
        label TEXT,
        scopes TEXT,
        made_ms INTEGER NOT NULL,
        used_ms INTEGER,
        until_ms INTEGER,
        PRIMARY KEY (kind, id)
    ) WITHOUT ROWID",
];

const SEVENTEENTH: &[&str] = &[
    // The span of the client, or of the turn, in which a turn or a run was asked for, as in the header `traceparent`.
    "ALTER TABLE turns ADD COLUMN trace TEXT",
    "CREATE TABLE traces (run TEXT PRIMARY KEY, trace TEXT NOT NULL) WITHOUT ROWID",
];

const EIGHTEENTH: &[&str] = &[
    // A block has a kind. What was stored until now is a task, so nothing has to be computed anew, and these tables are changed where they
    // are. In `state`, 0 is a task to be done, 1 a completed block, 2 an appointment, 3 a missed one.
    "ALTER TABLE blocks RENAME COLUMN done TO state",
    "ALTER TABLE past_blocks RENAME COLUMN done TO state",
    "ALTER TABLE plan_counts ADD COLUMN appointments INTEGER NOT NULL DEFAULT 0",
    // Tables that are being built beside these are of the version before, so they are built again from the start.
    "UPDATE computed SET building = NULL, built = 0",
    "DELETE FROM import_texts",
    "UPDATE imports SET state = 'failed', problem = 'The service was updated during the import. Nothing was imported; start it again.'
     WHERE state IN ('receiving', 'checking')",
];

const NINETEENTH: &[&str] = &[
    // What repeats. No block that was stored until now does, so nothing has to be computed anew.
    "CREATE TABLE series (
        id TEXT NOT NULL,
        since INTEGER NOT NULL,
        until INTEGER,
        json TEXT NOT NULL,
        PRIMARY KEY (id, since)
    ) WITHOUT ROWID",
    "CREATE INDEX series_now ON series (id) WHERE until IS NULL",
    "ALTER TABLE blocks ADD COLUMN series TEXT",
    "CREATE INDEX blocks_by_series ON blocks (series) WHERE series IS NOT NULL",
    // Tables that are being built beside these are of the version before, so they are built again from the start.
    "UPDATE computed SET building = NULL, built = 0",
    "DELETE FROM import_texts",
    "UPDATE imports SET state = 'failed', problem = 'The service was updated during the import. Nothing was imported; start it again.'
     WHERE state IN ('receiving', 'checking')",
];

const TWENTIETH: &[&str] = &[
    // Reminders. No block that was stored until now has any, so nothing has to be computed anew.
    "CREATE TABLE reminders (
        block TEXT PRIMARY KEY,
        start_ms INTEGER,
        at_ms INTEGER NOT NULL,
        snoozed_ms INTEGER
    ) WITHOUT ROWID",
    "CREATE INDEX blocks_reminding ON blocks (start_ms) WHERE json_extract(json, '$.reminders') <> '[]'",
    // Tables that are being built beside these are of the version before, so they are built again from the start.
    "UPDATE computed SET building = NULL, built = 0",
    "DELETE FROM import_texts",
    "UPDATE imports SET state = 'failed', problem = 'The service was updated during the import. Nothing was imported; start it again.'
     WHERE state IN ('receiving', 'checking')",
];

const TWENTY_FIRST: &[&str] = &[
    // Goals. No block that was stored until now is part of one, so nothing has to be computed anew.
    "CREATE TABLE goals (
        id TEXT NOT NULL,
        since INTEGER NOT NULL,
        until INTEGER,
        json TEXT NOT NULL,
        PRIMARY KEY (id, since)
    ) WITHOUT ROWID",
    "CREATE INDEX goals_now ON goals (id) WHERE until IS NULL",
    "ALTER TABLE blocks ADD COLUMN goal TEXT",
    "CREATE INDEX blocks_by_goal ON blocks (goal) WHERE goal IS NOT NULL",
    // Tables that are being built beside these are of the version before, so they are built again from the start.
    "UPDATE computed SET building = NULL, built = 0",
    "DELETE FROM import_texts",
    "UPDATE imports SET state = 'failed', problem = 'The service was updated during the import. Nothing was imported; start it again.'
     WHERE state IN ('receiving', 'checking')",
];

const TWENTY_SECOND: &[&str] = &[
    // All-day blocks, some of which last longer than any block with a time. No block that was stored until now is all day.
    "CREATE INDEX blocks_long ON blocks (start_ms) WHERE end_ms - start_ms > 1310400000",
    // Tables that are being built beside these are of the version before, so they are built again from the start.
    "UPDATE computed SET building = NULL, built = 0",
    "DELETE FROM import_texts",
    "UPDATE imports SET state = 'failed', problem = 'The service was updated during the import. Nothing was imported; start it again.'
     WHERE state IN ('receiving', 'checking')",
];
