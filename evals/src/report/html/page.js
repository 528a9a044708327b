// Assembles the page and keeps its address up to date.

/** What is narrowed and open, as the part of the address after #. */
function address() {
  const wanted = [...FILTERS.map((name) => [name, state[name]]), ["case", opened]].filter(([, value]) => value !== "");
  return new URLSearchParams(wanted).toString();
}

function remember() {
  history.replaceState(null, "", `#${address()}`);
}

/** Takes the filters from the address; goes to the case that it names. */
function recall() {
  const wanted = new URLSearchParams(location.hash.slice(1));
  for (const name of FILTERS) state[name] = wanted.get(name) ?? "";
  const named = cases.find((item) => item.id === wanted.get("case"));
  opened = named?.id ?? "";
  show();
  if (named) {
    named.details.hidden = false;
    named.details.open = true;
    named.details.scrollIntoView({ block: "start", behavior: "instant" });
  }
}

/** Shows the cases that fit, and says how many they are. */
function show() {
  const form = document.getElementById("filters");
  for (const field of form.querySelectorAll("select, input[type=search]")) {
    if (field.value.trim() !== state[field.name]) field.value = state[field.name];
  }
  for (const field of form.querySelectorAll("input[type=radio]")) field.checked = field.value === state.outcome;
  const fitting = cases.filter(fits);
  for (const count of form.querySelectorAll(".segment-count")) {
    count.textContent = fitting.filter((item) => hasOutcome(counted(item), count.dataset.outcome)).length;
  }
  const shown = new Set(fitting.filter((item) => hasOutcome(counted(item), state.outcome)));
  for (const item of cases) {
    item.details.hidden = !shown.has(item);
    item.details.querySelector(".case-trouble").textContent = counted(item).map(troubleOf).find(Boolean) ?? "";
    const body = item.details.querySelector(".case-body");
    if (!item.details.open) body.replaceChildren();
    else if (body.dataset.who !== state.who) fill(item, body);
  }
  const isNarrowed = FILTERS.some((name) => state[name] !== "");
  document.getElementById("clear").hidden = !isNarrowed;
  document.getElementById("shown").textContent = shown.size === 0
    ? "No case matches."
    : `${shown.size === cases.length ? "All" : `${shown.size} of`} ${numberOf(cases.length, "case", "cases")}`;
  remember();
}

run();
document.getElementById("scores").append(...contenders.map(card));
document.getElementById("charts").append(...[
  rates("By category", "categories", "category"),
  rates("By tag", "tags", "tag"),
  rates("By suite", "suites", "suite"),
  checks(),
  latency(),
].filter(Boolean));
filters();
document.getElementById("cases").append(...cases.map(row));
recall();
addEventListener("hashchange", recall);
document.querySelector(".skip").addEventListener("click", (event) => {
  // The address contains the filters.
  event.preventDefault();
  goToCases();
});
