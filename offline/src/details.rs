//! Reads the details of a request: priority, tags, a note, the plan.

use super::world::World;
use flux_phrases::duration;
use flux_phrases::words::{Token, TokenKind, fits, fits_any};

/// The details, and the tokens that contain them.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Details {
    /// `high`, `medium` or `low`.
    pub priority: Option<&'static str>,
    /// Without `#`.
    pub tags: Vec<String>,
    /// The note.
    pub note: Option<String>,
    /// The title of the plan.
    pub plan: Option<String>,
    /// The name of a plan that does not exist.
    pub missing_plan: Option<String>,
    /// The tokens that contain details.
    pub used: Vec<usize>,
}

impl Details {
    fn take(&mut self, from: usize, to: usize) {
        self.used.extend(from..to);
    }

    /// Reads at each token that is not used yet. `read` returns how many tokens it used.
    fn scan(&mut self, tokens: &[Token], read: impl Fn(&mut Self, usize) -> Option<usize>) {
        for at in 0..tokens.len() {
            if !self.used.contains(&at)
                && let Some(taken) = read(self, at)
            {
                self.take(at, at + taken);
            }
        }
    }
}

/// Reads the details of a request.
pub(super) fn details(source: &str, tokens: &[Token], world: &World) -> Details {
    let mut details = Details::default();
    read_note(source, tokens, &mut details);
    details.scan(tokens, |details, at| {
        read_tag(tokens, at, details)
            .or_else(|| read_priority(tokens, at, details))
            .or_else(|| read_plan(tokens, at, world, details))
            .or_else(|| bare_plan(tokens, at, world, details))
            .or_else(|| missing_plan(tokens, at, details))
            .or_else(|| fits_any(tokens, at, PLACES))
    });
    details
}

/// The plan of a request about several blocks, and the other words.
pub(super) fn plan(tokens: &[Token], world: &World) -> (Details, Vec<Token>) {
    let mut details = Details::default();
    details.scan(tokens, |details, at| {
        read_plan(tokens, at, world, details).or_else(|| missing_plan(tokens, at, details))
    });
    let others = tokens.iter().enumerate().filter(|(at, _)| !details.used.contains(at)).map(|(_, token)| token.clone());
    let others = others.skip_while(|token| token.kind == TokenKind::Mark).collect();
    (details, others)
}

/// Words for the calendar or timeline itself, which add nothing.
const PLACES: &[&str] = &[
    "on|in|to|into|onto|from|off my|the|our calendar|timeline|schedule|agenda|diary|planner|list",
    "on|in|to|into|onto|from|off my|the|our to do list",
    "on|in|to|into|onto|from|off my|the|our to-do|todo|task list",
    "as a task|reminder|todo",
];

/// `high priority`, `urgent`, `!high`, `p1`, `!!`.
fn read_priority(tokens: &[Token], at: usize, details: &mut Details) -> Option<usize> {
    let (level, taken) = priority(tokens, at)?;
    details.priority = Some(level);
    Some(taken)
}

/// The priority at `at`, and the number of tokens.
pub(super) fn priority(tokens: &[Token], at: usize) -> Option<(&'static str, usize)> {
    let token = tokens.get(at)?;
    if token.kind == TokenKind::Mark {
        let alone = token.norm == "!" && token.spaced && tokens.get(at + 1).is_none_or(|next| next.spaced);
        if token.norm.starts_with("!!") || alone || (at == 0 && token.norm == "!") {
            return Some(("high", 1));
        }
        let level =
            tokens.get(at + 1).filter(|next| token.norm == "!" && !next.spaced).and_then(|next| level(&next.norm));
        return level.map(|level| (level, 2));
    }
    if token.kind != TokenKind::Word {
        return None;
    }
    if let Some(taken) =
        fits_any(tokens, at, &["not so? very? urgent|important", "not a priority", "less urgent|important"])
    {
        return Some(("low", taken));
    }
    for (pattern, level) in [
        ("with|at|as|and? a? very? high|top|highest|urgent|maximum|max priority", "high"),
        ("with|at|as|and? a? low|lowest|minor priority", "low"),
        ("with|at|as|and? a? medium|normal|default|regular|standard priority", "medium"),
        ("with|as|and? high-priority|top-priority", "high"),
        ("with|as|and? low-priority", "low"),
    ] {
        if let Some(taken) = fits(tokens, at, pattern) {
            return Some((level, taken));
        }
    }
    if let Some(taken) = fits(tokens, at, "priority") {
        let link = tokens.get(at + taken).is_some_and(|link| link.is_any(": = is to"));
        let skip = taken + usize::from(link);
        return tokens.get(at + skip).and_then(|word| level(&word.norm)).map(|level| (level, skip + 1));
    }
    // "urgent care" and "important people" are names of things.
    let lead = fits(tokens, at, "it is|that is").or_else(|| fits(tokens, at, "as")).unwrap_or(0);
    let very = fits_any(tokens, at + lead, &["very|really|super|so"]).unwrap_or(0);
    let word = tokens.get(at + lead + very)?;
    if word.is_any("urgent urgently important critical asap p1") {
        let care =
            tokens.get(at + lead + very + 1).is_some_and(|next| next.is_any("care people person thing things stuff"));
        return (!care).then_some(("high", lead + very + 1));
    }
    match word.norm.as_str() {
        "p2" => Some(("medium", lead + very + 1)),
        "p3" | "p4" => Some(("low", lead + very + 1)),
        _ => None,
    }
}

/// A word for a level.
pub(super) fn level(word: &str) -> Option<&'static str> {
    match word {
        "high" | "higher" | "highest" | "top" | "urgent" | "important" | "critical" | "1" => Some("high"),
        "medium" | "normal" | "default" | "regular" | "2" => Some("medium"),
        "low" | "lower" | "lowest" | "minor" | "3" => Some("low"),
        _ => None,
    }
}

/// `#health`, `tagged health and home`, `with tag work`.
fn read_tag(tokens: &[Token], at: usize, details: &mut Details) -> Option<usize> {
    let token = tokens.get(at)?;
    if token.kind == TokenKind::Word && token.text.starts_with('#') {
        let tag = token.text.trim_start_matches('#').trim_end_matches(['#', '-']);
        if tag.is_empty() {
            return None;
        }
        add(&mut details.tags, tag);
        return Some(1);
    }
    let lead = fits_any(
        tokens,
        at,
        &["tagged as|with?", "with the? tag|tags|label|labels", "and tag it? as|with?", "tag|tags|label|labels"],
    )?;
    let colon = usize::from(tokens.get(at + lead).is_some_and(|next| next.is(":")));
    // "Tag the photos" is a title: a bare "tag" needs a colon.
    if lead == 1 && colon == 0 && !token.is("tagged") {
        return None;
    }
    let mut end = at + lead + colon;
    loop {
        let tag = tokens.get(end).filter(|tag| tag.kind != TokenKind::Mark && tag.kind != TokenKind::Break)?;
        add(&mut details.tags, tag.text.trim_start_matches('#'));
        end += 1;
        let and = usize::from(tokens.get(end).is_some_and(|next| next.is_any("and ,")));
        let more = tokens.get(end + and).is_some_and(|next| next.text.starts_with('#'));
        if !(and > 0 && more) {
            return Some(end - at);
        }
        end += and;
    }
}

/// Adds a tag, unless it is there already.
pub(super) fn add(tags: &mut Vec<String>, tag: &str) {
    let tag = super::clipped(tag.trim(), 40);
    if !tag.is_empty() && !tags.iter().any(|seen| seen.eq_ignore_ascii_case(&tag)) {
        tags.push(tag);
    }
}

/// `with note bring the card`, `note: …`, `description "…"`, `(…)`: everything after it, or the quotation.
fn read_note(source: &str, tokens: &[Token], details: &mut Details) {
    for at in 0..tokens.len() {
        if let Some((note, end)) = note_at(source, tokens, at) {
            details.note = Some(note);
            details.take(at, end);
            return;
        }
    }
    let Some(open) = tokens.iter().position(|token| token.is("(")) else { return };
    let Some(close) = tokens.iter().skip(open).position(|token| token.is(")")).map(|close| close + open) else {
        return;
    };
    // "(2 hours)" is a length.
    if duration::length(tokens, open + 1).is_some_and(|(_, taken)| open + 1 + taken == close) {
        details.used.extend([open, close]);
        return;
    }
    let note = text(source, tokens, open + 1, close);
    if !note.is_empty() && open > 0 {
        details.note = Some(note);
        details.take(open, close + 1);
    }
}

/// A note that begins at `at`, and its end.
pub(super) fn note_at(source: &str, tokens: &[Token], at: usize) -> Option<(String, usize)> {
    let with = fits(tokens, at, "with|and|add|plus a|the? note|notes|description|details|comment saying|that|says?");
    let bare = fits(tokens, at, "note|notes|description|details|comment");
    let lead = with.or(bare)?;
    let colon = usize::from(tokens.get(at + lead).is_some_and(|next| next.is_any(": - =")));
    let begin = at + lead + colon;
    let quoted = tokens.get(begin).is_some_and(|next| next.kind == TokenKind::Quoted);
    // "Note taking at 3" is not a note.
    if with.is_none() && colon == 0 && !(quoted && at > 0) {
        return None;
    }
    if tokens.get(begin)?.is_any("to on for") && with.is_some() && colon == 0 {
        return None;
    }
    let end = if quoted { begin + 1 } else { tokens.len() };
    let note = if quoted { tokens.get(begin)?.text.clone() } else { text(source, tokens, begin, end) };
    let note = super::clipped(note.trim(), 4_000);
    (!note.is_empty()).then_some((note, end))
}

/// The message's text from one token to another.
pub(super) fn text(source: &str, tokens: &[Token], from: usize, to: usize) -> String {
    let Some(first) = tokens.get(from).filter(|_| from < to) else { return String::new() };
    let Some(last) = tokens.get(to - 1) else { return String::new() };
    source.get(first.start..last.end).unwrap_or_default().trim().to_owned()
}

/// `into Work`, `to Work` at the end or before a comma: a plan by its exact title, if nothing else can be meant.
fn bare_plan(tokens: &[Token], at: usize, world: &World, details: &mut Details) -> Option<usize> {
    let lead = fits(tokens, at, "to|into")?;
    let plans = world.context.plans.iter().filter(|plan| !plan.archived);
    let found = plans.filter_map(|plan| {
        let length = flux_phrases::words::tokens(&plan.title).len();
        let words = tokens.get(at + lead..at + lead + length)?;
        let named: Vec<&str> = words.iter().map(|token| token.text.as_str()).collect();
        let ends = tokens.get(at + lead + length).is_none_or(|next| next.kind == TokenKind::Mark);
        (ends && named.join(" ") == plan.title).then(|| (plan.title.clone(), length))
    });
    let (title, length) = found.max_by_key(|(_, length)| *length)?;
    details.plan = Some(title);
    Some(lead + length)
}

/// `into the Music plan`, if there is no plan of that name.
fn missing_plan(tokens: &[Token], at: usize, details: &mut Details) -> Option<usize> {
    let lead = fits_any(tokens, at, &["in|to|into|under my|the|our"])?;
    let length = (1..=4).find(|length| fits(tokens, at + lead + length, "plan").is_some())?;
    let words = tokens.get(at + lead..at + lead + length)?;
    let capital = |token: &Token| token.text.starts_with(char::is_uppercase) || token.kind == TokenKind::Quoted;
    if !words.first().is_some_and(capital) {
        return None;
    }
    let named: Vec<&str> = words.iter().map(|token| token.text.as_str()).collect();
    details.missing_plan = Some(named.join(" "));
    Some(lead + length + 1)
}

/// `in my Work plan`, `to plan “Work”`: only a plan that exists.
fn read_plan(tokens: &[Token], at: usize, world: &World, details: &mut Details) -> Option<usize> {
    let lead = fits_any(tokens, at, &["in|to|into|on|under|for my|the|our?"])?;
    if let Some(word) = fits(tokens, at + lead, "plan|project") {
        let name =
            tokens.get(at + lead + word).filter(|name| matches!(name.kind, TokenKind::Word | TokenKind::Quoted))?;
        let mut best = None;
        for length in 1..=5 {
            let words = tokens.get(at + lead + word..at + lead + word + length)?;
            let joined: Vec<&str> = words.iter().map(|token| token.text.as_str()).collect();
            if let Some(plan) = world.plan(&joined.join(" ")) {
                best = Some((plan.title.clone(), length));
            }
            if name.kind == TokenKind::Quoted || tokens.len() <= at + lead + word + length {
                break;
            }
        }
        let (title, length) = best?;
        details.plan = Some(title);
        return Some(lead + word + length);
    }
    for length in 1..=5 {
        let end = at + lead + length;
        if fits(tokens, end, "plan|project").is_some() {
            let words: Vec<&str> = tokens.get(at + lead..end)?.iter().map(|token| token.text.as_str()).collect();
            let plan = world.plan(&words.join(" "))?;
            details.plan = Some(plan.title.clone());
            return Some(lead + length + 1);
        }
    }
    None
}
