// The check of new guests on the page. Cloudflare's program is played by lib/turnstile.mjs.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startTurnstile, serveWidget, ORIGIN } from "../lib/turnstile.mjs";
import { notice, schedule, shows, signInTests, startSite } from "./account.mjs";
import { look } from "./axe.mjs";
import { connected, newPerson, seen, text } from "./page.mjs";

const the = signInTests();
let site, turnstile;
before(async () => {
  turnstile = await startTurnstile("localhost");
  site = await startSite({ IDENTITY_PROVIDERS: "guest passkey", ...turnstile.vars });
});
after(() => Promise.all([site?.stop(), turnstile?.stop()]));

const panel = (tab) => tab.getByRole("alert").filter({ hasText: "Pass one short check to begin your timeline." });
const widget = (tab) => panel(tab).getByRole("button", { name: "Verify you are human" });
const again = (tab) => panel(tab).getByRole("button", { name: "Try again", exact: true });
const passing = () => ({ token: turnstile.token() });

/** A tab of a new person. `addresses` are what it loaded from Cloudflare, and `loads` counts how often the page was loaded. */
async function newcomer(outcome) {
  const person = await newPerson(the.browser);
  const addresses = await serveWidget(person, outcome);
  const seen = { addresses, loads: 0, policy: undefined };
  person.on("response", (response) => {
    if (response.url() !== `${site.url}/` || response.request().method() !== "GET") return;
    seen.loads++;
    seen.policy = response.headers()["content-security-policy"];
  });
  return Object.assign(seen, { person, tab: await the.visit(person, site) });
}

test("a new guest passes the check once, and then has a timeline like any other", async () => {
  const me = await newcomer(passing);
  const { tab } = me;
  await widget(tab).waitFor();
  assert.deepEqual(await me.person.cookies(), []);
  assert.deepEqual(await tab.evaluate(() => window.checkOptions), { sitekey: turnstile.vars.TURNSTILE_SITE_KEY, action: "flux-guest" });
  await text(seen.connection(tab), "One step left");
  await panel(tab).getByRole("button", { name: "Sign in with a passkey", exact: true }).waitFor();
  assert.equal(await panel(tab).getByRole("button", { name: /guest/ }).count(), 0, "nobody goes on without the check");
  assert.equal(await seen.message(tab).isDisabled(), true);
  const found = await look(tab, "check");

  await widget(tab).click();
  await shows(tab);
  assert.equal((await me.person.cookies()).length, 1);
  await schedule(tab, "Workout");
  await tab.reload();
  await shows(tab, "Workout");
  assert.deepEqual(me.addresses, [`${ORIGIN}/turnstile/v0/api.js?render=explicit`], "Cloudflare's program is loaded for the check only");
  assert.deepEqual([me.loads, me.policy.includes(ORIGIN)], [3, false]);
  assert.deepEqual(found, []);
});

test("who fails the check reads why, and tries again", async () => {
  const outcomes = [{ error: "300030" }, { token: "guessed" }, passing(), passing()];
  const { tab } = await newcomer(() => outcomes.shift());
  await widget(tab).click();
  await text(panel(tab), "The check could not be completed (300030). Nothing was made; try again, or use another browser or network.");
  await again(tab).click();
  await widget(tab).click();
  await text(panel(tab), "The check was not passed. Nothing was made; try again.");
  await again(tab).click();
  await widget(tab).waitFor();
  const failed = (response) => response.writeHead(500).end();
  turnstile.answer(failed, failed);
  await widget(tab).click();
  await text(panel(tab), "The check cannot be done at the moment. Nothing was made; try again in a minute.");
  await again(tab).click();
  await widget(tab).click();
  await shows(tab);
  // The browser reports the two refusals in its console.
  assert.deepEqual(tab.faults.splice(0).map((fault) => /status of (\d+)/.exec(fault)?.[1]), ["403", "503"]);
});

test("without Cloudflare's program, the page says what to do", async () => {
  const me = await newcomer();
  await text(panel(me.tab), "The check could not be loaded. Allow challenges.cloudflare.com if something blocks it, and try again.");
  await me.person.unrouteAll();
  await me.person.route(`${ORIGIN}/**`, (route) => route.fulfill({ contentType: "text/javascript", body: "window.turnstile = {};" }));
  await again(me.tab).click();
  await text(panel(me.tab), "The check could not be loaded.");
  assert.equal(me.loads, 2);
  assert.match(me.tab.faults.splice(0).join(), /Failed to load resource/);
});

test("a browser that keeps no cookies is told so, and the page is not loaded again and again", async () => {
  const me = await newcomer(passing);
  await me.person.route("**/auth/guest", async (route) => {
    const response = await route.fetch();
    // Playwright's own cookies are the browser's.
    await me.person.clearCookies();
    await route.fulfill({ status: response.status() });
  });
  await widget(me.tab).click();
  await text(panel(me.tab), "This browser does not keep cookies, so your timeline could not be found again. Allow cookies for this site and try again.");
  assert.equal(me.loads, 1);
});

test("who loses the cookie while the page is open passes the check as a new guest", async () => {
  const me = await newcomer(passing);
  const { tab, person } = me;
  await widget(tab).click();
  await schedule(tab, "Workout");
  await person.clearCookies();
  await person.setOffline(true);
  await person.setOffline(false);
  await text(notice(tab), "New guests pass a check first: load the page.");
  assert.equal(me.addresses.length, 1);
  await notice(tab).getByRole("button", { name: "Continue as a new guest", exact: true }).click();
  await widget(tab).click();
  await connected(tab);
  await shows(tab);
  tab.faults.length = 0; // Lost connections are in the console.
});
