// What usage costs, by published prices (bench/prices.json).

/** Days of a month, as it is billed. */
export const DAYS = 30;

/** The neurons that tokens are billed as. */
export const neurons = ({ inputTokens, outputTokens }, { neuronsPerMillion: { input, output } }) =>
  (inputTokens * input + outputTokens * output) / 1e6;

/** What one person uses in a month after a year, by the items of the prices. */
export function monthly(day, prices) {
  const { storedBytes, ...rest } = { ...day, neurons: neurons(day, prices) };
  const ofItems = Object.keys(prices.items).filter((item) => !prices.items[item].isStored).map((item) => [item, rest[item] * DAYS]);
  // Nothing of the log is deleted, so what is stored grows.
  return { ...Object.fromEntries(ofItems), storedGb: (storedBytes * 365) / 1e9 };
}

/** The monthly bill of a number of people in dollars: each item after what is included, the base, and the sum. */
export function bill(day, prices, people) {
  const usage = monthly(day, prices);
  const items = Object.entries(prices.items).map(([item, { included, per, price }]) =>
    [item, (Math.max(0, usage[item] * people - included) / per) * price]);
  const total = items.reduce((sum, [, dollars]) => sum + dollars, prices.base);
  return { items: Object.fromEntries(items), base: prices.base, total };
}

/** How many people a limit is enough for, the lowest first. Limits of the free plan are for one day, but that of storage. */
export function freeLimits(day, prices) {
  const usage = { ...monthly(day, prices), neurons: neurons(day, prices) * DAYS };
  const limits = Object.entries(prices.items).filter(([, { free }]) => free !== undefined).map(([item, { free, isStored }]) =>
    ({ item, people: Math.floor(free / (isStored ? usage[item] : usage[item] / DAYS)) }));
  return limits.sort((one, other) => one.people - other.people);
}

/**
 * How many people the rate limit of the model is enough for, if the busiest hour has this share of a day's requests. Most of a
 * day's people are awake at the same time.
 */
export function peopleAtRate({ modelRequests }, { modelRequestsPerMinute: { limit } }, busiestHour = 0.15) {
  return Math.floor((limit * 60) / (modelRequests * busiestHour));
}
