//! wrangler and workerd as one child: started, listened to, stopped.

use std::io::{BufRead, BufReader, Read};
use std::process::{ExitStatus, Stdio};
use std::thread;
use std::time::Duration;
use std::{env, iter};

use anyhow::Result;

use super::Options;
use super::model_servers::ModelServer;
use crate::build;
use crate::process::Child;
use crate::progress;
use crate::secrets::{self, SecretFile};
use crate::setup::Toolbox;
use crate::workspace::Workspace;

/// workerd writes what it must within milliseconds of being asked to end; the rest is for a busy machine.
const GRACE: Duration = Duration::from_secs(5);

/// Variables of the person's shell that choose a model. Its key goes another way.
const MODEL_VARIABLES: [&str; 3] = ["MODEL_PROVIDER", "MODEL_BASE_URL", "MODEL_NAME"];

/// Who answers when nothing is chosen: wrangler.toml says Workers AI, which does not work without an account.
const DEFAULT_PROVIDER: &str = "MODEL_PROVIDER:offline";

/// What is in lines of wrangler's that say nothing about the product: what it tells at each start, and our own question
/// whether it is up.
const NOISE: [&str; 8] = [
    "Using secrets defined in",
    "access to the following bindings",
    "AI bindings always access remote resources",
    "Starting local server",
    "Ready on http",
    "valid header rule",
    "GET /healthz 200",
    "update available",
];

/// The running server.
pub struct Server {
    child: Child,
    /// Read by wrangler whenever it reloads, so there for as long as it runs.
    _model_key: Option<SecretFile>,
}

impl Server {
    /// Starts it with this model, or with what the variables choose. Its output goes to ours.
    pub fn start(
        workspace: &Workspace,
        toolbox: &Toolbox,
        options: &Options,
        model: Option<&ModelServer>,
    ) -> Result<Self> {
        let mut wrangler = toolbox.wrangler(workspace);
        wrangler.args([
            "dev",
            "agent/entry-local.mjs",
            "--assets",
            build::LOCAL_CLIENT,
            "--local",
            "--ip",
            "127.0.0.1",
            "--port",
            &options.port.to_string(),
        ]);
        // 0: any free port. Two servers at once would otherwise quarrel about the debugger's.
        wrangler.args(["--inspector-port", "0", "--show-interactive-dev-session=false", "--persist-to"]);
        wrangler.arg(workspace.state());
        for variable in variables(model, &options.vars, |name| env::var(name).ok()) {
            wrangler.args(["--var", &variable]);
        }
        let model_key = secrets::model_key(workspace)?;
        if let Some(file) = &model_key {
            // A file named here replaces the usual one, which then has to be named as well.
            wrangler.arg("--env-file").arg(workspace.path(secrets::LOCAL)).arg("--env-file").arg(file.path());
        }
        let mut child = Child::spawn(wrangler.stdout(Stdio::piped()).stderr(Stdio::piped()))?;
        let (stdout, stderr) = child.take_output();
        if let Some(stdout) = stdout {
            pass_on(stdout);
        }
        if let Some(stderr) = stderr {
            pass_on(stderr);
        }
        Ok(Self { child, _model_key: model_key })
    }

    /// Waits at most `limit` for it to end by itself.
    pub fn ended(&mut self, limit: Duration) -> Result<Option<ExitStatus>> {
        self.child.wait_at_most(limit)
    }

    /// Stops it with all it started.
    pub fn stop(mut self) -> Result<()> {
        self.child.stop(GRACE)
    }
}

/// What goes to wrangler as `--var`: the default, over it the shell's choice of a model, over that the model server that was found,
/// and over that what was given on the command line. wrangler takes the last of a name.
fn variables(model: Option<&ModelServer>, given: &[String], shell: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let from_shell = MODEL_VARIABLES.into_iter().filter_map(|name| {
        let value = shell(name).filter(|value| !value.is_empty())?;
        Some(format!("{name}:{value}"))
    });
    let found = model.into_iter().flat_map(ModelServer::variables);
    iter::once(DEFAULT_PROVIDER.to_owned()).chain(from_shell).chain(found).chain(given.iter().cloned()).collect()
}

fn pass_on(stream: impl Read + Send + 'static) {
    thread::spawn(move || {
        for line in BufReader::new(stream).split(b'\n') {
            let Ok(line) = line else { break };
            let line = String::from_utf8_lossy(&line);
            if is_worth_reading(&line) {
                progress::say(&line);
            }
        }
    });
}

/// Whether a line of wrangler's is about the product.
fn is_worth_reading(line: &str) -> bool {
    // The table of bindings is what wrangler.toml says.
    let table = line.starts_with("env.") || (line.starts_with("Binding ") && line.trim_end().ends_with(" Mode"));
    !table && !line.trim().is_empty() && !NOISE.iter().any(|noise| line.contains(noise))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_comes_last_and_the_default_first() {
        let shell = |name: &str| match name {
            "MODEL_BASE_URL" => Some("http://localhost:11434/v1".to_owned()),
            "MODEL_NAME" => Some("small".to_owned()),
            "MODEL_PROVIDER" => Some(String::new()),
            _ => None,
        };
        let given = ["MODEL_NAME:big".to_owned(), "MAX_STEPS:4".to_owned()];
        let expected = [
            DEFAULT_PROVIDER,
            "MODEL_BASE_URL:http://localhost:11434/v1",
            "MODEL_NAME:small",
            "MODEL_NAME:big",
            "MAX_STEPS:4",
        ];
        assert_eq!(variables(None, &given, shell), expected);
        let server = ModelServer { program: "llama.cpp", port: 8080, models: vec!["m:7b".to_owned()] };
        let with = variables(Some(&server), &given, shell);
        assert_eq!(with[..3], expected[..3]);
        assert_eq!(with[3..5], ["MODEL_BASE_URL:http://127.0.0.1:8080/v1", "MODEL_NAME:m:7b"]);
        assert_eq!(with[5..7], ["MODEL_FIRST_BYTE_TIMEOUT_MS:300000", "MODEL_WHOLE_TIMEOUT_MS:300000"]);
        assert_eq!(with[7..], expected[3..]);
    }

    #[test]
    fn only_what_is_about_the_product_is_passed_on() {
        let noise = [
            "",
            "Binding              Resource                  Mode",
            "env.AI               AI                        not supported",
            "[wrangler:info] Ready on http://127.0.0.1:8787",
            "⎔ Starting local server...",
        ];
        let worth = ["[wrangler:info] GET / 200 OK (3ms)", "✘ [ERROR] Uncaught Error: no", "environment"];
        assert!(!noise.into_iter().any(is_worth_reading));
        assert!(worth.into_iter().all(is_worth_reading));
    }
}
