// Text from others stays text, in each place where the page shows it.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { QUICK_RUNS, ended } from "../lib/architect.mjs";
import { openai } from "../lib/model.mjs";
import { until } from "../lib/until.mjs";
import { PAYLOADS, ranOrLoadedAnywhere, watch } from "./markup.mjs";
import { answered, connectAs, count, gone, seen, text } from "./page.mjs";
import { scriptedPage } from "./scripted.mjs";

/** The start of a block as wall-clock time. All lie from Monday to Friday of a week that has no other blocks. */
const startOf = (number) => new Date(Date.parse("2199-04-01T00:00Z") + number * 90 * 60_000).toISOString().slice(0, 16);

const the = scriptedPage({ vars: QUICK_RUNS, isDebugging: true });
let model, server, person, tab, client, watched;
beforeEach(async () => {
  ({ model, server, person, tab } = the);
  watched = watch(tab);
  client = await connectAs(person, server);
});

const isClean = async (where) => assert.deepEqual(await ranOrLoadedAnywhere(tab, watched), [], where);
const button = (name) => tab.getByRole("button", { name, exact: true });
const history = () => tab.getByRole("region", { name: "History" });

/** Scrolls through a list, which has only the rows near the visible part, and calls `look` at each step. */
async function scrollThrough(list, look) {
  for (let isOver = false; !isOver; ) {
    await look();
    isOver = await list.evaluate((list) => {
      const before = list.scrollTop;
      list.scrollTop += list.clientHeight;
      return list.scrollTop === before;
    });
  }
}

test("in blocks, wherever they are shown", async () => {
  const { "content-security-policy": policy } = (await tab.reload()).headers();
  assert.doesNotMatch(policy, /unsafe-inline|'unsafe-eval'|\*/);
  for (const [number, payload] of PAYLOADS.entries()) {
    const [startTime, tags] = [startOf(number), [payload.slice(0, 24)]];
    await client.call("scheduleBlock", { title: payload, description: payload, tags, startTime, durationMinutes: 60 });
  }
  const { timeline } = await client.call("getTimeline");
  assert.equal(timeline.blocks.length, PAYLOADS.length);
  const list = tab.getByRole("region", { name: "Agenda" });
  const shown = new Set();
  await seen.timeline(tab).getByRole("checkbox").first().waitFor();
  await scrollThrough(list, async () => {
    await isClean("in the agenda");
    for (const title of await list.getByRole("listitem").getByRole("heading").allTextContents()) shown.add(title);
  });
  assert.deepEqual(timeline.blocks.map(({ title }) => title).filter((title) => !shown.has(title)), [], "each is shown as it is");

  await button("Week").click();
  await tab.getByLabel("Go to a day").fill("2199-04-02");
  const week = tab.getByRole("region", { name: "Week" });
  await until(async () => (await week.getByRole("listitem").count()) > 40, { what: () => "the blocks of the week" });
  await isClean("in the week");
  await week.getByRole("listitem").nth(20).getByRole("button").press("Enter");
  const editor = tab.getByRole("dialog", { name: "Block" });
  await editor.waitFor();
  const edited = await editor.getByRole("textbox", { name: "Title" }).inputValue();
  assert.ok(timeline.blocks.some(({ title }) => title === edited), edited);
  await isClean("in the editor");
  await tab.keyboard.press("Escape");

  await button("Agenda").click();
  await tab.getByRole("button", { name: "Search and filter" }).click();
  const search = tab.getByRole("searchbox");
  for (const payload of PAYLOADS) {
    await search.fill(payload);
    await isClean(`looked for: ${payload}`);
  }
  await search.fill("");

  // Notifications name what was deleted by its title, and the history names everything.
  for (const { title } of timeline.blocks.slice(0, 8)) {
    await tab.getByLabel("Go to a day").fill("2199-04-01");
    await seen.remove(tab, title).click();
    await tab.getByRole("region", { name: "Notifications" }).getByText(`Deleted “${title}”.`).waitFor();
    await isClean(`deleted: ${title}`);
  }
  await button("History").click();
  await text(history(), "Show older changes");
  await history().getByRole("button", { name: "Show older changes" }).click();
  await gone(history().getByRole("button", { name: "Show older changes" }));
  await history().getByText("Details").first().click();
  await history().getByText('"BLOCK_DELETED"').waitFor();
  await isClean("in the history");
  await history().getByRole("listitem").filter({ hasText: "deleted" }).last().getByRole("button", { name: "See the timeline here" }).click();
  const past = tab.getByRole("region", { name: "The past" });
  await past.getByText("What is different").click();
  await isClean("in the past");
  await client.close();
});

test("in plans and goals", async () => {
  for (const payload of PAYLOADS) await client.call("createPlan", { title: payload });
  await tab.getByRole("button", { name: /^Plans: / }).click();
  const plans = tab.getByRole("group", { name: "Plans" });
  await count(plans.getByRole("listitem"), PAYLOADS.length + 1);
  await isClean("in the menu of plans");
  await plans.getByRole("button", { name: /^Edit / }).nth(3).click();
  await plans.getByRole("button", { name: /^Edit / }).nth(4).click();
  await plans.getByRole("button", { name: /^Delete / }).last().click();
  await plans.getByRole("alertdialog").waitFor();
  await isClean("while a plan is renamed, and another deleted");
  await plans.getByRole("button", { name: "Delete", exact: true }).click();
  await tab.getByRole("region", { name: "Notifications" }).getByText(/^Deleted “/).waitFor();
  await isClean("in a note about a plan");
  await tab.keyboard.press("Escape");
  await gone(plans);

  for (let from = 0; from < PAYLOADS.length; from += 4) {
    const goal = PAYLOADS.slice(from, from + 4).join(" ");
    model.script({ status: 401, body: { error: { message: goal } } });
    const { run } = await client.call("useArchitect", { goal });
    await ended(client, run.id);
    await isClean(`a goal: ${goal}`);
  }
  await seen.timeline(tab).getByRole("button", { name: "Try again" }).first().waitFor();
  await isClean("in goals that failed");
  await client.close();
});

test("in messages and in a model's calls", async () => {
  for (const [number, payload] of PAYLOADS.entries()) {
    model.script(...openai.calls([number % 2 ? payload.slice(0, 60) : "scheduleBlock", { title: payload, [payload]: payload }]));
    model.script(...openai.says(`end ${number}`));
    await client.answer(client.ask(payload));
  }
  await text(seen.answers(tab).last(), `end ${PAYLOADS.length - 1}`);
  await answered(tab);
  const said = await seen.said(tab).evaluateAll((all) => all.map((one) => one.innerText));
  assert.ok(said.length >= PAYLOADS.length / 2, "they are shown");
  for (const one of await seen.actions(tab).locator("summary").all()) await one.evaluate((summary) => summary.click());
  await isClean("in the conversation");
  await seen.message(tab).fill(PAYLOADS[1]);
  await isClean("in the box");
  await client.close();
});
