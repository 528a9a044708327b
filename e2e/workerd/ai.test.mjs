// Turns with the AI binding of Workers AI, simulated by the Worker in e2e/ai: native streams, OpenAI's streams, and errors.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { added, ended, QUICK_RUNS, tasks } from "../lib/architect.mjs";
import { greeted, hasChunk } from "../lib/client.mjs";
import { CUT, DONE, event, gate, openai } from "../lib/model.mjs";
import { scripted } from "../lib/scripted.mjs";
import { startServer } from "../lib/server.mjs";

const the = scripted({ ai: true });
let client;
beforeEach(async () => (client = await greeted(the.server)));

/** How long a slow model needs for the tasks of a goal. */
const SLOW_MS = 7_000;
const WORKOUT = { title: "Workout", startTime: "2035-03-01T08:00" };
const native = (response, more) => event({ response, ...more });

test("/healthz names the provider and its model", async () => {
  const { model } = await (await fetch(`${the.server.url}/healthz`)).json();
  assert.deepEqual(model, { provider: "workers-ai", name: "@cf/meta/llama-3.3-70b-instruct-fp8-fast" });
});

test("a native stream makes a turn, and the input has the format of Workers AI", async () => {
  const usage = { prompt_tokens: 9, completion_tokens: 2 };
  the.model.script(native("Hel"), native("lo."), native("", { usage }), DONE);
  const turn = await client.chat("Hi");
  assert.deepEqual([turn.text, turn.final.outcome], ["Hello.", "completed"]);
  assert.equal(turn.of("finish")[0].messageMetadata.usage.outputTokens, 2);
  const [{ path, body: { model, input } }] = the.model.requests;
  assert.deepEqual([path, model], ["/run", "@cf/meta/llama-3.3-70b-instruct-fp8-fast"]);
  assert.equal(input.stream, true);
  assert.ok(input.max_tokens > 0);
  assert.deepEqual(input.messages.map(({ role }) => role), ["system", "user"]);
  const tool = input.tools.find(({ function: { name } }) => name === "scheduleBlock").function;
  for (const [name, property] of Object.entries(tool.parameters.properties)) {
    assert.equal(typeof property.type, "string", `${name} has one type, as the binding's schema wants`);
    assert.ok(property.description, name);
  }
});

test("calls of a native stream are carried out, several at once, and their results go back", async () => {
  const calls = ["Run", "Swim"].map((title) => ({ name: "scheduleBlock", arguments: { ...WORKOUT, title } }));
  the.model.script(native(null), native("", { tool_calls: calls }), DONE);
  the.model.script(native("Both are there."), DONE);
  const turn = await client.chat("Run and swim");
  assert.deepEqual(turn.calls.map(({ output }) => output?.block.title), ["Run", "Swim"]);
  assert.notEqual(turn.calls[0].id, turn.calls[1].id);
  const { messages } = the.model.requests[1].body.input;
  assert.deepEqual(messages.map(({ role }) => role), ["system", "user", "assistant", "tool", "tool"]);
  assert.equal(messages[2].content, "", "never null, which Workers AI refuses");
  const answered = messages.slice(3).map((message) => message.tool_call_id);
  assert.deepEqual(answered, messages[2].tool_calls.map(({ id }) => id));
  assert.equal(turn.text, "Both are there.");
});

test("arguments as text and a call as text are also understood", async () => {
  const text = JSON.stringify({ name: "completeBlock", parameters: { id: "B1" } });
  the.model.script(native("", { tool_calls: [{ name: "scheduleBlock", arguments: JSON.stringify(WORKOUT) }] }), DONE);
  the.model.script(native(text.slice(0, 9)), native(text.slice(9)), DONE);
  the.model.script(native("Done."), DONE);
  const turn = await client.chat("I did my workout");
  const done = turn.calls.map(({ name, output }) => [name, output?.ok]);
  assert.deepEqual(done, [["scheduleBlock", true], ["completeBlock", true]]);
  assert.equal(turn.text, "Done.");
});

test("numbers and objects as a response are shown unchanged", async () => {
  the.model.script(native("At "), native(5), native(null), native({ pm: true }), DONE);
  assert.equal((await client.chat("When?")).text, 'At 5{"pm":true}');
});

test("models that stream as OpenAI does", async () => {
  the.model.script(openai.text("Well. "), ...openai.calls(["scheduleBlock", WORKOUT]));
  the.model.script(...openai.says("Scheduled."));
  const turn = await client.chat("Workout");
  assert.equal(turn.calls[0].output.ok, true);
  assert.equal(turn.text, "Well. Scheduled.");
});

test("models that answer as a whole although a stream was requested", async () => {
  the.model.script({ body: { response: "", tool_calls: [{ name: "scheduleBlock", arguments: WORKOUT }] } });
  the.model.script({ body: { response: "Scheduled." } });
  const turn = await client.chat("Workout");
  assert.deepEqual([turn.calls[0].output.ok, turn.text], [true, "Scheduled."]);
});

test("text arrives through the binding while it is generated", async () => {
  const hold = gate();
  the.model.script(native("Hel"), hold.wait, native("lo."), DONE);
  const id = client.ask("Hi");
  await client.next((frame) => hasChunk(frame, "text-delta"));
  hold.open();
  assert.equal((await client.answer(id)).text, "Hello.");
});

test("capacity errors of the binding are retried, others are reported", async () => {
  the.model.script({ status: 500, body: "3040: Capacity temporarily exceeded, please try again." });
  the.model.script({ status: 500, body: "AiError: AiError: out of capacity" });
  the.model.script(native("Hello."), DONE);
  assert.equal((await client.chat("Hi")).text, "Hello.");
  assert.equal(the.model.requests.length, 3);
  the.model.script({ status: 500, body: "5007: No such model" });
  const { final } = await client.chat("Hi");
  assert.equal(the.model.requests.length, 4);
  assert.match(final.body, /5007: No such model/);
  assert.match(final.body, /Set MODEL_NAME in wrangler\.toml to a model that it has/);
});

test("an error in a native stream, and a truncated stream", async () => {
  the.model.script(native("Hel"), event({ errors: [{ code: 3040, message: "Capacity" }] }));
  const failed = await client.chat("Hi");
  assert.deepEqual([failed.text, failed.final.error], ["Hel", true]);
  assert.match(failed.final.body, /over capacity/);
  const hold = gate();
  the.model.script(native("Hel"), hold.wait, CUT);
  const from = client.ask("Hi");
  await client.find((frame) => frame.id === from && hasChunk(frame, "text-delta"));
  hold.open();
  const cut = await client.answer(from);
  assert.deepEqual([cut.text, cut.final.error], ["Hel", true]);
  assert.match(cut.final.body, /cut off/);
});

test("cancelling closes the binding's stream", async () => {
  const hold = gate();
  the.model.script(native("Hel"), hold.wait);
  const id = client.ask("Hi");
  await client.next((frame) => hasChunk(frame, "text-delta"));
  client.send({ type: "cf_agent_chat_request_cancel", id });
  assert.equal((await client.answer(id)).final.outcome, "aborted");
  await the.model.closed(0);
  hold.open();
});

test("cancelling before the binding has answered closes the stream that it returns later", async () => {
  const [head, rest] = [gate(), gate()];
  the.model.script(head.wait, native("Hel"), rest.wait);
  const id = client.ask("Hi");
  await the.model.request(0);
  client.send({ type: "cf_agent_chat_request_cancel", id });
  assert.equal((await client.answer(id)).final.outcome, "aborted");
  head.open();
  // Otherwise the model continues to the end for nobody.
  await the.model.closed(0);
  rest.open();
});

test("tasks are requested as JSON without a stream, and without a schema if the model does not support it", async () => {
  const { tasks: list } = JSON.parse(tasks("Choose a course", "First lesson", "Second lesson"));
  the.model.script({ body: { response: { tasks: list }, usage: { prompt_tokens: 9, completion_tokens: 2 } } });
  await client.call("setSettings", { acceptGoals: true });
  const { run } = await client.call("useArchitect", { goal: "Learn German" });
  assert.equal((await ended(client, run.id)).status, "completed");
  const [{ body: { input } }] = the.model.requests;
  assert.equal(input.stream, false, "JSON mode gives none");
  assert.equal(input.response_format.type, "json_schema");
  assert.equal(input.response_format.json_schema.properties.tasks.maxItems, 12);
  assert.equal((await added(client)).length, 3);

  the.model.script({ status: 500, body: "AiError: 5006: JSON Mode couldn't be met" });
  the.model.script(native(tasks("Choose", "Learn", "Speak")), DONE);
  const second = await client.call("useArchitect", { goal: "Learn Spanish" });
  assert.equal((await ended(client, second.run.id)).status, "completed");
  const last = the.model.requests.at(-1).body.input;
  assert.deepEqual([last.stream, last.response_format], [true, undefined]);
});

test("the tasks of a goal, which arrive as a whole, may take longer than the first words of a stream", async () => {
  const vars = { ...QUICK_RUNS, MODEL_FIRST_BYTE_TIMEOUT_MS: "1000" };
  const server = await startServer({ model: { ai: the.model.url }, vars });
  try {
    const person = await greeted(server);
    const { tasks: list } = JSON.parse(tasks("Choose a course", "First lesson", "Second lesson"));
    const thinking = gate();
    the.model.script(thinking.wait, { body: { response: { tasks: list } } });
    const { run } = await person.call("useArchitect", { goal: "Learn German" });
    await the.model.request(0);
    // Longer than the limit for the first byte, and than a run may be silent.
    await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
    thinking.open();
    assert.equal((await ended(person, run.id)).status, "completed");
    assert.equal(the.model.requests.length, 1, "it was waited for, and by the same workflow");
    await person.close();
  } finally {
    await server.stop();
  }
});
