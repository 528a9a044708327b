// Reminders: they come on the page and outside of it, are put off and dealt with, and are set in the form and in the settings.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { wallTime } from "../lib/clock.mjs";
import { startServer } from "../lib/server.mjs";
import { PHONE, connectAs, fits, gone, isDone, newPerson, openBrowser, openTab, picture, seen } from "./page.mjs";

let server, browser;
before(async () => ([server, browser] = await Promise.all([startServer(), openBrowser()])));
after(() => Promise.all([browser?.close(), server?.stop()]));

/** A moment so many seconds from now. */
const soon = (seconds) => new Date(Date.now() + seconds * 1_000).toISOString();
/** The note of a reminder. */
const reminder = (tab, title) => tab.getByRole("group", { name: `Reminder: ${title}` });

for (const [device, options] of [["desktop", {}], ["phone", PHONE]]) {
  test(`a reminder comes, is put off, and is dealt with in all tabs (${device})`, async () => {
    const person = await newPerson(browser, options);
    const tab = await openTab(person, server);
    const other = await openTab(person, server);
    const client = await connectAs(person, server);
    await client.call("scheduleBlock", { title: "Dentist", kind: "appointment", startTime: soon(602), remindMinutesBefore: [10] });
    await client.call("scheduleBlock", { title: "Take the bread out", startTime: soon(2), remindMinutesBefore: [0] });
    await reminder(tab, "Dentist").getByText(/^In 10 min, /).waitFor();
    await reminder(tab, "Take the bread out").waitFor();
    await reminder(other, "Take the bread out").waitFor();
    assert.equal(await reminder(tab, "Dentist").getByRole("button", { name: /^Done/ }).count(), 0, "an appointment takes place by itself");
    await picture(tab, `reminders-${device}.png`);
    await fits(tab);

    // It is there when the page is opened again.
    await other.reload();
    await reminder(other, "Dentist").waitFor();
    await reminder(tab, "Dentist").getByRole("button", { name: "Dismiss the reminder of Dentist" }).click();
    await gone(reminder(tab, "Dentist"));
    await gone(reminder(other, "Dentist"));
    await reminder(tab, "Take the bread out").getByRole("button", { name: "Remind me of Take the bread out again: In 10 min" }).click();
    await gone(reminder(tab, "Take the bread out"));
    await gone(reminder(other, "Take the bread out"));
    assert.deepEqual([tab.faults, other.faults], [[], []]);
    await client.close();
    await person.close();
  });
}

test("a task is done by its reminder, and one that is done elsewhere reminds no longer", async () => {
  const person = await newPerson(browser);
  const tab = await openTab(person, server);
  const client = await connectAs(person, server);
  for (const title of ["Water the plants", "Call mom"]) {
    await client.call("scheduleBlock", { title, startTime: soon(2), remindMinutesBefore: [0] });
  }
  await reminder(tab, "Water the plants").getByRole("button", { name: "Done: Water the plants" }).click();
  await isDone(tab, "Water the plants");
  await gone(reminder(tab, "Water the plants"));
  await reminder(tab, "Call mom").waitFor();
  await client.call("completeBlock", { id: "Call mom" });
  await gone(reminder(tab, "Call mom"));
  await client.close();
  await person.close();
});

test("nobody looks at the page: the browser notifies, and a click shows the block", async () => {
  const person = await newPerson(browser);
  await person.addInitScript(() => {
    window.shown = [];
    window.Notification = class {
      static permission = "default";
      static async requestPermission() {
        return (this.permission = "granted");
      }
      constructor(title, options) {
        window.shown.push({ title, ...options, notification: this });
      }
      close() {
        this.closed = true;
      }
    };
    document.hasFocus = () => window.looksAway !== true;
  });
  const tab = await openTab(person, server);
  const client = await connectAs(person, server);
  await client.call("scheduleBlock", { title: "Stretch", startTime: soon(1), remindMinutesBefore: [0] });
  await reminder(tab, "Stretch").getByRole("button", { name: "Also notify me outside this page" }).click();
  await gone(reminder(tab, "Stretch").getByRole("button", { name: "Also notify me outside this page" }));
  assert.equal(await tab.evaluate(() => window.shown.length), 0, "the person looked at the page");

  await tab.evaluate(() => (window.looksAway = true));
  const { block } = await client.call("scheduleBlock", { title: "Feed the cat", startTime: soon(1), remindMinutesBefore: [0] });
  await reminder(tab, "Feed the cat").waitFor();
  await tab.waitForFunction(() => window.shown.length === 1);
  const shown = await tab.evaluate(() => window.shown.map(({ title, body, tag }) => ({ title, body, tag })));
  assert.deepEqual(shown.map(({ title, tag }) => ({ title, tag })), [{ title: "Feed the cat", tag: block.id }]);
  assert.match(shown[0].body, /^(Now|In 1 min), /);
  await tab.evaluate(() => window.shown[0].notification.onclick());
  await tab.waitForFunction(() => window.shown[0].notification.closed);
  await tab.waitForFunction(() => document.activeElement?.textContent === "Feed the cat");
  assert.deepEqual(tab.faults, []);
  await client.close();
  await person.close();
});

test("reminders are set in the form of a block and in the settings", async () => {
  const person = await newPerson(browser);
  const tab = await openTab(person, server);
  const client = await connectAs(person, server);
  await client.call("scheduleBlock", { title: "Dentist", startTime: wallTime(1, "16:00") });
  await seen.edit(tab, "Dentist").click();
  const field = seen.editor(tab, "Edit").getByLabel("Remind me");
  assert.deepEqual((await field.locator("option").allTextContents()).slice(0, 3), ["Never", "At the start", "5 min before"]);
  await field.selectOption("30 min before");
  await seen.editor(tab, "Edit").getByRole("button", { name: "Save" }).click();
  await seen.block(tab, "Dentist").getByText("Reminds 30 min before").waitFor();

  await tab.getByRole("button", { name: "Settings" }).click();
  const dialog = tab.getByRole("dialog", { name: "Settings" });
  await dialog.getByLabel("Remind me of each block").selectOption("10 min before");
  await dialog.getByLabel(/^Quiet hours/).check();
  await dialog.getByLabel("Quiet from").fill("21:30");
  await picture(tab, "reminder-settings.png");
  await dialog.getByRole("button", { name: "Save" }).click();
  await gone(dialog);
  const settings = await client.call("getSettings");
  assert.deepEqual([settings.remindMinutes, settings.quietHours], [10, { from: "21:30", to: "07:00" }]);

  await seen.edit(tab, "Dentist").click();
  const choices = await field.locator("option").allTextContents();
  assert.deepEqual(choices.slice(0, 3), ["10 min before, as usual", "Never", "At the start"]);
  await field.selectOption("Never");
  await picture(tab, "reminder-form.png");
  await seen.editor(tab, "Edit").getByRole("button", { name: "Save" }).click();
  await gone(seen.block(tab, "Dentist").getByText("Reminds 30 min before"));
  const dentist = async () => (await client.call("findBlocks", { text: "Dentist" })).blocks[0];
  assert.deepEqual((await dentist()).remindMinutesBefore, []);
  await seen.edit(tab, "Dentist").click();
  await field.selectOption("10 min before, as usual");
  await seen.editor(tab, "Edit").getByRole("button", { name: "Save" }).click();
  await gone(seen.editor(tab, "Edit"));
  assert.equal((await dentist()).remindMinutesBefore, undefined);
  assert.deepEqual(tab.faults, []);
  await client.close();
  await person.close();
});
