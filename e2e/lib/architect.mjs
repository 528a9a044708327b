// Helpers for tests of the architect's runs.

import { greeted } from "./client.mjs";
import { openai } from "./model.mjs";
import { until } from "./until.mjs";

/** Quick retries, and a short limit for silence, but longer than a busy machine may stand still. */
export const QUICK_RUNS = { ARCHITECT_RETRY_BASE_MS: "10", ARCHITECT_SILENCE_MS: "5000" };

/** How long a run may take, including a killed process and the time until this is noticed. */
const RUN_LIMIT_MS = 60_000;

/** A good answer of a model: tasks of half an hour with these titles, one after the other. */
export function tasks(...titles) {
  const task = (title, index) => ({ title, description: `How to: ${title}.`, minutes: 30, priority: "medium",
    depends_on: index === 0 ? [] : [index], why: "It helps." });
  return JSON.stringify({ tasks: titles.map(task) });
}

/** The same as a stream. */
export const answer = (...titles) => openai.says(tasks(...titles));

/** Whether a request to the model is about a goal. */
export const isGoal = (goal) => (body) => body.response_format !== undefined && body.messages[1].content === goal;

/** Connects with `?sync=events`, as a person for whom what is planned for a goal is added without asking. */
export async function following(server, options = {}) {
  const client = await greeted(server, { ...options, query: { sync: "events", ...options.query } });
  await client.call("setSettings", { acceptGoals: true });
  return client;
}

/** The states of a run that this client saw, in order: `[type, step, percent]`. */
export function progress(client, id) {
  const events = client.frames.filter(({ type }) => type === "flux_events").flatMap(({ events }) => events);
  const of = events.filter(({ payload }) => payload.run?.id === id || payload.run === id);
  return of.map(({ type, payload }) => {
    const { step, percent } = (payload.run.state ?? payload.state);
    return [type, step, percent];
  });
}

/** The matching event of a run. */
export const runEvent = (client, fits, limit) =>
  client.find(({ type, events }) => type === "flux_events" && events.some(fits), limit);

/** A run, from `listRuns`. */
export async function runOf(client, id) {
  const { runs } = await client.call("listRuns", {});
  return runs.find((run) => run.id === id);
}

/** Waits until a run has ended and its report, if there is one, is in the chat. */
export async function ended(client, id) {
  let run;
  const what = () => `the end of a run; it is ${JSON.stringify(run)}`;
  await until(async () => {
    run = await runOf(client, id);
    return run.status !== "running";
  }, { limit: RUN_LIMIT_MS, what });
  if (run.status !== "cancelled") {
    await until(async () => (await reports(client, id)).length > 0, { limit: RUN_LIMIT_MS, what: () => "its report" });
  }
  return run;
}

/** The agent's messages in the chat about a run. */
export async function reports(client, id) {
  const messages = await client.call("getMessages");
  return messages.filter(({ metadata }) => metadata?.run === id).map(({ parts }) => parts[0].text);
}

/** The blocks that runs added, by start. */
export async function added(client) {
  const { timeline } = await client.call("getTimeline");
  return timeline.blocks.filter(({ source }) => source === "architect");
}
