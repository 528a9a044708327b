//! Plans: create, switch, rename, delete, list.

use serde_json::{Value, json};

use super::{Outcome, Request};
use crate::model::offline::title;
use crate::model::offline::words::{Kind, Token, fits, fits_any};
use crate::model::offline::world::World;

pub(super) fn read(request: Request) -> Option<Outcome> {
    let tokens = request.tokens;
    let words: Vec<Token> =
        tokens.iter().filter(|token| !(token.kind == Kind::Mark && token.is("?"))).cloned().collect();
    let tokens = words.as_slice();
    if fits_any(tokens, 0, LIST).is_some_and(|taken| taken == tokens.len()) {
        return Some(Outcome::call("listPlans", json!({})));
    }
    create(tokens)
        .or_else(|| switch(tokens, request.world))
        .or_else(|| rename(tokens, request.world))
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
        let quoted = tokens.get(verb + noun).is_some_and(|token| token.kind == Kind::Quoted);
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
    (verb > 1 && tokens.len() - verb <= 5 && end.kind == Kind::Word)
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
    if !old.iter().any(|token| token.is_any("plan project")) {
        return None;
    }
    let new = name(new)?;
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

/// The plan that is spoken of; the active one for "this plan".
fn plan(tokens: &[Token], world: &World) -> Result<Value, Outcome> {
    let Some(name) = plan_named(tokens) else {
        let this = fits_any(tokens, 0, &["this|my|the current|active? plan|project"])
            .is_some_and(|taken| taken == tokens.len());
        let active = world.active_plan().filter(|_| this && fits(tokens, 0, "the plan").is_none());
        return active
            .map(|plan| json!(plan.title))
            .ok_or_else(|| Outcome::Say(format!("Which plan? You have {}.", titles(world))));
    };
    world.plan(&name).map(|plan| json!(plan.title)).ok_or_else(|| no_plan(&name, world))
}

fn no_plan(name: &str, world: &World) -> Outcome {
    Outcome::Say(format!("There is no plan “{name}”, so I changed nothing. You have {}.", titles(world)))
}

fn titles(world: &World) -> String {
    let titles: Vec<String> = world.context.plans.iter().map(|plan| format!("“{}”", plan.title)).collect();
    titles.join(", ")
}

/// The name in `plan Work`, `the Work plan`.
fn plan_named(tokens: &[Token]) -> Option<String> {
    let noun = tokens.iter().position(|token| token.is_any("plan project"))?;
    let after = tokens.get(noun + 1..).and_then(name);
    let pointing = |token: &Token| token.is_any("my the this current active our a");
    let before = tokens.get(..noun).filter(|before| !before.iter().all(pointing)).and_then(name);
    after.or(before)
}

/// A name as written, or in quotes.
fn name(tokens: &[Token]) -> Option<String> {
    let keep = vec![true; tokens.len()];
    let name = title::title(tokens, &keep);
    (!name.is_empty() && name.chars().any(char::is_alphanumeric)).then_some(name)
}
