//! Several days in a row by their first and last one: `Monday to Friday`, `3 to 7 May`, `May 3-7`.

use chrono::{Datelike, NaiveDate};

use super::date::{date, day_number, month_day};
use super::following::year;
use super::{Meaning, Preposition, Today, calendar};
use crate::words::{Token, TokenKind, fits_any};

/// The last day that follows the first one at `at`, and how many tokens it takes: `… to Friday`, `… – Friday`, `… through 5 May`.
pub(super) fn last_day(
    tokens: &[Token],
    at: usize,
    preposition: Preposition,
    today: Today,
) -> Option<(NaiveDate, usize)> {
    let link = tokens.get(at)?;
    let to = link.is_any("- through thru")
        || (link.is_any("to until") && preposition == Preposition::From)
        || (link.is("to") && preposition == Preposition::None);
    let (said, taken) = date(tokens, at + 1, today, true).filter(|_| to)?;
    let Meaning::Days(days) = said else { return None };
    Some((days.first()?.date, taken + 1))
}

/// The last day of a span, which is after its first: "Friday to Monday" ends in the week after, "28 December to 3 January" in the year
/// after.
pub(super) fn through(first: NaiveDate, last: NaiveDate) -> NaiveDate {
    let week_later = calendar::plus(last, 7);
    let year_later = last.with_year(last.year() + 1);
    [Some(last), Some(week_later), year_later].into_iter().flatten().find(|day| *day >= first).unwrap_or(first)
}

/// `3 to 7 May`, `the 3rd to the 7th of May`, `May 3-7`: the first and the last day, and how many tokens they take.
pub(super) fn within_a_month(tokens: &[Token], at: usize, today: NaiveDate) -> Option<(NaiveDate, NaiveDate, usize)> {
    let to = |at: usize| {
        let dash = tokens.get(at).is_some_and(|token| token.is("-"));
        if dash { Some(1) } else { fits_any(tokens, at, &["to|until|through|thru the?"]) }
    };
    let (first, last, taken) = match month_day(tokens, at, today) {
        Some((Meaning::Days(days), taken)) => {
            let link = to(at + taken)?;
            let (last, length) = day_number(tokens, at + taken + link)?;
            (days.first()?.date, last, taken + link + length)
        }
        _ => {
            let the = fits_any(tokens, at, &["the"]).unwrap_or(0);
            let (first, length) = day_number(tokens, at + the)?;
            let link = to(at + the + length)?;
            let from = at + the + length + link;
            let (Meaning::Days(days), taken) = month_day(tokens, from, today)? else { return None };
            let last = days.first()?.date;
            (last.with_day(first)?, last.day(), from + taken - at)
        }
    };
    // "March 3 to 5 o'clock", "2 to 4 March 3rd", "March 3 to 5 April"
    let goes_on = tokens.get(at + taken).is_some_and(|next| {
        let is_number = next.norm.starts_with(|c: char| c.is_ascii_digit()) && year(next).is_none();
        let is_month = calendar::month_named(&next.norm).is_some();
        next.kind == TokenKind::Word && (is_number || is_month || next.is_any("am pm o'clock oclock hours"))
            || next.is(":")
    });
    let last = first.with_day(last).filter(|last| first < *last && !goes_on)?;
    Some((first, last, taken))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::tokens;

    #[test]
    fn days_of_a_month_by_the_first_and_the_last_one() {
        let today: NaiveDate = "2026-03-02".parse().unwrap();
        let read = |text: &str| within_a_month(&tokens(text), 0, today);
        for (text, taken) in [
            ("3 to 7 May", 4),
            ("3-7 May", 4),
            ("the 3rd to the 7th of May", 7),
            ("3 until 7 May 2026", 5),
            ("May 3 to 7", 4),
            ("May 3-7", 4),
            ("May 3rd through the 7th, all day", 5),
        ] {
            let (first, last) = ("2026-05-03".parse().unwrap(), "2026-05-07".parse().unwrap());
            assert_eq!(read(text), Some((first, last, taken)), "{text}");
        }
        for text in [
            "7 to 3 May",
            "May 3 to 7pm",
            "May 3 to 7 o'clock",
            "May 3 to 7:30",
            "2 to 4 March 3rd",
            "28 February to 3 March",
            "3 to 7",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn the_last_day_of_a_span_is_after_its_first() {
        let day = |text: &str| -> NaiveDate { text.parse().unwrap() };
        for (first, last, found) in [
            ("2026-03-06", "2026-03-08", "2026-03-08"),
            ("2026-03-06", "2026-03-02", "2026-03-09"),
            ("2026-12-28", "2026-01-03", "2027-01-03"),
        ] {
            assert_eq!(through(day(first), day(last)), day(found), "{first} {last}");
        }
    }
}
