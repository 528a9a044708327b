//! Ends what repeats: `stop repeating gym`, `delete all future gyms`, `cancel gym every week`.

use flux_phrases::time::{Style, Timing, expressions};
use flux_phrases::words::{self, Token, TokenKind, fits_any};
use flux_tools::context::BlockLine;
use serde_json::json;

use super::{Outcome, Request};
use crate::phrase;
use crate::reference::{self, Found, Purpose};
use crate::world::World;

pub(super) fn read(request: Request) -> Option<Outcome> {
    let said = ended(request.tokens, request.world)?;
    // "All" finds every block of a series, whose titles are the same.
    let target: Vec<Token> = words::tokens("all").into_iter().chain(said.target).collect();
    Some(match reference::find(&target, request.world, Purpose::Delete) {
        Found::Blocks(blocks) if said.surely => ending(&blocks, &said.every, request.world),
        // "Delete all gyms" is about single blocks unless they repeat.
        Found::Blocks(blocks) if blocks.iter().any(|block| block.repeats.is_some()) => {
            ending(&blocks, &said.every, request.world)
        }
        Found::LookUp(call) => Outcome::LookUp(vec![call]),
        Found::Blocks(_) => return None,
        Found::Say(text) => Outcome::Say(text),
    })
}

/// What is to end.
struct Ended {
    target: Vec<Token>,
    /// Whether only what repeats can be meant.
    surely: bool,
    /// The days on which it repeats, if they were said.
    every: Timing,
}

fn ended(tokens: &[Token], world: &World) -> Option<Ended> {
    const SURE: &[&str] = &[
        "stop repeating",
        "end|stop|cancel|delete|remove the? series of|for?",
        "end|stop|cancel|delete|remove the? repetition|repetitions of",
        "stop|cancel|delete|remove all? the|my? future|coming|upcoming|further",
    ];
    const ALL: &[&str] = &["cancel|delete|remove all|every of? my|the?"];
    const DELETE: &[&str] = &["cancel|delete|remove|stop|end"];
    let end = tokens.iter().rposition(|token| token.kind != TokenKind::Mark)? + 1;
    let tokens = tokens.get(..end)?;
    let sure = fits_any(tokens, 0, SURE);
    let all = fits_any(tokens, 0, ALL);
    let rest = tokens.get(sure.or(all).or_else(|| fits_any(tokens, 0, DELETE))?..)?;
    let found = expressions(rest, world.today, Style::Moving);
    let every = Timing::of(&found);
    // "Delete all gyms this week" is about some of them.
    if found.iter().any(|expression| expression.says_when()) && every.every.is_none()
        || every.has_time()
        || every.period.is_some()
        || !every.days.is_empty()
    {
        return None;
    }
    let series = rest.last().is_some_and(|last| last.is("series"));
    let surely = sure.is_some() || series || every.every.is_some();
    let timed = |at: &usize| found.iter().any(|expression| expression.at.contains(at));
    let target: Vec<Token> =
        (0..rest.len() - usize::from(series)).filter(|at| !timed(at)).filter_map(|at| rest.get(at).cloned()).collect();
    let is_named = target.iter().any(|token| token.kind != TokenKind::Mark && !token.is_any("my the a of"));
    ((surely || all.is_some()) && is_named).then_some(Ended { target, surely, every })
}

/// The call that ends the series of these blocks, if they are of one series, as far as can be seen from their titles and times. Only
/// the context says which blocks repeat; those that were looked up do not say it.
fn ending(blocks: &[BlockLine], said: &Timing, world: &World) -> Outcome {
    let Some(first) = blocks.iter().filter(|block| block.repeats.is_some()).min_by_key(|block| block.start) else {
        return Outcome::Say(
            "I see nothing of that name that repeats within the next days, so I deleted nothing. Say a block by its handle, such as “delete B1”."
                .to_owned(),
        );
    };
    let alike = |block: &BlockLine| block.title == first.title && block.start.time() == first.start.time();
    let on_its_days =
        |block: &BlockLine| said.every.as_ref().is_none_or(|every| every.fits(block.start.date(), said.since));
    if !blocks.iter().all(|block| alike(block) && on_its_days(block)) {
        let several: Vec<&BlockLine> = blocks.iter().collect();
        return Outcome::Say(format!(
            "I do not know which series you mean, so I deleted nothing. These fit:\n{}\n\nSay it with a handle, such as “end the series {}”.",
            phrase::candidates(&several, world.time_format()),
            first.handle
        ));
    }
    Outcome::call("deleteBlock", json!({"id": first.handle, "scope": "all"}))
}
