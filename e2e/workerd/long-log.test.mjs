// A log that takes longer than one event of the Durable Object may: imported in parts, and computed anew by another version of
// the service.
//
// FLUX_EVENTS=1000000 makes it as long as that. The test prints how much CPU an event of the object takes.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { greeted, guest } from "../lib/client.mjs";
import { importAddress, importProgress, sendFile } from "../lib/import.mjs";
import { longFile } from "../lib/long-file.mjs";
import { ROOT, startServer } from "../lib/server.mjs";
import { until } from "../lib/until.mjs";

const EVENTS = Number(process.env.FLUX_EVENTS ?? 12_000);
const LIMIT_MS = 120_000 + EVENTS * 20;

// The Worker that is deployed. Nobody asks the model.
let server;
before(async () => (server = await startServer({ model: { baseUrl: "http://127.0.0.1:9" }, entry: join(ROOT, "e2e/lib/sql-entry.mjs") })));
after(() => server?.stop());

/** The CPU time that the server's processes have used, in seconds. */
function cpuSeconds() {
  const ticks = Number(execFileSync("getconf", ["CLK_TCK"]));
  const stats = readdirSync("/proc").filter((name) => /^\d+$/.test(name)).flatMap((pid) => {
    try {
      return [{ pid, stat: readFileSync(`/proc/${pid}/stat`, "utf8"), command: readFileSync(`/proc/${pid}/cmdline`, "utf8") }];
    } catch {
      return [];
    }
  });
  const group = server.processGroup;
  const fields = ({ stat }) => stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ours = stats.filter((process) => /workerd/.test(process.command) && Number(fields(process)[2]) === group);
  return ours.reduce((sum, process) => sum + (Number(fields(process)[11]) + Number(fields(process)[12])) / ticks, 0);
}

let token;
const sql = (statement) =>
  fetch(`${server.url}/agents/chat/me/get-messages?token=${token}`, { headers: { "x-sql": statement, "x-again": "1" } });

test(`a file of ${EVENTS} events is imported while the object answers`, { timeout: LIMIT_MS }, async (t) => {
  const template = await greeted(server);
  const person = await (await fetch(`${server.url}/agents/chat/me/export?token=${template.token}`)).json();
  await template.close();
  ({ token } = await guest(server));
  const client = await greeted(server, { token, query: { sync: "events" } });
  const response = await sendFile(server, token, longFile(person, EVENTS));
  assert.equal(response.status, 202);
  const [began, cpu] = [Date.now(), cpuSeconds()];
  let [longest, questions] = [0, 0];
  const isDone = async () => {
    const asked = Date.now();
    // What is there is the empty timeline, until it is replaced.
    const { seq, timeline } = await client.call("getTimeline");
    longest = Math.max(longest, Date.now() - asked);
    questions += 1;
    const progress = await importProgress(server, token);
    assert.ok(["checking", "done"].includes(progress.state), JSON.stringify(progress));
    assert.ok(seq <= 2 || progress.state === "done", "a part of the file is seen");
    assert.ok(seq > 2 || timeline.blocks.length === 0);
    return progress.state === "done" && progress;
  };
  const progress = await until(isDone, { limit: LIMIT_MS, what: () => "the end of the import" });
  assert.equal(progress.checked, progress.bytes);
  assert.equal((await client.call("getCounts")).events, progress.events);
  const total = cpuSeconds() - cpu;
  const slices = Math.ceil(progress.events / 1_000);
  t.diagnostic(
    `${progress.events} events, ${(progress.bytes / 1e6).toFixed(1)} MB: ${((Date.now() - began) / 1000).toFixed(1)} s, ` +
      `${total.toFixed(1)} s of CPU, ${(total / slices).toFixed(2)} s for each of ${slices} events of the object; ` +
      `${questions} questions meanwhile, the longest took ${longest} ms`,
  );
  assert.equal((await client.call("scheduleBlock", { title: "After it", startTime: "2035-03-01T08:00" })).ok, true);
  await client.close();
});

test("the timeline is computed anew while it is read", { timeout: LIMIT_MS }, async (t) => {
  let client = await greeted(server, { token });
  const before = (await client.call("getTimeline")).timeline;
  const { events } = await client.call("getCounts");
  await client.close();
  await sql("UPDATE computed SET version = 0");
  const [began, cpu] = [Date.now(), cpuSeconds()];
  client = await greeted(server, { token, query: { sync: "events" } });
  const write = () => client.tell("scheduleBlock", [{ title: "Refused or not", startTime: "2035-03-02T08:00" }]);
  const refused = /^Your timeline is being brought up to date after an update\. .* try again in about \d+ s\.$/;
  const [first, { timeline }] = await Promise.all([write(), client.call("getTimeline")]);
  assert.match(first.error, refused);
  assert.deepEqual(timeline, before, "the old one is read");
  const isDone = async () => {
    const { success, error } = await write();
    if (success) return true;
    assert.match(error, refused);
    // Not more often than a person would.
    await new Promise((resolve) => setTimeout(resolve, 200));
    return false;
  };
  await until(isDone, { limit: LIMIT_MS, what: () => "the new timeline" });
  const total = cpuSeconds() - cpu;
  const slices = Math.ceil(events / 2_000);
  t.diagnostic(
    `${events} events: ${((Date.now() - began) / 1000).toFixed(1)} s, ${total.toFixed(1)} s of CPU, ` +
      `${(total / slices).toFixed(2)} s for each of ${slices} events of the object`,
  );
  await client.call("undo", {});
  assert.deepEqual((await client.call("getTimeline")).timeline.blocks, before.blocks);
  await client.close();
});

test("a long file with an event that does not fit changes nothing and names the event", { timeout: LIMIT_MS }, async () => {
  const template = await greeted(server);
  const person = await (await fetch(`${server.url}/agents/chat/me/export?token=${template.token}`)).json();
  await template.close();
  const other = await guest(server);
  const pieces = [...longFile(person, 3_000)];
  const wrong = pieces.findLastIndex((piece) => piece.includes('"BLOCK_SCHEDULED"'));
  pieces[wrong] = pieces[wrong].replace(/"handle":"B\d+"/, '"handle":"B4294967295"');
  assert.equal((await sendFile(server, other.token, pieces)).status, 202);
  const failed = async () => {
    const progress = await importProgress(server, other.token);
    return progress.state === "failed" && progress;
  };
  const { problem } = await until(failed, { limit: 60_000, what: () => "the end of the import" });
  const { seq } = JSON.parse(pieces[wrong].replace(/^,/, ""));
  assert.match(problem, new RegExp(`event ${seq}: a new block cannot have the handle B4294967295; .* Nothing was changed\\.$`));
  const client = await greeted(server, { token: other.token });
  assert.equal((await client.call("getCounts")).events, 2);
  assert.equal((await client.call("scheduleBlock", { title: "It works", startTime: "2035-03-01T08:00" })).ok, true);
  await client.close();
  const address = importAddress(server, other.token);
  assert.equal((await fetch(address, { method: "DELETE" })).status, 200);
  assert.equal((await fetch(address, { method: "PUT" })).status, 405);
});
