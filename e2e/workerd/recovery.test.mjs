// A process that dies in the middle of a turn: what was accepted is done after the restart, once, and what was shown is kept.

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { greeted, hasChunk, idle, isResponse } from "../lib/client.mjs";
import { gate, openai, said } from "../lib/model.mjs";
import { scripted } from "../lib/scripted.mjs";
import { until } from "../lib/until.mjs";

const the = scripted();
let client;
beforeEach(async () => {
  client = await greeted(the.server);
});

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const titles = async () => (await client.call("listPlans")).plans.map(({ title }) => title).sort();
const deletions = async () => (await client.call("getEvents", { type: "PLAN_DELETED" })).events.length;
const isAnswerTo = (words) => ({ messages }) => said(messages.at(-1)) === words;

/** Kills the server and connects again. */
async function restart() {
  const { token } = client;
  await the.server.restart();
  client = await greeted(the.server, { token });
}

/** A turn that ends with a question about the plan. Returns the id of the call that waits. */
async function asked(plan) {
  await client.call("createPlan", { title: plan });
  the.model.script(...openai.calls(["deletePlan", { id: plan }]));
  const turn = await client.chat(`Delete ${plan}`);
  return turn.of("tool-approval-request")[0].toolCallId;
}

/** Answers yes, and waits for the acknowledgement. */
async function approve(toolCallId) {
  client.send({ type: "cf_agent_tool_approval", toolCallId, approved: true, autoContinue: true });
  await client.next("cf_agent_message_updated");
}

describe("an approved call is carried out once, although the process is killed", () => {
  for (const ms of [0, 5, 20, 45, 60]) {
    test(`${ms} ms after the answer was acknowledged`, async () => {
      const toolCallId = await asked("Old");
      // The continuation asks the model before or after the kill, or both times.
      for (let time = 0; time < 2; time++) {
        the.model.scriptWhen(({ messages }) => messages.at(-1).role === "tool", ...openai.says("It is gone."));
      }
      await approve(toolCallId);
      await pause(ms);
      await restart();
      await until(async () => (await titles()).join() === "My plan", { what: () => "the deletion" });
      assert.equal(await deletions(), 1);
      // Nothing streams any more, and the card has its result.
      await idle(client);
      const part = (await client.call("getMessages")).at(-1).parts.find((part) => part.toolCallId === toolCallId);
      assert.equal(part.state, "output-available");
      await restart();
      assert.equal(await deletions(), 1);
    });
  }

  test("and nobody comes back", async () => {
    const toolCallId = await asked("Old");
    const { token } = client;
    await approve(toolCallId);
    await the.server.restart();
    the.model.script(...openai.says("It is gone."));
    // The alarm that was set with the answer opens the object.
    await until(() => the.model.requests.length > 1, { limit: 60_000, what: () => "the continuation" });
    client = await greeted(the.server, { token });
    assert.deepEqual(await titles(), ["My plan"]);
  });
});

test("two calls of a step ask one after another, and a kill in between leaves the second question", async () => {
  for (const title of ["One", "Two"]) await client.call("createPlan", { title });
  the.model.script(...openai.calls(["deletePlan", { id: "One" }], ["deletePlan", { id: "Two" }]));
  const turn = await client.chat("Delete both");
  const [first, ...others] = turn.of("tool-approval-request");
  assert.equal(others.length, 0);
  await approve(first.toolCallId);
  const { body } = await client.next((frame) => hasChunk(frame, "tool-approval-request"));
  const second = JSON.parse(body).toolCallId;
  await client.next((frame) => frame.continuation && frame.done);
  await restart();
  assert.deepEqual(await titles(), ["My plan", "Two"]);
  client.send({ type: "cf_agent_stream_resume_request", probeId: "p" });
  assert.equal((await client.next("cf_agent_stream_resume_none")).reason, "idle");
  the.model.script(...openai.says("Both are gone."));
  await approve(second);
  await client.next((frame) => frame.continuation && frame.done);
  assert.deepEqual(await titles(), ["My plan"]);
});

test("queued requests are answered after a kill, in their order", async () => {
  const hold = gate();
  the.model.script(openai.text("Half"), hold.wait);
  const first = client.ask("first");
  await client.next((frame) => isResponse(frame, first) && hasChunk(frame, "text-delta"));
  client.ask("second");
  client.ask("third");
  // A call after them is answered when they are accepted.
  await client.call("getSettings");
  for (const [question, answer] of [["second", "two"], ["third", "three"]]) {
    the.model.scriptWhen(isAnswerTo(question), ...openai.says(answer));
  }
  await restart();
  hold.open();
  const text = ({ parts }) => parts.filter(({ type }) => type === "text").map(({ text }) => text).join("");
  const texts = async () => (await client.call("getMessages")).map(text);
  await until(async () => (await texts()).at(-1) === "three", { what: () => "the last answer" });
  assert.deepEqual(await texts(), ["first", "second", "third", "Half", "two", "three"]);
});

test("all text that was shown is kept", async () => {
  const words = Array.from({ length: 200 }, (_, number) => openai.text(`${number} `));
  the.model.script(...words.flatMap((word) => [word, () => pause(2)]), () => pause(60_000));
  const id = client.ask("Count");
  await client.next((frame) => isResponse(frame, id) && hasChunk(frame, "text-delta") && frame.body.includes("57 "));
  const { token } = client;
  await the.server.kill();
  await client.closed;
  const shown = client.turn(id).text;
  await the.server.start();
  client = await greeted(the.server, { token });
  const { parts, metadata } = (await client.call("getMessages")).at(-1);
  const { text } = parts.find(({ type }) => type === "text");
  assert.ok(shown.startsWith("0 1 2 ") && text.startsWith(shown), `“${shown}” was shown, “${text}” is kept`);
  assert.equal(metadata.interrupted, true);
});

test("one long answer outlives repeated deploys: what each try has shown is kept until the next one, and the last one ends", async () => {
  const part = (message, type) => message.parts.find((part) => part.type === type);
  let question;
  for (let attempt = 1; attempt <= 3; attempt++) {
    const never = gate();
    the.model.script(openai.text(`Try ${attempt}.`), never.wait);
    if (question) client.ask("", { messages: [question], trigger: "regenerate-message" });
    else client.ask("Tell me a long story");
    await client.next((frame) => hasChunk(frame, "text-delta"));
    await restart();
    never.open();
    const messages = await client.call("getMessages");
    assert.equal(messages.length, 2);
    question = messages[0];
    assert.equal(part(messages[1], "text").text, `Try ${attempt}.`);
    assert.equal(messages[1].metadata.interrupted, true);
  }
  the.model.script(...openai.says("The end."));
  const turn = await client.chat("", { messages: [question], trigger: "regenerate-message" });
  assert.deepEqual([turn.text, turn.final.outcome], ["The end.", "completed"]);
  const [kept, answer, ...more] = await client.call("getMessages");
  assert.deepEqual([part(kept, "text").text, part(answer, "text").text, more], ["Tell me a long story", "The end.", []]);
});
