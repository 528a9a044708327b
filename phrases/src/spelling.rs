//! Contractions, and typing mistakes in words that matter for a request.

use crate::word_list::has_word;

/// Long words whose typing mistakes are corrected: one letter too many, missing or wrong, or two letters swapped. Words for
/// deleting are not among them, so that no deletion is guessed. Only [`KNOWN_SLIPS`] has mistakes in such words.
const CORRECTED: &str = "schedule reschedule remind reminder tomorrow yesterday tonight morning afternoon evening weekend monday tuesday wednesday thursday friday saturday sunday january february september october november december august postpone complete completed finished priority minutes minute calendar timeline appointment everything duration important midnight";

/// English words that are one letter away from a word in [`CORRECTED`] and are left as they are.
const NOT_SLIPS: &str = "rewind remand remained minuet minuets minutest sundae mourning moaning moaning evenings mornings weekends schedules scheduled reminds reminders calendars timelines fridays mondays tuesdays wednesdays thursdays saturdays sundays appointments afternoons completes completer complexes finishes priorities remixed augustus leaving warning evening evenly learning priory durations complected postponed postpones remained rescheduled weekday tomorrows";

/// Mistakes and short forms that differ by more than one letter, or are too short to guess.
const KNOWN_SLIPS: &str = "tommorow=tomorrow tommorrow=tomorrow tomorow=tomorrow tmrw=tomorrow tmr=tomorrow tmrow=tomorrow tomoz=tomorrow 2morrow=tomorrow 2moro=tomorrow tomo=tomorrow 2day=today todya=today tody=today tday=today 2nite=tonight tonite=tonight wensday=wednesday wendsday=wednesday wendesday=wednesday wednsday=wednesday thrusday=thursday firday=friday thurday=thursday teusday=tuesday satuday=saturday febuary=february schedual=schedule scedule=schedule sched=schedule skedule=schedule shedule=schedule remidn=remind delte=delete delet=delete deleet=delete dlete=delete remvoe=remove cancle=cancel cancell=cancel canel=cancel mvoe=move complet=complete appt=appointment apt=appointment mtg=meeting meetign=meeting meting=meeting pls=please plz=please mv=move nxt=next plese=please thx=thanks ty=thanks u=you ur=your wknd=weekend prio=priority hr=hour hrs=hours min=minutes mins=minutes mintues=minutes minuts=minutes minuets=minutes wk=week wks=weeks sec=seconds &=and n=and a.m=am a.m.=am p.m=pm p.m.=pm shceduled=scheduled wat=what wats=what whats=what im=i dont=not lets=let cant=not til=until 'til=until till=until w/=with asap=asap ok=okay tues=tuesday weds=wednesday thur=thursday thurs=thursday finsihed=finished hwo=how undow=undo oclock=o'clock";

/// Contractions that become two words.
const CONTRACTIONS: &[(&str, &str, &str)] = &[
    ("let's", "let", "us"),
    ("can't", "can", "not"),
    ("won't", "will", "not"),
    ("i'm", "i", "am"),
    ("cannot", "can", "not"),
    ("wanna", "want", "to"),
    ("gotta", "have", "to"),
    ("gonna", "going", "to"),
    ("lemme", "let", "me"),
    ("gimme", "give", "me"),
    ("what're", "what", "are"),
    ("y'all", "you", "all"),
];

/// Words after which `'s` means "is". After other words it is a possessive.
const WITH_IS: &str = "what when where who how that it there here he she why which";

/// The two words of a contraction.
pub(crate) fn contraction(word: &str) -> Option<(String, String)> {
    if let Some((_, first, second)) = CONTRACTIONS.iter().find(|(short, ..)| *short == word) {
        return Some(((*first).to_owned(), (*second).to_owned()));
    }
    let (stem, ending) = word.rsplit_once('\'')?;
    let second = match ending {
        "s" if has_word(WITH_IS, stem) => "is",
        "d" => "would",
        "ll" => "will",
        "ve" => "have",
        "re" => "are",
        "t" => return stem.strip_suffix('n').map(|stem| (stem.to_owned(), "not".to_owned())),
        _ => return None,
    };
    (!stem.is_empty()).then(|| (stem.to_owned(), second.to_owned()))
}

/// A word, with a typing mistake corrected if it has one.
pub(crate) fn corrected(word: &str) -> String {
    let pairs = || KNOWN_SLIPS.split_ascii_whitespace().filter_map(|pair| pair.split_once('='));
    if let Some((_, known)) = pairs().find(|(slip, _)| *slip == word) {
        return known.to_owned();
    }
    let letters: Vec<char> = word.chars().collect();
    if letters.len() < 6
        || has_word(CORRECTED, word)
        || has_word(NOT_SLIPS, word)
        || !letters.iter().all(char::is_ascii_lowercase)
    {
        return word.to_owned();
    }
    let meant = CORRECTED.split_ascii_whitespace().find(|known| {
        let known: Vec<char> = known.chars().collect();
        known.len() >= 6 && known.first() == letters.first() && one_slip_apart(&letters, &known)
    });
    meant.map_or_else(|| word.to_owned(), |meant| (*meant).to_owned())
}

/// Whether two words differ by one letter that was added, left out or replaced, or by two neighbours that were swapped.
///
/// ```
/// use flux_phrases::spelling::one_slip_apart;
///
/// let chars = |word: &str| word.chars().collect::<Vec<char>>();
/// assert!(one_slip_apart(&chars("dentist"), &chars("dentsit")));
/// assert!(!one_slip_apart(&chars("dentist"), &chars("dentist")));
/// ```
pub fn one_slip_apart(a: &[char], b: &[char]) -> bool {
    let same = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (a, b) = (a.get(same..).unwrap_or_default(), b.get(same..).unwrap_or_default());
    match (a, b) {
        ([], []) => false,
        ([_, a @ ..], b) if a == b => true,
        (a, [_, b @ ..]) if a == b => true,
        ([_, a @ ..], [_, b @ ..]) if a == b => true,
        ([a1, a2, a @ ..], [b1, b2, b @ ..]) => a1 == b2 && a2 == b1 && a == b,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_of_one_letter_are_corrected_in_long_words_only() {
        for (slip, meant) in [
            ("tomorow", "tomorrow"),
            ("shedule", "schedule"),
            ("scheduel", "schedule"),
            ("wednsday", "wednesday"),
            ("reschedlue", "reschedule"),
            ("afternon", "afternoon"),
            ("finishd", "finished"),
            ("satrday", "saturday"),
        ] {
            assert_eq!(corrected(slip), meant);
        }
    }

    #[test]
    fn words_for_deleting_are_never_guessed() {
        for word in ["deplete", "delate", "removed", "rewind", "sundae", "chancel", "learning"] {
            assert_eq!(corrected(word), word);
        }
    }

    #[test]
    fn contractions_become_two_words() {
        for (short, first, second) in
            [("i'd", "i", "would"), ("don't", "do", "not"), ("what's", "what", "is"), ("i'm", "i", "am")]
        {
            assert_eq!(contraction(short), Some((first.to_owned(), second.to_owned())));
        }
        assert_eq!(contraction("ana's"), None);
    }
}
