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

const packages = {
  "rrule-temporal"(rule, start, count) {
    const { RRuleTemporal } = library.default ?? library;
    const compact = start.replaceAll(/[-:]/g, "");
    // A floating start, so that UNTIL is a wall-clock time as well.
    const rruleString = `DTSTART:${compact}00\nRRULE:${rule}`;
    const times = new RRuleTemporal({ rruleString, maxIterations: 100_000 });
    const last = Number(start.slice(0, 4)) + YEARS;
    const first = (_, index) => index < count;
    // Without a last time it would go on until the limit of its iterations.
    const found = times.between(new Date(`${start}Z`), new Date(Date.UTC(last, 0)), true, first);
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
    console.log(runInNewContext("run()", { run }, { timeout: 1000 }));
  } catch (error) {
    console.log(`error: ${error.message.replaceAll("\n", " ")}`);
  }
}
