// Turns, questions and goals under way while all processes are killed at random moments, as by a power cut. Afterwards the log, the
// timeline and the conversation agree.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { agreesElsewhere, callsAgree, exported } from "../lib/agreement.mjs";
import { QUICK_RUNS, answer as planned, ended } from "../lib/architect.mjs";
import { greeted, guest, hasChunk, idle, isResponse } from "../lib/client.mjs";
import { isReport, isTitle, openai, said, startModel } from "../lib/model.mjs";
import { random, SEED } from "../lib/random.mjs";
import { startServer } from "../lib/server.mjs";

/** So many are enough to meet each case. `FLUX_KILLS=500` searches longer. */
const ROUNDS = Number(process.env.FLUX_KILLS ?? 20);

const chance = random();
const below = (limit) => Math.floor(chance() * limit);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

let model, server, token;
before(async () => {
  model = await startModel();
  model.answerWith(answerTo);
  const vars = { ...QUICK_RUNS, MODEL_RETRIES: "2", MODEL_RETRY_BASE_MS: "1", MODEL_RETRY_CAP_MS: "5" };
  server = await startServer({ model: { baseUrl: model.baseUrl }, vars });
  ({ token } = await guest(server));
});
after(() => Promise.all([server?.stop(), model?.stop()]));

/** What the model answers: the message says what to do and for which round. */
function answerTo(body) {
  if (isReport(body) || isTitle(body)) return [{ status: 418, body: "no words" }];
  if (body.response_format) return planned("A", "B", "C");
  const last = body.messages.at(-1);
  if (last.role === "tool") return openai.says("That ", "is ", "done.");
  const [kind, round] = said(last).split(" ");
  // Slowly, so that the kill can come at any place.
  const words = Array.from({ length: 30 }, (_, word) => [openai.text(`w${word} `), () => pause(3)]);
  if (kind === "tell") return [...words.flat(), openai.finish()];
  const block = (name) => ["scheduleBlock", { title: `${name} ${round}`, startTime: "2035-03-01T08:00" }];
  const calls = kind === "delete" ? [["deletePlan", { id: `Plan ${round}` }], block("After")] : [block("First"), block("Second")];
  return [
    ...calls.flatMap(([name, args], index) => [openai.call(name, args, { index, id: `${name}-${round}-${index}` }), () => pause(below(4))]),
    openai.finish("tool_calls"),
  ];
}

/** What was acknowledged, and so must be true whatever happens. */
const acknowledged = { yes: [], no: [], shown: [], runs: [] };

/** The goals whose end was not seen yet. */
const underWay = [];

const SCENARIOS = {
  async tell(client, round) {
    const id = client.ask(`tell ${round}`);
    await pause(below(150));
    return () => {
      const turn = client.turn(id);
      if (turn.text) acknowledged.shown.push([turn.of("start")[0].messageId, turn.text]);
    };
  },
  async schedule(client, round) {
    client.ask(`schedule ${round}`);
    await pause(below(60));
  },
  async delete(client, round) {
    await client.call("createPlan", { title: `Plan ${round}` });
    const id = client.ask(`delete ${round}`);
    const isQuestion = (frame) => isResponse(frame, id) && hasChunk(frame, "tool-approval-request");
    const { toolCallId } = JSON.parse((await client.next(isQuestion)).body);
    await client.next((frame) => isResponse(frame, id) && frame.done);
    const approved = below(3) > 0;
    client.send({ type: "cf_agent_tool_approval", toolCallId, approved, autoContinue: true });
    await pause(below(90));
    return () => {
      // The answer of an earlier round can be taken up in this one, so it has to be this question that was answered.
      const isAnswered = (part) => part.toolCallId === toolCallId && part.state !== "approval-requested";
      const isTaken = ({ type, message }) => type === "cf_agent_message_updated" && message.parts.some(isAnswered);
      if (client.frames.some(isTaken)) acknowledged[approved ? "yes" : "no"].push({ round, toolCallId });
    };
  },
  async goal(client, round) {
    await client.call("setSettings", { acceptGoals: true });
    const { run } = await client.call("useArchitect", { goal: `Goal ${round}` });
    acknowledged.runs.push(run.id);
    underWay.push(run.id);
    client.ask(`schedule ${round}`);
    await pause(below(200));
  },
};

/** Waits until nothing is queued, streams, or is planned. */
async function settled(client) {
  await idle(client);
  // Once each: the newest messages do not go back to the first reports.
  for (const run of underWay.splice(0)) assert.equal((await ended(client, run)).status, "completed");
}

async function check(client) {
  const file = await exported(server, client.token);
  const { events } = file;
  const messages = file.messages.map(({ message }) => message);
  assert.deepEqual(events.map(({ seq }) => seq), events.map((_, index) => index + 1));
  await agreesElsewhere(server, client, file);
  callsAgree(file);
  const titles = events.filter(({ type }) => type === "BLOCK_SCHEDULED").map(({ payload }) => payload.block.title);
  const made = titles.filter((title) => /^(First|Second|After) /.test(title));
  assert.equal(new Set(made).size, made.length, "no call was carried out twice");

  const count = (fits) => events.filter(fits).length;
  const isDeleted = (round) => ({ type, payload }) => type === "PLAN_DELETED" && payload.plan.title === `Plan ${round}`;
  for (const { round } of acknowledged.yes) assert.equal(count(isDeleted(round)), 1, `Plan ${round} was to be deleted`);
  for (const { round } of acknowledged.no) assert.equal(count(isDeleted(round)), 0, `Plan ${round} was to be kept`);
  for (const [id, shown] of acknowledged.shown) {
    const { parts } = messages.find((message) => message.id === id);
    const { text } = parts.find(({ type }) => type === "text");
    assert.ok(text.startsWith(shown), `“${shown}” was shown, “${text}” is kept`);
  }
  for (const run of acknowledged.runs) {
    const tasks = count(({ type, actor }) => type === "BLOCK_SCHEDULED" && actor.run === run);
    assert.equal(tasks, 3, "a goal adds its tasks once");
  }
}

test(`log, timeline and conversation agree after ${ROUNDS} kills (FLUX_SEED=${SEED})`, { timeout: ROUNDS * 30_000 }, async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const client = await greeted(server, { token });
    // At most three goals can be worked on at a time.
    const names = Object.keys(SCENARIOS).filter((name) => name !== "goal" || round % 7 === 3);
    const name = round % 7 === 3 ? "goal" : names[below(names.length)];
    const note = await SCENARIOS[name](client, round);
    await server.kill();
    await client.closed;
    note?.();
    await server.start();
    if (round % 7 === 6) {
      const quiet = await greeted(server, { token });
      await settled(quiet);
      await check(quiet);
      await quiet.close();
    }
  }
  const client = await greeted(server, { token });
  await settled(client);
  await check(client);
  const { yes, shown } = acknowledged;
  assert.ok(yes.length > 0 && shown.length > 0, "the rounds were too few to prove anything");
});
