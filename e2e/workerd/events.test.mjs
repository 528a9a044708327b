// Our extension of the protocol, `?sync=events`: a snapshot, then new events, and missed events after a reconnect.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { greeted, guest } from "../lib/client.mjs";
import { startServer } from "../lib/server.mjs";

let server;
before(async () => (server = await startServer()));
after(() => server?.stop());

const WORKOUT = { title: "Workout", startTime: "2035-03-01T08:00" };
const follow = (token, after) => greeted(server, { token, query: { sync: "events", ...(after && { after }) } });
/** Frames that carry the timeline. */
const synced = ({ frames }) => frames.filter(({ type }) => /^flux_(snapshot|events)|^cf_agent_state$/.test(type));

test("a snapshot comes instead of the state, followed by events", async () => {
  const client = await follow((await guest(server)).token);
  const [identity, snapshot] = client.frames;
  assert.deepEqual(identity, { type: "cf_agent_identity", name: "me", agent: "chat" });
  assert.equal(snapshot.type, "flux_snapshot");
  assert.deepEqual(snapshot.timeline.blocks, []);
  await client.call("scheduleBlock", WORKOUT);
  const { events } = await client.next("flux_events");
  assert.deepEqual(events.map(({ seq, type }) => [seq, type]), [[snapshot.seq + 1, "BLOCK_SCHEDULED"]]);
  assert.deepEqual(synced(client).map(({ type }) => type), ["flux_snapshot", "flux_events"]);
  // The next client gets it in the snapshot.
  const later = synced(await follow(client.token))[0];
  assert.deepEqual([later.seq, later.timeline.blocks.length], [snapshot.seq + 1, 1]);
  assert.deepEqual(later.timeline.blocks[0], (await client.call("getTimeline")).timeline.blocks[0]);
});

/** The events that a client was sent as they happened. */
const told = ({ frames }) => frames.filter(({ type }) => type === "flux_events").flatMap(({ events }) => events);

test("a follower gets what changed in a block, and asks for the event if it lacks the block", async () => {
  const { token } = await guest(server);
  const [editing, watching] = [await follow(token), await follow(token)];
  const { block } = await editing.call("scheduleBlock", WORKOUT);
  await editing.call("updateBlock", { id: "B1", updates: { title: "Swim", startTime: "2035-03-02T08:00" } });
  await editing.call("deleteBlock", { id: "B1" });
  await editing.call("undo");
  await watching.find(({ events }) => events?.some(({ type }) => type === "UNDONE"));
  const [scheduled, moved, updated, deleted, undone] = told(watching);
  assert.equal(scheduled.payload.block.title, "Workout");
  const deltas = [moved, updated, deleted].map(({ type, payload: { block, change } }) => [type, block, change]);
  assert.deepEqual(deltas, [
    ["BLOCK_MOVED", block.id, { span: { start: "2035-03-02T08:00:00Z", end: "2035-03-02T09:00:00Z" } }],
    ["BLOCK_UPDATED", block.id, { title: "Swim" }],
    ["BLOCK_DELETED", block.id, undefined],
  ]);
  assert.equal(undone.payload.change.payload.block.title, "Swim", "a block that comes back is whole");
  // The versions follow each other.
  assert.equal(new Set([moved, updated, deleted].map(({ payload }) => payload.base)).size, 3);
  assert.deepEqual(told(editing), told(watching));
  // Nobody has to follow deltas back: the log has whole events.
  const { events } = await watching.call("getEvents", { after: moved.seq - 1, limit: 2 });
  assert.deepEqual(events.map(({ seq, id }) => [seq, id]), [moved, updated].map(({ seq, id }) => [seq, id]));
  assert.deepEqual([events[1].payload.before.title, events[1].payload.after.title], ["Workout", "Swim"]);
});

test("a tab in which nobody does anything gets at most 450 bytes for an edit", async () => {
  const { token } = await guest(server);
  const [editing, idle] = [await follow(token), await follow(token)];
  const before = idle.bytes;
  const cycles = 10;
  for (let n = 0; n < cycles; n++) {
    const day = String(n + 1).padStart(2, "0");
    const { block: { id } } = await editing.call("scheduleBlock", {
      title: `Focus block ${n}`,
      description: `Work through chapter ${n} and write down three questions`,
      priority: "high",
      tags: ["work", "deep"],
      startTime: `2035-03-${day}T08:00:00.000Z`,
      endTime: `2035-03-${day}T08:45:00.000Z`,
    });
    const updates = { title: `Moved ${n}`, startTime: `2035-04-${day}T08:00:00.000Z` };
    await editing.call("updateBlock", { id, updates });
    await editing.call("completeBlock", { id });
    await editing.call("deleteBlock", { id });
  }
  await idle.call("getSettings");
  const answer = Buffer.byteLength(JSON.stringify(idle.frames.at(-1)));
  const bytes = (idle.bytes - before - answer) / (4 * cycles);
  assert.equal(told(idle).length, 5 * cycles);
  assert.ok(bytes <= 450, `${bytes} bytes`);
});

test("both kinds of clients are notified of the same change in their own format", async () => {
  const { token } = await guest(server);
  const [events, state] = [await follow(token), await greeted(server, { token })];
  await state.call("scheduleBlock", WORKOUT);
  await events.next("flux_events");
  await state.find((frame) => JSON.stringify(frame.state ?? "").includes("Workout"));
  assert.equal(state.frames.filter(({ type }) => type.startsWith("flux_")).length, 0);
  assert.equal(events.frames.filter(({ type }) => type === "cf_agent_state").length, 0);
});

test("a client that reconnects with its last number gets the missed events, each once", async () => {
  const { token } = await guest(server);
  const client = await follow(token);
  await client.call("scheduleBlock", WORKOUT);
  const seen = (await client.next("flux_events")).events.at(-1).seq;
  await client.close();
  const other = await follow(token);
  await other.call("completeBlock", { id: "B1" });
  await other.call("undo");
  const all = (await other.call("getEvents")).events;
  const [missed, ...more] = synced(await follow(token, seen));
  assert.deepEqual(missed.events, all.filter(({ seq }) => seq > seen));
  assert.ok(missed.events.length >= 2 && more.length === 0);
  const upToDate = synced(await follow(token, all.at(-1).seq));
  assert.deepEqual(upToDate, [{ type: "flux_events", events: [] }]);
});

test("a client that reconnects with an invalid number gets everything", async () => {
  const { token } = await guest(server);
  const client = await follow(token);
  await client.call("scheduleBlock", WORKOUT);
  for (const after of ["0", "999", "-1", "x"]) {
    const [frame] = synced(await follow(token, after));
    assert.deepEqual([frame.type, frame.timeline?.blocks.length], ["flux_snapshot", 1], after);
  }
});

test("a client that missed more than a thousand events gets a snapshot, otherwise the events", async () => {
  const { token } = await guest(server);
  const client = await follow(token);
  await client.call("scheduleBlock", WORKOUT);
  const { seq: first } = await client.call("getTimeline");
  for (let done = 0; done < 1001; done += 91) {
    const calls = Array.from({ length: 91 }, (_, index) => (done + index) % 2 ? "uncompleteBlock" : "completeBlock");
    await Promise.all(calls.map((method) => client.call(method, { id: "B1" })));
  }
  const { seq: last } = await client.call("getTimeline");
  assert.equal(last - first, 1001);
  const [tooMany] = synced(await follow(token, first));
  assert.deepEqual([tooMany.type, tooMany.seq], ["flux_snapshot", last]);
  const [justFew] = synced(await follow(token, first + 1));
  assert.deepEqual(justFew.events.map(({ seq }) => seq), Array.from({ length: 1000 }, (_, index) => first + 2 + index));
});
