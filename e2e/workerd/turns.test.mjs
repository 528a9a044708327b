// Whole turns with a scripted OpenAI-compatible server: the text, the calls, and the number of requests.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { greeted } from "../lib/client.mjs";
import { openai, said } from "../lib/model.mjs";
import { scripted } from "../lib/scripted.mjs";

const the = scripted();
let client;
beforeEach(async () => (client = await greeted(the.server)));

const WORKOUT = { title: "Workout", startTime: "2035-03-01T08:00" };

const titles = async () => (await client.call("getTimeline")).timeline.blocks.map(({ title }) => title);

/** The results of calls in a request to the model, in order. */
const resultsIn = ({ body }) =>
  body.messages.filter(({ role }) => role === "tool").map(({ content }) => JSON.parse(content));

test("text arrives while it is generated, and the model gets what it needs", async () => {
  the.model.script(...openai.says("Hello", ", ", "world."));
  const turn = await client.chat("Hi", { timeZone: "Europe/Oslo" });
  assert.equal(turn.text, "Hello, world.");
  const shape = ["start", "start-step", "text-start", "text-delta", "text-end", "finish-step", "finish"];
  assert.deepEqual(turn.shape, shape);
  assert.deepEqual(turn.seqs, turn.seqs.map((_, index) => index));
  assert.equal(turn.finals.length, 1);
  assert.equal(turn.final.outcome, "completed");
  assert.equal(turn.final.messageIds.length, 1);

  const [{ path, headers, body }] = the.model.requests;
  assert.equal(path, "/v1/chat/completions");
  assert.equal(headers.authorization, "Bearer sk-test");
  assert.equal(body.model, "llama-test");
  assert.equal(body.stream, true);
  const newest = body.messages.at(-1);
  assert.match(newest.content, /^<context>\nNow it is .* in the time zone Europe\/Oslo\./);
  assert.deepEqual([newest.role, said(newest)], ["user", "Hi"]);
  assert.ok(body.tools.some((tool) => tool.function.name === "scheduleBlock"));
});

test("a call is carried out, its result goes back to the model, and the message is stored", async () => {
  the.model.script(openai.text("Let me see. "), openai.usage(5, 1), ...openai.calls(["scheduleBlock", WORKOUT]));
  the.model.script(openai.text("Scheduled."), openai.finish(), openai.usage(10, 2));
  const turn = await client.chat("Workout on March 1st at 8");
  assert.deepEqual(turn.calls.map(({ name }) => name), ["scheduleBlock"]);
  assert.deepEqual(turn.calls[0].input, WORKOUT);
  assert.equal(turn.calls[0].output.ok, true);
  assert.equal(turn.calls[0].output.block.start, "2035-03-01T08:00");
  assert.equal(turn.text, "Let me see. Scheduled.");
  assert.equal(turn.of("finish")[0].messageMetadata.usage.inputTokens, 15);
  assert.deepEqual(await titles(), ["Workout"]);

  const [result] = resultsIn(the.model.requests[1]);
  assert.equal(result.block.title, "Workout");
  const stored = await client.call("getMessages");
  assert.deepEqual(stored.map(({ role }) => role), ["user", "assistant"]);
  assert.equal(stored[1].id, turn.of("start")[0].messageId);
  assert.ok(stored[1].parts.some((part) => part.type === "tool-scheduleBlock" && part.state === "output-available"));
});

test("several calls of one step are carried out in their order, each with its own arguments", async () => {
  const call = openai.call;
  // The pieces of two calls are interleaved, as from servers that generate calls in parallel.
  const args = (index, text) => openai.delta({ tool_calls: [{ index, function: { arguments: text } }] });
  the.model.script(
    call("scheduleBlock", "", { index: 0 }), args(0, '{"title":"Run",'),
    call("scheduleBlock", "", { index: 1, id: "call_b" }), args(1, '{"title":"Swim","startTime":"2035-03-02T08:00"}'),
    args(0, '"startTime":"2035-03-01T08:00"}'),
    openai.finish("tool_calls"),
  );
  the.model.script(...openai.says("Both are there."));
  const turn = await client.chat("Run on Monday, swim on Tuesday");
  assert.deepEqual(turn.calls.map(({ output }) => [output?.block.title, output?.block.start]), [
    ["Run", "2035-03-01T08:00"], ["Swim", "2035-03-02T08:00"]]);
  assert.deepEqual(resultsIn(the.model.requests[1]).map(({ ok }) => ok), [true, true]);
});

test("the changes of a call are one transaction, which one undo reverses", async () => {
  the.model.script(...openai.calls(["scheduleBlock", WORKOUT], ["scheduleBlock", { ...WORKOUT, title: "Shower" }]));
  the.model.script(...openai.calls(["completeBlock", { id: "B1" }]));
  the.model.script(...openai.says("Done."));
  await client.chat("All of it");
  assert.deepEqual((await titles()).sort(), ["Shower", "Workout"]);
  await client.call("undo");
  assert.deepEqual(await titles(), []);
});

test("invalid arguments go back to the model with their position, and corrected ones are accepted", async () => {
  the.model.script(...openai.calls(["scheduleBlock", { title: "Workout", startTime: "soon" }]));
  the.model.script(...openai.calls(["scheduleBlock", WORKOUT]));
  the.model.script(...openai.says("Scheduled."));
  const turn = await client.chat("Workout");
  assert.match(turn.calls[0].error, /startTime/);
  assert.equal(turn.calls[1].output.ok, true);
  const [problem] = resultsIn(the.model.requests[1]);
  assert.equal(problem.ok, false);
  assert.match(problem.error, /startTime/);
  assert.deepEqual(await titles(), ["Workout"]);
});

test("for an unknown tool, the model gets the list of tools", async () => {
  the.model.script(...openai.calls(["launchRocket", {}]));
  the.model.script(...openai.says("I cannot."));
  const turn = await client.chat("Launch");
  assert.match(turn.calls[0].error, /scheduleBlock/);
  assert.match(resultsIn(the.model.requests[1])[0].error, /scheduleBlock/);
  assert.equal(turn.final.outcome, "completed");
});

test("a rejected change is a result, not an error", async () => {
  the.model.script(...openai.calls(["completeBlock", { id: "B7" }]));
  the.model.script(...openai.says("There is none."));
  const turn = await client.chat("Done with B7");
  assert.equal(turn.calls[0].output.ok, false);
  assert.ok(turn.calls[0].output.error);
  assert.equal(turn.final.outcome, "completed");
});

test("the model is asked at most eight times, the last time without tools", async () => {
  for (let day = 1; day <= 8; day++) {
    the.model.script(...openai.calls(["scheduleBlock", { title: `Day ${day}`, startTime: `2035-03-0${day}T08:00` }]));
  }
  const turn = await client.chat("Go on for ever");
  assert.equal(the.model.requests.length, 8);
  assert.equal(turn.of("start-step").length, 8);
  assert.ok(the.model.requests.slice(0, 7).every(({ body }) => body.tools.length > 0));
  assert.equal(the.model.requests[7].body.tools, undefined);
  assert.equal(turn.final.outcome, "completed");
  assert.match(turn.calls[7].error, /^Not done: after 8 steps/);
  assert.equal((await titles()).length, 7, "the last one was not offered");
});

test("a model that never forms a valid call is stopped, and its earlier changes are kept", async () => {
  the.model.script(...openai.calls(["scheduleBlock", WORKOUT]));
  for (let time = 0; time < 3; time++) the.model.script(...openai.calls(["scheduleBlock", { titel: "Workout" }]));
  const turn = await client.chat("Workout");
  assert.equal(the.model.requests.length, 4);
  assert.equal(turn.final.error, true);
  assert.match(turn.final.body, /3 calls that do not fit/);
  assert.deepEqual(await titles(), ["Workout"]);
});

test("the conversation continues across requests and calls", async () => {
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
  the.model.script(...openai.calls(["scheduleBlock", { ...WORKOUT, startTime: `${tomorrow}T08:00` }]));
  the.model.script(...openai.says("Scheduled."));
  await client.chat("Workout");
  the.model.script(...openai.says("You are welcome."));
  await client.chat("Thanks");
  const roles = the.model.requests[2].body.messages.map(({ role }) => role);
  assert.deepEqual(roles, ["system", "user", "assistant", "tool", "assistant", "user"]);
  assert.match(the.model.requests[2].body.messages.at(-1).content, /08:00.*Workout/);
  assert.equal(the.model.requests[2].body.messages[1].content, "Workout", "an older message has no context");
});
