// The results as a table in Markdown.

import { goalOf, ranged } from "./summary.mjs";

/** One line for each measurement, with the failures below. */
export function table({ targets, failures }, rows) {
  const [base, ...others] = targets.map(({ name }) => name);
  const heads = ["what", "unit", base, ...others, ...others.map((name) => `${name} / ${base}`), "goal"];
  const lines = rows.map((row) => {
    const { cells } = row;
    const values = [base, ...others].map((name) => (cells.get(name) ? ranged(cells.get(name).spread) : ""));
    const ratios = others.map((name) => (cells.get(name)?.ratio ? ranged(cells.get(name).ratio) : ""));
    const mark = row.isMet === undefined ? "" : row.isMet ? " ✓" : " ✗";
    return [row.name, row.unit, ...values, ...ratios, goalOf(row) + mark];
  });
  const all = [heads, ...lines];
  const widths = heads.map((_, column) => Math.max(...all.map((line) => line[column].length)));
  const text = (line) => `| ${line.map((value, column) => value.padEnd(widths[column])).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  const failed = failures.map(({ scenario, target, message }) => `${target} failed in ${scenario}: ${message}`);
  return [text(heads), rule, ...lines.map(text), ...(failed.length > 0 ? ["", ...failed] : [])].join("\n");
}
