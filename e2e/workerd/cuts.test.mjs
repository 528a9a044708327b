// A connection that breaks after any frame of an answer: whoever connects again gets the rest of it, and the message and what the
// assistant changed are there once.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { greeted, guest, idle, isResponse, userMessage } from "../lib/client.mjs";
import { isReport, isTitle, openai, startModel } from "../lib/model.mjs";
import { random, SEED } from "../lib/random.mjs";
import { startServer } from "../lib/server.mjs";
import { until } from "../lib/until.mjs";
import { startWire } from "../lib/wire.mjs";

const WORKOUT = { title: "Workout", startTime: "2035-03-01T08:00" };
const ASKED = "Workout on March 1st at 8";
const SAID = "Let me see. It is in your timeline.";

/** Longer than the service waits for more of an answer before it sends a chunk, so that each piece is a chunk. */
const PIECE_MS = 20;
const pause = () => new Promise((resolve) => setTimeout(resolve, PIECE_MS));

/** About as many frames as a greeting and the answer have. */
const REPLAY_FRAMES = 26;
/** When the client's end of a connection breaks. */
const BREAK_MS = 200;

/** More than the answer has. */
const MOST_FRAMES = 100;

let model, server, wire;
before(async () => {
  model = await startModel();
  model.answerWith(answerTo);
  server = await startServer({ model: { baseUrl: model.baseUrl } });
  wire = await startWire(server);
});
after(() => Promise.all([wire?.stop(), server?.stop(), model?.stop()]));

/** A call, and words before and after it. */
function answerTo(body) {
  if (isReport(body) || isTitle(body)) return [{ status: 418, body: "no words" }];
  const words = (...texts) => texts.flatMap((text) => [openai.text(text), pause]);
  if (body.messages.at(-1).role === "tool") return [...words("It ", "is in ", "your timeline."), openai.finish()];
  return [...words("Let ", "me see. "), pause, ...openai.calls(["scheduleBlock", WORKOUT])];
}

/** When the client is back: while the answer goes on, or after it. */
const RETURNS = {
  async "at once"() {},
  async "after the answer"(token) {
    const other = await greeted(server, { token });
    await idle(other);
    await other.close();
  },
};

const FOLLOWS = { "the state": {}, "events": { sync: "events" } };

/** A turn whose connection breaks after `cut` frames. Returns whether it broke before the end. */
async function turn(cut, query, back) {
  const { token } = await guest(server);
  const mine = await greeted(wire, { token, query });
  const message = userMessage(ASKED);
  const before = mine.frames.length;
  wire.loseAfter(cut);
  const id = mine.ask("", { messages: [message] });
  const isWhole = () => mine.turn(id).finals.length > 0;
  await until(() => mine.frames.length === before + cut || isWhole());
  wire.cut();
  await mine.closed;
  wire.repair();
  await back(token);
  const again = await greeted(wire, { token, query });
  await resumed(again, mine.turn(id), id);
  await isThereOnce(again, message);
  await again.close();
  return !isWhole();
}

/** The message, its answer, and what the call changed. */
async function isThereOnce(again, message) {
  const [asked, ...answers] = await again.call("getMessages");
  assert.deepEqual([asked.id, answers.length], [message.id, 1], "the message is there once, with one answer");
  const text = answers[0].parts.map((part) => part.text ?? "").join("");
  assert.equal(text, SAID);
  const { timeline } = await again.call("getTimeline");
  assert.deepEqual(timeline.blocks.map(({ title }) => title), ["Workout"]);
  const { events } = await again.call("getEvents", { type: "BLOCK_SCHEDULED" });
  assert.equal(events.length, 1, "the call was carried out once");
}

/** Does what the published client does when it is back: it asks for a stream, and reads the one that it is offered. */
async function resumed(again, seen, id) {
  const isAnswer = ({ type, probeId }) => type.startsWith("cf_agent_stream_") && probeId === "p";
  again.send({ type: "cf_agent_stream_resume_request", probeId: "p" });
  const offer = await again.next(isAnswer);
  if (offer.type === "cf_agent_stream_resume_none") {
    assert.equal(offer.reason, "idle");
  } else {
    assert.deepEqual([offer.type, offer.id], ["cf_agent_stream_resuming", id]);
  }
  // Also after the end: whoever missed the final frame can ask for it.
  again.send({ type: "cf_agent_stream_resume_ack", id });
  const { finals, seqs, chunks, text } = await again.answer(id);
  assert.deepEqual([finals.length, finals[0].error ?? false], [1, false]);
  assert.deepEqual(seqs, seqs.map((_, index) => index), "every chunk comes once, in order");
  assert.equal(text, SAID);
  // What arrived before the cut is the beginning of what came afterwards.
  assert.deepEqual(chunks.slice(0, seen.chunks.length), seen.chunks);
  // Nothing follows the final frame.
  await idle(again);
  assert.equal(again.turn(id).finals.length, 1);
}

for (const [what, query] of Object.entries(FOLLOWS)) {
  for (const [when, back] of Object.entries(RETURNS)) {
    test(`a connection that follows ${what} breaks after any frame, and is back ${when}`, async (t) => {
      let cut = 1;
      while (cut < MOST_FRAMES && (await turn(cut, query, back))) cut += 1;
      t.diagnostic(`the answer had ${cut - 1} frames before its end`);
      assert.ok(cut > 10 && cut < MOST_FRAMES, `${cut} frames`);
    });
  }
}

test(`a connection that breaks again and again, also while it is greeted and resumes (FLUX_SEED=${SEED})`, async (t) => {
  const chance = random();
  let breaks = 0;
  for (let time = 0; time < 4; time++) {
    const { token } = await guest(server);
    const mine = await greeted(wire, { token });
    const message = userMessage(ASKED);
    const id = mine.ask("", { messages: [message] });
    // Once it has arrived, the rest does not depend on the client.
    await mine.find((frame) => isResponse(frame, id));
    wire.cut();
    let seen = mine.turn(id);
    for (let end = false; !end; ) {
      wire.loseAfter(1 + Math.floor(chance() * REPLAY_FRAMES));
      const timer = setTimeout(() => wire.cut(), BREAK_MS);
      const client = await greeted(wire, { token }).catch(() => undefined);
      client?.send({ type: "cf_agent_stream_resume_ack", id });
      await client?.answer(id).catch(() => undefined);
      clearTimeout(timer);
      const turn = client?.turn(id);
      if (turn) {
        const both = Math.min(turn.chunks.length, seen.chunks.length);
        assert.deepEqual(turn.chunks.slice(0, both), seen.chunks.slice(0, both), "a replay says the same again");
        assert.ok(turn.finals.length <= 1);
        if (turn.chunks.length >= seen.chunks.length) seen = turn;
        end = turn.finals.length === 1;
      }
      breaks += 1;
      wire.cut();
      wire.repair();
    }
    const again = await greeted(wire, { token });
    await resumed(again, seen, id);
    await isThereOnce(again, message);
    await again.close();
  }
  t.diagnostic(`it broke ${breaks} times`);
});
