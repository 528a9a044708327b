//! Commands that begin with `/`. The page carries them out at once, without a model. Pure.

use flux_timeline::text::title_key;
use flux_timeline::{Plan, PlanId};

/// A command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Show the help.
    Help,
    /// Undo the last change.
    Undo,
    /// Redo the last undone change.
    Redo,
    /// Plan this goal.
    Goal(String),
    /// Create a plan with this title and switch to it.
    Plan(String),
    /// Switch to the plan with this title.
    Switch(String),
    /// Search the timeline for these words.
    Find(String),
    /// Show the timeline as an agenda.
    Agenda,
    /// Show the timeline as a week.
    Week,
    /// Show today.
    Today,
    /// Show the log.
    History,
    /// Show the settings.
    Settings,
    /// Show the keyboard shortcuts.
    Shortcuts,
    /// Start a new conversation.
    Clear,
}

/// How a command is used.
#[derive(Debug, Clone, Copy)]
pub struct Usage {
    /// Its name, without the slash.
    pub name: &'static str,
    /// The name of its argument, if it takes one.
    pub argument: Option<&'static str>,
    /// What it does.
    pub what: &'static str,
    /// An example.
    pub example: &'static str,
    /// Creates the command from its argument.
    make: fn(String) -> Command,
}

/// All commands, in the order in which they are listed.
pub const COMMANDS: [Usage; 14] = [
    alone("help", "Show what you can say", "/help", |_| Command::Help),
    alone("undo", "Take back the last change", "/undo", |_| Command::Undo),
    alone("redo", "Apply again what was taken back", "/redo", |_| Command::Redo),
    with("goal", "goal", "Plan a goal in your free time", "/goal Learn German", Command::Goal),
    with("plan", "title", "Make a plan for new blocks", "/plan Summer vacation", Command::Plan),
    with("switch", "title", "Put new blocks in another plan", "/switch Summer vacation", Command::Switch),
    with("find", "words", "Search the timeline", "/find dentist", Command::Find),
    alone("agenda", "Show the timeline as a list", "/agenda", |_| Command::Agenda),
    alone("week", "Show the timeline by weeks", "/week", |_| Command::Week),
    alone("today", "Show the present day", "/today", |_| Command::Today),
    alone("history", "Show what happened", "/history", |_| Command::History),
    alone("settings", "Show the settings", "/settings", |_| Command::Settings),
    alone("shortcuts", "Show the keyboard shortcuts", "/shortcuts", |_| Command::Shortcuts),
    alone("clear", "Start a new conversation", "/clear", |_| Command::Clear),
];

const fn alone(name: &'static str, what: &'static str, example: &'static str, make: fn(String) -> Command) -> Usage {
    Usage { name, argument: None, what, example, make }
}

const fn with(
    name: &'static str,
    argument: &'static str,
    what: &'static str,
    example: &'static str,
    make: fn(String) -> Command,
) -> Usage {
    Usage { name, argument: Some(argument), what, example, make }
}

impl Usage {
    /// The text in the box after the command is chosen. Ends with a space if an argument must follow.
    pub fn completion(&self) -> String {
        let space = if self.argument.is_some() { " " } else { "" };
        format!("/{}{space}", self.name)
    }

    /// `/goal <goal>`.
    pub fn form(&self) -> String {
        match self.argument {
            Some(argument) => format!("/{} <{argument}>", self.name),
            None => format!("/{}", self.name),
        }
    }
}

/// The commands whose names begin with the typed text. Empty if the text is not the start of a command name.
pub fn beginning_with(text: &str) -> Vec<&'static Usage> {
    let Some(name) = text.strip_prefix('/') else { return Vec::new() };
    let fits = |usage: &&Usage| usage.name.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
    COMMANDS.iter().filter(fits).collect()
}

/// Parses a command. The error is a sentence for the user. `None` if the text is a message: it begins with no slash, or
/// with two.
pub fn parse(text: &str) -> Option<Result<Command, String>> {
    let rest = text.trim().strip_prefix('/').filter(|rest| !rest.starts_with('/'))?;
    let (name, after) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let Some(usage) = COMMANDS.iter().find(|usage| usage.name.eq_ignore_ascii_case(name)) else {
        return Some(Err(format!(
            "There is no command /{name}. Nothing was sent. Type / to see the commands, or // to say it as it is."
        )));
    };
    let after = after.trim();
    Some(match usage.argument {
        Some(argument) if after.is_empty() => {
            Err(format!("What {argument}? Write it after the command, as in “{}”.", usage.example))
        }
        None if !after.is_empty() => {
            Err(format!("/{} stands alone. Nothing was done; remove what is after it.", usage.name))
        }
        _ => Ok((usage.make)(after.to_owned())),
    })
}

/// The message that a text stands for: a leading `//` means one slash.
pub fn unescaped(text: &str) -> &str {
    if text.starts_with("//") { &text[1..] } else { text }
}

/// Escapes a message so that it is not parsed as a command.
pub fn escaped(text: &str) -> String {
    if text.starts_with('/') { format!("/{text}") } else { text.to_owned() }
}

/// The plan with this title, or else the only plan whose title contains it.
///
/// # Errors
/// A sentence if there is no such plan, or more than one.
pub fn plan_named(plans: &[Plan], title: &str) -> Result<PlanId, String> {
    let wanted = title_key(title);
    let titled = |fits: &dyn Fn(&str) -> bool| -> Vec<&Plan> {
        plans.iter().filter(|plan| fits(&title_key(plan.title.as_str()))).collect()
    };
    let exact = titled(&|title| title == wanted);
    let found = if exact.is_empty() { titled(&|title| title.contains(&wanted)) } else { exact };
    match found.as_slice() {
        [plan] => Ok(plan.id),
        [] => Err(format!("There is no plan “{title}”. There are: {}.", titles(plans))),
        several => Err(format!(
            "“{title}” may be one of several plans: {}. Write more of its title, or choose it in the menu of plans.",
            titles(several)
        )),
    }
}

fn titles<P: std::borrow::Borrow<Plan>>(plans: &[P]) -> String {
    let titles: Vec<String> = plans.iter().map(|plan| format!("“{}”", plan.borrow().title)).collect();
    titles.join(", ")
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn the_example_of_every_command_can_be_parsed() {
        for usage in &COMMANDS {
            assert!(matches!(parse(usage.example), Some(Ok(_))), "{}", usage.example);
            assert!(usage.example.starts_with(usage.completion().trim_end()));
        }
        let cases = [
            ("/undo", Command::Undo),
            ("  /HELP ", Command::Help),
            ("/goal  Learn German ", Command::Goal("Learn German".into())),
            ("/find\ndentist", Command::Find("dentist".into())),
        ];
        for (text, command) in cases {
            assert_eq!(parse(text), Some(Ok(command)), "{text}");
        }
    }

    #[test]
    fn every_parse_error_is_a_sentence() {
        let cases = [
            ("/fly", "There is no command /fly."),
            ("/", "There is no command /."),
            ("/und", "There is no command /und."),
            ("/goal", "What goal? Write it after the command, as in “/goal Learn German”."),
            ("/undo twice", "/undo stands alone."),
        ];
        for (text, start) in cases {
            let sentence = parse(text).unwrap().unwrap_err();
            assert!(sentence.starts_with(start), "{sentence}");
        }
    }

    #[test]
    fn two_slashes_escape_a_message_that_begins_with_one() {
        for text in ["", "undo", "//undo", "either/or", " // x"] {
            assert_eq!(parse(text), None, "{text}");
        }
        for text in ["/undo", "//", "a/b", ""] {
            assert_eq!(unescaped(&escaped(text)), text);
            assert_eq!(parse(&escaped(text)), None);
        }
    }

    #[test]
    fn commands_are_offered_while_their_name_is_typed() {
        let names = |text| beginning_with(text).iter().map(|usage| usage.name).collect::<Vec<_>>();
        assert_eq!(names("/").len(), COMMANDS.len());
        assert_eq!(names("/S"), ["switch", "settings", "shortcuts"]);
        assert_eq!(names("/undo"), ["undo"]);
        for text in ["", "undo", "//", "/undo ", "/goal L", "/x", "/é"] {
            assert!(names(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn a_plan_is_found_by_its_title_or_part_of_it() {
        let plan = |id: u128, title: &str| Plan {
            archived_at: None,
            color: None,
            id: PlanId::new(Uuid::from_u128(id)),
            title: flux_timeline::Title::new(title).unwrap(),
            created_at: chrono::DateTime::UNIX_EPOCH,
        };
        let plans = [plan(1, "Summer"), plan(2, "Summer vacation"), plan(3, "Work")];
        let found = |title| plan_named(&plans, title);
        assert_eq!(found("summer"), Ok(plans[0].id));
        assert_eq!(found("VACATION"), Ok(plans[1].id));
        assert_eq!(found("x"), Err("There is no plan “x”. There are: “Summer”, “Summer vacation”, “Work”.".into()));
        let several = "“m” may be one of several plans: “Summer”, “Summer vacation”. Write more of its title, or choose it in the menu of plans.";
        assert_eq!(found("m"), Err(several.into()));
    }
}
