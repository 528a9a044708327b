// Assertions of Cloudflare Access that prove nobody. Each is refused for its own reason, and opens nothing.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { connect, greeted } from "../lib/client.mjs";
import { encode, makeKey, part, signature, startIssuer, token } from "../lib/jwt.mjs";
import { records, signIns } from "../lib/log.mjs";
import { ROOT, startServer } from "../lib/server.mjs";
import { within } from "../lib/until.mjs";

const AUDIENCE = "flux-tests";
const CANARY = "Kanarienvogel";

let [issuer, other, attacker, server] = [];
let [rsa, ec, weak, encrypting, rs512, p384, secret, broken, forged] = [];

before(async () => {
  [rsa, ec] = [makeKey("RS256", "rsa-1"), makeKey("ES256", "ec-1")];
  weak = makeKey("RS256", "weak", { bits: 1024 });
  encrypting = makeKey("RS256", "encrypting");
  encrypting.jwk.use = "enc";
  rs512 = makeKey("RS512", "rs512");
  p384 = makeKey("ES384", "p384", { curve: "P-384" });
  delete p384.jwk.alg;
  secret = { kid: "secret", alg: "HS256", jwk: { kty: "oct", kid: "secret", k: encode("a secret that everybody can read") } };
  broken = { kid: "broken", alg: "RS256", jwk: { kty: "RSA", kid: "broken", n: "!".repeat(400), e: "AQAB" } };
  issuer = await startIssuer([rsa, ec, weak, encrypting, rs512, p384, secret, broken]);
  // The attacker's keys have the ids of the right ones.
  forged = makeKey("RS256", "rsa-1");
  attacker = await startIssuer([forged]);
  other = await startIssuer([makeKey("RS256", "rsa-1")]);
  const vars = { IDENTITY_PROVIDERS: "access", ACCESS_ISSUER: issuer.url, ACCESS_AUDIENCE: AUDIENCE };
  server = await startServer({ vars, entry: join(ROOT, "e2e/lib/counting-entry.mjs") });
});
after(() => Promise.all([server, issuer, other, attacker].map((it) => it?.stop())));

const asserted = (assertion) => ({ "cf-access-jwt-assertion": assertion });
const get = (path, headers) => fetch(`${server.url}${path}`, { headers });
const messages = (assertion) => get("/agents/chat/me/get-messages", asserted(assertion));
const seconds = (more) => Math.floor(Date.now() / 1_000) + more;

/** A token with other claims, header or key. */
const claims = (more) => issuer.token({ claims: more });
const header = (more, options = {}) => issuer.token({ header: more, ...options });
/** A token with these texts as header and claims, and a good signature. */
const raw = (head, body) => token(head ?? { alg: "RS256", kid: "rsa-1" }, body ?? issuer.claims(), rsa.privateKey, "RS256");
/** The claims as text, with a change. */
const edited = (from, to) => {
  const text = JSON.stringify(issuer.claims());
  assert.ok(text.includes(from), from);
  return raw(undefined, text.replace(from, to));
};
/** The parts of a good token. */
const parts = () => issuer.token().split(".");
/** A token of which something that nobody signed is the signature. */
const unsigned = (head, sign = "") => `${part(head)}.${part(issuer.claims())}.${sign}`;
/** A token that says it is signed with a secret, and is: with the public key. */
const symmetric = (alg, key) => token({ alg, kid: "rsa-1" }, issuer.claims(), key, alg);
/** The public key as an attacker can write it. */
const known = (type, format) => rsa.publicKey.export({ type, format });

/** A good token whose signature contains both characters in which base64url differs from base64. */
function telling() {
  for (;;) {
    const candidate = claims({ jti: String(Math.random()) });
    if (/-/.test(candidate.split(".")[2]) && /_/.test(candidate.split(".")[2])) return candidate;
  }
}

/** By the outcome in the log: what is wrong, and the token. */
const BAD = {
  "token-algorithm": {
    ...Object.fromEntries(["none", "None", "NONE", "nOnE", "", "rs256", "RS256 ", " RS256", "RS256\0", "RSA", "ES256K", "ES384", "dir"]
      .map((alg) => [`alg ${JSON.stringify(alg)}`, () => header({ alg }, { by: "RS256" })])),
    "alg none without a signature": () => unsigned({ alg: "none" }),
    "alg none with a kid and another signature": () => unsigned({ alg: "none", kid: "rsa-1" }, parts()[2]),
    "HS256 with the public key as PEM (SPKI)": () => symmetric("HS256", known("spki", "pem")),
    "HS256 with the public key as PEM without the last line end": () => symmetric("HS256", known("spki", "pem").trim()),
    "HS256 with the public key as PEM (PKCS#1)": () => symmetric("HS256", known("pkcs1", "pem")),
    "HS256 with the public key as DER (SPKI)": () => symmetric("HS256", known("spki", "der")),
    "HS256 with the public key as a JWK": () => symmetric("HS256", JSON.stringify(rsa.jwk)),
    "HS256 with the modulus": () => symmetric("HS256", Buffer.from(rsa.jwk.n, "base64url")),
    "HS256 with the modulus in base64url": () => symmetric("HS256", rsa.jwk.n),
    "HS256 with an empty secret": () => symmetric("HS256", ""),
    "HS256 with a secret that is published": () => header({ alg: "HS256", kid: "secret" },
      { key: { ...secret, privateKey: Buffer.from(secret.jwk.k, "base64url") } }),
    "HS384 with the public key": () => symmetric("HS384", known("spki", "pem")),
    "HS512 with the public key": () => symmetric("HS512", known("spki", "pem")),
    ...Object.fromEntries(["RS1", "RS384", "RS512", "PS256", "PS384", "PS512"].map((alg) => [alg, () => header({ alg }, { by: alg })])),
    "RS512 with the key for it": () => issuer.token({ key: rs512 }),
    "EdDSA": () => issuer.token({ key: makeKey("EdDSA", "rsa-1") }),
  },
  "token-key": {
    "an RS256 token with the id of the EC key": () => header({ kid: "ec-1" }),
    "an ES256 token with the id of the RSA key": () => header({ kid: "rsa-1" }, { key: ec }),
    "an unknown kid": () => header({ kid: "rsa-2" }),
    "an empty kid": () => header({ kid: "" }),
    "a kid in another case": () => header({ kid: "RSA-1" }),
    "no kid, although there are several keys": () => header({ kid: undefined }),
    "a kid that is a path": () => header({ kid: "../../../../dev/null" }),
    "a kid that is an address": () => header({ kid: `${attacker.url}/jwks#rsa-1` }),
    "a kid that is SQL": () => header({ kid: "' OR '1'='1' --" }),
    "a kid that is a property of objects": () => header({ kid: "__proto__" }),
    "an RSA key of 1,024 bits": () => issuer.token({ key: weak }),
    "a key for encryption": () => issuer.token({ key: encrypting }),
    "a key for RS512 alone": () => issuer.token({ key: rs512, header: { alg: "RS256" }, by: "RS256" }),
    "a key on another curve": () => issuer.token({ key: p384, header: { alg: "ES256" }, by: "ES256" }),
  },
  "token-signature": {
    "none at all": () => `${parts().slice(0, 2).join(".")}.`,
    "that of another token": () => [...parts().slice(0, 2), claims({ sub: "you" }).split(".")[2]].join("."),
    "other claims under a signature": () => [parts()[0], part(issuer.claims({ sub: "you" })), parts()[2]].join("."),
    "another key with the right kid": () => issuer.token({ key: forged }),
    "only zeros": () => [...parts().slice(0, 2), encode(Buffer.alloc(256))].join("."),
    "the number one": () => [...parts().slice(0, 2), encode(Buffer.alloc(256, 0).fill(1, 255))].join("."),
    "one that is cut by a byte": () => [...parts().slice(0, 2), encode(Buffer.from(parts()[2], "base64url").subarray(0, 255))].join("."),
    "one with a byte in front": () => [...parts().slice(0, 2), encode(`\0${Buffer.from(parts()[2], "base64url")}`)].join("."),
    "one with a character more": () => `${issuer.token()}A`,
    "ES256 with only zeros": () => unsigned({ alg: "ES256", kid: "ec-1" }, encode(Buffer.alloc(64))),
    "ES256 in DER": () => {
      const [head, body] = issuer.token({ key: ec }).split(".");
      const raw = Buffer.from(issuer.token({ key: ec }).split(".")[2], "base64url");
      const number = (bytes) => Buffer.concat([Buffer.from([2, 33, 0]), bytes]);
      const numbers = Buffer.concat([number(raw.subarray(0, 32)), number(raw.subarray(32))]);
      return `${head}.${body}.${encode(Buffer.concat([Buffer.from([0x30, numbers.length]), numbers]))}`;
    },
    "RS256 by the EC key": () => issuer.token({ key: ec, header: { alg: "RS256", kid: "rsa-1" } }),
    "RS256 that is PS256": () => issuer.token({ by: "PS256" }),
    "RS256 with SHA-1": () => issuer.token({ by: "RS1" }),
    "a public key that cannot be read": () => header({ kid: "broken" }),
    "jku to another's keys": () => header({ jku: `${attacker.url}/jwks` }, { key: forged }),
    "x5u to another's keys": () => header({ x5u: `${attacker.url}/jwks` }, { key: forged }),
    "jwk with another's key": () => header({ jwk: forged.jwk }, { key: forged }),
    "x5c with another's key": () => header({ x5c: [forged.publicKey.export({ type: "spki", format: "der" }).toString("base64")] },
      { key: forged }),
    "a token of another issuer's key in our issuer's name": () => other.token({ claims: { iss: issuer.url } }),
  },
  "token-issuer": {
    "another host": () => claims({ iss: "https://other.cloudflareaccess.com" }),
    "a slash at the end": () => claims({ iss: `${issuer.url}/` }),
    "https": () => claims({ iss: issuer.url.replace("http:", "https:") }),
    "upper case": () => claims({ iss: issuer.url.toUpperCase() }),
    "more after it": () => claims({ iss: `${issuer.url}.evil.example` }),
    "a name before it": () => claims({ iss: issuer.url.replace("://", "://user@") }),
    "nothing": () => claims({ iss: "" }),
    "a good token of another provider": () => other.token(),
  },
  "token-audience": {
    "another": () => claims({ aud: "other" }),
    "none": () => claims({ aud: "" }),
    "an empty list": () => claims({ aud: [] }),
    "a list without us": () => claims({ aud: ["other", `${AUDIENCE} `, "another"] }),
    "in upper case": () => claims({ aud: AUDIENCE.toUpperCase() }),
    "ours with more after it": () => claims({ aud: `${AUDIENCE}-2` }),
    "several in one text": () => claims({ aud: `other,${AUDIENCE}` }),
  },
  "token-time": {
    "it ended 61 seconds ago": () => claims({ exp: seconds(-61) }),
    "it ended in 1970": () => claims({ exp: 0 }),
    "it ended before 1970": () => claims({ exp: -1 }),
    "it begins in two minutes": () => claims({ nbf: seconds(120) }),
    "it was made in two minutes": () => claims({ iat: seconds(120) }),
    "it was made in ms": () => claims({ iat: Date.now() }),
    "it was made 33 days ago": () => claims({ iat: seconds(-33 * 86_400) }),
    "it was made before 1970": () => claims({ iat: -1 }),
  },
  "token-subject": {
    "empty": () => claims({ sub: "" }),
    "256 characters": () => claims({ sub: "x".repeat(256) }),
    "256 bytes": () => claims({ sub: "ü".repeat(128) }),
  },
  "token-extension": {
    "crit with a claim": () => header({ crit: ["exp"] }),
    "crit with an unknown extension": () => header({ crit: ["b64"], b64: false }),
    "an empty crit": () => header({ crit: [] }),
  },
  "token-form": {
    ...Object.fromEntries(["iss", "sub", "aud", "exp"].map((name) => [`no ${name}`, () => claims({ [name]: undefined })])),
    ...Object.fromEntries([["iss", [7, null, ["x"]]], ["sub", [7, null, { a: 1 }]], ["aud", [7, null, { a: 1 }, [7]]],
      ["exp", [String(seconds(300)), "1e999", "NaN", null, true, [seconds(300)]]], ["nbf", ["0"]], ["iat", ["0", true]], ["azp", [7]]]
      .flatMap(([name, values]) => values.map((value) => [`${name} ${JSON.stringify(value)}`, () => claims({ [name]: value })]))),
    "exp 1e999": () => edited(/"exp":\d+/.exec(JSON.stringify(issuer.claims()))[0], '"exp":1e999'),
    "exp NaN": () => edited(/"exp":\d+/.exec(JSON.stringify(issuer.claims()))[0], '"exp":NaN'),
    "sub twice": () => edited('"sub":"me"', '"sub":"me","sub":"you"'),
    "sub twice, once with an escape": () => edited('"sub":"me"', '"sub":"me","s\\u0075b":"you"'),
    "aud twice": () => edited('"aud":', '"aud":"other","aud":'),
    "iss twice": () => edited('"iss":', '"iss":"https://other.example","iss":'),
    "exp twice": () => edited('"exp":', '"exp":1,"exp":'),
    "alg twice": () => raw('{"alg":"none","alg":"RS256","kid":"rsa-1"}'),
    "kid twice": () => raw('{"alg":"RS256","kid":"ec-1","kid":"rsa-1"}'),
    "no alg": () => raw({ kid: "rsa-1" }),
    "alg null": () => raw({ alg: null, kid: "rsa-1" }),
    "alg is a list": () => raw({ alg: ["RS256"], kid: "rsa-1" }),
    "kid is a number": () => raw({ alg: "RS256", kid: 1 }),
    "header is no JSON": () => raw("RS256"),
    "header is empty": () => raw(""),
    "header is a list": () => raw([{ alg: "RS256", kid: "rsa-1" }]),
    "header is a list of its values": () => raw(["RS256", "rsa-1", null]),
    "claims are a list of their values": () => {
      const { iss, sub, aud, exp } = issuer.claims();
      return raw(undefined, [iss, sub, aud, null, exp, null, null, null]);
    },
    "claims are no JSON": () => raw(undefined, "me"),
    "claims have something after them": () => raw(undefined, `${JSON.stringify(issuer.claims())}x`),
    "claims are no UTF-8": () => {
      const signed = `${parts()[0]}.${encode(Buffer.from(JSON.stringify(issuer.claims({ sub: "m\xff" })), "latin1"))}`;
      return `${signed}.${encode(signature("RS256", rsa.privateKey, signed))}`;
    },
    ...Object.fromEntries(["", ".", "..", "...", "....", "null", "undefined", "{}", "me"]
      .map((text) => [`just ${JSON.stringify(text)}`, () => text])),
    "without the header": () => parts().slice(1).join("."),
    "with an empty header": () => ["", ...parts().slice(1)].join("."),
    "with empty claims": () => [parts()[0], "", parts()[2]].join("."),
    "without the signature": () => parts().slice(0, 2).join("."),
    "without the last character": () => issuer.token().slice(0, -1),
    "ES256 without the last character": () => issuer.token({ key: ec }).slice(0, -1),
    "with a dot at the end": () => `${issuer.token()}.`,
    "with a fourth part": () => `${issuer.token()}.${parts()[2]}`,
    "with five parts, as encrypted ones have": () => [...parts(), parts()[1], parts()[2]].join("."),
    "base64 with padding": () => `${issuer.token()}==`,
    "base64 with + and /": () => telling().replaceAll("-", "+").replaceAll("_", "/"),
    "bits that mean nothing in the signature": () => issuer.token().slice(0, -1) + "_",
    "a blank in it": () => issuer.token().replace(".", " ."),
    "a tab in it": () => issuer.token().replace(".", "\t."),
    "two tokens": () => `${issuer.token()}, ${issuer.token()}`,
    "with a scheme": () => `Bearer ${issuer.token()}`,
    "in quotes": () => `"${issuer.token()}"`,
    "with an encoded blank": () => `${issuer.token()}%20`,
    "20 kB": () => claims({ more: "x".repeat(15_000) }),
  },
};

describe("good assertions", () => {
  test("RS256 and ES256 open a person's timeline", async () => {
    for (const [name, good] of Object.entries({
      RS256: issuer.token(), ES256: issuer.token({ key: ec }), "no kid, and one EC key": issuer.token({ key: ec, header: { kid: undefined } }),
      "a list with us": claims({ aud: ["other", AUDIENCE] }), "ended within a minute": claims({ exp: seconds(-30) }),
      "begins within a minute": claims({ nbf: seconds(30), iat: seconds(30) }), "no iat and nbf": claims({ iat: undefined, nbf: undefined }),
      "255 bytes": claims({ sub: "x".repeat(255) }),
    })) {
      const response = await messages(good);
      assert.deepEqual([response.status, await response.json()], [200, []], name);
    }
    const mine = await greeted(server, { headers: asserted(issuer.token()) });
    await mine.call("scheduleBlock", { title: CANARY, startTime: "2035-03-01T08:00" });
    await mine.close();
    assert.match(await (await get("/agents/chat/me/export", asserted(issuer.token()))).text(), new RegExp(CANARY));
  });
});

describe("bad assertions", () => {
  const objects = () => server.log().match(/object made/g).length;

  for (const [outcome, tokens] of Object.entries(BAD)) {
    test(`${outcome}: ${Object.keys(tokens).length} tokens`, async () => {
      const made = objects();
      const refused = { status: 401, text: "Cloudflare Access does not say who you are. Sign in there again.", cookie: null, outcome };
      const wrong = [];
      for (const [name, make] of Object.entries(tokens)) {
        const before = records(server, ({ log }) => log === "sign-in").length;
        const response = await get("/agents/chat/me/export", asserted(make()));
        const seen = { status: response.status, text: await response.text(), cookie: response.headers.get("set-cookie") };
        if (seen.status === 401) seen.outcome = (await signIns(server, before + 1)).slice(before).map(({ outcome }) => outcome).join();
        if (!isDeepStrictEqual(seen, refused)) wrong.push({ name, ...seen, text: seen.text.slice(0, 100) });
      }
      assert.deepEqual(wrong, []);
      assert.equal(objects(), made, "nothing was made for anybody");
    });
  }

  test("a token of 100 kB is refused", async () => {
    const { status } = await messages(claims({ more: "x".repeat(75_000) }));
    assert.ok(status === 401 || status === 431, String(status));
  });

  test("a socket is closed, so that the page offers to sign in, and nothing is sent over it", async () => {
    for (const bad of [claims({ exp: seconds(-61) }), header({ alg: "none" }, { by: "RS256" }), "nonsense"]) {
      const connection = await connect(server, { headers: asserted(bad) });
      const { code } = await within(connection.closed, 10_000, () => "the end of a socket that should be refused");
      assert.deepEqual([code, connection.frames], [4401, []]);
    }
  });

  test("whatever else one can do needs a good one, too", async () => {
    const bad = asserted(claims({ exp: seconds(-61) }));
    for (const [method, path] of [["GET", "/agents/chat/me/export"], ["POST", "/agents/chat/me/import"], ["DELETE", "/agents/chat/me/import"],
      ["POST", "/api/ticket"], ["GET", "/auth/timelines"]]) {
      const { status } = await fetch(`${server.url}${path}`, { method, headers: bad });
      assert.equal(status, 401, path);
    }
  });

  test("without one, nobody is a guest here", async () => {
    const nobody = await get("/agents/chat/me/get-messages");
    assert.deepEqual([nobody.status, await nobody.text()], [401, "Sign in to use this."]);
    const guest = await fetch(`${server.url}/api/guest`, { method: "POST" });
    assert.deepEqual([guest.status, /access token/.test(await guest.text())], [403, true]);
    assert.equal((await get("/")).headers.get("set-cookie"), null);
  });

  test("nothing of a token is in the log, and nobody but the issuer was asked", () => {
    for (const piece of [issuer.token().slice(0, 20), AUDIENCE, "rsa-1", "SQL", CANARY]) assert.ok(!server.log().includes(piece), piece);
    assert.deepEqual([attacker.requests, other.requests], [0, 0]);
    assert.equal(issuer.requests, issuer.fetches);
    assert.ok(issuer.fetches <= 3, `${issuer.fetches} fetches`);
  });
});
