// The unchanged Worker, but a request with the header `x-leap-ms` moves its clock so far. Replaces agent/entry.mjs and is run in
// its folder. The test's side is `leap` in e2e/lib/leap.mjs.

import { architect } from "./architect.mjs";
import Built, { ArchitectRun } from "./build/index.js";
import { shiftDate } from "./shift-date.mjs";

export * from "./build/index.js";
export const Architect = architect(ArchitectRun);

export default class extends Built {
  fetch(request) {
    const ms = request.headers.get("x-leap-ms");
    if (ms === null) return super.fetch(request);
    shiftDate(Number(ms));
    return new Response("done");
  }
}
