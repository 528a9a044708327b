// A person's data that cannot be opened for a while: nothing is lost, clients are told to try again, and then all is well.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { connect, greeted } from "../lib/client.mjs";
import { ROOT, startServer } from "../lib/server.mjs";

let server;
before(async () => (server = await startServer({ entry: join(ROOT, "e2e/lib/sql-entry.mjs") })));
after(() => server?.stop());

/** Runs a statement on the person's database; with `again`, the object is then made anew. */
const sql = (token, statement, again = false) =>
  fetch(`${server.url}/agents/chat/me/get-messages?token=${token}`, {
    headers: { "x-sql": statement, ...(again && { "x-again": "yes" }) },
  });

test("a failure to open is not remembered, and clients are told to try again", async () => {
  const client = await greeted(server);
  const { token } = client;
  await client.call("scheduleBlock", { title: "Workout", startTime: "2035-03-01T08:00" });
  // As if a newer version of the service had written the database.
  await sql(token, "INSERT INTO migrations VALUES (999)", true);

  const response = await fetch(`${server.url}/agents/chat/me/get-messages?token=${token}`);
  assert.equal(response.status, 500);
  assert.match(await response.text(), /Nothing was lost; try again/);
  const refused = await connect(server, { token });
  assert.equal((await refused.closed).code, 1011, "clients connect again after this code");

  await sql(token, "DELETE FROM migrations WHERE version = 999");
  const again = await greeted(server, { token });
  assert.equal((await again.call("getTimeline")).timeline.blocks.length, 1, "the same object opens its data");
});
