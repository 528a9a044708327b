// The blocks of a timeline that grows.

const BASE = Date.UTC(2026, 0, 5, 8);

/** The block with this number, as arguments of scheduleBlock: an hour after the one before, and as long as an ordinary one. */
export function block(number) {
  const start = BASE + number * 3_600_000;
  return {
    title: `Focus block ${number}`,
    description: `Work through chapter ${number % 40} and write down three questions`,
    priority: ["high", "medium", "low"][number % 3],
    tags: ["work", "deep"],
    startTime: new Date(start).toISOString(),
    endTime: new Date(start + 45 * 60_000).toISOString(),
  };
}
