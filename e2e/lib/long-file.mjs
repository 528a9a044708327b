// Files that take long to import.

const id = (number) => `00000000-0000-7000-8000-${number.toString(16).padStart(12, "0")}`;

/**
 * The file of a person with this number of events: blocks that are added, renamed and completed, and changes that are undone.
 *
 * `person` is the export of somebody who has only opened the page.
 */
export function* longFile(person, events) {
  const [plan] = person.events.map(({ payload }) => payload.plan);
  const blocks = [];
  let seq = 0;
  const line = (kind, payload, txn, actor = { by: "user" }) => {
    seq += 1;
    const at = new Date(Date.parse(person.events[0].at) - 3_600_000 + seq).toISOString();
    return `${seq > 1 ? "," : ""}\n${JSON.stringify({ seq, id: id(seq), at, actor, txn: id(txn), type: kind, payload })}`;
  };
  yield '{"format":"temporal-flux","version":1,"events":[';
  yield line("PLAN_CREATED", { plan }, 1, { by: "system" });
  yield line("PLAN_SWITCHED", { before: null, after: plan.id }, 1, { by: "system" });
  const start = Date.parse("2026-01-05T08:00:00.000Z");
  const span = (number, moved = 0) => {
    const from = start + (number * 30 + moved) * 60_000;
    return { start: new Date(from).toISOString(), end: new Date(from + 1_800_000).toISOString() };
  };
  while (seq < events) {
    const kind = blocks.length < 50_000 && seq % 3 === 0 ? "add" : ["rename", "complete", "undo"][seq % 7 % 3];
    const place = (seq * 7_919) % Math.max(blocks.length, 1);
    if (kind === "add" || blocks.length === 0) {
      const number = blocks.length;
      const block = {
        id: id(0xb000_0000 + number), handle: `B${number + 1}`, plan: plan.id, title: `Task ${number}`, span: span(number),
        priority: "medium", source: "user",
      };
      blocks.push(block);
      yield line("BLOCK_SCHEDULED", { block }, seq + 1);
      continue;
    }
    const before = blocks[place];
    if (kind === "complete") {
      const after = { ...before };
      if (before.completedAt) delete after.completedAt;
      else after.completedAt = "2026-06-01T08:00:00Z";
      blocks[place] = after;
      yield line(before.completedAt ? "BLOCK_REOPENED" : "BLOCK_COMPLETED", { before, after }, seq + 1);
      continue;
    }
    const after = { ...before, title: `Task ${place}, change ${seq}` };
    const txn = seq + 1;
    yield line("BLOCK_UPDATED", { before, after }, txn);
    if (kind === "rename" || seq >= events) {
      blocks[place] = after;
      continue;
    }
    const change = { type: "BLOCK_UPDATED", payload: { before: after, after: before } };
    yield line("UNDONE", { txn: id(txn), change }, seq + 1);
  }
  yield '\n],"messages":[],"causes":[]}\n';
}
