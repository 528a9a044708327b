// Signing in, as a person does it: the account in the settings, notices, and devices with passkeys.

import assert from "node:assert/strict";
import { after, afterEach, before } from "node:test";
import { freePort, startServer } from "../lib/server.mjs";
import { answered, connected, count, newPerson, newTab, openBrowser, say, seen } from "./page.mjs";

/** Starts a browser before the tests of the calling file. Returns `{ browser, visit(), newcomer() }`. */
export function signInTests() {
  const the = {};
  let open = [];
  before(async () => (the.browser = await openBrowser()));
  after(() => the.browser?.close());
  afterEach(async () => {
    const tabs = open;
    open = [];
    for (const tab of tabs) {
      assert.deepEqual(tab.faults, []);
      await tab.context().close();
    }
  });
  /** Another tab of a person. `tab.faults` also has what the browser reports in its console. */
  the.visit = async (person, site) => {
    const tab = await newTab(person);
    open.push(tab);
    tab.on("console", (message) => message.type() === "error" && tab.faults.push(message.text()));
    await tab.goto(site.url);
    return tab;
  };
  /** A tab of a person who was never here. */
  the.newcomer = async (site, options) => the.visit(await newPerson(the.browser, options), site);
  return the;
}

/** Starts a server, and the provider that `startProvider(url)` gives. They know each other, and the browser knows the server by a name. */
export async function startSite(vars, startProvider = async () => undefined) {
  const port = await freePort();
  // Passkeys are made for a domain, and a network address is none.
  const url = `http://localhost:${port}`;
  const provider = await startProvider(url);
  const server = await startServer({ port, vars: { ...provider?.vars, ...vars } });
  return { url, server, provider, stop: () => Promise.all([server.stop(), provider?.stop()]) };
}

/** Elements of the settings. */
export const settings = {
  dialog: (tab) => tab.getByRole("dialog", { name: "Settings" }),
  account: (tab) => settings.dialog(tab).getByRole("group", { name: "Account" }),
  button: (tab, name) => settings.account(tab).getByRole("button", { name, exact: true }),
  list: (tab, name) => settings.account(tab).getByRole("list", { name }).getByRole("listitem"),
  problem: (tab) => settings.account(tab).getByRole("alert"),
};

/** Opens the settings and waits until the account is shown. */
export async function openAccount(tab) {
  // They are loaded last, for somebody who is signed in.
  const timelines = tab.waitForResponse("**/auth/timelines").catch(() => undefined);
  await tab.getByRole("button", { name: "Settings" }).click();
  await settings.account(tab).getByRole("heading", { name: "Access tokens for programs" }).waitFor();
  if (await settings.button(tab, "Sign out").isVisible()) await timelines;
}

export async function closeSettings(tab) {
  await tab.keyboard.press("Escape");
  await settings.dialog(tab).waitFor({ state: "hidden" });
}

/** What a guest reads who has something to lose, and what somebody reads whom the service does not know. */
export const hint = (tab) => tab.getByRole("status").filter({ hasText: "This timeline is kept by this browser alone" });
export const notice = (tab) => tab.getByRole("alert").filter({ has: tab.getByRole("button").or(tab.getByRole("link")) });

export const SIGNED_IN = "You are signed in. Your timeline is there in every browser in which you sign in.";
export const PASSKEY_ADDED = "The passkey was added.";
export const NOT_SIGNED_IN = "You could not be signed in. Nothing was changed; try again.";

/** What is in place of the timeline before somebody signs in. */
export const SHUT = "Sign in to see your timeline.";

/** Waits for a notification. */
export function told(tab, words) {
  return seen.notes(tab).getByText(words, { exact: true }).waitFor();
}

/** Dismisses the notifications, which would cover something in a screenshot. */
export async function dismissNotes(tab) {
  const buttons = seen.notes(tab).getByRole("button", { name: "Dismiss" });
  // Some disappear by themselves meanwhile.
  while (await buttons.count()) await buttons.first().click({ timeout: 1_000 }).catch(() => undefined);
}

/** Schedules a block, such as `Workout`, in the chat. */
export async function schedule(tab, title) {
  await connected(tab);
  await say(tab, `Schedule ${title.toLowerCase()} tomorrow at 8am`);
  await seen.block(tab, title).waitFor();
  await answered(tab);
}

/** Waits until the tab is connected and shows exactly these blocks. */
export async function shows(tab, ...titles) {
  await connected(tab);
  for (const title of titles) await seen.block(tab, title).waitFor();
  await count(seen.timeline(tab).getByRole("button", { name: /^Edit / }), titles.length);
}

/** Signs out, and waits until the page has loaded again. */
export async function signOut(tab) {
  await openAccount(tab);
  await Promise.all([tab.waitForEvent("load"), settings.button(tab, "Sign out").click()]);
}

/** A device that keeps passkeys and whose owner confirms everything at once. It belongs to the tab. */
export async function newDevice(tab) {
  const session = await tab.context().newCDPSession(tab);
  await session.send("WebAuthn.enable", { enableUI: false });
  const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  const send = (method, more) => session.send(`WebAuthn.${method}`, { authenticatorId, ...more });
  const passkeys = async () => (await send("getCredentials")).credentials;
  return {
    passkeys,
    /** Whether the owner can prove who they are, for example with a fingerprint. */
    recognises: (isUserVerified) => send("setUserVerified", { isUserVerified }),
    forget: () => send("clearCredentials"),
    /** Copies the passkeys of another device. They count on from a higher number, because the service refuses one that does not rise. */
    async copy(other) {
      for (const credential of await other.passkeys()) {
        await send("addCredential", { credential: { ...credential, signCount: credential.signCount + 1_000 } });
      }
    },
  };
}
