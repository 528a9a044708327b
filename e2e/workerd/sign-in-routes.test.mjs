// The addresses below /auth: what answers there, to whom, and what is refused before anything else is looked at.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Passkey } from "../lib/authenticator.mjs";
import { connect } from "../lib/client.mjs";
import { untilLimited } from "../lib/limited.mjs";
import { startServer } from "../lib/server.mjs";
import { within } from "../lib/until.mjs";
import { Visitor } from "../lib/visitor.mjs";

const POSTS = ["/auth/passkey/options", "/auth/passkey/register", "/auth/passkey/sign-in", "/auth/sign-out", "/auth/timelines"];
const JSON_TYPE = { "content-type": "application/json" };
const SIGNED_OUT = "You are signed out. Nothing was changed; sign in again.";

let server;
before(async () => (server = await startServer()));
after(() => server?.stop());

const send = (method, path, more = {}) => fetch(`${server.url}${path}`, { method, redirect: "manual", ...more });
const visitor = () => new Visitor(server).visit();
const said = async (response) => [response.status, await response.text()];
const block = { title: "Mine", startTime: "2035-03-01T08:00" };

describe("addresses", () => {
  test("GET /auth says what is offered, and who the browser is", async () => {
    const providers = ["guest", "passkey"];
    const response = await send("GET", "/auth");
    assert.deepEqual([response.headers.get("cache-control"), await response.json()], ["no-store", { providers }]);
    assert.equal(response.headers.get("set-cookie"), null);
    const guest = await visitor();
    assert.deepEqual(await (await guest.fetch("/auth")).json(), { providers, knownBy: "guest" });
    guest.cookies.flux += "0";
    assert.deepEqual(await (await guest.fetch("/auth")).json(), { providers });
    assert.equal((await send("HEAD", "/auth")).status, 200);
  });

  test("others do not exist", async () => {
    for (const path of ["/auth/", "/auth/x", "/auth/passkey", "/auth/passkey/", "/auth/passkey/options/", "/auth/passkey/options/x", "/auth/oidc/",
      "/auth/oidc/callback/x", "/auth/sign-out/", "/auth//sign-out", "/auth/timelines/x", "/auth/Sign-Out"]) {
      for (const method of ["GET", "POST"]) assert.deepEqual(await said(await send(method, path)), [404, "Not found"], `${method} ${path}`);
    }
  });

  test("answer to their methods only", async () => {
    const allowed = { "/auth": "GET, HEAD", "/auth/timelines": "GET, HEAD, POST", "/auth/oidc": "GET", "/auth/oidc/callback": "GET",
      "/api/ticket": "POST", ...Object.fromEntries(POSTS.slice(0, 4).map((path) => [path, "POST"])) };
    for (const [path, allow] of Object.entries(allowed)) {
      for (const method of ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"].filter((it) => !allow.split(", ").includes(it))) {
        const response = await send(method, path);
        assert.deepEqual([response.status, response.headers.get("allow")], [405, allow], `${method} ${path}`);
      }
    }
  });

  test("have the headers of every response", async () => {
    for (const path of ["/auth", "/auth/x", "/auth/timelines"]) {
      const { headers } = await send("GET", path);
      const seen = ["x-content-type-options", "cross-origin-resource-policy", "access-control-allow-origin"].map((name) => headers.get(name));
      assert.deepEqual(seen, ["nosniff", "same-origin", null], path);
    }
  });

  test("of a provider that is not offered say so", async () => {
    for (const path of ["/auth/oidc", "/auth/oidc/callback?code=x&state=y"]) {
      const response = await send("GET", path);
      const failed = response.status === 404 || response.headers.get("location") === "/?sign-in=failed";
      assert.ok(failed, `${path}: ${response.status} ${response.headers.get("location")}`);
      assert.equal(response.headers.getSetCookie().filter((cookie) => cookie.startsWith("flux=")).length, 0);
    }
  });
});

describe("requests", () => {
  test("of other sites are refused, and change nothing", async () => {
    const me = await visitor();
    await (await me.connect()).call("scheduleBlock", block);
    await me.register(new Passkey(server.url));
    const origins = ["https://evil.example", "null", `http://127.0.0.1:${server.port + 1}`, "http://127.0.0.1"];
    for (const origin of origins) {
      for (const path of POSTS) {
        const response = await me.post(path, path.endsWith("options") ? { purpose: "register" } : {}, { origin });
        assert.deepEqual(await said(response), [403, "Other sites may not sign you in or out."], `${path} ${origin}`);
        assert.equal(response.headers.get("set-cookie"), null);
      }
    }
    assert.equal((await (await me.connect()).call("getCounts")).blocks.open, 1);
    assert.equal((await me.post("/auth/passkey/options", { purpose: "register" }, { origin: server.url })).status, 200);
  });

  test("that are too long are refused unread", async () => {
    const me = await visitor();
    for (const path of POSTS) {
      const response = await me.post(path, JSON.stringify({ more: "x".repeat(70_000) }));
      assert.deepEqual(await said(response), [413, "The request may have 65536 bytes. Nothing was changed."], path);
    }
    // In pieces, without a length in advance. Only the last one is too much, so that nothing is sent after the answer, which would break
    // the connection.
    const pieces = new ReadableStream({
      start(controller) {
        for (const length of [30_000, 35_000, 537]) controller.enqueue(new TextEncoder().encode("x".repeat(length)));
        controller.close();
      },
    });
    assert.equal((await send("POST", "/auth/sign-out", { body: pieces, duplex: "half", headers: { ...me.headers, ...JSON_TYPE } })).status, 413);
    assert.ok(me.identity);
  });

  test("of another media type than JSON are refused unread, whatever the route and whoever sends them", async () => {
    const me = await visitor();
    const not = "The body must be JSON. Nothing was changed; send it with content-type: application/json.";
    for (const path of [...POSTS, "/api/guest", "/api/ticket", "/agents/chat/me/import"]) {
      for (const type of ["text/plain;charset=UTF-8", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/json"]) {
        for (const headers of [{}, me.headers]) {
          const response = await send("POST", path, { body: "{}", headers: { ...headers, "content-type": type } });
          assert.deepEqual(await said(response), [415, not], `${path} ${type}`);
        }
      }
    }
    // Bytes without a type, with a length and without one.
    const bytes = new TextEncoder().encode("{}");
    for (const body of [bytes, new Blob([bytes]).stream()]) {
      const response = await send("POST", "/auth/sign-out", { body, duplex: "half", headers: me.headers });
      assert.deepEqual(await said(response), [415, not]);
    }
    assert.equal((await (await me.fetch("/auth")).json()).knownBy, "guest");
  });

  test("that cannot be read are refused with the reason", async () => {
    const me = await visitor();
    const wrong = {
      "/auth/passkey/options": ["{}", '{"purpose":"x"}', '{"purpose":7}'],
      "/auth/passkey/register": ["{}", '{"state":7,"credential":{}}'],
      "/auth/passkey/sign-in": ["{}", '{"state":7,"credential":{}}', '{"credential":{}}', '["x",{}]'],
      "/auth/sign-out": ['{"everywhere":"yes"}', '{"everywhere":null}', "[true]", "[]"],
      "/auth/timelines": ["{}", '{"id":7}', '{"id":null}', '["u-1"]'],
    };
    for (const [path, bodies] of Object.entries(wrong)) {
      for (const body of ["", "{", "null", "7", '"x"', "x=y", "\u0000", ...bodies]) {
        const [status, text] = await said(await me.post(path, body));
        assert.equal(status, 422, `${path} ${body}: ${text}`);
        assert.match(text, /^The request cannot be read: .*\. Nothing was changed\.$/, `${path} ${body}`);
      }
      const bytes = await send("POST", path, { body: Buffer.from([0x7b, 0xff, 0x7d]), headers: { ...me.headers, ...JSON_TYPE } });
      assert.equal(bytes.status, 422, path);
    }
    assert.equal((await (await me.fetch("/auth")).json()).knownBy, "guest");
  });

  test("of somebody who is not signed in do not list or choose timelines", async () => {
    const me = await visitor();
    for (const by of [me, new Visitor(server)]) {
      assert.deepEqual(await said(await by.fetch("/auth/timelines")), [401, SIGNED_OUT]);
      assert.deepEqual(await said(await by.post("/auth/timelines", { id: "u-1" })), [401, SIGNED_OUT]);
    }
  });

  test("to sign out keep a guest's cookie, without which the timeline would be lost", async () => {
    for (const isUsed of [false, true]) {
      const me = await visitor();
      if (isUsed) await (await me.connect()).call("scheduleBlock", block);
      const { identity } = me;
      for (const everywhere of [false, true]) {
        const response = await me.post("/auth/sign-out", { everywhere });
        assert.deepEqual([response.headers.get("set-cookie"), ...await said(response)],
          [null, 409, "A guest cannot sign out: the timeline would be lost. Nothing was changed."]);
      }
      assert.equal(me.identity, identity);
      assert.equal((await me.fetch("/agents/chat/me/get-messages")).status, 200);
    }
    const nobody = new Visitor(server);
    assert.equal((await nobody.post("/auth/sign-out", {})).status, 204);
  });

  test("to sign in are limited for a network address", async () => {
    const limited = await startServer({ vars: { LIMITS: "on" } });
    try {
      const post = (address) => fetch(`${limited.url}/auth/passkey/options`, { method: "POST", body: '{"purpose":"sign-in"}',
        headers: { "cf-connecting-ip": address, ...JSON_TYPE } });
      assert.equal((await untilLimited(40, 200, () => post("192.0.2.7"))).headers.get("retry-after"), "60");
      assert.equal((await post("192.0.2.99")).status, 200, "somebody else");
      assert.equal((await fetch(`${limited.url}/auth`, { headers: { "cf-connecting-ip": "192.0.2.7" } })).status, 200);
    } finally {
      await limited.stop();
    }
  });
});

describe("a deployment", () => {
  test("that stops having guests lets those that it had sign in and keep their timelines, and makes no new ones", async () => {
    const strict = await startServer();
    try {
      const me = await new Visitor(strict).visit();
      await (await me.connect()).call("scheduleBlock", block);
      strict.vars.IDENTITY_PROVIDERS = "passkey";
      await strict.restart();
      const stranger = await new Visitor(strict).visit();
      assert.equal(stranger.identity, undefined);
      for (const by of [me, stranger]) {
        assert.deepEqual(await said(await by.fetch("/agents/chat/me/get-messages")), [401, "Sign in to use this."]);
        const connection = await connect(strict, { headers: by.headers });
        const { code } = await within(connection.closed, 10_000, () => "the end of a socket that should be refused");
        assert.deepEqual([code, connection.frames], [4401, []]);
      }
      assert.equal((await fetch(`${strict.url}/api/guest`, { method: "POST" })).status, 403);
      const passkey = new Passkey(strict.url);
      assert.equal((await me.register(passkey)).status, 200);
      assert.equal((await stranger.signIn(passkey)).status, 200);
      for (const by of [me, stranger]) assert.equal((await (await by.connect()).call("getCounts")).blocks.open, 1);
    } finally {
      await strict.stop();
    }
  });

  test("with guests alone offers no passkeys", async () => {
    const simple = await startServer({ vars: { IDENTITY_PROVIDERS: "guest" } });
    try {
      const me = await new Visitor(simple).visit();
      assert.deepEqual(await (await me.fetch("/auth")).json(), { providers: ["guest"], knownBy: "guest" });
      for (const path of POSTS.slice(0, 3)) {
        const response = await me.post(path, { purpose: "register", state: "x", credential: {} });
        assert.deepEqual(await said(response), [404, "Passkeys are not offered here."]);
      }
    } finally {
      await simple.stop();
    }
  });
});
