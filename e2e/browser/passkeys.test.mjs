// Accounts with passkeys, in a browser whose device is simulated (Chromium's virtual authenticator).

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { connect } from "../lib/client.mjs";
import {
  SHUT, SIGNED_IN, closeSettings, dismissNotes, hint, newDevice, notice, openAccount, schedule, settings, shows, signInTests, signOut, startSite, told,
} from "./account.mjs";
import { look } from "./axe.mjs";
import { ranOrLoadedAnywhere, watch } from "./markup.mjs";
import { startLine } from "./line.mjs";
import { PHONE, connected, count, fits, gone, isBusy, isDone, picture, say, seen, text } from "./page.mjs";

const the = signInTests();
let site;
before(async () => (site = await startSite()));
after(() => site?.stop());

/** Somebody with a block, a passkey and its device. */
async function member(title) {
  const tab = await the.newcomer(site);
  const device = await newDevice(tab);
  await schedule(tab, title);
  await openAccount(tab);
  await makePasskey(tab, "Create a passkey");
  await shows(tab, title);
  return { tab, device };
}

async function makePasskey(tab, name) {
  await Promise.all([tab.waitForEvent("load"), settings.button(tab, name).click()]);
  await told(tab, SIGNED_IN);
}

/** Another browser, with the passkeys of a device. */
async function otherBrowser(device) {
  const tab = await the.newcomer(site);
  const copy = await newDevice(tab);
  await copy.copy(device);
  return { tab, device: copy };
}

async function signIn(tab) {
  await openAccount(tab);
  await Promise.all([tab.waitForEvent("load"), settings.button(tab, "Sign in with a passkey").click()]);
}

async function signOutEverywhere(tab) {
  await openAccount(tab);
  await settings.button(tab, "Sign out everywhere").click();
  await Promise.all([tab.waitForEvent("load"), settings.button(tab, "Yes, sign out everywhere").click()]);
}

test("a guest keeps the timeline with a passkey, and comes back to it", async () => {
  const tab = await the.newcomer(site, { isNewHere: true });
  const strangers = watch(tab);
  const device = await newDevice(tab);
  await connected(tab);
  assert.equal(await hint(tab).count(), 0, "there is nothing to lose");
  await schedule(tab, "Workout");
  await hint(tab).waitFor();
  const found = await look(tab, "guest-hint");
  await hint(tab).getByRole("button", { name: "Keep it safe" }).click();
  await settings.account(tab).getByText("You use Flux as a guest").waitFor();
  await gone(hint(tab));
  assert.ok(await settings.account(tab).evaluate((account) => account.contains(document.activeElement)), "the account has the focus");

  await makePasskey(tab, "Create a passkey");
  assert.equal(tab.url(), `${site.url}/`, "the address says nothing about it any more");
  await shows(tab, "Workout");
  assert.equal(await hint(tab).count(), 0);
  await openAccount(tab);
  await text(settings.account(tab), "Signed in with a passkey. Ways to sign in: 1 passkey.");
  await count(settings.list(tab, "Signed-in browsers"), 1);
  await text(settings.list(tab, "Signed-in browsers"), /^Chrome on Linux.*This browser.*Last used today/s);
  await closeSettings(tab);

  await signOut(tab);
  await shows(tab);
  await signIn(tab);
  await told(tab, SIGNED_IN);
  await shows(tab, "Workout");
  assert.equal((await device.passkeys()).length, 1);
  assert.deepEqual(await ranOrLoadedAnywhere(tab, strangers), []);
  assert.deepEqual(found, []);
});

test("“Not now” is respected, and the hint is not for empty timelines", async () => {
  const tab = await the.newcomer(site, { isNewHere: true, ...PHONE });
  await connected(tab);
  await tab.reload();
  await connected(tab);
  assert.equal(await hint(tab).count(), 0);
  await tab.getByRole("textbox", { name: "Message" }).fill("Schedule workout tomorrow at 8am");
  await seen.send(tab).tap();
  await hint(tab).waitFor();
  await fits(tab);
  await picture(tab, "phone-guest-hint.png");
  await hint(tab).getByRole("button", { name: "Not now" }).tap();
  await gone(hint(tab));
  await tab.reload();
  await connected(tab);
  await tab.getByRole("button", { name: "Timeline", exact: true }).tap();
  await seen.block(tab, "Workout").waitFor();
  assert.equal(await hint(tab).count(), 0);
});

test("a browser with a timeline of its own lets the person choose, and both are kept", async () => {
  const first = await member("Workout");
  const { tab } = await otherBrowser(first.device);
  await schedule(tab, "Dentist");
  await schedule(tab, "Lunch");
  await signIn(tab);
  // The settings open by themselves.
  await text(settings.account(tab), "Your account had a timeline already, and this browser had another one. Both are kept.");
  const timelines = settings.list(tab, "Your timelines");
  await count(timelines, 2);
  await text(timelines.filter({ hasText: "Shown" }), /^1 block, changed /);
  await picture(tab, "account-choice.png");
  await closeSettings(tab);
  await shows(tab, "Workout");

  const change = async (blocks) => {
    await openAccount(tab);
    const other = settings.account(tab).getByRole("button", { name: new RegExp(`^Show this one: ${blocks}, changed `) });
    await Promise.all([tab.waitForEvent("load"), other.click()]);
  };
  await change("2 blocks");
  await shows(tab, "Dentist", "Lunch");
  await openAccount(tab);
  await text(timelines.filter({ hasText: "Shown" }), /^2 blocks, changed /);
  await closeSettings(tab);
  // The other browser still shows what it showed.
  await first.tab.reload();
  await shows(first.tab, "Workout");
  await change("1 block");
  await shows(tab, "Workout");
  await openAccount(tab);
  await count(timelines, 2);
});

test("a browser without a timeline of its own just shows the account's", async () => {
  const first = await member("Workout");
  const { tab } = await otherBrowser(first.device);
  await connected(tab);
  await signIn(tab);
  await told(tab, SIGNED_IN);
  await shows(tab, "Workout");
  await openAccount(tab);
  assert.equal(await settings.list(tab, "Your timelines").count(), 0);

  // What one of them does, the other sees.
  await closeSettings(tab);
  await seen.done(tab, "Workout").check();
  await isDone(first.tab, "Workout");

  // A session can be ended from another browser.
  await openAccount(tab);
  const sessions = settings.list(tab, "Signed-in browsers");
  await count(sessions, 2);
  await settings.button(tab, "End the session of Chrome on Linux").click();
  await count(sessions, 1);
  await text(sessions, "This browser");
  await text(notice(first.tab), "You are signed out.");
});

test("who signs out everywhere is signed out in every browser, and can come back", async () => {
  const first = await member("Workout");
  const { tab, device } = await otherBrowser(first.device);
  await connected(tab);
  await signIn(tab);
  await shows(tab, "Workout");

  await openAccount(first.tab);
  await settings.button(first.tab, "Sign out everywhere").click();
  const question = settings.account(first.tab).getByRole("alertdialog", { name: "Sign out everywhere?" });
  const stay = question.getByRole("button", { name: "Stay signed in" });
  assert.ok(await stay.evaluate((stay) => stay === document.activeElement));
  await stay.click();
  await gone(question);
  await closeSettings(first.tab);
  await signOutEverywhere(first.tab);
  await shows(first.tab);

  await text(notice(tab), "You are signed out.");
  await dismissNotes(tab);
  const found = await look(tab, "signed-out");
  await tab.reload();
  await text(notice(tab), SHUT);
  await text(seen.connection(tab), "Signed out");
  assert.ok(await seen.message(tab).isDisabled());
  found.push(...(await look(tab, "shut")));
  await picture(tab, "shut.png");
  await tab.setViewportSize(PHONE.viewport);
  await text(notice(tab), SHUT);
  await fits(tab);
  await picture(tab, "phone-shut.png");
  await tab.setViewportSize({ width: 1440, height: 900 });
  await Promise.all([tab.waitForEvent("load"), notice(tab).getByRole("button", { name: "Sign in with a passkey" }).click()]);
  await told(tab, SIGNED_IN);
  await shows(tab, "Workout");

  await signOutEverywhere(tab);
  await shows(tab);
  assert.equal((await device.passkeys()).length, 1);
  assert.deepEqual(found, []);
});

/** A browser that was signed out from another one, in which the block is then ticked. */
async function signedOutWithAChange() {
  const first = await member("Workout");
  const { tab } = await otherBrowser(first.device);
  await connected(tab);
  await signIn(tab);
  await shows(tab, "Workout");
  await signOutEverywhere(first.tab);
  await text(notice(tab), "You are signed out.");
  await seen.done(tab, "Workout").check();
  return tab;
}

test("who is signed out while they change something keeps the change", async () => {
  const tab = await signedOutWithAChange();
  await isBusy(tab, "Workout");
  await text(notice(tab), "1 change is not saved yet; it is kept and sent after you sign in again.");
  await Promise.all([tab.waitForEvent("load"), notice(tab).getByRole("button", { name: "Sign in with a passkey" }).click()]);
  await isDone(tab, "Workout");
});

test("who is signed out can go on as a new guest, who has nothing of the old timeline", async () => {
  const tab = await signedOutWithAChange();
  await text(notice(tab), "1 change is not saved yet");
  await Promise.all([tab.waitForEvent("load"), notice(tab).getByRole("button", { name: "Continue as a new guest" }).click()]);
  await shows(tab);
  await count(seen.said(tab), 0);
  await openAccount(tab);
  await text(settings.account(tab), "You use Flux as a guest");
});

test("nobody is signed in because an address says so", async () => {
  const tab = await the.newcomer(site);
  await connected(tab);
  const asked = () => tab.waitForResponse("**/auth");
  for (const word of ["done", "added"]) {
    await Promise.all([asked(), tab.goto(`${site.url}/?sign-in=${word}`)]);
    await connected(tab);
    assert.equal(tab.url(), `${site.url}/`);
    await count(seen.notes(tab).getByRole("status"), 0);
  }
});

test("all tabs of a browser follow when the person signs in or out in one of them", async () => {
  const tab = await the.newcomer(site);
  await newDevice(tab);
  await schedule(tab, "Workout");
  const second = await the.visit(tab.context(), site);
  await shows(second, "Workout");
  // Only the tab in front may ask for a passkey.
  await tab.bringToFront();
  await openAccount(tab);
  await makePasskey(tab, "Create a passkey");
  await seen.done(tab, "Workout").check();
  await isDone(second, "Workout");
  await openAccount(second);
  await text(settings.account(second), "Signed in with a passkey.");
  await count(settings.list(second, "Signed-in browsers"), 1);
  await closeSettings(second);
  await signOut(tab);
  await shows(tab);
  await shows(second);
  await count(seen.said(second), 0);
});

test("what was not saved or sent is not for somebody else who signs in, and waits for its owner", async () => {
  const first = await member("Workout");
  const stranger = await member("Dentist");
  const { tab, device } = await otherBrowser(first.device);
  await connected(tab);
  await signIn(tab);
  await shows(tab, "Workout");
  await seen.message(tab).fill("half a secret");
  await signOutEverywhere(first.tab);
  await text(notice(tab), "You are signed out.");
  await seen.plans(tab).click();
  await tab.getByRole("textbox", { name: "New plan" }).fill("A secret plan");
  await tab.getByRole("button", { name: "Create plan" }).click();
  await text(notice(tab), "1 change is not saved yet");
  const passkeys = await device.passkeys();
  await device.forget();
  await device.copy(stranger.device);
  await Promise.all([tab.waitForEvent("load"), notice(tab).getByRole("button", { name: "Sign in with a passkey" }).click()]);
  await told(tab, SIGNED_IN);
  await connected(tab);
  assert.equal(await seen.message(tab).inputValue(), "");
  await shows(tab, "Dentist");
  await shows(stranger.tab, "Dentist");

  await signOut(tab);
  await shows(tab);
  assert.equal(await seen.message(tab).inputValue(), "");
  await device.forget();
  await device.copy({ passkeys: async () => passkeys });
  await signIn(tab);
  await text(seen.plans(tab), "A secret plan");
  assert.equal(await seen.message(tab).inputValue(), "half a secret");
});

test("another tab that comes to show somebody else’s timeline keeps nothing of the one before", async () => {
  const first = await member("Workout");
  const { tab } = await otherBrowser(first.device);
  const line = await startLine(tab.context());
  await connected(tab);
  await signIn(tab);
  await shows(tab, "Workout");
  await line.cut();
  await text(seen.connection(tab), /Offline|Reconnecting|Connecting/);
  await say(tab, "a secret message");
  await text(seen.said(tab), "Waiting for the connection");
  await seen.message(tab).fill("half a secret");
  await seen.done(tab, "Workout").check();
  await isBusy(tab, "Workout");
  // The browser becomes that of a guest, as it does when somebody signs out in another tab.
  await tab.context().clearCookies();
  assert.ok((await tab.context().request.get(site.url)).ok());
  line.restore();
  await shows(tab);
  await told(tab, "Changes that were not saved belong to the timeline from before. They are kept in this browser, and sent when it is shown again.");
  await told(tab, "What you wrote and was not sent belongs to the timeline from before. It is kept in this browser, and in the message box again when that is shown.");
  assert.equal(await seen.message(tab).inputValue(), "");
  await count(seen.said(tab), 0);
  await signIn(tab);
  await shows(tab, "Workout");
  assert.equal(await seen.message(tab).inputValue(), "a secret message\nhalf a secret");
  await count(seen.said(tab).filter({ hasText: "a secret message" }), 0);
});

test("a passkey that is not made or not used changes nothing, and is no fault", async () => {
  const tab = await the.newcomer(site);
  const device = await newDevice(tab);
  await schedule(tab, "Workout");
  await device.recognises(false);
  await openAccount(tab);
  await settings.button(tab, "Create a passkey").click();
  await text(settings.problem(tab), "No passkey was made, and nothing was changed. You can try again at any time.");
  await settings.button(tab, "Sign in with a passkey").click();
  await text(settings.problem(tab), "You were not signed in, and nothing was changed. You can try again at any time.");
  await text(settings.account(tab), "You use Flux as a guest");
  await device.recognises(true);
  await makePasskey(tab, "Create a passkey");
  await shows(tab, "Workout");

  // A device without a passkey.
  await signOut(tab);
  await device.forget();
  await openAccount(tab);
  await settings.button(tab, "Sign in with a passkey").click();
  await text(settings.problem(tab), "You were not signed in, and nothing was changed.");
});

test("a device makes one passkey for a timeline", async () => {
  const { tab, device } = await member("Workout");
  await openAccount(tab);
  const ended = Promise.race([tab.waitForEvent("load"), settings.problem(tab).waitFor()]);
  await settings.button(tab, "Add a passkey").click();
  await ended;
  assert.equal((await device.passkeys()).length, 1);
  await text(settings.problem(tab), "This device has a passkey for this timeline already. Nothing was changed.");
});

test("a program uses the timeline with an access token, until it is revoked", async () => {
  const { tab, device } = await member("Workout");
  const other = await otherBrowser(device);
  await connected(other.tab);
  await signIn(other.tab);
  await shows(other.tab, "Workout");

  await dismissNotes(tab);
  await openAccount(tab);
  await settings.button(tab, "Make a token").click();
  await text(settings.problem(tab), "Give the token a name, so that you know it again.");
  await settings.account(tab).getByRole("textbox", { name: "Name of the token" }).fill("Backup script");
  await settings.button(tab, "Make a token").click();
  const made = settings.account(tab).getByRole("textbox", { name: "Token “Backup script”" });
  await made.waitFor();
  const secret = await made.inputValue();
  await tab.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await settings.button(tab, "Copy").click();
  await settings.account(tab).getByText("The token is copied. It is not shown again.").waitFor();
  assert.equal(await tab.evaluate(() => navigator.clipboard.readText()), secret);
  const tokens = settings.list(tab, "Access tokens for programs");
  await text(tokens, /^Backup script\s*May read\. Made \d+ \w+ \d+, never used, ends /);
  await count(settings.list(tab, "Signed-in browsers"), 2);
  const found = await look(tab, "account", settings.account(tab));

  const asked = () => fetch(`${site.url}/agents/chat/me/export`, { headers: { authorization: `Bearer ${secret}` } });
  const exported = await (await asked()).json();
  assert.ok(exported.events.some(({ type }) => type === "BLOCK_SCHEDULED"));
  const program = await connect(site, { headers: { authorization: `Bearer ${secret}` } });
  await assert.rejects(program.call("completeBlock", { id: "Workout" }), /You may not change this timeline/);

  await closeSettings(tab);
  await openAccount(tab);
  await text(tokens, /last used today/);
  assert.equal(await made.count(), 0, "it is shown once");
  assert.ok(!(await tab.content()).includes(secret));
  await settings.button(tab, "Revoke the token Backup script").click();
  await count(tokens, 0);
  await program.closed;
  assert.equal((await asked()).status, 401);
  await shows(tab, "Workout");
  assert.deepEqual(found, []);
});
