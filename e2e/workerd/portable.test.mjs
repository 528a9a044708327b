// Everything that a person has, over HTTP: exported as one file, imported into another person's empty object, and deleted.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { following } from "../lib/architect.mjs";
import { greeted } from "../lib/client.mjs";
import { startServer } from "../lib/server.mjs";

let server;
before(async () => (server = await startServer()));
after(() => server?.stop());

const address = (client, path) => `${server.url}/agents/chat/me/${path}?token=${client.token}`;
const json = { "content-type": "application/json" };
const send = (client, body, headers = {}) => fetch(address(client, "import"), { method: "POST", body, headers: { ...json, ...headers } });

/** A person with a plan, blocks, a conversation, an undone change and a goal. */
async function person() {
  const client = await greeted(server);
  await client.call("setSettings", { timeZone: "Europe/Oslo" });
  await client.chat("Schedule workout tomorrow at 8am");
  await client.call("createPlan", { title: "Trip" });
  await client.call("scheduleBlock", { title: "Pack “all” ✈", startTime: "2035-03-01T08:00" });
  await client.call("undo", {});
  return client;
}

const all = async (client) => {
  const { events } = await client.call("getEvents", { limit: 1000 });
  const { timeline } = await client.call("getTimeline");
  return { events, timeline, messages: await client.call("getMessages") };
};

test("a file exported and imported into an empty object has the same log, timeline and conversation", async () => {
  const client = await person();
  const response = await fetch(address(client, "export"));
  assert.equal(response.status, 200);
  assert.match(response.headers.get("content-disposition"), /^attachment; filename="temporal-flux\.json"$/);
  assert.equal(response.headers.get("cache-control"), "no-store");
  const file = await response.text();
  assert.equal(JSON.parse(file).format, "temporal-flux");

  const other = await following(server);
  const taken = await send(other, file);
  assert.equal(taken.status, 200, await taken.clone().text());
  const { events, messages } = await taken.json();
  assert.deepEqual([events, messages], [JSON.parse(file).events.length, JSON.parse(file).messages.length]);
  await other.find(({ type, seq }) => type === "flux_snapshot" && seq === events);
  assert.deepEqual(await all(other), await all(client));

  // After a restart it is still the same, and undo continues at the same place.
  await server.restart();
  const [again, before] = [await greeted(server, { token: other.token }), await greeted(server, { token: client.token })];
  assert.deepEqual(await all(again), await all(before));
  assert.match((await again.call("redo", {})).summary, /Pack “all” ✈/);

  assert.equal((await send(again, file)).status, 409);
  await Promise.all([again.close(), before.close()]);
});

test("a file that is not an export, too large, or from another site changes nothing", async () => {
  const client = await greeted(server);
  const before = await all(client);
  for (const [body, status] of [["", 422], ["{}", 422], ["[]", 422], [new Uint8Array([0xff, 0xfe]), 422], [" ".repeat(33 << 20), 413]]) {
    const response = await send(client, body);
    assert.equal(response.status, status);
    assert.match(await response.text(), /Nothing was changed\.$/);
  }
  assert.equal((await send(client, "{}", { origin: "https://elsewhere.example" })).status, 403);
  const nobody = await fetch(`${server.url}/agents/chat/me/export`);
  assert.equal(nobody.status, 401);
  assert.deepEqual(await all(client), before);
  await client.close();
});

test("everything is deleted permanently", async () => {
  const client = await person();
  await assert.rejects(client.call("deleteEverything", {}), /Nothing was deleted/);
  const deleted = await client.call("deleteEverything", { confirm: "everything" });
  assert.equal(deleted.ok, true);
  assert.match(deleted.note, /^Cloudflare's backups can contain it until \d{1,2} [A-Z][a-z]+ \d{4}\.$/);
  const { events, timeline, messages } = await all(client);
  assert.deepEqual([events.map(({ type }) => type), timeline.blocks, messages], [["PLAN_CREATED", "PLAN_SWITCHED"], [], []]);
  assert.equal(timeline.settings.timeZone, null);
  await server.restart();
  const again = await greeted(server, { token: client.token });
  assert.deepEqual((await all(again)).events, events);
  await again.chat("Schedule workout tomorrow at 8am");
  assert.equal((await all(again)).timeline.blocks.length, 1);
  await again.close();
});

test("the past is shown and restored, and any change is undone, with the platform's own SQLite", async () => {
  const client = await person();
  const { seq, timeline } = await client.call("getTimeline");
  await client.call("switchPlan", { id: "My plan" });
  await client.call("deleteBlock", { id: "B1" });
  const past = await client.call("getTimelineAt", { seq });
  assert.deepEqual([past.seq, past.timeline.plans, past.timeline.activePlan], [seq, timeline.plans, timeline.activePlan]);
  assert.deepEqual([past.differences.added, past.differences.removed, past.differences.changed], [0, 1, 0]);
  const [gone] = past.differences.blocks;
  assert.deepEqual([gone.then.title, gone.now], ["Workout", undefined]);
  assert.equal((await client.call("getTimelineAt", { at: past.at })).seq >= seq, true);
  assert.match((await client.call("restoreTimeline", { seq })).summary, /1 block brought back/);
  assert.deepEqual((await client.call("getTimeline")).timeline, timeline);

  const { events } = await client.call("getEvents", { newestFirst: true, actor: "assistant", limit: 1 });
  assert.equal(events[0].type, "BLOCK_SCHEDULED");
  await assert.rejects(client.call("undo", { txn: events[0].txn }), /cannot be undone by itself, because of .*“Workout” \(B1\)/);
  await client.close();
});
