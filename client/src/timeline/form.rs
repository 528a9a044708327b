//! The form of a block: the values of its fields, and the change that they amount to. Pure.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use flux_timeline::command::{BlockUpdate, NewBlock};
use flux_timeline::reference::PlanRef;
use flux_timeline::text::{Description, Tag, Title};
use flux_timeline::{Block, BlockId, Kind, PlanId, Priority, Span, Zone, clock};

use crate::calls::Mutation;

/// Length of a new block.
const LENGTH: TimeDelta = TimeDelta::hours(1);

/// The values of the fields.
#[derive(Debug, Clone, PartialEq)]
pub struct Form {
    /// The block being edited, as it was when the form was opened. Changes that others make meanwhile are kept. `None` for a
    /// new block.
    pub before: Option<Block>,
    /// The plan that a new block is added to: the one that was shown.
    pub plan: Option<PlanId>,
    /// What is to be done, or takes place.
    pub title: String,
    /// Whether it is a task or an appointment.
    pub kind: Kind,
    /// Wall-clock time, `2026-11-24T08:00`.
    pub start: String,
    /// Wall-clock time.
    pub end: String,
    /// How much it matters.
    pub priority: Priority,
    /// Tags, separated by commas.
    pub tags: String,
    /// More about it.
    pub description: String,
    /// The time that was spent on a task, in minutes.
    pub spent: String,
}

impl Form {
    /// The form for a new block at this time.
    pub fn new(start: DateTime<Utc>, plan: Option<PlanId>, zone: Zone) -> Self {
        Self {
            before: None,
            plan,
            title: String::new(),
            kind: Kind::Task,
            start: clock::wall(zone.wall(start)),
            end: clock::wall(zone.wall(start + LENGTH)),
            priority: Priority::Medium,
            tags: String::new(),
            description: String::new(),
            spent: String::new(),
        }
    }

    /// The form for an existing block.
    pub fn of(block: &Block, zone: Zone) -> Self {
        let tags: Vec<&str> = block.tags.iter().map(Tag::as_str).collect();
        Self {
            before: Some(block.clone()),
            plan: Some(block.plan),
            title: block.title.to_string(),
            kind: block.kind,
            start: clock::wall(zone.wall(block.span.start())),
            end: clock::wall(zone.wall(block.span.end())),
            priority: block.priority,
            tags: tags.join(", "),
            description: block.description.as_ref().map(ToString::to_string).unwrap_or_default(),
            spent: minutes_spent(block).to_string(),
        }
    }

    /// This form as it was when it was opened.
    pub fn again(&self, zone: Zone) -> Self {
        match &self.before {
            Some(block) => Self::of(block, zone),
            // What is new is not lost as long as it says nothing.
            None if self.title.is_empty() && self.description.is_empty() => self.clone(),
            None => Self { title: String::new(), description: String::new(), ..self.clone() },
        }
    }

    /// The block being edited.
    pub fn block(&self) -> Option<BlockId> {
        self.before.as_ref().map(|block| block.id)
    }

    /// The minutes in the field: those that were written, or those of the block as it is now.
    pub fn spent_now(&self, block: &Block) -> String {
        let is_written = self.before.as_ref().is_some_and(|before| minutes_spent(before).to_string() != self.spent);
        if is_written { self.spent.clone() } else { minutes_spent(block).to_string() }
    }

    /// Sets the start and moves the end with it, so that the length stays the same.
    pub fn set_start(&mut self, start: String) {
        let times = (clock::read_wall(&self.start), clock::read_wall(&self.end), clock::read_wall(&start));
        if let (Some(before), Some(end), Some(after)) = times {
            self.end = end.checked_add_signed(after - before).map_or_else(|| self.end.clone(), clock::wall);
        }
        self.start = start;
    }

    /// What the fields come to: a mutation, or none where nothing was changed.
    ///
    /// # Errors
    /// A sentence for the person.
    pub fn mutation(&self, zone: Zone, id: BlockId) -> Result<Option<Mutation>, String> {
        let title = Title::new(&self.title).map_err(|why| why.to_string())?;
        let description = Description::optional(&self.description).map_err(|why| why.to_string())?;
        let names: Vec<&str> = self.tags.split(',').map(str::trim).filter(|tag| !tag.is_empty()).collect();
        let tags = Tag::list(&names).map_err(|why| why.to_string())?;
        let (start, end) = (read(&self.start, "start")?, read(&self.end, "end")?);
        let Some(before) = &self.before else {
            let span = Span::new(zone.instant(start), zone.instant(end)).map_err(|why| why.to_string())?;
            let (kind, priority, depends_on) = (self.kind, self.priority, Vec::new());
            let plan = self.plan.map(PlanRef::Id);
            let new = NewBlock { id, plan, title, kind, description, span, priority, tags, depends_on };
            return Ok(Some(Mutation::Schedule(Box::new(new))));
        };
        // When the clocks are set back, a wall-clock time can mean two instants, so an unedited time keeps its instant.
        let instant = |wall: NaiveDateTime, was: DateTime<Utc>| {
            if clock::wall(wall) == clock::wall(zone.wall(was)) { was } else { zone.instant(wall) }
        };
        let span = Span::new(instant(start, before.span.start()), instant(end, before.span.end()))
            .map_err(|why| why.to_string())?;
        // An appointment has no such field.
        let spent = match self.kind {
            Kind::Task if self.spent != minutes_spent(before).to_string() => Some(minutes(&self.spent)?),
            Kind::Task | Kind::Appointment => None,
        };
        let times = super::moving::move_to(before.span, span).unwrap_or_default();
        let changes = BlockUpdate {
            title: (title != before.title).then_some(title),
            description: (description != before.description).then_some(description),
            kind: (self.kind != before.kind).then_some(self.kind),
            priority: (self.priority != before.priority).then_some(self.priority),
            tags: (tags != before.tags).then_some(tags),
            worked: spent,
            ..times
        };
        Ok((changes != BlockUpdate::default()).then(|| Mutation::Update(before.id, Box::new(changes))))
    }
}

/// The whole minutes that were spent on a block until the timer was last paused.
fn minutes_spent(block: &Block) -> u64 {
    block.worked.ms / 60_000
}

fn minutes(text: &str) -> Result<TimeDelta, String> {
    let minutes = text.parse::<u32>().map_err(|_| "The time spent is not a number of minutes. Nothing was changed.")?;
    Ok(TimeDelta::minutes(minutes.into()))
}

fn read(text: &str, name: &str) -> Result<NaiveDateTime, String> {
    clock::read_wall(text).ok_or_else(|| format!("The {name} is not a date and time. Nothing was changed."))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::super::testing::{at, block};
    use super::*;

    fn oslo() -> Zone {
        Zone::new("Europe/Oslo").unwrap()
    }

    fn id() -> BlockId {
        BlockId::new(Uuid::nil())
    }

    #[test]
    fn a_new_block_is_an_hour_at_the_persons_time() {
        let mut form = Form::new(at("2026-11-24T07:00:00Z"), None, oslo());
        assert_eq!((form.start.as_str(), form.end.as_str()), ("2026-11-24T08:00", "2026-11-24T09:00"));
        form.set_start("2026-11-25T10:30".to_owned());
        assert_eq!(form.end, "2026-11-25T11:30");
        form.title = " Workout ".to_owned();
        form.tags = "health, ,#Sport".to_owned();
        let Ok(Some(Mutation::Schedule(new))) = form.mutation(oslo(), id()) else { panic!("{form:?}") };
        assert_eq!((new.title.as_str(), new.span.start()), ("Workout", at("2026-11-25T09:30:00Z")));
        assert_eq!(new.tags.iter().map(Tag::as_str).collect::<Vec<_>>(), ["health", "Sport"]);
    }

    #[test]
    fn only_what_was_changed_is_wanted() {
        let before = block(1, "2026-11-24T07:00:00Z", "2026-11-24T08:00:00Z", true);
        let mut form = Form::of(&before, oslo());
        assert_eq!(form.mutation(oslo(), id()), Ok(None));
        form.title = "Swim".to_owned();
        form.set_start("2026-11-24T09:00".to_owned());
        let Ok(Some(Mutation::Update(_, changes))) = form.mutation(oslo(), id()) else { panic!("{form:?}") };
        let expected = BlockUpdate {
            title: Some(Title::new("Swim").unwrap()),
            start: Some(at("2026-11-24T08:00:00Z")),
            ..BlockUpdate::default()
        };
        assert_eq!(*changes, expected);
    }

    #[test]
    fn the_time_spent_is_sent_only_if_it_was_changed() {
        let mut before = block(1, "2026-11-24T07:00:00Z", "2026-11-24T08:00:00Z", true);
        before.worked.ms = 25 * 60_000 + 30_000;
        let mut form = Form::of(&before, oslo());
        assert_eq!((form.spent.as_str(), form.mutation(oslo(), id())), ("25", Ok(None)));
        form.spent = "40".to_owned();
        let Ok(Some(Mutation::Update(_, changes))) = form.mutation(oslo(), id()) else { panic!("{form:?}") };
        assert_eq!(*changes, BlockUpdate { worked: Some(TimeDelta::minutes(40)), ..BlockUpdate::default() });
        form.spent = String::new();
        assert!(form.mutation(oslo(), id()).is_err_and(|why| why.ends_with("Nothing was changed.")));
    }

    #[test]
    fn an_unedited_time_keeps_its_instant_in_the_repeated_hour() {
        let before = block(1, "2026-10-25T01:15:00Z", "2026-10-25T01:45:00Z", true);
        let form = Form::of(&before, oslo());
        assert_eq!(form.start, "2026-10-25T02:15");
        assert_eq!(form.mutation(oslo(), id()), Ok(None));
    }

    #[test]
    fn what_does_not_fit_is_a_sentence() {
        let mut form = Form::new(at("2026-11-24T07:00:00Z"), None, oslo());
        assert!(form.mutation(oslo(), id()).is_err_and(|why| why.ends_with('.')));
        form.title = "Swim".to_owned();
        form.end = form.start.clone();
        assert!(form.mutation(oslo(), id()).is_err());
        form.end = String::new();
        let why = form.mutation(oslo(), id()).unwrap_err();
        assert_eq!(why, "The end is not a date and time. Nothing was changed.");
    }
}
