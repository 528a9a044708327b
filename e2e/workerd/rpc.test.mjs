// Direct edits and queries over a socket, without a model.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, beforeEach, describe, test } from "node:test";
import { greeted } from "../lib/client.mjs";
import { startServer } from "../lib/server.mjs";

let server, client;
before(async () => (server = await startServer()));
after(() => server?.stop());
beforeEach(async () => (client = await greeted(server)));

const WORKOUT = { title: "Workout", startTime: "2035-03-01T08:00" };

const blocks = async () => (await client.call("getTimeline")).timeline.blocks;
const titles = async () => (await blocks()).map(({ title }) => title);
const last = async () => (await client.call("getEvents", { limit: 1 })).last;

describe("edits", () => {
  test("scheduleBlock adds a block at the given time, with all its fields", async () => {
    const { ok, summary, block } = await client.call("scheduleBlock", {
      ...WORKOUT, durationMinutes: 45, priority: "high", tags: ["sport"], description: "Legs" });
    assert.equal(ok, true);
    assert.match(summary, /Workout/);
    assert.deepEqual([block.handle, block.start, block.end, block.priority, block.tags, block.description],
      ["B1", "2035-03-01T08:00", "2035-03-01T08:45", "high", ["sport"], "Legs"]);
    const [stored] = await blocks();
    assert.equal(stored.id, block.id);
    assert.deepEqual(stored.span, { start: "2035-03-01T08:00:00Z", end: "2035-03-01T08:45:00Z" });
  });

  test("texts are composed, and without characters that hide or reorder them", async () => {
    const { block } = await client.call("scheduleBlock", { ...WORKOUT, title: "Cafe\u0301 \u202e001\u202c\u{e0041}", tags: ["u\u0308ben"] });
    assert.deepEqual([block.title, block.tags], ["Café 001", ["üben"]]);
    assert.equal((await client.call("findBlocks", { text: "cafe\u0301" })).blocks.length, 1, "what looks the same is the same");
  });

  test("updateBlock changes only the given fields", async () => {
    await client.call("scheduleBlock", { ...WORKOUT, durationMinutes: 45, tags: ["sport"] });
    const { block } = await client.call("updateBlock", { id: "B1", updates: { startTime: "2035-03-02T18:00" } });
    assert.deepEqual([block.title, block.start, block.end, block.tags],
      ["Workout", "2035-03-02T18:00", "2035-03-02T18:45", ["sport"]]);
    const renamed = await client.call("updateBlock", { id: "workout", updates: { title: "Run" } });
    assert.deepEqual([renamed.block.title, renamed.block.start], ["Run", "2035-03-02T18:00"]);
  });

  test("completeBlock, deleteBlock, undo and redo", async () => {
    await client.call("scheduleBlock", WORKOUT);
    assert.equal((await client.call("completeBlock", { id: "B1" })).block.completed, true);
    await client.call("deleteBlock", { id: "B1" });
    assert.deepEqual(await blocks(), []);
    await client.call("undo");
    assert.equal((await client.call("findBlocks", {})).blocks[0].completed, true);
    await client.call("undo");
    assert.equal((await client.call("findBlocks", {})).blocks[0].completed, false);
    await client.call("undo");
    assert.deepEqual(await blocks(), []);
    await client.call("redo");
    await client.call("redo");
    assert.equal((await client.call("findBlocks", {})).blocks[0].completed, true);
  });

  test("a call that is repeated with the same id is carried out once", async () => {
    const id = randomUUID();
    const first = await client.tell("scheduleBlock", [WORKOUT], id);
    assert.equal(first.success, true);
    client.frames.splice(client.frames.indexOf(first), 1);
    const again = await client.tell("scheduleBlock", [WORKOUT], id);
    assert.deepEqual([again.success, again.result.ok], [true, true]);
    assert.deepEqual(await titles(), ["Workout"]);
  });
});

describe("queries", () => {
  test("getEvents returns the log in order, from the given event and up to the given number", async () => {
    for (const title of ["One", "Two", "Three"]) await client.call("scheduleBlock", { ...WORKOUT, title });
    const { events, last } = await client.call("getEvents");
    assert.deepEqual(events.map(({ seq }) => seq), events.map((_, index) => index + 1));
    assert.equal(last, events.length);
    assert.equal(events.at(-1).type, "BLOCK_SCHEDULED");
    assert.deepEqual(events.at(-1).actor, { by: "user" });
    const part = await client.call("getEvents", { after: 1, limit: 2 });
    assert.deepEqual(part.events, events.slice(1, 3));
    assert.equal(part.last, last);
    assert.deepEqual((await client.call("getEvents", { after: last })).events, []);
  });

  test("getBlocks searches all texts of a block, with filters, and says whether the result is complete", async () => {
    for (const title of ["Run", "Swim", "Read"]) await client.call("scheduleBlock", { ...WORKOUT, title });
    await client.call("updateBlock", { id: "B1", updates: { tags: ["Sport"], description: "In the woods" } });
    await client.call("updateBlock", { id: "B2", updates: { tags: ["Sport"], priority: "high" } });
    const found = async (argument) => {
      const { blocks, complete } = await client.call("getBlocks", argument);
      return [blocks.map(({ title }) => title), complete];
    };
    assert.deepEqual(await found({ text: "WOODS run" }), [["Run"], true]);
    assert.deepEqual(await found({ text: "#sport" }), [["Run", "Swim"], true]);
    assert.deepEqual(await found({ text: "#sport", priority: "high", state: "open" }), [["Swim"], true]);
    assert.deepEqual(await found({ text: "#sport", state: "done" }), [[], true]);
    assert.deepEqual(await found({ text: "#sport", limit: 1 }), [["Run"], false]);
  });

  test("tasks without a time are not in the pages of a timeline, and are asked for by themselves", async () => {
    await client.call("scheduleBlock", { ...WORKOUT, title: "Run" });
    await client.call("scheduleBlock", { title: "Buy milk", durationMinutes: 30, dueDate: "2035-03-05" });
    const titles = async (argument) => (await client.call("getBlocks", argument)).blocks.map(({ title }) => title);
    assert.deepEqual(await titles({}), ["Run"]);
    assert.deepEqual(await titles({ inbox: true }), ["Buy milk"]);
    assert.deepEqual(await titles({ text: "milk" }), ["Buy milk"]);
    const { timeline, complete } = await client.call("getTimeline");
    const milk = timeline.blocks.find(({ title }) => title === "Buy milk");
    assert.deepEqual([milk.span, milk.minutes, milk.due, complete], [undefined, 30, "2035-03-05", true]);
    await client.call("updateBlock", { id: milk.id, updates: { startTime: "2035-03-02T08:00" } });
    assert.deepEqual(await titles({}), ["Run", "Buy milk"]);
  });

  test("getTimeline has the number of the last event that it contains", async () => {
    await client.call("scheduleBlock", WORKOUT);
    const { seq, timeline, complete, model } = await client.call("getTimeline");
    assert.equal(seq, await last());
    assert.deepEqual([timeline.blocks.length, complete, model.provider], [1, true, "offline"]);
  });

  test("getSettings and setSettings: the zone in which times are read and written", async () => {
    const workingHours = { days: ["Mon", "Tue", "Wed", "Thu", "Fri"], from: "09:00", to: "18:00" };
    const settings = { timeZone: null, workingHours, breakMinutes: 5, weekStart: "Mon", hourFormat: "24h" };
    assert.deepEqual(await client.call("getSettings"), settings);
    assert.deepEqual(await client.call("setSettings", { timeZone: "Europe/Oslo" }), {
      ...settings,
      timeZone: "Europe/Oslo",
    });
    const { block } = await client.call("scheduleBlock", { ...WORKOUT, startTime: "2035-07-01T08:00" });
    assert.equal(block.start, "2035-07-01T08:00");
    const [stored] = await blocks();
    assert.equal(stored.span.start, "2035-07-01T06:00:00Z");
  });

  test("getMessages returns the same as HTTP", async () => {
    await client.chat("hello");
    const response = await fetch(`${server.url}/agents/chat/me/get-messages?token=${client.token}`);
    assert.equal(response.headers.get("content-type"), "application/json");
    const messages = await client.call("getMessages");
    assert.equal(messages.length, 2);
    assert.deepEqual(await response.json(), messages);
  });
});

describe("invalid calls", () => {
  const cases = [
    ["launchRocket", [], /Method launchRocket does not exist/],
    ["__proto__", [], /does not exist/],
    ["scheduleBlock", [], /title/],
    ["scheduleBlock", ["Workout"], /object/],
    ["scheduleBlock", [{ title: "Workout", endTime: "2035-03-01T09:00" }], /startTime/],
    ["scheduleBlock", [{ title: "Workout", dueDate: "soon" }], /dueDate/],
    ["scheduleBlock", [{ title: "Lunch", kind: "appointment" }], /which has a time/],
    ["scheduleBlock", [{ ...WORKOUT, startTime: "soon" }], /startTime/],
    ["scheduleBlock", [{ ...WORKOUT, startTime: "2035-02-30T08:00" }], /startTime/],
    ["scheduleBlock", [{ ...WORKOUT, endTime: "2035-03-01T07:00" }], /endTime/],
    ["scheduleBlock", [{ ...WORKOUT, durationMinutes: 0 }], /durationMinutes/],
    ["scheduleBlock", [{ ...WORKOUT, title: "" }], /title/],
    ["scheduleBlock", [{ ...WORKOUT, title: "\u200b\u2800" }], /title/],
    ["scheduleBlock", [{ ...WORKOUT, title: "x".repeat(201) }], /title/],
    ["scheduleBlock", [{ ...WORKOUT, colour: "red" }], /colour/],
    ["scheduleBlock", [{ ...WORKOUT, priority: "urgent" }], /priority/],
    ["updateBlock", [{ id: "B1", updates: {} }], /updates/],
    ["updateBlock", [{ id: "B99", updates: { title: "x" } }], /B99/],
    ["completeBlock", [{ id: "nothing like it" }], /nothing like it/],
    ["deleteBlock", [{}], /id/],
    ["redo", [], /nothing to redo/i],
    ["setSettings", [{ timeZone: "Mars/Olympus" }], /Mars\/Olympus/],
    ["setSettings", [{ timeZone: 7 }], /timeZone/],
    ["setSettings", [{ colour: "red" }], /colour/],
    ["setSettings", [[]], /object/],
    ["getEvents", [{ after: "x" }], /after/],
    ["getEvents", [{ limit: -1 }], /limit/],
  ];
  for (const [method, args, words] of cases) {
    test(`${method} ${JSON.stringify(args).slice(0, 60)}`, async () => {
      await client.call("scheduleBlock", { ...WORKOUT, title: "Before" });
      const seq = await last();
      const frame = await client.tell(method, args);
      assert.equal(frame.success, false);
      assert.match(frame.error, words);
      assert.equal(await last(), seq, "nothing was appended");
      assert.deepEqual(await titles(), ["Before"]);
    });
  }
});
