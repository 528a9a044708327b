// Whether what is stored about a person agrees: the log, the timeline and the conversation.

import assert from "node:assert/strict";
import { greeted, guest } from "./client.mjs";
import { importFile } from "./import.mjs";

/** Everything that is stored about a person, as their export. */
export async function exported(server, token) {
  const response = await fetch(`${server.url}/agents/chat/me/export`, { headers: { authorization: `Bearer ${token}` } });
  const text = await response.text();
  assert.equal(response.status, 200, text);
  return JSON.parse(text);
}

/** Another object that reads the same log has the same timeline. */
export async function agreesElsewhere(server, client, file) {
  const other = await guest(server);
  await importFile(server, other.token, JSON.stringify({ ...file, messages: [], causes: [] }));
  const reader = await greeted(server, { token: other.token });
  const [mine, theirs] = [await client.call("getTimeline"), await reader.call("getTimeline")];
  assert.deepEqual(mine.timeline, theirs.timeline);
  await reader.close();
}

/** The conversation and the log tell of the same calls, and no call is open for ever. */
export function callsAgree({ events, messages: stored }) {
  const messages = stored.map(({ message }) => message);
  const calls = messages.flatMap(({ parts }) => parts.filter(({ toolCallId }) => toolCallId));
  const unfinished = calls.filter(({ state }) => ["input-streaming", "input-available", "approval-responded"].includes(state));
  const waiting = new Set(messages.filter(({ parts }) => parts.some(({ state }) => state === "approval-requested")));
  const isWaiting = (call) => [...waiting].some(({ parts }) => parts.includes(call));
  assert.deepEqual(unfinished.filter((call) => !isWaiting(call)), [], "no call is open for ever");
  const carriedOut = calls.filter(({ output }) => output?.ok).map(({ toolCallId }) => toolCallId);
  const logged = new Set(events.filter(({ actor }) => actor.by === "assistant").map(({ actor }) => actor.toolCall));
  assert.deepEqual(carriedOut.sort(), [...logged].sort(), "the calls that were carried out are those in the log");
}
