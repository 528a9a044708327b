//! The answer to the question which block was meant.

use super::{GENERIC, Purpose, WHICH, at_time, target};
use crate::world::World;
use flux_model::ModelMessage;
use flux_phrases::number;
use flux_phrases::words::{Token, has_word, tokens as words_of};
use flux_tools::context::BlockLine;

/// If this message only answers which block was meant: the message that the question was about. The choice is stored in
/// `world`.
pub(crate) fn answered(text: &str, before: &[ModelMessage], world: &mut World) -> Option<String> {
    let at = before.iter().rposition(|message| matches!(message, ModelMessage::User { .. }))?;
    let (request, answer) = before.get(at..)?.split_first()?;
    let asked =
        answer.iter().any(|message| matches!(message, ModelMessage::Assistant { text, .. } if text.ends_with(WHICH)));
    let ModelMessage::User { text: request } = request else { return None };
    let tokens = words_of(text);
    if !asked || tokens.len() > 8 {
        return None;
    }
    let mentioned: Vec<&BlockLine> = world.memory.mentioned.iter().filter_map(|handle| world.block(handle)).collect();
    let chosen = chosen(&tokens, &mentioned, world);
    if chosen.is_empty() {
        return None;
    }
    world.chosen = chosen;
    Some(request.clone())
}

/// The handles of the candidates that an answer chooses: "B3", "the second", "both", "tomorrow's".
fn chosen(tokens: &[Token], mentioned: &[&BlockLine], world: &World) -> Vec<String> {
    let all: Vec<String> = mentioned.iter().map(|block| block.handle.clone()).collect();
    let target = target(tokens, world);
    let named = target.handles;
    if !named.is_empty() {
        let alone = target.words.iter().all(|word| named.iter().any(|handle| handle.eq_ignore_ascii_case(word)));
        return if alone { named.into_iter().filter(|handle| all.contains(handle)).collect() } else { Vec::new() };
    }
    if target.all {
        return if target.words.is_empty() { all } else { Vec::new() };
    }
    let first = tokens
        .iter()
        .find_map(|token| number::ordinal(std::slice::from_ref(token), 0))
        .filter(|_| !target.wanted.is_said());
    if let Some((number, _)) = first {
        let index = usize::try_from(number).unwrap_or(0).wrapping_sub(1);
        return all.get(index).cloned().into_iter().collect();
    }
    if tokens.iter().any(|token| token.is("last")) {
        return all.last().cloned().into_iter().collect();
    }
    if !target.wanted.is_said() || !target.words.iter().all(|word| has_word(GENERIC, word)) {
        return Vec::new();
    }
    let fitting: Vec<String> = mentioned
        .iter()
        .filter(|block| at_time(block, &target.wanted, world, Purpose::Complete))
        .map(|block| block.handle.clone())
        .collect();
    if fitting.len() == 1 { fitting } else { Vec::new() }
}
