import assert from "node:assert/strict";
import { test } from "node:test";
import { commonPrefix, median, quantile, ratios, spread } from "./stats.mjs";

test("quantiles lie between neighbours, in any order of the values", () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 3]), 2.5);
  assert.equal(quantile([10, 0], 0.25), 2.5);
  assert.equal(quantile([5], 0.99), 5);
  assert.ok(Number.isNaN(median([])));
});

test("a spread is the median with the lowest and the highest value", () => {
  assert.deepEqual(spread([3, 9, 1]), { middle: 3, low: 1, high: 9 });
});

test("ratios compare values of the same round, and leave out rounds in which one failed", () => {
  assert.deepEqual(ratios([2, 9, 6], [1, 3, 2]), [2, 3, 3]);
  assert.deepEqual(ratios([2, NaN, 6, 1], [1, 3, NaN, 0]), [2]);
});

test("the common beginning of two texts", () => {
  assert.equal(commonPrefix("abcd", "abxd"), 2);
  assert.equal(commonPrefix("abc", "abcd"), 3);
  assert.equal(commonPrefix("", "a"), 0);
});
