//! The versions of the database: bringing one to the current version.

mod steps;

pub use steps::MIGRATIONS;

use super::rebuild::COMPUTED;
use super::{Sql, StoreError, schema};

const VERSIONS: &str = "CREATE TABLE IF NOT EXISTS migrations (version INTEGER PRIMARY KEY)";

/// Migrates a database, each step in a transaction of its own.
///
/// # Errors
/// If a statement fails; the steps before it are kept. If the database has had more migrations than there are: a newer version
/// of the service wrote it, and going on would lose what only that one understands.
pub fn migrate<S: Sql>(sql: &S, migrations: &[&[&str]]) -> Result<(), StoreError> {
    sql.query(VERSIONS, &[])?;
    go_forward(sql, migrations)
}

fn go_forward<S: Sql>(sql: &S, migrations: &[&[&str]]) -> Result<(), StoreError> {
    let rows = sql.query("SELECT coalesce(max(version), 0) FROM migrations", &[])?;
    let version = rows.first().map_or(Ok(0), |row| row.count(0))?;
    let done = usize::try_from(version).unwrap_or(usize::MAX);
    let Some(missing) = migrations.get(done..) else {
        let cause = format!("version {version} is newer than this program's {}", migrations.len());
        return Err(StoreError::Corrupt { table: "migrations", cause });
    };
    for (number, statements) in (version + 1..).zip(missing) {
        sql.transaction(|| apply(sql, number, statements))?;
    }
    Ok(())
}

/// Whether the database has any tables of the service.
pub(super) fn exists<S: Sql>(sql: &S) -> Result<bool, StoreError> {
    // It is the first table of a database, and the list has no index.
    let tables = sql.query("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'migrations' LIMIT 1", &[])?;
    Ok(!tables.is_empty())
}

/// Brings a database to the current version. An empty one gets the current tables at once.
///
/// # Errors
/// As [`migrate`].
pub(super) fn open<S: Sql>(sql: &S) -> Result<(), StoreError> {
    if exists(sql)? { go_forward(sql, MIGRATIONS) } else { sql.transaction(|| create(sql)) }
}

/// Creates the current version in an empty database. Must run within a transaction.
pub(super) fn create<S: Sql>(sql: &S) -> Result<(), StoreError> {
    let tables = [schema::RECORDED, schema::COMPUTED, schema::OTHER];
    let created = tables.iter().copied().flatten().flat_map(|table| table.statements).copied();
    let statements: Vec<&str> = [VERSIONS].into_iter().chain(created).collect();
    sql.script(&statements.join(";\n"))?;
    sql.query("INSERT INTO computed (one, version) VALUES (1, ?)", &[COMPUTED.into()])?;
    sql.query("UPDATE state SET nonce = lower(hex(randomblob(8)))", &[])?;
    sql.query("INSERT INTO migrations VALUES (?)", &[(MIGRATIONS.len() as u64).into()])?;
    Ok(())
}

fn apply<S: Sql>(sql: &S, number: u64, statements: &[&str]) -> Result<(), StoreError> {
    for statement in statements {
        sql.query(statement, &[])?;
    }
    sql.query("INSERT INTO migrations VALUES (?)", &[number.into()])?;
    Ok(())
}
