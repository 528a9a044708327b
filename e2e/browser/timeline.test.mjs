// The agenda by hand: blocks are created, edited, moved, found and deleted, online and offline.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { isoDate, wallTime } from "../lib/clock.mjs";
import { startServer } from "../lib/server.mjs";
import { until } from "../lib/until.mjs";
import { startLine } from "./line.mjs";
import {
  PHONE, connectAs, connected, count, fits, gone, isBusy, isDone, newPerson, newTab, openBrowser, openTab, picture, say, seen, text,
} from "./page.mjs";

let server, browser;
before(async () => ([server, browser] = await Promise.all([startServer(), openBrowser()])));
after(() => Promise.all([browser?.close(), server?.stop()]));

const title = (form) => form.getByRole("textbox", { name: "Title" });
const start = (form) => form.getByLabel("Start", { exact: true });
const end = (form) => form.getByLabel("End");
const save = (form) => form.getByRole("button", { name: "Save" }).click();

/** Two blocks tomorrow. */
const TOMORROW = [
  { title: "Workout", startTime: wallTime(1, "08:00") },
  { title: "Dentist", startTime: wallTime(1, "16:00") },
];

/** A tab with these blocks on the timeline. */
async function withBlocks(person, blocks) {
  const tab = await openTab(person, server);
  const client = await connectAs(person, server);
  for (const block of blocks) await client.call("scheduleBlock", block);
  await client.close();
  for (const block of blocks) await seen.block(tab, block.title).waitFor();
  return tab;
}

test("a block is created by button, by key or on a day, and appears in every tab", async () => {
  const person = await newPerson(browser);
  const [tab, second] = [await openTab(person, server), await openTab(person, server)];
  await tab.bringToFront();
  const form = seen.editor(tab, "New block");

  await tab.getByRole("button", { name: "New block" }).click();
  await title(form).fill("Workout");
  await start(form).fill(wallTime(1, "08:00"));
  assert.equal(await end(form).inputValue(), wallTime(1, "09:00"));
  await picture(tab, "timeline-new.png");
  await save(form);
  await gone(form);
  await text(seen.block(tab, "Workout"), "08:00–09:00");
  await text(seen.block(second, "Workout"), "08:00–09:00");

  await seen.agenda(tab).press("n");
  await title(form).fill("Dentist");
  await start(form).fill(wallTime(1, "16:00"));
  // Also with the Enter key.
  await title(form).press("Enter");
  await text(seen.block(second, "Dentist"), "16:00–17:00");

  await seen.timeline(tab).getByRole("button", { name: /^Add a block on Tomorrow/ }).click();
  assert.equal(await start(form).inputValue(), wallTime(1, "09:00"));
  await title(form).fill("Call Ana");
  await save(form);
  await text(seen.block(second, "Call Ana"), "09:00–10:00");

  // A cancelled form creates nothing.
  await seen.agenda(tab).press("n");
  await title(form).fill("Nothing");
  await title(form).press("Escape");
  await gone(form);
  await count(seen.day(tab, "Tomorrow").getByRole("checkbox"), 3);
  await count(seen.day(second, "Tomorrow").getByRole("checkbox"), 3);
  assert.deepEqual([...tab.faults, ...second.faults], []);
  await person.close();
});

test("a block is edited in place; a change that is not saved or not possible has no effect", async () => {
  const person = await newPerson(browser);
  const tab = await withBlocks(person, [{ title: "Workout", startTime: wallTime(1, "08:00") }]);
  const form = seen.editor(tab, "Edit");

  for (const leave of [() => title(form).press("Escape"), () => form.getByRole("button", { name: "Cancel" }).click()]) {
    await seen.edit(tab, "Workout").click();
    await title(form).fill("Something else");
    await leave();
    await gone(form);
    await text(seen.block(tab, "Workout"), "08:00–09:00");
  }

  await seen.edit(tab, "Workout").click();
  await title(form).fill("Swim");
  await end(form).fill(wallTime(1, "07:00"));
  await save(form);
  await text(form.getByRole("alert"), /end/i);
  assert.deepEqual([await title(form).inputValue(), await end(form).inputValue()], ["Swim", wallTime(1, "07:00")]);
  await picture(tab, "timeline-problem.png");

  await end(form).fill(wallTime(1, "09:00"));
  await start(form).fill(wallTime(1, "10:30"));
  assert.equal(await end(form).inputValue(), wallTime(1, "11:30"));
  await form.getByRole("combobox", { name: "Priority" }).selectOption("High");
  await form.getByRole("textbox", { name: "Tags, between commas" }).fill("health, sport");
  await form.getByRole("textbox", { name: "Description" }).fill("In the lake.");
  await save(form);
  const block = seen.block(tab, "Swim");
  await isBusy(tab, "Swim", false);
  for (const words of ["10:30–11:30", "High priority", "#health", "#sport"]) await text(block, words);
  await block.getByText("Details").click();
  await block.getByText("In the lake.").waitFor();

  // Everything was stored, not only shown.
  await tab.reload();
  await connected(tab);
  for (const words of ["10:30–11:30", "High priority", "#health", "#sport", "In the lake."]) await text(block, words);
  assert.deepEqual(tab.faults, []);
  await person.close();
});

test("keys move, lengthen and delete a block repeatedly, and the focus stays on it", async () => {
  const person = await newPerson(browser);
  const tab = await withBlocks(person, [
    { title: "Workout", startTime: wallTime(1, "08:00") },
    { title: "Breakfast", startTime: wallTime(1, "09:00"), durationMinutes: 15 },
    { title: "Walk", startTime: wallTime(2, "08:00"), durationMinutes: 15 },
  ]);
  const block = seen.block(tab, "Workout");
  const press = async (...keys) => {
    for (const key of keys) await tab.keyboard.press(key);
  };
  await seen.edit(tab, "Workout").focus();
  await press("Alt+ArrowDown");
  await text(block, "08:15–09:15");
  // Past another block of that day, and back.
  for (const time of ["08:30", "08:45", "09:00", "09:15"]) {
    await press("Alt+ArrowDown");
    await text(block, `${time}–`);
  }
  await press("Alt+ArrowUp");
  await text(block, "09:00–10:00");
  await press("Alt+Shift+ArrowDown");
  await text(block, "09:00–10:15");
  await press("Alt+ArrowRight");
  await count(seen.day(tab, "Tomorrow").getByRole("checkbox"), 1);
  await press("Alt+ArrowLeft");
  await count(seen.day(tab, "Tomorrow").getByRole("checkbox"), 2);
  await press("Delete");
  await gone(block);
  await seen.notes(tab).getByText("Deleted “Workout”.").waitFor();
  await seen.notes(tab).getByRole("button", { name: "Undo", exact: true }).click();
  await text(block, "09:00–10:15");
  assert.deepEqual(tab.faults, []);
  await person.close();
});

test("after a block is deleted, the focus goes to the next one, then the previous one, then the list", async () => {
  const person = await newPerson(browser);
  const tab = await withBlocks(person, [
    { title: "Breakfast", startTime: wallTime(1, "07:00") },
    { title: "Workout", startTime: wallTime(1, "08:00") },
    { title: "Walk", startTime: wallTime(2, "08:00") },
    { title: "Dentist", startTime: wallTime(2, "09:00") },
  ]);
  const hasFocus = (element) => tab.locator(":focus").and(element).waitFor();
  await seen.edit(tab, "Workout").press("Delete");
  await gone(seen.block(tab, "Workout"));
  await hasFocus(seen.edit(tab, "Walk"));
  // Also by the button, and from the form.
  await seen.remove(tab, "Walk").press("Enter");
  await hasFocus(seen.edit(tab, "Dentist"));
  await tab.keyboard.press("Enter");
  await seen.editor(tab, "Edit").getByRole("button", { name: "Delete", exact: true }).press("Enter");
  await gone(seen.block(tab, "Dentist"));
  await hasFocus(seen.edit(tab, "Breakfast"));
  await tab.keyboard.press("Delete");
  await gone(seen.block(tab, "Breakfast"));
  await hasFocus(seen.agenda(tab));
  assert.deepEqual(tab.faults, []);
  await person.close();
});

test("blocks are found by text, state and priority", async () => {
  const person = await newPerson(browser);
  const tab = await withBlocks(person, [
    { title: "Morning run", startTime: wallTime(1, "07:00"), tags: ["health"] },
    { title: "Dentist", startTime: wallTime(2, "08:00"), priority: "high", tags: ["health"] },
    { title: "Team meeting", startTime: wallTime(3, "10:00"), description: "About the launch." },
  ]);
  const titles = async (...expected) => {
    await count(seen.timeline(tab).getByRole("checkbox"), expected.length);
    for (const it of expected) await seen.done(tab, it).waitFor();
  };
  await seen.done(tab, "Morning run").check();
  await isDone(tab, "Morning run");
  const search = tab.getByRole("searchbox", { name: "Search the timeline" });
  await seen.agenda(tab).press("f");
  await until(() => search.evaluate((field) => field === document.activeElement), { what: () => "the focus on the search" });
  await tab.keyboard.type("launch");
  await titles("Team meeting");
  await search.fill("HEALTH");
  await titles("Morning run", "Dentist");
  const state = tab.getByRole("combobox", { name: "State" });
  await state.selectOption("Done");
  await titles("Morning run");
  await state.selectOption("To do");
  await titles("Dentist");
  const priority = seen.timeline(tab).getByRole("combobox", { name: "Priority" });
  await priority.selectOption("Low");
  await seen.timeline(tab).getByText("Nothing fits.").waitFor();
  await picture(tab, "timeline-nothing-fits.png");
  await priority.selectOption("High");
  await titles("Dentist");
  await priority.selectOption("Any priority");
  await state.selectOption("All");
  await search.press("Escape");
  assert.equal(await search.inputValue(), "");
  await titles("Morning run", "Dentist", "Team meeting");
  assert.deepEqual(tab.faults, []);
  await person.close();
});

test("an overdue block shows its day, and earlier days are shown and hidden", async () => {
  const person = await newPerson(browser);
  const tab = await withBlocks(person, [
    { title: "Tax return", startTime: wallTime(-2, "10:00") },
    { title: "Old run", startTime: wallTime(-2, "07:00") },
    { title: "Dentist", startTime: wallTime(1, "08:00") },
  ]);
  const overdue = seen.day(tab, "Overdue");
  const day = new Date(`${isoDate(-2)}T12:00Z`);
  const weekday = day.toLocaleDateString("en-GB", { weekday: "short", timeZone: "UTC" });
  await overdue.getByRole("checkbox", { name: "Done: Tax return" }).waitFor();
  await text(seen.block(tab, "Tax return"), `${weekday} ${day.getUTCDate()}`);
  await seen.timeline(tab).getByText("2 overdue").waitFor();
  await seen.done(tab, "Old run").press("Space");
  await gone(seen.done(tab, "Old run"));
  await seen.timeline(tab).getByText("1 overdue").waitFor();
  // The keyboard continues from there.
  await tab.locator(":focus").and(seen.edit(tab, "Tax return")).waitFor();
  await tab.getByRole("button", { name: "Show earlier days: 1 done" }).click();
  await seen.done(tab, "Old run").waitFor();
  await picture(tab, "timeline-earlier.png");
  await tab.getByRole("button", { name: "Hide earlier days" }).click();
  await gone(seen.done(tab, "Old run"));
  assert.deepEqual(tab.faults, []);
  await person.close();
});

test("an edit is shown before the service has answered, and reverted if it is refused", async () => {
  const person = await newPerson(browser);
  const line = await startLine(person);
  const tab = await withBlocks(person, TOMORROW);
  const client = await connectAs(person, server);
  const form = seen.editor(tab, "Edit");

  const { seq } = await client.call("getTimeline");
  line.hold();
  await seen.edit(tab, "Workout").press("Alt+ArrowDown");
  await text(seen.block(tab, "Workout"), "08:15–09:15");
  await isBusy(tab, "Workout");
  assert.equal((await client.call("getTimeline")).seq, seq);
  line.release();
  await isBusy(tab, "Workout", false);
  await text(seen.block(tab, "Workout"), "08:15–09:15");

  // Deleted elsewhere while it is edited here offline.
  await line.cut();
  await text(seen.connection(tab), "Reconnecting");
  await client.call("deleteBlock", { id: "Dentist" });
  await seen.edit(tab, "Dentist").click();
  await title(form).fill("Dentist, new address");
  await save(form);
  await seen.block(tab, "Dentist, new address").waitFor();
  line.restore();
  await connected(tab);
  await gone(seen.block(tab, "Dentist, new address"));
  await text(seen.notes(tab).getByRole("alert"), "The block changed in the meantime, so your change was not made.");
  await picture(tab, "timeline-refused.png");
  assert.deepEqual(tab.faults, []);
  await Promise.all([client.close(), person.close()]);
});

test("an edit without an answer is reverted, and the page says that its outcome is unknown", async () => {
  const person = await newPerson(browser);
  const line = await startLine(person);
  // The first page sets the person's cookie.
  await (await openTab(person, server)).close();
  const client = await connectAs(person, server);
  await client.call("scheduleBlock", { title: "Workout", startTime: wallTime(1, "08:00") });
  const tab = await newTab(person);
  await tab.clock.install();
  await tab.goto(server.url);
  await connected(tab);
  line.hold();
  await seen.done(tab, "Workout").check();
  await isBusy(tab, "Workout", true);
  await tab.clock.fastForward(31_000);
  await text(seen.notes(tab).getByRole("alert"), "The service did not answer, so the change may or may not have been made.");
  await seen.timeline(tab).getByRole("checkbox", { name: "Done: Workout", checked: false }).waitFor();
  assert.deepEqual(tab.faults, []);
  await Promise.all([client.close(), person.close()]);
});

test("overlapping blocks are marked, and in debug mode blocks created by Flux", async () => {
  const person = await newPerson(browser, { isDebugging: true });
  const tab = await withBlocks(person, [
    { title: "Workout", startTime: wallTime(1, "08:00") },
    { title: "Dentist", startTime: wallTime(1, "08:30") },
    { title: "Lunch", startTime: wallTime(1, "12:00") },
  ]);
  await text(seen.block(tab, "Workout"), "Overlaps B2");
  await text(seen.block(tab, "Dentist"), "Overlaps B1");
  await say(tab, "Schedule gym tomorrow at 6pm");
  await text(seen.block(tab, "Gym"), "By Flux");
  assert.doesNotMatch(await seen.block(tab, "Lunch").innerText(), /Overlaps|By Flux/);
  assert.deepEqual(tab.faults, []);
  await person.close();
});

test("changes made offline are applied once after reconnecting, even if the tab was closed", async () => {
  const person = await newPerson(browser);
  const line = await startLine(person);
  let tab = await withBlocks(person, TOMORROW);
  const notice = tab.getByRole("status").filter({ hasText: "No connection." });
  const form = seen.editor(tab, "Edit");

  await server.kill();
  await text(notice, "What you change is kept");
  await seen.edit(tab, "Workout").click();
  await title(form).fill("Swim");
  await save(form);
  await text(notice, "1 change is kept");
  await seen.agenda(tab).press("n");
  const added = seen.editor(tab, "New block");
  await title(added).fill("Call Ana");
  await start(added).fill(wallTime(1, "12:00"));
  await save(added);
  await seen.done(tab, "Dentist").check();
  await text(notice, "3 changes are kept");
  await text(seen.block(tab, "Call Ana"), "12:00–13:00");
  await picture(tab, "timeline-offline.png");

  // The service is back, but the page is closed before it reconnects.
  await line.cut();
  await server.start();
  await tab.close();
  assert.deepEqual(tab.faults, []);
  tab = await newTab(person);
  await tab.goto(server.url);
  await text(seen.connection(tab), "Reconnecting");
  line.restore();
  await connected(tab);
  await isDone(tab, "Dentist");
  await seen.block(tab, "Swim").waitFor();
  await text(seen.block(tab, "Call Ana"), "12:00–13:00");
  await count(seen.day(tab, "Tomorrow").getByRole("checkbox"), 3);

  // And nothing twice.
  const before = await events(person);
  await tab.reload();
  await connected(tab);
  await count(seen.day(tab, "Tomorrow").getByRole("checkbox"), 3);
  assert.deepEqual(await events(person), before);
  assert.deepEqual(before.filter((type) => type !== "BLOCK_SCHEDULED" && type.startsWith("BLOCK")).sort(), [
    "BLOCK_COMPLETED", "BLOCK_UPDATED",
  ]);
  assert.deepEqual(tab.faults, []);
  await person.close();
});

test("undo reverts the last change made here, and while offline no change whose outcome is unknown", async () => {
  const person = await newPerson(browser);
  const line = await startLine(person);
  const tab = await withBlocks(person, TOMORROW);
  const client = await connectAs(person, server);
  const isOpen = (name) => seen.timeline(tab).getByRole("checkbox", { name: `Done: ${name}`, checked: false }).waitFor();

  await line.cut();
  await text(seen.connection(tab), "Reconnecting");
  await seen.done(tab, "Workout").check();
  await seen.agenda(tab).press("Control+z");
  await isOpen("Workout");
  await seen.agenda(tab).press("Control+z");
  await text(seen.notes(tab).getByRole("alert"), "You are offline, so nothing was changed.");

  // Changed elsewhere in the meantime, so it is not what the person meant to undo.
  await client.call("completeBlock", { id: "Dentist" });
  line.restore();
  await connected(tab);
  await isDone(tab, "Dentist");
  const note = seen.notes(tab).getByRole("status").filter({ hasText: "Undone: completed “Workout”" });
  await note.getByRole("button", { name: "Dismiss" }).click();
  await gone(note);
  await isOpen("Workout");
  const { timeline } = await client.call("getTimeline");
  assert.deepEqual(timeline.blocks.map(({ title, completedAt }) => [title, Boolean(completedAt)]), [["Workout", false], ["Dentist", true]]);
  assert.deepEqual(tab.faults, []);
  await Promise.all([client.close(), person.close()]);
});

test("a notification takes the place of the one before, and is dismissed by hand", async () => {
  const person = await newPerson(browser);
  const tab = await withBlocks(person, TOMORROW);
  // Notifications disappear by themselves after some time, which does not pass in this test.
  await tab.clock.setFixedTime(Date.now());
  for (const name of ["Workout", "Dentist"]) {
    await seen.remove(tab, name).click();
    await seen.notes(tab).getByText(`Deleted “${name}”.`).waitFor();
  }
  await count(seen.notes(tab).getByRole("status"), 1);
  await seen.notes(tab).getByRole("button", { name: "Dismiss" }).click();
  await gone(seen.notes(tab).getByRole("status"));
  assert.deepEqual(tab.faults, []);
  await person.close();
});

const LONG = "A block whose title is far longer than titles of blocks should be, and goes on";

test("it fits on every screen", async () => {
  const person = await newPerson(browser);
  const tab = await withBlocks(person, [
    { title: "Tax return", startTime: wallTime(-2, "10:00") },
    { title: LONG, startTime: wallTime(1, "08:00"),
      priority: "high", tags: ["health", "sport", "a-rather-long-tag"], durationMinutes: 90 },
    { title: "Dentist", startTime: wallTime(1, "08:30"), priority: "low" },
  ]);
  const storageState = await person.storageState();
  for (const [width, options] of [[1440, {}], [1024, { viewport: { width: 1024, height: 768 } }], [390, PHONE]]) {
    const other = await newPerson(browser, { ...options, storageState });
    const page = await openTab(other, server);
    if (width === 390) await page.getByRole("button", { name: "Timeline", exact: true }).click();
    await text(seen.block(page, "Dentist"), "1 h");
    await text(seen.block(page, LONG), "1 h 30 min");
    await fits(page);
    await picture(page, `timeline-agenda-${width}.png`);
    await seen.edit(page, "Dentist").click();
    await title(seen.editor(page, "Edit")).waitFor();
    await fits(page);
    await picture(page, `timeline-edit-${width}.png`);
    await title(seen.editor(page, "Edit")).press("Escape");
    await page.getByRole("button", { name: "New block" }).click();
    await title(seen.editor(page, "New block")).waitFor();
    await fits(page);
    await picture(page, `timeline-dialog-${width}.png`);
    await title(seen.editor(page, "New block")).press("Escape");
    await page.getByRole("button", { name: "Week", exact: true }).click();
    await seen.week(page).waitFor();
    await fits(page);
    await picture(page, `timeline-week-${width}.png`);
    if (width === 390) await roomIsUsedWell(page);
    assert.deepEqual(page.faults, []);
    await other.close();
  }
  assert.deepEqual(tab.faults, []);
  await person.close();
});

/** On a phone, the toolbar above the week is one row, and a notification covers no text field. */
async function roomIsUsedWell(page) {
  for (const width of [390, 360]) {
    await page.setViewportSize({ width, height: 844 });
    const bar = await page.getByRole("group", { name: "Timeline view" }).boundingBox();
    assert.ok(bar.height < 60, `the bar is ${bar.height} px high at ${width} px`);
  }
  await page.getByRole("button", { name: "Chat", exact: true }).click();
  await page.getByRole("button", { name: "Undo last change" }).click();
  const note = await seen.notes(page).getByRole("status").first().boundingBox();
  const composer = await page.locator(".composer").boundingBox();
  assert.ok(note.y + note.height <= composer.y, `a note ends at ${note.y + note.height} px, over the message from ${composer.y} px on`);
  await picture(page, "phone-note.png");
}

/** The types of all events of a person. */
async function events(person) {
  const client = await connectAs(person, server);
  const { events } = await client.call("getEvents", { limit: 1000 });
  await client.close();
  return events.map(({ type }) => type);
}
