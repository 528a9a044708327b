// Calls that need consent: the person's answer, and the continuation of the turn.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { greeted, hasChunk, isResponse } from "../lib/client.mjs";
import { gate, openai } from "../lib/model.mjs";
import { scripted } from "../lib/scripted.mjs";

const the = scripted();
let client;
beforeEach(async () => {
  client = await greeted(the.server);
  await client.call("createPlan", { title: "Old plan" });
});

const plans = async () => (await client.call("listPlans")).plans.map(({ title }) => title).sort();

/** A turn that ends with a question. Returns the call that waits. */
async function asked() {
  the.model.script(...openai.calls(["deletePlan", { id: "Old plan" }]));
  const turn = await client.chat("Away with the old plan");
  assert.deepEqual(turn.of("finish").map(({ finishReason }) => finishReason), ["tool-calls"]);
  const [{ toolCallId }] = turn.of("tool-approval-request");
  return { toolCallId, message: turn.of("start")[0].messageId };
}

const approve = (toolCallId, approved, autoContinue = true) =>
  client.send({ type: "cf_agent_tool_approval", toolCallId, approved, autoContinue });

/** The frames of the continuation, whose id the server chose. */
async function continuation() {
  const { id } = await client.next((frame) => frame.continuation);
  return client.answer(id);
}

test("nothing is done before the person has answered", async () => {
  const { toolCallId } = await asked();
  assert.deepEqual(await plans(), ["My plan", "Old plan"]);
  const { parts } = (await client.call("getMessages")).at(-1);
  const part = parts.find((part) => part.toolCallId === toolCallId);
  assert.equal(part.state, "approval-requested");
  assert.equal(the.model.requests.length, 1, "the model waits with the person");
});

test("a yes carries out the call, and the same message continues", async () => {
  const { toolCallId, message } = await asked();
  the.model.script(...openai.says("It is gone."));
  approve(toolCallId, true);
  const updated = await client.next("cf_agent_message_updated");
  assert.equal(updated.message.parts.find((part) => part.toolCallId === toolCallId).state, "approval-responded");
  const turn = await continuation();
  assert.ok(turn.frames.every((frame) => frame.continuation));
  // An id would rename the message that is being continued.
  assert.equal(turn.of("start")[0].messageId, undefined);
  assert.equal(turn.of("tool-output-available")[0].toolCallId, toolCallId);
  assert.equal(turn.text, "It is gone.");
  assert.deepEqual(await plans(), ["My plan"]);
  const messages = await client.call("getMessages");
  assert.deepEqual([messages.length, messages[1].id], [2, message]);
  const result = the.model.requests[1].body.messages.findLast(({ role }) => role === "tool");
  assert.equal(JSON.parse(result.content).ok, true);
});

test("a no is reported to the model, and nothing is done", async () => {
  const { toolCallId } = await asked();
  the.model.script(...openai.says("I left it."));
  approve(toolCallId, false);
  const turn = await continuation();
  assert.equal(turn.text, "I left it.");
  assert.deepEqual(await plans(), ["My plan", "Old plan"]);
  const result = the.model.requests[1].body.messages.findLast(({ role }) => role === "tool");
  assert.match(result.content, /said no/);
});

test("the first answer counts, and an answer to an unknown call has no effect", async () => {
  const { toolCallId } = await asked();
  approve("unknown", true);
  approve(toolCallId, false, false);
  approve(toolCallId, true, false);
  await client.next("cf_agent_message_updated");
  assert.deepEqual(await plans(), ["My plan", "Old plan"]);
  assert.equal(client.frames.filter(({ type }) => type === "cf_agent_message_updated").length, 1);
  assert.equal(the.model.requests.length, 1);
});

test("the tab that asks to resume gets the whole continuation, the other one gets it live", async () => {
  const other = await greeted(the.server, { token: client.token });
  const { toolCallId } = await asked();
  const hold = gate();
  the.model.script(openai.text("It "), hold.wait, ...openai.says("is gone."));
  approve(toolCallId, true);
  client.send({ type: "cf_agent_stream_resume_request", probeId: "p" });
  const pending = await client.next("cf_agent_stream_pending");
  assert.equal(pending.probeId, "p");
  const { id } = await client.next("cf_agent_stream_resuming");
  assert.equal(id, pending.id);
  await other.next((frame) => frame.id === id && hasChunk(frame, "text-delta"));
  // Another tab that asks is told that this one resumes it.
  other.send({ type: "cf_agent_stream_resume_request", probeId: "q" });
  assert.equal((await other.next("cf_agent_stream_resume_none")).reason, "continuation-owned");
  client.send({ type: "cf_agent_stream_resume_ack", id });
  await client.next((frame) => isResponse(frame, id) && frame.replayComplete);
  hold.open();
  const [mine, theirs] = [await client.answer(id), await other.answer(id)];
  assert.deepEqual([mine.text, theirs.text], ["It is gone.", "It is gone."]);
  assert.deepEqual(mine.seqs, mine.seqs.map((_, index) => index));
  assert.deepEqual(mine.chunks, theirs.chunks);
});

test("a question survives the process that asked it", async () => {
  const { toolCallId } = await asked();
  await the.server.restart();
  client = await greeted(the.server, { token: client.token });
  the.model.script(...openai.says("It is gone."));
  approve(toolCallId, true);
  assert.equal((await continuation()).text, "It is gone.");
  assert.deepEqual(await plans(), ["My plan"]);
});
