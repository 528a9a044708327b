// Clients that were written for earlier versions, after an update of the service: what they hold and what they send still works.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { connect, greeted, guest, userMessage } from "../lib/client.mjs";
import { openai } from "../lib/model.mjs";
import { scripted } from "../lib/scripted.mjs";
import { within } from "../lib/until.mjs";

const the = scripted();
const WORKOUT = { title: "Workout", startTime: "2035-03-01T08:00" };
const MESSAGES = "/agents/chat/me/get-messages";
const REFUSED = /^This token cannot be part of an address, where logs would keep it\. Send it as “Authorization: Bearer” or/;

const get = (path, headers = {}) => fetch(`${the.server.url}${path}`, { headers });
const bearer = (token) => ({ authorization: `Bearer ${token}` });
const ofType = ({ frames }, type) => frames.filter((frame) => frame.type === type);

/** The token of a person as earlier versions made it: the name and its HMAC, without the time. */
function oldToken(name) {
  const mac = createHmac("sha256", the.server.keys).update(`flux identity v1:${name}`).digest("hex");
  return `${name}.${mac}`;
}

/** A person with a block, who has had a token since before tokens said when they were made. */
async function longKnown() {
  const { name, token } = await guest(the.server);
  const client = await greeted(the.server, { token });
  await client.call("scheduleBlock", WORKOUT);
  await client.close();
  return { name, token: oldToken(name) };
}

const titles = async (client) => (await client.call("getTimeline")).timeline.blocks.map(({ title }) => title);

test("an old token still opens its timeline in a header, a subprotocol and a cookie", async () => {
  const { name, token } = await longKnown();
  const ways = {
    "a header": { headers: bearer(token) },
    "a subprotocol": { protocols: ["flux", `bearer.${token}`] },
    "a cookie": { headers: { cookie: `flux=${token}` } },
  };
  for (const [way, options] of Object.entries(ways)) {
    for (const path of ["me", "default", name]) {
      const client = await greeted(the.server, { path, ...options });
      assert.deepEqual(await titles(client), ["Workout"], `${way} ${path}`);
      await client.close();
    }
  }
  assert.equal((await get(MESSAGES, bearer(token))).status, 200);
  const other = `u-${"0".repeat(32)}.${token.split(".")[1]}`;
  assert.equal((await get(MESSAGES, bearer(other))).status, 401, "the signature of another name");
});

test("an old cookie is renewed with the page, for the same person", async () => {
  const { name, token } = await longKnown();
  const [set] = (await get("/", { cookie: `flux=${token}` })).headers.getSetCookie();
  assert.match(set, new RegExp(`^flux=${name}~[0-9a-f]{8}\\.[0-9a-f]{64};`));
  const client = await greeted(the.server, { headers: { cookie: set.split(";")[0] } });
  assert.deepEqual(await titles(client), ["Workout"]);
});

test("an old token in an address is refused with a sentence that says what to do, and gets a ticket for it", async () => {
  const { token } = await longKnown();
  const response = await get(`${MESSAGES}?token=${token}`);
  assert.equal(response.status, 401);
  assert.match(await response.text(), REFUSED);

  // The handshake of the published client in earlier versions. The close is final, so that it does not try for ever.
  const refused = await connect(the.server, { query: { token } });
  const { code } = await within(refused.closed, 10_000, () => "the end of the socket");
  assert.deepEqual([code, ofType(refused, "cf_agent_identity")], [1008, []]);

  const { ticket } = await (await fetch(`${the.server.url}/api/ticket`, { method: "POST", headers: bearer(token) })).json();
  assert.deepEqual(await titles(await greeted(the.server, { token: ticket })), ["Workout"]);
});

test("a client without parameters of ours gets only frames of the published protocol", async () => {
  const { token } = await guest(the.server);
  const [old, editing] = [await greeted(the.server, { token }), await greeted(the.server, { token, query: { sync: "events" } })];
  assert.deepEqual(old.frames.map(({ type }) => type), ["cf_agent_identity", "cf_agent_state", "cf_agent_chat_messages"]);

  await editing.call("scheduleBlock", WORKOUT);
  await old.next(({ type, state }) => type === "cf_agent_state" && JSON.stringify(state).includes("Workout"));
  // A request without fields that came later.
  the.model.script(...openai.calls(["completeBlock", { id: "B1" }]));
  the.model.script(...openai.says("Well done."));
  const body = JSON.stringify({ messages: [userMessage("I did it")] });
  old.send({ type: "cf_agent_use_chat_request", id: "request1", init: { method: "POST", body } });
  const turn = await old.answer("request1");
  assert.deepEqual([turn.text, turn.finals.length, turn.calls[0].output.ok], ["Well done.", 1, true]);
  await old.find(({ type, state }) => type === "cf_agent_state" && JSON.stringify(state).includes('"completed":true'));
  // What the client does not know cannot reach it.
  const types = new Set(old.frames.map(({ type }) => type));
  assert.deepEqual([...types].filter((type) => type.startsWith("flux_")), []);
});

test("a client that says where it stopped is sent what it missed, or everything if it cannot be told apart", async () => {
  const { token } = await guest(the.server);
  const follow = (query) => greeted(the.server, { token, query: { sync: "events", ...query } });
  const first = await follow({});
  const [{ seq, log }] = ofType(first, "flux_snapshot");
  assert.ok(log);
  await first.call("scheduleBlock", WORKOUT);
  await first.close();

  const missed = { flux_events: [[seq + 1, "BLOCK_SCHEDULED"]], flux_snapshot: [] };
  const all = { flux_events: [], flux_snapshot: [seq + 1] };
  const cases = [
    // Earlier clients did not name the log.
    ["without a log", { after: seq }, missed],
    ["with the log", { after: seq, log }, missed],
    ["with another log", { after: seq, log: "00000000-0000-7000-8000-000000000000" }, all],
    ["after the future", { after: seq + 1_000 }, all],
    ["after nothing", { after: 0 }, all],
    ["with what is no number", { after: "abc" }, all],
    ["with what is no log", { after: seq, log: "abc" }, undefined],
  ];
  for (const [name, query, expected] of cases) {
    const client = await follow(query);
    const seen = {
      flux_events: ofType(client, "flux_events").flatMap(({ events }) => events.map((event) => [event.seq, event.type])),
      flux_snapshot: ofType(client, "flux_snapshot").map((snapshot) => snapshot.seq),
    };
    // In each case the client has the block.
    if (expected) assert.deepEqual(seen, expected, name);
    else assert.equal(seen.flux_events.length + seen.flux_snapshot.length, 1, name);
    await client.close();
  }
});
