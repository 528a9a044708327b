// Cloudflare's side of Turnstile: a server that says what tokens are worth, and the program of the widget for a page.

import { randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";

/** Where the widget's program comes from. */
export const ORIGIN = "https://challenges.cloudflare.com";
const SITE_KEY = "0x4AAAAAAATestOnly";

/**
 * Starts a server that accepts each token once, as Cloudflare does: for the site for which it was made, and again only with the same
 * idempotency key. `hostname` is the name of the page's host.
 *
 * Returns `{ vars, asked, token(more), answer(respond), stop() }`. `vars` are the variables of the deployment, `asked` the forms that were
 * sent. `token` makes a token; `more` replaces fields of its answer. The next request gets what `answer` was called with: a function that
 * writes the response.
 */
export async function startTurnstile(hostname = "127.0.0.1") {
  const secret = randomBytes(24).toString("hex");
  const [made, used, asked, special] = [new Map(), new Map(), [], []];

  function verdict({ secret: by, response, idempotency_key: key }) {
    const refused = (code) => ({ success: false, "error-codes": [code], messages: [] });
    if (by !== secret) return refused("invalid-input-secret");
    if (!made.has(response)) return refused("invalid-input-response");
    if (used.has(response) && used.get(response) !== key) return refused("timeout-or-duplicate");
    used.set(response, key);
    return { success: true, "error-codes": [], challenge_ts: "2026-03-02T10:00:00.000Z", hostname, action: "flux-guest", cdata: "",
      ...made.get(response) };
  }

  const server = createServer(async (request, response) => {
    const form = Object.fromEntries(new URLSearchParams(await text(request)));
    asked.push(form);
    const respond = special.shift() ?? ((response) => response.end(JSON.stringify(verdict(form))));
    respond(response, form);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const vars = {
    TURNSTILE_SITE_KEY: SITE_KEY, TURNSTILE_SECRET: secret, TURNSTILE_SITEVERIFY: `http://127.0.0.1:${server.address().port}/siteverify`,
  };
  return {
    vars,
    asked,
    token(more = {}) {
      const token = `0.${randomUUID()}`;
      made.set(token, more);
      return token;
    },
    answer: (...responds) => special.push(...responds),
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

/**
 * Answers a person's requests to Cloudflare with a program whose widget is a button. `outcome()` is asked at each click: `{ token }` or
 * `{ error }`. Without it, the program cannot be loaded. Returns the addresses that were asked for.
 */
export async function serveWidget(person, outcome) {
  const addresses = [];
  await person.exposeFunction("outcomeOfCheck", outcome ?? (() => undefined));
  await person.route(`${ORIGIN}/**`, (route) => {
    addresses.push(route.request().url());
    return outcome ? route.fulfill({ contentType: "text/javascript", body: `(${program})()` }) : route.abort();
  });
  return addresses;
}

/** Runs in the page. */
function program() {
  window.turnstile = {
    render(place, options) {
      window.checkOptions = { sitekey: options.sitekey, action: options.action };
      const button = document.createElement("button");
      button.textContent = "Verify you are human";
      button.addEventListener("click", async () => {
        const { token, error } = await window.outcomeOfCheck();
        if (token) options.callback(token);
        else options["error-callback"](error);
      });
      document.querySelector(place).append(button);
      return "widget-1";
    },
  };
}
