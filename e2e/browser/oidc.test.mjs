// Accounts with a provider of OpenID Connect: a real one, on another site than the page (`127.0.0.1` and `localhost`).

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startProvider } from "../lib/oidc.mjs";
import { freePort } from "../lib/server.mjs";
import {
  NOT_SIGNED_IN, PASSKEY_ADDED, SHUT, SIGNED_IN, closeSettings, newDevice, notice, openAccount, schedule, settings, shows, signInTests, signOut, startSite, told,
} from "./account.mjs";
import { look } from "./axe.mjs";
import { ranOrLoadedAnywhere, watch } from "./markup.mjs";
import { connected, count, text } from "./page.mjs";

const the = signInTests();
let site, closed, open;
before(async () => {
  const client = (method) => (url) => startProvider(url, { method });
  [site, closed, open] = await Promise.all([
    startSite({ IDENTITY_PROVIDERS: "guest oidc" }, client("client_secret_basic")),
    startSite({ IDENTITY_PROVIDERS: "oidc" }, client("client_secret_post")),
    startSite({ IDENTITY_PROVIDERS: "guest passkey oidc" }, client("none")),
  ]);
});
after(() => Promise.all([site, closed, open].map((site) => site?.stop())));

const WAY = { name: "Sign in with Acme", exact: true };

/** Goes to the provider from the settings. */
async function goToProvider(tab) {
  await openAccount(tab);
  await settings.account(tab).getByRole("link", WAY).click();
}

const question = (tab) => tab.getByRole("textbox", { name: "Name", exact: true });

/** Says who one is, on the page of the provider. It asks nobody twice. */
async function introduce(tab, name) {
  await question(tab).fill(name);
  await tab.getByRole("button", { name: "Sign in", exact: true }).click();
}

async function signIn(tab, name) {
  await goToProvider(tab);
  await introduce(tab, name);
  await told(tab, SIGNED_IN);
}

/** Remembers the addresses at which the provider sends the browser back. */
function callbacks(tab) {
  const addresses = [];
  tab.on("request", (request) => request.url().includes("/auth/oidc/callback?") && addresses.push(request.url()));
  return addresses;
}

test("a guest keeps the timeline by signing in, and comes back to it", async () => {
  const tab = await the.newcomer(site);
  const strangers = watch(tab);
  await schedule(tab, "Workout");
  await openAccount(tab);
  assert.equal(await settings.account(tab).getByRole("button", { name: /passkey/ }).count(), 0, "passkeys are not offered here");
  await closeSettings(tab);
  await signIn(tab, "ada");
  assert.equal(tab.url(), `${site.url}/`, "the address says nothing about it any more");
  await shows(tab, "Workout");
  await openAccount(tab);
  await text(settings.account(tab), "Signed in with Acme. Ways to sign in: Acme.");
  await text(settings.list(tab, "Signed-in browsers"), "This browser");
  await closeSettings(tab);

  await signOut(tab);
  await shows(tab);
  // The provider still knows the person, and asks nothing.
  await goToProvider(tab);
  await told(tab, SIGNED_IN);
  await shows(tab, "Workout");
  const elsewhere = strangers.filter((address) => !address.startsWith(`${site.provider.issuer}/`));
  assert.deepEqual(await ranOrLoadedAnywhere(tab, elsewhere), []);
});

test("each person of the provider has a timeline of their own, in every browser", async () => {
  const bob = await the.newcomer(site);
  await schedule(bob, "Dentist");
  await signIn(bob, "bob");
  const eve = await the.newcomer(site);
  await connected(eve);
  await signIn(eve, "eve");
  await shows(eve);
  await schedule(eve, "Lunch");

  const again = await the.newcomer(site);
  await connected(again);
  await signIn(again, "bob");
  await shows(again, "Dentist");
  await openAccount(again);
  await count(settings.list(again, "Signed-in browsers"), 2);
  await shows(bob, "Dentist");
  await shows(eve, "Lunch");
});

test("a guest with a timeline who has one already chooses, and both are kept", async () => {
  const home = await the.newcomer(site);
  await schedule(home, "Workout");
  await signIn(home, "cleo");
  const work = await the.newcomer(site);
  await schedule(work, "Dentist");
  await schedule(work, "Lunch");
  await goToProvider(work);
  await introduce(work, "cleo");
  await text(settings.account(work), "Your account had a timeline already, and this browser had another one. Both are kept.");
  await count(settings.list(work, "Your timelines"), 2);
  const other = settings.account(work).getByRole("button", { name: /^Show this one: 2 blocks, changed / });
  await Promise.all([work.waitForEvent("load"), other.click()]);
  await shows(work, "Dentist", "Lunch");
});

test("who declines at the provider is told so, and stays a guest", async () => {
  const tab = await the.newcomer(site);
  await schedule(tab, "Workout");
  await goToProvider(tab);
  await tab.getByRole("link", { name: "Cancel" }).click();
  await told(tab, NOT_SIGNED_IN);
  assert.equal(tab.url(), `${site.url}/`);
  await shows(tab, "Workout");
  await openAccount(tab);
  await text(settings.account(tab), "You use Flux as a guest");
  await closeSettings(tab);
  await signIn(tab, "dan");
  await shows(tab, "Workout");
});

test("the way back from the provider leads in once, and only in the browser that went", async () => {
  const tab = await the.newcomer(site);
  const addresses = callbacks(tab);
  await schedule(tab, "Workout");
  await signIn(tab, "fay");
  assert.equal(addresses.length, 1);
  await tab.goto(addresses[0]);
  await told(tab, NOT_SIGNED_IN);
  await shows(tab, "Workout");

  // Nobody can sign others in as themselves.
  const victim = await the.newcomer(site);
  await schedule(victim, "Dentist");
  await goToProvider(victim);
  await question(victim).waitFor();
  const attempt = new URL(victim.url());
  assert.equal(attempt.origin, site.provider.issuer);
  await victim.goto(addresses[0]);
  await told(victim, NOT_SIGNED_IN);
  await shows(victim, "Dentist");
  await openAccount(victim);
  await text(settings.account(victim), "You use Flux as a guest");
});

test("a forged way back is refused, and a real one works after it", async () => {
  const tab = await the.newcomer(site);
  await schedule(tab, "Workout");
  for (const forged of ["code=guessed&state=guessed", "state=guessed", "error=access_denied", ""]) {
    await tab.goto(`${site.url}/auth/oidc/callback?${forged}`);
    await told(tab, NOT_SIGNED_IN);
    await shows(tab, "Workout");
  }
  // The state of the attempt with a code that the provider did not give.
  let state;
  tab.on("request", (request) => (state = new URL(request.url()).searchParams.get("state") ?? state));
  await goToProvider(tab);
  await question(tab).waitFor();
  assert.ok(state);
  await tab.goto(`${site.url}/auth/oidc/callback?code=guessed&state=${state}`);
  await told(tab, NOT_SIGNED_IN);
  await shows(tab, "Workout");
  await signIn(tab, "gil");
  await shows(tab, "Workout");
});

test("without guests, nobody has a timeline before they sign in", async () => {
  const tab = await the.newcomer(closed);
  await text(notice(tab), SHUT);
  assert.deepEqual(await tab.context().cookies(), []);
  const found = await look(tab, "sign-in");
  assert.equal(await notice(tab).getByRole("button").count(), 0, "there are no guests");
  const guest = await fetch(`${closed.url}/api/guest`, { method: "POST" });
  assert.equal(guest.status, 403);
  assert.match(await guest.text(), /There are no guests here\./);
  assert.equal((await fetch(`${closed.url}/agents/chat/me/export`)).status, 401);
  assert.deepEqual(await (await fetch(`${closed.url}/auth`)).json(), { providers: ["oidc"], oidcName: "Acme" });

  await notice(tab).getByRole("link", WAY).click();
  await introduce(tab, "ada");
  await told(tab, SIGNED_IN);
  await shows(tab);
  await schedule(tab, "Workout");
  await tab.reload();
  await shows(tab, "Workout");
  await signOut(tab);
  await text(notice(tab), SHUT);
  assert.deepEqual(found, []);
});

test("without guests, who declines can try again", async () => {
  const tab = await the.newcomer(closed);
  await notice(tab).getByRole("link", WAY).click();
  await tab.getByRole("link", { name: "Cancel" }).click();
  await told(tab, NOT_SIGNED_IN);
  await notice(tab).getByRole("link", WAY).click();
  await introduce(tab, "hal");
  await told(tab, SIGNED_IN);
  await connected(tab);
});

test("a provider that cannot be reached is no loss", async () => {
  const lost = await startSite({
    IDENTITY_PROVIDERS: "guest oidc", OIDC_ISSUER: `http://127.0.0.1:${await freePort()}`, OIDC_CLIENT_ID: "flux",
  });
  try {
    const tab = await the.newcomer(lost);
    await schedule(tab, "Workout");
    await openAccount(tab);
    await settings.account(tab).getByRole("link", { name: "Sign in with your account", exact: true }).click();
    await told(tab, NOT_SIGNED_IN);
    await shows(tab, "Workout");
  } finally {
    await lost.stop();
  }
});

test("somebody who signed in with the provider adds a passkey, and both lead to the same timeline", async () => {
  const tab = await the.newcomer(open);
  await newDevice(tab);
  await schedule(tab, "Workout");
  await signIn(tab, "ada");
  await openAccount(tab);
  await Promise.all([tab.waitForEvent("load"), settings.button(tab, "Add a passkey").click()]);
  await told(tab, PASSKEY_ADDED);
  await openAccount(tab);
  await text(settings.account(tab), "Signed in with Acme. Ways to sign in: 1 passkey and Acme.");
  await count(settings.list(tab, "Signed-in browsers"), 1);
  await closeSettings(tab);
  await signOut(tab);
  await openAccount(tab);
  await Promise.all([tab.waitForEvent("load"), settings.button(tab, "Sign in with a passkey").click()]);
  await shows(tab, "Workout");
  await openAccount(tab);
  await text(settings.account(tab), "Signed in with a passkey.");
});
