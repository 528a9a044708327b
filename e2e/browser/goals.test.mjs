// Goals on the page: what is planned is proposed beside the timeline, changed, accepted in part, taken back, and looked after.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ended } from "../lib/architect.mjs";
import { startServer } from "../lib/server.mjs";
import { until } from "../lib/until.mjs";
import { violations } from "./axe.mjs";
import { PHONE, connectAs, fits, gone, newPerson, openBrowser, openTab, picture, say, seen } from "./page.mjs";

let server, browser;
before(async () => ([server, browser] = await Promise.all([startServer(), openBrowser()])));
after(() => Promise.all([browser?.close(), server?.stop()]));

/** A day so many days from now, as a field has it. */
const inDays = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
/** The goal above the timeline. */
const panel = (tab) => seen.timeline(tab).getByRole("group", { name: /^(Learn )?German, / });
/** Below the message that says what was worked out. */
const offer = (tab) => seen.conversation(tab).getByRole("group", { name: /^Proposal: (Learn )?German/ });
const ghosts = (tab) => tab.getByRole("checkbox", { name: /^Proposed: / });
const blocks = async (client) => (await client.call("getTimeline")).timeline.blocks;

/** A person with a proposal. */
async function proposed(options) {
  const person = await newPerson(browser, options);
  const tab = await openTab(person, server);
  const client = await connectAs(person, server);
  const { run } = await client.call("useArchitect", { goal: "Learn German", deadline: inDays(40), hoursPerWeek: 3 });
  await ended(client, run.id);
  return { person, tab, client };
}

/** Shows the timeline, which on a phone is another view. */
async function showTimeline(tab) {
  const button = tab.getByRole("button", { name: "Timeline", exact: true });
  if (await button.isVisible()) await button.click();
}

async function showChat(tab) {
  const button = tab.getByRole("button", { name: "Chat", exact: true });
  if (await button.isVisible()) await button.click();
}

for (const [device, options] of [["desktop", {}], ["phone", PHONE]]) {
  test(`a proposal is looked at, changed, accepted in part, and taken back (${device})`, async () => {
    const { person, tab, client } = await proposed(options);
    await showChat(tab);
    await offer(tab).waitFor();
    assert.deepEqual(await blocks(client), [], "nothing is on the timeline yet");
    await offer(tab).getByText("When do you have time to study?").waitFor();
    await picture(tab, `goal-offer-${device}.png`);
    await offer(tab).getByRole("button", { name: "Weekends" }).click();
    await offer(tab).getByRole("button", { name: "That’s when" }).click();
    await gone(offer(tab).getByText("When do you have time to study?"));
    const { activityHours } = await client.call("getSettings");
    assert.deepEqual(activityHours, { study: { parts: ["evening"] } }, "it is asked once");

    await offer(tab).getByRole("button", { name: "Look at it" }).click();
    await ghosts(tab).first().waitFor();
    assert.deepEqual(await blocks(client), []);
    await picture(tab, `goal-ghosts-${device}.png`);
    await fits(tab);
    assert.deepEqual(await violations(tab, null), []);
    const before = await panel(tab).getByRole("status").first().innerText();
    await panel(tab).getByRole("button", { name: "Change hours or dates" }).click();
    await panel(tab).getByRole("button", { name: "Mornings" }).click();
    await panel(tab).getByRole("button", { name: "Evenings" }).click();
    const morning = tab.getByRole("checkbox", { name: /^Proposed: .*, 0?[78]:/ });
    await morning.first().waitFor();
    await panel(tab).getByLabel("Hours a week").fill("1");
    await panel(tab).getByLabel("Hours a week").press("Tab");
    await until(async () => (await panel(tab).getByRole("status").first().innerText()) !== before);
    await picture(tab, `goal-adjust-${device}.png`);
    await fits(tab);
    assert.deepEqual(await violations(tab, null), []);

    await ghosts(tab).first().uncheck();
    await panel(tab).getByRole("button", { name: /^Add \d+ of \d+$/ }).click();
    await until(async () => (await blocks(client)).length > 0);
    const added = await blocks(client);
    assert.ok(added.every(({ goal }) => goal), "each block knows its goal");
    await gone(ghosts(tab).first());
    await panel(tab).getByText("On track").waitFor();
    await picture(tab, `goal-active-${device}.png`);

    await client.call("undo", {});
    await panel(tab).getByText("Proposed", { exact: true }).waitFor();
    assert.deepEqual(await blocks(client), [], "one undo takes all of it back");
    assert.deepEqual(tab.faults, []);
    await client.close();
    await person.close();
  });
}

test("wishes are taken away again", async () => {
  const { person, tab, client } = await proposed({});
  const change = { request: "change", deadline: inDays(20), hoursPerWeek: 1, sessionMinutes: 30, times: ["morning"], days: ["monday"] };
  await client.call("updateGoal", change);
  await panel(tab).getByRole("button", { name: /^Look at it/ }).click();
  await panel(tab).getByRole("button", { name: "Change hours or dates" }).click();
  const field = (name) => panel(tab).getByLabel(name);
  const usual = panel(tab).getByRole("button", { name: "As usual" });
  assert.deepEqual(
    await Promise.all(["Hours a week", "Minutes of a session", "Done by"].map((name) => field(name).inputValue())),
    ["1", "30", inDays(20)],
  );
  assert.equal(await usual.getAttribute("aria-pressed"), "false");
  for (const name of ["Hours a week", "Minutes of a session", "Done by"]) {
    await field(name).fill("");
    await field(name).press("Tab");
  }
  await usual.click();
  await panel(tab).getByRole("button", { name: "As usual", pressed: true }).waitFor();
  await panel(tab).getByRole("button", { name: "Evenings", pressed: true }).waitFor();
  await tab.getByRole("checkbox", { name: /^Proposed: .*, (18|19|20):/ }).first().waitFor();
  await picture(tab, "goal-usual.png");
  await panel(tab).getByRole("button", { name: "Add to timeline" }).click();
  await panel(tab).getByText("On track").waitFor();
  const [goal] = await client.call("getGoals", {});
  assert.deepEqual(goal.state.wishes, {});
  await client.close();
  await person.close();
});

for (const [device, options] of [["desktop", { viewport: { width: 1280, height: 800 } }], ["phone", PHONE]]) {
  test(`parts of a proposal are left out in the week (${device})`, async () => {
    const { person, tab, client } = await proposed(options);
    await showTimeline(tab);
    await tab.getByRole("button", { name: "Week", exact: true }).click();
    await panel(tab).getByRole("button", { name: /^Look at it/ }).click();
    const parts = (filter) => seen.week(tab).getByRole("button", { name: /^Proposed: /, ...filter });
    await panel(tab).getByRole("button", { name: "Add to timeline" }).waitFor();
    // The first session may be in another week, and a phone shows three days.
    while ((await parts().count()) === 0) await tab.getByRole("button", { name: "Later", exact: true }).click();
    const shown = await parts().count();
    const add = panel(tab).getByRole("button", { name: /^Add / });
    assert.equal(await add.innerText(), "Add to timeline");
    const first = parts().first();
    await first.click();
    await parts({ pressed: false }).waitFor();
    const [, kept, all] = (await add.innerText()).match(/^Add (\d+) of (\d+)$/);
    assert.equal(Number(kept), Number(all) - 1);
    assert.equal(await seen.editor(tab, "New block").count(), 0, "a click on it does not begin a block");
    await picture(tab, `goal-week-${device}.png`);
    assert.deepEqual(await violations(tab, null), []);
    await first.press("Space");
    await gone(parts({ pressed: false }));
    await first.press("Enter");
    await parts({ pressed: false }).waitFor();
    assert.equal(await parts().count(), shown);
    await add.click();
    await panel(tab).getByText("On track").waitFor();
    assert.equal((await blocks(client)).length, Number(kept));
    assert.deepEqual(tab.faults, []);
    await client.close();
    await person.close();
  });
}

test("a goal shows how far it is, is paused, resumed, ended and removed", async () => {
  const { person, tab, client } = await proposed({});
  await offer(tab).getByRole("button", { name: "Add to timeline" }).click();
  await panel(tab).getByText("On track").waitFor();
  const [first] = await blocks(client);
  await client.call("completeBlock", { id: first.handle });
  await panel(tab).getByText(/1 of \d+ .*done/).waitFor();
  await panel(tab).getByText(/^Next: /).waitFor();
  await panel(tab).getByRole("button", { name: /^Pause / }).click();
  await panel(tab).getByText("Paused", { exact: true }).waitFor();
  assert.equal((await blocks(client)).length, 1, "what is done stays");
  await panel(tab).getByRole("button", { name: /^Resume / }).click();
  await panel(tab).getByText("On track").waitFor();
  assert.ok((await blocks(client)).length > 1);
  await panel(tab).getByRole("button", { name: /^End / }).click();
  await panel(tab).getByRole("button", { name: /^Yes, end / }).click();
  await gone(panel(tab));
  await seen.timeline(tab).getByText("Ended goals: 1").click();
  await panel(tab).getByRole("button", { name: /^Remove / }).click();
  await gone(seen.timeline(tab).getByText("Ended goals: 1"));
  assert.deepEqual(tab.faults, []);
  await client.close();
  await person.close();
});

test("the hours of an activity are shown in the settings, and asked for again", async () => {
  const person = await newPerson(browser);
  const tab = await openTab(person, server);
  const client = await connectAs(person, server);
  await client.call("setSettings", { activityHours: { study: { parts: ["morning"] } } });
  await tab.getByRole("button", { name: "Settings" }).click();
  await tab.getByText("Study: in the morning").waitFor();
  await tab.getByRole("button", { name: "Ask again when I have time for Study" }).click();
  await gone(tab.getByText("Study: in the morning"));
  assert.equal((await client.call("getSettings")).activityHours, undefined);
  await client.close();
  await person.close();
});

test("a goal that was typed is proposed, and accepted by a word", async () => {
  const person = await newPerson(browser);
  const tab = await openTab(person, server);
  const client = await connectAs(person, server);
  await say(tab, "I want to learn German, 3 hours a week");
  await offer(tab).waitFor();
  await say(tab, "accept it");
  await panel(tab).getByText("On track").waitFor();
  await gone(offer(tab));
  assert.ok((await blocks(client)).length > 3);
  await client.close();
  await person.close();
});
