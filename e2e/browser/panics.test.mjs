// The program panics in the middle of an answer. It is started anew (agent/shim.mjs), and the page goes on.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { gate, openai, startModel } from "../lib/model.mjs";
import { panic, startSuite } from "../lib/suite.mjs";
import { answered, count, newPerson, openBrowser, openTab, picture, say, seen, text } from "./page.mjs";

let model, server, browser;
before(async () => {
  model = await startModel();
  const options = { model: { baseUrl: model.baseUrl }, vars: { MODEL_RETRIES: "0" } };
  [server, browser] = await Promise.all([startSuite(options), openBrowser()]);
});
after(() => Promise.all([browser?.close(), server?.stop(), model?.stop()]));

test("a panic in the middle of an answer is shown as an interruption, and the message can be tried again", async () => {
  const person = await newPerson(browser);
  const tab = await openTab(person, server);
  const never = gate();
  model.script(openai.text("One, two, "), never.wait);
  await say(tab, "Count to three");
  await text(seen.answers(tab), "One, two,");

  await panic(server, 1);
  await text(seen.answers(tab), "Interrupted");
  await text(seen.answers(tab), "One, two,");
  never.open();
  await picture(tab, "panic.png");

  model.script(...openai.says("One, two, three."));
  await seen.retry(tab).click();
  await text(seen.answers(tab), "One, two, three.");
  await answered(tab);
  await count(seen.said(tab), 1);
  await count(seen.answers(tab), 1);
  assert.deepEqual(tab.faults, []);
  await person.close();
});
