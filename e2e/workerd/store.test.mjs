// The store's own test-suite (agent/src/store/suite.rs), here on a Durable Object's SQLite: each case in an object of
// its own. Built with `--features store-suite` into the folder that FLUX_SUITE names.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, before, test } from "node:test";
import { ROOT, startServer } from "../lib/server.mjs";

const WORKER = process.env.FLUX_SUITE ?? `${ROOT}/agent/build-suite`;

/** The class that runs the cases. A deployed Worker has neither it nor its binding. */
const CONFIG = `
[[durable_objects.bindings]]
name = "StoreSuite"
class_name = "StoreSuite"

[[migrations]]
tag = "suite"
new_sqlite_classes = ["StoreSuite"]
`;

let server;
before(async () => {
  assert.ok(existsSync(WORKER), `${WORKER} is not built; FLUX_SUITE names another folder`);
  server = await startServer({ worker: WORKER, config: CONFIG });
});
after(() => server?.stop());

const run = async (number) => {
  const response = await fetch(`${server.url}/suite/${number}`);
  return { status: response.status, text: await response.text() };
};

test("every case of the store's suite holds on a Durable Object", async (context) => {
  const first = await run(0);
  assert.equal(first.status, 200, first.text);
  const { cases } = JSON.parse(first.text);
  assert.ok(cases > 0);
  for (let number = 0; number < cases; number++) {
    const { status, text } = number === 0 ? first : await run(number);
    assert.equal(status, 200, text);
    const { name, error } = JSON.parse(text);
    await context.test(name, () => assert.equal(error, null));
  }
  assert.equal((await run(cases)).status, 404);
});
