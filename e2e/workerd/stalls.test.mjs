// Models that stop answering: no turn waits for ever, and no answer continues at a cost when nobody waits for it.

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { connect, greeted } from "../lib/client.mjs";
import { gate, openai } from "../lib/model.mjs";
import { scripted } from "../lib/scripted.mjs";
import { startServer } from "../lib/server.mjs";

// The shortest limits that can be set.
const the = scripted({ vars: { MODEL_FIRST_BYTE_TIMEOUT_MS: "1000", MODEL_BETWEEN_BYTES_TIMEOUT_MS: "1000" } });
let client;
beforeEach(async () => (client = await greeted(the.server)));

const SILENCES = {
  "no head": (hold) => [hold.wait],
  "a head and no byte": (hold) => ["", hold.wait],
  "words, and then nothing": (hold) => [openai.text("Hel"), hold.wait],
  "half a call": (hold) => [openai.call("scheduleBlock", '{"title":"Work'), hold.wait],
};

for (const [silence, steps] of Object.entries(SILENCES)) {
  test(`a model that stops answering is abandoned: ${silence}`, async () => {
    const hold = gate();
    the.model.script(...steps(hold), openai.finish());
    const turn = await client.chat("Hi");
    assert.deepEqual([turn.final.error, turn.finals.length], [true, 1]);
    assert.match(turn.final.body, /did not answer within 1 seconds/);
    assert.equal(turn.text, silence.startsWith("words") ? "Hel" : "");
    assert.equal((await client.call("getTimeline")).timeline.blocks.length, 0);
    await the.model.closed(0);
    hold.open();
    the.model.script(...openai.says("Here."));
    assert.equal((await client.chat("There?")).text, "Here.");
  });
}

test("an answer with a finish reason is complete, even if the connection stays open", async () => {
  const hold = gate();
  the.model.script(openai.text("Hello."), openai.finish(), hold.wait);
  const turn = await client.chat("Hi");
  hold.open();
  assert.deepEqual([turn.text, turn.final.outcome], ["Hello.", "completed"]);
});

test("a server that does not exist is reported as unreachable", async () => {
  const server = await startServer({ model: { baseUrl: "http://127.0.0.1:9/v1" }, vars: { MODEL_RETRIES: "0" } });
  try {
    const { final } = await (await greeted(server)).chat("Hi");
    assert.match(final.body, /could not be reached/);
  } finally {
    await server.stop();
  }
});

describe("settings", () => {
  test("an invalid setting is reported and not silently replaced", async () => {
    const server = await startServer({ vars: { MODEL_RETRIES: "many" } });
    try {
      const response = await fetch(`${server.url}/api/guest`, { method: "POST" });
      const { token } = await response.json();
      const refused = await fetch(`${server.url}/agents/chat/me/import?token=${token}`, { method: "POST", body: "{}", headers: { "content-type": "application/json" } });
      assert.equal(refused.status, 500);
      assert.match(await refused.text(), /Nothing was lost.*MODEL_RETRIES.*many/);
      // A socket is closed with a code after which clients connect again.
      const socket = await connect(server, { token });
      assert.equal((await socket.closed).code, 1011);
    } finally {
      await server.stop();
    }
  });
});
