// A panic ends the Rust program, but not the Worker: the shim (agent/shim.mjs) starts the program anew.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startSuite } from "../lib/suite.mjs";

let server;
before(async () => (server = await startSuite()));
after(() => server?.stop());

const run = (number, headers = {}) => fetch(`${server.url}/suite/${number}`, { headers });

test("the Worker works after a panic, and so do the object that panicked and another one that was in use", async () => {
  const [name] = await Promise.all([run(0), run(1)].map(async (response) => (await (await response).json()).name));
  for (let time = 0; time < 3; time++) {
    const panicked = await run(1, { "x-panic": "yes" });
    assert.equal(panicked.status, 500);
    await panicked.text();
    assert.equal((await fetch(`${server.url}/healthz`)).status, 200);
    for (const number of [0, 1, 2 + time]) {
      const response = await run(number);
      assert.equal(response.status, 200, `object ${number} after panic ${time + 1}`);
      const outcome = await response.json();
      if (number === 0) assert.equal(outcome.name, name);
      // The first two ran on a database that their first run has filled.
      if (number > 1) assert.equal(outcome.error, null);
    }
  }
  assert.match(server.log(), /panicked at|a test asked for it|Reinitializing/);
});
