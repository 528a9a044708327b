// Two versions of a prompt side by side: which message gets which version, and how it is counted.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { greeted } from "../lib/client.mjs";
import { openai } from "../lib/model.mjs";
import { scripted } from "../lib/scripted.mjs";
import { ROOT, startServer } from "../lib/server.mjs";
import { until } from "../lib/until.mjs";

const FOLDER = join(ROOT, "prompts");

/** A candidate that the Worker contains besides the current version. */
const candidate = readdirSync(FOLDER)
  .filter((name) => name.startsWith("system@"))
  .map((name) => ({ name: name.replace(".md", ""), text: readFileSync(join(FOLDER, name), "utf8") }))
  .find(({ text }) => text.includes("\ncandidate: true\n"));

const vars = { PROMPT_CANDIDATE: candidate?.name ?? "", PROMPT_CANDIDATE_SHARE: "100" };
const the = scripted({ vars });

const WORKOUT = { title: "Workout", startTime: "2035-03-01T08:00" };

test("a candidate answers, is named in the answer, and its outcome is counted permanently", { skip: !candidate }, async () => {
  const client = await greeted(the.server);
  the.model.script(openai.usage(5, 1), ...openai.calls(["scheduleBlock", WORKOUT], ["scheduleBlock", { startTime: WORKOUT.startTime }]));
  the.model.script(openai.text("One of them."), openai.finish(), openai.usage(10, 2));
  const turn = await client.chat("Workouts");
  assert.equal(turn.of("start")[0].messageMetadata.prompt, candidate.name);
  const told = the.model.requests[0].body.messages.map(({ content }) => content).join("\n");
  const lines = candidate.text.split("\n---\n")[1].split("\n").filter((line) => line.trim() && !line.includes("{{") && !line.startsWith("==="));
  for (const line of lines) assert.ok(told.includes(line), line);

  await client.call("undo");
  const logged = (line) => until(() => the.server.log().match(line)?.[0], { what: () => the.server.log() });
  assert.equal(JSON.parse(await logged(/^\{.*"log":"turn".*\}$/m)).prompt, candidate.name);
  assert.equal(JSON.parse(await logged(/^\{"log":"undone","prompt":"system@\d+"\}$/m)).prompt, candidate.name);

  await the.server.restart();
  const [counts] = (await (await greeted(the.server, { token: client.token })).call("getCounts")).prompts;
  assert.ok(counts.totalMs >= 0);
  assert.deepEqual({ ...counts, totalMs: 0 }, {
    prompt: candidate.name, turns: 1, completed: 1, failed: 0, stopped: 0, calls: 2, invalidCalls: 1, rejectedCalls: 0,
    retries: 0, undone: 1, inputTokens: 15, outputTokens: 3, totalMs: 0,
  });
});

test("an unknown version is reported to clients that connect, and in the log", async () => {
  const model = { baseUrl: the.model.baseUrl };
  const server = await startServer({ model, vars: { PROMPT_CANDIDATE: "system@900", PROMPT_CANDIDATE_SHARE: "5" } });
  try {
    await assert.rejects(greeted(server), /closed with .*PROMPT_CANDIDATE is \\"system@900\\", which is not a version/);
    const isLogged = () => server.log().includes('{"log":"misconfigured","setting":"PROMPT_CANDIDATE"}');
    await until(isLogged, { what: () => server.log() });
  } finally {
    await server.stop();
  }
});
