import assert from "node:assert/strict";
import { test } from "node:test";
import { bill, freeLimits, monthly, neurons, peopleAtRate } from "./bill.mjs";

const PRICES = {
  base: 5,
  items: {
    rowsWritten: { included: 1_000, per: 100, price: 2, free: 100 },
    storedGb: { included: 1, per: 1, price: 0.5, isStored: true, free: 2 },
    neurons: { included: 300, per: 1_000, price: 1, free: 10 },
  },
  neuronsPerMillion: { input: 1_000_000, output: 2_000_000 },
  modelRequestsPerMinute: { limit: 300 },
};
const DAY = { rowsWritten: 20, storedBytes: 1e6, inputTokens: 3, outputTokens: 1, modelRequests: 10 };

test("tokens are billed as neurons", () => assert.equal(neurons(DAY, PRICES), 5));

test("a month has 30 days, and storage is that of a year", () => {
  assert.deepEqual(monthly(DAY, PRICES), { rowsWritten: 600, neurons: 150, storedGb: 0.365 });
});

test("what is included is not billed", () => {
  assert.deepEqual(bill(DAY, PRICES, 1), { items: { rowsWritten: 0, storedGb: 0, neurons: 0 }, base: 5, total: 5 });
  const { items, total } = bill(DAY, PRICES, 10);
  assert.deepEqual([items.rowsWritten, items.neurons], [100, 1.2]);
  assert.ok(Math.abs(items.storedGb - 1.325) < 1e-9 && Math.abs(total - 107.525) < 1e-9);
});

test("the limit that is enough for the fewest people comes first", () => {
  assert.deepEqual(freeLimits(DAY, PRICES), [
    { item: "neurons", people: 2 }, { item: "rowsWritten", people: 5 }, { item: "storedGb", people: 5 },
  ]);
});

test("a rate limit is reached in the busiest hour", () => assert.equal(peopleAtRate(DAY, PRICES, 0.5), 3_600));
