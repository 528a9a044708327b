// Ten people at once: nobody waits for others, and nobody gets frames of others.

import assert from "node:assert/strict";
import { test } from "node:test";
import { greeted } from "../lib/client.mjs";
import { gate, openai } from "../lib/model.mjs";
import { scripted } from "../lib/scripted.mjs";
import { until } from "../lib/until.mjs";

const PEOPLE = 10;
const the = scripted();

test(`${PEOPLE} people are answered at the same time, each for themselves`, async () => {
  const everyone = gate();
  const names = Array.from({ length: PEOPLE }, (_, index) => `Person ${String.fromCharCode(65 + index)}`);
  for (const name of names) {
    const asks = ({ messages }) => messages.some(({ role, content }) => role === "user" && content.includes(name));
    const isAnswered = ({ messages }) => messages.some(({ role }) => role === "tool");
    const block = { title: `Workout of ${name}`, startTime: "2035-03-01T08:00" };
    the.model.scriptWhen((body) => asks(body) && !isAnswered(body),
      openai.text(`One moment, ${name}. `), everyone.wait, ...openai.calls(["scheduleBlock", block]));
    the.model.scriptWhen((body) => asks(body) && isAnswered(body), ...openai.says("Sched", "uled, ", `${name}.`));
  }

  const clients = await Promise.all(names.map(() => greeted(the.server)));
  const turns = clients.map((client, index) => client.chat(`I am ${names[index]}, schedule my workout`));
  // If one waited for another, the last request would never come.
  await until(() => the.model.requests.length === PEOPLE);
  everyone.open();

  for (const [index, turn] of (await Promise.all(turns)).entries()) {
    const name = names[index];
    assert.equal(turn.text, `One moment, ${name}. Scheduled, ${name}.`);
    assert.deepEqual(turn.seqs, turn.seqs.map((_, at) => at));
    assert.equal(turn.calls[0].output.block.handle, "B1");
    const { timeline } = await clients[index].call("getTimeline");
    assert.deepEqual(timeline.blocks.map(({ title }) => title), [`Workout of ${name}`]);
    assert.equal((await clients[index].call("getMessages")).length, 2);
    const others = clients[index].frames.filter((frame) => {
      const text = JSON.stringify(frame);
      return names.some((other) => other !== name && text.includes(other));
    });
    assert.deepEqual(others, []);
  }
  assert.deepEqual([the.model.requests.length, the.model.unused], [2 * PEOPLE, 0]);
});

test("one person's queue of requests does not delay another person", async () => {
  const hold = gate();
  const [busy, free] = await Promise.all([greeted(the.server), greeted(the.server)]);
  the.model.script(hold.wait, ...openai.says("First."));
  const first = busy.ask("One");
  await the.model.request(0);
  the.model.script(...openai.says("Second."));
  the.model.script(...openai.says("Third."));
  assert.equal((await free.chat("Two")).text, "Second.");
  const next = busy.ask("Three");
  hold.open();
  assert.deepEqual([(await busy.answer(first)).text, (await busy.answer(next)).text], ["First.", "Third."]);
});
