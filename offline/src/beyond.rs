//! Messages that the rules do not handle at all, because they would misunderstand them: pasted texts, conditions, other
//! languages, times in other zones, and days that do not exist.

use super::intent;
use super::split;
use flux_phrases::number;
use flux_phrases::time::month_named;
use flux_phrases::words::{Token, TokenKind, fits, fits_any, has_word};

/// The answer to a message that is not handled.
pub(super) fn beyond(source: &str, tokens: &[Token]) -> Option<String> {
    let own = tokens.get(..split::note(source, tokens)).unwrap_or(tokens);
    let said = if is_shown(tokens) {
        "I carry out nothing of a text that is quoted or pasted, so I changed nothing. Say in your own words what to do."
    } else if is_foreign(own) {
        "I understand only English, so I changed nothing. Say, for example, “Schedule workout tomorrow at 8am”."
    } else if (0..own.len()).any(|at| is_condition(own, at)) {
        "I cannot check a condition first, so I changed nothing. Ask, such as “am I free tomorrow at 3pm?”, and then say what to do."
    } else if (0..own.len()).any(|at| names_a_zone(own, at)) {
        "I read all times in your own zone, so I changed nothing. Say that time as your own clock shows it."
    } else {
        return (0..own.len()).find_map(|at| no_day(own, at)).map(|day| {
            format!("There is no such time as “{day}”, so I changed nothing. Say it again with one that there is.")
        });
    };
    Some(said.to_owned())
}

/// Words for a text that a person shows.
const TEXTS: &[&str] = &[
    "this|following|that mail|email|e-mail|message|letter|poem|newsletter|article|document|doc|post|paragraph|chat|thread|song|story|transcript|sms",
    "mail|email|e-mail|message|letter|poem|sms|newsletter from",
    "bit|part|piece|end of a|an|the|this",
    "here is|are",
    "wrote|writes|texted|messaged|emailed|says|said|sent me?",
    "summarise|summarize|translate|proofread|paraphrase|rephrase me? this|that|the|it? following?",
    "does|do this|that|it mean",
    "you like it|this|that",
];

/// Whether words announce a text that follows after a colon, in quotation marks, or on a line of its own.
fn is_shown(tokens: &[Token]) -> bool {
    let spoken = |token: &Token| token.norm.starts_with(|c: char| c.is_ascii_digit());
    let begins = |at: usize| {
        let token = tokens.get(at)?;
        let colon = token.is(":") && !tokens.get(at + 1).is_some_and(spoken);
        let mark = token.kind == TokenKind::Mark && token.text.starts_with(['"', '“', '„', '«', '`']);
        (colon || mark || matches!(token.kind, TokenKind::Quoted | TokenKind::Break)).then_some(at)
    };
    let Some(before) = (0..tokens.len()).find_map(begins).and_then(|at| tokens.get(..at)) else { return false };
    (0..before.len()).any(|at| fits_any(before, at, TEXTS).is_some())
}

/// Words after which "if" does not begin a condition: "ask Bob if …".
const ASKING: &str = "ask check see know decide find out sure wonder test remember";

fn is_condition(tokens: &[Token], at: usize) -> bool {
    let Some(token) = tokens.get(at).filter(|token| token.kind == TokenKind::Word) else { return false };
    let before = at.checked_sub(1).and_then(|at| tokens.get(at));
    let begins = at == intent::lead_in(tokens, 0)
        || before.is_none_or(|token| token.kind != TokenKind::Word || token.is_any("and but then so only"));
    let polite = fits_any(
        tokens,
        at,
        &["if possible|necessary|needed", "if you can|could|like|please|want|do", "if that works"],
    );
    if polite.is_some() {
        return false;
    }
    let asked = tokens.get(..at).is_some_and(|before| before.iter().any(|token| token.is_any(ASKING)));
    match token.norm.as_str() {
        "unless" => true,
        "if" if begins => true,
        "if" => !asked && fits_any(tokens, at, &["if i|we|it|that|there|this|nothing|nobody|none|my|the"]).is_some(),
        "otherwise" | "else" | "provided" | "assuming" => begins,
        "should" => {
            begins && fits_any(tokens, at, &["should there|it|that|this|the|my|nothing|anything|i|we"]).is_some()
        }
        "depending" => fits(tokens, at, "depending on").is_some(),
        _ => false,
    }
}

/// Words of other languages that are not English words and do not occur in English names.
const FOREIGN: &str = "und bitte morgen heute übermorgen uhr der dem das nicht ich ist für mit auf zum zur eine einen einem ein um mir noch welche kannst nein doch lieber montag dienstag mittwoch donnerstag freitag samstag sonntag kaufen trag lösch leg streich verschieb el los las una por para con mañana hoy pasado que y del mi es lunes martes miércoles jueves viernes sábado domingo tarde ponme mueve borra recuérdame quiero de la en le les du des pour avec dans est demain aujourd'hui à au je j'aimerais ma mets ajoute décale supprime déplace celui jeudi samedi lundi plus har jeg og til den når flytt på søndag lørdag mandag tirsdag onsdag torsdag fredag kal ko ka ki ke karne laga baje shaam subah";
/// Common words of English requests.
const ENGLISH: &str = "at on in to for the a an my me is of with and from by it this that tomorrow today tonight add schedule move delete cancel remind put set make new what when am pm next after";

/// Whether a message is in another language: it has more words of that language than English ones, and they are not
/// only a name.
fn is_foreign(tokens: &[Token]) -> bool {
    let count = |fits: &dyn Fn(&Token) -> bool| {
        tokens.iter().filter(|token| token.kind == TokenKind::Word && fits(token)).count()
    };
    let english = count(&|token| has_word(ENGLISH, &token.norm));
    let foreign = count(&|token| has_word(FOREIGN, &token.norm));
    let scripts = count(&|token| token.norm.chars().any(|c| c.is_alphabetic() && c > '\u{24f}'));
    foreign >= 2 && foreign > english || scripts > 0 && english == 0
}

/// Short names of zones, which people write only after a time.
const ZONES: &str = "utc gmt zulu est edt cst cdt mst mdt pst pdt jst ist bst cet cest eet msk aest aedt hkt sgt kst";
/// Zones, and words before "time" that are not cities.
const TIMES: &str = "their his her your eastern central mountain pacific uk us indian japanese german chinese british";
/// The first part of names in the time zone database.
const REGIONS: &str = "Africa America Asia Atlantic Australia Europe Indian Pacific";

/// Whether a time of another zone ends at `at`: `14:00 UTC`, `3pm their time`, `4pm Tokyo time`, `01:30Z`.
fn names_a_zone(tokens: &[Token], at: usize) -> bool {
    let Some(token) = tokens.get(at).filter(|token| token.kind == TokenKind::Word) else { return false };
    let is_time = |at: Option<usize>| {
        let token = at.and_then(|at| tokens.get(at));
        token.is_some_and(|token| {
            token.norm.starts_with(|c: char| c.is_ascii_digit()) || token.is_any("am pm noon midnight o'clock")
        })
    };
    if token.is_any(ZONES) {
        let skip = usize::from(at > 0 && tokens.get(at - 1).is_some_and(|before| before.is("in")));
        return is_time(at.checked_sub(1 + skip));
    }
    if token.norm.ends_with('z') && token.norm.contains(':') {
        return is_time(Some(at));
    }
    let names = |from: usize| {
        let words: Vec<&str> =
            tokens.get(from..at).unwrap_or_default().iter().map(|token| token.text.as_str()).collect();
        let city = words.join("_");
        has_word(TIMES, &city.to_ascii_lowercase())
            || REGIONS.split(' ').any(|region| flux_timeline::Zone::new(&format!("{region}/{city}")).is_ok())
    };
    token.is("time") && (1..=2).any(|words| at > words && is_time(Some(at - words - 1)) && names(at - words))
}

/// A day that does not exist, or that is too far away for a timeline: `April 31st`, `30 February`, `2 March 2526`.
fn no_day(tokens: &[Token], at: usize) -> Option<String> {
    let day = |at: usize| {
        let (number, _) = number::ordinal(tokens, at).or_else(|| number::whole(tokens, at))?;
        (1..=39).contains(&number).then_some(number)
    };
    let month = |at: usize| month_named(&tokens.get(at)?.norm);
    let (month, day) = match month(at) {
        Some(month) => (month, day(at + 1)?),
        None => {
            let of = fits(tokens, at + 1, "of").unwrap_or(0);
            (month(at + 1 + of)?, day(at)?)
        }
    };
    let longest = match month {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let last = at + 1 + usize::from(tokens.get(at + 1).is_some_and(|token| token.is("of")));
    // A year that is too far away must not be ignored.
    let far = tokens.get(last + 1).and_then(|year| number::digits(&year.norm)).is_some_and(|year| year >= 2400);
    let words: Vec<&str> = tokens.get(at..=last + usize::from(far))?.iter().map(|token| token.text.as_str()).collect();
    (day > longest || far).then(|| words.join(" "))
}
