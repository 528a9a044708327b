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

/** The outcomes of all attempts to sign in, in order, once there are at least so many. */
export function signIns(server, count) {
  const all = () => records(server, ({ log }) => log === "sign-in");
  const what = () => `${count} attempts in the log; it has ${all().length}`;
  return until(() => all().length >= count && all(), { what });
}
