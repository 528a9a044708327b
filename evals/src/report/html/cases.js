// The cases, and the filters that narrow them. The filters are in the address, so that a link shows the same cases.

const FILTERS = ["outcome", "suite", "category", "tag", "check", "who", "text"];
const ALL_OUTCOMES = { "": "All", failed: "Failed", mixed: "Mixed", passed: "Passed", fault: "Faults" };

/** Every case once, with its attempts in order. */
const cases = [...Map.groupBy(records, (record) => record.case)].map(([id, attempts]) => ({ id, attempts, ...attempts[0] }));
const state = Object.fromEntries(FILTERS.map((name) => [name, ""]));
let opened = "";

/** All text of a case, for the search; made when it is first wanted. */
function textOf(item) {
  item.text ??= JSON.stringify([item.id, item.attempts.map(({ turns, fault }) => [fault, turns.map(({ said, reply, error, calls, verdicts }) => [said, reply, error, calls, verdicts])])]).toLowerCase();
  return item.text;
}

/** The attempts that count: those of the contender, where one is chosen. */
function counted(item) {
  return state.who === "" ? item.attempts : item.attempts.filter((record) => String(contender(record)) === state.who);
}

function hasOutcome(attempts, outcome) {
  const some = (kind) => attempts.some((record) => standing(record) === kind);
  switch (outcome) {
    case "failed": return some("failed");
    case "mixed": return some("failed") && some("passed");
    case "passed": return attempts.every((record) => record.passed);
    case "fault": return some("fault");
    default: return true;
  }
}

function fits(item) {
  const attempts = counted(item);
  const failedCheck = (record) => record.turns.some((turn) => turn.verdicts.some(({ check, passed }) => !passed && check === state.check));
  return attempts.length > 0
    && (state.suite === "" || item.suite === state.suite)
    && (state.category === "" || item.category === state.category)
    && (state.tag === "" || (item.tags ?? []).includes(state.tag))
    && (state.check === "" || attempts.some(failedCheck))
    && (state.text === "" || state.text.toLowerCase().split(/\s+/).every((word) => textOf(item).includes(word)));
}

/** Sets one filter, from a chart, and goes to the cases. */
function narrow(filter, value) {
  for (const name of FILTERS) state[name] = name === "who" ? state.who : "";
  state[filter] = value;
  show();
  goToCases();
}

function goToCases() {
  const title = document.getElementById("cases-title");
  title.scrollIntoView();
  title.focus({ preventScroll: true });
}

function row(item) {
  const groups = contenders.map((_, index) => [index, item.attempts.filter((record) => contender(record) === index)]);
  const marks = groups.filter(([, attempts]) => attempts.length > 0)
    .map(([index, attempts]) => el("span", { class: "marks" }, badge(index), several && spoken(nameOf(contenders[index].who)), attempts.map(mark)));
  const body = el("div", { class: "case-body" });
  const details = el("details", { class: "case", toggle: (event) => {
    if (details.open && body.childElementCount === 0) fill(item, body);
    // Only what a person opens or closes goes into the address, not what closes because something else was opened.
    if (event.target === details && (details.open || opened === item.id)) {
      opened = details.open ? item.id : "";
      remember();
    }
  } },
    el("summary", {},
      el("span", { class: "case-marks" }, marks),
      el("span", { class: "case-name" }, item.id),
      el("span", { class: "case-tags" }, [item.category, ...(item.tags ?? [])].map((name) => el("span", { class: "tag" }, name))),
      el("span", { class: "case-trouble", dir: "auto" })),
    body);
  item.details = details;
  return details;
}

function troubleOf(record) {
  if (record.fault !== undefined) return record.fault;
  for (const [at, turn] of record.turns.entries()) {
    const verdict = turn.verdicts.find(({ passed }) => !passed);
    if (verdict) return `${record.turns.length > 1 ? `turn ${at + 1}, ` : ""}${verdict.check}: ${verdict.compared}`;
  }
  return undefined;
}

/** What is seen of an open case; attempts side by side, those of the chosen contender where one is chosen. */
function fill(item, body) {
  const attempts = counted(item);
  const repeated = item.attempts.some((record) => record.repeat > 1);
  body.dataset.who = state.who;
  body.replaceChildren(...attempts.map((record) => attempt(record, repeated)));
}

function select(name, label, options) {
  if (options.length < 2) return undefined;
  const choices = [["", "Any"], ...options].map(([value, text]) => el("option", { value }, text));
  return el("label", { class: "field" }, el("span", {}, label),
    el("select", { name, change: (event) => { state[name] = event.target.value; show(); } }, choices));
}

function filters() {
  const named = (get) => [...new Set(cases.flatMap(get))].sort().map((name) => [name, name]);
  const failing = (item) => item.attempts.flatMap(({ turns }) => turns.flatMap((turn) => turn.verdicts.filter(({ passed }) => !passed).map(({ check }) => check)));
  const canBeMixed = cases.some((item) => item.attempts.length > 1);
  const radio = ([value, text]) => el("label", { class: "segment" },
    el("input", { type: "radio", name: "outcome", value, change: () => { state.outcome = value; show(); } }),
    el("span", {}, text, " ", el("span", { class: "segment-count", "data-outcome": value })));
  const outcomes = Object.entries(ALL_OUTCOMES).filter(([value]) => (value !== "mixed" || canBeMixed) && (value !== "fault" || cases.some((item) => hasOutcome(item.attempts, "fault"))));
  const search = el("input", { type: "search", name: "text", placeholder: "Words, tools, titles", autocomplete: "off", "aria-keyshortcuts": "/",
    input: (event) => { state.text = event.target.value.trim(); show(); } });
  const form = document.getElementById("filters");
  form.append(...[
    el("fieldset", { class: "segments" }, el("legend", { class: "visually-hidden" }, "Outcome"), outcomes.map(radio)),
    el("label", { class: "field grow" }, el("span", {}, "Search"), search),
    select("suite", "Suite", named((item) => item.suite)),
    select("category", "Category", named((item) => item.category)),
    select("tag", "Tag", named((item) => item.tags ?? [])),
    select("check", "Failed check", named(failing)),
    select("who", "Contender", contenders.map(({ who }, index) => [String(index), `${letter(index)} ${nameOf(who)}`])),
    el("div", { class: "shown" },
      el("p", { id: "shown", role: "status" }),
      el("button", { type: "button", class: "button", id: "clear", click: () => { for (const name of FILTERS) state[name] = ""; show(); } }, "Show all")),
  ].filter(Boolean));
  form.addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.matches?.("input[type=search], select, textarea");
    if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    search.focus();
  });
}
