// What operations cost in statements and rows, as they are billed. Exact: the same every time, on every machine.

import { block } from "./blocks.mjs";
import { fresh } from "./measure.mjs";
import { Session } from "./session.mjs";
import { sleep } from "./stats.mjs";

/** Answers come as a whole after a pause, so that no timer decides how many writes they take. */
const SAY = "Hello tokens=1";
/** Turns of a conversation that fills a prompt. */
const LONG = 30;
/** An object may work after its answer. */
const SETTLE_MS = 300;

/** Makes an object anew, as after an eviction. Its sockets are closed. */
export async function evict(session) {
  // The request fails with the object.
  await ask(session, "abort").catch(() => undefined);
}

async function ask(session, what) {
  const { target, name } = session;
  const path = (await target.adapter.path(name, target)).replace("/me?", "/me/get-messages?");
  return fetch(target.url + path, { headers: { "x-count": what } });
}

/**
 * The counts of an object since the last call: statements, rows read and written, alarms, each statement by itself, events by kind,
 * and the size of its database in bytes.
 */
export async function take(session) {
  await sleep(SETTLE_MS);
  const { lines, alarms, events, bytes } = await (await ask(session, "take")).json();
  const sum = (field) => Object.values(lines).reduce((sum, line) => sum + line[field], 0);
  // Setting an alarm is billed as one row written.
  return { statements: sum("times"), read: sum("read"), written: sum("written") + alarms, alarms, lines, events, bytes };
}

/** The count in the middle: background work of an object can fall into an operation. */
function middle(counts) {
  const size = ({ statements, read, written }) => statements + read + written;
  return counts.toSorted((one, other) => size(one) - size(other))[Math.floor(counts.length / 2)];
}

/**
 * Counts an operation of each of so many people, and gives the count in the middle. `prepare` comes before and is not counted.
 * `operation` may return the session of another object, which is then the one that is counted.
 */
async function countOf({ target, times }, prepare, operation) {
  const all = [];
  for (let at = 0; at < times; at++) {
    const session = await Session.open(target, fresh());
    const prepared = await prepare(session);
    await take(session);
    const other = await operation(session, prepared);
    const counted = other instanceof Session ? other : session;
    all.push(await take(counted));
    await Promise.all(new Set([session, counted]).values().map((session) => session.close()));
  }
  return middle(all);
}

async function blocks(session, number) {
  const made = [];
  for (let at = 0; at < number; at++) made.push((await session.edit("schedule", block(at))).result);
  return made;
}

/** All operations by name, without those that a target does not have. */
export async function countAll(target, { times = 3 } = {}) {
  const count = (prepare, operation) => countOf({ target, times }, prepare, operation);
  const one = async (session) => (await blocks(session, 2))[0];
  const thirty = (session) => blocks(session, 30);
  const talk = async (session) => {
    for (let turn = 0; turn < LONG; turn++) await session.chat(SAY);
  };
  const all = {
    "fresh object": await count(async () => undefined, () => Session.open(target, fresh())),
    "opening": await count(thirty, again),
    "connecting": await count(thirty, (session) => Session.open(target, session.name)),
    "new block": await count(one, (session) => session.edit("schedule", block(2))),
    "title": await count(one, (session, { id }) => session.edit("update", id, { title: "Another title" })),
    "completion": await count(one, (session, { id }) => session.edit("complete", id)),
    "deletion": await count(one, (session, { id }) => session.edit("remove", id)),
    "turn": await count((session) => session.chat(SAY), (session) => session.chat(SAY)),
    "turn, long conversation": await count(talk, (session) => session.chat(SAY)),
    "turn with a call": await count((session) => session.chat(SAY), (session) => session.chat("Please schedule a workout tokens=1")),
  };
  if (target.kind !== "flux") return all;
  const shift = { after: block(0).startTime, byMinutes: 60 };
  all["shift of 30"] = await count(thirty, (session) => session.call("shiftTimeline", shift));
  return all;
}

/** An object that was evicted is made anew, and somebody connects. */
async function again(session) {
  await evict(session);
  return Session.open(session.target, session.name);
}
