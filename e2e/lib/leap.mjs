// Moving the clock of a running Worker, whose memory stays: what it has fetched, and open connections.

import { join } from "node:path";
import { ROOT, startServer } from "./server.mjs";

/** Starts a server whose clock can be moved. */
export const startLeaping = (options = {}) => startServer({ ...options, entry: join(ROOT, "e2e/lib/leaping-entry.mjs") });

/** Moves the clock of such a server forward by so many ms. Several leaps add up. */
export async function leap(server, ms) {
  const response = await fetch(`${server.url}/healthz`, { headers: { "x-leap-ms": String(ms) } });
  if ((await response.text()) !== "done") throw new Error("the clock of this server cannot be moved");
}
