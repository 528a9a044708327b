// Goals in a browser: typed in the chat or entered in the form, followed while the architect works, cancelled, and retried.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { answer, isGoal, QUICK_RUNS } from "../lib/architect.mjs";
import { gate, openai } from "../lib/model.mjs";
import { until } from "../lib/until.mjs";
import { PHONE, answered, connectAs, connected, count, fits, gone, newPerson, openTab, picture, say, seen, text } from "./page.mjs";
import { scriptedPage } from "./scripted.mjs";

const GOAL = "Learn German";
const TITLES = ["Choose a course", "First lesson", "Second lesson"];

const the = scriptedPage({ vars: QUICK_RUNS });
let model, server, person, tab;
beforeEach(async () => {
  ({ model, server, person, tab } = the);
  // That it asks first is tested in goals.test.mjs.
  const client = await connectAs(person, server);
  await client.call("setSettings", { acceptGoals: true });
  await client.close();
});

/** The goal above the days of the timeline. */
const onTimeline = (tab) => seen.timeline(tab).getByRole("group", { name: `Goal: ${GOAL}` });
/** The goal in the conversation, at the message that asked for it. */
const inChat = (tab) => seen.conversation(tab).getByRole("group", { name: `Goal: ${GOAL}` });
const bar = (goal) => goal.getByRole("progressbar", { name: `Progress of ${GOAL}` });

/** Sends a message at which the model hands the goal to the architect, whose model waits at the gate before it answers. */
async function sayGoal() {
  const thinking = gate();
  model.scriptWhen(isGoal(GOAL), thinking.wait, ...answer(...TITLES));
  model.script(...openai.calls(["useArchitect", { goal: GOAL }]));
  model.script(...openai.says("I am working on it."));
  await say(tab, "I want to learn German");
  await bar(inChat(tab)).waitFor();
  await answered(tab);
  return thinking;
}

/** Records every value that the progress bar on the timeline shows from now on. */
function watchProgress(tab) {
  return tab.evaluate(() => {
    window.progress = [];
    const note = () => {
      const bar = document.querySelector("section[aria-label=Goals] [aria-label^='Goal: '] [role=progressbar]");
      const value = Number(bar?.getAttribute("aria-valuenow") ?? NaN);
      if (bar && window.progress.at(-1) !== value) window.progress.push(value);
    };
    note();
    new MutationObserver(note).observe(document.body, { subtree: true, childList: true, attributes: true });
  });
}

test("a typed goal becomes tasks while the conversation continues", async () => {
  const thinking = await sayGoal();
  await bar(onTimeline(tab)).waitFor();
  await watchProgress(tab);
  await text(onTimeline(tab), "Planning");
  const filled = await bar(onTimeline(tab)).evaluate((bar) => bar.firstChild.clientWidth / bar.clientWidth);
  assert.ok(filled > 0.01 && filled < 0.1, `5 % are filled: ${filled}`);

  model.script(...openai.calls(["scheduleBlock", { title: "Lunch", startTime: "2199-06-03T12:00" }]));
  model.script(...openai.says("Lunch is set."));
  await say(tab, "Lunch on 3 June 2199 at noon");
  await text(seen.answers(tab).last(), "Lunch is set.");
  await seen.block(tab, "Lunch").waitFor();
  assert.equal(await seen.block(tab, TITLES[0]).count(), 0);
  await picture(tab, "goal-running.png");

  thinking.open();
  for (const title of TITLES) await text(seen.block(tab, title), "Architect");
  await text(seen.answers(tab).last(), /“Learn German” is planned: 3 tasks/);
  await text(inChat(tab), "Planned");
  await gone(onTimeline(tab));
  const values = await tab.evaluate(() => window.progress);
  assert.ok(values.length >= 2, `the bar has moved: ${values}`);
  assert.deepEqual(values, values.toSorted((one, other) => one - other), "it has never gone back");
  await picture(tab, "goal-planned.png");

  await tab.reload();
  await connected(tab);
  await text(inChat(tab), "Planned");
  await text(seen.answers(tab).last(), /“Learn German” is planned: 3 tasks/);
  await tab.getByRole("button", { name: "Undo last change" }).click();
  for (const title of TITLES) await gone(seen.block(tab, title));
  await seen.block(tab, "Lunch").waitFor();
});

test("a tab that is opened later shows the progress of a goal and can cancel it", async () => {
  const thinking = await sayGoal();
  const later = await openTab(person, server);
  await bar(onTimeline(later)).waitFor();
  await onTimeline(later).getByRole("button", { name: "Cancel" }).click();
  await text(inChat(tab), "Cancelled");
  await gone(onTimeline(tab));
  await gone(onTimeline(later));
  thinking.open();
  await until(() => model.requests.every(({ isOpen }) => !isOpen), { what: () => "the model to be let go" });
  // By the time another goal has ended, this one would have ended, too.
  model.scriptWhen(isGoal("Learn Dutch"), ...answer("Buy a book", "Read it", "Speak"));
  await planByHand(later, { goal: "Learn Dutch" });
  await seen.block(tab, "Speak").waitFor();
  assert.equal(await seen.block(tab, TITLES[0]).count(), 0);
  assert.deepEqual(later.faults, []);
});

test("a goal that cannot be planned says why, and can be retried or dismissed", async () => {
  for (let n = 0; n < 4; n++) model.script({ status: 401, body: { error: { message: "Incorrect API key" } } });
  await planByHand(tab, { goal: GOAL });
  await text(onTimeline(tab), "Not planned");
  await text(onTimeline(tab), "Incorrect API key");
  await text(seen.answers(tab).last(), "I could not plan “Learn German”");
  await picture(tab, "goal-failed.png");
  await onTimeline(tab).getByRole("button", { name: "Try again" }).click();
  await text(onTimeline(tab), "Incorrect API key");
  await count(seen.answers(tab), 2);

  model.scriptWhen(isGoal(GOAL), ...answer(...TITLES));
  await onTimeline(tab).getByRole("button", { name: "Try again" }).click();
  await seen.block(tab, TITLES[2]).waitFor();
  await gone(onTimeline(tab));

  model.script({ status: 401, body: { error: { message: "Incorrect API key" } } });
  await planByHand(tab, { goal: "Learn Dutch" });
  const dutch = seen.timeline(tab).getByRole("group", { name: "Goal: Learn Dutch" });
  await dutch.getByRole("button", { name: "Dismiss Learn Dutch" }).click();
  await gone(dutch);
  await tab.reload();
  await connected(tab);
  await seen.block(tab, TITLES[2]).waitFor();
  await count(dutch, 0);
});

test("a goal entered in the form keeps to its deadline and hours, and the form fits on a phone", async () => {
  const pocket = await newPerson(the.browser, { ...PHONE, storageState: await person.storageState() });
  const phone = await openTab(pocket, server);
  await phone.getByRole("button", { name: "Timeline", exact: true }).click();
  const thinking = gate();
  model.scriptWhen(isGoal(GOAL), thinking.wait, ...answer(...TITLES));
  await planByHand(phone, { goal: GOAL, deadline: "2199-12-31", hours: "2.5" }, async (dialog) => {
    await text(dialog, "Mon–Fri, 09:00–18:00");
    await fits(phone);
    await picture(phone, "phone-goal-dialog.png");
  });
  await bar(onTimeline(phone)).waitFor();
  const { messages: [{ content }] } = (await model.request(0)).body;
  assert.match(content, /at most 2 h 30 min a week/);
  assert.match(content, /done by Wednesday 1 January 2200, 00:00/);
  await fits(phone);
  await picture(phone, "phone-goal.png");
  thinking.open();
  await seen.block(phone, TITLES[0]).waitFor();
  assert.deepEqual(phone.faults, []);
  await pocket.close();
});

/** Fills in the form for a goal and submits it. */
async function planByHand(tab, { goal, deadline, hours }, look = async () => {}) {
  await tab.getByRole("button", { name: "Plan a goal" }).click();
  const dialog = tab.getByRole("dialog", { name: "Plan a goal" });
  await dialog.getByRole("textbox", { name: "What do you want to reach?" }).fill(goal);
  if (deadline) await dialog.getByLabel("Done by (optional)").fill(deadline);
  if (hours) await dialog.getByRole("spinbutton", { name: "Hours a week (optional)" }).fill(hours);
  await look(dialog);
  await dialog.getByRole("button", { name: "Start" }).click();
  await dialog.waitFor({ state: "hidden" });
}
