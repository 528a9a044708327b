// A page against a scripted model, for the tests of one file.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach } from "node:test";
import { startModel } from "../lib/model.mjs";
import { startServer } from "../lib/server.mjs";
import { newPerson, openBrowser, openTab } from "./page.mjs";

/**
 * Starts model, server and browser before the tests of the calling file and stops them afterwards. Each test has its own
 * person and tab, and fails if a script in the tab fails. `open(person, server)` opens the tab if it is not simply the
 * product's page; `isDebugging` is as for `newPerson`. Returns `{ model, server, browser, person, tab }`, whose fields are set when a test runs.
 */
export function scriptedPage({ vars = {}, open = openTab, isDebugging = false } = {}) {
  const the = {};
  before(async () => {
    the.model = await startModel();
    const options = { model: { baseUrl: the.model.baseUrl }, vars: { MODEL_RETRIES: "0", ...vars } };
    [the.server, the.browser] = await Promise.all([startServer(options), openBrowser()]);
  });
  after(() => Promise.all([the.browser?.close(), the.server?.stop(), the.model?.stop()]));
  beforeEach(async () => {
    the.model.reset();
    the.person = await newPerson(the.browser, { isDebugging });
    the.tab = await open(the.person, the.server);
  });
  afterEach(async () => {
    assert.deepEqual(the.tab.faults, []);
    await the.person.close();
  });
  return the;
}
