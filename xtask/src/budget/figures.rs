//! `bench/budget.json`: the committed figures, and comparing others with them.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::workspace::Workspace;

/// How much higher than the committed figure one may be, in percent. Small numbers, such as statements, may so not rise at all.
pub const TOLERANCE_PERCENT: u64 = 5;

const FILE: &str = "bench/budget.json";

/// The kinds that depend on the compiler.
const COMPILED: [&str; 2] = ["bytes", "instructions"];

/// Numbers by kind and name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figures(BTreeMap<String, BTreeMap<String, u64>>);

impl Figures {
    /// Adds the figures of a kind.
    pub fn insert(&mut self, kind: &str, figures: impl IntoIterator<Item = (String, u64)>) {
        self.0.insert(kind.to_owned(), figures.into_iter().collect());
    }

    fn get(&self, kind: &str, name: &str) -> Option<u64> {
        self.0.get(kind)?.get(name).copied()
    }

    fn iter(&self) -> impl Iterator<Item = (&str, &str, u64)> {
        self.0
            .iter()
            .flat_map(|(kind, all)| all.iter().map(move |(name, value)| (kind.as_str(), name.as_str(), *value)))
    }
}

/// The file.
#[derive(Debug, Clone, PartialEq)]
pub struct Budget {
    /// The compilers that sizes and instructions were counted with.
    toolchain: String,
    figures: Figures,
    /// How much a figure may be above the committed one besides, by kind and name, for what is planned.
    room: Figures,
    /// The file as it was read.
    file: Value,
}

/// A figure that is higher than it may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raised {
    /// For example `rowsWritten`.
    pub kind: String,
    /// For example `title`.
    pub name: String,
    /// The committed figure; none if it is new.
    pub from: Option<u64>,
    /// The most that may be.
    pub most: u64,
    /// What was counted.
    pub to: u64,
}

impl fmt::Display for Raised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, name, from, most, to } = self;
        let Some(from) = from else { return write!(f, "{kind}, {name}: {to}, and there is no committed figure") };
        #[expect(clippy::cast_precision_loss, reason = "a percentage for people")]
        let percent = (*to as f64 / (*from).max(1) as f64 - 1.0) * 100.0;
        write!(f, "{kind}, {name}: {to} is {percent:.1} % above the committed {from}; at most {most} pass")
    }
}

impl Budget {
    /// Reads the file. Without one, nothing is committed.
    ///
    /// # Errors
    /// If it is not JSON of this form.
    pub fn read(workspace: &Workspace) -> Result<Self> {
        if !workspace.path(FILE).is_file() {
            return Self::parse("{}");
        }
        Self::parse(&workspace.read(FILE)?)
    }

    fn parse(text: &str) -> Result<Self> {
        let file: Value = serde_json::from_str(text).with_context(|| format!("{FILE} is not JSON"))?;
        let figures = figures(&file["figures"]);
        let mut room = Figures::default();
        for one in file["room"].as_array().into_iter().flatten() {
            let (kind, name) = (text_of(one, "kind"), text_of(one, "name"));
            room.0.entry(kind).or_default().insert(name, one["by"].as_u64().unwrap_or_default());
        }
        Ok(Self { toolchain: text_of(&file, "toolchain"), figures, room, file })
    }

    /// The compilers of the committed figures, if they are others than these.
    pub fn other_toolchain(&self, toolchain: &str) -> Option<&str> {
        (!self.toolchain.is_empty() && self.toolchain != toolchain).then_some(self.toolchain.as_str())
    }

    fn is_comparable(&self, kind: &str, toolchain: &str) -> bool {
        !COMPILED.contains(&kind) || self.other_toolchain(toolchain).is_none()
    }

    /// The most that a figure may be.
    fn most(&self, kind: &str, name: &str) -> u64 {
        let committed = self.figures.get(kind, name).unwrap_or_default();
        committed + committed * TOLERANCE_PERCENT / 100 + self.room.get(kind, name).unwrap_or_default()
    }

    /// The figures that are too high, or not committed.
    pub fn raised(&self, measured: &Figures, toolchain: &str) -> Vec<Raised> {
        let all = measured.iter().filter(|(kind, ..)| self.is_comparable(kind, toolchain));
        let raised = all.map(|(kind, name, to)| {
            let (from, most) = (self.figures.get(kind, name), self.most(kind, name));
            Raised { kind: kind.to_owned(), name: name.to_owned(), from, most, to }
        });
        raised.filter(|one| one.to > one.most || one.from.is_none()).collect()
    }

    /// What is lower than committed by more than the tolerance, in words.
    pub fn lowered(&self, measured: &Figures, toolchain: &str) -> Vec<String> {
        let all = measured.iter().filter(|(kind, ..)| self.is_comparable(kind, toolchain));
        let lower = all.filter_map(|(kind, name, to)| {
            let from = self.figures.get(kind, name)?;
            (to < from - from * TOLERANCE_PERCENT / 100).then(|| format!("{kind}, {name}: {to} instead of {from}"))
        });
        lower.collect()
    }

    /// With these figures in place of the committed ones. Those that are higher than they were are listed with the reason.
    #[must_use]
    pub fn replaced(&self, measured: Figures, toolchain: String, raised: &[Raised], reason: &str) -> Self {
        let mut file = self.file.clone();
        file["toolchain"] = json!(toolchain);
        file["figures"] = json!(measured.0);
        let known = raised.iter().filter_map(|one| {
            Some(json!({"kind": one.kind, "name": one.name, "from": one.from?, "to": one.to, "why": reason}))
        });
        let mut all = file["raised"].as_array().cloned().unwrap_or_default();
        all.extend(known);
        file["raised"] = Value::Array(all);
        Self { toolchain, figures: measured, room: self.room.clone(), file }
    }

    /// Writes the file.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write(&self, workspace: &Workspace) -> Result<()> {
        let text = serde_json::to_string_pretty(&self.file).context("cannot write JSON")?;
        fs::write(workspace.path(FILE), text + "\n").with_context(|| format!("cannot write {FILE}"))
    }
}

fn figures(value: &Value) -> Figures {
    let kinds = value.as_object().into_iter().flatten();
    let numbers = |all: &Value| {
        let all = all.as_object().into_iter().flatten();
        all.filter_map(|(name, number)| Some((name.clone(), number.as_u64()?))).collect()
    };
    Figures(kinds.map(|(kind, all)| (kind.clone(), numbers(all))).collect())
}

fn text_of(value: &Value, field: &str) -> String {
    value[field].as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "rustc 1";

    fn budget() -> Budget {
        let file = json!({
            "toolchain": NOW,
            "figures": {"statements": {"title": 10, "new block": 13}, "instructions": {"edit": 1_000}, "bytes": {"worker": 200}},
            "room": [{"kind": "statements", "name": "new block", "by": 2, "for": "reminders"}],
        });
        Budget::parse(&file.to_string()).unwrap()
    }

    fn measured(title: u64, new_block: u64, edit: u64) -> Figures {
        let mut figures = Figures::default();
        figures.insert("statements", [("title".to_owned(), title), ("new block".to_owned(), new_block)]);
        figures.insert("instructions", [("edit".to_owned(), edit)]);
        figures
    }

    fn raised(figures: &Figures, toolchain: &str) -> Vec<String> {
        budget().raised(figures, toolchain).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_figure_may_rise_by_five_percent_and_by_its_room() {
        assert!(raised(&measured(10, 15, 1_050), NOW).is_empty());
        let text = raised(&measured(11, 16, 1_051), NOW);
        assert_eq!(
            text,
            [
                "instructions, edit: 1051 is 5.1 % above the committed 1000; at most 1050 pass",
                "statements, new block: 16 is 23.1 % above the committed 13; at most 15 pass",
                "statements, title: 11 is 10.0 % above the committed 10; at most 10 pass",
            ]
        );
    }

    #[test]
    fn what_depends_on_the_compiler_is_compared_with_the_same_compiler_only() {
        assert!(raised(&measured(10, 13, 9_999), "rustc 2").is_empty());
        assert_eq!(budget().other_toolchain("rustc 2"), Some(NOW));
        assert_eq!(raised(&measured(99, 13, 1_000), "rustc 2").len(), 1);
    }

    #[test]
    fn a_new_figure_must_be_committed() {
        let mut figures = measured(10, 13, 1_000);
        figures.insert("rowsRead", [("title".to_owned(), 1)]);
        assert_eq!(raised(&figures, NOW), ["rowsRead, title: 1, and there is no committed figure"]);
    }

    #[test]
    fn what_is_lower_is_told() {
        let text = budget().lowered(&measured(9, 13, 960), NOW);
        assert_eq!(text, ["statements, title: 9 instead of 10"]);
    }

    #[test]
    fn accepted_figures_are_kept_with_the_reason() {
        let (budget, figures) = (budget(), measured(12, 13, 900));
        let higher = budget.raised(&figures, NOW);
        let budget = budget.replaced(figures.clone(), NOW.to_owned(), &higher, "one more column");
        let read = Budget::parse(&budget.file.to_string()).unwrap();
        assert!(read.raised(&figures, NOW).is_empty());
        let why = json!([{"kind": "statements", "name": "title", "from": 10, "to": 12, "why": "one more column"}]);
        assert_eq!((&read.file["raised"], read.room), (&why, budget.room));
    }
}
