// Creating elements, and formatting numbers and times.

/** An element. `props` are attributes, `class` among them; functions are listeners. Text stays text: nothing here reads markup.
    Children that are false or nothing are left out. */
function el(name, props, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(props ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === "function") element.addEventListener(key, value);
    else element.setAttribute(key, value === true ? "" : String(value));
  }
  element.append(...children.flat(3).filter((child) => child !== undefined && child !== null && child !== false && child !== ""));
  return element;
}

/** Text that only screen readers read. */
function spoken(text) {
  return el("span", { class: "visually-hidden" }, text);
}

function percent(share) {
  if (share === null) return "–";
  if (share < 1e-9 || share > 1 - 1e-9) return `${Math.round(100 * share)} %`;
  return `${(Math.round(1000 * share) / 10).toFixed(1)} %`;
}

function range({ low, high }) {
  return `${percent(low).replace(" %", "")}–${percent(high)}`;
}

function millis(ms) {
  if (ms < 1000) return `${ms} ms`;
  if (ms < 60000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.floor(ms / 60000)} min ${Math.floor((ms % 60000) / 1000)} s`;
}

function short(number) {
  if (number < 10000) return String(number);
  return number < 1e6 ? `${(number / 1e3).toFixed(1)}k` : `${(number / 1e6).toFixed(1)}M`;
}

function dollars(price) {
  if (price === 0) return "$0";
  return price < 1 ? `$${price.toFixed(4)}` : `$${price.toFixed(2)}`;
}

function numberOf(number, one, many) {
  return `${number} ${number === 1 ? one : many}`;
}

/** A wall-clock time (2026-03-02T10:00) with its weekday. */
function moment(wall) {
  const [date, time] = wall.split("T");
  const [year, month, day] = date.split("-").map(Number);
  const days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
  const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const weekday = days[new Date(Date.UTC(year, month - 1, day)).getUTCDay()];
  return `${weekday} ${day} ${months[month - 1]}${oneYear ? "" : ` ${year}`}, ${time}`;
}

/** From one wall-clock time to another; the date is not said twice. */
function span(start, end) {
  const sameDay = start.slice(0, 10) === end.slice(0, 10);
  return `${moment(start)}–${sameDay ? end.slice(11) : moment(end)}`;
}

/** A or B: what contenders are called where there is no room for their names. */
function letter(index) {
  return String.fromCharCode(65 + (index % 26));
}

/** How a contender is marked beside its name, where there are several. */
function badge(index) {
  return several && el("span", { class: "badge", "data-hue": index % 5, "aria-hidden": "true" }, letter(index));
}

function nameOf(who) {
  return who.prompts ? `${who.model} with ${who.prompts}` : who.model;
}

const data = document.getElementById("data").textContent;
const { manifest, summary, records } = JSON.parse(data);
/** Whether all times are of the same year, which then need not be said. */
const oneYear = new Set([...data.matchAll(/\b(\d{4})-\d\d-\d\dT/g)].map(([, year]) => year)).size < 2;
const contenders = summary.contenders;
const several = contenders.length > 1;
const indexOf = new Map(contenders.map(({ who }, index) => [JSON.stringify([who.model, who.prompts]), index]));
