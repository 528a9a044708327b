// Passkeys in software: what a browser and an authenticator answer to the options of the service (WebAuthn §5 and §6), with any part
// of it wrong.

import { createHash, randomBytes, sign } from "node:crypto";
import { encode, makeKey, part } from "./jwt.mjs";

/** Flags of the authenticator data (§6.1). */
export const FLAGS = { present: 0x01, verified: 0x04, credential: 0x40 };
const CONFIRMED = FLAGS.present | FLAGS.verified;

const sha256 = (data) => createHash("sha256").update(data).digest();

/** A passkey for the page of that origin. It is made by `register`, and signs in with `assert`. */
export class Passkey {
  #key;
  #id = randomBytes(16);
  #user;

  constructor(origin, alg = "ES256") {
    this.origin = origin;
    this.#key = makeKey(alg, "passkey");
  }

  /** The credential that `PublicKeyCredential.toJSON()` returns after it was made. Parts of it can be replaced. */
  register({ challenge, user, rp }, more = {}) {
    this.#user = user.id;
    const length = Buffer.alloc(2);
    length.writeUInt16BE(this.#id.length);
    const credential = Buffer.concat([Buffer.alloc(16), length, more.credentialId ?? this.#id, Buffer.from("the key in CBOR")]);
    const data = this.#data({ host: rp.id, flags: CONFIRMED | FLAGS.credential, ...more });
    return this.#credential({
      clientDataJSON: this.#client("webauthn.create", challenge, more.client),
      authenticatorData: encode(Buffer.concat([data, credential])),
      publicKey: encode(this.#key.publicKey.export({ type: "spki", format: "der" })),
      publicKeyAlgorithm: { ES256: -7, RS256: -257 }[this.#key.alg],
      transports: ["internal"],
      attestationObject: "",
      ...more.response,
    });
  }

  /** The credential that a browser returns after signing in. */
  assert({ challenge, rpId }, more = {}) {
    const clientDataJSON = this.#client("webauthn.get", challenge, more.client);
    const data = this.#data({ host: rpId, flags: CONFIRMED, ...more });
    const signed = Buffer.concat([data, sha256(Buffer.from(clientDataJSON, "base64url"))]);
    // In DER, as authenticators write it (§6.5.5).
    const signature = sign("sha256", signed, (more.key ?? this.#key).privateKey);
    return this.#credential({ clientDataJSON, authenticatorData: encode(data), signature: encode(signature), userHandle: this.#user,
      ...more.response });
  }

  #data({ host, flags, counter = 0 }) {
    const data = Buffer.alloc(37);
    sha256(host).copy(data);
    data.writeUInt8(flags, 32);
    data.writeUInt32BE(counter, 33);
    return data;
  }

  #client(type, challenge, more) {
    return part({ type, challenge, origin: this.origin, crossOrigin: false, ...more });
  }

  #credential(response) {
    const id = encode(this.#id);
    return { id, rawId: id, type: "public-key", clientExtensionResults: {}, authenticatorAttachment: "platform", response };
  }
}
