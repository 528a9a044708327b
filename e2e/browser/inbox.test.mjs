// Tasks without a time: noting them, giving them a time, and taking it away.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { wallTime } from "../lib/clock.mjs";
import { startServer } from "../lib/server.mjs";
import { PHONE, answered, connectAs, count, fits, gone, newPerson, openBrowser, openTab, picture, say, seen, text } from "./page.mjs";

let server, browser;
before(async () => ([server, browser] = await Promise.all([startServer(), openBrowser()])));
after(() => Promise.all([browser?.close(), server?.stop()]));

const DEVICES = [["desktop", {}], ["phone", PHONE]];

/** A tab that shows the timeline, and a client of the same person. */
async function timelineOf(person, isPhone) {
  const tab = await openTab(person, server);
  if (isPhone) await tab.getByRole("button", { name: "Timeline", exact: true }).click();
  return [tab, await connectAs(person, server)];
}

const inbox = (tab) => seen.day(tab, "Inbox");
const titles = async (tab) => (await inbox(tab).getByRole("heading", { level: 4 }).allTextContents()).map((title) => title.trim());

for (const [device, options] of DEVICES) {
  test(`a task is noted without a time, gets one, and is in the inbox again (${device})`, async () => {
    const person = await newPerson(browser, options);
    const [tab, client] = await timelineOf(person, device === "phone");
    await client.call("scheduleBlock", { title: "Buy milk" });
    await inbox(tab).getByText("1 without a time").waitFor();

    await tab.getByRole("button", { name: "New block" }).click();
    const editor = seen.editor(tab, "New block");
    await editor.getByLabel("Title").fill("Tax return");
    await editor.getByLabel("No time yet").check();
    assert.equal(await editor.getByLabel("Start", { exact: true }).count(), 0);
    await editor.getByLabel("Minutes it takes").fill("90");
    await editor.getByLabel("Due").fill(wallTime(1, "00:00").slice(0, 10));
    await picture(tab, `inbox-editor-${device}.png`);
    await editor.getByRole("button", { name: "Save" }).click();
    await inbox(tab).getByText("2 without a time").waitFor();
    assert.deepEqual(await titles(tab), ["Tax return", "Buy milk"], "what is due comes first");
    await text(seen.block(tab, "Tax return"), "1 h 30 min");
    await text(seen.block(tab, "Tax return"), "due ");
    await picture(tab, `inbox-${device}.png`);
    await fits(tab);

    await inbox(tab).getByRole("button", { name: "Find a time for Buy milk" }).click();
    await text(seen.notes(tab), "Moved “Buy milk”");
    await inbox(tab).getByText("1 without a time").waitFor();
    await seen.edit(tab, "Buy milk").first().click();
    await seen.editor(tab, "Edit").getByLabel("No time yet").check();
    await seen.editor(tab, "Edit").getByRole("button", { name: "Save" }).click();
    await inbox(tab).getByText("2 without a time").waitFor();
    await text(seen.block(tab, "Buy milk"), "1 h");

    // It leaves the inbox, so it is clicked and not checked.
    await seen.done(tab, "Buy milk").click();
    await inbox(tab).getByText("1 without a time").waitFor();
    await tab.reload();
    if (device === "phone") await tab.getByRole("button", { name: "Timeline", exact: true }).click();
    await inbox(tab).getByText("1 without a time").waitFor();
    assert.deepEqual(await titles(tab), ["Tax return"]);
    await client.close();
    assert.deepEqual(tab.faults, []);
    await person.close();
  });
}

test("a long inbox shows its first tasks, and times are suggested for them and accepted one by one or together", async () => {
  const person = await newPerson(browser);
  const [tab, client] = await timelineOf(person, false);
  for (const title of ["Stamps", "Bread", "Eggs", "Flour", "Salt"]) await client.call("scheduleBlock", { title, durationMinutes: 15 });
  await inbox(tab).getByText("5 without a time").waitFor();
  assert.deepEqual(await titles(tab), ["Stamps", "Bread", "Eggs"]);
  await inbox(tab).getByRole("button", { name: "Show all" }).click();
  await seen.block(tab, "Salt").waitFor();
  assert.equal((await titles(tab)).length, 5);

  await tab.getByRole("button", { name: "Week", exact: true }).click();
  await tab.getByRole("button", { name: "5 in the inbox" }).click();
  await inbox(tab).getByRole("button", { name: "Find times" }).click();
  await count(inbox(tab).getByRole("button", { name: /^Accept .* for / }), 5);
  await picture(tab, "inbox-suggestions.png");
  await inbox(tab).getByRole("button", { name: /^Accept .* for Bread$/ }).click();
  await text(seen.notes(tab), "Moved “Bread”");
  await inbox(tab).getByText("4 without a time").waitFor();
  await inbox(tab).getByRole("button", { name: /^Not .* for Salt$/ }).click();
  await inbox(tab).getByRole("button", { name: "Accept all times" }).click();
  await text(seen.notes(tab), "Moved 3 tasks to new times");
  await inbox(tab).getByText("1 without a time").waitFor();
  await client.call("undo");
  await inbox(tab).getByText("4 without a time").waitFor();
  await inbox(tab).getByRole("button", { name: "Find times" }).click();
  await inbox(tab).getByRole("button", { name: "Dismiss" }).click();
  await inbox(tab).getByText("4 without a time").waitFor();
  assert.equal(await inbox(tab).getByRole("button", { name: /^Accept / }).count(), 0);
  await client.close();
  assert.deepEqual(tab.faults, []);
  await person.close();
});

test("the chat puts a task without a time in the inbox, and asks when an appointment is", async () => {
  const person = await newPerson(browser);
  const tab = await openTab(person, server);
  await say(tab, "Buy milk");
  await answered(tab);
  await seen.edit(tab, "Buy milk").waitFor();
  await inbox(tab).getByText("1 without a time").waitFor();
  await say(tab, "Schedule lunch with Ana");
  await answered(tab);
  await tab.getByText("When is “Lunch with Ana”?").waitFor();
  await say(tab, "What is in my inbox?");
  await answered(tab);
  await tab.getByText("1 task without a time:").waitFor();
  await say(tab, "Move buy milk to tomorrow at 9am");
  await answered(tab);
  await gone(inbox(tab));
  await text(seen.block(tab, "Buy milk"), "09:00–10:00");
  assert.deepEqual(tab.faults, []);
  await person.close();
});
