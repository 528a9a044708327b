// Acknowledged edits survive: all processes are killed at random moments during a stream of edits, as by a power cut, and
// started again with what is on the disk.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { greeted, guest } from "../lib/client.mjs";
import { random, SEED } from "../lib/random.mjs";
import { replay } from "../lib/replay.mjs";
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

/** Random edits, each with the id with which it can be repeated. */
class Edits {
  /** Sent and not answered, in the order of sending. */
  open = new Map();
  /** Answered with success. */
  done = new Map();
  /** Without effect: edits are random, so some are rejected or change nothing. */
  idle = new Set();
  #count = 0;

  /** A new edit. */
  next() {
    const title = `Edit ${++this.#count}`;
    const handle = { id: `B${1 + below(this.#count)}` };
    const kinds = [
      ["scheduleBlock", { title, startTime: `2035-03-${String(1 + below(28)).padStart(2, "0")}T08:00` }],
      ["scheduleBlock", { title, startTime: "2035-04-01T08:00" }],
      ["updateBlock", { ...handle, updates: { title } }],
      ["completeBlock", handle],
      ["deleteBlock", handle],
      ["undo", {}],
    ];
    const [method, argument] = kinds[below(kinds.length)];
    const frame = { type: "rpc", id: randomUUID(), method, args: [argument] };
    this.open.set(frame.id, frame);
    return frame;
  }

  answered(frame) {
    const edit = this.open.get(frame.id);
    // A repeated edit may have been answered by the connection that was killed as well.
    if (!edit) return;
    this.open.delete(frame.id);
    const isIdle = !frame.success || /nothing was changed/.test(frame.result.summary);
    if (isIdle) this.idle.add(frame.id);
    else this.done.set(frame.id, edit);
  }
}

/** Sends edits, first those that were never answered, until `answers` have come; some stay under way. */
async function edit(client, edits, answers) {
  for (const frame of edits.open.values()) client.send(frame);
  for (let number = 0; number < answers; number++) {
    while (edits.open.size < AT_ONCE) client.send(edits.next());
    edits.answered(await client.next("rpc"));
  }
}

async function allEvents(client) {
  const events = [];
  for (;;) {
    const page = await client.call("getEvents", { after: events.length, limit: 1000 });
    events.push(...page.events);
    if (events.length >= page.last) return events;
    assert.ok(page.events.length > 0, "the log goes on to its end");
  }
}

/** Checks what must always hold. */
async function check(client, edits) {
  const events = await allEvents(client);
  assert.deepEqual(events.map(({ seq }) => seq), events.map((_, index) => index + 1));
  assert.equal(new Set(events.map(({ id }) => id)).size, events.length);
  const { timeline, seq, complete } = await client.call("getTimeline");
  assert.deepEqual([seq, complete], [events.length, true]);
  const byId = (blocks) => [...blocks].sort((a, b) => (a.id < b.id ? -1 : 1));
  assert.deepEqual(byId(timeline.blocks), byId(replay(events).values()), "the projection is what the log says");

  const transactions = Map.groupBy(events, ({ txn }) => txn);
  for (const { id, method, args: [{ title }] } of edits.done.values()) {
    const made = transactions.get(id);
    assert.ok(made, `${method} ${id} was acknowledged and is gone`);
    if (method === "undo") continue;
    // One event each; more would mean that it was applied again.
    assert.equal(made.length, 1, `${method} ${id} was applied ${made.length} times`);
    if (method === "scheduleBlock") assert.equal(made[0].payload.block.title, title);
  }
  const scheduled = events.filter(({ type }) => type === "BLOCK_SCHEDULED").map(({ payload }) => payload.block.title);
  assert.equal(new Set(scheduled).size, scheduled.length, "no edit was applied twice");
  const known = new Set([...edits.done.keys(), ...edits.open.keys()]);
  const strange = [...transactions].filter(([id, [first]]) => first.actor.by === "user" && !known.has(id));
  assert.deepEqual(strange, [], "what had no effect has left nothing");
}

test(`acknowledged edits survive ${KILLS} kills, once each (FLUX_SEED=${SEED})`, async () => {
  const { token } = await guest(server);
  const edits = new Edits();
  for (let kill = 0; kill < KILLS; kill++) {
    const client = await greeted(server, { token });
    await check(client, edits);
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
  await check(client, edits);
  assert.ok(edits.done.size > KILLS * 3, `${edits.done.size} edits are too few to prove anything`);
});
