// The menu of plans in a browser: what can be done with a plan, and how it is undone.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startServer } from "../lib/server.mjs";
import { PHONE, count, fits, gone, newPerson, openBrowser, openTab, picture, seen, text } from "./page.mjs";

let server, browser;
before(async () => ([server, browser] = await Promise.all([startServer(), openBrowser()])));
after(() => Promise.all([browser?.close(), server?.stop()]));

const menu = (tab) => tab.getByRole("group", { name: "Plans" });
const plan = (tab, title) => menu(tab).getByRole("button", { name: title, exact: true });
const shown = (tab, title) => tab.getByRole("button", { name: `Plans: ${title}`, exact: true });
const note = (tab, words) => tab.getByRole("region", { name: "Notifications" }).getByRole("status").filter({ hasText: words });
const isFocused = (locator) => locator.evaluate((element) => element === document.activeElement);

async function edit(tab, title) {
  await plan(tab, `Edit ${title}`).click();
  await tab.getByRole("textbox", { name: "Title of the plan" }).waitFor();
}

async function make(tab, title) {
  await seen.plans(tab).click();
  await tab.getByRole("textbox", { name: "New plan" }).fill(title);
  await tab.getByRole("textbox", { name: "New plan" }).press("Enter");
  await shown(tab, title).waitFor();
}

test("a plan is renamed, archived, unarchived and deleted in every tab, and each change can be undone", async () => {
  const person = await newPerson(browser);
  const tab = await openTab(person, server);
  const other = await openTab(person, server);

  // The only plan can be neither archived nor deleted.
  await seen.plans(tab).click();
  await edit(tab, "My plan");
  assert.equal(await menu(tab).getByRole("button", { name: /^(Archive|Delete) / }).count(), 0);
  await tab.keyboard.press("Escape");
  await plan(tab, "Edit My plan").waitFor();
  await tab.keyboard.press("Escape");
  await gone(menu(tab));
  assert.ok(await isFocused(seen.plans(tab)));
  await make(tab, "Trip");
  await shown(other, "Trip").waitFor();

  await seen.plans(tab).click();
  await plan(tab, "Edit Trip").click();
  const field = tab.getByRole("textbox", { name: "Title of the plan" });
  await field.waitFor();
  assert.ok(await isFocused(field));
  assert.equal(await field.inputValue(), "Trip");
  await field.fill("Not this");
  await field.press("Escape");
  await gone(field);
  assert.ok(await isFocused(plan(tab, "Edit Trip")), "back where it was begun");
  await plan(tab, "Edit Trip").press("Enter");
  await field.fill("  ");
  await field.press("Enter");
  await gone(field);
  await plan(tab, "Edit Trip").press("Enter");
  await field.fill("Long trip");
  await field.press("Enter");
  await shown(other, "Long trip").waitFor();
  await plan(tab, "Edit Long trip").waitFor();

  // Archived: new blocks go to another plan, and this one can still be found.
  await edit(tab, "Long trip");
  await plan(tab, "Archive Long trip").click();
  await note(tab, "Archived “Long trip”.").waitFor();
  await shown(other, "My plan").waitFor();
  await menu(tab).getByText("Archived: 1").waitFor();
  await tab.keyboard.press("Escape");
  await gone(menu(tab));
  await note(tab, "Archived “Long trip”.").getByRole("button", { name: "Undo" }).click();
  await shown(other, "Long trip").waitFor();

  await seen.plans(tab).click();
  await edit(tab, "Long trip");
  await plan(tab, "Archive Long trip").click();
  await menu(tab).getByText("Archived: 1").click();
  await picture(tab, "plans-archived.png");
  await plan(tab, "Take out of the archive: Long trip").click();
  await gone(menu(tab).getByText("Archived: 1"));

  // Deleted only after a confirmation.
  await edit(tab, "Long trip");
  await plan(tab, "Delete Long trip").click();
  const question = menu(tab).getByRole("alertdialog", { name: "Delete Long trip?" });
  assert.ok(await isFocused(question.getByRole("button", { name: "Keep" })), "what does no harm has the focus");
  await picture(tab, "plans-delete.png");
  await question.getByRole("button", { name: "Keep" }).press("Enter");
  await gone(question);
  assert.ok(await isFocused(plan(tab, "Delete Long trip")));
  await plan(tab, "Delete Long trip").press("Enter");
  await question.press("Escape");
  await gone(question);
  await plan(tab, "Delete Long trip").press("Enter");
  await question.getByRole("button", { name: "Delete", exact: true }).click();
  await note(tab, "Deleted “Long trip”.").waitFor();
  await gone(plan(tab, "Long trip"));
  assert.equal(await menu(tab).getByRole("button", { name: /^(Archive|Delete) / }).count(), 0);
  await tab.keyboard.press("Escape");
  await gone(menu(tab));
  await note(tab, "Deleted “Long trip”.").getByRole("button", { name: "Undo" }).click();
  await seen.plans(other).click();
  await plan(other, "Long trip").waitFor();

  const pocket = await newPerson(browser, { ...PHONE, storageState: await person.storageState() });
  const phone = await openTab(pocket, server);
  await make(phone, "A plan with a name that is longer than a phone is wide, and then some more");
  await seen.plans(phone).click();
  await count(menu(phone).getByRole("listitem"), 3);
  await fits(phone);
  await picture(phone, "phone-plans.png");
  await menu(phone).getByRole("button", { name: /^Edit A plan/ }).click();
  await text(phone.locator("body"), "Plan");
  await fits(phone);
  assert.deepEqual([...tab.faults, ...other.faults, ...phone.faults], []);
  await Promise.all([person.close(), pocket.close()]);
});
