// The check of new guests: nobody gets an identity without a token that Cloudflare accepts, and everybody else goes on as before.

import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { Passkey } from "../lib/authenticator.mjs";
import { connect, greeted, guest } from "../lib/client.mjs";
import { untilLimited } from "../lib/limited.mjs";
import { freePort, startServer } from "../lib/server.mjs";
import { startTurnstile } from "../lib/turnstile.mjs";
import { within } from "../lib/until.mjs";
import { Visitor } from "../lib/visitor.mjs";

const MESSAGES = "/agents/chat/me/get-messages";
const POLICY = "content-security-policy";
const CLOUDFLARE = "https://challenges.cloudflare.com";
const AGAIN = "The check was not passed. Nothing was made; try again.";
const USED = "The check was too long ago, or was used already. Nothing was made; try again.";
const LATER = "The check cannot be done at the moment. Nothing was made; try again in a minute.";
const block = { title: "Mine", startTime: "2035-03-01T08:00" };

const said = async (response) => [response.status, await response.text()];
const state = mkdtempSync(join(tmpdir(), "flux-turnstile-"));
/** The number of objects in which somebody has stored something. */
function objects() {
  const all = join(state, "v3/do");
  const classes = existsSync(all) ? readdirSync(all).filter((name) => name.endsWith("-Chat")) : [];
  return classes.flatMap((name) => readdirSync(join(all, name))).filter((file) => /^[0-9a-f]+\.sqlite$/.test(file)).length;
}

let server, turnstile, old, program;
before(async () => {
  [turnstile, server] = await Promise.all([startTurnstile(), startServer({ state })]);
  // Guests from before the check was switched on. One has used the timeline, and one has only loaded the page.
  old = [await new Visitor(server).visit(), await new Visitor(server).visit()];
  await (await old[0].connect()).call("scheduleBlock", block);
  program = await guest(server);
  Object.assign(server.vars, turnstile.vars);
  await server.restart();
});
after(async () => {
  await Promise.all([server?.stop(), turnstile?.stop()]);
  rmSync(state, { recursive: true, force: true });
});

/** A new browser that has sent this token. Returns the browser and the response. */
async function begin(token, headers) {
  const visitor = await new Visitor(server).visit();
  return [visitor, await visitor.post("/auth/guest", { token }, headers)];
}

describe("a new browser", () => {
  test("gets neither a cookie nor an object, and is told what the page needs for the check", async () => {
    const [number, visitor] = [objects(), new Visitor(server)];
    const page = await visitor.fetch("/");
    assert.deepEqual([page.headers.getSetCookie(), page.headers.get("cache-control")], [[], "no-store"]);
    assert.deepEqual((await visitor.fetch("/index.html")).headers.getSetCookie(), []);
    assert.deepEqual(await (await visitor.fetch("/auth")).json(),
      { providers: ["guest", "passkey"], turnstile: turnstile.vars.TURNSTILE_SITE_KEY });
    const reason = "New guests pass a check first: load the page. A program needs an access token from a timeline's settings.";
    for (const path of [MESSAGES, "/agents/chat/me/export", "/agents/chat/u-1/get-messages"]) {
      assert.deepEqual(await said(await visitor.fetch(path)), [401, reason], path);
    }
    assert.deepEqual(await said(await visitor.post("/api/ticket", {})), [401, reason]);
    assert.deepEqual(await said(await visitor.post("/api/guest", {})), [403, reason]);
    const socket = await connect(server, { headers: visitor.headers });
    assert.deepEqual(await within(socket.closed, 10_000, () => "the end of a socket that should be refused"), { code: 4403, reason });
    assert.deepEqual([socket.frames, visitor.cookies, objects(), turnstile.asked.length], [[], {}, number, 0]);
  });

  test("with a token that Cloudflare accepts is a guest like any other", async () => {
    const number = objects();
    const token = turnstile.token();
    const [visitor, response] = await begin(token, { "cf-connecting-ip": "192.0.2.7" });
    assert.deepEqual([...await said(response), response.headers.get("cache-control")], [204, "", "no-store"]);
    assert.match(response.headers.get("set-cookie"), /^flux=u-[0-9a-f]{32}~[0-9a-f]{8}\.[0-9a-f]{64}; Path=\/; Max-Age=34560000; HttpOnly; SameSite=Lax$/);
    const { secret, response: sent, remoteip, idempotency_key } = turnstile.asked.at(-1);
    assert.deepEqual([secret, sent, remoteip], [turnstile.vars.TURNSTILE_SECRET, token, "192.0.2.7"]);
    assert.match(idempotency_key, /^[0-9a-f-]{36}$/);
    assert.deepEqual(await (await visitor.fetch("/auth")).json(), { providers: ["guest", "passkey"], knownBy: "guest" });
    assert.equal((await visitor.fetch("/")).headers.get("set-cookie"), null);
    await (await visitor.connect()).call("scheduleBlock", block);
    assert.equal(objects(), number + 1);

    const { identity } = visitor;
    assert.equal((await visitor.post("/auth/guest", { token: "anything" })).status, 204, "in another tab");
    assert.equal(visitor.identity, identity);
  });

  test("is refused with a token that was used, is not for this page, or is none", async () => {
    const number = objects();
    const used = turnstile.token();
    assert.equal((await begin(used))[1].status, 204);
    const cases = [
      [used, 403, USED],
      [turnstile.token({ hostname: "evil.example" }), 403, AGAIN],
      [turnstile.token({ action: "login" }), 403, AGAIN],
      [turnstile.token({ action: undefined }), 403, AGAIN],
      ["guessed", 403, AGAIN],
      ["", 422, AGAIN],
      ["x".repeat(2_049), 422, AGAIN],
    ];
    for (const [token, ...expected] of cases) {
      const [visitor, response] = await begin(token);
      assert.deepEqual([await said(response), visitor.cookies], [expected, {}], token);
    }
    const visitor = new Visitor(server);
    for (const body of ["", "{}", '{"token":7}', "token=x"]) assert.equal((await visitor.post("/auth/guest", body)).status, 422, body);
    const foreign = await visitor.post("/auth/guest", { token: turnstile.token() }, { origin: "https://evil.example" });
    assert.equal(foreign.status, 403);
    assert.deepEqual([visitor.cookies, objects()], [{}, number]);
  });

  test("is asked to try again while Cloudflare does not answer, and not after one failure", async () => {
    const failures = {
      "HTTP 500": (response) => response.writeHead(500).end("{}"),
      "a redirect": (response) => response.writeHead(302, { location: "https://evil.example" }).end(),
      "no JSON": (response) => response.end("<!doctype html>"),
      "another shape": (response) => response.end("[]"),
      "an answer that is too long": (response) => response.end(JSON.stringify({ success: true, cdata: "x".repeat(300_000) })),
      "a connection that ends": (response) => response.destroy(),
    };
    for (const [name, fail] of Object.entries(failures)) {
      // An answer in JSON is an answer: it is not asked for again.
      turnstile.answer(fail, ...(name === "another shape" ? [] : [fail]));
      const token = turnstile.token();
      const [visitor, response] = await begin(token);
      assert.deepEqual([await said(response), visitor.cookies], [[503, LATER], {}], name);
      assert.equal((await visitor.post("/auth/guest", { token })).status, 204, name);
    }
    // Cloudflare has accepted the token, and its answer is lost.
    const token = turnstile.token();
    const before = turnstile.asked.length;
    turnstile.answer((response) => response.destroy());
    assert.equal((await begin(token))[1].status, 204);
    const [first, second] = turnstile.asked.slice(before);
    assert.deepEqual([turnstile.asked.length, first], [before + 2, second]);
  });
});

describe("everybody else", () => {
  test("goes on without a check: guests from before, with a cookie or a token, and who signs in", async () => {
    const asked = turnstile.asked.length;
    const [used, unused] = old;
    assert.equal((await (await used.connect()).call("getCounts")).blocks.open, 1);
    await (await unused.connect()).call("scheduleBlock", block);
    await (await greeted(server, { token: program.token })).call("scheduleBlock", block);
    const { secret } = await (await used.connect()).call("makeToken", { name: "Cron", scopes: ["read"] });
    const read = await fetch(`${server.url}${MESSAGES}`, { headers: { authorization: `Bearer ${secret}` } });
    assert.equal(read.status, 200);

    const passkey = new Passkey(server.url);
    assert.equal((await used.register(passkey)).status, 200);
    const elsewhere = await new Visitor(server).visit();
    assert.equal((await elsewhere.signIn(passkey)).status, 200);
    assert.equal((await (await elsewhere.connect()).call("getCounts")).blocks.open, 1);
    assert.equal(turnstile.asked.length, asked);
    // Without the cookie, the browser is a new one.
    assert.equal((await elsewhere.post("/auth/sign-out", {})).status, 204);
    assert.deepEqual((await elsewhere.visit()).cookies, {});
  });

  test("gets the page with the narrow policy, and only a new browser the one for the widget", async () => {
    const narrow = (await old[1].fetch("/")).headers;
    assert.ok(!narrow.get(POLICY).includes(CLOUDFLARE), narrow.get(POLICY));
    const wide = (await new Visitor(server).fetch("/")).headers.get(POLICY).split("; ");
    const added = wide.filter((directive) => !narrow.get(POLICY).split("; ").includes(directive));
    assert.deepEqual(added, [`script-src ${CLOUDFLARE} 'self' 'wasm-unsafe-eval'`, `frame-src ${CLOUDFLARE}`]);
    // A browser that has kept the page from when it was known.
    const kept = { "if-none-match": narrow.get("etag") };
    assert.equal((await old[1].fetch("/", { headers: kept })).status, 304);
    const again = await new Visitor(server).fetch("/", { headers: kept });
    assert.deepEqual([again.status, again.headers.get(POLICY)], [200, wide.join("; ")]);
    for (const path of ["/healthz", "/auth", "/no/such/file"]) {
      const policy = (await fetch(`${server.url}${path}`)).headers.get(POLICY);
      assert.ok(!policy.includes(CLOUDFLARE), `${path}: ${policy}`);
    }
  });
});

describe("a deployment", () => {
  test("without the variables has no check", async () => {
    const plain = await startServer();
    try {
      const visitor = new Visitor(plain);
      const page = await visitor.fetch("/");
      assert.ok(!page.headers.get(POLICY).includes(CLOUDFLARE));
      assert.match(visitor.identity, /^u-/);
      assert.deepEqual(await (await fetch(`${plain.url}/auth`)).json(), { providers: ["guest", "passkey"] });
      const none = await new Visitor(plain).post("/auth/guest", { token: "x" });
      assert.deepEqual(await said(none), [404, "New guests pass no check here: load the page."]);
      assert.ok((await guest(plain)).token);
    } finally {
      await plain.stop();
    }
  });

  test("that cannot reach Cloudflare makes nobody a guest, and limits attempts", async () => {
    const wrong = await startServer({ vars: { ...turnstile.vars, TURNSTILE_SITEVERIFY: `http://127.0.0.1:${await freePort()}/` } });
    try {
      const visitor = await new Visitor(wrong).visit();
      assert.deepEqual([await said(await visitor.post("/auth/guest", { token: "x" })), visitor.cookies], [[503, LATER], {}]);

      wrong.vars.LIMITS = "on";
      await wrong.restart();
      const post = () => new Visitor(wrong).post("/auth/guest", { token: "" }, { "cf-connecting-ip": "192.0.2.7" });
      await untilLimited(40, 422, post);
    } finally {
      await wrong.stop();
    }
  });
});
