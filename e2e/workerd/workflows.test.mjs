// The bindings of Workflows (agent/src/edge/workflows.rs), tested by cases in Rust (agent/src/edge/workflow_suite.rs): what runs of
// the architect rely on.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startSuite } from "../lib/suite.mjs";
import { until } from "../lib/until.mjs";

/** The first pause between two attempts, as set in the cases. */
const DELAY_MS = 200;

let server;
before(async () => (server = await startSuite()));
after(() => server?.stop());

const instance = (id, method) => fetch(`${server.url}/suite/workflows/${id}`, { method });

async function status(id) {
  const response = await instance(id, "GET");
  assert.equal(response.status, 200, await response.clone().text());
  return response.json();
}

/** Starts a case and returns its output. */
async function outputOf(name, number = 1) {
  const id = `${name}-${number}`;
  const started = await instance(id, "POST");
  assert.equal(started.status, 200, await started.text());
  let now;
  const isOver = async () => ["complete", "errored"].includes((now = await status(id)).status);
  await until(isOver, { limit: 30_000, what: () => `the end of ${id}: ${JSON.stringify(now)}` });
  assert.equal(now.status, "complete", JSON.stringify(now));
  return JSON.parse(now.output);
}

/** The pauses between attempts. */
const pauses = ({ tries }) => tries.slice(1).map((at, index) => at - tries[index]);

test("a failing step is retried the configured number of times, with pauses that double", async () => {
  const output = await outputOf("fails");
  assert.equal(output.tries.length, 4, "once, and three times again");
  assert.match(output.error, /no 4/);
  for (const [index, pause] of pauses(output).entries()) {
    assert.ok(pause >= 0.9 * DELAY_MS * 2 ** index, `${pause} ms before try ${index + 2}`);
  }
});

test("a step that recovers returns its result and is not retried", async () => {
  const output = await outputOf("recovers");
  assert.deepEqual([output.tries.length, output.result, output.error], [3, "yes", null]);
});

test("a final error ends the step at once", async () => {
  const output = await outputOf("gives_up");
  assert.equal(output.tries.length, 1);
  assert.match(output.error, /never/);
});

test("a sleep takes its time", async () => {
  const output = await outputOf("sleeps");
  assert.equal(output.result, "slept");
  assert.ok(output.took >= 0.9 * DELAY_MS, `${output.took} ms`);
});

test("an instance can be terminated at any point, and its id stays taken", async () => {
  assert.equal((await instance("waits-1", "POST")).status, 200);
  await until(async () => ["running", "waiting"].includes((await status("waits-1")).status));
  assert.equal((await instance("waits-1", "DELETE")).status, 200);
  await until(async () => (await status("waits-1")).status === "terminated");
  const again = await instance("waits-1", "POST");
  assert.deepEqual([again.status, /already exists/.test(await again.text())], [409, true]);
  assert.notEqual((await instance("unknown-1", "DELETE")).status, 200);
});

test("an instance can be deleted with what it has stored, whether it runs or not", async () => {
  assert.equal((await instance("waits-2", "POST")).status, 200);
  await until(async () => ["running", "waiting"].includes((await status("waits-2")).status));
  await outputOf("recovers", 2);
  for (const id of ["waits-2", "recovers-2", "unknown-2"]) {
    const deleted = await instance(id, "PUT");
    assert.equal(deleted.status, 200, await deleted.text());
    const gone = await instance(id, "GET");
    assert.deepEqual([gone.status, /not_found/.test(await gone.text())], [409, true], id);
  }
});
