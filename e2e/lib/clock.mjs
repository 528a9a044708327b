// When and where the people of the tests live.
//
// A test file begins at a fixed moment and time goes on from there, so a test meets the same calendar at whatever hour it
// runs. This process, the Worker (worker-clock.mjs) and the page (browser/page.mjs) all see real time plus `OFFSET_MS`.
// The Worker that is tested is the one that is deployed, byte for byte: the harness sets the clock of the isolate around it.

import { MOMENTS, ORDINARY } from "./moments.mjs";
import { shiftDate } from "./shift-date.mjs";

const NAME = process.env.FLUX_MOMENT || ORDINARY;
const MOMENT = MOMENTS[NAME];
if (!MOMENT) throw new Error(`FLUX_MOMENT=${NAME} is unknown; there are: ${Object.keys(MOMENTS).join(", ")}`);

/** What is added to real time, in ms. */
export const OFFSET_MS = Date.parse(MOMENT.at) - Date.now();
shiftDate(OFFSET_MS);

/** The zone of the people of the browser tests. */
export const ZONE = MOMENT.zone;

/** Another zone, and the time there at 20:00 of the next day in `ZONE`. */
export const OTHER = MOMENT.other;

/** The first day of their weeks, as the settings name it, and the first day of weeks that are not like theirs. */
export const WEEK_START = MOMENT.weekStart;
export const OTHER_WEEK_START = WEEK_START === "Mon" ? "Sun" : "Mon";

/** The date in so many days from now, in that zone. */
export function isoDate(days) {
  return new Date(Date.now() + days * 86_400_000).toLocaleDateString("sv-SE", { timeZone: ZONE });
}

/** A time of the day in so many days from now, as people write it. */
export function wallTime(days, time) {
  return `${isoDate(days)}T${time}`;
}
