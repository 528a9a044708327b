// A second, independent implementation of the log's reducer, for checks: the blocks after these events.

/** Blocks by id. */
export function replay(events) {
  const blocks = new Map();
  for (const { type, payload } of events) apply(blocks, type, payload);
  return blocks;
}

function apply(blocks, type, payload) {
  switch (type) {
    case "BLOCK_SCHEDULED":
      return blocks.set(payload.block.id, payload.block);
    case "BLOCK_DELETED":
      return blocks.delete(payload.block.id);
    case "BLOCK_UPDATED":
    case "BLOCK_MOVED":
    case "BLOCK_COMPLETED":
    case "BLOCK_MISSED":
    case "BLOCK_REOPENED":
      return blocks.set(payload.after.id, payload.after);
    case "UNDONE":
    case "REDONE":
      return apply(blocks, payload.change.type, payload.change.payload);
    case "PLAN_CREATED":
    case "PLAN_SWITCHED":
    case "SETTINGS_CHANGED":
      return undefined;
    default:
      throw new Error(`the tests make no event of type ${type}`);
  }
}
