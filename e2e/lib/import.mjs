// Importing a file as the page does: in parts, and then waiting until it was checked.

import assert from "node:assert/strict";
import { until } from "./until.mjs";

const PART_BYTES = 4 << 20;

/** The address at which a person imports files. */
export const importAddress = (server, token) => `${server.url}/agents/chat/me/import?token=${token}`;

/** How far the import is. */
export const importProgress = async (server, token) => (await fetch(importAddress(server, token))).json();

/**
 * Sends a file, and returns the last response. `pieces` are the file's text in order.
 *
 * Parts end at the end of a piece, because a part has to be whole characters.
 */
export async function sendFile(server, token, pieces) {
  let [part, number, response] = ["", 0, undefined];
  const send = async (isLast) => {
    const query = `&part=${number}${isLast ? "&last" : ""}`;
    response = await fetch(importAddress(server, token) + query, { method: "POST", body: part, headers: { "content-type": "application/json" } });
    assert.ok(response.ok, `part ${number}: ${await response.clone().text()}`);
    [part, number] = ["", number + 1];
  };
  for (const piece of pieces) {
    part += piece;
    if (part.length > PART_BYTES) await send(false);
  }
  await send(true);
  return response;
}

/** Imports a file, and returns the result. */
export async function importFile(server, token, pieces, limit = 120_000) {
  await sendFile(server, token, [pieces].flat());
  const isDone = async () => {
    const progress = await importProgress(server, token);
    assert.ok(["checking", "done"].includes(progress.state), JSON.stringify(progress));
    return progress.state === "done" && progress;
  };
  return until(isDone, { limit, what: () => "the end of the import" });
}
