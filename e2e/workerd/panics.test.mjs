// A panic ends the Rust program, but not the Worker: the shim (agent/shim.mjs) starts the program anew.

import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { panic, panicked, startSuite } from "../lib/suite.mjs";

let server;
before(async () => (server = await startSuite()));
after(() => server?.stop());

const run = (number) => fetch(`${server.url}/suite/${number}`);

test("the Worker works after a panic, and so do the object that panicked and another one that was in use", async () => {
  const first = await Promise.all([0, 1].map(async (number) => (await run(number)).json()));
  for (let time = 0; time < 3; time++) {
    await panic(server, 1);
    assert.equal((await fetch(`${server.url}/healthz`)).status, 200);
    for (const number of [0, 1, 2 + time]) {
      const response = await run(number);
      assert.equal(response.status, 200, `object ${number} after panic ${time + 1}`);
      const outcome = await response.json();
      if (number < 2) assert.equal(outcome.name, first[number].name);
      // The first two run on a database that their first run has filled.
      else assert.equal(outcome.error, null);
    }
  }
});

/** Opens a socket to an object. */
async function open(number) {
  const socket = new WebSocket(`${server.url.replace("http", "ws")}/suite/${number}`);
  await once(socket, "open");
  return socket;
}

/** The answer to a frame. */
async function echo(socket, text) {
  const answered = once(socket, "message", { signal: AbortSignal.timeout(10_000) });
  socket.send(text);
  return (await answered)[0].data;
}

test("a panic while a frame is handled ends no socket, and the next frame is answered", async () => {
  const sockets = [await open(10), await open(11)];
  for (let time = 0; time < 2; time++) {
    for (const socket of sockets) assert.equal(await echo(socket, `before ${time}`), `before ${time}`);
    await panicked(server, () => sockets[0].send("x-panic"));
    for (const socket of sockets) assert.equal(await echo(socket, `after ${time}`), `after ${time}`);
    assert.equal((await run(0)).status, 200);
  }
  for (const socket of sockets) socket.close();
});
