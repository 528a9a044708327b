// What the service writes to its log: JSON with numbers and names, and nothing that a person or a model wrote.

import assert from "node:assert/strict";
import { test } from "node:test";
import { answer, ended, isGoal, QUICK_RUNS } from "../lib/architect.mjs";
import { greeted } from "../lib/client.mjs";
import { openai } from "../lib/model.mjs";
import { scripted } from "../lib/scripted.mjs";
import { until } from "../lib/until.mjs";

const the = scripted({ vars: QUICK_RUNS });

const [TRACE, PAGE] = ["4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"];
const TRACEPARENT = `00-${TRACE}-${PAGE}-01`;

/** A word that nobody else would write, with the place where it stands. */
const canary = (place) => `Kanarienvogel-${place}`;

/** The records in the server's log. */
const records = () => the.server.log().split("\n").flatMap((line) => {
  const at = line.indexOf('{"');
  try {
    return at < 0 ? [] : [JSON.parse(line.slice(at))];
  } catch {
    return [];
  }
});

const logged = (what) => until(() => records().find(what), { what: () => `${what} in ${the.server.log().slice(-2_000)}` });

test("no line of the log contains what a person or a model wrote", async () => {
  const client = await greeted(the.server);
  const block = { title: canary("title"), description: canary("description"), tags: [canary("tag")], startTime: "2035-03-01T08:00" };
  await client.call("scheduleBlock", block);
  for (const [method, argument] of [
    ["scheduleBlock", { ...block, priority: canary("priority") }], ["updateBlock", { id: canary("id"), updates: { title: "x" } }],
    [canary("method"), {}], ["setSettings", { timeZone: canary("zone") }], ["createPlan", { title: canary("plan") }],
  ]) await client.tell(method, [argument]);
  client.send(`{"type":"${canary("type")}"}`);
  client.send(`{"type":"rpc","id":"x","broken ${canary("json")}`);
  for (const traceparent of [canary("trace"), { [canary("trace")]: 1 }, `${canary("trace")}\n`.repeat(10_000)]) {
    client.send({ type: "rpc", id: "traced", method: canary("method"), args: [], traceparent });
  }

  const turns = [
    [openai.says(canary("answer"))],
    [openai.calls(["scheduleBlock", { ...block, title: canary("call") }]), openai.says("Done.")],
    [openai.calls(["scheduleBlock", { title: { odd: canary("argument") } }]), openai.says("Sorry.")],
    [openai.calls([canary("tool"), {}]), openai.says("Sorry.")],
    [[`data: {"broken": "${canary("stream")}\n\n`, ...openai.says("Well.")]],
    [[{ status: 400, body: JSON.stringify({ error: { message: `I refuse ${canary("refusal")}` } }) }]],
    [[{ status: 200, headers: { "content-type": "text/html" }, body: `<p>${canary("page")}</p>` }]],
    [[{ status: 500, body: canary("fault") }], openai.says("At last.")],
  ];
  for (const scripts of turns) {
    for (const script of scripts) the.model.script(...script);
    await client.chat(canary("message"), { traceparent: `${TRACEPARENT}\n{"${canary("trace")}":1}` });
  }
  await client.call("useArchitect", { goal: canary("goal") });
  await logged(({ log, at }) => log === "fault" && at === "run");
  const file = JSON.stringify({ format: "temporal-flux", version: 1, events: [{ seq: canary("file") }] });
  const other = await greeted(the.server);
  const refused = await fetch(`${the.server.url}/agents/chat/me/import?token=${other.token}`, { method: "POST", body: file, headers: { "content-type": "application/json", traceparent: canary("header") } });
  assert.equal(refused.status, 422);

  const outcomes = records().filter(({ log }) => log === "turn").map(({ outcome }) => outcome);
  assert.deepEqual(outcomes, ["completed", "completed", "completed", "completed", "completed", "error", "error", "completed"]);
  await logged(({ log, tool }) => log === "invalid-call" && tool === "scheduleBlock");
  await logged(({ log, tool }) => log === "invalid-call" && tool === null);
  await logged(({ log }) => log === "skipped");
  await logged(({ at, fault, status }) => at === "turn" && fault === "model-refused" && status === 400);
  await logged(({ at, fault }) => at === "turn" && fault === "model-malformed");
  await logged(({ log, fault, attempt }) => log === "retry" && fault === "model-overloaded" && attempt === 2);
  assert.deepEqual(records().filter(({ trace }) => trace === TRACE), [], "a trace that is not valid counts as none");
  const seen = the.server.log().match(/[^\n]*Kanarienvogel[^\n]*/g);
  assert.equal(seen, null);
});

test("one trace leads from a frame through the model and its calls to the steps of the workflow", async () => {
  const client = await greeted(the.server);
  const goal = "Learn German";
  const isTurn = ({ tools }) => tools !== undefined;
  the.model.scriptWhen(isTurn, ...openai.calls(["useArchitect", { goal }]));
  the.model.scriptWhen(isTurn, ...openai.says("It is under way."));
  the.model.scriptWhen(isGoal(goal), ...answer("A", "B", "C"));
  const turn = await client.chat("I want to learn German", { traceparent: TRACEPARENT });
  await ended(client, turn.calls[0].output.run.id);

  const ofTrace = () => records().filter(({ trace, name }) => trace === TRACE && name);
  const isDone = () => ["run", "turn"].every((log) => ofTrace().some((line) => line.log === log))
    && ofTrace().some(({ name }) => name === "report");
  await until(isDone, { what: () => `a whole trace in ${JSON.stringify(ofTrace())}` });
  const spans = ofTrace();
  const path = ({ name, parent }) =>
    parent === PAGE ? [name] : [...path(spans.find(({ span }) => span === parent) ?? assert.fail(`${name} has no parent`)), name];
  const paths = new Set(spans.map((span) => path(span).join(" > ")));
  const call = "invoke_agent > execute_tool useArchitect";
  const run = `${call} > invoke_workflow architect`;
  const steps = ["brainstorm", "check", "place", "commit", "words", "report"].map((step) => `${run} > ${step}`);
  const chats = ["invoke_agent", `${run} > brainstorm`, `${run} > words`].map((within) => `${within} > chat llama-test`);
  assert.deepEqual([...paths].sort(), ["invoke_agent", call, run, ...steps, ...chats].sort());

  const asked = spans.filter(({ log }) => log === "chat").map(({ span }) => `00-${TRACE}-${span}-01`);
  assert.equal(the.model.requests.length, 3);
  for (const { headers } of the.model.requests) assert.ok(asked.includes(headers.traceparent), headers.traceparent);
});
