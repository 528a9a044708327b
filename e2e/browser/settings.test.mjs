// Settings in a browser: the person's, this browser's, export and import, and deleting everything.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { OTHER, OTHER_WEEK_START, WEEK_START, ZONE } from "../lib/clock.mjs";
import { longFile } from "../lib/long-file.mjs";
import { startServer } from "../lib/server.mjs";
import { until } from "../lib/until.mjs";
import { PHONE, answered, connectAs, connected, count, fits, gone, newPerson, newTab, openBrowser, openTab, picture, say, seen, text } from "./page.mjs";

let server, browser, person, tab;
before(async () => ([server, browser] = await Promise.all([startServer(), openBrowser()])));
after(() => Promise.all([browser?.close(), server?.stop()]));
beforeEach(async () => {
  person = await newPerson(browser);
  tab = await openTab(person, server);
});
afterEach(async () => {
  assert.deepEqual(tab.faults, []);
  await person.close();
});

const dialog = (tab) => tab.getByRole("dialog", { name: "Settings" });
const button = (tab, name) => dialog(tab).getByRole("button", { name, exact: true });
const choice = (tab, name) => dialog(tab).getByRole("combobox", { name });
const note = (tab, words) => tab.getByRole("region", { name: "Notifications" }).getByText(words);
const root = (tab, attribute) => tab.locator("html").getAttribute(attribute);
const paper = (tab) => tab.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
const isFocused = (locator) => locator.evaluate((element) => element === document.activeElement);

async function open(tab) {
  await tab.getByRole("button", { name: "Settings" }).click();
  await dialog(tab).waitFor();
}

async function closed(tab) {
  await dialog(tab).waitFor({ state: "hidden" });
}

test("settings change what every tab shows, and stay", async () => {
  const other = await openTab(person, server);
  await say(tab, "Schedule workout tomorrow at 8pm");
  await text(seen.block(tab, "Workout"), "20:00–21:00");
  await answered(tab);
  await tab.getByRole("button", { name: "Week", exact: true }).click();
  const week = (tab) => tab.getByRole("region", { name: "Week" });
  const heads = (tab) => week(tab).getByRole("list").evaluateAll((days) => days.length && document.querySelector(".week-head").innerText);
  const begins = (tab, day) => until(async () => String(await heads(tab)).startsWith(day), { what: () => `a week that begins on ${day}` });
  await begins(tab, WEEK_START);

  await open(tab);
  await dialog(tab).getByRole("textbox", { name: "Time zone" }).fill(OTHER.zone);
  await choice(tab, "Weeks begin on").selectOption(OTHER_WEEK_START);
  await choice(tab, "Times").selectOption("8:00 PM");
  await dialog(tab).getByRole("checkbox", { name: "Saturday" }).check();
  await dialog(tab).getByRole("checkbox", { name: "Monday" }).uncheck();
  await dialog(tab).getByLabel("From").fill("10:00");
  await dialog(tab).getByLabel("Until").fill("16:30");
  await dialog(tab).getByRole("spinbutton", { name: "Break, minutes" }).fill("20");
  await picture(tab, "settings.png");
  await button(tab, "Save").click();
  await closed(tab);
  await note(tab, "Your settings are saved.").waitFor();
  assert.ok(await isFocused(tab.getByRole("button", { name: "Settings" })));

  const isSet = async (tab) => {
    await seen.timeline(tab).getByText(OTHER.zone).waitFor();
    await tab.getByRole("button", { name: "Week", exact: true }).click();
    await begins(tab, OTHER_WEEK_START);
    await text(week(tab), "8:00 AM");
    await tab.getByRole("button", { name: "Agenda", exact: true }).click();
    const [hour, half] = OTHER.time.split(" ");
    await text(seen.block(tab, "Workout"), new RegExp(`\\b${hour}.*${half}`));
    await open(tab);
    assert.equal(await dialog(tab).getByRole("textbox", { name: "Time zone" }).inputValue(), OTHER.zone);
    assert.equal(await choice(tab, "Weeks begin on").inputValue(), OTHER_WEEK_START);
    assert.equal(await choice(tab, "Times").inputValue(), "12h");
    assert.ok(await dialog(tab).getByRole("checkbox", { name: "Saturday" }).isChecked());
    assert.ok(!(await dialog(tab).getByRole("checkbox", { name: "Monday" }).isChecked()));
    assert.equal(await dialog(tab).getByLabel("From").inputValue(), "10:00");
    assert.equal(await dialog(tab).getByLabel("Until").inputValue(), "16:30");
    assert.equal(await dialog(tab).getByRole("spinbutton", { name: "Break, minutes" }).inputValue(), "20");
    await tab.keyboard.press("Escape");
    await closed(tab);
  };
  await isSet(other);
  await tab.reload();
  await connected(tab);
  await isSet(tab);
  // The form for goals shows the working hours that the architect will keep to.
  await tab.getByRole("button", { name: "Plan a goal" }).click();
  await text(tab.getByRole("dialog", { name: "Plan a goal" }), "10:00 AM–4:30 PM");
  assert.deepEqual(other.faults, []);
});

test("an unknown time zone is reported in a sentence, and the form keeps its content", async () => {
  await open(tab);
  const zone = dialog(tab).getByRole("textbox", { name: "Time zone" });
  await zone.fill("Europe/Atlantis");
  await button(tab, "Save").click();
  await text(dialog(tab).getByRole("alert"), /Europe\/Atlantis.*Nothing was changed/);
  assert.equal(await zone.inputValue(), "Europe/Atlantis");
  await button(tab, "Use this browser’s").click();
  assert.equal(await zone.inputValue(), ZONE);
  await zone.fill("Nowhere");
  await button(tab, "Close").click();
  await closed(tab);
  await seen.timeline(tab).getByText(ZONE).waitFor();
  await open(tab);
  assert.equal(await zone.inputValue(), ZONE, "what was not saved is forgotten");
  for (const day of ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]) {
    await dialog(tab).getByRole("checkbox", { name: day }).uncheck();
  }
  await button(tab, "Save").click();
  await text(dialog(tab).getByRole("alert"), "Choose at least one day");
  await dialog(tab).getByRole("checkbox", { name: "Monday" }).check();
  await dialog(tab).getByLabel("From").fill("19:00");
  await button(tab, "Save").click();
  // Only the service can detect it. The form keeps its content.
  await text(dialog(tab).getByRole("alert"), "Nothing was changed");
  assert.equal(await dialog(tab).getByLabel("From").inputValue(), "19:00");
  // The file chooser is cancelled.
  await dialog(tab).getByLabel("Import a file").dispatchEvent("cancel", { bubbles: true });
  assert.equal(await dialog(tab).getByLabel("From").inputValue(), "19:00");
  await dialog(tab).getByLabel("Until").fill("00:00");
  await button(tab, "Save").click();
  await closed(tab);
  await open(tab);
  assert.equal(await dialog(tab).getByLabel("Until").inputValue(), "00:00");
  const client = await connectAs(person, server);
  const { workingHours } = await client.call("getSettings");
  assert.deepEqual(workingHours, { days: ["Mon"], from: "19:00", to: "24:00" });
  await client.close();
});

test("this browser's colours and motion apply at once, even before the program has loaded", async () => {
  const light = await paper(tab);
  await open(tab);
  await choice(tab, "Theme").selectOption("Dark");
  assert.equal(await root(tab, "data-theme"), "dark");
  const dark = await paper(tab);
  assert.notEqual(dark, light);
  await picture(tab, "settings-dark.png");
  await choice(tab, "Motion").selectOption("Reduced");
  assert.equal(await root(tab, "data-motion"), "reduced");
  await button(tab, "Close").click();
  await closed(tab);

  // The static page has them even if the program does not load.
  const early = await newTab(person);
  await early.emulateMedia({ reducedMotion: "no-preference" });
  await early.route("**/*.wasm", () => {});
  await early.goto(server.url, { waitUntil: "commit" });
  await text(early.getByRole("status", { name: "Connection" }), "Connecting");
  await early.getByRole("heading", { name: "Timeline" }).waitFor();
  assert.deepEqual([await root(early, "data-theme"), await root(early, "data-motion"), await paper(early)], ["dark", "reduced", dark]);
  const dot = early.getByRole("status", { name: "Connection" }).locator("span").first();
  assert.equal(await dot.evaluate((dot) => getComputedStyle(dot).animationIterationCount), "1");
  await picture(early, "static-dark.png");
  await early.close();

  await tab.reload();
  await connected(tab);
  assert.equal(await paper(tab), dark);
  await open(tab);
  assert.equal(await choice(tab, "Theme").inputValue(), "dark");
  await choice(tab, "Theme").selectOption("As the system");
  assert.equal(await paper(tab), light);
  await tab.emulateMedia({ colorScheme: "dark" });
  assert.equal(await paper(tab), dark);
  await choice(tab, "Theme").selectOption("Light");
  assert.equal(await paper(tab), light);
});

test("single letters are no shortcuts if the person does not want them", async () => {
  const newBlock = tab.getByRole("dialog", { name: "Block" }).or(seen.editor(tab, "New block"));
  await open(tab);
  await dialog(tab).getByRole("checkbox", { name: /^Use single-letter shortcuts/ }).uncheck();
  await button(tab, "Close").click();
  await closed(tab);
  await tab.locator("body").press("n");
  // Another key shows that the first one has been handled.
  await tab.locator("body").press("Control+z");
  await note(tab, /nothing to undo/i).waitFor();
  await gone(newBlock);
  await tab.reload();
  await connected(tab);
  await open(tab);
  await dialog(tab).getByRole("checkbox", { name: /^Use single-letter shortcuts/ }).check();
  await button(tab, "Close").click();
  await closed(tab);
  await tab.locator("body").press("n");
  await newBlock.first().waitFor();
});

test("a new timeline has the clock and the first weekday of the browser's locale", async () => {
  const american = await newPerson(browser, { locale: "en-US" });
  const tab = await newTab(american);
  await tab.goto(server.url);
  await connected(tab);
  await say(tab, "Schedule workout tomorrow at 8am");
  await text(seen.block(tab, "Workout"), "8:00");
  await text(seen.block(tab, "Workout"), "AM");
  await answered(tab);
  await open(tab);
  assert.equal(await choice(tab, "Times").inputValue(), "12h");
  assert.equal(await choice(tab, "Weeks begin on").inputValue(), "Sun");
  assert.deepEqual(tab.faults, []);
  await american.close();
});

test("a browser in another zone than the timeline asks which one counts", async () => {
  await say(tab, "Schedule workout tomorrow at 8am");
  await answered(tab);
  const abroad = await newPerson(browser, { timezoneId: OTHER.zone, storageState: await person.storageState() });
  const away = await openTab(abroad, server);
  const question = away.getByText(`Your timeline is in the time zone ${ZONE}, and this browser is in ${OTHER.zone}.`);
  await question.waitFor();
  await fits(away);
  await away.getByRole("button", { name: `Keep ${ZONE}` }).click();
  await gone(question);
  await away.reload();
  await connected(away);
  await seen.block(away, "Workout").waitFor();
  await gone(question);
  assert.deepEqual(away.faults, []);
  await abroad.close();

  const second = await newPerson(browser, { timezoneId: OTHER.zone, storageState: await person.storageState() });
  const moved = await openTab(second, server);
  await moved.getByRole("button", { name: `Use ${OTHER.zone}` }).click();
  await gone(moved.getByText("Your timeline is in the time zone"));
  await seen.timeline(tab).getByText(OTHER.zone).waitFor();
  // Now the other browser is the one that is elsewhere.
  await tab.getByRole("button", { name: `Use ${ZONE}` }).waitFor();
  assert.deepEqual(moved.faults, []);
  await second.close();
});

test("everything is exported to a file and imported by another person", async () => {
  for (const words of ["Schedule workout tomorrow at 8am", "Schedule dentist tomorrow at 4pm"]) {
    await say(tab, words);
    await answered(tab);
  }
  await seen.done(tab, "Workout").check();
  await open(tab);
  const [download] = await Promise.all([tab.waitForEvent("download"), dialog(tab).getByRole("link", { name: "Export" }).click()]);
  assert.equal(download.suggestedFilename(), "temporal-flux.json");
  const file = await download.path();
  const exported = JSON.parse(await readFile(file, "utf8"));
  const names = exported.events.map(({ type }) => type);
  assert.equal(names.filter((name) => name === "BLOCK_SCHEDULED").length, 2);

  const fresh = await newPerson(browser);
  const copy = await openTab(fresh, server);
  const second = await openTab(fresh, server);
  await seen.message(copy).fill("half a thought");
  await open(copy);
  const input = dialog(copy).getByLabel("Import a file");
  for (const [name, content, sentence] of [
    ["week.ics", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "This is a calendar file"],
    ["notes.txt", "Buy milk", "Flux has not exported this file. Nothing was changed."],
  ]) {
    await input.setInputFiles({ name, mimeType: "text/plain", buffer: Buffer.from(content) });
    await text(dialog(copy).getByRole("alert"), sentence);
  }
  await input.setInputFiles({ name: "odd.json", mimeType: "application/json", buffer: Buffer.from("{ \"not\": \"ours\" }") });
  await text(dialog(copy).getByRole("alert"), /\w.*\./);
  const sentence = await dialog(copy).getByRole("alert").innerText();
  assert.match(sentence, /^[A-Z].*\.$/s, sentence);
  await count(seen.timeline(copy).getByRole("checkbox"), 0);
  await input.setInputFiles(file);
  await closed(copy);
  await note(copy, "The file was imported.").waitFor();
  for (const one of [copy, second]) {
    await seen.timeline(one).getByRole("checkbox", { name: "Done: Workout", checked: true }).waitFor();
    await text(seen.block(one, "Dentist"), "16:00");
    await text(seen.said(one).first(), "Schedule workout tomorrow at 8am");
  }
  assert.equal(await seen.message(copy).inputValue(), "half a thought");

  // An import does not replace an existing timeline.
  await open(copy);
  await input.setInputFiles(file);
  await text(dialog(copy).getByRole("alert"), /\.$/);
  assert.deepEqual([...copy.faults, ...second.faults], []);
  await fresh.close();
});

test("the import of a long file shows how far it is, and can be cancelled", async () => {
  const address = `${server.url}/agents/chat/me/export`;
  const template = await (await person.request.get(address)).json();
  const buffer = Buffer.from([...longFile(template, 30_000)].join(""));
  await open(tab);
  await dialog(tab).getByLabel("Import a file").setInputFiles({ name: "long.json", mimeType: "application/json", buffer });
  const progress = dialog(tab).getByRole("progressbar", { name: /^Checking the file: \d+ %$/ });
  await progress.waitFor();
  assert.ok(Number(await progress.getAttribute("value")) < 1);
  await button(tab, "Cancel the import").click();
  await text(dialog(tab).getByRole("alert"), "The import was cancelled. Nothing was changed.");
  await gone(progress);
  await count(seen.timeline(tab).getByRole("checkbox"), 0);
});

test("everything is deleted after a confirmation, in all tabs", async () => {
  const other = await openTab(person, server);
  await say(tab, "Schedule workout tomorrow at 8am");
  await seen.block(other, "Workout").waitFor();
  await answered(tab);
  await seen.done(tab, "Workout").check();
  await other.getByRole("button", { name: "History" }).click();
  const changes = (tab) => tab.getByRole("list", { name: "Changes, newest first" }).getByRole("listitem");
  await changes(other).filter({ hasText: "scheduled" }).getByRole("button", { name: "See the timeline here" }).click();
  await other.getByRole("region", { name: "The past" }).waitFor();
  await seen.message(tab).fill("a secret");

  await open(tab);
  await button(tab, "Delete everything").click();
  const question = dialog(tab).getByRole("alertdialog", { name: "Delete everything?" });
  assert.ok(await isFocused(question.getByRole("button", { name: "Keep everything" })));
  await question.getByText("Cloudflare’s backups of the database").waitFor();
  await picture(tab, "delete-everything.png");
  await question.getByRole("button", { name: "Keep everything" }).click();
  await gone(question);
  assert.ok(await isFocused(button(tab, "Delete everything")));
  await seen.done(tab, "Workout").waitFor();

  await button(tab, "Delete everything").click();
  const yes = question.getByRole("button", { name: "Yes, delete everything" });
  assert.ok(await yes.isDisabled(), "one wrong click is not enough");
  await question.getByRole("textbox", { name: "Type “delete” to go on" }).fill("Delete");
  await yes.click();
  await closed(tab);
  await note(tab, /^Everything was deleted\. Cloudflare's backups can contain it until \d+ [A-Z][a-z]+ \d{4}\.$/).waitFor();
  await gone(other.getByRole("region", { name: "The past" }));
  for (const one of [tab, other]) {
    await gone(seen.done(one, "Workout"));
    await gone(seen.timeline(one).getByText("Workout"));
  }
  assert.equal(await seen.message(tab).inputValue(), "");
  // After deleting everything, the person is asked nothing and still has a time zone.
  await seen.timeline(other).getByText(ZONE).waitFor();
  await gone(changes(other).filter({ hasText: "Workout" }));
  await other.getByRole("button", { name: "Back to the chat" }).click();
  await count(seen.said(other), 0);
  const client = await connectAs(person, server);
  await client.call("scheduleBlock", { title: "Anew", startTime: new Date(Date.now() + 3_600_000).toISOString() });
  await other.getByRole("button", { name: "History" }).click();
  await text(changes(other).first(), "scheduled “Anew”");
  await client.close();
  await tab.reload();
  await connected(tab);
  assert.equal(await seen.message(tab).inputValue(), "");
  await count(seen.said(tab), 0);
  assert.deepEqual(other.faults, []);
});

test("the divider between the panes is moved by pointer and by keyboard, and stays there", async () => {
  const line = tab.getByRole("separator", { name: "Width of the left pane" });
  const width = () => tab.getByRole("region", { name: "Chat", exact: true }).evaluate((pane) => pane.clientWidth);
  const value = async () => Number(await line.getAttribute("aria-valuenow"));
  const before = await width();
  const { x, y, height } = await line.boundingBox();
  await tab.mouse.move(x, y + height / 2);
  await tab.mouse.down();
  await tab.mouse.move(720, y + height / 2, { steps: 4 });
  await tab.mouse.up();
  await until(async () => (await value()) === 50, { what: () => "half" });
  assert.ok((await width()) > before + 40);
  await tab.mouse.move(300, y + 40);
  assert.equal(await value(), 50, "it is let go");
  await line.focus();
  await line.press("ArrowLeft");
  await until(async () => (await value()) === 48, { what: () => "a step to the left" });
  await line.press("End");
  await until(async () => (await value()) === 72, { what: () => "as far as it goes" });
  await fits(tab);
  const wide = await width();
  const other = await openTab(person, server);
  assert.equal(await other.getByRole("region", { name: "Chat", exact: true }).evaluate((pane) => pane.clientWidth), wide);
  await tab.reload();
  await connected(tab);
  assert.equal(await width(), wide);
  await line.press("Home");
  await until(async () => (await value()) === 28, { what: () => "as near as it goes" });
  await fits(tab);
});

test("the settings fit on a phone", async () => {
  const pocket = await newPerson(browser, { ...PHONE, storageState: await person.storageState() });
  const phone = await openTab(pocket, server);
  await open(phone);
  await fits(phone);
  await picture(phone, "phone-settings.png");
  await button(phone, "Delete everything").click();
  await dialog(phone).getByRole("alertdialog").waitFor();
  await fits(phone);
  await picture(phone, "phone-delete-everything.png");
  assert.deepEqual(phone.faults, []);
  await pocket.close();
});
