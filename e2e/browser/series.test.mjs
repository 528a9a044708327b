// What repeats: planned by the form and by the chat, and changed or deleted once, from a day on, or as a whole.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { wallTime } from "../lib/clock.mjs";
import { startServer } from "../lib/server.mjs";
import { PHONE, answered, connectAs, count, fits, newPerson, openBrowser, openTab, picture, say, seen, text } from "./page.mjs";

let server, browser;
before(async () => ([server, browser] = await Promise.all([startServer(), openBrowser()])));
after(() => Promise.all([browser?.close(), server?.stop()]));

const DEVICES = [["desktop", {}], ["phone", PHONE]];

/** The blocks with this title, as the service has them. */
async function blocksOf(client, title) {
  const { blocks } = (await client.call("getTimeline")).timeline;
  return blocks.filter((block) => block.title === title);
}

for (const [device, options] of DEVICES) {
  test(`a block is planned each week, changed from a day on, and deleted as a whole (${device})`, async () => {
    const person = await newPerson(browser, options);
    const tab = await openTab(person, server);
    if (device === "phone") await tab.getByRole("button", { name: "Timeline", exact: true }).click();
    const client = await connectAs(person, server);

    await tab.getByRole("button", { name: "New block" }).click();
    const editor = seen.editor(tab, "New block");
    await editor.getByLabel("Title").fill("Gym");
    await editor.getByLabel("Start", { exact: true }).fill(wallTime(1, "18:00"));
    await editor.getByLabel("Repeat").selectOption({ label: "Weekly" });
    assert.equal(await editor.getByRole("group", { name: "Days on which it repeats" }).getByRole("checkbox", { checked: true }).count(), 1);
    await editor.getByLabel("Last day").fill(wallTime(29, "00:00").slice(0, 10));
    await picture(tab, `series-editor-${device}.png`);
    await fits(tab);
    await editor.getByRole("button", { name: "Save" }).click();
    await count(seen.edit(tab, "Gym"), 5);
    await text(seen.block(tab, "Gym").first(), "Repeats");
    assert.equal((await blocksOf(client, "Gym")).length, 5);

    await seen.edit(tab, "Gym").nth(2).click();
    const change = seen.editor(tab, "Edit");
    await text(change.getByLabel("Repeat"), "As until now: every ");
    await change.getByLabel("Title").fill("Swimming");
    await change.getByLabel("Applies to").selectOption({ label: "This and following" });
    await picture(tab, `series-change-${device}.png`);
    await change.getByRole("button", { name: "Save" }).click();
    await count(seen.edit(tab, "Swimming"), 3);
    assert.equal((await blocksOf(client, "Gym")).length, 2);
    await text(seen.notes(tab), "Changed 3 blocks of “Swimming”");

    const dialog = tab.getByRole("dialog", { name: "Delete “Swimming”?" });
    await tab.getByRole("button", { name: "Delete Swimming" }).first().click();
    await text(dialog, "It repeats every ");
    await picture(tab, `series-delete-${device}.png`);
    await dialog.getByRole("button", { name: "Keep it" }).click();
    await count(seen.edit(tab, "Swimming"), 3);
    await tab.getByRole("button", { name: "Delete Swimming" }).first().click();
    await dialog.getByRole("button", { name: "Only this one" }).click();
    await count(seen.edit(tab, "Swimming"), 2);
    await tab.getByRole("button", { name: "Delete Swimming" }).first().click();
    await dialog.getByRole("button", { name: "All of them" }).click();
    await count(seen.edit(tab, "Swimming"), 0);
    await text(seen.notes(tab), "Deleted 2 blocks of “Swimming”");
    assert.equal((await blocksOf(client, "Gym")).length, 2);
    await client.call("undo");
    await count(seen.edit(tab, "Swimming"), 2);
    await client.close();
    assert.deepEqual(tab.faults, []);
    await person.close();
  });
}

test("the chat plans what repeats, and a second tab sees it", async () => {
  const person = await newPerson(browser);
  const [tab, other] = [await openTab(person, server), await openTab(person, server)];
  await say(tab, "Standup every weekday at 9:15");
  await answered(tab);
  await tab.getByText("every weekday, first").first().waitFor();
  await seen.edit(other, "Standup").first().waitFor();
  await text(seen.block(other, "Standup").first(), "Repeats");
  assert.deepEqual([...tab.faults, ...other.faults], []);
  await person.close();
});

test("a block that stands alone begins to repeat", async () => {
  const person = await newPerson(browser);
  const [tab, client] = [await openTab(person, server), await connectAs(person, server)];
  await client.call("scheduleBlock", { title: "Rent", startTime: wallTime(1, "09:00") });
  await seen.edit(tab, "Rent").click();
  const editor = seen.editor(tab, "Edit");
  await editor.getByLabel("Repeat").selectOption({ label: "Daily" });
  await editor.getByLabel("Every so many days").fill("3");
  await editor.getByRole("button", { name: "Save" }).click();
  await text(seen.notes(tab), "which repeats every 3 days");
  assert.ok((await blocksOf(client, "Rent")).length > 20);
  await client.close();
  assert.deepEqual(tab.faults, []);
  await person.close();
});
