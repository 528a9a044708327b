// A provider that says who somebody is, for tests: keys, the set of them on a local server, and tokens with any content.

import { constants, createHmac, generateKeyPairSync, sign } from "node:crypto";
import { createServer } from "node:http";

/** Starts a provider with these keys. Its set of keys is where Cloudflare Access and OpenID Connect have theirs. */
export async function startIssuer(keys = [makeKey("RS256", "rsa-1"), makeKey("ES256", "ec-1")]) {
  const issuer = new Issuer(keys);
  await issuer.listen();
  return issuer;
}

/** A key pair: `{ kid, alg, privateKey, publicKey, jwk }`, where `jwk` is the public part, as a set of keys contains it. */
export function makeKey(alg, kid, { bits = 2048, curve = "P-256" } = {}) {
  const type = alg.startsWith("ES") ? "ec" : alg === "EdDSA" ? "ed25519" : "rsa";
  const { privateKey, publicKey } = generateKeyPairSync(type, { modulusLength: bits, namedCurve: curve });
  return { kid, alg, privateKey, publicKey, jwk: { ...publicKey.export({ format: "jwk" }), kid, alg, use: "sig" } };
}

/** Bytes or text in base64url. */
export const encode = (data) => Buffer.from(data).toString("base64url");

/** JSON in base64url. Text is taken as it is, so that it can be wrong. */
export const part = (value) => encode(typeof value === "string" ? value : JSON.stringify(value));

/** A signature by the algorithm of that name (RFC 7518 §3.1). `key` is a private key, or the secret for HS256 and the like. */
export function signature(alg, key, data) {
  const bytes = Buffer.from(data);
  const hash = `sha${alg.slice(2)}`;
  if (alg.startsWith("HS")) return createHmac(hash, key).update(bytes).digest();
  if (alg === "EdDSA") return sign(null, bytes, key);
  if (alg.startsWith("PS")) {
    return sign(hash, bytes, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST });
  }
  return sign(hash, bytes, { key, dsaEncoding: "ieee-p1363" });
}

/** A signed token. `by` is the algorithm that really signs it. */
export function token(header, claims, key, by = header.alg) {
  const signed = `${part(header)}.${part(claims)}`;
  return `${signed}.${encode(signature(by, key, signed))}`;
}

class Issuer {
  /** How often its set of keys was asked for. */
  fetches = 0;
  /** How often anything was asked for. */
  requests = 0;
  /** The status of all answers. */
  status = 200;
  /** Is awaited before each answer. */
  hold = async () => {};
  #server = createServer((request, response) => this.#answer(request, response));

  constructor(keys) {
    this.keys = keys;
    this.published = keys.map(({ jwk }) => jwk);
  }

  async listen() {
    await new Promise((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${this.#server.address().port}`;
  }

  /** The claims of a good token. Those in `more` count more; `undefined` removes one. */
  claims(more = {}) {
    const now = Math.floor(Date.now() / 1_000);
    return { iss: this.url, sub: "me", aud: "flux-tests", iat: now, nbf: now, exp: now + 300, ...more };
  }

  /** A token, which is good unless something is said about it. */
  token({ key = this.keys[0], header = {}, claims = {}, by } = {}) {
    return token({ alg: key.alg, kid: key.kid, typ: "JWT", ...header }, this.claims(claims), key.privateKey, by ?? key.alg);
  }

  /** Replaces all keys. */
  rotate(keys) {
    this.keys = keys;
    this.published = keys.map(({ jwk }) => jwk);
  }

  stop() {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request, response) {
    this.requests += 1;
    const { pathname } = new URL(request.url, this.url);
    const isSet = ["/cdn-cgi/access/certs", "/jwks"].includes(pathname);
    if (isSet) this.fetches += 1;
    await this.hold();
    const answers = { "/.well-known/openid-configuration": this.#discovery() };
    const body = isSet ? { keys: this.published } : answers[pathname];
    response.writeHead(body ? this.status : 404, { "content-type": "application/json" });
    response.end(JSON.stringify(body ?? {}));
  }

  /** What it says about itself (OpenID Connect Discovery §3). */
  #discovery() {
    return { issuer: this.url, authorization_endpoint: `${this.url}/authorize`, token_endpoint: `${this.url}/token`,
      jwks_uri: `${this.url}/jwks` };
  }
}
