//! Whether a model's wording of a report or a title may replace our own.

use flux_timeline::Title;

/// The longest report by a model, in characters.
const CHARS: usize = 6_000;

/// The longest title, in characters.
const TITLE_CHARS: usize = 60;

/// Whether these words say what the report says: they contain all of `titles` and all numbers of `facts`, and no number that is missing from
/// the report, so no day and no time is invented. Numbers are runs of digits: `09:05` is 9 and 5.
pub fn stands_for(words: &str, report: &str, titles: &[&str], facts: &str) -> bool {
    let (said, known) = (numbers_in(words), numbers_in(report));
    words.chars().count() <= CHARS
        && titles.iter().all(|title| words.contains(title))
        && numbers_in(facts).iter().all(|number| said.contains(number))
        && said.iter().all(|number| known.contains(number))
}

/// The title in a model's answer, without quotation marks and other decoration. `None` if it is not shorter than the goal or not a
/// valid title.
pub fn title(words: &str, goal: &str) -> Option<Title> {
    let is_edge = |c: char| c.is_whitespace() || "\"'“”„‟‘’«»*#.".contains(c);
    let title = words.trim_matches(is_edge);
    let length = title.chars().count();
    let fits = length <= TITLE_CHARS && length < goal.chars().count() && !title.contains('\n');
    fits.then(|| Title::new(title).ok()).flatten()
}

fn numbers_in(text: &str) -> Vec<&str> {
    let digits = text.split(|c: char| !c.is_ascii_digit());
    digits.map(|digits| digits.trim_start_matches('0')).filter(|digits| !digits.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str = "“Deutsch lernen” is planned: 12 tasks, Mon 2 Mar – Fri 6 Mar.\n\n- Mon 2 Mar, 09:05–09:35: Kurs \
        wählen (B1)\n\nThese were left out:\n\n- Prüfung: It finds no time.";

    #[test]
    fn words_are_accepted_if_they_are_complete_and_invent_nothing() {
        let stands = |words: &str| stands_for(words, REPORT, &["Prüfung"], "12 tasks on the 2nd");
        assert!(stands(REPORT));
        assert!(stands("12 Aufgaben ab Mo., 2. März, 9.05 Uhr bis 9.35. Ohne „Prüfung“: keine Zeit."));
        assert!(!stands("12 Aufgaben ab Mo., 2. März."), "the task that was left out is missing");
        assert!(!stands("Aufgaben ab Mo., 2. März. Ohne „Prüfung“."), "the number of tasks is missing");
        assert!(!stands("12 Aufgaben. Ohne „Prüfung“."), "the first day is missing; the 2 in 12 does not count");
        assert!(!stands("12 Aufgaben ab Mo., 2. März, 10:05. Ohne „Prüfung“."), "a time is invented");
        assert!(!stands(&format!("{REPORT}{}", " Viel Erfolg!".repeat(600))), "it is too long");
    }

    #[test]
    fn a_title_is_short_and_has_one_line() {
        let goal = "I want to learn German until June so that I can talk to my grandparents, who have no English";
        for (words, expected) in [
            ("German for my grandparents", Some("German for my grandparents")),
            (" “German until June.”\n", Some("German until June")),
            ("**Deutsch lernen**", Some("Deutsch lernen")),
            (goal, None),
            ("Title: German\nI have kept what is particular about it.", None),
            ("German, and then more German, until all of it is known by heart", None),
            ("“”", None),
        ] {
            assert_eq!(title(words, goal).as_ref().map(Title::as_str), expected, "{words}");
        }
        assert_eq!(title("Learn German well", "Learn German"), None, "the goal is shorter");
    }
}
