// Edits by a person, in timelines of any length, while a second tab looks on; and the connections to these timelines.

import { block } from "../blocks.mjs";
import { cpuPerTime, fresh, metric } from "../measure.mjs";
import { stopwatch } from "../process.mjs";
import { Session } from "../session.mjs";
import { median, quantile, sleep } from "../stats.mjs";

/** From this size on, a timeline is made once a round and shared. */
const SHARED = 10_000;
/** How many events a tab has missed when it catches up. */
const MISSED = 20;
const CONNECTIONS = 5;

/** The size at which a target has failed. It is not asked for as much again. */
const tooLarge = new Map();

/** One edit of each kind. It leaves as many blocks as there were. */
async function edits(session, cycles) {
  const times = [];
  const edit = async (...parameters) => {
    const { ms, result } = await session.edit(...parameters);
    times.push(ms);
    return result;
  };
  for (let at = 0; at < cycles; at++) {
    const { id } = await edit("schedule", block(at));
    await edit("update", id, { title: `Title ${at}`, startTime: block(at + 1).startTime });
    await edit("complete", id);
    await edit("remove", id);
  }
  return times;
}

/** Edits in timelines of each size: time and CPU of an edit, bytes to the other tab, time and bytes of a connection. */
export async function edit(target, { sizes, quick, failed }) {
  const all = [];
  for (const size of sizes) {
    const most = tooLarge.get(target.name) ?? Infinity;
    if (size >= most) continue;
    try {
      all.push(...(await editAt(target, size, quick)));
    } catch (error) {
      tooLarge.set(target.name, size);
      failed(`${size.toLocaleString("en-US")} blocks`, error);
    }
  }
  return all;
}

async function editAt(target, size, quick) {
  const [people, cycles] = size >= SHARED ? [1, 15] : size > 100 ? [quick ? 2 : 5, 8] : [quick ? 3 : 8, 10];
  const [times, connects, readings] = [[], [], []];
  const caughtUp = [];
  let [tabBytes, connectBytes] = [0, 0];
  for (let person = 0; person < people; person++) {
    const name = fresh();
    const main = await Session.open(target, name);
    await target.adapter.seed(main, Array.from({ length: size }, (_, at) => block(at)));
    for (let at = 0; at < CONNECTIONS; at++) {
      const tab = await Session.open(target, name);
      connects.push(tab.readyMs);
      connectBytes = tab.bytes;
      await tab.close();
    }
    const idle = await Session.open(target, name);
    // The first touch of this object's tables.
    await edits(main, 1);
    await sleep(400);
    const [before, read] = [idle.bytes, stopwatch(target.pid)];
    times.push(...(await edits(main, cycles)));
    readings.push(read());
    // Some targets tell other tabs later.
    await sleep(400 + size / 50);
    tabBytes += idle.bytes - before;
    if (target.kind === "flux") caughtUp.push(await catchUp(target, main, name));
    await Promise.all([main.close(), idle.close()]);
  }
  const count = times.length;
  const of = `${size.toLocaleString("en-US")} blocks`;
  return [
    metric(`edit, CPU, ${of}`, "ms", cpuPerTime(readings, count), { ratio: 1.8 }),
    metric(`edit, p50, ${of}`, "ms", median(times), { ratio: 1.6 }),
    metric(`edit, p99, ${of}`, "ms", quantile(times, 0.99)),
    metric(`edit, to an idle tab, ${of}`, "bytes", tabBytes / count, { most: 450 }),
    metric(`connect, ${of}`, "ms", median(connects)),
    metric(`connect, ${of}, received`, "bytes", connectBytes),
    ...(caughtUp.length > 0 ? [metric(`catch up with ${MISSED} events, ${of}`, "ms", median(caughtUp))] : []),
  ];
}

/** A tab comes back that has missed some events. */
async function catchUp(target, main, name) {
  const { seq } = await main.call("getTimeline");
  for (let at = 0; at < MISSED / 4; at++) await edits(main, 1);
  const tab = await Session.open(target, name, { query: `&after=${seq}`, ready: "flux_events" });
  await tab.close();
  return tab.readyMs;
}

/** Edits a second with up to 32 on their way, in one object. */
export async function pipelined(target, { sizes, quick }) {
  const all = [];
  for (const size of [0, 1_000].filter((size) => size === 0 || sizes.includes(size))) {
    const [people, total] = size === 0 ? [quick ? 2 : 5, 400] : [2, 200];
    let wallMs = 0;
    for (let person = 0; person < people; person++) {
      const session = await Session.open(target, fresh());
      await target.adapter.seed(session, Array.from({ length: size }, (_, at) => block(at)));
      const { id } = (await session.edit("schedule", block(0))).result;
      let sent = 0;
      const lane = async () => {
        while (sent < total) await session.edit("update", id, { title: `Title ${sent++}` });
      };
      const read = stopwatch(target.pid);
      await Promise.all(Array.from({ length: 32 }, lane));
      wallMs += read().wallMs;
      await session.close();
    }
    const rate = (people * total * 1_000) / wallMs;
    all.push(metric(`edits pipelined, ${size.toLocaleString("en-US")} blocks`, "per second", rate, { ratio: 0.6, more: true }));
  }
  return all;
}
