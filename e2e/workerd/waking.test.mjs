// An idle object is evicted while its sockets stay open. The next frame wakes it without its memory.

import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { greeted, guest } from "../lib/client.mjs";
import { openai, said } from "../lib/model.mjs";
import { scripted } from "../lib/scripted.mjs";
import { ROOT } from "../lib/server.mjs";
import { until } from "../lib/until.mjs";

const the = scripted({ entry: join(ROOT, "e2e/lib/counting-entry.mjs") });

/** workerd evicts an object that had nothing to do for 10 s. */
const QUIET_MS = 10_500;

const WORKOUT = { title: "Workout", startTime: "2035-03-01T08:00" };

/** How often the runtime has created a person's object. */
const made = (name) => the.server.log().split(`object made: ${name}`).length - 1;

/**
 * Leaves an object alone until it sleeps. Only waking it shows that it slept, and a request keeps it awake, so requests are
 * rare. Returns the response to the first frame after a sleep.
 */
async function wake(name, ask) {
  await until(() => made(name) > 0);
  for (let attempt = 0; attempt < 3; attempt++) {
    const before = made(name);
    const quietSince = Date.now();
    await until(() => Date.now() - quietSince > QUIET_MS, { limit: QUIET_MS * 2 });
    const answer = await ask();
    // The log arrives on another channel than the answer.
    if (await until(() => made(name) > before, { limit: 1_000 }).catch(() => false)) return answer;
  }
  throw new Error("the object was never put to sleep");
}

/** Scripts an answer to this message. The tests run in parallel. */
const answerTo = (words, ...texts) =>
  the.model.scriptWhen(({ messages }) => said(messages.at(-1)) === words, ...openai.says(...texts));

describe("after a sleep", { concurrency: true }, () => {
  test("sockets are still open, with the data attached to each", async () => {
    const { token, name } = await guest(the.server);
    const state = await greeted(the.server, { token });
    const events = await greeted(the.server, { token, path: name, query: { sync: "events" } });
    await state.call("scheduleBlock", WORKOUT);

    const { block } = await wake(name, () => events.call("completeBlock", { id: "B1" }));
    assert.equal(block.completed, true);
    // Each still gets changes in its own format, which is in the attachment.
    await events.next((frame) => frame.type === "flux_events" && frame.events[0].type === "BLOCK_COMPLETED");
    await state.find((frame) => JSON.stringify(frame.state ?? "").includes('"completed":true'));
    assert.equal(events.frames.filter(({ type }) => type === "cf_agent_state").length, 0);
    assert.equal(state.frames.filter(({ type }) => type === "flux_events").length, 0);

    // They are still distinguished, and a turn runs as usual.
    answerTo("I did it", "Well done.");
    const id = state.ask("I did it");
    assert.equal((await state.answer(id)).text, "Well done.");
    assert.equal((await events.answer(id)).text, "Well done.");
    const lists = ({ frames }) => frames.filter(({ type }) => type === "cf_agent_chat_messages").length;
    assert.deepEqual([lists(state), lists(events)], [1, 3]);
    assert.equal((await state.close(4000)).code, 4000);
  });

  test("a chat request continues the conversation", async () => {
    const { token, name } = await guest(the.server);
    const client = await greeted(the.server, { token });
    answerTo("Hi", "Hello.");
    await client.chat("Hi");
    answerTo("There?", "Still ", "here.");
    const turn = await wake(name, () => client.chat("There?"));
    assert.deepEqual([turn.text, turn.final.outcome], ["Still here.", "completed"]);
    const { messages } = the.model.requests.find(({ body }) => said(body.messages.at(-1)) === "There?").body;
    assert.deepEqual(messages.map(({ role }) => role), ["system", "user", "assistant", "user"]);
  });
});
