// The real Worker in workerd, by wrangler, one server a test file or more: `startServer()`.
//
// Each server runs on a copy of what was built, so that a build in between does not reload it under a test, with a key
// and a state folder of its own. Whatever happens to the test, no process stays behind: the whole process group is
// killed when this process ends.

import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { OFFSET_MS } from "./clock.mjs";
import { assertNoTexts } from "./log.mjs";
import { until } from "./until.mjs";

/** The workspace. */
export const ROOT = process.env.FLUX_ROOT ?? dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const NODE = process.env.FLUX_NODE ?? process.execPath;
const WRANGLER = process.env.FLUX_WRANGLER ?? join(ROOT, "node_modules/wrangler/bin/wrangler.js");

/** workerd comes up in two seconds; on a busy machine in twenty. */
const START_LIMIT_MS = 90_000;

/** The same as xtask gives its own servers (xtask/src/setup): no telemetry, no questions to the internet. */
const ENVIRONMENT = {
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_SEND_ERROR_REPORTS: "false",
  WRANGLER_HIDE_BANNER: "true",
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  // Without it wrangler asks a terminal for keys to press.
  CI: "true",
};

const running = new Set();
process.on("exit", () => running.forEach((server) => server.destroy()));
for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]]) process.on(signal, () => process.exit(code));

/**
 * Starts a server and waits until `/healthz` answers.
 *
 * - `model`: `"offline"` (the default), `{ baseUrl, name?, apiKey? }` for an OpenAI-compatible server, or `{ ai }` for
 *   the `AI` binding, played by the Worker in e2e/ai, which asks the server at that address what to answer.
 * - `vars`: variables over those of wrangler.toml.
 * - `state`: a folder that outlives this server. Without it, the data goes when the server stops.
 * - `port`: a free one where it is not given.
 * - `worker`: the folder with the built Worker (index.js, index_bg.wasm). Where it is not given, it is the one that is
 *   deployed, agent/build, or agent/build-local for the model `"offline"`. `entry`: a module in place of
 *   agent/entry.mjs; `config`: lines to put at the end of wrangler.toml.
 *
 * The Worker's present is that of the tests (./clock.mjs).
 *
 * Gives `{ url, port, vars, keys, stop(), kill(), start(), restart(), log() }`.
 */
export async function startServer(options = {}) {
  for (let attempt = 1; ; attempt++) {
    const server = new Server(options, options.port ?? (await freePort()));
    try {
      await server.start();
      return server;
    } catch (error) {
      // Somebody else may have taken the port in the meantime.
      if (options.port || attempt === 3 || !/Address already in use/.test(error.message)) throw error;
      await server.stop();
    }
  }
}

/** A port that was free a moment ago. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

class Server {
  #folder = mkdtempSync(join(tmpdir(), "flux-e2e-"));
  #state;
  #configs = ["wrangler.toml"];
  #vars;
  #secrets;
  #child;
  #ended;
  #output = "";

  constructor({ vars = {}, model = "offline", state, ...files }, port) {
    this.port = port;
    this.url = `http://127.0.0.1:${port}`;
    // First of all, so that what fails from here on leaves nothing behind either.
    running.add(this);
    this.#state = state ?? join(this.#folder, "state");
    this.#vars = { ...modelVars(model), CLOCK_OFFSET_MS: OFFSET_MS, ...vars };
    this.#copy(model, files);
  }

  /** The variables. Those that are changed are used after a restart. */
  get vars() {
    return this.#vars;
  }

  /** The id of the group of its processes. */
  get processGroup() {
    return this.#child.pid;
  }

  /** The keys that sign identities. Others are used after a restart. */
  get keys() {
    return this.#secrets.FLUX_KEY;
  }

  set keys(keys) {
    this.#secrets.FLUX_KEY = keys;
    this.#writeSecrets();
  }

  /** What wrangler and the Worker wrote so far. */
  log() {
    return this.#output;
  }

  /** Starts it again after `stop` or `kill`, with the same state, at the same port. */
  async start() {
    const child = spawn(NODE, [WRANGLER, ...this.#arguments()], {
      cwd: this.#folder,
      env: {
        ...process.env,
        ...ENVIRONMENT,
        // Else it writes below the person's home, and finds the Workers of other servers there.
        WRANGLER_REGISTRY_PATH: join(this.#folder, "registry"),
        WRANGLER_LOG_PATH: join(this.#folder, "logs"),
      },
      // A process group of its own, to be ended as a whole: wrangler starts a second Node and workerd.
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    this.#ended = new Promise((resolve) => child.once("close", resolve));
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => (this.#output += text));
    }
    const isUp = async () => {
      if (child.exitCode !== null) throw new Error(`the server did not start:\n${this.#output}`);
      const answer = async () => (await fetch(`${this.url}/healthz`, { signal: AbortSignal.timeout(5_000) })).json();
      // Not up yet, or too busy to finish its answer in time.
      return (await answer().catch(() => undefined))?.ok;
    };
    const what = () => `a good answer of /healthz; the server said:\n${this.#output}`;
    await until(isUp, { limit: START_LIMIT_MS, what });
  }

  /** Ends it as Ctrl-C does, and forgets its data unless they are in a folder that was given. */
  async stop() {
    this.#signal("SIGTERM");
    const impatient = setTimeout(() => this.#signal("SIGKILL"), 5_000);
    await this.#ended;
    clearTimeout(impatient);
    this.destroy();
    assertNoTexts(this);
  }

  /** Ends all its processes at once, as a power cut does. */
  async kill() {
    this.#signal("SIGKILL");
    await this.#ended;
  }

  /** A power cut, and up again. */
  async restart() {
    await this.kill();
    await this.start();
  }

  /** Leaves nothing behind; cannot wait, since it is also called when this process exits. */
  destroy() {
    running.delete(this);
    this.#signal("SIGKILL");
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 3 });
  }

  #signal(signal) {
    try {
      if (this.#child) process.kill(-this.#child.pid, signal);
    } catch (error) {
      // Gone already.
      if (error.code !== "ESRCH") throw error;
    }
  }

  #copy(model, { worker = join(ROOT, builtFor(model)), entry = join(ROOT, "agent/entry.mjs"), config = "" }) {
    const agent = join(this.#folder, "agent");
    mkdirSync(agent);
    cpSync(worker, join(agent, "build"), { recursive: true });
    cpSync(join(ROOT, "agent/architect.mjs"), join(agent, "architect.mjs"));
    cpSync(entry, join(agent, "served.mjs"));
    cpSync(join(ROOT, "e2e/lib/clock-entry.mjs"), join(agent, "entry.mjs"));
    for (const file of ["worker-clock.mjs", "shift-date.mjs"]) cpSync(join(ROOT, "e2e/lib", file), join(agent, file));
    cpSync(join(ROOT, "dist"), join(this.#folder, "dist"), { recursive: true });
    let toml = readFileSync(join(ROOT, "wrangler.toml"), "utf8");
    // A binding to the real Workers AI cannot be reached here, and wrangler would ask for an account.
    toml = toml.replace('[ai]\nbinding = "AI"\n', model.ai ? AI_SERVICE : "");
    writeFileSync(join(this.#folder, "wrangler.toml"), `${toml}\n${config}`);
    this.#secrets = { FLUX_KEY: randomBytes(32).toString("hex"), ...(model.apiKey && { MODEL_API_KEY: model.apiKey }) };
    this.#writeSecrets();
    if (model.ai) {
      cpSync(join(ROOT, "e2e/ai"), join(this.#folder, "ai"), { recursive: true });
      appendFileSync(join(this.#folder, "ai/wrangler.toml"), `\n[vars]\nAI_URL = "${model.ai}"\n`);
      this.#configs.push("ai/wrangler.toml");
    }
  }

  #writeSecrets() {
    const lines = Object.entries(this.#secrets).map(([name, value]) => `${name}='${value}'\n`);
    writeFileSync(join(this.#folder, ".dev.vars"), lines.join(""), { mode: 0o600 });
  }

  #arguments() {
    const configs = this.#configs.flatMap((config) => ["--config", config]);
    const vars = Object.entries(this.#vars).flatMap(([name, value]) => ["--var", `${name}:${value}`]);
    return ["dev", ...configs, ...vars, "--ip", "127.0.0.1", "--port", String(this.port), "--inspector-port", "0",
      "--persist-to", this.#state, "--show-interactive-dev-session=false"];
  }
}

/** In place of `[ai]`: the Worker of e2e/ai. */
const AI_SERVICE = '[[services]]\nbinding = "AI"\nservice = "flux-ai"\nentrypoint = "Ai"\n';

function builtFor(model) {
  return model === "offline" ? "agent/build-local" : "agent/build";
}

function modelVars(model) {
  if (model === "offline") return { MODEL_PROVIDER: "offline" };
  if (model.ai) return { MODEL_PROVIDER: "workers-ai" };
  return { MODEL_BASE_URL: model.baseUrl, MODEL_NAME: model.name ?? "scripted" };
}
