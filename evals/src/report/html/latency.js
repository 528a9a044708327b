// Histograms of waiting times, on a scale of 1, 2, 5, 10, 20, 50 …

/** The upper ends of the classes into which all of `times` fall, without empty ones at either side. */
function classes(times) {
  const ends = [];
  for (let ten = 1; ten <= 1e7; ten *= 10) ends.push(ten, 2 * ten, 5 * ten);
  const of = (time) => ends.findIndex((end) => time < end);
  const [low, high] = times.reduce(([low, high], time) => [Math.min(low, time), Math.max(high, time)], [Infinity, 0]);
  return ends.slice(of(low), of(high) + 1);
}

function shortMillis(ms) {
  return ms < 1000 ? `${ms} ms` : `${ms / 1000} s`;
}

function histogram(title, times, ends, spread) {
  const counts = ends.map((end, index) => times.filter((time) => time < end && (index === 0 || time >= ends[index - 1])).length);
  const most = Math.max(...counts, 1);
  const columns = counts.map((count, index) => {
    const column = el("div", { class: "column" });
    column.style.height = `${(100 * count) / most}%`;
    const from = index === 0 ? "under" : `${shortMillis(ends[index - 1])} to`;
    return el("div", { class: "slot", title: `${from} ${shortMillis(ends[index])}: ${numberOf(count, "turn", "turns")}` },
      el("div", { class: "stand" }, count > 0 && el("span", { class: "count" }, String(count)), column),
      // Only powers of ten are labelled.
      el("span", { class: "tick" }, String(ends[index]).startsWith("1") && index < ends.length - 1 && shortMillis(ends[index])));
  });
  return el("div", { class: "histogram" },
    el("p", {}, title, el("small", {}, ` half within ${millis(spread.p50)}, 95 % within ${millis(spread.p95)}`)),
    el("div", { class: "columns", "aria-hidden": "true" }, columns));
}

function latency() {
  const turns = (index) => records.filter((record) => contender(record) === index).flatMap((record) => record.turns);
  const totals = contenders.map((_, index) => turns(index).map((turn) => turn.cost.total_ms));
  const firsts = contenders.map((_, index) => turns(index).flatMap((turn) => turn.cost.first_ms ?? []));
  const all = [...totals.flat(), ...firsts.flat()];
  if (all.length === 0) return undefined;
  const ends = classes(all);
  const one = ({ who, overall }, index) => el("div", { class: "waits", "data-hue": index % 5 },
    several && el("p", { class: "waits-who" }, badge(index), nameOf(who)),
    overall.first_ms && histogram("First word", firsts[index], ends, overall.first_ms),
    overall.total_ms && histogram("Whole turn", totals[index], ends, overall.total_ms));
  return el("figure", { class: "chart wide" }, el("figcaption", {}, "How long turns take"), contenders.map(one));
}

/** Whose attempt it is, as an index of the contenders. */
function contender(record) {
  return indexOf.get(JSON.stringify([record.model, record.prompts]));
}
