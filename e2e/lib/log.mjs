// The records that the Worker writes to its log.

import { until } from "./until.mjs";

/** All records so far that match, in order. */
export function records(server, matches = () => true) {
  const read = (line) => {
    const at = line.indexOf('{"');
    try {
      return at < 0 ? [] : [JSON.parse(line.slice(at))];
    } catch {
      return [];
    }
  };
  return server.log().split("\n").flatMap(read).filter(matches);
}

/**
 * Throws if a record has a field that could be a sentence: all of them are names, ids and numbers. It finds texts of more than one word;
 * telemetry.test.mjs looks for single ones.
 */
export function assertNoTexts(server) {
  const isName = (value) => /^[\w.:@/+-]*$/.test(value);
  // A span is named after its operation and what it is about.
  const fits = ([key, value]) => {
    if (typeof value === "string") return isName(key === "name" ? value.replace(" ", "") : value);
    return !value || typeof value !== "object" || Object.entries(value).every(fits);
  };
  const odd = records(server, ({ log, ...fields }) => typeof log === "string" && !Object.entries(fields).every(fits));
  if (odd.length > 0) throw new Error(`records of the log with texts: ${JSON.stringify(odd.slice(0, 5))}`);
}

/** The outcomes of all attempts to sign in, in order, once there are at least so many. */
export function signIns(server, count) {
  const all = () => records(server, ({ log }) => log === "sign-in");
  const what = () => `${count} attempts in the log; it has ${all().length}`;
  return until(() => all().length >= count && all(), { what });
}
