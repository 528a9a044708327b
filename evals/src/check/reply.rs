//! The text of the answer. Checks cover only what a person would miss or be misled by, not the style.

use super::verdict;
use crate::case::{ReplyExpect, Text};
use crate::record::Verdict;
use crate::world::Observed;

/// Question marks in the scripts of the languages that cases use.
const QUESTION_MARKS: [char; 3] = ['?', '？', '؟'];

pub(super) fn check(expect: &ReplyExpect, seen: &Observed, verdicts: &mut Vec<Verdict>) {
    let reply = seen.reply.trim();
    let mut wrong = Vec::new();
    if reply.is_empty() {
        wrong.push("there is none".to_owned());
    }
    for text in expect.contains.iter().filter(|text| !text.is_in(reply)) {
        wrong.push(format!("it lacks {text}"));
    }
    for title in expect.mentions.iter().filter(|title| !Text::One((*title).clone()).is_in(reply)) {
        wrong.push(format!("it does not mention {title:?}"));
    }
    for text in expect.lacks.iter().filter(|text| text.is_in(reply)) {
        wrong.push(format!("it has {text}"));
    }
    if let Some(asks) = expect.asks {
        let is_asking = reply.contains(QUESTION_MARKS);
        if is_asking != asks {
            wrong.push(if asks { "it asks nothing" } else { "it asks something" }.to_owned());
        }
    }
    let compared = match wrong.is_empty() {
        true => format!("the answer is {reply:?}"),
        false => format!("{}; the answer is {reply:?}", wrong.join(", ")),
    };
    verdicts.push(verdict("reply", wrong.is_empty(), compared));
}
