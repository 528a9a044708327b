import assert from "node:assert/strict";
import { test } from "node:test";
import { escape, ratioChart, ticks } from "./chart.mjs";
import { page } from "./page.mjs";
import { digits, goalOf, ranged, summary } from "./summary.mjs";
import { table } from "./table.mjs";

const measured = (target, round, value, more = {}) =>
  ({ round, scenario: "edit", target, name: "edit, CPU, 0 blocks", unit: "ms", value, ratio: 1.8, ...more });
const RESULTS = {
  began: "2026-11-29T10:00:00.000Z", node: "v24", rounds: 3, disturbance: [{ seconds: 2, cores: 0.5 }],
  targets: [{ name: "floor", kind: "floor" }, { name: "ours", kind: "flux" }],
  measurements: [
    measured("floor", 0, 1), measured("floor", 1, 2), measured("floor", 2, 1),
    measured("ours", 0, 1.5), measured("ours", 1, 3.4), measured("ours", 2, 1.6),
    { round: 0, scenario: "import", target: "ours", name: "import of 10,000 events, CPU", unit: "ms", value: 1_234, most: 1_000 },
  ],
  failures: [{ scenario: "edit, 10 blocks", target: "peer", message: "<too large>" }],
};

test("a row has medians, ratios of the same round, and whether the goal is met", () => {
  const [edit, importing] = summary(RESULTS);
  assert.deepEqual(edit.cells.get("floor"), { spread: { middle: 1, low: 1, high: 2 }, ratio: undefined });
  assert.deepEqual(edit.cells.get("ours").ratio, { middle: 1.6, low: 1.5, high: 1.7 });
  assert.deepEqual([edit.isMet, importing.isMet, importing.cells.get("floor")], [true, false, undefined]);
});

test("a goal in a ratio holds against the floor only", () => {
  const targets = [{ name: "floor", kind: "flux" }, { name: "ours", kind: "flux" }];
  const [edit, importing] = summary({ ...RESULTS, targets });
  assert.deepEqual([edit.goal, importing.goal], [undefined, { most: 1_000 }]);
});

test("where more is better, a goal is the least", () => {
  const rate = (target, value) => measured(target, 0, value, { name: "edits pipelined", ratio: 0.6, more: true });
  const rows = (ours) => summary({ ...RESULTS, rounds: 1, measurements: [rate("floor", 100), rate("ours", ours)] });
  assert.deepEqual([rows(61)[0].isMet, rows(59)[0].isMet, goalOf(rows(61)[0])], [true, false, "≥ 0.6 ×"]);
});

test("numbers have three digits, and ranges where there are several", () => {
  assert.deepEqual([12_345.6, 99.96, 1.234, 7, 0].map(digits), ["12,346", "100.0", "1.23", "7", "0"]);
  assert.equal(ranged({ middle: 2, low: 1, high: 3.5 }), "2 [1–3.50]");
  assert.equal(ranged({ middle: 2, low: 2, high: 2 }), "2");
});

test("the table names targets, goals and failures", () => {
  const text = table(RESULTS, summary(RESULTS));
  assert.match(text, /^\| what +\| unit \| floor +\| ours +\| ours \/ floor +\| goal +\|$/m);
  assert.match(text, /\| edit, CPU, 0 blocks +\| ms +\| 1 \[1–2\] \| 1\.60 \[1\.50–3\.40\] \| 1\.60 \[1\.50–1\.70\] \| ≤ 1\.8 × ✓ \|/);
  assert.match(text, /^peer failed in edit, 10 blocks: <too large>$/m);
});

test("the page needs nothing else, and shows no markup of others", () => {
  const html = page(RESULTS, summary(RESULTS));
  assert.doesNotMatch(html, /<script|https?:|src=|@import|<too large>/);
  assert.match(html, /&lt;too large&gt;/);
  assert.match(html, /<svg/);
  assert.match(html, /other programs used 0\.50 cores/);
});

test("ticks are round numbers within the range, and not too many", () => {
  assert.deepEqual(ticks(0.4, 6), [0.5, 1, 2, 5]);
  assert.deepEqual(ticks(0.01, 1_000), [0.01, 0.1, 1, 10, 100, 1_000]);
});

test("a chart without ratios below or above 1 has finite coordinates", () => {
  const chart = ratioChart([{ label: "a & b", goal: undefined, bars: [{ series: "ours", middle: 1, low: 1, high: 1 }] }], ["floor", "ours"]);
  assert.doesNotMatch(chart, /NaN|Infinity/);
  assert.ok(chart.includes(escape("a & b")));
});
