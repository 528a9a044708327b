// Statements, and rows as they are billed, of each operation.

import { countAll } from "../counts.mjs";
import { metric } from "../measure.mjs";

/** Needs a process that counts. */
export async function rows(target, { quick }) {
  const counts = Object.entries(await countAll(target, { times: quick ? 1 : 3 }));
  return counts.flatMap(([name, { statements, read, written }]) => [
    metric(`${name}, statements`, "statements", statements),
    metric(`${name}, rows read`, "rows", read),
    metric(`${name}, rows written`, "rows", written),
  ]);
}
