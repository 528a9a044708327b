// The history in a browser: the log, the timeline as it was, and how to undo and restore.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { greeted } from "../lib/client.mjs";
import { ZONE, isoDate, wallTime } from "../lib/clock.mjs";
import { importFile } from "../lib/import.mjs";
import { DONE, openai, startModel } from "../lib/model.mjs";
import { startServer } from "../lib/server.mjs";
import { startLine } from "./line.mjs";
import { PHONE, answered, connectAs, connected, count, fits, gone, newPerson, openBrowser, openTab, picture, say, seen, text } from "./page.mjs";

let server, browser;
before(async () => ([server, browser] = await Promise.all([startServer(), openBrowser()])));
after(() => Promise.all([browser?.close(), server?.stop()]));

const history = (tab) => tab.getByRole("region", { name: "History" });
const changes = (tab) => history(tab).getByRole("list", { name: "Changes, newest first" }).getByRole("listitem");
const change = (tab, words) => changes(tab).filter({ hasText: words });
const past = (tab) => tab.getByRole("region", { name: "The past" });
const open = (tab) => tab.getByRole("button", { name: "History" }).click();

test("the log is read and searched, the past is shown, and any change is undone", async () => {
  const person = await newPerson(browser, { isDebugging: true });
  const tab = await openTab(person, server);
  for (const words of ["Schedule workout tomorrow at 8am", "Schedule dentist tomorrow at 4pm"]) {
    await say(tab, words);
    await answered(tab);
  }
  await seen.done(tab, "Workout").check();
  await open(tab);
  await text(changes(tab).first(), "completed “Workout” (B1)");
  await text(changes(tab).first(), "You");
  await text(change(tab, "scheduled “Dentist”"), "Flux");
  await count(change(tab, "scheduled"), 2);

  // Live, newest first.
  await seen.remove(tab, "Dentist").click();
  await text(changes(tab).first(), "deleted “Dentist”");
  await picture(tab, "history.png");

  // A change that a later one depends on is kept, with the reason. One on which nothing depends is undone.
  await change(tab, "scheduled “Dentist”").getByRole("button", { name: "Undo this" }).click();
  await tab.getByRole("region", { name: "Notifications" }).getByText("This cannot be undone by itself").waitFor();
  await change(tab, /^You.*completed “Workout”/s).getByRole("button", { name: "Undo this" }).click();
  await text(changes(tab).first(), "took back: completed “Workout”");
  await seen.timeline(tab).getByRole("checkbox", { name: "Done: Workout", checked: false }).waitFor();

  await history(tab).getByRole("combobox", { name: "Whose changes" }).selectOption("By Flux");
  await gone(change(tab, "completed"));
  await count(changes(tab), 2);
  await changes(tab).first().getByText("Details").click();
  await changes(tab).first().getByText('"toolCall"').waitFor();

  // The past is shown and cannot be edited.
  await change(tab, "scheduled “Dentist”").getByRole("button", { name: "See the timeline here" }).click();
  await past(tab).getByText(/^As it was on /).waitFor();
  await seen.block(tab, "Dentist").waitFor();
  assert.equal(await seen.done(tab, "Workout").isDisabled(), true);
  await past(tab).getByText("Since then: 1 removed.").waitFor();
  await past(tab).getByText("What is different").click();
  await past(tab).getByText("B2 “Dentist” was removed").waitFor();
  await picture(tab, "past.png");
  await past(tab).getByRole("slider", { name: "Moment" }).press("ArrowLeft");
  await gone(seen.block(tab, "Dentist"));
  await past(tab).getByRole("button", { name: "Back to now" }).click();
  await gone(past(tab));
  assert.equal(await seen.done(tab, "Workout").isDisabled(), false);

  await change(tab, "scheduled “Dentist”").getByRole("button", { name: "See the timeline here" }).click();
  await past(tab).getByRole("button", { name: "Restore this" }).click();
  await gone(past(tab));
  await seen.block(tab, "Dentist").waitFor();
  await tab.getByRole("region", { name: "Notifications" }).getByText("1 block brought back").waitFor();
  await history(tab).getByRole("button", { name: "Back to the chat" }).click();
  await text(seen.said(tab).first(), "Schedule workout");

  const pocket = await newPerson(browser, { ...PHONE, storageState: await person.storageState() });
  const phone = await openTab(pocket, server);
  await open(phone);
  await change(phone, "scheduled “Workout”").getByRole("button", { name: "See the timeline here" }).waitFor();
  await fits(phone);
  await picture(phone, "phone-history.png");
  await change(phone, "scheduled “Workout”").getByRole("button", { name: "See the timeline here" }).click();
  await past(phone).getByRole("button", { name: "Restore this" }).waitFor();
  await fits(phone);
  await picture(phone, "phone-past.png");
  assert.deepEqual([...tab.faults, ...phone.faults], []);
  await Promise.all([person.close(), pocket.close()]);
});

test("an event is requested once, however often it is opened and closed before it arrives", async () => {
  const person = await newPerson(browser, { isDebugging: true });
  const line = await startLine(person);
  const tab = await openTab(person, server);
  await say(tab, "Schedule workout tomorrow at 8am");
  await answered(tab);
  await open(tab);
  const summary = change(tab, "scheduled “Workout”").getByText("Details");
  const isOpen = (open) => change(tab, "scheduled “Workout”").locator(open ? "details[open]" : "details:not([open])").waitFor();
  line.hold();
  for (const open of [true, false, true, false]) {
    await summary.click();
    await isOpen(open);
  }
  assert.equal(line.release().filter((frame) => frame.includes("getEvents")).length, 1);
  await summary.click();
  await change(tab, "scheduled “Workout”").getByText('"toolCall"').waitFor();
  assert.deepEqual(tab.faults, []);
  await person.close();
});

test("the log is filtered by actor, kind, plan and time, gives reasons, follows new events, and counts", async () => {
  const model = await startModel();
  const scripted = await startServer({ model: { baseUrl: model.baseUrl, name: "scripted-1" }, vars: { MODEL_RETRIES: "0" } });
  const person = await newPerson(browser, { isDebugging: true });
  const tab = await openTab(person, scripted);
  const client = await connectAs(person, scripted);
  try {
    model.script(...openai.calls(["scheduleBlock", { title: "Gym", startTime: "2199-03-01T08:00" }]));
    model.script(openai.text("Gym is set."), openai.finish(), openai.usage(1234, 56), DONE);
    await say(tab, "Put gym on the first of March");
    await text(seen.answers(tab), "Gym is set.");
    await answered(tab);
    await client.call("scheduleBlock", { title: "Tea", startTime: "2199-03-01T16:00" });
    await client.call("updateBlock", { id: "Tea", updates: { title: "Tea time" } });
    await open(tab);

    // The reason for a change by Flux is the message; a change by the person needs no reason.
    await text(change(tab, "scheduled “Gym”"), "Because of “Put gym on the first of March”");
    await text(change(tab, "scheduled “Gym”"), "Flux");
    assert.doesNotMatch(await change(tab, "scheduled “Tea”").innerText(), /Because of/);

    const pick = (name, label) => history(tab).getByRole("combobox", { name }).selectOption(label);
    await pick("Whose changes", "Yours");
    await gone(change(tab, "scheduled “Gym”"));
    await change(tab, "scheduled “Tea”").waitFor();
    await pick("Kind of change", "Block scheduled");
    await gone(change(tab, "updated “Tea”"));
    await count(changes(tab), 1);
    await pick("Whose changes", "All changes");
    await count(changes(tab), 2);
    await pick("Whose changes", "By the architect");
    await history(tab).getByText("No matching events.").waitFor();
    await pick("Whose changes", "All changes");
    await pick("Kind of change", "All kinds");
    await change(tab, "updated “Tea”").waitFor();

    // Another plan has its own changes. New changes appear at once if they match the filter.
    await client.call("createPlan", { title: "Trip" });
    await change(tab, "“Trip”").first().waitFor();
    await client.call("scheduleBlock", { title: "Flight", startTime: "2199-04-01T09:00" });
    await text(changes(tab).first(), "scheduled “Flight”");
    await history(tab).getByRole("checkbox", { name: /^Only “/ }).check();
    await gone(change(tab, "Tea"));
    await change(tab, "scheduled “Flight”").waitFor();
    await client.call("scheduleBlock", { title: "Hotel", startTime: "2199-04-01T20:00" });
    await text(changes(tab).first(), "scheduled “Hotel”");
    await pick("Whose changes", "By Flux");
    await history(tab).getByText("No matching events.").waitFor();
    await client.call("scheduleBlock", { title: "Museum", startTime: "2199-04-02T10:00" });
    await pick("Whose changes", "Yours");
    await text(changes(tab).first(), "scheduled “Museum”");
    await history(tab).getByRole("checkbox", { name: /^Only “/ }).uncheck();
    await change(tab, "scheduled “Tea”").waitFor();
    await pick("Whose changes", "All changes");

    // A day in the person's zone.
    const day = history(tab).getByLabel("Day", { exact: true });
    await day.fill("2020-01-01");
    await history(tab).getByText("No matching events.").waitFor();
    await day.fill(isoDate(0));
    await change(tab, "scheduled “Gym”").waitFor();
    await day.fill("");
    await change(tab, "scheduled “Gym”").waitFor();

    await tab.reload();
    await connected(tab);
    await open(tab);
    await history(tab).getByText("In numbers").click();
    const value = (name) => history(tab).locator("dl > div").filter({ has: tab.getByText(name, { exact: true }) }).getByRole("definition");
    await text(value("Blocks"), "5 open, 0 done");
    await text(value("Plans"), "2, 0 archived");
    await text(value("Messages"), "2");
    await text(value("Block scheduled"), "5");
    await text(value("By assistant"), "1");
    await text(value("Model"), "scripted-1");
    await text(value("Tokens read"), /\d/);
    // An answer of which a part is estimated has “about 1300”.
    const number = async (name) => Number((await value(name).innerText()).replace(/\D/g, ""));
    assert.ok((await number("Tokens read")) >= 1234);
    assert.ok((await number("Tokens written")) >= 56);
    await text(value("First word after"), /^\d+ ms$/);
    await text(value("Whole answer after"), /^\d+ ms$/);
    await picture(tab, "numbers.png");

    // Through time, change by change.
    await change(tab, "scheduled “Museum”").getByRole("button", { name: "See the timeline here" }).click();
    await seen.block(tab, "Museum").waitFor();
    const moment = past(tab).getByRole("slider", { name: "Moment" });
    await moment.press("ArrowLeft");
    await gone(seen.block(tab, "Museum"));
    await seen.block(tab, "Hotel").waitFor();
    await moment.press("ArrowLeft");
    await gone(seen.block(tab, "Hotel"));
    await seen.block(tab, "Flight").waitFor();
    await moment.press("Home");
    await gone(seen.block(tab, "Flight"));
    await moment.press("End");
    await seen.block(tab, "Museum").waitFor();
    await past(tab).getByText("No block has changed since.").waitFor();
    // The present continues, and is not shown until the person asks for it.
    await client.call("scheduleBlock", { title: "Dinner", startTime: "2199-04-02T19:00" });
    await text(changes(tab).first(), "scheduled “Dinner”");
    await count(seen.done(tab, "Dinner"), 0);
    await past(tab).getByText("Since then: 1 added.").waitFor();
    await text(value("Blocks"), "6 open, 0 done");
    // By date and time: before everything, and after it.
    const clock = past(tab).getByLabel("Another moment");
    await clock.fill(wallTime(-1, "10:00"));
    await gone(seen.block(tab, "Museum"));
    await clock.fill(wallTime(1, "10:00"));
    await seen.block(tab, "Dinner").waitFor();
    await past(tab).getByText("No block has changed since.").waitFor();
    await past(tab).getByRole("button", { name: "Back to now" }).click();
    await seen.block(tab, "Dinner").waitFor();
    assert.deepEqual(tab.faults, []);
  } finally {
    await client.close();
    await person.close();
    await Promise.all([scripted.stop(), model.stop()]);
  }
});

/** The token of a person who scheduled a block four days ago, and another two days ago. */
async function withPast() {
  const client = await greeted(server);
  await client.call("setSettings", { timeZone: ZONE });
  await client.call("scheduleBlock", { title: "Tea", startTime: wallTime(1, "16:00") });
  await client.call("scheduleBlock", { title: "Gym", startTime: wallTime(1, "18:00") });
  const file = await (await fetch(`${server.url}/agents/chat/me/export?token=${client.token}`)).json();
  for (const event of file.events) {
    const days = event.payload.block?.title === "Gym" ? 2 : 4;
    event.at = new Date(Date.parse(event.at) - days * 86_400_000).toISOString();
  }
  const other = await greeted(server);
  await importFile(server, other.token, JSON.stringify(file));
  await Promise.all([client.close(), other.close()]);
  return other.token;
}

test("a moment between two changes shows only the first", async () => {
  const person = await newPerson(browser);
  await person.addCookies([{ name: "flux", value: await withPast(), url: server.url }]);
  const tab = await openTab(person, server);
  await seen.block(tab, "Gym").waitFor();
  await open(tab);
  await change(tab, "scheduled “Gym”").getByRole("button", { name: "See the timeline here" }).click();
  const clock = past(tab).getByLabel("Another moment");
  await clock.fill(wallTime(-3, "10:00"));
  await gone(seen.block(tab, "Gym"));
  await seen.block(tab, "Tea").waitFor();
  await past(tab).getByText("Since then: 1 added.").waitFor();
  await clock.fill(wallTime(-1, "10:00"));
  await seen.block(tab, "Gym").waitFor();
  await past(tab).getByText("No block has changed since.").waitFor();
  await clock.fill(wallTime(-5, "10:00"));
  await gone(seen.block(tab, "Tea"));
  assert.deepEqual(tab.faults, []);
  await person.close();
});
