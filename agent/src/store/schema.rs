//! The tables of the log, of the conversation, and of everything that is computed from the log, as they are after the last
//! migration. Import and recomputation create them a second time, with a prefix, beside the ones in use.
//!
//! Names are in brackets, as in every statement on these tables, so that [`Store::shadow`](super::Store::shadow) can put the
//! prefix before them. When the new tables replace the old ones, the tables are renamed, but SQLite cannot rename an index. So
//! after the first time, the names of indexes have a prefix. A migration that drops an index has to look up its name by its table
//! and columns.

/// A table, and the statements that create it with its indexes and triggers.
pub(super) struct Table {
    pub name: &'static str,
    pub statements: &'static [&'static str],
}

/// What cannot be computed: the log, the runs with their finished work, and the conversation.
pub(super) const RECORDED: &[Table] = &[
    Table {
        name: "events",
        statements: &[
            "CREATE TABLE [events] (
                seq INTEGER PRIMARY KEY,
                id TEXT NOT NULL UNIQUE,
                at_ms INTEGER NOT NULL,
                txn TEXT NOT NULL,
                type TEXT NOT NULL,
                json TEXT NOT NULL
            )",
            "CREATE INDEX [events_by_txn] ON [events] (txn, seq)",
            "CREATE INDEX [events_by_time] ON [events] (at_ms, seq)",
            "CREATE INDEX [events_by_type] ON [events] (type, seq)",
            "CREATE INDEX [events_by_actor] ON [events] (json_extract(json, '$.actor.by'), seq)",
            "CREATE TRIGGER [events_are_not_changed] BEFORE UPDATE ON [events]
             BEGIN SELECT RAISE(ABORT, 'events are immutable'); END",
            "CREATE TRIGGER [events_are_not_deleted] BEFORE DELETE ON [events]
             BEGIN SELECT RAISE(ABORT, 'events are immutable'); END",
        ],
    },
    Table {
        name: "runs",
        statements: &[
            "CREATE TABLE [runs] (
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
            "CREATE INDEX [runs_by_start] ON [runs] (started_ms, id)",
            "CREATE INDEX [runs_running] ON [runs] (started_ms, id) WHERE running = 1",
            "CREATE INDEX [runs_driven] ON [runs] (heard_ms) WHERE driven = 1",
        ],
    },
    Table {
        name: "messages",
        statements: &["CREATE TABLE [messages] (
                position INTEGER PRIMARY KEY AUTOINCREMENT,
                id TEXT NOT NULL UNIQUE,
                role TEXT NOT NULL,
                at_ms INTEGER NOT NULL,
                json TEXT NOT NULL
            )"],
    },
    Table {
        name: "causes",
        statements: &["CREATE TABLE [causes] (
                position INTEGER PRIMARY KEY AUTOINCREMENT,
                request TEXT NOT NULL UNIQUE,
                question TEXT NOT NULL,
                answer TEXT NOT NULL,
                words TEXT
            )"],
    },
];

/// What is computed from the log. `state` also has columns that are not: the owner and the nonce.
pub(super) const COMPUTED: &[Table] = &[
    Table {
        name: "state",
        statements: &[
            "CREATE TABLE [state] (
                one INTEGER PRIMARY KEY CHECK (one = 1),
                owner TEXT,
                settings TEXT NOT NULL,
                active_plan TEXT,
                next_handle INTEGER NOT NULL,
                nonce TEXT NOT NULL DEFAULT ''
            )",
            "INSERT INTO [state] (one, settings, next_handle) VALUES (1, '{}', 1)",
        ],
    },
    Table {
        name: "plans",
        statements: &["CREATE TABLE [plans] (
                id TEXT PRIMARY KEY,
                created_ms INTEGER NOT NULL,
                json TEXT NOT NULL,
                archived INTEGER NOT NULL DEFAULT 0
            )"],
    },
    Table {
        name: "plan_counts",
        statements: &["CREATE TABLE [plan_counts] (
                plan TEXT PRIMARY KEY,
                open INTEGER NOT NULL,
                done INTEGER NOT NULL
            )"],
    },
    Table {
        name: "blocks",
        statements: &[
            "CREATE TABLE [blocks] (
                id TEXT PRIMARY KEY,
                handle INTEGER NOT NULL UNIQUE,
                plan TEXT NOT NULL,
                title_key TEXT NOT NULL,
                start_ms INTEGER NOT NULL,
                end_ms INTEGER NOT NULL,
                done INTEGER NOT NULL,
                json TEXT NOT NULL,
                since INTEGER NOT NULL DEFAULT 0,
                digest INTEGER NOT NULL DEFAULT 0,
                details_key TEXT NOT NULL DEFAULT ''
            )",
            "CREATE INDEX [blocks_by_start] ON [blocks] (start_ms, handle)",
            "CREATE INDEX [blocks_by_plan] ON [blocks] (plan, start_ms, handle)",
            "CREATE INDEX [blocks_by_title] ON [blocks] (title_key)",
            "CREATE INDEX [blocks_open] ON [blocks] (plan, start_ms, handle) WHERE done = 0",
            "CREATE INDEX [blocks_by_since] ON [blocks] (plan, since, start_ms, end_ms, done, handle, id)",
            "CREATE INDEX [blocks_by_digest] ON [blocks] (id, digest)",
            "CREATE TRIGGER [blocks_counted_in] AFTER INSERT ON [blocks] BEGIN
                INSERT INTO [plan_counts] VALUES (NEW.plan, 1 - NEW.done, NEW.done)
                ON CONFLICT (plan) DO UPDATE SET open = open + 1 - NEW.done, done = done + NEW.done;
             END",
            "CREATE TRIGGER [blocks_counted_out] AFTER DELETE ON [blocks] BEGIN
                UPDATE [plan_counts] SET open = open - 1 + OLD.done, done = done - OLD.done WHERE plan = OLD.plan;
             END",
            "CREATE TRIGGER [blocks_counted_over] AFTER UPDATE OF done ON [blocks] WHEN OLD.done <> NEW.done BEGIN
                UPDATE [plan_counts] SET open = open + OLD.done - NEW.done, done = done + NEW.done - OLD.done
                WHERE plan = NEW.plan;
             END",
        ],
    },
    Table {
        name: "past_blocks",
        statements: &[
            "CREATE TABLE [past_blocks] (
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
            "CREATE INDEX [past_blocks_by_time]
             ON [past_blocks] (plan, until, since, start_ms, end_ms, done, handle, digest)",
        ],
    },
    Table {
        name: "past_frames",
        statements: &["CREATE TABLE [past_frames] (since INTEGER PRIMARY KEY, json TEXT NOT NULL)"],
    },
    Table {
        name: "subjects",
        statements: &["CREATE TABLE [subjects] (
                subject TEXT NOT NULL,
                seq INTEGER NOT NULL,
                PRIMARY KEY (subject, seq)
            ) WITHOUT ROWID"],
    },
    Table {
        name: "history",
        statements: &[
            "CREATE TABLE [history] (
                position INTEGER PRIMARY KEY,
                txn TEXT NOT NULL UNIQUE,
                undone INTEGER NOT NULL,
                undone_by TEXT
            )",
            "CREATE INDEX [history_by_state] ON [history] (undone, position)",
        ],
    },
];
