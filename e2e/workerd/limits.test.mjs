// What one client may use: who takes more is refused, told when to try again, and does not slow anybody else down.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { connect, greeted, guest } from "../lib/client.mjs";
import { untilLimited } from "../lib/limited.mjs";
import { startServer } from "../lib/server.mjs";
import { within } from "../lib/until.mjs";

const FRAMES = 300;
const VARS = {
  LIMIT_FRAMES_PER_MINUTE: String(FRAMES), LIMIT_CHANGES_PER_MINUTE: "60", LIMIT_TURNS_PER_HOUR: "60", LIMIT_SOCKETS: "3",
};

const block = (title) => ({ title, startTime: "2035-03-01T08:00" });
const messages = (server, { token }, more = {}) =>
  fetch(`${server.url}/agents/chat/me/get-messages`, { headers: { authorization: `Bearer ${token}`, ...more } });

describe("with limits", () => {
  let server;
  before(async () => (server = await startServer({ vars: { ...VARS, LIMITS: "on" } })));
  after(() => server?.stop());

  test("a flood is refused unread, told when to try again, and closed, while somebody else is served", async () => {
    const flood = await greeted(server);
    const other = await greeted(server);
    const sent = 20_000;
    for (let at = 0; at < sent; at++) flood.send({ type: "rpc", id: randomUUID(), method: "scheduleBlock", args: [block(`Block ${at}`)] });
    // The limit of an answer is that of the client library.
    assert.equal((await other.call("scheduleBlock", block("Mine"))).block.title, "Mine");
    const { code, reason } = await within(flood.closed, 60_000, () => "the end of the flood's connection");
    assert.deepEqual([code, reason], [1013, "Too many messages at once."]);
    const refused = flood.frames.find(({ type }) => type === "flux_error");
    assert.match(refused.error, /Nothing of it was changed; try again in/);
    assert.ok(refused.retry_after_ms > 0);
    const carriedOut = flood.frames.filter(({ type, success }) => type === "rpc" && success);
    assert.ok(carriedOut.length > 0 && carriedOut.length <= FRAMES + FRAMES / 60, `${carriedOut.length} calls`);
    // What was acknowledged is there, and what was refused is not.
    const { token } = flood;
    await new Promise((resolve) => setTimeout(resolve, refused.retry_after_ms));
    const again = await greeted(server, { token });
    const { blocks } = await again.call("getCounts");
    assert.equal(blocks.open, carriedOut.length);
  });

  test("calls that change something are answered with the time to wait, and questions are not limited with them", async () => {
    const me = await greeted(server);
    let refused;
    for (let at = 0; at < 200 && !refused; at++) {
      const answer = await me.tell("scheduleBlock", [block(`Block ${at}`)]);
      if (!answer.success) refused = answer;
    }
    assert.match(refused.error, /That was too much at once. Nothing was changed; try again in 1 second\./);
    assert.equal(refused.retryAfter, 1);
    assert.ok((await me.call("getCounts")).blocks.open > 0);
  });

  test("over HTTP the status is 429, with the time to wait", async () => {
    const me = await guest(server);
    await greeted(server, { token: me.token });
    let response;
    for (let at = 0; at <= 2 * FRAMES; at++) {
      response = await messages(server, me);
      if (response.status !== 200) break;
      await response.arrayBuffer();
    }
    assert.equal(response.status, 429);
    assert.ok(Number(response.headers.get("retry-after")) >= 1);
    assert.match(await response.text(), /try again in/);
  });

  test("only so many connections may be open", async () => {
    const me = await guest(server);
    const open = [];
    for (let at = 0; at < 3; at++) open.push(await greeted(server, { token: me.token }));
    const { code, reason } = await within((await connect(server, { token: me.token })).closed, 10_000, () => "a refusal");
    assert.equal(code, 1013, "clients try again after this code");
    assert.match(reason, /Too many pages are open/);
    await open[0].close();
    await greeted(server, { token: me.token });
  });

  test("a network address gets only so many identities and connections a minute", async () => {
    const from = (address) => ({ headers: { "cf-connecting-ip": address } });
    const make = (address) => fetch(`${server.url}/api/guest`, { method: "POST", ...from(address) });
    const refused = await untilLimited(20, 200, () => make("192.0.2.1"));
    assert.equal(refused.headers.get("retry-after"), "60");
    assert.equal((await make("192.0.2.2")).status, 200, "another address");
    // A network of IPv6.
    await untilLimited(20, 200, () => make(`2001:db8:0:1::${randomUUID().slice(0, 4)}`));

    const { token } = await (await make("192.0.2.3")).json();
    let closed;
    for (let at = 0; at < 260 && closed?.code !== 1013; at++) {
      const connection = await connect(server, { token, ...from("192.0.2.3") });
      closed = await Promise.race([connection.closed, connection.find(({ type }) => type === "cf_agent_identity").catch(() => connection.closed)]);
      await connection.close();
    }
    assert.equal(closed?.code, 1013, "clients try again after this code");
  });
});

describe("by default", () => {
  let server;
  before(async () => (server = await startServer({ vars: VARS })));
  after(() => server?.stop());

  test("limits hold for requests through Cloudflare's network, and not on this computer", async () => {
    const me = await guest(server);
    const local = await greeted(server, { token: me.token });
    for (let at = 0; at <= FRAMES; at++) assert.equal((await messages(server, me)).status, 200);
    assert.ok(await local.call("getCounts"));
    let status = 200;
    for (let at = 0; at <= 2 * FRAMES && status === 200; at++) ({ status } = await messages(server, me, { "cf-ray": "0123456789abcdef-FRA" }));
    assert.equal(status, 429);
  });
});
