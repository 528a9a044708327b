// A card for each contender, and pass rates by suite, category and tag.

function card(scores, index) {
  const score = scores.overall;
  const fact = (name, value, more) => value && el("div", {}, el("dt", {}, name), el("dd", {}, value, more && el("small", {}, ` ${more}`)));
  const spread = (times) => times && [millis(times.p50), `p95 ${millis(times.p95)}`];
  const tokens = score.input_tokens + score.output_tokens > 0;
  const powers = score.pass_power.length > 1 ? score.pass_power : [];
  return el("article", { class: "card", "data-hue": several ? index % 5 : 0 },
    el("h3", {}, badge(index), nameOf(scores.who)),
    el("p", { class: "rate" }, percent(score.rate)),
    gauge(score),
    el("p", { class: "muted" },
      score.rate === null ? "No attempts." : `${score.passed} of ${numberOf(score.attempts, "attempt", "attempts")} passed, 95 % interval ${range(score.interval)}`),
    score.faults > 0 && el("p", { class: "fault-note" }, `Not counted, as they could not be made: ${numberOf(score.faults, "attempt", "attempts")}.`),
    el("dl", { class: "facts" },
      score.ordered > 0 && fact("Orders followed", `${score.followed} of ${score.ordered}`, `95 % interval ${range(score.followed_interval)}`),
      powers.map(({ k, rate, cases }) => fact(`pass^${k}`, percent(rate), cases < score.cases && numberOf(cases, "case", "cases"))),
      fact("First word", ...(spread(score.first_ms) ?? [])),
      fact("Turn", ...(spread(score.total_ms) ?? [])),
      tokens && fact("Tokens", `${short(score.input_tokens)} in`, `${short(score.output_tokens)} out`),
      score.price !== null && tokens && fact("Price", dollars(score.price)),
      fact("Calls", String(score.calls), score.repaired > 0 && `${score.repaired} repaired`),
      score.invalid > 0 && fact("Invalid", String(score.invalid), `${score.invalid_per_100.toFixed(1)} in 100`),
      score.rejected > 0 && fact("Rejected", String(score.rejected)),
      score.retries > 0 && fact("Retries", String(score.retries)),
      score.skipped > 0 && fact("Unreadable", numberOf(score.skipped, "event", "events"))));
}

/** A rate as a bar, with its interval as a whisker over it. */
function gauge(score) {
  const track = el("div", { class: "track", "aria-hidden": "true" });
  if (score.rate === null) return track;
  const fill = el("div", { class: "fill" });
  const whisker = el("div", { class: "whisker" });
  fill.style.width = `${100 * score.rate}%`;
  whisker.style.left = `${100 * score.interval.low}%`;
  whisker.style.width = `${100 * (score.interval.high - score.interval.low)}%`;
  track.append(fill, whisker);
  return track;
}

/** How much passes of each name of a kind (`categories`, `tags`, `suites`); a name narrows the cases to it. */
function rates(title, kind, filter) {
  const names = [...new Set(contenders.flatMap((scores) => Object.keys(scores[kind])))].sort();
  // The result of a single suite is already on the card.
  if (names.length === 0 || (kind === "suites" && names.length === 1)) return undefined;
  const row = (name) => el("li", { class: "rates-row" },
    el("button", { type: "button", class: "rates-name", title: "Show these cases", click: () => narrow(filter, name) }, name),
    el("div", { class: "rates-bars" }, contenders.map((scores, index) => bar(scores, index, scores[kind][name]))));
  return el("figure", { class: "chart" }, el("figcaption", {}, title), el("ul", { class: "rates" }, names.map(row)));
}

function bar(scores, index, score) {
  if (!score) return undefined;
  const counts = score.rate === null ? "not tried" : `${score.passed}/${score.attempts}`;
  return el("div", { class: "bar", "data-hue": index % 5, title: `${nameOf(scores.who)}: ${percent(score.rate)}, 95 % interval ${range(score.interval)}` },
    badge(index), several && spoken(`${nameOf(scores.who)}: `), gauge(score),
    el("span", { class: "bar-rate" }, percent(score.rate)), el("span", { class: "bar-count" }, counts),
    spoken(`, 95 % interval ${range(score.interval)}`));
}

/** Which kinds of check did not pass, and how often. */
function checks() {
  const kinds = [...new Set(contenders.flatMap(({ overall }) => Object.keys(overall.failed_checks)))];
  if (kinds.length === 0) return undefined;
  const count = (scores, kind) => scores.overall.failed_checks[kind] ?? 0;
  const total = (kind) => contenders.reduce((sum, scores) => sum + count(scores, kind), 0);
  const most = Math.max(...kinds.flatMap((kind) => contenders.map((scores) => count(scores, kind))));
  kinds.sort((a, b) => total(b) - total(a) || a.localeCompare(b));
  const one = (kind) => contenders.map((scores, index) => {
    const fill = el("div", { class: "fill" });
    fill.style.width = `${(100 * count(scores, kind)) / most}%`;
    return el("div", { class: "bar", "data-hue": index % 5 }, badge(index), several && spoken(`${nameOf(scores.who)}: `),
      el("div", { class: "track plain", "aria-hidden": "true" }, fill), el("span", { class: "bar-rate" }, String(count(scores, kind))));
  });
  const row = (kind) => el("li", { class: "rates-row" },
    el("button", { type: "button", class: "rates-name", title: "Show the cases in which it failed", click: () => narrow("check", kind) }, kind),
    el("div", { class: "rates-bars" }, one(kind)));
  return el("figure", { class: "chart" }, el("figcaption", {}, "Failed checks"), el("ul", { class: "rates" }, kinds.map(row)));
}

/** What was run, and on what. */
function run() {
  const fact = (name, value) => value && el("div", {}, el("dt", {}, name), el("dd", {}, value));
  const list = (values) => values.filter((value) => value !== "").join(", ");
  const cases = new Set(records.map((record) => record.case)).size;
  document.getElementById("run").append(...[
    fact(several ? "Contenders" : "Model", contenders.map(({ who }) => nameOf(who)).join(", ")),
    fact("Cases", `${cases}${manifest.repeat > 1 ? ` × ${manifest.repeat}` : ""}`),
    fact("Suites", list(manifest.suites)),
    fact("Filter", manifest.filter),
    fact("Tags", list(manifest.tags)),
    fact("Current prompts", manifest.current.join(", ")),
  ].filter(Boolean));
  const rate = (scores) => `${percent(scores.overall.rate)} ${nameOf(scores.who)}`;
  document.title = ["Evaluation", ...contenders.slice(0, 2).map(rate)].join(" · ");
}
