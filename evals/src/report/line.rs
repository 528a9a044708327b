//! Lines for the terminal: readable numbers, columns, and text of models without control characters.

/// The meaning of a piece of text, which determines its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hue {
    /// Success.
    Good,
    /// Failure.
    Bad,
    /// Neither success nor failure.
    Odd,
    /// Less important.
    Faint,
    /// Most important.
    Strong,
}

/// Writes with or without colours.
#[derive(Debug, Clone, Copy)]
pub struct Pen {
    /// Whether the terminal shows colours.
    pub colour: bool,
}

impl Pen {
    /// The text in the colour of its meaning (ECMA-48, SGR).
    pub fn paint(self, hue: Hue, text: &str) -> String {
        let code = match hue {
            Hue::Good => 32,
            Hue::Bad => 31,
            Hue::Odd => 33,
            Hue::Faint => 2,
            Hue::Strong => 1,
        };
        match self.colour {
            true => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
            false => text.to_owned(),
        }
    }
}

/// The text on one line of at most `width` characters. A model's text must not move the cursor or reverse the line, so control
/// characters and characters that change the direction are replaced by spaces.
pub fn cut(text: &str, width: usize) -> String {
    let turns =
        |char: char| matches!(char, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let plain: String = text.chars().map(|char| if char.is_control() || turns(char) { ' ' } else { char }).collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    let line = words.join(" ");
    if line.chars().count() <= width {
        return line;
    }
    let kept: String = line.chars().take(width.saturating_sub(1)).collect();
    kept.trim_end().to_owned() + "…"
}

/// Parts joined by dots, wrapped at `width` characters. A part is never broken.
pub fn wrapped(parts: &[String], width: usize) -> Vec<String> {
    const DOT: &str = " · ";
    let mut lines: Vec<String> = Vec::new();
    for part in parts {
        match lines.last_mut() {
            Some(line) if (line.chars().chain(DOT.chars()).chain(part.chars())).count() <= width => {
                *line = format!("{line}{DOT}{part}");
            }
            _ => lines.push(part.clone()),
        }
    }
    lines
}

/// A share of 0.0..=1.0 in percent, without the sign. 0 and 100 have no decimals, so that they stand out.
pub fn hundredths(share: f64) -> String {
    match share {
        ..1e-9 => "0".to_owned(),
        0.999_999_999.. => "100".to_owned(),
        // Halves are rounded up, as on the page.
        share => format!("{:.1}", (1_000.0 * share).round() / 10.0),
    }
}

/// A share of 0.0..=1.0, in percent.
pub fn percent(share: f64) -> String {
    hundredths(share) + " %"
}

/// A time.
pub fn millis(ms: u64) -> String {
    #[expect(clippy::cast_precision_loss)]
    let seconds = ms as f64 / 1e3;
    match ms {
        0..1_000 => format!("{ms} ms"),
        1_000..60_000 => format!("{seconds:.1} s"),
        _ => format!("{} min {} s", ms / 60_000, ms % 60_000 / 1_000),
    }
}

/// A number, shortened if it is at least ten thousand.
pub fn short(number: u64) -> String {
    #[expect(clippy::cast_precision_loss)]
    let float = number as f64;
    match number {
        0..10_000 => number.to_string(),
        10_000..1_000_000 => format!("{:.1}k", float / 1e3),
        _ => format!("{:.1}M", float / 1e6),
    }
}

/// A price in US dollars, with fractions of a cent, because single turns cost less than a cent.
pub fn dollars(price: f64) -> String {
    match price {
        0.0 => "$0".to_owned(),
        0.0..1.0 => format!("${price:.4}"),
        _ => format!("${price:.2}"),
    }
}

/// A number with a noun in the singular (`one`) or the plural (`many`).
pub fn number_of(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// A share of 0.0..=1.0 as a coloured bar of `cells` characters.
pub fn bar(share: f64, cells: usize, pen: Pen) -> String {
    // In range by the clamp.
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let full = (share.clamp(0.0, 1.0) * cells as f64).round() as usize;
    let (on, off) = ("━".repeat(full), "─".repeat(cells - full));
    let hue = if share < 1.0 { Hue::Odd } else { Hue::Good };
    let painted = |hue, text: &str| if text.is_empty() { String::new() } else { pen.paint(hue, text) };
    painted(hue, &on) + &painted(Hue::Faint, &off)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_models_stays_on_one_line_and_moves_no_cursor() {
        for (text, width, expected) in [
            ("short", 5, "short"),
            ("longer", 5, "long…"),
            ("two\nlines\tand \u{1b}[31mred", 40, "two lines and [31mred"),
            ("a\u{202e}b\u{9b}c", 9, "a b c"),
            ("ends in spaces", 6, "ends…"),
            ("любой", 4, "люб…"),
            ("x", 0, "…"),
        ] {
            assert_eq!(cut(text, width), expected, "{text:?}");
        }
    }

    #[test]
    fn numbers_are_as_long_as_they_are_worth() {
        let shares = [0.0, 1e-17, 0.004, 0.5, 0.8125, 0.999, 1.0].map(percent);
        assert_eq!(shares, ["0 %", "0 %", "0.4 %", "50.0 %", "81.3 %", "99.9 %", "100 %"]);
        assert_eq!([7, 999, 1_250, 59_900, 61_000].map(millis), ["7 ms", "999 ms", "1.2 s", "59.9 s", "1 min 1 s"]);
        assert_eq!([9_999, 12_345, 2_500_000].map(short), ["9999", "12.3k", "2.5M"]);
        assert_eq!([0.0, 0.00123, 12.3].map(dollars), ["$0", "$0.0012", "$12.30"]);
    }

    #[test]
    fn parts_go_on_as_few_lines_as_hold_them() {
        let parts = ["four", "by", "nine char", "x"].map(str::to_owned);
        assert_eq!(wrapped(&parts, 9), ["four · by", "nine char", "x"]);
        assert_eq!(wrapped(&parts, 1), parts);
        assert_eq!(wrapped(&[], 9), [""; 0]);
    }

    #[test]
    fn a_bar_has_the_length_that_it_is_given() {
        let pen = Pen { colour: false };
        for (share, expected) in [(0.0, "────"), (0.5, "━━──"), (1.0, "━━━━"), (7.0, "━━━━")]
        {
            assert_eq!(bar(share, 4, pen), expected);
        }
    }
}
