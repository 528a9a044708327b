// The store's own test suite (agent/src/store/suite/) on a Durable Object's SQLite, each case in an object of its own.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startSuite } from "../lib/suite.mjs";

let server;
before(async () => (server = await startSuite()));
after(() => server?.stop());

const run = async (number) => {
  const response = await fetch(`${server.url}/suite/${number}`);
  return { status: response.status, text: await response.text() };
};

test("every case of the store's suite passes on a Durable Object", async (context) => {
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
