// Many people for a long time, over connections that break. Afterwards nothing that was acknowledged is lost, nothing was done
// twice, and the service needs no more memory than before.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { records } from "../lib/log.mjs";
import { watchMemory } from "../lib/memory.mjs";
import { startModel } from "../lib/model.mjs";
import { median, percentile } from "../lib/numbers.mjs";
import { answerTo, Person } from "../lib/person.mjs";
import { random, SEED } from "../lib/random.mjs";
import { startServer } from "../lib/server.mjs";

/** `cargo xtask soak` takes longer, with more people. */
const MINUTES = Number(process.env.FLUX_SOAK_MINUTES ?? 1);
const PEOPLE = Number(process.env.FLUX_SOAK_PEOPLE ?? 20);

/** The mean pause between two things that a person does. */
const THINK_MS = 400;

/**
 * How much more memory there may be in the last third of the time than in the second: a leak takes more in the long run. workerd also
 * keeps the pages of all databases, which grow with what people do.
 */
const GROWTH = { process: { share: 0.3, mb: 50 }, program: { share: 0.1, mb: 4 } };

const TOKEN = "token-of-the-figures";

/** The course of the memory is printed in so many parts. */
const PARTS = 10;

/** How long the checks of one person may take at the end. */
const CHECK_MS = 20_000;

/** What the service reports only if something is wrong. */
const WRONG = new Set(["fault", "misconfigured", "limited", "silent-run", "invalid-call", "late-call", "skipped", "cut-off"]);

let model, server;
before(async () => {
  model = await startModel();
  model.answerWith(answerTo);
  server = await startServer({ model: { baseUrl: model.baseUrl }, vars: { METRICS_TOKEN: TOKEN } });
});
after(() => Promise.all([server?.stop(), model?.stop()]));

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const timeout = MINUTES * 60_000 + PEOPLE * CHECK_MS + 120_000;

test(`${PEOPLE} people for ${MINUTES} minutes lose nothing (FLUX_SEED=${SEED})`, { timeout }, async (t) => {
  const chance = random();
  // Each has random numbers of their own, so that what one does depends less on the others.
  const people = Array.from({ length: PEOPLE }, (_, number) => new Person(server, number, random(chance() * 2 ** 32)));
  const memory = watchMemory(server, TOKEN);
  const until = Date.now() + MINUTES * 60_000;
  try {
    await Promise.all(people.map((person) => live(person, until)));
  } finally {
    memory.stop();
  }
  for (const person of people) await person.end();

  const used = [memoryOf("process", memory.samples), memoryOf("program", memory.samples)];
  t.diagnostic(`${summary(people.map(({ figures }) => figures))}; ${used.map(({ said }) => said).join("; ")}`);
  assert.deepEqual(records(server, ({ log }) => WRONG.has(log)), []);
  assert.doesNotMatch(server.log(), /Uncaught|panicked/);
  for (const { grows, said } of used) assert.ok(!grows, said);
});

/** Lets somebody use the service until that moment. */
async function live(person, until) {
  await person.begin();
  while (Date.now() < until) {
    await person.act();
    await pause(person.chance() * 2 * THINK_MS);
    // The model notes each request for tests that look at them.
    model.requests.length = 0;
  }
}

function summary(figures) {
  const sum = (name) => figures.reduce((sum, one) => sum + one[name], 0).toLocaleString("en");
  const retries = records(server, ({ log }) => log === "retry").length;
  const late = (name) => Math.round(percentile(figures.flatMap((one) => one[name]), 0.95));
  const parts = [
    `${PEOPLE} people`, `${sum("turns")} turns (${sum("stopped")} stopped)`, `${sum("edits")} edits`,
    `${sum("connections")} connections (${sum("cuts")} broke)`, `${sum("copies")} copies`, `${retries} requests to the model repeated`,
    `95 % of edits within ${late("editMs")} ms, of turns within ${late("turnMs")} ms`,
  ];
  return parts.join(", ");
}

/** The memory of `process` or `program` in words, and whether it grows. */
function memoryOf(what, { [what]: samples }) {
  if (samples.includes(undefined)) return { said: "the memory was not measured: it can be read on Linux only", grows: false };
  const part = (number, of) => samples.slice(...[number, number + 1].map((end) => Math.floor((samples.length * end) / of)));
  const [second, last] = [median(part(1, 3)), median(part(2, 3))];
  const course = Array.from({ length: PARTS }, (_, number) => Math.round(median(part(number, PARTS))));
  const { share, mb } = GROWTH[what];
  return {
    said: `memory of the ${what} ${Math.round(second)} MB in the second third, ${Math.round(last)} MB in the last third (${course.join(", ")} MB)`,
    grows: last > second * (1 + share) + mb,
  };
}
