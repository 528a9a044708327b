// Measurements of all rounds as rows: one for each name, with what each target measured, ratios, and whether a goal is met.

import { ratios, spread } from "../stats.mjs";

/**
 * The base of ratios is the first target. The one that goals are about is the first of the kind flux.
 *
 * A row is `{ name, scenario, unit, more, goal, cells: Map(target → { spread, ratio? }), isMet? }`.
 */
export function summary({ targets, rounds, measurements }) {
  const [base] = targets;
  const ours = targets.find(({ kind }) => kind === "flux");
  return Map.groupBy(measurements, ({ name }) => name).entries().map(([name, all]) => {
    const { scenario, unit, more, ratio, most } = all[0];
    const values = (target) => Array.from({ length: rounds }, (_, round) =>
      all.find((one) => one.target === target.name && one.round === round)?.value ?? NaN);
    const cells = new Map(targets.map((target) => [target.name, cell(values(target), target === base ? [] : values(base))]));
    const goal = base.kind === "floor" && ratio !== undefined ? { ratio } : most !== undefined ? { most } : undefined;
    return { name, scenario, unit, more, goal, cells, isMet: goal && isMet(goal, more, cells.get(ours?.name)) };
  }).toArray();
}

function cell(values, base) {
  const measured = values.filter(Number.isFinite);
  if (measured.length === 0) return undefined;
  const compared = ratios(values, base);
  return { spread: spread(measured), ratio: compared.length > 0 ? spread(compared) : undefined };
}

function isMet({ ratio, most }, more, cell) {
  const value = ratio === undefined ? cell?.spread.middle : cell?.ratio?.middle;
  if (value === undefined) return undefined;
  return more ? value >= ratio : value <= (ratio ?? most);
}

/** A number as people read it: three digits, and no fraction where it is whole or from 100 on. */
export function digits(value) {
  if (value >= 100 || Number.isInteger(value)) return Math.round(value).toLocaleString("en-US");
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** A median with its range, where there is more than one value. */
export function ranged({ middle, low, high }) {
  return low === high ? digits(middle) : `${digits(middle)} [${digits(low)}–${digits(high)}]`;
}

/** A goal in words. */
export function goalOf({ goal, more }) {
  if (!goal) return "";
  if (goal.ratio !== undefined) return `${more ? "≥" : "≤"} ${goal.ratio} ×`;
  return `≤ ${goal.most.toLocaleString("en-US")}`;
}
