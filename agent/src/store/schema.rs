//! The tables as they are after the last migration. An empty database gets them at once. Import and recomputation create those
//! of the log, of the conversation, and of everything that is computed from the log a second time, with a prefix, beside the ones
//! in use.
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
        // In a database of an earlier version, positions are never used again (AUTOINCREMENT), which nothing needs.
        statements: &["CREATE TABLE [messages] (
                position INTEGER PRIMARY KEY,
                id TEXT NOT NULL UNIQUE,
                role TEXT NOT NULL,
                at_ms INTEGER NOT NULL,
                json TEXT NOT NULL
            )"],
    },
    Table {
        name: "causes",
        statements: &["CREATE TABLE [causes] (
                position INTEGER PRIMARY KEY,
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
                done INTEGER NOT NULL,
                appointments INTEGER NOT NULL DEFAULT 0
            )"],
    },
    Table {
        name: "blocks",
        statements: &[
            // The handle is the row's number, so no other index ends with it. A block that has no time yet has neither start
            // nor end.
            "CREATE TABLE [blocks] (
                handle INTEGER PRIMARY KEY,
                id TEXT NOT NULL UNIQUE,
                plan TEXT NOT NULL,
                title_key TEXT NOT NULL,
                details_key TEXT NOT NULL,
                start_ms INTEGER,
                end_ms INTEGER,
                state INTEGER NOT NULL,
                since INTEGER NOT NULL,
                digest INTEGER NOT NULL,
                json TEXT NOT NULL,
                series TEXT,
                goal TEXT
            )",
            "CREATE INDEX [blocks_by_start] ON [blocks] (start_ms)",
            // With all that is asked of a past moment before the rows themselves are read.
            "CREATE INDEX [blocks_by_plan] ON [blocks] (plan, start_ms, handle, since, end_ms, state)",
            "CREATE INDEX [blocks_by_title] ON [blocks] (title_key)",
            // Few blocks are part of a series or a goal. The others write nothing to these.
            "CREATE INDEX [blocks_by_series] ON [blocks] (series) WHERE series IS NOT NULL",
            "CREATE INDEX [blocks_by_goal] ON [blocks] (goal) WHERE goal IS NOT NULL",
            "CREATE INDEX [blocks_reminding] ON [blocks] (start_ms) WHERE json_extract(json, '$.reminders') <> '[]'",
            // The blocks that last longer than any with a time: the condition of a query for them (`query.rs`).
            "CREATE INDEX [blocks_long] ON [blocks] (start_ms) WHERE end_ms - start_ms > 1310400000",
            // Overdue tasks are read on every turn, and there are few open ones among many done.
            "CREATE INDEX [blocks_open] ON [blocks] (plan, start_ms) WHERE state = 0",
            // A change keeps the version that it replaces.
            "CREATE TRIGGER [blocks_kept] AFTER UPDATE OF since ON [blocks] BEGIN
                INSERT INTO [past_blocks] (id, handle, plan, start_ms, end_ms, state, digest, since, until, json)
                VALUES (OLD.id, OLD.handle, OLD.plan, OLD.start_ms, OLD.end_ms, OLD.state, OLD.digest, OLD.since, NEW.since, OLD.json);
             END",
        ],
    },
    Table {
        name: "series",
        statements: &[
            // Each version, from the event `since` on until the event `until`. The present one has no end.
            "CREATE TABLE [series] (
                id TEXT NOT NULL,
                since INTEGER NOT NULL,
                until INTEGER,
                json TEXT NOT NULL,
                PRIMARY KEY (id, since)
            ) WITHOUT ROWID",
            "CREATE INDEX [series_now] ON [series] (id) WHERE until IS NULL",
        ],
    },
    Table {
        name: "goals",
        statements: &[
            // Each version, as of series.
            "CREATE TABLE [goals] (
                id TEXT NOT NULL,
                since INTEGER NOT NULL,
                until INTEGER,
                json TEXT NOT NULL,
                PRIMARY KEY (id, since)
            ) WITHOUT ROWID",
            "CREATE INDEX [goals_now] ON [goals] (id) WHERE until IS NULL",
        ],
    },
    Table {
        name: "past_blocks",
        statements: &[
            "CREATE TABLE [past_blocks] (
                id TEXT NOT NULL,
                handle INTEGER NOT NULL,
                plan TEXT NOT NULL,
                start_ms INTEGER,
                end_ms INTEGER,
                state INTEGER NOT NULL,
                digest INTEGER NOT NULL,
                since INTEGER NOT NULL,
                until INTEGER NOT NULL,
                json TEXT NOT NULL,
                PRIMARY KEY (id, since)
            ) WITHOUT ROWID",
            "CREATE INDEX [past_blocks_by_time]
             ON [past_blocks] (plan, until, since, start_ms, end_ms, state, handle, digest)",
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
        name: "event_groups",
        statements: &["CREATE TABLE [event_groups] (
                first INTEGER NOT NULL,
                type TEXT NOT NULL,
                actor TEXT NOT NULL,
                events INTEGER NOT NULL,
                PRIMARY KEY (first, type, actor)
            ) WITHOUT ROWID"],
    },
    Table {
        name: "history",
        statements: &[
            // A transaction has the number of its first event that can be undone, or of the event that redid it. In `undone`:
            // 0 is done, -1 is done again, 1 is undone, and redo takes it next, 2 is undone for good.
            "CREATE TABLE [history] (
                position INTEGER PRIMARY KEY,
                txn TEXT NOT NULL,
                undone INTEGER NOT NULL,
                undone_by TEXT
            )",
            // Few transactions are undone, so a change that is not an undo writes nothing to it. SQLite uses such an index only for
            // a condition that repeats `undone <> 0`.
            "CREATE INDEX [history_undone] ON [history] (txn) WHERE undone <> 0",
            "CREATE INDEX [history_next] ON [history] (position) WHERE undone = 1",
        ],
    },
];

/// What is neither in the log nor part of an export.
pub(super) const OTHER: &[Table] = &[
    Table {
        name: "computed",
        statements: &["CREATE TABLE computed (
                one INTEGER PRIMARY KEY CHECK (one = 1),
                version INTEGER NOT NULL,
                generation INTEGER NOT NULL DEFAULT 0,
                building INTEGER,
                built INTEGER NOT NULL DEFAULT 0,
                past_from INTEGER NOT NULL DEFAULT 0,
                past_wanted INTEGER,
                past_looked_ms INTEGER
            )"],
    },
    Table {
        name: "turns",
        statements: &["CREATE TABLE turns (
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
                ended_ms INTEGER NOT NULL DEFAULT 0,
                trace TEXT
            ) WITHOUT ROWID"],
    },
    Table {
        name: "traces",
        // Beside the runs, and not a column of them: a file that is being imported may have tables of an earlier version for its runs.
        statements: &["CREATE TABLE traces (run TEXT PRIMARY KEY, trace TEXT NOT NULL) WITHOUT ROWID"],
    },
    Table {
        name: "chunks",
        statements: &["CREATE TABLE chunks (
                stream TEXT NOT NULL,
                first INTEGER NOT NULL,
                json TEXT NOT NULL,
                PRIMARY KEY (stream, first)
            ) WITHOUT ROWID"],
    },
    Table {
        name: "questions",
        statements: &["CREATE TABLE questions (
                tool_call TEXT PRIMARY KEY,
                turn TEXT NOT NULL,
                question TEXT NOT NULL,
                tool TEXT NOT NULL,
                arguments TEXT NOT NULL,
                touches INTEGER NOT NULL,
                rest TEXT NOT NULL,
                approved INTEGER
            ) WITHOUT ROWID"],
    },
    Table {
        name: "jobs",
        statements: &["CREATE TABLE jobs (
                id TEXT PRIMARY KEY,
                kind TEXT NOT NULL,
                due_ms INTEGER NOT NULL,
                attempt INTEGER NOT NULL DEFAULT 0,
                payload TEXT
            ) WITHOUT ROWID"],
    },
    Table {
        name: "reminders",
        // What has come. A block has one at most. `snoozed_ms` is when a snoozed one comes again.
        statements: &["CREATE TABLE reminders (
                block TEXT PRIMARY KEY,
                start_ms INTEGER,
                at_ms INTEGER NOT NULL,
                snoozed_ms INTEGER
            ) WITHOUT ROWID"],
    },
    Table {
        name: "prompt_counts",
        statements: &["CREATE TABLE prompt_counts (
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
            ) WITHOUT ROWID"],
    },
    Table {
        name: "usage",
        // It stays when everything is deleted: otherwise a deletion would lift the limit. `usage.rs` says what its key is.
        statements: &["CREATE TABLE IF NOT EXISTS usage (
                day TEXT PRIMARY KEY,
                input_tokens INTEGER NOT NULL,
                output_tokens INTEGER NOT NULL
            ) WITHOUT ROWID"],
    },
    Table {
        name: "accounts",
        // The subjects that may sign in. This table and the next stay when everything is deleted: it is still their timeline.
        statements: &["CREATE TABLE IF NOT EXISTS accounts (
                subject TEXT PRIMARY KEY,
                added_ms INTEGER NOT NULL
            ) WITHOUT ROWID"],
    },
    Table {
        name: "credentials",
        // Sessions, access tokens, and tickets that were used.
        statements: &["CREATE TABLE IF NOT EXISTS credentials (
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
            ) WITHOUT ROWID"],
    },
    Table {
        name: "prompt_changes",
        statements: &["CREATE TABLE prompt_changes (txn TEXT PRIMARY KEY, prompt TEXT NOT NULL) WITHOUT ROWID"],
    },
    Table {
        name: "imports",
        statements: &["CREATE TABLE imports (
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
            )"],
    },
    Table {
        name: "import_texts",
        statements: &["CREATE TABLE import_texts (position INTEGER PRIMARY KEY, text TEXT NOT NULL)"],
    },
];
