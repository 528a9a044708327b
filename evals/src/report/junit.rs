//! JUnit XML for CI: a test suite for each suite and contender, a test case for each attempt. There is no standard; this follows the
//! common subset of Jenkins' schema and other readers (<https://github.com/testmoapp/junitxml>).

use std::fmt::Write;

use super::summary::{Who, contenders};
use super::trouble::Trouble;
use crate::record::Record;

/// The attempts as JUnit XML. A failed attempt is a failure; one that could not be made is an error.
pub fn junit(records: &[Record]) -> String {
    let mut groups = String::new();
    for who in contenders(records) {
        let theirs: Vec<&Record> = records.iter().filter(|record| who.made(record)).collect();
        for suite in suites(&theirs) {
            let of_suite: Vec<&Record> = theirs.iter().copied().filter(|record| record.suite == suite).collect();
            test_suite(&mut groups, &who, suite, &of_suite);
        }
    }
    let all: Vec<&Record> = records.iter().collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"evals\" {}>\n{groups}</testsuites>\n",
        counts(&all)
    )
}

fn suites<'a>(records: &[&'a Record]) -> Vec<&'a str> {
    let mut found: Vec<&str> = Vec::new();
    for record in records {
        if !found.contains(&record.suite.as_str()) {
            found.push(&record.suite);
        }
    }
    found
}

fn test_suite(out: &mut String, who: &Who, suite: &str, records: &[&Record]) {
    let who = who.to_string();
    let name = escaped(&format!("{suite} by {who}"));
    let is_repeated = records.iter().any(|record| record.id.repeat > 1);
    // Writing to a string cannot fail.
    let _ = writeln!(out, "  <testsuite name=\"{name}\" {}>", counts(records));
    for record in records {
        let name = match is_repeated {
            true => format!("{} #{}", record.id.case, record.id.repeat),
            false => record.id.case.clone(),
        };
        let (name, class) = (escaped(&name), escaped(&format!("{who}.{suite}.{}", record.category)));
        let time = seconds(&[*record]);
        let _ = write!(out, "    <testcase name=\"{name}\" classname=\"{class}\" time=\"{time}\"");
        let Some(trouble) = Trouble::of(record) else {
            out.push_str("/>\n");
            continue;
        };
        let kind = if record.fault.is_some() { "error" } else { "failure" };
        let (message, check) = (escaped(&trouble.to_string()), escaped(&trouble.check));
        let text = text(record);
        let _ =
            writeln!(out, ">\n      <{kind} message=\"{message}\" type=\"{check}\">{text}</{kind}>\n    </testcase>");
    }
    out.push_str("  </testsuite>\n");
}

fn counts(records: &[&Record]) -> String {
    let errors = records.iter().filter(|record| record.fault.is_some()).count();
    let failures = records.iter().filter(|record| record.fault.is_none() && Trouble::of(record).is_some()).count();
    let time = seconds(records);
    format!("tests=\"{}\" failures=\"{failures}\" errors=\"{errors}\" time=\"{time}\"", records.len())
}

fn seconds(records: &[&Record]) -> String {
    let ms: u64 = records.iter().flat_map(|record| &record.turns).map(|turn| turn.cost.total_ms).sum();
    format!("{}.{:03}", ms / 1_000, ms % 1_000)
}

/// The messages of the person and the failed checks, one per line, escaped.
fn text(record: &Record) -> String {
    if let Some(fault) = &record.fault {
        return escaped(fault);
    }
    let mut lines = Vec::new();
    for (index, turn) in record.turns.iter().enumerate() {
        let failed = || turn.verdicts.iter().filter(|verdict| !verdict.passed);
        if failed().next().is_some() {
            lines.push(format!("turn {}: {}", index + 1, turn.said));
        }
        lines.extend(failed().map(|verdict| format!("  {}: {}", verdict.check, verdict.compared)));
    }
    lines.iter().map(|line| escaped(line)).collect::<Vec<_>>().join("\n")
}

/// Text for an attribute or an element. Characters that XML 1.0 does not allow, even escaped (§2.2), become U+FFFD. Line ends are
/// escaped, because attributes would lose them (§3.3.3).
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => {
                let _ = write!(out, "&#{};", u32::from(char));
            }
            '\0'..' ' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            char => out.push(char),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples::{by, failed, fault, of, passed, turn, verdict};

    #[test]
    fn each_suite_and_contender_is_a_test_suite() {
        let mut several = failed("move-later", 1, "changed", "B4 is as it was");
        several.turns[0].verdicts.push(verdict("reply", false, "it does not mention \"Gym\""));
        several.turns.push(turn());
        insta::assert_snapshot!(junit(&[
            passed("schedule-tomorrow-morning", 1),
            several,
            of("goals", "goals", &[], fault("no-such-zone", 1, "the zone \"Europe/Atlantis\" is not one")),
            by("workers-ai:@cf/llama", passed("schedule-tomorrow-morning", 1)),
            by("workers-ai:@cf/llama", failed("schedule-tomorrow-morning", 2, "added", "nothing was")),
        ]));
    }

    #[test]
    fn what_xml_cannot_hold_is_replaced_and_the_rest_escaped() {
        for (text, expected) in [
            ("a < b && c > \"d\"", "a &lt; b &amp;&amp; c &gt; &quot;d&quot;"),
            ("]]></failure>", "]]&gt;&lt;/failure&gt;"),
            ("one\r\n\ttwo", "one&#13;&#10;&#9;two"),
            ("\0\u{1b}[31m\u{7}", "\u{fffd}\u{fffd}[31m\u{fffd}"),
            ("\u{fffe}\u{ffff}", "\u{fffd}\u{fffd}"),
            ("'ü 日 🙂'", "'ü 日 🙂'"),
        ] {
            assert_eq!(escaped(text), expected, "{text:?}");
        }
    }

    #[test]
    fn hostile_names_and_texts_stay_within_their_place() {
        let bad = "\"/><evil a='&\u{0}";
        let xml = junit(&[by(bad, of(bad, bad, &[], failed(bad, 2, bad, bad)))]);
        assert!(!xml.contains("<evil") && !xml.contains('\0'), "{xml}");
        // The declaration, and the beginning and the end of four elements.
        assert_eq!((xml.matches('<').count(), xml.matches('>').count()), (9, 9), "{xml}");
    }
}
