// The occurrences of recurrence rules by packages of npm, for recurrence.py. Its arguments are the name of a package and the
// folder with node_modules. Lines of the input and output are those of timeline/examples/occurrences.rs.

import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { runInNewContext } from "node:vm";

const [name, folder] = process.argv.slice(2);
const require = createRequire(join(resolve(folder), "package.json"));
const library = await import(pathToFileURL(require.resolve(name)));
const YEARS = 40;
const DAYS = 400;
const DAY_MS = 86_400_000;
// By the clock on the wall, so that a busy computer needs more than the second that a rule can take on another one.
const LIMIT_MS = 300_000;

const packages = {
  "rrule-temporal"(rule, start, count) {
    const { RRuleTemporal } = library.default ?? library;
    const compact = start.replaceAll(/[-:]/g, "");
    // A floating start, so that UNTIL is a wall-clock time as well.
    const rruleString = `DTSTART:${compact}00\nRRULE:${rule}`;
    const times = new RRuleTemporal({ rruleString, maxIterations: 100_000 });
    const from = new Date(`${start}Z`);
    const last = new Date(Date.UTC(Number(start.slice(0, 4)) + YEARS, 0));
    // It looks through the whole of the time that it is asked for, however few occurrences are wanted. So it is asked for more and
    // more. Without a last time it would go on until the limit of its iterations.
    let found = [];
    for (let days = DAYS, to = from; found.length < count && to < last; days *= 4) {
      to = new Date(Math.min(last.getTime(), from.getTime() + days * DAY_MS));
      found = times.between(from, to, true);
    }
    return found.slice(0, count).map((time) => time.toString().slice(0, 16));
  },
  "ical.js"(rule, start, count) {
    const ICAL = library.default?.default ?? library.default ?? library;
    const last = Number(start.slice(0, 4)) + YEARS;
    const times = ICAL.Recur.fromString(rule).iterator(ICAL.Time.fromDateTimeString(`${start}:00`));
    const found = [];
    for (let time = times.next(); time && time.year < last && found.length < count; time = times.next()) {
      found.push(time.toString().slice(0, 16));
    }
    return found;
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const [rule, start, count] = line.split("\t");
  try {
    // A rule without an occurrence can keep a package busy for ever.
    const run = () => packages[name](rule, start, Number(count)).join(" ");
    console.log(runInNewContext("run()", { run }, { timeout: LIMIT_MS }));
  } catch (error) {
    console.log(`error: ${error.message.replaceAll("\n", " ")}`);
  }
}
