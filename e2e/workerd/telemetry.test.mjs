// What the service writes to its log: JSON with numbers and names, and nothing that a person or a model wrote.

import assert from "node:assert/strict";
import { test } from "node:test";
import { greeted } from "../lib/client.mjs";
import { openai } from "../lib/model.mjs";
import { scripted } from "../lib/scripted.mjs";
import { until } from "../lib/until.mjs";

const the = scripted();

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
    await client.chat(canary("message"));
  }
  await client.call("useArchitect", { goal: canary("goal") });
  await logged(({ log, at }) => log === "fault" && at === "run");
  const file = JSON.stringify({ format: "temporal-flux", version: 1, events: [{ seq: canary("file") }] });
  const other = await greeted(the.server);
  const refused = await fetch(`${the.server.url}/agents/chat/me/import?token=${other.token}`, { method: "POST", body: file });
  assert.equal(refused.status, 422);

  const outcomes = records().filter(({ log }) => log === "turn").map(({ outcome }) => outcome);
  assert.deepEqual(outcomes, ["completed", "completed", "completed", "completed", "completed", "error", "error", "completed"]);
  await logged(({ log, tool }) => log === "invalid-call" && tool === "scheduleBlock");
  await logged(({ log, tool }) => log === "invalid-call" && tool === null);
  await logged(({ log }) => log === "skipped");
  await logged(({ at, fault, status }) => at === "turn" && fault === "model-refused" && status === 400);
  await logged(({ at, fault }) => at === "turn" && fault === "model-malformed");
  await logged(({ log, fault, attempt }) => log === "retry" && fault === "model-overloaded" && attempt === 2);
  const seen = the.server.log().match(/[^\n]*Kanarienvogel[^\n]*/g);
  assert.equal(seen, null);
});
