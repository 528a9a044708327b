//! Numbers in digits and in words. Functions that take a position return the number and how many tokens it takes.

use super::words::{Token, TokenKind};

const ONES: &str = "zero=0 one=1 two=2 three=3 four=4 five=5 six=6 seven=7 eight=8 nine=9 ten=10 eleven=11 twelve=12 thirteen=13 fourteen=14 fifteen=15 sixteen=16 seventeen=17 eighteen=18 nineteen=19";
const TENS: &str = "twenty=20 thirty=30 forty=40 fourty=40 fifty=50 sixty=60 seventy=70 eighty=80 ninety=90";
const ORDINALS: &str = "first=1 second=2 third=3 fourth=4 fifth=5 sixth=6 seventh=7 eighth=8 ninth=9 tenth=10 eleventh=11 twelfth=12 thirteenth=13 fourteenth=14 fifteenth=15 sixteenth=16 seventeenth=17 eighteenth=18 nineteenth=19 twentieth=20 thirtieth=30";

fn of(list: &str, word: &str) -> Option<u32> {
    let mut pairs = list.split(' ').filter_map(|pair| pair.split_once('='));
    pairs.find(|(name, _)| *name == word)?.1.parse().ok()
}

/// A whole number below 100 in words, or of up to four digits.
///
/// ```
/// use flux_phrases::number::whole;
/// use flux_phrases::words::tokens;
///
/// assert_eq!(whole(&tokens("twenty five minutes"), 0), Some((25, 2)));
/// ```
pub fn whole(tokens: &[Token], at: usize) -> Option<(u32, usize)> {
    let token = tokens.get(at).filter(|token| token.kind == TokenKind::Word)?;
    if let Some(number) = digits(&token.norm) {
        return Some((number, 1));
    }
    in_words(&token.norm).or_else(|| of(TENS, &token.norm)).map(|number| {
        let ones =
            tokens.get(at + 1).filter(|_| number >= 20 && number % 10 == 0).and_then(|token| of(ONES, &token.norm));
        match ones.filter(|ones| (1..10).contains(ones)) {
            Some(ones) => (number + ones, 2),
            None => (number, 1),
        }
    })
}

/// A number of one word: `seven`, `twenty-five`.
fn in_words(word: &str) -> Option<u32> {
    if let Some(number) = of(ONES, word) {
        return Some(number);
    }
    let (tens, ones) = word.split_once('-')?;
    Some(of(TENS, tens)? + of(ONES, ones).filter(|ones| (1..10).contains(ones))?)
}

/// A whole number of one to four digits.
pub fn digits(word: &str) -> Option<u32> {
    let plain = (1..=4).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit());
    if plain { word.parse().ok() } else { None }
}

/// A number that may have a fraction, in hundredths: `1.5`, `1,5`, `2½`, `two`.
pub(crate) fn decimal(tokens: &[Token], at: usize) -> Option<(i64, usize)> {
    if let Some((number, length)) = whole(tokens, at) {
        return Some((i64::from(number) * 100, length));
    }
    let token = tokens.get(at).filter(|token| token.kind == TokenKind::Word)?;
    if let Some(before) = token.norm.strip_suffix('½') {
        let whole = if before.is_empty() { 0 } else { digits(before)? };
        return Some((i64::from(whole) * 100 + 50, 1));
    }
    fraction(&token.norm).map(|number| (number, 1))
}

/// A decimal fraction in digits, with a dot or a comma, in hundredths.
pub(crate) fn fraction(word: &str) -> Option<i64> {
    let (whole, fraction) = word.split_once(['.', ',']).unwrap_or((word, "0"));
    let whole = if whole.is_empty() { 0 } else { digits(whole)? };
    let tenths = digits(fraction).filter(|_| fraction.len() <= 2)?;
    Some(i64::from(whole) * 100 + i64::from(if fraction.len() == 1 { tenths * 10 } else { tenths }))
}

/// An ordinal number: `3rd`, `third`, `twenty-first`, `21st`.
pub fn ordinal(tokens: &[Token], at: usize) -> Option<(u32, usize)> {
    let token = tokens.get(at).filter(|token| token.kind == TokenKind::Word)?;
    let word = token.norm.as_str();
    for ending in ["st", "nd", "rd", "th"] {
        if let Some(number) = word.strip_suffix(ending).and_then(digits) {
            return Some((number, 1));
        }
    }
    if let Some(number) = of(ORDINALS, word) {
        return Some((number, 1));
    }
    if let Some((tens, ones)) = word.split_once('-') {
        return Some((of(TENS, tens)? + of(ORDINALS, ones)?, 1));
    }
    let tens = of(TENS, word)?;
    let ones = of(ORDINALS, &tokens.get(at + 1)?.norm).filter(|ones| *ones < 10)?;
    Some((tens + ones, 2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::tokens;

    #[test]
    fn numbers_in_digits_and_words() {
        for (text, number) in
            [("7", 700), ("twenty five", 2_500), ("twenty-five", 2_500), ("1.5", 150), ("1,25", 125), ("2½", 250)]
        {
            assert_eq!(decimal(&tokens(text), 0).map(|found| found.0), Some(number), "{text}");
        }
        for (text, number) in [("3rd", 3), ("third", 3), ("twenty-first", 21), ("thirty first", 31), ("22nd", 22)] {
            assert_eq!(ordinal(&tokens(text), 0).map(|found| found.0), Some(number), "{text}");
        }
        assert_eq!(whole(&tokens("B12"), 0), None);
    }
}
