// The built-in interpreter, which answers if no model is connected.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { added, ended } from "../lib/architect.mjs";
import { greeted } from "../lib/client.mjs";
import { ROOT, startServer } from "../lib/server.mjs";

const ZONE = "America/New_York";
let server, client;
before(async () => (server = await startServer({ model: "offline" })));
after(() => server?.stop());
beforeEach(async () => {
  client = await greeted(server);
  await client.call("setSettings", { timeZone: ZONE });
});

/** The date in the zone, that many days from today. */
function day(offset) {
  const parts = new Intl.DateTimeFormat("en-CA", { timeZone: ZONE }).format(new Date());
  const date = new Date(`${parts}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + offset);
  return date.toISOString().slice(0, 10);
}

const titles = async () => (await client.call("getTimeline")).timeline.blocks.map(({ title }) => title);

test("“Schedule workout tomorrow at 8am” puts a workout at eight the next day, in the person's zone", async () => {
  const turn = await client.chat("Schedule workout tomorrow at 8am");
  assert.deepEqual(turn.calls.map(({ name }) => name), ["scheduleBlock"]);
  const [{ output }] = turn.calls;
  assert.equal(output.ok, true);
  assert.equal(output.block.title, "Workout");
  assert.equal(output.block.start, `${day(1)}T08:00`);
  assert.notEqual(turn.text.trim(), "", "it says what it did");
  assert.equal(turn.final.outcome, "completed");
  assert.deepEqual(await titles(), ["Workout"]);
  const stored = (await client.call("getMessages")).at(-1);
  const part = stored.parts.find(({ type }) => type === "tool-scheduleBlock");
  assert.deepEqual([part.state, part.output.ok], ["output-available", true]);
  assert.deepEqual([stored.metadata.model.provider, stored.metadata.model.name], ["offline", "rules"]);
});

test("a block is moved, completed and restored by messages", async () => {
  await client.chat("Schedule workout tomorrow at 8am");
  await client.chat("Move workout to 9am");
  const [moved] = (await client.call("findBlocks", {})).blocks;
  assert.match(moved.start, /T09:00$/);
  await client.chat("undo");
  const [back] = (await client.call("findBlocks", {})).blocks;
  assert.match(back.start, /T08:00$/);
});

test("“I want to learn German, 3 hours a week” becomes lessons on evenings and at weekends", async () => {
  const turn = await client.chat("I want to learn German, 3 hours a week");
  const [{ name, input, output }] = turn.calls;
  assert.equal(name, "useArchitect");
  assert.deepEqual([input.hoursPerWeek, output.ok], [3, true]);
  assert.match(input.goal, /learn German/i);
  const run = await ended(client, output.run.id);
  assert.equal(run.status, "completed", run.error);
  assert.deepEqual(await added(client), [], "it is only proposed");
  const [accepted] = (await client.chat("accept it")).calls;
  assert.deepEqual([accepted.name, accepted.output.ok], ["updateGoal", true]);
  const blocks = await added(client);
  assert.ok(blocks.length >= 3, `${blocks.length} tasks`);
  assert.ok(blocks.some(({ title }) => title.includes("German")), JSON.stringify(blocks.map(({ title }) => title)));
  assert.match(blocks[0].description, /without a language model/);
  const hours = new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, weekday: "short", hour: "2-digit", hourCycle: "h23" });
  for (const { span } of blocks) {
    const [weekday, hour] = hours.format(new Date(span.start)).split(", ");
    const from = ["Sat", "Sun"].includes(weekday) ? 9 : 18;
    assert.ok(Number(hour) >= from && Number(hour) < 22, `${weekday} ${hour}`);
  }
  assert.match((await client.chat("what are you working on?")).text, /German/);
});

test("if it does not understand a request, it says so and does nothing", async () => {
  const turn = await client.chat("Colourless green ideas sleep furiously");
  assert.deepEqual(turn.calls, []);
  assert.ok(turn.text.length > 20, turn.text);
  assert.equal(turn.final.outcome, "completed");
  assert.deepEqual(await titles(), []);
});

test("the deployed Worker has no interpreter: it says what to do, and everything else works", async () => {
  const deployed = await startServer({ model: "offline", worker: join(ROOT, "agent/build") });
  try {
    const { model } = await (await fetch(`${deployed.url}/healthz`)).json();
    assert.deepEqual(model, { provider: "none", name: "none" });
    const person = await greeted(deployed);
    await person.call("scheduleBlock", { title: "Workout", startTime: "2035-03-01T08:00" });
    const turn = await person.chat("Move my workout to noon");
    assert.match(turn.final.body, /^No model is connected\. .*Bind Workers AI in wrangler\.toml/);
    const { timeline } = await person.call("getTimeline");
    assert.deepEqual(timeline.blocks.map(({ title, span }) => [title, span.start]), [["Workout", "2035-03-01T08:00:00Z"]]);
    await person.close();
  } finally {
    await deployed.stop();
  }
});
