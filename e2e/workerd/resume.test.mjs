// A tab that reconnects in the middle of an answer gets all of it, once and in order.

import assert from "node:assert/strict";
import { test } from "node:test";
import { connect, greeted, guest, hasChunk, isResponse } from "../lib/client.mjs";
import { gate, openai } from "../lib/model.mjs";
import { scripted } from "../lib/scripted.mjs";

const the = scripted();
const WORKOUT = { title: "Workout", startTime: "2035-03-01T08:00" };
const isDelta = (frame) => hasChunk(frame, "text-delta");
const settled = (tab) => tab.call("getSettings");

/** A tab, its request that stops after "Hel", and the gate to "lo." */
async function halfway() {
  const { token } = await guest(the.server);
  const tab = await greeted(the.server, { token });
  const hold = gate();
  the.model.script(openai.text("Hel"), hold.wait, ...openai.says("l", "o", "."));
  const id = tab.ask("Hi");
  await tab.next(isDelta);
  return { token, tab, id, hold };
}

/** The frames of a request without the marks of a replay, as a tab that stayed connected gets them. */
const asLive = (turn) =>
  turn.frames.filter(({ replayComplete }) => !replayComplete).map(({ replay, ...frame }) => frame);

test("a tab that reconnects in mid-stream is offered it, gets nothing until it is ready, then everything once", async () => {
  const { token, tab, id, hold } = await halfway();
  await tab.close();
  const watcher = await greeted(the.server, { token });
  watcher.send({ type: "cf_agent_stream_resume_ack", id });
  await watcher.next((frame) => frame.replayComplete);

  const back = await greeted(the.server, { token });
  assert.equal(back.frames.find(({ type }) => type === "cf_agent_stream_resuming").id, id);
  back.send({ type: "cf_agent_stream_resume_request", probeId: "probe-1" });
  const offer = await back.find((frame) => frame.probeId === "probe-1");
  assert.deepEqual(offer, { type: "cf_agent_stream_resuming", id, probeId: "probe-1" });
  assert.equal(back.turn(id).frames.length, 0);

  back.send({ type: "cf_agent_stream_resume_ack", id });
  await back.find((frame) => isResponse(frame, id) && frame.replayComplete);
  hold.open();
  const turn = await back.answer(id);
  assert.equal(turn.text, "Hello.");
  assert.deepEqual(turn.seqs, turn.seqs.map((_, index) => index));
  const marks = turn.frames.map((frame) => (frame.replayComplete ? "complete" : frame.replay ? "replay" : "live"));
  assert.match(marks.join(" "), /^(replay )+complete( live)+$/);
  assert.deepEqual(asLive(turn), asLive(await watcher.answer(id)));
});

test("chunks between the offer and the ack are only in the replay", async () => {
  const { token, tab, id, hold } = await halfway();
  const back = await greeted(the.server, { token });
  hold.open();
  await tab.answer(id);
  await settled(back);
  // The stream ended before the tab was ready, so the tab has not received any of it yet.
  assert.equal(back.turn(id).frames.length, 0);
  back.send({ type: "cf_agent_stream_resume_ack", id });
  const turn = await back.answer(id);
  assert.deepEqual([turn.text, turn.finals.length], ["Hello.", 1]);
  assert.deepEqual(turn.chunks, tab.turn(id).chunks);
  assert.ok(turn.frames.every((frame) => frame.replay));
});

test("a second ack gives the same replay again", async () => {
  const { tab, id, hold } = await halfway();
  const replay = async () => {
    const from = tab.frames.length;
    tab.send({ type: "cf_agent_stream_resume_ack", id });
    await settled(tab);
    return tab.frames.slice(from).filter((frame) => isResponse(frame, id));
  };
  const first = await replay();
  assert.ok(first.length > 1 && first.at(-1).replayComplete);
  assert.deepEqual(await replay(), first);
  hold.open();
  await tab.answer(id);
});

test("other frames still arrive while a tab waits to resume", async () => {
  const { token, tab, id, hold } = await halfway();
  const back = await greeted(the.server, { token });
  await tab.call("scheduleBlock", WORKOUT);
  await back.next((frame) => JSON.stringify(frame.state ?? "").includes("Workout"));
  assert.equal(back.turn(id).frames.length, 0);
  hold.open();
  await tab.answer(id);
});

test("without a running request there is nothing to resume, and an unknown stream ends at once", async () => {
  const tab = await greeted(the.server);
  tab.send({ type: "cf_agent_stream_resume_request", probeId: "p" });
  const none = await tab.next("cf_agent_stream_resume_none");
  assert.deepEqual(none, { type: "cf_agent_stream_resume_none", reason: "idle", probeId: "p" });
  tab.send({ type: "cf_agent_stream_resume_ack", id: "unknown" });
  const { frames } = await tab.answer("unknown");
  assert.deepEqual(frames, [{ type: "cf_agent_use_chat_response", id: "unknown", body: "", done: true, replay: true }]);
});

test("a failed answer is offered to a tab that was disconnected, with its error", async () => {
  const { token } = await guest(the.server);
  const tab = await greeted(the.server, { token });
  the.model.script({ status: 401, body: { error: { message: "no key" } } });
  const id = tab.ask("Hi");
  await tab.answer(id);
  const late = await greeted(the.server, { token });
  late.send({ type: "cf_agent_stream_resume_request", probeId: "p" });
  assert.equal((await late.next("cf_agent_stream_resuming")).id, id);
  late.send({ type: "cf_agent_stream_resume_ack", id });
  const { final, finals } = await late.answer(id);
  assert.deepEqual([final.error, final.replay, finals.length], [true, true, 1]);
  assert.match(final.body, /no key/);
});

test("an answer that every tab has left is finished and stored", async () => {
  const { token, tab, hold } = await halfway();
  await tab.close();
  hold.open();
  await the.model.closed(0);
  const back = await connect(the.server, { token });
  // It may end before or after the greeting. In both cases the tab gets the whole answer.
  await back.find(({ messages }) => messages?.at(-1)?.parts.some(({ text }) => text === "Hello."));
});

test("a process that dies in mid-stream leaves the text so far, as a stopped answer", async () => {
  const { token, tab, id } = await halfway();
  await tab.call("scheduleBlock", WORKOUT);
  await the.server.restart();
  const back = await greeted(the.server, { token });
  const [question, answer] = await back.call("getMessages");
  assert.equal(question.parts[0].text, "Hi");
  assert.equal(answer.metadata.interrupted, true);
  back.send({ type: "cf_agent_stream_resume_ack", id });
  const { final } = await back.answer(id);
  assert.equal(final.outcome, "aborted");
  the.model.script(...openai.says("Here."));
  assert.equal((await back.chat("Again")).text, "Here.");
});

test("changes of the timeline made by a turn survive its process, with their chunks", async () => {
  const { token } = await guest(the.server);
  const tab = await greeted(the.server, { token });
  const hold = gate();
  the.model.script(openai.text("A workout. "), ...openai.calls(["scheduleBlock", WORKOUT]));
  the.model.script(openai.text("And"), hold.wait);
  tab.ask("Workout");
  await tab.next((frame) => hasChunk(frame, "tool-output-available"));
  await the.server.restart();
  hold.open();
  const back = await greeted(the.server, { token });
  assert.equal((await back.call("getTimeline")).timeline.blocks[0].title, "Workout");
  const { parts } = (await back.call("getMessages")).at(-1);
  assert.ok(parts.some(({ text }) => text?.startsWith("A workout.")));
  assert.equal(parts.find(({ type }) => type === "tool-scheduleBlock").state, "output-available");
});
