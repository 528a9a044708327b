// The published client from npm: `AgentClient` of agents/client, in Node with its WebSocket.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { afterEach, test } from "node:test";
import { AgentClient } from "agents/client";
import { guest, userMessage } from "../lib/client.mjs";
import { openai } from "../lib/model.mjs";
import { scripted } from "../lib/scripted.mjs";
import { until, within } from "../lib/until.mjs";

const the = scripted();
const clients = [];
afterEach(() => clients.splice(0).forEach((client) => client.close()));

const WORKOUT = { title: "Workout", startTime: "2035-03-01T08:00" };
const LIMIT_MS = 20_000;

/** A client, with the states, the errors, and the frames that reach the app. */
function open({ token, name = "me", ...options }) {
  const seen = { states: [], errors: [], frames: [] };
  const client = new AgentClient({
    agent: "chat", name, host: `127.0.0.1:${the.server.port}`, query: { token }, WebSocket,
    onStateUpdate: (state) => seen.states.push(state),
    onConnectionError: (error) => seen.errors.push(error), ...options });
  client.addEventListener("message", ({ data }) => seen.frames.push(JSON.parse(data)));
  clients.push(client);
  return { client, seen };
}

/** A new person, who opens their own object. */
const newcomer = async () => ({ token: (await guest(the.server)).token });

const ready = ({ client }) => within(client.ready, LIMIT_MS, () => "the client to be ready");

test("it gets the identity and the state", async () => {
  const tab = open(await newcomer());
  await ready(tab);
  assert.deepEqual([tab.client.identified, tab.client.agent, tab.client.name], [true, "chat", "me"]);
  await until(() => tab.seen.states.length > 0);
  const [{ plans, activePlanId }] = tab.seen.states;
  assert.deepEqual(plans[activePlanId].stream, []);
});

test("it calls methods and gets errors, and other clients are notified of the change", async () => {
  const me = await newcomer();
  const [tab, other] = [open(me), open(me)];
  await Promise.all([ready(tab), ready(other)]);
  const { block } = await tab.client.call("scheduleBlock", [WORKOUT]);
  assert.equal(block.title, "Workout");
  await assert.rejects(tab.client.call("launchRocket"), /Method launchRocket does not exist/);
  const titles = (state) => state.plans[state.activePlanId].stream.map(({ title }) => title);
  await until(() => titles(other.seen.states.at(-1)).includes("Workout"));
  await until(() => titles(tab.seen.states.at(-1)).includes("Workout"));
});

test("many edits are answered without waiting for the state, which follows with the last of them", async (t) => {
  const me = await newcomer();
  const [tab, other] = [open(me), open(me)];
  await Promise.all([ready(tab), ready(other)]);
  const { block } = await tab.client.call("scheduleBlock", [WORKOUT]);
  const edits = Number(process.env.FLUX_EDITS ?? 200);
  const begin = performance.now();
  for (let edit = 1; edit <= edits; edit++) {
    await tab.client.call("updateBlock", [{ id: block.handle, updates: { title: `Workout ${edit}` } }]);
  }
  const ms = performance.now() - begin;
  const isLast = (state) => state.plans[state.activePlanId].stream[0]?.title === `Workout ${edits}`;
  const lastMs = performance.now();
  await until(() => isLast(other.seen.states.at(-1)) && isLast(tab.seen.states.at(-1)));
  t.diagnostic(`${edits} edits took ${Math.round(ms)} ms; the state followed after ${Math.round(performance.now() - lastMs)} ms`);
  // One at the beginning, and at most one in 200 ms.
  const most = 2 + Math.ceil(ms / 200) + 1;
  assert.ok(other.seen.states.length <= most, `${other.seen.states.length} states, and at most ${most}`);
});

test("it sends a chat request and reads the stream", async () => {
  const tab = open(await newcomer());
  await ready(tab);
  the.model.script(...openai.calls(["scheduleBlock", WORKOUT]));
  the.model.script(...openai.says("Sched", "uled."));
  const id = randomUUID().slice(0, 8);
  const body = JSON.stringify({ messages: [userMessage("Workout")], trigger: "submit-message" });
  tab.client.send(JSON.stringify({ type: "cf_agent_use_chat_request", id, init: { method: "POST", body } }));
  const mine = () => tab.seen.frames.filter((frame) => frame.id === id);
  await until(() => mine().some(({ done }) => done));
  const chunks = mine().filter(({ body }) => body).map((frame) => JSON.parse(frame.body));
  assert.equal(chunks.filter(({ type }) => type === "text-delta").map(({ delta }) => delta).join(""), "Scheduled.");
  assert.equal(chunks.find(({ type }) => type === "tool-output-available").output.block.title, "Workout");
});

test("a change that it makes to the state itself is reverted", async () => {
  const tab = open(await newcomer());
  await ready(tab);
  await until(() => tab.seen.states.length > 0);
  const count = tab.seen.states.length;
  tab.client.setState({ plans: {} });
  await until(() => tab.seen.states.length > count + 1);
  assert.deepEqual(tab.seen.states.at(-1), tab.seen.states[0]);
});

test("a refusal is final: the client gets the reason and does not retry", async () => {
  const [owner, other] = [await guest(the.server), await guest(the.server)];
  await ready(open({ ...owner, name: "me" }));
  const refused = open({ ...other, name: owner.name });
  await until(() => refused.seen.errors.length > 0);
  await assert.rejects(refused.client.call("getSettings"), /closed/i);
});

test("it reconnects by itself after the server was down, and continues", async () => {
  const tab = open({ ...(await newcomer()), minReconnectionDelay: 50, maxReconnectionDelay: 200 });
  await ready(tab);
  await tab.client.call("scheduleBlock", [WORKOUT]);
  const states = tab.seen.states.length;
  await the.server.restart();
  await until(() => tab.seen.states.length > states);
  const { timeline } = await tab.client.call("getTimeline");
  assert.deepEqual(timeline.blocks.map(({ title }) => title), ["Workout"]);
});
