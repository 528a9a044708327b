//! Tells when sources change.

use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use anyhow::{Context, Result};
use notify::event::EventKind;
use notify::{RecommendedWatcher, RecursiveMode, Watcher};

use crate::workspace::Workspace;

/// What Worker and client are made of.
const SOURCES: [&str; 13] = [
    "timeline",
    "tools",
    "protocol",
    "model",
    "phrases",
    "offline",
    "agent/src",
    "agent/Cargo.toml",
    "agent/shim.mjs",
    "client",
    "prompts",
    "Cargo.toml",
    "Cargo.lock",
];

/// An editor saves a file in several steps, and a person often several files.
const QUIET: Duration = Duration::from_millis(150);

/// Watches the sources for as long as it lives.
pub struct Watch {
    changes: Receiver<()>,
    _watcher: RecommendedWatcher,
}

impl Watch {
    /// Begins to watch.
    pub fn start(workspace: &Workspace) -> Result<Self> {
        let (sender, changes) = mpsc::channel();
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            // A build reads all of them, and that is an event too.
            let changed = event.is_ok_and(|event| !matches!(event.kind, EventKind::Access(_)));
            if changed {
                let _ = sender.send(());
            }
        })
        .context("cannot watch files")?;
        for source in SOURCES.map(|source| workspace.path(source)) {
            if source.exists() {
                let watched = watcher.watch(&source, RecursiveMode::Recursive);
                watched.with_context(|| format!("cannot watch {}", source.display()))?;
            }
        }
        Ok(Self { changes, _watcher: watcher })
    }

    /// Whether anything changed since the last call. When something did, waits until no more does.
    pub fn changed(&self) -> bool {
        let changed = self.changes.try_recv().is_ok();
        while changed && self.changes.recv_timeout(QUIET).is_ok() {}
        changed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    #[test]
    fn many_changes_are_told_once() {
        let (sender, changes) = mpsc::channel();
        let watcher = notify::recommended_watcher(|_| {}).unwrap();
        let watch = Watch { changes, _watcher: watcher };
        assert!(!watch.changed());
        for _ in 0..10 {
            sender.send(()).unwrap();
        }
        let started = Instant::now();
        assert!(watch.changed());
        assert!(started.elapsed() >= QUIET);
        assert!(!watch.changed());
    }
}
