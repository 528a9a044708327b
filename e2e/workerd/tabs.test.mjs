// Several tabs of one person: which tab gets which frames, and when.

import assert from "node:assert/strict";
import { test } from "node:test";
import { chunkOf, greeted, guest, hasChunk, isResponse, userMessage } from "../lib/client.mjs";
import { gate, openai } from "../lib/model.mjs";
import { scripted } from "../lib/scripted.mjs";
import { until } from "../lib/until.mjs";

const the = scripted();
const WORKOUT = { title: "Workout", startTime: "2035-03-01T08:00" };

/** Tabs of one new person. */
async function tabs(count) {
  const { token } = await guest(the.server);
  return Promise.all(Array.from({ length: count }, () => greeted(the.server, { token })));
}

/** An answer that says "Hel", waits, and says "lo." */
function heldAnswer() {
  const hold = gate();
  the.model.script(openai.text("Hel"), hold.wait, ...openai.says("lo."));
  return hold;
}

const isDelta = (frame) => hasChunk(frame, "text-delta");
const lists = (tab) => tab.frames.filter(({ type }) => type === "cf_agent_chat_messages");
const said = (messages) => messages.map(({ parts }) => parts.map(({ text }) => text ?? "").join(""));
/** A round trip: when it is over, everything that the server sent before has arrived. */
const settled = (...all) => Promise.all(all.map((tab) => tab.call("getSettings")));

test("the requesting tab gets chunks and the end, the other one also the question and the whole conversation", async () => {
  const [a, b] = await tabs(2);
  the.model.script(...openai.says("Hello."));
  const id = a.ask("Hi");
  const [turn, seen] = [await a.answer(id), await b.answer(id)];
  await settled(a, b);
  assert.deepEqual(seen.frames, turn.frames);
  assert.deepEqual(lists(a).length, 1, "a greets with one list and needs no other");
  const [, question, whole, ...more] = lists(b);
  assert.deepEqual([said(question.messages), said(whole.messages), more], [["Hi"], ["Hi", "Hello."], []]);
  // The final frame comes after the message is stored, and so after every tab has the list.
  assert.ok(b.frames.indexOf(whole) < b.frames.indexOf(seen.final));
  assert.ok(b.frames.indexOf(question) < b.frames.indexOf(seen.frames[0]));
});

test("all tabs, including the caller's, get a change before the call is answered", async () => {
  const [a, b] = await tabs(2);
  const result = await a.tell("scheduleBlock", [WORKOUT]);
  const isState = (frame) => JSON.stringify(frame.state ?? "").includes("Workout");
  assert.ok(a.frames.findIndex(isState) < a.frames.indexOf(result));
  await b.next(isState);
  assert.equal(b.frames.filter(({ type }) => type === "rpc").length, 0);
});

test("requests of two tabs are answered one at a time, in their order", async () => {
  const [a, b] = await tabs(2);
  const hold = heldAnswer();
  the.model.script(...openai.says("Second."));
  const first = a.ask("One");
  await a.next(isDelta);
  const second = b.ask("Two");
  await settled(b);
  assert.equal(the.model.requests.length, 1);
  hold.open();
  assert.equal((await b.answer(second)).text, "Second.");
  await a.answer(second);
  const begins = a.frames.findIndex((frame) => isResponse(frame, second));
  assert.ok(a.frames.indexOf(a.turn(first).final) < begins);
  // The second question came during the first answer.
  assert.deepEqual(said(await a.call("getMessages")), ["One", "Two", "Hello.", "Second."]);
});

test("a tab that is behind does not delete messages that it has not seen, but one that sends fewer on purpose does", async () => {
  const [a, b] = await tabs(2);
  for (const text of ["One.", "Two.", "Two again."]) the.model.script(...openai.says(text));
  await a.chat("First");
  await b.chat("Second", { messages: [userMessage("Second", "u2")] });
  const all = await a.call("getMessages");
  assert.deepEqual(said(all), ["First", "One.", "Second", "Two."]);
  await a.chat("", { messages: all.slice(0, 3), trigger: "regenerate-message" });
  assert.deepEqual(said(await a.call("getMessages")), ["First", "One.", "Second", "Two again."]);
});

for (const [moment, before] of Object.entries({ "before its head": [], "after its head": [": thinking\n\n"] })) {
  test(`cancel while the model is silent, ${moment}, ends the turn at once and closes the model's stream`, async () => {
    const [a, b] = await tabs(2);
    const hold = gate();
    the.model.script(...before, hold.wait, ...openai.says("Too late."));
    const id = a.ask("Hi");
    await the.model.request(0);
    b.send({ type: "cf_agent_chat_request_cancel", id });
    const turn = await a.answer(id);
    assert.deepEqual([turn.text, turn.final.outcome, turn.finals.length], ["", "aborted", 1]);
    // A provider continues, and charges, as long as the connection is open.
    await the.model.closed(0);
    hold.open();
    await settled(a, b);
    assert.deepEqual(a.turn(id).frames, turn.frames, "nothing comes after the end");
  });
}

test("cancel within the text keeps the text, closes the model's stream, and notifies all other tabs", async () => {
  const [a, b] = await tabs(2);
  heldAnswer();
  const id = a.ask("Hi");
  await a.next(isDelta);
  a.send({ type: "cf_agent_chat_request_cancel", id });
  const turn = await b.answer(id);
  assert.deepEqual([turn.text, turn.final.outcome], ["Hel", "aborted"]);
  assert.deepEqual(said(lists(b).at(-1).messages), ["Hi", "Hel"]);
  await settled(a);
  assert.equal(lists(a).length, 1);
  const stored = (await a.call("getMessages")).at(-1);
  assert.deepEqual(stored.parts.filter(({ type }) => type === "text"), [{ type: "text", text: "Hel", state: "done" }]);
  await the.model.closed(0);
  // The next request is answered as usual.
  the.model.script(...openai.says("Yes."));
  assert.equal((await a.chat("There?")).text, "Yes.");
});

test("a waiting request can be cancelled, and cancelling an unknown one has no effect", async () => {
  const [a] = await tabs(1);
  const hold = heldAnswer();
  const first = a.ask("One");
  await a.next(isDelta);
  const second = a.ask("Two");
  a.send({ type: "cf_agent_chat_request_cancel", id: second });
  a.send({ type: "cf_agent_chat_request_cancel", id: "unknown" });
  assert.equal((await a.answer(second)).final.outcome, "aborted");
  hold.open();
  assert.equal((await a.answer(first)).text, "Hello.");
  assert.equal(the.model.requests.length, 1);
});

test("changes that a turn made before it was cancelled stay, and can be undone", async () => {
  const [a] = await tabs(1);
  the.model.script(...openai.calls(["scheduleBlock", WORKOUT]));
  const hold = gate();
  the.model.script(hold.wait);
  const id = a.ask("Workout");
  await the.model.request(1);
  a.send({ type: "cf_agent_chat_request_cancel", id });
  const turn = await a.answer(id);
  hold.open();
  assert.equal(turn.calls[0].output.ok, true);
  const titles = async () => (await a.call("getTimeline")).timeline.blocks.map(({ title }) => title);
  assert.deepEqual(await titles(), ["Workout"]);
  await a.call("undo");
  assert.deepEqual(await titles(), []);
});

test("clear in the middle of a turn ends it, skips waiting requests, and leaves nothing of the turn", async () => {
  const [a, b] = await tabs(2);
  const hold = heldAnswer();
  const running = a.ask("One");
  await b.next(isDelta);
  const waiting = b.ask("Two");
  await settled(b);
  a.send({ type: "cf_agent_chat_clear" });
  await b.next("cf_agent_chat_clear");
  assert.equal((await b.answer(waiting)).final.outcome, "skipped");
  for (const tab of [a, b]) assert.equal((await tab.answer(running)).final.outcome, "aborted");
  hold.open();
  await settled(a, b);
  assert.deepEqual(await a.call("getMessages"), []);
  assert.equal(a.turn(waiting).frames.length, 0, "only who asked is told that it was skipped");
  const told = a.frames.filter(({ type }) => type === "cf_agent_chat_clear");
  assert.deepEqual(told, [], "who cleared has cleared already");
});

test("the queue of requests is limited, and a refused request gets a final frame", async () => {
  const [a] = await tabs(1);
  const hold = heldAnswer();
  const first = a.ask("One");
  await a.next(isDelta);
  const waiting = Array.from({ length: 16 }, (_, index) => a.ask(`More ${index}`));
  const { final } = await a.answer(a.ask("One too many"));
  assert.match(final.body, /Too many requests are waiting/);
  for (const id of waiting) a.send({ type: "cf_agent_chat_request_cancel", id });
  for (const id of waiting) assert.equal((await a.answer(id)).final.outcome, "aborted");
  hold.open();
  assert.equal((await a.answer(first)).text, "Hello.");
});

test("two sockets with the same client-chosen id are two connections", async () => {
  const { token } = await guest(the.server);
  const [a, b] = await Promise.all([1, 2].map(() => greeted(the.server, { token, query: { _pk: "the-same" } })));
  the.model.script(...openai.says("Hello."));
  const id = a.ask("Hi");
  await a.answer(id);
  assert.equal((await b.answer(id)).text, "Hello.");
  await settled(a, b);
  assert.deepEqual([lists(a).length, lists(b).length], [1, 3]);
  assert.ok(chunkOf(b.turn(id).frames[0]));
});

test("two tabs that fight over one block agree in the end, and each of their changes is made once or refused", async () => {
  const [a, b] = await tabs(2);
  const { id } = (await a.call("scheduleBlock", WORKOUT)).block;
  const made = [];
  const attempt = async (tab, method, argument) => {
    const { success, error } = await tab.tell(method, [argument]);
    if (success) made.push(method);
    else assert.match(error, /There is no block/, "the other tab has deleted it");
  };
  const fights = Array.from({ length: 20 }, (_, n) => [
    attempt(a, "updateBlock", { id, updates: { title: `Run ${n}` } }),
    attempt(b, n % 2 ? "uncompleteBlock" : "completeBlock", { id }),
    attempt(b, "updateBlock", { id, updates: { title: `Swim ${n}`, durationMinutes: 30 + n } }),
  ]);
  await Promise.all(fights.flat());
  await Promise.all([attempt(a, "updateBlock", { id, updates: { title: "Mine" } }), attempt(b, "deleteBlock", { id }),
    attempt(a, "completeBlock", { id })]);
  // Both tabs hold what the log says: no block, after changes that each began with what the one before had left.
  const held = ({ frames }) => frames.filter(({ type }) => type === "cf_agent_state").at(-1).state;
  const blocks = (state) => state.plans[state.activePlanId].stream;
  await until(() => [a, b].every((tab) => blocks(held(tab)).length === 0));
  const { events } = await a.call("getEvents", { limit: 1000 });
  let block;
  for (const { type, payload } of events.filter(({ actor }) => actor.by === "user")) {
    if (block) assert.deepEqual(payload.before ?? payload.block, block, type);
    block = type === "BLOCK_DELETED" ? undefined : payload.after ?? payload.block;
  }
  assert.equal(block, undefined);
  const deleted = made.filter((method) => method === "deleteBlock").length;
  assert.deepEqual([deleted, events.filter(({ type }) => type === "BLOCK_DELETED").length], [1, 1]);
});
