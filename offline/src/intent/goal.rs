//! Goals that are proposed or under way: accept, pause, resume, end, or plan again. Only by words that leave no doubt, and only while the
//! timeline has such goals.

use flux_phrases::words::{TokenKind, fits_any};
use flux_tools::context::GoalLine;
use serde_json::{Value, json};

use super::{Outcome, Request};

/// "Accept it", while something is proposed.
const ACCEPT: &[&str] = &[
    "accept it|that|this|all|everything?",
    "accept|confirm|add the|this|that|my? plan|proposal|goal to? my|the? timeline?",
    "add it|that|this|all|everything to my|the timeline",
];
/// Verbs before the words of a goal, with what they ask for.
const VERBS: [(&[&str], &str); 4] = [
    (&["pause"], "pause"),
    (&["resume|unpause", "go on with", "continue with?"], "resume"),
    (&["end|finish|drop|dismiss", "give up"], "end"),
    (&["replan", "plan the rest of", "reschedule"], "change"),
];
/// Words around the name of a goal.
const SMALL: &str = "the my our this that goal plan proposal sessions for of again please";

pub(super) fn read(request: Request) -> Option<Outcome> {
    let Request { tokens, world, .. } = request;
    let goals = world.context.goals.as_slice();
    let end = tokens.iter().rposition(|token| token.kind != TokenKind::Mark)? + 1;
    let tokens = tokens.get(..end)?;
    let proposed: Vec<&GoalLine> = goals.iter().filter(|goal| goal.status == "proposed").collect();
    if !proposed.is_empty() && fits_any(tokens, 0, ACCEPT) == Some(tokens.len()) {
        return Some(match proposed.as_slice() {
            [goal] => call("accept", goal),
            _ => Outcome::Say("Several goals are proposed. Nothing was changed; say which one to accept.".to_owned()),
        });
    }
    let accepted = fits_any(tokens, 0, &["accept"]).map(|taken| (taken, "accept"));
    let (taken, verb) = VERBS
        .iter()
        .find_map(|(patterns, verb)| fits_any(tokens, 0, patterns).map(|taken| (taken, *verb)))
        .or(accepted)?;
    let rest = tokens.get(taken..)?;
    let names: Vec<&str> = rest.iter().filter(|token| !token.is_any(SMALL)).map(|token| token.norm.as_str()).collect();
    let is_meant = |goal: &&GoalLine| {
        let title = goal.title.to_lowercase();
        !names.is_empty() && names.iter().all(|name| title.split_whitespace().any(|word| word == *name))
    };
    let mut named = goals.iter().filter(is_meant);
    match (named.next(), named.next()) {
        (Some(goal), None) => Some(call(verb, goal)),
        _ => None,
    }
}

fn call(verb: &str, goal: &GoalLine) -> Outcome {
    let arguments: Value = json!({"request": verb, "goal": goal.title});
    Outcome::call("updateGoal", arguments)
}
