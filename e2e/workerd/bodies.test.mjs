// How the pieces of a model's answer are handed to Rust (agent/src/edge/body.mjs), with a clock that the test moves.

import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { Reading } from "../../agent/src/edge/body.mjs";

const GATHER_MS = 15;

let handed, controller, cancelled;

/** Reads a stream that the test fills. */
function read(take = (bytes, error) => handed.push(bytes ? Buffer.from(bytes).toString() : { error })) {
  const source = {
    start: (its) => (controller = its),
    cancel: () => (cancelled = true),
  };
  return new Reading(new ReadableStream(source), GATHER_MS, take);
}

/** Lets a piece arrive. */
async function arrive(text) {
  controller.enqueue(Buffer.from(text));
  await settle();
}

/** Lets everything run that waits for nothing but its turn. */
async function settle() {
  for (let turn = 0; turn < 20; turn++) await null;
}

/** What was handed over since the last call. */
const taken = () => handed.splice(0);

beforeEach(() => {
  [handed, cancelled] = [[], false];
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_000_000 });
});
afterEach(() => mock.timers.reset());

test("the first two pieces are handed over at once, and those shortly after together", async () => {
  read();
  await arrive("role ");
  assert.deepEqual(taken(), ["role "]);
  await arrive("one ");
  assert.deepEqual(taken(), ["one "]);
  for (const text of ["two ", "three ", "four "]) await arrive(text);
  assert.deepEqual(taken(), []);
  mock.timers.tick(GATHER_MS - 1);
  assert.deepEqual(taken(), []);
  mock.timers.tick(1);
  assert.deepEqual(taken(), ["two three four "]);
});

test("a piece after a pause is handed over at once", async () => {
  read();
  for (const text of ["a", "b"]) await arrive(text);
  taken();
  for (const text of ["c", "d", "e"]) {
    mock.timers.tick(GATHER_MS);
    await arrive(text);
    assert.deepEqual(taken(), [text]);
  }
  // The clock may go back.
  mock.timers.setTime(500_000);
  await arrive("f");
  assert.deepEqual(taken(), ["f"]);
});

test("the rest is handed over when the stream ends, and then its end", async () => {
  read();
  for (const text of ["a", "b", "c", "d"]) await arrive(text);
  assert.deepEqual(taken(), ["a", "b"]);
  controller.close();
  await settle();
  assert.deepEqual(taken(), ["cd", { error: undefined }]);
  mock.timers.tick(1_000);
  assert.deepEqual(taken(), []);
});

test("the rest is handed over when the stream fails, and then why", async () => {
  read();
  for (const text of ["a", "b", "c"]) await arrive(text);
  taken();
  controller.error(new Error("the network is gone"));
  await settle();
  // What was read before the failure is not lost.
  assert.deepEqual(taken(), ["c", { error: "the network is gone" }]);
});

test("much at once is not held back", async () => {
  read();
  for (const text of ["a", "b", "c"]) await arrive(text);
  taken();
  const much = "x".repeat(100_000);
  await arrive(much);
  assert.deepEqual(taken(), [`c${much}`]);
});

test("after a stop nothing is handed over, and the sender knows", async () => {
  const reading = read();
  for (const text of ["a", "b", "c"]) await arrive(text);
  taken();
  reading.stop();
  mock.timers.tick(1_000);
  await settle();
  assert.deepEqual(taken(), []);
  assert.equal(cancelled, true);
});

test("a stream that has ended is not cancelled", async () => {
  const reading = read();
  controller.close();
  await settle();
  reading.stop();
  assert.deepEqual([taken(), cancelled], [[{ error: undefined }], false]);
});

test("the reading ends when the Rust program has ended", async () => {
  const stale = new Error("Cannot invoke closure from previous WASM instance");
  const reported = [];
  globalThis.reportError = (error) => reported.push(error);
  read(() => {
    throw stale;
  });
  await arrive("a");
  assert.deepEqual([reported, cancelled], [[stale], true]);
});
