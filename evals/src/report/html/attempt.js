// One attempt: its messages, calls, changes, checks and costs.

const OUTCOMES = {
  done: ["✓", "done"],
  rejected: ["✗", "rejected"],
  invalid: ["✗", "invalid"],
  denied: ["–", "the person said no"],
  open: ["…", "never answered"],
};

function standing(record) {
  if (record.fault !== undefined) return "fault";
  return record.passed ? "passed" : "failed";
}

const STANDINGS = { passed: ["✓", "passed"], failed: ["✗", "failed"], fault: ["!", "could not be made"] };

function mark(record) {
  const kind = standing(record);
  const [sign, word] = STANDINGS[kind];
  return el("span", { class: "mark", "data-standing": kind, title: word }, el("span", { "aria-hidden": "true" }, sign), spoken(word));
}

function attempt(record, repeated) {
  const index = contender(record);
  const title = [several ? nameOf(contenders[index].who) : "", repeated ? `attempt ${record.repeat}` : ""].filter(Boolean).join(", ");
  return el("article", { class: "attempt", "data-standing": standing(record), "aria-label": title || "Attempt" },
    el("header", { class: "attempt-head" }, mark(record), badge(index), title && el("h3", {}, title),
      el("span", { class: "muted" }, STANDINGS[standing(record)][1])),
    record.fault !== undefined && el("p", { class: "trouble" }, record.fault),
    record.turns.map((turn, at) => turnOf(turn, at, record.turns.length)));
}

function turnOf(turn, at, turns) {
  return el("section", { class: "turn" },
    turns > 1 && el("h4", { class: "turn-title" }, `Turn ${at + 1} of ${turns}`),
    el("p", { class: "said", dir: "auto" }, spoken("The person: "), turn.said),
    (turn.calls ?? []).map(call),
    turn.reply && el("p", { class: "reply", dir: "auto" }, spoken("The agent: "), turn.reply) || el("p", { class: "reply muted" }, "No answer."),
    turn.error !== undefined && el("p", { class: "trouble" }, `It broke off: ${turn.error}`),
    timeline(turn.changes ?? []),
    verdicts(turn.verdicts),
    el("p", { class: "cost" }, cost(turn.cost)));
}

function call({ tool, arguments: given, outcome, result, repaired }) {
  const [sign, word] = OUTCOMES[outcome] ?? ["?", outcome];
  const asLine = JSON.stringify(given) ?? "";
  return el("details", { class: "call", "data-outcome": outcome },
    el("summary", {},
      el("span", { class: "call-sign", "aria-hidden": "true" }, sign),
      el("code", { class: "call-tool" }, tool),
      outcome !== "done" && el("span", { class: "call-word" }, word) || spoken(word),
      repaired && el("span", { class: "tag", title: "The name or the arguments had to be repaired to be understood" }, "repaired"),
      el("code", { class: "call-line" }, asLine)),
    el("p", { class: "label" }, "Arguments"), json(given),
    el("p", { class: "label" }, "The model was told"), result === undefined || result === null ? el("p", { class: "muted" }, "Nothing.") : json(result));
}

function json(value) {
  return el("pre", { tabindex: "0" }, typeof value === "string" ? value : JSON.stringify(value, null, 2));
}

/** The timeline before and after, as what is different. */
function timeline(changes) {
  const rows = changes.map((change) => {
    const [kind, what] = [change.what.split("-")[0], change.what.split("-")[1]];
    if (what === "changed") return el("li", { class: "change", "data-change": what }, sign("~", "changed"), el("div", {}, titleOf(kind, change.now), fields(change.before, change.now)));
    const it = change.now ?? change.before;
    const signs = what === "added" ? ["+", "added"] : ["−", "gone"];
    const shown = [el(what === "gone" ? "del" : "ins", {}, titleOf(kind, it)), " ", el("span", { class: "change-more" }, more(kind, it))];
    return el("li", { class: "change", "data-change": what }, sign(...signs), el("div", {}, shown, kind === "goal" && tasks(it)));
  });
  return el("div", { class: "part" }, el("p", { class: "label" }, "Timeline"),
    rows.length === 0 ? el("p", { class: "muted" }, "Nothing changed.") : el("ul", { class: "changes" }, rows));
}

function sign(text, word) {
  return el("span", { class: "change-sign" }, el("span", { "aria-hidden": "true" }, text), spoken(`${word}: `));
}

function titleOf(kind, it) {
  if (kind === "block") return [el("span", { class: "handle" }, it.handle), " ", el("strong", {}, it.title)];
  return [`${kind} `, el("strong", {}, it.title ?? it.goal)];
}

function more(kind, it) {
  if (kind === "block") {
    return [it.start ? span(it.start, it.end) : "in the inbox", it.minutes && `${it.minutes} min`, it.series && "repeats", it.priority !== "medium" && `${it.priority} priority`, ...(it.tags ?? []).map((tag) => `#${tag}`),
      it.done && "done", `in ${it.plan}`, it.description].filter(Boolean).join(" · ");
  }
  if (kind === "series") return [it.words, `from ${moment(it.start)}`, `${it.minutes} min`, `in ${it.plan}`].join(" · ");
  if (kind === "plan") return [it.active && "active", it.archived && "archived"].filter(Boolean).join(" · ");
  return [it.status, it.deadline && `by ${moment(it.deadline)}`, it.hours_per_week && `${it.hours_per_week} h a week`, `in ${it.plan}`, it.error].filter(Boolean).join(" · ");
}

function tasks(goal) {
  return (goal.tasks ?? []).length > 0 && el("ul", { class: "tasks" }, goal.tasks.map((block) => el("li", {},
    titleOf("block", block), " ", el("span", { class: "change-more" }, [span(block.start, block.end), block.after && `after ${block.after.join(", ")}`].filter(Boolean).join(" · ")))));
}

/** What is different of something that is still there: each field before and after, and when it is as one. */
function fields(before, now) {
  const flat = ({ start, end, hours_per_week, series, ...others }) => ({
    ...(start && { when: end ? span(start, end) : moment(start) }), ...others, "hours a week": hours_per_week, repeats: series && true });
  const [old, after] = [flat(before), flat(now)];
  const keys = [...new Set([...Object.keys(old), ...Object.keys(after)])].filter((key) => JSON.stringify(old[key]) !== JSON.stringify(after[key]));
  return el("dl", { class: "fields" }, keys.map((key) => el("div", {},
    el("dt", {}, key),
    el("dd", {}, el("del", {}, valueOf(old[key])), " → ", el("ins", {}, valueOf(after[key]))))));
}

function valueOf(value) {
  if (value === undefined || value === null) return "none";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "string") return /^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(value) ? moment(value) : value;
  if (Array.isArray(value)) return value.map((item) => (typeof item === "string" ? item : `${item.handle} ${item.title}`)).join(", ");
  return String(value);
}

function verdicts(all) {
  const line = ({ check, passed, compared }) => el("li", { class: "verdict", "data-passed": passed },
    el("span", { class: "verdict-sign" }, el("span", { "aria-hidden": "true" }, passed ? "✓" : "✗"), spoken(passed ? "passed: " : "failed: ")),
    el("span", { class: "verdict-kind" }, check), el("span", { class: "verdict-text" }, compared));
  const failed = all.filter((verdict) => !verdict.passed);
  const passed = all.filter((verdict) => verdict.passed);
  return el("div", { class: "part" }, el("p", { class: "label" }, "Checks"),
    failed.length > 0 && el("ul", { class: "verdicts" }, failed.map(line)),
    passed.length > 0 && el("details", { class: "passed-checks" }, el("summary", {}, `${numberOf(passed.length, "check", "checks")} passed`), el("ul", { class: "verdicts" }, passed.map(line))));
}

function cost({ steps, goal_steps, first_ms, total_ms, input_tokens, output_tokens, retries, skipped }) {
  return [
    first_ms !== undefined && `first word after ${millis(first_ms)}`,
    `turn ${millis(total_ms)}`,
    `model asked ${numberOf(steps, "time", "times")}`,
    goal_steps > 0 && `${goal_steps} more by the architect`,
    input_tokens + output_tokens > 0 && `${short(input_tokens)} tokens in, ${short(output_tokens)} out`,
    retries > 0 && numberOf(retries, "retry", "retries"),
    skipped > 0 && `${numberOf(skipped, "event", "events")} unreadable`,
  ].filter(Boolean).join(" · ");
}
