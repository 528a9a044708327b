// Accessibility: axe on each view, and everything by keyboard alone.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { QUICK_RUNS, isGoal } from "../lib/architect.mjs";
import { gate, openai } from "../lib/model.mjs";
import { until } from "../lib/until.mjs";
import { SIZES, look as lookAt } from "./axe.mjs";
import { startLine } from "./line.mjs";
import { answered, connectAs, connected, fits, gone, picture, say, seen, text } from "./page.mjs";
import { scriptedPage } from "./scripted.mjs";

const the = scriptedPage({ vars: QUICK_RUNS, isDebugging: true });
let model, server, person, tab;
beforeEach(() => ({ model, server, person, tab } = the));

const look = (name) => lookAt(tab, name);
const hours = (count) => new Date(Date.now() + count * 3_600_000).toISOString();
const dialog = (name) => tab.getByRole("dialog", { name });
const button = (name) => tab.getByRole("button", { name, exact: true });
const history = () => tab.getByRole("region", { name: "History" });
const isFocused = (locator) => locator.evaluate((element) => element === document.activeElement);
const focused = (locator, what) => until(() => isFocused(locator), { what: () => `the focus on ${what}` });

test("axe finds no serious fault in the conversation", async () => {
  const found = await look("empty");
  model.script(...openai.calls(["scheduleBlock", { title: "Workout", startTime: hours(20) }]));
  model.script(...openai.says("It is **planned**.\n\n- one\n- two\n\n```sh\nls\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n[More](https://example.com)"));
  await say(tab, "Workout tomorrow");
  await text(seen.answers(tab), "It is planned.");
  await answered(tab);
  await seen.actions(tab).getByText("scheduleBlock").click();
  found.push(...(await look("answer")));

  const client = await connectAs(person, server);
  await client.call("createPlan", { title: "Trip" });
  await client.close();
  model.script(...openai.calls(["deletePlan", { id: "Trip" }]));
  await say(tab, "Delete the trip");
  await seen.actions(tab).last().getByRole("button", { name: "Approve" }).waitFor();
  await answered(tab);
  found.push(...(await look("question")));
  await seen.actions(tab).last().getByRole("button", { name: "Deny" }).click();
  await answered(tab);

  model.reset();
  model.script({ status: 503, body: { error: { message: "overloaded" } } });
  await say(tab, "Are you there?");
  await seen.retry(tab).waitFor();
  found.push(...(await look("failure")));

  await seen.message(tab).fill("");
  await seen.message(tab).press("/");
  await tab.getByRole("listbox", { name: "Commands" }).waitFor();
  found.push(...(await look("commands")));
  await seen.message(tab).fill("");
  await button("Help").click();
  await dialog("What you can say").waitFor();
  found.push(...(await look("help")));
  assert.deepEqual(found, []);
});

test("axe finds no serious fault in the timeline", async () => {
  const client = await connectAs(person, server);
  for (const block of [
    { title: "Overdue since this morning", startTime: hours(-30), durationMinutes: 60, priority: "high" },
    { title: "Running now", startTime: hours(-0.5), durationMinutes: 60, tags: ["work", "a-longer-tag"] },
    { title: "At the same time", startTime: hours(0), durationMinutes: 60, description: "With a description.", priority: "low" },
    { title: "Done", startTime: hours(1), durationMinutes: 30 },
    { title: "Later, with a title that is rather long and goes on over more than a line of the card", startTime: hours(26) },
  ]) {
    await client.call("scheduleBlock", block);
  }
  await client.call("completeBlock", { id: "Done" });
  await seen.done(tab, "Running now").waitFor();
  await button("Agenda").click();
  await seen.block(tab, "At the same time").getByText("Details").click();
  const found = await look("agenda");
  await button("Edit Running now").click();
  await tab.getByRole("form", { name: "Edit" }).waitFor();
  found.push(...(await look("editor")));
  await tab.keyboard.press("Escape");
  await button("Week").click();
  await tab.getByRole("region", { name: "Week" }).getByRole("button", { name: /^Running now/ }).waitFor();
  found.push(...(await look("week")));
  await button("New block").click();
  await dialog("Block").waitFor();
  found.push(...(await look("block-dialog")));
  await tab.keyboard.press("Escape");
  await button("Agenda").click();

  await button("History").click();
  await history().getByText("In numbers").click();
  await history().getByText("Details").first().click();
  await history().getByText('"BLOCK_COMPLETED"').first().waitFor();
  found.push(...(await look("history")));
  await history().getByRole("button", { name: "See the timeline here" }).nth(2).click();
  const past = tab.getByRole("region", { name: "The past" });
  await past.getByText("What is different").click();
  found.push(...(await look("past")));
  await button("Agenda").click();
  found.push(...(await look("past-agenda")));
  await past.getByRole("button", { name: "Back to now" }).click();
  await history().getByRole("button", { name: "Back to the chat" }).click();

  const thinking = gate();
  model.scriptWhen(isGoal("Learn German"), thinking.wait, { status: 401, body: { error: { message: "Incorrect API key" } } });
  await button("Agenda").click();
  await button("Plan a goal").click();
  await dialog("Plan a goal").waitFor();
  found.push(...(await look("goal-dialog")));
  await dialog("Plan a goal").getByRole("textbox").first().fill("Learn German");
  await dialog("Plan a goal").getByRole("button", { name: "Start" }).click();
  await tab.getByRole("progressbar", { name: "Progress of Learn German" }).first().waitFor();
  found.push(...(await look("goal")));
  thinking.open();
  await seen.timeline(tab).getByRole("button", { name: "Try again" }).waitFor();
  found.push(...(await look("goal-failed")));
  await client.close();
  assert.deepEqual(found, []);
});

test("axe finds no serious fault in menus and dialogs", async () => {
  await button("Settings").click();
  const settings = dialog("Settings");
  await settings.waitFor();
  const found = await look("settings");
  await settings.getByRole("button", { name: "Delete everything" }).click();
  await settings.getByRole("alertdialog").waitFor();
  await settings.getByRole("alertdialog").scrollIntoViewIfNeeded();
  found.push(...(await look("delete-everything")));
  await tab.keyboard.press("Escape");
  await settings.waitFor({ state: "hidden" });

  const client = await connectAs(person, server);
  for (const title of ["Trip", "House"]) await client.call("createPlan", { title });
  await client.close();
  await tab.getByRole("button", { name: "Plans: House" }).click();
  await button("Edit Trip").click();
  await button("Archive Trip").click();
  await tab.getByText("Archived: 1").click();
  await button("Edit My plan").click();
  await tab.getByRole("textbox", { name: "Title of the plan" }).waitFor();
  found.push(...(await look("plans-rename")));
  await button("Delete My plan").click();
  await tab.getByRole("alertdialog", { name: "Delete My plan?" }).waitFor();
  found.push(...(await look("plans-delete")));
  await tab.keyboard.press("Escape");
  await tab.getByRole("alertdialog").waitFor({ state: "detached" });
  await tab.keyboard.press("Escape");
  await focused(button("Edit My plan"), "back in its row");
  await tab.keyboard.press("Escape");
  await gone(tab.getByRole("group", { name: "Plans" }));
  await tab.keyboard.press("?");
  await dialog("Keyboard shortcuts").waitFor();
  found.push(...(await look("keys")));
  assert.deepEqual(found, []);
});

test("each shortcut does what the list of shortcuts says", async () => {
  const client = await connectAs(person, server);
  await client.call("scheduleBlock", { title: "Workout", startTime: hours(2) });
  await client.close();
  await seen.done(tab, "Workout").waitFor();
  const press = async (key) => {
    await tab.evaluate(() => document.activeElement.blur());
    await tab.keyboard.press(key);
  };
  await press("?");
  const list = dialog("Keyboard shortcuts");
  for (const words of ["New block", "Search the timeline", "Go to today", "Show the agenda", "Show the week", "Earlier days",
    "Later days", "Write a message", "History", "Settings", "These shortcuts"]) {
    await list.getByRole("definition").filter({ hasText: words }).first().waitFor();
  }
  // While a dialog is open, its keys are not shortcuts, even after a click on its text.
  await list.getByRole("heading").click();
  await tab.keyboard.press("n");
  await tab.keyboard.press("w");
  await list.getByRole("button", { name: "Close" }).click();
  await list.waitFor({ state: "hidden" });
  assert.equal(await dialog("Block").isVisible(), false);
  assert.equal(await button("Agenda").getAttribute("aria-pressed"), "true");

  await press("n");
  await focused(tab.getByRole("textbox", { name: "Title" }), "the title of a new block");
  await tab.keyboard.press("Escape");
  await dialog("Block").waitFor({ state: "hidden" });
  await press("f");
  await focused(tab.getByRole("searchbox"), "the search");
  await press("w");
  const week = tab.getByRole("region", { name: "Week" });
  await week.waitFor();
  const today = week.getByRole("list", { name: "Today" });
  await today.waitFor();
  await press("l");
  await gone(today);
  await press("p");
  await today.waitFor();
  await press("p");
  await gone(today);
  await press("t");
  await today.waitFor();
  await press("a");
  await gone(week);
  await seen.done(tab, "Workout").waitFor();
  await press("h");
  await history().waitFor();
  await press("c");
  await gone(history());
  await focused(seen.message(tab), "the message");
  await press("h");
  await history().waitFor();
  await press("h");
  await gone(history());
  await press("s");
  await dialog("Settings").waitFor();
  await tab.keyboard.press("Escape");
  await dialog("Settings").waitFor({ state: "hidden" });
  await press("s");
  await dialog("Settings").waitFor();
  await tab.keyboard.press("Escape");
  await dialog("Settings").waitFor({ state: "hidden" });

  // On a small screen, a shortcut first shows the view that it acts on.
  await tab.setViewportSize(SIZES.phone);
  await press("f");
  await focused(tab.getByRole("searchbox"), "the search");
  await press("c");
  await focused(seen.message(tab), "the message");
  await tab.setViewportSize(SIZES.desktop);

  // In a text field, letters are text and not shortcuts.
  await seen.message(tab).focus();
  await seen.message(tab).pressSequentially("nftawplchs?");
  assert.equal(await seen.message(tab).inputValue(), "nftawplchs?");
  await tab.getByRole("searchbox").focus();
  await tab.keyboard.type("wsn?");
  assert.equal(await tab.getByRole("searchbox").inputValue(), "wsn?");
  await tab.getByRole("combobox", { name: "State" }).focus();
  await tab.keyboard.press("n");
  assert.equal(await tab.getByRole("dialog").count(), 0);
  assert.equal(await week.count(), 0);
  assert.equal(await history().count(), 0);
});

test("everything can be reached by keyboard, the focus is visible and returns to where it was", async () => {
  await seen.message(tab).fill("words");
  // A button that is not there or not enabled yet is left out. The bar above the timeline is loaded after the rest.
  for (const name of ["Send", "Undo last change", "Week", "New block"]) await until(() => button(name).isEnabled(), { what: () => `the button ${name}` });
  await seen.plans(tab).focus();
  await tab.keyboard.press("Shift+Tab");
  const names = [];
  for (let n = 0; n < 40; n++) {
    await tab.keyboard.press("Tab");
    const at = await tab.evaluate(() => {
      const element = document.activeElement;
      const shown = [element, element.parentElement, element.closest("label, .composer-box")].filter(Boolean).some((one) => {
        const { outlineStyle, outlineWidth, boxShadow, borderColor } = getComputedStyle(one);
        const accent = getComputedStyle(document.querySelector(".connection .dot")).backgroundColor;
        return (outlineStyle !== "none" && parseFloat(outlineWidth) >= 1) || boxShadow.includes(accent) || borderColor === accent;
      });
      const { width, height } = element.getBoundingClientRect();
      return { name: element.ariaLabel ?? element.textContent.trim().slice(0, 40), body: element === document.body, html: element.outerHTML.slice(0, 120), shown, size: width * height };
    });
    if (at.body && n > 0) break;
    assert.ok(at.shown, `the focus on ${at.html} is seen`);
    names.push(at.name);
  }
  for (const name of ["Plans: My plan", "History", "Undo last change", "Settings", "Message", "Send", "Width of the left pane", "Agenda", "Week", "Today"]) {
    assert.ok(names.includes(name), `${name} is reached; there were ${names.join(", ")}`);
  }

  const opened = [["Help", "What you can say"], ["Settings", "Settings"], ["Plan a goal", "Plan a goal"], ["New block", "Block"]];
  for (const [opener, name] of opened) {
    for (const way of ["Escape", "button"]) {
      await button(opener).focus();
      await tab.keyboard.press("Enter");
      await dialog(name).waitFor();
      assert.ok(await dialog(name).evaluate((dialog) => dialog.contains(document.activeElement)), `the focus is in ${name}`);
      if (way === "Escape") await tab.keyboard.press("Escape");
      else await dialog(name).getByRole("button", { name: /^(Close|Cancel)$/ }).press("Enter");
      await dialog(name).waitFor({ state: "hidden" });
      await focused(button(opener), `${opener}, after ${way}`);
    }
  }
  await seen.plans(tab).focus();
  await tab.keyboard.press("Enter");
  await tab.getByRole("group", { name: "Plans" }).waitFor();
  await tab.keyboard.press("Tab");
  await focused(button("My plan"), "the first plan");
  await tab.keyboard.press("Escape");
  await focused(seen.plans(tab), "the menu's button");
});

test("the page is shown before the program has loaded, and says if the program cannot be loaded", async () => {
  const held = gate();
  await tab.route("**/*.wasm", async (route) => {
    await held.wait();
    await route.continue();
  });
  await tab.reload({ waitUntil: "commit" });
  await text(tab.getByRole("status", { name: "Connection" }), "Connecting");
  for (const name of ["Chat", "Timeline"]) await tab.getByRole("region", { name, exact: true }).waitFor();
  await tab.getByRole("heading", { name: "Flux" }).waitFor();
  assert.equal(await seen.message(tab).count(), 0);
  await picture(tab, "static.png");
  held.open();
  await connected(tab);

  // The fault is also reported as an error of the page, not only shown on it.
  const failed = async () => {
    await until(() => tab.faults.length > 0, { what: () => "a fault of the page" });
    tab.faults.splice(0);
  };
  // The program arrives damaged.
  await tab.unroute("**/*.wasm");
  await tab.route("**/app*.wasm", (route) => route.fulfill({ contentType: "application/wasm", body: Buffer.from("\0asm\x01\0\0\0\xff\xff", "latin1") }));
  await tab.reload({ waitUntil: "commit" });
  const stopped = tab.getByRole("alert").filter({ hasText: "Flux has stopped" });
  await stopped.waitFor();
  await failed();
  await picture(tab, "stopped.png");
  // The program does not arrive.
  await tab.unroute("**/app*.wasm");
  await tab.route("**/app*.wasm", (route) => route.fulfill({ status: 503, body: "no" }));
  await tab.reload({ waitUntil: "commit" });
  await tab.getByText("This takes longer than usual.").waitFor();
  assert.equal(await stopped.count(), 0);
  await failed();
  await tab.unroute("**/app*.wasm");
  await tab.getByRole("link", { name: "Reload" }).click();
  await connected(tab);

  // The program starts and panics.
  await tab.evaluate(() => {
    const error = new WebAssembly.RuntimeError("unreachable");
    window.dispatchEvent(new ErrorEvent("error", { error, message: error.message }));
  });
  await stopped.waitFor();
  await stopped.getByRole("link", { name: "Reload the page" }).click();
  await connected(tab);
  assert.equal(await stopped.count(), 0);
});

test("a panic is reported, and the page can be reloaded", async () => {
  const line = await startLine(person);
  await tab.reload();
  await connected(tab);
  // At the end of the calendar, there is no later moment at which to reconnect.
  const panic = tab.waitForEvent("console", (message) => message.text().startsWith("panicked at client/src/"));
  await tab.clock.setFixedTime(8_210_266_876_799_999);
  await line.cut();
  await panic;
  const stopped = tab.getByRole("alert").filter({ hasText: "Flux has stopped" });
  await stopped.waitFor();
  await until(() => tab.faults.length > 0, { what: () => "the trap" });
  assert.match(tab.faults.splice(0).join(), /^RuntimeError: unreachable$/);
  line.restore();
  await tab.clock.setFixedTime(Date.now());
  await stopped.getByRole("link", { name: "Reload the page" }).click();
  await connected(tab);
  assert.equal(await stopped.count(), 0);
});

test("a part of the program that fails to load is requested again", async () => {
  const held = gate();
  let asked = 0;
  await tab.route("**/extras*.wasm", async (route) => {
    asked += 1;
    if (asked === 1) return route.fulfill({ status: 503, body: "no" });
    await held.wait();
    await route.continue();
  });
  await tab.reload();
  await tab.getByText("A part of the page could not be loaded; trying again.").waitFor();
  await connected(tab);
  // What is done before then is carried out at once, and its outcome is shown as soon as the program has loaded.
  const client = await connectAs(person, server);
  await client.call("createPlan", { title: "Later" });
  await client.close();
  await button("Plans: Later").waitFor();
  await seen.message(tab).fill("/undo");
  await seen.message(tab).press("Enter");
  await gone(button("Plans: Later"));
  held.open();
  await tab.getByRole("region", { name: "Notifications" }).getByText("Undone: ").waitFor();
  // A dialog that was requested in the meantime opens as soon as the program has loaded.
  await button("Help").click();
  await dialog("What you can say").waitFor();
});
