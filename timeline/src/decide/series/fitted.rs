//! What undo and redo do to series.

use super::{blocks_of, leave_out, room_after};
use crate::decide::{Decided, read};
use crate::event::EventKind;
use crate::id::SeriesId;
use crate::series::Series;
use crate::view::{ReadBlocks, ReadSeries};

/// Changes that an undo or a redo makes, so that they fit the series as they are: since the transaction, the service may have made more
/// blocks. They are taken back, too, if the change is about more than one block; the service makes others by the rule that is then in
/// effect.
pub(in crate::decide) fn fitted<V: ReadBlocks + ReadSeries>(
    view: &V,
    changes: Vec<EventKind>,
) -> Decided<V, Vec<EventKind>> {
    room_after(view, &changes)?;
    let mut fitted = Fitted { view, known: Vec::new(), made_since: Vec::new() };
    let mut fits = Vec::with_capacity(changes.len());
    for change in changes {
        fits.extend(fitted.fit(change)?);
    }
    let Fitted { mut made_since, .. } = fitted;
    made_since.extend(fits);
    Ok(made_since)
}

struct Fitted<'a, V> {
    view: &'a V,
    /// The series after the changes so far; `None` is one that is gone.
    known: Vec<(SeriesId, Option<Series>)>,
    /// The deletions of blocks that were made since the transaction.
    made_since: Vec<EventKind>,
}

impl<V: ReadBlocks + ReadSeries> Fitted<'_, V> {
    /// `None` if it changes nothing, because a file was imported in which an event is missing.
    fn fit(&mut self, change: EventKind) -> Decided<V, Option<EventKind>> {
        let id = match &change {
            EventKind::SeriesCreated { series } | EventKind::SeriesDeleted { series } => series.id,
            EventKind::SeriesChanged { after, .. } => after.id,
            _ => return Ok(Some(change)),
        };
        let now = match self.known.iter().rfind(|(known, _)| *known == id) {
            Some((_, series)) => series.clone(),
            None => read(self.view.series(id))?,
        };
        let (after, change) = match (change, now) {
            (EventKind::SeriesCreated { series }, None) => (Some(series.clone()), EventKind::SeriesCreated { series }),
            (EventKind::SeriesDeleted { series }, Some(now)) => {
                self.take_back(&series, &now)?;
                (None, EventKind::SeriesDeleted { series: now })
            }
            (EventKind::SeriesChanged { before, after }, Some(now)) => {
                let after = if before.differs_in_exceptions(&after) {
                    let mut except = now.except.clone();
                    except.retain(|start| after.except.contains(start) || !before.except.contains(start));
                    for start in after.except.iter().filter(|start| !before.except.contains(start)) {
                        leave_out(&mut except, *start);
                    }
                    Series { except, ..now.clone() }
                } else {
                    self.take_back(&before, &now)?;
                    after
                };
                (Some(after.clone()), EventKind::SeriesChanged { before: now, after })
            }
            _ => return Ok(None),
        };
        self.known.push((id, after));
        Ok(Some(change))
    }

    /// Takes back the blocks that were made between two states of a series.
    fn take_back(&mut self, then: &Series, now: &Series) -> Decided<V, ()> {
        if now.made == then.made {
            return Ok(());
        }
        let since = read(self.view.blocks(&blocks_of(now)))?.into_iter();
        let since = since.filter(|block| block.series.is_some_and(|place| place.start >= then.through));
        self.made_since.extend(since.map(|block| EventKind::BlockDeleted { block }));
        Ok(())
    }
}
