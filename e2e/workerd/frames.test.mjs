// A connection's frames: the greeting, and the responses to invalid frames.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { greeted, userMessage } from "../lib/client.mjs";
import { startServer } from "../lib/server.mjs";

let server;
before(async () => (server = await startServer()));
after(() => server?.stop());

/** The largest frame that is accepted, in bytes. */
const LIMIT = 4 << 20;
const WORKOUT = { title: "Workout", startTime: "2035-03-01T08:00" };

test("a connection gets the identity, the state and the conversation", async () => {
  const client = await greeted(server);
  const [identity, state, messages] = client.frames;
  assert.deepEqual(identity, { type: "cf_agent_identity", name: "me", agent: "chat", stateFollows: true });
  assert.equal(state.type, "cf_agent_state");
  assert.ok(state.state.plans[state.state.activePlanId]);
  assert.deepEqual(messages, { type: "cf_agent_chat_messages", messages: [], connect: true });
});

test("invalid frames are answered with what is wrong, and change nothing", async () => {
  const client = await greeted(server);
  await client.call("scheduleBlock", WORKOUT);
  const before = await client.call("getEvents");
  const call = { type: "rpc", id: "1", method: "undo", args: [] };
  const cases = [
    ["not JSON", /not JSON/],
    ['{"type":"rpc"', /not JSON/],
    ["[]", /no frame type/],
    ["null", /no frame type/],
    [{ type: "launch_rocket" }, /launch_rocket/],
    [{ ...call, id: undefined }, /rpc cannot be read/],
    [new Uint8Array([1, 2, 3]), /Binary/],
  ];
  for (const [frame, words] of cases) {
    client.send(frame);
    const { error } = await client.next("flux_error");
    assert.match(error, words);
  }
  // A frame with an id is answered with that id, so that its sender does not wait for ever.
  const withId = [
    [{ ...call, args: undefined }, /rpc cannot be read/],
    [{ ...call, args: "undo" }, /rpc cannot be read/],
    [JSON.stringify({ ...call, args: ["@"] }).replace("@", "\\ud800"), /not JSON/],
    ['{"id":"1","type":"rpc","args":[', /not JSON/],
    [{ ...call, args: ["x".repeat(LIMIT)] }, /at most 4194304/],
  ];
  for (const [frame, words] of withId) {
    client.send(frame);
    const { id, success, error } = await client.next("rpc");
    assert.deepEqual([id, success], ["1", false]);
    assert.match(error, words);
  }
  const chat = { type: "cf_agent_use_chat_request", id: "x" };
  for (const frame of [chat, { ...chat, init: { body: "x".repeat(LIMIT) } }]) {
    client.send(frame);
    const { final } = await client.answer("x");
    assert.deepEqual([final.error, final.done], [true, true]);
  }
  assert.deepEqual(await client.call("getEvents"), before);
  assert.deepEqual(await client.call("getMessages"), []);
});

test("a frame just below the limit is accepted", async () => {
  const client = await greeted(server);
  const frame = { type: "rpc", id: "1", method: "getSettings", args: [{ padding: "" }] };
  frame.args[0].padding = "x".repeat(LIMIT - JSON.stringify(frame).length);
  assert.equal(JSON.stringify(frame).length, LIMIT);
  client.send(frame);
  assert.equal((await client.next("rpc")).success, true);
});

test("a request with a long conversation is answered, and only what is new is stored", async () => {
  const client = await greeted(server);
  const long = Array.from({ length: 9 }, (_, number) => userMessage(`${number} `.repeat(15_000)));
  const messages = [...long, userMessage("What is on today?")];
  for (const list of [messages, [...messages, userMessage("And tomorrow?")]]) {
    const { final } = await client.chat("", { messages: list });
    assert.equal(final.outcome, "completed");
  }
  const roles = (await client.call("getMessages")).map(({ role }) => role);
  assert.deepEqual(roles, [...Array(10).fill("user"), "assistant", "user", "assistant"]);
});

test("chat requests that cannot be answered get a final frame that says why", async () => {
  const client = await greeted(server);
  const cases = [
    ["{", /cannot be read/], ["{}", /cannot be read/], [JSON.stringify({ messages: [] }), /no message/],
    [JSON.stringify({ messages: [{ id: "u", role: "user", parts: [{ type: "text", text: " " }] }] }), /empty/],
    [JSON.stringify({ messages: [{ id: "", role: "user", parts: [{ type: "text", text: "Hi" }] }] }), /usable id/],
    [JSON.stringify({ messages: [{ id: "u", role: "user", parts: [{ type: "text", text: "ø".repeat(32_001) }] }] }),
      /longer than 32000/],
  ];
  for (const [index, [body, words]] of cases.entries()) {
    const id = `bad${index}`;
    client.send({ type: "cf_agent_use_chat_request", id, init: { method: "POST", body } });
    const { final } = await client.answer(id);
    assert.deepEqual([final.error, final.done], [true, true]);
    assert.match(final.body, words);
  }
  assert.deepEqual(await client.call("getMessages"), []);
});

test("a client that sets the state is refused and gets the real one", async () => {
  const client = await greeted(server);
  const [, { state }] = client.frames;
  client.send({ type: "cf_agent_state", state: { plans: {} } });
  assert.equal((await client.next("cf_agent_state_error")).error, "State update rejected");
  assert.deepEqual((await client.next("cf_agent_state")).state, state);
});

test("a close is answered with its own code, at once", async () => {
  for (const code of [1000, 3001, 4321]) {
    const client = await greeted(server);
    const begun = Date.now();
    assert.equal((await client.close(code)).code, code);
    // If the server does not answer, workerd does after 10 s.
    assert.ok(Date.now() - begun < 5_000, `answered after ${Date.now() - begun} ms`);
  }
});
