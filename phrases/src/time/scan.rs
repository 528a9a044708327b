//! Finds the expressions of time in a sentence, each with the preposition before it.

use chrono::NaiveDate;

use super::clock::{self, Lead, Reading};
use super::usual::usual_time;
use super::{
    Day, Expression, Meaning, Openness, Period, PeriodName, Preposition, TimeOfDay, Today, again, calendar, date, span,
};
use crate::duration::{self, Length};
use crate::number;
use crate::words::{Token, TokenKind, fits, fits_any, tokens};

/// What "3pm to 4pm" means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// A range of time.
    Plain,
    /// The old time and the new one: "move my 3pm to 4pm".
    Moving,
}

/// The expressions of time in `tokens`, in order. `tonight` gives two: the day and its part.
pub fn expressions(tokens: &[Token], today: Today, style: Style) -> Vec<Expression> {
    let mut scanner = Scanner { tokens, today, style, found: Vec::new() };
    let mut at = 0;
    while at < tokens.len() {
        at = scanner.step(at);
    }
    scanner.found
}

const PREPOSITIONS: &[(&str, Preposition)] = &[
    ("at about|around?", Preposition::At),
    ("around", Preposition::At),
    ("circa", Preposition::At),
    ("on", Preposition::On),
    ("in|within|during|over", Preposition::In),
    ("for exactly|only|just|about|around|roughly?", Preposition::For),
    ("from|since", Preposition::From),
    ("starting at|from|on|in?", Preposition::From),
    ("beginning at|from|on|in?", Preposition::From),
    ("to|into|onto", Preposition::To),
    ("until", Preposition::Until),
    ("ends|ending|finishes|finishing at|by", Preposition::Until),
    ("up to", Preposition::Until),
    ("by|before", Preposition::By),
    ("due on|at|by|in?", Preposition::By),
    ("no|not later than", Preposition::By),
    ("after", Preposition::After),
];

struct Scanner<'a> {
    tokens: &'a [Token],
    today: Today,
    style: Style,
    found: Vec<Expression>,
}

impl Scanner<'_> {
    /// Reads what begins at `at` and returns the position to continue at.
    fn step(&mut self, at: usize) -> usize {
        let Some(token) = self.tokens.get(at) else { return at + 1 };
        let (preposition, lead) =
            if token.is("@") || token.is("~") { (Preposition::At, 1) } else { self.preposition(at) };
        if lead > 0 {
            let the = fits(self.tokens, at + lead, "the").unwrap_or(0);
            for skip in [the, 0] {
                if let Some(taken) = self.expression(at, at + lead + skip, preposition) {
                    return taken;
                }
            }
        }
        self.expression(at, at, Preposition::None).unwrap_or(at + 1)
    }

    fn preposition(&self, at: usize) -> (Preposition, usize) {
        let fitting = PREPOSITIONS
            .iter()
            .filter_map(|(pattern, preposition)| fits(self.tokens, at, pattern).map(|taken| (*preposition, taken)));
        fitting.max_by_key(|(_, taken)| *taken).unwrap_or((Preposition::None, 0))
    }

    /// Adds the expression at `at`, whose preposition begins at `from`, and returns its end.
    fn expression(&mut self, from: usize, at: usize, preposition: Preposition) -> Option<usize> {
        if self.tokens.get(at)?.kind != TokenKind::Word {
            return None;
        }
        let read = self
            .days_of_a_month(at, preposition)
            .or_else(|| self.range(at, preposition))
            .or_else(|| self.relative(at, preposition))
            .or_else(|| self.again(at, preposition))
            .or_else(|| self.named_part(at))
            .or_else(|| self.around_a_meal(from, at, preposition))
            .or_else(|| self.at_once(at, preposition))
            .or_else(|| self.date(at, preposition))
            .or_else(|| self.part(at, preposition))
            .or_else(|| self.clock(at, preposition))
            .or_else(|| self.length(at, preposition));
        let (meanings, taken) = read?;
        let end = at + taken;
        let possessive = self.tokens.get(end - 1).is_some_and(|token| token.possessive);
        for meaning in meanings {
            self.found.push(Expression { at: from..end, preposition, meaning, possessive });
        }
        Some(end)
    }

    /// Whether a day or a part of a day ends directly before `at`, or before a comma there.
    fn follows_a_day(&self, at: usize) -> bool {
        let before = at.checked_sub(1).and_then(|at| self.tokens.get(at));
        let end = at - usize::from(before.is_some_and(|token| token.is(",")));
        self.found.last().is_some_and(|last| {
            last.at.end == end && matches!(last.meaning, Meaning::Days(_) | Meaning::Part(_) | Meaning::Every(_))
        })
    }

    /// `3 to 7 May`. Where something is moved, "from 3 May to 7 May" is the old day and the new one.
    fn days_of_a_month(&self, at: usize, preposition: Preposition) -> Option<(Vec<Meaning>, usize)> {
        let is_led = matches!(preposition, Preposition::None | Preposition::From | Preposition::For | Preposition::To);
        let is_dashed = |taken: usize| self.tokens.iter().skip(at).take(taken).any(|token| token.is("-"));
        let found = span::within_a_month(self.tokens, at, self.today.now.date()).filter(|_| is_led);
        let (first, last, taken) = found.filter(|(.., taken)| self.style == Style::Plain || is_dashed(*taken))?;
        Some((vec![days_through(first, last)], taken))
    }

    fn range(&self, at: usize, preposition: Preposition) -> Option<(Vec<Meaning>, usize)> {
        let between = at.checked_sub(1).and_then(|at| self.tokens.get(at)).is_some_and(|token| token.is("between"));
        let lead = match preposition {
            _ if between => Lead::Between,
            Preposition::From if self.style == Style::Plain => Lead::From,
            Preposition::From => return None,
            Preposition::At => Lead::Time,
            _ if self.follows_a_day(at) => Lead::Time,
            _ => Lead::None,
        };
        // "Block 9-11 tomorrow": a day after the numbers also makes them a time.
        let before_a_day = || {
            let found = clock::range(self.tokens, at, Lead::Time).filter(|_| at == 0)?;
            self.begins_a_date(at + found.2).then_some(found)
        };
        let (start, end, taken) = clock::range(self.tokens, at, lead).or_else(before_a_day)?;
        let dash = self.tokens.get(at..at + taken)?.iter().any(|token| token.is("-") || token.is("and"));
        (dash || self.style == Style::Plain).then_some((vec![Meaning::TimeRange(start, end)], taken))
    }

    /// `in 2 hours`, `3 days from now`, `a week from Friday`, `2 days ago`.
    fn relative(&self, at: usize, preposition: Preposition) -> Option<(Vec<Meaning>, usize)> {
        let (length, taken) = duration::length(self.tokens, at)?;
        let after = at + taken;
        if preposition == Preposition::In {
            // "in 2 hours' time"
            let time =
                fits(self.tokens, after, "time|from").filter(|_| !self.tokens.get(after).is_some_and(|t| t.is("from")));
            let now = fits(self.tokens, after, "from now").or(time).unwrap_or(0);
            return Some((vec![Meaning::FromNow(length)], taken + now));
        }
        if let Some(more) = fits(self.tokens, after, "from now") {
            return Some((vec![Meaning::FromNow(length)], taken + more));
        }
        if let Some(more) = fits(self.tokens, after, "ago") {
            return Some((vec![Meaning::Ago(length)], taken + more));
        }
        // "For 5 days from Monday" says how long.
        let is_day = length.minutes == 0 && preposition != Preposition::For;
        let link = fits(self.tokens, after, "from|after").filter(|_| is_day)?;
        let (said, more) = date::date(self.tokens, after + link, self.today, true)?;
        let Meaning::Days(days) = said else { return None };
        let day = calendar::plus_length(days.first()?.date, length);
        Some((vec![Meaning::Days(vec![Day::only(day)])], taken + link + more))
    }

    /// `every Monday`, `daily`, `on weekdays`.
    fn again(&self, at: usize, preposition: Preposition) -> Option<(Vec<Meaning>, usize)> {
        let (every, part, taken) = again::every(self.tokens, at, preposition == Preposition::On)?;
        let meanings = std::iter::once(Meaning::Every(every)).chain(part.map(Meaning::Part));
        Some((meanings.collect(), taken))
    }

    /// `tonight`, `this afternoon`, `last night`: a day and its part.
    fn named_part(&self, at: usize) -> Option<(Vec<Meaning>, usize)> {
        let today = self.today.now.date();
        if let Some(taken) = fits(self.tokens, at, "tonight") {
            let (part, _) = date::part(&tokens("night"), 0)?;
            return Some((vec![Meaning::Days(vec![Day::only(today)]), Meaning::Part(part)], taken));
        }
        for (pattern, days) in [("this|today", 0), ("later this", 0), ("last", -1)] {
            let Some(lead) = fits(self.tokens, at, pattern) else { continue };
            if let Some((part, taken)) = date::part(self.tokens, at + lead) {
                let day = Day::only(calendar::plus(today, days));
                return Some((vec![Meaning::Days(vec![day]), Meaning::Part(part)], lead + taken));
            }
        }
        None
    }

    /// `after lunch`, `before work`, `first thing`: usual times of a day.
    fn around_a_meal(&self, from: usize, at: usize, preposition: Preposition) -> Option<(Vec<Meaning>, usize)> {
        if let Some(taken) = fits(self.tokens, at, "first thing in? the? morning?") {
            return Some((vec![fixed(8, 0)], taken));
        }
        let before = self.tokens.get(from).is_some_and(|token| token.is("before"));
        let word = self.tokens.get(at)?.norm.as_str();
        let (hour, minute) = usual_time(preposition, before, word)?;
        // "after work drinks" is a name
        let goes_on = self.tokens.get(at + 1).is_none_or(|token| {
            token.kind != TokenKind::Word || token.is_any(FOLLOWS_A_TIME) || self.begins_a_date(at + 1)
        });
        goes_on.then(|| (vec![fixed(hour, minute)], 1))
    }

    fn at_once(&self, at: usize, preposition: Preposition) -> Option<(Vec<Meaning>, usize)> {
        if let Some(taken) = fits(self.tokens, at, "later today") {
            return Some((vec![Meaning::Days(vec![Day::only(self.today.now.date())])], taken));
        }
        if let Some(taken) = fits_any(self.tokens, at, &["all day long?", "all-day", "the? whole|entire|full day"]) {
            return Some((vec![Meaning::AllDay], taken));
        }
        let now =
            fits_any(self.tokens, at, &["right now", "immediately", "right|straight away", "this minute|instant"]);
        if let Some(taken) = now {
            return Some((vec![Meaning::Now], taken));
        }
        if let Some(taken) = fits_any(self.tokens, at, &["asap", "as soon as possible", "at the next opportunity"]) {
            return Some((vec![Meaning::Soon], taken));
        }
        if let Some(taken) = fits(self.tokens, at, "a bit|while|moment").filter(|_| preposition == Preposition::In) {
            return Some((vec![Meaning::FromNow(Length::minutes(30))], taken));
        }
        // At the beginning of a request "now" is a filler.
        let last =
            self.tokens.get(at + 1).is_none_or(|token| token.kind != TokenKind::Word || token.is_any("for until"));
        fits(self.tokens, at, "now")
            .filter(|_| last && (at > 0 || preposition != Preposition::None))
            .map(|taken| (vec![Meaning::Now], taken))
    }

    fn date(&self, at: usize, preposition: Preposition) -> Option<(Vec<Meaning>, usize)> {
        // "to the 3rd", "from 3/5": anything but "after 3.5 km"
        let led = !matches!(preposition, Preposition::None | Preposition::At);
        let (said, mut taken) = date::date(self.tokens, at, self.today, led)?;
        let Meaning::Days(mut days) = said else { return Some((vec![said], taken)) };
        let possessive = |end: usize| self.tokens.get(end - 1).is_some_and(|token| token.possessive);
        if possessive(at + taken) {
            return Some((vec![Meaning::Days(days)], taken));
        }
        if self.style == Style::Plain
            && let Some((last, more)) = span::last_day(self.tokens, at + taken, preposition, self.today)
            && let Some(first) = days.first().map(|day| day.date)
        {
            return Some((vec![days_through(first, span::through(first, last))], taken + more));
        }
        while let Some((day, more)) = self.one_more_day(at + taken) {
            days.push(day);
            taken += more;
        }
        Some((vec![Meaning::Days(days)], taken))
    }

    /// `, Wednesday`, `and Friday`: another day of a list.
    fn one_more_day(&self, at: usize) -> Option<(Day, usize)> {
        let mut lead = usize::from(self.tokens.get(at)?.is(","));
        lead += fits(self.tokens, at + lead, "and|or").unwrap_or(0);
        if lead == 0 {
            return None;
        }
        lead += fits(self.tokens, at + lead, "on").unwrap_or(0);
        let (said, taken) = date::date(self.tokens, at + lead, self.today, true)?;
        let Meaning::Days(days) = said else { return None };
        let owned = self.tokens.get(at + lead + taken - 1).is_some_and(|token| token.possessive);
        (!owned).then_some((*days.first()?, lead + taken))
    }

    /// `in the morning`, and after a day also `morning`.
    fn part(&self, at: usize, preposition: Preposition) -> Option<(Vec<Meaning>, usize)> {
        let (part, taken) = date::part(self.tokens, at)?;
        let led = !matches!(preposition, Preposition::None | Preposition::On) || self.follows_a_day(at);
        led.then(|| (vec![Meaning::Part(part)], taken))
    }

    fn clock(&self, at: usize, preposition: Preposition) -> Option<(Vec<Meaning>, usize)> {
        if let Some((clock, taken)) = clock::clock(self.tokens, at, Reading::Strict) {
            return Some((vec![Meaning::Time(clock)], taken));
        }
        let expected = matches!(
            preposition,
            Preposition::At
                | Preposition::Until
                | Preposition::By
                | Preposition::After
                | Preposition::From
                | Preposition::To
        );
        if !expected && !self.follows_a_day(at) {
            return None;
        }
        // "by 45 minutes" is a length.
        if duration::length(self.tokens, at).is_some() {
            return None;
        }
        let (clock, taken) = clock::clock(self.tokens, at, Reading::Lenient)?;
        let number = self.tokens.get(at).is_some_and(|token| number::digits(&token.norm).is_some());
        self.may_follow_a_bare_time(at + taken, preposition == Preposition::At && number)
            .then_some((vec![Meaning::Time(clock)], taken))
    }

    /// "at 5 Guys", "by 3 people" and "after 2 beers" are not times, but "at 8 gym" is.
    fn may_follow_a_bare_time(&self, at: usize, after_at: bool) -> bool {
        let Some(token) = self.tokens.get(at).filter(|token| token.kind == TokenKind::Word) else {
            return !self.tokens.get(at).is_some_and(|token| token.is("%"));
        };
        let loose = after_at
            && !token.text.starts_with(char::is_uppercase)
            && !token.is_any("people persons euro euros dollars percent km kg m miles points of");
        loose || token.is_any(FOLLOWS_A_TIME) || self.begins_a_date(at)
    }

    fn begins_a_date(&self, at: usize) -> bool {
        date::date(self.tokens, at, self.today, false).is_some() || fits(self.tokens, at, "tonight").is_some()
    }

    fn length(&self, at: usize, preposition: Preposition) -> Option<(Vec<Meaning>, usize)> {
        let lead =
            fits_any(self.tokens, at, &["lasting|taking|takes", "duration|length of?", "the? next"]).unwrap_or(0);
        let colon = usize::from(lead > 0 && self.tokens.get(at + lead).is_some_and(|token| token.is(":")));
        let lead = lead + colon;
        let (length, taken) = duration::length(self.tokens, at + lead)?;
        // "a 5 day trip": days are part of a name unless they follow "for" or "by".
        let said = length.days == 0 && length.months == 0
            || matches!(preposition, Preposition::For | Preposition::By | Preposition::To)
            || lead > 0;
        let article = self.tokens.get(at).is_some_and(|token| token.is_any("a an"))
            && preposition == Preposition::None
            && length.days > 0;
        if !said || article {
            return None;
        }
        let end = at + lead + taken;
        let hyphen = usize::from(self.tokens.get(end).is_some_and(|token| token.is("-")));
        let long = fits(self.tokens, end + hyphen, "long").map_or(0, |long| long + hyphen);
        let of = if preposition == Preposition::None { fits(self.tokens, end + long, "of").unwrap_or(0) } else { 0 };
        Some((vec![Meaning::Length(length)], lead + taken + long + of))
    }
}

/// Words that can follow a time. Before any other word, a bare number is a count.
const FOLLOWS_A_TIME: &str = "on for with to in from and then until by this next today tomorrow every instead please at is about or the my a an because so if sharp now but as not each am pm after before rather remind schedule and high low urgent important thanks";

fn days_through(first: NaiveDate, last: NaiveDate) -> Meaning {
    Meaning::Period(Period { from: first, to: calendar::plus(last, 1), name: PeriodName::Span })
}

fn fixed(hour: u32, minute: u32) -> Meaning {
    Meaning::Time(TimeOfDay { hour, minute, open: Openness::Fixed })
}
