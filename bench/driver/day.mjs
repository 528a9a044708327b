// A day of an active person, played in workerd with the deployed Worker, to count what is billed for it.

import { block } from "./blocks.mjs";
import { evict, take } from "./counts.mjs";
import { fresh } from "./measure.mjs";
import { cpuMs } from "./process.mjs";
import { CHARACTERS_PER_TOKEN, textOf } from "./scenarios/turns.mjs";
import { Session } from "./session.mjs";
import { sleep } from "./stats.mjs";

/** What an active person does in a day. The words are those of docs/cost.md. */
export const DAY = {
  visits: 6,
  newBlocks: 4,
  changes: 5,
  completions: 4,
  deletions: 2,
  questions: 4,
  requests: 4,
  tokensPerAnswer: 150,
  tokensPerCall: 80,
  /** A run of the architect with 12 tasks, once in so many days. */
  daysPerGoal: 5,
  tokensPerGoal: 1_200,
};

/** How fast the model is assumed to be: the time to its first token in seconds, and tokens a second. */
const MODEL = { firstSeconds: 0.6, tokensPerSecond: 60 };
/** The time that an object is assumed to need for an event, in seconds. Measured ones are shorter. */
const EVENT_SECONDS = 0.01;

/** Days that are played before those that count, so that the conversation has its usual length, and days that count. */
const [EARLIER, DAYS] = [5, 10];

/** What one day takes, on average over ten days of one person. */
export async function playDays(target, model) {
  const session = await Session.open(target, fresh());
  const { name } = session;
  await session.close();
  model.tasks = Array.from({ length: 12 }, (_, at) =>
    ({ title: `Task ${at}`, description: "What to do.", minutes: 60, priority: "medium", depends_on: [], why: "It helps." }));
  for (let day = 0; day < EARLIER; day++) await play(target, name, day);
  model.record(true);
  const [cpu, visits] = [cpuMs(target.pid), []];
  for (let day = EARLIER; day < EARLIER + DAYS; day++) visits.push(...(await play(target, name, day)));
  return perDay(visits, { usedMs: cpuMs(target.pid) - cpu, prompts: model.record(false).map(textOf) });
}

/** What was counted at each visit, and the rest, as one day. */
function perDay(visits, { usedMs, prompts }) {
  const aDay = (of) => visits.reduce((sum, visit) => sum + of(visit), 0) / DAYS;
  const goals = 1 / DAY.daysPerGoal;
  const events = aDay(({ events }) => events.fetch + events.alarm + events.webSocketMessage);
  const outputTokens = (DAY.questions + DAY.requests) * DAY.tokensPerAnswer + DAY.requests * DAY.tokensPerCall + goals * DAY.tokensPerGoal;
  const modelRequests = prompts.length / DAYS;
  const activeSeconds = events * EVENT_SECONDS + modelRequests * MODEL.firstSeconds + outputTokens / MODEL.tokensPerSecond;
  return {
    // The page, its conversation and its socket at each visit; and the invocation of a run.
    workerRequests: DAY.visits * 3 + goals,
    cpuMs: usedMs / DAYS,
    // 20 messages from a client are billed as one request.
    objectRequests: aDay(({ events }) => events.fetch + events.alarm + events.webSocketMessage / 20),
    // 128 MB, whatever an object uses.
    gbSeconds: activeSeconds * 0.128,
    rowsRead: aDay(({ read }) => read),
    rowsWritten: aDay(({ written }) => written),
    storedBytes: (visits.at(-1).bytes - visits[0].bytes) / DAYS,
    modelRequests,
    inputTokens: prompts.reduce((sum, { length }) => sum + length, 0) / CHARACTERS_PER_TOKEN / DAYS,
    outputTokens,
  };
}

/** One day. At each visit the object has been evicted. Gives the counts of each visit. */
async function play(target, name, day) {
  const made = [];
  const todo = [
    ...Array.from({ length: DAY.newBlocks }, (_, at) => async (tab) => {
      made.push((await tab.edit("schedule", block(day * 10 + at))).result.id);
    }),
    ...Array.from({ length: DAY.changes }, (_, at) => (tab) =>
      tab.edit("update", made[at % made.length], { title: `Title ${day}.${at}`, startTime: block(day * 10 + at + 5).startTime })),
    ...Array.from({ length: DAY.completions }, (_, at) => (tab) => tab.edit("complete", made[at])),
    ...Array.from({ length: DAY.questions }, () => (tab) => tab.chat(`What is next? tokens=${DAY.tokensPerAnswer}`)),
    ...Array.from({ length: DAY.requests }, () => (tab) => tab.chat("Please schedule a workout tokens=20")),
    ...Array.from({ length: DAY.deletions }, (_, at) => (tab) => tab.edit("remove", made[at])),
    ...(day % DAY.daysPerGoal === 0 ? [(tab) => goal(tab, day)] : []),
  ];
  const each = Math.ceil(todo.length / DAY.visits);
  const counts = [];
  for (let visit = 0; visit < DAY.visits; visit++) {
    counts.push(await pay(target, name, todo.slice(visit * each, (visit + 1) * each)));
  }
  return counts;
}

/** One visit: the page is opened, some things are done, and the page is closed. */
async function pay(target, name, todo) {
  const path = await target.adapter.path(name, target);
  await fetch(target.url + path.replace("/me?", "/me/get-messages?"));
  const tab = await Session.open(target, name);
  for (const step of todo) await step(tab);
  const counted = await take(tab);
  await tab.close();
  await evict(tab);
  return counted;
}

async function goal(tab, day) {
  const { run } = await tab.call("useArchitect", { goal: `Goal ${day}` });
  for (;;) {
    const { runs } = await tab.call("listRuns", {});
    const found = runs.find(({ id }) => id === run.id);
    if (found && found.status !== "running") break;
    await sleep(300);
  }
  await tab.call("acceptGoal", { goal: run.id });
}
