//! `cargo xtask dev`: the product on this machine, at one address, without an account.

mod health;
mod model_servers;
mod server;
mod watch;

use std::net::{Ipv4Addr, TcpListener};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};

use crate::setup::{Toolbox, remove_folder};
use crate::workspace::Workspace;
use crate::{build, process, progress, secrets};
use model_servers::{ModelServer, Search};
use server::Server;
use watch::Watch;

/// How to serve.
#[derive(Args)]
pub struct Options {
    /// The port of the page and of everything else
    #[arg(long, default_value_t = 8787)]
    port: u16,
    /// Forget all data of earlier runs
    #[arg(long)]
    fresh: bool,
    /// Build again when a source changes
    #[arg(long)]
    watch: bool,
    /// Answer with a model server on this computer: Ollama, llama.cpp or LM Studio on its default port
    #[arg(long, value_name = "auto")]
    model: Option<ModelChoice>,
    /// A variable of the Worker, over that of wrangler.toml; may be repeated
    #[arg(long = "var", value_name = "KEY:VALUE")]
    vars: Vec<String>,
}

/// How the model is chosen.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ModelChoice {
    /// The first model server that is found on this computer
    Auto,
}

/// How long a first start may take: workerd comes up in a second or two, on a busy machine in ten.
const START_LIMIT: Duration = Duration::from_secs(90);

/// How often signals, changes and the server are looked at.
const POLL: Duration = Duration::from_millis(100);

/// The task. It ends on Ctrl-C, or when the server ends.
pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    check_port(options.port)?;
    let search = Search::start(options.port);
    let toolbox = build::make(workspace, &build::LOCAL)?;
    secrets::prepare_local(workspace)?;
    if options.fresh {
        remove_folder(&workspace.state())?;
        progress::say(&format!("{} data of earlier runs forgotten", progress::tick()));
    }
    // Watching begins before serving: what changes meanwhile is built right after.
    let watch = options.watch.then(|| Watch::start(workspace)).transpose()?;
    let found = search.found();
    let model = match options.model {
        Some(ModelChoice::Auto) => Some(chosen(&found)?),
        None => None,
    };
    let mut server = Server::start(workspace, &toolbox, options, model)?;
    greet(&mut server, options, &found)?;
    while !process::interrupted() {
        // A signal reaches the server too: that it ended may be why we are about to.
        if let Some(status) = server.ended(POLL)?
            && !process::interrupted()
        {
            bail!("the server ended by itself ({status}); what it said is above");
        }
        if watch.as_ref().is_some_and(Watch::changed) {
            rebuild(workspace, &toolbox);
        }
    }
    server.stop()?;
    progress::say("\nStopped. Data is kept; `--fresh` forgets it.");
    Ok(())
}

/// The model server that `--model auto` uses.
fn chosen(found: &[ModelServer]) -> Result<&ModelServer> {
    let Some(first) = found.first() else {
        let places = model_servers::places();
        bail!(
            "no model server was found on this computer ({places}). Start one of them, or set MODEL_BASE_URL and MODEL_NAME for \
             another. Without --model auto, the built-in interpreter answers."
        )
    };
    Ok(first)
}

/// How to connect a model, if none is connected.
fn offer(found: &[ModelServer]) -> String {
    match found {
        [] => "no language model: set MODEL_BASE_URL and MODEL_NAME to use one".to_owned(),
        [first, others @ ..] => {
            let others: String = others.iter().map(|other| format!(", and {}", other.describe())).collect();
            format!("found {}{others}. To use {}: cargo xtask dev --model auto", first.describe(), first.models[0])
        }
    }
}

/// Waits until the server is well and says where it is.
fn greet(server: &mut Server, options: &Options, found: &[ModelServer]) -> Result<()> {
    let started = Instant::now();
    let health = loop {
        let ended = server.ended(Duration::ZERO)?;
        if process::interrupted() {
            return Ok(());
        }
        if let Some(status) = ended {
            bail!("the server did not start ({status}); what it said is above");
        }
        if let Some(health) = health::ask(options.port) {
            break health;
        }
        if started.elapsed() > START_LIMIT {
            bail!("GET /healthz gave no good answer in {} s; what the server said is above", START_LIMIT.as_secs());
        }
        thread::sleep(POLL);
    };
    progress::say(&format!("{} Server … {}", progress::tick(), progress::duration(started.elapsed())));
    progress::say(&format!("\n  Temporal Flux: http://localhost:{}", options.port));
    progress::say(&format!("  Model:         {} ({})", health.model, health.provider));
    if health.provider == "offline" {
        progress::say(&format!("                 {}", offer(found)));
    }
    progress::say("\n  Ctrl-C stops it.\n");
    Ok(())
}

/// Builds again. wrangler sees new output by itself; what fails is shown, and what ran before keeps running.
fn rebuild(workspace: &Workspace, toolbox: &Toolbox) {
    let local = &build::LOCAL;
    if let Err(error) = local.compile(workspace, &toolbox.wasm).and_then(|()| local.finish(workspace, toolbox))
        && !process::interrupted()
    {
        eprintln!("{error:#}\n\n{} not built; the last good build keeps running", progress::cross());
    }
}

/// An error while the port is taken, before minutes are spent on building.
fn check_port(port: u16) -> Result<()> {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
        Ok(_) => Ok(()),
        Err(error) => {
            let other = port.checked_add(1).unwrap_or(8787);
            bail!("port {port} cannot be used ({error}). Choose another: cargo xtask dev --port {other}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_is_said_with_the_command_that_uses_it() {
        let server = |program, port, model: &str| ModelServer { program, port, models: vec![model.to_owned()] };
        let found = [server("Ollama", 11434, "llama3.3"), server("LM Studio", 1234, "qwen3")];
        assert_eq!(chosen(&found).unwrap(), &found[0]);
        assert_eq!(
            offer(&found),
            "found Ollama on port 11434 with llama3.3, and LM Studio on port 1234 with qwen3. To use llama3.3: cargo xtask dev \
             --model auto"
        );
        assert!(offer(&[]).contains("MODEL_BASE_URL"));
        let error = chosen(&[]).unwrap_err().to_string();
        assert!(error.contains("Ollama on port 11434, llama.cpp on port 8080, LM Studio on port 1234"), "{error}");
    }

    #[test]
    fn a_busy_port_is_named_with_the_way_out() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        let error = check_port(port).unwrap_err().to_string();
        assert!(error.contains(&format!("port {port} ")) && error.contains("--port"), "{error}");
    }
}
