// The Worker with the test suites in Rust: for the store and for the bindings of Workflows. Built with
// `--features store-suite` into the folder that FLUX_SUITE names. Never deployed.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ROOT, startServer } from "./server.mjs";

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

/** Starts it. */
export async function startSuite() {
  assert.ok(existsSync(WORKER), `${WORKER} is not built; FLUX_SUITE names another folder`);
  return startServer({ worker: WORKER, entry: join(ROOT, "e2e/lib/suite-entry.mjs"), config: CONFIG });
}
