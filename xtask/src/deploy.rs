//! `cargo xtask deploy`: build, and hand it to Cloudflare.

use anyhow::{Result, bail};

use crate::secrets::{SESSION_KEY, SecretFile, random_key};
use crate::setup::Toolbox;
use crate::workspace::Workspace;
use crate::{build, process, progress};

/// The task.
pub fn run(workspace: &Workspace) -> Result<()> {
    let toolbox = Toolbox::prepare(workspace)?;
    // Before the build: who is not logged in should not wait for it. `--json` because only then failure has a status.
    if process::answer(toolbox.wrangler(workspace).args(["whoami", "--json"])).is_none() {
        bail!(
            "wrangler is not logged in to Cloudflare. Run\n\n  npx wrangler login\n\n\
             or set CLOUDFLARE_API_TOKEN (https://developers.cloudflare.com/fundamentals/api/get-started/create-token/)"
        );
    }
    build::DEPLOYED.compile(workspace, &toolbox.wasm)?;
    build::DEPLOYED.finish(workspace, &toolbox)?;
    build::size::check(workspace)?;
    let mut deploy = toolbox.wrangler(workspace);
    deploy.arg("deploy");
    if has_session_key(workspace, &toolbox) {
        return process::run(&mut deploy);
    }
    // The first deployment: without its key the Worker could sign no session.
    let secrets = format!("{{\"{SESSION_KEY}\":\"{}\"}}\n", random_key()?);
    let file = SecretFile::create(workspace.path(".flux/deploy-secrets.json"), &secrets)?;
    process::run(deploy.arg("--secrets-file").arg(file.path()))?;
    progress::say(&format!("A new {SESSION_KEY} was made and stored as a secret of the Worker."));
    Ok(())
}

/// Whether the Worker is deployed and has its key. A Worker that is not there yet is an error of wrangler's.
fn has_session_key(workspace: &Workspace, toolbox: &Toolbox) -> bool {
    let list = process::answer(toolbox.wrangler(workspace).args(["secret", "list", "--format", "json"]));
    list.is_some_and(|list| list.contains(&format!("\"{SESSION_KEY}\"")))
}
