// Where the people of the tests live: where it is morning now. A block of an hour then does not run over midnight, and
// today is the same day from a test's begin to its end, whenever the tests are run.

/** The hour of the day that it is there when a test begins. */
const HOUR = 10;

/** One for each whole hour from UTC−11 to UTC+12, none of which ever changes its clocks. */
const ZONES = [
  "Pacific/Pago_Pago", "Pacific/Honolulu", "Pacific/Gambier", "Pacific/Pitcairn", "America/Phoenix", "America/Costa_Rica",
  "America/Lima", "America/La_Paz", "America/Sao_Paulo", "America/Noronha", "Atlantic/Cape_Verde", "Africa/Abidjan",
  "Africa/Lagos", "Africa/Johannesburg", "Africa/Nairobi", "Asia/Dubai", "Asia/Karachi", "Asia/Dhaka",
  "Asia/Bangkok", "Asia/Singapore", "Asia/Tokyo", "Australia/Brisbane", "Pacific/Noumea", "Pacific/Tarawa",
];

/** Once, so that both zones below are reckoned from the same hour. */
const UTC_HOUR = new Date().getUTCHours();

/** The zone in which it is between 10:00 and 11:00 now. */
export const ZONE = zoneAt(HOUR);

/** One in which every time of the day is two hours less. */
export const EARLIER = zoneAt(HOUR - 2);

function zoneAt(hour) {
  return ZONES[(hour - UTC_HOUR + 35) % 24];
}

/** The date in so many days from now, in that zone. */
export function isoDate(days) {
  return new Date(Date.now() + days * 86_400_000).toLocaleDateString("sv-SE", { timeZone: ZONE });
}

/** A time of the day in so many days from now, as people write it. */
export function wallTime(days, time) {
  return `${isoDate(days)}T${time}`;
}
