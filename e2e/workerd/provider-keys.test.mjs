// The keys of a provider: when they are fetched, what happens while they cannot be, and whose timeline a subject has.

import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { connect, greeted, guest } from "../lib/client.mjs";
import { makeKey, startIssuer } from "../lib/jwt.mjs";
import { leap, startLeaping } from "../lib/leap.mjs";
import { signIns } from "../lib/log.mjs";
import { within } from "../lib/until.mjs";

const REFUSED = "Cloudflare Access does not say who you are. Sign in there again.";
const MINUTE = 60_000;

let [issuer, server] = [];
/** How far the Worker's clock is ahead. */
let ahead = 0;

before(async () => {
  issuer = await startIssuer();
  const vars = { IDENTITY_PROVIDERS: "guest access", ACCESS_ISSUER: `${issuer.url}/`, ACCESS_AUDIENCE: "flux-tests" };
  server = await startLeaping({ vars });
});
after(() => Promise.all([server?.stop(), issuer?.stop()]));
afterEach(() => Object.assign(issuer, { status: 200, hold: async () => {} }));

const later = async (ms) => {
  await leap(server, ms);
  ahead += ms;
};
/** A token that is good now, by the Worker's clock. */
const token = ({ claims, ...more } = {}) => {
  const now = Math.floor((Date.now() + ahead) / 1_000);
  return issuer.token({ ...more, claims: { iat: now, nbf: now, exp: now + 300, ...claims } });
};
const asserted = (more) => ({ "cf-access-jwt-assertion": token(more) });
const by = (sub) => asserted({ claims: { sub } });
const get = (headers, path = "/agents/chat/me/get-messages") => fetch(`${server.url}${path}`, { headers });
const status = async (headers) => (await get(headers)).status;
const unknown = () => asserted({ header: { kid: `unknown-${Math.random()}` } });
const titles = async (client) => (await client.call("getTimeline")).timeline.blocks.map(({ title }) => title);
const block = (title) => ({ title, startTime: "2035-03-01T08:00" });
/** How often the keys were fetched while this ran. */
const fetches = async (run) => {
  const before = issuer.fetches;
  await run();
  return issuer.fetches - before;
};
const times = async (count, run) => {
  for (let at = 0; at < count; at++) await run(at);
};

describe("keys", () => {
  test("are fetched once for many requests", async () => {
    assert.equal(await fetches(() => times(30, async () => assert.equal(await status(by("me")), 200))), 1);
  });

  test("that are not known are asked for once a minute, however many tokens name one", async () => {
    const flood = () => times(10, async () => assert.equal(await status(unknown()), 401));
    assert.equal(await fetches(flood), 0, "the keys have just been fetched");
    await later(MINUTE + 1_000);
    assert.equal(await fetches(flood), 1);
    await later(MINUTE + 1_000);
    assert.equal(await fetches(flood), 1);
  });

  test("that are not known are asked for once, also by many requests at the same time", async () => {
    await later(MINUTE + 1_000);
    let open;
    const held = new Promise((resolve) => (open = resolve));
    issuer.hold = () => held;
    const count = await fetches(async () => {
      const all = Array.from({ length: 12 }, () => status(unknown()));
      await new Promise((resolve) => setTimeout(resolve, 500));
      open();
      assert.deepEqual(await Promise.all(all), Array(12).fill(401));
    });
    assert.equal(count, 1);
  });

  test("that are new are used after a minute, and those that were removed no longer", async () => {
    const old = issuer.keys;
    issuer.rotate([makeKey("RS256", "rsa-2"), makeKey("ES256", "ec-2")]);
    await later(MINUTE + 1_000);
    assert.equal(await fetches(() => times(5, async () => assert.equal(await status(by("me")), 200))), 1);
    assert.equal(await status(asserted({ key: issuer.keys[1] })), 200);
    for (const key of old) assert.equal(await status(asserted({ key })), 401, key.kid);
  });

  test("are fetched again after an hour", async () => {
    await later(60 * MINUTE + 1_000);
    assert.equal(await fetches(() => times(3, async () => assert.equal(await status(by("me")), 200))), 1);
  });

  test("are not asked for because of a token whose claims are wrong", async () => {
    await later(60 * MINUTE + 1_000);
    const wrong = [{ iss: "https://other.example" }, { aud: "other" }, { exp: 1 }, { sub: "" }];
    assert.equal(await fetches(() => times(4, async (at) => assert.equal(await status(asserted({ claims: wrong[at] })), 401))), 0);
  });
});

/** After that, keys are not used any more while their provider is down. */
const OLD = 24 * 60 * MINUTE + 1_000;

describe("a provider that is down", () => {
  const answers = {
    "status 500": () => (issuer.status = 500),
    "a redirect": () => (issuer.status = 302),
    "no keys": () => (issuer.published = undefined),
    "a list in place of the keys": () => (issuer.published = { "rsa-2": "key" }),
  };
  for (const [name, set] of Object.entries(answers)) {
    test(`${name}: nobody is let in, and everybody after it is up again`, async () => {
      const { published } = issuer;
      await later(OLD);
      const before = (await signIns(server, 1)).length;
      set();
      const response = await get(by("me"));
      assert.deepEqual([response.status, await response.text()], [401, REFUSED]);
      const { outcome } = (await signIns(server, before + 1)).at(-1);
      assert.equal(outcome, name.startsWith("status") || name.startsWith("a redirect") ? "provider-unreachable" : "token-key");
      Object.assign(issuer, { status: 200, published });
      // Keys that do not fit are kept for a minute.
      await later(MINUTE + 1_000);
      assert.equal(await status(by("me")), 200);
    });
  }

  test("is not missed for a day", async () => {
    await later(60 * MINUTE + 1_000);
    assert.equal(await status(by("me")), 200);
    issuer.status = 500;
    await later(23 * 60 * MINUTE);
    assert.equal(await status(by("me")), 200);
    issuer.status = 200;
    await later(MINUTE + 1_000);
  });

  test("one that does not answer is waited for for ten seconds, while others are served", async () => {
    await later(OLD);
    const somebody = await guest(server);
    issuer.hold = () => new Promise(() => {});
    const waiting = status(by("me"));
    assert.equal(await status({ authorization: `Bearer ${somebody.token}` }), 200);
    assert.equal(await within(waiting, 15_000, () => "the end of a request whose provider is silent"), 401);
  });

  test("is not asked again and again by whoever sends tokens", async () => {
    await later(OLD);
    issuer.status = 503;
    const count = await fetches(() => times(10, async () => assert.equal(await status(unknown()), 401)));
    assert.ok(count <= 2, `${count} fetches for 10 requests within a minute`);
  });
});

describe("a subject", () => {
  before(() => later(60 * MINUTE + 1_000));

  test("reaches the same timeline with every token, and another subject another one", async () => {
    const [one, same, another] = [await greeted(server, { headers: by("one") }), await greeted(server, { headers: by("one") }),
      await greeted(server, { headers: by("another") })];
    await one.call("scheduleBlock", block("Mine"));
    assert.deepEqual([await titles(same), await titles(another)], [["Mine"], []]);
    const exported = await (await get(by("one"), "/agents/chat/me/export")).text();
    assert.match(exported, /"Mine"/);
    assert.equal((await one.call("getAccount")).knownBy, "access");
  });

  test("whose first requests come at the same time has one timeline", async () => {
    const counts = [];
    for (let round = 0; round < 8; round++) {
      const headers = by(`hasty-${round}`);
      const all = await Promise.all(Array.from({ length: 16 }, () => status(headers)));
      assert.ok(all.every((it) => it === 200));
      counts.push((await (await get(headers, "/auth/timelines")).json()).length);
    }
    assert.deepEqual(counts, Array(8).fill(1));
  });

  test("is not another one whose name is similar, or who is known by another provider", async () => {
    const somebody = await guest(server);
    const theirs = await greeted(server, { token: somebody.token });
    await theirs.call("scheduleBlock", block("Theirs"));
    for (const sub of ["One", "one ", "one\0", "access:one", "guest:one", somebody.name, `guest:${somebody.name}`, "../one", "öne"]) {
      assert.deepEqual(await titles(await greeted(server, { headers: by(sub) })), [], JSON.stringify(sub));
    }
  });

  test("keeps what a guest has begun in the browser, whose cookie then opens nothing without the assertion", async () => {
    const somebody = await guest(server);
    const cookie = `flux=${somebody.token}`;
    const before = await greeted(server, { headers: { cookie } });
    await before.call("scheduleBlock", block("Begun as a guest"));
    const mine = await greeted(server, { headers: { cookie, ...by("newcomer") } });
    assert.deepEqual(await titles(mine), ["Begun as a guest"]);
    assert.equal((await before.closed).code, 1012, "the guest's connection is closed");
    assert.equal(await status({ cookie }), 401);
    assert.deepEqual(await titles(await greeted(server, { headers: by("newcomer") })), ["Begun as a guest"]);
    assert.deepEqual(await titles(await greeted(server, { headers: { cookie, ...by("thief") } })), [], "it is claimed once");
  });

  test("with several timelines chooses which one is shown", async () => {
    const bring = async (title) => {
      const headers = { cookie: `flux=${(await guest(server)).token}` };
      await (await greeted(server, { headers })).call("scheduleBlock", block(title));
      await greeted(server, { headers: { ...headers, ...by("rich") } });
    };
    await bring("First");
    await bring("Second");
    const [one, two] = await (await get(by("rich"), "/auth/timelines")).json();
    assert.deepEqual([one.isShown, two.isShown], [true, false]);
    const choose = () => fetch(`${server.url}/auth/timelines`, { method: "POST", headers: { ...by("rich"), "content-type": "application/json" }, body: JSON.stringify({ id: two.id }) });
    const response = await choose();
    assert.deepEqual([response.status, response.headers.get("set-cookie")], [204, null]);
    assert.deepEqual(await titles(await greeted(server, { headers: by("rich") })), ["Second"]);
  });

  test("with a bad assertion does not become the guest of the cookie", async () => {
    const somebody = await guest(server);
    const cookie = `flux=${somebody.token}`;
    await (await greeted(server, { headers: { cookie } })).call("scheduleBlock", block("Mine"));
    const bad = asserted({ claims: { exp: 1 } });
    const response = await get({ cookie, ...bad });
    assert.deepEqual([response.status, await response.text()], [401, REFUSED]);
    const connection = await connect(server, { headers: { cookie, ...bad } });
    assert.deepEqual([(await connection.closed).code, connection.frames], [4401, []]);
    assert.deepEqual(await titles(await greeted(server, { headers: { cookie } })), ["Mine"], "nothing was changed");
  });

  test("with a token beside the assertion is who the token says", async () => {
    const somebody = await guest(server);
    await (await greeted(server, { token: somebody.token })).call("scheduleBlock", block("By token"));
    const headers = { authorization: `Bearer ${somebody.token}`, ...by("one") };
    assert.match(await (await get(headers, "/agents/chat/me/export")).text(), /"By token"/);
    assert.equal(await status({ authorization: "Bearer nonsense", ...by("one") }), 401);
  });

  test("is told by GET /auth how it is known", async () => {
    const options = await (await get(by("one"), "/auth")).json();
    assert.deepEqual(options, { providers: ["guest", "access"], knownBy: "access" });
  });
});
