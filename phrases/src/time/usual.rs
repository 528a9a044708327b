//! The usual times of meals, work and bed.

use super::Preposition;

/// The hour and minute that `after lunch`, `before work` or `at bedtime` means. `before` says whether the word `before` is
/// used, because [`Preposition::By`] has other words, too.
pub(super) fn usual_time(preposition: Preposition, before: bool, word: &str) -> Option<(u32, u32)> {
    Some(match (preposition, before, word) {
        (Preposition::After, _, "breakfast") => (9, 0),
        (Preposition::After, _, "lunch") => (13, 0),
        (Preposition::After, _, "school") => (15, 0),
        (Preposition::After, _, "work") => (17, 30),
        (Preposition::After, _, "dinner" | "supper") => (20, 0),
        (Preposition::By, true, "breakfast") => (7, 0),
        (Preposition::By, true, "work") => (7, 30),
        (Preposition::By, true, "lunch") => (11, 0),
        (Preposition::By, true, "dinner" | "supper") => (17, 0),
        (Preposition::By, true, "bed" | "bedtime") => (22, 0),
        (Preposition::At, _, "breakfast") => (8, 0),
        (Preposition::At | Preposition::In, _, "lunch") => (12, 0),
        (Preposition::At, _, "dinner" | "supper") => (18, 30),
        (Preposition::At, _, "bedtime") => (22, 0),
        _ => return None,
    })
}
