//! Greetings, help, undo and redo.

use chrono::Datelike;
use flux_timeline::clock;
use serde_json::json;

use super::{Outcome, Request};
use flux_phrases::words::{TokenKind, fits_any};

pub(super) fn read(request: Request) -> Option<Outcome> {
    let tokens = request.tokens;
    let words = tokens.iter().filter(|token| token.kind != TokenKind::Mark).count();
    let whole = |patterns: &[&str]| fits_any(tokens, 0, patterns).is_some_and(|taken| taken == words);
    if fits_any(tokens, 0, UNDO).is_some() && words <= 8 {
        return Some(Outcome::call("undo", json!({})));
    }
    if fits_any(tokens, 0, &["redo", "undo the undo", "do it|that again"]).is_some() && words <= 6 {
        return Some(Outcome::call("redo", json!({})));
    }
    if whole(&[
        "what time|day|date is it now|today?",
        "what is the time|date|day today|now?",
        "what is today the|s? date?",
        "what day|date is today",
    ]) {
        let now = request.world.now();
        let day = format!(
            "{}, {} {} {}",
            clock::weekday(now.date()),
            now.date().day(),
            clock::month(now.date()),
            now.date().year()
        );
        return Some(Outcome::Say(format!("It is {day}, {}.", request.world.time_format().time(now.time()))));
    }
    if whole(HELP) {
        return Some(Outcome::Say(help()));
    }
    let said = if whole(&[
        "hello|hi|hey|hiya|howdy there|flux|again?",
        "good morning|afternoon|evening|day",
        "greetings",
    ]) {
        "Hello! What shall I put on your timeline? Say “help” to see what I understand."
    } else if whole(&[
        "thanks|cheers",
        "thank you very? much?",
        "thanks a lot",
        "many thanks",
        "perfect|great|nice|cool|awesome|okay",
    ]) {
        "You are welcome."
    } else if whole(&["bye|goodbye", "good night", "see you"]) {
        "Goodbye. Everything is saved."
    } else if whole(&["how are you", "how is it going"]) {
        "Ready. What shall I put on your timeline?"
    } else if whole(&["no|nope", "never mind", "nevermind", "forget it", "not now", "nothing"]) {
        "All right, nothing was changed."
    } else if fits_any(
        tokens,
        0,
        &["who|what are you", "are you a|an real? ai|bot|robot|human|model|person|llm", "which model are you"],
    )
    .is_some()
    {
        "I am the offline interpreter of Temporal Flux: rules, and no language model. The README says how to connect one."
    } else {
        return None;
    };
    Some(Outcome::Say(said.to_owned()))
}

const UNDO: &[&str] = &[
    "undo",
    "revert that|it|this",
    "revert the? last",
    "take it|that back",
    "take back that|it|the",
    "roll back",
    "rollback",
    "go back one step",
    "oops undo",
    "restore it|that|what",
];

const HELP: &[&str] = &[
    "help me?",
    "what can you do for? me?",
    "what can i say|ask|do|type",
    "how does this|it work",
    "how do i use this|it|you",
    "commands",
    "what do you understand|know",
    "how can you help me?",
    "show help|commands",
    "show me what you can do",
    "examples",
    "what is this",
];

/// What the interpreter understands, with examples.
pub(crate) fn help() -> String {
    "I read plain requests by rules; I am not a language model. For example:\n\
     - Schedule workout tomorrow at 8am for 45 minutes #health\n\
     - Remind me to buy milk at 6pm, or: remind me 10 minutes before the dentist\n\
     - Trip to Rome from 3 to 7 May, or: make the conference all day, or: extend the trip to Sunday\n\
     - Gym every Tuesday at 18:00 until June, or: stop repeating gym\n\
     - Move the dentist to Friday at 10, or: push everything after 2pm by 30 minutes\n\
     - Find new times for overdue tasks\n\
     - Mark standup as done, make it high priority, rename it to “Sync”\n\
     - Delete my 3pm meeting\n\
     - What is on this week? When am I free tomorrow for an hour?\n\
     - I want to learn German by June, 3 hours a week\n\
     - Create a plan “Work”, switch to plan Work\n\
     - Undo, redo\n\n\
     Several requests fit in one message."
        .to_owned()
}
