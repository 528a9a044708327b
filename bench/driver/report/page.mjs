// The results as one page that needs nothing else: no script, no network.

import { escape, ratioChart, sizeChart } from "./chart.mjs";
import { goalOf, ranged } from "./summary.mjs";

const STYLE = `
  :root { color-scheme: light dark; --ink: #1f2430; --soft: #667; --line: #d9dce3; --paper: #fff; --good: #18794e; --bad: #c62a2f;
    --c0: #8b8fa3; --c1: #d9822b; --c2: #3056d3; --c3: #18794e; }
  @media (prefers-color-scheme: dark) { :root { --ink: #e8eaf0; --soft: #9aa0b0; --line: #363b48; --paper: #171a21; --good: #4cc38a;
    --bad: #ff6369; --c1: #f0a35e; --c2: #8aa4ff; --c3: #4cc38a; } }
  body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 76rem; margin: 2rem auto; padding: 0 1rem; }
  h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2.5rem; } p, figcaption { color: var(--soft); }
  .wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: .85rem; font-variant-numeric: tabular-nums; }
  th, td { padding: .3rem .6rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
  th:first-child, td:first-child { text-align: left; white-space: normal; min-width: 15rem; }
  .met { color: var(--good); } .missed { color: var(--bad); font-weight: 600; }
  figure { margin: 1rem 0; } .pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: 1rem; }
  svg { width: 100%; height: auto; } svg text { font-size: 11px; fill: var(--soft); }
  .label { text-anchor: end; } .tick { text-anchor: middle; }
  .grid { stroke: var(--line); } .one { stroke: var(--soft); stroke-width: 1.5; } .spread { stroke: var(--ink); stroke-width: 1.2; opacity: .7; }
  .goal { stroke: var(--bad); stroke-width: 2; } path { fill: none; stroke-width: 2; }
  .s0 { fill: var(--c0); } .s1 { fill: var(--c1); } .s2 { fill: var(--c2); } .s3 { fill: var(--c3); }
  .l0 { stroke: var(--c0); } .l1 { stroke: var(--c1); } .l2 { stroke: var(--c2); } .l3 { stroke: var(--c3); }
  .key span { display: inline-block; margin-right: 1.2rem; } .key i { display: inline-block; width: .8rem; height: .8rem; border-radius: 2px; margin-right: .4rem; }
`;

/** The whole page. */
export function page(results, rows) {
  const names = results.targets.map(({ name }) => name);
  const [base] = names;
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Benchmark of Temporal Flux</title>
<style>${STYLE}</style>
<h1>Benchmark of Temporal Flux</h1>
<p>${results.began.slice(0, 16).replace("T", " ")} UTC, ${results.rounds} ${results.rounds === 1 ? "round" : "rounds"}, Node ${escape(results.node)}.
Medians, with the lowest and highest round in brackets. Ratios compare values of the same round. ${disturbance(results)}</p>
<p class="key">${names.map((name, at) => `<span><i style="background: var(--c${at})"></i>${escape(name)}</span>`).join("")}</p>
${goals(rows, names)}
${sizes(rows, names)}
<h2>All measurements</h2>
<div class="wide">${everything(rows, names)}</div>
${failures(results)}
<p>Ratios are to ${escape(base)}. See bench/README.md for what each measurement is.</p>
</html>
`;
}

/** How busy other programs kept the machine, which is what a reader needs to trust the numbers. */
function disturbance({ disturbance }) {
  if (disturbance.length === 0) return "";
  const seconds = disturbance.reduce((sum, one) => sum + one.seconds, 0);
  const cores = disturbance.reduce((sum, one) => sum + one.cores * one.seconds, 0) / seconds;
  return `Meanwhile other programs used ${cores.toFixed(2)} cores.`;
}

function goals(rows, names) {
  const [base, ...others] = names;
  const compared = rows.filter(({ cells, scenario }) => scenario !== "rows" && others.some((name) => cells.get(name)?.ratio));
  if (compared.length === 0) return "";
  const drawn = compared.map(({ name, goal, cells }) => {
    const bars = others.filter((other) => cells.get(other)?.ratio?.low > 0).map((series) => ({ series, ...cells.get(series).ratio }));
    return { label: name, goal: goal?.ratio, bars };
  });
  return `<h2>Compared with ${escape(base)}</h2><figure class="wide">${ratioChart(drawn, names)}
    <figcaption>Logarithmic. A thin line is the range over the rounds, a red mark the goal.</figcaption></figure>`;
}

/** The measurements that are made in timelines of several sizes. */
function sizes(rows, names) {
  const series = Map.groupBy(rows.filter(({ name }) => /, [\d,]+ blocks$/.test(name)), ({ name }) => name.replace(/, [\d,]+ blocks$/, ""));
  const charts = [...series].filter(([, all]) => all.length > 1).map(([name, all]) => {
    const lines = names.map((target) => ({
      series: target,
      points: all.filter(({ cells }) => cells.get(target)?.spread.middle > 0)
        .map((row) => [Number(/([\d,]+) blocks$/.exec(row.name)[1].replaceAll(",", "")), row.cells.get(target).spread.middle]),
    })).filter(({ points }) => points.length > 0);
    return `<figure><figcaption>${escape(name)} (${all[0].unit}) by the number of blocks</figcaption>${sizeChart(lines, names, all[0].unit)}</figure>`;
  });
  return charts.length === 0 ? "" : `<h2>By the size of the timeline</h2><div class="pair">${charts.join("")}</div>`;
}

function everything(rows, names) {
  const [base, ...others] = names;
  const heads = ["what", "unit", ...names, ...others.map((name) => `${name} / ${base}`), "goal"];
  const lines = rows.map((row) => {
    const values = names.map((name) => row.cells.get(name) && ranged(row.cells.get(name).spread));
    const ratios = others.map((name) => row.cells.get(name)?.ratio && ranged(row.cells.get(name).ratio));
    const mark = row.isMet === undefined ? "" : row.isMet ? "met" : "missed";
    const cells = [row.name, row.unit, ...values, ...ratios].map((text) => `<td>${escape(text ?? "")}</td>`);
    return `<tr>${cells.join("")}<td class="${mark}">${escape(goalOf(row))} ${mark}</td></tr>`;
  });
  return `<table><thead><tr>${heads.map((head) => `<th>${escape(head)}</th>`).join("")}</tr></thead><tbody>${lines.join("\n")}</tbody></table>`;
}

function failures({ failures }) {
  if (failures.length === 0) return "";
  const items = failures.map(({ scenario, target, message }) => `<li>${escape(`${target}, ${scenario}: ${message}`)}</li>`);
  return `<h2>What failed</h2><ul>${items.join("")}</ul>`;
}
