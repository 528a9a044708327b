// Objects: a person's first visit, what an idle object takes, and long logs.

import { longFile } from "../../../e2e/lib/long-file.mjs";
import { block } from "../blocks.mjs";
import { importFile } from "../flux.mjs";
import { fresh, metric } from "../measure.mjs";
import { residentKb, stopwatch } from "../process.mjs";
import { Session } from "../session.mjs";
import { median, sleep } from "../stats.mjs";

/** Connecting for the first time, and the first edit. */
export async function firstVisit(target, { quick }) {
  const people = Array.from({ length: quick ? 20 : 60 }, fresh);
  // Getting a token is not part of the visit.
  for (const name of people) await target.adapter.path(name, target);
  const [times, sessions] = [[], []];
  const read = stopwatch(target.pid);
  for (const [at, name] of people.entries()) {
    const session = await Session.open(target, name);
    await session.edit("schedule", block(at));
    times.push(performance.now() - session.began);
    sessions.push(session);
  }
  const { cpuMs } = read();
  await Promise.all(sessions.map((session) => session.close()));
  return [
    metric("fresh object, first edit", "ms", median(times), { ratio: 1.8 }),
    metric("fresh object, first edit, CPU", "ms", cpuMs / people.length),
  ];
}

/** How much memory each connected, idle object takes. Needs a process of its own. */
export async function memory(target, { quick }) {
  const sessions = [];
  const visit = async () => {
    const session = await Session.open(target, fresh());
    await session.edit("schedule", block(0));
    sessions.push(session);
  };
  const objects = quick ? 100 : 300;
  for (let at = 0; at < 10; at++) await visit();
  await sleep(500);
  const before = residentKb(target.pid);
  for (let at = 0; at < objects; at++) await visit();
  await sleep(500);
  const kb = (residentKb(target.pid) - before) / objects;
  await Promise.all(sessions.map((session) => session.close()));
  return [metric("idle connected object", "kB", kb, { ratio: 1.3 })];
}

/** A log as somebody has who adds, renames, completes and undoes, with ids of its own. */
function logOf(events) {
  const plan = { id: "00000000-0000-7000-8000-0000a0000000", title: "My plan", createdAt: new Date(Date.now() - 7_200_000).toISOString() };
  return [...longFile({ events: [{ at: new Date().toISOString(), payload: { plan } }] }, events)];
}

/** Importing a file of 10,000 events, up to the end of the jobs that check it. */
export async function importing(target) {
  if (target.kind !== "flux") return [];
  const [name, pieces] = [fresh(), logOf(10_000)];
  const session = await Session.open(target, name);
  const read = stopwatch(target.pid);
  await importFile(target, name, pieces);
  const { cpuMs, wallMs } = read();
  await session.close();
  return [
    metric("import of 10,000 events, CPU", "ms", cpuMs, { most: 1_000 }),
    metric("import of 10,000 events", "ms", wallMs),
  ];
}

/** The history and the past of a timeline with 100,000 events, or 10,000 for a quick look. */
export async function past(target, { quick }) {
  if (target.kind !== "flux") return [];
  const [name, events] = [fresh(), quick ? 10_000 : 100_000];
  const all = events.toLocaleString("en-US");
  const session = await Session.open(target, name);
  await importFile(target, name, logOf(events));
  const timed = async (method, argument, times = 10) => {
    const all = [];
    for (let at = 0; at < times; at++) {
      const began = performance.now();
      await session.call(method, argument);
      all.push(performance.now() - began);
    }
    return median(all);
  };
  const pages = await timed("getEvents", { newestFirst: true, limit: 100 });
  const middle = await timed("getEvents", { after: events / 2, limit: 100 });
  const moments = [];
  for (const seq of [1_000, events / 2, events - 100]) {
    const ms = await timed("getTimelineAt", { seq });
    moments.push(metric(`time travel to event ${seq.toLocaleString("en-US")} of ${all}`, "ms", ms));
  }
  await session.close();
  return [
    metric(`history, newest 100 of ${all} events`, "ms", pages),
    metric(`history, 100 in the middle of ${all} events`, "ms", middle),
    ...moments,
  ];
}

/** Parts of one run: ten tasks of 40 hours, in working hours of 2 hours a day, are 200 parts, and a run has no more. */
const [TASKS, PARTS] = [10, 200];
const RUNS = 5;

/**
 * The architect places 1,000 tasks, in runs one after the other, because a run places at most 200. A part fills the hours of a day,
 * and a run looks one year ahead, so each run has other hours.
 */
export async function architect(target, { model, quick }) {
  if (target.kind !== "flux") return [];
  const session = await Session.open(target, fresh());
  const days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
  const hour = (number) => `${String(number).padStart(2, "0")}:00`;
  model.tasks = Array.from({ length: TASKS }, (_, at) =>
    ({ title: `Task ${at}`, description: "What to do.", minutes: 2_400, priority: "medium", depends_on: [], why: "It helps." }));
  const runs = quick ? 1 : RUNS;
  const read = stopwatch(target.pid);
  for (let run = 0; run < runs; run++) {
    const workingHours = { days, from: hour(2 * run), to: hour(2 * run + 2) };
    await session.call("setSettings", { workingHours, breakMinutes: 0, acceptGoals: true });
    await session.call("useArchitect", { goal: `Goal ${run}` });
    await finished(session, run + 1);
  }
  const { cpuMs, wallMs } = read();
  const { blocks } = await session.call("getCounts");
  await session.close();
  if (blocks.open !== runs * PARTS) throw new Error(`${blocks.open} tasks were placed instead of ${runs * PARTS}`);
  const what = `the architect places ${(runs * PARTS).toLocaleString("en-US")} tasks`;
  return [metric(`${what}, CPU`, "ms", cpuMs), metric(what, "ms", wallMs)];
}

async function finished(session, count) {
  for (;;) {
    const { runs } = await session.call("listRuns", {});
    const failed = runs.find(({ status }) => !["running", "completed"].includes(status));
    if (failed) throw new Error(`a run is ${failed.status}: ${failed.error}`);
    if (runs.filter(({ status }) => status === "completed").length === count) return;
    await sleep(50);
  }
}
