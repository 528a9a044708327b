//! Import of a file: it is sent in parts, and then checked by the service.

use flux_protocol::frame::{ImportProgress, ImportState};

use crate::platform::{ChosenFile, request, request_json, sleep_ms};

/// The path of the import.
const IMPORT: &str = "/agents/chat/me/import";
/// The pause before a part is sent again that exceeded a limit, in ms.
const WAIT_MS: u32 = 5_000;
/// The size of a part, in bytes.
const PART_BYTES: f64 = 4_194_304.0;
/// So many bytes show what kind of file it is.
const BEGINNING_BYTES: u32 = 64;
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
        if number == 0
            && let Some(sentence) = refusal(&part.subarray(0, BEGINNING_BYTES).to_vec())
        {
            return Err(sentence.to_owned());
        }
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

/// A sentence for the user if a file that begins like this is not an export. The service would name another problem first, such as a
/// timeline that is not empty.
fn refusal(beginning: &[u8]) -> Option<&'static str> {
    let text = beginning.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(beginning).trim_ascii_start();
    if text.starts_with(b"{") {
        return None;
    }
    Some(if text.starts_with(b"BEGIN:VCALENDAR") {
        "This is a calendar file, which Flux cannot import. Nothing was changed. Choose a file that Flux has exported."
    } else {
        "Flux has not exported this file. Nothing was changed. Choose one that it has exported, such as temporal-flux.json."
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_another_kind_are_refused_by_their_beginning() {
        assert_eq!(refusal(b"{\"flux\": 1}"), None);
        assert_eq!(refusal("\u{feff} {".as_bytes()), None);
        assert!(refusal(b"BEGIN:VCALENDAR\r\n").is_some_and(|sentence| sentence.contains("calendar file")));
        for other in [&b""[..], b"PK\x03\x04", b"\xff\xfe{"] {
            assert!(refusal(other).is_some_and(|sentence| sentence.contains("has not exported")), "{other:?}");
        }
    }
}
