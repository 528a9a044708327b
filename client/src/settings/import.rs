//! Import of a file: it is sent in parts, and then checked by the service.

use flux_protocol::frame::{ImportProgress, ImportState};

use crate::platform::{ChosenFile, request, request_json, sleep_ms};

/// The path of the import.
const IMPORT: &str = "/agents/chat/me/import";
/// The pause before a part is sent again that exceeded a limit, in ms.
const WAIT_MS: u32 = 5_000;
/// The size of a part, in bytes.
const PART_BYTES: f64 = 4_194_304.0;
/// The time between two requests for the progress, in ms.
const PAUSE_MS: u32 = 500;
/// How often a request for the progress is sent if it gets no answer, for example while the connection is lost.
const ATTEMPTS: u32 = 5;
/// What a user reads after the import was cancelled.
const CANCELLED: &str = "The import was cancelled. Nothing was changed.";

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// What is being done.
    pub doing: Doing,
    /// How much of it is done, from 0 to 1.
    pub share: f64,
}

/// What is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doing {
    /// The file is being sent.
    Sending,
    /// The service checks the file.
    Checking,
}

impl Step {
    /// In words.
    pub fn words(self) -> String {
        let doing = match self.doing {
            Doing::Sending => "Sending the file",
            Doing::Checking => "Checking the file",
        };
        format!("{doing}: {:.0} %", self.share * 100.0)
    }
}

/// Imports a file, and reports each step.
///
/// # Errors
/// A sentence for the user.
pub async fn import(file: &ChosenFile, mut report: impl FnMut(Step)) -> Result<(), String> {
    let size = file.size();
    let (mut sent, mut number) = (0.0, 0_u32);
    loop {
        let part = file.part(sent, PART_BYTES).await.ok_or("The file cannot be read. Nothing was changed.")?;
        sent += f64::from(part.length());
        let is_last = sent >= size;
        let address = format!("{IMPORT}?part={number}{}", if is_last { "&last" } else { "" });
        let (status, answer) = loop {
            let answered = request_json("POST", &address, &part).await;
            let answered = answered.ok_or("The file could not be sent. Nothing was changed; try again.")?;
            if answered.0 != 429 {
                break answered;
            }
            sleep_ms(WAIT_MS).await;
        };
        match status {
            200 => return Ok(()),
            202 => {}
            // Parts no longer follow each other if the import was cancelled.
            409 if progress().await == Some(None) => return Err(CANCELLED.to_owned()),
            _ => return Err(answer),
        }
        number += 1;
        if is_last {
            return follow(report).await;
        }
        report(Step { doing: Doing::Sending, share: sent / size });
    }
}

/// Waits until the service has checked the file.
///
/// # Errors
/// A sentence for the user.
async fn follow(mut report: impl FnMut(Step)) -> Result<(), String> {
    loop {
        sleep_ms(PAUSE_MS).await;
        let Some(progress) = progress().await else {
            let sentence = "The service does not say how far the import is. It goes on by itself; open the page again to see \
                            its result.";
            return Err(sentence.to_owned());
        };
        let Some(progress) = progress else { return Err(CANCELLED.to_owned()) };
        match progress.state {
            ImportState::Done => return Ok(()),
            ImportState::Failed => return Err(progress.problem.unwrap_or_default()),
            // Another page of the same person begins anew.
            ImportState::Receiving => return Err(CANCELLED.to_owned()),
            ImportState::Checking => {
                #[expect(clippy::cast_precision_loss, reason = "a share is shown in percent")]
                let share = progress.checked as f64 / progress.bytes.max(1) as f64;
                report(Step { doing: Doing::Checking, share });
            }
        }
    }
}

/// The service's answer how far the import is: there is none after it was cancelled. `None` if the service does not answer.
async fn progress() -> Option<Option<ImportProgress>> {
    for _ in 0..ATTEMPTS {
        if let Some((200, answer)) = request("GET", IMPORT).await {
            return serde_json::from_str(&answer).ok();
        }
        sleep_ms(PAUSE_MS).await;
    }
    None
}

/// Ends an import.
pub async fn cancel() {
    // If it does not arrive, the import goes on, and the page shows it.
    let _ = request("DELETE", IMPORT).await;
}
