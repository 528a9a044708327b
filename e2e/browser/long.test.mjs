// A plan of ten thousand blocks, of which the page loads and draws only the visible part.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { greeted } from "../lib/client.mjs";
import { ZONE, isoDate, wallTime } from "../lib/clock.mjs";
import { importFile } from "../lib/import.mjs";
import { startServer } from "../lib/server.mjs";
import { until } from "../lib/until.mjs";
import { startLine } from "./line.mjs";
import { connected, count, fits, gone, newPerson, openBrowser, openTab, picture, seen } from "./page.mjs";

const BLOCKS = 10_000;
const A_DAY = 20;
/** The number of days before today, and of days from today on. */
const DAYS = BLOCKS / A_DAY / 2;
/** A limit for the visible rows and a margin around them. */
const MOST_DRAWN = 150;
/** A block far from today. */
const NEEDLE = { day: 200, number: 7 };

let server, browser;
before(async () => ([server, browser] = await Promise.all([startServer(), openBrowser()])));
after(() => Promise.all([browser?.close(), server?.stop()]));

function titleOf(day, number) {
  return day === NEEDLE.day && number === NEEDLE.number ? "Needle" : `Day ${day}, block ${number}`;
}

/** The token of a person with the whole plan, which is imported from a file made after another person's export. */
async function longPlan() {
  const client = await greeted(server);
  await client.call("setSettings", { timeZone: ZONE });
  await client.call("scheduleBlock", { title: "Pattern", startTime: wallTime(0, "08:00") });
  const file = await (await fetch(`${server.url}/agents/chat/me/export?token=${client.token}`)).json();
  const pattern = file.events.find(({ type }) => type === "BLOCK_SCHEDULED");
  const events = file.events.filter((event) => event !== pattern);
  const first = Date.parse(pattern.payload.block.span.start);
  for (let place = 0; place < BLOCKS; place++) {
    const [day, number] = [Math.floor(place / A_DAY) - DAYS, place % A_DAY];
    const event = structuredClone(pattern);
    const start = first + day * 86_400_000 + number * 30 * 60_000;
    const [from, to] = [start, start + 30 * 60_000].map((at) => new Date(at).toISOString());
    Object.assign(event, { seq: events.length + 1, id: randomUUID(), txn: randomUUID() });
    Object.assign(event.payload.block, {
      id: randomUUID(), handle: `B${place + 1}`, title: titleOf(day, number), span: { start: from, end: to },
      // All blocks before today are completed.
      ...(day < 0 && { completedAt: to }),
    });
    events.push(event);
  }
  const other = await greeted(server);
  await importFile(server, other.token, JSON.stringify({ format: file.format, version: file.version, events }));
  await Promise.all([client.close(), other.close()]);
  return other.token;
}

/** Makes the page record the greatest number of list items that its agenda has had. */
function watch(agenda) {
  return agenda.evaluate((list) => {
    const look = () => (list.dataset.most = Math.max(list.dataset.most ?? 0, list.querySelectorAll("li").length));
    new MutationObserver(look).observe(list, { childList: true, subtree: true });
    look();
  });
}

async function drewFew(agenda) {
  const most = await agenda.evaluate((list) => Number(list.dataset.most));
  assert.ok(most > 0 && most < MOST_DRAWN, `${most} list items were drawn`);
}

const height = (agenda) => agenda.evaluate((list) => list.scrollHeight);
const scroll = (agenda, top) => agenda.evaluate((list, top) => (list.scrollTop = top), top);

/** The first block that is visible in full, and its distance from the upper edge, in CSS pixels. */
function firstSeen(agenda) {
  return agenda.evaluate((list) => {
    const top = list.getBoundingClientRect().top;
    const below = (row) => row.getBoundingClientRect().top - top;
    const row = [...list.querySelectorAll("li.card")].find((row) => below(row) >= 0);
    return row && { title: row.querySelector("h4").innerText, below: below(row) };
  });
}

/** The same, once the list has been drawn at its new position: when it does not change from one frame to the next. */
function firstSettled(agenda) {
  const frame = () => agenda.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => resolve())));
  return until(async () => {
    await frame();
    const first = await firstSeen(agenda);
    await frame();
    return JSON.stringify(await firstSeen(agenda)) === JSON.stringify(first) && first;
  }, { what: () => "a block in view" });
}

/** Whether a block is visible. */
function isSeen(agenda, title) {
  return agenda.evaluate((list, title) => {
    const row = [...list.querySelectorAll("li.card")].find((row) => row.querySelector("h4").innerText === title);
    const [at, edges] = [row?.getBoundingClientRect(), list.getBoundingClientRect()];
    return row !== undefined && at.bottom > edges.top && at.top < edges.bottom;
  }, title);
}

test("ten thousand blocks are browsed like twenty", async (t) => {
  const token = await longPlan();
  const person = await newPerson(browser);
  await person.addCookies([{ name: "flux", value: token, url: server.url }]);
  const line = await startLine(person);
  const tab = await openTab(person, server);
  const agenda = seen.agenda(tab);
  const sees = (title) => until(() => isSeen(agenda, title), { what: () => `${title} in view` });
  await agenda.getByRole("checkbox").first().waitFor();
  await watch(agenda);

  await t.test("scrolling down loads later blocks page by page", async () => {
    for (let page = 0; page < 3; page++) {
      const before = await height(agenda);
      await scroll(agenda, before);
      await until(async () => (await height(agenda)) > before + 1_000, { what: () => `page ${page}` });
    }
    await fits(tab);
    await picture(tab, "long-down.png");
  });

  await t.test("the last block is reached by its date", async () => {
    await tab.getByLabel("Go to a day").fill(isoDate(DAYS - 1));
    await sees(titleOf(DAYS - 1, 0));
    await scroll(agenda, 1e7);
    await sees(titleOf(DAYS - 1, A_DAY - 1));
    await picture(tab, "long-end.png");
  });

  await t.test("today is shown again, and earlier days are added above without moving what is visible", async () => {
    await tab.getByRole("button", { name: "Today", exact: true }).click();
    await until(async () => /^Day 0,/.test((await firstSeen(agenda))?.title), { what: () => "today" });
    await tab.getByRole("button", { name: /^Show earlier days/ }).click();
    await until(() => agenda.evaluate((list) => list.scrollTop > 0), { what: () => "today below earlier days" });
    // From a little below the top, and from the very top.
    for (const top of [250, 0, 0]) {
      const before = await height(agenda);
      line.hold();
      await scroll(agenda, top);
      const first = await firstSettled(agenda);
      line.release();
      await until(async () => (await height(agenda)) > before + 1_000, { what: () => `more above, from ${top}` });
      await until(async () => (await firstSeen(agenda))?.title === first.title, { what: () => `${first.title} at the top` });
      const now = await firstSettled(agenda);
      assert.equal(now.title, first.title);
      assert.ok(Math.abs(now.below - first.below) < 4, `${first.title} was at ${first.below} and is at ${now.below}`);
    }
    await picture(tab, "long-up.png");
  });

  await t.test("a distant day in the past is reached, and stays in view while earlier days are loaded", async () => {
    await drewFew(agenda);
    await tab.reload();
    await connected(tab);
    await watch(agenda);
    await tab.getByLabel("Go to a day").fill(isoDate(-200));
    await until(async () => {
      const isMoreAbove = await agenda.evaluate((list) => list.scrollTop > 1_000);
      return isMoreAbove && (await firstSeen(agenda))?.title === titleOf(-200, 0);
    }, { what: () => "that day, below others" });
    await picture(tab, "long-ago.png");
  });

  await t.test("a block that is not loaded appears where another tab moves it, on the same connection", async () => {
    await tab.getByRole("button", { name: "Today", exact: true }).click();
    const other = await greeted(server, { token });
    let opened = 0;
    tab.on("websocket", () => opened++);
    const asked = () => {
      const frames = line.release();
      line.hold();
      return frames.some((frame) => JSON.parse(frame).method === "getEvents");
    };
    line.hold();
    await other.call("updateBlock", { id: "Needle", updates: { title: "Found", startTime: wallTime(0, "00:00") } });
    await until(asked, { what: () => "the page to ask for the events" });
    await sees("Found");
    // The page holds it now, and follows each further change without asking.
    await other.call("updateBlock", { id: "Found", updates: { title: "Needle" } });
    await sees("Needle");
    await other.call("undo");
    await sees("Found");
    assert.equal(asked(), false);
    line.release();
    await other.call("undo");
    await gone(seen.block(tab, "Found"));
    await other.close();
    assert.equal(opened, 0);
  });

  await t.test("the search finds blocks in the whole plan", async () => {
    await tab.getByRole("button", { name: "Today", exact: true }).click();
    await tab.getByRole("button", { name: "Search and filter" }).click();
    const search = tab.getByRole("searchbox", { name: "Search the timeline" });
    await search.fill("needle");
    await search.press("Enter");
    await seen.block(tab, "Needle").waitFor();
    await count(seen.timeline(tab).getByRole("checkbox"), 1);
    await search.press("Escape");
    await gone(seen.block(tab, "Needle"));
    await tab.getByRole("button", { name: "Today", exact: true }).click();
    await until(async () => /^Day 0,/.test((await firstSeen(agenda))?.title), { what: () => "today" });
  });

  await t.test("each day is also reached in a past state of the timeline", async () => {
    await tab.getByRole("button", { name: "History" }).click();
    const changes = tab.getByRole("list", { name: "Changes, newest first" });
    await changes.getByRole("button", { name: "See the timeline here" }).first().click();
    const past = tab.getByRole("region", { name: "The past" });
    await past.waitFor();
    for (const day of [DAYS - 1, -200]) {
      await tab.getByLabel("Go to a day").fill(isoDate(day));
      await sees(titleOf(day, 0));
    }
    await picture(tab, "long-past.png");
    await past.getByRole("button", { name: "Back to now" }).click();
    await gone(past);
  });

  await drewFew(agenda);
  assert.deepEqual(tab.faults, []);
  await person.close();
});
