// Temporal Flux as a target: guests with tokens, arguments by name, reports as results, and a file in place of `seed`.

import { sendFile, importProgress } from "../../e2e/lib/import.mjs";
import { sleep } from "./stats.mjs";

const tokens = new Map();

/** The token of the guest who stands for this name. Who comes again comes as the same one. */
export async function tokenOf(target, name) {
  const key = `${target.url}/${name}`;
  if (!tokens.has(key)) {
    const response = await fetch(`${target.url}/api/guest`, { method: "POST" });
    tokens.set(key, (await response.json()).token);
  }
  return tokens.get(key);
}

/** Imports a file, given as pieces of text, and waits until it is checked: that is done by jobs after the last answer. */
export async function importFile(target, name, pieces) {
  const token = await tokenOf(target, name);
  const answer = await sendFile(target, token, pieces);
  for (let state = answer.status === 202 ? "checking" : "done"; state !== "done"; await sleep(20)) {
    const progress = await importProgress(target, token);
    ({ state } = progress);
    if (state === "failed") throw new Error(`import: ${progress.problem}`);
  }
}

/** The log that scheduling these blocks one by one leaves behind, as an export has it. */
function* exported(inputs) {
  const uuid = (number) => `00000000-0000-7000-8000-${number.toString(16).padStart(12, "0")}`;
  const began = Date.now() - 3_600_000;
  let seq = 0;
  const event = (actor, txn, type, payload) => {
    seq += 1;
    const at = new Date(began + seq).toISOString();
    return `${seq > 1 ? "," : ""}${JSON.stringify({ seq, id: uuid(seq), at, actor: { by: actor }, txn: uuid(txn), type, payload })}\n`;
  };
  const plan = uuid(0xa000_0000);
  yield '{"format":"temporal-flux","version":1,"events":[';
  yield event("system", 1, "PLAN_CREATED", { plan: { id: plan, title: "My plan", createdAt: new Date(began).toISOString() } });
  yield event("system", 1, "PLAN_SWITCHED", { before: null, after: plan });
  for (const [index, { startTime: start, endTime: end, ...input }] of inputs.entries()) {
    const block = { id: uuid(0xb000_0000 + index), handle: `B${index + 1}`, plan, ...input, span: { start, end }, source: "user" };
    yield event("user", index + 2, "BLOCK_SCHEDULED", { block });
  }
  yield '],"messages":[],"causes":[]}';
}

export const FLUX = {
  path: async (name, target) => `/agents/chat/me?token=${await tokenOf(target, name)}&sync=events`,
  ready: "flux_snapshot",
  sendsHistory: true,
  calls: {
    schedule: (input) => ["scheduleBlock", input],
    update: (id, updates) => ["updateBlock", { id, updates }],
    complete: (id) => ["completeBlock", { id }],
    remove: (id) => ["deleteBlock", { id }],
  },
  result: (kind, report) => (kind === "remove" ? report.ok : report.block),
  seed: ({ target, name }, inputs) => importFile(target, name, exported(inputs)),
};
