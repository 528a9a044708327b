// Writing and reading the conversation in a browser: the times of messages, copying, editing, drafts, commands, help,
// voice.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { ZONE, wallTime } from "../lib/clock.mjs";
import { gate, openai, said } from "../lib/model.mjs";
import { until } from "../lib/until.mjs";
import { PHONE, answered, connectAs, connected, count, fits, gone, newPerson, newTab, openTab, picture, say, seen, text } from "./page.mjs";
import { scriptedPage } from "./scripted.mjs";

const the = scriptedPage();
let model, server, person, tab;
beforeEach(() => ({ model, server, person, tab } = the));


const options = (tab) => tab.getByRole("listbox", { name: "Commands" }).getByRole("option");
const chosen = (tab) => tab.getByRole("listbox", { name: "Commands" }).getByRole("option", { selected: true });
const speak = (tab) => tab.getByRole("button", { name: "Speak" });
const edit = (tab) => tab.getByRole("button", { name: "Edit", exact: true });
const notifications = (tab) => tab.getByRole("region", { name: "Notifications" });
/** Waits until the box has this text. */
const holds = (tab, words) => until(async () => (await seen.message(tab).inputValue()) === words, { what: () => words });

/** Whether the box has the focus. */
const isWriting = (tab) => seen.message(tab).evaluate((box) => box === document.activeElement);

/** Sends a message and waits for the answer. */
async function exchange(words, answer) {
  model.script(...openai.says(answer));
  await say(tab, words);
  await text(seen.answers(tab).last(), answer);
  await answered(tab);
}

test("each message shows its time in the person's zone, and each day begins with its name", async () => {
  await exchange("Hello", "Good day.");
  const times = () => seen.conversation(tab).locator("time");
  await count(times(), 2);
  for (const time of await times().all()) {
    const at = new Date(await time.getAttribute("datetime"));
    assert.ok(Math.abs(Date.now() - at) < 120_000, String(at));
    const theirs = at.toLocaleTimeString("en-GB", { timeZone: ZONE, hour: "2-digit", minute: "2-digit" });
    assert.equal(await time.innerText(), theirs);
  }

  // The next day, on a page with another clock.
  const later = await newTab(person);
  await later.clock.install({ time: Date.now() + 24 * 3_600_000 });
  await later.goto(server.url);
  await connected(later);
  await text(seen.said(later).locator("time"), /^Yesterday, \d\d:\d\d$/);
  await seen.conversation(later).getByRole("heading", { name: "Yesterday" }).waitFor();
  assert.deepEqual(later.faults, []);
});

test("a message and a code block are copied as written, and a refused copy is reported", async () => {
  await person.grantPermissions(["clipboard-read", "clipboard-write"], { origin: new URL(server.url).origin });
  const answer = "**Bold** and\n\n```sh\nls -l\n```";
  model.script(...openai.says(answer));
  await say(tab, "Show me");
  await text(seen.answers(tab), "Bold and");
  await answered(tab);
  const copied = () => tab.evaluate(() => navigator.clipboard.readText());

  await seen.answers(tab).getByRole("button", { name: "Copy", exact: true }).click();
  await seen.answers(tab).getByRole("button", { name: "Copied" }).waitFor();
  assert.equal(await copied(), answer);
  await text(seen.answers(tab).locator(".code"), "sh");
  await seen.answers(tab).getByRole("button", { name: "Copy code" }).click();
  await until(async () => (await copied()) === "ls -l", { what: () => "the code" });
  await seen.said(tab).getByRole("button", { name: "Copy" }).click();
  await until(async () => (await copied()) === "Show me", { what: () => "what was said" });

  await tab.evaluate(() => Object.defineProperty(navigator, "clipboard", { value: undefined }));
  await gone(seen.said(tab).getByRole("button", { name: "Copied" }));
  await seen.said(tab).getByRole("button", { name: "Copy" }).click();
  await notifications(tab).getByText("The browser blocked copying.").waitFor();
});

test("the last message is edited in every tab, and what it changed stays", async () => {
  const other = await openTab(person, server);
  model.script(...openai.calls(["scheduleBlock", { title: "Gym", startTime: "2199-03-01T08:00" }]));
  model.script(...openai.says("At eight."));
  await say(tab, "Gym at 8");
  await text(seen.answers(tab), "At eight.");
  await answered(tab);

  await seen.message(tab).fill("not sent yet");
  await edit(tab).click();
  await holds(tab, "Gym at 8");
  assert.ok(await isWriting(tab));
  await tab.getByText("You are changing your last message. What it did stays; undo takes it back.").waitFor();
  await picture(tab, "changing.png");
  await tab.getByRole("button", { name: "Cancel" }).click();
  await holds(tab, "not sent yet");
  assert.ok(await isWriting(tab));

  // By keyboard, and across a reload.
  await seen.message(tab).fill("");
  await seen.message(tab).press("ArrowUp");
  await holds(tab, "Gym at 8");
  await seen.message(tab).fill("Gym at 9");
  await tab.reload();
  await connected(tab);
  await holds(tab, "Gym at 9");
  await tab.getByText("You are changing your last message.").waitFor();
  const held = gate();
  model.script(held.wait, ...openai.says("At nine."));
  await seen.message(tab).press("Enter");
  await text(seen.said(tab), "Gym at 9");
  await gone(tab.getByText("You are changing your last message."));
  await gone(seen.answers(tab).filter({ hasText: "At eight." }));
  assert.equal(await edit(tab).count(), 0);
  held.open();
  for (const one of [tab, other]) {
    await text(seen.answers(one), "At nine.");
    await count(seen.said(one), 1);
    await count(seen.answers(one), 1);
  }
  const { messages } = (await model.request(2)).body;
  assert.deepEqual(messages.filter(({ role }) => role === "user").map(said), ["Gym at 9"]);
  await tab.reload();
  await connected(tab);
  await text(seen.said(tab), "Gym at 9");
  await count(seen.answers(tab), 1);
  await seen.block(tab, "Gym").waitFor();
  await holds(tab, "");
  assert.deepEqual(other.faults, []);
});

test("a draft survives a reload until it is sent", async () => {
  await seen.message(tab).fill("half a thou");
  await tab.reload();
  await connected(tab);
  await holds(tab, "half a thou");
  await exchange("half a thought", "And the other half?");
  await tab.reload();
  await connected(tab);
  await text(seen.answers(tab), "And the other half?");
  await holds(tab, "");
});

test("a message that waits to be sent is a draft after a reload", async () => {
  let isShut = true;
  const far = await newTab(person);
  await far.routeWebSocket(/\/agents\//, (socket) => {
    if (isShut) socket.close({ code: 1011 });
    else socket.connectToServer();
  });
  await far.goto(server.url);
  await say(far, "Are you there?");
  await text(seen.said(far), "Waiting for the connection");
  await far.reload();
  await until(async () => (await seen.message(far).inputValue()) === "Are you there?");
  isShut = false;
  await connected(far);
  await seen.conversation(far).getByText("What would you like to get done?").waitFor();
  await count(seen.said(far), 0);
  assert.equal(await seen.message(far).inputValue(), "Are you there?");
  await far.close();
});

test("the page works in a browser that stores nothing for it", async () => {
  await tab.close();
  the.tab = tab = await newTab(person);
  await tab.addInitScript(() => {
    Object.defineProperty(window, "localStorage", { get: () => { throw new DOMException("denied", "SecurityError"); } });
  });
  await tab.goto(server.url);
  await connected(tab);
  await exchange("Hello", "Good day.");
});

test("commands are chosen by keyboard and run at once", async () => {
  const box = seen.message(tab);
  await box.press("/");
  await count(options(tab), 14);
  await picture(tab, "commands.png");
  await box.press("s");
  await count(options(tab), 3);
  await text(chosen(tab), "/switch");
  await box.press("ArrowDown");
  await text(chosen(tab), "/settings");
  assert.equal(await box.getAttribute("aria-activedescendant"), await chosen(tab).getAttribute("id"));
  await box.press("Escape");
  await gone(options(tab).first());
  await holds(tab, "/s");

  // Plans are created and switched without a model.
  await box.fill("");
  await box.pressSequentially("/pl");
  await box.press("Tab");
  await holds(tab, "/plan ");
  assert.ok(await isWriting(tab));
  await box.pressSequentially("Summer vacation");
  await box.press("Enter");
  await tab.getByRole("button", { name: "Plans: Summer vacation" }).waitFor();
  await holds(tab, "");
  await box.fill("/switch my");
  await box.press("Enter");
  await tab.getByRole("button", { name: "Plans: My plan" }).waitFor();

  await box.fill("/switch winter");
  await box.press("Enter");
  await tab.getByText("There is no plan “winter”. There are: “My plan”, “Summer vacation”.").waitFor();
  await holds(tab, "/switch winter");

  await box.fill("/und");
  await box.press("Enter");
  await holds(tab, "/undo");
  await box.press("Enter");
  await tab.getByRole("button", { name: "Plans: Summer vacation" }).waitFor();
  await box.fill("/history");
  await box.press("Enter");
  await tab.getByRole("region", { name: "History" }).getByRole("button", { name: "Back to the chat" }).click();
  assert.equal(model.requests.length, 0);

  await box.fill("");
  await box.press("/");
  await options(tab).filter({ hasText: "/goal" }).click();
  await holds(tab, "/goal ");
  assert.ok(await isWriting(tab));
});

test("an unknown command is reported and kept, and two slashes send it as a message", async () => {
  const box = seen.message(tab);
  await box.fill("/fly me to the moon");
  await box.press("Enter");
  await tab.getByText("There is no command /fly. Nothing was sent.").waitFor();
  await holds(tab, "/fly me to the moon");
  await count(seen.said(tab), 0);
  await box.fill("/undo twice");
  await gone(tab.getByText("There is no command /fly."));
  await box.press("Enter");
  await tab.getByText("/undo stands alone.").waitFor();

  model.script(...openai.says("To the moon."));
  await box.fill("//fly me to the moon");
  await box.press("Enter");
  await text(seen.said(tab), "/fly me to the moon");
  await answered(tab);
  // The text to edit is the text that was sent.
  await box.press("ArrowUp");
  await holds(tab, "//fly me to the moon");
  await box.press("Escape");
  await holds(tab, "");
  await box.fill("/clear");
  await box.press("Enter");
  await tab.getByRole("dialog", { name: "Start a new conversation?" }).getByRole("button", { name: "Delete messages" }).click();
  await count(seen.said(tab), 0);
});

test("the help lists what can be asked and puts an example into the box", async () => {
  const dialog = tab.getByRole("dialog", { name: "What you can say" });
  const help = tab.getByRole("button", { name: "Help" });
  await help.click();
  await dialog.getByRole("region", { name: "Put things on your timeline" }).waitFor();
  await dialog.getByText("/goal <goal>").waitFor();
  await picture(tab, "help.png");
  await tab.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  assert.ok(await help.evaluate((button) => button === document.activeElement));

  await seen.message(tab).fill("/help");
  await seen.message(tab).press("Enter");
  await dialog.getByRole("button", { name: "When am I free tomorrow?" }).click();
  await dialog.waitFor({ state: "hidden" });
  await holds(tab, "When am I free tomorrow?");
  assert.ok(await isWriting(tab));
  await help.click();
  await dialog.getByRole("button", { name: "Undo that" }).click();
  await holds(tab, "When am I free tomorrow?\nUndo that");
  await count(seen.said(tab), 0);

  const pocket = await newPerson(the.browser, PHONE);
  const phone = await openTab(pocket, server);
  await phone.getByRole("button", { name: "Help" }).click();
  await phone.getByRole("dialog", { name: "What you can say" }).waitFor();
  await fits(phone);
  await picture(phone, "phone-help.png");
  await phone.keyboard.press("Escape");
  await seen.message(phone).fill("/");
  await options(phone).first().waitFor();
  await fits(phone);
  await picture(phone, "phone-commands.png");
  assert.deepEqual(phone.faults, []);
  await pocket.close();
});

/** Reloads the tab with a speech recogniser that is controlled by the test. */
async function reopenListening() {
  await tab.close();
  the.tab = tab = await newTab(person);
  await tab.addInitScript(() => {
    delete window.SpeechRecognition;
    window.webkitSpeechRecognition = class {
      start() {
        window.ear = this;
      }
      stop() {
        this.onend?.({});
      }
      abort() {}
    };
    /** Everything that was recognised so far; text that begins with "?" may still change. */
    window.hear = (...phrases) => {
      const results = { length: phrases.length };
      phrases.forEach((words, place) => {
        results[place] = { isFinal: words[0] !== "?", length: 1, 0: { transcript: words.replace("?", "") } };
      });
      // In the format of browsers: an iterable list.
      results[Symbol.iterator] = Array.prototype[Symbol.iterator];
      window.ear.onresult({ resultIndex: 0, results });
    };
  });
  await tab.goto(server.url);
  await connected(tab);
}

test("speech is written into the box, and what was recognised is kept whatever happens", async () => {
  await reopenListening();
  await seen.message(tab).fill("Gym");
  await speak(tab).click();
  await tab.getByRole("button", { name: "Speak", pressed: true }).waitFor();
  assert.equal(await tab.evaluate(() => `${window.ear.lang} ${window.ear.continuous} ${window.ear.interimResults}`), "en-GB true true");
  await tab.evaluate(() => window.hear("?at ate"));
  await tab.getByText("at ate").waitFor();
  await holds(tab, "Gym");
  await picture(tab, "listening.png");
  await tab.evaluate(() => window.hear("at eight", "? and"));
  await holds(tab, "Gym at eight");
  await speak(tab).click();
  await tab.getByRole("button", { name: "Speak", pressed: false }).waitFor();
  await holds(tab, "Gym at eight and");

  await speak(tab).click();
  await tab.evaluate(() => {
    window.hear("?milk");
    window.ear.onerror({ error: "network" });
  });
  await tab.getByText("The browser's speech service cannot be reached. What was heard is kept").waitFor();
  await holds(tab, "Gym at eight and milk");
  await tab.getByRole("button", { name: "Speak", pressed: false }).waitFor();

  await speak(tab).click();
  await tab.getByRole("button", { name: "Speak", pressed: true }).waitFor();
  await seen.message(tab).press("Escape");
  await tab.getByRole("button", { name: "Speak", pressed: false }).waitFor();

  await speak(tab).click();
  await tab.evaluate(() => window.hear("?too"));
  await tab.getByText("too", { exact: true }).waitFor();
  model.script(...openai.says("Very well."));
  await seen.message(tab).press("Enter");
  await text(seen.said(tab), "Gym at eight and milk too");
  await answered(tab);
  await holds(tab, "");
});

test("a browser without speech recognition shows no microphone", async () => {
  await tab.close();
  the.tab = tab = await newTab(person);
  await tab.addInitScript(() => {
    delete window.SpeechRecognition;
    delete window.webkitSpeechRecognition;
  });
  await tab.goto(server.url);
  await connected(tab);
  await count(speak(tab), 0);
});

test("long lists scroll by themselves, and the page does not", async () => {
  const lines = Array.from({ length: 40 }, (_, line) => `line ${line}`).join("\n");
  for (const number of [1, 2, 3]) {
    model.script(...openai.says(`Answer ${number}\n\n\`\`\`\n${lines}\n\`\`\``));
    await say(tab, `Question ${number}`);
    await text(seen.answers(tab).last(), `Answer ${number}`);
    await answered(tab);
  }
  const client = await connectAs(person, server);
  for (let day = 1; day <= 30; day++) await client.call("scheduleBlock", { title: `Block ${day}`, startTime: wallTime(day, "08:00") });
  await client.close();
  await seen.block(tab, "Block 1").waitFor();
  /** The element is longer than the window and scrolls; the document does not, even when a script tries. */
  const scrolls = async (list, times) => {
    const [inside, window] = await list.evaluate((list) => [list.scrollHeight, innerHeight]);
    assert.ok(inside > times * window, `${inside} px in a window of ${window}`);
    assert.equal(await tab.evaluate(() => (scrollTo(0, 1e6), scrollY)), 0);
  };
  for (const viewport of [tab.viewportSize(), PHONE.viewport]) {
    await tab.setViewportSize(viewport);
    await scrolls(seen.conversation(tab), 3);
  }
  await tab.setViewportSize({ width: 1440, height: 900 });
  await scrolls(seen.agenda(tab), 2);
  await tab.getByRole("button", { name: "History" }).click();
  const changes = tab.getByRole("list", { name: "Changes, newest first" });
  await changes.getByRole("listitem").nth(29).waitFor();
  await scrolls(changes, 2);
  // The differences since the first block, more than fit into the window.
  await changes.getByRole("button", { name: "See the timeline here" }).nth(29).click();
  const past = tab.getByRole("region", { name: "The past" });
  await past.getByText("What is different").click();
  await count(past.getByRole("listitem"), 29);
  await scrolls(past, 0.5);
});
