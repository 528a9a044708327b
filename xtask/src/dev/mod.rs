//! `cargo xtask dev`: the product on this machine, at one address, without an account.

mod health;
mod server;
mod watch;

use std::net::{Ipv4Addr, TcpListener};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use clap::Args;

use crate::setup::{Toolbox, remove_folder};
use crate::workspace::Workspace;
use crate::{build, process, progress, secrets};
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
    /// A variable of the Worker, over that of wrangler.toml; may be repeated
    #[arg(long = "var", value_name = "KEY:VALUE")]
    vars: Vec<String>,
}

/// How long a first start may take: workerd comes up in a second or two, on a busy machine in ten.
const START_LIMIT: Duration = Duration::from_secs(90);

/// How often signals, changes and the server are looked at.
const POLL: Duration = Duration::from_millis(100);

/// The task. It ends on Ctrl-C, or when the server ends.
pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    check_port(options.port)?;
    let toolbox = build::make(workspace, &build::LOCAL)?;
    secrets::prepare_local(workspace)?;
    if options.fresh {
        remove_folder(&workspace.state())?;
        progress::say(&format!("{} data of earlier runs forgotten", progress::tick()));
    }
    // Watching begins before serving: what changes meanwhile is built right after.
    let watch = options.watch.then(|| Watch::start(workspace)).transpose()?;
    let mut server = Server::start(workspace, &toolbox, options)?;
    greet(&mut server, options)?;
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

/// Waits until the server is well and says where it is.
fn greet(server: &mut Server, options: &Options) -> Result<()> {
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
        progress::say("                 no language model: set MODEL_BASE_URL and MODEL_NAME to use one");
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
    fn a_busy_port_is_named_with_the_way_out() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        let error = check_port(port).unwrap_err().to_string();
        assert!(error.contains(&format!("port {port} ")) && error.contains("--port"), "{error}");
    }
}
