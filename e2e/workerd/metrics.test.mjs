// The figures at /metrics, who may read them, and the budget of tokens that all people share.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { greeted } from "../lib/client.mjs";
import { openai, startModel } from "../lib/model.mjs";
import { ROOT, startServer } from "../lib/server.mjs";
import { until } from "../lib/until.mjs";

const TOKEN = "the-token-of-the-metrics";
const get = (server, query = "", authorization = `Bearer ${TOKEN}`) =>
  fetch(`${server.url}/metrics${query}`, { headers: authorization ? { authorization } : {} });

/** The values by series. */
async function figures(server, query) {
  const response = await get(server, query);
  assert.equal(response.status, 200);
  const lines = (await response.text()).split("\n").filter((line) => line && !line.startsWith("#"));
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ") + 1))]));
}

const answer = (text, read, written) => [openai.text(text), openai.usage(read, written), openai.finish(), ...openai.says().slice(-1)];

let model;
before(async () => (model = await startModel()));
after(() => model?.stop());
const start = (vars, more) => startServer({ model: { baseUrl: model.baseUrl, name: "llama-test" }, vars, ...more });

describe("with a token", () => {
  let server;
  before(async () => (server = await start({ METRICS_TOKEN: TOKEN })));
  after(() => server?.stop());

  test("turns, tokens and refusals are counted, for all time and for the day, without a word of them", async () => {
    const client = await greeted(server);
    const canary = "Kanarienvogel";
    model.script(...answer(canary, 100, 20));
    await client.chat(canary);
    model.script(openai.usage(30, 3), ...openai.calls([canary, {}]));
    model.script(...answer("Sorry.", 50, 5));
    await client.chat("Hello");

    const response = await get(server);
    assert.equal(response.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    const text = await response.text();
    assert.match(text, /^# HELP flux_turns_total .+\n# TYPE flux_turns_total counter\n/);
    assert.doesNotMatch(text, /Kanarienvogel/);
    for (const query of ["", "?day=today"]) {
      const all = await figures(server, query);
      assert.equal(all['flux_turns_total{outcome="completed",model="llama-test"}'], 2);
      assert.equal(all['flux_tokens_total{direction="input",model="llama-test"}'], 180);
      assert.equal(all['flux_tokens_total{direction="output",model="llama-test"}'], 28);
      assert.equal(all['flux_tool_calls_total{tool="unknown",outcome="invalid"}'], 1);
      assert.equal(all["flux_turn_seconds_count"], 2);
      assert.equal(all['flux_turn_seconds_bucket{le="+Inf"}'], 2);
      assert.equal(all["flux_budget_tokens"], 0);
      assert.ok(all["flux_isolate_memory_bytes"] > 1_000_000);
    }
    assert.equal((await figures(server, "?day=2020-01-01"))["flux_turn_seconds_count"], undefined);
    assert.equal((await get(server, "?day=someday")).status, 422);
  });

  test("nobody else reads them", async () => {
    for (const authorization of [undefined, "Bearer wrong", TOKEN, `Basic ${TOKEN}`]) {
      const response = await get(server, "", authorization ?? "");
      assert.deepEqual([response.status, response.headers.get("www-authenticate")], [401, "Bearer"]);
    }
    const posted = await fetch(`${server.url}/metrics`, { method: "POST", headers: { authorization: `Bearer ${TOKEN}` } });
    assert.equal(posted.status, 405);
  });

  test("they survive the end of the process", async () => {
    const sums = ({ flux_isolate_memory_bytes: _, ...sums }) => sums;
    const before = sums(await figures(server));
    await server.restart();
    assert.deepEqual(sums(await figures(server)), before);
  });
});

describe("with a dataset of Analytics Engine", () => {
  let server;
  before(async () => (server = await start({}, { entry: join(ROOT, "e2e/lib/dataset-entry.mjs") })));
  after(() => server?.stop());

  test("each sample is a data point with names and numbers", async () => {
    const client = await greeted(server);
    model.script(...answer("Hello.", 100, 20));
    await client.chat("Kanarienvogel");
    const points = await until(() => {
      const found = server.log().split("\n").flatMap((line) => line.split("data point: ")[1] ?? []).map((text) => JSON.parse(text));
      return found.some(({ indexes }) => indexes[0] === "flux_tokens_total") && found;
    }, { what: () => `data points in ${server.log().slice(-2_000)}` });
    const turns = points.filter(({ indexes }) => indexes[0] === "flux_turns_total");
    assert.deepEqual(turns, [{ indexes: ["flux_turns_total"], blobs: ["flux_turns_total", "completed", "llama-test"], doubles: [1] }]);
    assert.ok(!JSON.stringify(points).includes("Kanarienvogel"));
  });
});

describe("without a token", () => {
  let server;
  before(async () => (server = await start({ BUDGET_TOKENS_PER_DAY: "1000" })));
  after(() => server?.stop());

  test("there are no figures", async () => {
    assert.equal((await get(server)).status, 404);
  });

  test("the budget holds for all people together, and timelines work without it", async () => {
    const [one, other] = [await greeted(server), await greeted(server)];
    for (const client of [one, other]) {
      model.script(...answer("Hello.", 450, 50));
      assert.equal((await client.chat("Hello")).final.outcome, "completed");
    }
    // The count is on its way to the object and back while the answer ends.
    let refused;
    await until(async () => {
      model.reset();
      model.script(...answer("Hello.", 0, 0));
      refused = (await other.chat("Again")).final;
      return refused.error;
    }, { what: () => `a refusal, not ${JSON.stringify(refused)}` });
    assert.match(refused.body, /everybody here shares are used for today\. Your message was not sent/);
    assert.ok(refused.retry_after_ms > 0 && refused.retry_after_ms <= 86_400_000);
    const third = await greeted(server);
    assert.equal((await third.chat("Hello")).final.error, true);
    assert.match((await third.tell("useArchitect", [{ goal: "Learn German" }])).error, /The goal was not started/);
    assert.equal((await third.call("scheduleBlock", { title: "Gym", startTime: "2035-03-01T08:00" })).block.title, "Gym");
    assert.match(server.log(), /"limit":"budget"/);
  });
});
