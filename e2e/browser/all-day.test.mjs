// All-day blocks: written in the editor, shown in the agenda and in the week, and moved by keys.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { wallTime } from "../lib/clock.mjs";
import { startServer } from "../lib/server.mjs";
import { until } from "../lib/until.mjs";
import { PHONE, connectAs, count, fits, gone, newPerson, openBrowser, openTab, picture, say, seen, text } from "./page.mjs";

let server, browser;
before(async () => ([server, browser] = await Promise.all([startServer(), openBrowser()])));
after(() => Promise.all([browser?.close(), server?.stop()]));

const DEVICES = [["desktop", {}], ["phone", PHONE]];
const day = (days) => wallTime(days, "00:00").slice(0, 10);
const band = (tab, title) => tab.getByRole("list", { name: "All day" }).getByRole("button", { name: new RegExp(`^${title},`) });

for (const [device, options] of DEVICES) {
  test(`an all-day block is written, shown first on its day and as a band of the week, and gets a time again (${device})`, async () => {
    const person = await newPerson(browser, options);
    const tab = await openTab(person, server);
    if (device === "phone") await tab.getByRole("button", { name: "Timeline", exact: true }).click();
    const client = await connectAs(person, server);
    await client.call("scheduleBlock", { title: "Early call", startTime: wallTime(0, "00:05"), durationMinutes: 10 });
    await seen.block(tab, "Early call").waitFor();

    await tab.getByRole("button", { name: "New block" }).click();
    const editor = seen.editor(tab, "New block");
    await editor.getByLabel("Title").fill("Fair");
    await editor.getByLabel("All day").check();
    assert.equal(await editor.getByLabel("Start", { exact: true }).count(), 0);
    await editor.getByLabel("First day", { exact: true }).fill(day(0));
    await editor.getByLabel("Last day", { exact: true }).fill(day(1));
    await editor.getByLabel("Kind").selectOption("appointment");
    await picture(tab, `all-day-editor-${device}.png`);
    await editor.getByRole("button", { name: "Save" }).click();
    await text(seen.block(tab, "Fair"), "All day until");
    const fair = async () => (await client.call("findBlocks", { text: "Fair" })).blocks[0];
    const { firstDay, lastDay, start, kind } = await fair();
    assert.deepEqual([firstDay, lastDay, start, kind], [day(0), day(1), undefined, "appointment"]);
    await picture(tab, `all-day-${device}.png`);
    await fits(tab);

    await tab.getByRole("button", { name: "Week", exact: true }).click();
    await band(tab, "Fair").waitFor();
    await picture(tab, `all-day-week-${device}.png`);
    await band(tab, "Fair").focus();
    await tab.keyboard.press("Alt+ArrowLeft");
    const lasts = async (first, last) => {
      const { firstDay, lastDay } = await fair();
      return firstDay === first && lastDay === last;
    };
    await until(() => lasts(day(-1), day(0)));
    await tab.keyboard.press("Alt+Shift+ArrowDown");
    await until(() => lasts(day(-1), day(1)));
    await client.call("undo");
    await client.call("undo");
    await until(() => lasts(day(0), day(1)));

    await band(tab, "Fair").click();
    await seen.editor(tab, "Edit").getByLabel("All day").uncheck();
    await seen.editor(tab, "Edit").getByRole("button", { name: "Save" }).click();
    await gone(band(tab, "Fair"));
    await until(() => lasts(undefined, undefined));
    await client.close();
    assert.deepEqual(tab.faults, []);
    await person.close();
  });
}

test("by chat, a day is blocked and what is asked about lists it", async () => {
  const person = await newPerson(browser);
  const tab = await openTab(person, server);
  const client = await connectAs(person, server);
  await client.call("scheduleBlock", { title: "Conference", kind: "appointment", firstDay: day(1), lastDay: day(3) });
  await seen.block(tab, "Conference").waitFor();
  await say(tab, "what's on tomorrow?");
  await text(seen.answers(tab).last(), "All day, until");
  await assert.rejects(client.call("scheduleBlock", { title: "Both", startTime: wallTime(1, "08:00"), firstDay: day(1) }), /either at a time or all day/);
  await assert.rejects(client.call("scheduleBlock", { title: "Back", firstDay: day(2), lastDay: day(1) }), /day/);
  await count(seen.block(tab, "Conference"), 1);
  await client.close();
  await person.close();
});
