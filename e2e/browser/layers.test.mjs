// Plans as layers of one timeline: which ones a tab shows, their colors, and the plan that a new block goes to.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { wallTime } from "../lib/clock.mjs";
import { startServer } from "../lib/server.mjs";
import { until } from "../lib/until.mjs";
import {
  PHONE, answered, connectAs, connected, fits, gone, newPerson, newTab, openBrowser, openTab, picture, say, seen, text,
} from "./page.mjs";

let server, browser;
before(async () => ([server, browser] = await Promise.all([startServer(), openBrowser()])));
after(() => Promise.all([browser?.close(), server?.stop()]));

const DEVICES = [["desktop", {}], ["phone", PHONE]];

const menu = (tab) => tab.getByRole("group", { name: "Plans" });
const toggle = (tab, title) => menu(tab).getByRole("button", { name: `Show ${title}`, exact: true });
const showAll = (tab) => tab.getByRole("group", { name: "Timeline view" }).locator("..").getByRole("button", { name: "Show all plans" });
const color = (tab, title) => seen.block(tab, title).getAttribute("data-color");

/** A person with two plans and two blocks at the same time tomorrow, and a tab that shows them. */
async function twoPlans(options, isPhone) {
  const person = await newPerson(browser, options);
  const tab = await openTab(person, server);
  const client = await connectAs(person, server);
  await client.call("scheduleBlock", { title: "Dentist", startTime: wallTime(1, "10:00"), kind: "appointment" });
  await client.call("createPlan", { title: "Work" });
  await client.call("scheduleBlock", { title: "Sprint review", startTime: wallTime(1, "10:30"), kind: "appointment" });
  await client.call("switchPlan", { id: "My plan" });
  if (isPhone) await tab.getByRole("button", { name: "Timeline", exact: true }).click();
  for (const title of ["Dentist", "Sprint review"]) await seen.block(tab, title).waitFor();
  return { person, tab, client };
}

for (const [device, options] of DEVICES) {
  test(`a tab shows one, several or all plans, and keeps that to itself (${device})`, async () => {
    const { person, tab, client } = await twoPlans(options, device === "phone");
    await text(seen.block(tab, "Dentist"), "My plan");
    await text(seen.block(tab, "Sprint review"), "Work");
    await text(seen.block(tab, "Sprint review"), "Overlaps B1");
    assert.notEqual(await color(tab, "Dentist"), await color(tab, "Sprint review"));
    await picture(tab, `layers-${device}.png`);

    await seen.plans(tab).click();
    assert.equal(await toggle(tab, "Work").getAttribute("aria-pressed"), "true");
    await toggle(tab, "Work").click();
    await picture(tab, `layers-menu-${device}.png`);
    await fits(tab);
    await tab.keyboard.press("Escape");
    await gone(seen.block(tab, "Sprint review"));
    await gone(seen.block(tab, "Dentist").getByText("Overlaps"));
    await tab.getByText("Not shown: Work").waitFor();

    // It lasts as long as the tab, and is not a matter of another one.
    await tab.reload();
    await connected(tab);
    if (device === "phone") await tab.getByRole("button", { name: "Timeline", exact: true }).click();
    await seen.block(tab, "Dentist").waitFor();
    await gone(seen.block(tab, "Sprint review"));
    const other = await newTab(person);
    await other.goto(server.url);
    await connected(other);
    if (device === "phone") await other.getByRole("button", { name: "Timeline", exact: true }).click();
    await seen.block(other, "Sprint review").waitFor();

    await showAll(tab).click();
    await seen.block(tab, "Sprint review").waitFor();
    await seen.plans(tab).click();
    await menu(tab).getByRole("button", { name: "Show only Work" }).click();
    await gone(menu(tab).getByRole("button", { name: "Show only Work" }));
    await tab.keyboard.press("Escape");
    await gone(menu(tab));
    await gone(seen.block(tab, "Dentist"));
    await fits(tab);
    assert.deepEqual([...tab.faults, ...other.faults], []);
    await Promise.all([client.close(), person.close()]);
  });
}

test("a plan gets another color in every tab, which can be undone", async () => {
  const { person, tab, client } = await twoPlans({}, false);
  const other = await openTab(person, server);
  const before = await color(tab, "Sprint review");
  await seen.plans(tab).click();
  await menu(tab).getByRole("button", { name: "Edit Work" }).click();
  const swatch = menu(tab).getByRole("group", { name: "Color" }).getByRole("button", { name: "pink" });
  await swatch.click();
  await until(async () => (await swatch.getAttribute("aria-pressed")) === "true", { what: () => "the color is chosen" });
  await picture(tab, "layers-color.png");
  for (const page of [tab, other]) await until(async () => (await color(page, "Sprint review")) === "pink", { what: () => "the color of the block" });
  await tab.keyboard.press("Escape");
  await menu(tab).getByRole("button", { name: "Edit Work" }).waitFor();
  await tab.keyboard.press("Escape");
  await tab.getByRole("button", { name: "Undo last change" }).click();
  for (const page of [tab, other]) await until(async () => (await color(page, "Sprint review")) === before, { what: () => "the color before" });
  assert.deepEqual([...tab.faults, ...other.faults], []);
  await Promise.all([client.close(), person.close()]);
});

test("a new block goes to the plan that is chosen for it, which is then shown", async () => {
  const { person, tab, client } = await twoPlans({}, false);
  await seen.plans(tab).click();
  await toggle(tab, "Work").click();
  await tab.keyboard.press("Escape");
  await gone(seen.block(tab, "Sprint review"));
  await tab.getByRole("button", { name: "New block" }).click();
  const editor = seen.editor(tab, "New block");
  await editor.getByLabel("Title").fill("Stand-up");
  await editor.getByLabel("Plan").selectOption("Work");
  await picture(tab, "layers-editor.png");
  await editor.getByRole("button", { name: "Save" }).click();
  await text(seen.block(tab, "Stand-up"), "Work");
  await seen.block(tab, "Sprint review").waitFor();
  const { blocks } = await client.call("findBlocks", { text: "stand-up" });
  assert.equal(blocks[0].plan, "Work");
  await tab.getByRole("button", { name: "Plans: My plan" }).waitFor();
  assert.deepEqual(tab.faults, []);
  await Promise.all([client.close(), person.close()]);
});

test("a form stays open, and can be saved, when its plan is archived meanwhile", async () => {
  const { person, tab, client } = await twoPlans({}, false);
  await seen.edit(tab, "Sprint review").first().click();
  await seen.editor(tab, "Edit").getByLabel("Title").fill("Retrospective");
  await client.call("archivePlan", { id: "Work" });
  await gone(seen.block(tab, "Sprint review"));
  const editor = seen.editor(tab, "Edit");
  assert.equal(await editor.getByLabel("Title").inputValue(), "Retrospective");
  await editor.getByRole("button", { name: "Save" }).click();
  await gone(editor);
  await client.call("unarchivePlan", { id: "Work" });
  await seen.block(tab, "Retrospective").waitFor();
  assert.deepEqual(tab.faults, []);
  await Promise.all([client.close(), person.close()]);
});

test("what is said finds blocks in every plan, and the week shows them all", async () => {
  const { person, tab, client } = await twoPlans({}, false);
  await say(tab, "Move the sprint review to tomorrow at 3pm");
  await answered(tab);
  await text(seen.block(tab, "Sprint review"), "15:00");
  await tab.getByRole("button", { name: "Week", exact: true }).click();
  await tab.getByLabel("Go to a day").fill(wallTime(1, "00:00").slice(0, 10));
  const week = tab.getByRole("region", { name: "Week" });
  await week.getByRole("button", { name: /^Sprint review .*, Work$/ }).waitFor();
  await week.getByRole("button", { name: /^Dentist .*, My plan$/ }).waitFor();
  await picture(tab, "layers-week.png");
  await seen.plans(tab).click();
  await toggle(tab, "Work").click();
  await tab.keyboard.press("Escape");
  await gone(week.getByRole("button", { name: /^Sprint review/ }));
  assert.deepEqual(tab.faults, []);
  await Promise.all([client.close(), person.close()]);
});

test("new times are found for the overdue tasks that are shown", async () => {
  const { person, tab, client } = await twoPlans({}, false);
  await client.call("scheduleBlock", { title: "Pay rent", startTime: wallTime(-1, "10:00") });
  await client.call("scheduleBlock", { title: "Expenses", startTime: wallTime(-1, "12:00"), plan: "Work" });
  const overdue = seen.day(tab, "Overdue");
  await overdue.getByText("2 open").waitFor();
  await seen.plans(tab).click();
  await toggle(tab, "Work").click();
  await tab.keyboard.press("Escape");
  await overdue.getByText("1 open").waitFor();
  await overdue.getByRole("button", { name: "Find new times" }).click();
  await gone(overdue);
  await showAll(tab).click();
  await overdue.getByText("1 open").waitFor();
  await text(overdue, "Expenses");
  await overdue.getByRole("button", { name: "Find new times" }).click();
  await gone(overdue);
  assert.deepEqual(tab.faults, []);
  await Promise.all([client.close(), person.close()]);
});
