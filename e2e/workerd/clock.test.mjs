// The clock of the tests themselves: the Worker lives at their moment, and time goes on from there.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { greeted } from "../lib/client.mjs";
import { MOMENTS, ORDINARY } from "../lib/moments.mjs";
import { startServer } from "../lib/server.mjs";

const BEGIN = Date.parse(MOMENTS[process.env.FLUX_MOMENT || ORDINARY].at);
/** More than this file takes on a busy machine. */
const A_WHILE_MS = 300_000;

let server;
before(async () => (server = await startServer({ model: { baseUrl: "http://127.0.0.1:9" } })));
after(() => server?.stop());

test("what is done is logged at the moment of the tests, and what is done later is logged later", async () => {
  const client = await greeted(server);
  const times = [Date.now()];
  for (const title of ["Workout", "Dentist"]) {
    await client.call("scheduleBlock", { title, startTime: "2199-03-01T08:00" });
    const { events } = await client.call("getEvents", { limit: 100 });
    times.push(Date.parse(events.find(({ payload }) => payload.block?.title === title).at), Date.now());
  }
  await client.close();
  assert.ok(BEGIN <= times[0] && times[0] < BEGIN + A_WHILE_MS, new Date(times[0]).toISOString());
  assert.deepEqual(times, times.toSorted((one, other) => one - other));
});
