//! The form of a block: the values of its fields, and the change that they amount to. Pure.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use flux_timeline::command::{self, BlockUpdate, NewBlock, Scope};
use flux_timeline::reference::PlanRef;
use flux_timeline::text::{Description, Tag, Title};
use flux_timeline::{Block, BlockId, Days, Kind, PlanId, Priority, Reminders, SeriesId, Span, When, Zone, clock};

use super::repeat::{Every, Repeat};
use crate::calls::Mutation;

/// Length of a new block.
const LENGTH: TimeDelta = TimeDelta::hours(1);
/// When something begins that was all day, until a time is chosen.
const MORNING: NaiveTime = match NaiveTime::from_hms_opt(9, 0, 0) {
    Some(time) => time,
    None => NaiveTime::MIN,
};

/// Whether a block has a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timing {
    /// It starts and ends at a time.
    Time,
    /// It is all day.
    AllDay,
    /// It has no time yet. Only a task can lack one.
    None,
}

/// The values of the fields.
#[derive(Debug, Clone, PartialEq)]
pub struct Form {
    /// The block being edited, as it was when the form was opened. Changes that others make meanwhile are kept. `None` for a
    /// new block.
    pub before: Option<Block>,
    /// The plan that a new block is added to: the active one, unless another was chosen.
    pub plan: Option<PlanId>,
    /// What is to be done, or takes place.
    pub title: String,
    /// Whether it is a task or an appointment.
    pub kind: Kind,
    /// Whether it has a time.
    pub timing: Timing,
    /// Wall-clock time, `2026-11-24T08:00`.
    pub start: String,
    /// Wall-clock time.
    pub end: String,
    /// The first day of an all-day block, `2026-11-24`.
    pub first_day: String,
    /// The last day of an all-day block.
    pub last_day: String,
    /// How long a task without a time will take, in minutes; empty if that is not known.
    pub minutes: String,
    /// The first day for a task, `2026-11-24`; empty if there is none.
    pub first: String,
    /// The last day for a task.
    pub due: String,
    /// How much it matters.
    pub priority: Priority,
    /// Tags, separated by commas.
    pub tags: String,
    /// More about it.
    pub description: String,
    /// The time that was spent on a task, in minutes.
    pub spent: String,
    /// Its own reminders; `None` leaves them to the settings.
    pub reminders: Option<Reminders>,
    /// How it repeats, if that changes.
    pub repeat: Repeat,
    /// How much of its series the changes are about.
    pub scope: Scope,
}

impl Form {
    /// The form for a new block at this time.
    pub fn new(start: DateTime<Utc>, plan: Option<PlanId>, zone: Zone) -> Self {
        Self {
            before: None,
            plan,
            title: String::new(),
            kind: Kind::Task,
            timing: Timing::Time,
            start: clock::wall(zone.wall(start)),
            end: clock::wall(zone.wall(start + LENGTH)),
            first_day: String::new(),
            last_day: String::new(),
            minutes: String::new(),
            first: String::new(),
            due: String::new(),
            priority: Priority::Medium,
            tags: String::new(),
            description: String::new(),
            spent: String::new(),
            reminders: None,
            repeat: Repeat::default(),
            scope: Scope::One,
        }
    }

    /// The same with another end.
    pub fn until(self, end: DateTime<Utc>, zone: Zone) -> Self {
        Self { end: clock::wall(zone.wall(end)), ..self }
    }

    /// The form for an existing block.
    pub fn of(block: &Block, zone: Zone) -> Self {
        let tags: Vec<&str> = block.tags.iter().map(Tag::as_str).collect();
        Self {
            before: Some(block.clone()),
            plan: Some(block.plan),
            title: block.title.to_string(),
            kind: block.kind,
            timing: match block.when() {
                Some(When::Span(_)) => Timing::Time,
                Some(When::Days(_)) => Timing::AllDay,
                None => Timing::None,
            },
            start: block.span.map(|span| clock::wall(zone.wall(span.start()))).unwrap_or_default(),
            end: block.span.map(|span| clock::wall(zone.wall(span.end()))).unwrap_or_default(),
            first_day: block.days.map(|days| clock::iso_date(days.first())).unwrap_or_default(),
            last_day: block.days.map(|days| clock::iso_date(days.last())).unwrap_or_default(),
            minutes: block.length().map(|length| length.num_minutes().to_string()).unwrap_or_default(),
            first: block.not_before.map(clock::iso_date).unwrap_or_default(),
            due: block.due.map(clock::iso_date).unwrap_or_default(),
            priority: block.priority,
            tags: tags.join(", "),
            description: block.description.as_ref().map(ToString::to_string).unwrap_or_default(),
            spent: block.worked.minutes().to_string(),
            reminders: block.reminders.clone(),
            repeat: Repeat::default(),
            scope: Scope::One,
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
        let is_written = self.before.as_ref().is_some_and(|before| before.worked.minutes().to_string() != self.spent);
        if is_written { self.spent.clone() } else { block.worked.minutes().to_string() }
    }

    /// Sets the start and moves the end with it, so that the length stays the same. A task that had no time gets its estimate.
    pub fn set_start(&mut self, start: String) {
        let end = match (clock::read_wall(&self.start), clock::read_wall(&self.end), clock::read_wall(&start)) {
            (Some(before), Some(end), Some(after)) => end.checked_add_signed(after - before),
            (_, None, Some(after)) => after.checked_add_signed(
                self.minutes.parse().map_or(LENGTH, |minutes: u32| TimeDelta::minutes(minutes.into())),
            ),
            _ => None,
        };
        self.end = end.map_or_else(|| self.end.clone(), clock::wall);
        self.start = start;
    }

    /// Whether it is about a task without a time.
    pub fn is_for_inbox(&self) -> bool {
        self.kind == Kind::Task && self.timing == Timing::None
    }

    /// Makes it all day, or no longer so. What becomes all day keeps its days, and what gets a time keeps the day on which it begins.
    pub fn set_all_day(&mut self, is_all_day: bool) {
        let (start, end) = (clock::read_wall(&self.start), clock::read_wall(&self.end));
        if is_all_day {
            let first = start.map(|start| clock::iso_date(start.date()));
            // Otherwise the last day is that of the fields already.
            if let (Some(start), Some(first)) = (start, first.filter(|first| *first != self.first_day)) {
                // What ends at midnight does not last on the next day.
                let last = end.map_or(start, |end| (end - TimeDelta::milliseconds(1)).max(start));
                (self.first_day, self.last_day) = (first, clock::iso_date(last.date()));
            }
        } else if let Some(day) = clock::read_date(&self.first_day) {
            let time = start.map_or(MORNING, |start| start.time());
            self.set_start(clock::wall(day.and_time(time)));
        }
        self.timing = if is_all_day { Timing::AllDay } else { Timing::Time };
    }

    /// Sets the first day and moves the last one with it, so that it lasts as many days.
    pub fn set_first_day(&mut self, first: String) {
        let dates = (clock::read_date(&self.first_day), clock::read_date(&self.last_day), clock::read_date(&first));
        self.last_day = match dates {
            (Some(before), Some(last), Some(after)) => clock::iso_date(last + (after - before)),
            _ => first.clone(),
        };
        self.first_day = first;
    }

    /// Whether it is about a task that has a first day or is due. What begins to repeat has its own days.
    pub fn has_days(&self) -> bool {
        self.kind == Kind::Task && (self.is_for_inbox() || self.repeat.every == Every::AsItIs)
    }

    /// The time in the fields. When the clocks are set back, a wall-clock time can mean two instants, so an unedited time keeps its instant.
    fn span(&self, was: Option<Span>, zone: Zone) -> Result<Span, String> {
        let instant = |wall: NaiveDateTime, was: Option<DateTime<Utc>>| {
            let same = was.filter(|was| clock::wall(wall) == clock::wall(zone.wall(*was)));
            same.unwrap_or_else(|| zone.instant(wall))
        };
        let start = instant(read(&self.start, "start")?, was.map(Span::start));
        let end = instant(read(&self.end, "end")?, was.map(Span::end));
        Span::new(start, end).map_err(|why| why.to_string())
    }

    /// When it takes place, as the fields say. `None` for a task without a time.
    fn when(&self, zone: Zone) -> Result<Option<When>, String> {
        if self.timing == Timing::AllDay {
            let day = |text, name: &str| {
                date(text, name)?.ok_or_else(|| format!("The {name} is missing. Nothing was changed."))
            };
            let days = Days::new(day(&self.first_day, "first day")?, day(&self.last_day, "last day")?);
            return days.map(|days| Some(When::Days(days))).map_err(|why| why.to_string());
        }
        let was = self.before.as_ref().and_then(|before| before.span);
        if self.is_for_inbox() { Ok(None) } else { self.span(was, zone).map(|span| Some(When::Span(span))) }
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
        let was = self.before.as_ref().and_then(Block::when);
        let when = self.when(zone)?;
        let estimate = match (self.is_for_inbox(), self.minutes.as_str()) {
            (false, _) | (true, "") => None,
            (true, text) => Some(minutes(text, "time it takes")?),
        };
        let days = [(&self.first, "first day"), (&self.due, "day when it is due")];
        let [first, due] = days.map(|(text, name)| if self.has_days() { date(text, name) } else { Ok(None) });
        let (first, due) = (first?, due?);
        let every = self.repeat.every;
        let start = when.map(|when| match when {
            When::Span(span) => zone.wall(span.start()),
            When::Days(days) => days.first().into(),
        });
        let rule = match start {
            _ if !every.is_offered(self.kind, !self.is_for_inbox()) => None,
            Some(start) => self.repeat.rule(start)?,
            None => self.repeat.rule(NaiveDateTime::default())?,
        };
        // The service gives a new series its id.
        let repeat =
            rule.map(|rule| command::Repeat { id: SeriesId::new(id.uuid()), rule, after_done: every.is_after_done() });
        let Some(before) = &self.before else {
            let new = NewBlock {
                plan: self.plan.map(PlanRef::Id),
                kind: self.kind,
                description,
                span: when.and_then(When::span),
                days: when.and_then(When::days),
                minutes: estimate.and_then(|length| u32::try_from(length.num_minutes()).ok()),
                due,
                not_before: first,
                priority: self.priority,
                tags,
                reminders: self.reminders.clone().filter(|_| when.is_some()),
                repeat,
                ..NewBlock::new(id, title)
            };
            return Ok(Some(Mutation::Schedule(Box::new(new))));
        };
        // An appointment has no such field.
        let spent = match self.kind {
            Kind::Task if self.spent != before.worked.minutes().to_string() => {
                Some(minutes(&self.spent, "time spent")?)
            }
            Kind::Task | Kind::Appointment => None,
        };
        let times = match when {
            Some(when) => super::moving::move_to(was, when).unwrap_or_default(),
            None => BlockUpdate {
                unschedule: was.is_some(),
                length: (self.minutes != Self::of(before, zone).minutes).then_some(estimate),
                ..BlockUpdate::default()
            },
        };
        let changes = BlockUpdate {
            title: (title != before.title).then_some(title),
            description: (description != before.description).then_some(description),
            kind: (self.kind != before.kind).then_some(self.kind),
            priority: (self.priority != before.priority).then_some(self.priority),
            tags: (tags != before.tags).then_some(tags),
            worked: spent,
            reminders: (self.reminders != before.reminders).then(|| self.reminders.clone()),
            // What is not shown is not changed.
            due: (self.has_days() && due != before.due).then_some(due),
            not_before: (self.has_days() && first != before.not_before).then_some(first),
            repeat,
            ..times
        };
        let is_changed = changes != BlockUpdate::default();
        let changes = BlockUpdate { scope: self.scope, ..changes };
        Ok(is_changed.then(|| Mutation::Update(before.id, Box::new(changes))))
    }
}

fn minutes(text: &str, name: &str) -> Result<TimeDelta, String> {
    let minutes = text.parse::<u32>();
    let minutes = minutes.map_err(|_| format!("The {name} is not a number of minutes. Nothing was changed."))?;
    Ok(TimeDelta::minutes(minutes.into()))
}

/// A date; none where the field is empty.
fn date(text: &str, name: &str) -> Result<Option<NaiveDate>, String> {
    let date = clock::read_date(text);
    if text.is_empty() || date.is_some() {
        Ok(date)
    } else {
        Err(format!("The {name} is not a date. Nothing was changed."))
    }
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
        assert_eq!((new.title.as_str(), new.span.unwrap().start()), ("Workout", at("2026-11-25T09:30:00Z")));
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
    fn a_task_can_have_no_time_and_gets_one_later() {
        let form = Form::new(at("2026-11-24T07:00:00Z"), None, oslo());
        let mut form = Form { title: "Buy milk".into(), timing: Timing::None, due: "2026-11-27".into(), ..form };
        form.minutes = "30".to_owned();
        let Ok(Some(Mutation::Schedule(new))) = form.mutation(oslo(), id()) else { panic!("{form:?}") };
        assert_eq!((new.span, new.minutes, new.due), (None, Some(30), "2026-11-27".parse().ok()));
        form.kind = Kind::Appointment;
        let Ok(Some(Mutation::Schedule(new))) = form.mutation(oslo(), id()) else { panic!("{form:?}") };
        assert!(new.span.is_some() && new.due.is_none(), "an appointment has a time, and is not due");

        let mut before = block(1, "2026-11-24T07:00:00Z", "2026-11-24T08:00:00Z", true);
        (before.span, before.minutes) = (None, Some(30));
        let mut form = Form::of(&before, oslo());
        assert_eq!(form.mutation(oslo(), id()), Ok(None));
        form.due = "soon".to_owned();
        assert_eq!(
            form.mutation(oslo(), id()),
            Err("The day when it is due is not a date. Nothing was changed.".into())
        );
        form.due = String::new();
        form.timing = Timing::Time;
        form.set_start("2026-11-24T09:00".to_owned());
        assert_eq!(form.end, "2026-11-24T09:30");
        let (start, end) = (Some(at("2026-11-24T08:00:00Z")), Some(at("2026-11-24T08:30:00Z")));
        let expected = BlockUpdate { start, end, ..BlockUpdate::default() };
        assert_eq!(form.mutation(oslo(), id()), Ok(Some(Mutation::Update(before.id, Box::new(expected)))));
    }

    #[test]
    fn a_block_becomes_all_day_and_gets_a_time_again() {
        let date = |text: &str| text.parse().ok();
        let form = Form::new(at("2026-11-24T07:00:00Z"), None, oslo());
        let mut form = Form { title: "Fair".into(), ..form };
        form.set_all_day(true);
        assert_eq!((form.first_day.as_str(), form.last_day.as_str()), ("2026-11-24", "2026-11-24"));
        let mut night = form.clone();
        night.set_all_day(false);
        night.set_start("2026-11-26T22:30".to_owned());
        night.end = "2026-11-27T00:30".to_owned();
        night.set_all_day(true);
        assert_eq!((night.first_day.as_str(), night.last_day.as_str()), ("2026-11-26", "2026-11-27"));
        form.last_day = "2026-11-25".to_owned();
        form.set_first_day("2026-11-30".to_owned());
        let Ok(Some(Mutation::Schedule(new))) = form.mutation(oslo(), id()) else { panic!("{form:?}") };
        assert_eq!((new.span, new.days.map(Days::first)), (None, date("2026-11-30")));
        assert_eq!(new.days.map(Days::last), date("2026-12-01"), "as many days");
        form.last_day = "2026-11-29".to_owned();
        assert!(form.mutation(oslo(), id()).is_err());
        form.last_day = String::new();
        assert_eq!(form.mutation(oslo(), id()), Err("The last day is missing. Nothing was changed.".into()));

        // Until midnight in Oslo.
        let before = block(1, "2026-11-24T07:00:00Z", "2026-11-24T23:00:00Z", true);
        let mut form = Form::of(&before, oslo());
        form.set_all_day(true);
        let update = |form: &Form| match form.mutation(oslo(), id()) {
            Ok(Some(Mutation::Update(_, changes))) => *changes,
            other => panic!("{other:?}"),
        };
        let (first_day, last_day) = (date("2026-11-24"), date("2026-11-24"));
        assert_eq!(update(&form), BlockUpdate { first_day, last_day, ..BlockUpdate::default() });
        form.set_all_day(false);
        assert_eq!(form.mutation(oslo(), id()), Ok(None));

        let before = before.at(Days::starting(date("2026-11-24").unwrap(), 2).ok().map(When::Days));
        let mut form = Form::of(&before, oslo());
        assert_eq!(form.mutation(oslo(), id()), Ok(None));
        form.set_all_day(false);
        assert_eq!((form.start.as_str(), form.end.as_str()), ("2026-11-24T09:00", "2026-11-24T10:00"));
        let (start, end) = (Some(at("2026-11-24T08:00:00Z")), Some(at("2026-11-24T09:00:00Z")));
        assert_eq!(update(&form), BlockUpdate { start, end, ..BlockUpdate::default() });
    }

    #[test]
    fn a_task_comes_again_after_it_was_done_with_and_without_a_time() {
        let form = Form::new(at("2026-11-24T07:00:00Z"), None, oslo());
        let mut form = Form { title: "Water the plants".into(), ..form };
        form.repeat = Repeat { every: Every::DaysAfterDone, interval: "3".into(), ..Repeat::default() };
        let repeat = |form: &Form| match form.mutation(oslo(), id()) {
            Ok(Some(Mutation::Schedule(new))) => {
                new.repeat.map(|repeat| (repeat.rule.to_string(), repeat.after_done, new.span.is_some()))
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(repeat(&form), Some(("FREQ=DAILY;INTERVAL=3".into(), true, true)));
        form.timing = Timing::None;
        (form.start, form.end) = (String::new(), String::new());
        assert_eq!(repeat(&form), Some(("FREQ=DAILY;INTERVAL=3".into(), true, false)));
        form.repeat.every = Every::Day;
        assert_eq!(repeat(&form), None, "what repeats on days of the calendar has a time");
        form.repeat.every = Every::DaysAfterDone;
        form.set_start("2026-11-24T09:00".to_owned());
        form.kind = Kind::Appointment;
        assert_eq!(repeat(&form), None, "only a task is done");
    }

    #[test]
    fn a_task_loses_its_time_and_its_days() {
        let mut before = block(1, "2026-11-24T07:00:00Z", "2026-11-24T08:00:00Z", true);
        before.due = "2026-11-27".parse().ok();
        let mut form = Form { timing: Timing::None, due: String::new(), ..Form::of(&before, oslo()) };
        let update = |form: &Form| match form.mutation(oslo(), id()) {
            Ok(Some(Mutation::Update(_, changes))) => *changes,
            other => panic!("{other:?}"),
        };
        let expected = BlockUpdate { unschedule: true, due: Some(None), ..BlockUpdate::default() };
        assert_eq!(update(&form), expected);
        form.minutes = "90".to_owned();
        assert_eq!(update(&form), BlockUpdate { length: Some(Some(TimeDelta::minutes(90))), ..expected.clone() });
        form.minutes = String::new();
        assert_eq!(update(&form), BlockUpdate { length: Some(None), ..expected });
    }

    #[test]
    fn an_estimate_and_own_reminders_are_taken_away() {
        let mut before = block(1, "2026-11-24T07:00:00Z", "2026-11-24T08:00:00Z", true);
        before.reminders = Reminders::new(&[10]).ok();
        let update = |form: Form| match form.mutation(oslo(), id()) {
            Ok(Some(Mutation::Update(_, changes))) => *changes,
            other => panic!("{other:?}"),
        };
        let form = Form { reminders: None, ..Form::of(&before, oslo()) };
        assert_eq!(update(form), BlockUpdate { reminders: Some(None), ..BlockUpdate::default() });
        (before.span, before.minutes) = (None, Some(30));
        let form = Form { minutes: String::new(), ..Form::of(&before, oslo()) };
        assert_eq!(update(form), BlockUpdate { length: Some(None), ..BlockUpdate::default() });
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
