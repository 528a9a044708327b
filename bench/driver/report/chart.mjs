// Charts as inline SVG.

const WIDTH = 920;
const LABELS = 330;
const ROW = 24;
const RIGHT = 90;

/** Text in markup. */
export const escape = (text) => String(text).replace(/[&<>"]/g, (sign) => ENTITIES[sign]);
const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** The powers of ten, with 2 and 5 times each, between two numbers. */
export function ticks(low, high) {
  const all = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    for (const digit of [1, 2, 5]) all.push(Number((digit * 10 ** power).toPrecision(1)));
  }
  const within = all.filter((value) => value >= low && value <= high);
  return within.length > 8 ? within.filter((value) => Number.isInteger(Math.round(Math.log10(value) * 1e9) / 1e9)) : within;
}

/**
 * Bars on a logarithmic scale, around the line at 1. `rows` are `{ label, goal?, bars: [{ series, middle, low, high }] }`.
 * `series` gives the names in the order of their colours.
 */
export function ratioChart(rows, series) {
  const all = rows.flatMap(({ bars, goal }) => [...bars.flatMap(({ low, high }) => [low, high]), ...(goal ? [goal] : [])]);
  const [low, high] = [Math.min(0.5, ...all) / 1.1, Math.max(2, ...all) * 1.1];
  const x = (value) => LABELS + ((Math.log(value) - Math.log(low)) / (Math.log(high) - Math.log(low))) * (WIDTH - LABELS - RIGHT);
  const thick = Math.min(8, (ROW - 6) / series.length);
  const height = rows.length * ROW + 30;
  const scale = ticks(low, high).map((value) =>
    `<line class="${value === 1 ? "one" : "grid"}" x1="${x(value)}" x2="${x(value)}" y1="0" y2="${height - 24}"/>` +
    `<text class="tick" x="${x(value)}" y="${height - 8}">${value} ×</text>`);
  const body = rows.map(({ label, goal, bars }, at) => {
    const top = at * ROW + 3;
    const drawn = bars.map((bar) => {
      const index = series.indexOf(bar.series);
      const y = top + index * thick;
      const [from, to] = [Math.min(x(1), x(bar.middle)), Math.max(x(1), x(bar.middle))];
      const words = `${bar.series}: ${bar.middle.toFixed(2)} × (${bar.low.toFixed(2)}–${bar.high.toFixed(2)})`;
      return `<g><title>${escape(`${label}, ${words}`)}</title>` +
        `<rect class="s${index}" x="${from}" y="${y}" width="${Math.max(1, to - from)}" height="${thick - 1}"/>` +
        `<line class="spread" x1="${x(bar.low)}" x2="${x(bar.high)}" y1="${y + (thick - 1) / 2}" y2="${y + (thick - 1) / 2}"/></g>`;
    });
    const mark = !goal ? "" :
      `<line class="goal" x1="${x(goal)}" x2="${x(goal)}" y1="${top - 2}" y2="${top + ROW - 5}"><title>goal ${goal} ×</title></line>`;
    return `<text class="label" x="${LABELS - 8}" y="${top + ROW / 2 + 1}">${escape(label)}</text>${drawn.join("")}${mark}`;
  });
  return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img">${scale.join("")}${body.join("")}</svg>`;
}

/** Lines over a size, both on logarithmic scales; size 0 stands where 1 would. `lines` are `{ series, points: [[size, value]] }`. */
export function sizeChart(lines, series, unit) {
  const [width, height, left, bottom] = [450, 240, 60, 30];
  const points = lines.flatMap((line) => line.points);
  const sizes = [...new Set(points.map(([size]) => size))].sort((one, other) => one - other);
  const values = points.map(([, value]) => value);
  const [low, high] = [Math.min(...values) / 1.3, Math.max(...values) * 1.3];
  const x = (size) => left + (sizes.length > 1 ? (sizes.indexOf(size) / (sizes.length - 1)) * (width - left - 30) : 0);
  const y = (value) => 10 + (1 - (Math.log(value) - Math.log(low)) / (Math.log(high) - Math.log(low))) * (height - bottom - 10);
  const scale = ticks(low, high).map((value) =>
    `<line class="grid" x1="${left}" x2="${width - 20}" y1="${y(value)}" y2="${y(value)}"/>` +
    `<text class="label" x="${left - 6}" y="${y(value) + 4}">${value.toLocaleString("en-US")}</text>`);
  const axis = sizes.map((size) => `<text class="tick" x="${x(size)}" y="${height - 10}">${size.toLocaleString("en-US")}</text>`);
  const drawn = lines.map((line) => {
    const index = series.indexOf(line.series);
    const path = line.points.map(([size, value], at) => `${at === 0 ? "M" : "L"}${x(size)} ${y(value)}`).join("");
    const dots = line.points.map(([size, value]) => {
      const words = escape(`${line.series}, ${size} blocks: ${value.toPrecision(3)} ${unit}`);
      return `<circle class="s${index}" cx="${x(size)}" cy="${y(value)}" r="3.5"><title>${words}</title></circle>`;
    });
    return `<path class="l${index}" d="${path}"/>${dots.join("")}`;
  });
  return `<svg viewBox="0 0 ${width} ${height}" role="img">${scale.join("")}${axis.join("")}${drawn.join("")}</svg>`;
}
