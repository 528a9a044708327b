// Runs a Worker as it would be deployed, in a workerd of its own and without wrangler's development server in front of it, so that
// the Worker is measured and not a tool.

import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { unstable_getMiniflareWorkerOptions } from "wrangler";
import { children } from "./process.mjs";
import { ADAPTERS } from "./targets.mjs";

const run = promisify(execFile);
const WRANGLER = fileURLToPath(new URL("../../node_modules/wrangler/bin/wrangler.js", import.meta.url));
const MODULES = { ".js": "ESModule", ".mjs": "ESModule", ".wasm": "CompiledWasm" };
const CONFIGURATIONS = ["wrangler.jsonc", "wrangler.toml"];
const COUNTING = ["counting.mjs", "script.mjs"];

/** In memory where possible: what a virtual disk needs for an fsync says nothing about a Worker. */
export const MEMORY = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

/** Quick retries and a patient watch, as a busy machine needs them. */
const VARIABLES = { ARCHITECT_RETRY_BASE_MS: "10", ARCHITECT_SILENCE_MS: "60000" };

/** Bundles a target. Gives it with its modules, the entry first, and their size in bytes, gzipped. */
export async function bundle({ name, kind, folder }) {
  const out = await mkdtemp(join(tmpdir(), `flux-bench-${name}-`));
  try {
    const environment = { ...process.env, WRANGLER_SEND_METRICS: "false", CLOUDFLARE_CF_FETCH_ENABLED: "false" };
    await run(process.execPath, [WRANGLER, "deploy", "--dry-run", "--outdir", out], { cwd: folder, env: environment });
    const configuration = CONFIGURATIONS.map((file) => join(folder, file)).find((file) => existsSync(file));
    const { main, workerOptions } = unstable_getMiniflareWorkerOptions(configuration);
    const entry = basename(main).replace(/\.\w+$/, ".js");
    const files = (await readdir(out)).filter((file) => extname(file) in MODULES);
    files.sort((one, other) => (other === entry) - (one === entry));
    const modules = await Promise.all(files.map(async (file) =>
      ({ type: MODULES[extname(file)], path: file, contents: await readFile(join(out, file)) })));
    const gzipped = gzipSync(Buffer.concat(modules.map(({ contents }) => contents)), { level: 9 }).length;
    return { name, kind, adapter: ADAPTERS[kind], modules, entry, gzipped, workerOptions };
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}

/**
 * Starts a bundled target with empty databases in a folder of its own below `data`. With `counting`, its statements are counted
 * (./counting.mjs); that costs time.
 *
 * Gives `{ name, kind, adapter, url, pid, stop() }`; `pid` is that of its workerd.
 */
export async function host({ name, kind, adapter, modules, entry, workerOptions }, { modelUrl, data = MEMORY, counting = false }) {
  const folder = await mkdtemp(join(data, `flux-bench-${name}-`));
  const earlier = children("workerd");
  // The page's files and the AI binding belong to the platform. The latter would ask for an account.
  const { ai, assets, ...worker } = workerOptions;
  const bindings = { ...worker.bindings, ...VARIABLES, MODEL_BASE_URL: modelUrl, FLUX_KEY: randomBytes(32).toString("hex") };
  const options = convertV4MiniflareOptions({
    ...worker, bindings, name, host: "127.0.0.1", port: 0, rootPath: undefined, modulesRoot: "/",
    modules: counting ? [...(await countingModules(entry)), ...modules] : modules,
    resourcePersistencePath: folder,
  });
  const miniflare = new Miniflare({ ...options, telemetry: { enabled: false }, handleStructuredLogs() {} });
  const address = await miniflare.ready;
  const pid = children("workerd").find((child) => !earlier.includes(child));
  const stop = async () => {
    await miniflare.dispose();
    await rm(folder, { recursive: true, force: true });
  };
  return { name, kind, adapter, pid, url: `http://${address.host}`, stop };
}

/** The modules around an entry that count its statements. */
async function countingModules(entry) {
  const texts = await Promise.all(COUNTING.map((file) => readFile(new URL(file, import.meta.url), "utf8")));
  return COUNTING.map((path, at) => {
    const contents = Buffer.from(texts[at].replaceAll("./entry.js", `./${entry}`));
    return { type: "ESModule", path, contents };
  });
}
