//! Carrying out commands.

use dioxus::prelude::*;

use super::{Store, View};
use crate::calls::{Mutation, NewGoal};
use crate::chat::commands::{self, Command};
use crate::chat::{help, pane};
use crate::platform;
use crate::shell::keys;
use crate::timeline::{Jump, Mode};

impl Store {
    /// Carries out a command. If that is not possible, puts the command back into the box and shows the reason.
    pub fn command(&mut self, command: Command) {
        match command {
            Command::Help => self.asked_dialog.set(Some(help::DIALOG)),
            Command::Clear => platform::open_dialog(pane::CLEAR_DIALOG),
            Command::Undo => self.undo(),
            Command::Redo => self.redo(),
            Command::Goal(goal) => {
                if let Some(goal) = NewGoal::new(&goal, "", "") {
                    self.submit(Mutation::StartGoal(goal));
                }
            }
            Command::Plan(title) => self.submit(Mutation::CreatePlan(title)),
            Command::Switch(title) => {
                let plan = commands::plan_named(&self.projection.peek().plans(), &title);
                match plan {
                    Ok(plan) => {
                        self.show_plan(plan);
                        self.submit(Mutation::SwitchPlan(plan));
                    }
                    Err(sentence) => {
                        self.write(format!("/switch {title}"));
                        self.draft_note.set(Some(sentence));
                    }
                }
            }
            Command::Find(words) => {
                self.filter.write().words = words;
                self.search_all();
                self.show(View::Timeline);
            }
            Command::History => self.show(View::History),
            Command::Agenda => self.show_as(Mode::Agenda),
            Command::Week => self.show_as(Mode::Week),
            Command::Today => {
                self.go_to(Jump::Today);
                self.show(View::Timeline);
            }
            Command::Settings => self.settings_open.set(true),
            Command::Shortcuts => self.asked_dialog.set(Some(keys::DIALOG)),
        }
    }
}
