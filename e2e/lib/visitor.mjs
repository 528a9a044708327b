// A browser without a page: it keeps cookies, sends JSON to addresses below /auth, and opens sockets.

import assert from "node:assert/strict";
import { greeted } from "./client.mjs";

/** The `User-Agent` of some browsers. */
export const USER_AGENTS = {
  "Firefox on Linux": "Mozilla/5.0 (X11; Linux x86_64; rv:146.0) Gecko/20100101 Firefox/146.0",
  "Chrome on Windows": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
  "Safari on iPhone": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 "
    + "Mobile/15E148 Safari/604.1",
};

export class Visitor {
  /** Cookies by name. */
  cookies = {};

  constructor(server, device = "Firefox on Linux") {
    this.server = server;
    this.userAgent = USER_AGENTS[device];
  }

  /** Loads the page, with which a new browser becomes a guest. */
  async visit() {
    await this.fetch("/");
    return this;
  }

  get headers() {
    const cookie = Object.entries(this.cookies).map((pair) => pair.join("=")).join("; ");
    return { "user-agent": this.userAgent, ...(cookie && { cookie }) };
  }

  /** Who the browser says it is: the value of the cookie. */
  get identity() {
    return this.cookies.flux;
  }

  async fetch(path, { headers = {}, ...more } = {}) {
    const response = await fetch(`${this.server.url}${path}`, { headers: { ...this.headers, ...headers }, redirect: "manual", ...more });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie);
      if (value === "") delete this.cookies[name];
      else this.cookies[name] = value;
    }
    return response;
  }

  /** Sends JSON. Text is sent as it is. */
  post(path, body, headers = {}) {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    return this.fetch(path, { method: "POST", body: text, headers: { "content-type": "application/json", ...headers } });
  }

  /** Opens a socket and waits for the greeting. */
  connect(options = {}) {
    return greeted(this.server, { headers: this.headers, ...options });
  }

  /** The options for a passkey, as `{ publicKey, state }`. */
  async options(purpose) {
    const response = await this.post("/auth/passkey/options", { purpose });
    assert.equal(response.status, 200, await response.clone().text());
    return response.json();
  }

  /** Makes a passkey for the timeline of the browser. Returns the response. */
  async register(passkey, more) {
    const { publicKey, state } = await this.options("register");
    return this.post("/auth/passkey/register", { state, credential: passkey.register(publicKey, more) });
  }

  /** Signs in with a passkey. Returns the response. */
  async signIn(passkey, more) {
    const { publicKey, state } = await this.options("sign-in");
    return this.post("/auth/passkey/sign-in", { state, credential: passkey.assert(publicKey, more) });
  }
}
