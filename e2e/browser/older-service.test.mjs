// A page of this version with a service of an earlier one, as after the service was rolled back: the frames have fewer fields, and the
// newest methods and arguments do not exist.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { wallTime } from "../lib/clock.mjs";
import { startServer } from "../lib/server.mjs";
import { answered, connectAs, connected, isDone, newPerson, newTab, openBrowser, picture, say, seen, text } from "./page.mjs";

/** Fields that were added to the frames of the first version. */
const NEW_FIELDS = new Set([
  "kind", "missedAt", "worked", "log", "hasMore", "hasEarlier", "connect", "reason", "retryAfter", "retry_after_ms", "causes", "goals", "prompts",
  "appointments", "rescheduleOverdue", "notice", "messageIds", "outcome", "color", "due", "notBefore", "minutes", "series", "reminders",
  "remindMinutes", "quietHours", "acceptGoals", "activityHours", "goal",
]);
/** Calls that were added since then. */
const NEW_METHODS = new Set(["rescheduleOverdue", "suggestTimes", "placeTasks", "snoozeReminder", "dismissReminder", "colorPlan", "getBlocks", "getCounts", "getAccount", "getGoals", "previewGoal", "acceptGoal", "updateGoal"]);

let server, browser;
before(async () => ([server, browser] = await Promise.all([startServer(), openBrowser()])));
after(() => Promise.all([browser?.close(), server?.stop()]));

/** A frame as the earlier version sends it. */
const older = (frame) => JSON.stringify(JSON.parse(frame), (name, value) => (NEW_FIELDS.has(name) ? undefined : value));

/** The answer of the earlier version to a frame, if it is another one than today. */
function refusal(frame) {
  const { type, id, method, args } = JSON.parse(frame);
  if (type !== "rpc") return undefined;
  const error = (text) => JSON.stringify({ type: "rpc", id, success: false, error: text });
  if (NEW_METHODS.has(method)) return error(`Method ${method} does not exist`);
  if (JSON.stringify(args).includes('"kind"')) return error("kind: there is no such argument. Nothing was changed.");
  return undefined;
}

test("a page works with the service of an earlier version, and says what that cannot do", async () => {
  const person = await newPerson(browser);
  const tab = await newTab(person);
  await tab.routeWebSocket(/\/agents\//, (socket) => {
    const service = socket.connectToServer();
    socket.onMessage((frame) => {
      const refused = refusal(frame);
      if (refused) socket.send(refused);
      else service.send(frame);
    });
    service.onMessage((frame) => socket.send(older(frame)));
  });
  await tab.goto(server.url);
  await connected(tab);
  const client = await connectAs(person, server);
  await client.call("scheduleBlock", { title: "Tax return", startTime: wallTime(-1, "06:00"), durationMinutes: 30 });
  await client.call("scheduleBlock", { title: "Dentist", kind: "appointment", startTime: wallTime(1, "16:00") });

  // It does not tell appointments from tasks, and chat and timeline work.
  await seen.done(tab, "Dentist").waitFor();
  await say(tab, "Schedule workout tomorrow at 8am");
  await answered(tab);
  await seen.block(tab, "Workout").waitFor();
  await seen.done(tab, "Workout").check();
  await isDone(tab, "Workout");

  await seen.day(tab, "Overdue").getByRole("button", { name: "Find new times" }).click();
  await text(seen.notes(tab), "This page is newer than the service");
  await seen.edit(tab, "Tax return").click();
  await seen.editor(tab, "Edit").getByLabel("Kind").selectOption("Appointment");
  await seen.editor(tab, "Edit").getByRole("button", { name: "Save" }).click();
  await text(seen.notes(tab), "there is no such argument. Nothing was changed.");
  await picture(tab, "older-service.png");
  await seen.done(tab, "Tax return").waitFor();
  assert.equal((await client.call("getTimeline")).timeline.blocks.length, 3);
  await client.close();
  assert.deepEqual(tab.faults, []);
  await person.close();
});
