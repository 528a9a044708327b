//! The part of the program that the first render does not need: what is drawn later, and what follows from responses. It is
//! two fifths of the program and is loaded right after the first render.
//!
//! The build (`xtask/bindings`) splits the program between the exported and the imported function in `split`. Code that
//! only the exported one reaches goes into a second module, which shares memory and functions with the first. If the
//! second module fails to load, everything else works, and loading is retried. Responses wait for it in the store.

mod split;

use dioxus::prelude::*;
use flux_protocol::frame::RpcResponse;
use flux_protocol::message::ToolPart;
use flux_timeline::{BlockId, Run, RunId, TxnId};

use crate::account::{Shut, SignInNotices};
use crate::calls::Call;
use crate::chat::cost::CostList;
use crate::chat::done::Done;
use crate::chat::help::HelpDialog;
use crate::chat::tool_card::ToolCard;
use crate::chat::waiting_note::WaitingNote;
use crate::goals::dialog::GoalDialog;
use crate::goals::{Ghost, GoalCard, GoalOffer, Goals};
use crate::history::HistoryPane;
use crate::history::PastBar;
use crate::markdown::Markdown;
use crate::plans::list::PlanList;
use crate::platform;
use crate::settings::SettingsDialog;
use crate::shell::keys::KeysDialog;
use crate::shell::zone_notice::ZoneNotice;
use crate::store::{Store, use_store};
use crate::timeline::agenda::Row;
use crate::timeline::editor::{Editor, EditorDialog};
use crate::timeline::grid::WeekGrid;
use crate::timeline::hints::{Earlier, Empty, More};
use crate::timeline::rows::row_id;
use crate::timeline::series::DeleteDialog;
use crate::timeline::suggest::{FindTimes, Suggestion};
use crate::timeline::toolbar::Toolbar;
use crate::toast::ToastList;

/// A part of the page that is loaded after the first render.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    /// The dialogs, initially closed.
    Dialogs,
    /// The log.
    History,
    /// The timeline as a week.
    Week,
    /// The form for a block.
    Editor,
    /// The button that shows earlier days. So many are hidden of those that are loaded.
    Earlier {
        /// Blocks of earlier days that are not shown.
        hidden: usize,
    },
    /// The buttons that find times for the tasks in the inbox.
    FindTimes {
        /// The tasks.
        inbox: Vec<BlockId>,
    },
    /// The time that was suggested for a task, if there is one.
    Suggestion {
        /// The task.
        id: BlockId,
    },
    /// What takes the place of an agenda without a block.
    Empty,
    /// What stands below the agenda: the button that loads more where a plan is hidden.
    More,
    /// The menu of plans.
    Plans,
    /// The bar that shows which moment in the past is displayed.
    Past,
    /// The toolbar above the timeline.
    Toolbar,
    /// The list of goals.
    Goals,
    /// A goal that was started in the conversation.
    Goal {
        /// The architect's run for it.
        run: Box<Run>,
    },
    /// What can be done with the goal of a message.
    Offer {
        /// The goal.
        goal: RunId,
        /// Whether the message says that it has fallen behind.
        is_behind: bool,
    },
    /// A part of a goal that is not on the timeline.
    Ghost {
        /// Its index in the preview.
        index: usize,
        /// Its start, in ms since 1970.
        start: i64,
    },
    /// What an answer has done.
    Done {
        /// The calls.
        tools: Vec<ToolPart>,
        /// Their transaction, if it can be undone here.
        txn: Option<TxnId>,
    },
    /// What an answer cost.
    Cost {
        /// Names and values.
        lines: Vec<(&'static str, String)>,
    },
    /// What stands below a message that waits to be sent.
    Waiting {
        /// The id of the message.
        id: String,
    },
    /// Notes about changes and problems.
    Toasts,
    /// Notices about signing in and the time zone.
    SignIn,
    /// What takes the place of the timeline before the person signs in.
    Shut,
    /// Markdown from a model.
    Markdown {
        /// The text.
        text: String,
        /// Whether the text is still streaming.
        is_partial: bool,
    },
}

/// Shows a part as soon as it is loaded.
#[component]
pub fn Extra(part: Part) -> Element {
    let store = use_store();
    if *store.has_extras.read() {
        return split::draw(part);
    }
    match part {
        Part::Dialogs
        | Part::Earlier { .. }
        | Part::FindTimes { .. }
        | Part::Suggestion { .. }
        | Part::Empty
        | Part::More
        | Part::Goals
        | Part::Goal { .. }
        | Part::Offer { .. }
        | Part::Ghost { .. }
        | Part::Waiting { .. }
        | Part::Cost { .. }
        | Part::Toasts
        | Part::SignIn => rsx! {},
        Part::Done { tools, .. } => rsx! {
            for tool in tools {
                ToolCard { tool, is_streaming: false, is_asking: false, question: None }
            }
        },
        // Reserves the space, so that the layout does not shift.
        Part::Toolbar => rsx! { div { class: "toolbar-place" } },
        Part::Markdown { text, .. } => rsx! {
            div { class: "markdown",
                p { class: "plain", "{text}" }
            }
        },
        _ => rsx! {
            p { class: "hint", role: "status", "Loading…" }
        },
    }
}

/// Renders a part. No other code may refer to these components, or they would become part of the first module.
fn draw(part: Part) -> Element {
    match part {
        Part::Dialogs => rsx! { Dialogs {} },
        Part::History => rsx! { HistoryPane {} },
        Part::Week => rsx! { WeekGrid {} },
        Part::Editor => rsx! { Editor {} },
        Part::Earlier { hidden } => rsx! { Earlier { hidden } },
        Part::FindTimes { inbox } => rsx! { FindTimes { inbox } },
        Part::Suggestion { id } => rsx! { Suggestion { id } },
        Part::Empty => rsx! { Empty {} },
        Part::More => rsx! { More {} },
        Part::Plans => rsx! { PlanList {} },
        Part::Past => rsx! { PastBar {} },
        Part::Toolbar => rsx! { Toolbar {} },
        Part::Goals => rsx! { Goals {} },
        Part::Goal { run } => rsx! { GoalCard { run: *run } },
        Part::Offer { goal, is_behind } => rsx! { GoalOffer { id: goal, is_behind } },
        Part::Ghost { index, start } => rsx! { Ghost { index, row: row_id(&Row::Proposed(index, start)) } },
        Part::Done { tools, txn } => rsx! { Done { tools, txn } },
        Part::Cost { lines } => rsx! { CostList { lines } },
        Part::Waiting { id } => rsx! { WaitingNote { id } },
        Part::Toasts => rsx! { ToastList {} },
        Part::SignIn => rsx! {
            SignInNotices {}
            ZoneNotice {}
        },
        Part::Shut => rsx! { Shut {} },
        Part::Markdown { text, is_partial } => rsx! { Markdown { text, is_partial } },
    }
}

#[component]
fn Dialogs() -> Element {
    let mut store = use_store();
    use_effect(move || {
        let asked = *store.asked_dialog.read();
        if let Some(id) = asked {
            platform::open_dialog(id);
            store.asked_dialog.set(None);
        }
    });
    rsx! {
        SettingsDialog {}
        EditorDialog {}
        DeleteDialog {}
        GoalDialog {}
        KeysDialog {}
        HelpDialog {}
    }
}

/// Shows what follows from the response to a call. Call it only after the rest of the program is loaded.
pub fn conclude(store: Store, call: Call, response: RpcResponse) {
    split::conclude(store, call, response);
}

/// Loads the rest of the program.
pub async fn load(mut store: Store) {
    let mut delay_ms = 1_000;
    while !split::load().await {
        store.lacks_extras.set(true);
        platform::sleep_ms(delay_ms).await;
        delay_ms = (delay_ms * 2).min(30_000);
    }
    store.extras_loaded();
}
