// What signing in needs of the platform: signatures by WebCrypto, and JSON from a provider.

const HASH = "SHA-256";
const ALGORITHMS = {
  RS256: { name: "RSASSA-PKCS1-v1_5", hash: HASH },
  ES256: { name: "ECDSA", namedCurve: "P-256", hash: HASH },
};

/** A public key for the platform. `key` is a JWK as text, or a SubjectPublicKeyInfo in bytes. Fails when the platform cannot use it. */
export function imported(algorithm, key) {
  const [format, data] = typeof key === "string" ? ["jwk", JSON.parse(key)] : ["spki", key];
  return crypto.subtle.importKey(format, data, ALGORITHMS[algorithm], false, ["verify"]);
}

/** Whether a signature is right. Fails when the platform cannot use the key. */
export async function verify(algorithm, key, signature, data) {
  return crypto.subtle.verify(ALGORITHMS[algorithm], await imported(algorithm, key), signature, data);
}

/**
 * The body of a good answer as text. `client` is an id and a secret (RFC 6749 §2.3.1). `form` is sent as a form, and without it nothing. Fails after `limitMs`, for another status than
 * 200, and for more than `limitBytes`. Redirects are not followed: a provider has no reason to send any.
 */
export async function askProvider(url, client, form, limitMs, limitBytes) {
  const headers = { accept: "application/json" };
  if (client) headers.authorization = `Basic ${btoa(client.map(encoded).join(":"))}`;
  const body = form && new URLSearchParams(form);
  const response = await fetch(url, { method: form ? "POST" : "GET", headers, body, redirect: "manual", signal: AbortSignal.timeout(limitMs) });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`the provider answered with status ${response.status}`);
  }
  const parts = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.byteLength;
    if (bytes > limitBytes) throw new Error("the answer of the provider is too long");
    parts.push(part);
  }
  return new Blob(parts).text();
}

/** The address with these parameters added. */
export function withParameters(url, parameters) {
  const address = new URL(url);
  for (const [name, value] of parameters) address.searchParams.set(name, value);
  return address.href;
}

/** A text as it is in a form. */
const encoded = (text) => new URLSearchParams({ "": text }).toString().slice(1);
