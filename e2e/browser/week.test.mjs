// The week view by hand.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { WEEK_START, isoDate } from "../lib/clock.mjs";
import { startServer } from "../lib/server.mjs";
import { until } from "../lib/until.mjs";
import {
  PHONE, connectAs, connected, count, fits, gone, newPerson, newTab, openBrowser, openTab, picture, seen, text,
} from "./page.mjs";

let server, browser;
before(async () => ([server, browser] = await Promise.all([startServer(), openBrowser()])));
after(() => Promise.all([browser?.close(), server?.stop()]));

/** Days until the Monday after next. In that week, each day is shown by its name and lies in the future. */
const MONDAY = 14 - ((new Date(`${isoDate(0)}T12:00Z`).getUTCDay() + 6) % 7);
const at = (day, time) => `${isoDate(MONDAY + day)}T${time}`;
const NAMES = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
/** The last day of that week, in days after its Monday. */
const LAST = WEEK_START === "Mon" ? 6 : 5;

const show = (tab) => tab.getByRole("button", { name: "Week", exact: true }).click();
const goTo = (tab, date) => tab.getByLabel("Go to a day").fill(date);
const day = (tab, name) => seen.week(tab).getByRole("list", { name, exact: true });
const block = (tab, name) => seen.week(tab).getByRole("button", { name, exact: true });
const title = (form) => form.getByRole("textbox", { name: "Title" });

/** A tab that shows the week after next, with these blocks in it. */
async function week(person, blocks) {
  const tab = await openTab(person, server);
  const client = await connectAs(person, server);
  for (const block of blocks) await client.call("scheduleBlock", block);
  await client.close();
  await show(tab);
  await goTo(tab, at(0, "").slice(0, 10));
  await day(tab, "Monday").waitFor();
  return tab;
}

/** Drags a block by days and minutes. `from` is where it is held: 0 at its top, 1 at its bottom. */
async function pull(tab, held, { from = 0.5, days = 0, minutes = 0 }) {
  await held.scrollIntoViewIfNeeded();
  const box = await held.boundingBox();
  const column = await day(tab, "Monday").boundingBox();
  const [x, y] = [box.x + box.width / 2, box.y + box.height * from];
  await tab.mouse.move(x, y);
  await tab.mouse.down();
  await tab.mouse.move(x + days * column.width, y + (minutes / 1440) * column.height, { steps: 5 });
}

test("the week view is shown, paged and remembered", async () => {
  const person = await newPerson(browser);
  const tab = await week(person, [{ title: "Workout", startTime: at(1, "08:00") }]);
  await block(tab, "Workout 08:00–09:00, Tuesday").waitFor();
  await day(tab, "Tuesday").getByRole("listitem").waitFor();
  await tab.getByRole("button", { name: "Later", exact: true }).click();
  await gone(block(tab, "Workout 08:00–09:00, Tuesday"));
  await tab.getByRole("button", { name: "Earlier", exact: true }).click();
  await block(tab, "Workout 08:00–09:00, Tuesday").waitFor();
  await tab.getByRole("button", { name: "Today", exact: true }).click();
  await day(tab, "Today").locator(".week-now").waitFor();
  assert.equal(await tab.getByLabel("Go to a day").inputValue(), isoDate(0));
  await picture(tab, "week-today.png");

  await tab.reload();
  await connected(tab);
  await day(tab, "Today").waitFor();
  assert.equal(await seen.agenda(tab).count(), 0);
  await tab.getByRole("button", { name: "Agenda", exact: true }).click();
  await text(seen.block(tab, "Workout"), "08:00–09:00");
  await tab.reload();
  await connected(tab);
  await seen.agenda(tab).waitFor();
  assert.deepEqual(tab.faults, []);
  await person.close();
});

test("blocks are dragged to another day and time and resized, and a drag can be cancelled", async () => {
  const person = await newPerson(browser);
  const tab = await week(person, [{ title: "Workout", startTime: at(0, "08:00") }]);
  const second = await openTab(person, server);
  // A new tab begins with the view that this browser showed last.
  await second.getByRole("button", { name: "Agenda", exact: true }).click();
  // Background pages are drawn rarely.
  await tab.bringToFront();

  await pull(tab, block(tab, "Workout 08:00–09:00, Monday"), { days: 2, minutes: 122 });
  // Shown where it would be dropped.
  await block(tab, "Workout 10:00–11:00, Wednesday").waitFor();
  await picture(tab, "week-pulled.png");
  await tab.mouse.up();
  await block(tab, "Workout 10:00–11:00, Wednesday").waitFor();
  await text(seen.block(second, "Workout"), "10:00–11:00");

  await pull(tab, block(tab, "Workout 10:00–11:00, Wednesday"), { from: 0.97, minutes: 30 });
  await tab.mouse.up();
  await block(tab, "Workout 10:00–11:30, Wednesday").waitFor();
  await text(seen.block(second, "Workout"), "10:00–11:30");

  await pull(tab, block(tab, "Workout 10:00–11:30, Wednesday"), { days: 1, minutes: -60 });
  await block(tab, "Workout 09:00–10:30, Thursday").waitFor();
  await tab.keyboard.press("Escape");
  await block(tab, "Workout 10:00–11:30, Wednesday").waitFor();
  await tab.mouse.up();
  await block(tab, "Workout 10:00–11:30, Wednesday").waitFor();
  assert.equal(await seen.editor(tab, "Edit").count(), 0);

  // Anywhere on it, even on its text.
  await pull(tab, block(tab, "Workout 10:00–11:30, Wednesday"), { from: 0.3, minutes: 60 });
  await tab.mouse.up();
  await block(tab, "Workout 11:00–12:30, Wednesday").waitFor();
  await text(seen.block(second, "Workout"), "11:00–12:30");
  assert.deepEqual([...tab.faults, ...second.faults], []);
  await person.close();
});

test("a short block can be resized, and one over midnight only where it begins and ends", async () => {
  const person = await newPerson(browser);
  const tab = await week(person, [
    { title: "Call Ana", startTime: at(0, "08:00"), durationMinutes: 30 },
    { title: "Night train", startTime: at(1, "22:00"), endTime: at(2, "06:00") },
  ]);
  await pull(tab, block(tab, "Call Ana 08:00–08:30, Monday"), { from: 0.9, minutes: 30 });
  await tab.mouse.up();
  await block(tab, "Call Ana 08:00–09:00, Monday").waitFor();
  await pull(tab, block(tab, "Call Ana 08:00–09:00, Monday"), { from: 0.03, minutes: -30 });
  await tab.mouse.up();
  await block(tab, "Call Ana 07:30–09:00, Monday").waitFor();

  const morning = day(tab, "Wednesday").getByRole("button", { name: /^Night train / });
  await pull(tab, morning, { from: 0.01, minutes: 60 });
  await tab.mouse.up();
  await day(tab, "Tuesday").getByRole("button", { name: /^Night train 23:00 – Wed .* 07:00, Tuesday$/ }).waitFor();
  assert.deepEqual(tab.faults, []);
  await person.close();
});

test("a block without room for a checkbox is completed and reopened", async () => {
  const person = await newPerson(browser);
  const tab = await week(person, [{ title: "Workout", startTime: at(0, "08:00") }]);
  await block(tab, "Workout 08:00–09:00, Monday").click();
  await seen.editor(tab, "Edit").getByRole("button", { name: "Mark as done" }).click();
  await block(tab, "Workout 08:00–09:00, Monday, done").click();
  await picture(tab, "week-done.png");
  // Everything fits on a small screen, too.
  await tab.setViewportSize(PHONE.viewport);
  const save = await seen.editor(tab, "Edit").getByRole("button", { name: "Save" }).boundingBox();
  assert.ok(save.x + save.width <= PHONE.viewport.width, `it ends at ${save.x + save.width}`);
  await picture(tab, "phone-week-editor.png");
  await seen.editor(tab, "Edit").getByRole("button", { name: "Reopen" }).click();
  await block(tab, "Workout 08:00–09:00, Monday").waitFor();
  assert.deepEqual(tab.faults, []);
  await person.close();
});

test("a week opens at its first block or the start of the day, and says that a search finds nothing in it", async () => {
  const person = await newPerson(browser);
  const tab = await week(person, [{ title: "Workout", startTime: at(0, "06:00") }, { title: "Late", startTime: at(0, "20:00") }]);
  const isSeen = async (name) => {
    const [grid, box] = await Promise.all([seen.week(tab).boundingBox(), block(tab, name).boundingBox()]);
    return box.y >= grid.y && box.y + box.height <= grid.y + grid.height;
  };
  await tab.reload();
  await connected(tab);
  await goTo(tab, at(0, "").slice(0, 10));
  await block(tab, "Workout 06:00–07:00, Monday").waitFor();
  await tab.getByRole("button", { name: "Search and filter" }).click();
  await tab.getByRole("searchbox").fill("nothing of this name");
  await tab.getByText("Nothing fits the search in these days.").waitFor();
  await tab.getByRole("searchbox").fill("");
  await gone(tab.getByText("Nothing fits the search in these days."));
  await tab.getByRole("button", { name: "Agenda", exact: true }).click();
  await tab.getByRole("button", { name: "Week", exact: true }).click();
  await until(() => isSeen("Workout 06:00–07:00, Monday"), { what: () => "the first block to be in view" });

  // The cursor shows where a block is made longer or shorter.
  const cursor = (edge) => block(tab, "Workout 06:00–07:00, Monday").evaluate((button, edge) => getComputedStyle(button, edge).cursor, edge);
  assert.deepEqual([await cursor("::before"), await cursor("::after"), await cursor(null)], ["ns-resize", "ns-resize", "grab"]);
  assert.deepEqual(tab.faults, []);
  await person.close();
});

test("a click opens a block, and a click on empty space creates one there, even after a drag", async () => {
  const person = await newPerson(browser);
  const tab = await week(person, [{ title: "Workout", startTime: at(0, "08:00") }]);
  const [edit, added] = [seen.editor(tab, "Edit"), seen.editor(tab, "New block")];
  await block(tab, "Workout 08:00–09:00, Monday").click();
  assert.equal(await edit.getByLabel("Start", { exact: true }).inputValue(), at(0, "08:00"));
  await title(edit).fill("Swim");
  await edit.getByRole("button", { name: "Save" }).click();
  await pull(tab, block(tab, "Swim 08:00–09:00, Monday"), { days: 1 });
  await tab.mouse.up();
  await block(tab, "Swim 08:00–09:00, Tuesday").waitFor();

  const thursday = day(tab, "Thursday");
  const { height } = await thursday.boundingBox();
  await thursday.click({ position: { x: 30, y: (10.3 / 24) * height } });
  assert.equal(await added.getByLabel("Start", { exact: true }).inputValue(), at(3, "10:00"));
  await title(added).fill("Dentist");
  await picture(tab, "week-new.png");
  await added.getByRole("button", { name: "Save" }).click();
  await block(tab, "Dentist 10:00–11:00, Thursday").waitFor();

  // A range that is drawn is the time of the new block, from its end to its start as well.
  const wednesday = await day(tab, "Wednesday").boundingBox();
  const y = (hour) => wednesday.y + (hour / 24) * wednesday.height;
  for (const [one, other] of [[13.05, 15.4], [15.4, 13.05]]) {
    await tab.mouse.move(wednesday.x + 40, y(one));
    await tab.mouse.down();
    await tab.mouse.move(wednesday.x + 45, y(other), { steps: 5 });
    await text(seen.week(tab).locator(".week-drawn"), "13:00–15:30");
    await tab.mouse.up();
    assert.equal(await added.getByLabel("Start", { exact: true }).inputValue(), at(2, "13:00"));
    assert.equal(await added.getByLabel("End", { exact: true }).inputValue(), at(2, "15:30"));
    await title(added).press("Escape");
    await gone(added);
  }

  await seen.week(tab).getByRole("button", { name: /^Add a block on Friday/ }).click();
  assert.equal(await added.getByLabel("Start", { exact: true }).inputValue(), at(4, "09:00"));
  await title(added).press("Escape");
  await gone(added);
  await fits(tab);
  assert.deepEqual(tab.faults, []);
  await person.close();
});

test("keys move a block across days and past the end of the week", async () => {
  const person = await newPerson(browser);
  const tab = await week(person, [
    { title: "Workout", startTime: at(LAST - 2, "08:00") },
    { title: "Breakfast", startTime: at(LAST - 2, "08:15"), durationMinutes: 15 },
  ]);
  const [early, before, last, next] = [-2, -1, 0, 1].map((days) => NAMES[(LAST + days) % 7]);
  await block(tab, `Workout 08:00–09:00, ${early}`).focus();
  for (const [key, name, time] of [
    ["Alt+ArrowDown", early, "08:15–09:15"],
    ["Alt+ArrowDown", early, "08:30–09:30"],
    ["Alt+Shift+ArrowUp", early, "08:30–09:15"],
    ["Alt+ArrowRight", before, "08:30–09:15"],
    ["Alt+ArrowRight", last, "08:30–09:15"],
    ["Alt+ArrowRight", next, "08:30–09:15"],
    ["Alt+ArrowLeft", last, "08:30–09:15"],
  ]) {
    await tab.keyboard.press(key);
    await tab.locator(":focus").and(block(tab, `Workout ${time}, ${name}`)).waitFor();
  }
  await tab.keyboard.press("Delete");
  await gone(block(tab, `Workout 08:30–09:15, ${last}`));
  await seen.notes(tab).getByText("Deleted “Workout”.").waitFor();
  // The keyboard continues from the block beside it, and if there is none, from the week.
  await tab.locator(":focus").and(block(tab, `Breakfast 08:15–08:30, ${early}`)).waitFor();
  await tab.keyboard.press("Enter");
  await seen.editor(tab, "Edit").getByRole("button", { name: "Delete", exact: true }).press("Enter");
  await gone(block(tab, `Breakfast 08:15–08:30, ${early}`));
  await tab.locator(":focus").and(seen.week(tab)).waitFor();
  assert.deepEqual(tab.faults, []);
  await person.close();
});

test("while the past is shown, today is the day that it was then", async () => {
  const person = await newPerson(browser);
  await openTab(person, server);
  const client = await connectAs(person, server);
  await client.call("scheduleBlock", { title: "Workout", startTime: `${isoDate(0)}T23:00` });
  await client.close();
  // Ten days later.
  const tab = await newTab(person);
  await tab.clock.setFixedTime(Date.now() + 10 * 86_400_000);
  await tab.goto(server.url);
  await connected(tab);
  const isShown = async (days) => {
    const field = await tab.getByLabel("Go to a day").elementHandle();
    await tab.waitForFunction(([field, date]) => field.value === date, [field, isoDate(days)]);
    await day(tab, "Today").locator(".week-now").waitFor();
    assert.equal(await tab.locator(".week-now").count(), 1);
  };
  await show(tab);
  await isShown(10);
  await tab.getByRole("button", { name: "History" }).click();
  await tab.getByRole("button", { name: "See the timeline here" }).first().click();
  await tab.getByRole("button", { name: "Workout 23:00–00:00" }).waitFor();
  await isShown(0);
  await tab.getByRole("button", { name: "Agenda", exact: true }).click();
  await text(seen.day(tab, "Today"), "Then, ");
  await show(tab);
  await tab.getByRole("button", { name: "Back to now" }).click();
  await isShown(10);
  assert.deepEqual(tab.faults, []);
  await person.close();
});

test("the week shows as many days as the screen has room for, even after it is rotated", async () => {
  const person = await newPerson(browser, { ...PHONE, viewport: { width: 844, height: 1180 } });
  const tab = await openTab(person, server);
  await tab.getByRole("button", { name: "Timeline", exact: true }).click();
  await show(tab);
  const days = seen.week(tab).getByRole("list");
  await count(days, 3);
  await tab.setViewportSize({ width: 1180, height: 844 });
  await count(days, 7);
  await day(tab, "Today").waitFor();
  await fits(tab);
  await picture(tab, "week-wide-touch.png");
  await tab.setViewportSize({ width: 844, height: 1180 });
  await count(days, 3);
  await fits(tab);
  assert.deepEqual(tab.faults, []);
  await person.close();
});

/** A finger: it touches, moves, rests until it picks up a block, and is lifted. */
async function newFinger(tab) {
  const session = await tab.context().newCDPSession(tab);
  const touch = (type, ...touchPoints) => session.send("Input.dispatchTouchEvent", { type, touchPoints });
  let at;
  return {
    down: (x, y) => touch("touchStart", (at = { x, y })),
    rest: () => tab.locator(".week-block[data-held=true]").waitFor(),
    async move(right, down) {
      const [from, steps] = [at, 8];
      for (let step = 1; step <= steps; step++) {
        at = { x: from.x + (right * step) / steps, y: from.y + (down * step) / steps };
        await touch("touchMove", at);
      }
    },
    up: () => touch("touchEnd"),
  };
}

test("a finger scrolls the week, and a long press picks up a block", async () => {
  const person = await newPerson(browser, PHONE);
  const tab = await openTab(person, server);
  const client = await connectAs(person, server);
  await client.call("scheduleBlock", { title: "Night", startTime: at(1, "01:00"), durationMinutes: 60 });
  await client.call("scheduleBlock", { title: "Workout", startTime: at(0, "08:00"), durationMinutes: 120 });
  await client.close();
  await tab.getByRole("button", { name: "Timeline", exact: true }).click();
  await show(tab);
  await goTo(tab, at(0, "").slice(0, 10));
  const finger = await newFinger(tab);
  const held = block(tab, "Workout 08:00–10:00, Monday");
  await held.scrollIntoViewIfNeeded();
  const column = await day(tab, "Monday").boundingBox();
  const minute = column.height / 1440;
  const scrolled = () => seen.week(tab).evaluate((week) => week.scrollTop);
  const middle = async (of, part = 0.5) => {
    const box = await of.boundingBox();
    return [box.x + box.width / 2, box.y + box.height * part];
  };
  const swipe = async (x, y) => {
    const before = await scrolled();
    await finger.down(x, y);
    await finger.move(0, -120);
    await finger.up();
    // Momentum scrolling continues for a while.
    let last = before;
    await until(async () => {
      const rolled = last;
      await tab.waitForTimeout(200);
      last = await scrolled();
      return last === rolled && last > before + 50;
    });
    await seen.week(tab).evaluate((week, top) => week.scrollTo({ top }), before);
  };

  // On a block and beside it.
  await swipe(...(await middle(held)));
  await swipe(column.x + 1.5 * column.width, (await middle(held))[1]);
  assert.equal(await seen.editor(tab, "Edit").count() + await seen.editor(tab, "New block").count(), 0);

  const before = await scrolled();
  await finger.down(...(await middle(held)));
  await finger.rest();
  await finger.move(column.width, 60 * minute);
  await block(tab, "Workout 09:00–11:00, Tuesday").waitFor();
  // On the other day, the block is another element. The finger still does not scroll.
  await finger.move(0, 60 * minute);
  await block(tab, "Workout 10:00–12:00, Tuesday").waitFor();
  await picture(tab, "week-finger.png");
  await finger.up();
  await block(tab, "Workout 10:00–12:00, Tuesday").waitFor();
  assert.equal(await scrolled(), before);

  await finger.down(...(await middle(block(tab, "Workout 10:00–12:00, Tuesday"), 0.95)));
  await finger.rest();
  await finger.move(0, 30 * minute);
  await finger.up();
  await block(tab, "Workout 10:00–12:30, Tuesday").waitFor();

  // Lifted in place, nothing happens. A tap opens the block.
  await finger.down(...(await middle(block(tab, "Workout 10:00–12:30, Tuesday"))));
  await finger.rest();
  await finger.up();
  await gone(tab.locator(".week-block[data-held=true]"));
  assert.equal(await seen.editor(tab, "Edit").count(), 0);
  await block(tab, "Workout 10:00–12:30, Tuesday").tap();
  assert.equal(await seen.editor(tab, "Edit").getByLabel("Start", { exact: true }).inputValue(), at(1, "10:00"));
  assert.deepEqual(tab.faults, []);
  await person.close();
});
