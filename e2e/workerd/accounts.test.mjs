// Accounts with passkeys: a guest keeps the timeline, other browsers reach it, and sessions end.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Passkey } from "../lib/authenticator.mjs";
import { connect, greeted } from "../lib/client.mjs";
import { startServer } from "../lib/server.mjs";
import { within } from "../lib/until.mjs";
import { Visitor } from "../lib/visitor.mjs";

let server;
before(async () => (server = await startServer()));
after(() => server?.stop());

const MESSAGES = "/agents/chat/me/get-messages";
const block = (title) => ({ title, startTime: "2035-03-01T08:00" });
const titles = async (client) => (await client.call("getTimeline")).timeline.blocks.map(({ title }) => title);
const shown = async (visitor) => titles(await visitor.connect());
const json = async (response) => [response.status, await response.json()];

/** A guest in a browser, with a block. */
async function guest(title = "Mine", device) {
  const visitor = await new Visitor(server, device).visit();
  const client = await visitor.connect();
  await client.call("scheduleBlock", block(title));
  return { visitor, client };
}

/** Somebody with a passkey and a block. */
async function member(title) {
  const { visitor } = await guest(title);
  const passkey = new Passkey(server.url);
  const response = await visitor.register(passkey);
  assert.deepEqual(await json(response), [200, { hasChoice: false }]);
  return { visitor, passkey };
}

/** The end of a connection. */
const end = (connection) => within(connection.closed, 15_000, () => "the end of a connection");
const refused = async (options) => end(await connect(server, options));

describe("a guest who makes a passkey", () => {
  test("keeps the timeline under a session, and the guest's token opens it no longer", async () => {
    const { visitor, client } = await guest("Mine");
    const token = visitor.identity;
    const passkey = new Passkey(server.url);
    const response = await visitor.register(passkey);
    assert.deepEqual(await json(response), [200, { hasChoice: false }]);
    const [cookie] = response.headers.getSetCookie();
    assert.match(cookie, /^flux=[\w~.-]+; Path=\/; Max-Age=34560000; HttpOnly; SameSite=Lax$/);
    assert.notEqual(visitor.identity, token);
    assert.equal((await end(client)).code, 1012, "the guest's connection is closed");

    for (const headers of [{ authorization: `Bearer ${token}` }, { cookie: `flux=${token}` }]) {
      const response = await fetch(`${server.url}${MESSAGES}`, { headers });
      assert.equal(response.status, 401);
      assert.match(await response.text(), /has an account now/);
      const { code, reason } = await refused({ headers });
      assert.equal(code, 4401);
      assert.match(reason, /has an account now/);
    }
    assert.deepEqual(await shown(visitor), ["Mine"]);
    assert.deepEqual(await (await visitor.fetch("/auth")).json(), { providers: ["guest", "passkey"], knownBy: "passkey" });
    const account = await (await visitor.connect()).call("getAccount");
    assert.deepEqual([account.knownBy, account.methods.map(({ provider }) => provider), account.tokens], ["passkey", ["passkey"], []]);
  });

  test("keeps access tokens, which work on", async () => {
    const { visitor, client } = await guest("Mine");
    const { secret } = await client.call("makeToken", { name: "Cron", scopes: ["read"] });
    const program = await connect(server, { headers: { authorization: `Bearer ${secret}` } });
    await visitor.register(new Passkey(server.url));
    const { status } = await fetch(`${server.url}${MESSAGES}`, { headers: { authorization: `Bearer ${secret}` } });
    assert.equal(status, 200);
    assert.ok(await program.call("getCounts"));
  });

  test("with an RSA key, as some devices have, reaches it too", async () => {
    const { visitor } = await guest("By RSA");
    const passkey = new Passkey(server.url, "RS256");
    assert.equal((await visitor.register(passkey)).status, 200);
    const second = new Visitor(server);
    assert.equal((await second.signIn(passkey)).status, 200);
    assert.deepEqual(await shown(second), ["By RSA"]);
  });

  test("is claimed once, by whoever comes first", async () => {
    const { visitor } = await guest("Mine");
    const browsers = Array.from({ length: 4 }, () => Object.assign(new Visitor(server), { cookies: { ...visitor.cookies } }));
    const keys = browsers.map(() => new Passkey(server.url));
    const all = await Promise.all(browsers.map((browser, at) => browser.register(keys[at])));
    assert.deepEqual(all.map(({ status }) => status).sort(), [200, 401, 401, 401]);
    const seen = [];
    for (const key of keys) {
      const browser = new Visitor(server);
      if ((await browser.signIn(key)).status === 200) seen.push(...(await shown(browser)));
    }
    assert.deepEqual(seen, ["Mine"]);
  });

  test("can make a second one, and sign in with both", async () => {
    const { visitor, passkey } = await member("Mine");
    const second = new Passkey(server.url);
    const session = visitor.identity;
    assert.deepEqual(await json(await visitor.register(second)), [200, { hasChoice: false }]);
    assert.equal(visitor.identity, session, "it is the same session");
    for (const key of [passkey, second]) {
      const other = new Visitor(server);
      await other.signIn(key);
      assert.deepEqual(await shown(other), ["Mine"]);
    }
    assert.equal((await (await visitor.connect()).call("getAccount")).methods.length, 2);
  });
});

describe("a second browser", () => {
  test("reaches the same timeline with the passkey", async () => {
    const { visitor, passkey } = await member("Mine");
    for (const second of [new Visitor(server), await new Visitor(server).visit()]) {
      assert.deepEqual(await json(await second.signIn(passkey)), [200, { hasChoice: false }]);
      const client = await second.connect();
      await client.call("scheduleBlock", block("By the second"));
    }
    assert.deepEqual((await shown(visitor)).sort(), ["By the second", "By the second", "Mine"]);
    const [only, ...more] = await (await visitor.fetch("/auth/timelines")).json();
    assert.deepEqual([only.isShown, only.blocks, more], [true, 3, []]);
  });

  test("with a timeline of its own keeps both, and chooses which one it shows", async () => {
    const { visitor, passkey } = await member("At home");
    const { visitor: second, client } = await guest("At work");
    const token = second.identity;
    assert.deepEqual(await json(await second.signIn(passkey)), [200, { hasChoice: true }]);
    assert.equal((await end(client)).code, 1012);
    assert.deepEqual(await shown(second), ["At home"]);
    assert.equal((await fetch(`${server.url}${MESSAGES}`, { headers: { cookie: `flux=${token}` } })).status, 401);

    const list = async (by) => (await (await by.fetch("/auth/timelines")).json()).map(({ isShown, blocks }) => [isShown, blocks]);
    assert.deepEqual(await list(second), [[true, 1], [false, 1]]);
    const [, other] = await (await second.fetch("/auth/timelines")).json();
    assert.ok(Date.parse(other.changed) <= Date.now());
    const old = second.headers;
    const open = await second.connect();
    await open.call("getCounts");
    const chosen = await second.post("/auth/timelines", { id: other.id });
    assert.deepEqual([chosen.status, chosen.headers.getSetCookie().length], [204, 1]);
    assert.deepEqual(await shown(second), ["At work"]);
    assert.deepEqual(await list(second), [[false, 1], [true, 1]]);
    assert.equal((await end(open)).code, 1012, "the connection to the other one is closed");
    assert.equal((await fetch(`${server.url}${MESSAGES}`, { headers: old })).status, 401);
    // The first browser shows what it has shown, until it signs in again.
    assert.deepEqual([await shown(visitor), await list(visitor)], [["At home"], [[true, 1], [false, 1]]]);
    const third = new Visitor(server);
    await third.signIn(passkey);
    assert.deepEqual(await shown(third), ["At work"]);
  });

  test("whose timeline is one too many for the account stays its guest", async () => {
    const { passkey } = await member("The first");
    for (let at = 2; at <= 20; at++) await (await guest(`Timeline ${at}`)).visitor.signIn(passkey);
    const { visitor } = await guest("One too many");
    const token = visitor.identity;
    const refused = await visitor.signIn(passkey);
    assert.deepEqual([refused.status, refused.headers.getSetCookie()], [409, []]);
    assert.match(await refused.text(), /as many timelines as it may have.*nothing was changed/);
    assert.deepEqual([visitor.identity, await shown(visitor)], [token, ["One too many"]], "or nobody reaches it");
    const again = new Visitor(server);
    await again.signIn(passkey);
    assert.equal((await (await again.fetch("/auth/timelines")).json()).length, 20);
  });

  test("does not get the timeline of somebody else by choosing it", async () => {
    const { visitor } = await member("Mine");
    const { visitor: other } = await member("Theirs");
    const [{ id }] = await (await other.fetch("/auth/timelines")).json();
    const { visitor: bystander } = await guest("A guest's");
    const name = bystander.identity.split("~")[0];
    for (const wrong of [id, name, "me", "", "../x", `u-${"0".repeat(32)}`]) {
      const response = await visitor.post("/auth/timelines", { id: wrong });
      assert.deepEqual([response.status, await response.text()], [404, "This is none of your timelines. Nothing was changed."], wrong);
    }
    assert.equal((await visitor.fetch(`/agents/chat/${id}/export`)).status, 400);
    assert.deepEqual([await shown(visitor), await shown(other), await shown(bystander)], [["Mine"], ["Theirs"], ["A guest's"]]);
  });

  test("that is signed in as somebody else does not bring that one's timeline", async () => {
    const [one, two] = [await member("One's"), await member("Two's")];
    assert.deepEqual(await json(await one.visitor.signIn(two.passkey)), [200, { hasChoice: false }]);
    assert.deepEqual(await shown(one.visitor), ["Two's"]);
    const back = new Visitor(server);
    await back.signIn(one.passkey);
    assert.deepEqual(await shown(back), ["One's"]);
    assert.equal((await (await back.fetch("/auth/timelines")).json()).length, 1);
  });
});

describe("sessions", () => {
  test("are listed by browser, and one is ended from another one", async () => {
    const { visitor, passkey } = await member("Mine");
    const phone = new Visitor(server, "Safari on iPhone");
    const work = new Visitor(server, "Chrome on Windows");
    for (const browser of [phone, work]) await browser.signIn(passkey);
    const client = await visitor.connect();
    const { sessions } = await client.call("getAccount");
    assert.deepEqual(sessions.map(({ label }) => label).sort(), ["Chrome on Windows", "Firefox on Linux", "Safari on iPhone"]);
    assert.deepEqual(sessions.filter(({ isCurrent }) => isCurrent).map(({ label }) => label), ["Firefox on Linux"]);
    assert.ok(sessions.every(({ provider, made, used }) => provider === "passkey" && Date.parse(made) <= Date.parse(used)));

    const onPhone = await phone.connect();
    await onPhone.call("getCounts");
    const { id } = sessions.find(({ label }) => label === "Safari on iPhone");
    assert.equal((await client.call("endSession", { id })).sessions.length, 2);
    assert.equal((await end(onPhone)).code, 1012);
    assert.equal((await refused({ headers: phone.headers })).code, 4401);
    const response = await phone.fetch(MESSAGES);
    assert.deepEqual([response.status, await response.text()], [401, "You are signed out."]);
    assert.deepEqual([await shown(work), await shown(visitor)], [["Mine"], ["Mine"]]);
    assert.equal((await client.tell("endSession", [{ id }])).success, false);
  });

  test("signing out ends this one alone", async () => {
    const { visitor, passkey } = await member("Mine");
    const second = new Visitor(server);
    await second.signIn(passkey);
    const [mine, others] = [await visitor.connect(), await second.connect()];
    for (const client of [mine, others]) await client.call("getCounts");
    const old = visitor.headers;
    const response = await visitor.post("/auth/sign-out", {});
    assert.deepEqual([response.status, visitor.identity], [204, undefined]);
    assert.match(response.headers.getSetCookie()[0], /^flux=; Path=\/; Max-Age=0; HttpOnly; SameSite=Lax$/);
    assert.equal((await end(mine)).code, 1012);
    assert.equal((await fetch(`${server.url}${MESSAGES}`, { headers: old })).status, 401, "also with the cookie");
    assert.equal((await others.call("getCounts")).blocks.open, 1);
    await visitor.visit();
    assert.deepEqual(await shown(visitor), [], "a new guest");
  });

  test("signing out everywhere ends all, in all timelines, and closes their connections", async () => {
    const { visitor, passkey } = await member("Mine");
    const { visitor: second } = await guest("At work");
    await second.signIn(passkey);
    const [, other] = await (await second.fetch("/auth/timelines")).json();
    await second.post("/auth/timelines", { id: other.id });
    const clients = [await visitor.connect(), await second.connect()];
    for (const client of clients) await client.call("getCounts");
    const cookies = [visitor.headers, second.headers];
    assert.equal((await visitor.post("/auth/sign-out", { everywhere: true })).status, 204);
    assert.deepEqual((await Promise.all(clients.map(end))).map(({ code }) => code), [1012, 1012]);
    for (const headers of cookies) assert.equal((await fetch(`${server.url}${MESSAGES}`, { headers })).status, 401);
    await visitor.signIn(passkey);
    assert.deepEqual(await shown(visitor), ["At work"], "nothing was lost");
  });

  test("are no tokens for programs, and tickets end with them", async () => {
    const { visitor } = await member("Mine");
    const { identity } = visitor;
    const token = { authorization: `Bearer ${identity}` };
    assert.equal((await fetch(`${server.url}${MESSAGES}`, { headers: token })).status, 401);
    assert.equal((await fetch(`${server.url}${MESSAGES}?token=${identity}`)).status, 401);
    const ticket = async () => (await (await visitor.post("/api/ticket", "")).json()).ticket;
    const [used, late] = [await ticket(), await ticket()];
    assert.deepEqual(await titles(await greeted(server, { token: used })), ["Mine"]);
    await visitor.post("/auth/sign-out", {});
    assert.equal((await refused({ token: late })).code, 4401);
    assert.ok(!server.log().includes(identity.slice(0, 40)));
  });

  test("that have ended are signed out without an error, and cannot end the others", async () => {
    const { visitor, passkey } = await member("Mine");
    const second = new Visitor(server);
    await second.signIn(passkey);
    const stolen = { ...second.cookies };
    await second.post("/auth/sign-out", {});
    const thief = new Visitor(server);
    thief.cookies = { ...stolen };
    assert.equal((await thief.post("/auth/sign-out", { everywhere: true })).status, 204);
    assert.deepEqual(await shown(visitor), ["Mine"]);
    thief.cookies = stolen;
    assert.equal((await thief.fetch("/auth/timelines")).status, 401);
    assert.equal((await thief.post("/auth/timelines", { id: "x" })).status, 401);
    // Before the device makes a passkey that nobody could use.
    assert.equal((await thief.post("/auth/passkey/options", { purpose: "register" })).status, 401);
  });
});
