// A conversation of 500 messages, of which the page loads the newest and, when it is scrolled to the top, earlier ones.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { greeted } from "../lib/client.mjs";
import { ZONE } from "../lib/clock.mjs";
import { startServer } from "../lib/server.mjs";
import { until } from "../lib/until.mjs";
import { answered, connectAs, connected, gone, newPerson, openBrowser, openTab, say, seen, text } from "./page.mjs";

const MESSAGES = 500;

let server, browser;
before(async () => ([server, browser] = await Promise.all([startServer(), openBrowser()])));
after(() => Promise.all([browser?.close(), server?.stop()]));

/** The token of a person with a long conversation, which is imported from a file. */
async function talker() {
  const client = await greeted(server);
  await client.call("setSettings", { timeZone: ZONE });
  const file = await (await fetch(`${server.url}/agents/chat/me/export?token=${client.token}`)).json();
  const messages = Array.from({ length: MESSAGES }, (_, number) => ({
    at: file.exportedAt,
    message: {
      id: `m${number}`, role: number % 2 ? "assistant" : "user",
      parts: [{ type: "text", text: `Message ${number}.\n\n${"And so on. ".repeat(20)}` }],
    },
  }));
  const other = await greeted(server);
  const response = await fetch(`${server.url}/agents/chat/me/import?token=${other.token}`, {
    method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ ...file, messages }),
  });
  assert.equal(response.status, 200, await response.text());
  await Promise.all([client.close(), other.close()]);
  return other.token;
}

test("scrolling up loads earlier messages, and what is read stays in its place", async () => {
  const person = await newPerson(browser);
  await person.addCookies([{ name: "flux", value: await talker(), url: server.url }]);
  const tab = await openTab(person, server);
  const log = seen.conversation(tab);
  const messages = log.getByRole("article");
  const message = (number) => messages.filter({ hasText: `Message ${number}.` });
  const top = async (number) => (await message(number).boundingBox()).y;
  const scrollUp = () => log.evaluate((element) => (element.scrollTop = 0));
  await message(499).waitFor();
  assert.equal(await messages.count(), 200, "the newest ones");
  assert.equal(await log.evaluate((element) => element.scrollHeight - element.scrollTop - element.clientHeight < 2), true);

  // The first message that is loaded stays where it is while those before it are added.
  await scrollUp();
  const before = await top(300);
  await message(250).waitFor();
  assert.ok(Math.abs((await top(300)) - before) <= 2, `it moved from ${before} to ${await top(300)}`);

  // What somebody says meanwhile in another tab does not remove them.
  const other = await connectAs(person, server);
  await other.chat("hello");
  await message(499).waitFor();
  await until(async () => (await messages.count()) === 252, { what: () => "the new messages after those that are loaded" });
  assert.ok(Math.abs((await top(300)) - before) <= 2, "it moved when a message was added at the end");
  await other.close();

  for (const number of [200, 150, 100, 50, 0]) {
    await scrollUp();
    await message(number).waitFor();
  }
  await scrollUp();
  await gone(tab.getByRole("button", { name: "Earlier messages" }));
  assert.equal(await messages.count(), MESSAGES + 2);
  const order = await messages.allInnerTexts();
  const numbers = order.map((words) => Number(words.match(/Message (\d+)\./)?.[1])).filter(Number.isFinite);
  assert.deepEqual(numbers, Array.from({ length: MESSAGES }, (_, number) => number));

  // A message is answered at the end, and the earlier ones are there after a reload, page by page.
  await say(tab, "help");
  await answered(tab);
  assert.equal(await messages.count(), MESSAGES + 4);
  await tab.reload();
  await connected(tab);
  await text(seen.said(tab).last(), "help");
  await tab.getByRole("button", { name: "Earlier messages" }).click();
  await message(260).waitFor();
  assert.deepEqual(tab.faults, []);
  await person.close();
});
