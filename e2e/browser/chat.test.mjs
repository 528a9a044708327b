// The conversation in a browser, against a scripted model: how an answer arrives, is stopped, fails, and is resumed.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { CUT, DONE, gate, openai } from "../lib/model.mjs";
import { until } from "../lib/until.mjs";
import { PAYLOADS, ranOrLoaded, watch } from "./markup.mjs";
import { answered, connectAs, connected, count, gone, newTab, openTab, picture, say, seen, text } from "./page.mjs";
import { scriptedPage } from "./scripted.mjs";

const the = scriptedPage();
let model, server, person, tab;
beforeEach(() => ({ model, server, person, tab } = the));

/** The whole text of the last answer. */
const answerText = () => seen.answers(tab).last().locator(".markdown").allInnerTexts().then((texts) => texts.join("\n"));

test("text is shown as it arrives, and a stopped answer keeps its text", async () => {
  const [first, second] = [gate(), gate()];
  model.script(openai.text("One "), first.wait, openai.text("two "), second.wait, openai.text("three"), openai.finish(), DONE);
  await say(tab, "Count to three");
  await text(seen.answers(tab), /^One$/);
  await seen.stop(tab).waitFor();
  first.open();
  await text(seen.answers(tab), /^One two$/);

  await seen.stop(tab).click();
  await answered(tab);
  await text(seen.answers(tab), "Stopped");
  await until(() => !model.requests[0].isOpen, { what: () => "the model's stream to be closed" });
  second.open();

  await tab.reload();
  await connected(tab);
  await text(seen.answers(tab), "Stopped");
  assert.equal(await answerText(), "One two");

  model.script(...openai.says("One two three four"));
  await seen.retry(tab).click();
  await text(seen.answers(tab), "One two three four");
  await count(seen.answers(tab), 1);
});

test("a failed answer says why and can be retried", async () => {
  model.script({ status: 503, body: { error: { message: "overloaded" } } });
  await say(tab, "Are you there?");
  const alert = seen.conversation(tab).getByRole("alert");
  await alert.waitFor();
  await picture(tab, "error.png");
  await tab.reload();
  await connected(tab);
  await alert.waitFor();

  const cut = gate();
  model.script(openai.text("Half an ans"), cut.wait, CUT);
  await seen.retry(tab).click();
  await gone(alert);
  cut.open();
  await alert.waitFor();

  model.script(...openai.says("Here I am."));
  await seen.retry(tab).click();
  await text(seen.answers(tab), "Here I am.");
  await answered(tab);
  await gone(alert);
  await count(seen.said(tab), 1);
  await count(seen.answers(tab), 1);
  assert.equal(await answerText(), "Here I am.");
});

test("a call is a card that shows its state", async () => {
  const second = gate();
  const call = ["scheduleBlock", { title: "Workout", startTime: "2199-03-01T08:00" }];
  model.script(openai.call(...call), openai.finish("tool_calls"), DONE);
  model.script(second.wait, ...openai.says("It is on your timeline."));
  await say(tab, "Workout on 1 March at 8");
  const card = seen.actions(tab);
  await card.getByRole("img", { name: "Done", exact: true }).waitFor();
  await text(card, "Workout");
  await seen.block(tab, "Workout").waitFor();
  second.open();
  await text(seen.answers(tab), "It is on your timeline.");

  model.script(...openai.calls(["completeBlock", { id: "Swimming" }]));
  model.script(...openai.says("There is no such block."));
  await say(tab, "I have been swimming");
  await card.getByRole("img", { name: "Not done", exact: true }).waitFor();
  await answered(tab);
});

test("what was done is said once, in one line from which it is shown and undone", async () => {
  const says = "Scheduled “Swim” (B1) for Fri 1 Mar 2199, 08:00–09:00.";
  model.script(...openai.calls(["scheduleBlock", { title: "Swim", startTime: "2199-03-01T08:00", durationMinutes: 60 }]));
  model.script(...openai.says(says));
  await say(tab, "Swim on 1 March at 8");
  await answered(tab);
  await text(seen.answers(tab), "Scheduled “Swim”");
  assert.equal((await seen.answers(tab).innerText()).match(/Swim/g).length, 1);
  await seen.actions(tab).getByRole("button", { name: "Show Swim" }).click();
  await until(() => seen.edit(tab, "Swim").evaluate((button) => button.closest("li").contains(document.activeElement)), {
    what: () => "the focus on the block",
  });

  // Several changes are one line, which says each of them on demand. They are undone together, also after another change.
  model.script(...openai.calls(
    ["scheduleBlock", { title: "Run", startTime: "2199-03-02T08:00" }],
    ["scheduleBlock", { title: "Bike", startTime: "2199-03-03T08:00" }],
  ));
  model.script(...openai.says("Enjoy your triathlon!"));
  await say(tab, "Run on the second and bike on the third");
  await text(seen.answers(tab).last(), "Enjoy your triathlon!");
  await answered(tab);
  const done = seen.actions(tab).last();
  await text(done, "2 blocks scheduled.");
  await done.getByText("Each of them").click();
  await text(done, "Scheduled “Bike”");
  await picture(tab, "chat-done.png");
  await seen.remove(tab, "Swim").click();
  await gone(seen.block(tab, "Swim"));
  await done.getByRole("button", { name: "Undo" }).click();
  await gone(seen.block(tab, "Run"));
  await gone(seen.block(tab, "Bike"));
  await gone(done.getByRole("button", { name: "Undo" }));
});

test("in debug mode an answer shows its calls and what it cost", async () => {
  await tab.goto(`${server.url}/?debug`);
  await connected(tab);
  model.script(...openai.calls(["scheduleBlock", { title: "Swim", startTime: "2199-03-01T08:00" }]));
  model.script(...openai.says("Done."));
  await say(tab, "Swim on 1 March at 8");
  await answered(tab);
  await seen.actions(tab).getByText("scheduleBlock").click();
  await text(seen.actions(tab), '"startTime": "2199-03-01T08:00"');
  await seen.answers(tab).getByText("What it cost").click();
  await text(seen.answers(tab), "Tokens read");
  await text(seen.block(tab, "Swim"), "B1");
});

/** Makes the model ask whether the plan “Trip”, which is shown, may be deleted. Returns the card that asks. */
async function askToDeleteTrip() {
  await tab.getByRole("button", { name: "Plans: Trip" }).waitFor();
  model.script(...openai.calls(["deletePlan", { id: "Trip" }]));
  await say(tab, "Delete the trip");
  const card = seen.actions(tab);
  await card.getByRole("img", { name: "Waiting for your answer" }).waitFor();
  await answered(tab);
  return card;
}

test("a call that cannot easily be undone asks first", async () => {
  await seen.plans(tab).click();
  await tab.getByRole("textbox", { name: "New plan" }).fill("Trip");
  await tab.getByRole("button", { name: "Create plan" }).click();
  const card = await askToDeleteTrip();
  await tab.getByRole("button", { name: "Plans: Trip" }).waitFor();

  model.script(...openai.says("The trip is off."));
  await card.getByRole("button", { name: "Approve" }).click();
  await card.getByRole("img", { name: "Done", exact: true }).waitFor();
  await text(seen.answers(tab), "The trip is off.");
  await tab.getByRole("button", { name: "Plans: My plan" }).waitFor();
  await count(seen.answers(tab), 1);
});

test("two calls ask one after another, and the page is usable between the answers, even after a reload", async () => {
  const client = await connectAs(person, server);
  for (const title of ["One", "Two"]) await client.call("createPlan", { title });
  await client.close();
  model.script(...openai.calls(["deletePlan", { id: "One" }], ["deletePlan", { id: "Two" }]));
  await say(tab, "Delete the plans One and Two");
  const [first, second] = [seen.actions(tab).nth(0), seen.actions(tab).nth(1)];
  await text(first, "Delete the empty plan “One”?");
  await second.getByRole("img", { name: "Waiting", exact: true }).waitFor();
  await picture(tab, "chat-questions.png");
  assert.equal(await second.getByRole("button", { name: "Approve" }).count(), 0, "one question at a time");
  await first.getByRole("button", { name: "Approve" }).click();
  await text(second, "Delete the empty plan “Two”?");
  await answered(tab);

  await tab.reload();
  await connected(tab);
  await seen.send(tab).waitFor();
  await text(second, "Delete the empty plan “Two”?");
  // Something else declines the question that is open.
  model.script(...openai.says("Nothing is on."));
  await say(tab, "What is on today?");
  await second.getByRole("img", { name: "Denied" }).waitFor();
  await text(seen.answers(tab).last(), "Nothing is on.");
  await tab.getByRole("button", { name: "Plans: Two" }).waitFor();
});

test("a declined call is not carried out, and the model is told", async () => {
  const client = await connectAs(person, server);
  await client.call("createPlan", { title: "Trip" });
  await client.close();
  const card = await askToDeleteTrip();
  model.script(...openai.says("It stays."));
  await card.getByRole("button", { name: "Deny" }).press("Enter");
  await card.getByRole("img", { name: "Denied" }).waitFor();
  await text(seen.answers(tab), "It stays.");
  assert.match(JSON.stringify(model.requests[1].body.messages.at(-1)), /The person said no/);
  await tab.getByRole("button", { name: "Plans: Trip" }).waitFor();
  assert.ok(await seen.message(tab).evaluate((box) => box === document.activeElement), "the button is gone");
});

test("a person who has scrolled up can jump to the latest message", async () => {
  model.script(...openai.says(Array.from({ length: 80 }, (_, line) => `Line ${line + 1}.\n\n`).join("")));
  await say(tab, "Tell me a lot");
  await answered(tab);
  const latest = tab.getByRole("button", { name: "Jump to latest" });
  const isSeen = async (words) => {
    const [log, line] = await Promise.all([seen.conversation(tab).boundingBox(), seen.conversation(tab).getByText(words, { exact: true }).boundingBox()]);
    return line.y >= log.y && line.y + line.height <= log.y + log.height;
  };
  await until(() => isSeen("Line 80."), { what: () => "the end to be seen" });
  assert.equal(await latest.count(), 0);
  await seen.conversation(tab).press("Home");
  await latest.waitFor();
  // The browser scrolls smoothly, and would go on after the click.
  const top = () => seen.conversation(tab).evaluate((log) => log.scrollTop);
  await until(async () => (await top()) === 0, { what: () => "the end of the scroll" });
  assert.equal(await isSeen("Line 80."), false);
  await latest.click();
  await until(() => isSeen("Line 80."), { what: () => "the end to be seen" });
  await gone(latest);
});

test("what a model writes never becomes markup that runs or loads anything", async () => {
  const watched = watch(tab);
  // Even if it did, the page allows no script but its own.
  const { "content-security-policy": policy } = (await tab.reload()).headers();
  assert.match(policy, /script-src 'self' 'wasm-unsafe-eval';/);
  await connected(tab);
  for (const [number, payload] of PAYLOADS.entries()) {
    model.script(...openai.says(payload, `\n\nend ${number}`));
    await say(tab, `Say ${number}`);
    await text(seen.answers(tab).last(), `end ${number}`);
    await answered(tab);
    assert.deepEqual(await ranOrLoaded(tab, watched), [], payload);
  }
  await tab.reload();
  await connected(tab);
  await count(seen.answers(tab), PAYLOADS.length);
  assert.deepEqual(await ranOrLoaded(tab, watched), [], "after a reload");

  const title = "<img src=x onerror=\"window.ran='title'\">";
  const calls = [["scheduleBlock", { title, description: title, startTime: "2199-03-01T08:00", tags: [title.slice(0, 20)] }]];
  model.script(...openai.calls(...calls));
  model.script(...openai.says("done"));
  await say(tab, "Schedule it");
  await seen.block(tab, title).waitFor();
  assert.deepEqual(await ranOrLoaded(tab, watched), [], "in a title");

  // The check itself works: it detects what is inserted as markup.
  await seen.conversation(tab).evaluate((log, markup) => log.insertAdjacentHTML("beforeend", markup), PAYLOADS[1]);
  assert.notDeepEqual(await ranOrLoaded(tab, watched), []);
});

test("Markdown is rendered", async () => {
  const sources = ["# Plan", "1. **bold** and `code`", "| a | b |\n|---|--:|\n| 1 | 2 |", "[docs](https://example.com/docs)", "```\nlet x = 1;\n```"];
  model.script(...openai.says(sources.join("\n\n")));
  await say(tab, "Show me");
  const answer = seen.answers(tab);
  await answered(tab);
  await answer.getByRole("heading", { name: "Plan" }).waitFor();
  await answer.getByRole("listitem").getByRole("strong").waitFor();
  await count(answer.getByRole("columnheader"), 2);
  await count(answer.getByRole("cell"), 2);
  const link = answer.getByRole("link", { name: "docs" });
  assert.equal(await link.getAttribute("href"), "https://example.com/docs");
  assert.match(await link.getAttribute("rel"), /noopener/);
  await text(answer.getByRole("code").last(), "let x = 1;");
});

/** Records each state of the connection that is shown from now on. */
async function watchConnection() {
  await seen.connection(tab).evaluate((element) => {
    window.states = [element.innerText];
    new MutationObserver(() => window.states.push(element.innerText)).observe(element, { subtree: true, childList: true, characterData: true });
  });
  return (state) => until(async () => (await tab.evaluate(() => window.states)).some((shown) => shown.startsWith(state)), { what: () => state });
}

test("offline, the page says so, keeps the draft, and later resumes the stream with each word once", async () => {
  const [first, second] = [gate(), gate()];
  model.script(openai.text("alpha "), first.wait, openai.text("beta "), second.wait, openai.text("gamma"), openai.finish(), DONE);
  await say(tab, "Greek, please");
  await text(seen.answers(tab), /^alpha$/);

  await person.setOffline(true);
  await text(seen.connection(tab), "Offline");
  await seen.message(tab).fill("and then?");
  await picture(tab, "offline.png");
  first.open();
  await person.setOffline(false);
  await connected(tab);
  await text(seen.answers(tab), /^alpha beta$/);
  second.open();
  await answered(tab);
  await count(seen.answers(tab), 1);
  assert.equal(await answerText(), "alpha beta gamma");
  assert.equal(await seen.message(tab).inputValue(), "and then?");
});

test("messages written while offline wait, and are sent in order when the page is connected, or taken back", async () => {
  const waiting = seen.said(tab).filter({ hasText: "Waiting for the connection" });
  await person.setOffline(true);
  await text(seen.connection(tab), "Offline");
  for (const words of ["First", "Never mind", "Second"]) await say(tab, words);
  await count(waiting, 3);
  assert.equal(await seen.message(tab).inputValue(), "");
  await picture(tab, "waiting.png");
  await waiting.filter({ hasText: "Never mind" }).getByRole("button", { name: "Cancel" }).click();
  await count(waiting, 2);
  assert.equal(await seen.message(tab).inputValue(), "Never mind");
  model.script(...openai.says("One."));
  model.script(...openai.says("Two."));
  await person.setOffline(false);
  await connected(tab);
  await text(seen.answers(tab).first(), "One.");
  await text(seen.answers(tab).last(), "Two.");
  await answered(tab);
  await count(waiting, 0);
  const articles = await seen.conversation(tab).getByRole("article").allInnerTexts();
  assert.deepEqual(articles.map((words) => words.match(/First|One|Second|Two/)?.[0]), ["First", "One", "Second", "Two"]);
  const client = await connectAs(person, server);
  const messages = await client.call("getMessages", {});
  assert.deepEqual(messages.filter(({ role }) => role === "user").map(({ parts }) => parts[0].text), ["First", "Second"]);
  await client.close();
  assert.equal(await seen.message(tab).inputValue(), "Never mind", "it is a draft");
});

test("a message sent before the page is connected is sent when it is", async () => {
  const early = await newTab(person);
  const open = gate();
  await early.routeWebSocket(/\/agents\//, async (socket) => {
    const kept = [];
    let service;
    socket.onMessage((frame) => (service ? service.send(frame) : kept.push(frame)));
    await open.wait();
    service = socket.connectToServer();
    service.onMessage((frame) => socket.send(frame));
    kept.forEach((frame) => service.send(frame));
  });
  await early.goto(server.url);
  await say(early, "Good morning");
  await text(seen.said(early), "Waiting for the connection");
  assert.equal(await seen.message(early).inputValue(), "");
  model.script(...openai.says("Good morning to you."));
  open.open();
  await text(seen.answers(early), "Good morning to you.");
  await answered(early);
  await count(seen.said(early), 1);
  await gone(early.getByText("Waiting for the connection"));
  assert.deepEqual(early.faults, []);
});

test("a message can be sent as soon as the page is connected", async () => {
  model.script(...openai.says("The first answer."));
  await say(tab, "The first question");
  await text(seen.answers(tab), "The first answer.");
  await answered(tab);

  const soon = await newTab(person);
  const list = gate();
  await soon.routeWebSocket(/\/agents\//, (socket) => {
    const service = socket.connectToServer();
    socket.onMessage((frame) => service.send(frame));
    let waiting = Promise.resolve();
    service.onMessage((frame) => {
      if (frame.startsWith('{"type":"cf_agent_chat_messages"')) waiting = list.wait();
      waiting = waiting.then(() => socket.send(frame));
    });
  });
  await soon.goto(server.url);
  await connected(soon);
  model.script(...openai.says("The second answer."));
  await say(soon, "The second question");
  list.open();
  await text(seen.answers(soon).last(), "The second answer.");
  await answered(soon);
  await count(seen.said(soon), 2);
  await text(seen.said(soon).first(), "The first question");
  await text(seen.said(soon).last(), "The second question");
  assert.deepEqual(soon.faults, []);
});

test("a page that never reaches the service says so", async () => {
  const far = await newTab(person);
  await far.routeWebSocket(/\/agents\//, (socket) => socket.close({ code: 1011 }));
  await far.goto(server.url);
  await text(far.getByRole("status"), "Flux can't be reached. Your changes are kept");
  await picture(far, "unreachable.png");
  assert.deepEqual(far.faults, []);
});

/** Reloads the tab so that the test controls all its sockets, and returns the list of them, the newest last. */
async function reopenWithSockets() {
  const sockets = [];
  await tab.close();
  the.tab = tab = await newTab(person);
  await tab.clock.install();
  await tab.routeWebSocket(/\/agents\//, (socket) => {
    const upstream = socket.connectToServer();
    const line = { isDead: false, close: () => socket.close({ code: 3001, reason: "broken by the test" }) };
    socket.onMessage((frame) => line.isDead || upstream.send(frame));
    upstream.onMessage((frame) => line.isDead || socket.send(frame));
    sockets.push(line);
  });
  await tab.goto(server.url);
  await connected(tab);
  return sockets;
}

test("a connection that breaks during an answer is restored, however often it breaks", async () => {
  const sockets = await reopenWithSockets();
  const showed = await watchConnection();

  const gates = Array.from({ length: 3 }, gate);
  const steps = gates.flatMap(({ wait }, number) => [wait, openai.text(`${number + 1} `)]);
  model.script(openai.text("0 "), ...steps, openai.finish(), DONE);
  await say(tab, "Count");
  await text(seen.answers(tab), /^0$/);
  for (const [number, { open }] of gates.entries()) {
    await sockets.at(-1).close();
    open();
    await showed("Reconnecting");
    await tab.clock.fastForward("00:10");
    await until(() => sockets.length === number + 2, { what: () => "another socket" });
    await connected(tab);
    await text(seen.answers(tab), "0 1 2 3".slice(0, 2 * number + 3));
  }
  await answered(tab);
  await count(seen.answers(tab), 1);
  await count(seen.said(tab), 1);
  assert.equal(await answerText(), "0 1 2 3");
});

test("a silently dead connection is detected when the person returns to the page", async () => {
  const sockets = await reopenWithSockets();
  // Alive: the ping is answered, and nothing happens.
  const look = () => tab.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await look();
  model.script(...openai.says("Yes."));
  await say(tab, "Are you there?");
  await text(seen.answers(tab), "Yes.");
  await answered(tab);
  await tab.clock.fastForward("01:00");
  assert.equal(sockets.length, 1);

  sockets[0].isDead = true;
  await look();
  await tab.clock.fastForward("00:10");
  await until(() => sockets.length === 2, { what: () => "another socket" });
  await connected(tab);
  await text(seen.answers(tab), "Yes.");
});

test("an answer whose server dies ends, says so, and can be retried", async () => {
  const rest = gate();
  model.script(openai.text("Half "), rest.wait, DONE);
  await say(tab, "Tell me");
  await text(seen.answers(tab), /^Half$/);
  await server.restart();
  rest.open();
  await connected(tab);
  await text(seen.answers(tab), "Interrupted");
  await answered(tab);
  model.script(...openai.says("The whole of it."));
  await seen.retry(tab).click();
  await text(seen.answers(tab), "The whole of it.");
  await answered(tab);
  await count(seen.answers(tab), 1);
  await count(seen.said(tab), 1);
});

test("a person whom the service does not know is told so at once", async () => {
  const sockets = await reopenWithSockets();
  await person.clearCookies();
  await sockets[0].close();
  const notice = tab.getByRole("alert").filter({ hasText: "No identity" });
  await tab.clock.fastForward("00:10");
  await notice.waitFor();
  await text(seen.connection(tab), "Not connected");
  await tab.clock.fastForward("10:00");
  assert.equal(sockets.length, 2);
  await notice.getByRole("button", { name: "Reload" }).click();
  await connected(tab);
});

test("a new conversation begins in every tab and leaves the timeline unchanged", async () => {
  model.script(...openai.calls(["scheduleBlock", { title: "Workout", startTime: "2199-03-01T08:00" }]));
  model.script(...openai.says("It is on your timeline."));
  await say(tab, "Workout on 1 March at 8");
  await text(seen.answers(tab), "It is on your timeline.");
  await answered(tab);
  const other = await openTab(person, server);
  await tab.getByRole("button", { name: "New conversation" }).click();
  const dialog = tab.getByRole("dialog", { name: "Start a new conversation?" });
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await seen.answers(tab).waitFor();
  await tab.getByRole("button", { name: "New conversation" }).click();
  await dialog.getByRole("button", { name: "Delete messages" }).click();
  for (const each of [tab, other]) {
    await each.getByRole("heading", { name: "What would you like to get done?" }).waitFor();
    await seen.block(each, "Workout").waitFor();
  }
  model.script(...openai.says("Hello again."));
  await tab.getByRole("button", { name: "When am I free tomorrow?" }).click();
  await text(seen.answers(other), "Hello again.");
  assert.equal(model.requests.at(-1).body.messages.filter(({ role }) => role === "user").length, 1);
  assert.deepEqual(other.faults, []);
});

test("an answer that ended while the page was disconnected is shown in full", async () => {
  const rest = gate();
  model.script(openai.text("Half "), rest.wait, openai.text("and whole."), openai.finish(), DONE);
  const other = await openTab(person, server);
  await say(tab, "Tell me");
  await text(seen.answers(tab), /^Half$/);
  await tab.evaluate(() => dispatchEvent(new Event("offline")));
  rest.open();
  await text(seen.answers(other), "Half and whole.");
  await answered(other);
  await connected(tab);
  await text(seen.answers(tab), "Half and whole.");
  await answered(tab);
  await count(seen.answers(tab), 1);
  assert.deepEqual(other.faults, []);
});
