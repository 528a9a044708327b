// The page as a person sees it: a browser, connected tabs, and their elements by role and name.

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach } from "node:test";
import { chromium } from "playwright-core";
import { connect } from "../lib/client.mjs";
import { OFFSET_MS, WEEK_START, ZONE } from "../lib/clock.mjs";
import { ROOT } from "../lib/server.mjs";
import { shiftDate } from "../lib/shift-date.mjs";

/** Where tests put their screenshots. Not in Git. */
export const ARTIFACTS = join(ROOT, "e2e/artifacts");

/** Long enough for a busy machine. Benchmarks measure speed, not tests. */
const LIMIT_MS = 20_000;

const DESKTOP = { width: 1440, height: 900 };
export const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

/** Starts the browser. */
export function openBrowser() {
  return chromium.launch({
    executablePath: process.env.FLUX_CHROMIUM || "/usr/bin/chromium",
    // In a container there is neither a sandbox nor a graphics card, and the browser should not use the internet.
    args: [
      "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking",
      // Otherwise a page that a test serves itself counts as a page of the internet, which may not connect to this computer.
      "--disable-features=LocalNetworkAccessChecks",
    ],
  });
}

/** The people whose browser is open. */
const people = new Set();

// The page never scrolls as a whole. No test can forget to check it: this checks the tabs that are open at the end of a test,
// and `newPerson` and `newTab` see to those that the test closes itself.
afterEach(() => Promise.all([...people].map(assertTabsFillWindow)));

/**
 * A person: cookies of their own, shared by all their tabs. They have read the hint that only this browser has a guest's timeline,
 * unless `isNewHere`. `isDebugging` turns on the debug mode of their browser.
 */
export async function newPerson(browser, { isNewHere = false, isDebugging = false, ...options } = {}) {
  const person = await browser.newContext({
    viewport: DESKTOP, colorScheme: "light", reducedMotion: "reduce", locale: "en-GB", timezoneId: ZONE, ...options,
  });
  person.setDefaultTimeout(LIMIT_MS);
  await person.addInitScript(shiftDate, OFFSET_MS);
  if (!isNewHere) await person.addInitScript(dismissHint);
  if (isDebugging) await person.addInitScript(turnOnDebugMode);
  people.add(person);
  person.on("close", () => people.delete(person));
  checkBeforeClosing(person, assertTabsFillWindow);
  return person;
}

/** Does what “Not now” in the hint does. Runs in the page, also in one that a test serves itself, which may have no storage. */
function dismissHint() {
  try {
    localStorage.setItem("flux.guest-hint", "dismissed");
  } catch {}
}

/** Does what the setting does, on pages that have storage. */
function turnOnDebugMode() {
  try {
    localStorage.setItem("flux.preferences", "debug");
  } catch {}
}

/** Makes `close` check first, and close even if the check fails. */
function checkBeforeClosing(closable, check) {
  const close = closable.close.bind(closable);
  closable.close = async (options) => {
    try {
      await check(closable);
    } finally {
      await close(options);
    }
  };
}

async function assertTabsFillWindow(person) {
  try {
    await Promise.all(person.pages().map(assertFillsWindow));
  } catch (error) {
    // A test that fails may leave its people open. The tests after it should not fail because of them.
    people.delete(person);
    throw error;
  }
}

/** The document is as tall as the window. Pages other than the product's, such as the one with React, are not checked. */
async function assertFillsWindow(tab) {
  const heights = await tab.evaluate(() => {
    const isOurs = document.getElementById("main") !== null;
    return isOurs && { document: document.documentElement.scrollHeight, window: innerHeight };
  });
  if (heights) assert.equal(heights.document, heights.window, "the document is as tall as the window");
}

/** Opens a tab and waits until it is connected. For a new person it also sets the first day of the week (lib/clock.mjs). */
export async function openTab(person, server) {
  const isNew = !(await identityOf(person));
  const tab = await newTab(person);
  await tab.goto(server.url);
  await connected(tab);
  if (isNew && WEEK_START !== "Mon") {
    const client = await connectAs(person, server);
    await client.call("setSettings", { weekStart: WEEK_START });
    await client.close();
  }
  return tab;
}

/** A connection as the same person, without a page. */
export async function connectAs(person, server) {
  return connect(server, { token: await identityOf(person) });
}

/** The person's token. They get it with their first page; before that it is `undefined`. */
async function identityOf(person) {
  const cookies = await person.cookies();
  return cookies.find(({ name }) => name === "flux")?.value;
}

/** An empty tab. `tab.faults` has the errors of its scripts. */
export async function newTab(person) {
  const tab = await person.newPage();
  checkBeforeClosing(tab, assertFillsWindow);
  tab.faults = [];
  tab.on("pageerror", (error) => tab.faults.push(String(error)));
  return tab;
}

/** The elements of the page. */
export const seen = {
  message: (tab) => tab.getByRole("textbox", { name: "Message" }),
  send: (tab) => tab.getByRole("button", { name: "Send" }),
  stop: (tab) => tab.getByRole("button", { name: "Stop" }),
  retry: (tab) => tab.getByRole("button", { name: "Retry" }),
  conversation: (tab) => tab.getByRole("log", { name: "Conversation" }),
  said: (tab) => seen.conversation(tab).getByRole("article", { name: "You" }),
  answers: (tab) => seen.conversation(tab).getByRole("article", { name: "Flux" }),
  actions: (tab) => seen.conversation(tab).getByRole("group", { name: /^Action: / }),
  timeline: (tab) => tab.getByRole("region", { name: "Timeline", exact: true }),
  day: (tab, name) => seen.timeline(tab).getByRole("region", { name: new RegExp(`^${name}`) }),
  done: (tab, title) => seen.timeline(tab).getByRole("checkbox", doneBox(title)),
  block: (tab, title) => seen.timeline(tab).getByRole("listitem").filter({ has: tab.getByRole("button", editButton(title)) }),
  agenda: (tab) => tab.getByRole("region", { name: "Agenda" }),
  week: (tab) => tab.getByRole("region", { name: "Week" }),
  notes: (tab) => tab.getByRole("region", { name: "Notifications" }),
  edit: (tab, title) => seen.timeline(tab).getByRole("button", editButton(title)),
  editor: (tab, name) => tab.getByRole("form", { name, exact: true }),
  remove: (tab, title) => seen.timeline(tab).getByRole("button", { name: `Delete ${title}`, exact: true }),
  plans: (tab) => tab.getByRole("button", { name: /^Plans: / }),
  connection: (tab) => tab.getByRole("status", { name: "Connection" }),
};

function editButton(title) {
  return { name: `Edit ${title}`, exact: true };
}

function doneBox(title) {
  return { name: `Done: ${title}`, exact: true };
}

/** Waits until the tab is connected and has the state. */
export async function connected(tab) {
  await text(seen.connection(tab), "Connected");
  await seen.plans(tab).waitFor();
}

/** Writes a message and sends it. */
export async function say(tab, words) {
  await seen.message(tab).fill(words);
  await seen.send(tab).click();
  await text(seen.said(tab).last(), words);
}

/** Waits until no request is being answered. */
export async function answered(tab) {
  await seen.send(tab).waitFor();
}

/** Waits until an element contains a text. */
export function text(locator, words) {
  return locator.filter({ hasText: words }).waitFor();
}

/** Waits until there are exactly so many elements. */
export async function count(locator, number) {
  if (number > 0) await locator.nth(number - 1).waitFor();
  await locator.nth(number).waitFor({ state: "detached" });
}

/** Waits until an element has been removed. */
export function gone(locator) {
  return locator.waitFor({ state: "detached" });
}

/** Waits until a block is completed and the server has confirmed it. */
export async function isDone(tab, title) {
  const box = tab.getByRole("checkbox", { ...doneBox(title), checked: true });
  await tab.locator("li[aria-busy=false]").filter({ has: box }).waitFor();
}

/** Waits until a change of a block is on its way to the server, or no longer. */
export async function isBusy(tab, title, busy = true) {
  await tab.locator(`li[aria-busy=${busy}]`).filter({ has: tab.getByRole("button", editButton(title)) }).waitFor();
}

/** Asserts that nothing is wider than the window. */
export async function fits(tab) {
  const wide = await tab.evaluate(() => {
    const scrolls = (element) => element && (/auto|scroll/.test(getComputedStyle(element).overflowX) || scrolls(element.parentElement));
    const sticksOut = (element) => element.getBoundingClientRect().right > innerWidth + 0.5;
    const names = [...document.body.querySelectorAll("*")].filter((element) => sticksOut(element) && !scrolls(element.parentElement));
    if (document.documentElement.scrollWidth > innerWidth) names.push(document.documentElement);
    return names.map((element) => element.outerHTML.slice(0, 120));
  });
  assert.deepEqual(wide, [], "wider than the window");
}

/** Takes a screenshot, in e2e/artifacts unless `file` is a path. */
export async function picture(tab, file) {
  const path = file.includes("/") ? file : join(ARTIFACTS, file);
  mkdirSync(dirname(path), { recursive: true });
  await tab.screenshot({ path });
}
