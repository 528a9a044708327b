// Tasks and appointments: what is overdue, what is over, and what was missed.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { wallTime } from "../lib/clock.mjs";
import { startServer } from "../lib/server.mjs";
import { PHONE, answered, connectAs, fits, gone, isDone, newPerson, openBrowser, openTab, picture, say, seen, text } from "./page.mjs";

let server, browser;
before(async () => ([server, browser] = await Promise.all([startServer(), openBrowser()])));
after(() => Promise.all([browser?.close(), server?.stop()]));

/** A tab of somebody who had lunch this morning, forgot the tax return, and has the dentist tomorrow. */
async function withBoth(person, isPhone = false) {
  const tab = await openTab(person, server);
  if (isPhone) await tab.getByRole("button", { name: "Timeline", exact: true }).click();
  const client = await connectAs(person, server);
  await client.call("scheduleBlock", { title: "Breakfast with Ana", kind: "appointment", startTime: wallTime(0, "07:00"), durationMinutes: 60 });
  await client.call("scheduleBlock", { title: "Tax return", startTime: wallTime(0, "06:00"), durationMinutes: 30 });
  await client.call("scheduleBlock", { title: "Dentist", kind: "appointment", startTime: wallTime(1, "16:00") });
  await client.close();
  await seen.block(tab, "Dentist").waitFor();
  return tab;
}

for (const [device, options] of [["desktop", {}], ["phone", PHONE]]) {
  test(`an appointment is never overdue, and can be marked as missed (${device})`, async () => {
    const person = await newPerson(browser, options);
    const isPhone = device === "phone";
    const tab = await withBoth(person, isPhone);
    await seen.timeline(tab).getByText("1 overdue").waitFor();
    await seen.day(tab, "Overdue").getByRole("checkbox", { name: "Done: Tax return" }).waitFor();
    const breakfast = seen.day(tab, "Today").getByRole("listitem").filter({ has: tab.getByRole("button", { name: "Edit Breakfast with Ana" }) });
    assert.equal(await breakfast.getByRole("checkbox").count(), 0, "nobody has to tick it off");
    const missed = (block) => block.getByRole("button", { name: "Mark as missed" });
    await missed(breakfast).waitFor();
    assert.equal(await missed(seen.block(tab, "Dentist")).count(), 0, "it has not begun");
    await picture(tab, `kinds-${device}.png`);
    await fits(tab);

    await missed(breakfast).click();
    await breakfast.getByText("Missed", { exact: true }).waitFor();
    await tab.reload();
    if (isPhone) await tab.getByRole("button", { name: "Timeline", exact: true }).click();
    await breakfast.getByText("Missed", { exact: true }).waitFor();
    await breakfast.getByRole("button", { name: "Not missed" }).click();
    await missed(breakfast).waitFor();
    assert.deepEqual(tab.faults, []);
    await person.close();
  });
}

test("a block becomes an appointment in its form, and undo makes it a task again", async () => {
  const person = await newPerson(browser);
  const tab = await withBoth(person);
  await seen.edit(tab, "Tax return").click();
  await seen.editor(tab, "Edit").getByLabel("Kind").selectOption("Appointment");
  await seen.editor(tab, "Edit").getByRole("button", { name: "Save" }).click();
  await gone(seen.day(tab, "Overdue"));
  await seen.day(tab, "Today").getByRole("button", { name: "Edit Tax return" }).waitFor();
  const client = await connectAs(person, server);
  await client.call("undo");
  await client.close();
  await seen.day(tab, "Overdue").getByRole("checkbox", { name: "Done: Tax return" }).waitFor();
  assert.deepEqual(tab.faults, []);
  await person.close();
});

for (const [device, options] of [["desktop", {}], ["phone", PHONE]]) {
  test(`overdue tasks get new times, and one undo takes that back (${device})`, async () => {
    const person = await newPerson(browser, options);
    const tab = await withBoth(person, device === "phone");
    const client = await connectAs(person, server);
    await client.call("scheduleBlock", { title: "Water the plants", startTime: wallTime(-1, "19:00"), durationMinutes: 15 });
    const overdue = seen.day(tab, "Overdue");
    await overdue.getByRole("button", { name: "Find a new time for Water the plants" }).waitFor();
    await picture(tab, `overdue-${device}.png`);
    await fits(tab);

    await overdue.getByRole("button", { name: "Find new times" }).click();
    await text(seen.notes(tab), "Moved 2 tasks to new times");
    await gone(overdue);
    await seen.notes(tab).getByRole("button", { name: "Undo" }).click();
    await overdue.getByRole("button", { name: "Edit Tax return" }).waitFor();

    await overdue.getByRole("button", { name: "Find a new time for Tax return" }).click();
    await text(seen.notes(tab), "Moved “Tax return”");
    await gone(overdue.getByRole("button", { name: "Edit Tax return" }));
    await overdue.getByRole("button", { name: "Edit Water the plants" }).waitFor();
    await client.close();
    assert.deepEqual(tab.faults, []);
    await person.close();
  });
}

for (const [device, options] of [["desktop", {}], ["phone", PHONE]]) {
  test(`the timer of a task is started, paused, corrected and stopped by finishing the task (${device})`, async () => {
    const person = await newPerson(browser, options);
    const tab = await withBoth(person, device === "phone");
    const block = seen.block(tab, "Tax return");
    const timer = (verb) => tab.getByRole("button", { name: `${verb} timer of Tax return` });
    assert.equal(await tab.getByRole("button", { name: "Start timer of Dentist" }).count(), 0, "an appointment has none");
    await timer("Start").click();
    await timer("Pause").waitFor();
    await block.getByText("min so far").waitFor();
    await picture(tab, `timer-${device}.png`);
    await fits(tab);
    await timer("Pause").click();
    await block.getByText("min spent").waitFor();

    // What was forgotten is added by hand.
    await seen.edit(tab, "Tax return").click();
    await seen.editor(tab, "Edit").getByLabel("Minutes spent").fill("75");
    await picture(tab, `timer-editor-${device}.png`);
    await seen.editor(tab, "Edit").getByRole("button", { name: "Save" }).click();
    await block.getByText("1 h 15 min spent").waitFor();
    await timer("Start").click();
    await block.getByText("1 h 15 min so far").waitFor();
    await tab.reload();
    if (device === "phone") await tab.getByRole("button", { name: "Timeline", exact: true }).click();
    await timer("Pause").waitFor();

    await seen.done(tab, "Tax return").check();
    await isDone(tab, "Tax return");
    await gone(timer("Pause"));
    await block.getByText(/1 h 1\d min spent/).waitFor();
    const client = await connectAs(person, server);
    await client.call("undo");
    await timer("Pause").waitFor();
    await client.close();
    assert.deepEqual(tab.faults, []);
    await person.close();
  });
}

test("what the chat schedules has the kind that its title says", async () => {
  const person = await newPerson(browser);
  const tab = await openTab(person, server);
  await say(tab, "Lunch with Ana tomorrow at 12");
  await answered(tab);
  await say(tab, "Schedule write report tomorrow at 2pm");
  await answered(tab);
  await seen.done(tab, "Write report").waitFor();
  const lunch = seen.block(tab, "Lunch with Ana");
  await text(lunch, "12:00–13:00");
  assert.equal(await lunch.getByRole("checkbox").count(), 0);
  await person.close();
});
