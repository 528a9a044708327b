//! Plans: create, switch, rename, archive, delete, list.

use serde_json::{Value, json};

use super::{Outcome, Request};
use crate::reference;
use crate::title;
use crate::world::World;
use flux_phrases::words::{Token, TokenKind, fits, fits_any};

pub(super) fn read(request: Request) -> Option<Outcome> {
    let tokens = request.tokens;
    let words: Vec<Token> =
        tokens.iter().filter(|token| !(token.kind == TokenKind::Mark && token.is("?"))).cloned().collect();
    let tokens = words.as_slice();
    if fits_any(tokens, 0, LIST).is_some_and(|taken| taken == tokens.len()) {
        return Some(Outcome::call("listPlans", json!({})));
    }
    create(tokens)
        .or_else(|| switch(tokens, request.world))
        .or_else(|| rename(tokens, request.world))
        .or_else(|| unarchive(tokens, request.world))
        .or_else(|| archive(tokens, request.world))
        .or_else(|| delete(tokens, request.world))
}

const LIST: &[&str] = &[
    "list|show|see me? all? of? my|the? active|current? plans|projects",
    "what|which plans|projects do i have|own",
    "what|which plans|projects are there",
    "what are my plans|projects",
    "my plans|projects",
    "plans|projects",
    "how many plans|projects do i have",
    "what|which plan|project am i in|on",
    "what|which plan|project is active|this",
    "what is my|the active|current plan|project",
];

/// `create a plan called Work`, `new plan: Work`, `start a Work plan`.
fn create(tokens: &[Token]) -> Option<Outcome> {
    let verb = fits_any(tokens, 0, &["create|make|add|start|begin|open|set up? a|an|another? new?", "new"])?;
    if let Some(noun) = fits(tokens, verb, "plan|project") {
        let linked = fits_any(tokens, verb + noun, &["called|named|titled|for|about"]);
        let colon = tokens.get(verb + noun).is_some_and(|token| token.is_any(": -"));
        let quoted = tokens.get(verb + noun).is_some_and(|token| token.kind == TokenKind::Quoted);
        let article = verb > 1 || fits(tokens, 0, "new").is_some();
        if !(linked.is_some() || colon || quoted || article) {
            return None;
        }
        let name = name(tokens.get(verb + noun + linked.unwrap_or(0) + usize::from(colon)..)?);
        return Some(match name {
            Some(name) => Outcome::call("createPlan", json!({"title": name})),
            None => {
                Outcome::Say("What shall the plan be called? Say, for example, “Create a plan called Work”.".to_owned())
            }
        });
    }
    let end = tokens.last().filter(|token| token.is_any("plan project"))?;
    let whole = name(tokens.get(verb..tokens.len() - 1)?)?;
    // "Add dentist plan" has no article, "make a plan" no name.
    (verb > 1 && tokens.len() - verb <= 5 && end.kind == TokenKind::Word)
        .then(|| Outcome::call("createPlan", json!({"title": whole})))
}

fn switch(tokens: &[Token], world: &World) -> Option<Outcome> {
    let verb = fits_any(
        tokens,
        0,
        &[
            "switch|change|go|move|jump me? back? over? to|into",
            "open|use|activate|select|show|work in|on",
            "open|use|activate|select",
        ],
    )?;
    let rest = tokens.get(verb..)?;
    let named = plan_named(rest);
    let said_plan = rest.iter().any(|token| token.is_any("plan project"));
    let is_switch = fits_any(tokens, 0, &["switch", "change|go|jump me? back? over? to|into"]).is_some();
    let name = named.or_else(|| name(rest))?;
    match world.plan(&name) {
        Some(plan) if said_plan || is_switch => Some(Outcome::call("switchPlan", json!({"id": plan.title}))),
        None if (said_plan || is_switch) && world.plans_in_use(&name).len() > 1 => {
            let fitting: Vec<String> =
                world.plans_in_use(&name).iter().map(|plan| format!("“{}”", plan.title)).collect();
            Some(Outcome::Say(format!("Which plan? These fit: {}.", fitting.join(", "))))
        }
        None if said_plan => Some(no_plan(&name, world)),
        _ => None,
    }
}

fn rename(tokens: &[Token], world: &World) -> Option<Outcome> {
    let verb = fits_any(tokens, 0, &["rename|retitle|call", "change the? name|title of"])?;
    let to = tokens.iter().rposition(|token| token.is_any("to as into")).filter(|to| *to > verb);
    let (old, new) = match to {
        Some(to) => (tokens.get(verb..to)?, tokens.get(to + 1..)?),
        None if fits(tokens, 0, "call").is_some() => {
            let noun = tokens.iter().position(|token| token.is_any("plan project"))?;
            (tokens.get(verb..=noun)?, tokens.get(noun + 1..)?)
        }
        None => return None,
    };
    let new = name(new)?;
    if !old.iter().any(|token| token.is_any("plan project")) {
        // "Rename Garden to Balcony": a plan, if no block has that name.
        let old = name(old)?;
        let plan = world.plan(&old).filter(|plan| plan.title.eq_ignore_ascii_case(&old))?;
        let is_block = !reference::titled(&old, world).is_empty();
        return (!is_block).then(|| Outcome::call("renamePlan", json!({"id": plan.title, "title": new})));
    }
    Some(match plan(old, world) {
        Ok(id) => Outcome::call("renamePlan", json!({"id": id, "title": new})),
        Err(said) => said,
    })
}

fn delete(tokens: &[Token], world: &World) -> Option<Outcome> {
    let verb = fits_any(tokens, 0, &["delete|remove|erase|drop|discard|trash", "get rid of"])?;
    let rest = tokens.get(verb..)?;
    let first = fits_any(rest, 0, &["my|the|our? plan|project"]).is_some();
    let last = rest.last().is_some_and(|token| token.is_any("plan project"));
    if !first && !last {
        return None;
    }
    Some(match plan(rest, world) {
        Ok(id) => Outcome::call("deletePlan", json!({"id": id})),
        Err(said) => said,
    })
}

/// `archive the plan Work`, `archive this plan`, `archive Work`.
fn archive(tokens: &[Token], world: &World) -> Option<Outcome> {
    let verb = fits_any(tokens, 0, &["archive|shelve"])?;
    let rest = tokens.get(verb..)?;
    let said_plan = rest.iter().any(|token| token.is_any("plan project"));
    let named = if said_plan { None } else { name(rest).and_then(|name| world.plan(&name)) };
    Some(match named {
        Some(plan) => Outcome::call("archivePlan", json!({"id": plan.title})),
        None => match plan(rest, world) {
            Ok(id) => Outcome::call("archivePlan", json!({"id": id})),
            Err(said) => said,
        },
    })
}

/// `unarchive Work`, `take the Work plan out of the archive`, `bring the archived plan Work back`.
fn unarchive(tokens: &[Token], world: &World) -> Option<Outcome> {
    let verb = fits_any(tokens, 0, &["unarchive|unshelve", "restore|get|take|bring back?"])?;
    let is_clear = fits_any(tokens, 0, &["unarchive|unshelve"]).is_some();
    let mut rest = tokens.get(verb..)?;
    // "Take … out of the archive", "bring … back from the archive".
    let archive = rest.iter().any(|token| token.is_any("archive archived"));
    if let Some(end) = rest.iter().rposition(|token| token.is("archive")) {
        let end = rest.get(..end)?.iter().rposition(|token| !token.is_any("the my out of from back"))?;
        rest = rest.get(..=end)?;
    } else if let Some((last, before)) = rest.split_last()
        && last.is("back")
    {
        rest = before;
    }
    if !is_clear && !archive {
        return None;
    }
    let words: Vec<Token> = rest.iter().filter(|token| !token.is("archived")).cloned().collect();
    let name = plan_named(&words).or_else(|| name(&words));
    let Some(name) = name else { return Some(Outcome::Say(which(world))) };
    Some(match (world.archived_plan(&name), world.plan(&name)) {
        (Some(plan), _) | (None, Some(plan)) => Outcome::call("unarchivePlan", json!({"id": plan.title})),
        (None, None) => no_plan(&name, world),
    })
}

/// The plan that is meant. For "this plan", the active one.
fn plan(tokens: &[Token], world: &World) -> Result<Value, Outcome> {
    let Some(name) = plan_named(tokens) else {
        let this = fits_any(tokens, 0, &["this|my|the current|active? plan|project"])
            .is_some_and(|taken| taken == tokens.len());
        let active = world.active_plan().filter(|_| this && fits(tokens, 0, "the plan").is_none());
        return active.map(|plan| json!(plan.title)).ok_or_else(|| Outcome::Say(which(world)));
    };
    world.plan(&name).map(|plan| json!(plan.title)).ok_or_else(|| no_plan(&name, world))
}

fn which(world: &World) -> String {
    format!("Which plan? You have {}.", titles(world))
}

pub(super) fn no_plan(name: &str, world: &World) -> Outcome {
    Outcome::Say(format!("There is no plan “{name}”, so I changed nothing. You have {}.", titles(world)))
}

fn titles(world: &World) -> String {
    let titles: Vec<String> = world.context.plans.iter().map(|plan| format!("“{}”", plan.title)).collect();
    titles.join(", ")
}

/// The name in `plan Work`, `the Work plan`.
fn plan_named(tokens: &[Token]) -> Option<String> {
    let noun = tokens.iter().position(|token| token.is_any("plan project"))?;
    let closing = |token: &&Token| {
        token.kind == TokenKind::Mark || token.is_any("for now good again please completely entirely too also")
    };
    let end = tokens.len() - tokens.iter().skip(noun + 1).rev().take_while(closing).count();
    let tokens = tokens.get(..end)?;
    let after = tokens.get(noun + 1..).and_then(name);
    let pointing = |token: &Token| token.is_any("my the this current active our a");
    let before = tokens.get(..noun).filter(|before| !before.iter().all(pointing)).and_then(name);
    after.or(before)
}

/// A name as written, or the quotation.
fn name(tokens: &[Token]) -> Option<String> {
    let keep = vec![true; tokens.len()];
    let name = title::title(tokens, &keep);
    (!name.is_empty() && name.chars().any(char::is_alphanumeric)).then_some(name)
}
