import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { orders, startModel } from "./model.mjs";

let model;
before(async () => (model = await startModel()));
after(() => model.stop());

/** The deltas of an answer, and its reason. */
async function ask(messages, more = {}) {
  const body = JSON.stringify({ messages, ...more });
  const text = await (await fetch(`${model.url}/chat/completions`, { method: "POST", body })).text();
  const events = text.split("\n\n").filter((event) => event.startsWith("data: {")).map((event) => JSON.parse(event.slice(6)));
  assert.ok(text.endsWith("data: [DONE]\n\n"));
  return { deltas: events.slice(0, -1).map(({ choices }) => choices[0].delta), reason: events.at(-1).choices[0].finish_reason };
}
const user = (content) => ({ role: "user", content });
const TOOLS = { tools: [{}] };

test("the person's message orders the answer", () => {
  assert.deepEqual(orders("Talk tokens=7 gap=2"), { tokens: 7, gap: 2 });
  assert.deepEqual(orders("Talk"), { tokens: 50, gap: 0 });
});

test("an answer has as many pieces as tokens", async () => {
  const { deltas, reason } = await ask([user("Hello tokens=3")]);
  assert.deepEqual([deltas.map(({ content }) => content).join(""), reason], ["word0 word1 word2", "stop"]);
});

test("a request to schedule is answered with a call in pieces, and its result with text", async () => {
  const { deltas, reason } = await ask([user("Please schedule a workout")], TOOLS);
  const calls = deltas.flatMap(({ tool_calls }) => tool_calls);
  const input = JSON.parse(calls.map(({ function: { arguments: text } }) => text).join(""));
  assert.ok(calls.length > 5 && input.title.startsWith("Workout"));
  assert.equal(reason, "tool_calls");
  const after = await ask([user("Please schedule a workout"), { role: "tool", content: "Done" }], TOOLS);
  assert.deepEqual([after.deltas.length, after.reason], [12, "stop"]);
});

test("with one token, a call has one piece of arguments", async () => {
  const { deltas } = await ask([user("Please schedule a workout tokens=1")], TOOLS);
  assert.equal(deltas.length, 2);
});

test("a request for JSON gets the tasks, and requests are recorded while that is wanted", async () => {
  model.tasks = [{ title: "Read" }];
  model.record(true);
  const { deltas } = await ask([user("Learn German")], { response_format: { type: "json_schema" } });
  assert.deepEqual(JSON.parse(deltas[0].content), { tasks: [{ title: "Read" }] });
  assert.equal(model.record(false).length, 1);
});
