//! Reads what a goal is about, in the person's own words.

use chrono::TimeDelta;
use flux_timeline::clock;

use super::fill::shortened;
use super::kind::{self, Kind, UNITS};
use crate::goal::{pace, written};
use crate::intent::lead_in;
use crate::phrase::capitalised;
use flux_phrases::time::Today;
use flux_phrases::words::{self, Token, find, fits_any, has_word};
use flux_tools::context::GoalContext;

/// The longest goal and object in the title of a task, in characters.
const SHOWN_CHARS: usize = 40;
/// The most tokens that are read. A goal has at most 500 characters.
const READ_TOKENS: usize = 120;

/// The content of a goal.
#[derive(Debug, Clone)]
pub(super) struct Subject {
    /// Its kind.
    pub kind: &'static Kind,
    /// The goal, shortened: `Learn German`.
    pub goal: String,
    /// What it is about: `German`, `my landing page using Cloudflare`.
    pub object: String,
    /// Whether the object is a place, because it follows "to" or "in".
    pub is_place: bool,
    /// What the goal counts: books, pages, km.
    pub amount: Option<Amount>,
    /// How many days it takes, if it says so: `30 days`.
    pub span_days: Option<u32>,
    /// The level of a language: `B2`.
    pub level: Option<String>,
    /// The words for the deadline or the time per week: `in 30 days`.
    pub pace: String,
}

/// A number of things, at least 2.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Amount {
    /// The number.
    pub number: u32,
    /// The unit, in the plural: `books`.
    pub unit: &'static str,
}

impl Subject {
    /// The values of the placeholders that all texts of a goal can have.
    pub(super) fn words(&self) -> Vec<(&'static str, String)> {
        let place = |link: &str| format!("{} {}", if self.is_place { link } else { "for" }, self.object);
        vec![
            ("to", place("to")),
            ("in", place("in")),
            ("goal", self.goal.clone()),
            ("object", self.object.clone()),
            ("level", self.level.clone().unwrap_or_else(|| "your level".to_owned())),
        ]
    }

    /// What the goal counts, if it is one of the units of its kind and there is a text for it.
    pub(super) fn counted(&self, template: &str) -> Option<&Amount> {
        self.amount.as_ref().filter(|amount| !template.is_empty() && has_word(self.kind.units, amount.unit))
    }

    /// Reads a goal.
    pub fn of(goal: &GoalContext) -> Self {
        let mut tokens = words::tokens(&goal.goal);
        tokens.truncate(READ_TOKENS);
        let from = lead_in(&tokens, 0);
        let tokens = tokens.get(from..).unwrap_or_default();
        let pace = pace(tokens, Today { now: goal.now, month_first: false });
        let timed = |at: usize| pace.used.get(at) == Some(&true);
        let kept: Vec<Token> =
            tokens.iter().enumerate().filter(|(at, _)| !timed(*at)).map(|(_, token)| token.clone()).collect();
        let kept = if kept.is_empty() { tokens.to_vec() } else { kept };
        let amount = amount(&kept, UNITS);
        let kind = kind::of(&kept, amount.as_ref().map_or("", |amount| amount.unit));
        let all = written(&kept, |_| true);
        let named = |text: String, other: &str| {
            if text.chars().any(char::is_alphanumeric) { shortened(&text, SHOWN_CHARS) } else { other.to_owned() }
        };
        let from = object_at(&kept, kind);
        let to = ends(&kept, from);
        Self {
            kind,
            goal: capitalised(&named(all.clone(), kind.object)),
            object: named(noun(written(&kept, |at| at >= from && at < to)), kind.object),
            is_place: from > 0
                && kept.get(from - 1).is_some_and(|token| token.is_any("to into in around through across visit")),
            amount: amount.filter(|amount| amount.number > 1),
            span_days: self::amount(tokens, DAYS).map(|amount| amount.number).filter(|days| (2..=366).contains(days)),
            level: kept
                .iter()
                .find(|token| token.is_any("a1 a2 b1 b2 c1 c2"))
                .map(|token| token.text.to_ascii_uppercase()),
            pace: shortened(&written(tokens, timed), SHOWN_CHARS),
        }
    }

    /// The deadline in words, and how the person said it.
    pub fn due(&self, goal: &GoalContext) -> String {
        let said = if self.pace.is_empty() { String::new() } else { format!(" You said “{}”.", self.pace) };
        match goal.deadline {
            Some(deadline) => {
                // The end of a day is the first minute of the next day.
                let day = (deadline - TimeDelta::seconds(1)).date();
                format!(" All of it is due by {}.{said}", clock::day(day, goal.now.date()))
            }
            None => said,
        }
    }
}

/// A text in a form that can stand for a noun: "how to cook", "the 12 books".
fn noun(text: String) -> String {
    if text.starts_with("to ") {
        format!("how {text}")
    } else if text.starts_with(|c: char| c.is_ascii_digit()) {
        format!("the {text}")
    } else {
        text
    }
}

/// The position at which the object begins: after the words that lead to it.
fn object_at(tokens: &[Token], kind: &Kind) -> usize {
    // The first pattern that fits anywhere, then the longest that fits there.
    let lead = kind
        .leads
        .iter()
        .find_map(|lead| find(tokens, lead))
        .map(|(at, taken)| at + fits_any(tokens, at, kind.leads).unwrap_or(taken));
    let mut at = lead.unwrap_or(0);
    // "Learn to" alone, or "plan a trip to": leads can follow each other.
    while let Some(taken) = fits_any(tokens, at, kind.leads).filter(|_| lead.is_some()) {
        at += taken;
    }
    // "80,000 words of my novel" is about the novel.
    at += fits_any(tokens, at + 1, &["words|pages|chapters of|for|on"]).map_or(0, |taken| taken + 1);
    if at < tokens.len() { at } else { 0 }
}

/// The position at which the object ends: at a new sentence or clause.
fn ends(tokens: &[Token], from: usize) -> usize {
    let clause = |at: usize| {
        let mark =
            tokens.get(at).is_some_and(|token| token.is_any(", ; . ! ? : (") || token.kind == words::TokenKind::Break);
        mark || fits_any(
            tokens,
            at,
            &[
                "so that",
                "because|since|while|although|but|whereas",
                "and then|also|finally|i",
                "i|we have|want|am|are|can|will",
            ],
        )
        .is_some()
    };
    (from + 1..tokens.len()).find(|at| clause(*at)).unwrap_or(tokens.len())
}

const DAYS: &[(&str, &str)] = &[("day days", "days")];

/// The first number with a unit: `12 books`, `10k`, `80,000 words`, `12 good books`.
fn amount(tokens: &[Token], units: &[(&str, &'static str)]) -> Option<Amount> {
    let unit = |word: &str| units.iter().find(|(own, _)| has_word(own, word)).map(|(_, unit)| *unit);
    (0..tokens.len()).find_map(|at| {
        let token = tokens.get(at)?;
        let (digits, glued) =
            token.norm.split_at(token.norm.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(token.norm.len()));
        let (number, taken) = match whole(digits) {
            Some(number) => (number, 1),
            None => flux_phrases::number::whole(tokens, at)?,
        };
        // "80k words" means thousands, and "a 10k" is a distance.
        let next = |ahead: usize| tokens.get(at + taken + ahead).and_then(|token| unit(&token.norm));
        match (glued, next(0)) {
            ("k", Some(unit)) => Some(Amount { number: number.saturating_mul(1_000), unit }),
            ("", found) => found.or_else(|| next(1)).map(|unit| Amount { number, unit }),
            (glued, _) => unit(glued).map(|unit| Amount { number, unit }),
        }
    })
}

/// A number in digits, possibly in groups of three: `80,000`.
fn whole(digits: &str) -> Option<u32> {
    let plain: String = digits.chars().filter(|c| !matches!(c, ',' | '.')).collect();
    let grouped = digits.split([',', '.']).skip(1).all(|group| group.len() == 3);
    if grouped { plain.parse().ok().filter(|number| *number > 0 && *number <= 10_000_000) } else { None }
}
