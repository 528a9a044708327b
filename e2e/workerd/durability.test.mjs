// Acknowledged edits survive: all processes are killed at random moments during a stream of edits, as by a power cut, and
// started again with what is on the disk.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { greeted, guest } from "../lib/client.mjs";
import { checkLog, Ledger } from "../lib/ledger.mjs";
import { random, SEED } from "../lib/random.mjs";
import { startServer } from "../lib/server.mjs";

const KILLS = 20;
/** Calls in progress at a time, so that some are always between arriving and being answered. */
const AT_ONCE = 6;
/** The most answers between two kills. */
const ANSWERS = 30;

const chance = random();
const below = (limit) => Math.floor(chance() * limit);

let server;
before(async () => (server = await startServer()));
after(() => server?.stop());

/** Sends edits, first those that were never answered, until `answers` have come; some stay under way. */
async function edit(client, edits, answers) {
  for (const frame of edits.open.values()) client.send(frame);
  for (let number = 0; number < answers; number++) {
    while (edits.open.size < AT_ONCE) client.send(edits.next());
    edits.answered(await client.next("rpc"));
  }
}

test(`acknowledged edits survive ${KILLS} kills, once each (FLUX_SEED=${SEED})`, async () => {
  const { token } = await guest(server);
  const edits = new Ledger(below);
  for (let kill = 0; kill < KILLS; kill++) {
    const client = await greeted(server, { token });
    await checkLog(client, edits);
    await edit(client, edits, 1 + below(ANSWERS));
    // Without waiting, so that the kill happens at a random point in the work on the other edits.
    await new Promise((resolve) => setTimeout(resolve, below(6)));
    await server.restart();
    // Answers that arrived before the connection broke count as acknowledged.
    await client.closed;
    client.frames.filter(({ type }) => type === "rpc").forEach((frame) => edits.answered(frame));
  }
  const client = await greeted(server, { token });
  await edit(client, edits, edits.open.size);
  await checkLog(client, edits);
  assert.ok(edits.done.size > KILLS * 3, `${edits.done.size} edits are too few to prove anything`);
});
