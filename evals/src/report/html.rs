//! One page with everything. It needs no server, no network and no other files. The scripts `html/*.js` render the data in the page;
//! this module only assembles it.
//!
//! The page contains text of models, so three measures prevent it from acting as code: the data is in an element that is not executed
//! and contains no `<`, so it cannot end that element; the scripts insert it as text, never as markup; and the content security policy
//! allows only these scripts and styles, identified by a nonce that depends on the data.

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::summary::Summary;
use crate::record::Record;
use crate::run::Manifest;

const PAGE: &str = include_str!("html/page.html");
const STYLES: [&str; 5] = [
    include_str!("../../../client/styles/00-tokens.css"),
    include_str!("html/page.css"),
    include_str!("html/scores.css"),
    include_str!("html/cases.css"),
    include_str!("html/change.css"),
];
/// In an order such that each script comes after those it uses.
const SCRIPTS: [&str; 6] = [
    include_str!("html/dom.js"),
    include_str!("html/scores.js"),
    include_str!("html/latency.js"),
    include_str!("html/attempt.js"),
    include_str!("html/cases.js"),
    include_str!("html/page.js"),
];

#[derive(Serialize)]
struct Data<'a> {
    manifest: &'a Manifest,
    summary: &'a Summary,
    records: &'a [Record],
}

/// The page of a run.
pub fn html(manifest: &Manifest, summary: &Summary, records: &[Record]) -> String {
    // Cannot fail: it consists of JSON values, numbers and text.
    let data = serde_json::to_string(&Data { manifest, summary, records }).unwrap_or_default();
    let data = data.replace('<', "\\u003c");
    let nonce: String = Sha256::digest(&data).iter().map(|byte| format!("{byte:02x}")).collect();
    let mut page = String::with_capacity(data.len() + 65_536);
    let mut rest = PAGE;
    // Placeholders are replaced only in the template, never in inserted text.
    while let Some((before, after)) = rest.split_once("{{") {
        let (place, after) = after.split_once("}}").unwrap_or((after, ""));
        page += before;
        match place {
            "nonce" => page += &nonce,
            "style" => page.extend(STYLES),
            "script" => page.extend(SCRIPTS),
            "data" => page += &data,
            _ => {}
        }
        rest = after;
    }
    page + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples::{by, failed, of, passed};
    use crate::report::summary;

    fn page(records: &[Record]) -> String {
        let manifest = Manifest {
            models: vec!["m".to_owned()],
            prompts: vec![String::new()],
            repeat: 1,
            suites: Vec::new(),
            filter: None,
            tags: Vec::new(),
            judge: None,
            price: None,
            record: None,
            cases: std::collections::BTreeMap::new(),
            agent: "0123456789abcdef".to_owned(),
            current: vec!["system@2".to_owned()],
        };
        html(&manifest, &summary(records, |_| None), records)
    }

    fn data(page: &str) -> &str {
        let (_, rest) = page.split_once("<script type=\"application/json\" id=\"data\">").unwrap();
        rest.split_once("</script>").unwrap().0
    }

    #[test]
    fn the_records_are_in_the_page_whatever_is_written_in_them() {
        let hostile = "</script><script>alert(1)</script><!-- {{nonce}} {{data}} ]]> \u{2028} & \"'";
        let records = [by(hostile, of(hostile, hostile, &[hostile], failed(hostile, 1, hostile, hostile)))];
        let page = page(&records);
        let data = data(&page);
        assert!(!data.contains('<'));
        let read: serde_json::Value = serde_json::from_str(data).unwrap();
        let back: Vec<Record> = serde_json::from_value(read["records"].clone()).unwrap();
        assert_eq!(back, records);
        assert_eq!(read["summary"]["contenders"][0]["who"]["model"], hostile);
        assert!(data.contains("{{nonce}}"), "what is put in is not filled itself");
    }

    #[test]
    fn every_place_is_filled_and_nothing_is_loaded_from_elsewhere() {
        let page = page(&[passed("a", 1)]);
        assert!(!page.contains("{{"), "a place was left, or a script has such braces");
        for outside in
            ["src=", "href=\"http", "@import", "url(", "fetch(", "innerHTML", "outerHTML", "insertAdjacentHTML"]
        {
            assert!(!page.contains(outside), "{outside}");
        }
    }

    #[test]
    fn only_the_pages_own_scripts_run_and_another_page_has_another_number() {
        let number =
            |page: &str| page.split_once("script-src 'nonce-").unwrap().1.split_once('\'').unwrap().0.to_owned();
        let (one, other) = (page(&[passed("a", 1)]), page(&[passed("b", 1)]));
        assert_ne!(number(&one), number(&other));
        assert_eq!(one.matches("<script").count(), 2);
        assert_eq!(one.matches(&format!("nonce=\"{}\"", number(&one))).count(), 2, "of the script and of the style");
    }
}
