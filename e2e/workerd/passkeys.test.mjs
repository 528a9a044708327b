// Answers of browsers about passkeys that must not let anybody in.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { FLAGS, Passkey } from "../lib/authenticator.mjs";
import { encode, makeKey, part, signature } from "../lib/jwt.mjs";
import { leap, startLeaping } from "../lib/leap.mjs";
import { signIns } from "../lib/log.mjs";
import { Visitor } from "../lib/visitor.mjs";

let server;
before(async () => (server = await startLeaping()));
after(() => server?.stop());

const REGISTER = "/auth/passkey/register";
const SIGN_IN = "/auth/passkey/sign-in";
const block = (title) => ({ title, startTime: "2035-03-01T08:00" });
const shown = async (visitor) => (await (await visitor.connect()).call("getTimeline")).timeline.blocks.map(({ title }) => title);

async function guest(title) {
  const visitor = await new Visitor(server).visit();
  await (await visitor.connect()).call("scheduleBlock", block(title));
  return visitor;
}

async function member(title, passkey = new Passkey(server.url), more) {
  const visitor = await guest(title);
  assert.equal((await visitor.register(passkey, more)).status, 200);
  return { visitor, passkey };
}

/** Everybody whose answer is wrong, at once: `[name, outcome, answer]`. Each is refused for its own reason. */
async function allRefused(cases, visitor, path) {
  const wrong = [];
  for (const [name, outcome, body] of cases) {
    const [before, attempts] = [{ ...visitor.cookies }, await signIns(server, 0)];
    const response = await visitor.post(path, await body());
    const text = await response.text();
    const isSentence = / Nothing was changed; try again\.$/.test(text);
    const isRefused = response.status === 403 && isSentence && response.headers.getSetCookie().length === 0;
    const logged = (await signIns(server, attempts.length + 1))[attempts.length].outcome;
    if (!isRefused || logged !== outcome) wrong.push({ name, status: response.status, text, logged, expected: outcome });
    visitor.cookies = before;
  }
  assert.deepEqual(wrong, []);
}

/** What is wrong with both kinds of answers: `[name, outcome, changes]`. */
const both = () => [
  ["another challenge", "passkey-challenge", { client: { challenge: encode("another challenge") } }],
  ["no challenge", "passkey-form", { client: { challenge: undefined } }],
  ["another site", "passkey-origin", { client: { origin: "https://evil.example" } }],
  ["another port", "passkey-origin", { client: { origin: `http://127.0.0.1:${server.port + 1}` } }],
  ["another scheme", "passkey-origin", { client: { origin: server.url.replace("http", "https") } }],
  ["a slash after the origin", "passkey-origin", { client: { origin: `${server.url}/` } }],
  ["a frame in another site", "passkey-origin", { client: { crossOrigin: true } }],
  ["another host", "passkey-origin", { host: "evil.example" }],
  ["the host with its port", "passkey-origin", { host: `127.0.0.1:${server.port}` }],
  ["nobody was present", "passkey-unverified", { flags: FLAGS.verified | FLAGS.credential }],
  ["nobody was verified", "passkey-unverified", { flags: FLAGS.present | FLAGS.credential }],
  ["no flags", "passkey-unverified", { flags: 0 }],
  ["data without an end", "passkey-form", { response: { authenticatorData: encode("short") } }],
  ["data that are no base64", "passkey-form", { response: { authenticatorData: "%%%" } }],
  ["what the browser says is no JSON", "passkey-form", { response: { clientDataJSON: encode("{") } }],
  ["what the browser says is missing", "passkey-form", { response: { clientDataJSON: undefined } }],
];

test("a passkey is not made for what the browser should not have answered, and the guest stays one", async () => {
  const visitor = await guest("Mine");
  const made = (more) => async () => {
    const { publicKey, state } = await visitor.options("register");
    return { state, credential: new Passkey(server.url).register(publicKey, more) };
  };
  const { state: signingIn, publicKey: request } = await visitor.options("sign-in");
  const as = (more) => new Passkey(server.url).register({ user: { id: "x" }, rp: { id: "127.0.0.1" }, ...more });
  const list = (challenge) => part(["webauthn.create", challenge, server.url, false]);
  await allRefused([
    ...both().map(([name, outcome, more]) => [name, outcome, made(more)]),
    ["an answer to signing in", "passkey-form", made({ client: { type: "webauthn.get" } })],
    ["data without a passkey", "passkey-form", made({ flags: FLAGS.present | FLAGS.verified })],
    ["data about another passkey", "passkey-form", made({ credentialId: Buffer.from("another one's id") })],
    ["a kind of key that is not supported", "passkey-algorithm", made({ response: { publicKeyAlgorithm: -8 } })],
    ["a key that is too long", "passkey-form", made({ response: { publicKey: encode(Buffer.alloc(3_000)) } })],
    ["options for signing in", "passkey-challenge", () => ({ state: signingIn, credential: as(request) })],
    ["options that nobody made", "passkey-challenge", () => ({ state: "x", credential: as({ challenge: "x" }) })],
    ["no credential", "passkey-form", async () => ({ ...(await made()()), credential: {} })],
    ["a credential that is a list", "passkey-form", async () => {
      const { state, credential } = await made()();
      return { state, credential: [credential.id, credential.response] };
    }],
    ["what the browser says is a list", "passkey-form", async () => {
      const { publicKey, state } = await visitor.options("register");
      return { state, credential: new Passkey(server.url).register(publicKey, { response: { clientDataJSON: list(publicKey.challenge) } }) };
    }],
  ], visitor, REGISTER);
  assert.equal((await (await visitor.fetch("/auth")).json()).knownBy, "guest");
  assert.deepEqual(await shown(visitor), ["Mine"]);
});

test("a passkey whose key nobody can use is not made, so that the timeline is not lost", async () => {
  const visitor = await guest("Mine");
  const { publicKey } = makeKey("RS256", "other");
  for (const key of [encode("no key"), encode(publicKey.export({ type: "spki", format: "der" }))]) {
    assert.equal((await visitor.register(new Passkey(server.url), { response: { publicKey: key } })).status, 403);
  }
  assert.deepEqual(await shown(visitor), ["Mine"]);
});

test("an answer that is wrong signs nobody in", async () => {
  const [me, other] = [await member("Mine"), await member("Theirs")];
  const visitor = new Visitor(server);
  const signed = (more, passkey = me.passkey) => async () => {
    const { publicKey, state } = await visitor.options("sign-in");
    return { state, credential: passkey.assert(publicKey, more) };
  };
  const handle = async (passkey) => (await signed({}, passkey)()).credential.response.userHandle;
  const edited = (edit) => async () => {
    const { state, credential } = await signed()();
    return { state, credential: edit(credential) ?? credential };
  };
  const response = (more) => ({ response: more });
  await allRefused([
    ...both().map(([name, outcome, more]) => [name, outcome, signed(more)]),
    ["an answer to making one", "passkey-form", signed({ client: { type: "webauthn.create" } })],
    ["the signature of another key", "passkey-unknown", signed({ key: makeKey("ES256", "other") })],
    ["the signature of an RSA key", "passkey-form", signed({ key: makeKey("RS256", "other") })],
    ["no signature", "passkey-form", signed(response({ signature: "" }))],
    ["a signature without DER", "passkey-form", signed(response({ signature: encode(signature("ES256", makeKey("ES256", "x").privateKey, "x")) }))],
    ["a signature of zeros", "passkey-unknown", signed(response({ signature: encode(Buffer.from("3006020100020100", "hex")) }))],
    ["the signature of another answer", "passkey-unknown", async () => {
      const [one, two] = [await signed()(), await signed()()];
      one.credential.response.signature = two.credential.response.signature;
      return one;
    }],
    ["other data under the signature", "passkey-unknown", edited((it) => {
      it.response.authenticatorData = encode(Buffer.from(it.response.authenticatorData, "base64url").fill(9, 36));
    })],
    ["nobody's name", "passkey-form", signed(response({ userHandle: undefined }))],
    ["an empty name", "passkey-form", signed(response({ userHandle: "" }))],
    ["a name of another length", "passkey-form", signed(response({ userHandle: encode("nobody") }))],
    ["a name that nobody has", "passkey-unknown", signed(response({ userHandle: encode("n".repeat(32)) }))],
    ["somebody else's name", "passkey-unknown", signed(response({ userHandle: await handle(other.passkey) }))],
    ["the id of somebody else's passkey", "passkey-unknown", async () => {
      const [mine, theirs] = [await signed()(), await signed({}, other.passkey)()];
      return { ...mine, credential: { ...mine.credential, id: theirs.credential.id } };
    }],
    ["an id that is a path", "passkey-unknown", edited((it) => ({ ...it, id: "../../x" }))],
    ["options for making one", "passkey-challenge", async () => {
      const { state, publicKey } = await other.visitor.options("register");
      return { state, credential: me.passkey.assert({ challenge: publicKey.challenge, rpId: "127.0.0.1" }) };
    }],
    ["options of another answer", "passkey-challenge", async () => ({ ...(await signed()()), state: (await visitor.options("sign-in")).state })],
    ["options that were changed", "passkey-challenge", async () => {
      const answer = await signed()();
      return { ...answer, state: answer.state.replace(/^./, (first) => (first === "a" ? "b" : "a")) };
    }],
    ["a cookie in place of the options", "passkey-challenge", async () => ({ ...(await signed()()), state: me.visitor.identity })],
  ], visitor, SIGN_IN);
  assert.equal(visitor.identity, undefined);
});

describe("an answer that was used", () => {
  test("signs nobody in a second time, not even at the same time", async () => {
    const { passkey } = await member("Mine");
    const visitor = new Visitor(server);
    const { publicKey, state } = await visitor.options("sign-in");
    const answer = { state, credential: passkey.assert(publicKey) };
    const all = await Promise.all(Array.from({ length: 5 }, () => new Visitor(server).post(SIGN_IN, answer)));
    assert.deepEqual(all.map(({ status }) => status).sort(), [200, 403, 403, 403, 403]);
    const again = { state, credential: passkey.assert(publicKey) };
    assert.equal((await visitor.post(SIGN_IN, again)).status, 403, "nor another answer to the same options");
  });

  test("makes no second passkey for the account, whoever sends it", async () => {
    const visitor = await guest("Mine");
    const { publicKey, state } = await visitor.options("register");
    const passkey = new Passkey(server.url);
    const answer = { state, credential: passkey.register(publicKey) };
    assert.equal((await visitor.post(REGISTER, answer)).status, 200);
    assert.equal((await visitor.post(REGISTER, answer)).status, 403);
    // Somebody who has seen the options makes a passkey of their own with them.
    const thief = await guest("Theirs");
    const own = new Passkey(server.url);
    const { status } = await thief.post(REGISTER, { state, credential: own.register(publicKey) });
    const inside = new Visitor(server);
    await inside.signIn(own);
    const seen = inside.identity ? await shown(inside) : [];
    assert.deepEqual({ status, seen }, { status: 403, seen: [] });
  });
});

test("a passkey that counts has to count up, and one that does not count is used again", async () => {
  const { visitor, passkey } = await member("Mine", new Passkey(server.url), { counter: 5 });
  const use = async (counter) => (await new Visitor(server).signIn(passkey, { counter })).status;
  const seen = [];
  for (const counter of [5, 0, 6, 6, 4, 4_294_967_295, 0]) seen.push([counter, await use(counter)]);
  assert.deepEqual(seen, [[5, 403], [0, 403], [6, 200], [6, 403], [4, 403], [4_294_967_295, 200], [0, 403]]);
  assert.deepEqual(await shown(visitor), ["Mine"]);
});

test("nobody makes a passkey without a cookie", async () => {
  const nobody = new Visitor(server);
  const response = await nobody.post("/auth/passkey/options", { purpose: "register" });
  assert.deepEqual([response.status, await response.text()], [401, "You are signed out. Nothing was changed; sign in again."]);
  const somebody = await new Visitor(server).visit();
  const { publicKey, state } = await somebody.options("register");
  const answer = { state, credential: new Passkey(server.url).register(publicKey) };
  assert.equal((await nobody.post(REGISTER, answer)).status, 401);
});

// It moves the clock, and is the last.
test("options are good for five minutes", async () => {
  const { visitor, passkey } = await member("Mine");
  const [making, signing, late] = [await visitor.options("register"), await visitor.options("sign-in"), await visitor.options("sign-in")];
  await leap(server, 4.8 * 60_000);
  assert.equal((await visitor.post(SIGN_IN, { state: signing.state, credential: passkey.assert(signing.publicKey) })).status, 200);
  await leap(server, 0.3 * 60_000);
  await allRefused([
    ["signing in", "passkey-challenge", () => ({ state: late.state, credential: passkey.assert(late.publicKey) })],
  ], visitor, SIGN_IN);
  await allRefused([
    ["making one", "passkey-challenge", () => ({ state: making.state, credential: new Passkey(server.url).register(making.publicKey) })],
  ], visitor, REGISTER);
});
