// The main use of Flux as a person does it, with the offline interpreter.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { wallTime } from "../lib/clock.mjs";
import { ROOT, startServer } from "../lib/server.mjs";
import {
  PHONE, answered, connectAs, connected, fits, gone, isDone, newPerson, openBrowser, openTab, picture, say, seen, text,
} from "./page.mjs";

/** The screenshot in the README. */
const SCREENSHOT = join(ROOT, "docs/screenshot.png");

let server, browser;

before(async () => {
  server = await startServer();
  browser = await openBrowser();
});
after(() => Promise.all([browser?.close(), server?.stop()]));

test("what a person asks for appears on the timeline, in every tab, and stays", async (t) => {
  const person = await newPerson(browser);
  const tab = await openTab(person, server);
  const second = await openTab(person, server);

  await t.test("a message schedules a block", async () => {
    await tab.getByRole("button", { name: "Plans: My plan" }).waitFor();
    await picture(tab, "empty.png");
    await say(tab, "Schedule workout tomorrow at 8am");
    const card = seen.actions(tab).first();
    await card.getByRole("img", { name: "Done", exact: true }).waitFor();
    await text(card, "Workout");
    await answered(tab);
    assert.match(await seen.answers(tab).last().innerText(), /workout/i);

    await text(seen.block(tab, "Workout"), "08:00");
    await seen.day(tab, "Tomorrow").getByRole("checkbox", { name: "Done: Workout" }).waitFor();
    await seen.timeline(tab).getByText(/^Now, \d\d:\d\d$/).waitFor();
  });

  await t.test("each answer says that no model wrote it, and how to connect one", async () => {
    const mark = seen.answers(tab).last().locator("details").filter({ hasText: "Offline interpreter" });
    await mark.locator("summary").click();
    await mark.getByText("MODEL_BASE_URL=http://localhost:11434/v1").waitFor();
    await mark.locator("summary").click();
  });

  await t.test("the other tab shows it as well", async () => {
    await text(seen.block(second, "Workout"), "08:00");
    await text(seen.said(second), "Schedule workout tomorrow at 8am");
    await seen.actions(second).first().waitFor();
  });

  await t.test("a block is completed and deleted by hand, and both are undone", async () => {
    await say(second, "Schedule dentist tomorrow at 4pm");
    await seen.block(second, "Dentist").waitFor();
    await answered(second);
    await seen.done(tab, "Workout").check();
    await isDone(second, "Workout");
    await seen.remove(second, "Dentist").click();
    await gone(seen.block(tab, "Dentist"));
    await second.getByRole("button", { name: "Undo", exact: true }).click();
    await seen.block(tab, "Dentist").waitFor();
    await seen.remove(tab, "Dentist").click();
    await gone(seen.block(second, "Dentist"));
    // By keyboard, but not while typing in a field.
    await seen.done(tab, "Workout").focus();
    await tab.keyboard.press("Control+z");
    await seen.block(second, "Dentist").waitFor();
    await seen.message(tab).focus();
    await tab.keyboard.press("Control+Shift+z");
    await seen.done(tab, "Workout").focus();
    await tab.keyboard.press("Control+Shift+z");
    await gone(seen.block(second, "Dentist"));
  });

  await t.test("a reload shows the same", async () => {
    await tab.reload();
    await connected(tab);
    await isDone(tab, "Workout");
    await text(seen.said(tab).first(), "Schedule workout tomorrow at 8am");
    await seen.actions(tab).first().getByRole("img", { name: "Done", exact: true }).waitFor();
    assert.equal(await seen.block(tab, "Dentist").count(), 0);
  });

  await t.test("the page reconnects by itself after the server was restarted", async () => {
    await server.kill();
    await text(seen.connection(tab), "Reconnecting");
    await seen.done(tab, "Workout").uncheck();
    await server.start();
    await connected(tab);
    // The click in the meantime was not lost.
    await seen.timeline(second).getByRole("checkbox", { name: "Done: Workout", checked: false }).waitFor();
    await connected(second);
    await text(seen.block(tab, "Workout"), "08:00");
    await say(tab, "Schedule lunch tomorrow at noon");
    await text(seen.block(second, "Lunch"), "12:00");
    await answered(tab);
  });

  await t.test("it fits on a phone", async () => {
    const pocket = await newPerson(browser, { ...PHONE, storageState: await person.storageState() });
    const phone = await openTab(pocket, server);
    await text(seen.said(phone).first(), "Schedule workout tomorrow at 8am");
    await fits(phone);
    await picture(phone, "phone-chat.png");
    await phone.getByRole("button", { name: "Timeline", exact: true }).click();
    await text(seen.block(phone, "Workout"), "08:00");
    await fits(phone);
    await picture(phone, "phone-timeline.png");
    await seen.plans(phone).click();
    await fits(phone);
    assert.deepEqual(phone.faults, []);
    await pocket.close();
  });

  assert.deepEqual([...tab.faults, ...second.faults], []);
  await person.close();
});

test("a new plan is where new blocks go, and the blocks of the others stay", async () => {
  const person = await newPerson(browser);
  const tab = await openTab(person, server);
  const client = await connectAs(person, server);
  await client.call("scheduleBlock", { title: "Workout", startTime: wallTime(1, "08:00") });
  await seen.block(tab, "Workout").waitFor();

  await seen.plans(tab).click();
  await tab.getByRole("textbox", { name: "New plan" }).fill("Summer vacation");
  await tab.getByRole("button", { name: "Create plan" }).click();
  await tab.getByRole("button", { name: "Plans: Summer vacation" }).waitFor();
  await client.call("scheduleBlock", { title: "Pack", startTime: wallTime(1, "10:00") });
  await text(seen.block(tab, "Pack"), "Summer vacation");
  await text(seen.block(tab, "Workout"), "My plan");
  await seen.plans(tab).click();
  await tab.getByRole("button", { name: "My plan", exact: true }).click();
  await tab.getByRole("button", { name: "Plans: My plan" }).waitFor();
  await seen.block(tab, "Pack").waitFor();

  await tab.getByRole("button", { name: "Undo last change" }).click();
  await tab.getByRole("button", { name: "Plans: Summer vacation" }).waitFor();
  assert.deepEqual(tab.faults, []);
  await Promise.all([client.close(), person.close()]);
});

test("a full day, for the README", async () => {
  const person = await newPerson(browser);
  const tab = await openTab(person, server);
  const client = await connectAs(person, server);
  const at = (days, time) => ({ startTime: wallTime(days, time) });
  for (const block of [
    { title: "Morning run", ...at(0, "07:00"), durationMinutes: 30, tags: ["health"] },
    { title: "Write the launch page", ...at(0, "09:30"), durationMinutes: 120, priority: "high", tags: ["alpha"] },
    { title: "Call with Ana", ...at(0, "13:00"), durationMinutes: 30 },
    { title: "Team meeting", ...at(1, "10:00"), durationMinutes: 60, tags: ["work"] },
    { title: "German, lesson 4", ...at(1, "18:00"), durationMinutes: 45, priority: "low", tags: ["german"] },
    { title: "Dentist", ...at(1, "15:00"), durationMinutes: 30 },
  ]) {
    await client.call("scheduleBlock", block);
  }
  await client.call("completeBlock", { id: "Morning run" });
  await client.call("completeBlock", { id: "Write the launch page" });
  await say(tab, "When am I free tomorrow?");
  await seen.answers(tab).first().waitFor();
  await answered(tab);
  await say(tab, "Schedule workout tomorrow at 8am");
  await text(seen.block(tab, "Workout"), "08:00");
  await answered(tab);
  await say(tab, "Push everything tomorrow after 2pm by half an hour");
  await text(seen.block(tab, "German, lesson 4"), "18:30");
  await answered(tab);
  await isDone(tab, "Morning run");
  await seen.message(tab).blur();
  await tab.mouse.move(0, 0);
  await fits(tab);
  // The screenshot in Git is replaced only on request, because every new one shows another time of day.
  await picture(tab, process.env.UPDATE_SCREENSHOT || !existsSync(SCREENSHOT) ? SCREENSHOT : "screenshot.png");
  await Promise.all([client.close(), person.close()]);
});
