// Addresses, and who may reach which object.

import assert from "node:assert/strict";
import { createHmac, randomBytes } from "node:crypto";
import { request } from "node:http";
import { after, before, describe, test } from "node:test";
import { connect, greeted, guest } from "../lib/client.mjs";
import { leap, startLeaping } from "../lib/leap.mjs";
import { startServer } from "../lib/server.mjs";
import { within } from "../lib/until.mjs";

let server;
before(async () => (server = await startServer()));
after(() => server?.stop());

const get = (path, headers = {}) => fetch(`${server.url}${path}`, { headers });
const bearer = ({ token }) => ({ authorization: `Bearer ${token}` });

/** The `Cookie` header of a browser that got this response. */
const sent = (response) => response.headers.getSetCookie().map((cookie) => cookie.split(";")[0]).join("; ");

/** The server's answer to the handshake of a socket. */
function handshake(path, more = {}, { url } = server) {
  const headers = { connection: "Upgrade", upgrade: "websocket", "sec-websocket-version": "13",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==", ...more };
  return new Promise((resolve, reject) => {
    const asked = request(`${url}${path}`, { headers });
    asked.on("upgrade", (response, socket) => socket.destroy() && resolve(response));
    asked.on("response", resolve).on("error", reject).end();
  });
}

/** The close of a socket that is accepted only to send the reason of the refusal. Any frame before it is a leak. */
async function refusal(options) {
  const connection = await connect(server, options);
  const { code, reason } = await within(connection.closed, 10_000, () => "the end of a socket that should be refused");
  assert.deepEqual(connection.frames, []);
  assert.ok(code === 1008 || (code >= 4000 && code < 5000), `${code} makes published clients try again for ever`);
  return reason;
}

describe("addresses", () => {
  test("/healthz reports success and the model", async () => {
    const response = await get("/healthz");
    assert.equal(response.status, 200);
    const health = await response.json();
    assert.equal(health.ok, true);
    assert.equal(health.model.provider, "offline");
    assert.match(health.version, /^\d+\.\d+\.\d+$/);
  });

  test("every response has the headers that keep browsers from misusing it", async () => {
    const me = await guest(server);
    await greeted(server, { token: me.token });
    const [file] = (await (await get("/")).text()).match(/(?<=")\/?assets\/[^"]+/);
    const paths = ["/", "/index.html", new URL(file, "http://x/").pathname, "/healthz", "/api/nothing", "/agents/chat/me/get-messages",
      "/agents/chat/me/export", "/agents/chat/me/nothing", "/agents/nobody/me", "/no/such/file"];
    for (const path of paths) {
      const { headers } = await get(path, bearer(me));
      const policy = headers.get("content-security-policy") ?? "";
      assert.ok(policy.includes("default-src 'none'") && policy.includes("frame-ancestors 'none'"), `${path}: ${policy}`);
      assert.ok(!/'unsafe-(inline|eval|hashes)'/.test(policy), `${path}: ${policy}`);
      for (const [name, value] of Object.entries({
        "cross-origin-opener-policy": "same-origin", "cross-origin-resource-policy": "same-origin", "referrer-policy": "no-referrer",
        "strict-transport-security": "max-age=63072000", "x-content-type-options": "nosniff",
      })) assert.equal(headers.get(name), value, `${path}: ${name}`);
      assert.match(headers.get("permissions-policy"), /microphone=\(self\)/, path);
      assert.equal(headers.get("access-control-allow-origin"), null, path);
    }
  });

  test("pages of other origins are answered only if the deployment lists their origin, and only with a token", async () => {
    const app = "https://app.example.com";
    const open = await startServer({ vars: { CORS_ORIGINS: `https://other.example.com ${app}` } });
    try {
      const me = await guest(open);
      const ask = (method, path, headers) => fetch(`${open.url}${path}`, { method, headers: { origin: app, ...headers } });
      const preflight = { "access-control-request-method": "POST", "access-control-request-headers": "authorization,content-type" };
      const allowed = await ask("OPTIONS", "/agents/chat/me/import", preflight);
      assert.equal(allowed.status, 204);
      assert.equal(allowed.headers.get("access-control-allow-origin"), app);
      assert.equal(allowed.headers.get("access-control-allow-credentials"), null);
      assert.match(allowed.headers.get("access-control-allow-headers"), /Authorization/);
      assert.equal((await ask("OPTIONS", "/agents/chat/me/import", { ...preflight, origin: "https://evil.test" })).status, 403);

      const ticket = await ask("POST", "/api/ticket", bearer(me));
      assert.deepEqual([ticket.status, ticket.headers.get("access-control-allow-origin"), ticket.headers.get("vary")], [200, app, "Origin"]);
      assert.equal((await ask("POST", "/api/ticket", { cookie: `flux=${me.token}` })).status, 403, "a cookie counts for nothing");
      assert.equal((await ask("GET", "/agents/chat/me/export", { cookie: `flux=${me.token}` })).status, 403, "nor for reading");
      assert.equal((await ask("GET", "/agents/chat/me/get-messages", bearer(me))).status, 200);
      const evil = await ask("POST", "/api/ticket", { ...bearer(me), origin: "https://evil.test" });
      assert.deepEqual([evil.status, evil.headers.get("access-control-allow-origin")], [403, null]);
      const client = await connect(open, { token: me.token, headers: { origin: app } });
      await client.next("cf_agent_identity");
      await client.close();
    } finally {
      await open.stop();
    }
  });

  test("the scheme of Authorization is read in any case", async () => {
    const { token } = await guest(server);
    for (const scheme of ["Bearer", "bearer", "BEARER"]) {
      const { status } = await get("/agents/chat/me/get-messages", { authorization: `${scheme} ${token}` });
      assert.equal(status, 200, scheme);
    }
  });

  test("unknown addresses are refused as by the published server", async () => {
    const me = await guest(server);
    const cases = [
      ["/agents/nobody/me", 400, /Invalid request/], ["/agents/Chat/me", 400, /Invalid request/],
      ["/agents/chat/me/anything", 404], ["/agents/chat", 404], ["/agents", 404],
      ["/api/nothing", 404], ["/api/guest", 404],
    ];
    for (const [path, status, text = /./] of cases) {
      const response = await get(path, bearer(me));
      assert.equal(response.status, status, path);
      assert.match(await response.text(), text, path);
    }
  });

  test("a plain GET of the agent is refused", async () => {
    const response = await get("/agents/chat/me", bearer(await guest(server)));
    assert.equal(response.status, 404);
  });

  test("an upgrade at an unknown agent is refused, too", async () => {
    await assert.rejects(connect(server, { agent: "nobody" }));
  });

  test("a socket with another protocol is refused permanently", async () => {
    await refusal({ query: { __agents_transport: "capnweb" } });
  });

  test("names are 1 to 64 letters, digits, - and _, decoded once", async () => {
    const me = await guest(server);
    for (const name of ["me", "default", "%6De"]) {
      const response = await get(`/agents/chat/${name}/get-messages`, bearer(me));
      assert.deepEqual([response.status, response.ok && (await response.json())], [200, []], name);
    }
    for (const name of ["a", "Team_7-b", "x".repeat(64), "%61bc"]) {
      const response = await get(`/agents/chat/${name}/get-messages`, bearer(me));
      assert.equal(response.status, 403, `${name} is nobody's, and nobody can take it`);
      assert.match(await refusal({ path: name, token: me.token }), /somebody else/);
    }
    for (const name of ["x".repeat(65), "a%20b", "%C3%BC", "a.b", "a%2Fb", "%2561", "%FF", "a~b"]) {
      const response = await get(`/agents/chat/${name}/get-messages`, bearer(me));
      assert.equal(response.status, 400, name);
      assert.match(await response.text(), /letters, digits/);
      assert.match(await refusal({ path: name, token: me.token }), /letters, digits/);
    }
  });
});

describe("identities", () => {
  test("a new browser gets a signed cookie with the page, and keeps it", async () => {
    const response = await get("/");
    const cookie = response.headers.get("set-cookie");
    assert.match(cookie, /^flux=u-[0-9a-f]{32}~[0-9a-f]{8}\.[0-9a-f]{64};/);
    for (const attribute of ["HttpOnly", "SameSite=Lax", "Path=/"]) assert.ok(cookie.includes(attribute), attribute);
    // Otherwise a cache could give one person's identity to everyone.
    assert.equal(response.headers.get("cache-control"), "no-store");
    const again = await get("/", { cookie: sent(response) });
    assert.equal(again.headers.get("set-cookie"), null);
  });

  test("a cookie that is in use is renewed once a week, with the page or a connection, and means the same person", async () => {
    const leaping = await startLeaping();
    try {
      const me = await guest(leaping);
      const cookie = `flux=${me.token}`;
      const set = async (headers) => [
        (await fetch(leaping.url, { headers })).headers.getSetCookie(),
        (await handshake("/agents/chat/me", headers, leaping)).headers["set-cookie"] ?? [],
      ];
      assert.deepEqual(await set({ cookie }), [[], []], "it is fresh");
      await leap(leaping, 7 * 86_400_000);
      for (const [renewed, ...more] of await set({ cookie })) {
        assert.match(renewed, new RegExp(`^flux=${me.name}~[0-9a-f]{8}\\.[0-9a-f]{64}; Path=/; Max-Age=${400 * 86_400};`));
        assert.ok(!renewed.startsWith(`${cookie};`));
        assert.deepEqual(more, []);
        assert.deepEqual(await set({ cookie: renewed.split(";")[0] }), [[], []]);
      }
      // The token of a program is not made a cookie.
      assert.equal((await handshake("/agents/chat/me", bearer(me), leaping)).headers["set-cookie"], undefined);
    } finally {
      await leaping.stop();
    }
  });

  test("with a cookie that we did not sign, the page sets a new identity", async () => {
    const [other] = (await get("/", { cookie: "flux=nonsense" })).headers.getSetCookie();
    assert.match(other, /^flux=u-[0-9a-f]{32}~/);
  });

  test("over HTTPS the cookie's name has the prefix __Host-, and the old one is still read", async () => {
    const secure = await startServer({ config: '[dev]\nupstream_protocol = "https"' });
    try {
      const me = await guest(secure);
      const load = (cookie) => fetch(secure.url, { headers: cookie ? { cookie } : {} });
      // As earlier versions signed it: without the time.
      const old = `${me.name}.${createHmac("sha256", secure.keys).update(`flux identity v1:${me.name}`).digest("hex")}`;
      const [identity] = (await load(`flux=${old}`)).headers.getSetCookie();
      assert.match(identity, new RegExp(`^__Host-flux=${me.name}~[0-9a-f]{8}\\.[0-9a-f]{64}; Path=/; .*; Secure$`));
      // Any other one without the prefix can be from another subdomain.
      assert.ok(!(await load(`flux=${me.token}`)).headers.getSetCookie()[0].includes(me.name));
      const cookie = `__Host-flux=${me.token}`;
      assert.equal((await load(cookie)).headers.get("set-cookie"), null);
      assert.match((await load()).headers.getSetCookie()[0], /^__Host-flux=u-/);
      const client = await greeted(secure, { headers: { cookie }, path: me.name });
      await client.close();
    } finally {
      await secure.stop();
    }
  });

  test("files of the page set no identity", async () => {
    const page = await (await get("/")).text();
    const [file] = page.match(/(?<=")\/?assets\/[^"]+/);
    const response = await get(new URL(file, "http://x/").pathname);
    assert.deepEqual([response.status, response.headers.get("set-cookie")], [200, null]);
  });

  test("cookie, Authorization and ?token= identify the same person", async () => {
    const me = await guest(server);
    const client = await greeted(server, { token: me.token });
    await client.chat("hello");
    const [said] = await client.call("getMessages");
    assert.equal(said.role, "user");
    const path = "/agents/chat/me/get-messages";
    for (const response of [
      await get(path, bearer(me)), await get(path, { cookie: `a=b; flux=${me.token}` }),
      await get(`${path}?token=${me.token}`),
    ]) {
      assert.deepEqual((await response.json())[0], said);
    }
    const byCookie = await greeted(server, { headers: { cookie: `flux=${me.token}` } });
    assert.equal((await byCookie.call("getMessages"))[0].id, said.id);
  });

  test("a signing key is replaced, and nobody loses their timeline until it is removed", async () => {
    const rotated = await startServer();
    const secret = () => randomBytes(32).toString("hex");
    const [first, second] = [rotated.keys, secret()];
    try {
      const me = await guest(rotated);
      const mine = await greeted(rotated, { token: me.token });
      await mine.call("scheduleBlock", { title: "Mine", startTime: "2035-03-01T08:00" });
      rotated.keys = `k2=${second} k1=${first}`;
      await rotated.restart();
      const load = (cookie) => fetch(rotated.url, { headers: { cookie } });
      const renewed = sent(await load(`flux=${me.token}`));
      assert.match(renewed, new RegExp(`^flux=${me.name}~[0-9a-f]{8}\\.k2\\.[0-9a-f]{64}$`), "a browser gets a cookie by the new key at once");
      assert.equal((await load(renewed)).headers.get("set-cookie"), null);
      const titles = async (options) => {
        const client = await greeted(rotated, options);
        return (await client.call("getTimeline")).timeline.blocks.map(({ title }) => title);
      };
      assert.deepEqual(await titles({ token: me.token }), ["Mine"]);
      assert.deepEqual(await titles({ headers: { cookie: renewed } }), ["Mine"]);
      rotated.keys = `k2=${second}`;
      await rotated.restart();
      assert.deepEqual(await titles({ headers: { cookie: renewed } }), ["Mine"]);
      const { status } = await fetch(`${rotated.url}/agents/chat/me/get-messages`, { headers: bearer(me) });
      assert.equal(status, 401, "what the removed key has signed");
    } finally {
      await rotated.stop();
    }
  });

  test("me is the person's own object, and nobody else's", async () => {
    const [me, other] = [await guest(server), await guest(server)];
    const mine = await greeted(server, { token: me.token });
    await mine.call("scheduleBlock", { title: "Mine", startTime: "2035-03-01T08:00" });
    const byName = await greeted(server, { token: me.token, path: me.name });
    const titles = async (client) => (await client.call("getTimeline")).timeline.blocks.map(({ title }) => title);
    assert.deepEqual(await titles(byName), ["Mine"]);
    assert.equal(byName.frames.find(({ type }) => type === "cf_agent_identity").name, me.name);
    assert.deepEqual(await titles(await greeted(server, { token: other.token })), []);
    // Others cannot take a name that the service generates, not even before its person connects.
    const unborn = await guest(server);
    for (const name of [me.name, unborn.name]) {
      assert.equal((await get(`/agents/chat/${name}/get-messages`, bearer(other))).status, 400);
      await refusal({ path: name, token: other.token });
    }
  });

  test("looking makes no object, and the name that published clients use is everybody's own", async () => {
    const [me, other] = [await guest(server), await guest(server)];
    const path = (rest) => `/agents/chat/me/${rest}`;
    assert.deepEqual(await (await get(path("get-messages"), bearer(me))).json(), []);
    assert.equal(await (await get(path("import"), bearer(me))).json(), null);
    const nothing = await get(path("export"), bearer(me));
    assert.deepEqual([nothing.status, await nothing.text()],
      [404, "There is nothing yet. A timeline begins when you open the page or connect."]);
    const [mine, others] = [await greeted(server, { token: me.token, path: "default" }), await greeted(server, { token: other.token, path: "default" })];
    await mine.call("scheduleBlock", { title: "Mine", startTime: "2035-03-01T08:00" });
    assert.equal((await others.call("getCounts")).blocks.open, 0);
    assert.equal((await (await greeted(server, { token: me.token })).call("getCounts")).blocks.open, 1);
    assert.equal((await get(path("export"), bearer(me))).status, 200);
  });

  test("without an identity, or with one that we did not sign, access is refused", async () => {
    const [me, other] = [await guest(server), await guest(server)];
    const forged = `${me.name}.${other.token.split(".")[1]}`;
    for (const token of ["nonsense", forged, `${me.token}x`, `${me.name}.`]) {
      const response = await get("/agents/chat/me/get-messages", bearer({ token }));
      assert.equal(response.status, 401, token);
      assert.match(await refusal({ token }), /not valid/);
    }
    assert.equal((await get("/agents/chat/me/get-messages")).status, 401);
  });

  test("clients cannot forge the Worker's own headers", async () => {
    const [me, other] = [await guest(server), await guest(server)];
    const mine = await greeted(server, { token: me.token });
    await mine.chat("hello");
    const principal = Buffer.from(JSON.stringify({ subject: `guest:${me.name}`, object: me.name, scopes: ["read"] })).toString("base64url");
    const forged = { "x-flux-principal": `${principal}~ffffffff.00`, "x-flux-object": me.name, "x-flux-name": "me" };
    const response = await get("/agents/chat/me/get-messages", { ...bearer(other), ...forged });
    assert.deepEqual([response.status, await response.json()], [200, []], "the other one's own");
  });

  test("other sites may not connect with a person's cookie", async () => {
    const me = await guest(server);
    const cookie = `flux=${me.token}`;
    for (const origin of ["https://evil.example", "null", `http://127.0.0.1:${server.port + 1}`]) {
      assert.match(await refusal({ headers: { cookie, origin } }), /Other sites/);
    }
    const own = await greeted(server, { headers: { cookie, origin: server.url } });
    assert.ok(await own.call("getSettings"));
  });

  test("a socket's handshake selects the service's subprotocol if the client offers it, and no other", async () => {
    const me = await guest(server);
    for (const [offered, selected] of [["flux", "flux"], ["other, flux", "flux"], ["other", undefined], [undefined, undefined]]) {
      const answer = await handshake(`/agents/chat/me?token=${me.token}`, offered ? { "sec-websocket-protocol": offered } : {});
      assert.deepEqual([answer.statusCode, answer.headers["sec-websocket-protocol"]], [101, selected], offered);
    }
  });
});
