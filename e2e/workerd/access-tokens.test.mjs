// Tokens for programs: access tokens with what they allow, tickets for the addresses of sockets, and tokens of guests in addresses.

import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { connect, greeted, guest } from "../lib/client.mjs";
import { leap, startLeaping } from "../lib/leap.mjs";
import { until, within } from "../lib/until.mjs";

const MINUTE = 60_000;

let server;
before(async () => (server = await startLeaping()));
after(() => server?.stop());

const bearer = (token) => ({ authorization: `Bearer ${token}` });
const get = (rest, headers = {}) => fetch(`${server.url}/agents/chat/me/${rest}`, { headers });
const post = (path, headers = {}) => fetch(`${server.url}${path}`, { method: "POST", headers });
const block = (title) => ({ title, startTime: "2035-03-01T08:00" });
const titles = async (client) => (await client.call("getTimeline")).timeline.blocks.map(({ title }) => title);
const open = async (client) => (await client.call("getCounts")).blocks.open;
/** Offers a token as a subprotocol. */
const offering = (token) => ({ protocols: ["flux", `bearer.${token}`] });

/** Somebody with a block, and their connection. */
async function somebody() {
  const me = await guest(server);
  const client = await greeted(server, { token: me.token });
  await client.call("scheduleBlock", block("Mine"));
  return { ...me, client };
}

/** The secret of a new access token of somebody. */
const made = async (client, scopes = ["read"], more = {}) => client.call("makeToken", { name: "Cron", scopes, ...more });
const secret = async (...args) => (await made(...args)).secret;
const ticket = async (token) => (await (await post("/api/ticket", bearer(token))).json()).ticket;

/** A token with the right checksum. */
const checked = (body) => body + createHash("sha256").update(body).digest("hex").slice(0, 8);

/** The end of a connection on which nothing may arrive before. */
async function refusal(options) {
  const connection = await connect(server, options);
  const ended = await within(connection.closed, 10_000, () => "the end of a socket that should be refused");
  assert.deepEqual(connection.frames, []);
  return ended;
}

describe("an access token", () => {
  test("opens the timeline over HTTP and on a socket, which chooses the subprotocol flux", async () => {
    const { client, name } = await somebody();
    const token = await secret(client);
    assert.match(token, /^flux_[0-9a-f]{80}$/);
    assert.deepEqual([(await get("get-messages", bearer(token))).status, (await get("export", bearer(token))).status], [200, 200]);
    assert.match(await (await get("export", bearer(token))).text(), /"Mine"/);
    for (const options of [offering(token), { protocols: [`bearer.${token}`, "flux"] }, { ...offering(token), path: name }]) {
      const program = await greeted(server, options);
      assert.equal(program.protocol, "flux");
      assert.deepEqual(await titles(program), ["Mine"]);
      await program.close();
    }
    const byHeader = await greeted(server, { headers: bearer(token) });
    assert.deepEqual([byHeader.protocol, await titles(byHeader)], ["", ["Mine"]]);
  });

  test("opens nobody else's timeline", async () => {
    const [one, other] = [await somebody(), await somebody()];
    const token = await secret(one.client);
    const response = await fetch(`${server.url}/agents/chat/${other.name}/export`, { headers: bearer(token) });
    assert.equal(response.status, 400);
    // The same secret for the timeline of somebody else.
    const moved = checked(`flux_${other.name.slice(2)}${token.slice(37, 77)}`);
    assert.equal((await get("export", bearer(moved))).status, 401);
    assert.equal((await refusal(offering(moved))).code, 4401);
  });

  test("allows what it was made for", async () => {
    const { client } = await somebody();
    const reading = await greeted(server, offering(await secret(client, ["read"])));
    const changes = [["scheduleBlock", block("x")], ["setSettings", { weekStart: "Sun" }], ["undo", {}], ["createPlan", { title: "x" }],
      ["deleteEverything", { confirm: "everything" }], ["useArchitect", { goal: "x" }]];
    for (const [method, argument] of changes) {
      const { success, error } = await reading.tell(method, [argument]);
      assert.deepEqual([success, error], [false, "You may not change this timeline. Nothing was changed."], method);
    }
    const answer = await reading.chat("hello");
    assert.match(JSON.stringify(answer.frames), /You may not talk to this assistant/);
    reading.send({ type: "cf_agent_chat_clear" });
    assert.match((await reading.next("flux_error")).error, /You may not/);
    const writing = await greeted(server, offering(await secret(client, ["read", "write"])));
    await writing.call("scheduleBlock", block("By a program"));
    assert.deepEqual((await titles(client)).sort(), ["By a program", "Mine"]);
    const talking = await greeted(server, offering(await secret(client, ["read", "chat"])));
    assert.ok((await talking.chat("hello")).frames.length > 1);
    assert.equal((await talking.tell("scheduleBlock", [block("x")])).success, false);
    const before = await open(client);
    await talking.chat("schedule a dentist appointment tomorrow at 3pm for 45 minutes");
    assert.equal(await open(client), before, "nor by asking the assistant");
  });

  test("that may not read is not made, since it could do nothing", async () => {
    const { client } = await somebody();
    for (const scopes of [["write"], ["chat"], ["write", "chat"]]) await assert.rejects(secret(client, scopes), /\/scopes: expected “read”/);
  });

  test("that may only read imports nothing", async () => {
    const { client } = await somebody();
    const response = await fetch(`${server.url}/agents/chat/me/import`, { method: "POST", headers: { ...bearer(await secret(client)), "content-type": "application/json" }, body: "{}" });
    assert.deepEqual([response.status, await response.text()], [403, "You may not change this timeline. Nothing was changed."]);
  });

  test("never sees or changes who may use the timeline", async () => {
    const { client } = await somebody();
    const { token: all, id } = await made(client, ["read", "write", "chat"]).then(({ secret, id }) => ({ token: secret, id }));
    const program = await greeted(server, offering(all));
    const calls = [["getAccount", {}], ["makeToken", { name: "x", scopes: ["read"] }], ["revokeToken", { id }], ["endSession", { id }]];
    for (const [method, argument] of calls) {
      const { success, error } = await program.tell(method, [argument]);
      assert.deepEqual([success, error], [false, "You may not see or change who may use this timeline. Nothing was changed."], method);
    }
    for (const [path, body] of [["/auth/passkey/options", { purpose: "register" }], ["/auth/timelines", { id }]]) {
      const response = await fetch(`${server.url}${path}`, { method: "POST", headers: { ...bearer(all), "content-type": "application/json" }, body: JSON.stringify(body) });
      assert.equal(response.status, 401, path);
    }
    assert.equal((await client.call("getAccount")).tokens.length, 1);
  });

  test("that is revoked opens nothing from then on, and its connections are closed", async () => {
    const { client } = await somebody();
    const { secret: token, id } = await made(client);
    const other = await secret(client);
    const [program, kept] = [await greeted(server, offering(token)), await greeted(server, offering(other))];
    assert.deepEqual(await titles(program), ["Mine"]);
    const { tokens } = await client.call("revokeToken", { id });
    assert.equal(tokens.length, 1);
    assert.equal((await within(program.closed, 10_000, () => "the end of its connection")).code, 1012);
    const response = await get("get-messages", bearer(token));
    assert.deepEqual([response.status, await response.text()], [401, "The access token has ended or was revoked. Make another one in the settings."]);
    assert.equal((await refusal(offering(token))).code, 4401);
    assert.deepEqual(await titles(kept), ["Mine"]);
    assert.deepEqual(await titles(client), ["Mine"]);
  });

  test("that is mistyped or made up opens nothing, and makes nothing", async () => {
    const { client } = await somebody();
    const token = await secret(client);
    const changed = (at) => token.slice(0, at) + (token[at] === "0" ? "1" : "0") + token.slice(at + 1);
    for (const wrong of [changed(5), changed(40), changed(84), token.slice(0, -1), `${token}0`, token.toUpperCase(), "flux_", "flux_x"]) {
      const response = await get("get-messages", bearer(wrong));
      assert.deepEqual([response.status, (await response.text()).slice(0, 23)], [401, "The token is not valid."], wrong);
      assert.equal((await refusal(offering(wrong))).code, 1008);
    }
  });

  test("that is made up for a timeline that does not exist opens nothing", async () => {
    const fresh = () => checked(`flux_${randomBytes(36).toString("hex")}`);
    assert.equal((await refusal(offering(fresh()))).code, 4401);
    for (const rest of ["get-messages", "import", "export"]) assert.equal((await get(rest, bearer(fresh()))).status, 401, rest);
  });

  test("is not accepted in an address, not even beside a good cookie", async () => {
    const { client, token: cookie } = await somebody();
    const token = await secret(client);
    for (const headers of [{}, { cookie: `flux=${cookie}` }]) {
      const response = await get(`get-messages?token=${token}`, headers);
      assert.equal(response.status, 401);
      assert.match(await response.text(), /POST \/api\/ticket/);
    }
    const { code, reason } = await refusal({ token });
    assert.equal(code, 1008);
    assert.match(reason, /cannot be part of an address/);
  });
});

describe("a ticket", () => {
  test("opens one connection, with what its token allows", async () => {
    const { client } = await somebody();
    const token = await secret(client);
    const response = await post("/api/ticket", bearer(token));
    const { ticket: one, until: end } = await response.json();
    assert.deepEqual([response.status, response.headers.get("cache-control")], [200, "no-store"]);
    assert.ok(Math.abs(Date.parse(end) - Date.now() - MINUTE) < 10_000, end);
    const program = await greeted(server, { token: one });
    assert.deepEqual(await titles(program), ["Mine"]);
    assert.equal((await program.tell("scheduleBlock", [block("x")])).success, false);
    const { code, reason } = await refusal({ token: one });
    assert.deepEqual([code, reason], [4401, "The ticket was used before. Get another one with POST /api/ticket."]);
    assert.equal((await get(`get-messages?token=${one}`)).status, 401);
  });

  test("is made for a cookie and for the token of a guest, too, and for nobody else", async () => {
    const { token } = await somebody();
    for (const headers of [bearer(token), { cookie: `flux=${token}` }, { cookie: `flux=${token}`, origin: server.url }]) {
      const { ticket: one } = await (await post("/api/ticket", headers)).json();
      assert.deepEqual(await titles(await greeted(server, { token: one })), ["Mine"]);
    }
    for (const headers of [{}, bearer("nonsense"), { ...bearer("nonsense"), cookie: `flux=${token}` }]) {
      assert.equal((await post("/api/ticket", headers)).status, 401);
    }
    assert.equal((await fetch(`${server.url}/api/ticket`, { headers: bearer(token) })).headers.get("allow"), "POST");
    for (const origin of ["https://evil.example", "null", `http://127.0.0.1:${server.port + 1}`]) {
      assert.equal((await post("/api/ticket", { cookie: `flux=${token}`, origin })).status, 403, origin);
    }
  });

  test("makes no other ticket", async () => {
    const { token } = await somebody();
    const one = await ticket(token);
    assert.deepEqual([(await post("/api/ticket", bearer(one))).status, (await post(`/api/ticket?token=${one}`)).status], [403, 403]);
    await greeted(server, { token: one });
  });

  test("that two use at the same time opens one connection", async () => {
    const { token } = await somebody();
    const one = await ticket(token);
    const all = await Promise.all(Array.from({ length: 6 }, () => get(`get-messages?token=${one}`)));
    assert.deepEqual(all.map(({ status }) => status).sort(), [200, 401, 401, 401, 401, 401]);
  });

  test("of a token that was revoked since opens nothing", async () => {
    const { client } = await somebody();
    const { secret: token, id } = await made(client);
    const one = await ticket(token);
    await client.call("revokeToken", { id });
    assert.equal((await refusal({ token: one })).code, 4401);
  });

  test("is no identity for a cookie, and nothing else is a ticket", async () => {
    const { token } = await somebody();
    assert.equal((await get("get-messages", { cookie: `flux=${await ticket(token)}` })).status, 401);
    assert.equal((await get(`get-messages?token=${(await ticket(token)).slice(0, -1)}0`)).status, 401);
  });
});

// These move the clock, and are the last.
describe("time", () => {
  test("ends a ticket after a minute", async () => {
    const { token } = await somebody();
    const one = await ticket(token);
    await leap(server, MINUTE + 1_000);
    assert.equal((await get(`get-messages?token=${one}`)).status, 401);
  });

  test("ends the use of a guest's token in addresses after an hour, but not elsewhere", async () => {
    const { token } = await somebody();
    await leap(server, 58 * MINUTE);
    assert.equal((await get(`get-messages?token=${token}`)).status, 200);
    await leap(server, 3 * MINUTE);
    const response = await get(`get-messages?token=${token}`);
    assert.equal(response.status, 401);
    assert.match(await response.text(), /POST \/api\/ticket/);
    assert.equal((await refusal({ token })).code, 1008);
    for (const options of [{ headers: bearer(token) }, offering(token), { headers: { cookie: `flux=${token}` } }, { token: await ticket(token) }]) {
      assert.deepEqual(await titles(await greeted(server, options)), ["Mine"]);
    }
  });

  test("ends an access token, also on an open connection", async () => {
    const { client } = await somebody();
    const [day, ever] = [await secret(client, ["read"], { days: 1 }), await secret(client)];
    const program = await greeted(server, offering(day));
    await leap(server, 24 * 60 * MINUTE - MINUTE);
    assert.deepEqual(await titles(program), ["Mine"]);
    await leap(server, 2 * MINUTE);
    assert.match((await program.tell("getTimeline")).error, /Your access has ended/);
    assert.equal((await program.closed).code, 4401);
    assert.deepEqual([(await get("get-messages", bearer(day))).status, (await get("get-messages", bearer(ever))).status], [401, 200]);
  });

  test("no token, ticket or cookie was written to the log", async () => {
    await until(() => server.log().includes("get-messages"));
    assert.equal(/flux_[0-9a-f]{8}|[?&]token=|bearer\.|u-[0-9a-f]{32}[~.]/i.exec(server.log()), null);
  });
});
