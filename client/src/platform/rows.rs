//! The rows of a list of blocks, in the page.

use wasm_bindgen::prelude::*;
use web_sys::{Element, HtmlElement, NodeList};

use super::{document, element};

/// Identifies a row on the page: the value of its `data-row` attribute.
pub type RowId = u128;

/// Selects the element of a row that takes the focus and handles keys.
pub(super) const KEYED: &str = "[aria-keyshortcuts]";

/// The ids of the rows in an element, and the height of each, in CSS pixels.
pub fn row_heights(id: &str) -> Vec<(RowId, f64)> {
    let Some(element) = element(id) else { return Vec::new() };
    let measure =
        |row: Element| Some((row.get_attribute("data-row")?.parse().ok()?, row.get_bounding_client_rect().height()));
    elements(element.query_selector_all("[data-row]")).filter_map(measure).collect()
}

/// The next row that handles keys, or else the previous one.
pub fn row_beside(row: RowId) -> Option<RowId> {
    let rows = elements(document()?.query_selector_all(&format!("[data-row]:is([data-row=\"{row}\"], :has({KEYED}))")));
    let rows: Vec<RowId> = rows.filter_map(|row| row.get_attribute("data-row")?.parse().ok()).collect();
    // In the week view, a block can have parts in several days.
    let (first, last) = (rows.iter().position(|it| *it == row)?, rows.iter().rposition(|it| *it == row)?);
    rows.get(last + 1).or_else(|| rows.get(first.checked_sub(1)?)).copied()
}

/// Focuses the element of a row that handles keys.
pub fn focus_row(id: &str, row: RowId) {
    let selector = format!("[data-row=\"{row}\"] {KEYED}");
    let found = element(id).and_then(|element| element.query_selector(&selector).ok().flatten());
    if let Some(button) = found.and_then(|found| found.dyn_into::<HtmlElement>().ok()) {
        let _ = button.focus();
    }
}

/// The elements that a query found.
pub(super) fn elements(found: Result<NodeList, JsValue>) -> impl Iterator<Item = Element> {
    let found = found.ok().into_iter().flat_map(|nodes| (0..nodes.length()).filter_map(move |place| nodes.item(place)));
    found.filter_map(|node| node.dyn_into().ok())
}
