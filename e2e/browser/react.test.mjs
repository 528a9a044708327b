// The published React hooks, unmodified, against the Worker: `useAgent` of `agents`, `useAgentChat` of
// `@cloudflare/ai-chat`.

import assert from "node:assert/strict";
import { join } from "node:path";
import { before, beforeEach, test } from "node:test";
import { build } from "esbuild";
import { DONE, gate, openai } from "../lib/model.mjs";
import { ROOT } from "../lib/server.mjs";
import { until } from "../lib/until.mjs";
import { count, gone, newTab, text } from "./page.mjs";
import { scriptedPage } from "./scripted.mjs";

const PAGE = '<!doctype html><title>React</title><div id="root"></div><script type="module" src="/react/app.js"></script>';

const the = scriptedPage({ open: openReact });
let model, server, person, tab;
let script;
before(async () => (script = await bundle()));
beforeEach(() => ({ model, server, person, tab } = the));

async function bundle() {
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, "e2e/browser/react/app.jsx")],
    bundle: true, write: false, format: "esm", jsx: "automatic", platform: "browser", logLevel: "warning",
    define: { "process.env.NODE_ENV": '"production"' },
  });
  return outputFiles[0].text;
}

async function openReact(person, server) {
  // The Worker's own page sets the identity; the React page is on the same origin.
  await person.request.get(server.url);
  const tab = await newTab(person);
  await tab.route("**/react/", (route) => route.fulfill({ contentType: "text/html", body: PAGE }));
  await tab.route("**/react/app.js", (route) => route.fulfill({ contentType: "text/javascript", body: script }));
  await tab.goto(`${server.url}/react/`);
  await text(status(tab, "Identity"), "chat/me");
  return tab;
}

const status = (tab, name) => tab.getByRole("status", { name });
const messages = (tab, role) => tab.getByRole("list", { name: "Messages" }).getByRole("listitem", { name: role });
const blocks = (tab) => tab.getByRole("list", { name: "Blocks" }).getByRole("listitem");
const ready = (tab) => text(status(tab, "Chat"), "ready");

async function say(tab, words) {
  await ready(tab);
  await tab.getByRole("textbox", { name: "Message" }).fill(words);
  await tab.getByRole("button", { name: "Send" }).click();
}

test("a turn is streamed with its call, the state follows, and a reload shows the history", async () => {
  const held = gate();
  model.script(...openai.calls(["scheduleBlock", { title: "Workout", startTime: "2199-03-01T08:00" }]));
  model.script(openai.text("It is "), held.wait, openai.text("on your timeline."), openai.finish(), DONE);
  await say(tab, "Workout on 1 March at 8");
  await text(messages(tab, "assistant"), "It is ");
  await text(status(tab, "Chat"), "streaming");
  const call = tab.getByRole("group", { name: "tool-scheduleBlock" });
  await text(call, "output-available");
  await text(call, "Workout");
  await text(blocks(tab), "Workout");
  held.open();
  await text(messages(tab, "assistant"), "It is on your timeline.");
  await ready(tab);

  await tab.reload();
  await text(messages(tab, "user"), "Workout on 1 March at 8");
  await text(messages(tab, "assistant"), "It is on your timeline.");
  await text(call, "output-available");
  await text(blocks(tab), "Workout");
  await count(messages(tab, "assistant"), 1);
});

test("calls change the state in every tab", async () => {
  const other = await openReact(person, server);
  await tab.getByRole("button", { name: "Schedule dentist" }).click();
  await text(status(tab, "Result"), "Dentist");
  await text(blocks(tab), "Dentist");
  await text(blocks(other), "Dentist");
  assert.deepEqual(other.faults, []);
});

test("another tab shows the question and the answer as they arrive, each once", async () => {
  const other = await openReact(person, server);
  const held = gate();
  model.script(openai.text("Half "), held.wait, openai.text("and whole."), openai.finish(), DONE);
  await say(tab, "Tell me");
  await text(messages(other, "user"), "Tell me");
  await text(messages(other, "assistant"), "Half ");
  held.open();
  for (const each of [tab, other]) {
    await text(messages(each, "assistant"), "Half and whole.");
    await ready(each);
    await count(messages(each, "user"), 1);
    await count(messages(each, "assistant"), 1);
  }
  assert.deepEqual(other.faults, []);
});

test("a page that is loaded during an answer resumes it", async () => {
  const held = gate();
  model.script(openai.text("Half "), held.wait, openai.text("and whole."), openai.finish(), DONE);
  await say(tab, "Tell me");
  await text(messages(tab, "assistant"), "Half ");
  await tab.reload();
  await text(messages(tab, "assistant"), "Half ");
  held.open();
  await text(messages(tab, "assistant"), "Half and whole.");
  await ready(tab);
  await count(messages(tab, "assistant"), 1);
});

test("an answer is stopped, regenerated, and cleared", async () => {
  const held = gate();
  model.script(openai.text("Once upon "), held.wait, openai.text("a time"), openai.finish(), DONE);
  await say(tab, "Tell me a story");
  await text(messages(tab, "assistant"), "Once upon ");
  await tab.getByRole("button", { name: "Stop" }).click();
  await ready(tab);
  await until(() => !model.requests[0].isOpen, { what: () => "the model's stream to be closed" });
  held.open();

  model.script(...openai.says("The end."));
  await tab.getByRole("button", { name: "Again" }).click();
  await text(messages(tab, "assistant"), "The end.");
  await ready(tab);
  await count(messages(tab, "assistant"), 1);
  await tab.getByRole("button", { name: "Clear" }).click();
  await gone(messages(tab, "assistant"));
  await tab.reload();
  await text(status(tab, "Identity"), "chat/me");
  await count(messages(tab, "user"), 0);
});

test("an error is reported, and the next message is answered", async () => {
  model.script({ status: 503, body: { error: { message: "overloaded" } } });
  await say(tab, "Hello?");
  await tab.getByRole("alert").waitFor();
  model.script(...openai.says("Hello."));
  await tab.getByRole("button", { name: "Again" }).click();
  await text(messages(tab, "assistant").last(), "Hello.");
  await gone(tab.getByRole("alert"));
});

test("a call that needs consent waits for it and continues in the same message", async () => {
  model.script(...openai.calls(["deletePlan", { id: "My plan" }]));
  await say(tab, "Delete my plan");
  const call = tab.getByRole("group", { name: "tool-deletePlan" });
  await text(call, "approval-requested");
  await ready(tab);
  model.script(...openai.says("It is gone."));
  await call.getByRole("button", { name: "Approve" }).click();
  await text(messages(tab, "assistant").last(), "It is gone.");
  await ready(tab);
  await count(messages(tab, "assistant"), 1);
  await text(call, /output-/);
});
