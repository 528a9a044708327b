//! Where the rows of a long agenda lie, so that only those near the visible area need to be drawn. Pure.
//!
//! Heights are CSS pixels. A row that was never drawn has an estimated height; after that, its measured height is used.

use std::collections::HashMap;
use std::ops::Range;

use chrono::Datelike;

use super::agenda::{Agenda, Row, Section, SectionKey};
use crate::platform::RowId;

/// Between two sections.
const SECTION_GAP: f64 = 24.0;
/// Between two rows of a section, and between its heading and its first row.
const ROW_GAP: f64 = 2.0;
/// The estimated height of a heading.
const HEADING: f64 = 40.0;
/// The estimated height of a block: time and title.
const BLOCK: f64 = 48.0;
/// The estimated height of any other row.
const LINE: f64 = 28.0;

/// The heights that were measured.
#[derive(Debug, Clone, Default)]
pub struct Heights(HashMap<RowId, f64>);

impl Heights {
    /// Records measurements.
    pub fn measured(&mut self, rows: &[(RowId, f64)]) {
        self.0.extend(rows.iter().copied());
    }

    /// Whether these measurements would change something: a row is new, or its height is different.
    pub fn would_change(&self, rows: &[(RowId, f64)]) -> bool {
        rows.iter().any(|(row, height)| self.0.get(row).is_none_or(|known| (known - height).abs() > 0.5))
    }

    fn of(&self, row: RowId, estimate: f64) -> f64 {
        self.0.get(&row).copied().unwrap_or(estimate)
    }
}

/// The heading of a section.
pub fn heading_id(key: SectionKey) -> RowId {
    // Ids of blocks are UUIDs: version 7 has its bits far above these.
    match key {
        SectionKey::Overdue => 1,
        SectionKey::Inbox => 4,
        SectionKey::Day(date) => (1 << 40) + u128::from(date.num_days_from_ce().unsigned_abs()),
    }
}

/// A row.
pub fn row_id(row: &Row) -> RowId {
    match row {
        Row::Block(entry) => entry.id.uuid().as_u128(),
        Row::Proposed(_, start) => (1 << 60) + u128::from(start.unsigned_abs()),
        Row::Now => 2,
        Row::Free => 3,
    }
}

/// The positions of all rows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Layout {
    sections: Vec<SectionLayout>,
    height: f64,
}

#[derive(Debug, Clone, PartialEq)]
struct SectionLayout {
    heading: RowId,
    top: f64,
    /// Of each row, from the top of the list.
    rows: Vec<(RowId, f64)>,
    end: f64,
}

/// A section with rows near the visible area.
#[derive(Debug, Clone, PartialEq)]
pub struct Near {
    /// Its place in the agenda.
    pub section: usize,
    /// Its rows near the visible area.
    pub rows: Range<usize>,
    /// The height of the rows before them.
    pub before: f64,
    /// The height of the rows after them.
    pub after: f64,
}

/// What should be drawn.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Window {
    /// The height of the sections before.
    pub above: f64,
    /// The sections.
    pub near: Vec<Near>,
    /// The height of the sections after.
    pub below: f64,
}

impl Layout {
    /// The layout of an agenda.
    pub fn new(agenda: &Agenda, heights: &Heights) -> Self {
        let mut y = 0.0;
        let mut sections = Vec::with_capacity(agenda.sections.len());
        for section in &agenda.sections {
            if !sections.is_empty() {
                y += SECTION_GAP;
            }
            sections.push(lay_out(section, heights, &mut y));
        }
        Self { sections, height: y }
    }

    /// What lies between two heights, at least in part. The heading of a section stands as long as a row of it does.
    pub fn window(&self, from: f64, to: f64) -> Window {
        let mut window = Window::default();
        let mut end_of_near = 0.0;
        for (number, section) in self.sections.iter().enumerate() {
            if section.end < from {
                window.above = section.end + SECTION_GAP;
                continue;
            }
            if section.top > to {
                break;
            }
            let ends = section.rows.iter().skip(1).map(|(_, top)| top - ROW_GAP).chain([section.end]);
            let first = ends.take_while(|end| *end < from).count().min(section.rows.len());
            let last = section.rows.iter().take_while(|(_, top)| *top <= to).count().max(first);
            let top_of = |row: usize| section.rows.get(row).map_or(section.end + ROW_GAP, |(_, top)| *top);
            window.near.push(Near {
                section: number,
                rows: first..last,
                before: top_of(first) - top_of(0),
                after: section.end + ROW_GAP - top_of(last),
            });
            end_of_near = section.end;
        }
        window.below = self.height - end_of_near.max(window.above.min(self.height));
        window
    }

    /// The row at a height, or the next one, and how far below its top that is.
    pub fn row_at(&self, y: f64) -> Option<(RowId, f64)> {
        let section = self.sections.iter().take_while(|section| section.top <= y).last()?;
        // At its heading it is the first row: more of the same day can come in between.
        let row = section.rows.iter().take_while(|(_, top)| *top <= y).last().or(section.rows.first());
        let (id, top) = row.copied().unwrap_or((section.heading, section.top));
        Some((id, y - top))
    }

    /// The top of a row or heading.
    pub fn top_of(&self, row: RowId) -> Option<f64> {
        self.sections.iter().find_map(|section| {
            if section.heading == row {
                return Some(section.top);
            }
            section.rows.iter().find(|(id, _)| *id == row).map(|(_, top)| *top)
        })
    }

    /// The total height.
    pub fn height(&self) -> f64 {
        self.height
    }
}

fn lay_out(section: &Section, heights: &Heights, y: &mut f64) -> SectionLayout {
    let top = *y;
    let heading = heading_id(section.key);
    *y += heights.of(heading, HEADING);
    let mut rows = Vec::with_capacity(section.rows.len());
    for (place, row) in section.rows.iter().enumerate() {
        if place > 0 {
            *y += ROW_GAP;
        }
        let estimate = if matches!(row, Row::Block(_)) { BLOCK } else { LINE };
        rows.push((row_id(row), *y));
        *y += heights.of(row_id(row), estimate);
    }
    SectionLayout { heading, top, rows, end: *y }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use flux_timeline::BlockId;
    use uuid::Uuid;

    use super::super::agenda::Entry;
    use super::*;

    fn agenda(days: u32, blocks: u32) -> Agenda {
        let section = |day: u32| {
            let date = NaiveDate::from_num_days_from_ce_opt(739_000 + i32::try_from(day).unwrap()).unwrap();
            let entry = |block: u32| {
                let id = BlockId::new(Uuid::from_u128((1 << 100) + u128::from(day * blocks + block)));
                Row::Block(Entry {
                    id,
                    day: date,
                    overlaps: Vec::new(),
                    is_overdue: false,
                    is_over: false,
                    is_running: false,
                })
            };
            let rows = (0..blocks).map(entry).collect();
            Section { key: SectionKey::Day(date), name: String::new(), note: String::new(), rows }
        };
        Agenda { sections: (0..days).map(section).collect(), ..Agenda::default() }
    }

    /// Height of all that is drawn and of the room left for what is not.
    fn drawn(layout: &Layout, window: &Window) -> f64 {
        let near: f64 = window
            .near
            .iter()
            .map(|near| {
                let rows = near.rows.len() as f64 * (BLOCK + ROW_GAP) - ROW_GAP;
                HEADING + near.before + rows + near.after
            })
            .sum();
        let gaps = window.near.len().saturating_sub(1) as f64 * SECTION_GAP;
        assert!(layout.height() > 0.0);
        window.above + near + gaps + window.below
    }

    #[test]
    fn the_list_has_its_full_height_whatever_is_drawn() {
        let layout = Layout::new(&agenda(30, 20), &Heights::default());
        for from in [0.0, 10.0, 500.0, 1_234.0, 20_000.0, layout.height() - 600.0] {
            let window = layout.window(from, from + 600.0);
            assert!((drawn(&layout, &window) - layout.height()).abs() < 0.01, "from {from}");
            let rows: usize = window.near.iter().map(|near| near.rows.len()).sum();
            assert!((10..=14).contains(&rows), "{rows} rows from {from}");
        }
    }

    #[test]
    fn thousands_of_blocks_of_one_day_are_not_all_drawn() {
        let layout = Layout::new(&agenda(1, 10_000), &Heights::default());
        let window = layout.window(400_000.0, 401_000.0);
        assert_eq!(window.near.len(), 1);
        assert!(window.near[0].rows.len() < 24, "{:?}", window.near);
    }

    #[test]
    fn a_row_is_found_at_its_position_after_it_was_measured() {
        let agenda = agenda(3, 5);
        let mut heights = Heights::default();
        let third = row_id(&agenda.sections[0].rows[2]);
        let before = Layout::new(&agenda, &heights).top_of(third).unwrap();
        let first = |height: f64| [(row_id(&agenda.sections[0].rows[0]), height)];
        assert!(heights.would_change(&first(100.0)));
        heights.measured(&first(100.0));
        assert!(!heights.would_change(&first(100.2)));
        let layout = Layout::new(&agenda, &heights);
        assert_eq!(layout.top_of(third), Some(before + 100.0 - BLOCK));
        assert_eq!(layout.row_at(before + 60.0), Some((third, 60.0 - (100.0 - BLOCK))));
        assert_eq!(layout.row_at(0.0), Some((row_id(&agenda.sections[0].rows[0]), -HEADING)));
        assert_eq!(layout.row_at(-1.0), None);
    }
}
