// The moments at which the suites can begin. At each of them something about the calendar is different.

/**
 * By name, as FLUX_MOMENT takes them:
 *
 * - `at`: when a test file begins. Well within the day, so that neither a test of some minutes nor a block of some hours
 *   runs over midnight.
 * - `zone`: where the people of the browser tests live. Only zones that ICU lists under the same name as the IANA database
 *   (it has `Asia/Calcutta` for `Asia/Kolkata`).
 * - `weekStart`: the first day of their weeks.
 * - `other`: another zone, and the time there at 20:00 of the next day in `zone`.
 */
export const MOMENTS = {
  "ordinary": {
    at: "2026-11-24T10:00:00+01:00", zone: "Europe/Berlin", weekStart: "Mon",
    other: { zone: "Atlantic/Azores", time: "6:00 PM" },
  },
  "leap-day": {
    at: "2028-02-29T10:00:00-05:00", zone: "America/New_York", weekStart: "Sun",
    other: { zone: "America/Denver", time: "6:00 PM" },
  },
  "new-years-eve": {
    at: "2026-12-31T15:30:00+00:00", zone: "Europe/London", weekStart: "Mon",
    other: { zone: "America/Noronha", time: "6:00 PM" },
  },
  // The night before, from 2:00 to 3:00.
  "clocks-forward": {
    at: "2027-03-28T10:00:00+02:00", zone: "Europe/Berlin", weekStart: "Mon",
    other: { zone: "Africa/Abidjan", time: "6:00 PM" },
  },
  // The night after, from 2:00 to 3:00.
  "clocks-forward-tomorrow": {
    at: "2027-03-13T10:00:00-05:00", zone: "America/New_York", weekStart: "Sun",
    other: { zone: "America/Phoenix", time: "5:00 PM" },
  },
  // The night before, from 3:00 to 2:00, in autumn of the southern half.
  "clocks-back": {
    at: "2027-04-04T10:00:00+10:00", zone: "Australia/Sydney", weekStart: "Mon",
    other: { zone: "Asia/Singapore", time: "6:00 PM" },
  },
  // The night after, from 2:00 to 1:00.
  "clocks-back-tomorrow": {
    at: "2026-10-31T10:00:00-04:00", zone: "America/New_York", weekStart: "Sun",
    other: { zone: "America/Phoenix", time: "6:00 PM" },
  },
  // The last day of a week, in a zone whose offset is not a whole hour.
  "sunday-ends-the-week": {
    at: "2027-05-16T10:00:00+04:30", zone: "Asia/Kabul", weekStart: "Mon",
    other: { zone: "Asia/Dubai", time: "7:30 PM" },
  },
  "sunday-begins-the-week": {
    at: "2027-08-15T10:00:00-03:00", zone: "America/Sao_Paulo", weekStart: "Sun",
    other: { zone: "America/Costa_Rica", time: "5:00 PM" },
  },
  // Still the day before in UTC.
  "far-east": {
    at: "2027-07-01T10:00:00+14:00", zone: "Pacific/Kiritimati", weekStart: "Mon",
    other: { zone: "Pacific/Tarawa", time: "6:00 PM" },
  },
  // 2199-04-01T00:00Z is the day before there. In the evening, when it is the next day in UTC.
  "far-west": {
    at: "2026-11-30T19:00:00-11:00", zone: "Pacific/Pago_Pago", weekStart: "Sun",
    other: { zone: "Pacific/Honolulu", time: "9:00 PM" },
  },
  // After the tables of zones end, and after 2^31 seconds.
  "after-2037": {
    at: "2041-07-12T10:00:00-07:00", zone: "America/Los_Angeles", weekStart: "Sun",
    other: { zone: "America/Denver", time: "9:00 PM" },
  },
};

/** The name of the moment where none is asked for. */
export const ORDINARY = "ordinary";

/** The name of the moment for a commit: always the same one for a commit, and over time each of them. */
export function momentOf(commit) {
  const names = Object.keys(MOMENTS);
  return names[Number.parseInt(commit.slice(0, 8), 16) % names.length];
}
