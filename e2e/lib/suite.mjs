// The Worker with the test suites in Rust: for the store and for the bindings of Workflows. Built with
// `--features store-suite` into the folder that FLUX_SUITE names. Never deployed.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ROOT, startServer } from "./server.mjs";
import { until } from "./until.mjs";

const WORKER = process.env.FLUX_SUITE ?? join(ROOT, "agent/build-suite");

/** Settings for the suites. A deployed Worker has none of them. */
const CONFIG = `
[[durable_objects.bindings]]
name = "StoreSuite"
class_name = "StoreSuite"

[[migrations]]
tag = "suite"
new_sqlite_classes = ["StoreSuite"]

[[workflows]]
name = "temporal-flux-suite"
binding = "WORKFLOW_SUITE"
class_name = "WorkflowSuite"
`;

/** Starts it, with the options of `startServer`. */
export async function startSuite(options = {}) {
  assert.ok(existsSync(WORKER), `${WORKER} is not built; FLUX_SUITE names another folder`);
  return startServer({ ...options, worker: WORKER, entry: join(ROOT, "e2e/lib/suite-entry.mjs"), config: CONFIG });
}

/** How many panics have ended the program so far. */
const panics = (server) => server.log().split("Uncaught RuntimeError: unreachable").length - 1;

/** Waits for one more panic than there are when this is called, which `cause` leads to. */
export async function panicked(server, cause) {
  const before = panics(server);
  await cause();
  await until(() => panics(server) > before, { what: () => `a panic in the log:\n${server.log()}` });
}

/** Lets an object of the suite panic. The promise of that request is never settled, so it is given up once the panic is in the log. */
export async function panic(server, number) {
  const controller = new AbortController();
  const asked = fetch(`${server.url}/suite/${number}`, { headers: { "x-panic": "yes" }, signal: controller.signal });
  asked.catch(() => {});
  await panicked(server, () => {});
  controller.abort();
  await assert.rejects(asked, { name: "AbortError" });
}
