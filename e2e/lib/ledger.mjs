// Random edits and what became of them: what was acknowledged, what was not answered yet, and whether the log agrees.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { replay } from "./replay.mjs";

/** Random edits of one person, each with the id with which it can be repeated. */
export class Ledger {
  /** Sent and not answered, in the order of sending. */
  open = new Map();
  /** Answered with success. */
  done = new Map();
  /** Without effect: edits are random, so some are rejected or change nothing. */
  idle = new Set();
  /** The reasons of the rejections. */
  rejections = new Set();
  #below;
  #most;
  #handles = [];
  #count = 0;

  /** `below(limit)` chooses. With `most`, blocks are deleted when there are more than that. */
  constructor(below, { most = Infinity } = {}) {
    this.#below = below;
    this.#most = most;
  }

  /** A new edit: the frame to send. */
  next() {
    const title = `Edit ${++this.#count}`;
    const handle = { id: this.#handle() };
    const kinds = [
      ["scheduleBlock", { title, startTime: `2035-03-${String(1 + this.#below(28)).padStart(2, "0")}T08:00` }],
      ["scheduleBlock", { title, startTime: "2035-04-01T08:00" }],
      ["updateBlock", { ...handle, updates: { title } }],
      ["completeBlock", handle],
      ["deleteBlock", handle],
      ["undo", {}],
    ];
    const isFull = this.#handles.length > this.#most;
    const [method, argument] = isFull ? ["deleteBlock", { id: this.#handles.shift() }] : kinds[this.#below(kinds.length)];
    const frame = { type: "rpc", id: randomUUID(), method, args: [argument] };
    this.open.set(frame.id, frame);
    return frame;
  }

  /** Notes the answer to an edit. Others are ignored: a repeated edit may be answered by two connections. */
  answered(frame) {
    const edit = this.open.get(frame.id);
    if (!edit) return;
    this.open.delete(frame.id);
    if (!frame.success) this.rejections.add(frame.error);
    const isIdle = !frame.success || /nothing was changed/.test(frame.result.summary);
    if (isIdle) this.idle.add(frame.id);
    else this.done.set(frame.id, edit);
    // A call that was carried out before is answered without its block.
    if (edit.method === "scheduleBlock" && frame.result?.block) this.#handles.push(frame.result.block.handle);
  }

  /** Replaces the handles from which edits choose. */
  sees(blocks) {
    this.#handles = blocks.map(({ handle }) => handle);
  }

  /** A block, one that is gone, or one that never was. */
  #handle() {
    const isKnown = this.#most < Infinity && this.#handles.length > 0 && this.#below(4) > 0;
    return isKnown ? this.#handles[this.#below(this.#handles.length)] : `B${1 + this.#below(this.#count)}`;
  }
}

/** The whole log of a person. */
export async function allEvents(client) {
  const events = [];
  for (;;) {
    const page = await client.call("getEvents", { after: events.length, limit: 1000 });
    events.push(...page.events);
    if (events.length >= page.last) return events;
    assert.ok(page.events.length > 0, "the log goes on to its end");
  }
}

/**
 * Checks what must always hold: each acknowledged edit is in the log exactly once, and the timeline is what the log says. Returns
 * the log.
 */
export async function checkLog(client, edits) {
  const events = await allEvents(client);
  assert.deepEqual(events.map(({ seq }) => seq), events.map((_, index) => index + 1));
  assert.equal(new Set(events.map(({ id }) => id)).size, events.length);
  const { timeline, seq, complete } = await client.call("getTimeline");
  assert.deepEqual([seq, complete], [events.length, true]);
  const byId = (blocks) => [...blocks].sort((a, b) => (a.id < b.id ? -1 : 1));
  assert.deepEqual(byId(timeline.blocks), byId(replay(events).values()), "the projection is what the log says");

  const transactions = Map.groupBy(events, ({ txn }) => txn);
  for (const { id, method, args: [{ title }] } of edits.done.values()) {
    const made = transactions.get(id);
    assert.ok(made, `${method} ${id} was acknowledged and is gone`);
    if (method === "undo") continue;
    // One event each; more would mean that it was applied again.
    assert.equal(made.length, 1, `${method} ${id} was applied ${made.length} times`);
    if (method === "scheduleBlock") assert.equal(made[0].payload.block.title, title);
  }
  const scheduled = events.filter(({ type }) => type === "BLOCK_SCHEDULED").map(({ payload }) => payload.block.title);
  assert.equal(new Set(scheduled).size, scheduled.length, "no edit was applied twice");
  const known = new Set([...edits.done.keys(), ...edits.open.keys()]);
  const strange = [...transactions].filter(([id, [first]]) => first.actor.by === "user" && !known.has(id));
  assert.deepEqual(strange, [], "what had no effect has left nothing");
  return events;
}
